"""A whole plan of what is carried over and of what was planned beside it: records in, records out."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from operator import attrgetter

from harvest_planner.planning import answer
from harvest_planner.planning.meeting import Meeting
from harvest_planner.planning.replan.carried import Carried, Trip, trips_of
from harvest_planner.planning.replan.standing import ROW_FIELDS, Row, rows_of
from harvest_planner.schema.plan import BatchRow, HarvestPlan, Pick, Refusal, Shipment, Status, Surplus
from harvest_planner.schema.record_table import MadeRows
from harvest_planner.schema.told_rows import Piece, field_of, picked


@dataclass(frozen=True)
class Joining:
    """What is carried, the plan of the rest, and the meeting of the question that both answer together.

    Attributes
    ----------
    asked_again : ids of the batches that the rest asked about; of all others even the local sales are carried.
    """

    stays: Carried
    rest: HarvestPlan
    meeting: Meeting
    asked_again: frozenset[str]

    def plan(self, *, earlier: HarvestPlan | None = None) -> HarvestPlan:
        """The whole plan, with the rest's provenance.

        Parameters
        ----------
        earlier : a plan of the same question whose refusals stand for the rest's of the same orders and kilograms: it
            looked at all trips, and the rest at some.
        """
        stays, rest = self.stays, self.rest
        value = round(rest.value_vnd + self._carried_vnd - self._fees_vnd(but_for=self._planned), 2)
        bound = max(value, round(rest.bound_vnd + self._carried_vnd - self._fees_vnd(but_for={}), 2))
        gap = (bound - value) / max(abs(bound), 1.0)
        # What there was no time for in the plan so far is carried as it is.
        unfinished = [each.status for each in ((rest, stays.plan) if stays.refusals else (rest,))]
        status = next((each for each in unfinished if each in ("time_limit", "interrupted")), _status(gap))
        before = (each for each in stays.plan.warnings if not each.startswith("order "))
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
                "refusals": self._refusals(earlier),
                "surplus": self._surplus(),
                "warnings": tuple(dict.fromkeys((*rest.warnings, *before))),
            }
        )

    @cached_property
    def _planned(self) -> dict[Trip, int]:
        """Trips of the rest, each with its place among the rest's picks."""
        return {(pick.batch_id, pick.pick_on): at for at, pick in enumerate(self.rest.picks)}

    @cached_property
    def _sold(self) -> list[Surplus]:
        """Local sales that are carried."""
        return [sold for sold in self.stays.plan.surplus if sold.batch_id not in self.asked_again]

    @cached_property
    def _left_kg(self) -> dict[str, float]:
        """What stays on the tree, by batch [kg]."""
        left = {field.batch.id: field.batch.quantity_kg for field in self.meeting.fields}
        asked = self.meeting.problem
        for (batch_id, day), kg in self.stays.trip_kg.items():
            if day >= asked.batch(batch_id).observed_on:
                left[batch_id] -= kg
        for sold in self._sold:
            left[sold.batch_id] -= sold.kg
        return left | {row.batch_id: row.left_kg for row in self.rest.batches}

    @cached_property
    def _carried_vnd(self) -> float:
        """What is carried brings, trips not counted [VND]."""
        share = self.meeting.problem.policy.terminal_share
        kept = (
            field.kept_vnd_per_kg(share) * max(0.0, round(self._left_kg[field.batch.id], answer.KG_DIGITS))
            for field in self.meeting.fields
            if field.batch.id not in self.asked_again
        )
        goods = (row.value_vnd for row in self.stays.shipments)
        return math.fsum((*goods, *(sold.value_vnd for sold in self._sold), *kept))

    def _fees_vnd(self, *, but_for: Mapping[Trip, int]) -> float:
        """Cost of the trips that are carried [VND]."""
        batch = self.meeting.problem.batch
        trips = {*self.stays.trip_kg, *((sold.batch_id, sold.pick_on) for sold in self._sold)}
        return math.fsum(batch(trip[0]).trip_cost_vnd for trip in trips if trip not in but_for)

    def _shipments(self) -> Sequence[Shipment]:
        """By order; each order is carried whole or not at all."""
        ours, ids = self.stays.shipments, [row.order_id for row in self.stays.shipments]
        pieces: list[Piece[Shipment]] = []
        done = 0
        for row in rows_of(self.rest):
            at = bisect_left(ids, row.order_id, done)
            pieces += [(self.stays.plan.shipments, each.at) for each in ours[done:at]]
            pieces.append((self.rest.shipments, row.at))
            done = at
        pieces += [(self.stays.plan.shipments, each.at) for each in ours[done:]]
        return picked(pieces, ROW_FIELDS)

    def _refusals(self, earlier: HarvestPlan | None) -> Sequence[Refusal]:
        ids = field_of(self.stays.plan.refusals, "order_id")
        ranked = [(ids[at], self.stays.plan.refusals, at) for at in self.stays.refusals]
        before = {} if earlier is None else {key: (earlier.refusals, at) for at, key in enumerate(_refused_of(earlier))}
        for at, key in enumerate(_refused_of(self.rest)):
            ranked.append((key[0], *before.get(key, (self.rest.refusals, at))))
        ranked.sort(key=lambda each: each[0])
        return picked([(rows, at) for _, rows, at in ranked], ("order_id", "kg"))

    def _surplus(self) -> tuple[Surplus, ...]:
        return tuple(sorted((*self._sold, *self.rest.surplus), key=attrgetter("pick_on", "batch_id")))

    def _picks(self) -> Sequence[Pick]:
        """By day and batch; a trip of which nothing changes is carried as it is."""
        before = {trip: at for at, trip in enumerate(trips_of(self.stays.plan))}
        sold_again = ((s.batch_id, s.pick_on) for s in self.stays.plan.surplus if s.batch_id in self.asked_again)
        other = {*self._planned, *sold_again, *(row.trip for row in self.stays.undone)}
        rows: dict[Trip, list[Row]] = defaultdict(list)
        for row in self.stays.shipments:
            if row.trip in other:
                rows[row.trip].append(row)
        trips = {*self._planned, *self.stays.trip_kg, *((sold.batch_id, sold.pick_on) for sold in self._sold)}
        pieces: list[Piece[Pick]] = []
        for trip in sorted(trips, key=lambda trip: (trip[1], trip[0])):
            at = self._planned.get(trip)
            if trip not in other:
                pieces.append((self.stays.plan.picks, before[trip]))
            elif trip in rows:
                planned = None if at is None else self.rest.picks[at]
                pieces.append(((self._together(self.stays.plan.picks[before[trip]], rows[trip], planned),), 0))
            elif at is not None:
                pieces.append((self.rest.picks, at))
        return picked(pieces, ("batch_id", "pick_on"))

    def _together(self, before: Pick, rows: Sequence[Row], planned: Pick | None) -> Pick:
        """A trip's pick: what is carried of it, and what is planned on it."""
        asked = self.meeting.problem
        ids = {row.order_id for row in rows}
        ends = {asked.place(asked.order(order_id).destination_id).id for order_id in ids}
        own_kg, surplus_kg = (planned.kg, planned.surplus_kg) if planned else (0.0, 0.0)
        return (planned or before).model_copy(
            update={
                "kg": round(math.fsum(row.kg for row in rows) + own_kg, answer.KG_DIGITS),
                "surplus_kg": surplus_kg,
                "order_ids": tuple(sorted(ids.union(planned.order_ids if planned else ()))),
                "destination_ids": tuple(sorted(ends.union(planned.destination_ids if planned else ()))),
            }
        )

    def _batches(self, picks: Sequence[Pick]) -> Sequence[BatchRow]:
        """A row for each batch, made on demand where the picks are."""
        by_batch: dict[str, list[int]] = defaultdict(list)
        for at, batch_id in enumerate(field_of(picks, "batch_id")):
            by_batch[batch_id].append(at)
        wanted = answer.wanted_crops(self.meeting.problem)
        fields, left = self.meeting.fields, self._left_kg

        def row(at: int) -> BatchRow:
            field = fields[at]
            mine = [picks[each] for each in by_batch.get(field.batch.id, ())]
            return answer.batch_row(field, mine, left[field.batch.id], wanted=field.crop.id in wanted)

        return MadeRows(len(fields), row) if isinstance(picks, MadeRows) else tuple(map(row, range(len(fields))))


def _refused_of(plan: HarvestPlan) -> Iterator[tuple[str, float]]:
    """The order and the kilograms of each refusal."""
    return zip(*(field_of(plan.refusals, name) for name in ("order_id", "kg")), strict=True)


def _status(gap: float) -> Status:
    return "optimal" if gap <= 1e-9 else "within_gap"
