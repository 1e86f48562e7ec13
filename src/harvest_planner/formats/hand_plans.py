"""`judge_by_hand`: a plan made by hand, from a CSV file or from rows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from harvest_planner.errors import Fault, ProblemFileError, UnknownIdError
from harvest_planner.formats.rows import Row, read
from harvest_planner.formats.tables import read_table
from harvest_planner.formats.texts import read_text
from harvest_planner.planning.by_hand import ByHand, HandRow, judged_by_hand
from harvest_planner.schema.plan import HarvestPlan
from harvest_planner.schema.problem import PlanningProblem


def judge_by_hand(
    rows: str | Path | Iterable[HandRow | Mapping[str, Any]],
    problem: PlanningProblem,
    *,
    plan: HarvestPlan | None = None,
) -> ByHand:
    """What a plan made by hand is worth, each rule it breaks and by how much, and what the optimum is worth more.

    Parameters
    ----------
    rows : a CSV file with the columns batch, day, order and kg, or such rows; without an order the kilograms go to the
        local market.
    problem : the question.
    plan : the problem's plan, where it is made already; none: it is made first.

    Returns
    -------
    ByHand
        Each row is given the journey that is worth most, whoever else takes it. A row that cannot be carried out at all
        (no journey, another crop, an order that is not planned) is a violation and counts nothing; other violations
        count with what they would bring, so that breaking rules may seem to pay.

    Raises
    ------
    ProblemFileError : rows that cannot be understood; carries every fault.
    ValueError : `plan` is another problem's.

    Examples
    --------
    >>> import harvest_planner as hp
    >>> problem = hp.PlanningProblem.model_validate({
    ...     "as_of": "2026-08-10T00:00:00+07:00",
    ...     "growers": [{"id": "g1", "pick_capacity_kg_per_day": 4}],
    ...     "batches": [{"id": "b1", "grower_id": "g1", "crop_id": "na-chi-lang", "place_id": "chi-lang",
    ...                  "quantity_kg": 50, "stage_id": "S2", "observed_on": "2026-08-10"}],
    ...     "orders": [{"id": "o1", "crop_id": "na-chi-lang", "quantity_kg": 5, "destination_id": "ha-noi",
    ...                 "deliver_until_at": "2026-08-16T18:00:00+07:00", "price_vnd_per_kg": 60000}],
    ... })
    >>> found = hp.judge_by_hand([{"batch": "b1", "day": "2026-08-12", "order": "o1", "kg": 5}], problem)
    >>> [(violation.code, violation.size) for violation in found.violations]
    [('picker_capacity', 1.0)]
    """
    name, faults = "rows", list[Fault]()
    if isinstance(rows, (str, Path)):
        name = Path(rows).name
        table = read_table(read_text(Path(rows), name), name, HandRow)
        given, faults = table.rows, list(table.faults)
    else:
        given = [Row(name, _values(row), line=number) for number, row in enumerate(rows, 1)]
    understood = []
    for row in given:
        entry = read(row, HandRow)
        wrong = [*entry.faults, *_unknown(row, entry.record, entry.bad, problem)]
        faults += wrong
        if entry.record is not None and not wrong:
            understood.append(entry.record)
    if faults:
        raise ProblemFileError(sorted(faults, key=lambda fault: fault.line))
    return judged_by_hand(understood, problem, plan)


def _values(row: HandRow | Mapping[str, Any]) -> Mapping[str, Any]:
    return row.model_dump() if isinstance(row, HandRow) else row


def _unknown(row: Row, record: HandRow | None, bad: frozenset[str], problem: PlanningProblem) -> Iterator[Fault]:
    """Batches and orders that the problem does not have."""
    for field, look in (("batch", problem.batch), ("order", problem.order)):
        value = None if record is None or field in bad else getattr(record, field)
        if value is None:
            continue
        try:
            look(value)
        except UnknownIdError as error:
            yield row.fault((field,), f"an id of the problem's ({error})")
