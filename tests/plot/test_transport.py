"""Pictures of travel show what the journeys say."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

import harvest_planner as hp
from tests.planning.small import lane, problem

READY = dt.datetime.fromisoformat("2026-08-10T08:00:00+07:00")
HOUR = dt.timedelta(hours=1)


def uncertain() -> hp.PlanningProblem:
    return problem(lanes=[lane(transit_p95_h=20, cutoff_h=2)], batches=[], orders=[])


def labels(ax: object) -> list[str]:
    legend = ax.get_legend()  # type: ignore[attr-defined]
    return [text.get_text() for text in legend.get_texts()]


def test_the_bars_hold_what_arrives_between_the_quantiles_and_a_little_more() -> None:
    (way,) = hp.journeys(uncertain(), "farm", "town", ready_at=READY)
    ax = hp.plot.arrivals(way)
    values, edges, _ = ax.patches[0].get_data()  # type: ignore[attr-defined]
    days = np.diff(np.asarray(edges, dtype=float))
    held = float(np.sum(np.asarray(values, dtype=float) * days * 24))
    wide = way.arrive_p95_at - way.arrive_p05_at + HOUR
    shown = way.probability_by(way.arrive_p95_at + wide / 2) - way.probability_by(way.arrive_p05_at - wide / 2)
    assert held == pytest.approx(shown, abs=1e-6)
    assert shown > 0.95


def test_the_problem_brings_the_cut_off_and_the_deadline_its_probability() -> None:
    (way,) = hp.journeys(uncertain(), "farm", "town", ready_at=READY)
    assert labels(hp.plot.arrivals(way)) == ["probability of arriving, per hour", "departure"]
    ax = hp.plot.arrivals(way, uncertain(), deliver_until_at=way.arrive_p50_at, language="vi")
    assert labels(ax) == ["xác suất đến nơi mỗi giờ", "hạn gửi hàng", "giờ chạy", "kịp hạn giao: 50%"]


def test_the_map_colours_every_province_that_is_reached() -> None:
    asked = hp.PlanningProblem(as_of=READY)
    ax = hp.plot.journey_map(asked, "chi-lang", ready_at=READY, goods="na-chi-lang")
    _, reached, missed = ax.collections
    hours = np.asarray(reached.get_array(), dtype=float)
    assert (len(hours), len(np.asarray(missed.get_offsets()))) == (63, 0)
    (there,) = hp.journeys(asked, "chi-lang", "ca-mau", ready_at=READY, goods="na-chi-lang", limit=1)
    assert np.isclose(hours, (there.arrive_p50_at - READY) / HOUR).any()


def test_a_place_without_a_journey_stays_empty() -> None:
    ax = hp.plot.journey_map(uncertain(), "farm", ready_at=READY, destinations=["town", "ca-mau"])
    _, reached, missed = ax.collections
    assert [len(np.asarray(each.get_offsets())) for each in (reached, missed)] == [1, 1]
    assert ax.get_title() == "From farm"
