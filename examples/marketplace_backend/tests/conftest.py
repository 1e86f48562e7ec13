"""One PostgreSQL for the whole run, in a folder of its own; each test begins with empty tables."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

import harvest_planner as hp
from examples.marketplace_backend import database, jobs, load_orchard, plans, rate_limits
from examples.marketplace_backend.app import create_app
from examples.marketplace_backend.keys import made
from examples.marketplace_backend.planning import publish
from examples.marketplace_backend.postgres import Cluster, free_port
from examples.marketplace_backend.settings import settings
from examples.marketplace_backend.start import environment_of, migrate
from examples.marketplace_backend.tables import Table
from examples.marketplace_backend.worker import work_on


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """The server; the settings of this process name it."""
    with tempfile.TemporaryDirectory(prefix="marketplace_", ignore_cleanup_errors=True) as folder:
        found = Cluster(Path(folder), free_port())
        found.start()
        try:
            environment = environment_of(found, MARKETPLACE_SECURE_COOKIES="false")
            environment["MARKETPLACE_CLOCK_AHEAD_S"] = str(load_orchard.clock_ahead_s())
            os.environ |= {key: value for key, value in environment.items() if key.startswith("MARKETPLACE_")}
            settings.cache_clear()
            migrate(environment)
            yield found
        finally:
            database.forget()
            found.stop()


@pytest.fixture
def empty(cluster: Cluster) -> None:
    """Empty tables, and no plan."""
    names = ", ".join(table.name for table in Table.metadata.sorted_tables if table.name != "book")
    with database.transaction() as session:
        session.execute(text("UPDATE book SET version = 0, name = '', as_of = NULL, plan_id = NULL"))
        session.execute(text(f"TRUNCATE {names.replace('plans, ', '')} RESTART IDENTITY"))
        session.execute(text("DELETE FROM plans"))
    plans.forget()
    rate_limits.forget()


class Office(NamedTuple):
    """The service in this process, and a key of each role."""

    client: TestClient
    marketplace: dict[str, str]
    cooperative: dict[str, str]
    grower: dict[str, str]


@pytest.fixture(scope="session")
def client(cluster: Cluster) -> Iterator[TestClient]:
    """The application over its ASGI door; an error nobody expected would be answered as over HTTP."""
    with TestClient(create_app(), raise_server_exceptions=False) as found:
        yield found


@pytest.fixture
def office(client: TestClient, empty: None) -> Office:
    """Empty tables and fresh keys."""
    client.cookies.clear()
    keys = [made("marketplace"), made("cooperative"), made("grower", "g01")]
    return Office(client, *({"Authorization": f"Bearer {key}"} for key in keys))


@pytest.fixture(scope="session")
def made_plan() -> tuple[hp.HarvestPlan, hp.PlanningProblem]:
    """The plan of the load's orchard, made once."""
    problem = load_orchard.small()
    return hp.plan_harvest(problem), problem


@pytest.fixture
def planned(office: Office, made_plan: tuple[hp.HarvestPlan, hp.PlanningProblem]) -> Office:
    """With the orchard and the orders of the load, and their plan."""
    plan, problem = made_plan
    plans.state_orchard(problem)
    plans.keep_orders(problem.orders)
    publish(plan, problem)
    return office


def work_off() -> None:
    """Do all jobs that wait, in this process."""
    while (job := jobs.take("test")) is not None:
        work_on(job)
