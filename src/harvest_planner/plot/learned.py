"""A picture of learning: what is known of a batch's age, a curve that moves and narrows as reviews arrive."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist
from typing import TYPE_CHECKING

from harvest_planner.learning.evidence import LEVEL, Evidence
from harvest_planner.plot.canvas import BLUE, GREY, ORANGE, Language, axes_of, word
from harvest_planner.schema.problem import PlanningProblem

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_POINTS = 201
_REACH = 3.2
"""The axis spans so many standard deviations of what was believed to either side."""
_Z = NormalDist().inv_cdf(0.5 + LEVEL / 2)


def learned_age(
    evidences: Sequence[Evidence],
    problem: PlanningProblem,
    *,
    batch_id: str,
    truth_d20: float | None = None,
    language: Language = "en",
    ax: Axes | None = None,
) -> Axes:
    """How likely each correction of a batch's age is: before any review, and by each evidence, the last one darkest.

    A curve is the normal one with the mean and the 90 % interval of the evidence.

    Parameters
    ----------
    evidences : what `harvest_planner.learn` found from more and more of the outcomes, each time from the same problem.
    problem : what was believed before.
    batch_id : of the batch.
    truth_d20 : its true `age_shift_d20` where it is known, as in a simulation [d20].
    language : en or vi.
    ax : axes to draw on; None: new ones.

    Raises
    ------
    MissingExtraError : matplotlib is not installed.
    UnknownIdError : the problem has no such batch.
    ValueError : no evidence has a review of the batch; another language.
    """
    from harvest_planner.learning.ages import shift_sd_d20

    batch = problem.batch(batch_id)
    stage = problem.crop(batch.crop_id).stage(batch.stage_id)
    updates = [one for each in evidences for one in each.of("batch_age") if one.subject == batch_id]
    if not updates:
        raise ValueError(f"batch_id = {batch_id!r}: no evidence has a review of it; take another batch")
    ax = axes_of(ax)
    spread = shift_sd_d20(batch, stage)
    ages = [batch.age_shift_d20 + spread * _REACH * (2.0 * i / (_POINTS - 1) - 1.0) for i in range(_POINTS)]
    prior = NormalDist(batch.age_shift_d20, spread)
    ax.plot(ages, list(map(prior.pdf, ages)), color=GREY, ls="--", label=word("before_reviews", language))
    for number, update in enumerate(updates, start=1):
        curve = NormalDist(update.now, max((update.high - update.low) / (2.0 * _Z), 1e-6))
        label = word("after_reviews", language, reviews=update.outcomes)
        alpha = 0.25 + 0.75 * math.sqrt(number / len(updates))
        ax.plot(ages, list(map(curve.pdf, ages)), color=BLUE, alpha=min(1.0, alpha), label=label)
    if truth_d20 is not None:
        ax.axvline(truth_d20, color=ORANGE, lw=1.5, label=word("truth", language))
    ax.set(xlabel=word("learned_age", language), ylabel=word("how_likely", language), ylim=(0.0, None))
    ax.legend(loc="upper left", fontsize="small")
    return ax
