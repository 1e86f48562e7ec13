"""What was done with the lots of a log, as events of EPCIS 2.0 in JSON-LD (GS1; ISO/IEC 19987)."""

from __future__ import annotations

import datetime as dt
import json
import math
import uuid
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from harvest_planner.formats.atomic import write_text
from harvest_planner.schema.harvest_log import HarvestLog, HarvestRow
from harvest_planner.schema.plan import HarvestPlan, Shipment

BASE_URI = "https://example.org/trace/"
"""Where lots, parcels and places are named until a cooperative names its own (example.org: RFC 2606)."""
_CONTEXT = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"
_CBVMDA = "urn:epcglobal:cbv:mda:"
_Event = dict[str, Any]


def epcis_document(plan: HarvestPlan, log: HarvestLog, *, base_uri: str = BASE_URI) -> dict[str, Any]:
    """The events of a log: harvest, packing, shipping, receiving; only what was entered, nothing that is planned.

    A lot of which both hours of picking and a weight are known is commissioned (ObjectEvent) when picking ends, a
    parcel that was weighed and packed is aggregated (AggregationEvent), one that was handed over is shipped, one whose
    arrival is known is received (ObjectEvent). Names, addresses and parcel numbers stay out of it.

    Parameters
    ----------
    plan : the plan the log was made from; the days on which its shipments are good to eat go along.
    log : the harvest log with what was done.
    base_uri : where identifiers live, such as https://htx.example.vn/trace/.

    Returns
    -------
    The document; the same plan and log give the same, with the same event ids.

    Raises
    ------
    ValueError : `base_uri` is no absolute URI that ends in a slash.

    Examples
    --------
    >>> import harvest_planner as hp
    >>> plan = hp.plan_harvest(hp.PlanningProblem(as_of="2026-08-10T18:00+07:00"))
    >>> epcis_document(plan, HarvestLog())["epcisBody"]
    {'eventList': []}
    """
    _refuse_base(base_uri)
    maker = _Events(plan, base_uri)
    events = [event for rows in log.lots().values() for event in maker.lot(rows)]
    made_at = max([plan.provenance.as_of, *(moment for row in log.rows for moment in _moments(row))])
    return {
        "@context": [_CONTEXT, {"cbvmda": _CBVMDA, "harvest": f"{base_uri}terms/"}],
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": _instant(made_at),
        "epcisBody": {"eventList": events},
    }


def write_epcis(plan: HarvestPlan, log: HarvestLog, path: str | Path, *, base_uri: str = BASE_URI) -> Path:
    """Write `epcis_document` as a JSON-LD file.

    Raises
    ------
    ValueError : `base_uri` is no absolute URI that ends in a slash.
    OSError : it cannot be written; an old file is then still whole.
    """
    document = epcis_document(plan, log, base_uri=base_uri)
    return write_text(path, json.dumps(document, ensure_ascii=False, indent=1) + "\n")


def _refuse_base(base_uri: str) -> None:
    parts = urlsplit(base_uri)
    plain = base_uri.isascii() and base_uri.isprintable() and not set(base_uri) & set(' "<>\\^`{|}#?')
    if not (parts.scheme in ("http", "https") and parts.netloc and base_uri.endswith("/") and plain):
        raise ValueError(f"base_uri {base_uri!r} is no http(s) address that ends in /, such as {BASE_URI}")


def _moments(row: HarvestRow) -> Iterator[dt.datetime]:
    for moment in (row.picked_until_at, row.packed_at, row.handed_over_at, row.received_at):
        if moment is not None:
            yield moment


def _instant(moment: dt.datetime) -> str:
    return _whole_minutes(moment).isoformat()


def _whole_minutes(moment: dt.datetime) -> dt.datetime:
    """The instant with an offset that the standard takes: whole minutes, at most 14 hours."""
    offset = moment.utcoffset() or dt.timedelta()
    sound = not offset.seconds % 60 and not offset.microseconds and abs(offset) <= dt.timedelta(hours=14)
    return moment if sound else moment.astimezone(dt.UTC)


class _Events:
    """The events of lots, named below one address."""

    def __init__(self, plan: HarvestPlan, base_uri: str) -> None:
        self._base = base_uri
        self._shipments: dict[tuple[str, dt.date, str], list[Shipment]] = {}
        for one in plan.shipments:
            self._shipments.setdefault((one.batch_id, one.pick_on, one.order_id), []).append(one)

    def lot(self, rows: Sequence[HarvestRow]) -> Iterator[_Event]:
        """What was done with one lot, in its order."""
        head = rows[0]
        weighed = [row.actual_kg for row in rows if row.actual_kg is not None]
        if head.picked_from_at is not None and head.picked_until_at is not None and weighed:
            yield self._harvest(head, head.picked_from_at, head.picked_until_at, math.fsum(weighed))
        for row in rows:
            if row.order_id is not None:
                yield from self._parcel(row)

    def _parcel(self, row: HarvestRow) -> Iterator[_Event]:
        if row.packed_at is not None and row.actual_kg:
            yield self._packing(row, row.packed_at, row.actual_kg)
        if row.handed_over_at is not None:
            yield self._moved(row, row.handed_over_at, "shipping", "in_transit", row.place_id)
        if row.received_at is not None:
            yield self._moved(row, row.received_at, "receiving", "in_progress", row.destination_id)

    def _harvest(self, row: HarvestRow, begun: dt.datetime, ended: dt.datetime, kg: float) -> _Event:
        known = {
            "cbvmda:lotNumber": row.lot_code,
            "cbvmda:harvestStartDate": begun.date().isoformat(),
            "cbvmda:harvestEndDate": ended.date().isoformat(),
            "harvest:crop": row.crop_id,
            "harvest:variety": row.variety,
            "harvest:grade": row.grade,
            "harvest:stage": row.stage_id,
            "harvest:plot": row.plot,
            "harvest:plantingAreaCode": row.planting_area_code,
            "harvest:lastTreatmentOn": str(row.last_spray_on) if row.last_spray_on else None,
            "harvest:lastTreatmentProduct": row.last_spray_product,
            "harvest:preHarvestInterval": row.interval_check,
        }
        event = {
            "type": "ObjectEvent",
            **_when(ended),
            "action": "ADD",
            "bizStep": "commissioning",
            "disposition": "active",
            **self._at(row.place_id),
            "quantityList": [self._quantity(row, kg)],
            "ilmd": {name: value for name, value in known.items() if value is not None},
        }
        return _identified(event)

    def _packing(self, row: HarvestRow, packed_at: dt.datetime, kg: float) -> _Event:
        good = self._good(row)
        event = {
            "type": "AggregationEvent",
            **_when(packed_at),
            "action": "ADD",
            "bizStep": "packing",
            "disposition": "in_progress",
            "parentID": self._parcel_uri(row),
            "childQuantityList": [self._quantity(row, kg)],
            **self._at(row.place_id),
            **self._order(row),
            **({"harvest:eatFromOn": str(good[0]), "harvest:eatUntilOn": str(good[1])} if good else {}),
        }
        return _identified(event)

    def _moved(self, row: HarvestRow, moment: dt.datetime, step: str, disposition: str, at_id: str | None) -> _Event:
        event = {
            "type": "ObjectEvent",
            **_when(moment),
            "action": "OBSERVE",
            "bizStep": step,
            "disposition": disposition,
            "epcList": [self._parcel_uri(row)],
            **({"readPoint": {"id": self._uri("place", at_id)}} if at_id else {}),
            "sourceList": [{"type": "location", "source": self._uri("place", row.place_id)}],
            **self._order(row),
        }
        if row.destination_id:
            end = self._uri("place", row.destination_id)
            event["destinationList"] = [{"type": "location", "destination": end}]
        return _identified(event)

    def _good(self, row: HarvestRow) -> tuple[dt.date, dt.date] | None:
        """The days on which the parcel is good to eat; none where the plan has no such shipment, or several."""
        found = self._shipments.get((row.batch_id, row.pick_on, row.order_id or ""), [])
        return (found[0].eat_from_on, found[0].eat_until_on) if len(found) == 1 else None

    def _order(self, row: HarvestRow) -> _Event:
        return {"bizTransactionList": [{"type": "po", "bizTransaction": self._uri("order", row.order_id or "")}]}

    def _quantity(self, row: HarvestRow, kg: float) -> _Event:
        return {"epcClass": self._uri("lot", row.lot_code), "quantity": kg, "uom": "KGM"}

    def _at(self, place_id: str) -> _Event:
        place = {"id": self._uri("place", place_id)}
        return {"readPoint": place, "bizLocation": place}

    def _parcel_uri(self, row: HarvestRow) -> str:
        return f"{self._uri('parcel', row.lot_code)}/{quote(row.order_id or '', safe='')}/{row.part}"

    def _uri(self, kind: str, name: str) -> str:
        return f"{self._base}{kind}/{quote(name, safe='')}"


def _when(moment: dt.datetime) -> _Event:
    at = _whole_minutes(moment)
    offset = f"{at:%z}"
    return {"eventTime": at.isoformat(), "eventTimeZoneOffset": f"{offset[:3]}:{offset[3:]}"}


def _identified(event: _Event) -> _Event:
    """The event under an id made of all it says: told again it is the same event, corrected it is another."""
    event_id = uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(event, ensure_ascii=False, sort_keys=True))
    return {"eventID": f"urn:uuid:{event_id}", **event}
