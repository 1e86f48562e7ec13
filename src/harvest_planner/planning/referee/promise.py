"""What can be promised of one batch's fruit on one journey for one order: the chances over arrival, age and dose."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from harvest_planner.planning.referee.duration import TIE_H, Duration
from harvest_planner.planning.referee.fruit import Taste
from harvest_planner.planning.referee.journey import Ambient, Gains, Journey
from harvest_planner.planning.referee.last_leg import Line, PackedPiece, Piece
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


class Outcome(NamedTuple):
    """One way the journey may end: what the age gained by delivery, and whether that counts."""

    weight: float
    gained_d20: float
    counts: bool
    """In time, and neither chilled nor unsafe."""
    broken: bool
    """Unsafe."""


class Ending:
    """All outcomes of one journey for one delivery, and what of them no wish changes."""

    def __init__(self, outcomes: Iterable[Outcome]) -> None:
        self.counting: list[tuple[float, float]] = []
        """(probability, age gained [d20]) of the outcomes that count."""
        self.mass = self.risk = first = second = 0.0
        for weight, gained, counts, broken in outcomes:
            self.mass += weight
            first += weight * gained
            second += weight * gained * gained
            self.risk += weight if broken else 0.0
            if counts:
                self.counting.append((weight, gained))
        self.mean_d20 = first / self.mass if self.mass > 0.0 else 0.0
        self.variance = max(0.0, second / self.mass - self.mean_d20**2) if self.mass > 0.0 else 0.0


class Promises:
    """Every promise asked for, each made once: by its journey, fruit, taste and delivery, all of them exactly.

    What does not depend on all four is shared further: the outcomes of a journey by all fruit of the same doses, the
    share of good fruit by parcels of every size.
    """

    def __init__(self, ambient: Ambient) -> None:
        self._ambient = ambient
        self._made: dict[tuple[Journey, Fruit, Taste, Delivery], Promise] = {}
        self._endings: dict[tuple[object, ...], Ending] = {}
        self._good: dict[tuple[object, ...], float] = {}

    def of(self, journey: Journey, fruit: Fruit, taste: Taste, delivery: Delivery) -> Promise:
        """What can be promised of that fruit on that journey."""
        key = (journey, fruit, taste, delivery)
        if key not in self._made:
            self._made[key] = self._promise(journey, fruit, taste, delivery)
        return self._made[key]

    def _promise(self, journey: Journey, fruit: Fruit, taste: Taste, delivery: Delivery) -> Promise:
        """Integrate over the last leg's duration for every story of the legs before it."""
        chance = _chance(fruit, taste)
        ending = self._ending(journey, fruit, chance, delivery)
        return Promise(
            self._good_share(ending, fruit, taste),
            math.fsum(weight * chance.at(fruit.age_d20 + gained) for weight, gained in ending.counting),
            journey.arrivals[-1].by(delivery.until_h + TIE_H),
            ending.risk,
            fruit.age_d20 + ending.mean_d20,
            math.sqrt(ending.variance + fruit.sd_d20**2),
        )

    def good_share(self, journey: Journey, fruit: Fruit, taste: Taste, delivery: Delivery) -> float:
        """The promise's `good_share` alone, which costs a fraction of it."""
        return self._good_share(self._ending(journey, fruit, _chance(fruit, taste), delivery), fruit, taste)

    def _good_share(self, ending: Ending, fruit: Fruit, taste: Taste) -> float:
        key = (ending, fruit.age_d20, fruit.sd_d20, taste.lower_d20, taste.upper_d20)
        if key not in self._good:
            self._good[key] = math.fsum(
                weight * between(taste.lower_d20, taste.upper_d20, mean=fruit.age_d20 + gained, sd=fruit.sd_d20)
                for weight, gained in ending.counting
            )
        return self._good[key]

    def _ending(self, journey: Journey, fruit: Fruit, chance: ParcelChance, delivery: Delivery) -> Ending:
        """The journey's outcomes, parted for the sharpest curve that is read from them.

        Where the batch's own spread is wide, no parcel's curve is sharper: its nodes then serve parcels of any size.
        """
        sharpest = chance.sharpest_d20
        sharp = sharpest < SHARP_D20 or math.isinf(sharpest)
        turns = (chance.lower, chance.upper, *chance.edges) if sharp else ()
        levels = tuple(turn - fruit.age_d20 for turn in turns)
        widest = min(fruit.batch_sd_d20, fruit.sd_d20)
        blur = sharpest if sharp or widest < SHARP_D20 else widest
        key = (journey, delivery, fruit.chill, fruit.danger, levels, blur)
        if key not in self._endings:
            doses = (fruit.chill, fruit.danger)
            outcomes = _outcomes(journey, delivery, self._ambient, doses=doses, levels=levels, blur_d20=blur)
            self._endings[key] = Ending(outcomes)
        return self._endings[key]


def _chance(fruit: Fruit, taste: Taste) -> ParcelChance:
    return parcel_chance(
        lower=taste.lower_d20, upper=taste.upper_d20, sd=fruit.sd_d20, batch_sd=fruit.batch_sd_d20,
        fruit=taste.fruit, needed=taste.needed,
    )  # fmt: skip


def _outcomes(
    journey: Journey,
    delivery: Delivery,
    ambient: Ambient,
    *,
    doses: tuple[float, float],
    levels: tuple[float, ...],
    blur_d20: float,
) -> Iterator[Outcome]:
    """Every outcome by small steps of the last leg's duration, which end where the gain passes one of the `levels`."""
    last, (chill, danger) = journey.rides[-1], doses
    for departs_h, stories in journey.boardings.items():
        spells = tuple(_spells(delivery, departs_h + last.duration.shortest_h, ambient))
        for share, degc in journey.warmths(last.lane, departs_h):
            rides = journey.rates(degc)
            for story in stories:
                start = Gains(
                    story.weight * share, story.age_d20, story.chill + chill, story.danger + danger, story.pulp_degc
                )
                for after_h, until_h, room_degc in spells:
                    piece: Line = (
                        PackedPiece(start, journey, degc, room_degc, departs_h, delivery.from_h)
                        if journey.packed
                        else Piece(start, rides, journey.rates(room_degc), departs_h, delivery.from_h)
                    )
                    nodes = partial(last.duration.nodes, after_h=after_h - departs_h, until_h=until_h - departs_h)
                    widest = _panel_width(piece, blur_d20, last.duration)
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
    piece: Line, levels: Iterable[float], delivery: Delivery, nodes: Callable[..., Iterator[tuple[float, float]]]
) -> Iterator[Outcome]:
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
        yield Outcome(weight * piece.weight, age, sound and hours <= deadline + TIE_H, broken)


def _panel_width(piece: Line, blur_d20: float, duration: Duration) -> float:
    """Panels narrow enough for the sharpest curve where the age lies near the window [standard normals]."""
    if duration.certain or math.isinf(blur_d20):
        return WIDEST_Z
    slope = piece.steepest_d20_per_h() * duration.spread_h
    if slope <= 0.0:
        return WIDEST_Z
    return min(WIDEST_Z, max(FINEST_Z, 2.0 * blur_d20 / slope))
