"""Makes the exports of `examples/marketplace_day`: four marketplaces' orders of one day, the same every time.

Run `python examples/make_marketplace_day.py` to write them again (the workbook carries its own stamp). Everybody and
everything in them is made up.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from openpyxl import Workbook

FOLDER = Path(__file__).parent / "marketplace_day"
VN = dt.timezone(dt.timedelta(hours=7))
SUNDAY = dt.datetime(2026, 8, 9, tzinfo=VN)
TONES = "\u0300\u0301\u0303\u0309\u0323"
NOBODY = ("Nguyễn Thị Ví Dụ", "Trần Văn Mẫu", "Lê Thị Thử", "Phạm Văn Giả Định", "Vũ Thị Minh Họa")


def person(number: int) -> tuple[str, str]:
    """Nobody's name, and a number that nobody has (0900 000 ...)."""
    return NOBODY[number % len(NOBODY)], f"0900000{number:03d}"


def voso() -> str:
    """UTF-8 with its mark, a title above the header, amounts with points, a row twice, one cancelled, a sum below."""
    head: tuple[str, ...] = (
        "Mã đơn hàng",
        "Ngày đặt hàng",
        "Trạng thái",
        "Tên sản phẩm",
        "Phân loại",
        "Số lượng",
        "Đơn giá",
    )
    head += ("Người nhận", "SĐT", "Địa chỉ", "Tỉnh/Thành phố", "Mã vận đơn")
    rows: list[Sequence[Any]] = [("VỎ SÒ - DANH SÁCH ĐƠN HÀNG NGÀY 09/08/2026",), head]
    wanted = (
        ("Chờ duyệt", "Na dai Chi Lăng loại 1", "Thùng 5kg", 1, "425.000", "12 Lê Lợi, Phường 5, TP Cà Mau", "Cà Mau"),
        ("Chờ duyệt", "Na dai Chi Lăng loại 1", "Hộp 3kg", 2, "255.000đ", "3 Trần Phú, Quận 1", "TP.HCM"),
        ("Đã duyệt", "Na dai Chi Lăng", "Hộp 3kg", 1, "210.000", "5 Hùng Vương, Phường 10, Đà Lạt", "Lâm Đồng"),
        ("Đã duyệt", "Na dai Chi Lăng", "Hộp 2kg", 3, "140.000", "Thôn 2", "Lâm Đồng"),
        ("Đã hủy", "Na dai Chi Lăng", "Thùng 5kg", 4, "350.000", "8 Bà Triệu, Hoàn Kiếm", "Hà Nội"),
        ("Chờ duyệt", "Mứt na dai 500g", "", 1, "90.000", "8 Bà Triệu, Hoàn Kiếm", "Hà Nội"),
        ("Chờ duyệt", "Na dai Chi Lăng loại 2", "Thùng 10kg", 1, "600.000", "20 Lạch Tray, Ngô Quyền", "Hải Phòng"),
    )
    for number, (state, name, pack, pieces, price, address, province) in enumerate(wanted, start=1):
        who, phone = person(number)
        who = '=HYPERLINK("http://example.org";"ấn vào đây")' if number == 2 else who
        phone = f"+84 {phone[1:]}" if number % 2 else phone
        placed = f"{SUNDAY + dt.timedelta(hours=7, minutes=13 * number):%d/%m/%Y %H:%M}"
        parcel = f"VOSO26{number:06d}" if state == "Đã duyệt" else ""
        rows.append(
            (f"VS26080{number}", placed, state, name, pack, pieces, price, who, phone, address, province, parcel)
        )
    rows.append(rows[2])
    rows.append(("Tổng cộng", "", "", "", "", 13))
    return table(rows, ",")


def postmart() -> str:
    """Semicolons, days with hyphens, weights in grams, an order of two rows whose second names only the product."""
    head: tuple[str, ...] = (
        "Số đơn hàng",
        "Ngày đặt",
        "Tình trạng",
        "Mặt hàng",
        "SL",
        "Cân nặng sản phẩm (g)",
        "Thành tiền",
    )
    head += ("Khách hàng", "Điện thoại", "Địa chỉ giao hàng", "Giao trước ngày")
    rows: list[Sequence[Any]] = [head]
    wanted = (
        ("Đã xác nhận", "Na dai Chi Lăng", 5, "1.000", "375.000", "Số 4, phường Hồng Gai, Hạ Long, Quảng Ninh"),
        ("Đã xác nhận", "Na dai Chi Lăng", 3, "1000", "210000", "xóm 3, xã Nghi Phú, Vinh, Nghệ An"),
        ("Đang giao", "Na dai Chi Lăng", 2, "1.000", "150.000", "2 Quang Trung, Hải Châu, Đà Nẵng"),
        ("Mới", "Na dai Chi Lăng VIP", 4, "1.000", "400.000", "9 Hoàng Diệu, Pleiku, Gia Lai"),
        ("Đã xác nhận", "Na dai Chi Lăng", 1, "1.000", "75.000", "ấp 2, Gia Lai"),
    )
    for number, (state, name, pieces, grams, total, address) in enumerate(wanted, start=1):
        who, phone = person(100 + number)
        until = "08-15-2026" if number == 2 else "15-08-2026"
        rows.append((f"PM-{700 + number}", "09-08-2026", state, name, pieces, grams, total, who, phone, address, until))
    rows.insert(2, ("", "", "", "Xoài cát", 2, "1.000", "90.000", "", "", "", ""))
    return table(rows, ";")


def spx() -> Workbook:
    """The carrier's bulk sheet behind a sheet of advice: long headings, boxes, a formula, one order in two rows."""
    behind = "(Thông tin bắt buộc khi chọn Giao hàng một phần & Thu COD)"
    book = Workbook()
    advice: Any = book.active
    advice.title = "Hướng dẫn"
    advice.append(["Điền mỗi đơn một dòng; cột có dấu * là bắt buộc"])
    sheet: Any = book.create_sheet("Tạo đơn (địa chỉ cũ)")
    sheet.append(
        [
            *("*Mã đơn hàng", "*Tên người nhận", "*Số điện thoại", "*Tỉnh/Thành Phố", "*Quận/Huyện", "*Xã/Phường"),
            *("*Địa chỉ chi tiết", "Lưu ý về địa chỉ", "Mã bưu chính", "*Tên sản phẩm", f"Số lượng {behind}"),
            *(
                f"Giá tiền {behind}",
                "*Tổng cân nặng bưu gửi (KG)",
                "Chiều dài (CM)",
                "Chiều rộng (CM)",
                "Chiều cao (CM)",
            ),
            *("*Giá trị đơn hàng", "*Thu COD (Y/N)", "Số tiền COD", "Lưu ý giao hàng", "Giao trước ngày"),
        ]
    )
    box, until = (40, 30, 30), dt.datetime(2026, 8, 14)  # noqa: DTZ001 (a spreadsheet knows no offsets)
    sent: tuple[tuple[str, Sequence[str], str, Any, Any, Any, Any], ...] = (
        ("SPX01", ("Hà Nội", "Cầu Giấy", "Dịch Vọng", "7 Xuân Thủy"), "Na dai Chi Lăng loại 1", 1, 425000, 5, 425000),
        ("SPX02", ("Cần Thơ", "Ninh Kiều", "An Cư", "15 Hòa Bình"), "Na dai Chi Lăng 3kg", 1, 240000, 6, 440000),
        ("", ("", "", "", ""), "Na dai Chi Lăng loại 2 3kg", 1, 200000, None, None),
        ("SPX03", ("Đà Nẵng", "Hải Châu", "Thạch Thang", "2 Lê Duẩn"), "Na dai Chi Lăng", 1, 340000, "=2+2", 340000),
        ("SPX04", ("Bình Dương", "Dĩ An", "Dĩ An", "66 Trần Hưng Đạo"), "Na dai Chi Lăng 4kg", 1, 300000, 4, 300000),
    )
    for number, (order, (province, district, ward, detail), name, pieces, price, kg, total) in enumerate(sent):
        who, phone = person(200 + number) if order else ("", "")
        address = (province, district, ward, detail, "", "")
        sides = box if kg == 5 else (None, None, None)
        rest = ("N", None, "", until if order else None)
        sheet.append([order, who, int(phone or 0) or None, *address, name, pieces, price, kg, *sides, total, *rest])
    return book


def shopee() -> dict[str, Any]:
    """Seconds since 1970, totals as texts, the province one level up; one order not paid, one about to be cancelled."""
    wanted = (
        ("READY_TO_SHIP", "Hộp 3kg", 1, "Quảng Ngãi", "Huyện Mộ Đức", "Xã Đức Chánh", "255000"),
        ("READY_TO_SHIP", "Thùng 5kg", 2, "TP. Hồ Chí Minh", "Quận 7", "Phường Tân Phú", "830000"),
        ("UNPAID", "Hộp 3kg", 1, "Hà Nội", "Quận Ba Đình", "Phường Cống Vị", "255000"),
        ("IN_CANCEL", "Hộp 3kg", 1, "Hà Nội", "Quận Ba Đình", "Phường Cống Vị", "255000"),
        ("READY_TO_SHIP", "Hộp 2kg", 1, "", "", "", "170000"),
    )
    orders = []
    for number, (state, pack, pieces, province, city, commune, total) in enumerate(wanted, start=1):
        who, phone = person(300 + number)
        placed = int((SUNDAY + dt.timedelta(hours=9, minutes=number)).timestamp())
        last = ", ".join(filter(None, (commune, city, province))) or "Phường 4, TP. Vĩnh Long, Vĩnh Long"
        orders.append(
            {
                "order_sn": f"260809SHP{number:03d}",
                "order_status": state,
                "create_time": placed,
                "ship_by_date": placed + 2 * 86400,
                "days_to_ship": 2,
                "cod": True,
                "total_amount": total,
                "shipping_carrier": "VNPost Tiết Kiệm",
                "recipient_address": {
                    "name": who,
                    "phone": f"84{phone[1:]}",
                    "state": province,
                    "city": city,
                    "district": commune,
                    "zipcode": "",
                    "full_address": f"Số {number} đường Ví Dụ, {last}",
                },
                "items": [
                    {
                        "item_name": "Na dai Chi Lăng",
                        "model_name": pack,
                        "model_quantity_purchased": pieces,
                        "weight": 3.4,
                    }
                ],
            }
        )
    return {"response": {"order_list": orders, "more": False}}


def table(rows: Sequence[Sequence[Any]], separator: str) -> str:
    """Rows as CSV."""
    out = io.StringIO()
    csv.writer(out, delimiter=separator, lineterminator="\r\n").writerows(rows)
    return out.getvalue()


def in_windows_1258(text: str) -> bytes:
    """As older Vietnamese programs save: a letter, and its tone as a mark behind it."""
    parts = []
    for char in text:
        marks = unicodedata.normalize("NFD", char)
        letter = "".join(mark for mark in marks if mark not in TONES)
        parts.append(unicodedata.normalize("NFC", letter) + "".join(mark for mark in marks if mark in TONES))
    return "".join(parts).encode("cp1258")


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / "voso.csv").write_bytes(voso().encode("utf-8-sig"))
    (FOLDER / "postmart.csv").write_bytes(in_windows_1258(postmart()))
    spx().save(FOLDER / "spx.xlsx")
    text = json.dumps(shopee(), ensure_ascii=False, indent=1) + "\n"
    (FOLDER / "shopee.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
