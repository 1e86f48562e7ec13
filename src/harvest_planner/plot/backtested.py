"""Pictures of a backtest: what was promised beside what came true."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harvest_planner.learning.backtest_report import Backtest, Group
from harvest_planner.plot.canvas import BLUE, GREY, Language, axes_of, word

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def reliability(report: Backtest | Group, *, language: Language = "en", ax: Axes | None = None) -> Axes:
    """Reliability diagram: each group of promises against what came true, with its 95 % interval.

    Parameters
    ----------
    report : what `harvest_planner.backtest` found, or one lane or crop of it.
    language : en or vi.
    ax : axes to draw on; None: new ones.

    Raises
    ------
    MissingExtraError : matplotlib is not installed.
    ValueError : nothing was judged; another language.
    """
    rows = report.reliability
    if not rows:
        raise ValueError("report.reliability is empty: nothing was judged; see report.left_out")
    ax = axes_of(ax, size=(5.0, 5.0))
    ax.plot([0.0, 1.0], [0.0, 1.0], color=GREY, lw=1, ls="--", label=word("kept", language))
    came = [float(row.came) for row in rows]
    below = [float(row.came) - row.came.low for row in rows]
    above = [row.came.high - float(row.came) for row in rows]
    ax.errorbar(
        [row.promised_mean for row in rows],
        came,
        yerr=[below, above],
        fmt="o",
        color=BLUE,
        label=word("came_true", language),
    )
    ax.set(xlim=(0.0, 1.0), ylim=(0.0, 1.0))
    ax.set(xlabel=word("promised_share", language), ylabel=word("came_true", language))
    ax.set_aspect("equal")
    ax.legend(loc="upper left", fontsize="small")
    return ax
