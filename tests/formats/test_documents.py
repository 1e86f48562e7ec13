"""A problem that says something unusual in every table, and a computed plan, survive being saved."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest

import harvest_planner as hp
from harvest_planner.formats.documents import load_plan, plan_text, save_plan, save_problem
from harvest_planner.formats.problems import load_problem
from tests.planning import small

FORMS = ["saved", "saved.json"]
_STAGES = [
    {"id": "xanh", "age_d20": 0, "sd_d20": 1.25, "name_vi": "Xanh già", "looks_vi": 'gai "nở", vỏ\nxanh\\vàng # nhạt'},
    {"id": "chín", "age_d20": 2.5, "sd_d20": 1, "batch_sd_d20": 0.5},
]
_BASE = {"ready_at_d20": 3, "window_d20": 2, "stages": _STAGES, "reference_stage_id": "xanh"}
_CROPS: list[dict[str, Any]] = [
    {**_BASE, "id": "arrhenius", "temperature_law": {"law": "arrhenius", "ea_kj_per_mol": 61.5}, "grades": ("I", "II")},
    {
        **_BASE,
        "id": "square-root",
        "temperature_law": {"law": "square_root", "tmin_degc": -4},
        "chilling": {"kind": "dose", "below_degc": 12, "limit_degc_days": 6},
        "calibrated_degc": (10, 30),
        "drops_at_d20": 9.5,
        "sources": {"window_d20": "assumption", "a key. with = signs": 'said "so"'},
    },
    {
        **_BASE,
        "id": "rate-table",
        "temperature_law": {"law": "rate_table", "points": ((10, 0.4), (20, 1), (30, 1.9))},
        "chilling": {"kind": "time", "points": ((5, 2), (10, 8.5))},
        "safety_cap": {"limits": ((4, 96), (32, 2), (None, 1))},
        "treatment": {"name": "soaking", "name_vi": "ngâm", "duration_h": 30},
        "stops_below_degc": 8,
        "fruit_per_kg": 4,
    },
    {"id": "like-own", "like": "rate-table", "window_d20": 3},
    {"id": "like-catalogue", "like": "na-chi-lang", "name_vi": "Na dai", "drops_at_d20": None},
]


def rich() -> hp.PlanningProblem:
    """A problem that says something unusual in every table."""
    return small.problem(
        as_of=dt.datetime(2026, 8, 10, 6, 30, 15, tzinfo=dt.timezone(dt.timedelta(hours=-3, minutes=-30))),
        policy={"gap": 1e-9, "horizon_days": 7, "max_picks_per_batch": 2, "drop_firm_cost_vnd_per_kg": 123456.789},
        crops=[small.DURABLE, *_CROPS],
        places=[
            {"id": "farm", "latitude_deg": 21.6, "longitude_deg": 106.5, "name": "Xã Chi Lăng, khu “Đồng Bành”"},
            {"id": "town", "latitude_deg": -21, "longitude_deg": 105.8, "timezone": "Asia/Bangkok", "ambient_degc": -2},
        ],
        growers=[
            {"id": "g1", "name": "Bà Vi; 'Đào'", "phone": "+84 900", "rest_days": ["SU", dt.date(2026, 8, 12)]},
            {"id": "g2", "name": "=1+1", "picks_from": "04:45:30", "picks_until": "07:00", "reputation": 0.1},
        ],
        batches=[
            small.batch(certifications=["VietGAP", "GlobalG.A.P."], last_spray_on="unknown", plot='dòng 1\ndòng "2"'),
            small.batch(id="b2", grower_id="g2", last_spray_on="2026-08-01", pre_harvest_interval_days="unknown"),
            small.batch(id="b3", last_spray_on="2026-08-01", pre_harvest_interval_days=7.5, quantity_kg=0.1),
            small.batch(id="b4", crop_id="rate-table", stage_id="chín", grade="B", age_shift_d20=-0.25),
        ],
        orders=[
            small.order(ripe_within_days=(1, 4.5), may_split=True, failure_cost_vnd_per_kg=0, price_vnd_per_kg=12.345),
            small.order(id="o2", destination_id="Cà Mau", state="inquiry", deliver_from_at="2026-08-12T00:00:00Z"),
            small.order(id="o3", crop_id="arrhenius", grade="II", basket_id="giỏ của chị Hạnh", room_degc=0),
        ],
        lanes=[
            small.lane(goods=["fresh-fruit", "cooked-food"], carrier="Xe khách Hà Nội", transit_p95_h=20.25),
            small.lane(id="l2", departures="DTSTART:20260810T070000\nRRULE:FREQ=DAILY;COUNT=3", capacity_kg=0),
        ],
        embargoes=[{"carrier": "Swift", "goods": "fresh-fruit", "from_on": "2026-08-11", "until_on": "2026-08-11"}],
        commitments=[{"order_id": "o1", "batch_id": "b2", "pick_on": "2026-08-11", "kg": 1 / 3, "state": "picked"}],
    )


@pytest.mark.parametrize("form", FORMS)
def test_a_rich_problem_comes_back_the_same(tmp_path: Path, form: str) -> None:
    problem = rich()
    save_problem(problem, tmp_path / form)
    again = load_problem(tmp_path / form)
    assert again == problem
    assert again.model_dump_json() == problem.model_dump_json()


def test_documents_are_plain_readable_utf8(tmp_path: Path) -> None:
    save_problem(rich(), tmp_path / "p.json")
    text = (tmp_path / "p.json").read_bytes().decode("utf-8")
    assert "giỏ của chị Hạnh" in text
    assert text.startswith('{\n  "format": "harvest-planner/problem/1",\n  "as_of": ')
    assert text.endswith("}\n")


def test_a_computed_plan_comes_back_the_same(tmp_path: Path) -> None:
    plan = hp.plan_harvest(small.problem())
    assert plan.shipments
    save_plan(plan, tmp_path / "plan.json")
    assert load_plan(tmp_path / "plan.json") == plan
    assert plan_text(plan).startswith('{\n  "format": "harvest-planner/plan/1",\n  "status": ')


def test_a_text_that_no_cell_can_hold_goes_into_a_document(tmp_path: Path) -> None:
    problem = small.problem(batches=[small.batch(certifications=["Viet|GAP"])])
    with pytest.raises(ValueError, match=r"Batch 'b1': certifications = 'Viet\|GAP' .* save as a \.json document"):
        save_problem(problem, tmp_path / "p")
    assert not (tmp_path / "p").exists()
    save_problem(problem, tmp_path / "p.json")
    assert load_problem(tmp_path / "p.json") == problem
