"""The files of a plan: one row for each record, readable, harmless in a spreadsheet, all written or none."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

import harvest_planner as hp
from harvest_planner.formats.outputs import write_plan
from tests.formats.files import edited, folder
from tests.formats.plans import PLAN

NAMES = ["plan.json", "batches.csv", "picks.csv", "shipments.csv", "refusals.csv", "surplus.csv"]


@pytest.fixture
def problem(tmp_path: Path) -> hp.PlanningProblem:
    named = edited("growers.csv", "Nông Văn Thành", "=cmd|calc")
    return hp.load_problem(folder(tmp_path / "problem", **{"growers.csv": named}))


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle, strict=True))


def test_all_files_are_written_and_named(tmp_path: Path, problem: hp.PlanningProblem) -> None:
    home = tmp_path / "new" / "plan"
    assert write_plan(PLAN, problem, home) == tuple(home / name for name in NAMES)
    assert sorted(path.name for path in home.iterdir()) == sorted(NAMES)
    assert hp.load_plan(home / "plan.json") == PLAN


def test_the_batches(tmp_path: Path, problem: hp.PlanningProblem) -> None:
    write_plan(PLAN, problem, tmp_path / "plan")
    first, second = rows(tmp_path / "plan" / "batches.csv")
    assert first == {
        "batch_id": "b1",
        "grower_id": "g1",
        "days": "2026-08-11 45 kg -> ca-mau | 2026-08-13 30.5 kg -> ha-noi, Cà Mau | 2026-08-14 5 kg",
        "latest_pick_on": "2026-08-15",
        "left_kg": "10",
        "lost_on": "2026-08-16",
        "advice_code": "pick",
    }
    assert (second["days"], second["latest_pick_on"], second["advice_code"]) == ("", "", "hold")


def test_the_picks_name_the_grower_and_the_place(tmp_path: Path, problem: hp.PlanningProblem) -> None:
    write_plan(PLAN, problem, tmp_path / "plan")
    (pick,) = rows(tmp_path / "plan" / "picks.csv")
    assert pick["order_ids"] == "o1|o2"
    assert pick["from_at"] == "2026-08-11T05:00:00+07:00"
    assert (pick["kg"], pick["surplus_kg"], pick["age_at_pick_d20"]) == ("45", "5", "-1.5")
    assert (pick["grower_name"], pick["place_id"]) == ("'=cmd|calc", "chi-lang")


def test_the_shipments_name_destination_and_lanes(tmp_path: Path, problem: hp.PlanningProblem) -> None:
    write_plan(PLAN, problem, tmp_path / "plan")
    (shipment,) = rows(tmp_path / "plan" / "shipments.csv")
    assert {*hp.Shipment.model_fields, "destination_id", "lanes", "departs_at"} - {"legs"} == {*shipment}
    assert (shipment["lanes"], shipment["departs_at"]) == ("l1 > l2", "2026-08-11T15:00:00+07:00")
    assert (shipment["destination_id"], shipment["eat_until_on"]) == ("ha-noi", "2026-08-15")
    assert (shipment["good_share"], shipment["value_vnd"]) == ("0.86", "-1234.5")


def test_the_refusals_cannot_run_in_a_spreadsheet(tmp_path: Path, problem: hp.PlanningProblem) -> None:
    write_plan(PLAN, problem, tmp_path / "plan")
    (refusal,) = rows(tmp_path / "plan" / "refusals.csv")
    assert refusal == {
        "order_id": "o2",
        "kg": "5",
        "code": "no_fruit|outbid",
        "message": '\'=HYPERLINK("http://x"), said no one|others pay more',
        "would_work_if": "deliver_until_at = 2026-08-16T18:00+07:00|may_split = true|price_vnd_per_kg = 90000",
    }


def test_the_surplus(tmp_path: Path, problem: hp.PlanningProblem) -> None:
    write_plan(PLAN, problem, tmp_path / "plan")
    (row,) = rows(tmp_path / "plan" / "surplus.csv")
    assert row == {"batch_id": "b1", "grower_id": "g1", "pick_on": "2026-08-11", "kg": "5",
                   "price_vnd_per_kg": "12000", "value_vnd": "60000"}  # fmt: skip


def test_the_same_plan_gives_the_same_bytes(tmp_path: Path, problem: hp.PlanningProblem) -> None:
    one, two = (write_plan(PLAN, problem, tmp_path / name) for name in ("one", "two"))
    assert [path.read_bytes() for path in one] == [path.read_bytes() for path in two]


def test_a_problem_is_not_overwritten_by_its_plan(tmp_path: Path, problem: hp.PlanningProblem) -> None:
    before = (tmp_path / "problem" / "batches.csv").read_bytes()
    with pytest.raises(hp.ProblemFileError, match="a folder of its own for the plan"):
        write_plan(PLAN, problem, tmp_path / "problem")
    assert (tmp_path / "problem" / "batches.csv").read_bytes() == before
    assert not (tmp_path / "problem" / "plan.json").exists()


def test_a_plan_of_another_problem_writes_nothing(tmp_path: Path) -> None:
    other = hp.PlanningProblem.model_validate({"as_of": "2026-08-10T18:00+07:00"})
    with pytest.raises(hp.UnknownIdError):
        write_plan(PLAN, other, tmp_path / "plan")
    assert not (tmp_path / "plan").exists()


def test_further_files_are_written_with_the_plan(tmp_path: Path, problem: hp.PlanningProblem) -> None:
    paths = write_plan(PLAN, problem, tmp_path / "plan", extra={"sheets/g1.html": "<p>"})
    assert paths[-1] == tmp_path / "plan" / "sheets" / "g1.html"
    assert paths[-1].read_text() == "<p>"


@pytest.mark.parametrize("name", ["plan.json", "Batches.csv", "../x", "a/../../x", "/x", "C:\\x", "a//b", ".writing-x"])
def test_a_further_file_may_neither_hide_nor_leave(tmp_path: Path, problem: hp.PlanningProblem, name: str) -> None:
    with pytest.raises(ValueError, match="file"):
        write_plan(PLAN, problem, tmp_path / "plan", extra={name: ""})
    assert sorted(path.name for path in tmp_path.iterdir()) == ["problem"]
