"""What the cooperative calls: the orchard, plans and re-plans, what if, keys and feeds."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query

import harvest_planner as hp
from examples.marketplace_backend import bodies, jobs, plans
from examples.marketplace_backend.auth import Cooperative, new_feed, new_key, revoke
from examples.marketplace_backend.database import transaction
from examples.marketplace_backend.planning import events_of
from examples.marketplace_backend.problem_documents import ServiceError, documented
from examples.marketplace_backend.tables import ApiKey, Feed, Job, PlanRow

router = APIRouter(prefix="/v1", tags=["cooperative"])
Number = Annotated[int, Path(ge=1, le=2**62)]
CredentialId = Annotated[str, Path(min_length=1, max_length=64, pattern="^[0-9a-f]+$")]
REFUSED = documented("unauthorized", "forbidden", "invalid")


@router.put("/orchard", status_code=204, responses=REFUSED | documented("too-large"))
def state_orchard(who: Cooperative, orchard: hp.PlanningProblem) -> None:
    """State growers, batches, places, lanes, embargoes and policy, as the library's problem document."""
    plans.state_orchard(orchard)


@router.get("/orchard", responses=REFUSED | documented("conflict"))
def read_orchard(who: Cooperative) -> hp.PlanningProblem:
    """The orchard as it was stated."""
    with transaction() as session:
        return plans.orchard(session)


@router.post("/plans", status_code=202, responses=REFUSED | documented("conflict"))
def ask_for_plan(who: Cooperative, sent: bodies.PlanRequest) -> bodies.JobState:
    """Plan all orders afresh, in the background; GET /v1/jobs/{id} tells when it is done."""
    return _asked("plan", {"as_of": _instant(sent.as_of)})


@router.post("/replans", status_code=202, responses=REFUSED | documented("conflict", "too-large"))
def ask_for_replan(who: Cooperative, sent: bodies.ReplanRequest) -> bodies.JobState:
    """Plan again after events, with as little changed as can be, in the background."""
    events = events_of(sent.events)
    return _asked("replan", {"events": events, "take_new": sent.take_new_orders, "as_of": _instant(sent.as_of)})


@router.post("/what-if", status_code=202, responses=REFUSED | documented("conflict"))
def ask_what_if(who: Cooperative, sent: bodies.WhatIfRequest) -> bodies.JobState:
    """What more of a scarce thing would bring, by planning again in the background; changes nothing."""
    return _asked("what-if", {"resource": sent.resource, "amount": sent.amount})


@router.get("/jobs/{job_id}", responses=REFUSED | documented("not-found"))
def read_job(who: Cooperative, job_id: Number) -> bodies.JobState:
    """Work in the background as it stands."""
    job = jobs.find(job_id)
    if job is None:
        raise ServiceError("not-found", "There is no such job.")
    return _state(job)


@router.get("/plans/current", responses=REFUSED | documented("not-planned"))
def read_current(who: Cooperative) -> bodies.PlanSummary:
    """The plan that promises are made from, in a few numbers."""
    now = plans.published()
    return bodies.PlanSummary(
        plan_id=now.plan_id,
        version=now.version,
        as_of=now.problem.as_of,
        status=now.plan.status,
        value_vnd=now.plan.value_vnd,
        gap=now.plan.gap,
        shipments=len(now.plan.shipments),
        refusals=len(now.plan.refusals),
        picks=len(now.plan.picks),
    )


@router.get("/plans/{plan_id}", responses=REFUSED | documented("not-found"))
def read_plan(who: Cooperative, plan_id: Number) -> hp.HarvestPlan:
    """A plan whole."""
    return plans.load(plan_id)[0]


@router.get("/plans/{plan_id}/changes", responses=REFUSED | documented("not-found"))
def read_changes(who: Cooperative, plan_id: Number) -> dict[str, Any]:
    """What a re-plan changed of the plan before, in data and in words of both languages; empty for a fresh plan."""
    with transaction() as session:
        row = session.get(PlanRow, plan_id)
    if row is None:
        raise ServiceError("not-found", "There is no such plan.")
    return row.changes or {}


@router.get("/picks", responses=REFUSED | documented("not-planned"))
def picks(who: Cooperative, on: Annotated[dt.date | None, Query()] = None) -> list[hp.Pick]:
    """The plan's picks, of one day or of all."""
    return [pick for pick in plans.published().plan.picks if on is None or pick.pick_on == on]


@router.post("/keys", status_code=201, responses=REFUSED)
def make_key(who: Cooperative, sent: bodies.KeyRequest) -> bodies.Credential:
    """A new key; its secret is shown this once and kept as a hash."""
    if (sent.role == "grower") != (sent.grower_id is not None):
        raise ServiceError("invalid", "grower_id: name the grower for the role grower, and for no other.")
    with transaction() as session:
        key_id, text = new_key(session, sent.role, sent.grower_id)
    return bodies.Credential(id=key_id, secret=text)


@router.delete("/keys/{key_id}", status_code=204, responses=REFUSED | documented("not-found"))
def revoke_key(who: Cooperative, key_id: CredentialId) -> None:
    """End a key at once; again changes nothing."""
    with transaction() as session:
        revoke(session, ApiKey, key_id)


@router.post("/growers/{grower_id}/feeds", status_code=201, responses=REFUSED | documented("not-found", "conflict"))
def make_feed(who: Cooperative, grower_id: Annotated[str, Path(min_length=1, max_length=200)]) -> bodies.Credential:
    """A link for a grower's telephone: sheet and calendar behind a token that cannot be guessed."""
    with transaction() as session:
        plans.orchard(session).grower(grower_id)
        feed_id, token = new_feed(session, grower_id)
    return bodies.Credential(id=feed_id, secret=token, path=f"/feeds/{token}")


@router.delete("/feeds/{feed_id}", status_code=204, responses=REFUSED | documented("not-found"))
def revoke_feed(who: Cooperative, feed_id: CredentialId) -> None:
    """End a feed at once; again changes nothing."""
    with transaction() as session:
        revoke(session, Feed, feed_id)


def _asked(kind: str, payload: dict[str, Any]) -> bodies.JobState:
    job = jobs.ask(kind, payload)
    if job is None:
        raise ServiceError("conflict", f"{jobs.MOST_WAITING} jobs wait already; try again when some are done.")
    return _state(job)


def _state(job: Job) -> bodies.JobState:
    return bodies.JobState.model_validate(
        {"id": job.id, "kind": job.kind, "state": job.state, "result": job.result, "problem": job.problem}
    )


def _instant(moment: dt.datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
