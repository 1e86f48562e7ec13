"""Addresses as people write them resolve as they should, or say why not; nothing is guessed."""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Callable
from operator import itemgetter
from pathlib import Path

import pytest
from hypothesis import example, given, strategies as st

from harvest_planner.catalogue import district_ids, fold, nearest_places, place_ids, place_row, resolve_place
from harvest_planner.catalogue.addresses import part_of, partings
from harvest_planner.catalogue.tables import table
from harvest_planner.errors import AmbiguousPlaceError, UnknownIdError

with (Path(__file__).parent / "addresses.csv").open(encoding="utf-8", newline="") as lines:
    ADDRESSES = list(csv.DictReader(lines))
IDS = [row["address"] for row in ADDRESSES]
PROVINCES = [row for row in table("places") if row["kind"] == "province"]


def answer(address: str) -> set[str]:
    """The ids an address can mean: one, several for an ambiguous one, none for an unknown one."""
    try:
        found = resolve_place(address)
    except AmbiguousPlaceError as error:
        return set(error.candidates)
    return {found} if found else set()


def expected(row: dict[str, str]) -> set[str]:
    return set(filter(None, row["expected"].split("|")))


def without_accents(address: str) -> str:
    plain = unicodedata.normalize("NFD", address.translate(str.maketrans("ĐđÐð", "DdDd")))
    return "".join(char for char in plain if not unicodedata.combining(char))


def test_the_list_is_long_and_has_every_kind_of_answer() -> None:
    assert len(ADDRESSES) >= 200
    assert len(set(IDS)) == len(IDS)
    for wanted, at_least in ((0, 15), (1, 200), (2, 15)):
        assert sum(min(len(expected(row)), 2) == wanted for row in ADDRESSES) >= at_least


@pytest.mark.parametrize("row", ADDRESSES, ids=IDS)
def test_an_address_means_what_a_person_would_say(row: dict[str, str]) -> None:
    assert answer(row["address"]) == expected(row)


@pytest.mark.parametrize(
    "rewritten",
    [
        lambda address: unicodedata.normalize("NFD", address),
        lambda address: unicodedata.normalize("NFC", address),
        lambda address: address.replace("Đ", "Ð").replace("đ", "ð"),
        lambda address: f"  {address} ,",
        lambda address: f"{address}, Việt Nam",
        lambda address: f"{address}, VIET NAM 100000",
        str.upper,
        str.lower,
    ],
    ids=["NFD", "NFC", "eth", "blanks", "country", "post-code", "upper", "lower"],
)
def test_how_it_is_typed_changes_nothing(rewritten: Callable[[str], str]) -> None:
    for row in ADDRESSES:
        assert answer(rewritten(row["address"])) == expected(row), rewritten(row["address"])


def test_accents_change_nothing() -> None:
    for row in ADDRESSES:
        assert answer(without_accents(row["address"])) == expected(row), row["address"]


def test_only_an_accent_tells_an_eatery_from_a_district() -> None:
    assert answer("Quán ăn Biển Xanh, Đà Nẵng") == {"da-nang"}
    assert part_of("Quán ăn Biển Xanh").kind is None
    assert part_of("quận Hải Châu").kind == part_of("quan Hai Chau").kind == "city district"


def test_every_id_is_exact() -> None:
    for place_id in (*place_ids(), *district_ids()):
        assert resolve_place(place_id) == place_row(place_id)["id"] == place_id


@pytest.mark.parametrize("province", PROVINCES, ids=itemgetter("id"))
def test_every_district_is_found_in_its_province_by_its_old_and_new_name(province: dict[str, str]) -> None:
    for row in table("districts"):
        if row["province_id"] == province["id"]:
            name = f"{row['kind']} {row['name_vi']}"
            assert answer(f"{name}, {province['name_vi']}") >= {row["place_id"]}
            assert answer(f"{name}, tỉnh {province['name_vi']} (cũ)") == {row["place_id"]}
            assert answer(f"{name}, {province['merged_into_2025']}") >= {row["place_id"]}


def test_what_a_label_names_and_nobody_knows_leaves_a_merged_province_open() -> None:
    assert answer("Cà Mau") == {"ca-mau"}
    assert answer("xã Không Có, tỉnh Cà Mau") == {"bac-lieu", "ca-mau"}
    assert answer("xã Không Có, tỉnh Lạng Sơn") == {"lang-son"}
    assert answer("P. 1205 CT2, Đà Nẵng") == {"da-nang"}


def test_communes_of_one_name_are_answered_as_finely_as_is_sure() -> None:
    assert answer("Phường 5, TP. Hồ Chí Minh") == {"ho-chi-minh", "ba-ria-vung-tau"}
    assert answer("P. Bến Nghé, TP.HCM") == {"ho-chi-minh"}


def test_no_letter_is_forgiven() -> None:
    """A name resolves at similarity 1 after folding, or not at all."""
    for place_id in place_ids():
        name = place_row(place_id)["name"].replace(" - ", " ")
        for misspelt in (f"{name}z", f"z{name}", name[:-1] + "zz", name.replace(name[1], "zz", 1)):
            assert place_id not in answer(misspelt)


@given(st.integers(0, 10**10))
@example(1)
@example(79)
@example(96)
def test_a_bare_code_is_nothing(code: int) -> None:
    assert answer(str(code)) == answer(f"{code:02d}") == answer(f"{code:05d}") == set()


@given(st.text(max_size=60))
@example("()")
@example("tỉnh, huyện, xã")
@example(", - ,")
@example("TP")
def test_any_text_is_answered(text: str) -> None:
    assert answer(text) <= {*place_ids(), *district_ids()}


def test_an_unknown_place_has_three_suggestions() -> None:
    with pytest.raises(UnknownIdError) as caught:
        place_row("Quảng Nghãi")
    assert caught.value.suggestions[0] == "quang-ngai"
    assert len(caught.value.suggestions) == 3
    assert nearest_places("phường X, quận Y, Hà Nộii")[0] == "ha-noi"
    assert nearest_places("Chy Lăng")[0] == "chi-lang"
    assert len(nearest_places("Atlantis")) == 3


def test_parts_of_an_address() -> None:
    first, *_ = partings("12 Lê Lợi, P.Bến Nghé, Q1, TP.HCM (Sài Gòn), Việt Nam 700000")
    assert [(part.kind, part.name) for part in first] == [
        (None, "12 le loi"),
        ("ward", "ben nghe"),
        ("city district", "1"),
        (None, "sai gon"),
        ("city", "hcm"),
    ]
    *_, last = partings("xã Đức Chánh huyện Mộ Đức tỉnh Quảng Ngãi")
    assert [part.kind for part in last] == ["commune", "district", "province"]
    assert part_of("Gia Lai (cũ)").old
    assert fold("Mộ Đức") == part_of("Mo Duc District").name == part_of("H. Mộ Đức").name


def test_two_names_without_a_comma_must_agree() -> None:
    assert answer("Bình Dương TP HCM") == {"binh-duong"}
    assert answer("12 Lê Lợi Vinh Nghệ An") == {"nghe-an"}
    assert answer("quan an ngon ha noi") == set()
    assert answer("Mộ Đức Bình Định") == set()


def test_a_town_before_its_district_needs_no_province() -> None:
    assert answer("thị trấn Đồng Mỏ, huyện Chi Lăng") == {"dong-mo"}
    assert answer("Số 5, huyện Mộ Đức") == {"mo-duc"}
