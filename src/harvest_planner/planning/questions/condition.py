"""What has become of fruit after some time: shares unripe, good, past their window, injured and unsafe."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from harvest_planner.planning.questions.paths import Gained
from harvest_planner.ripening.clock import DOSE_LIMIT
from harvest_planner.ripening.curve import Curve
from harvest_planner.ripening.window import share_between
from harvest_planner.schema.crop import Stage


@dataclass(frozen=True, slots=True)
class Condition:
    """Fruit of one stage after some time: how old it is, and which share of it is what.

    Attributes
    ----------
    day : since the start of the picked fruit's clock [d].
    age_mean_d20, age_sd_d20 : age of the fruit [d20]; over several ways it may have gone, that of the mixture.
    unripe_share, ripe_share, past_share : of the fruit not ready yet, good by age, and past its window; together 1.
    injured_share : probability that cold has injured it.
    unsafe_share : probability that the food-safety cap is broken.
    good_share : of the fruit good by age, neither injured nor unsafe.
    """

    day: float
    age_mean_d20: float
    age_sd_d20: float
    unripe_share: float
    ripe_share: float
    past_share: float
    injured_share: float
    unsafe_share: float
    good_share: float


def condition_of(day: float, ways: Sequence[tuple[float, Gained]], picked: Stage, curve: Curve) -> Condition:
    """The condition of fruit of a stage over the (probability, gained) of the ways it may have gone."""
    # What is good when picked has no fruit that is not ready yet, however its ages spread about 0.
    ready = curve.ready_at_d20 if curve.ready_at_d20 > 0.0 else -math.inf
    over = curve.ready_at_d20 + curve.window_d20
    ripe = [share_between(picked.age_d20 + way.age_d20, picked.sd_d20, ready, over) for _, way in ways]
    past = [_share_above(picked.age_d20 + way.age_d20, picked.sd_d20, over) for _, way in ways]
    sound = [way.chill_dose <= DOSE_LIMIT and way.safety_dose <= DOSE_LIMIT for _, way in ways]

    def mean(values: Iterable[float]) -> float:
        return math.fsum(share * value for (share, _), value in zip(ways, values, strict=True))

    gained = mean(way.age_d20 for _, way in ways)
    scatter = mean((way.age_d20 - gained) ** 2 for _, way in ways)
    ripe_share, past_share = mean(ripe), mean(past)
    return Condition(
        day=day,
        age_mean_d20=picked.age_d20 + gained,
        age_sd_d20=math.sqrt(picked.sd_d20**2 + scatter),
        unripe_share=max(0.0, 1.0 - ripe_share - past_share),
        ripe_share=ripe_share,
        past_share=past_share,
        injured_share=mean(way.chill_dose > DOSE_LIMIT for _, way in ways),
        unsafe_share=mean(way.safety_dose > DOSE_LIMIT for _, way in ways),
        good_share=mean(share if whole else 0.0 for share, whole in zip(ripe, sound, strict=True)),
    )


def _share_above(mean: float, sd: float, bound: float) -> float:
    """P(A > bound) for A normal; with sd 0, A is its mean."""
    return float(mean > bound) if sd == 0.0 else share_between(mean, sd, bound, math.inf)
