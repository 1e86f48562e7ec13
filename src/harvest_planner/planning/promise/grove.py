"""The trips of one crop as arrays: what a kilogram from each costs at the plan's prices, and what it can still give."""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from harvest_planner.planning.candidates import certified, graded
from harvest_planner.planning.fairness import NO_PART, FairPart, Owner
from harvest_planner.planning.index_arrays import runs
from harvest_planner.planning.meeting import Entry
from harvest_planner.planning.pools import Trip
from harvest_planner.planning.promise.stock import Shelf, TripKey, batch_key, packing_key, picker_key
from harvest_planner.planning.verdict import Start
from harvest_planner.planning.wish import Wish
from harvest_planner.schema.plan import HarvestPlan
from harvest_planner.schema.promises import MG_PER_KG

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
EVEN_VND = 0.01
"""Of trips that cost the same those that the plan makes come first [VND]."""
NOT_WEIGHED = Start(0.0, 0.0, 0.0, 0.0, 0.0)


class Prices(NamedTuple):
    """The plan's prices at the margin, by resource and day [VND/kg]."""

    by_thing: dict[tuple[str, dt.date | None], float]

    @classmethod
    def of(cls, plan: HarvestPlan) -> Prices:
        """The prices of the linear programme with the plan's trips fixed; of several departures a day the highest."""
        found: dict[tuple[str, dt.date | None], float] = {}
        for row in plan.shadow_prices:
            key = (row.resource, row.day)
            found[key] = max(found.get(key, 0.0), row.vnd_per_unit)
        return cls(found)

    def at(self, resource: str, day: dt.date | None) -> float:
        """The price of one more kilogram; 0: there is enough [VND/kg]."""
        return self.by_thing.get((resource, day), 0.0)


class Terms(NamedTuple):
    """What fruit of some trips costs, whatever its weight.

    Attributes
    ----------
    price_vnd_per_kg : of fruit, hands and packing, less what a kilogram counts for its grower's reputation.
    fee_vnd, least_kg, filler_vnd_per_kg : of trips the plan does not make, else 0.
    fair_kg, fair_vnd_per_kg : what its grower lacks to his fair part by the plan, and what each kilogram of it counts.
    """

    price_vnd_per_kg: Floats
    fee_vnd: Floats
    least_kg: Floats
    filler_vnd_per_kg: Floats
    fair_kg: Floats
    fair_vnd_per_kg: Floats

    def of(self, trips: Ints) -> Terms:
        """Those of some of the trips."""
        return Terms(*(column[trips] for column in self))

    def used_vnd(self, kg: float) -> Floats:
        """What goods of that weight use up on each trip at the plan's prices, whether it can give them [VND]."""
        used: Floats = kg * self.price_vnd_per_kg
        used += self.fee_vnd
        # In place: arrays over thousands of trips are dear to make.
        part = self.least_kg - kg
        np.maximum(part, 0.0, out=part)
        part *= self.filler_vnd_per_kg
        used += part
        np.minimum(self.fair_kg, kg, out=part)
        part *= self.fair_vnd_per_kg
        used -= part
        return used


@dataclass(frozen=True)
class Grove:
    """The trips of one crop, those of one age, place and hour together: they have the same journeys and shares.

    Attributes
    ----------
    trips : sorted so that each cohort is one stretch, from `first` of it on.
    terms : what fruit costs from each.
    made : whether the plan makes the trip.
    spare_kg : what the plan leaves of the trip's scarcest capacity; 0 where it may not be made.
    tell_by_h : by when the pick can be told, of each cohort [h since the epoch].
    standing_vnd_per_kg : what a kilogram counts for its grower's reputation.
    pickable, interval_kept : what the rules of the field say of the trip.
    """

    trips: tuple[Trip, ...]
    first: Ints
    terms: Terms
    made: Bools
    spare_kg: Floats
    tell_by_h: Floats
    standing_vnd_per_kg: Floats
    pickable: Bools
    interval_kept: Bools

    @property
    def cohorts(self) -> list[Trip]:
        """One trip of each cohort."""
        return [self.trips[at] for at in self.first.tolist()]

    @property
    def spreads(self) -> set[tuple[float, float]]:
        """The spreads of age among the trips: sd_d20 and batch_sd_d20."""
        return {(trip.field.stage.sd_d20, trip.field.stage.batch_sd_d20) for trip in self.cohorts}

    @cached_property
    def live(self) -> Live:
        """The trips of which the plan leaves something."""
        at = np.flatnonzero(self.spare_kg > 0.0)
        first = np.searchsorted(at, np.append(self.first, len(self.trips)))
        even_vnd = np.where(self.made[at], 0.0, EVEN_VND)
        return Live(at, first, self.terms.of(at), even_vnd, self.spare_kg[at])

    @cached_property
    def _kinds(self) -> tuple[list[Trip], Ints]:
        """A trip of each grade and papers, and of each trip which of them is like it."""
        numbers: dict[tuple[object, ...], int] = {}
        batches = ((trip.field.batch, trip.day.certified) for trip in self.trips)
        keys = [(batch.grade, batch.certifications, valid) for batch, valid in batches]
        kind = np.array([numbers.setdefault(key, len(numbers)) for key in keys], dtype=np.int64)
        _, first = np.unique(kind, return_index=True)
        return [self.trips[at] for at in first.tolist()], kind

    def suiting(self, wish: Wish) -> Bools | None:
        """Trips whose grade and papers are as asked; None: all."""
        if wish.grade is None and not wish.certifications:
            return None
        examples, kind = self._kinds
        entries = (Entry(trip, NOT_WEIGHED) for trip in examples)
        return np.array([graded(entry, wish) and certified(entry, wish) for entry in entries], dtype=bool)[kind]

    def any_of(self, trips: Bools) -> Bools:
        """Of each cohort whether one of its trips is among some."""
        return np.logical_or.reduceat(trips, self.first) if len(trips) else trips

    def members(self, cohorts: Ints) -> tuple[Ints, Ints]:
        """Every trip of some cohorts: its place, and which of the cohorts given it is of."""
        return runs(np.append(self.first, len(self.trips)), cohorts)

    def cost(self, at: int, kg: float) -> float:
        """What goods of that weight cost from one trip [VND]."""
        price, fee, least_kg, filler, _, _ = (float(column[at]) for column in self.terms)
        return kg * price + fee + max(0.0, least_kg - kg) * filler - self.fair(at).of(kg)

    def fair(self, at: int) -> FairPart:
        """What the grower of a trip lacks to his fair part, and its price."""
        return FairPart(float(self.terms.fair_kg[at]), float(self.terms.fair_vnd_per_kg[at]))


class Live(NamedTuple):
    """The trips of a grove that can be sold from.

    Attributes
    ----------
    at : their places in the grove.
    first : where each cohort begins among them, and the end.
    """

    at: Ints
    first: Ints
    terms: Terms
    even_vnd: Floats
    spare_kg: Floats

    def costs(self, kg: float, least_kg: float, suits: Bools | None) -> tuple[Floats, Floats]:
        """What goods of that weight cost from each trip, inf where it cannot give `least_kg`; the least by cohort."""
        costs = self.terms.used_vnd(kg)
        costs += self.even_vnd
        costs[self.spare_kg < least_kg - 1e-9] = np.inf
        if suits is not None:
            costs[~suits[self.at]] = np.inf
        least = np.full(len(self.first) - 1, np.inf)
        some = np.diff(self.first) > 0
        if some.any():
            least[some] = np.minimum.reduceat(costs, self.first[:-1][some])
        return costs, least

    def stretch(self, cohort: int) -> slice:
        """Where a cohort's trips stand among these."""
        return slice(int(self.first[cohort]), int(self.first[cohort + 1]))


def grove_of(
    trips: Iterable[Trip],
    *,
    prices: Prices,
    surplus: Container[TripKey],
    shelf: Shelf,
    lacking: Mapping[Owner, FairPart],
    terminal_share: float,
    notice_h: float,
) -> Grove:
    """The trips of one crop laid out.

    Parameters
    ----------
    surplus : trips that pick for the local market.
    lacking : what growers lack to their fair parts.
    """
    cohorts: dict[tuple[object, ...], list[Trip]] = defaultdict(list)
    for trip in trips:
        field, day = trip.field, trip.day
        key = (
            field.place.id,
            day.ready_h,
            day.clock_start_h,
            day.age_d20,
            field.stage.sd_d20,
            field.stage.batch_sd_d20,
        )
        cohorts[key].append(trip)
    laid = tuple(trip for group in cohorts.values() for trip in group)
    rows = np.array([_row(trip, prices, shelf, surplus, terminal_share) for trip in laid], dtype=float).reshape(-1, 5)
    parts = np.array([lacking.get(trip.field.owner, NO_PART) for trip in laid], dtype=float).reshape(-1, 2)
    sizes = [len(group) for group in cohorts.values()]
    return Grove(
        laid,
        np.cumsum([0, *sizes[:-1]], dtype=np.int64) if sizes else np.empty(0, dtype=np.int64),
        terms=Terms(*(column.copy() for column in (*rows.T[:4], *parts.T))),
        made=np.array([(trip.field.batch.id, trip.day.pick_on) in shelf.trips for trip in laid], dtype=bool),
        spare_kg=rows[:, 4].copy(),
        tell_by_h=np.array([group[0].day.from_at.timestamp() / 3600.0 - notice_h for group in cohorts.values()]),
        standing_vnd_per_kg=np.array([trip.field.reputation_vnd_per_kg for trip in laid], dtype=float),
        pickable=np.array([trip.day.pickable for trip in laid], dtype=bool),
        interval_kept=np.array([trip.day.interval_kept for trip in laid], dtype=bool),
    )


def _row(
    trip: Trip, prices: Prices, shelf: Shelf, surplus: Container[TripKey], terminal_share: float
) -> tuple[float, float, float, float, float]:
    """Price less what reputation counts, fee, least kilograms, price of filling up, spare kilograms of a trip."""
    field, day = trip.field, trip.day.pick_on
    batch = field.batch
    fruit = prices.at(batch_key(batch.id), None) or field.kept_vnd_per_kg(terminal_share)
    fruit += prices.at(f"picker:{field.grower.id}", day)
    if (batch.id, day) in surplus:
        fruit = max(fruit, batch.surplus_price_vnd_per_kg)
    price = fruit + prices.at(f"packing:{field.place.id}", day) - field.reputation_vnd_per_kg
    made = (batch.id, day) in shelf.trips
    spare = _spare_kg(trip, shelf) if trip.day.pickable and (made or shelf.may_open(field, day)) else 0.0
    if made:
        return price, 0.0, 0.0, 0.0, spare
    if spare < batch.min_trip_kg:
        spare = 0.0
    return price, batch.trip_cost_vnd, batch.min_trip_kg, max(0.0, fruit - batch.surplus_price_vnd_per_kg), spare


def _spare_kg(trip: Trip, shelf: Shelf) -> float:
    field, day = trip.field, trip.day.pick_on
    hands, packing = field.grower.pick_capacity_kg_per_day, field.place.packing_kg_per_day
    left = float(shelf.batch_left(field))
    left = min(left, math.inf if hands is None else shelf.left(picker_key(field.grower.id, day), hands))
    left = min(left, math.inf if packing is None else shelf.left(packing_key(field.place.id, day), packing))
    return left / MG_PER_KG


_NO_NUMBERS: Floats = np.empty(0)
_NO_ANSWERS = np.empty(0, dtype=bool)
BARE = Grove(
    (),
    np.empty(0, dtype=np.int64),
    terms=Terms(*(_NO_NUMBERS,) * 6),
    made=_NO_ANSWERS,
    spare_kg=_NO_NUMBERS,
    tell_by_h=_NO_NUMBERS,
    standing_vnd_per_kg=_NO_NUMBERS,
    pickable=_NO_ANSWERS,
    interval_kept=_NO_ANSWERS,
)
"""Of a crop of which nothing can be picked."""
