"""Problems and plans written to disk, and plans read back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from harvest_planner.errors import Fault, ProblemFileError
from harvest_planner.formats.atomic import write_folder, write_text
from harvest_planner.formats.drafts import TABLES, parsed_json
from harvest_planner.formats.folders import FILES, crop_rows, folder_texts
from harvest_planner.formats.rows import label
from harvest_planner.formats.texts import read_text, shown
from harvest_planner.formats.versions import upgraded
from harvest_planner.schema.plan import PLAN_FORMAT, HarvestPlan
from harvest_planner.schema.problem import PROBLEM_FORMAT, PlanningProblem


def save_problem(problem: PlanningProblem, path: str | Path) -> None:
    """Write what the problem holds: a JSON document where `path` ends in .json, else a folder.

    In a folder the files of the problem that it does not need (an old lanes.csv) are removed, others are left alone.

    Raises
    ------
    OSError : it cannot be written; what was there before is then still whole.
    ValueError : a text cannot stand in a file of a folder (an empty one, or one of several with a | inside).
    """
    target = Path(path)
    if target.suffix.lower() == ".json":
        write_text(target, problem_text(problem))
        return
    texts = folder_texts(problem)
    write_folder(target, texts, stale=[name for name in FILES if name not in texts])


def problem_text(problem: PlanningProblem) -> str:
    """The problem as a JSON document, without what is at its default."""
    plain = problem.model_dump(mode="json", include={"as_of", "policy", *TABLES}, exclude_defaults=True)
    head = {"format": PROBLEM_FORMAT, "as_of": plain.pop("as_of")}
    crops = {"crops": crop_rows(problem)} if problem.crops else {}
    return json.dumps({**head, **crops, **plain}, ensure_ascii=False, indent=2) + "\n"


def save_plan(plan: HarvestPlan, path: str | Path) -> None:
    """Write the plan as a JSON document.

    Raises
    ------
    OSError : it cannot be written; an old file is then still whole.
    """
    write_text(path, plan_text(plan))


def plan_text(plan: HarvestPlan) -> str:
    """The plan as a JSON document; the same plan gives the same bytes."""
    return plan.model_dump_json(indent=2) + "\n"


def load_plan(path: str | Path) -> HarvestPlan:
    """The plan in a JSON document.

    Raises
    ------
    ProblemFileError : it is no plan, or of a newer format; carries every fault.
    """
    source = Path(path)
    text = read_text(source, source.name)
    try:
        return HarvestPlan.model_validate_json(text)
    except ValidationError:
        document = upgraded(parsed_json(text, source.name), current=PLAN_FORMAT, name=source.name)
    try:
        return HarvestPlan.model_validate(document)
    except ValidationError as error:
        raise ProblemFileError([_fault(source.name, item) for item in error.errors(include_url=False)]) from None


def _fault(name: str, item: Any) -> Fault:
    value = "" if item["type"] == "missing" else shown(item["input"])
    return Fault(name, 0, label(item["loc"]), value, item["msg"].removeprefix("Input should be "))
