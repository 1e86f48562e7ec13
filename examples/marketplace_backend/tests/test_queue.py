"""Jobs survive their workers: each is done once, by one worker, and taken over where that one died."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from examples.marketplace_backend import database, jobs
from examples.marketplace_backend.tests.conftest import Office, work_off
from examples.marketplace_backend.worker import work_on

pytestmark = pytest.mark.usefixtures("empty")


def test_no_two_workers_take_the_same_job() -> None:
    for number in range(12):
        jobs.ask("what-if", {"number": number})
    with ThreadPoolExecutor(6) as pool:
        taken = [job.id for job in pool.map(lambda n: jobs.take(f"w{n}"), range(20)) if job is not None]
    assert sorted(taken) == list(range(1, 13))


def test_a_job_whose_worker_died_is_taken_over_and_the_dead_cannot_finish_it() -> None:
    jobs.ask("plan", {})
    first = jobs.take("first")
    assert first is not None
    assert jobs.take("second") is None
    with database.transaction() as session:
        session.execute(text("UPDATE jobs SET leased_until = clock_timestamp() - interval '1 second'"))
    second = jobs.take("second")
    assert second is not None
    assert (second.id, second.attempts) == (first.id, 2)
    assert jobs.finish(first, result={"by": "first"}) is False
    assert jobs.prolong(first) is False
    assert jobs.finish(second, result={"by": "second"}) is True
    found = jobs.find(first.id)
    assert found is not None
    assert found.result == {"by": "second"}


def test_a_job_that_takes_every_worker_with_it_is_given_up() -> None:
    jobs.ask("plan", {})
    for number in range(jobs.MOST_ATTEMPTS):
        assert jobs.take(f"w{number}") is not None
        with database.transaction() as session:
            session.execute(text("UPDATE jobs SET leased_until = clock_timestamp() - interval '1 second'"))
    last = jobs.take("last")
    assert last is not None
    work_on(last)
    found = jobs.find(last.id)
    assert found is not None
    assert found.state == "failed"


def test_what_cannot_be_planned_fails_with_a_problem_document(office: Office) -> None:
    job = office.client.post("/v1/plans", json={}, headers=office.cooperative).json()
    work_off()
    told = office.client.get(f"/v1/jobs/{job['id']}", headers=office.cooperative).json()
    assert (told["state"], told["problem"]["type"]) == ("failed", "conflict")


def test_what_more_of_a_thing_would_bring_is_answered_in_the_background(planned: Office) -> None:
    asked = [{"resource": "batch:b01", "amount": 20}, {"resource": "nonsense", "amount": 1}]
    ids = [planned.client.post("/v1/what-if", json=one, headers=planned.cooperative).json()["id"] for one in asked]
    work_off()
    good, bad = (planned.client.get(f"/v1/jobs/{one}", headers=planned.cooperative).json() for one in ids)
    assert good["result"]["difference_vnd"] >= 0
    assert (bad["state"], bad["problem"]["type"]) == ("failed", "invalid")
