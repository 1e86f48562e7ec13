"""The plan on a real Dask cluster is the plan without one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from distributed import Client, LocalCluster

import harvest_planner as hp
from examples.on_a_cluster import national_day
from harvest_planner.planning.allocation.components import components
from harvest_planner.planning.harvest import prepare

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("workers", [1, 2])
def test_the_same_plan_for_any_number_of_workers(workers: int) -> None:
    problem = national_day(3, orders=30)
    assert len(list(components(prepare(problem).question.model))) >= 3
    alone = hp.plan_harvest(problem)
    with (
        LocalCluster(n_workers=workers, threads_per_worker=1, host="127.0.0.1", dashboard_address=None) as cluster,
        Client(cluster) as client,
    ):
        shared = hp.plan_harvest(problem, executor=client.get_executor())
    assert shared == alone
    assert len(alone.shipments) > 20
    assert hp.check_plan(shared, problem) == ()


def test_the_example_runs_as_it_stands() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "examples" / "on_a_cluster.py"), "--regions", "2"],
        check=True, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert "the same plan" in done.stdout
