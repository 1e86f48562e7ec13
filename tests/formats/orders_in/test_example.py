"""The example of a marketplace's day: what its README says is wrong with each export is what is found."""

from __future__ import annotations

from pathlib import Path

import pytest

import harvest_planner as hp

FOLDER = Path(__file__).resolve().parents[3] / "examples" / "marketplace_day"


VOSO = [(6, "Tỉnh/Thành phố", "Lâm Đồng"), (8, "Tên sản phẩm", "Mứt na dai 500g")]


@pytest.mark.parametrize(
    ("name", "orders", "kg", "skipped", "faults"),
    [
        ("voso.csv", 4, 24, ["cancelled", "duplicate"], VOSO),
        ("postmart.csv", 4, 12, ["shipped"], [(4, "Giao trước ngày", "08-15-2026")]),
        ("spx.xlsx", 4, 15, [], [(5, "*Tổng cân nặng bưu gửi (KG)", "=")]),
        ("shopee.json", 3, 15, ["inquiry", "cancelled"], []),
    ],
)  # fmt: skip
def test_an_export(name: str, orders: int, kg: float, skipped: list[str], faults: list[tuple[int, str, str]]) -> None:
    found = hp.import_orders(FOLDER / name, column_map=FOLDER / "orders_map.toml")
    assert len(found.orders) == orders
    assert sum(order.quantity_kg for order in found.orders) == pytest.approx(kg)
    assert [one.reason for one in found.skipped] == skipped
    assert [(fault.line, fault.field, fault.value) for fault in found.faults] == faults
    assert {contact.marketplace for contact in found.contacts} == {Path(name).stem}


def test_the_orders_of_a_day_do_not_collide() -> None:
    ids = [
        order.id
        for name in ("voso.csv", "postmart.csv", "spx.xlsx", "shopee.json")
        for order in hp.import_orders(FOLDER / name).orders
    ]
    assert len(ids) == len(set(ids))
