"""Exports of every kind: encodings, separators, headers, workbooks and JSON."""

from __future__ import annotations

import datetime as dt
import json
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

import harvest_planner as hp
from tests.formats.orders_in.exports import HEADINGS, csv_text, imported, row, workbook

SOUND = csv_text([row()])


@pytest.fixture
def wanted(tmp_path: Path) -> hp.ImportedOrders:
    home = tmp_path / "sound"
    home.mkdir()
    return imported(home, row())


def from_bytes(home: Path, data: bytes, name: str = "export.csv") -> hp.ImportedOrders:
    (home / name).write_bytes(data)
    return hp.import_orders(home / name)


def in_windows_1258(text: str) -> bytes:
    """As Vietnamese Windows saves it: a letter, and its tone as a mark behind it."""
    tones = "\u0300\u0301\u0303\u0309\u0323"
    out = []
    for char in text:
        parts = unicodedata.normalize("NFD", char)
        tone = [mark for mark in parts if mark in tones]
        letter = unicodedata.normalize("NFC", "".join(mark for mark in parts if mark not in tones))
        out.append(letter + "".join(tone))
    return "".join(out).encode("cp1258")


@pytest.mark.parametrize(
    "data",
    [
        SOUND.encode("utf-8"),
        SOUND.encode("utf-8-sig"),
        SOUND.encode("utf-16"),
        SOUND.encode("utf-16-le"),
        b"\xfe\xff" + SOUND.encode("utf-16-be"),
        in_windows_1258(SOUND),
        csv_text([row()], separator=";").encode(),
        csv_text([row()], separator="\t").encode("utf-16"),
        ("sep=;\n" + csv_text([row()], separator=";")).encode(),
        ("BÁO CÁO ĐƠN HÀNG; ngày 9, 8\r\n\r\n" + SOUND).encode(),
    ],
    ids=["utf-8", "bom", "utf-16", "utf-16 unmarked", "utf-16-be", "1258", "semicolons", "tabs", "sep=", "title"],
)
def test_the_same_table_however_it_was_saved(tmp_path: Path, wanted: hp.ImportedOrders, data: bytes) -> None:
    found = from_bytes(tmp_path, data)
    assert (found.orders, found.contacts, found.faults) == (wanted.orders, wanted.contacts, ())


def test_letters_and_marks_apart_are_the_same_letters(tmp_path: Path, wanted: hp.ImportedOrders) -> None:
    found = from_bytes(tmp_path, unicodedata.normalize("NFD", SOUND).encode())
    assert (found.orders, found.contacts) == (wanted.orders, wanted.contacts)


def test_two_encodings_in_one_file_are_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(hp.ProblemFileError) as caught:
        from_bytes(tmp_path, SOUND.encode() + in_windows_1258(csv_text([row()]).partition("\r\n")[2]))
    (fault,) = caught.value.faults
    assert (fault.line, fault.field, fault.value) == (3, "encoding", "mixed")


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "the file is empty"),
        (b"   \n", "the file is empty"),
        (b"<html><table><tr><td>", "this is a web page"),
        (b"%PDF-1.7", "CSV, XLSX or JSON"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....", "save this old .xls"),
        (b"a,b\n1,2\n", "a line of headings"),
        (SOUND.encode() + b'"open', "rows whose quotes are closed"),
        (b"a\0b,c\n", "a line of headings|zero bytes"),
        (b'{"order_list": 5}', "a list of orders"),
        (b'{"order_list": [5]}', "an object for each order"),
        (b"[" * 100_000, "JSON that can be read"),
        (b'[{"order_sn": }]', "JSON"),
        (b"PK\x03\x04 no archive", "a workbook that can be unpacked"),
        (b"\xff\xfe\x00", "UTF-8, UTF-16 or windows-1258"),
    ],
)
def test_what_is_no_export_is_one_clear_error(tmp_path: Path, data: bytes, expected: str) -> None:
    with pytest.raises(hp.ProblemFileError, match=expected) as caught:
        from_bytes(tmp_path, data)
    assert len(caught.value.faults) == 1


def test_a_missing_file_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(hp.ProblemFileError, match="there is none"):
        hp.import_orders(tmp_path / "nothing.csv")


def test_a_heading_in_any_case_and_without_accents(tmp_path: Path, wanted: hp.ImportedOrders) -> None:
    plain = csv_text([row()], headings=["MA DON HANG *", *HEADINGS[1:]])
    assert from_bytes(tmp_path, plain.encode()).orders == wanted.orders


def test_a_needed_heading_that_stands_twice_is_one_clear_error(tmp_path: Path) -> None:
    twice = csv_text([[*row(), "x"]], headings=[*HEADINGS, "Mã Đơn Hàng"])
    assert from_bytes(tmp_path, twice.encode()).orders[0].id == "VS1", "the one spelled as in the map counts"
    with pytest.raises(hp.ProblemFileError, match="columns 1 and 13 are both headed so"):
        from_bytes(tmp_path, csv_text([[*row(), "x"]], headings=[*HEADINGS, "Mã đơn hàng"]).encode())


class TestWorkbooks:
    """XLSX as seller centres give it."""

    def test_a_workbook_gives_the_same_orders(self, tmp_path: Path, wanted: hp.ImportedOrders) -> None:
        found = hp.import_orders(workbook(tmp_path / "export.xlsx", [HEADINGS, row()]))
        assert (found.orders, found.contacts, found.faults) == (wanted.orders, wanted.contacts, ())

    def test_the_name_does_not_matter(self, tmp_path: Path, wanted: hp.ImportedOrders) -> None:
        path = workbook(tmp_path / "export.xlsx", [HEADINGS, row()])
        assert hp.import_orders(path.rename(tmp_path / "export.csv")).orders == wanted.orders

    def test_cells_hold_numbers_and_days(self, tmp_path: Path, wanted: hp.ImportedOrders) -> None:
        typed = row(Ngày_đặt_hàng=dt.datetime(2026, 8, 9, 8, 15), Số_lượng=2, Đơn_giá=325000.0, SĐT=912345678)
        found = hp.import_orders(workbook(tmp_path / "export.xlsx", [HEADINGS, typed]))
        assert (found.orders, found.contacts) == (wanted.orders, wanted.contacts)

    def test_merged_headings_give_the_right_table(self, tmp_path: Path, wanted: hp.ImportedOrders) -> None:
        """An upper line groups the columns; "Tên" stands twice and means the recipient's only below "Người nhận"."""
        book = Workbook()
        sheet = book.active
        assert sheet is not None
        sheet.append(["DANH SÁCH ĐƠN HÀNG"])
        sheet.append([*HEADINGS[:7], "Người nhận", None, None, None, "Mã vận đơn", "Người gửi", None])
        sheet.append([*[None] * 7, "Tên", "SĐT", "Địa chỉ", "Tỉnh/Thành phố", None, "Tên", "SĐT"])
        sheet.append([*row(), "Hợp tác xã", "0900000000"])
        sheet.merge_cells("A1:N1")
        sheet.merge_cells("H2:K2")
        sheet.merge_cells("M2:N2")
        for column in "ABCDEFGL":
            sheet.merge_cells(f"{column}2:{column}3")
        book.save(tmp_path / "export.xlsx")
        found = hp.import_orders(tmp_path / "export.xlsx")
        assert (found.orders, found.contacts, found.faults) == (wanted.orders, wanted.contacts, ())

    def test_other_sheets_are_left_alone(self, tmp_path: Path, wanted: hp.ImportedOrders) -> None:
        path = workbook(tmp_path / "export.xlsx", [HEADINGS, row()])
        book = load_workbook(path)
        book.create_sheet("Hướng dẫn", 0).append(["Điền mã đơn hàng vào cột A"])
        book.save(path)
        assert hp.import_orders(path).orders == wanted.orders

    def test_the_bulk_sheet_of_spx(self, tmp_path: Path) -> None:
        # What the template of the carrier puts behind two of its headings.
        long = "(Thông tin bắt buộc khi chọn Giao hàng một phần & Thu COD)"
        headings = [
            *("*Mã đơn hàng", "*Tên người nhận", "*Số điện thoại", "*Tỉnh/Thành Phố", "*Quận/Huyện", "*Xã/Phường"),
            *("*Địa chỉ chi tiết", "*Tên sản phẩm", f"Số lượng {long}", f"Giá tiền {long}"),
            *("*Tổng cân nặng bưu gửi (KG)", "Chiều dài (CM)", "Chiều rộng (CM)", "Chiều cao (CM)"),
            *("*Giá trị đơn hàng", "*Thu COD (Y/N)", "Số tiền COD", "Lưu ý giao hàng"),
        ]
        who = ["Bé Na", "0912345678", "Cà Mau", "TP Cà Mau", "Phường 5", "12 Lê Lợi"]
        first = ["SPX1", *who, "Na dai Chi Lăng", "", "", 5, 40, 30, 30, 300000, "Y", 300000, ""]
        path = workbook(tmp_path / "bulk.xlsx", [headings, first])
        (fault,) = hp.import_orders(path).faults
        assert fault.expected.startswith("a deadline, or the day the order was placed")
        headings.append("Giao trước ngày")
        found = hp.import_orders(workbook(tmp_path / "bulk.xlsx", [headings, [*first, "14/08/2026"]]))
        (order,) = found.orders
        assert (order.quantity_kg, order.price_vnd_per_kg, order.destination_id) == (5, 60000, "ca-mau")
        assert order.deliver_until_at.isoformat() == "2026-08-14T20:00:00+07:00"
        assert [(one.kg, one.chargeable_kg) for one in found.parcels] == [(5, 6)], "40·30·30 cm³ / 6000"
        assert found.contacts[0].marketplace == "spx"
        assert found.contacts[0].address == "12 Lê Lợi, Phường 5, TP Cà Mau, Cà Mau"

    def test_columns_that_differ_in_case_alone(self, tmp_path: Path) -> None:
        """Shopee heads the total of a line and of the order alike but for one letter."""
        headings = [
            *HEADINGS[:6],
            *HEADINGS[7:],
            "Tổng số tiền Người mua thanh toán",
            "Tổng số tiền người mua thanh toán",
        ]
        cells = row()
        del cells[6]
        path = workbook(tmp_path / "export.xlsx", [headings, [*cells, "1.00", "650000.00"]])
        (order,) = hp.import_orders(path).orders
        assert order.price_vnd_per_kg == 65000


class TestJson:
    """Orders of Shopee's Open Platform."""

    ORDER: dict[str, Any] = {  # noqa: RUF012 (copied before it is changed)
        "order_sn": "2608090001",
        "order_status": "READY_TO_SHIP",
        "create_time": 1786238100,
        "ship_by_date": 1786411800,
        "days_to_ship": 2,
        "total_amount": "330000",
        "cod": True,
        "shipping_carrier": "VNPost Tiết Kiệm",
        "recipient_address": {
            "name": "Bé Na",
            "phone": "84912345678",
            "district": "Xã Đức Chánh",
            "city": "Huyện Mộ Đức",
            "state": "Quảng Ngãi",
            "zipcode": "",
            "full_address": "Thôn 2, Xã Đức Chánh, Huyện Mộ Đức, Quảng Ngãi",
        },
        "items": [{"item_name": "Na dai Chi Lăng", "model_name": "", "weight": 1.5, "model_quantity_purchased": 2}],
    }

    def found(self, home: Path, document: Any) -> hp.ImportedOrders:
        (home / "orders.json").write_text(json.dumps(document), encoding="utf-8")
        return hp.import_orders(home / "orders.json")

    def wraps(self) -> list[Any]:
        return [self.ORDER, [self.ORDER], {"response": {"order_list": [self.ORDER]}}, {"orders": [self.ORDER]}]

    def test_an_order(self, tmp_path: Path) -> None:
        for document in self.wraps():
            found = self.found(tmp_path, document)
            (order,) = found.orders
            assert (order.id, order.quantity_kg, order.price_vnd_per_kg) == ("2608090001", 3, 110000)
            assert (order.destination_id, order.state) == ("quang-ngai", "firm")
            assert order.placed_at is not None
            assert order.placed_at.isoformat() == "2026-08-09T08:15:00+07:00"
            assert order.deliver_until_at.isoformat() == "2026-08-15T20:00:00+07:00", "4 days after the hand-over"
            (contact,) = found.contacts
            assert (contact.marketplace, contact.phone) == ("shopee", "0912345678")
            assert contact.address == "Thôn 2, Xã Đức Chánh, Huyện Mộ Đức, Quảng Ngãi"

    def test_the_province_is_the_last_part_of_the_address(self, tmp_path: Path) -> None:
        address = {**self.ORDER["recipient_address"], "state": "", "city": "", "district": ""}
        found = self.found(tmp_path, [{**self.ORDER, "recipient_address": address}])
        assert [order.destination_id for order in found.orders] == ["quang-ngai"]

    def test_items_are_a_basket(self, tmp_path: Path) -> None:
        items = [
            *self.ORDER["items"],
            {
                "item_name": "Xoài cát",
                "model_name": "1kg",
                "model_quantity_purchased": 1,
                "model_discounted_price": "50000",
            },
        ]
        found = self.found(tmp_path, {"order_list": [{**self.ORDER, "items": items}]})
        assert [(order.id, order.quantity_kg) for order in found.orders] == [("2608090001-1", 3), ("2608090001-2", 1)]
        assert [order.price_vnd_per_kg for order in found.orders] == [82500, 50000], (
            "the total by kg, or the item's own"
        )

    def test_a_fault_names_the_path(self, tmp_path: Path) -> None:
        items = [{**self.ORDER["items"][0], "item_name": "Bưởi"}]
        (fault,) = self.found(
            tmp_path, {"order_list": [self.ORDER, {**self.ORDER, "order_sn": "2", "items": items}]}
        ).faults
        assert (fault.line, fault.field) == (0, "order_list[1].items[0].item.item_name")
