"""Many wishes judged at once: for crops of one kind at one destination or of several, all profiles together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from harvest_planner.planning.fates import Deliveries, Fate, in_time_by, may_reach
from harvest_planner.planning.index_arrays import runs
from harvest_planner.planning.part_arrays import PartArrays
from harvest_planner.planning.ways import Ways
from harvest_planner.planning.wish import Wish
from harvest_planner.transit.travel import Journey

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
SLACK = 1e-12
_DIGITS_H = 9
"""Decimals to which hours are told apart."""


class Held(NamedTuple):
    """Rows of ways that pools of the crops asked for can take, by crop."""

    crop: Ints
    pool: Ints
    row: Ints


class Judged(NamedTuple):
    """Rows that promise wishes enough, by wish, pool and row."""

    shape: Ints
    pool: Ints
    row: Ints
    good_share: Floats
    on_time_share: Floats
    safety_risk: Floats
    case: Ints
    """Of each row its case and its deadline in `fate`."""
    late: Ints
    fate: Fate | None
    """None: nothing is promised."""


class Asked(NamedTuple):
    """Wishes by arrays; those for crops of one kind at one destination follow each other."""

    crop: Ints
    """Of each its crop; crops of different kinds or destinations have numbers of their own."""
    from_h: Floats
    """−inf: as soon as it comes."""
    until_h: Floats
    window: Ints
    windows: Floats
    """The bounds on the age at delivery that occur [d20], shape (windows, 2)."""

    @classmethod
    def of(cls, shapes: Sequence[Wish], crop: Ints) -> Asked:
        """The wishes as they are given."""
        windows: dict[tuple[float, float], int] = {}
        which = [windows.setdefault((shape.lower_d20, shape.upper_d20), len(windows)) for shape in shapes]
        since = [-np.inf if shape.deliver_from_h is None else shape.deliver_from_h for shape in shapes]
        until = [shape.deliver_until_h for shape in shapes]
        return cls(crop, np.array(since), np.array(until), np.array(which), np.array(list(windows)))


Delivering = Callable[[Journey, int, Floats], Deliveries]
"""What becomes of goods on a journey's profile, as a wish of this number has it, that wait until so many hours after
their departure."""


class _Timed(NamedTuple):
    """Wishes with departures that their goods may take: of each pair the wish, and the crop's departure."""

    shape: Ints
    pair: Ints
    late: Ints
    """Which deadline on which profile it is."""
    since_h: Floats
    """−inf: as soon as it comes [h after the departure]."""

    def where(self, keep: Bools) -> _Timed:
        return _Timed(self.shape[keep], self.pair[keep], self.late[keep], self.since_h[keep])


class _Leaving(NamedTuple):
    """Departures on each profile, and which of them each crop has."""

    profile: Ints
    departs_h: Floats
    first: Ints
    """Pairs of crop c and a departure are leaving[first[c]: first[c + 1]]."""
    leaving: Ints
    held: Ints
    """Of each row held its pair."""

    @classmethod
    def of(cls, profile: Ints, departs_h: Floats, own: Ints, held: Held, crops: int) -> _Leaving:
        """Those of rows with a profile and a departure, by which what is held goes."""
        hours, hour = np.unique(departs_h, return_inverse=True)
        keys, leaving = np.unique(profile * len(hours) + hour, return_inverse=True)
        pairs, of_held = np.unique(held.crop * len(keys) + leaving[own], return_inverse=True)
        crop, leaves = np.divmod(pairs, len(keys))
        first = np.searchsorted(crop, np.arange(crops + 1))
        return cls(keys // len(hours), hours[keys % len(hours)], first, leaves, of_held)


def judged(
    ways: Ways,
    held: Held,
    asked: Asked,
    floor: float | None,
    *,
    parts_of: Callable[[Journey], PartArrays],
    delivered: Delivering,
) -> Judged:
    """What ways promise the wishes: rows that promise no less than a floor; None: those that may come in time."""
    if not len(held.row):
        return _NOTHING
    least = 0.0 if floor is None else floor - SLACK
    rows, own = np.unique(held.row, return_inverse=True)
    _, first, profile = np.unique(ways.profile[rows], return_index=True, return_inverse=True)
    journeys = [ways.journeys[at] for at in ways.journey[rows[first]].tolist()]
    parts = [parts_of(journey) for journey in journeys]
    leaving = _Leaving.of(profile, ways.departs_h[rows], own, held, int(asked.crop.max()) + 1)
    timed, late_profile, late_h = _timed(leaving, asked, np.array([each.arrive_h.min() for each in parts]))
    by = in_time_by(parts, journeys, late_profile, late_h)
    on_time = np.minimum(by.sum(axis=1), 1.0)
    timed = timed.where(((on_time > 0.0) & (on_time >= least))[timed.late])
    if not len(timed.shape):
        return _NOTHING
    wait_profile, wait_h, wait = _distinct(leaving.profile[leaving.leaving[timed.pair]], timed.since_h)
    of_profile = np.unique(wait_profile, return_index=True)
    ends = [*of_profile[1].tolist(), len(wait_h)]
    examples = timed.shape[np.unique(wait, return_index=True)[1]]
    deliveries = Deliveries.joined(
        [
            delivered(journeys[number], int(examples[start]), wait_h[start:end])
            for number, (start, end) in zip(of_profile[0].tolist(), pairwise(ends), strict=True)
        ]
    )
    rank = np.argsort(timed.pair, kind="stable")
    found, way = runs(np.searchsorted(timed.pair[rank], np.arange(len(leaving.leaving) + 1)), leaving.held)
    found = rank[found]
    shape, late = timed.shape[found], timed.late[found]
    _, first, start = np.unique(ways.start[rows], return_index=True, return_inverse=True)
    starts = ways.starts[rows[first]]
    lower, upper = asked.windows.T
    # Of each wait, window and start: which rows ask for it, and which of those are worth working out.
    number = (wait[found] * len(lower) + asked.window[shape]) * len(starts) + start[own[way]]
    needed, which = np.unique(number, return_inverse=True)
    asked_for, start_of = np.divmod(needed, len(starts))
    wait_of, window = np.divmod(asked_for, len(lower))
    if floor is not None:
        near = may_reach(deliveries, wait_of, (lower[window], upper[window]), starts[start_of], floor)
        kept = near[which]
        shape, late, way, which = shape[kept], late[kept], way[kept], (np.cumsum(near) - 1)[which[kept]]
        wait_of, window, start_of = wait_of[near], window[near], start_of[near]
    if not len(shape):
        return _NOTHING
    cases, case = np.unique(wait_of * len(starts) + start_of, return_inverse=True)
    # A profile that nothing takes may have more outcomes than those that are taken.
    by = by[:, : deliveries.ages_d20.shape[1]]
    fate = Fate(deliveries, starts, *np.divmod(cases, len(starts)), by)
    good_by = fate.good_by(case, lower[window], upper[window])
    both, of_both = np.unique(which * len(by) + late, return_inverse=True)
    good = fate.good_shares(good_by, *np.divmod(both, len(by)))[of_both]
    enough = np.flatnonzero(good >= least)
    pool, row = held.pool[way[enough]], held.row[way[enough]]
    enough = enough[np.lexsort((row, pool, shape[enough]))]
    case, way = case[which[enough]], way[enough]
    return Judged(
        shape[enough],
        held.pool[way],
        held.row[way],
        good[enough],
        on_time[late[enough]],
        fate.risk[case],
        case,
        late[enough],
        fate,
    )


def _timed(leaving: _Leaving, asked: Asked, earliest_h: Floats) -> tuple[_Timed, Ints, Floats]:
    """Every wish with every departure of its crop, and the different deadlines: of each its profile and hours.

    Parameters
    ----------
    earliest_h : the first arrival on each profile [h after the departure].
    """
    pair, shape = runs(leaving.first, asked.crop)
    leaves = leaving.leaving[pair]
    departs_h, profile = leaving.departs_h[leaves], leaving.profile[leaves]
    since = np.round(asked.from_h[shape] - departs_h, _DIGITS_H)
    since[~(since > earliest_h[profile])] = -np.inf
    late_profile, late_h, late = _distinct(profile, np.round(asked.until_h[shape] - departs_h, _DIGITS_H))
    return _Timed(shape, pair, late, since), late_profile, late_h


def _distinct(owner: Ints, hours: Floats) -> tuple[Ints, Floats, Ints]:
    """The different pairs of an owner and hours, by owner and hours; and of each given its number."""
    different, hour = np.unique(hours, return_inverse=True)
    keys, number = np.unique(owner * len(different) + hour, return_inverse=True)
    return keys // len(different), different[keys % len(different)], number


_NO_NUMBERS, _NO_SHARES = np.empty(0, dtype=np.int64), np.empty(0)
_NOTHING = Judged(*(_NO_NUMBERS,) * 3, *(_NO_SHARES,) * 3, *(_NO_NUMBERS,) * 2, None)
