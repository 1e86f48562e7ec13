"""Goodness of fit says how often so large a misfit comes by chance, however the fruit was looked at."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import harvest_planner as hp
from tests.learning.simulated import as_ripe, looks, ripening_on, square_root

Rows = list[dict[str, Any]]


def cut_open(seed: int, *, sd: float = 1.2, fruit: int = 200) -> Rows:
    """Each fruit is looked at once, on one of ten days."""
    rng = np.random.default_rng(seed)
    return [
        {"fruit": i, "day": i % 10 + 0.5, "temperature": 20, "ripe": bool(rng.normal(5.0, sd) < i % 10 + 0.5)}
        for i in range(fruit)
    ]


def taken_away(seed: int) -> Rows:
    """Fruit is taken away on a day that has nothing to do with its ripeness."""
    until = np.random.default_rng(seed).integers(2, 14, size=100)
    rows = as_ripe(looks(seed, rate=square_root(2.0), fruit=100))
    return [row for row in rows if row["day"] <= until[int(row["fruit"][1:])]]


def begun_late(seed: int) -> Rows:
    """Fruit is first looked at on different days, then every other day."""
    since = np.random.default_rng(seed).integers(0, 6, size=100)
    rows = as_ripe(looks(seed, rate=square_root(2.0), fruit=100))
    first = {row["fruit"]: since[int(row["fruit"][1:])] for row in rows}
    return [row for row in rows if row["day"] >= first[row["fruit"]] and (row["day"] - first[row["fruit"]]) % 2 == 0]


@pytest.mark.parametrize("made", [cut_open, taken_away, begun_late])
def test_a_right_curve_is_seldom_called_wrong(made: Callable[[int], Rows]) -> None:
    p_values = np.array([hp.fit_ripening(made(seed)).goodness.p_value or np.nan for seed in range(20)])
    told = p_values[~np.isnan(p_values)]
    assert len(told) >= 15
    assert (told < 0.01).sum() <= 1
    assert 0.2 < np.median(told) < 0.8


def test_a_wrong_curve_is_noticed_in_fruit_that_was_cut_open() -> None:
    early = cut_open(1, sd=0.3, fruit=400)
    late = [{**row, "fruit": f"late {row['fruit']}", "ripe": row["day"] > 9} for row in early]
    fit = hp.fit_ripening([*early, *late])
    assert fit.goodness.p_value is not None
    assert fit.goodness.p_value < 1e-6


def test_shares_of_fruit_that_was_cut_open_are_those_of_its_day() -> None:
    """Of four fruit cut each day none is ripe on day 1, one on day 2, and so on."""
    rows = [
        {"fruit": f"{day} {i}", "day": day, "temperature": 20, "ripe": i % 4 < day - 1}
        for day in range(1, 6)
        for i in range(40)
    ]
    fit = hp.fit_ripening(rows)
    assert {row.fruit for row in fit.goodness.by_day} == {200}
    shares = {row.day: row.crossed_share for row in fit.goodness.by_day}
    assert shares == pytest.approx({2: 0.25, 3: 0.5, 4: 0.75, 5: 1.0}, abs=1e-4)
    assert fit.parameters["ready_at_d20"] == pytest.approx(3.0, abs=0.2)


def test_shares_of_fruit_watched_throughout_are_counted() -> None:
    fit = hp.fit_ripening(ripening_on((3, 4, 4, 5, 5, 5, 6, 6, 7, 8)))
    shares = {row.day: row.crossed_share for row in fit.goodness.by_day}
    assert shares == pytest.approx({3: 0.1, 4: 0.3, 5: 0.6, 6: 0.8, 7: 0.9, 8: 1.0}, abs=1e-6)
