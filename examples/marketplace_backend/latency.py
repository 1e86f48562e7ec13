"""What HTTP and PostgreSQL add to a quote: `python -m examples.marketplace_backend.latency --quotes 300`.

The same orders are quoted by the library with its ledger in memory, by the library with the ledger in PostgreSQL, and
through HTTP on loopback by one client, one after the other; orders of kinds seen before, after a round to warm up.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import time
from collections.abc import Callable
from contextlib import closing
from typing import Any

import harvest_planner as hp
from examples.marketplace_backend import plans
from examples.marketplace_backend.clock import now
from examples.marketplace_backend.load import READY_S, service_of_its_own
from examples.marketplace_backend.load_clients import Buyers, small_order
from examples.marketplace_backend.postgres import free_port


def measured(quotes: int) -> dict[str, Any]:
    """Milliseconds of a quote by each way: median and 95th percentile."""
    port = free_port()
    with service_of_its_own(port, http_workers=1):
        buyers = Buyers(port, clients=1, attempts=1, seed=0)
        buyers.wait_until_planned(READY_S)
        current, line = plans.published(), buyers.caller(0)
        alone = hp.Promiser(current.plan, current.problem, clock=now)
        chance = random.Random(0)
        orders = [small_order(f"asked-{number:05}", chance) for number in range(quotes)]
        records = [hp.Order.model_validate(order) for order in orders]
        ways: dict[str, tuple[list[Any], Callable[[Any], object]]] = {
            "library": (records, alone.quote),
            "library with PostgreSQL": (records, current.promiser.quote),
            "health through HTTP": (orders, lambda _: line.call("GET", "/health")),
            "quote through HTTP": (orders, lambda order: line.call("POST", "/v1/quotes", {"order": order})),
        }
        with closing(line):
            return {name: _timed(asked, way) for name, (asked, way) in ways.items()}


def _timed(asked: list[Any], way: Callable[[Any], object]) -> dict[str, float]:
    for one in asked:
        way(one)
    spent_ms = []
    for one in asked:
        began_s = time.perf_counter()
        way(one)
        spent_ms.append((time.perf_counter() - began_s) * 1000)
    return {
        "p50_ms": round(statistics.median(spent_ms), 2),
        "p95_ms": round(statistics.quantiles(spent_ms, n=20)[18], 2),
    }


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quotes", type=int, default=300)
    print(json.dumps(measured(parser.parse_args().quotes), indent=2))


if __name__ == "__main__":
    main()
