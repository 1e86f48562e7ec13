"""Trips whose fruit is the same when it is picked: what one of them can promise, all of them can."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator
from typing import NamedTuple

from harvest_planner.planning.field import FieldBatch, PickDay


class Trip(NamedTuple):
    """A batch on a day inside the tree's window; what the spray and rest rules say stands in the day."""

    number: int
    field: FieldBatch
    day: PickDay


class Pool(NamedTuple):
    """One crop at one place on one day at one age: the trips of many batches."""

    number: int
    field: FieldBatch
    """Of the first of the batches."""
    day: PickDay
    trips: list[int]
    """Their numbers, rising."""
    cohort: int
    """Pools of one cohort hold fruit that ripens and travels alike, whatever its crop is called."""


Kind = tuple[int, str | None, tuple[str, ...]]
"""What ripening and travel ask of a crop: its curve, by identity, what carriers know it as, and where it grows."""


def trips_of(fields: Iterable[FieldBatch]) -> Iterator[Trip]:
    """Every batch with fruit on every day inside the tree's window; batches that are alike share their days."""
    days: dict[Hashable, tuple[PickDay, ...]] = {}
    number = 0
    for field in fields:
        if field.batch.quantity_kg <= 0:
            continue
        key = _days_key(field)
        if key not in days:
            days[key] = tuple(day for day in field.days() if day.on_tree)
        for day in days[key]:
            yield Trip(number, field, day)
            number += 1


def pools_of(trips: Iterable[Trip]) -> tuple[Pool, ...]:
    """The trips outside their pre-harvest interval, by what their fruit is when it is picked."""
    pools: dict[tuple[str, int], Pool] = {}
    fruits: dict[Hashable, int] = {}
    cohorts: dict[Hashable, int] = {}
    # Batches that are alike share their days, so that most are found without a look at the numbers.
    known: dict[tuple[int, int, int], Pool] = {}
    known_fruits: dict[tuple[int, float, float], int] = {}
    for trip in trips:
        day, field = trip.day, trip.field
        if not day.interval_kept:
            continue
        stage, crop = field.stage, field.crop
        quick = (id(day), id(stage), id(crop))
        pool = known.get(quick)
        if pool is None:
            own = (id(day), stage.sd_d20, stage.batch_sd_d20)
            fruit = known_fruits.get(own)
            if fruit is None:
                fruit = known_fruits[own] = fruits.setdefault(_fruit(trip), len(fruits))
            key = (crop.id, fruit)
            pool = pools.get(key)
            if pool is None:
                cohort = cohorts.setdefault((id(field.curve), crop.goods, fruit), len(cohorts))
                pool = pools[key] = Pool(len(pools), field, day, [], cohort)
            known[quick] = pool
        pool.trips.append(trip.number)
    return tuple(pools.values())


def _days_key(field: FieldBatch) -> Hashable:
    """What a batch's days depend on."""
    batch, crop, stage, grower = field.batch, field.crop, field.stage, field.grower
    return (
        id(field.curve),
        None if crop.treatment is None else crop.treatment.duration_h,
        crop.on_tree_by,
        crop.on_tree_d20_per_day,
        crop.drops_at_d20,
        stage.age_d20,
        stage.sd_d20,
        field.place.id,
        batch.observed_on,
        batch.age_shift_d20,
        batch.certified_until,
        batch.last_spray_on,
        batch.pre_harvest_interval_days,
        grower.picks_from,
        grower.picks_until,
        grower.rest_days,
    )


def _fruit(trip: Trip) -> Hashable:
    """Where and when fruit waits for the carrier, and how old it then is."""
    field, day = trip.field, trip.day
    stage = field.stage
    return (
        field.place.id,
        day.pick_on,
        day.clock_start_h,
        day.ready_h,
        round(day.age_d20, 12),
        stage.sd_d20,
        stage.batch_sd_d20,
    )
