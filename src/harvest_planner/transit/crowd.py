"""Parcels on one service, grouped by departure: how they ride, and how few of them stand for all."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import repeat
from operator import mul
from typing import NamedTuple

from harvest_planner.transit.ambient import Ambient
from harvest_planner.transit.duration import Cell, Duration, cells_of
from harvest_planner.transit.timetable import Service

Exposures = tuple[float, ...]
"""What each clock has gained since the first departure."""

MOST_OUTCOMES = 400
MOST_CELLS = 160
_ALIKE = 1e-12
"""Exposures of a smaller variance are the same."""
_SLACKS = (2.0, 4.0, 8.0, 16.0, 32.0)
"""At 2, spreading cells evenly misstates a probability of arrival by less than 0.001; more only for many departures."""


class Boarding(NamedTuple):
    """Parcels of one departure that have gained the same."""

    probability: float
    exposures: Exposures


class Rates:
    """The clocks' rates per hour by temperature, each temperature asked for once."""

    def __init__(self, clocks: Sequence[Callable[[float], float]]) -> None:
        self._clocks = tuple(clocks)
        self._per_hour: dict[float, Exposures] = {}

    def per_hour(self, degc: float) -> Exposures:
        """What each clock gains in an hour at a temperature."""
        found = self._per_hour.get(degc)
        if found is None:
            found = self._per_hour[degc] = tuple(clock(degc) / 24.0 for clock in self._clocks)
        return found


def merged(parts: Sequence[Boarding], most: int) -> list[Boarding]:
    """At most `most` (even) parts that stand for all: near groups of about equal probability, two parts each.

    The two keep the group's first three moments in the leading clock and its mean in every other.
    """
    if len(parts) <= most:
        return list(parts)
    ranked = sorted(parts, key=lambda part: part.exposures)
    whole = math.fsum(part.probability for part in ranked)
    groups: list[list[Boarding]] = [[] for _ in range(most // 2)]
    passed = 0.0
    for part in ranked:
        middle = passed + part.probability / 2.0
        groups[min(len(groups) - 1, int(len(groups) * middle / whole))].append(part)
        passed += part.probability
    return [pair for group in groups if group for pair in _pair(group)]


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
    return [
        Boarding(whole * share, tuple(mean + slope * at for mean, slope in zip(means, slopes, strict=True)))
        for share, at in ((low_share, low), (1.0 - low_share, high))
    ]


def ride(
    crowd: Mapping[float, Sequence[Boarding]],
    service: Service,
    *,
    rates: Rates,
    ambient: Ambient,
    following: Service | None,
) -> Iterator[tuple[float, float, float, float, Exposures, Exposures]]:
    """Every departure's parcels at the end of the service.

    Each is (probability, mean, earliest, latest arrival, exposures, their gain per hour of riding).

    Cells end at the cut-offs of the `following` service, so that all parcels of one take the same connection.
    """
    pieces = {departs_h: _pieces(departs_h, service, ambient) for departs_h in crowd}
    cells = _cells(crowd, service, following)
    ways = {departs_h: len(crowd[departs_h]) * len(pieces[departs_h]) for departs_h in crowd}
    crowded = sum(ways[departs_h] * len(cells[departs_h]) for departs_h in crowd) > MOST_OUTCOMES
    spare = max(0, MOST_OUTCOMES // 2 - sum(map(len, cells.values())))
    for departs_h, parts in crowd.items():
        started = [
            (Boarding(part.probability * share, part.exposures), rates.per_hour(degc))
            for part in parts
            for share, degc in pieces[departs_h]
        ]
        whole = math.fsum(part.probability for part in parts)
        slopes = _mean_rates(pieces[departs_h], rates)
        for cell in cells[departs_h]:
            ridden = [
                Boarding(probability, tuple(map(_gained, before, rate, repeat(cell.mean_h))))
                for (probability, before), rate in started
            ]
            most = 2 + 2 * int(spare * whole * cell.probability) if crowded else len(ridden)
            for probability, exposures in merged(ridden, most):
                yield (
                    probability * cell.probability,
                    departs_h + cell.mean_h,
                    departs_h + cell.low_h,
                    departs_h + cell.high_h,
                    exposures,
                    slopes,
                )


def _mean_rates(pieces: Sequence[tuple[float, float]], rates: Rates) -> Exposures:
    by_clock = zip(*(rates.per_hour(degc) for _, degc in pieces), strict=True)
    shares = [share for share, _ in pieces]
    return tuple(math.fsum(map(mul, shares, column)) for column in by_clock)


def _gained(before: float, rate_per_h: float, hours: float) -> float:
    return before + rate_per_h * hours


def _pieces(departs_h: float, service: Service, ambient: Ambient) -> tuple[tuple[float, float], ...]:
    """The temperatures a ride may have: (probability, °C), three-valued where it is uncertain."""
    lane = service.lane
    degc = lane.temperature_degc
    if degc is None:
        ends = (service.origin_id, service.destination_id)
        degc = math.fsum(ambient.degc(place_id, departs_h) for place_id in ends) / 2.0
    if not lane.temperature_sd_degc:
        return ((1.0, degc),)
    off = math.sqrt(3.0) * lane.temperature_sd_degc
    return ((1.0 / 6.0, degc - off), (2.0 / 3.0, degc), (1.0 / 6.0, degc + off))


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
