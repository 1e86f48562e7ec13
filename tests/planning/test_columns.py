"""The candidates made by arrays are those of the plain path, and nothing that the plain path allows is left out."""

from __future__ import annotations

import pytest
from hypothesis import given

import harvest_planner as hp
from harvest_planner.planning.candidates import allowed, judged, sized
from harvest_planner.planning.columns import ArrayJudge
from harvest_planner.planning.meeting import Meeting
from tests.strategies import planning_problems


@given(planning_problems())
def test_columns_equal_the_plain_path(problem: hp.PlanningProblem) -> None:
    meeting = Meeting(problem)
    buyers = tuple(meeting.buyer(order) for order in sorted(problem.orders, key=lambda order: order.id))
    columns = ArrayJudge(meeting).columns(buyers)
    found = {
        (order, trip, id(columns.journeys[journey])): (good, parcel, value)
        for order, trip, journey, good, parcel, value in zip(
            columns.order.tolist(),
            columns.trip.tolist(),
            columns.journey.tolist(),
            columns.good_share.tolist(),
            columns.parcel_good_share.tolist(),
            columns.value_vnd.tolist(),
            strict=True,
        )
    }
    plain = {
        (index, candidate.entry.trip.number, id(candidate.journey)): candidate
        for index, buyer in enumerate(buyers)
        for candidate in judged(buyer, meeting)
        if allowed(candidate, problem.policy) and candidate.value_vnd > 0
    }
    assert found.keys() == plain.keys()
    for key, candidate in plain.items():
        good, parcel, value = found[key]
        assert good == pytest.approx(candidate.verdict.good_share, abs=1e-12)
        told = candidate.verdict.parcel_good_share if sized(problem.policy) else 1.0
        assert parcel == pytest.approx(told, abs=1e-12)
        assert value == pytest.approx(candidate.value_vnd, abs=1e-5)
