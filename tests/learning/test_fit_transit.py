"""A carrier's own record becomes lanes that keep their word, and no row of it is dropped in silence."""

from __future__ import annotations

import datetime as dt
import math
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import harvest_planner as hp
from harvest_planner.learning.calibration import cross_validated, forward
from harvest_planner.learning.deliveries import history_of
from tests.learning.simulated import VIETNAM, parcels

LANES = {"far": (120, 48.0, 0.35), "near": (120, 20.0, 0.25), "rare": (3, 30.0, 0.3)}
P95 = 1.6448536269514722


def test_lanes_with_many_deliveries_get_their_own_quantiles() -> None:
    fit = hp.fit_transit(parcels(1, {name: (400, p50, sd) for name, (_, p50, sd) in LANES.items()}))
    for name, (_, median, log_sd) in LANES.items():
        lane = fit.lane(name)
        assert lane.transit_p50_h == pytest.approx(median, rel=0.06)
        assert lane.transit_p95_h == pytest.approx(median * math.exp(log_sd * P95), rel=0.12)
        assert lane.own_weight > 0.95
        assert lane.deliveries == 400


def test_a_minimum_is_found_where_there_is_one() -> None:
    lanes = {f"l{i}": (80, 20.0 + 5 * i, 0.8) for i in range(6)}
    fit = hp.fit_transit(parcels(2, lanes, minimum=0.6))
    for name, (_, median, _) in lanes.items():
        lane = fit.lane(name)
        assert 0.4 * median < lane.transit_min_h < 0.75 * median
        assert lane.transit_min_h < lane.transit_p50_h < lane.transit_p95_h


def test_a_lane_with_few_deliveries_leans_on_the_others_and_is_wider() -> None:
    lanes = {f"l{i}": (60, 40.0, 0.3) for i in range(8)}
    fit = hp.fit_transit([*parcels(3, lanes), *parcels(4, {"new": (1, 90.0, 0.0)})])
    new = fit.lane("new")
    assert new.own_weight < 0.5
    assert 40.0 < new.transit_p50_h < 90.0
    assert new.transit_p95_h / new.transit_p50_h > fit.lane("l0").transit_p95_h / fit.lane("l0").transit_p50_h
    assert "1 lanes have fewer than 5 deliveries and lean on the others: new" in fit.warnings
    assert fit.unseen is not None
    assert fit.unseen.transit_p50_h == pytest.approx(40.0, rel=0.15)


def test_the_calibration_says_what_future_parcels_then_do() -> None:
    lanes = {f"l{i}": (30, 24.0 + 4 * i, 0.3) for i in range(8)}
    fit = hp.fit_transit(parcels(5, lanes))
    rng = np.random.default_rng(6)
    for level in (0.1, 0.5, 0.9):
        kept = [
            np.mean(median * np.exp(log_sd * rng.standard_normal(2000)) <= fit.lane(name).quantile(level))
            for name, (_, median, log_sd) in lanes.items()
        ]
        assert np.mean(kept) == pytest.approx(level, abs=0.05)
        assert fit.calibration.share(level) == pytest.approx(level, abs=0.06)
    assert fit.calibration.inside_p10_p90 == pytest.approx(0.8, abs=0.08)
    assert fit.calibration.deliveries == 240
    assert not any("do not fit by cross-validation" in warning for warning in fit.warnings)


def test_a_carrier_that_slows_down_is_caught_forward_in_time_only() -> None:
    early = parcels(7, {"l1": (150, 24.0, 0.2), "l2": (150, 30.0, 0.2)})
    late = parcels(
        8, {"l1": (40, 60.0, 0.2), "l2": (40, 70.0, 0.2)}, start=dt.datetime(2026, 5, 20, 18, tzinfo=VIETNAM)
    )
    fit = hp.fit_transit([*early, *late])
    assert fit.forward is not None
    assert fit.forward.share(0.95) < fit.calibration.share(0.95) - 0.05
    assert any("forward in time" in warning for warning in fit.warnings)


def test_every_delivery_is_predicted_without_itself() -> None:
    read = history_of(parcels(9, LANES))
    trials = cross_validated(read.deliveries)
    assert sorted(trial.delivery.arrived_at for trial in trials) == sorted(one.arrived_at for one in read.deliveries)
    moved = parcels(9, LANES)
    moved[0]["arrived_at"] = moved[0]["shipped_at"][:10] + "T23:59+07:00"
    others = cross_validated(history_of(moved).deliveries)

    def limits(of: list[Any]) -> tuple[float, ...]:
        first = next(
            trial for trial in of if trial.delivery.route.lane_id == "far" and trial.delivery.shipped_at.day == 1
        )
        return tuple(first.limits_h)

    assert limits(others) == pytest.approx(limits(trials), rel=1e-12)


def test_forward_predictions_know_nothing_of_what_comes_later() -> None:
    rows = parcels(10, LANES)
    trials = forward(history_of(rows).deliveries)
    last = max(trial.delivery.shipped_at for trial in trials)
    for row in rows:
        if row["shipped_at"] >= last.isoformat():
            row["arrived_at"] = (last + dt.timedelta(days=90)).isoformat()
    again = forward(history_of(rows).deliveries)
    assert [trial.limits_h for trial in again] == [trial.limits_h for trial in trials]


def test_the_numbers_fit_into_a_lane() -> None:
    lane = hp.Lane(
        id="van",
        origin_id="chi-lang",
        destination_id="ha-noi",
        departures="FREQ=DAILY",
        transit_p50_h=1,
        transit_p95_h=2,
    )
    fitted = hp.fit_transit(parcels(11, LANES)).lane("near").applied_to(lane)
    assert (fitted.id, fitted.departures) == ("van", "FREQ=DAILY")
    assert fitted.transit_p50_h == pytest.approx(20, rel=0.1)
    assert fitted.source is not None
    assert fitted.source.startswith("fitted to 120 deliveries")


def test_a_lane_that_is_not_in_the_history_suggests_the_nearest() -> None:
    with pytest.raises(hp.UnknownIdError, match="did you mean 'near'"):
        hp.fit_transit(parcels(12, LANES)).lane("neer")


def test_places_and_carrier_make_a_lane_of_their_own() -> None:
    rows = []
    for carrier, seed in (("EMS", 13), ("GHTK", 14)):
        for row in parcels(seed, {"x": (20, 40.0, 0.2)}):
            del row["lane"]
            rows.append({**row, "origin": "Chi Lăng", "destination": "Cà Mau", "carrier": carrier})
    fit = hp.fit_transit(rows)
    assert list(fit.lanes) == ["Chi Lăng → Cà Mau (EMS)", "Chi Lăng → Cà Mau (GHTK)"]
    lane = fit.lane("Chi Lăng → Cà Mau (EMS)")
    assert (lane.origin, lane.destination, lane.carrier) == ("Chi Lăng", "Cà Mau", "EMS")


def test_a_frame_of_instants_dicts_and_a_file_give_the_same_answer(tmp_path: Path) -> None:
    rows = parcels(15, LANES)
    frame = pd.DataFrame(rows).assign(
        shipped_at=lambda table: pd.to_datetime(table["shipped_at"], format="ISO8601"),
        arrived_at=lambda table: pd.to_datetime(table["arrived_at"], format="ISO8601"),
    )
    pd.DataFrame(rows).to_csv(tmp_path / "history.csv", index=False)
    answers = {repr(hp.fit_transit(table)) for table in (rows, rows[::-1], frame, tmp_path / "history.csv")}
    assert len(answers) == 1


def test_bad_rows_are_counted_listed_and_left_out() -> None:
    rows = parcels(16, LANES)
    bad = [
        {**rows[0], "arrived_at": rows[0]["shipped_at"]},
        {**rows[1], "arrived_at": "2026-03-09T10:00"},
        {**rows[2], "arrived_at": ""},
        {**rows[3], "shipped_at": "soon"},
        {**rows[4], "lane": None},
    ]
    fit = hp.fit_transit([*rows, *bad])
    assert [fault.line for fault in fit.faults] == [len(rows) + i for i in range(1, 6)]
    assert [fault.field for fault in fit.faults] == ["arrived_at", "arrived_at", "arrived_at", "shipped_at", "lane"]
    assert (fit.rows, fit.deliveries) == (len(rows) + 5, len(rows))
    assert fit.warnings[0].startswith(f"5 of {len(rows) + 5} rows are no deliveries and were left out (")
    assert "on its way or lost" in fit.warnings[0]
    assert repr(fit.lanes) == repr(hp.fit_transit(rows).lanes)


BAD: list[tuple[list[dict[str, Any]], str]] = [
    ([], "history: the table has no rows"),
    ([{"lane": "x", "shipped_at": "2026-03-01T10:00+07:00"}], "needs the columns shipped_at, arrived_at and lane"),
    ([{"origin": "x", "shipped_at": "", "arrived_at": ""}], "needs the columns shipped_at, arrived_at and lane"),
    (parcels(1, {"x": (2, 20.0, 0.1)}), "2 of 2 rows are deliveries; at least three"),
    ([{**row, "arrived_at": row["arrived_at"][:19]} for row in parcels(1, LANES)], "0 of 243 rows are deliveries"),
    ([row for i in range(5) for row in parcels(i, {f"l{i}": (1, 20.0, 0.1)})], "no lane has two deliveries"),
]


@pytest.mark.parametrize(("rows", "message"), BAD, ids=[message for _, message in BAD])
def test_one_clear_error_for_a_history_that_tells_nothing(rows: list[dict[str, Any]], message: str) -> None:
    with pytest.raises(hp.FitError, match=message):
        hp.fit_transit(rows)


def scheduled(seed: int, lanes: dict[str, tuple[int, float, float]], *, slip_h: float = 6.0) -> list[dict[str, Any]]:
    """Parcels of each lane (count, hours by the timetable, share on schedule); the rest slips, log-sd 1."""
    rng = np.random.default_rng(seed)
    rows = []
    for lane, (count, hours, share) in lanes.items():
        for i in range(count):
            shipped = dt.datetime(2026, 3, 1, 7, 35, tzinfo=VIETNAM) + dt.timedelta(days=i)
            due = shipped + dt.timedelta(hours=hours)
            slip = 0.0 if rng.random() < share else slip_h * math.exp(rng.standard_normal())
            come = due + dt.timedelta(hours=slip)
            rows.append({"lane": lane, "shipped_at": shipped, "scheduled_at": due, "arrived_at": come})
    return rows


def test_a_timetable_gives_the_share_on_schedule_and_the_slip_of_the_rest() -> None:
    fit = hp.fit_transit(scheduled(17, {"train": (300, 40.0, 0.7), "bus": (300, 20.0, 0.3), "post": (4, 30.0, 0.5)}))
    train, bus, post = fit.lane("train"), fit.lane("bus"), fit.lane("post")
    assert train.on_schedule_share == pytest.approx(0.7, abs=0.07)
    assert train.transit_p50_h == 40.0
    slip95 = 6.0 * math.exp(float(np.quantile(np.random.default_rng(0).standard_normal(200_000), 0.25 / 0.3)))
    assert train.transit_p95_h - 40.0 == pytest.approx(slip95, rel=0.25)
    assert bus.on_schedule_share == pytest.approx(0.3, abs=0.07)
    assert (bus.transit_min_h, bus.transit_p50_h > 20.0) == (20.0, True)
    assert post.own_weight < 0.9
    assert 0.1 < post.on_schedule_share < 0.9
    for level in (0.1, 0.5, 0.9, 0.95):
        (check,) = [one for one in fit.calibration.quantiles if one.level == level]
        assert check.share == pytest.approx(check.expected, abs=0.05)


def test_a_train_that_is_never_late_keeps_its_timetable() -> None:
    lane = hp.fit_transit(scheduled(18, {"train": (60, 40.0, 1.0), "bus": (60, 20.0, 1.0)})).lane("train")
    assert (lane.transit_p50_h, lane.transit_p95_h, lane.on_schedule_share) == (40.0, 40.0, 0.0)


def test_without_scipy_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "scipy", None)
    with pytest.raises(hp.MissingExtraError, match=r'fit_transit needs scipy.*"harvest-planner\[fit\]"'):
        hp.fit_transit(parcels(1, LANES))
