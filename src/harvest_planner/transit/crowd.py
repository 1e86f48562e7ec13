"""Parcels on one service, grouped by departure: how they ride, and how few of them stand for all."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from operator import mul
from typing import NamedTuple

from harvest_planner.transit.duration import Cell, Duration, cells_of
from harvest_planner.transit.exposure import Boarding, Exposures, OnBoard, Packed, Rates, Steady
from harvest_planner.transit.timetable import Air, Service

MOST_OUTCOMES = 400
MOST_CELLS = 160
DOSES_ON_BOARD = 24
"""Parts kept of each cell where doses differ."""
DOSE_LIMIT = 1.0
"""The clocks beside the first run in shares of their limit."""
_SAME_DOSE = 1e-6
_ALIKE = 1e-12
"""Exposures of a smaller variance are the same."""
_SLACKS = (2.0, 4.0, 8.0, 16.0, 32.0)
"""At 2, spreading cells evenly misstates a probability of arrival by less than 0.001; more only for many departures."""


def merged(parts: Sequence[Boarding], most: int, *, of_doses: int = 0) -> list[Boarding]:
    """At most `most` (even) parts that stand for all: near groups of about equal probability, two parts each.

    The two keep the group's first three moments in the leading clock and its mean in every other. Where a clock beside
    the first varies, the parts are at most `of_doses` and the groups are alike in that clock: doses have sharp limits.
    Parts beyond a limit stay beyond it; no group has such parts and others, and at most `most` more stand for them.
    """
    if len(parts) <= most:
        return list(parts)
    dose = _varying_dose(parts)
    if dose is None:
        return _in_groups(sorted(parts, key=_exposures), most)
    broken = [part for part in parts if part.exposures[dose] > DOSE_LIMIT]
    within = [part for part in parts if part.exposures[dose] <= DOSE_LIMIT]
    ranked = sorted(within, key=lambda part: (part.exposures[dose], part.exposures))
    return [*_in_groups(ranked, max(most, of_doses)), *_in_groups(sorted(broken, key=_exposures), most)]


def _exposures(part: Boarding) -> Exposures:
    return part.exposures


def _in_groups(ranked: Sequence[Boarding], most: int) -> list[Boarding]:
    """At most `most` (even) parts for neighbours of about equal probability, two a group."""
    if len(ranked) <= most:
        return list(ranked)
    whole = math.fsum(part.probability for part in ranked)
    groups: list[list[Boarding]] = [[] for _ in range(most // 2)]
    passed = 0.0
    for part in ranked:
        middle = passed + part.probability / 2.0
        groups[min(len(groups) - 1, int(len(groups) * middle / whole))].append(part)
        passed += part.probability
    return [pair for group in groups if group for pair in _pair(group)]


def _varying_dose(parts: Sequence[Boarding]) -> int | None:
    """The first clock after the leading one in which the parts differ; the pulp's temperature, the fourth, is none."""
    for clock in range(1, min(3, len(parts[0].exposures))):
        doses = [part.exposures[clock] for part in parts]
        if max(doses) - min(doses) > _SAME_DOSE:
            return clock
    return None


def _pair(group: Sequence[Boarding]) -> Sequence[Boarding]:
    """Two parts for a group: Gauss's two-point rule in the leading clock, the others along their regression on it."""
    if len(group) <= 2:
        return group
    whole = math.fsum(part.probability for part in group)
    shares = [part.probability / whole for part in group]
    columns = list(zip(*(part.exposures for part in group), strict=True))
    means = [sum(map(mul, shares, column)) for column in columns]
    off = [[value - mean for value in column] for column, mean in zip(columns, means, strict=True)]
    variances = [sum(map(mul, shares, map(mul, each, each))) for each in off]
    lead = next((clock for clock, variance in enumerate(variances) if variance > _ALIKE), None)
    if lead is None:
        return [Boarding(whole, tuple(means))]
    leading, variance = off[lead], variances[lead]
    weighted = list(map(mul, shares, leading))
    third = sum(weight * each * each for weight, each in zip(weighted, leading, strict=True))
    slopes = [sum(map(mul, weighted, each)) / variance for each in off]
    half_skew = third / (2.0 * variance)
    reach = math.sqrt(half_skew * half_skew + variance)
    low, high = half_skew - reach, half_skew + reach
    low_share = high / (high - low)
    for clock, column in enumerate(columns):
        if clock != lead and _crosses(column, means[clock] + slopes[clock] * low, means[clock] + slopes[clock] * high):
            slopes[clock] = 0.0
    return [
        Boarding(whole * share, tuple(mean + slope * at for mean, slope in zip(means, slopes, strict=True)))
        for share, at in ((low_share, low), (1.0 - low_share, high))
    ]


def _crosses(column: Sequence[float], *ends: float) -> bool:
    """Whether one of two parts would lie beyond a limit that none of the group reaches, or the other way round."""
    return min(ends) <= DOSE_LIMIT < min(column) or max(column) <= DOSE_LIMIT < max(ends)


def ride(
    crowd: Mapping[float, Sequence[Boarding]],
    service: Service,
    *,
    rates: Rates,
    air: Callable[[float], Air],
    following: Service | None,
    packed_since_h: float | None = None,
) -> Iterator[tuple[float, float, float, float, Exposures, Exposures]]:
    """Every departure's parcels at the end of the service.

    Each is (probability, mean, earliest, latest arrival, exposures, their gain per hour of riding).

    Cells end at the cut-offs of the `following` service, so that all parcels of one take the same connection.

    Parameters
    ----------
    air : the temperatures on board that a departure may have: (probability, °C).
    packed_since_h : the journey's first departure, where goods travel packed [h since the epoch].
    """
    pieces = {departs_h: air(departs_h) for departs_h in crowd}
    cells = _cells(crowd, service, following)
    ways = {departs_h: len(crowd[departs_h]) * len(pieces[departs_h]) for departs_h in crowd}
    crowded = sum(ways[departs_h] * len(cells[departs_h]) for departs_h in crowd) > MOST_OUTCOMES
    spare = max(0, MOST_OUTCOMES // 2 - sum(map(len, cells.values())))
    for departs_h, parts in crowd.items():
        on_board: OnBoard = (
            Steady(parts, pieces[departs_h], rates)
            if packed_since_h is None
            else Packed(parts, pieces[departs_h], rates, service.packaging, departs_h - packed_since_h)
        )
        whole = math.fsum(part.probability for part in parts)
        for cell in cells[departs_h]:
            ridden = on_board.after(cell.mean_h)
            most = 2 + 2 * int(spare * whole * cell.probability) if crowded else len(ridden)
            for probability, exposures in merged(ridden, most, of_doses=DOSES_ON_BOARD):
                middle = len(exposures) // 2
                yield (
                    probability * cell.probability,
                    departs_h + cell.mean_h,
                    departs_h + cell.low_h,
                    departs_h + cell.high_h,
                    exposures[:middle],
                    exposures[middle:],
                )


class SteadyRide(NamedTuple):
    """What `ride` yields of parcels that board one service together, fresh: each cell at each of the rates."""

    cells: tuple[Cell, ...]
    """Hours after the departure."""
    rates: tuple[tuple[float, Exposures], ...]
    """Probability, and what each clock gains in an hour [1/h]."""


def steady_ride(service: Service, *, air: Air, rates: Rates) -> SteadyRide | None:
    """The ride of fresh parcels without packaging; None: there are too many outcomes to keep them all apart."""
    cells = _cells({0.0: [Boarding(1.0, ())]}, service, None)[0.0]
    if len(cells) * len(air) > MOST_OUTCOMES:
        return None
    return SteadyRide(cells, tuple((share, rates.per_hour(degc)) for share, degc in air))


def _cells(
    crowd: Mapping[float, Sequence[Boarding]], service: Service, following: Service | None
) -> dict[float, tuple[Cell, ...]]:
    """The duration's cells for each departure, coarser for those that few parcels take."""
    cuts = {departs_h: _cuts(departs_h, service.duration, following) for departs_h in crowd}
    shares = {departs_h: math.fsum(part.probability for part in parts) for departs_h, parts in crowd.items()}
    for slack in _SLACKS:
        cells = {
            departs_h: cells_of(service.duration, step=_step(slack / share), cuts_h=cuts[departs_h])
            for departs_h, share in shares.items()
        }
        if sum(map(len, cells.values())) <= MOST_CELLS:
            break
    return cells


def _step(room: float) -> int:
    """The power of two next below √room: what evenly spread cells misstate grows with the square of their width."""
    return 1 << (max(1, math.isqrt(int(room))).bit_length() - 1)


def _cuts(departs_h: float, duration: Duration, following: Service | None) -> tuple[float, ...]:
    if following is None:
        return ()
    shortest, longest = duration.span_h()
    found = following.cutoffs_between(departs_h + shortest, departs_h + longest)
    # Rounded, so that the same pattern of connections meets the same cells again another day.
    return tuple(round(cut_h - departs_h, 9) for cut_h in found)
