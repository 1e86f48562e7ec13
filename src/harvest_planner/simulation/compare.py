"""`compare_policies`: the plan beside other ways of deciding, all with the same luck."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harvest_planner.schema.problem import PlanningProblem
from harvest_planner.simulation.comparison import PolicyComparison
from harvest_planner.simulation.simulate import check_runs

if TYPE_CHECKING:
    from harvest_planner.simulation.contest import Contest

FORESIGHT_RUNS = 10
TUNING_RUNS = 200


def compare_policies(
    problem: PlanningProblem,
    *,
    runs: int = 1000,
    seed: int = 0,
    foresight_runs: int = FORESIGHT_RUNS,
    tuning_runs: int = TUNING_RUNS,
) -> PolicyComparison:
    """What the plan brings beside six other ways of deciding, played with the same luck.

    Parameters
    ----------
    problem : the question.
    runs : how often each policy is played, at least 2.
    seed : of chance; lead times are tuned with that of `seed + 1`.
    foresight_runs : in so many of the runs perfect foresight plans, each run anew; at least 2, at most `runs`.
    tuning_runs : how often each lead time is tried, at least 2.

    Returns
    -------
    PolicyComparison
        Rows for `plan`, `market`, `one_lead_time`, `lead_time_by_region`, `promise`, `mean` and `perfect_foresight`,
        each with its mean income and share good, and the 95 % interval of plan − policy over the runs; the value of the
        stochastic solution and of perfect information.

    Raises
    ------
    MissingExtraError : highspy or numpy is not installed.
    ValueError : fewer than 2 runs, a negative seed, or more foresight than runs.

    Notes
    -----
    See docs/explanation/simulation.md for what each policy knows and may do.
    """
    check_runs(runs, seed)
    for name, value in (("foresight_runs", foresight_runs), ("tuning_runs", tuning_runs)):
        if value < 2:
            raise ValueError(f"{name} = {value}: play at least 2, an interval needs them")
    if foresight_runs > runs:
        raise ValueError(f"foresight_runs = {foresight_runs} exceeds runs = {runs}; foresight sees runs of the others")
    return _contest(problem, runs=runs, seed=seed).compared(foresight_runs, tuning_runs)


def _contest(problem: PlanningProblem, *, runs: int, seed: int) -> Contest:
    from harvest_planner.planning.harvest import require_solver

    require_solver()
    from harvest_planner.simulation.contest import Contest

    return Contest(problem, runs=runs, seed=seed)
