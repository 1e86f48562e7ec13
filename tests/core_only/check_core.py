"""What must work with pydantic, python-dateutil, geopy and networkx alone: `python check_core.py PROBLEM PLAN`.

Plain Python without pytest, so that it runs in an environment that holds nothing else. PLAN is an answer to PROBLEM
made where the solver is installed.
"""

from __future__ import annotations

import importlib
import sys
import tempfile
import warnings
from pathlib import Path

import harvest_planner as hp

ABSENT = ("numpy", "highspy", "pandas", "typer", "rich", "jinja2", "matplotlib", "openpyxl", "icalendar", "scipy")


def require(holds: bool, what: str) -> None:
    """Say that it holds, or stop with what does not."""
    if not holds:
        raise SystemExit(f"core only: FAILED: {what}")
    print(f"core only: {what}")


def is_absent(package: str) -> bool:
    """Whether the package cannot be imported here."""
    try:
        importlib.import_module(package)
    except ImportError:
        return True
    return False


def check_environment() -> None:
    """No package but the four may lend a hand."""
    require(all(is_absent(package) for package in ABSENT), f"none of {', '.join(ABSENT)} is here")


def check_ripening() -> None:
    """Sugar apple as observed daily: 9, 6 and 4 days at 15, 20 and 25 °C, ± 0.5 d (Prasanna et al. 2000)."""
    for temperature_degc, days in ((15.0, 9.0), (20.0, 6.0), (25.0, 4.0)):
        with warnings.catch_warnings():  # 15 °C was measured, but is not promised
            warnings.simplefilter("ignore", hp.OutsideCalibrationWarning)
            found = hp.days_to_ripe("na-chi-lang", temperature_degc=temperature_degc)
        require(abs(found - days) <= 0.5, f"na is ripe after {found:.1f} days at {temperature_degc:g} °C")
    riper, greener = (hp.good_share("na-chi-lang", stage=stage, pieces=[(30.0, 25.0)]) for stage in ("S3", "S2"))
    require(0.0 <= greener < riper <= 1.0, f"good_share after 30 h at 25 °C: S2 {greener:.2f}, S3 {riper:.2f}")
    require("na-chi-lang" in hp.crops(), f"the catalogue lists {len(hp.crops())} crops")


def check_files(problem: hp.PlanningProblem, plan: hp.HarvestPlan) -> None:
    """What is saved is what is loaded."""
    with tempfile.TemporaryDirectory() as folder:
        hp.save_problem(problem, Path(folder) / "problem.json")
        require(hp.load_problem(Path(folder) / "problem.json") == problem, "a problem survives saving and loading")
        hp.save_plan(plan, Path(folder) / "plan.json")
        require(hp.load_plan(Path(folder) / "plan.json") == plan, "a plan survives saving and loading")


def check_advice(problem: hp.PlanningProblem, plan: hp.HarvestPlan) -> None:
    """The pair of a shipment has a pick day of its own."""
    shipment = plan.shipments[0]
    advice = hp.when_to_pick(shipment.order_id, shipment.batch_id, problem)
    require(isinstance(advice, hp.PickAdvice), f"when_to_pick answers {shipment.order_id}: {advice}")


def check_referee(problem: hp.PlanningProblem, plan: hp.HarvestPlan) -> None:
    """The referee passes the plan, and finds a shipment of a kilogram too much."""
    found = hp.check_plan(plan, problem)
    require(not found, f"check_plan passes the plan: {found[:3]}")
    first = plan.shipments[0]
    heavier = first.model_copy(update={"kg": first.kg + 1.0})
    wrong = plan.model_copy(update={"shipments": (heavier, *plan.shipments[1:])})
    require(bool(hp.check_plan(wrong, problem)), "check_plan finds a kilogram too much")


def check_import() -> None:
    """An export of a marketplace as CSV becomes an order."""
    with tempfile.TemporaryDirectory() as folder:
        export = Path(folder) / "export.csv"
        export.write_text(
            "Order ID,Product,Quantity,Unit price,Province,Deliver by\n1,na dai 5kg,1,300000,Cà Mau,14/08/2026\n",
            encoding="utf-8",
        )
        found = hp.import_orders(export)
        require([order.quantity_kg for order in found.orders] == [5.0], f"an export is read: {found}")


def check_remedy(problem: hp.PlanningProblem) -> None:
    """Planning needs the solver and arrays numpy, and both say so."""
    try:
        hp.plan_harvest(problem)
    except hp.MissingExtraError as error:
        require('pip install "harvest-planner"' in str(error), f"plan_harvest names the remedy: {error}")
    else:
        require(False, "plan_harvest refuses without its solver")
    try:
        hp.good_shares("na-chi-lang", hours=[[30.0]], temperatures_degc=25.0)
    except hp.MissingExtraError as error:
        require('pip install "harvest-planner"' in str(error), f"good_shares names the remedy: {error}")
    else:
        require(False, "good_shares refuses without numpy")


def check_fitting() -> None:
    """Fitting needs scipy, and names the extra that brings it."""
    for name, fit in (("fit_ripening", hp.fit_ripening), ("fit_transit", hp.fit_transit)):
        try:
            fit([])
        except hp.MissingExtraError as error:
            require('"harvest-planner[fit]"' in str(error), f"{name} names its extra: {error}")
        else:
            require(False, f"{name} refuses without scipy")


def main(problem_path: str, plan_path: str) -> None:
    """Every check, in order; the first that fails ends the run with exit code 1."""
    check_environment()
    check_ripening()
    problem, plan = hp.load_problem(problem_path), hp.load_plan(plan_path)
    check_files(problem, plan)
    check_advice(problem, plan)
    check_referee(problem, plan)
    check_import()
    check_remedy(problem)
    check_fitting()


if __name__ == "__main__":
    main(*sys.argv[1:])
