"""Without numpy and highspy everything but `plan_harvest` works, and that names the remedy."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import harvest_planner as hp

SCRIPT = Path(__file__).resolve().parent / "core_only" / "check_core.py"
PROBLEM = {
    "as_of": "2026-08-10T18:00+07:00",
    "growers": [{"id": "g1"}],
    "batches": [
        {
            "id": "b1",
            "grower_id": "g1",
            "crop_id": "na-chi-lang",
            "place_id": "chi-lang",
            "quantity_kg": 60,
            "stage_id": "S2",
            "observed_on": "2026-08-10",
        }
    ],
    "orders": [
        {
            "id": "o1",
            "crop_id": "na-chi-lang",
            "quantity_kg": 20,
            "destination_id": "ha-noi",
            "deliver_until_at": "2026-08-16T18:00+07:00",
            "price_vnd_per_kg": 65000,
        }
    ],
    "lanes": [
        {
            "id": "evening-lorry",
            "origin_id": "chi-lang",
            "destination_id": "ha-noi",
            "departures": "FREQ=DAILY;BYHOUR=15;BYMINUTE=0;BYSECOND=0",
            "transit_p50_h": 20,
            "transit_p95_h": 36,
            "cost_vnd_per_kg": 4000,
        }
    ],
}
BLOCKED = """
import runpy, sys

class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {blocked!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Blocker())
sys.argv = {argv!r}
runpy.run_path(sys.argv[0], run_name="__main__")
"""
ABSENT = {"numpy", "highspy", "pandas", "typer", "rich", "jinja2", "matplotlib", "openpyxl", "icalendar", "scipy"}


def test_the_core_works_with_its_four_packages(tmp_path: Path) -> None:
    problem = hp.PlanningProblem.model_validate(PROBLEM)
    plan = hp.plan_harvest(problem)
    assert [shipment.order_id for shipment in plan.shipments] == ["o1"]
    hp.save_problem(problem, tmp_path / "problem.json")
    hp.save_plan(plan, tmp_path / "plan.json")
    argv = [str(SCRIPT), str(tmp_path / "problem.json"), str(tmp_path / "plan.json")]
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", BLOCKED.format(blocked=ABSENT, argv=argv)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "plan_harvest names the remedy: " in done.stdout
