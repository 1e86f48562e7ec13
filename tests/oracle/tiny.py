"""Problems small enough to try every plan: tight in hands, lanes and fruit, so that most have something to decide."""

from __future__ import annotations

import datetime as dt
from typing import Any

from hypothesis import strategies as st

from harvest_planner.schema.problem import PlanningProblem
from tests.strategies import planning_problems

Rows = dict[str, Any]
HANOI = dt.timezone(dt.timedelta(hours=7))
MONDAY = dt.date(2026, 8, 10)
NA, OWN = "na-chi-lang", "own"
DAILY, TWICE = "FREQ=DAILY;BYHOUR=13;BYMINUTE=0;BYSECOND=0", "FREQ=DAILY;BYHOUR=11,21;BYMINUTE=30;BYSECOND=0"
SOME_DAYS = "FREQ=WEEKLY;BYDAY=MO,TU,TH,FR;BYHOUR=15;BYMINUTE=0;BYSECOND=0"
DURATIONS: tuple[Rows, ...] = (
    {"transit_p50_h": 10.0, "transit_p95_h": 10.0},
    {"transit_p50_h": 20.0, "transit_p95_h": 20.0},
    {"transit_p50_h": 12.0, "transit_p95_h": 18.0, "transit_min_h": 6.0},
    {"transit_p50_h": 20.0, "transit_p95_h": 36.0},
    {"transit_p50_h": 16.0, "transit_p95_h": 26.0, "on_schedule_share": 0.7},
    {"transit_p50_h": 18.0, "transit_p95_h": 30.0, "on_schedule_share": 0.3, "transit_min_h": 14.0},
    {"transit_samples_h": (11.0, 12.0, 12.0, 15.5, 19.0, 33.0)},
)


def _at(day: int, hour: int) -> dt.datetime:
    return dt.datetime.combine(MONDAY + dt.timedelta(days=day), dt.time(hour), tzinfo=HANOI)


@st.composite
def _own_crop(draw: st.DrawFn) -> Rows:
    sd = draw(st.sampled_from((0.5, 1.0)))
    spread = {"sd_d20": sd, "batch_sd_d20": draw(st.sampled_from((0.0, 0.5, 1.0))) * sd}
    return {
        "id": OWN,
        "ready_at_d20": draw(st.sampled_from((0.0, 4.0))),
        "window_d20": draw(st.sampled_from((4.0, 8.0))),
        "stages": [{"id": "S2", "age_d20": 0.5, **spread}, {"id": "S3", "age_d20": 2.0, **spread}],
        "reference_stage_id": "S2",
        "goods": "fresh-fruit",
        "temperature_law": draw(
            st.sampled_from(({"law": "arrhenius", "ea_kj_per_mol": 60.0}, {"law": "square_root", "tmin_degc": -5.0}))
        ),
        "on_tree_d20_per_day": draw(st.sampled_from((0.0, 0.5))),
        "drops_at_d20": draw(st.sampled_from((None, None, 3.5))),
        "fruit_per_kg": draw(st.sampled_from((None, 4.0))),
        "chilling": draw(
            st.sampled_from((
                None,
                None,
                {"kind": "dose", "below_degc": 20.0, "limit_degc_days": 2.5},
                {"kind": "time", "points": [[12.0, 0.5], [19.0, 1.5]]},
            ))
        ),
        "safety_cap": draw(st.sampled_from((None, None, None, {"limits": [[20.0, 200.0], [None, 40.0]]}))),
        "treatment": draw(st.sampled_from((None, None, {"name": "soaking", "duration_h": 3.0}))),
    }  # fmt: skip


@st.composite
def _lane(draw: st.DrawFn, name: str, origin: str, destination: str) -> Rows:
    return {
        "id": name,
        "origin_id": origin,
        "destination_id": destination,
        "departures": draw(st.sampled_from((DAILY, TWICE, SOME_DAYS))),
        **draw(st.sampled_from(DURATIONS)),
        "cutoff_h": draw(st.sampled_from((0.0, 1.5))),
        "temperature_degc": draw(st.sampled_from((None, 18.0, 25.0))),
        "temperature_sd_degc": draw(st.sampled_from((0.0, 0.0, 0.0, 2.0))),
        "cost_vnd_per_kg": draw(st.sampled_from((1000.0, 6000.0))),
        "capacity_kg": draw(st.sampled_from((None, None, 9.0, 16.0))),
    }


WAYS = (
    (("farm", "town"),),
    (("farm", "town"), ("farm", "town")),
    (("farm", "port"), ("port", "town")),
    (("farm", "town"), ("farm", "port"), ("port", "town")),
    (("farm", "town"), ("farm", "farm")),
)


@st.composite
def _batch(draw: st.DrawFn, number: int, growers: int) -> Rows:
    return {
        "id": f"b{number}",
        "grower_id": f"g{draw(st.integers(0, growers - 1))}",
        "crop_id": draw(st.sampled_from((OWN, OWN, NA))),
        "place_id": "farm",
        "quantity_kg": draw(st.sampled_from((8.0, 15.0, 30.0))),
        "stage_id": draw(st.sampled_from(("S2", "S3"))),
        "observed_on": MONDAY,
        "grade": draw(st.sampled_from(("A", "A", "B"))),
        "trip_cost_vnd": draw(st.sampled_from((0.0, 20_000.0, 90_000.0))),
        "min_trip_kg": draw(st.sampled_from((0.0, 0.0, 6.0, 11.0))),
        "days_between_picks": draw(st.sampled_from((1, 1, 2))),
        "surplus_price_vnd_per_kg": draw(st.sampled_from((0.0, 5000.0, 15_000.0))),
    }


@st.composite
def _order(draw: st.DrawFn, number: int, crops: list[str], destinations: list[str], *, splits: bool) -> Rows:
    until = _at(draw(st.integers(2, 5)), draw(st.sampled_from((9, 20))))
    early_h = draw(st.sampled_from((None, None, 18)))
    due_h = draw(st.sampled_from((None, None, 0, 7, 17)))
    return {
        "id": f"o{number}",
        "crop_id": draw(st.sampled_from(crops)),
        "quantity_kg": draw(st.sampled_from((3.0, 5.0, 7.0, 11.0))),
        "destination_id": draw(st.sampled_from(destinations)),
        "deliver_until_at": until,
        "deliver_from_at": None if early_h is None else until - dt.timedelta(hours=early_h),
        "due_at": None if due_h is None else until - dt.timedelta(hours=due_h),
        "price_vnd_per_kg": draw(st.sampled_from((40_000.0, 60_000.0, 90_000.0))),
        "ripe_within_days": draw(st.sampled_from(((0.0, 3.0), (0.0, 5.0), (1.0, 6.0)))),
        "keeps_days": draw(st.sampled_from((0.0, 1.0))),
        "accepts_share": draw(st.sampled_from((0.6, 0.8))),
        "grade": draw(st.sampled_from((None, None, "A", "B"))),
        "failure_cost_vnd_per_kg": draw(st.sampled_from((None, 0.0, 30_000.0))),
        "may_split": splits and draw(st.booleans()),
    }


@st.composite
def tight_problems(draw: st.DrawFn, *, splits: bool = False) -> PlanningProblem:
    """Up to 4 orders, 3 batches, 4 days and 3 lanes that compete for fruit, hands, packing and departures."""
    ways = draw(st.sampled_from(WAYS))
    growers = draw(st.integers(1, 2))
    batches = [draw(_batch(number, growers)) for number in range(draw(st.integers(1, 3)))]
    crops = sorted({batch["crop_id"] for batch in batches})
    destinations = sorted({destination for _, destination in ways})
    ambient = st.sampled_from((None, 20.0, 24.0))
    return PlanningProblem.model_validate({
        "as_of": _at(0, draw(st.sampled_from((4, 6)))),
        "policy": {
            "gap": 0.0,
            "horizon_days": draw(st.integers(2, 4)),
            "min_good_share": draw(st.sampled_from((0.2, 0.5))),
            "min_parcel_good_share": draw(st.sampled_from((0.0, 0.0, 0.2))),
            "review_cost_vnd": draw(st.sampled_from((0.0, 25_000.0))),
            "max_picks_per_batch": draw(st.sampled_from((None, None, 1, 2))),
            "terminal_share": draw(st.sampled_from((0.0, 0.5, 1.0))),
            "earliness_cost_vnd_per_kg_day": draw(st.sampled_from((0.0, 0.0, 6000.0))),
            "lateness_cost_vnd_per_kg_day": draw(st.sampled_from((0.0, 0.0, 25_000.0))),
            "fairness_weight": draw(st.sampled_from((0.0, 0.0, 0.1, 0.6))),
            "handling_h": 1.0,
        },
        "crops": [draw(_own_crop())],
        "places": [
            {"id": "farm", "latitude_deg": 21.6, "longitude_deg": 106.5, "ambient_degc": draw(ambient),
             "packing_kg_per_day": draw(st.sampled_from((None, None, 12.0)))},
            {"id": "town", "latitude_deg": 21.0, "longitude_deg": 105.8, "ambient_degc": draw(ambient)},
            {"id": "port", "latitude_deg": 20.8, "longitude_deg": 106.7, "ambient_degc": draw(ambient)},
        ],
        "growers": [
            {"id": f"g{number}", "pick_capacity_kg_per_day": draw(st.sampled_from((None, 10.0, 16.0))),
             "rest_days": draw(st.sampled_from(((), (), ("TU",))))}
            for number in range(growers)
        ],
        "batches": batches,
        "orders": [
            draw(_order(number, crops, destinations, splits=splits)) for number in range(draw(st.integers(1, 4)))
        ],
        "lanes": [draw(_lane(f"l{number}", *way)) for number, way in enumerate(ways)],
    })  # fmt: skip


def plain(problem: PlanningProblem) -> PlanningProblem:
    """Without what the oracle does not know: commitments, pulp that lags the air, and air by the hour."""
    bare = tuple(lane.model_copy(update={"packaging": None}) for lane in problem.lanes)
    steady = tuple(place.model_copy(update={"hour_offsets_degc": ()}) for place in problem.places)
    return problem.model_copy(update={"commitments": (), "lanes": bare, "places": steady})


def tiny_problems(*, splits: bool = False) -> st.SearchStrategy[PlanningProblem]:
    """Tight ones, and of the wide variety of tests/strategies.py those parts that a tiny problem may have."""
    wide = planning_problems(max_orders=4, max_batches=3, horizon_days=4, max_lanes=3, splits=splits, gaps=(0.0,))
    return st.one_of(tight_problems(splits=splits), tight_problems(splits=splits), wide.map(plain))
