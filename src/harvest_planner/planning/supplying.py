"""What hangs, hands, packing and departures as the market's arrays, less what commitments hold."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from harvest_planner.planning.allocation.model import Floats, Ints
from harvest_planner.planning.columns import ArrayJudge
from harvest_planner.planning.fairness import Owner
from harvest_planner.planning.index_arrays import by_first
from harvest_planner.planning.market.market import Supply
from harvest_planner.planning.meeting import Meeting
from harvest_planner.planning.pools import Trip
from harvest_planner.planning.settled import Used, left_kg

DayKey = tuple[str, dt.date]
"""A grower or a place, and a day."""


def supply_of(meeting: Meeting, trips: Sequence[Trip], trip_lot: Ints, used: Used) -> Supply:
    """Trips and their limits, a place in each array for each trip."""
    policy = meeting.problem.policy
    numbers: dict[int, int] = {}
    trip_batch = np.array([numbers.setdefault(id(trip.field), len(numbers)) for trip in trips], dtype=np.int64)
    batches = [trips[at].field for at in by_first(trip_batch)[1].tolist()]
    batch_at = {field.batch.id: number for number, field in enumerate(batches)}
    day = np.array([trip.day.pick_on.toordinal() for trip in trips], dtype=np.int64)
    home = _numbered(field.grower.id for field in batches)[trip_batch]
    hands, firsts = by_first(home * (int(day.max(initial=0)) + 1) + day)
    most = _limits(field.grower.pick_capacity_kg_per_day for field in batches)[trip_batch[firsts]]
    growers = ((trips[at].field.grower.id, trips[at].day.pick_on) for at in firsts.tolist())
    hands_kg = _less(most, growers, used.picker_kg)
    most = _limits(field.place.packing_kg_per_day for field in batches)[trip_batch]
    packed = np.flatnonzero(np.isfinite(most))
    place = _numbered(field.place.id for field in batches)[trip_batch[packed]]
    packing, firsts = by_first(place * (int(day.max(initial=0)) + 1) + day[packed])
    firsts = packed[firsts]
    trip_packing = np.full(len(trips), -1, dtype=np.int64)
    trip_packing[packed] = packing
    places = ((trips[at].field.place.id, trips[at].day.pick_on) for at in firsts.tolist())
    packing_kg = _less(most[firsts], places, used.packing_kg)
    parts: dict[Owner, int] = {}
    owners = (field.owner for field in batches)
    fair = [parts.setdefault(owner, len(parts)) if owner in used.fair else -1 for owner in owners]
    made = np.zeros(len(trips), dtype=bool)
    if used.trips:
        made[:] = [(trip.field.batch.id, trip.day.pick_on) in used.trips for trip in trips]
    lacks = [used.fair[owner].beyond(used.shipped_kg.get(owner, 0.0)) for owner in parts]
    most_trips = np.inf if policy.max_picks_per_batch is None else policy.max_picks_per_batch
    days = {
        batch_at[name]: tuple(day.toordinal() for day in days) for name, days in used.days.items() if name in batch_at
    }
    return Supply(
        trip_batch=trip_batch,
        trip_lot=trip_lot,
        trip_home=home,
        trip_hands=hands,
        trip_packing=trip_packing,
        trip_day=day,
        trip_fee=_floats(field.batch.trip_cost_vnd for field in batches)[trip_batch],
        trip_least=_floats(field.batch.min_trip_kg for field in batches)[trip_batch],
        trip_made=made,
        trip_surplus=_floats(field.batch.surplus_price_vnd_per_kg for field in batches)[trip_batch],
        trip_standing=_floats(field.reputation_vnd_per_kg for field in batches)[trip_batch],
        trip_fair=np.array(fair, dtype=np.int64)[trip_batch],
        batch_kg=_floats(left_kg(field, used) for field in batches),
        batch_kept=_floats(field.kept_vnd_per_kg(policy.terminal_share) for field in batches),
        batch_most=np.array([most_trips - len(used.days.get(f.batch.id, ())) for f in batches], dtype=float).clip(0.0),
        batch_spacing=np.array([field.batch.days_between_picks for field in batches], dtype=np.int64),
        batch_days=days,
        hands_kg=hands_kg,
        packing_kg=packing_kg,
        fair_kg=np.array([part.kg for part in lacks], dtype=float),
        fair_vnd=np.array([part.vnd_per_kg for part in lacks], dtype=float),
    )


def _numbered(names: Iterable[str]) -> Ints:
    """A number for each name, rising by its first place."""
    known: dict[str, int] = {}
    return np.array([known.setdefault(name, len(known)) for name in names], dtype=np.int64)


def _floats(values: Iterable[float]) -> Floats:
    return np.array(list(values), dtype=np.float64)


def _limits(each: Iterable[float | None]) -> Floats:
    """Limits; inf where there is none."""
    return _floats(np.inf if most is None else most for most in each)


def _less(most: Floats, keys: Iterable[DayKey], used_kg: Mapping[DayKey, float]) -> Floats:
    """What is left of limits beside what is used of them, by who or where and day; never below 0 [kg]."""
    if not used_kg:
        return np.maximum(0.0, most)
    return np.maximum(0.0, most - _floats(used_kg.get(key, 0.0) for key in keys))


def departures_of(
    judge: ArrayJudge, meeting: Meeting, used: Used
) -> tuple[Ints, Ints, Floats, tuple[tuple[str, float], ...]]:
    """Limited departures of each journey, what each still takes [kg], and which they are."""
    known: dict[tuple[str, float], int] = {}
    kg: list[float] = []
    first, flat = [0], []
    for journey in judge.shares.journeys:
        if journey.limited:
            for leg in journey.legs:
                most = meeting.lanes[leg.lane_id].capacity_kg
                if most is None:
                    continue
                key = (leg.lane_id, leg.departs_h)
                if key not in known:
                    known[key] = len(kg)
                    kg.append(max(0.0, most - used.departure_kg.get(key, 0.0)))
                flat.append(known[key])
        first.append(len(flat))
    return np.array(first, dtype=np.int64), np.array(flat, dtype=np.int64), np.array(kg, dtype=float), tuple(known)


def blocked(trip: Trip, meeting: Meeting, used: Used) -> bool:
    """Whether commitments leave no day for the trip."""
    days: set[dt.date] = used.days.get(trip.field.batch.id, set())
    if not days or trip.day.pick_on in days:
        return False
    most = meeting.problem.policy.max_picks_per_batch
    near = any(abs((trip.day.pick_on - day).days) < trip.field.batch.days_between_picks for day in days)
    return near or (most is not None and most - len(days) < 1)
