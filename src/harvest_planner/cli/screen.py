"""What a person sees in the terminal: the batches first, then the sum, then what is refused and why."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence

from rich.console import Console
from rich.text import Text

from harvest_planner.formats.lines import BatchLines, refusal_sentence
from harvest_planner.formats.names import clean
from harvest_planner.formats.summaries import summary
from harvest_planner.formats.words import Words
from harvest_planner.planning.by_hand import ByHand
from harvest_planner.schema.crop import Crop
from harvest_planner.schema.plan import HarvestPlan, Refusal, Violation
from harvest_planner.schema.problem import PlanningProblem

_INDENT = "  "


def show_plan(plan: HarvestPlan, problem: PlanningProblem, words: Words, console: Console) -> None:
    """Print the plan: a line for each batch, the summary, the refusals by reason."""
    lines = BatchLines(plan, problem, words)
    _title(words.say("batches.title"), console)
    if not plan.batches:
        _line(Text(words.say("batches.none")), console)
    for row in plan.batches:
        _line(Text(lines.line(row), style="" if row.days else "dim"), console)
    console.print()
    _title(words.say("summary.title"), console)
    facts = list(summary(plan, words))
    width = max(len(label) for label, _ in facts)
    for label, text in facts:
        _line(Text(f"{label:{width}}  {text}"), console)
    if plan.refusals:
        console.print()
        _title(words.say("refusals.title"), console)
        for line in refusal_lines(plan, problem, words):
            _line(Text(line), console)


def refusal_lines(plan: HarvestPlan, problem: PlanningProblem, words: Words) -> Iterator[str]:
    """One line for each reason of refusal, the heaviest first, with one order as its example."""
    by_code: dict[str, list[Refusal]] = {}
    for refusal in plan.refusals:
        by_code.setdefault(refusal.reasons[0].code, []).append(refusal)
    weights = {code: math.fsum(refusal.kg for refusal in refusals) for code, refusals in by_code.items()}
    for code in sorted(by_code, key=lambda code: (-weights[code], code)):
        yield words.say(
            "refusals.line",
            code=code,
            orders=len({refusal.order_id for refusal in by_code[code]}),
            kg=weights[code],
            example=refusal_sentence(by_code[code][0], problem, words),
        )


def show_crops(crops: Iterable[Crop], console: Console) -> None:
    """Print the crops: names, days to ripe by stage and days good at 20 °C, calibrated range, what is assumed."""
    for crop in crops:
        names = " · ".join(name for name in (crop.name, crop.name_vi) if name)
        console.print(Text(crop.id, style="bold") + Text(f"  {names}"))
        _line(Text(_INDENT + "; ".join(_crop_facts(crop))), console)
    console.print()
    _line(Text("Days at 20 °C, for the mean fruit. Where each number comes from: --json."), console)


def _crop_facts(crop: Crop) -> Iterator[str]:
    if crop.treatment is not None:
        yield f"treated for {crop.treatment.duration_h:g} h first"
    ripening = [stage for stage in crop.stages if stage.age_d20 < crop.ready_at_d20]
    if ripening:
        days = ", ".join(f"{stage.id} {crop.ready_at_d20 - stage.age_d20:.1f}" for stage in ripening)
        yield f"days to ripe by stage: {days}"
    else:
        yield "good as picked"
    yield f"good for {crop.window_d20:.1f} days"
    if crop.calibrated_degc is not None:
        yield "calibrated {:g} to {:g} °C".format(*crop.calibrated_degc)
    assumed = sum("assumption" in source.lower() for source in crop.sources.values())
    yield f"assumed: {assumed} of {len(crop.sources)} numbers"


def show_violations(found: Sequence[Violation], console: Console) -> None:
    """Print what is untrue in a plan, a line for each."""
    if not found:
        _line(Text("The plan is sound: every figure was recomputed and holds."), console)
        return
    _line(Text("1 violation" if len(found) == 1 else f"{len(found)} violations", style="bold"), console)
    for violation in found:
        _line(Text(clean(f"{violation.code} {violation.subject}: {violation.message}")), console)


def show_worth(told: ByHand, console: Console) -> None:
    """Print what a plan made by hand is worth beside the best one."""
    worth, best, lost = (f"{vnd:,.0f} VND" for vnd in (told.value_vnd, told.best_value_vnd, told.lost_vnd))
    _line(Text(f"By hand {worth}, the best plan {best}: {lost} lost."), console)


def _title(text: str, console: Console) -> None:
    console.print(Text(text, style="bold underline"))


def _line(text: Text, console: Console) -> None:
    """Print `text` wrapped, what does not fit on the first line set in."""
    room = max(1, console.width - len(_INDENT))
    for number, part in enumerate(text.wrap(console, room, overflow="fold")):
        part.rstrip()
        console.print(Text(_INDENT if number else "") + part)
