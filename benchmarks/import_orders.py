"""100,000 rows of XLSX imported, beside openpyxl's own read of the same file: `python benchmarks/import_orders.py [ROWS]`.

The workbook is made up: an export of 24 columns as the Vietnamese seller centre of Shopee heads them, two orders in ten with
two products, instants that differ, a few hundred places. openpyxl's own read is `load_workbook(read_only=True)` and one pass
over `iter_rows(values_only=True)` that keeps nothing.
"""

from __future__ import annotations

import datetime as dt
import sys
import tempfile
import time
from pathlib import Path

from openpyxl import Workbook, load_workbook

import harvest_planner as hp
from harvest_planner.catalogue import place_row

ROWS = 100_000
GOAL = 1.5
HEADINGS = (
    *("Mã đơn hàng", "Mã Kiện Hàng", "Ngày đặt hàng", "Trạng Thái Đơn Hàng", "Nhận xét từ Người mua", "Mã vận đơn"),
    *("Đơn Vị Vận Chuyển", "Phương thức giao hàng", "Ngày giao hàng dự kiến", "SKU sản phẩm", "Tên sản phẩm"),
    *("SKU phân loại hàng", "Tên phân loại hàng", "Giá gốc", "Giá ưu đãi", "Số lượng", "Người Mua", "Tên Người nhận"),
    *("Số điện thoại", "Tỉnh/Thành phố", "TP / Quận / Huyện", "Quận", "Địa chỉ nhận hàng", "Ghi chú"),
)
PACKS = ("Hộp 2kg", "Hộp 3kg", "Thùng 5kg")
PLACES = ("ha-noi", "ca-mau", "ho-chi-minh", "da-nang", "nghe-an", "can-tho", "hai-phong", "quang-ngai")


def main(rows: int = ROWS) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "shopee.xlsx"
        make(path, rows)
        print(f"{rows:,} rows, {path.stat().st_size / 2**20:.1f} MB")
        read_s = min(timed(lambda: own_read(path)) for _ in range(2))
        import_s = min(timed(lambda: imported(path)) for _ in range(2))
    ratio = import_s / read_s
    print(f"openpyxl's own read {read_s:.1f} s, import_orders {import_s:.1f} s: {ratio:.2f} times (goal {GOAL})")
    if ratio > GOAL:
        raise SystemExit(1)


def make(path: Path, rows: int) -> None:
    """Write the workbook."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("orders")
    sheet.append(HEADINGS)
    provinces = [place_row(place)["province"] for place in PLACES]
    start = dt.datetime(2026, 8, 9, 6)  # noqa: DTZ001 (a spreadsheet knows no offsets)
    for row in range(rows):
        order = row - (row % 10 == 1) - (row % 10 == 6)
        placed = start + dt.timedelta(seconds=order % 86400)
        province = provinces[order % len(provinces)]
        sheet.append(
            (
                *(f"26080{order:09d}", f"PK{order:09d}", placed.strftime("%Y-%m-%d %H:%M"), "Chờ lấy hàng", "", ""),
                *("SPX Express", "Nhanh", placed + dt.timedelta(days=4), "NA-01", "Na dai Chi Lăng loại 1"),
                *(
                    f"NA-{row % 3}",
                    PACKS[row % 3],
                    250000,
                    f"{180000 + 5000 * (row % 7)}.00",
                    1 + row % 3,
                    f"buyer{order}",
                ),
                *(
                    f"Nguyễn Văn {order % 500}",
                    f"84912{order:06d}",
                    province,
                    f"Quận {order % 12}",
                    f"Phường {order % 30}",
                ),
                *(f"{order % 300} Lê Lợi, Phường {order % 30}, Quận {order % 12}, {province}", ""),
            )
        )
    book.save(path)


def own_read(path: Path) -> None:
    book = load_workbook(path, read_only=True)
    for _ in book.worksheets[0].iter_rows(values_only=True):
        pass
    book.close()


def imported(path: Path) -> None:
    found = hp.import_orders(path)
    if found.faults or not found.orders:
        raise SystemExit(f"{found}: {found.faults[:3]}")


def timed(work: object) -> float:
    start = time.perf_counter()
    work()  # type: ignore[operator]
    return time.perf_counter() - start


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
