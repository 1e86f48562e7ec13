"""Names, phones and addresses go to contacts.csv and nowhere else."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

import harvest_planner as hp
from tests.formats.orders_in.exports import imported, row

SECRETS = ("Trần Thị Bưởi", "0912345678", "912345678", "12 Lê Lợi", "Ngõ Bí Mật")


def test_the_problem_and_every_repr_are_without_them(tmp_path: Path) -> None:
    bad = row(Mã_đơn_hàng="VS2", Địa_chỉ="Ngõ Bí Mật, Lâm Đồng", Tỉnh="", Ngày_đặt_hàng="?")
    swapped = row(Mã_đơn_hàng="VS3", Số_lượng="+84 912 345 678")
    found = imported(tmp_path, row(Mã_vận_đơn="VOSO77"), bad, swapped)
    shown = "\n".join(
        [repr(found), str(found), *map(repr, (*found.orders, *found.contacts, *found.skipped, *found.unresolved))]
        + [*map(str, found.faults), *map(repr, found.faults)]
        + [order.model_dump_json() for order in found.orders]
    )
    assert len(found.faults) == 3
    assert [secret for secret in (*SECRETS, "912 345 678", "VOSO77") if secret in shown] == []
    assert found.contacts[0].phone == "0912345678"


def test_only_contacts_csv_holds_them(tmp_path: Path) -> None:
    found = imported(tmp_path, row(SĐT="+84 912 345 678", Mã_vận_đơn="VOSO77"))
    paths = hp.write_import(found, tmp_path / "out" / "orders.csv")
    holding = [path.name for path in paths if any(secret in path.read_text(encoding="utf-8") for secret in SECRETS)]
    assert holding == ["contacts.csv"]
    with (tmp_path / "out" / "contacts.csv").open(encoding="utf-8", newline="") as handle:
        (contact,) = csv.DictReader(handle)
    assert contact == {
        "order_id": "VS1",
        "name": "Trần Thị Bưởi",
        "phone": "0912345678",
        "address": "12 Lê Lợi, Phường 5, Cà Mau",
        "marketplace": "voso",
        "marketplace_order": "VS1",
        "parcel_no": "VOSO77",
    }


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t="])
def test_no_text_becomes_a_formula(tmp_path: Path, start: str) -> None:
    evil = f"{start}cmd|' /C calc'!A0"
    found = imported(tmp_path, row(Người_nhận=evil, SĐT=evil, Địa_chỉ=evil, Mã_vận_đơn=evil))
    hp.write_import(found, tmp_path / "out" / "orders.csv")
    with (tmp_path / "out" / "contacts.csv").open(encoding="utf-8", newline="") as handle:
        (contact,) = csv.DictReader(handle)
    harmless = f"'{evil.strip()}"
    assert (contact["name"], contact["phone"], contact["parcel_no"]) == (harmless, harmless, harmless)
    for path in (tmp_path / "out").iterdir():
        with path.open(encoding="utf-8", newline="") as handle:
            cells = [cell for line in csv.reader(handle) for cell in line]
        assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


def test_a_number_of_another_country_stays_as_it_is(tmp_path: Path) -> None:
    assert imported(tmp_path, row(SĐT="+49 30 1234567")).contacts[0].phone == "+49 30 1234567"
