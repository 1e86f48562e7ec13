"""What becomes of the rows of an export: orders, baskets, and what has to be asked."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

import harvest_planner as hp
from tests.formats.orders_in.exports import HEADINGS, csv_text, imported, row

VN = dt.timezone(dt.timedelta(hours=7))


def test_a_row_is_an_order(tmp_path: Path) -> None:
    found = imported(tmp_path, row())
    (order,) = found.orders
    assert order == hp.Order(
        id="VS1",
        crop_id="na-chi-lang",
        quantity_kg=10,
        destination_id="ca-mau",
        deliver_until_at=dt.datetime(2026, 8, 14, 20, tzinfo=VN),
        price_vnd_per_kg=65000,
        placed_at=dt.datetime(2026, 8, 9, 8, 15, tzinfo=VN),
        grade="A",
    )
    assert (found.faults, found.skipped, found.unresolved) == ((), (), ())
    assert found.assumed == (("deliver_within_days", 1),)


def test_rows_of_one_order_are_a_basket(tmp_path: Path) -> None:
    mango = row(Tên_sản_phẩm="Xoài cát", Phân_loại="3kg", Số_lượng="1", Đơn_giá="150.000")
    found = imported(tmp_path, row(), mango, row(Mã_đơn_hàng="VS2"))
    assert [(order.id, order.crop_id, order.basket_id) for order in found.orders] == [
        ("VS1-1", "na-chi-lang", "VS1"),
        ("VS1-2", "mango-cat", "VS1"),
        ("VS2", "na-chi-lang", None),
    ]
    assert [contact.marketplace_order for contact in found.contacts] == ["VS1", "VS1", "VS2"]


def test_cells_left_out_below_the_first_row_of_an_order_are_filled_down(tmp_path: Path) -> None:
    blank = dict.fromkeys(("Mã_đơn_hàng", "Ngày_đặt_hàng", "Trạng_thái", "Người_nhận", "SĐT", "Địa_chỉ", "Tỉnh"), "")
    found = imported(tmp_path, row(), row(**blank, Tên_sản_phẩm="Xoài cát 2kg", Phân_loại=""))
    assert [(order.id, order.quantity_kg, order.destination_id) for order in found.orders] == [
        ("VS1-1", 10, "ca-mau"),
        ("VS1-2", 4, "ca-mau"),
    ]


def test_a_basket_is_left_out_whole(tmp_path: Path) -> None:
    found = imported(tmp_path, row(), row(Tên_sản_phẩm="Bưởi Diễn"), row(Mã_đơn_hàng="VS2"))
    assert [order.id for order in found.orders] == ["VS2"]
    assert [(one.kind, one.value, one.marketplace_orders) for one in found.unresolved] == [
        ("product", "Bưởi Diễn", ("VS1",))
    ]
    (fault,) = found.faults
    assert (fault.file, fault.line, fault.field, fault.value) == ("export.csv", 3, "Tên sản phẩm", "Bưởi Diễn")


def test_a_row_told_twice_is_one_order(tmp_path: Path) -> None:
    found = imported(tmp_path, row(), row())
    assert [order.id for order in found.orders] == ["VS1"]
    assert [(one.marketplace_order, one.reason, one.line) for one in found.skipped] == [("VS1", "duplicate", 3)]


def test_of_a_row_told_twice_the_later_state_counts(tmp_path: Path) -> None:
    found = imported(tmp_path, row(), row(Trạng_thái="Đã hủy"))
    assert found.orders == ()
    assert [one.reason for one in found.skipped] == ["duplicate", "cancelled"]


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        ("Đã hủy", "cancelled"),
        ("ĐÃ HUỶ bởi người mua", "cancelled"),
        ("Đã giao", "shipped"),
        ("Chờ thanh toán", "inquiry"),
        ("CANCELLED", "cancelled"),
    ],
)
def test_what_needs_nothing_is_listed(tmp_path: Path, state: str, reason: str) -> None:
    found = imported(tmp_path, row(Trạng_thái=state))
    assert (found.orders, [one.reason for one in found.skipped], found.faults) == ((), [reason], ())


def test_an_unknown_state_is_asked_about(tmp_path: Path) -> None:
    found = imported(tmp_path, row(Trạng_thái="Lạ"))
    assert [(one.kind, one.value) for one in found.unresolved] == [("state", "Lạ")]
    assert imported(tmp_path, row(Trạng_thái="Lạ"), column_map='[states]\nfirm = ["lạ"]').orders


def test_the_sellers_clock_runs_until_the_order_is_confirmed(tmp_path: Path) -> None:
    """Vỏ Sò cancels what is not confirmed within 24 h."""
    waiting = row(Trạng_thái="Chờ duyệt", Mã_vận_đơn="VOSO123")
    (order,) = imported(tmp_path, waiting).orders
    assert order.state == "reserved"
    assert order.confirm_by_at == dt.datetime(2026, 8, 10, 8, 15, tzinfo=VN)
    (order,) = imported(tmp_path, row(Mã_vận_đơn="VOSO123")).orders
    assert (order.state, order.confirm_by_at) == ("firm", None)


@pytest.mark.parametrize(
    ("name", "variation", "pieces", "kg"),
    [
        ("Na dai", "Hộp 3kg", "2", 6),
        ("Na dai 5kg", "", "1", 5),
        ("Na dai, 2 túi 1kg", "", "3", 6),
        ("Na dai 2x500g", "", "1", 1),
        ("Na dai (65.000đ/kg), hộp 2,5 kg", "", "1", 2.5),
        ("Na dai 4 quả/kg", "3 kg", "1", 3),
    ],
)
def test_kilograms_from_what_the_product_is_called(
    tmp_path: Path, name: str, variation: str, pieces: str, kg: float
) -> None:
    (order,) = imported(tmp_path, row(Tên_sản_phẩm=name, Phân_loại=variation, Số_lượng=pieces)).orders
    assert order.quantity_kg == pytest.approx(kg)


@pytest.mark.parametrize(("name", "variation"), [("Na dai", ""), ("Na dai 3-4kg", ""), ("Na dai 1kg hoặc 2kg", "")])
def test_kilograms_that_nobody_can_say_are_asked_about(tmp_path: Path, name: str, variation: str) -> None:
    found = imported(tmp_path, row(Tên_sản_phẩm=name, Phân_loại=variation))
    (fault,) = found.faults
    assert (fault.field, fault.expected[:9]) == ("Số lượng", "kilograms")
    (order,) = imported(
        tmp_path,
        row(Tên_sản_phẩm=name, Phân_loại=variation),
        column_map='[products]\n"na dai" = {crop = "na-chi-lang", kg_each = 1.5}',
    ).orders
    assert order.quantity_kg == 3


def test_grams_taken_for_kilograms_are_noticed(tmp_path: Path) -> None:
    found = imported(tmp_path, row(Phân_loại="5000 kg"))
    assert "grams, perhaps?" in found.faults[0].expected


@pytest.mark.parametrize("name", ["Mứt na dai 500g", "Na dai sấy dẻo 1kg", "Cây giống na dai"])
def test_what_is_not_the_fresh_fruit_is_asked_about(tmp_path: Path, name: str) -> None:
    assert [one.kind for one in imported(tmp_path, row(Tên_sản_phẩm=name)).unresolved] == ["product"]


def test_two_crops_in_one_name_are_asked_about(tmp_path: Path) -> None:
    (asked,) = imported(tmp_path, row(Tên_sản_phẩm="Combo na dai và xoài cát")).unresolved
    assert asked.candidates == ("mango-cat", "na-chi-lang")


@pytest.mark.parametrize(
    ("province", "address", "place"),
    [
        ("Quảng Ngãi", "Thôn 2, Xã Đức Chánh, Huyện Mộ Đức, Quảng Ngãi", "quang-ngai"),
        ("", "Thôn 2, Xã Đức Chánh, Huyện Mộ Đức, Quảng Ngãi", "quang-ngai"),
        ("", "5 Hùng Vương, Đà Lạt, Lâm Đồng, Việt Nam", "lam-dong"),
        ("TP. HCM", "1 Tôn Đức Thắng, Quận 1", "ho-chi-minh"),
        ("Lâm Đồng", "5 Hùng Vương, Đà Lạt", "lam-dong"),
        ("Ðắk Lắk", "9 Lê Duẩn, Buôn Ma Thuột, Đắk Lắk", "dak-lak"),  # written with an eth
    ],
)
def test_where_it_goes(tmp_path: Path, province: str, address: str, place: str) -> None:
    found = imported(tmp_path, row(Tỉnh=province, Địa_chỉ=address))
    assert [order.destination_id for order in found.orders] == [place]


def test_an_ambiguous_place_is_never_guessed(tmp_path: Path) -> None:
    rows = [row(Mã_đơn_hàng=f"VS{n}", Tỉnh="Lâm Đồng", Địa_chỉ="12 Trần Phú") for n in range(3)]
    found = imported(tmp_path, *rows)
    (asked,) = found.unresolved
    assert (asked.kind, asked.value, asked.candidates) == ("place", "Lâm Đồng", ("binh-thuan", "dak-nong", "lam-dong"))
    assert asked.marketplace_orders == ("VS0", "VS1", "VS2")
    assert len(imported(tmp_path, *rows, column_map='[places]\n"Lâm Đồng" = "lam-dong"').orders) == 3


def test_an_address_in_another_province_is_a_fault(tmp_path: Path) -> None:
    (fault,) = imported(tmp_path, row(Tỉnh="Cà Mau", Địa_chỉ="12 Lê Lợi, Hà Nội")).faults
    assert fault.expected == "one province; the address ends in 'Hà Nội': correct the row"


def test_one_order_goes_to_one_person(tmp_path: Path) -> None:
    found = imported(tmp_path, row(), row(Tên_sản_phẩm="Xoài cát 2kg", SĐT="0987654321"))
    (fault,) = found.faults
    assert (found.orders, fault.value) == ((), "")
    assert "one recipient for order VS1" in fault.expected


@pytest.mark.parametrize(
    ("column", "value", "expected"),
    [
        ("Ngày_đặt_hàng", "08/14/2026", "the day stands before the month"),
        ("Số_lượng", "hai", "a whole number of pieces"),
        ("Đơn_giá", "thỏa thuận", "an amount of money"),
        ("Mã_đơn_hàng", "2,50815E+14", "a spreadsheet has cut it"),
        ("Mã_đơn_hàng", "=1+1", "begins with a letter or digit"),
        ("Tên_sản_phẩm", "", "the name of a product"),
    ],
)
def test_a_bad_cell_is_named_with_its_place(tmp_path: Path, column: str, value: str, expected: str) -> None:
    found = imported(tmp_path, row(Mã_đơn_hàng="VS0"), row(**{column: value}))
    (fault,) = found.faults
    assert (fault.file, fault.line) == ("export.csv", 3)
    assert fault.field == column.replace("_", " ")
    assert (fault.value, expected in fault.expected) == (value, True)
    assert [order.id for order in found.orders] == ["VS0"]


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    found = imported(
        tmp_path, row(Ngày_đặt_hàng="?", Tỉnh="Atlantis", Số_lượng="x"), row(Mã_đơn_hàng="VS9", Đơn_giá="x")
    )
    assert [(fault.line, fault.field) for fault in found.faults] == [
        (2, "Tỉnh/Thành phố"),
        (2, "Ngày đặt hàng"),
        (2, "Số lượng"),
        (3, "Đơn giá"),
    ]


def test_sums_below_the_table_are_no_orders(tmp_path: Path) -> None:
    footer = ["Tổng cộng", "", "", "", "", "2", "650.000", "", "", "", "", ""]
    empty = [""] * len(footer)
    found = imported(tmp_path, row(), empty, footer)
    assert (len(found.orders), found.faults) == (1, ())


def test_the_order_of_the_rows_does_not_matter(tmp_path: Path) -> None:
    rows = [row(Mã_đơn_hàng=f"VS{n}", Số_lượng=str(n + 1)) for n in range(4)]
    there, back = imported(tmp_path, *rows), imported(tmp_path, *reversed(rows))
    assert sorted(there.orders, key=lambda one: one.id) == sorted(back.orders, key=lambda one: one.id)


def test_of_two_columns_one_level_apart_the_upper_is_the_district(tmp_path: Path) -> None:
    """The seller centre's "Quận" stands beside "TP / Quận / Huyện" and holds the ward."""
    headings = (*HEADINGS, "TP / Quận / Huyện", "Quận")
    path = tmp_path / "export.csv"
    cells = [*row(Tỉnh="Đà Nẵng", Địa_chỉ="3 Lê Lợi"), "Huyện Duy Xuyên", "Xã 3"]
    path.write_text(csv_text([cells], headings=headings), encoding="utf-8")
    found = hp.import_orders(path)
    assert [order.destination_id for order in found.orders] == ["quang-nam"]
    assert found.faults == ()
