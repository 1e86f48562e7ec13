"""The planner beside one monolithic HiGHS model: `python -m benchmarks.monolith --orders 5000 [--table]`.

Both start from the same candidates of a national day. Without trips (no fees, every order may be split): the model of
all candidates at once, by simplex and by interior point, beside what the planner does with them from there on (its
independent parts one after the other, and side by side in two processes). With trips (low fees): the model with whole
orders and whole trips by branch and bound, given ten times the planner's time. Prints one JSON object.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import warnings
from concurrent.futures import Executor, ProcessPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse

import harvest_planner as hp
from benchmarks.candidates import Candidates, candidates_of
from benchmarks.national_day import FEES, national_day

REPEATS = 3
WORKERS = 2


@dataclass(frozen=True)
class Solved:
    """What HiGHS found, its bound and seconds."""

    value_vnd: float
    bound_vnd: float
    seconds: float
    status: str


def rows_of(given: Candidates, *, trips: bool) -> tuple[sparse.csc_matrix, np.ndarray]:
    """Matrix and upper limits over candidates x, surplus s by trip and, with trips, y by trip."""
    many, count = len(given.order), len(given.trip_batch)
    carried = sparse.csr_matrix((given.kg, (given.trip, np.arange(many))), shape=(count, many))
    picked = sparse.hstack([carried, sparse.identity(count)]).tocsr()
    blocks = [
        (_sums(given.order, given.orders, many, count), np.ones(given.orders)),
        (_grouped(given.trip_batch, len(given.batch_kg)) @ picked, given.batch_kg),
        (_grouped(given.trip_picker, len(given.picker_kg)) @ picked, given.picker_kg),
        (
            _grouped(given.trip_packing, len(given.packing_kg)) @ sparse.hstack([carried, 0 * sparse.identity(count)]),
            given.packing_kg,
        ),
        (_loads(given, count), given.departure_kg),
    ]
    matrix = sparse.vstack([block for block, _ in blocks])
    upper = np.concatenate([limit for _, limit in blocks])
    if trips:
        linked = sparse.hstack([picked, -sparse.diags(given.trip_most_kg)])
        matrix = sparse.vstack([sparse.hstack([matrix, sparse.csr_matrix((matrix.shape[0], count))]), linked])
        upper = np.concatenate([upper, np.zeros(count)])
    return sparse.csc_matrix(matrix), upper


def _sums(owner: np.ndarray, owners: int, many: int, count: int) -> sparse.csr_matrix:
    return sparse.csr_matrix((np.ones(many), (owner, np.arange(many))), shape=(owners, many + count))


def _grouped(owner: np.ndarray, owners: int) -> sparse.csr_matrix:
    """Sums over the trips of each owner."""
    trips = np.flatnonzero(owner >= 0)
    return sparse.csr_matrix((np.ones(len(trips)), (owner[trips], trips)), shape=(owners, len(owner)))


def _loads(given: Candidates, count: int) -> sparse.csr_matrix:
    lengths = [len(loads) for loads in given.loads]
    column = np.repeat(np.arange(len(lengths)), lengths)
    departure = np.array([one for loads in given.loads for one in loads], dtype=np.int64)
    shape = (len(given.departure_kg), len(lengths) + count)
    return sparse.csr_matrix((given.kg[column], (departure, column)), shape=shape)


def solve(given: Candidates, *, trips: bool, solver: str, time_limit_s: float | None = None, seed: int = 0) -> Solved:
    """The monolithic model by HiGHS, one thread as the planner; "simplex", "ipm" or, with trips, "choose"."""
    import highspy

    matrix, upper = rows_of(given, trips=trips)
    kept = given.trip_kept_vnd_per_kg
    gain = [given.value_vnd - kept[given.trip] * given.kg, given.trip_surplus_vnd_per_kg - kept]
    top = [np.ones(len(given.order)), np.full(len(kept), np.inf)]
    if trips:
        gain, top = [*gain, -given.trip_fee_vnd], [*top, np.ones(len(kept))]
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = matrix.shape[1], matrix.shape[0]
    lp.col_cost_, lp.col_lower_, lp.col_upper_ = -np.concatenate(gain), np.zeros(lp.num_col_), np.concatenate(top)
    lp.row_lower_, lp.row_upper_ = np.full(lp.num_row_, -np.inf), upper
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_, lp.a_matrix_.index_, lp.a_matrix_.value_ = matrix.indptr, matrix.indices, matrix.data
    if trips:
        whole = np.concatenate([~given.splits, np.zeros(len(kept), bool), np.ones(len(kept), bool)])
        kinds = highspy.HighsVarType
        lp.integrality_ = [kinds.kInteger if each else kinds.kContinuous for each in whole.tolist()]
    highs = highspy.Highs()
    options: dict[str, Any] = {"output_flag": False, "threads": 1, "random_seed": seed, "solver": solver}
    for name, value in {**options, "time_limit": np.inf if time_limit_s is None else time_limit_s}.items():
        highs.setOptionValue(name, value)
    started = time.perf_counter()
    highs.passModel(lp)
    highs.run()
    seconds = time.perf_counter() - started
    info = highs.getInfo()
    value = given.constant_vnd - info.objective_function_value
    bound = given.constant_vnd - info.mip_dual_bound if trips else value
    return Solved(value, bound, seconds, highs.modelStatusToString(highs.getModelStatus()))


def planned(problem: hp.PlanningProblem) -> tuple[hp.HarvestPlan, float]:
    """The planner's plan and its seconds, candidates included."""
    started = time.perf_counter()
    plan = hp.plan_harvest(problem)
    return plan, time.perf_counter() - started


def allocated(problem: hp.PlanningProblem, executor: Executor | None = None) -> tuple[float, float]:
    """Seconds from the candidates to the planner's allocation, as a mean of several, and its gap."""
    from harvest_planner.planning.allocation.components import components, joined
    from harvest_planner.planning.allocation.solve import Task, solve as solve_part
    from harvest_planner.planning.harvest import prepare
    from harvest_planner.planning.patience import Patience

    question = prepare(problem).question
    run = map if executor is None else executor.map
    started = time.perf_counter()
    for _ in range(REPEATS):
        model = question.lean()[0].model
        parts = list(components(model))
        found = list(run(solve_part, [Task(part.model, problem.policy.gap, 0, Patience()) for part in parts]))
        whole = joined(model, parts, found)
    return (time.perf_counter() - started) / REPEATS, (whole.bound_vnd - whole.value_vnd) / whole.bound_vnd


def without_trips(orders: int, seed: int) -> dict[str, Any]:
    """Orders that may all be split and trips that cost nothing: what is left is nearly a linear programme."""
    day = national_day(orders, seed=seed, fees=0.0, gap=1e-4)
    day.tables["orders"]["may_split"] = ["true"] * orders
    problem = day.problem().model_copy(update={"policy": hp.Policy(gap=1e-4, review_cost_vnd=0.0)})
    started = time.perf_counter()
    given = candidates_of(problem)
    candidates_s = time.perf_counter() - started
    plan, plan_s = planned(problem)
    allocate_s, gap = allocated(problem)
    with ProcessPoolExecutor(WORKERS) as pool:
        beside_s, _ = allocated(problem, pool)
    found = {name: solve(given, trips=False, solver=name) for name in ("simplex", "ipm")}
    fastest_s = min(each.seconds for each in found.values())
    optimum = found["ipm"].value_vnd
    return {
        "candidates": len(given.order),
        "candidates_s": round(candidates_s, 2),
        "plan_s": round(plan_s, 2),
        "allocate_s": round(allocate_s, 2),
        "allocate_side_by_side_s": round(beside_s, 2),
        "gap": gap,
        "simplex_s": round(found["simplex"].seconds, 2),
        "ipm_s": round(found["ipm"].seconds, 2),
        "times_faster": round(fastest_s / allocate_s, 1),
        "times_faster_side_by_side": round(fastest_s / beside_s, 1),
        "plan_vnd": plan.value_vnd,
        "optimum_vnd": optimum,
        "below_optimum": 1.0 - plan.value_vnd / optimum,
        "faults": len(hp.check_plan(plan, problem)),
    }


def with_trips(orders: int, seed: int, fees: float, times: float) -> dict[str, Any]:
    """The planner beside branch and bound over all candidates, given so many times its time."""
    problem = national_day(orders, seed=seed, fees=fees).problem()
    plan, plan_s = planned(problem)
    given = candidates_of(problem)
    whole = solve(given, trips=True, solver="choose", time_limit_s=times * plan_s, seed=seed)
    return {
        "candidates": len(given.order),
        "plan_s": round(plan_s, 2),
        "plan_vnd": plan.value_vnd,
        "gap": plan.gap,
        "monolith_s": round(whole.seconds, 2),
        "monolith_vnd": whole.value_vnd if np.isfinite(whole.value_vnd) else None,
        "monolith_bound_vnd": whole.bound_vnd,
        "monolith_status": whole.status,
        "faults": len(hp.check_plan(plan, problem)),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--orders", type=int, default=5_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--fees", default="low", choices=tuple(FEES))
    parser.add_argument("--times", type=float, default=10.0, help="of the planner's time for branch and bound")
    parser.add_argument("--only", choices=("lp", "mip"), help="one half; not given: both")
    parser.add_argument("--table", action="store_true")
    given = parser.parse_args()
    found: dict[str, Any] = {"orders": given.orders, "seed": given.seed, "fees": given.fees}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", hp.OutsideCalibrationWarning)
        if given.only != "mip":
            found["without_trips"] = without_trips(given.orders, given.seed)
        if given.only != "lp":
            found["with_trips"] = with_trips(given.orders, given.seed, FEES[given.fees], given.times)
    if given.table:
        for half in ("without_trips", "with_trips"):
            for name, value in found.get(half, {}).items():
                print(f"{half:14} {name:20}{value}", file=sys.stderr)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
