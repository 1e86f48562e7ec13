"""A run of HiGHS that ends without an answer is run again from nothing."""

from __future__ import annotations

from typing import Any

import highspy
import numpy as np
import pytest

from harvest_planner.planning.allocation.highs import AFRESH, Programme


class Forgetful:
    """HiGHS that tells no status the first few times."""

    def __init__(self, highs: Any, times: int) -> None:
        self._highs, self._left, self.begun_anew = highs, times, 0

    def getModelStatus(self) -> Any:
        if self._left > 0:
            self._left -= 1
            return highspy.HighsModelStatus.kUnknown
        return self._highs.getModelStatus()

    def clearSolver(self) -> None:
        self.begun_anew += 1
        self._highs.clearSolver()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._highs, name)


def programme(times: int) -> tuple[Programme, Forgetful]:
    """Minimise −x with x ≤ 3."""
    found = Programme(np.array([-1.0]), np.array([0.0]), np.array([3.0]), seed=0)
    found._highs = Forgetful(found._highs, times)
    return found, found._highs


@pytest.mark.parametrize("times", range(len(AFRESH) + 1))
def test_it_is_run_again_until_it_answers(times: int) -> None:
    found, highs = programme(times)
    assert found.solve() == "optimal"
    assert (found.objective, highs.begun_anew) == (-3.0, times)
    assert highs.getOptionValue("solver")[1] == "choose"


def test_what_never_answers_is_an_error() -> None:
    found, _ = programme(100)
    with pytest.raises(RuntimeError, match="HiGHS stopped"):
        found.solve()
