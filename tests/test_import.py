"""Importing the library prints nothing, touches no file and loads nothing heavy; its public names are all there."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import harvest_planner as hp

ROOT = Path(__file__).resolve().parents[1]
HEAVY = {"numpy", "highspy", "networkx", "geopy", "pandas", "matplotlib", "scipy", "typer", "rich", "jinja2"}

# Section 6 of the design: what users' code calls by name.
CONTRACT = {
    "crops",
    "crop",
    "days_to_ripe",
    "good_share",
    "load_problem",
    "save_problem",
    "plan_harvest",
    "when_to_pick",
    "check_plan",
    "fit_ripening",
    "fit_transit",
    "save_plan",
    "load_plan",
    "PlanningProblem",
    "Policy",
    "Place",
    "Grower",
    "Batch",
    "Order",
    "Lane",
    "Embargo",
    "Commitment",
    "Crop",
    "Stage",
    "Arrhenius",
    "SquareRoot",
    "RateTable",
    "HarvestPlan",
    "Pick",
    "Shipment",
    "PickAdvice",
    "Refusal",
    "HarvestPlannerError",
    "VietnamGazetteer",
    "AmbiguousPlaceError",
    "UnknownIdError",
    "ProblemFileError",
    "MissingExtraError",
}

REPORT = """
import json, logging, os, sys
opened = []
sys.addaudithook(
    lambda event, args: opened.append([str(args[0]), str(args[1])])
    if event in ("open", "os.mkdir", "os.rename", "os.remove", "socket.connect") and len(args) > 1 else None
)
before = set(sys.modules)
import harvest_planner
names = dir(harvest_planner)
handlers = [str(handler) for handler in logging.getLogger().handlers]
handlers += [str(handler) for name in logging.root.manager.loggerDict for handler in logging.getLogger(name).handlers]
json.dump(
    {"modules": sorted(set(sys.modules) - before), "opened": opened, "handlers": handlers, "names": names}, sys.stderr
)
"""


def fresh(program: str) -> subprocess.CompletedProcess[str]:
    """The program in an interpreter of its own, without its cache of compiled files."""
    return subprocess.run([sys.executable, "-B", "-c", program], capture_output=True, text=True, check=True)


@pytest.fixture(scope="module")
def imported() -> dict[str, Any]:
    done = fresh(REPORT)
    assert done.stdout == ""
    report: dict[str, Any] = json.loads(done.stderr)
    return report


def test_import_loads_nothing_heavy(imported: dict[str, Any]) -> None:
    loaded = {name.partition(".")[0] for name in imported["modules"]}
    assert "harvest_planner" in loaded
    assert loaded & HEAVY == set()


def test_import_touches_no_file_but_modules(imported: dict[str, Any]) -> None:
    written = [path for path, mode in imported["opened"] if set(mode) & set("wax+")]
    data = [path for path, _ in imported["opened"] if not path.endswith((".py", ".pyc", ".so", ".pyd"))]
    assert written == []
    assert data == []


def test_import_attaches_no_log_handler(imported: dict[str, Any]) -> None:
    assert imported["handlers"] == []


def test_records_load_without_the_solver_or_arrays() -> None:
    done = fresh(
        "import sys, harvest_planner as hp\n"
        "hp.PlanningProblem, hp.HarvestPlan, hp.Policy(), hp.load_problem, hp.save_plan, hp.days_to_ripe\n"
        "print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    )
    assert "pydantic" in done.stdout.split()
    assert set(done.stdout.split()) & HEAVY == set()


def test_the_contract_is_public() -> None:
    assert set(dir(hp)) >= CONTRACT
    assert set(dir(hp)) == set(hp.__all__)


@pytest.mark.parametrize("name", sorted(hp.__all__))
def test_every_public_name_can_be_had(name: str) -> None:
    value = getattr(hp, name)
    assert getattr(value, "__name__", "__version__").rpartition("harvest_planner.")[2] == name


def test_names_for_checkers_are_the_names_at_run_time() -> None:
    tree = ast.parse((ROOT / "src" / "harvest_planner" / "__init__.pyi").read_text(encoding="utf-8"))
    stated = {
        (alias.name, node.module)
        for node in tree.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
        if alias.asname == alias.name and alias.name not in vars(hp)["_MODULES"]
    }
    loaded = {(name, f"harvest_planner.{home}") for name, home in vars(hp)["_HOME_OF"].items()}
    assert stated == loaded


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="'harvest_planner' has no attribute 'plan_harvets'"):
        hp.plan_harvets  # type: ignore[attr-defined]  # noqa: B018
