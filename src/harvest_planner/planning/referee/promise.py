"""What can be promised of one batch's fruit on one journey for one order: the chances over arrival, age and dose."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import NamedTuple, Protocol

from harvest_planner.planning.referee.duration import TIE_H, Duration
from harvest_planner.planning.referee.fruit import Taste
from harvest_planner.planning.referee.journey import Ambient, Gains, Journey
from harvest_planner.planning.referee.parcel import ParcelChance, parcel_chance
from harvest_planner.planning.referee.quadrature import between

DOSE_TIE = 1e-9
WIDEST_Z, FINEST_Z = 1.6, 0.04
SHARP_D20 = 0.2
"""Curves sharper than this get panels that end where they turn."""


@dataclass(frozen=True)
class Fruit:
    """The fruit when its first departure leaves."""

    age_d20: float
    chill: float
    danger: float
    sd_d20: float
    batch_sd_d20: float


@dataclass(frozen=True)
class Delivery:
    """Where and between which instants an order takes its parcel [h]."""

    place_id: str
    from_h: float
    until_h: float


class Promise(NamedTuple):
    """Recomputed shares, and the mean and sd of the age at delivery [d20]."""

    good_share: float
    parcel_good_share: float
    on_time_share: float
    danger_risk: float
    age_mean_d20: float
    age_sd_d20: float


class _Line(Protocol):
    """One story along the last leg."""

    @property
    def weight(self) -> float: ...

    @property
    def departs_h(self) -> float: ...

    def at(self, hours: float) -> tuple[float, float, float]:
        """Age, chill and danger at delivery, for a duration of the last leg [h]."""

    def crossings(self, clock: int, level: float) -> Iterator[float]:
        """Durations at which a clock passes a level, before and after the wait ends [h]."""

    def steepest_d20_per_h(self) -> float:
        """How fast the age at delivery changes with the duration, at most."""


class _Piece(NamedTuple):
    """A line through the last leg: doses at arrival after `hours`, or at delivery where the parcel waits."""

    start: Gains
    ride: tuple[float, float, float]
    wait: tuple[float, float, float]
    departs_h: float
    from_h: float

    @property
    def weight(self) -> float:
        return self.start.weight

    def at(self, hours: float) -> tuple[float, float, float]:
        rode = hours / 24.0
        waited = max(0.0, self.from_h - self.departs_h - hours) / 24.0
        age, chill, danger = (
            gained + along * rode + still * waited
            for gained, along, still in zip(self.start[1:4], self.ride, self.wait, strict=True)
        )
        return age, chill, danger

    def crossings(self, clock: int, level: float) -> Iterator[float]:
        kink = self.from_h - self.departs_h
        gained, ride, wait = self.start[clock + 1], self.ride[clock], self.wait[clock]
        if ride > 0.0:
            yield 24.0 * (level - gained) / ride
        if math.isfinite(kink) and ride != wait:
            yield (24.0 * (level - gained) - wait * kink) / (ride - wait)

    def steepest_d20_per_h(self) -> float:
        return max(self.ride[0], abs(self.ride[0] - self.wait[0])) / 24.0


@dataclass(frozen=True)
class _PackedPiece:
    """The same where the goods travel packed: the pulp lags, so the line is bent."""

    start: Gains
    journey: Journey
    degc: float
    room_degc: float
    departs_h: float
    from_h: float

    @property
    def weight(self) -> float:
        return self.start.weight

    def at(self, hours: float) -> tuple[float, float, float]:
        lane = self.journey.rides[-1].lane
        ridden = self.journey.stay(self.start, lane, from_h=self.departs_h, degc=self.degc)(hours)
        rode = self.start.plus(ridden, self.weight)
        arrived_h = self.departs_h + hours
        if arrived_h < self.from_h:
            still = self.journey.stay(rode, lane, from_h=arrived_h, degc=self.room_degc)
            rode = rode.plus(still(self.from_h - arrived_h), self.weight)
        return rode.age_d20, rode.chill, rode.danger

    def crossings(self, clock: int, level: float) -> Iterator[float]:
        kink = self.from_h - self.departs_h
        longest = self.journey.rides[-1].duration.longest_h
        ends = [0.0, *([kink] if 0.0 < kink < longest else []), longest]
        for low, high in pairwise(ends):
            yield from self._crossing(clock, level, low, high)

    def _crossing(self, clock: int, level: float, low: float, high: float) -> Iterator[float]:
        starts_below = self.at(low)[clock] < level
        if starts_below == (self.at(high)[clock] < level):
            return
        while high - low > 1e-4:
            middle = 0.5 * (low + high)
            low, high = (middle, high) if (self.at(middle)[clock] < level) == starts_below else (low, middle)
        yield high

    def steepest_d20_per_h(self) -> float:
        warmest = max(self.degc, self.room_degc, self.start.pulp_degc)
        return self.journey.rates(warmest)[0] / 24.0


def promise(journey: Journey, fruit: Fruit, taste: Taste, delivery: Delivery, ambient: Ambient) -> Promise:
    """Integrate over the last leg's duration for every story of the legs before it."""
    chance = parcel_chance(
        lower=taste.lower_d20, upper=taste.upper_d20, sd=fruit.sd_d20, batch_sd=fruit.batch_sd_d20,
        fruit=taste.fruit, needed=taste.needed,
    )  # fmt: skip
    good = parcel = risk = mass = first = second = 0.0
    for weight, age, in_time, sound, broken in _outcomes(journey, fruit, chance, delivery, ambient):
        mass += weight
        first += weight * age
        second += weight * age * age
        risk += weight if broken else 0.0
        if in_time and sound:
            good += weight * between(taste.lower_d20, taste.upper_d20, mean=age, sd=fruit.sd_d20)
            parcel += weight * chance.at(age)
    mean = first / mass if mass > 0.0 else fruit.age_d20
    variance = max(0.0, second / mass - mean * mean) if mass > 0.0 else 0.0
    return Promise(
        good, parcel, journey.arrivals[-1].by(delivery.until_h + TIE_H), risk, mean,
        math.sqrt(variance + fruit.sd_d20**2),
    )  # fmt: skip


def _outcomes(
    journey: Journey, fruit: Fruit, chance: ParcelChance, delivery: Delivery, ambient: Ambient
) -> Iterator[tuple[float, float, bool, bool, bool]]:
    """(probability, age at delivery, in time, neither chilled nor unsafe, unsafe)."""
    last = journey.rides[-1]
    sharp = chance.sharpest_d20 < SHARP_D20 or math.isinf(chance.sharpest_d20)
    levels = [chance.lower, chance.upper, *chance.edges] if sharp else []
    for departs_h, stories in journey.boardings.items():
        spells = tuple(_spells(delivery, departs_h + last.duration.shortest_h, ambient))
        for share, degc in journey.warmths(last.lane, departs_h):
            rides = journey.rates(degc)
            for story in stories:
                start = Gains(
                    story.weight * share, story.age_d20 + fruit.age_d20, story.chill + fruit.chill,
                    story.danger + fruit.danger, story.pulp_degc,
                )  # fmt: skip
                for after_h, until_h, room_degc in spells:
                    piece: _Line = (
                        _PackedPiece(start, journey, degc, room_degc, departs_h, delivery.from_h)
                        if journey.packed
                        else _Piece(start, rides, journey.rates(room_degc), departs_h, delivery.from_h)
                    )
                    nodes = partial(last.duration.nodes, after_h=after_h - departs_h, until_h=until_h - departs_h)
                    widest = _panel_width(piece, chance.sharpest_d20, last.duration)
                    yield from _along(piece, levels, delivery, partial(nodes, widest_z=widest))


def _spells(delivery: Delivery, first_h: float, ambient: Ambient) -> Iterator[tuple[float, float, float]]:
    """Spans of arrival (after, until) with the temperature an early parcel then waits at: one, or two months."""
    cold = ambient(delivery.place_id, first_h)
    end_h = max(first_h, delivery.from_h)
    if math.isinf(end_h) or ambient(delivery.place_id, end_h) == cold:
        yield -math.inf, math.inf, cold
        return
    low, high = first_h, end_h
    while high - low > 1e-4:
        mid = 0.5 * (low + high)
        low, high = (mid, high) if ambient(delivery.place_id, mid) == cold else (low, mid)
    yield -math.inf, high, cold
    yield high, math.inf, ambient(delivery.place_id, end_h)


def _along(
    piece: _Line, levels: list[float], delivery: Delivery, nodes: Callable[..., Iterator[tuple[float, float]]]
) -> Iterator[tuple[float, float, bool, bool, bool]]:
    """The same for one line, its nodes parted where a clock passes a level that matters."""
    deadline = delivery.until_h - piece.departs_h
    breaks = [deadline, delivery.from_h - piece.departs_h] if math.isfinite(delivery.from_h) else [deadline]
    for level in levels:
        breaks.extend(piece.crossings(0, level))
    for clock in (1, 2):
        breaks.extend(piece.crossings(clock, 1.0))
    for weight, hours in nodes(breaks=breaks):
        age, chill, danger = piece.at(hours)
        broken = danger > 1.0 + DOSE_TIE
        sound = not broken and chill <= 1.0 + DOSE_TIE
        yield weight * piece.weight, age, hours <= deadline + TIE_H, sound, broken


def _panel_width(piece: _Line, blur_d20: float, duration: Duration) -> float:
    """Panels narrow enough for the sharpest curve where the age lies near the window [standard normals]."""
    if duration.certain or math.isinf(blur_d20):
        return WIDEST_Z
    slope = piece.steepest_d20_per_h() * duration.spread_h
    if slope <= 0.0:
        return WIDEST_Z
    return min(WIDEST_Z, max(FINEST_Z, 2.0 * blur_d20 / slope))
