"""A table of looks at single fruit → for each fruit its days, temperatures and what was seen."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

from harvest_planner.errors import Fault, FitError
from harvest_planner.learning.tables import Row, Sheet, Table, number, sheet_of

Measure = Literal["score", "firmness", "ripe"]
_MEASURES: tuple[Measure, ...] = ("score", "firmness", "ripe")
_COLDEST_DEGC, _HOTTEST_DEGC = -30.0, 60.0
_YES = {"yes", "y", "true", "t", "1", "1.0", "có", "chín", "rồi"}
_NO = {"no", "n", "false", "f", "0", "0.0", "không", "chưa", "xanh"}


class Look(NamedTuple):
    """One look at a fruit.

    Attributes
    ----------
    day : days since its clock began [d].
    degc : the temperature it was kept at since the look before, or since day 0 [°C].
    value : what was seen, rising with ripeness or not; a yes is 1, a no is 0; None: not looked at that day.
    """

    day: float
    degc: float
    value: float | None


@dataclass(frozen=True, slots=True)
class Fruit:
    """One fruit and all looks at it, in order of days."""

    id: str
    stage: str | None
    looks: tuple[Look, ...]


@dataclass(frozen=True, slots=True)
class Observations:
    """All fruit of a table, in order of their ids."""

    name: str
    measure: Measure
    fruit: tuple[Fruit, ...]
    empty: int
    """Rows without a score, firmness or answer: their temperature counts, their look does not."""


def observations_of(table: Table) -> Observations:
    """The fruit of a table with the columns fruit, day, temperature and one of score, firmness, ripe; stage if given.

    Raises
    ------
    FitError : a column is missing, or rows cannot be read; all of them are listed.
    """
    sheet = sheet_of(table, name="observations")
    names = _Columns.of(sheet)
    faults: list[Fault] = []
    looks: defaultdict[str, list[Look]] = defaultdict(list)
    stages: dict[str, str | None] = {}
    for row in sheet.rows:
        wrong = _faults(sheet, row, names)
        faults += wrong
        if not wrong:
            name, look = _look(row, names)
            stage = _text(row.cells.get("stage"))
            if stages.setdefault(name, stage) != stage:
                faults.append(sheet.fault(row, "stage", f"fruit {name!r} was picked at stage {stages[name]!r}"))
            looks[name].append(look)
    if faults:
        raise FitError(f"{sheet.name}: {len(faults)} cells cannot be used; nothing was fitted:", faults)
    fruit = tuple(Fruit(one, stages[one], tuple(sorted(looks[one], key=_by_day))) for one in sorted(looks))
    empty = sum(look.value is None for each in fruit for look in each.looks)
    return Observations(sheet.name, names.measure, fruit, empty)


class _Columns(NamedTuple):
    fruit: str
    day: str
    temperature: str
    measure: Measure

    @classmethod
    def of(cls, sheet: Sheet) -> _Columns:
        found = {
            "fruit": sheet.column("fruit", "fruit_id"),
            "day": sheet.column("day", "days"),
            "temperature": sheet.column("temperature", "temperature_degc"),
        }
        missing = [column for column, name in found.items() if name is None]
        measures = [measure for measure in _MEASURES if measure in sheet.columns]
        if missing or len(measures) != 1:
            wanted = "columns fruit, day, temperature and exactly one of score, firmness, ripe"
            raise FitError(f"{sheet.name}: needs the {wanted}; it has {', '.join(sheet.columns)}")
        return cls(str(found["fruit"]), str(found["day"]), str(found["temperature"]), measures[0])


def _faults(sheet: Sheet, row: Row, names: _Columns) -> list[Fault]:
    """What is wrong with a row."""
    found = []
    if _text(row.cells.get(names.fruit)) is None:
        found.append(sheet.fault(row, names.fruit, "the name or number of the fruit"))
    day = number(row.cells.get(names.day))
    if day is None or not 0.0 <= day <= 1000.0:
        found.append(sheet.fault(row, names.day, "days since the fruit's clock began, 0 to 1000"))
    degc = number(row.cells.get(names.temperature))
    if degc is None or not _COLDEST_DEGC <= degc <= _HOTTEST_DEGC:
        expected = f"a temperature from {_COLDEST_DEGC:g} to {_HOTTEST_DEGC:g} °C"
        found.append(sheet.fault(row, names.temperature, expected))
    seen = row.cells.get(names.measure)
    if seen is not None and _seen(seen, names.measure) is None:
        found.append(sheet.fault(row, names.measure, "yes or no" if names.measure == "ripe" else "a number"))
    return found


def _look(row: Row, names: _Columns) -> tuple[str, Look]:
    fruit, day = _text(row.cells[names.fruit]), number(row.cells[names.day])
    degc = number(row.cells[names.temperature])
    assert fruit is not None
    assert day is not None
    assert degc is not None
    seen = row.cells.get(names.measure)
    return fruit, Look(day, degc, None if seen is None else _seen(seen, names.measure))


def _seen(value: Any, measure: Measure) -> float | None:
    if measure != "ripe":
        return number(value)
    word = str(value).strip().lower()
    return 1.0 if word in _YES else 0.0 if word in _NO else None


def _by_day(look: Look) -> tuple[float, float]:
    return look.day, look.degc


def _text(value: Any) -> str | None:
    """A name; a fruit numbered 7.0 by a data frame with gaps is fruit 7."""
    if value is None:
        return None
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip() or None
