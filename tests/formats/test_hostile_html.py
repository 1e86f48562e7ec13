"""A script planted in every text of a problem and of its plan stays text in everything that is HTML."""

from __future__ import annotations

import typing
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

import harvest_planner as hp
from tests.formats.orchard import orchard, plan

SCRIPT = "<script>alert('x')</script><img src=x onerror=alert(1)>\"' autofocus onfocus='alert(1)&lt;{{7*7}}{kg}{0}%s"
HARMLESS = "x"
# Texts that must be one of a few words, that are read as something else, or that name another crop.
KEPT = {"timezone", "cohorts", "like", "law", "sources", "version", "problem_sha256"}
PLANTED = (
    *(f"Grower.{name}" for name in ("id", "name", "team_id", "phone", "place_id")),
    *(f"Batch.{name}" for name in ("id", "plot", "variety", "grade", "certifications", "planting_area_code")),
    *(f"Order.{name}" for name in ("id", "destination_id", "basket_id", "grade", "certifications")),
    *(f"Place.{name}" for name in ("id", "name", "province")),
    *(f"Crop.{name}" for name in ("id", "name", "name_vi", "kind", "goods")),
    *(f"Stage.{name}" for name in ("id", "name", "name_vi", "looks", "looks_vi")),
    *("Pick.stage_id", "Shipment.order_id", "BatchRow.batch_id", "Reason.message", "HarvestPlan.warnings"),
)


class Skeleton(HTMLParser):
    """A document's elements with the names of their attributes, in order; and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, ...]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, *(name for name, _ in attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


class Planter:
    """Puts a text into every field that takes any, and remembers which."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.fields: set[str] = set()

    def record(self, one: BaseModel) -> dict[str, Any]:
        return {name: self._field(one, name) for name in type(one).model_fields}

    def _field(self, one: BaseModel, name: str) -> Any:
        value = getattr(one, name)
        if isinstance(value, BaseModel):
            return self.record(value)
        if isinstance(value, tuple) and value and isinstance(value[0], BaseModel):
            return [self.record(item) for item in value]
        if name in KEPT or not _takes_text(type(one).model_fields[name].annotation):
            return value
        self.fields.add(f"{type(one).__name__}.{name}")
        if isinstance(value, dict):
            return {key: self._planted(item) for key, item in value.items()}
        return [*map(self._planted, value or [""])] if isinstance(value, tuple) else self._planted(value)

    def _planted(self, value: Any) -> Any:
        return f"{value or ''}{self.text}" if value is None or isinstance(value, str) else value


def _takes_text(annotation: Any) -> bool:
    return annotation is str or any(map(_takes_text, typing.get_args(annotation)))


def planted(text: str, planter: Planter | None = None) -> tuple[hp.HarvestPlan, hp.PlanningProblem]:
    """The orchard and its plan with the text at the end of each of their texts."""
    planter = planter or Planter(text)
    places = {place for order in orchard().orders for place in (order.destination_id, "chi-lang")}
    own = [orchard().place(place).model_copy(update={"id": place}) for place in sorted(places)]
    graded = [batch.model_copy(update={"grade": "A"}) for batch in orchard().batches]
    asked = [order.model_copy(update={"grade": "A"}) for order in orchard().orders]
    growers = [grower.model_copy(update={"place_id": "chi-lang"}) for grower in orchard().growers]
    whole = orchard().model_copy(
        update={
            "places": tuple(own),
            "crops": (hp.crop("na-chi-lang"),),
            "batches": tuple(graded),
            "orders": tuple(asked),
            "growers": tuple(growers),
        }
    )
    problem = hp.PlanningProblem.model_validate(planter.record(whole))
    return hp.HarvestPlan.model_validate(planter.record(plan())), problem


def sheets(answer: hp.HarvestPlan, question: hp.PlanningProblem, folder: Path) -> str:
    return "".join(path.read_text(encoding="utf-8") for path in hp.write_sheets(answer, question, folder))


def english_sheets(answer: hp.HarvestPlan, question: hp.PlanningProblem, folder: Path) -> str:
    paths = hp.write_sheets(answer, question, folder, language="en")
    return "".join(path.read_text(encoding="utf-8") for path in paths)


def notebook(answer: hp.HarvestPlan, question: hp.PlanningProblem, folder: Path) -> str:
    return answer._repr_html_()


@pytest.mark.parametrize("made", [sheets, english_sheets, notebook])
def test_a_planted_script_changes_no_element(made: Callable[..., str], tmp_path: Path) -> None:
    # Where every text is long either way, the same boxes are drawn.
    hostile = Skeleton(made(*planted(SCRIPT), tmp_path / "hostile"))
    harmless = Skeleton(made(*planted(HARMLESS), tmp_path / "harmless"))
    assert hostile.elements == harmless.elements
    assert len(hostile.elements) > 10
    assert hostile.text.count(SCRIPT) >= 4
    assert "49" not in hostile.text.replace(SCRIPT, "")


def test_every_text_field_was_planted() -> None:
    planter = Planter(SCRIPT)
    planted(SCRIPT, planter)
    assert set(PLANTED) <= planter.fields


def test_no_planted_name_leaves_the_folder(tmp_path: Path) -> None:
    for number, text in enumerate(("/../../up", "\\..\\up", "\0", "C:", "." * 150, " .html/../x")):
        home = tmp_path / str(number) / "home"
        answer, question = planted(text.replace("\0", "\x01"))
        paths = hp.write_sheets(answer, question, home)
        assert [path.parent for path in paths] == [home]
        assert [path for path in (tmp_path / str(number)).rglob("*") if path.is_file()] == list(paths)
