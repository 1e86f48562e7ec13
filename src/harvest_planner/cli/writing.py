"""The folder of a plan: its tables, a pick sheet for each grower who picks, and no sheet of an older plan."""

from __future__ import annotations

from collections.abc import Container
from pathlib import Path

from harvest_planner.formats.confirmations import confirmations_text
from harvest_planner.formats.outputs import write_plan
from harvest_planner.formats.sheets import GENERATOR, pick_sheets
from harvest_planner.formats.words import Words
from harvest_planner.schema.plan import HarvestPlan
from harvest_planner.schema.problem import PlanningProblem

SHEETS = "sheets"
CONFIRM = "confirm.csv"
"""What to tell the marketplace about each order."""


def write_all(plan: HarvestPlan, problem: PlanningProblem, folder: Path, *, sheets_in: str, words: Words) -> str:
    """Write the plan and its sheets, all or nothing; the sentence that tells where.

    Raises
    ------
    ProblemFileError : the folder holds a problem.
    OSError : it cannot be written; the folder is then as it was before.
    """
    sheets = {f"{SHEETS}/{name}": html for name, html in pick_sheets(plan, problem, language=sheets_in)}
    answers = {CONFIRM: confirmations_text(plan, problem, words)}
    paths = write_plan(plan, problem, folder, extra={**answers, **sheets})
    home = folder / SHEETS
    _drop_old_sheets(home, keep={Path(name).name for name in sheets})
    tables = ", ".join(path.name for path in paths if path.parent.name != SHEETS)
    if not sheets:
        return words.say("command.written_without_sheets", folder=folder, tables=tables)
    return words.say("command.written", folder=folder, tables=tables, sheets=home)


def _drop_old_sheets(home: Path, *, keep: Container[str]) -> None:
    """A grower who no longer picks must not find last week's sheet; only files this library made are touched."""
    for path in home.glob("*.html"):
        made_here = f'content="{GENERATOR}"' in path.read_text(encoding="utf-8", errors="replace")[:1000]
        if path.name not in keep and made_here:
            path.unlink()
