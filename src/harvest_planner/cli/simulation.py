"""The command that plays a plan forward."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

import harvest_planner as hp
from harvest_planner.cli.endings import faults_told
from harvest_planner.cli.language import Language
from harvest_planner.formats.words import Words, words

_SHARES = (
    "good_share",
    "under_ripe_share",
    "over_ripe_share",
    "late_share",
    "harmed_share",
    "unfilled_share",
    "parcel_good_share",
)


def simulate_command(
    problem: Annotated[Path, typer.Argument(metavar="FOLDER_OR_JSON", help="A problem folder or a JSON document.")],
    *,
    plan: Annotated[
        Path | None,
        typer.Option(
            metavar="PLAN", help="A plan.json of that problem, or its folder; not given: it is planned first."
        ),
    ] = None,
    runs: Annotated[int, typer.Option(min=2, help="How often the plan is played.")] = 1000,
    seed: Annotated[int, typer.Option(min=0, help="Of chance: the same seed, the same luck.")] = 0,
    language: Annotated[Language, typer.Option(help="Of the terminal.")] = Language.en,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print one JSON document on stdout, and nothing else.")
    ] = False,
) -> None:
    """Play a plan forward under chance: what arrives good, late or wasted, and what it brings.

    Exit code 0 with a report, 1 for input that cannot be used, 2 for usage.
    """
    with faults_told():
        question = hp.load_problem(problem)
        if plan is None:
            answer = hp.plan_harvest(question)
        else:
            answer = hp.load_plan(plan / "plan.json" if plan.is_dir() else plan)
        report = hp.simulate(answer, question, runs=runs, seed=seed)
    if as_json:
        print(report.model_dump_json(indent=1))
        return
    console = Console(highlight=False, markup=False)
    for line in _lines(report, answer, words(language)):
        console.print(line, soft_wrap=True)


def _lines(report: hp.SimulationReport, plan: hp.HarvestPlan, spoken: Words) -> Iterator[str]:
    yield spoken.say("simulated.title", runs=report.runs, deliveries=report.deliveries)
    facts = list(_facts(report, plan, spoken))
    width = max(len(label) for label, _ in facts)
    yield from (f"{label:{width}}  {text}" for label, text in facts)
    if not report.calibration:
        yield spoken.say("simulated.nothing")
        return
    yield ""
    yield spoken.say("simulated.calibration_title")
    for row in report.calibration:
        yield spoken.say(
            "simulated.calibration",
            promised_low_share=row.promised_low,
            promised_high_share=row.promised_high,
            shipments=row.shipments,
            promised_share=row.promised_mean,
            simulated_share=row.simulated_mean,
        )


def _facts(report: hp.SimulationReport, plan: hp.HarvestPlan, spoken: Words) -> Iterator[tuple[str, str]]:
    for name in _SHARES:
        found: hp.Estimate = getattr(report, name)
        text = spoken.say("simulated.share", mean_share=found.mean, low_share=found.low, high_share=found.high)
        yield spoken.say(f"simulated.{name}_label"), text
    waste = report.waste_kg
    text = spoken.say("simulated.kg", mean=waste.mean, low=waste.low, high=waste.high)
    yield spoken.say("simulated.waste_kg_label"), text
    for name, unit in (("income_vnd", "vnd"), ("income_vnd_per_kg", "vnd_per_kg")):
        money: hp.Estimate = getattr(report, name)
        text = spoken.say(f"simulated.{unit}", mean_vnd=money.mean, low_vnd=money.low, high_vnd=money.high)
        yield spoken.say(f"simulated.{name}_label"), text
    yield spoken.say("simulated.planned_label"), spoken.say("simulated.planned", value_vnd=plan.value_vnd)
