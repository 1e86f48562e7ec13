"""A short run of the load, with kills and a restart: nothing oversold, nothing lost, only documented answers."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from examples.marketplace_backend import database
from examples.marketplace_backend.load import Load, run
from examples.marketplace_backend.settings import settings

ATTEMPTS = int(os.environ.get("MARKETPLACE_LOAD_ATTEMPTS", "400"))


@pytest.fixture(autouse=True)
def own_settings() -> Iterator[None]:
    """The load names a database of its own; afterwards this process's is as it was."""
    before = {name: value for name, value in os.environ.items() if name.startswith("MARKETPLACE_")}
    yield
    for name in [name for name in os.environ if name.startswith("MARKETPLACE_")]:
        del os.environ[name]
    os.environ |= before
    settings.cache_clear()
    database.forget()


def test_many_buyers_and_random_kills_leave_ledger_clients_and_plan_in_agreement() -> None:
    totals, wrong = run(Load(ATTEMPTS, kill_every_s=1.2, replan_every_s=6.0, longest_s=120.0))
    assert wrong == []
    assert totals.undocumented == []
    assert sum(totals.kills.values()) >= 1
    assert totals.attempts >= 50
    assert len(totals.confirmed) >= 10
