"""Counts for Prometheus: requests by route and status over all processes, jobs and reservations from the database."""

from __future__ import annotations

import os
from collections.abc import Iterator

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest, multiprocess
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import REGISTRY, Collector
from sqlalchemy import func, select

from examples.marketplace_backend.database import transaction
from examples.marketplace_backend.tables import BookRow, Job, ReservationRow

_REQUESTS = Counter("marketplace_requests", "Requests answered", ["method", "route", "status"])
_SECONDS = Histogram(
    "marketplace_request_seconds",
    "Time to answer [s]",
    ["route"],
    buckets=(0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5),
)


def observe(method: str, route: str, status: int, spent_s: float) -> None:
    """Count one answered request."""
    _REQUESTS.labels(method, route, str(status)).inc()
    _SECONDS.labels(route).observe(spent_s)


class _FromDatabase(Collector):
    """What all processes share."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Jobs and reservations by state, and the version of the open book."""
        with transaction() as session:
            jobs = session.execute(select(Job.state, func.count()).group_by(Job.state)).all()
            held = select(ReservationRow.state, func.count()).group_by(ReservationRow.state)
            reservations = session.execute(held).all()
            version = session.execute(select(BookRow.version)).scalar() or 0
        for name, text, rows in (
            ("marketplace_jobs", "Jobs by state", jobs),
            ("marketplace_reservations", "Reservations by state", reservations),
        ):
            family = GaugeMetricFamily(name, text, labels=["state"])
            for state, count in rows:
                family.add_metric([state], count)
            yield family
        yield GaugeMetricFamily("marketplace_book_version", "Version of the open book", value=version)


def exposition() -> bytes:
    """The text that Prometheus reads."""
    registry = CollectorRegistry()
    registry.register(_FromDatabase())
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return generate_latest(registry)
    return generate_latest(registry) + generate_latest(REGISTRY)
