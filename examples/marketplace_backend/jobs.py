"""The queue: jobs in a table, taken with FOR UPDATE SKIP LOCKED, leased, and taken again where a worker died."""

from __future__ import annotations

import datetime as dt
from typing import Any

from sqlalchemy import func, or_, select, update

from examples.marketplace_backend.clock import now
from examples.marketplace_backend.database import transaction
from examples.marketplace_backend.settings import settings
from examples.marketplace_backend.tables import Job

MOST_ATTEMPTS = 5
"""A job that took so many workers with it is given up."""
MOST_WAITING = 100


def ask(kind: str, payload: dict[str, Any]) -> Job | None:
    """Put a job in the queue; None where too many wait already."""
    with transaction() as session:
        waiting = select(func.count()).select_from(Job).where(Job.state.in_(("queued", "running")))
        if session.execute(waiting).scalar_one() >= MOST_WAITING:
            return None
        job = Job(kind=kind, payload=payload, created_at=now())
        session.add(job)
        session.flush()
        session.refresh(job)
        return job


def find(job_id: int) -> Job | None:
    """A job as it is now."""
    with transaction() as session:
        return session.get(Job, job_id)


def take(worker: str) -> Job | None:
    """The oldest job that nobody works on, leased to the worker; None: there is none.

    Two plans may be made at once; the one that is ready later is outdated by the other's book and made again.
    """
    with transaction() as session:
        idle = or_(Job.state == "queued", (Job.state == "running") & (Job.leased_until < _machine_now()))
        oldest = select(Job).where(idle).order_by(Job.id).limit(1).with_for_update(skip_locked=True)
        job = session.execute(oldest).scalar()
        if job is None:
            return None
        job.state, job.worker, job.attempts = "running", worker, job.attempts + 1
        job.leased_until = _lease_end()
        return job


def prolong(job: Job) -> bool:
    """Lengthen the lease; False where the job is another worker's by now."""
    with transaction() as session:
        longer = update(Job).where(*_mine(job)).values(leased_until=_lease_end()).returning(Job.id)
        return session.execute(longer).scalar() is not None


def finish(job: Job, *, result: dict[str, Any] | None = None, problem: dict[str, Any] | None = None) -> bool:
    """Write the outcome; False where the job is another worker's by now, which will write its own."""
    state = "done" if problem is None else "failed"
    values = {"state": state, "result": result, "problem": problem, "finished_at": now(), "leased_until": None}
    with transaction() as session:
        return session.execute(update(Job).where(*_mine(job)).values(values).returning(Job.id)).scalar() is not None


def _mine(job: Job) -> tuple[Any, ...]:
    return Job.id == job.id, Job.worker == job.worker, Job.attempts == job.attempts, Job.state == "running"


def _machine_now() -> Any:
    """The database's clock: leases are compared between processes, and need no plan's time."""
    return func.clock_timestamp()


def _lease_end() -> Any:
    return func.clock_timestamp() + dt.timedelta(seconds=settings().lease_s)
