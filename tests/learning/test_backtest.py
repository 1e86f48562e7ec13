"""`backtest`: promises against what came, forecasts made where nothing was promised, nothing dropped in silence."""

from __future__ import annotations

import csv
import datetime as dt
import json
import math
import pickle
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import harvest_planner as hp
from harvest_planner.learning.limits import LimitLaw, crps_h
from harvest_planner.learning.scores import Measure, mean_of, reliability_of, share_of
from tests.learning.simulated import VIETNAM

START = dt.datetime(2026, 8, 1, 18, tzinfo=VIETNAM)
Z95 = 1.6448536269514722
NORMAL = {0.05: -Z95, 0.5: 0.0, 0.95: Z95}


def promises(
    seed: int, count: int, *, lane: str = "road", median_h: float = 40.0, log_sd: float = 0.25, slower: float = 1.0
) -> list[dict[str, Any]]:
    """Parcels with limits promised from a lognormal, that take `slower` times the promised hours."""
    rng = np.random.default_rng(seed)
    rows = []
    for i in range(count):
        shipped = START + dt.timedelta(hours=3 * i)
        promised = {
            f"arrive_p{100 * p:02.0f}_at": shipped + dt.timedelta(hours=median_h * math.exp(log_sd * z))
            for p, z in NORMAL.items()
        }
        came = shipped + dt.timedelta(hours=slower * median_h * math.exp(log_sd * rng.standard_normal()))
        rows.append({"order_id": f"{lane}-{i}", "lane": lane, "shipped_at": shipped, "arrived_at": came, **promised})
    return rows


def test_honest_promises_are_kept_at_every_level() -> None:
    report = hp.backtest(promises(1, 3000))
    assert report.forecasts == "promised"
    assert report.cover_p10 == pytest.approx(0.1, abs=0.02)
    assert report.cover_p50 == pytest.approx(0.5, abs=0.03)
    assert report.cover_p90 == pytest.approx(0.9, abs=0.02)
    assert report.cover_p90.low < 0.9 < report.cover_p90.high
    assert (report.rows, report.deliveries, report.warm_up, report.left_out) == (3000, 3000, 0, ())


def test_parcels_a_fifth_slower_than_promised_are_found_out_and_followed() -> None:
    report = hp.backtest(promises(2, 2000, slower=1.2))
    assert report.cover_p90.high < 0.8
    assert report.static.cover_p90 == report.cover_p90
    assert 0.88 <= report.adaptive.cover_p90 <= 0.92
    assert report.adaptive_as_they_arrive.cover_p90 == pytest.approx(0.9, abs=0.03)
    assert report.adaptive.crps < report.crps


def test_the_crps_of_a_lognormal_is_that_of_its_closed_form() -> None:
    """Baran & Lerch 2015, 10.1002/qj.2521, appendix: y(2F(y) − 1) − 2exp(μ + σ²/2)(Φ(ω − σ) + Φ(σ/√2) − 1)."""

    def phi(x: float) -> float:
        return 0.5 * math.erfc(-x / math.sqrt(2))

    for median, sd, came in ((40.0, 0.25, 50.0), (40.0, 0.5, 20.0), (300.0, 0.6, 900.0)):
        mu, omega = math.log(median), (math.log(came) - math.log(median)) / sd
        closed = came * (2 * phi(omega) - 1) - 2 * math.exp(mu + sd**2 / 2) * (
            phi(omega - sd) + phi(sd / math.sqrt(2)) - 1
        )
        limits = [median * math.exp(sd * z) for z in NORMAL.values()]
        (found,) = crps_h(tuple(NORMAL), [limits], [came])
        assert found == pytest.approx(closed, rel=0.003)


def test_the_crps_of_one_number_is_the_miss() -> None:
    found = crps_h((0.05, 0.5, 0.95), [[30.0, 30.0, 30.0]], [42.0])
    assert found == pytest.approx([12.0])


def test_limits_between_the_promised_ones_are_those_of_the_lognormal_through_them() -> None:
    law = LimitLaw((0.05, 0.5, 0.95), tuple(40.0 * math.exp(0.25 * z) for z in NORMAL.values()))
    assert law.quantile(0.9) == pytest.approx(40.0 * math.exp(0.25 * 1.2815515655446004))
    assert law.quantile(0.99) == pytest.approx(40.0 * math.exp(0.25 * 2.3263478740408408))


def test_promised_limits_may_be_p10_p50_p90_or_hours() -> None:
    rows = [
        {
            "lane": "road",
            "shipped_at": START + dt.timedelta(days=i),
            "transit_p10_h": 30.0,
            "transit_p50_h": 40.0,
            "transit_p90_h": 55.0,
            "arrived_at": START + dt.timedelta(days=i, hours=hours),
        }
        for i, hours in enumerate((29.0, 35.0, 41.0, 54.0, 70.0))
    ]
    report = hp.backtest(rows)
    assert (report.cover_p10, report.cover_p50, report.cover_p90) == (0.2, 0.4, 0.8)


def drifting(seed: int, count: int) -> list[dict[str, Any]]:
    rng = np.random.default_rng(seed)
    rows = []
    for i in range(count):
        lane, median_h = (("road", 40.0), ("rail", 60.0), ("boat", 90.0))[i % 3]
        drift = 0.22 * max(0.0, i / count - 0.3)
        hours = median_h * math.exp(drift + 0.3 * rng.standard_normal())
        shipped = START + dt.timedelta(hours=4 * i)
        rows.append({"group": lane, "shipped_at": shipped, "delivered_at": shipped + dt.timedelta(hours=hours)})
    return rows


@pytest.mark.parametrize("seed", [11, 12, 13])
def test_without_promises_the_adaptive_p90_covers_88_to_92_where_a_static_fit_covers_83_to_87(seed: int) -> None:
    report = hp.backtest(drifting(seed, 3000))
    assert report.forecasts == "made_here"
    assert report.warm_up == 900
    assert report.deliveries == 2100
    assert 0.83 <= report.static.cover_p90 <= 0.87
    assert 0.88 <= report.cover_p90 <= 0.92
    assert report.cover_p90 == report.adaptive.cover_p90
    assert report.adaptive.crps < report.static.crps
    assert set(report.by_lane) == {"road", "rail", "boat"}
    for lane in report.by_lane.values():
        assert 0.87 <= lane.time.cover_p90 <= 0.93
        assert lane.time.count == 700


def test_what_comes_later_does_not_change_earlier_forecasts() -> None:
    """A hundred more that come at once keep every limit, and move no limit that was forecast before them."""
    rows = drifting(14, 600)
    for row in rows[500:]:
        row["delivered_at"] = row["shipped_at"] + dt.timedelta(seconds=2)
    some = hp.backtest(rows[:500], warm_up_share=0.36)
    more = hp.backtest(rows, warm_up_share=0.3)
    assert some.warm_up == more.warm_up == 180
    assert (some.deliveries, more.deliveries) == (320, 420)
    for one, other in zip(some.methods, more.methods, strict=True):
        for level in ("cover_p50", "cover_p90"):
            assert getattr(other.time, level) * 420 == pytest.approx(getattr(one.time, level) * 320 + 100)


def goods(seed: int, count: int, *, worse: float = 0.0) -> list[dict[str, Any]]:
    rng = np.random.default_rng(seed)
    promised = rng.uniform(0.5, 0.98, size=count)
    fruit = 20
    came = rng.binomial(fruit, np.clip(promised - worse, 0.0, 1.0)) / fruit
    crops = ("na-chi-lang", "mango-cat-hoa-loc")
    return [
        {"crop": crops[i % 2], "good_share": float(p), "came_good_share": float(c)}
        for i, (p, c) in enumerate(zip(promised, came, strict=True))
    ]


def test_honest_shares_lie_on_the_line_of_the_diagram_in_every_tenth() -> None:
    report = hp.backtest(goods(3, 2000))
    assert len(report.reliability) == 10
    assert sum(row.came.count for row in report.reliability) == 2000
    for row in report.reliability:
        assert row.promised_low <= row.promised_mean <= row.promised_high
        assert abs(row.miss) < 0.03
    assert report.good is not None
    assert report.good.miss.low < 0.0 < report.good.miss.high
    assert report.deliveries == 0
    assert math.isnan(report.crps)


def test_shares_promised_too_high_are_found_out_by_crop() -> None:
    rows = [row for row in goods(4, 1000) if row["crop"] == "na-chi-lang"]
    rows += [row for row in goods(5, 1000, worse=0.1) if row["crop"] != "na-chi-lang"]
    report = hp.backtest(rows)
    honest, false = report.by_crop["na-chi-lang"].good, report.by_crop["mango-cat-hoa-loc"].good
    assert honest is not None
    assert false is not None
    assert honest.miss == pytest.approx(0.0, abs=0.02)
    assert false.miss == pytest.approx(-0.1, abs=0.02)
    assert false.miss.high < -0.07
    assert false.brier > honest.brier


def test_yes_and_no_are_outcomes_too() -> None:
    rows = [{"good_share": 0.8, "good": word} for word in ("có", "yes", "không", "no", True, 1, 0, 1, 1, 1)]
    report = hp.backtest(rows)
    assert report.good is not None
    assert report.good.came == pytest.approx(0.7)
    (row,) = report.reliability
    assert row.came.low == share_of([True] * 7 + [False] * 3).low


BAD: list[tuple[str, dict[str, Any], str]] = [
    ("arrival_before_shipping", {"arrived_at": START - dt.timedelta(hours=1)}, "arrived_at"),
    ("no_arrival", {"arrived_at": None}, "arrived_at"),
    ("no_lane", {"lane": ""}, "lane"),
    ("unreadable", {"shipped_at": "yesterday"}, "shipped_at"),
    ("unreadable", {"shipped_at": "2026-08-01T18:00"}, "shipped_at"),
    ("unreadable", {"arrived_at": "2026-08-32T18:00+07:00"}, "arrived_at"),
    ("unreadable", {"arrive_p50_at": "soon"}, "arrive_p50_at"),
    ("no_promise", {"arrive_p05_at": None, "arrive_p95_at": None}, "arrive_p05_at"),
    ("promise_out_of_order", {"arrive_p95_at": START + dt.timedelta(hours=1)}, "arrive_p95_at"),
    ("promise_out_of_order", {"arrive_p05_at": START - dt.timedelta(hours=1)}, "arrive_p05_at"),
    ("unreadable", {"good_share": 1.2}, "good_share"),
    ("unreadable", {"came_good_share": "fine"}, "came_good_share"),
    ("no_outcome", {"came_good_share": None}, "came_good_share"),
    ("no_promise", {"good_share": None}, "good_share"),
]


def with_shares(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{**row, "good_share": 0.9, "came_good_share": 1.0} for row in rows]


@pytest.mark.parametrize(("code", "change", "field"), BAD)
def test_a_row_that_cannot_be_judged_is_counted_and_listed(code: str, change: dict[str, Any], field: str) -> None:
    rows = with_shares(promises(6, 30))
    rows[7] |= change
    report = hp.backtest(rows)
    assert report.left_out_counts == {code: 1}
    (left,) = report.left_out
    assert (left.code, left.fault.line, left.fault.field) == (code, 8, field)
    timed = code in ("no_outcome",) or (field == "good_share" and code == "no_promise")
    assert report.deliveries == (30 if timed else 29)
    assert report.good is not None
    kept_share = code == "no_arrival" or (code == "no_promise" and field != "good_share")
    assert report.good.came.count == (30 if kept_share else 29)


def test_a_row_that_stands_twice_counts_once() -> None:
    rows = promises(7, 30)
    report = hp.backtest([*rows, rows[3]])
    assert report.deliveries == 30
    assert report.left_out_counts == {"duplicate": 1}


def test_every_row_is_accounted_for() -> None:
    rows = drifting(8, 400)
    for i in (3, 50, 200, 399):
        rows[i]["delivered_at"] = None
    rows[60]["delivered_at"] = rows[60]["shipped_at"]
    report = hp.backtest(rows)
    assert report.rows == report.warm_up + report.deliveries + len(report.left_out)
    assert report.left_out_counts == {"arrival_before_shipping": 1, "no_arrival": 4}


def test_a_lane_of_which_nothing_was_known_is_listed() -> None:
    rows = [row for row in drifting(9, 600) if row["group"] == "road"]
    rows[-1]["group"] = "by hand"
    report = hp.backtest(rows)
    assert report.left_out_counts == {"unknown_lane": 1}
    assert report.left_out[0].fault.value == "by hand"


def test_instants_without_an_offset_stand_in_the_zone_that_is_given() -> None:
    rows = promises(10, 40)
    bare = [
        {key: value.replace(tzinfo=None) if isinstance(value, dt.datetime) else value for key, value in row.items()}
        for row in rows
    ]
    assert hp.backtest(bare, timezone="Asia/Ho_Chi_Minh").to_dict() == hp.backtest(rows).to_dict()
    with pytest.raises(hp.FitError, match="none of its 40 rows can be judged"):
        hp.backtest(bare)
    with pytest.raises(ValueError, match="unknown time zone 'Asia/Chi_Lang'"):
        hp.backtest(bare, timezone="Asia/Chi_Lang")


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([{"lane": "road", "shipped_at": START}], "needs the columns shipped_at"),
        ([{"lane": "road", "shipped_at": START, "arrived_at": START, "arrive_p50_at": START}], "alone tells no spread"),
        (
            [{"lane": "a", "shipped_at": START, "arrived_at": START, "arrive_p50_at": START, "transit_p50_h": 1.0}],
            "promises one limit twice",
        ),
        ([], "no rows"),
    ],
)
def test_a_table_of_which_nothing_can_be_judged_is_refused(rows: list[dict[str, Any]], said: str) -> None:
    with pytest.raises(hp.FitError, match=said):
        hp.backtest(rows)


def test_too_few_deliveries_to_forecast_are_refused() -> None:
    with pytest.raises(hp.FitError, match="25 deliveries are too few to forecast"):
        hp.backtest(drifting(15, 25))


def test_a_warm_up_of_everything_is_refused() -> None:
    with pytest.raises(ValueError, match="warm_up_share = 1"):
        hp.backtest(drifting(16, 100), warm_up_share=1.0)


def test_the_order_of_rows_does_not_matter() -> None:
    rows = drifting(17, 300)
    shuffled = [rows[int(i)] for i in np.random.default_rng(0).permutation(len(rows))]
    assert hp.backtest(shuffled).to_dict() == hp.backtest(rows).to_dict()


def test_a_data_frame_and_a_file_give_the_same(tmp_path: Path) -> None:
    rows = drifting(18, 200)
    frame = pd.DataFrame(rows)
    path = tmp_path / "history.csv"
    frame.to_csv(path, index=False)
    expected = hp.backtest(rows).to_dict()
    assert hp.backtest(frame).to_dict() == expected
    assert hp.backtest(path).to_dict() == expected


def test_the_report_is_data(tmp_path: Path) -> None:
    rows = with_shares(promises(19, 300))
    rows[4]["arrived_at"] = None
    report = hp.backtest([{**row, "crop": "na-chi-lang"} for row in rows])
    document = json.loads(json.dumps(report.to_dict(), allow_nan=False))
    assert document["format"] == "harvest-planner/backtest/1"
    assert document["cover_p90"]["mean"] == report.cover_p90
    assert document["cover_p90"]["low"] == report.cover_p90.low
    assert document["left_out"][0]["code"] == "no_arrival"
    frame = report.to_frame("lanes")
    assert list(frame["name"]) == ["road"]
    assert frame["cover_p90"][0] == report.by_lane["road"].time.cover_p90
    assert frame["good_came"][0] == 1.0
    assert [row["name"] for row in report.records("methods")] == ["static", "adaptive", "adaptive_as_they_arrive"]
    with pytest.raises(ValueError, match="no table 'picks'"):
        report.records("picks")  # type: ignore[arg-type]
    assert pickle.loads(pickle.dumps(report.crps)).high == report.crps.high
    names = {path.name for path in report.write(tmp_path / "out", language="vi")}
    assert names == {
        "report.html",
        "report.json",
        *(f"{table}.csv" for table in ("methods", "lanes", "crops", "reliability", "left_out")),
    }
    with (tmp_path / "out" / "left_out.csv").open(encoding="utf-8") as lines:
        assert [row["code"] for row in csv.DictReader(lines)] == ["no_arrival"]


def test_the_page_shows_the_numbers_and_escapes_what_was_given() -> None:
    rows = promises(20, 60, lane="<b>road</b>")
    rows[4]["arrived_at"] = "<script>"
    report = hp.backtest(rows)
    page = report.to_html()
    assert "<b>road" not in page
    assert "&lt;b&gt;road" in page
    assert "<script" not in page
    assert f"{100 * report.cover_p90:.4g}" in page
    assert "<svg" in page
    vietnamese = report.to_html(language="vi")
    assert "Xác suất đã báo có đúng không?" in vietnamese
    assert 'lang="vi"' in vietnamese
    with pytest.raises(ValueError, match="no language 'fr'"):
        report.to_html(language="fr")


def test_a_share_has_wilsons_interval_and_a_mean_students() -> None:
    """Newcombe 1998, 10.1002/(SICI)1097-0258(19980430)17:8<857::AID-SIM777>3.0.CO;2-E, table I: 81 of 263."""
    share = share_of([True] * 81 + [False] * 182)
    assert (round(share.low, 4), round(share.high, 4)) == (0.2553, 0.3662)
    mean = mean_of([1.0, 2.0, 3.0])
    assert (mean.low, mean.high) == pytest.approx((2 - 2.484138, 2 + 2.484138), abs=1e-5)
    assert math.isinf(mean_of([1.0]).high)
    assert Measure(math.nan, math.nan, math.nan, 0).to_dict() == {"mean": None, "low": None, "high": None, "count": 0}


def test_few_promises_make_few_groups() -> None:
    assert [row.came.count for row in reliability_of([(0.5, 1.0)] * 35)] == [12, 11, 12]
    assert reliability_of([]) == ()


@pytest.mark.parametrize(
    ("package", "ask", "extra"),
    [
        ("scipy", lambda report: hp.backtest([]), "fit"),
        ("jinja2", lambda report: report.to_html(), "cli"),
        ("pandas", lambda report: report.to_frame("lanes"), "notebook"),
    ],
)
def test_an_absent_extra_is_named(
    monkeypatch: pytest.MonkeyPatch, package: str, ask: Callable[[hp.BacktestReport], object], extra: str
) -> None:
    report = hp.backtest(promises(21, 30))
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(hp.MissingExtraError, match=rf'needs {package}.*"harvest-planner\[{extra}\]"'):
        ask(report)


def test_a_plans_own_shipments_with_what_came_written_in_are_a_history() -> None:
    rows = [
        {
            "order_id": f"o{i}",
            "lanes": "chi-lang-ha-noi > ha-noi-ca-mau",
            "departs_at": f"2026-08-{i + 1:02}T18:00:00+07:00",
            "arrive_p05_at": f"2026-08-{i + 2:02}T10:00:00+07:00",
            "arrive_p50_at": f"2026-08-{i + 2:02}T14:00:00+07:00",
            "arrive_p95_at": f"2026-08-{i + 3:02}T02:00:00+07:00",
            "delivered_at": f"2026-08-{i + 2:02}T{hour}:00:00+07:00",
        }
        for i, hour in enumerate((14, 15, 13, 17, 14, 20))
    ]
    report = hp.backtest(rows)
    assert report.cover_p50 == pytest.approx(0.5)
    assert set(report.by_lane) == {"chi-lang-ha-noi > ha-noi-ca-mau"}


def test_a_chain_of_lanes_may_be_a_list() -> None:
    rows = [{**row, "lane_ids": ["a", "b"]} for row in promises(22, 30)]
    for row in rows:
        del row["lane"]
    assert set(hp.backtest(rows).by_lane) == {"a > b"}
