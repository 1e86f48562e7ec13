"""The folder of a plan: its tables, what to tell the marketplaces, and the pick sheets."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from harvest_planner.formats.atomic import Text
from harvest_planner.formats.confirmations import confirmations_text
from harvest_planner.formats.outputs import write_plan
from harvest_planner.formats.sheets.rendering import pick_sheets
from harvest_planner.formats.sheets.writing import old_sheets
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
    home = folder / SHEETS
    made: set[str] = set()

    def extra() -> Iterator[tuple[str, Text]]:
        yield CONFIRM, confirmations_text(plan, problem, words)
        for name, pieces in pick_sheets(plan, problem, language=sheets_in):
            made.add(name)
            yield f"{SHEETS}/{name}", pieces

    stale = (f"{SHEETS}/{name}" for name in old_sheets(home, keep=made))
    paths = write_plan(plan, problem, folder, extra=extra(), stale=stale)
    tables = ", ".join(path.name for path in paths if path.parent.name != SHEETS)
    if not made:
        return words.say("command.written_without_sheets", folder=folder, tables=tables)
    return words.say("command.written", folder=folder, tables=tables, sheets=home)
