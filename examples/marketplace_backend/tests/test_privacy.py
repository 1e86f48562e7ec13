"""Who gets an order passes through an import and stays nowhere: not in the database, not in the logs."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

import harvest_planner as hp
from examples.marketplace_backend import database, imports, logs
from examples.marketplace_backend.tables import Table
from examples.marketplace_backend.tests.conftest import Office

DAY = Path(__file__).parents[2] / "marketplace_day"


@pytest.fixture
def log(planned: Office) -> Iterator[io.StringIO]:
    """What the service logs meanwhile."""
    written = io.StringIO()
    logs.configure(written)
    yield written
    logs.configure()


def test_an_export_is_imported_without_who_gets_it(
    planned: Office, log: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "COLUMN_MAP", DAY / "orders_map.toml")
    found = hp.import_orders(DAY / "voso.csv", column_map=DAY / "orders_map.toml")
    private = {text for one in found.contacts for text in (one.name, one.phone, one.address) if len(text) > 5}
    assert len(private) > 5
    body = (DAY / "voso.csv").read_bytes()
    answer = planned.client.post("/v1/orders/exports", content=body, headers=planned.marketplace)
    assert answer.status_code == 200, answer.text
    assert answer.json()["new"] == len(found.orders) > 0
    assert len(answer.json()["faults"]) == len(found.faults)
    logged = log.getvalue()
    assert '"route": "/v1/orders/exports"' in logged
    with database.transaction() as session:
        stored = "\n".join(
            str(row)
            for table in Table.metadata.sorted_tables
            for row in session.execute(text(f"SELECT t::text FROM {table.name} t")).scalars()
        )
    assert found.orders[0].id in stored
    assert [one for one in private if one in stored or one in logged or one in answer.text] == []


def test_logs_hold_neither_tokens_nor_what_was_sent(planned: Office, log: io.StringIO) -> None:
    feed = planned.client.post("/v1/growers/g01/feeds", headers=planned.cooperative).json()
    planned.client.get(feed["path"] + "/sheet")
    planned.client.get("/v1/orders/Nguyen-0912345678/why?language=en", headers=planned.marketplace)
    planned.client.post("/v1/quotes", json={"order": {"id": "Nguyen-0912345678"}}, headers=planned.marketplace)
    logged = log.getvalue()
    assert '"route": "/feeds/{token}/sheet"' in logged
    assert '"route": "/v1/orders/{order_id}/why"' in logged
    secrets = (feed["secret"], planned.marketplace["Authorization"].removeprefix("Bearer "), "0912345678")
    assert [secret for secret in secrets if secret in logged] == []
