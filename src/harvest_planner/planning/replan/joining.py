"""A whole plan of what is carried over and of what was planned beside it: records in, records out."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Container, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from operator import attrgetter

from harvest_planner.planning import answer
from harvest_planner.planning.meeting import Meeting
from harvest_planner.planning.replan.carried import Carried, trips_of
from harvest_planner.planning.replan.reasons import reasoned
from harvest_planner.planning.replan.rest import Rest
from harvest_planner.planning.replan.standing import ROW_FIELDS, Row, rows_at, rows_of
from harvest_planner.planning.replan.taken import Taken, Trip
from harvest_planner.schema.plan import BatchRow, HarvestPlan, Pick, Refusal, Shipment, Status, Surplus
from harvest_planner.schema.record_table import MadeRows
from harvest_planner.schema.told_rows import Run, field_of, picked, runs_of

UNFINISHED = ("time_limit", "interrupted")


@dataclass(frozen=True)
class Joining:
    """What is carried with what it takes, the plan of the rest, and the meeting of the question that both answer."""

    stays: Carried
    held: Taken
    planned: HarvestPlan
    rest: Rest
    meeting: Meeting

    def plan(self) -> HarvestPlan:
        """The whole plan, with the rest's provenance."""
        stays, rest = self.stays, self.planned
        value = round(rest.value_vnd + self._carried_vnd - self._fees_vnd(but_for=self._trips), 2)
        bound = answer.told_bound(value, rest.bound_vnd + self._carried_vnd - self._fees_vnd(but_for={}))
        gap = (bound - value) / max(abs(bound), 1.0)
        # What there was no time for in the plan so far is carried as it is.
        unfinished = [each.status for each in ((rest, stays.plan) if stays.refusals else (rest,))]
        status = next((each for each in unfinished if each in UNFINISHED), _status(gap))
        before = (each for each in stays.plan.warnings if not each.startswith(("order ", "departure ")))
        picks = self._picks()
        return rest.model_copy(
            update={
                "status": status,
                "value_vnd": value,
                "bound_vnd": bound,
                "gap": gap,
                "batches": self._batches(picks),
                "picks": picks,
                "shipments": self._shipments(),
                "refusals": self._refusals(),
                "surplus": self._surplus(),
                "warnings": tuple(dict.fromkeys((*rest.warnings, *before))),
            }
        )

    @cached_property
    def _trips(self) -> dict[Trip, int]:
        """Trips of the rest, each with its place among the rest's picks."""
        return {trip: at for at, trip in enumerate(trips_of(self.planned))}

    @cached_property
    def _held(self) -> set[Trip]:
        """Trips that are made for what is carried."""
        return self.held.trips

    @cached_property
    def _sold(self) -> dict[Trip, Surplus]:
        """Local sales that are carried."""
        plan, again = self.stays.plan, self.rest.sells_again
        return {(sold.batch_id, sold.pick_on): sold for sold in plan.surplus if sold.batch_id not in again}

    @cached_property
    def _left_kg(self) -> dict[str, float]:
        """What stays on the tree, by batch [kg]."""
        taken = self.held.batch_kg
        left = {b.id: b.quantity_kg - taken.get(b.id, 0.0) for b in self.meeting.problem.batches}
        return left | {row.batch_id: row.left_kg for row in self.planned.batches}

    @cached_property
    def _carried_vnd(self) -> float:
        """What is carried brings, trips not counted [VND]."""
        share, asked_again = self.meeting.problem.policy.terminal_share, self.rest.batch_ids
        kept = (
            field.kept_vnd_per_kg(share) * max(0.0, round(self._left_kg[field.batch.id], answer.KG_DIGITS))
            for field in self.meeting.fields
            if field.batch.id not in asked_again
        )
        return math.fsum((*self.stays.told("value_vnd"), *(sold.value_vnd for sold in self._sold.values()), *kept))

    def _fees_vnd(self, *, but_for: Container[Trip]) -> float:
        """Cost of the trips that are carried [VND]."""
        batch = self.meeting.problem.batch
        return math.fsum(batch(trip[0]).trip_cost_vnd for trip in self._held if trip not in but_for)

    def _shipments(self) -> Sequence[Shipment]:
        """By order; each order is carried whole or not at all."""
        ids, places = list(self.stays.told("order_id")), self.stays.shipments
        runs: list[Run[Shipment]] = []
        done = 0
        for at, order_id in enumerate(field_of(self.planned.shipments, "order_id")):
            until = bisect_left(ids, order_id, done)
            runs += runs_of(self.stays.plan.shipments, places[done:until])
            runs.append((self.planned.shipments, at, at + 1))
            done = until
        runs += runs_of(self.stays.plan.shipments, places[done:])
        return picked(runs, ROW_FIELDS)

    @cached_property
    def taken(self) -> Taken:
        """What the whole plan takes."""
        planned = self.planned
        return self.held.copy().count(rows_of(planned), planned.surplus, self.meeting.problem)

    def _refusals(self) -> Sequence[Refusal]:
        """By order."""
        planned: Sequence[Refusal] = self.planned.refusals
        if isinstance(planned, MadeRows) and self.planned.status not in UNFINISHED:
            planned = reasoned(planned, self.taken, self.meeting, self.rest.problem.commitments)
        known = field_of(self.stays.plan.refusals, "order_id")
        ids = [known[at] for at in self.stays.refusals]
        runs: list[Run[Refusal]] = []
        done = 0
        for at, order_id in enumerate(field_of(planned, "order_id")):
            until = bisect_left(ids, order_id, done)
            runs += runs_of(self.stays.plan.refusals, self.stays.refusals[done:until])
            runs.append((planned, at, at + 1))
            done = until
        runs += runs_of(self.stays.plan.refusals, self.stays.refusals[done:])
        return picked(runs, ("order_id", "kg"))

    def _surplus(self) -> tuple[Surplus, ...]:
        sold = dict(self._sold)
        for each in self.planned.surplus:
            trip = (each.batch_id, each.pick_on)
            sold[trip] = _more(sold[trip], each.kg) if trip in sold else each
        return tuple(sorted(sold.values(), key=attrgetter("pick_on", "batch_id")))

    def _picks(self) -> Sequence[Pick]:
        """By day and batch; a trip of which nothing changes is carried as it is."""
        plan = self.stays.plan
        before = {trip: at for at, trip in enumerate(trips_of(plan))}
        sold_again = ((sold.batch_id, sold.pick_on) for sold in self.rest.sold_again(plan))
        other = {*self._trips, *sold_again, *(row.trip for row in self.stays.undone)}
        held = self._held
        places: dict[Trip, list[int]] = {trip: [] for trip in held & other}
        batch_ids = {batch_id for batch_id, _ in other}
        of_batches, days = field_of(plan.shipments, "batch_id"), field_of(plan.shipments, "pick_on")
        for at in self.stays.shipments:
            if of_batches[at] in batch_ids and (trip := (of_batches[at], days[at])) in other:
                places[trip].append(at)
        rows = {trip: rows_at(plan, of_trip) for trip, of_trip in places.items()}
        runs: list[Run[Pick]] = []
        for trip in sorted({*self._trips, *held}, key=lambda trip: (trip[1], trip[0])):
            number = self._trips.get(trip)
            if trip not in other:
                runs.append((plan.picks, before[trip], before[trip] + 1))
            elif trip in rows:
                planned = None if number is None else self.planned.picks[number]
                runs.append(((self._together(plan.picks[before[trip]], rows[trip], planned),), 0, 1))
            elif number is not None:
                runs.append((self.planned.picks, number, number + 1))
        return picked(runs, ("batch_id", "pick_on"))

    def _together(self, before: Pick, rows: Sequence[Row], planned: Pick | None) -> Pick:
        """A trip's pick: what is carried of it, and what is planned on it."""
        asked = self.meeting.problem
        ids = {row.order_id for row in rows}
        ends = {asked.place(asked.order(order_id).destination_id).id for order_id in ids}
        sold = self._sold.get((before.batch_id, before.pick_on))
        sold_kg = 0.0 if sold is None else sold.kg
        own_kg, surplus_kg = (planned.kg, planned.surplus_kg) if planned else (0.0, 0.0)
        return (planned or before).model_copy(
            update={
                "kg": round(math.fsum(row.kg for row in rows) + own_kg + sold_kg, answer.KG_DIGITS),
                "surplus_kg": round(surplus_kg + sold_kg, answer.KG_DIGITS),
                "order_ids": tuple(sorted(ids.union(planned.order_ids if planned else ()))),
                "destination_ids": tuple(sorted(ends.union(planned.destination_ids if planned else ()))),
            }
        )

    def _batches(self, picks: Sequence[Pick]) -> Sequence[BatchRow]:
        """A row for each batch, made on demand where the picks are."""
        by_batch: dict[str, list[int]] = defaultdict(list)
        for at, batch_id in enumerate(field_of(picks, "batch_id")):
            by_batch[batch_id].append(at)
        wanted = cache(lambda: answer.wanted_crops(self.meeting.problem))
        fields, left = self.meeting.fields, self._left_kg

        def row(at: int) -> BatchRow:
            field = fields[at]
            mine = [picks[each] for each in by_batch.get(field.batch.id, ())]
            return answer.batch_row(field, mine, left[field.batch.id], wanted=field.crop.id in wanted())

        return MadeRows(len(fields), row) if isinstance(picks, MadeRows) else tuple(map(row, range(len(fields))))


def _more(sold: Surplus, kg: float) -> Surplus:
    """The sale with so much more sold [kg]."""
    kg = round(sold.kg + kg, answer.KG_DIGITS)
    return sold.model_copy(update={"kg": kg, "value_vnd": round(kg * sold.price_vnd_per_kg, 2)})


def _status(gap: float) -> Status:
    return "optimal" if gap <= 1e-9 else "within_gap"
