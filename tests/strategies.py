"""Random planning problems: small, valid, and made so that most have something to decide."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

from hypothesis import strategies as st

from harvest_planner.schema.problem import PlanningProblem

Rows = dict[str, Any]
HANOI = dt.timezone(dt.timedelta(hours=7))
MONDAY = dt.date(2026, 8, 10)
GOODS = "fresh-fruit"
CATALOGUE_CROP = "na-chi-lang"
OWN_CROP = "own"
STAGES = {CATALOGUE_CROP: ("S1", "S2", "S3"), OWN_CROP: ("green", "turning")}
TOWNS = ("town", "port")
SURE = {"transit_p50_h": 20.0, "transit_p95_h": 20.0}

DURATIONS: tuple[Rows, ...] = (
    SURE,
    {"transit_p50_h": 6.0, "transit_p95_h": 6.0},
    {"transit_p50_h": 20.0, "transit_p95_h": 36.0},
    {"transit_p50_h": 10.0, "transit_p95_h": 15.0, "transit_min_h": 4.0},
    {"transit_p50_h": 18.0, "transit_p95_h": 30.0, "on_schedule_share": 0.6},
    {"transit_p50_h": 22.0, "transit_p95_h": 34.0, "on_schedule_share": 0.3, "transit_min_h": 16.0},
    {"transit_samples_h": (14.0, 17.5, 18.0, 18.0, 18.0, 21.0, 40.0)},
)
TIMETABLES = (
    "FREQ=DAILY;BYHOUR=18;BYMINUTE=0;BYSECOND=0",
    "FREQ=DAILY;BYHOUR=12;BYMINUTE=30;BYSECOND=0",
    "FREQ=DAILY;BYHOUR=10,20;BYMINUTE=0;BYSECOND=0",
    "FREQ=WEEKLY;BYDAY=MO,WE,FR;BYHOUR=15;BYMINUTE=0;BYSECOND=0",
    "FREQ=WEEKLY;BYDAY=TU,TH,SA;BYHOUR=16;BYMINUTE=15;BYSECOND=0",
)
LAWS: tuple[Rows, ...] = (
    {"law": "arrhenius", "ea_kj_per_mol": 60.0},
    {"law": "square_root", "tmin_degc": -5.0},
    {"law": "rate_table", "points": ((10.0, 0.4), (20.0, 1.0), (30.0, 1.9))},
)
SWING = tuple(round(5.0 * math.sin((hour - 8) * math.pi / 12), 1) for hour in range(24))
"""Coldest at two, warmest at fourteen [°C]."""


def _mostly(usual: Any, *rare: Any) -> st.SearchStrategy[Any]:
    """The usual value six times in seven."""
    return st.sampled_from((usual,) * (6 * len(rare)) + rare)


def _at(day: int, hour: int) -> dt.datetime:
    return dt.datetime.combine(MONDAY + dt.timedelta(days=day), dt.time(hour), tzinfo=HANOI)


@st.composite
def _crops(draw: st.DrawFn) -> Rows:
    """An own crop with simple numbers."""
    sd = draw(st.sampled_from((0.4, 0.8, 1.2)))
    batch_sd = draw(st.sampled_from((0.0, 0.5 * sd)))
    spread = {"sd_d20": sd, "batch_sd_d20": batch_sd}
    return {
        "id": OWN_CROP,
        "ready_at_d20": draw(st.sampled_from((0.0, 3.0, 5.0))),
        "window_d20": draw(st.sampled_from((2.5, 4.0, 6.0))),
        "stages": ({"id": "green", "age_d20": 0.0, **spread}, {"id": "turning", "age_d20": 1.5, **spread}),
        "reference_stage_id": "green",
        "goods": GOODS,
        "temperature_law": draw(st.sampled_from(LAWS)),
        "on_tree_d20_per_day": draw(st.sampled_from((0.0, 0.3, 0.6))),
        "on_tree_by": draw(_mostly("day", "temperature")),
        "drops_at_d20": draw(_mostly(None, 3.0, 5.0)),
        "fruit_per_kg": draw(st.sampled_from((None, 2.0, 4.0))),
        "stops_below_degc": draw(_mostly(None, 12.0)),
        "chilling": draw(_mostly(None, {"kind": "dose", "below_degc": 20.0, "limit_degc_days": 4.0})),
        "safety_cap": draw(_mostly(None, {"limits": ((20.0, 200.0), (None, 60.0))})),
        "treatment": draw(_mostly(None, {"name": "soaking", "duration_h": 6.0})),
    }


@st.composite
def _places(draw: st.DrawFn) -> list[Rows]:
    ambient = st.sampled_from((None, 20.0, 25.0, 28.0, 31.0))
    packing = draw(_mostly(None, 30.0, 60.0))
    swing = _mostly((), SWING)
    return [
        {"id": "grove", "latitude_deg": 21.6, "longitude_deg": 106.5, "ambient_degc": draw(ambient),
         "packing_kg_per_day": packing, "hour_offsets_degc": draw(swing),
         "closed_on": draw(_mostly((), (MONDAY + dt.timedelta(days=1),)))},
        {"id": "town", "latitude_deg": 21.0, "longitude_deg": 105.8, "ambient_degc": draw(ambient),
         "hour_offsets_degc": draw(swing)},
        {"id": "port", "latitude_deg": 20.8, "longitude_deg": 106.7, "ambient_degc": draw(ambient)},
    ]  # fmt: skip


@st.composite
def _lane(draw: st.DrawFn, origin: str, destination: str, name: str) -> Rows:
    return {
        "id": name,
        "origin_id": origin,
        "destination_id": destination,
        "departures": draw(st.sampled_from(TIMETABLES)),
        **draw(st.sampled_from(DURATIONS)),
        "carrier": draw(st.sampled_from((None, "Swift", "Steady"))),
        "goods": draw(_mostly((), (GOODS,))),
        "rests_on": draw(_mostly((), (str(MONDAY + dt.timedelta(days=2)),))),
        "cutoff_h": draw(st.sampled_from((0.0, 1.0, 3.0))),
        "temperature_degc": draw(st.sampled_from((None, 18.0, 25.0))),
        "temperature_sd_degc": draw(_mostly(0.0, 2.0)),
        "packaging": draw(_mostly(None, "crate", "foam-box", "foam-box-ice")),
        "cost_vnd_per_kg": draw(st.sampled_from((0.0, 2000.0, 9000.0))),
        "capacity_kg": draw(_mostly(None, 15.0, 40.0)),
    }


@st.composite
def _lanes(draw: st.DrawFn, most: int) -> list[Rows]:
    """To the town directly; to the port directly, by the town, or both."""
    onward, direct, again = ("town", "port"), ("grove", "port"), ("grove", "town")
    orders = ((onward, direct, again), (onward, again, direct), (direct, onward, again), (again, onward, direct))
    ways = [("grove", "town"), *draw(st.sampled_from(orders))]
    count = draw(st.integers(1, most))
    return [draw(_lane(*way, f"lane-{number}")) for number, way in enumerate(ways[:count])]


@st.composite
def _grower(draw: st.DrawFn, number: int) -> Rows:
    return {
        "id": f"grower-{number}",
        "pick_capacity_kg_per_day": draw(st.sampled_from((None, 20.0, 50.0))),
        "picks_from": draw(st.sampled_from(("05:00", "06:30"))),
        "picks_until": draw(st.sampled_from(("08:00", "09:00"))),
        "rest_days": draw(_mostly((), ("TU",), (MONDAY + dt.timedelta(days=2),))),
    }


@st.composite
def _batch(draw: st.DrawFn, number: int, growers: int) -> Rows:
    crop = draw(st.sampled_from((OWN_CROP, CATALOGUE_CROP)))
    return {
        "id": f"batch-{number}",
        "grower_id": f"grower-{draw(st.integers(0, growers - 1))}",
        "crop_id": crop,
        "place_id": "grove",
        "quantity_kg": draw(_mostly(40.0, 0.0, 12.5, 80.0)),
        "stage_id": draw(st.sampled_from(STAGES[crop])),
        "observed_on": MONDAY - dt.timedelta(days=draw(st.integers(0, 2))),
        "age_shift_d20": draw(_mostly(0.0, -0.5, 0.7)),
        "age_shift_sd_d20": draw(_mostly(None, 0.0, 0.3)),
        "grade": draw(st.sampled_from((None, "A", "B"))),
        "certifications": draw(_mostly((), ("VietGAP",))),
        "certified_until": draw(_mostly(None, MONDAY + dt.timedelta(days=1))),
        **draw(_mostly(
            {},
            {"last_spray_on": MONDAY - dt.timedelta(days=2), "pre_harvest_interval_days": 4.0},
            {"last_spray_on": MONDAY - dt.timedelta(days=9), "pre_harvest_interval_days": 7.0},
            {"last_spray_on": "unknown"},
            {"last_spray_on": MONDAY - dt.timedelta(days=9), "pre_harvest_interval_days": "unknown"},
        )),
        "trip_cost_vnd": draw(st.sampled_from((0.0, 40_000.0, 150_000.0))),
        "min_trip_kg": draw(_mostly(0.0, 5.0, 15.0)),
        "days_between_picks": draw(_mostly(1, 2)),
        "surplus_price_vnd_per_kg": draw(st.sampled_from((0.0, 4000.0, 12_000.0))),
    }  # fmt: skip


@st.composite
def _order(
    draw: st.DrawFn, number: int, horizon_days: int, *, crops: list[str], towns: list[str], splits: bool
) -> Rows:
    until = _at(draw(st.integers(2, horizon_days + 2)), 18)
    early_h = draw(_mostly(None, 10, 26))
    due_h = draw(_mostly(None, 4, 9))
    return {
        "id": f"order-{number}",
        "crop_id": draw(st.sampled_from(crops)),
        "quantity_kg": draw(st.sampled_from((2.0, 5.0, 7.5, 12.0, 20.0))),
        "destination_id": draw(_mostly(draw(st.sampled_from(towns)), *TOWNS)),
        "deliver_until_at": until,
        "deliver_from_at": None if early_h is None else until - dt.timedelta(hours=early_h),
        "due_at": None if due_h is None else until - dt.timedelta(hours=due_h),
        "price_vnd_per_kg": draw(st.sampled_from((15_000.0, 50_000.0, 80_000.0, 110_000.0))),
        "confirm_by_at": draw(_mostly(None, _at(-1, 12), _at(1, 12))),
        "ripe_within_days": draw(st.sampled_from(((0.0, 2.0), (0.0, 4.0), (1.0, 5.0)))),
        "keeps_days": draw(st.sampled_from((0.0, 1.0))),
        "room_degc": draw(st.sampled_from((None, 20.0))),
        "accepts_share": draw(st.sampled_from((0.5, 0.8, 1.0))),
        "grade": draw(_mostly(None, "A", "B")),
        "certifications": draw(_mostly((), ("VietGAP",))),
        "failure_cost_vnd_per_kg": draw(st.sampled_from((None, 0.0, 30_000.0))),
        "may_split": splits and draw(st.booleans()),
        "state": draw(_mostly("firm", "reserved", "inquiry", "cancelled")),
    }


@st.composite
def _commitments(draw: st.DrawFn, batches: list[Rows], orders: list[Rows]) -> list[Rows]:
    """Sometimes one order is settled, whole or in part, from a batch of its crop."""
    pairs = [
        (order, batch)
        for order in orders
        for batch in batches
        if order["crop_id"] == batch["crop_id"] and order["state"] in ("firm", "reserved")
    ]
    if not pairs or not draw(_mostly(False, True)):
        return []
    order, batch = draw(st.sampled_from(pairs))
    kg = draw(st.sampled_from((order["quantity_kg"], 2.0)))
    day = MONDAY + dt.timedelta(days=draw(st.integers(0, 2)))
    return [{"order_id": order["id"], "batch_id": batch["id"], "pick_on": day, "kg": min(kg, order["quantity_kg"])}]


@st.composite
def _policy(draw: st.DrawFn, horizon_days: int, gaps: tuple[float, ...]) -> Rows:
    return {
        "min_good_share": draw(st.sampled_from((0.3, 0.45, 0.6))),
        "min_parcel_good_share": draw(_mostly(0.0, 0.2)),
        "review_cost_vnd": draw(st.sampled_from((0.0, 20_000.0))),
        "max_picks_per_batch": draw(_mostly(None, 1, 2)),
        "handling_h": draw(st.sampled_from((0.5, 2.0))),
        "terminal_share": draw(st.sampled_from((0.0, 0.5, 1.0))),
        "earliness_cost_vnd_per_kg_day": draw(_mostly(0.0, 3000.0, 20_000.0)),
        "lateness_cost_vnd_per_kg_day": draw(_mostly(0.0, 5000.0, 60_000.0)),
        "fairness_weight": draw(st.sampled_from((0.0, 0.0, 0.0, 0.05, 0.3, 0.9))),
        "horizon_days": horizon_days,
        "gap": draw(st.sampled_from(gaps)),
    }


@st.composite
def _embargoes(draw: st.DrawFn) -> list[Rows]:
    day = MONDAY + dt.timedelta(days=draw(st.integers(0, 3)))
    ban = {"carrier": "swift", "goods": "Fresh-Fruit", "from_on": day, "until_on": day + dt.timedelta(days=1)}
    return draw(_mostly([], [ban]))


@st.composite
def planning_problems(
    draw: st.DrawFn,
    *,
    max_orders: int = 6,
    max_batches: int = 4,
    horizon_days: int = 5,
    max_lanes: int = 3,
    splits: bool = True,
    gaps: tuple[float, ...] = (0.0, 1e-4),
) -> PlanningProblem:
    """Up to six orders to two towns, from up to four batches of one grove, over a few days of August."""
    growers = draw(st.integers(1, 2))
    lanes = draw(_lanes(max_lanes))
    towns = sorted({lane["destination_id"] for lane in lanes})
    batches = [draw(_batch(number, growers)) for number in range(draw(st.integers(1, max_batches)))]
    crops = sorted({batch["crop_id"] for batch in batches})
    order = [_order(n, horizon_days, crops=crops, towns=towns, splits=splits) for n in range(max_orders)]
    orders = [draw(one) for one in order[: draw(st.integers(1, max_orders))]]
    return PlanningProblem.model_validate({
        "as_of": _at(0, draw(_mostly(4, 0, 6))),
        "policy": draw(_policy(draw(st.integers(2, horizon_days)), gaps)),
        "crops": [draw(_crops())],
        "places": draw(_places()),
        "growers": [draw(_grower(number)) for number in range(growers)],
        "batches": batches,
        "orders": orders,
        "lanes": lanes,
        "embargoes": draw(_embargoes()),
        "commitments": draw(_commitments(batches, orders)),
    })  # fmt: skip
