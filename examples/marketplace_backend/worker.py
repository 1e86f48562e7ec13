"""The background worker, of which as many run as wanted: `python -m examples.marketplace_backend.worker`."""

from __future__ import annotations

import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

import harvest_planner as hp
from examples.marketplace_backend import jobs, logs
from examples.marketplace_backend.database import engine
from examples.marketplace_backend.ledger import selling_paused
from examples.marketplace_backend.planning import plan_afresh, plan_again, what_if
from examples.marketplace_backend.problem_documents import document_of
from examples.marketplace_backend.settings import settings
from examples.marketplace_backend.tables import Job

IDLE_S = 0.5
CONFLICTS = 3
"""A plan that promises made meanwhile outdated so often but once is made with selling paused."""
WORK: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "plan": plan_afresh,
    "replan": plan_again,
    "what-if": what_if,
}


def work_on(job: Job) -> None:
    """Do a job and write its outcome; its lease is lengthened meanwhile."""
    done = threading.Event()
    beat = threading.Thread(target=_keep_lease, args=(job, done), daemon=True)
    beat.start()
    try:
        if job.attempts > jobs.MOST_ATTEMPTS:
            raise RuntimeError("the job took too many workers with it")
        result = _without_conflict(job)
    except Exception as error:  # whatever it is, the job must say so
        logs.log.error("job failed", job_id=job.id, kind=job.kind, error=error)
        jobs.finish(job, problem=document_of(error))
    else:
        kept = jobs.finish(job, result=result)
        logs.log.info("job done" if kept else "job was taken over", job_id=job.id, kind=job.kind)
    finally:
        done.set()


def _without_conflict(job: Job) -> dict[str, Any]:
    for _ in range(CONFLICTS - 1):
        try:
            return WORK[job.kind](job.payload)
        except hp.LedgerConflictError as error:
            logs.log.info("planning again", job_id=job.id, error=error)
    with selling_paused(engine()):
        return WORK[job.kind](job.payload)


def _keep_lease(job: Job, done: threading.Event) -> None:
    while not done.wait(settings().lease_s / 3):
        try:
            jobs.prolong(job)
        except Exception as error:  # the next beat may find the database again
            logs.log.warning("lease not prolonged", job_id=job.id, error=error)


def main() -> None:
    """Work until told to stop; a job that is begun is finished first."""
    logs.configure()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    name = f"{socket.gethostname()}:{os.getpid()}"
    while not stop.is_set():
        try:
            job = jobs.take(name)
        except Exception as error:  # the database may be restarting
            logs.log.warning("no queue", error=error)
            time.sleep(IDLE_S)
            continue
        if job is None:
            stop.wait(IDLE_S)
        else:
            work_on(job)


if __name__ == "__main__":
    main()
