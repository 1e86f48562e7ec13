"""100,000 rows of XLSX imported beside openpyxl's own read of that file: `python benchmarks/import_orders.py [ROWS]`.

The workbook is made up: an export of 24 columns as the Vietnamese seller centre of Shopee heads them, two orders in ten
with two products, texts in a table of shared strings as spreadsheet programs write them. openpyxl's own read is
`load_workbook(read_only=True)` and one pass over `iter_rows(values_only=True)` that keeps nothing.
"""

from __future__ import annotations

import datetime as dt
import re
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.sax.saxutils import escape

from openpyxl import Workbook, load_workbook

import harvest_planner as hp
from harvest_planner.catalogue import place_row

ROWS = 100_000
GOAL = 1.5
RUNS = 3
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
HEADINGS = (
    *("Mã đơn hàng", "Mã Kiện Hàng", "Ngày đặt hàng", "Trạng Thái Đơn Hàng", "Nhận xét từ Người mua", "Mã vận đơn"),
    *("Đơn Vị Vận Chuyển", "Phương thức giao hàng", "Ngày giao hàng dự kiến", "SKU sản phẩm", "Tên sản phẩm"),
    *("SKU phân loại hàng", "Tên phân loại hàng", "Giá gốc", "Giá ưu đãi", "Số lượng", "Người Mua", "Tên Người nhận"),
    *("Số điện thoại", "Tỉnh/Thành phố", "TP / Quận / Huyện", "Quận", "Địa chỉ nhận hàng", "Ghi chú"),
)
PACKS = ("Hộp 2kg", "Hộp 3kg", "Thùng 5kg")
PLACES = (
    *(("ha-noi", "Quận Cầu Giấy"), ("ca-mau", "Huyện Năm Căn"), ("ho-chi-minh", "Quận Bình Thạnh")),
    *(("da-nang", "Quận Hải Châu"), ("nghe-an", "Thành phố Vinh"), ("can-tho", "Quận Ninh Kiều")),
    *(("hai-phong", "Quận Lê Chân"), ("quang-ngai", "Huyện Mộ Đức")),
)
"""Provinces, each with a district of its own: some names alone mean several provinces since July 2025."""


def main(rows: int = ROWS) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "shopee.xlsx"
        make(path, rows)
        print(f"{rows:,} rows, {path.stat().st_size / 2**20:.1f} MB")
        # In turns, so that whatever else the machine does falls on both.
        times = [(timed(own_read, path), timed(imported, path)) for _ in range(RUNS)]
    read_s, import_s = (min(run) for run in zip(*times, strict=True))
    ratio = import_s / read_s
    print(f"openpyxl's own read {read_s:.1f} s, import_orders {import_s:.1f} s: {ratio:.2f} times (goal {GOAL})")
    if ratio > GOAL:
        raise SystemExit(1)


def make(path: Path, rows: int) -> None:
    """Write the workbook, its texts as shared strings (openpyxl's own stream of rows would write them in place)."""
    shared: dict[str, int] = {}
    lines = "".join(xml_row(number, cells, shared) for number, cells in enumerate((HEADINGS, *export(rows)), start=1))
    texts = "".join(f"<si><t>{escape(text)}</t></si>" for text in shared)
    book = Workbook()
    book.save(path)
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name).decode() for name in archive.namelist()}
    sheet, strings, types = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "[Content_Types].xml"
    head, tail = re.split(r"<sheetData ?/>|<sheetData></sheetData>", parts[sheet])
    head = re.sub(r'<dimension ref="[^"]*"', f'<dimension ref="A1:X{rows + 1}"', head)
    parts[sheet] = f"{head}<sheetData>{lines}</sheetData>{tail}"
    parts[strings] = f'<sst xmlns="{MAIN}">{texts}</sst>'
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    listed = f'<Override PartName="/{strings}" ContentType="{kind}" /></Types>'
    parts[types] = parts[types].replace("</Types>", listed)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)


def xml_row(number: int, cells: tuple[object, ...], shared: dict[str, int]) -> str:
    """One row of a sheet's XML."""
    parts = []
    for column, cell in enumerate(cells):
        place = f'r="{chr(ord("A") + column)}{number}"'
        if isinstance(cell, str) and cell:
            parts.append(f'<c {place} t="s"><v>{shared.setdefault(cell, len(shared))}</v></c>')
        elif cell != "":
            parts.append(f"<c {place}><v>{cell}</v></c>")
    return f'<row r="{number}">{"".join(parts)}</row>'


def export(rows: int) -> Iterator[tuple[object, ...]]:
    """The rows of the export."""
    places = [(str(place_row(place)["province"]), district) for place, district in PLACES]
    start = dt.datetime(2026, 8, 9, 6)  # noqa: DTZ001 (a spreadsheet knows no offsets)
    for row in range(rows):
        order = row - (row % 10 == 1) - (row % 10 == 6)
        placed = start + dt.timedelta(seconds=order % 86400)
        province, district = places[order % len(places)]
        yield (
            *(f"26080{order:09d}", f"PK{order:09d}", f"{placed:%Y-%m-%d %H:%M}", "Chờ lấy hàng", "", ""),
            *(
                "SPX Express",
                "Nhanh",
                f"{placed + dt.timedelta(days=4):%Y-%m-%d %H:%M}",
                "NA-01",
                "Na dai Chi Lăng loại 1",
            ),
            *(f"NA-{row % 3}", PACKS[row % 3], 250000, f"{180000 + 5000 * (row % 7)}.00", 1 + row % 3, f"buyer{order}"),
            *(f"Nguyễn Văn {order % 500}", f"84912{order:06d}", province, district, f"Phường {order % 30}"),
            *(f"{order % 300} Lê Lợi, Phường {order % 30}, {district}, {province}", ""),
        )


def own_read(path: Path) -> None:
    book = load_workbook(path, read_only=True)
    for _ in book.worksheets[0].iter_rows(values_only=True):
        pass
    book.close()


def imported(path: Path) -> None:
    found = hp.import_orders(path)
    if found.faults or not found.orders:
        raise SystemExit(f"{found}: {found.faults[:3]}")


def timed(work: Callable[[Path], None], path: Path) -> float:
    """Seconds of processor time; both run on one core."""
    start = time.process_time()
    work(path)
    return time.process_time() - start


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
