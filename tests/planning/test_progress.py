"""Whoever waits for a plan is told how far it has come."""

from __future__ import annotations

import pytest

from harvest_planner.planning.harvest import plan_harvest
from harvest_planner.planning.progress import Progress
from tests.planning import small


def test_progress_never_falls_and_ends_with_the_plan() -> None:
    told: list[Progress] = []
    plan = plan_harvest(small.problem(), on_progress=told.append)
    done = [progress.done for progress in told]
    assert done == sorted(done)
    assert [progress.step for progress in told][:1] == ["judging"]
    assert told[-1] == Progress("reporting", 1.0, plan.value_vnd, plan.bound_vnd)


def test_gap_is_told_once_something_is_allocated() -> None:
    told: list[Progress] = []
    plan_harvest(small.problem(), on_progress=told.append)
    assert [progress.gap is None for progress in told] == [progress.step == "judging" for progress in told]


def test_what_the_listener_raises_ends_the_planning() -> None:
    def enough(_: Progress) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        plan_harvest(small.problem(), on_progress=enough)
