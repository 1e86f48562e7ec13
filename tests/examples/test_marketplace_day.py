"""The example of a marketplace's day: one command turns four messy exports into all that comes of a plan."""

from __future__ import annotations

import csv
import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import harvest_planner as hp
from examples.make_marketplace_day import FOLDER, NOBODY

# By its path: a module and a folder of one name are not told apart by all.
PROGRAM = FOLDER.parent / "marketplace_day.py"
EXPORTS = ("voso", "postmart", "spx", "shopee")
PAGE = (FOLDER / "README.md").read_text(encoding="utf-8")
PLANS = ("plan.json", "batches.csv", "picks.csv", "shipments.csv", "refusals.csv", "surplus.csv", "confirm.csv")


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The folder that the one command fills, and what it prints."""
    out = tmp_path_factory.mktemp("day") / "out"
    words = [sys.executable, str(PROGRAM), str(out)]
    paths = os.pathsep.join(filter(None, (str(Path(hp.__file__).parents[1]), os.environ.get("PYTHONPATH"))))
    environment = {**os.environ, "PYTHONPATH": paths, "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(words, capture_output=True, encoding="utf-8", check=False, timeout=300, env=environment)
    assert done.returncode == 0, done.stderr
    return out, done.stdout


@pytest.fixture(scope="module")
def out(run: tuple[Path, str]) -> Path:
    return run[0]


@pytest.fixture(scope="module")
def plan(out: Path) -> hp.HarvestPlan:
    return hp.load_plan(out / "plan" / "plan.json")


@pytest.fixture(scope="module")
def problem(out: Path) -> hp.PlanningProblem:
    return hp.load_problem(out / "problem")


def test_everything_is_there_and_nothing_is_empty(out: Path, plan: hp.HarvestPlan, problem: hp.PlanningProblem) -> None:
    files = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}
    teams = {problem.grower(pick.grower_id).team_id for pick in plan.picks}
    expected = {f"plan/{name}" for name in PLANS}
    expected |= {f"{home}/{team}.html" for home in ("plan/sheets", "sheets_in_english") for team in teams}
    expected |= {"plan.txt", "check.txt", "plan.xlsx", "sms.txt", "zalo.txt", "picking_days.ics", "team-1.ics"}
    expected |= {"contacts.csv", "log.csv", "trace.txt", "events.jsonld"}
    expected |= {f"imports/{name}/contacts.csv" for name in EXPORTS}
    assert expected <= files
    assert all((out / name).stat().st_size > 0 for name in files)
    assert len(teams) > 1


def test_the_page_names_what_is_written(out: Path) -> None:
    named = set(re.findall(r"`([\w.-]+)/?`", PAGE))
    written = {path.name for path in out.iterdir()}
    assert written <= named


def test_every_sound_order_is_planned_or_refused(plan: hp.HarvestPlan, problem: hp.PlanningProblem) -> None:
    answered = {one.order_id for one in plan.shipments} | {one.order_id for one in plan.refusals}
    assert answered == {order.id for order in problem.orders}
    assert len(problem.orders) == 15
    assert hp.check_plan(plan, problem) == ()


def test_what_is_left_out_is_said(run: tuple[Path, str]) -> None:
    told = [line for line in run[1].splitlines() if line.startswith("left out: ")]
    assert [line.split(":")[1].strip().split("[")[0] for line in told] == [
        "voso.csv",
        "voso.csv",
        "postmart.csv",
        "spx.xlsx",
    ]


def test_every_command_is_shown(run: tuple[Path, str]) -> None:
    shown = re.findall(r"^harvest-planner (\w+)", run[1], re.MULTILINE)
    planned = ["plan", "check", "sheets", "messages", "messages", "calendar", "calendar"]
    assert shown == [*planned, "labels", "log", "log", "log", "epcis"]


def unzipped(path: Path) -> str:
    with zipfile.ZipFile(path) as archive:
        return "".join(archive.read(name).decode("utf-8") for name in archive.namelist())


def test_who_the_buyers_are_stays_in_the_contacts_and_the_log(out: Path) -> None:
    contacts = list(out.rglob("contacts.csv"))
    assert any("0900000" in path.read_text(encoding="utf-8-sig") for path in contacts)
    for path in out.rglob("*"):
        if path.is_file() and path not in contacts:
            text = unzipped(path) if path.suffix == ".xlsx" else path.read_text(encoding="utf-8-sig")
            # The log must tell to whom a lot went; a phone number it never holds.
            names = () if path.name == "log.csv" else NOBODY
            assert not [name for name in (*names, "0900000", "900 000") if name in text], path


def test_each_shipment_has_its_box_on_a_sheet(out: Path, plan: hp.HarvestPlan) -> None:
    sheets = "".join(path.read_text(encoding="utf-8") for path in (out / "plan" / "sheets").iterdir())
    for shipment in plan.shipments:
        assert f"{hp.lot_code(shipment.batch_id, shipment.pick_on)} · {shipment.order_id}" in sheets
    assert sheets.count('<section class="day">') == len({(pick.grower_id, pick.pick_on) for pick in plan.picks})


def test_the_marketplaces_are_told_of_each_order(out: Path, problem: hp.PlanningProblem) -> None:
    with (out / "plan" / "confirm.csv").open(encoding="utf-8-sig", newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert {row["order_id"] for row in rows} == {order.id for order in problem.orders}


@pytest.mark.skipif(os.name == "nt", reason="needs sh; the same in Python is run above")
def test_the_script_runs_the_same() -> None:
    script = FOLDER / "run"
    assert os.access(script, os.X_OK)
    done = subprocess.run(
        [script, "--where"], env={**os.environ, "PYTHON": "echo"}, capture_output=True, text=True, check=True
    )
    path, word = done.stdout.split()
    assert Path(path).resolve() == PROGRAM.resolve()
    assert word == "--where"


def test_the_log_holds_every_parcel_and_what_was_done_at_the_first_pick(out: Path, plan: hp.HarvestPlan) -> None:
    log = hp.load_log(out / "log.csv")
    parcels = sorted((row.order_id, row.batch_id, row.pick_on) for row in log.rows if row.order_id)
    assert parcels == sorted((row.order_id, row.batch_id, row.pick_on) for row in plan.shipments)
    done = {row.lot_code for row in log.rows if row.picked_from_at is not None}
    (lot,) = done
    assert lot in (out / "trace.txt").read_text(encoding="utf-8")
    events = json.loads((out / "events.jsonld").read_text(encoding="utf-8"))["epcisBody"]["eventList"]
    assert {event["bizStep"] for event in events} >= {"commissioning", "packing", "shipping"}
    assert any((out / "labels").glob("*.html"))
