"""Seconds of a re-plan beside those of the plan: `python -m benchmarks.replans [--orders N | --folder F] [--events N]`.

Events of every kind happen one at a time to the plan of `examples/chi_lang`, or of a made-up problem of so many orders
(see `generate`), or of a problem folder (`--folder`, such as `national_day` writes); half of them are new orders, or,
with `--each`, so many of each of the nine kinds happen. Told are the processor's seconds against those of the whole
plan, how many growers' sheets change, and whether the referee finds the new plan sound; it reads every reason of a
refusal, which takes long for a large plan, so `--unchecked` leaves it out. `--afresh` plans every new problem once more
with the frozen picks alone kept, and tells by how much that is worth more; such a plan may drop orders that a re-plan
may not. `--json` prints all as JSON.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import random
import statistics
import time
from collections import defaultdict
from collections.abc import Callable
from itertools import chain
from pathlib import Path
from typing import Any

import harvest_planner as hp
from benchmarks.generate import problem_of
from harvest_planner.planning.replan.standing import standings

EXAMPLE = Path(__file__).resolve().parents[1] / "examples" / "chi_lang"


OTHERS: tuple[Callable[[hp.Shipment, hp.PlanningProblem], dict[str, Any]], ...] = (
    lambda row, _: {"kind": "order_cancelled", "order_id": row.order_id},
    lambda row, _: {
        "kind": "departure_cancelled",
        "lane_id": row.legs[0].lane_id,
        "on": row.legs[0].departs_at.date(),
    },
    lambda row, _: {"kind": "lane_slower", "lane_id": row.legs[-1].lane_id, "added_h": 3.0},
    lambda row, problem: {
        "kind": "place_closed",
        "place_id": problem.batch(row.batch_id).place_id,
        "on": row.pick_on,
    },
    lambda row, problem: {
        "kind": "field_checked",
        "batch_id": row.batch_id,
        "seen_on": problem.as_of.date(),
        "age_shift_d20": 0.5,
    },
    lambda row, problem: {
        "kind": "grower_absent",
        "grower_id": problem.batch(row.batch_id).grower_id,
        "from_on": row.pick_on,
        "until_on": row.pick_on,
    },
    lambda row, _: {"kind": "picked_less", "batch_id": row.batch_id, "pick_on": row.pick_on, "kg": 1.0},
)
"""Events that undo or change something of a shipment, one of each kind."""


def happenings(problem: hp.PlanningProblem, plan: hp.HarvestPlan, count: int) -> list[dict[str, Any]]:
    """Events of every kind in turn; half of them new orders."""
    rng = random.Random(11)
    found: list[dict[str, Any]] = []
    while len(found) < count:
        row = rng.choice(plan.shipments)
        order = rng.choice(problem.orders)
        new = {**dict(order), "id": f"new-{len(found)}", "state": "firm", "confirm_by_at": None, "placed_at": None}
        found += [{"kind": "order_placed", "order": new}, rng.choice(OTHERS)(row, problem)]
    return found[:count]


def one_of_each(problem: hp.PlanningProblem, plan: hp.HarvestPlan, seed: int) -> list[dict[str, Any]]:
    """An event of each of the nine kinds, each of them of a shipment, or an order, drawn anew."""
    rng = random.Random(seed)
    row, order = rng.choice(plan.shipments), rng.choice(problem.orders)
    new = {"id": f"new-{seed}", "state": "firm", "confirm_by_at": None, "placed_at": None}
    told = {name: getattr(row, name) for name in ("batch_id", "pick_on", "kg", "legs", "value_vnd")}
    promised = {"kind": "order_promised", "order": {**dict(problem.order(row.order_id)), **new}, **told}
    drawn = [{"kind": "order_placed", "order": {**dict(order), **new}}, promised]
    drawn += [of(rng.choice(plan.shipments), problem) for of in OTHERS]
    return drawn


def afresh_vnd(problem: hp.PlanningProblem, plan: hp.HarvestPlan, asked: hp.PlanningProblem) -> float:
    """Worth of a new problem planned afresh with the picks kept that lay inside the fence [VND]."""
    fenced = {
        (each.shipment.order_id, *each.trip)
        for each in standings(plan, problem, as_of=asked.as_of)
        if each.stand != "free"
    }
    kept = tuple(each for each in asked.commitments if (each.order_id, each.batch_id, each.pick_on) in fenced)
    return hp.plan_harvest(asked.model_copy(update={"commitments": kept})).value_vnd


def timed_plan(problem: hp.PlanningProblem) -> tuple[hp.HarvestPlan, float]:
    """The plan, and the processor's seconds."""
    start = time.process_time()
    plan = hp.plan_harvest(problem)
    return plan, time.process_time() - start


def measure(
    problem: hp.PlanningProblem, count: int, *, each: bool = False, checked: bool = True, against_afresh: bool = False
) -> dict[str, Any]:
    """Plan, and plan again after each event; how long the plan takes is measured before the events and after them."""
    plan, first_s = timed_plan(problem)
    growers = len({batch.grower_id for batch in problem.batches})
    seconds: dict[str, list[float]] = defaultdict(list)
    sheets: dict[str, list[float]] = defaultdict(list)
    losses: dict[str, list[float]] = defaultdict(list)
    unsound = 0
    rounds = (one_of_each(problem, plan, seed) for seed in range(count))
    for event in chain.from_iterable(rounds) if each else happenings(problem, plan, count):
        start = time.process_time()
        again, diff = hp.replan(plan, problem, [event], as_of=problem.as_of + dt.timedelta(minutes=20))
        seconds[event["kind"]].append(time.process_time() - start)
        sheets[event["kind"]].append(len(diff.grower_ids) / growers)
        if against_afresh:
            best_vnd = afresh_vnd(problem, plan, diff.problem)
            losses[event["kind"]].append((best_vnd - again.value_vnd) / max(abs(best_vnd), 1.0))
        unsound += checked and bool(hp.check_plan(again, diff.problem))
    every = [one for of_kind in seconds.values() for one in of_kind]
    # Other work on the machine slows one minute more than another.
    whole_s = statistics.mean((first_s, timed_plan(problem)[1]))
    return {
        "orders": len(problem.orders),
        "plan_s": round(whole_s, 1),
        "replan_median_s": round(statistics.median(every), 2),
        "replan_share": round(statistics.median(every) / whole_s, 3),
        "unsound": unsound if checked else None,
        "kinds": {
            kind: {
                "events": len(of_kind),
                "median_s": round(statistics.median(of_kind), 2),
                "median_share": round(statistics.median(of_kind) / whole_s, 3),
                "most_s": round(max(of_kind), 2),
                "sheets_changed_median": round(statistics.median(sheets[kind]), 4),
            }
            | ({"most_below_afresh": round(max(losses[kind]), 5)} if against_afresh else {})
            for kind, of_kind in sorted(seconds.items())
        },
    }


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--events", type=int, default=14)
    parser.add_argument("--each", action="store_true")
    parser.add_argument("--unchecked", action="store_true")
    parser.add_argument("--afresh", action="store_true")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    problem = hp.load_problem(asked.folder or EXAMPLE) if asked.orders is None else problem_of(asked.orders)
    found = measure(problem, asked.events, each=asked.each, checked=not asked.unchecked, against_afresh=asked.afresh)
    if asked.json:
        print(json.dumps(found))
        return
    for name, value in found.items():
        if isinstance(value, dict):
            for kind, row in value.items():
                print(f"{kind:>22}: {row}")
        else:
            print(f"{name:>22}: {value}")


if __name__ == "__main__":
    main()
