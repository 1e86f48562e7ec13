"""The thresholds of which the fruit says something; what contradicts itself or says nothing is an error here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from harvest_planner.errors import FitError
from harvest_planner.learning.crossings import Crossing, Scale, crossings_of
from harvest_planner.learning.observations import Observations


@dataclass(frozen=True, slots=True)
class Told:
    """What the fruit tells.

    Attributes
    ----------
    values : thresholds of the score or firmness, that of ripeness first.
    crossings : for each of them the crossing of each fruit.
    over : whether the second is that of being past its best.
    notes : thresholds that were left out and why, in words.
    """

    values: tuple[float, ...]
    crossings: tuple[tuple[Crossing, ...], ...]
    over: bool
    notes: tuple[str, ...]

    @property
    def fruit(self) -> int:
        """Fruit of which is known when it became ripe, or until when it had not."""
        return sum(one.says_something for one in self.crossings[0])

    @property
    def against(self) -> tuple[int, ...]:
        """Fruit that was seen ripe and later not, by its place among the observations."""
        return tuple(one.fruit for one in self.crossings[0] if one.contradicts)


def told_by(seen: Observations, scale: Scale) -> Told:
    """The thresholds that say something.

    Raises
    ------
    FitError : the threshold of ripeness says nothing, or most fruit contradicts itself there.
    """
    ready = crossings_of(seen, scale.ripe_at, sign=scale.sign)
    _require_sense(seen, scale, ready)
    values, crossings, notes = [scale.ripe_at], [ready], []
    for value in scale.values[1:]:
        each = crossings_of(seen, value, sign=scale.sign)
        silent = _silent(each)
        if silent is None:
            values.append(value)
            crossings.append(each)
        else:
            notes.append(f"{seen.measure} {value:g} was left out: {silent}")
    over = scale.over_at is not None and scale.over_at in values
    return Told(tuple(values), tuple(crossings), over, tuple(notes))


def _silent(crossings: Sequence[Crossing]) -> str | None:
    """Why a threshold says nothing; None: it does."""
    if all(one.by_day is None for one in crossings):
        return "no fruit came to it while watched"
    if all(one.after_day is None for one in crossings):
        return "all fruit were beyond it at the first look"
    return None


def _require_sense(seen: Observations, scale: Scale, crossings: Sequence[Crossing]) -> None:
    what = "ripe" if seen.measure == "ripe" else f"ripe ({seen.measure} {scale.ripe_at:g})"
    against = [seen.fruit[one.fruit].id for one in crossings if one.contradicts]
    if 2 * len(against) > len(crossings):
        named = ", ".join(against[:3]) + (" …" if len(against) > 3 else "")
        raise FitError(
            f"{seen.name}: the data contradict themselves: {len(against)} of {len(crossings)} fruit are {what} and "
            f"later not (fruit {named}); if that means past its best, give a score and over_at"
        )
    silent = _silent(crossings)
    if silent is not None:
        raise FitError(f"{seen.name}: nothing tells when fruit becomes {what}: {silent}")
    if len(crossings) < 2:
        raise FitError(f"{seen.name}: one fruit cannot tell a spread; watch at least two, better thirty")
