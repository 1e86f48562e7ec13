"""Drawings of fruit: drawn from the stage alone, riper to the eye the riper the stage."""

from __future__ import annotations

import re
from itertools import pairwise
from xml.etree import ElementTree as Xml

import pytest

import harvest_planner as hp
from harvest_planner.formats.sheets.drawings import Drawing, drawing, fruit_on_scale, ripeness, sugar_apple

NA = hp.crop("na-chi-lang")
Point = tuple[float, float]


def drawn(crop: hp.Crop, stage_id: str) -> Drawing:
    found = drawing(crop, crop.stage(stage_id))
    assert found is not None
    return found


def carpels(one: Drawing) -> list[list[Point]]:
    outlines = re.findall(r"M([-\d., ]+)z", one.shapes)
    return [[(float(x), float(y)) for x, y in (part.split(",") for part in line.split())] for line in outlines]


def area(outline: list[Point]) -> float:
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in pairwise([*outline, outline[0]]))) / 2


def skin(one: Drawing) -> tuple[int, ...]:
    (colour,) = re.findall(r'z" fill="#(\w{6})"', one.shapes)
    return tuple(bytes.fromhex(colour))


def test_the_riper_the_wider_the_gaps_and_the_lighter_the_skin() -> None:
    found = [drawn(NA, stage.id) for stage in NA.stages]
    assert {one.kind for one in found} == {"sugar_apple"}
    covered = [sum(map(area, carpels(one))) for one in found]
    assert all(riper < greener for greener, riper in pairwise(covered))
    assert covered[-1] < 0.5 * covered[0]
    assert all(riper > greener for greener, riper in pairwise(skin(one) for one in found))


def test_carpels_of_green_fruit_touch_and_leave_no_gap_to_see() -> None:
    green = drawn(NA, "S1")
    fills = re.findall(r'<ellipse[^>]*fill="(#\w+)"|z" fill="(#\w+)"', green.shapes)
    assert len({a or b for a, b in fills}) == 1
    assert re.findall(r'<ellipse[^>]*fill="(#\w+)"', drawn(NA, "S4").shapes) != [fills[0][0]]


@pytest.mark.parametrize("crop_id", hp.crops())
def test_a_drawing_is_sound_and_stays_in_its_box(crop_id: str) -> None:
    crop = hp.crop(crop_id)
    for stage in crop.stages:
        one = drawing(crop, stage)
        assert (one is None) == (crop.kind in ("leafy", "vegetable", "cooked"))
        if one is not None:
            Xml.fromstring(f"<svg>{one.shapes}</svg>")
            assert one.view_box == "0 0 100 100"
            assert all(0 <= value <= 100 for line in carpels(one) for point in line for value in point)


def test_a_crop_like_na_is_drawn_as_na() -> None:
    own = hp.Crop.model_validate({"id": "ours", "like": "na-chi-lang"})
    assert drawn(own, "S3") == drawn(NA, "S3")


def test_other_fruit_stands_where_its_stage_is_and_the_bar_where_it_is_good() -> None:
    mango = hp.crop("mango-cat")
    arrows = [float(re.findall(r"M([\d.]+) 86l", drawn(mango, stage.id).shapes)[0]) for stage in mango.stages]
    assert all(later > earlier for earlier, later in pairwise(arrows))
    (start,) = map(float, re.findall(r"M([\d.]+) 92H92", drawn(mango, mango.stages[0].id).shapes))
    first = min(0.0, *(stage.age_d20 for stage in mango.stages))
    whole = mango.ready_at_d20 + mango.window_d20 - first
    assert (start - 8) / 84 == pytest.approx((mango.ready_at_d20 - first) / whole, abs=0.01)
    assert max(arrows) < start


@pytest.mark.parametrize("stage", NA.stages, ids=lambda stage: stage.id)
def test_ripeness_runs_from_the_first_stage_to_ready(stage: hp.Stage) -> None:
    assert ripeness(NA, stage) == pytest.approx((stage.age_d20 + 1.5) / 7.5)


def test_beyond_the_ends_a_drawing_is_that_of_the_end() -> None:
    late = hp.Stage(id="late", age_d20=99, sd_d20=1)
    assert ripeness(NA, late) == 1
    assert drawing(NA, late) == sugar_apple(1.0)
    mango = hp.crop("mango-cat")
    assert "M92 86l" in fruit_on_scale(1.0, 0.5).shapes
    found = drawing(mango, late)
    assert found is not None
    assert "M92 86l" in found.shapes
