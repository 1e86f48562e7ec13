"""Events of EPCIS 2.0: valid by the standard's schema, only what was done, nobody's name, address or parcel number."""

from __future__ import annotations

import datetime as dt
import functools
import json
import re
import uuid
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import jsonschema
import pytest
from hypothesis import assume, given, strategies as st

import harvest_planner as hp
from tests.formats.orchard import orchard, plan
from tests.formats.records.done import LOT, OTHER, PICKED, SECRETS, done, fresh

SCHEMA = Path(__file__).parents[1] / "data" / "epcis" / "EPCISDocument.schema.json"
STEPS = ("commissioning", "packing", "shipping", "receiving")


def _is_uri(value: object) -> bool:
    text = str(value)
    return bool(urlsplit(text).scheme) and re.fullmatch(r"[!#-;=?-Z_a-z~%\[\]]+", text) is not None


def _is_instant(value: object) -> bool:
    return dt.datetime.fromisoformat(str(value)).tzinfo is not None and "T" in str(value)


@functools.cache
def validator() -> jsonschema.Draft7Validator:
    formats = jsonschema.FormatChecker(formats=())
    formats.checks("uri")(_is_uri)
    formats.checks("date-time", raises=ValueError)(_is_instant)
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    jsonschema.Draft7Validator.check_schema(schema)
    return jsonschema.Draft7Validator(schema, format_checker=formats)


def faults(document: Any) -> list[str]:
    return [f"{error.json_path}: {error.message[:300]}" for error in validator().iter_errors(document)]


def events(log: hp.HarvestLog, **changes: Any) -> list[dict[str, Any]]:
    document = hp.epcis_document(plan(), log, **changes)
    assert faults(document) == []
    found: list[dict[str, Any]] = document["epcisBody"]["eventList"]
    return found


def everything() -> hp.HarvestLog:
    log = hp.enter_actuals(done(), OTHER, order_id="o4", actual_kg=8, packed_at="2026-08-14T10:00+07:00")
    return hp.enter_actuals(log, OTHER, as_planned=True)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda event: event.pop("eventTime"),
        lambda event: event.update(eventTime="yesterday"),
        lambda event: event.update(eventTimeZoneOffset="7"),
        lambda event: event.update(action="PICK"),
        lambda event: event.update(bizStep="harvesting"),
        lambda event: event.update(disposition="tasty"),
        lambda event: event.update(type="PickEvent"),
        lambda event: event.update(colour="green"),
        lambda event: event.update(quantityList=[{"epcClass": "lot 7"}]),
        lambda event: event["ilmd"].update(plot="P07"),
    ],
)
def test_the_schema_would_refuse_other_documents(spoil: Any) -> None:
    document = hp.epcis_document(plan(), done())
    spoil(document["epcisBody"]["eventList"][0])
    assert faults(document) != []


def test_a_lot_is_harvested_packed_sent_and_received() -> None:
    harvest, packing, shipping, receiving = events(done())
    lot = {"epcClass": f"https://example.org/trace/lot/{LOT}", "quantity": 44.5, "uom": "KGM"}
    parcel = f"https://example.org/trace/parcel/{LOT}/o1/1"
    assert [(one["type"], one["action"], one["bizStep"]) for one in (harvest, packing, shipping, receiving)] == [
        ("ObjectEvent", "ADD", "commissioning"),
        ("AggregationEvent", "ADD", "packing"),
        ("ObjectEvent", "OBSERVE", "shipping"),
        ("ObjectEvent", "OBSERVE", "receiving"),
    ]
    times = [(one["eventTime"], one["eventTimeZoneOffset"]) for one in (harvest, packing, shipping, receiving)]
    stations = ("picked_until_at", "packed_at", "handed_over_at", "received_at")
    expected = [(dt.datetime.fromisoformat(str(PICKED[name])).isoformat(), "+07:00") for name in stations]
    assert times == expected
    assert (harvest["quantityList"], packing["childQuantityList"]) == ([lot], [lot])
    assert (packing["parentID"], shipping["epcList"], receiving["epcList"]) == (parcel, [parcel], [parcel])
    assert harvest["ilmd"]["cbvmda:lotNumber"] == LOT
    assert (harvest["ilmd"]["harvest:plot"], harvest["ilmd"]["harvest:preHarvestInterval"]) == (
        "Lũng Na, khu trên",
        "no_treatment",
    )
    assert (packing["harvest:eatFromOn"], packing["harvest:eatUntilOn"]) == ("2026-08-14", "2026-08-15")
    assert shipping["readPoint"] == {"id": "https://example.org/trace/place/chi-lang"}
    assert receiving["readPoint"] == {"id": "https://example.org/trace/place/ca-mau"}


def test_kilograms_of_the_local_market_are_harvested_but_in_no_parcel() -> None:
    by_step = [(one["bizStep"], one) for one in events(everything())]
    assert [step for step, _ in by_step] == [*STEPS, "commissioning", "packing"]
    assert by_step[4][1]["quantityList"][0]["quantity"] == 28
    assert by_step[5][1]["childQuantityList"][0]["quantity"] == 8


def test_what_is_only_planned_is_no_event() -> None:
    assert events(fresh()) == []
    assert [one["bizStep"] for one in events(done(picked_until_at=None))] == ["packing", "shipping", "receiving"]
    assert [one["bizStep"] for one in events(done(received_at=None, packed_at=None))] == ["commissioning", "shipping"]


def test_nobody_is_named() -> None:
    text = json.dumps(hp.epcis_document(plan(), everything()), ensure_ascii=False)
    assert [secret for secret in (*SECRETS, "Vi Thị Đào", "VS-1") if secret in text] == []


def test_the_same_log_gives_the_same_events_and_a_corrected_one_others() -> None:
    assert events(done()) == events(done())
    ids = [one["eventID"] for one in events(everything())]
    assert len(set(ids)) == len(ids)
    assert all(uuid.UUID(one.removeprefix("urn:uuid:")) for one in ids)
    before, after = events(done()), events(done(actual_kg=44))
    changed = [one["bizStep"] for one, other in zip(before, after, strict=True) if one["eventID"] != other["eventID"]]
    assert changed == ["commissioning", "packing"]


def test_the_date_is_that_of_the_last_thing_known() -> None:
    assert hp.epcis_document(plan(), fresh())["creationDate"] == "2026-08-10T18:00:00+07:00"
    assert hp.epcis_document(plan(), done())["creationDate"] == "2026-08-13T08:20:00+07:00"


def test_lots_live_where_the_cooperative_says() -> None:
    (first, *_) = events(done(), base_uri="https://htx.example.vn/lo/")
    assert first["quantityList"][0]["epcClass"] == f"https://htx.example.vn/lo/lot/{LOT}"


@pytest.mark.parametrize(
    "base", ["", "htx.vn/", "https://htx.vn", "ftp://a/", "https:///a/", "https://a b/", "http://a/#/"]
)
def test_other_addresses_are_refused(base: str) -> None:
    with pytest.raises(ValueError, match=r"is no http\(s\) address that ends in /"):
        hp.epcis_document(plan(), done(), base_uri=base)


@given(text=st.text(min_size=1, max_size=20))
def test_any_text_in_an_id_gives_a_valid_document(text: str) -> None:
    text = text.strip()
    assume(text)
    told = {"order_id": text, "destination_id": text, "place_id": text, "plot": text, "variety": text}
    rows = tuple(row.model_copy(update=told) for row in done().rows if row.lot_code == LOT)
    assert len(events(hp.HarvestLog(rows=rows))) == 4


def test_odd_offsets_become_utc() -> None:
    odd = dt.timezone(dt.timedelta(hours=7, minutes=6, seconds=30))
    first, *_ = events(done(picked_until_at=dt.datetime(2026, 8, 11, 8, 40, tzinfo=odd)))
    assert (first["eventTime"], first["eventTimeZoneOffset"]) == ("2026-08-11T01:33:30+00:00", "+00:00")


def test_the_file_is_the_document(tmp_path: Path) -> None:
    path = hp.write_epcis(plan(), done(), tmp_path / "events.jsonld")
    assert json.loads(path.read_text(encoding="utf-8")) == hp.epcis_document(plan(), done())
    assert str(orchard().batch("b17").plot) in path.read_text(encoding="utf-8")
