"""Promises held against what came: shares and means with their intervals, over all and by group."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import NormalDist, fmean, stdev
from typing import Any

CONFIDENCE = 0.95
_Z = NormalDist().inv_cdf(0.5 + CONFIDENCE / 2)
_TENTHS = 10
_FEWEST_A_TENTH = 10
"""Promises in a group of the reliability diagram; fewer than a hundred promises make fewer groups."""


class Measure(float):
    """A number measured on some cases, and between what bounds it lies with 95 % confidence.

    It is a float; `low` and `high` are its interval and `count` the cases. Without a case it is NaN.

    Notes
    -----
    Cases are taken for independent. Where delays come together, as in a storm, the truth is less certain than that.

    Examples
    --------
    >>> cover = share_of([True] * 90 + [False] * 10)
    >>> float(cover), round(cover.low, 3), round(cover.high, 3), cover.count
    (0.9, 0.826, 0.945, 100)
    """

    low: float
    high: float
    count: int

    def __new__(cls, value: float, low: float, high: float, count: int) -> Measure:
        made = super().__new__(cls, value)
        made.low, made.high, made.count = low, high, count
        return made

    def __repr__(self) -> str:
        return f"{float(self):.4g} ({self.low:.4g} to {self.high:.4g}, n = {self.count})"

    def __reduce__(self) -> tuple[type[Measure], tuple[float, float, float, int]]:
        return Measure, (float(self), self.low, self.high, self.count)

    def to_dict(self) -> dict[str, float | int | None]:
        """The number and its interval; None where there was no case."""
        low, high = _told(self.low), _told(self.high)
        return {"mean": _told(float(self)), "low": low, "high": high, "count": self.count}


def _told(number: float) -> float | None:
    return number if math.isfinite(number) else None


def share_of(kept: Sequence[bool]) -> Measure:
    """A share of cases by Wilson's interval (1927, 10.1080/01621459.1927.10502953)."""
    n = len(kept)
    if not n:
        return Measure(math.nan, math.nan, math.nan, 0)
    share = sum(kept) / n
    centre = (share + _Z**2 / (2 * n)) / (1 + _Z**2 / n)
    half = _Z / (1 + _Z**2 / n) * math.sqrt(share * (1 - share) / n + _Z**2 / (4 * n * n))
    return Measure(share, max(0.0, centre - half), min(1.0, centre + half), n)


def mean_of(values: Sequence[float]) -> Measure:
    """A mean by the interval of Student's t, without bounds from a single case."""
    # Here, so that a report can be read where scipy is not installed.
    from scipy.stats import t as student

    n = len(values)
    if not n:
        return Measure(math.nan, math.nan, math.nan, 0)
    mean = fmean(values)
    half = float(student.ppf(0.5 + CONFIDENCE / 2, n - 1)) * stdev(values) / math.sqrt(n) if n > 1 else math.inf
    return Measure(mean, mean - half, mean + half, n)


@dataclass(frozen=True, slots=True)
class ReliabilityRow:
    """Promises of about the same share, and what came of them.

    Attributes
    ----------
    promised_low, promised_high, promised_mean : the promised shares.
    came : mean share that came true, with its interval.
    """

    promised_low: float
    promised_high: float
    promised_mean: float
    came: Measure

    @property
    def miss(self) -> float:
        """What came less what was promised."""
        return float(self.came) - self.promised_mean

    def to_dict(self) -> dict[str, Any]:
        return {
            "promised_low": self.promised_low,
            "promised_high": self.promised_high,
            "promised_mean": self.promised_mean,
            "came": self.came.to_dict(),
        }


def reliability_of(pairs: Iterable[tuple[float, float]]) -> tuple[ReliabilityRow, ...]:
    """Pairs of promised share and share that came, in up to ten groups of equal number by promise, lowest first."""
    ranked = sorted(pairs)
    groups = min(_TENTHS, max(1, len(ranked) // _FEWEST_A_TENTH)) if ranked else 0
    ends = [round(len(ranked) * part / groups) for part in range(groups + 1)] if groups else []
    return tuple(_row(ranked[low:high]) for low, high in pairwise(ends))


def _row(pairs: Sequence[tuple[float, float]]) -> ReliabilityRow:
    promised, came = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    yes_or_no = all(value in (0.0, 1.0) for value in came)
    found = share_of([value == 1.0 for value in came]) if yes_or_no else mean_of(came)
    within = Measure(found, max(0.0, found.low), min(1.0, found.high), found.count)
    return ReliabilityRow(promised[0], promised[-1], fmean(promised), within)


@dataclass(frozen=True, slots=True)
class TimeScores:
    """Forecasts of arrival held against arrivals.

    Attributes
    ----------
    crps : mean continuous ranked probability score [h]; less is better.
    cover_p05, cover_p10, cover_p50, cover_p90, cover_p95 : share that came by each limit; 0.05 … 0.95 are right.
    """

    crps: Measure
    cover_p05: Measure
    cover_p10: Measure
    cover_p50: Measure
    cover_p90: Measure
    cover_p95: Measure

    @property
    def count(self) -> int:
        return self.crps.count

    def to_dict(self) -> dict[str, Any]:
        return {name: getattr(self, name).to_dict() for name in TIME_MEASURES}


TIME_MEASURES = ("crps", "cover_p05", "cover_p10", "cover_p50", "cover_p90", "cover_p95")


@dataclass(frozen=True, slots=True)
class GoodScores:
    """Promised shares of good fruit held against what arrived good.

    Attributes
    ----------
    promised : mean promised share.
    came : mean share that came good.
    miss : came − promised, case by case.
    brier : mean square of that (Brier 1950).
    """

    promised: Measure
    came: Measure
    miss: Measure
    brier: Measure

    def to_dict(self) -> dict[str, Any]:
        return {name: getattr(self, name).to_dict() for name in ("promised", "came", "miss", "brier")}


def good_scores(pairs: Sequence[tuple[float, float]]) -> GoodScores | None:
    """Scores of (promised, came); None without a pair."""
    if not pairs:
        return None
    return GoodScores(
        promised=mean_of([promised for promised, _ in pairs]),
        came=mean_of([came for _, came in pairs]),
        miss=mean_of([came - promised for promised, came in pairs]),
        brier=mean_of([(came - promised) ** 2 for promised, came in pairs]),
    )
