"""Pictures of plans played forward: promised beside simulated shares, and policies side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harvest_planner.plot.canvas import BLUE, GREEN, GREY, ORANGE, Language, axes_of, word
from harvest_planner.simulation.comparison import PolicyComparison
from harvest_planner.simulation.report import SimulationReport

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BAND = 0.02
"""What the picture of a calibration shows as near enough, in shares: the library's own tests hold tenths to it."""
_MARGIN = 0.03
_MILLION = 1e6


def calibration(report: SimulationReport, *, language: Language = "en", ax: Axes | None = None) -> Axes:
    """Promised against simulated share good, a point for each tenth of the shipments, with two points on either side.

    Parameters
    ----------
    report : what `harvest_planner.simulate` found.
    language : en or vi.
    ax : axes to draw on; None: new ones.

    Raises
    ------
    MissingExtraError : matplotlib is not installed.
    ValueError : the plan shipped nothing; another language.
    """
    rows = report.calibration
    if not rows:
        raise ValueError("report.calibration is empty: the plan ships nothing, play one that ships")
    ax = axes_of(ax, size=(5.0, 5.0))
    promised, simulated = [row.promised_mean for row in rows], [row.simulated_mean for row in rows]
    low, high = max(0.0, min(*promised, *simulated) - _MARGIN), min(1.0, max(*promised, *simulated) + _MARGIN)
    ends = [low, high]
    ax.fill_between(ends, [end - BAND for end in ends], [end + BAND for end in ends],
                    color=GREY, alpha=0.2, lw=0, label=word("two_points", language))  # fmt: skip
    ax.plot(ends, ends, color=GREY, lw=1)
    ax.plot(promised, simulated, "o", color=BLUE, label=word("tenth", language))
    ax.set(xlim=ends, ylim=ends, xlabel=word("promised", language), ylabel=word("simulated", language))
    ax.set_aspect("equal")
    ax.legend(loc="upper left", fontsize="small")
    return ax


def policies(comparison: PolicyComparison, *, language: Language = "en", ax: Axes | None = None) -> Axes:
    """What each policy brings, the plan first; a whisker is the 95 % interval of its distance from the plan.

    Beside each bar stands the share good on arrival.

    Parameters
    ----------
    comparison : what `harvest_planner.compare_policies` found.
    language : en or vi.
    ax : axes to draw on; None: new ones.

    Raises
    ------
    MissingExtraError : matplotlib is not installed.
    ValueError : another language.
    """
    ax = axes_of(ax, size=(7.5, 3.8))
    plan = comparison.row("plan").income_vnd
    colours = {"plan": GREEN, "perfect_foresight": ORANGE}
    places = list(range(len(comparison)))
    incomes = [row.income_vnd / _MILLION for row in comparison]
    ax.barh(places, incomes, color=[colours.get(row.policy, BLUE) for row in comparison])
    for place, row in zip(places, comparison, strict=True):
        low, high = plan - row.plan_minus_high_vnd, plan - row.plan_minus_low_vnd
        ax.plot([low / _MILLION, high / _MILLION], [place, place], color="black", lw=1.5)
        good = " " + word("arrives_good", language, good_share=round(row.good_share, 2))
        ax.annotate(good, (max(0.0, high, row.income_vnd) / _MILLION, place), va="center", fontsize="small")
    ax.axvline(plan / _MILLION, color=GREEN, lw=1, ls="--")
    ax.set_yticks(places, [word(row.policy, language) for row in comparison])
    ax.invert_yaxis()
    ax.set_xlim(min(0.0, *incomes), 1.25 * max(0.0, *incomes) or 1.0)
    ax.set_xlabel(word("income", language))
    return ax
