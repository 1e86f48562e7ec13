"""Observed fruit → arrays for the likelihood: how long each was at each temperature before and after its crossing."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from harvest_planner.learning.censored import Array, Sample
from harvest_planner.learning.crossings import Crossing
from harvest_planner.learning.observations import Fruit, Observations

_MOST_TEMPERATURES = 400


def sample_of(seen: Observations, crossings: Sequence[Sequence[Crossing]], stages: Sequence[str]) -> Sample:
    """One row for each fruit and threshold of which something is known.

    Parameters
    ----------
    seen : the fruit.
    crossings : for each threshold the crossing of each fruit, ripe first.
    stages : the stage of each fruit.
    """
    degc, exposures = _exposures(seen.fruit)
    order = sorted(set(stages))
    rows = [(k, crossing) for k, each in enumerate(crossings) for crossing in each if crossing.says_something]
    nothing = np.zeros(len(degc))

    def until(fruit: int, day: float | None) -> Array:
        return nothing if day is None else exposures[fruit][day]

    return Sample(
        degc=degc,
        before=np.array([until(crossing.fruit, crossing.after_day) for _, crossing in rows]),
        after=np.array([until(crossing.fruit, crossing.by_day) for _, crossing in rows]),
        has_before=np.array([crossing.after_day is not None for _, crossing in rows]),
        has_after=np.array([crossing.by_day is not None for _, crossing in rows]),
        fruit=np.array([crossing.fruit for _, crossing in rows]),
        threshold=np.array([k for k, _ in rows]),
        stage=np.array([order.index(stages[crossing.fruit]) for _, crossing in rows]),
        thresholds=len(crossings),
        stages=len(order),
    )


def _exposures(fruit: Sequence[Fruit]) -> tuple[tuple[float, ...], list[dict[float, Array]]]:
    """The distinct temperatures, and for each fruit the days at each of them until each of its looks.

    A logger's many readings are taken to the nearest 0.1 °C.
    """
    exact = {look.degc for one in fruit for look in one.looks}
    digits = 1 if len(exact) > _MOST_TEMPERATURES else 9
    degc = tuple(sorted({round(each, digits) for each in exact}))
    place = {each: i for i, each in enumerate(degc)}
    found = []
    for one in fruit:
        spent, last, by_day = np.zeros(len(degc)), 0.0, {}
        for look in one.looks:
            spent = spent.copy()
            spent[place[round(look.degc, digits)]] += look.day - last
            last = look.day
            by_day[look.day] = spent
        found.append(by_day)
    return degc, found
