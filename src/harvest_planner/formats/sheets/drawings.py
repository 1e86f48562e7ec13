"""Small drawings of fruit at a stage, as SVG: a sugar apple by its skin and carpels, any other fruit on a scale."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from harvest_planner.schema.crop import Crop, Stage

SUGAR_APPLES = frozenset({"na-chi-lang", "na-bo"})
"""Crops, and those like them, that are drawn with carpels."""
_NO_FRUIT = frozenset({"leafy", "vegetable", "cooked"})
# Colours: assumptions, read from the words of the stages (green, light green, milky white, cream yellow).
_SKIN = ((78, 128, 58), (178, 205, 120))
_GAP = ((240, 244, 232), (250, 224, 120))
_WIDEST = 0.42
"""Share of a carpel's width that the gap takes in ripe fruit: an assumption."""
_OPENS_AT = 0.1
"""Ripeness from which what lies between the carpels is seen: an assumption."""
_ROW_DEG, _COLUMN_DEG = 22.0, 27.0
Point = tuple[float, float]


@dataclass(frozen=True)
class Drawing:
    """The inside of an SVG element, and the box it is drawn in."""

    kind: Literal["sugar_apple", "fruit"]
    view_box: str
    shapes: str


def drawing(crop: Crop, stage: Stage) -> Drawing | None:
    """How fruit of the crop looks at the stage; None for leaves, vegetables and food.

    Examples
    --------
    >>> from harvest_planner.schema.problem import catalogue_crop
    >>> na = catalogue_crop("na-chi-lang")
    >>> drawing(na, na.stage("S2")).kind, drawing(catalogue_crop("vit-quay"), catalogue_crop("vit-quay").stage())
    ('sugar_apple', None)
    """
    if crop.kind in _NO_FRUIT:
        return None
    if SUGAR_APPLES & {crop.id, crop.like}:
        return sugar_apple(round(ripeness(crop, stage), 3))
    last = crop.ready_at_d20 + crop.window_d20
    first = min([*(one.age_d20 for one in crop.stages), 0.0])
    at, ready = ((age - first) / (last - first) for age in (stage.age_d20, crop.ready_at_d20))
    return fruit_on_scale(round(min(max(at, 0.0), 1.0), 3), round(ready, 3))


def ripeness(crop: Crop, stage: Stage) -> float:
    """How far the stage is on the way from the crop's first stage to ripe, 0 to 1."""
    first = min(one.age_d20 for one in crop.stages)
    way = crop.ready_at_d20 - first
    return min(max((stage.age_d20 - first) / way, 0.0), 1.0) if way > 0 else 1.0


@lru_cache(maxsize=64)
def sugar_apple(ripe: float) -> Drawing:
    """A sugar apple: the riper, the lighter its skin and the wider and yellower the gaps between its carpels."""
    skin = _mixed(_SKIN, ripe)
    gap = _mixed(_GAP, ripe) if ripe >= _OPENS_AT else skin
    edge = _mixed((_SKIN[0], (96, 128, 66)), ripe, darker=0.62)
    carpels = "".join(f"M{' '.join(_number(x) + ',' + _number(y) for x, y in one)}z" for one in _carpels(ripe))
    shapes = (
        '<path d="M50 14C49 9 51 5 55 3" fill="none" stroke="#5b4423" stroke-width="4" stroke-linecap="round"/>'
        f'<ellipse cx="50" cy="56" rx="44" ry="42" fill="{gap}" stroke="{edge}" stroke-width="1.6"/>'
        f'<path d="{carpels}" fill="{skin}" stroke="{edge}" stroke-width=".9" stroke-linejoin="round"/>'
    )
    return Drawing("sugar_apple", "0 0 100 100", shapes)


def _carpels(ripe: float) -> Iterator[list[Point]]:
    """Outlines of the carpels on the near side of a ball, in rows that are offset by half."""
    shrink = 1.0 - _WIDEST * ripe
    for row in range(-4, 5):
        latitude = row * _ROW_DEG
        if abs(latitude) > 70:
            continue
        step = _COLUMN_DEG / max(math.cos(math.radians(latitude)), 0.45)
        offset = step / 2 if row % 2 else 0.0
        for column in range(-4, 5):
            longitude = column * step + offset
            if abs(longitude) <= 75:
                yield [_seen(latitude + up, longitude + right) for up, right in _corners(step, shrink)]


def _corners(step: float, shrink: float) -> Iterator[Point]:
    """Six corners of a carpel around its middle [°]; shrunk to nothing between them, neighbours touch."""
    half, tip, shoulder = step / 2 * shrink, _ROW_DEG * 0.68 * shrink, _ROW_DEG * 0.32 * shrink
    yield from ((tip, 0.0), (shoulder, half), (-shoulder, half), (-tip, 0.0), (-shoulder, -half), (shoulder, -half))


def _seen(latitude: float, longitude: float) -> Point:
    north, east = math.radians(latitude), math.radians(longitude)
    return 50 + 43 * math.cos(north) * math.sin(east), 56 - 41 * math.sin(north)


@lru_cache(maxsize=256)
def fruit_on_scale(at: float, ready: float) -> Drawing:
    """A plain fruit above a scale of ripeness: an arrow where the fruit is, a thick bar where it is good to eat.

    Parameters
    ----------
    at, ready : where on the scale the stage is, and where the fruit becomes good to eat, 0 to 1.
    """
    left, width = 8.0, 84.0
    arrow, bar = left + width * at, left + width * ready
    grey = 250 - round(120 * at)
    shapes = (
        '<path d="M50 16C50 10 52 6 55 4" fill="none" stroke="#444" stroke-width="3" stroke-linecap="round"/>'
        '<path d="M55 9C62 2 70 3 74 6C69 12 61 13 55 9z" fill="#fff" stroke="#444" stroke-width="1.5"/>'
        f'<circle cx="50" cy="41" r="26" fill="rgb({grey},{grey},{grey})" stroke="#444" stroke-width="2"/>'
        f'<path d="M{_number(arrow)} 86l-6 -10h12z" fill="#000"/>'
        f'<path d="M{_number(left)} 92h{_number(width)}" stroke="#000" stroke-width="1.5"/>'
        f'<path d="M{_number(bar)} 92H{_number(left + width)}" stroke="#000" stroke-width="8"/>'
    )
    return Drawing("fruit", "0 0 100 100", shapes)


def _mixed(ends: tuple[tuple[int, int, int], tuple[int, int, int]], share: float, *, darker: float = 1.0) -> str:
    red, green, blue = (round((a + (b - a) * share) * darker) for a, b in zip(*ends, strict=True))
    return f"#{red:02x}{green:02x}{blue:02x}"


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
