"""The plain form and the arrays say the same of every parcel in every run, fruit for fruit."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

import harvest_planner as hp
from harvest_planner.simulation.airs import airs_at
from harvest_planner.simulation.chances import Chances
from harvest_planner.simulation.decisions import decisions_of
from harvest_planner.simulation.fate import fate_of
from harvest_planner.simulation.luck import Luck
from harvest_planner.simulation.plain import deliver
from harvest_planner.simulation.scene import Parcel, Scene
from harvest_planner.simulation.voyage import Voyages
from tests.planning.small import DURABLE, batch, lane, order, problem
from tests.strategies import SWING, planning_problems

TENDER = {
    **DURABLE,
    "ready_at_d20": 5.5,
    "window_d20": 2.5,
    "stages": [{"id": "only", "age_d20": 1, "sd_d20": 0.8, "batch_sd_d20": 0.4}],
    "fruit_per_kg": 3,
    "temperature_law": {"law": "rate_table", "points": [(10, 0.4), (20, 1.0), (24, 1.5), (30, 1.9)]},
}
LATE = {"transit_p50_h": 20, "transit_p95_h": 34, "transit_min_h": 12}
PLACES = [
    {"id": "farm", "latitude_deg": 21.6, "longitude_deg": 106.5, "ambient_degc": 27},
    {"id": "hub", "latitude_deg": 21.3, "longitude_deg": 106.1, "ambient_degc": 25},
    {"id": "town", "latitude_deg": 21.0, "longitude_deg": 105.8, "ambient_degc": 23},
]


def over_the_hub(
    *,
    first: Any = (),
    second: Any = (),
    crop: Any = (),
    hub: Any = (),
    observed_on: str = "2026-08-10",
    **wish: Any,
) -> hp.PlanningProblem:
    """A parcel over a hub where it may miss its connection, varied by one thing at a time."""
    return problem(
        crops=[{**TENDER, **dict(crop)}],
        places=[PLACES[0], {**PLACES[1], **dict(hub)}, PLACES[2]],
        policy={"gap": 0, "horizon_days": 4, "min_good_share": 0.05, "max_safety_risk": 1},
        batches=[batch(observed_on=observed_on)],
        orders=[order(ripe_within_days=(0, 3), failure_cost_vnd_per_kg=0, **wish)],
        lanes=[
            lane(id="to-hub", destination_id="hub", **{**LATE, **dict(first)}),
            lane(id="on", origin_id="hub", cutoff_h=1, **{**LATE, **dict(second)}),
        ],
    )


TRIPS = {"transit_samples_h": (13, 15, 15, 15, 19, 22, 33), "transit_p50_h": None, "transit_p95_h": None}
CASES = {
    "missed connections": over_the_hub(),
    "as trips took": over_the_hub(first=TRIPS, second=TRIPS),
    "departures that rest": over_the_hub(second={"rests_on": ["2026-08-12"]}),
    "older by the warmth of the tree": over_the_hub(
        crop={"on_tree_by": "temperature", "on_tree_d20_per_day": 0.4}, observed_on="2026-08-08"
    ),
    "half on schedule": over_the_hub(second={"on_schedule_share": 0.6}),
    "a third on schedule": over_the_hub(first={"on_schedule_share": 0.3}),
    "uncertain on board": over_the_hub(first={"temperature_sd_degc": 3, "temperature_degc": 20}),
    "uncertain ambient on board": over_the_hub(second={"temperature_sd_degc": 2}),
    "foam box": over_the_hub(first={"packaging": "foam-box"}, second={"packaging": "crate"}),
    "ice that melts": over_the_hub(first={"packaging": "foam-box-ice"}, second={"packaging": "foam-box-ice"}),
    "unpacked at the hub": over_the_hub(first={"packaging": "foam-box"}),
    "hours of the hub": over_the_hub(hub={"hour_offsets_degc": SWING}),
    "hours of the hub in a carton": over_the_hub(hub={"hour_offsets_degc": SWING}, first={"packaging": "carton"}),
    "early parcels": over_the_hub(deliver_from_at="2026-08-13T00:00:00+07:00"),
    "early parcels in a box": over_the_hub(
        deliver_from_at="2026-08-13T00:00:00+07:00", second={"packaging": "foam-box", "temperature_sd_degc": 2}
    ),
    "chilling": over_the_hub(
        first={"temperature_degc": 12}, crop={"chilling": {"kind": "dose", "below_degc": 20, "limit_degc_days": 8}}
    ),
    "safety in a box": over_the_hub(
        first={"packaging": "carton"}, crop={"safety_cap": {"limits": [(26, 90), (None, 50)]}}
    ),
    "clock that stops": over_the_hub(
        first={"temperature_degc": 11, "packaging": "carton"}, crop={"stops_below_degc": 13}
    ),
    "no spread of fruit": over_the_hub(
        crop={"window_d20": 5, "stages": [{"id": "only", "age_d20": 1, "sd_d20": 0, "batch_sd_d20": 0}]}
    ),
    "spread of the batch alone": over_the_hub(
        crop={"stages": [{"id": "only", "age_d20": 1, "sd_d20": 0.7, "batch_sd_d20": 0.7}]}
    ),
}  # fmt: skip


def parcels(question: hp.PlanningProblem, world: hp.World) -> tuple[Scene, list[Parcel]]:
    """What the plan sends, as it stands at its departure in a world."""
    scene = Scene(question, world)
    return scene, [scene.parcel(sent) for sent in decisions_of(hp.plan_harvest(question)).sent]


def assert_same(question: hp.PlanningProblem, *, runs: int, world: hp.World | None = None) -> int:
    """Both forms agree on every parcel of the problem's plan; how many there were."""
    scene, found = parcels(question, world or hp.World())
    chances = Chances(Luck(3, runs), shared_delays=scene.world.shared_delays)
    voyages = Voyages(scene, chances)
    for parcel in found:
        arrived = voyages.arrived(parcel)
        fate = fate_of(parcel, arrived, chances, scene.problem.policy)
        fruit = parcel.buyer.wish.fruit
        for run in range(runs):
            one = deliver(parcel, scene, chances, run)
            assert arrived.arrive_h[run] == pytest.approx(one.arrive_h, abs=1e-9)
            assert arrived.age_d20[run] == pytest.approx(one.age_d20, abs=2e-4)
            for doses, dose in ((arrived.chill, one.chill), (arrived.safety, one.safety)):
                assert doses is None or doses[run] == pytest.approx(dose, abs=2e-3)
            assert [round(fruit * share[run], 9) for share in (fate.under, fate.good, fate.over)] == [
                one.under,
                one.good,
                one.over,
            ]
            assert (fate.late[run], fate.harmed[run], fate.content[run]) == (one.late, one.harmed, one.content)
    return len(found)


@pytest.mark.parametrize("name", list(CASES))
def test_both_forms_agree_run_by_run(name: str) -> None:
    assert assert_same(CASES[name], runs=60) == 1


def test_both_forms_agree_over_the_end_of_a_month() -> None:
    """The hub is a province of the catalogue's climate, reached in the night from August to September."""
    question = problem(
        as_of="2026-08-29T00:00:00+07:00",
        policy={"gap": 0, "horizon_days": 2},
        batches=[batch(observed_on="2026-08-29")],
        orders=[order(deliver_until_at="2026-09-07T00:00:00+07:00")],
        lanes=[
            lane(id="to-hub", destination_id="ha-noi", transit_p50_h=50, transit_p95_h=70, temperature_degc=20),
            lane(id="on", origin_id="ha-noi", **LATE),
        ],
    )
    scene, (parcel,) = parcels(question, hp.World())
    arrived = airs_at(scene, "ha-noi", parcel.sent.departs_h + np.array([20.0, 80.0]))
    assert len(set(arrived.degc)) == 2
    assert arrived.among is not None
    assert arrived.among.tolist() == [0, 1]
    assert assert_same(question, runs=200) == 1


@pytest.mark.parametrize(
    "world",
    [hp.World(shared_delays=True), hp.World(warmer_degc=3, batch_shift_d20=0.6)],
    ids=["shared delays", "warmer and older"],
)
@pytest.mark.parametrize("name", ["half on schedule", "hours of the hub in a carton"])
def test_both_forms_agree_in_other_worlds(name: str, world: hp.World) -> None:
    assert assert_same(CASES[name], runs=60, world=world) == 1


@settings(max_examples=60)
@given(question=planning_problems())
def test_both_forms_agree_on_any_problem(question: hp.PlanningProblem) -> None:
    assert_same(question, runs=5)
