"""The shipments of a large plan, with what a re-plan asks of all of them known without making a record."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np

from harvest_planner.planning import answer
from harvest_planner.planning.wholesale import Wholesale
from harvest_planner.schema.plan import Shipment
from harvest_planner.schema.record_table import MadeRows

TOLD = ("order_id", "batch_id", "pick_on", "kg", "legs", "value_vnd")
"""Fields of shipments that are known ahead, as records write them."""


def told_shipments(whole: Wholesale) -> MadeRows[Shipment]:
    """The shipments of the plan, made on demand."""
    rows = whole.shipments()
    return MadeRows(len(rows), rows.__getitem__, known=_Told(whole))


class _Told(Mapping[str, Sequence[Any]]):
    """The fields, worked out once somebody asks for one."""

    def __init__(self, whole: Wholesale) -> None:
        self._whole = whole

    def __getitem__(self, name: str) -> Sequence[Any]:
        return self._columns[name]

    def __contains__(self, name: object) -> bool:
        return name in TOLD

    def __iter__(self) -> Iterator[str]:
        return iter(TOLD)

    def __len__(self) -> int:
        return len(TOLD)

    @cached_property
    def _columns(self) -> dict[str, list[Any]]:
        of_market, settled = self._of_market(), self._of_settled()
        return {
            name: [settled[name][number] if kind else of_market[name][number] for kind, number in self._order]
            for name in TOLD
        }

    @property
    def _order(self) -> Sequence[tuple[int, int]]:
        return self._whole.order_of_parts

    def _of_market(self) -> dict[str, list[Any]]:
        whole = self._whole
        laid, loads, meeting = whole.laid, whole.decision.loads, whole.meeting
        ids, journeys = laid.asked.table.column("id"), whole.judge.shares.journeys
        ridden = laid.market.demand.row_journey[loads.row]
        legs = {
            at: answer.legs_of(journeys[at], meeting.lanes, meeting.problem.place) for at in np.unique(ridden).tolist()
        }
        trips = [laid.trips[trip] for trip in loads.trip.tolist()]
        return {
            "order_id": [ids.values[ids.codes[row]] for row in laid.asked.row[loads.order].tolist()],
            "batch_id": [trip.field.batch.id for trip in trips],
            "pick_on": [trip.day.pick_on for trip in trips],
            "kg": whole.part_kg.tolist(),
            "legs": [legs[at] for at in ridden.tolist()],
            "value_vnd": whole.part_vnd.tolist(),
        }

    def _of_settled(self) -> dict[str, list[Any]]:
        rows = [answer.shipment_of(part, self._whole.meeting) for part in self._whole.settled.parts]
        return {name: [getattr(row, name) for row in rows] for name in TOLD}
