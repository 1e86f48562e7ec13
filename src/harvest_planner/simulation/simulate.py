"""`simulate`: a plan played forward under chance, as often as asked."""

from __future__ import annotations

from harvest_planner.errors import MissingExtraError
from harvest_planner.schema.plan import HarvestPlan
from harvest_planner.schema.problem import PlanningProblem
from harvest_planner.simulation.report import SimulationReport
from harvest_planner.simulation.world import World


def simulate(
    plan: HarvestPlan, problem: PlanningProblem, *, runs: int = 1000, seed: int = 0, world: World | None = None
) -> SimulationReport:
    """Play a plan forward: every parcel leg by leg, every fruit by its own age, in each of so many runs.

    Parameters
    ----------
    plan : what is done; its promises are compared with what comes true.
    problem : the question it answers.
    runs : how often it is played, at least 2.
    seed : of chance. The same seed gives the same luck to the same parcels, whatever else a plan sends, and the first
        runs are the same however many follow.
    world : how what is the case differs from the problem; None: it does not.

    Returns
    -------
    SimulationReport
        Shares, kilograms and money of a run, each a mean with its 95 % interval over the runs; each shipment with its
        promised and its simulated share; `calibration` by tenths of the shipments.

    Raises
    ------
    MissingExtraError : numpy is not installed.
    UnknownIdError : the plan names an order, batch or lane that the problem does not have.
    ValueError : fewer than 2 runs, or a negative seed.

    Notes
    -----
    See docs/explanation/simulation.md for what a run draws and how its money is counted.

    Examples
    --------
    >>> import harvest_planner as hp
    >>> problem = hp.PlanningProblem(
    ...     as_of="2026-08-10T00:00:00+07:00",
    ...     growers=[{"id": "g1"}],
    ...     batches=[{"id": "b1", "grower_id": "g1", "crop_id": "na-chi-lang", "place_id": "chi-lang",
    ...               "quantity_kg": 50, "stage_id": "S2", "observed_on": "2026-08-10", "trip_cost_vnd": 20_000}],
    ...     orders=[{"id": "o1", "crop_id": "na-chi-lang", "quantity_kg": 10, "destination_id": "ha-noi",
    ...              "deliver_until_at": "2026-08-16T20:00:00+07:00", "price_vnd_per_kg": 60_000}],
    ... )
    >>> plan = hp.plan_harvest(problem)
    >>> report = simulate(plan, problem, runs=2000, seed=1)
    >>> (shipment,) = plan.shipments
    >>> abs(report.good_share.mean - shipment.good_share) < 0.02
    True
    >>> simulate(plan, problem, runs=2000, seed=1, world=World(warmer_degc=6)).good_share.mean < report.good_share.mean
    True
    """  # fmt: skip
    check_runs(runs, seed)
    from harvest_planner.simulation.decisions import decisions_of
    from harvest_planner.simulation.luck import Luck
    from harvest_planner.simulation.played import play, report_of
    from harvest_planner.simulation.scene import Scene

    scene = Scene(problem, world or World())
    return report_of(play(decisions_of(plan), scene, Luck(seed, runs)), scene, seed=seed)


def check_runs(runs: int, seed: int) -> None:
    """Nothing where a simulation can be run.

    Raises
    ------
    MissingExtraError : numpy is not installed.
    ValueError : fewer than 2 runs, or a negative seed.
    """
    if runs < 2:
        raise ValueError(f"runs = {runs}: play at least 2, an interval needs them")
    if seed < 0:
        raise ValueError(f"seed = {seed}: give 0 or a positive whole number")
    try:
        __import__("numpy")
    except ImportError:
        raise MissingExtraError("numpy", extra=None, needed_for="simulate") from None
