"""The tables of docs/explanation/simulation.md: `python -m benchmarks.policies [SEASON …] [--runs N]`.

For the week of Chi Lăng and the made-up seasons of `benchmarks.seasons`: every policy beside the plan, what knowing
more would be worth, the plan in worlds it was not told of, and promised beside simulated shares by tenths. Money is in
million VND.
"""

from __future__ import annotations

import argparse
import time
import warnings
from collections.abc import Iterable, Iterator
from pathlib import Path

import harvest_planner as hp
from benchmarks.seasons import SEASONS, season_of

EXAMPLE = Path(__file__).resolve().parents[1] / "examples" / "chi_lang"
CHI_LANG = "chi-lang"
MILLION = 1e6
WORLDS = {
    "as told": hp.World(),
    "every batch 0.6 d20 older": hp.World(batch_shift_d20=0.6),
    "one delay for all parcels of a departure": hp.World(shared_delays=True),
    "3 °C warmer": hp.World(warmer_degc=3.0),
    "a fifth less fruit": hp.World(yield_factor=0.8),
}


def problem_named(name: str) -> hp.PlanningProblem:
    """The example, or a season made up."""
    return hp.load_problem(EXAMPLE) if name == CHI_LANG else season_of(name)


def policy_rows(found: hp.PolicyComparison) -> Iterator[str]:
    """A line of a table for each policy."""
    names = ("policy", "income", "plan − policy", "good", "plan − policy, good", "late", "harmed", "kg", "waste, kg")
    yield from _head(names)
    for row in found:
        gain = good = ""
        if row.policy != "plan":
            low, high = row.plan_minus_low_vnd / MILLION, row.plan_minus_high_vnd / MILLION
            gain = f"{row.plan_minus_vnd / MILLION:.2f} ({low:.2f} to {high:.2f})"
            share = row.plan_minus_good_share
            good = f"{share.mean:.3f} ({share.low:.3f} to {share.high:.3f})"
        lead = ""
        if row.policy == "one_lead_time":
            lead = f" ({found.lead_days} d)"
        elif row.policy == "lead_time_by_region":
            lead = f" ({', '.join(map(str, found.lead_days_by_region.values()))} d)"
        yield (
            f"| `{row.policy}`{lead} | {row.income_vnd / MILLION:.2f} | {gain} | {row.good_share:.3f} | {good} "
            f"| {row.late_share:.3f} | {row.harmed_share:.3f} | {row.shipped_kg:,.0f} | {row.waste_kg:,.0f} |"
        )


def worth_rows(found: hp.PolicyComparison) -> Iterator[str]:
    """What the plan gains over the mean taken as truth, and what foresight would gain over the plan."""
    for name, worth in (
        ("value of the stochastic solution", found.value_of_stochastic_solution_vnd),
        ("value of perfect information", found.value_of_perfect_information_vnd),
    ):
        yield f"{name}: {_millions(worth)} million VND"


def world_rows(plan: hp.HarvestPlan, problem: hp.PlanningProblem, *, runs: int, seed: int) -> Iterator[str]:
    """A line of a table for each world, with what it costs against the world as told."""
    names = ("world", "income", "loss", "good", "late", "harmed", "unfilled", "sd of a run", "largest miss of a tenth")
    yield from _head(names)
    told = hp.simulate(plan, problem, runs=runs, seed=seed).income_vnd.mean
    for name, world in WORLDS.items():
        report = hp.simulate(plan, problem, runs=runs, seed=seed, world=world)
        income = report.income_vnd
        miss = max((abs(row.miss) for row in report.calibration), default=0.0)
        # Half of a 95 % interval is 1.96 standard deviations by the root of the runs, but for small numbers of them.
        sd = (income.high - income.mean) / 1.96 * runs**0.5
        shares = (getattr(report, f"{fate}_share").mean for fate in ("good", "late", "harmed", "unfilled"))
        yield (
            f"| {name} | {income.mean / MILLION:.2f} | {(told - income.mean) / MILLION:.2f} | "
            f"{' | '.join(f'{share:.3f}' for share in shares)} | {sd / MILLION:.2f} | {miss:.3f} |"
        )


def calibration_rows(plan: hp.HarvestPlan, problem: hp.PlanningProblem, *, runs: int, seed: int) -> Iterator[str]:
    """A line of a table for each tenth of the shipments."""
    yield from _head(("promised, from", "to", "shipments", "promised", "simulated"))
    for row in hp.simulate(plan, problem, runs=runs, seed=seed).calibration:
        yield (
            f"| {row.promised_low:.3f} | {row.promised_high:.3f} | {row.shipments} "
            f"| {row.promised_mean:.4f} | {row.simulated_mean:.4f} |"
        )


def _head(names: Iterable[str]) -> Iterator[str]:
    """The head of a table: the first column to the left, all others to the right."""
    columns = list(names)
    yield f"| {' | '.join(columns)} |"
    yield f"|---|{'---:|' * (len(columns) - 1)}"


def _millions(worth: hp.Estimate) -> str:
    return f"{worth.mean / MILLION:.2f} ({worth.low / MILLION:.2f} to {worth.high / MILLION:.2f})"


def main() -> None:
    """Print every table of every season asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("seasons", nargs="*", metavar="SEASON", help=f"of {CHI_LANG}, {', '.join(SEASONS)}; none: all")
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--foresight", type=int, default=8, help="runs that perfect foresight plans")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    for name in options.seasons or (CHI_LANG, *SEASONS):
        started = time.perf_counter()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", hp.OutsideCalibrationWarning)
            problem = problem_named(name)
            plan = hp.plan_harvest(problem)
            found = hp.compare_policies(problem, runs=options.runs, seed=options.seed, foresight_runs=options.foresight)
            tables = (
                policy_rows(found),
                worth_rows(found),
                world_rows(plan, problem, runs=2 * options.runs, seed=options.seed),
                calibration_rows(plan, problem, runs=2 * options.runs, seed=options.seed),
            )
            print(f"## {name}: {len(problem.orders)} orders, {len(plan.shipments)} shipments", flush=True)
            for table in tables:
                print("\n".join(("", *table)), flush=True)
        print(f"\n{time.perf_counter() - started:.0f} s\n", flush=True)


if __name__ == "__main__":
    main()
