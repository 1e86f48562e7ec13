"""What the buyer finds: late, harmed, or fruit by fruit under-ripe, good and over-ripe."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from harvest_planner.planning.wish import Wish
from harvest_planner.ripening.arrays import complementary_error
from harvest_planner.ripening.clock import DOSE_LIMIT
from harvest_planner.ripening.normal import ROOT_HALF
from harvest_planner.schema.policy import Policy
from harvest_planner.simulation.chances import Chances
from harvest_planner.simulation.luck import LEVELS, Bools, Draws, Floats, Ints
from harvest_planner.simulation.scene import Parcel
from harvest_planner.simulation.voyage import Arrived

EDGE_H = 1e-9
"""What arrives by this much later than its deadline has arrived in time [h]: rounding of floats."""


class Fate(NamedTuple):
    """A parcel in the buyer's hands, run by run: shares of its fruit that add up to 1, and the buyer's content.

    Attributes
    ----------
    good, under, over : of the fruit of parcels in time and unharmed, 0 for the others.
    late, harmed : whether the whole parcel is late, or in time but beyond its chilling or safety limit.
    content : whether enough of its fruit is good.
    timing_vnd_per_kg : what waiting for the buyer and coming late cost [VND/kg].
    """

    good: Floats
    under: Floats
    over: Floats
    late: Bools
    harmed: Bools
    content: Bools
    timing_vnd_per_kg: Floats


def fate_of(parcel: Parcel, arrived: Arrived, chances: Chances, policy: Policy) -> Fate:
    """Open the parcel in every run."""
    wish = parcel.buyer.wish
    in_time = arrived.arrive_h <= wish.deliver_until_h + EDGE_H
    sound = in_time
    for dose in (arrived.chill, arrived.safety):
        if dose is not None:
            sound = sound & (dose <= DOSE_LIMIT)
    below, upto = counts(parcel, arrived.age_d20, chances)
    good = (upto - below) * sound
    fruit = float(wish.fruit)
    return Fate(
        good=good / fruit,
        under=below * sound / fruit,
        over=(wish.fruit - upto) * sound / fruit,
        late=~in_time,
        harmed=in_time & ~sound,
        content=sound & (good >= wish.needed),
        timing_vnd_per_kg=timing_vnd_per_kg(wish, arrived.arrive_h, policy),
    )


def timing_vnd_per_kg(wish: Wish, arrive_h: Floats, policy: Policy) -> Floats:
    """What waiting for the buyer and coming late cost in every run [VND/kg]."""
    wait_h = np.zeros(arrive_h.shape)
    if wish.deliver_from_h is not None:
        wait_h = np.maximum(0.0, wish.deliver_from_h - arrive_h)
    late_h = np.clip(arrive_h, wish.due_h, wish.deliver_until_h) - wish.due_h
    early, late = policy.earliness_cost_vnd_per_kg_day, policy.lateness_cost_vnd_per_kg_day
    return np.asarray((early * wait_h + late * late_h) / 24.0)


def counts(parcel: Parcel, age_d20: Floats, chances: Chances) -> tuple[Ints, Ints]:
    """Fruit younger than the buyer's window, and fruit not older than it, in every run."""
    wish = parcel.buyer.wish
    mean = age_d20
    if parcel.batch_sd_d20:
        mean = age_d20 + parcel.batch_sd_d20 * chances.batch(parcel.sent.batch_id)
    if wish.lower_d20 > wish.upper_d20:
        # No age is good: what is too young for the one bound is under-ripe, all other fruit over-ripe.
        below = _fewer(parcel, (wish.lower_d20,), mean, chances)[0]
        return below, below
    below, upto = _fewer(parcel, (wish.lower_d20, wish.upper_d20), mean, chances)
    return below, upto


def _fewer(parcel: Parcel, bounds_d20: tuple[float, ...], mean: Floats, chances: Chances) -> list[Ints]:
    """How many of the parcel's fruit are younger than each bound, the last bound included."""
    fruit, own = parcel.buyer.wish.fruit, parcel.own_sd_d20
    if own == 0.0:
        last = len(bounds_d20) - 1
        return [
            np.where(mean <= bound if number == last and last else mean < bound, fruit, 0)
            for number, bound in enumerate(bounds_d20)
        ]
    levels = levels_of((np.array(bounds_d20)[:, None] - mean) / own)
    found, narrow = np.empty(levels.shape, dtype=np.int64), np.min_scalar_type(fruit)
    for runs, drawn in chances.luck.fruit(fruit, "fruit", *parcel.sent.name):
        for level, count in zip(levels, found, strict=True):
            count[runs] = np.add.reduce((drawn < level[runs]).view(np.uint8), axis=0, dtype=narrow)
    return list(found)


def levels_of(score: Floats) -> Draws:
    """The draw from which on a fruit is older than a normal score: k with (k + ½)/2³² ≥ Φ(score)."""
    below = 0.5 * complementary_error(np.abs(score) * ROOT_HALF)
    np.subtract(1.0, below, out=below, where=score >= 0.0)
    below *= LEVELS
    below -= 0.5
    return np.minimum(np.ceil(below, out=below), LEVELS - 1.0, out=below).astype(np.uint32)
