"""The examples in the docstrings of fitting, and on its page, are what it answers."""

from __future__ import annotations

import doctest
import importlib
from pathlib import Path

import pytest

PAGE = Path(__file__).resolve().parents[2] / "docs" / "explanation" / "fitting.md"


@pytest.mark.parametrize("module", ["fit_ripening", "fit_transit"])
def test_examples(module: str) -> None:
    tried = doctest.testmod(importlib.import_module(f"harvest_planner.learning.{module}"))
    assert tried.attempted >= 4
    assert tried.failed == 0


def test_example_of_the_page() -> None:
    tried = doctest.testfile(str(PAGE), module_relative=False, encoding="utf-8")
    assert tried.attempted >= 7
    assert tried.failed == 0
