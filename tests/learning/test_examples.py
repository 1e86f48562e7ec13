"""The examples in the docstrings of fitting and backtest, and on their pages, are what they answer."""

from __future__ import annotations

import doctest
import importlib
from pathlib import Path

import pytest

PAGES = Path(__file__).resolve().parents[2] / "docs" / "explanation"


@pytest.mark.parametrize(
    ("module", "least"),
    [
        ("learning.fit_ripening", 4),
        ("learning.fit_transit", 4),
        ("learning.drift", 4),
        ("learning.limits", 2),
        ("learning.scores", 2),
        ("formats.backtests", 3),
    ],
)
def test_examples(module: str, least: int) -> None:
    tried = doctest.testmod(importlib.import_module(f"harvest_planner.{module}"))
    assert tried.attempted >= least
    assert tried.failed == 0


@pytest.mark.parametrize(("page", "least"), [("fitting.md", 7), ("backtest.md", 5)])
def test_example_of_the_page(page: str, least: int) -> None:
    tried = doctest.testfile(str(PAGES / page), module_relative=False, encoding="utf-8")
    assert tried.attempted >= least
    assert tried.failed == 0
