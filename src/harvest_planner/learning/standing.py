"""Verdicts of buyers → each grower's reputation: the share of good deliveries, drawn to that of all growers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import numpy.typing as npt
from scipy.optimize import brentq
from scipy.special import betainc, betaln

from harvest_planner.learning.evidence import LEVEL, RecordChange, Update
from harvest_planner.learning.lanes import Learned
from harvest_planner.learning.passages import Verdict
from harvest_planner.planning.standing import USUAL_SHARE
from harvest_planner.schema.people import Grower

Floats = npt.NDArray[np.float64]

_SURE = 10.0
"""Beforehand the growers' mean share is beta about USUAL_SHARE, worth so many deliveries; assumption."""
_MEANS = np.linspace(0.01, 0.99, 99)
_WORTH = np.geomspace(2.0, 300.0, 16)
"""How many deliveries the growers' common share is worth for one of them: from hardly alike to all alike."""
_DIGITS = 6


def learned_reputations(growers: Iterable[Grower], verdicts: Iterable[Verdict]) -> list[Learned]:
    """The reputation of every grower with a verdict.

    good ~ Binomial(n, s), s ~ Beta(m·κ, (1 − m)·κ) with m and κ common to all growers and integrated on a grid, an
    empirical Bayes that minds how little few growers tell (Gelman et al. 2013, BDA3, section 5.3). A grower whose
    reputation is known already is drawn to that instead of m.
    """
    by_grower: defaultdict[str, list[Verdict]] = defaultdict(list)
    for verdict in verdicts:
        by_grower[verdict.grower_id].append(verdict)
    judged = [grower for grower in growers if grower.id in by_grower]
    if not judged:
        return []
    counts = {grower.id: _count(by_grower[grower.id]) for grower in judged}
    weights = _weights(judged, counts)
    return [_learned(grower, counts[grower.id], weights, by_grower[grower.id]) for grower in judged]


def _count(verdicts: Sequence[Verdict]) -> tuple[int, int]:
    return sum(verdict.good for verdict in verdicts), len(verdicts)


def _prior(grower: Grower) -> tuple[Floats, Floats]:
    """Both numbers of the beta distribution at every (m, κ)."""
    known = grower.reputation
    mean = _MEANS[:, None] if known is None else np.full((len(_MEANS), 1), min(max(known, 0.01), 0.99))
    return mean * _WORTH, (1.0 - mean) * _WORTH


def _weights(growers: Sequence[Grower], counts: Mapping[str, tuple[int, int]]) -> Floats:
    sure = (_SURE * USUAL_SHARE - 1.0) * np.log(_MEANS) + (_SURE * (1.0 - USUAL_SHARE) - 1.0) * np.log1p(-_MEANS)
    logs = np.repeat(sure[:, None], len(_WORTH), axis=1)
    for grower in growers:
        good, all_ = counts[grower.id]
        a, b = _prior(grower)
        logs = logs + betaln(a + good, b + all_ - good) - betaln(a, b)
    raw = np.exp(logs - logs.max())
    return np.asarray(raw / raw.sum(), dtype=np.float64)


def _learned(grower: Grower, count: tuple[int, int], weights: Floats, verdicts: Sequence[Verdict]) -> Learned:
    good, all_ = count
    a, b = _prior(grower)
    a, b = a + good, b + all_ - good

    def quantile(p: float) -> float:
        return float(brentq(lambda x: float((weights * betainc(a, b, x)).sum()) - p, 0.0, 1.0, xtol=1e-9))

    mean = round(float((weights * a / (a + b)).sum()), _DIGITS)
    update = Update(
        kind="reputation",
        subject=grower.id,
        field="reputation",
        was=grower.reputation,
        now=mean,
        low=quantile(0.5 - LEVEL / 2),
        high=quantile(0.5 + LEVEL / 2),
        outcomes=all_,
        order_ids=tuple(sorted({verdict.order_id for verdict in verdicts})),
        own_weight=float((weights * all_ / (a + b)).sum()),
        note=f"{good} of {all_} good",
    )
    was, now = {"reputation": grower.reputation}, {"reputation": mean}
    return Learned(update, RecordChange(kind="reputation", table="growers", record_id=grower.id, was=was, now=now))
