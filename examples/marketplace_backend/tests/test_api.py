"""What each role can do over HTTP, and what it cannot."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import text

from examples.marketplace_backend import database, plans
from examples.marketplace_backend.offers import opened
from examples.marketplace_backend.problem_documents import KINDS
from examples.marketplace_backend.settings import settings
from examples.marketplace_backend.tests.conftest import Office, work_off

ORDER = {
    "id": "new-1",
    "crop_id": "na-chi-lang",
    "quantity_kg": 3,
    "destination_id": "ha-noi",
    "deliver_until_at": "2026-08-14T18:00:00+07:00",
    "price_vnd_per_kg": 90_000,
}


def quoted(office: Office, **changes: object) -> dict[str, Any]:
    answer = office.client.post("/v1/quotes", json={"order": ORDER | changes}, headers=office.marketplace)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def refused(answer: Any, status: int, kind: str) -> None:
    """A problem document of that kind."""
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json"), answer.text
    body = answer.json()
    assert (body["type"], body["status"], body["title"]) == (kind, status, KINDS[kind].title)


def test_an_order_is_quoted_reserved_confirmed_and_shipped_as_promised(planned: Office) -> None:
    client, key = planned.client, planned.marketplace | {"Idempotency-Key": "checkout-1"}
    offered = quoted(planned)["offers"][0]
    held = client.post("/v1/reservations", json={"token": offered["token"]}, headers=key)
    assert held.status_code == 201
    again = client.post("/v1/reservations", json={"token": offered["token"]}, headers=key)
    assert again.json() == held.json()
    here = f"/v1/reservations/{held.json()['id']}"
    assert client.post(f"{here}/confirm", headers=planned.marketplace).json()["state"] == "confirmed"
    job = client.post("/v1/replans", json={}, headers=planned.cooperative).json()
    work_off()
    done = client.get(f"/v1/jobs/{job['id']}", headers=planned.cooperative).json()
    assert done["state"] == "done", done
    (row,) = client.get("/v1/orders/new-1/shipments", headers=planned.marketplace).json()
    offer = offered["offer"]
    assert (row["batch_id"], row["pick_on"], row["kg"]) == (offer["batch_id"], offer["pick_on"], offer["kg"])
    told = client.get(f"/v1/plans/{done['result']['plan_id']}/changes", headers=planned.cooperative).json()
    assert any("new-1" in sentence for sentence in told["words"]["vi"])


def test_a_fresh_plan_keeps_what_is_promised(planned: Office) -> None:
    client = planned.client
    offered = quoted(planned)["offers"][0]
    held = client.post("/v1/reservations", json={"token": offered["token"]}, headers=planned.marketplace).json()
    client.post(f"/v1/reservations/{held['id']}/confirm", headers=planned.marketplace)
    job = client.post("/v1/plans", json={}, headers=planned.cooperative).json()
    work_off()
    assert client.get(f"/v1/jobs/{job['id']}", headers=planned.cooperative).json()["state"] == "done"
    (row,) = client.get("/v1/orders/new-1/shipments", headers=planned.marketplace).json()
    assert (row["batch_id"], row["pick_on"]) == (offered["offer"]["batch_id"], offered["offer"]["pick_on"])
    assert plans.ledger().snapshot().version == 2


def test_a_quote_takes_nothing_and_a_cancelled_reservation_gives_back(planned: Office) -> None:
    client, before = planned.client, taken()
    offered = quoted(planned)["offers"][0]
    assert taken() == before
    held = client.post("/v1/reservations", json={"token": offered["token"]}, headers=planned.marketplace).json()
    assert taken() > before
    path = f"/v1/reservations/{held['id']}"
    assert client.post(f"{path}/cancel", headers=planned.marketplace).json()["state"] == "cancelled"
    assert taken() == before
    refused(client.post(f"{path}/confirm", headers=planned.marketplace), 410, "reservation-over")


def taken() -> int:
    with database.transaction() as session:
        return int(session.execute(text("SELECT coalesce(sum(taken), 0) FROM stock")).scalar_one())


def test_reservations_that_cannot_be_are_refused_by_kind(planned: Office) -> None:
    client = planned.client
    offers = quoted(planned)["offers"]
    body, key = {"token": offers[0]["token"]}, planned.marketplace | {"Idempotency-Key": "checkout-1"}
    assert client.post("/v1/reservations", json=body, headers=key).status_code == 201
    refused(client.post("/v1/reservations", json=body, headers=planned.marketplace), 409, "order-reserved")
    other = quoted(planned, id="new-2")["offers"][0]
    refused(client.post("/v1/reservations", json={"token": other["token"]}, headers=key), 409, "key-reused")
    bent = {"token": other["token"][:-3] + "abc"}
    refused(client.post("/v1/reservations", json=bent, headers=planned.marketplace), 422, "invalid")
    refused(client.get(f"/v1/reservations/{'0' * 32}", headers=planned.marketplace), 404, "not-found")
    client.post("/v1/replans", json={}, headers=planned.cooperative)
    work_off()
    late = client.post("/v1/reservations", json={"token": other["token"]}, headers=planned.marketplace)
    refused(late, 409, "plan-changed")


def test_selling_stops_at_the_limit(planned: Office) -> None:
    sold = 0.0
    for number in range(60):
        offers = quoted(planned, id=f"big-{number}", quantity_kg=30)["offers"]
        if not offers:
            break
        body = {"token": offers[0]["token"]}
        held = planned.client.post("/v1/reservations", json=body, headers=planned.marketplace)
        assert held.status_code == 201
        sold += held.json()["kg"]
    last = quoted(planned, id="big-last", quantity_kg=30)
    assert last["offers"] == []
    assert last["refusal"]["reasons"]
    assert sold > 30
    assert any("big-last" in sentence for sentence in last["sentences"])


@pytest.mark.parametrize(("language", "word"), [("vi", "từ chối"), ("en", "refused")])
def test_a_refusal_is_told_in_words_and_data(planned: Office, language: str, word: str) -> None:
    asked = {"order": ORDER | {"deliver_until_at": "2026-08-10T08:00:00+07:00"}}
    answer = planned.client.post(f"/v1/quotes?language={language}", json=asked, headers=planned.marketplace).json()
    assert answer["offers"] == []
    assert answer["refusal"]["reasons"][0]["code"] in ("no_journey", "cannot_arrive_ripe")
    assert word in answer["sentences"][0]


ONLY = {
    ("PUT", "/v1/orchard"): {"cooperative"},
    ("GET", "/v1/orchard"): {"cooperative"},
    ("POST", "/v1/plans"): {"cooperative"},
    ("POST", "/v1/replans"): {"cooperative"},
    ("POST", "/v1/what-if"): {"cooperative"},
    ("GET", "/v1/jobs/1"): {"cooperative"},
    ("GET", "/v1/plans/current"): {"cooperative"},
    ("GET", "/v1/plans/1"): {"cooperative"},
    ("GET", "/v1/plans/1/changes"): {"cooperative"},
    ("GET", "/v1/picks"): {"cooperative"},
    ("POST", "/v1/keys"): {"cooperative"},
    ("DELETE", "/v1/keys/00"): {"cooperative"},
    ("POST", "/v1/growers/g01/feeds"): {"cooperative"},
    ("DELETE", "/v1/feeds/00"): {"cooperative"},
    ("POST", "/v1/orders"): {"cooperative", "marketplace"},
    ("POST", "/v1/orders/exports"): {"cooperative", "marketplace"},
    ("POST", "/v1/quotes"): {"cooperative", "marketplace"},
    ("POST", "/v1/reservations"): {"cooperative", "marketplace"},
    ("GET", "/v1/reservations/00"): {"cooperative", "marketplace"},
    ("POST", "/v1/reservations/00/confirm"): {"cooperative", "marketplace"},
    ("POST", "/v1/reservations/00/cancel"): {"cooperative", "marketplace"},
    ("GET", "/v1/orders/o001/why"): {"cooperative", "marketplace"},
    ("GET", "/v1/orders/o001/shipments"): {"cooperative", "marketplace"},
    ("GET", "/v1/refusals"): {"cooperative", "marketplace"},
    ("GET", "/v1/growers/g02/sheet"): {"cooperative"},
    ("GET", "/v1/growers/g02/calendar.ics"): {"cooperative"},
}


def test_each_path_is_for_its_roles_alone(planned: Office) -> None:
    for (method, path), roles in ONLY.items():
        refused(planned.client.request(method, path), 401, "unauthorized")
        for role in ("marketplace", "cooperative", "grower"):
            answer = planned.client.request(method, path, headers=getattr(planned, role))
            assert (answer.status_code == 403) == (role not in roles), (method, path, role, answer.text)


def test_no_path_of_the_api_is_left_out_of_the_table_of_roles(office: Office) -> None:
    paths = office.client.get("/openapi.json").json()["paths"]
    listed = {
        (method.upper(), path.replace("{reservation_id}", "00").replace("{order_id}", "o001").replace("{job_id}", "1"))
        for path, methods in paths.items()
        for method in methods
        if path.startswith("/v1")
    }
    for old, new in (("{plan_id}", "1"), ("{key_id}", "00"), ("{feed_id}", "00")):
        listed = {(method, path.replace(old, new)) for method, path in listed}
    listed = {(m, p.replace("{grower_id}", "g01" if p.endswith("feeds") else "g02")) for m, p in listed}
    assert listed == ONLY.keys()


def test_a_grower_reads_his_own_papers_and_nobody_elses(planned: Office) -> None:
    client = planned.client
    grower = plans.published().plan.picks[0].grower_id
    key = client.post("/v1/keys", json={"role": "grower", "grower_id": grower}, headers=planned.cooperative).json()
    mine = {"Authorization": f"Bearer {key['secret']}"}
    sheet = client.get(f"/v1/growers/{grower}/sheet?language=en", headers=mine)
    assert (sheet.status_code, sheet.headers["cache-control"]) == (200, "private, no-store")
    names = {one.id: one.name for one in plans.published().problem.growers}
    others = [name for other, name in names.items() if other != grower and name != names[grower]]
    assert str(names[grower]) in sheet.text
    assert [name for name in others if name and name in sheet.text] == []
    calendar = client.get(f"/v1/growers/{grower}/calendar.ics", headers=mine)
    assert calendar.headers["content-type"].startswith("text/calendar")
    assert "BEGIN:VEVENT" in calendar.text


def test_a_feed_opens_with_its_token_until_it_is_revoked(planned: Office) -> None:
    client = planned.client
    grower = plans.published().plan.picks[0].grower_id
    feed = client.post(f"/v1/growers/{grower}/feeds", headers=planned.cooperative).json()
    assert client.get(feed["path"] + "/calendar.ics").status_code == 200
    assert client.get(feed["path"] + "/sheet").status_code == 200
    refused(client.get(feed["path"][:-1] + "/sheet"), 404, "not-found")
    assert client.delete(f"/v1/feeds/{feed['id']}", headers=planned.cooperative).status_code == 204
    refused(client.get(feed["path"] + "/sheet"), 404, "not-found")


def test_secrets_are_kept_as_hashes_alone(office: Office) -> None:
    secret = office.marketplace["Authorization"].rpartition(".")[2]
    with database.transaction() as session:
        rows = session.execute(text("SELECT k::text FROM api_keys k")).scalars().all()
    assert len(rows) == 3
    assert not any(secret in row for row in rows)


def test_a_revoked_key_opens_nothing(office: Office) -> None:
    key = office.client.post("/v1/keys", json={"role": "marketplace"}, headers=office.cooperative).json()
    mine = {"Authorization": f"Bearer {key['secret']}"}
    refused(office.client.get("/v1/refusals", headers=mine), 409, "not-planned")
    assert office.client.delete(f"/v1/keys/{key['id']}", headers=office.cooperative).status_code == 204
    refused(office.client.get("/v1/refusals", headers=mine), 401, "unauthorized")


def test_who_guesses_or_asks_too_often_waits(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = {"Authorization": "Bearer 00.wrong"}
    for _ in range(settings().failures_per_minute):
        refused(office.client.get("/v1/refusals", headers=wrong), 401, "unauthorized")
    answer = office.client.get("/v1/refusals", headers=wrong)
    refused(answer, 429, "too-many-requests")
    assert int(answer.headers["retry-after"]) >= 1


def test_a_body_that_is_too_long_is_refused_unread(office: Office) -> None:
    body = b"x" * (settings().largest_body_bytes + 1)
    refused(office.client.post("/v1/orders/exports", content=body, headers=office.marketplace), 413, "too-large")


def test_orders_are_stored_all_or_none(planned: Office) -> None:
    client, key = planned.client, planned.marketplace
    good, bad = ORDER | {"id": "n-1"}, ORDER | {"id": "n-2", "crop_id": "no-such-crop"}
    before = plans.count_orders()
    refused(client.post("/v1/orders", json={"orders": [good, bad]}, headers=key), 422, "invalid")
    assert plans.count_orders() == before
    assert client.post("/v1/orders", json={"orders": [good]}, headers=key).json()["new"] == 1
    assert client.post("/v1/orders", json={"orders": [good]}, headers=key).json()["unchanged"] == 1
    changed = client.post("/v1/orders", json={"orders": [good | {"quantity_kg": 4}]}, headers=key).json()
    assert changed == {"new": 0, "changed": 1, "unchanged": 0}


def test_text_that_looks_like_sql_or_cannot_be_stored_is_only_text(planned: Office) -> None:
    client, key = planned.client, planned.marketplace
    odd = ORDER | {"id": "'; DROP TABLE stock; --"}
    assert client.post("/v1/orders", json={"orders": [odd]}, headers=key).json()["new"] == 1
    assert taken() >= 0
    for name in ("a\x00b", "a\ud800b"):
        body = json.dumps({"orders": [ORDER | {"id": name}]})
        refused(client.post("/v1/orders", content=body, headers=key), 422, "invalid")


def test_the_offer_in_a_token_is_the_one_that_was_quoted(planned: Office) -> None:
    for offered in quoted(planned)["offers"]:
        assert json.loads(opened(offered["token"]).model_dump_json()) == offered["offer"]


def test_health_readiness_and_metrics_tell_nothing_of_persons(planned: Office) -> None:
    client = planned.client
    quoted(planned)
    assert client.get("/health").json() == {"status": "ok"}
    assert client.get("/ready").json() == {"status": "ready"}
    told = client.get("/metrics").text
    assert 'marketplace_requests_total{method="POST",route="/v1/quotes",status="200"}' in told
    assert "marketplace_book_version 1.0" in told
    assert "new-1" not in told
