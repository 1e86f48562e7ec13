"""Maps of columns: one's own over the bundled one, and what is wrong with one told with its line."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from pathlib import Path

import pytest

import harvest_planner as hp
from harvest_planner.catalogue import crop_ids, fold
from harvest_planner.formats.orders_in.map_file import FIELDS
from tests.formats.orders_in.exports import SOUND, csv_text, row

HEAD = 'format = "harvest-planner/orders-map/1"\n'


def own(home: Path, text: str, head: str = HEAD) -> hp.ColumnMap:
    path = home / "map.toml"
    path.write_text(head + text, encoding="utf-8")
    return hp.load_map(path)


def test_the_bundled_map_reads_every_field_and_crop() -> None:
    rules = hp.load_map().rules
    assert set(rules.fields) == set(FIELDS)
    assert {product.crop for product in rules.products.values()} <= set(crop_ids())


def test_no_heading_of_the_bundled_map_stands_for_two_fields() -> None:
    text = files("harvest_planner.formats.orders_in").joinpath("orders_map.toml").read_text(encoding="utf-8")
    seen: dict[str, str] = {}
    twofold = []
    for field, headings in tomllib.loads(text)["fields"].items():
        twofold += [heading for heading in headings if seen.setdefault(fold(heading), field) != field]
    assert twofold == []


def test_every_assumption_of_the_bundled_map_is_called_one() -> None:
    text = files("harvest_planner.formats.orders_in").joinpath("orders_map.toml").read_text(encoding="utf-8")
    assert text.count("assumption") >= 8
    assert "source" in text


def test_headings_of_ones_own_come_before_the_bundled_ones(tmp_path: Path) -> None:
    headings = ["Ma don noi bo" if name == "Mã đơn hàng" else name for name in SOUND]
    path = tmp_path / "export.csv"
    path.write_text(csv_text([row()], headings=headings), encoding="utf-8")
    with pytest.raises(hp.ProblemFileError, match=r"at least order \(Mã đơn hàng\)"):
        hp.import_orders(path)
    mine = own(tmp_path, '[fields]\norder = "MÃ ĐƠN NỘI BỘ"')
    assert [order.id for order in hp.import_orders(path, column_map=mine).orders] == ["VS1"]


def test_a_heading_may_be_given_to_another_field(tmp_path: Path) -> None:
    """In this shop "Đơn giá" is the total of the line."""
    path = tmp_path / "export.csv"
    path.write_text(csv_text([row()]), encoding="utf-8")
    mine = own(tmp_path, '[fields]\nline_total_vnd = ["Đơn giá"]')
    assert [order.price_vnd_per_kg for order in hp.import_orders(path, column_map=mine).orders] == [32500]


def test_single_values_replace_and_lists_whose_order_counts_too(tmp_path: Path) -> None:
    rules = own(tmp_path, '[assumptions]\ndeliver_within_days = 3\n[quantity]\nfrom = ["parcel"]').rules
    assert rules.assumptions.deliver_within_days == 3
    assert rules.assumptions.after_ship_by_days == hp.load_map().rules.assumptions.after_ship_by_days
    assert rules.quantity.sources == ("parcel",)


@pytest.mark.parametrize(
    ("text", "line", "expected"),
    [
        ("[fields]\nordr = ['x']", 2, "did you mean 'order'"),
        ("[fields]\norder = ['Mã X']\nproduct = ['ma x']", 4, "each heading for one field"),
        ("[assumptions]\ndeliver_within_days = 0", 3, "deliver_within_days"),
        ("timezone = 'Hanoi'", 2, "unknown time zone"),
        ("[products]\n'!!' = 'na-chi-lang'", 2, "neither letter nor digit"),
        ("[quantity]\nfrom = ['guess']", 3, "from"),
        ("colour = 'red'", 2, "one of the fields format, timezone"),
        ("[fields", 2, "TOML"),
    ],
)
def test_what_is_wrong_with_a_map_is_told(tmp_path: Path, text: str, line: int, expected: str) -> None:
    with pytest.raises(hp.ProblemFileError) as caught:
        own(tmp_path, text)
    assert caught.value.faults[0].file == "map.toml"
    assert expected in str(caught.value)
    assert caught.value.faults[0].line == line


def test_a_map_of_a_newer_format_is_refused(tmp_path: Path) -> None:
    with pytest.raises(hp.ProblemFileError, match="this is newer"):
        own(tmp_path, "", head='format = "harvest-planner/orders-map/2"\n')
