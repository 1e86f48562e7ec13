"""What could become of an order beside a plan: looked at by arrays it is what candidate by candidate says."""

from __future__ import annotations

import pytest
from hypothesis import given, settings, strategies as st

import harvest_planner as hp
from harvest_planner.planning.candidates import judged
from harvest_planner.planning.harvest import allocate, prepare
from harvest_planner.planning.leftover import Leftover
from harvest_planner.planning.outlook import PlainOutlooks
from harvest_planner.planning.outlook_arrays import ArrayOutlooks
from harvest_planner.planning.patience import Patience
from harvest_planner.planning.refusals import reason_by
from tests.strategies import planning_problems


@settings(max_examples=150)
@given(planning_problems(), st.floats(0.0, 1.0))
def test_arrays_say_what_candidates_say(problem: hp.PlanningProblem, part: float) -> None:
    prepared = prepare(problem)
    found = allocate(prepared, executor=None, patience=Patience(), seed=0)
    meeting = prepared.meeting
    left = Leftover(meeting, prepared.used, (*prepared.settled.parts, *found.parts), found.surplus)
    plain, arrays = PlainOutlooks(meeting, left, judged), ArrayOutlooks(prepared.judge_all, left)
    for order in problem.orders:
        buyer = meeting.buyer(order)
        assert arrays.promisable(buyer) == pytest.approx(plain.promisable(buyer), abs=1e-12)
        assert arrays.works_later(buyer) == plain.works_later(buyer)
        for kg in (order.quantity_kg, max(0.1, part * order.quantity_kg)):
            mine, other = arrays.room(buyer, kg), plain.room(buyer, kg)
            assert (mine.pays, mine.fits, mine.most_kg) == (other.pays, other.fits, other.most_kg)
            assert (mine.short and mine.short[0]) == (other.short and other.short[0])
            # Shares may part in the last digit, and prices go up by the hundred.
            assert mine.price_vnd_per_kg == pytest.approx(other.price_vnd_per_kg, abs=100.0)
        one, two = (reason_by(buyer, meeting, each, missing_kg=order.quantity_kg) for each in (arrays, plain))
        assert (one and one.code) == (two and two.code)
