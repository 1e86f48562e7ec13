"""Milliseconds of a quote: `python -m benchmarks.quotes [--orders N | --national N] [--quotes N] [--json]`.

Without either it asks beside the plan of `examples/chi_lang`; with `--orders`, beside that of a made-up problem of that
size (see `generate`); with `--national`, beside that of a national day (see `national_day`). Each inquiry asks for a
combination of crop, destination, deadline and wish never seen before, and is then asked again by another buyer. Figures
are wall time and, in brackets, the time of the processor alone, which is what a machine with nothing else to do would
take.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import random
import time
import warnings
from collections import Counter
from pathlib import Path
from typing import Any

import harvest_planner as hp
from benchmarks.generate import problem_of
from benchmarks.national_day import FEES, national_day

EXAMPLE = Path(__file__).resolve().parents[1] / "examples" / "chi_lang"
QUANTILES = (0.5, 0.9, 0.99)


def inquiries(problem: hp.PlanningProblem, count: int, *, seed: int = 7) -> list[hp.Order]:
    """Wishes like the problem's orders, each by another deadline: no two ask for the same."""
    rng = random.Random(seed)
    seen: set[tuple[object, ...]] = set()
    found: list[hp.Order] = []
    while len(found) < count:
        like = rng.choice(problem.orders)
        until = problem.as_of + dt.timedelta(minutes=rng.randrange(3 * 1440, 8 * 1440))
        key = (like.destination_id, until, like.ripe_within_days, like.keeps_days, like.quantity_kg)
        if key not in seen:
            seen.add(key)
            from_at = like.deliver_from_at and until - (like.deliver_until_at - like.deliver_from_at)
            changes = {"id": f"q{len(found)}", "deliver_until_at": until, "deliver_from_at": from_at}
            changes |= {"state": "inquiry", "confirm_by_at": None}
            found.append(hp.Order.model_validate({**dict(like), **changes}))
    return found


def timed(promiser: hp.Promiser, order: hp.Order) -> tuple[hp.Quote, float, float]:
    """The quote, and what it took [ms]: on the wall's clock, and of the processor."""
    wall, own = time.perf_counter(), time.thread_time()
    quote = promiser.quote(order)
    return quote, 1e3 * (time.perf_counter() - wall), 1e3 * (time.thread_time() - own)


def spread(pairs: list[tuple[float, float]]) -> dict[str, Any]:
    """Quantiles of both times [ms]."""
    columns = [sorted(column) for column in zip(*pairs, strict=True)]
    named = [{f"p{100 * q:g}": round(c[int(len(c) * q)], 3) for q in QUANTILES} for c in columns]
    return {"quotes": len(pairs), "wall_ms": named[0], "processor_ms": named[1]} if pairs else {"quotes": 0}


def measure(problem: hp.PlanningProblem, count: int) -> dict[str, Any]:
    """Plan, promise, and ask."""
    start = time.thread_time()
    plan = hp.plan_harvest(problem)
    planned_s = time.thread_time() - start
    start = time.thread_time()
    promiser = hp.Promiser(plan, problem)
    opened_s = time.thread_time() - start
    promiser.prepare()
    prepared_s = time.thread_time() - start - opened_s
    new: list[tuple[float, float]] = []
    seen: list[tuple[float, float]] = []
    refused: list[tuple[float, float]] = []
    codes: Counter[str] = Counter()
    for order in inquiries(problem, count):
        quote, *took = timed(promiser, order)
        (new if quote.offers else refused).append((took[0], took[1]))
        if quote.refusal:
            codes[quote.refusal.reasons[0].code] += 1
            continue
        _, *again = timed(promiser, order.model_copy(update={"id": f"{order.id}-again"}))
        seen.append((again[0], again[1]))
    text = {**json.loads(problem.orders[0].model_dump_json())}
    start = time.perf_counter()
    for _ in range(1000):
        hp.Order.model_validate(text)
    return {
        "orders": len(problem.orders),
        "batches": len(problem.batches),
        "plan_s": round(planned_s, 1),
        "open_s": round(opened_s, 2),
        "prepare_s": round(prepared_s, 1),
        "never seen": spread(new),
        "shares cached": spread(seen),
        "refused": {**spread(refused), "codes": dict(codes)},
        "validate_order_ms": round(time.perf_counter() - start, 4),
    }


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--orders", type=int)
    size.add_argument("--national", type=int, metavar="N", help="orders of a national day")
    parser.add_argument("--quotes", type=int, default=600)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    if asked.national:
        problem = national_day(asked.national, seed=1, fees=FEES["low"]).problem()
    else:
        problem = problem_of(asked.orders) if asked.orders else hp.load_problem(EXAMPLE)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", hp.OutsideCalibrationWarning)
        found = measure(problem, asked.quotes)
    if asked.json:
        print(json.dumps(found))
        return
    for name, value in found.items():
        if isinstance(value, dict) and value.get("quotes"):
            wall, own = value["wall_ms"], value["processor_ms"]
            cells = "  ".join(f"{q} {wall[q]:.2f} ({own[q]:.2f}) ms" for q in wall)
            print(f"{name:>18}: {value['quotes']} quotes  {cells}  {value.get('codes', '')}")
        else:
            print(f"{name:>18}: {value}")


if __name__ == "__main__":
    main()
