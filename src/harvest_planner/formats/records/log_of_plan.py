"""The harvest log that a plan fills in beforehand, and an older log carried on by a new plan."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any

from harvest_planner.formats.duties import local
from harvest_planner.formats.lines import KG_EPSILON
from harvest_planner.formats.orders_in.result import Contact
from harvest_planner.schema.clock import zone
from harvest_planner.schema.harvest_log import LOT_FIELDS, HarvestLog, HarvestRow
from harvest_planner.schema.lot import lot_code
from harvest_planner.schema.plan import HarvestPlan, Pick, Shipment
from harvest_planner.schema.problem import PlanningProblem

_Lot = tuple[str, dt.date]
_Parcel = tuple[str, dt.date, str | None, int]


def harvest_log(
    plan: HarvestPlan,
    problem: PlanningProblem,
    *,
    contacts: Iterable[Contact] = (),
    before: HarvestLog | None = None,
) -> HarvestLog:
    """The log of a plan's lots, a row for each parcel and for what goes to the local market; what was done is empty.

    Parameters
    ----------
    plan : the answer.
    problem : the question it answers.
    contacts : who gets the orders (`load_contacts`); none: receivers and parcel numbers stay empty.
    before : an older log. What was entered in it stays as it is; of the rest only what the plan still holds.

    Raises
    ------
    UnknownIdError : the plan names a batch, an order or a grower that the problem does not hold.

    Examples
    --------
    >>> import harvest_planner as hp
    >>> problem = hp.PlanningProblem(as_of="2026-08-10T18:00+07:00")
    >>> harvest_log(hp.plan_harvest(problem), problem)
    HarvestLog(format='harvest-planner/log/1', rows=())
    """
    maker = _Rows(plan, problem, contacts)
    rows = [row for pick in plan.picks for row in maker.rows(pick)]
    if before is not None:
        rows = _carried_on(rows, before)
    return HarvestLog(rows=tuple(sorted(rows, key=_place_in_log)))


def _place_in_log(row: HarvestRow) -> tuple[Any, ...]:
    """By day and lot; the local market last."""
    return row.pick_on, row.batch_id, row.order_id is None, row.order_id or "", row.part


def _carried_on(rows: list[HarvestRow], before: HarvestLog) -> list[HarvestRow]:
    """The rows of a new plan and all that was entered before it."""
    old = {_parcel(row): row for row in before.rows}
    started = {_lot(row): row for row in before.rows if _started(row)}
    new = {_parcel(row): row for row in rows}
    kept = {key: row for key, row in old.items() if row.entered or (key in new and key[:2] in started)}
    codes = {_lot(row): row.lot_code for row in before.rows}
    # The remaining rows of a lot that is picked already tell of it what was entered, not what a new plan says.
    for key, row in new.items():
        head = started.get(key[:2]) or next((one for one in kept.values() if _lot(one) == key[:2]), None)
        told = {name: getattr(head, name) for name in LOT_FIELDS} if head is not None else {}
        kept.setdefault(key, row.model_copy(update={**told, "lot_code": codes.get(key[:2], row.lot_code)}))
    return list(kept.values())


def _started(row: HarvestRow) -> bool:
    return row.entered or row.picked_from_at is not None or row.picked_until_at is not None


def _lot(row: HarvestRow) -> _Lot:
    return row.batch_id, row.pick_on


def _parcel(row: HarvestRow) -> _Parcel:
    return row.batch_id, row.pick_on, row.order_id, row.part


class _Rows:
    """The rows of one plan."""

    def __init__(self, plan: HarvestPlan, problem: PlanningProblem, contacts: Iterable[Contact]) -> None:
        self._problem = problem
        self._contacts = {contact.order_id: contact for contact in contacts}
        self._shipments: dict[_Lot, list[Shipment]] = defaultdict(list)
        for shipment in plan.shipments:
            self._shipments[shipment.batch_id, shipment.pick_on].append(shipment)
        self._parcels = Counter(shipment.order_id for shipment in plan.shipments)
        self._carriers = {lane.id: lane.carrier for lane in problem.lanes}

    def rows(self, pick: Pick) -> list[HarvestRow]:
        """The rows of one lot."""
        common = self._lot(pick)
        sent = self._shipments[pick.batch_id, pick.pick_on]
        sent.sort(key=lambda one: (one.order_id, [(leg.departs_at, leg.lane_id) for leg in one.legs], one.kg))
        parts: Counter[str] = Counter()
        rows = []
        for shipment in sent:
            parts[shipment.order_id] += 1
            own = self._parcel(shipment)
            rows.append(HarvestRow(**common, **own, part=parts[shipment.order_id], planned_kg=shipment.kg))
        if pick.surplus_kg > KG_EPSILON:
            rows.append(HarvestRow(**common, planned_kg=pick.surplus_kg))
        return rows

    def _lot(self, pick: Pick) -> dict[str, Any]:
        batch, grower = self._problem.batch(pick.batch_id), self._problem.grower(pick.grower_id)
        copied = (
            "crop_id",
            "variety",
            "grade",
            "certifications",
            "place_id",
            "plot",
            "planting_area_code",
            "planting_area_valid_until",
            "last_spray_on",
            "last_spray_product",
            "pre_harvest_interval_days",
        )
        return {
            **{name: getattr(batch, name) for name in copied},
            "lot_code": lot_code(batch.id, pick.pick_on),
            "batch_id": batch.id,
            "grower_id": grower.id,
            "picker": grower.name,
            "stage_id": pick.stage_id,
            "pick_on": pick.pick_on,
            "plan_from_at": local(pick.from_at, pick, self._problem),
            "plan_until_at": local(pick.until_at, pick, self._problem),
            "kept_by": grower.team_id or grower.id,
        }

    def _parcel(self, shipment: Shipment) -> dict[str, Any]:
        order = self._problem.order(shipment.order_id)
        first = shipment.legs[0] if shipment.legs else None
        place = self._problem.place(self._problem.batch(shipment.batch_id).place_id)
        return {
            "order_id": order.id,
            "destination_id": order.destination_id,
            "carrier": next((named for leg in shipment.legs if (named := self._carriers.get(leg.lane_id))), None),
            "departs_at": first.departs_at.astimezone(zone(place.timezone)) if first else None,
            **self._receiver(order.id),
        }

    def _receiver(self, order_id: str) -> dict[str, Any]:
        contact = self._contacts.get(order_id)
        if contact is None:
            return {}
        alone = self._parcels[order_id] == 1  # one number cannot belong to several parcels
        told = {
            "marketplace": contact.marketplace,
            "marketplace_order": contact.marketplace_order,
            "receiver": contact.name,
            "receiver_address": contact.address,
            "parcel_no": contact.parcel_no if alone else "",
        }
        return {name: text.strip() or None for name, text in told.items()}
