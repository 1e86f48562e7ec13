"""What hangs, hands, packing and departures as the market's arrays, less what commitments hold."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np

from harvest_planner.planning.allocation.model import Floats, Ints
from harvest_planner.planning.columns import ArrayJudge
from harvest_planner.planning.fairness import Owner
from harvest_planner.planning.market.market import Supply
from harvest_planner.planning.meeting import Meeting
from harvest_planner.planning.pools import Trip
from harvest_planner.planning.settled import Used, left_kg


def supply_of(meeting: Meeting, trips: Sequence[Trip], trip_lot: Ints, used: Used) -> Supply:
    """Trips and their limits, a place in each array for each trip."""
    policy = meeting.problem.policy
    fields = {trip.field.batch.id: trip.field for trip in trips}
    batch_at = {batch_id: number for number, batch_id in enumerate(fields)}
    parts: dict[Owner, int] = {}
    hands: dict[tuple[str, dt.date], int] = {}
    hands_kg: list[float] = []
    packings: dict[tuple[str, dt.date], int] = {}
    packing_kg: list[float] = []
    homes: dict[str, int] = {}
    trip_home, trip_hands, trip_packing, trip_fair = [], [], [], []
    for trip in trips:
        trip_home.append(homes.setdefault(trip.field.grower.id, len(homes)))
        owner = trip.field.owner
        trip_fair.append(parts.setdefault(owner, len(parts)) if owner in used.fair else -1)
        key = (trip.field.grower.id, trip.day.pick_on)
        if key not in hands:
            most = trip.field.grower.pick_capacity_kg_per_day
            hands[key] = len(hands_kg)
            hands_kg.append(np.inf if most is None else max(0.0, most - used.picker_kg.get(key, 0.0)))
        trip_hands.append(hands[key])
        most = trip.field.place.packing_kg_per_day
        key = (trip.field.place.id, trip.day.pick_on)
        if most is None:
            trip_packing.append(-1)
            continue
        if key not in packings:
            packings[key] = len(packing_kg)
            packing_kg.append(max(0.0, most - used.packing_kg.get(key, 0.0)))
        trip_packing.append(packings[key])
    batches = list(fields.values())
    lacks = [used.fair[owner].beyond(used.shipped_kg.get(owner, 0.0)) for owner in parts]
    most_trips = np.inf if policy.max_picks_per_batch is None else policy.max_picks_per_batch
    days = {
        batch_at[name]: tuple(day.toordinal() for day in days) for name, days in used.days.items() if name in batch_at
    }
    return Supply(
        trip_batch=np.array([batch_at[trip.field.batch.id] for trip in trips], dtype=np.int64),
        trip_lot=trip_lot,
        trip_home=np.array(trip_home, dtype=np.int64),
        trip_hands=np.array(trip_hands, dtype=np.int64),
        trip_packing=np.array(trip_packing, dtype=np.int64),
        trip_day=np.array([trip.day.pick_on.toordinal() for trip in trips], dtype=np.int64),
        trip_fee=np.array([trip.field.batch.trip_cost_vnd for trip in trips], dtype=float),
        trip_least=np.array([trip.field.batch.min_trip_kg for trip in trips], dtype=float),
        trip_made=np.array([(trip.field.batch.id, trip.day.pick_on) in used.trips for trip in trips], dtype=bool),
        trip_surplus=np.array([trip.field.batch.surplus_price_vnd_per_kg for trip in trips], dtype=float),
        trip_standing=np.array([trip.field.reputation_vnd_per_kg for trip in trips], dtype=float),
        trip_fair=np.array(trip_fair, dtype=np.int64),
        batch_kg=np.array([left_kg(field, used) for field in batches], dtype=float),
        batch_kept=np.array([field.kept_vnd_per_kg(policy.terminal_share) for field in batches], dtype=float),
        batch_most=np.array([most_trips - len(used.days.get(f.batch.id, ())) for f in batches], dtype=float).clip(0.0),
        batch_spacing=np.array([field.batch.days_between_picks for field in batches], dtype=np.int64),
        batch_days=days,
        hands_kg=np.array(hands_kg, dtype=float),
        packing_kg=np.array(packing_kg, dtype=float),
        fair_kg=np.array([part.kg for part in lacks], dtype=float),
        fair_vnd=np.array([part.vnd_per_kg for part in lacks], dtype=float),
    )


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
