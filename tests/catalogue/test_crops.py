"""The crops of the catalogue: valid records, a source for every number, words in both languages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from harvest_planner.catalogue.crops import crop_ids, crop_row
from harvest_planner.errors import UnknownIdError
from harvest_planner.planning.curves import curve_of
from harvest_planner.schema.crop import Crop

IDS = crop_ids()
PROMISED = [
    "asparagus",
    "avocado-hass",
    "banana-cavendish",
    "dragon-fruit-ld1",
    "durian-monthong",
    "guava",
    "hong-bao-lam",
    "hong-ngam",
    "kiwifruit",
    "leafy-greens",
    "lettuce-butter",
    "litchi",
    "lon-quay",
    "longan",
    "mango-cat",
    "na-bo",
    "na-chi-lang",
    "papaya",
    "strawberry",
    "sweet-corn",
    "tomato",
    "vit-quay",
]
GOOD_WHEN_PICKED = tuple(crop_id for crop_id in IDS if crop_row(crop_id)["ready_at_d20"] == 0.0)
VIETNAMESE = re.compile("[ăâđêôơưàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ]", re.IGNORECASE)


def numbers(row: dict[str, Any]) -> Iterator[str]:
    """The path of every number in a crop's row; the points of a table count as one."""
    for field, value in row.items():
        if field == "sources":
            continue
        if field == "stages":
            for stage in value:
                yield from (f"stages.{stage['id']}.{name}" for name, v in stage.items() if isinstance(v, float))
        elif isinstance(value, dict):
            yield from (f"{field}.{name}" for name, v in value.items() if not isinstance(v, str))
        elif not isinstance(value, str):
            yield field


def homes(path: str) -> set[str]:
    """The keys of `sources` under which the source of a path may stand."""
    parts = path.split(".")
    return {path, parts[0], f"{parts[0]}.{parts[-1]}"}


def test_the_catalogue_holds_its_crops_in_order() -> None:
    assert set(crop_ids()) >= set(PROMISED)
    assert list(crop_ids()) == sorted(crop_ids())
    assert len(crop_ids()) >= 22


@pytest.mark.parametrize("crop_id", IDS)
def test_every_row_is_a_crop(crop_id: str) -> None:
    crop = Crop.model_validate(crop_row(crop_id))
    assert crop.id == crop_id
    assert crop.name
    assert crop.kind
    assert crop.goods


@pytest.mark.parametrize("crop_id", IDS)
def test_every_number_has_a_source_or_the_word_assumption(crop_id: str) -> None:
    row = crop_row(crop_id)
    paths = set(numbers(row))
    assert len(paths) >= 8
    assert {path for path in paths if not homes(path) & row["sources"].keys()} == set()
    vouched = re.compile(r"https?://|\b10\.\d{4}|assumption|by definition|Range of the temperatures above")
    assert {field for field, text in row["sources"].items() if not vouched.search(text)} == set()


@pytest.mark.parametrize("crop_id", IDS)
def test_every_source_belongs_to_a_number(crop_id: str) -> None:
    row = crop_row(crop_id)
    known = {home for path in numbers(row) for home in homes(path)}
    assert row["sources"].keys() <= known


@pytest.mark.parametrize("crop_id", IDS)
def test_every_stage_can_be_seen_in_both_languages(crop_id: str) -> None:
    for stage in crop_row(crop_id)["stages"]:
        assert stage["name"].isascii()
        assert stage["looks"].isascii()
        assert VIETNAMESE.search(stage["name_vi"])
        assert VIETNAMESE.search(stage["looks_vi"])


@pytest.mark.parametrize("crop_id", IDS)
def test_stages_rise_in_age_and_hang_when_first_seen(crop_id: str) -> None:
    crop = Crop.model_validate(crop_row(crop_id))
    ages = [stage.age_d20 for stage in crop.stages]
    assert ages == sorted(ages)
    for stage in crop.stages:
        assert crop.drops_at_d20 is None or stage.age_d20 + stage.sd_d20 < crop.drops_at_d20


def test_produce_that_is_good_when_picked_has_no_unripe_stage() -> None:
    assert {"dragon-fruit-ld1", "lettuce-butter", "litchi", "vit-quay"} <= set(GOOD_WHEN_PICKED)
    for crop_id in GOOD_WHEN_PICKED:
        crop = Crop.model_validate(crop_row(crop_id))
        assert min(stage.age_d20 for stage in crop.stages) == 0.0


@pytest.mark.parametrize("crop_id", IDS)
def test_the_reference_stage_is_where_the_clock_counts_from(crop_id: str) -> None:
    crop = Crop.model_validate(crop_row(crop_id))
    assert crop.stage().age_d20 == 0.0


@pytest.mark.parametrize("crop_id", IDS)
def test_warmer_is_never_slower_inside_the_measured_range(crop_id: str) -> None:
    crop = Crop.model_validate(crop_row(crop_id))
    assert crop.calibrated_degc is not None
    low, high = crop.calibrated_degc
    rates = [curve_of(crop).rate(low + (high - low) * i / 200) for i in range(201)]
    assert rates == sorted(rates)
    assert rates[0] > 0.0


@pytest.mark.parametrize("crop_id", IDS)
def test_every_clock_runs_at_one_at_20_degrees(crop_id: str) -> None:
    assert curve_of(Crop.model_validate(crop_row(crop_id))).rate(20.0) == pytest.approx(1.0, rel=1e-12)


def test_only_cooked_food_has_a_safety_cap_and_all_of_it_has() -> None:
    for crop_id in IDS:
        row = crop_row(crop_id)
        assert ("safety_cap" in row) == (row["kind"] == "cooked")


def test_soft_na_is_softer_and_falls_sooner_than_na_of_chi_lang() -> None:
    soft, firm = crop_row("na-bo"), crop_row("na-chi-lang")
    assert soft["window_d20"] < firm["window_d20"]
    assert soft["drops_at_d20"] < firm["drops_at_d20"]
    assert soft["temperature_law"] == firm["temperature_law"]


def test_na_is_as_the_design_of_the_launch_crop_says() -> None:
    na = Crop.model_validate(crop_row("na-chi-lang"))
    assert (na.ready_at_d20, na.window_d20, na.fruit_per_kg) == (6.0, 2.25, 4.0)
    assert (na.calibrated_degc, na.stops_below_degc) == ((17.0, 30.0), 13.0)
    assert [(s.id, s.age_d20, s.sd_d20, s.batch_sd_d20) for s in na.stages] == [
        ("S1", -1.5, 1.2, 0.6),
        ("S2", 0.0, 1.2, 0.6),
        ("S3", 2.4, 1.2, 0.6),
        ("S4", 4.5, 1.2, 0.6),
    ]
    assert na.reference_stage_id == "S2"


def test_an_unknown_crop_names_the_nearest() -> None:
    with pytest.raises(UnknownIdError, match="unknown crop 'na-chi-lan'; did you mean 'na-chi-lang'") as caught:
        crop_row("na-chi-lan")
    assert caught.value.suggestions[0] == "na-chi-lang"


def test_every_caller_gets_a_copy_of_his_own() -> None:
    first = crop_row("na-chi-lang")
    first["stages"].clear()
    first["window_d20"] = 99.0
    assert crop_row("na-chi-lang")["window_d20"] == 2.25
    assert len(crop_row("na-chi-lang")["stages"]) == 4
