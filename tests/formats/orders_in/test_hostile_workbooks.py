"""Workbooks that mean harm or are damaged end in the right table or one clear error, soon and in little memory."""

from __future__ import annotations

import time
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

import harvest_planner as hp
from tests.formats.orders_in.exports import HEADINGS, row, workbook

SHEET = "xl/worksheets/sheet1.xml"
MB = 2**20


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    return workbook(tmp_path / "export.xlsx", [HEADINGS, row()])


def changed(path: Path, name: str, change: Callable[[bytes], bytes]) -> Path:
    """The workbook with one part changed, or added."""
    with zipfile.ZipFile(path) as archive:
        parts = {info.filename: archive.read(info) for info in archive.infolist()}
    parts[name] = change(parts.get(name, b""))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, data in parts.items():
            archive.writestr(part, data)
    return path


def refused(path: Path, expected: str) -> None:
    started = time.monotonic()
    tracemalloc.start()
    try:
        with pytest.raises(hp.ProblemFileError, match=expected) as caught:
            hp.import_orders(path)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(caught.value.faults) == 1
    assert peak < 100 * MB
    assert time.monotonic() - started < 10


def test_a_zip_bomb(sound: Path) -> None:
    refused(changed(sound, SHEET, lambda data: data + b" " * (64 * MB)), "unpacks like a bomb")


def test_a_sheet_of_two_gigabytes(sound: Path) -> None:
    """Its size is read off the archive's list: nothing is unpacked."""
    with zipfile.ZipFile(sound, "a", zipfile.ZIP_DEFLATED) as archive:
        info = zipfile.ZipInfo("xl/worksheets/sheet2.xml")
        archive.writestr(info, b"<worksheet/>")
    data = bytearray(sound.read_bytes())
    at = data.rindex(b"PK\x01\x02")  # the last entry of the list: its unpacked size stands 24 bytes behind
    data[at + 24 : at + 28] = (2 * 2**30).to_bytes(4, "little")
    sound.write_bytes(data)
    refused(sound, "at most 512 MB unpacked; this one has 2048 MB")


def test_macros(sound: Path) -> None:
    refused(changed(sound, "xl/vbaProject.bin", lambda _: b"macro"), "a workbook without macros")


def test_another_kind_of_archive(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.xlsx", "w") as archive:
        archive.writestr("content.xml", "<office/>")
    refused(tmp_path / "x.xlsx", "an .xlsx workbook")


def test_entities_that_grow(sound: Path) -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'
    refused(changed(sound, "xl/sharedStrings.xml", lambda _: bomb), "without document types of its own")


@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "[Content_Types].xml", "xl/styles.xml"])
def test_a_damaged_part(sound: Path, part: str) -> None:
    refused(changed(sound, part, lambda data: data[: len(data) // 2]), "a workbook that can be read")


def test_a_row_far_below_the_others(sound: Path) -> None:
    far = b'<row r="1048576"><c r="A1048576" t="inlineStr"><is><t>x</t></is></c></row></sheetData>'
    refused(changed(sound, SHEET, lambda data: data.replace(b"</sheetData>", far)), "rows close together")


def test_a_cell_far_to_the_right(sound: Path) -> None:
    far = b'<row r="3"><c r="XFD3" t="inlineStr"><is><t>x</t></is></c></row></sheetData>'
    refused(changed(sound, SHEET, lambda data: data.replace(b"</sheetData>", far)), "at most 500 columns")


def test_a_sheet_that_lies_about_its_size_is_read_whole(sound: Path) -> None:
    def lie(data: bytes) -> bytes:
        return data.replace(b'ref="A1:L2"', b'ref="A1"')

    assert len(hp.import_orders(changed(sound, SHEET, lie)).orders) == 1


@pytest.mark.parametrize("column", ["Số lượng", "Đơn giá", "Tên sản phẩm", "Người nhận", "Ngày đặt hàng"])
def test_a_formula_cell_is_a_fault(tmp_path: Path, column: str) -> None:
    cells = row(Mã_đơn_hàng="VS2")
    cells[HEADINGS.index(column)] = '=HYPERLINK("http://x";"y")'
    found = hp.import_orders(workbook(tmp_path / "export.xlsx", [HEADINGS, row(), cells]))
    assert [order.id for order in found.orders] == ["VS1"]
    assert [(fault.line, fault.field) for fault in found.faults] == [(3, column)]
    assert "not a formula" in found.faults[0].expected


def test_a_text_that_looks_like_a_formula_is_a_text(tmp_path: Path) -> None:
    book = Workbook()
    sheet: Any = book.active
    sheet.append(HEADINGS)
    sheet.append(row())
    name = sheet.cell(2, HEADINGS.index("Người nhận") + 1)
    name.value, name.data_type = "=cmd|' /C calc'!A0", "s"
    book.save(tmp_path / "export.xlsx")
    found = hp.import_orders(tmp_path / "export.xlsx")
    assert (found.faults, found.contacts[0].name) == ((), "=cmd|' /C calc'!A0")
    hp.write_import(found, tmp_path / "orders.csv")
    assert "VS1,'=cmd|" in (tmp_path / "contacts.csv").read_text(encoding="utf-8")


def test_without_the_package_the_extra_is_named(sound: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(hp.MissingExtraError, match=r"harvest-planner\[excel\]"):
        hp.import_orders(sound)
