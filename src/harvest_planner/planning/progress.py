"""How far a plan has come, for a bar on a terminal or a line in a service's log."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Progress:
    """A moment of `plan_harvest`.

    Attributes
    ----------
    step : judging candidates, allocating them, or reporting the plan.
    done : part of the whole work that is done, from 0 to 1; an estimate, never falling.
    value_vnd, bound_vnd : the best plan of what is allocated so far and its bound [VND]; None before that. Of a large
        problem the bound is known first.
    """

    step: Literal["judging", "allocating", "reporting"]
    done: float
    value_vnd: float | None = None
    bound_vnd: float | None = None

    @property
    def gap(self) -> float | None:
        """Distance from the bound, relative to it; None before anything is allocated."""
        if self.value_vnd is None or self.bound_vnd is None:
            return None
        return (self.bound_vnd - self.value_vnd) / max(abs(self.bound_vnd), 1.0)


OnProgress = Callable[[Progress], None]
JUDGED, ALLOCATED = 0.6, 0.95
"""Usual part of the work that is done once all candidates are judged, and once they are allocated."""


def in_silence(_: Progress) -> None:
    """Tell nobody."""
