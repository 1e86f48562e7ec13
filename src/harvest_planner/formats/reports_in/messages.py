"""One report in words, `P07 S2 120`: its plot, stage, kilograms and day, and whatever could not be read."""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass, field

from harvest_planner.catalogue import fold
from harvest_planner.formats.orders_in.amounts import weight_of
from harvest_planner.formats.reports_in.vocabulary import Vocabulary, plot_key
from harvest_planner.schema.goods import Batch

_DAY = re.compile(r"(?<![0-9])(?P<d>[0-9]{1,2})/(?P<m>[0-9]{1,2})(?:/(?P<y>[0-9]{4}))?(?![0-9])")
_AMOUNT = re.compile(r"^(?P<n>[0-9]+(?:[.,][0-9]+)*)(?P<unit>\D*)$")
_LONGEST_PLOT = 5
_CODE = re.compile(r"[A-Z]{1,3}[0-9]+", re.IGNORECASE)


@dataclass
class Report:
    """What a grower reports, as far as it could be read."""

    text: str
    """As it was sent."""
    line: int = 0
    grower_id: str = ""
    """Who sent it, where the number or the table says so."""
    batch_id: str = ""
    stage_id: str = ""
    quantity_kg: float | None = None
    observed_on: dt.date | None = None
    doubts: dict[str, str] = field(default_factory=dict)
    """Code → what is in doubt, in the words of the report."""


def read_message(report: Report, words: Vocabulary, *, told_on: dt.date) -> Report:
    """Read `report.text` into the report; what is missing or left over becomes a doubt.

    Parameters
    ----------
    told_on : the day of the message [date]; a day in the text goes before it.
    """
    rest, report.observed_on = _day(unicodedata.normalize("NFC", report.text), words, told_on, report)
    tokens = rest.split()
    batches, tokens = _plot(tokens, words, report)
    batches = settled(batches, report)
    batch = batches[0] if len(batches) == 1 else None
    tokens = _stage(tokens, words, batches, report)
    tokens = _weight(tokens, words, report)
    left = _without_fillers(" ".join(tokens), words)
    if left and batches:
        report.doubts["unread"] = left
    if batch is not None:
        report.batch_id = batch.id
    return report


def settled(batches: list[Batch], report: Report) -> list[Batch]:
    """The batches of the plot that belong to the sender; several left are a doubt."""
    if report.grower_id and batches:
        own = [batch for batch in batches if batch.grower_id == report.grower_id]
        if not own:
            report.doubts["other_grower"] = batches[0].grower_id
        batches = own or batches
    if len(batches) > 1:
        report.doubts["several_batches"] = ", ".join(batch.id for batch in batches)
    return batches


def _day(text: str, words: Vocabulary, told_on: dt.date, report: Report) -> tuple[str, dt.date]:
    match = _DAY.search(text)
    if match:
        rest = text[: match.start()] + " " + text[match.end() :]
        try:
            return rest, dt.date(int(match["y"] or told_on.year), int(match["m"]), int(match["d"]))
        except ValueError:
            report.doubts["no_such_day"] = match[0]
            return rest, told_on
    folded = f" {fold(text)} "
    for word, days in words.days.items():
        if f" {word} " in folded:
            return _cut(text, word), told_on - dt.timedelta(days=days)
    return text, told_on


def _cut(text: str, phrase: str) -> str:
    """The text without the words of a folded phrase."""
    tokens = text.split()
    size = len(phrase.split())
    for start in range(len(tokens) - size + 1):
        if fold(" ".join(tokens[start : start + size])) == phrase:
            return " ".join((*tokens[:start], *tokens[start + size :]))
    return text


def _plot(tokens: list[str], words: Vocabulary, report: Report) -> tuple[list[Batch], list[str]]:
    """The batches of the first plot that is named, the longest name first."""
    for start in range(len(tokens)):
        for stop in range(min(len(tokens), start + _LONGEST_PLOT), start, -1):
            found = words.plots.get(plot_key(" ".join(tokens[start:stop])))
            if found:
                return list(found), [*tokens[:start], *tokens[stop:]]
    code = next((token for token in tokens if _CODE.fullmatch(token)), tokens[0] if tokens else "")
    report.doubts["unknown_plot"] = code
    return [], [token for token in tokens if token != code]


def _stage(tokens: list[str], words: Vocabulary, batches: list[Batch], report: Report) -> list[str]:
    """The stage, in the words of the plot's crop."""
    text = " ".join(tokens)
    for crop_id in dict.fromkeys(batch.crop_id for batch in batches):
        for word, stage_id in words.stages_of(crop_id).items():
            cut = _cut(text, word)
            if cut != text:
                report.stage_id = stage_id
                return cut.split()
    if batches:
        report.doubts["unknown_stage"] = ""
    return tokens


def _weight(tokens: list[str], words: Vocabulary, report: Report) -> list[str]:
    """The kilograms: one number, with a unit or without."""
    found: list[tuple[float, int, int]] = []
    for place, token in enumerate(tokens):
        match = _AMOUNT.fullmatch(token)
        if not match:
            continue
        after = fold(tokens[place + 1]) if place + 1 < len(tokens) else ""
        own = fold(match["unit"])
        unit = own or (after if after in words.units else "")
        if unit and unit not in words.units:
            continue
        try:
            kg = weight_of(match["n"]) * words.units.get(unit, 1.0)
        except ValueError as error:
            report.doubts["unclear_kg"] = str(error)
            continue
        found.append((kg, place, place + 1 + (unit == after and not own and bool(unit))))
    if len(found) != 1:
        report.doubts.setdefault("several_kg" if found else "no_kg", ", ".join(f"{kg:g}" for kg, _, _ in found))
        return tokens
    report.quantity_kg, start, stop = found[0]
    return [*tokens[:start], *tokens[stop:]]


def _without_fillers(text: str, words: Vocabulary) -> str:
    folded = f" {fold(text)} "
    for word in words.fillers:
        folded = folded.replace(f" {word} ", "  ")
    return " ".join(folded.split())
