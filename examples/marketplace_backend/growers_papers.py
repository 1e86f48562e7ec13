"""One grower's sheet and calendar, with nothing of other growers."""

from __future__ import annotations

import tempfile
from pathlib import Path

import harvest_planner as hp


def sheet_of(plan: hp.HarvestPlan, problem: hp.PlanningProblem, grower_id: str, language: str) -> str:
    """The pick sheet as HTML; empty where there is nothing to pick. Raises UnknownIdError."""
    grower = problem.grower(grower_id)
    alone = problem.model_copy(update={"growers": (grower.model_copy(update={"team_id": None}),)})
    batches = {batch.id for batch in problem.batches if batch.grower_id == grower_id}
    own = plan.model_copy(
        update={
            "batches": tuple(row for row in plan.batches if row.batch_id in batches),
            "picks": tuple(row for row in plan.picks if row.batch_id in batches),
            "shipments": tuple(row for row in plan.shipments if row.batch_id in batches),
            "surplus": tuple(row for row in plan.surplus if row.batch_id in batches),
        }
    )
    with tempfile.TemporaryDirectory() as folder:
        written = hp.write_sheets(own, alone, folder, language=language)
        return written[0].read_text(encoding="utf-8") if written else ""


def calendar_of(plan: hp.HarvestPlan, problem: hp.PlanningProblem, grower_id: str, language: str) -> bytes:
    """The picking days as iCalendar. Raises UnknownIdError."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "picks.ics"
        return hp.write_calendar(plan, problem, path, grower_id=grower_id, language=language).read_bytes()
