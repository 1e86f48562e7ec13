"""A plan's lots as a log: what is planned stands there, what was done is empty, what was entered stays."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from pydantic import ValidationError

import harvest_planner as hp
from tests.formats.orchard import orchard, pick, plan, shipment
from tests.formats.records.done import CONTACT, LOT, OTHER, SECRETS, done, fresh, row_of

ACTUALS = ("picked_from_at", "picked_until_at", "actual_kg", "packed_at", "handed_over_at", "received_at")


def test_a_row_for_each_parcel_and_for_the_local_market() -> None:
    rows = [(row.lot_code, row.order_id, row.planned_kg) for row in fresh().rows]
    assert rows == [
        (LOT, "o1", 45),
        ("260811-b18", "o3", 20.5),
        ("260813-b17", "o2", 30),
        (OTHER, "o4", 8),
        (OTHER, None, 20),
    ]


def test_what_was_done_is_not_made_up() -> None:
    assert {getattr(row, name) for row in fresh().rows for name in ACTUALS} == {None}


def test_a_lot_knows_its_plot_and_its_last_treatment() -> None:
    problem = orchard(
        batches=[
            {
                **batch.model_dump(),
                "variety": "na dai",
                "planting_area_code": "VN-LSOR-0037",
                "planting_area_valid_until": "2026-12-31",
                "last_spray_product": "Abamectin 1.8 EC",
            }
            for batch in orchard().batches
        ]
    )
    row = row_of(hp.harvest_log(plan(), problem), "260811-b18", "o3")
    assert (row.plot, row.variety, row.grower_id, row.picker) == ("bờ suối", "na dai", "g1", "Hộ bà Vi Thị Đào")
    assert (row.planting_area_code, row.planting_area_valid_until) == ("VN-LSOR-0037", dt.date(2026, 12, 31))
    assert (row.last_spray_on, row.last_spray_product) == (dt.date(2026, 8, 1), "Abamectin 1.8 EC")
    assert (row.lawful_from_on, row.interval_check) == (dt.date(2026, 8, 8), "kept")
    assert row.plan_from_at.isoformat() == "2026-08-11T05:00:00+07:00"


@pytest.mark.parametrize(
    ("spray_on", "days", "check"),
    [
        (None, None, "no_treatment"),
        (None, "unknown", "unknown"),
        ("unknown", 7, "unknown"),
        ("2026-08-04", None, "unknown"),
        ("2026-08-04", "unknown", "unknown"),
        ("2026-08-04", 7, "kept"),
        ("2026-08-04", 7.5, "broken"),
        ("2026-08-05", 7, "broken"),
    ],
)
def test_the_interval_is_checked_to_the_day(spray_on: str | None, days: Any, check: str) -> None:
    row = row_of(fresh(), LOT, "o1").model_dump() | {"last_spray_on": spray_on, "pre_harvest_interval_days": days}
    assert hp.HarvestRow.model_validate(row).interval_check == check


def test_the_interval_is_that_of_the_day_on_which_it_was_picked() -> None:
    row = row_of(fresh(), LOT, "o1").model_dump() | {"last_spray_on": "2026-08-04", "pre_harvest_interval_days": 7}
    early = hp.HarvestRow.model_validate(row | {"picked_from_at": "2026-08-10T17:00+07:00"})
    assert (early.picked_on, early.interval_check) == (dt.date(2026, 8, 10), "broken")


@pytest.mark.parametrize(
    ("certifications", "until_on"),
    [
        ((), dt.date(2027, 2, 11)),
        (("VietGAP",), dt.date(2027, 2, 11)),
        (("VietGAP", "GlobalG.A.P."), dt.date(2028, 8, 11)),
        (("GLOBAL GAP v6",), dt.date(2028, 8, 11)),
    ],
)
def test_six_months_for_fresh_produce_two_years_for_globalgap(
    certifications: tuple[str, ...], until_on: dt.date
) -> None:
    row = row_of(fresh(), LOT, "o1").model_copy(update={"certifications": certifications})
    assert row.keep_until_on == until_on


def test_a_record_is_kept_from_the_last_day_it_knows_of() -> None:
    assert row_of(done(), LOT, "o1").keep_until_on == dt.date(2027, 2, 13)


def test_the_team_keeps_the_record_else_the_grower() -> None:
    growers = [{"id": "g1", "team_id": "to-1"}, {"id": "g2"}]
    assert {row.kept_by for row in hp.harvest_log(plan(), orchard(growers=growers)).rows} == {"to-1"}
    assert {row.kept_by for row in fresh().rows} == {"g1"}


def test_receivers_come_from_the_contacts_alone_and_are_in_no_repr() -> None:
    row = row_of(fresh(), LOT, "o1")
    assert (row.receiver, row.receiver_address, row.parcel_no) == ("Trần Thị Bưởi", "12 Lê Lợi, Cà Mau", "VOSO77")
    assert (row.marketplace, row.marketplace_order) == ("Vỏ Sò", "VS-1")
    assert CONTACT.phone not in fresh().model_dump_json()
    shown = repr(fresh()) + str(row) + repr(hp.trace(fresh(), LOT))
    assert [secret for secret in SECRETS if secret in shown] == []
    bare = hp.harvest_log(plan(), orchard())
    assert [secret for secret in SECRETS if secret in bare.model_dump_json()] == []


def test_errors_do_not_repeat_names_and_addresses() -> None:
    row = row_of(fresh(), LOT, "o1").model_dump()
    with pytest.raises(ValidationError) as wrong:
        hp.HarvestLog.model_validate({"rows": [row, row]})
    with pytest.raises(ValidationError) as worse:
        hp.HarvestRow.model_validate(row | {"planned_kg": -1})
    assert [secret for secret in SECRETS if secret in str(wrong.value) + str(worse.value)] == []


def test_one_parcel_number_does_not_belong_to_two_parcels() -> None:
    halves = [shipment("o1", "b17", 11, 25), shipment("o1", "b17", 11, 20)]
    rows = [row for row in fresh(shipments=halves).rows if row.order_id == "o1"]
    assert sorted((row.part, row.planned_kg, row.parcel_no) for row in rows) == [(1, 20, None), (2, 25, None)]


def test_rows_of_a_lot_may_not_contradict_each_other() -> None:
    first, second = [row for row in fresh().rows if row.lot_code == OTHER]
    with pytest.raises(ValidationError, match=r"row 2: the same plot in all rows of lot 260814-b18"):
        hp.HarvestLog(rows=(first, second.model_copy(update={"plot": "khác"})))
    with pytest.raises(ValidationError, match="row 2: one code for the lot of batch b18 on 2026-08-14: 260814-b18"):
        hp.HarvestLog(rows=(first, second.model_copy(update={"lot_code": "X"})))
    with pytest.raises(ValidationError, match="lot 260814-b18 has part 1 for order o4"):
        hp.HarvestLog(rows=(first, first))


@pytest.mark.parametrize("code", ["", "x" * 21, "lô-17", "-17", "a b", "=1"])
def test_a_lot_code_is_short_and_plain(code: str) -> None:
    row = row_of(fresh(), LOT, "o1").model_dump()
    with pytest.raises(ValidationError, match="lot_code"):
        hp.HarvestRow.model_validate(row | {"lot_code": code})


class TestCarriedOn:
    """A new plan is made while some of the old one is done."""

    @staticmethod
    def again(before: hp.HarvestLog, **changes: Any) -> hp.HarvestLog:
        return hp.harvest_log(plan(**changes), orchard(), contacts=[CONTACT], before=before)

    def test_the_same_plan_changes_nothing(self) -> None:
        assert self.again(fresh()) == fresh()
        assert self.again(done()) == done()

    def test_what_was_entered_stays_although_the_plan_has_it_no_more(self) -> None:
        later = self.again(done(), picks=[pick("b17", 13, 30)], shipments=[shipment("o2", "b17", 13, 30)])
        assert [row.lot_code for row in later.rows] == [LOT, "260813-b17"]
        assert row_of(later, LOT, "o1") == row_of(done(), LOT, "o1")

    def test_what_was_not_entered_follows_the_plan(self) -> None:
        later = self.again(done(), picks=[pick("b17", 11, 45)], shipments=[shipment("o1", "b17", 11, 40)])
        assert row_of(later, LOT, "o1").planned_kg == 45, "as it was planned when it was done"
        later = self.again(fresh(), picks=[pick("b17", 11, 45)], shipments=[shipment("o1", "b17", 11, 40)])
        assert [(row.order_id, row.planned_kg) for row in later.rows] == [("o1", 40)]

    def test_a_parcel_added_to_a_lot_that_is_picked_shares_what_was_entered_of_it(self) -> None:
        more = [shipment("o1", "b17", 11, 45), shipment("o2", "b17", 11, 5)]
        later = self.again(done(), picks=[pick("b17", 11, 50)], shipments=more)
        added = row_of(later, LOT, "o2")
        assert (added.picked_from_at, added.actual_kg) == (row_of(done(), LOT, "o1").picked_from_at, None)

    def test_a_code_of_ones_own_stays(self) -> None:
        own = hp.HarvestLog(
            rows=tuple(row.model_copy(update={"lot_code": f"HTX.{row.lot_code}"}) for row in done().rows)
        )
        assert self.again(own) == own


def test_the_stations_are_in_order() -> None:
    with pytest.raises(ValueError, match=r"handed_over_at .* lies before packed_at .*; correct one of them"):
        done(handed_over_at="2026-08-11T09:00+07:00")
    early = done(packed_at="2026-08-11T06:00+07:00")
    assert row_of(early, LOT, "o1").packed_at is not None, "packing begins before the last fruit is picked"
