"""The words of reports: plots, stages, units and days, as one problem and the file of words know them."""

from __future__ import annotations

import re
import tomllib
from collections import defaultdict
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Any

from harvest_planner.catalogue import fold
from harvest_planner.formats.orders_in.contacts import phone_number
from harvest_planner.formats.orders_in.header import Headings
from harvest_planner.schema.goods import Batch
from harvest_planner.schema.problem import PlanningProblem

FIELDS = ("message", "plot", "stage", "kg", "seen_on", "phone", "grower")
_LEADING_ZEROS = re.compile(r"(?<![0-9])0+(?=[0-9])")


@lru_cache(maxsize=1)
def report_words() -> Mapping[str, Any]:
    """The file of words."""
    text = files("harvest_planner.formats.reports_in").joinpath("report_words.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def headings(*needed: str) -> Headings:
    """The headings of a team's table."""
    fields: dict[str, tuple[str, ...]] = {name: tuple(words) for name, words in report_words()["fields"].items()}
    known: dict[str, tuple[str, int]] = {}
    for name, spelled in fields.items():
        for rank, heading in enumerate(spelled):
            known.setdefault(fold(heading), (name, rank))
    return Headings(fields, known, needed)


def plot_key(text: str) -> str:
    """A plot's name without case, accents, blanks and leading zeros: "P 07" and "p7" are one plot.

    Examples
    --------
    >>> plot_key("P 07"), plot_key("Đồi sau 2")
    ('p7', 'doisau2')
    """
    return _LEADING_ZEROS.sub("", fold(text)).replace(" ", "")


class Vocabulary:
    """What the words of a report may mean in one problem."""

    def __init__(self, problem: PlanningProblem) -> None:
        self.plots: dict[str, list[Batch]] = defaultdict(list)
        """Key of a plot (or of a batch's id) → the batches there."""
        for batch in problem.batches:
            for key in dict.fromkeys(plot_key(name) for name in (batch.plot or "", batch.id)):
                if key:
                    self.plots[key].append(batch)
        self.growers = {phone_number(grower.phone): grower.id for grower in problem.growers if grower.phone}
        self.grower_ids = {fold(grower.id): grower.id for grower in problem.growers}
        words = report_words()
        self.units: dict[str, float] = {fold(name): float(kg) for name, kg in words["units"].items()}
        self.days: dict[str, int] = {fold(name): int(days) for name, days in words["days"].items()}
        self.fillers = sorted((fold(word) for word in words["fillers"]["words"]), key=len, reverse=True)
        self._problem = problem
        self.stages_of = lru_cache(maxsize=256)(self._stages_of)

    def _stages_of(self, crop_id: str) -> Mapping[str, str]:
        """Folded words → id of the stage, the longest words first."""
        crop = self._problem.crop(crop_id)
        found: dict[str, str] = {}
        own = report_words()["stages"].get(crop_id, {})
        for stage in crop.stages:
            for word in (stage.id, stage.name_vi, stage.name, *own.get(stage.id, ())):
                if word and fold(word):
                    found.setdefault(fold(word), stage.id)
        return dict(sorted(found.items(), key=lambda item: -len(item[0])))
