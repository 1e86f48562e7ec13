"""Many buyers at once, with random kills: `python -m examples.marketplace_backend.load --attempts 50000`.

Starts a service and a PostgreSQL of its own on 127.0.0.1, lets 16 clients reserve, confirm and cancel while HTTP and
planning workers are killed, restarts everything, and then holds the ledger against what the clients were told and
against the plan. Bounded in count and time; exits 1 where anything disagrees.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from examples.marketplace_backend.load_clients import Buyers, Killer, Totals
from examples.marketplace_backend.load_truth import disagreements
from examples.marketplace_backend.postgres import Cluster, free_port
from examples.marketplace_backend.settings import settings
from examples.marketplace_backend.start import Service, environment_of, migrate

UNLIMITED = {"MARKETPLACE_REQUESTS_PER_MINUTE": "10000000", "MARKETPLACE_SECURE_COOKIES": "false"}
READY_S = 300.0


@dataclass(frozen=True)
class Load:
    """What is asked of the service: bounded in count and time."""

    attempts: int
    clients: int = 16
    kill_every_s: float = 5.0
    replan_every_s: float = 15.0
    longest_s: float = 3000.0
    seed: int = 0


@contextmanager
def service_of_its_own(port: int, http_workers: int = 2) -> Iterator[tuple[Service, Cluster]]:
    """A service with a small orchard and a plan; this process's settings name its database."""
    from examples.marketplace_backend import database, load_orchard

    with tempfile.TemporaryDirectory(prefix="marketplace_load_", ignore_cleanup_errors=True) as folder:
        cluster = Cluster(Path(folder), free_port())
        cluster.start()
        environment = environment_of(cluster, **UNLIMITED)
        environment["MARKETPLACE_CLOCK_AHEAD_S"] = str(load_orchard.clock_ahead_s())
        os.environ |= {key: value for key, value in environment.items() if key.startswith("MARKETPLACE_")}
        settings.cache_clear()
        database.forget()
        service = Service(environment, port, http_workers)
        try:
            migrate(environment)
            load_orchard.state()
            service.start()
            yield service, cluster
        finally:
            service.stop()
            database.forget()
            cluster.stop()


def run(load: Load) -> tuple[Totals, list[str]]:
    """The load, a restart of everything, a re-plan, and what then disagrees."""
    from examples.marketplace_backend import database

    port = free_port()
    with service_of_its_own(port) as (service, cluster):
        buyers = Buyers(port, load.clients, load.attempts, load.seed)
        buyers.wait_until_planned(READY_S)
        with Killer(service, load.kill_every_s, load.seed) as killer:
            totals = buyers.run(replan_every_s=load.replan_every_s, longest_s=load.longest_s)
        totals.kills = killer.kills
        service.stop()
        database.forget()
        cluster.stop()
        cluster.start()
        service.start()
        buyers.wait_until_planned(READY_S)
        buyers.replan(READY_S)
        return totals, disagreements(totals)


def main() -> None:
    """Print the figures; fail where anything disagrees."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--attempts", type=int, default=2000)
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--kill-every-s", type=float, default=5.0)
    parser.add_argument("--replan-every-s", type=float, default=15.0)
    parser.add_argument("--longest-s", type=float, default=3000.0)
    parser.add_argument("--seed", type=int, default=0)
    began_s = time.monotonic()
    totals, wrong = run(Load(**vars(parser.parse_args())))
    print(json.dumps(totals.told() | {"whole_run_s": round(time.monotonic() - began_s, 1)}, indent=2))
    print(*wrong or ["ledger, clients and plan agree"], sep="\n")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
