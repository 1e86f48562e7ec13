"""All 63 old provinces and 34 new ones are understood; a name that means several is never guessed."""

from __future__ import annotations

from typing import Any

import pytest

from harvest_planner.catalogue import (
    carrier_rows,
    climate_degc,
    closure_rows,
    corridor_rows,
    fold,
    place_ids,
    place_row,
    resolve_place,
)
from harvest_planner.catalogue.tables import table
from harvest_planner.errors import AmbiguousPlaceError, UnknownIdError

# Resolution 202/2025/QH15: what each province of July 2025 was merged from; the others kept their bounds.
MERGED = {
    "Tuyên Quang": "Hà Giang, Tuyên Quang",
    "Lào Cai": "Lào Cai, Yên Bái",
    "Thái Nguyên": "Bắc Kạn, Thái Nguyên",
    "Phú Thọ": "Hòa Bình, Phú Thọ, Vĩnh Phúc",
    "Bắc Ninh": "Bắc Giang, Bắc Ninh",
    "Hưng Yên": "Hưng Yên, Thái Bình",
    "Hải Phòng": "Hải Dương, Hải Phòng",
    "Ninh Bình": "Hà Nam, Nam Định, Ninh Bình",
    "Quảng Trị": "Quảng Bình, Quảng Trị",
    "Đà Nẵng": "Đà Nẵng, Quảng Nam",
    "Quảng Ngãi": "Quảng Ngãi, Kon Tum",
    "Gia Lai": "Bình Định, Gia Lai",
    "Khánh Hòa": "Khánh Hòa, Ninh Thuận",
    "Lâm Đồng": "Bình Thuận, Đắk Nông, Lâm Đồng",
    "Đắk Lắk": "Phú Yên, Đắk Lắk",
    "Hồ Chí Minh": "Bình Dương, Bà Rịa - Vũng Tàu, Hồ Chí Minh",
    "Đồng Nai": "Bình Phước, Đồng Nai",
    "Tây Ninh": "Tây Ninh, Long An",
    "Cần Thơ": "Cần Thơ, Hậu Giang, Sóc Trăng",
    "Vĩnh Long": "Bến Tre, Trà Vinh, Vĩnh Long",
    "Đồng Tháp": "Tiền Giang, Đồng Tháp",
    "Cà Mau": "Bạc Liêu, Cà Mau",
    "An Giang": "An Giang, Kiên Giang",
}
KEPT = [
    *("Hà Nội", "Cao Bằng", "Điện Biên", "Lai Châu", "Sơn La", "Lạng Sơn", "Quảng Ninh", "Thanh Hóa", "Nghệ An"),
    *("Hà Tĩnh", "Thừa Thiên Huế"),
]
SEAT_OF_ITS_OWN = {
    "Phú Thọ", "Quảng Trị", "Gia Lai", "Khánh Hòa", "Lâm Đồng", "Đắk Lắk", "Đồng Nai", "Đồng Tháp", "An Giang",
}  # fmt: skip
OLD = [*KEPT, *(name for inside in MERGED.values() for name in inside.split(", "))]


def slug(name: str) -> str:
    return fold(name).replace(" ", "-")


def provinces() -> list[dict[str, str]]:
    return [row for row in table("places") if row["kind"] == "province"]


def test_there_are_63_old_provinces_of_34_new_ones_and_the_towns() -> None:
    assert len(OLD) == len(set(OLD)) == 63
    assert set(place_ids()) == {slug(name) for name in OLD} | {"chi-lang", "dong-mo"}
    assert len({row["merged_into_2025"] for row in provinces()}) == 34
    assert all(place_id.isascii() and place_id == place_id.lower() for place_id in place_ids())


@pytest.mark.parametrize(
    "place_id", ["lang-son", "ha-noi", "ho-chi-minh", "ca-mau", "thua-thien-hue", "ba-ria-vung-tau"]
)
def test_ids_of_the_contract(place_id: str) -> None:
    assert place_row(place_id)["id"] == place_id


@pytest.mark.parametrize("place_id", place_ids())
def test_an_id_is_always_exact(place_id: str) -> None:
    assert resolve_place(place_id) == place_id


@pytest.mark.parametrize("name", OLD)
def test_every_old_name_is_its_province_or_said_to_be_ambiguous(name: str) -> None:
    if name in SEAT_OF_ITS_OWN:
        with pytest.raises(AmbiguousPlaceError) as caught:
            resolve_place(name)
        assert slug(name) in caught.value.candidates
    else:
        assert resolve_place(name) == slug(name)
        assert resolve_place(fold(name)) == slug(name)
        assert resolve_place(name.upper()) == slug(name)


@pytest.mark.parametrize("name", [*MERGED, *KEPT[:-1], "Huế"])
def test_every_new_name(name: str) -> None:
    if name in SEAT_OF_ITS_OWN:
        with pytest.raises(AmbiguousPlaceError) as caught:
            resolve_place(name)
        assert set(caught.value.candidates) == {slug(old) for old in MERGED[name].split(", ")}
        assert caught.value.name == name
    else:
        assert resolve_place(name) == ("thua-thien-hue" if name == "Huế" else slug(name))


@pytest.mark.parametrize(("new", "inside"), MERGED.items())
def test_the_merge_in_the_data_is_the_resolution_s(new: str, inside: str) -> None:
    assert {row["name_vi"] for row in provinces() if row["merged_into_2025"] == new} == set(inside.split(", "))


@pytest.mark.parametrize("row", provinces(), ids=lambda row: str(row["id"]))
def test_every_seat_means_its_province(row: dict[str, str]) -> None:
    assert resolve_place(row["capital"]) == row["id"]
    assert resolve_place(f"Thành phố {row['capital']}") == row["id"]
    assert resolve_place(f"{row['capital']}, {row['name_vi']}") == row["id"]
    assert resolve_place(f"TP. {row['capital']}, tỉnh {row['merged_into_2025']}, Việt Nam") == row["id"]
    assert resolve_place(f"{row['name_vi']} (cũ)") == row["id"]


@pytest.mark.parametrize(
    ("written", "place_id"),
    [
        ("tp hcm", "ho-chi-minh"),
        ("TP.HCM", "ho-chi-minh"),
        ("hcm", "ho-chi-minh"),
        ("Sài Gòn", "ho-chi-minh"),
        ("sg", "ho-chi-minh"),
        ("Ho Chi Minh City", "ho-chi-minh"),
        ("HN", "ha-noi"),
        ("hue", "thua-thien-hue"),
        ("Thừa Thiên - Huế", "thua-thien-hue"),
        ("Vũng Tàu", "ba-ria-vung-tau"),
        ("brvt", "ba-ria-vung-tau"),
        ("T. Thanh Hoá", "thanh-hoa"),
        ("tỉnh Lạng Sơn", "lang-son"),
        ("Pleiku", "gia-lai"),
        ("Ðà Lạt", "lam-dong"),
        ("Buôn Mê Thuột", "dak-lak"),
        ("TP Cà Mau", "ca-mau"),
        ("xã Đức Chánh, huyện Mộ Đức, Quảng Ngãi", "mo-duc"),
        ("12 Lê Lợi, P. Bến Nghé, Q.1, TP. Hồ Chí Minh, Việt Nam", "ho-chi-minh"),
        ("Phan Thiết, Lâm Đồng", "binh-thuan"),
        ("Chi Lăng", "chi-lang"),
        ("thị trấn Đồng Mỏ, huyện Chi Lăng, tỉnh Lạng Sơn", "dong-mo"),
        ("xã Vạn Linh, huyện Chi Lăng, Lạng Sơn", "chi-lang"),
    ],
)
def test_as_people_write_it(written: str, place_id: str) -> None:
    assert resolve_place(written) == place_id


@pytest.mark.parametrize(
    "written", ["tỉnh Gia Lai", "GIA LAI", "gia lai", "xã X, huyện Y, Lâm Đồng", "Daklak", "ĐN", "Châu Thành"]
)
def test_what_means_several_is_not_guessed(written: str) -> None:
    with pytest.raises(AmbiguousPlaceError):
        resolve_place(written)


@pytest.mark.parametrize("written", ["", " , ", "Atlantis", "Tokyo", "hà nội 2"])
def test_the_unknown_is_none(written: str) -> None:
    assert resolve_place(written) is None


def test_an_unknown_place_names_the_nearest() -> None:
    with pytest.raises(UnknownIdError, match="unknown place 'Ca Mao'; did you mean 'ca-mau'"):
        place_row("Ca Mao")


def test_a_place_row_has_the_fields_of_a_place() -> None:
    assert place_row("Chi Lăng") == {
        "id": "chi-lang",
        "name": "Chi Lăng",
        "province": "Lạng Sơn",
        "latitude_deg": 21.57356,
        "longitude_deg": 106.50258,
    }
    dong_mo = place_row("dong-mo")
    assert (dong_mo["latitude_deg"], dong_mo["longitude_deg"]) == (21.65701, 106.57832)


@pytest.mark.parametrize("alias", table("place_aliases"), ids=lambda row: str(row["alias"]))
def test_aliases_lead_to_places_and_hide_none(alias: dict[str, Any]) -> None:
    known = {row["name_vi"] for row in provinces()} | {row["capital"] for row in provinces()}
    assert set(alias["names"].split("|")) <= known
    assert fold(alias["alias"]) not in {fold(name) for name in known}


@pytest.mark.parametrize(
    ("place_id", "month", "degc"),
    [
        ("ho-chi-minh", 8, 28.1),
        ("cao-bang", 8, 27.5),
        ("ha-noi", 8, 29.7),
        ("khanh-hoa", 8, 28.6),
        ("lang-son", 8, None),
        ("cu-chi", 8, 28.1),
        ("mo-duc", 8, None),
    ],
)
def test_climate_is_the_mean_or_the_middle_of_the_extremes(place_id: str, month: int, degc: float | None) -> None:
    assert climate_degc(place_id, month) == (None if degc is None else pytest.approx(degc))


@pytest.mark.parametrize("month", [0, 13])
def test_climate_of_no_month(month: int) -> None:
    with pytest.raises(ValueError, match=f"month {month} is not a month"):
        climate_degc("ha-noi", month)


def test_four_places_have_a_whole_year_of_climate() -> None:
    known = {place for place in place_ids() if all(climate_degc(place, month) for month in range(1, 13))}
    assert known == {"ha-noi", "ho-chi-minh", "khanh-hoa", "cao-bang"}


def test_carriers_state_what_was_measured_and_what_was_not() -> None:
    by_name = {(row["carrier"], row["year"]): row for row in carrier_rows()}
    assert by_name["Viettel Post", 2025]["on_time_share"] == 0.9968
    assert by_name["GHN", 2025]["mean_h"] is None
    assert all("assumption" in row["reading"] for row in carrier_rows() if row["mean_h"])


def test_the_corridor_adds_up_to_its_kilometre_posts() -> None:
    rows = corridor_rows()
    assert (rows[0]["place_id"], rows[-1]["place_id"], len(rows)) == ("lang-son", "ca-mau", 29)
    travelled = 0.0
    for row in rows:
        travelled += row["leg_road_km"]
        assert travelled == row["km_post"] - rows[0]["km_post"]
        assert row["place_id"] in place_ids()


def test_the_fresh_goods_embargo_of_tet_2025() -> None:
    (embargo,) = [row for row in closure_rows() if row["goods"]]
    assert (embargo["carrier"], embargo["from_on"], embargo["until_on"]) == ("Viettel Post", "2025-01-20", "2025-02-02")
    assert "fresh-fruit" in embargo["goods"]


@pytest.mark.parametrize(
    "name",
    [
        "places",
        "districts",
        "communes_2024",
        "communes_2025",
        "climate",
        "carriers",
        "corridor",
        "closures",
        "holidays",
    ],
)
def test_every_row_has_a_source(name: str) -> None:
    assert table(name)
    assert all(row["source"] for row in table(name))
