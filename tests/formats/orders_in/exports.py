"""Exports made up for the tests: a table of one marketplace as CSV text or workbook, to be spoilt."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook

import harvest_planner as hp

HEADINGS = (
    *("Mã đơn hàng", "Ngày đặt hàng", "Trạng thái", "Tên sản phẩm", "Phân loại", "Số lượng", "Đơn giá"),
    *("Người nhận", "SĐT", "Địa chỉ", "Tỉnh/Thành phố", "Mã vận đơn"),
)
SOUND: dict[str, Any] = {
    "Mã đơn hàng": "VS1",
    "Ngày đặt hàng": "09/08/2026 08:15",
    "Trạng thái": "Đã duyệt",
    "Tên sản phẩm": "Na dai Chi Lăng loại 1",
    "Phân loại": "Thùng 5kg",
    "Số lượng": "2",
    "Đơn giá": "325.000",
    "Người nhận": "Trần Thị Bưởi",
    "SĐT": "0912345678",
    "Địa chỉ": "12 Lê Lợi, Phường 5",
    "Tỉnh/Thành phố": "Cà Mau",
    "Mã vận đơn": "",
}


def row(**changes: Any) -> list[Any]:
    """A sound row; a keyword stands for a heading with low lines for blanks."""
    cells = {
        **SOUND,
        **{name.replace("_", " ").replace("Tỉnh", "Tỉnh/Thành phố"): value for name, value in changes.items()},
    }
    assert cells.keys() == SOUND.keys(), cells.keys() - SOUND.keys()
    return list(cells.values())


def csv_text(rows: Iterable[Sequence[Any]], *, headings: Sequence[str] = HEADINGS, separator: str = ",") -> str:
    """The table as CSV."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, lineterminator="\r\n")
    writer.writerows([headings, *rows])
    return out.getvalue()


def imported(home: Path, *rows: Sequence[Any], column_map: str | None = None) -> hp.ImportedOrders:
    """What is read from rows under the usual headings."""
    path = home / "export.csv"
    path.write_text(csv_text(rows), encoding="utf-8")
    if column_map is None:
        return hp.import_orders(path)
    (home / "map.toml").write_text(f'format = "harvest-planner/orders-map/1"\n{column_map}', encoding="utf-8")
    return hp.import_orders(path, column_map=home / "map.toml")


def workbook(path: Path, rows: Iterable[Sequence[Any]], *, title: str = "orders") -> Path:
    """A workbook of one sheet."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for cells in rows:
        sheet.append(list(cells))
    book.save(path)
    return path
