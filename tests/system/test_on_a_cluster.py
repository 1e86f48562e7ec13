"""The plan on a real Dask cluster is the plan without one."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Executor
from pathlib import Path

import pytest
from distributed import Client, LocalCluster

import harvest_planner as hp
from examples.on_a_cluster import national_day
from harvest_planner.planning import harvest
from harvest_planner.planning.allocation.components import components
from harvest_planner.planning.harvest import prepare

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(params=[1, 2], ids=["one worker", "two workers"])
def executor(request: pytest.FixtureRequest) -> Iterator[Executor]:
    with (
        LocalCluster(
            n_workers=request.param, threads_per_worker=1, host="127.0.0.1", dashboard_address=None
        ) as cluster,
        Client(cluster) as client,
    ):
        yield client.get_executor()


@pytest.mark.parametrize("pairs", [harvest.LARGE_PAIRS, 0], ids=["by one programme", "by the market"])
def test_the_same_plan_for_any_number_of_workers(
    pairs: int, executor: Executor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(harvest, "LARGE_PAIRS", pairs)
    problem = national_day(3, orders=30)
    alone = hp.plan_harvest(problem)
    shared = hp.plan_harvest(problem, executor=executor)
    assert shared == alone
    assert len(alone.shipments) > 20
    assert [each for each in hp.check_plan(shared, problem) if each.code != "status"] == []


def test_the_day_falls_into_parts() -> None:
    assert len(list(components(prepare(national_day(3, orders=30)).question.model))) >= 3


def test_the_example_runs_as_it_stands() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "examples" / "on_a_cluster.py"), "--regions", "2"],
        check=True, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert "the same plan" in done.stdout
