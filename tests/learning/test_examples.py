"""The examples in the docstrings of fitting are what it answers."""

from __future__ import annotations

import doctest
import importlib

import pytest


@pytest.mark.parametrize("module", ["fit_ripening", "fit_transit"])
def test_examples(module: str) -> None:
    tried = doctest.testmod(importlib.import_module(f"harvest_planner.learning.{module}"))
    assert tried.attempted >= 4
    assert tried.failed == 0
