"""Pictures of travel: when a journey arrives, and how long it takes to every province."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from harvest_planner import catalogue
from harvest_planner.planning.itineraries import journeys
from harvest_planner.planning.itinerary import Itinerary
from harvest_planner.plot.canvas import BLUE, GREEN, GREY, VERMILION, Language, axes_of, word
from harvest_planner.schema.crop import Crop
from harvest_planner.schema.people import Place
from harvest_planner.schema.problem import PlanningProblem

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_BINS = 160
_TAIL = 0.05
"""The picture goes on behind the 95 % quantile by this share of its width."""
_DEGREE_OF_LONGITUDE = 0.96
"""Length of a degree of longitude against one of latitude in the middle of Viet Nam, cos 16°."""


def arrivals(
    itinerary: Itinerary,
    problem: PlanningProblem | None = None,
    *,
    deliver_until_at: dt.datetime | None = None,
    language: Language = "en",
    ax: Axes | None = None,
) -> Axes:
    """When a journey arrives: the probability of each hour, its quantiles, departures and cut-offs.

    Parameters
    ----------
    itinerary : one of `harvest_planner.journeys`.
    problem : brings the lanes' cut-offs; None: departures are drawn alone.
    deliver_until_at : the buyer's deadline, drawn with the probability of making it; None: not drawn.
    language : en or vi.
    ax : axes to draw on, with instants in the destination's local time; None: new ones.

    Raises
    ------
    MissingExtraError : matplotlib is not installed.
    ValueError : a naive `deliver_until_at`.
    """
    ax = axes_of(ax)
    from matplotlib.dates import AutoDateLocator, ConciseDateFormatter

    local = itinerary.arrive_p50_at.tzinfo
    wide = itinerary.arrive_p95_at - itinerary.arrive_p05_at + dt.timedelta(hours=1)
    first, last = itinerary.arrive_p05_at - wide / 2, itinerary.arrive_p95_at + wide / 2
    edges = [first + (last - first) * step / _BINS for step in range(_BINS + 1)]
    by = [itinerary.probability_by(edge) for edge in edges]
    per_h = _BINS / ((last - first) / dt.timedelta(hours=1))
    heights = [(after - before) * per_h for before, after in pairwise(by)]
    ax.stairs(heights, _numbers(edges), fill=True, color=BLUE, alpha=0.35, label=word("per_hour", language))
    quantiles = {5: itinerary.arrive_p05_at, 50: itinerary.arrive_p50_at, 95: itinerary.arrive_p95_at}
    for percent, moment in quantiles.items():
        ax.axvline(_number(moment), color=BLUE, lw=1, ls="--")
        ax.annotate(f"{percent} %", (_number(moment), 1.0), xycoords=("data", "axes fraction"), xytext=(2, -10),
                    textcoords="offset points", fontsize="small", color=BLUE)  # fmt: skip
    named: set[str] = set()
    for line in _lines(itinerary, problem):
        colour, style = (VERMILION, ":") if line.cutoff else (GREY, "-")
        key = "cutoff" if line.cutoff else "departure"
        label = word(key, language) if key not in named else None
        named.add(key)
        ax.axvline(_number(line.at), color=colour, ls=style, lw=1.2, label=label)
    if deliver_until_at is not None:
        share = itinerary.probability_by(deliver_until_at)
        ax.axvline(
            _number(deliver_until_at), color=GREEN, lw=2, label=word("deadline", language, made_share=round(share, 2))
        )
    locator = AutoDateLocator(tz=local)  # type: ignore[no-untyped-call]
    ax.xaxis.set_major_locator(locator)
    ax.xaxis.set_major_formatter(ConciseDateFormatter(locator, tz=local))  # type: ignore[no-untyped-call]
    ax.set(ylim=(0, None), ylabel=word("per_hour", language), xlabel=word("arrives", language))
    ax.set_title(" → ".join(itinerary.lane_ids))
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.2), ncol=2, fontsize="small", frameon=False)
    return ax


def journey_map(
    problem: PlanningProblem,
    origin: Place | str,
    *,
    ready_at: dt.datetime,
    goods: Crop | str | None = None,
    destinations: Iterable[str] | None = None,
    language: Language = "en",
    ax: Axes | None = None,
) -> Axes:
    """A map of the earliest journeys from a place: each destination coloured by the hours until its median arrival.

    It works offline: the country's shape is the points of its districts. Where no journey leads the point stays empty.

    Parameters
    ----------
    problem : brings the lanes; without lanes the catalogue's estimates serve.
    origin : a place, its id or its name.
    ready_at : when the goods are ready for the carrier, aware.
    goods : as in `harvest_planner.journeys`.
    destinations : ids or names of places; None: the 63 provinces.
    language : en or vi.
    ax : axes to draw on; None: new ones.

    Raises
    ------
    MissingExtraError : matplotlib is not installed.
    UnknownIdError, AmbiguousPlaceError, ValueError : as in `harvest_planner.journeys`.
    """
    start = problem.place(origin) if isinstance(origin, str) else origin
    ends = [problem.place(name) for name in (_provinces(start) if destinations is None else destinations)]
    found = [(end, journeys(problem, start, end, ready_at=ready_at, goods=goods, limit=1)) for end in ends]
    ax = _map_axes(ax)
    lanes = {lane.id: lane for lane in problem.lanes}
    for end, ways in found:
        for way in ways:
            between = [lanes[each].destination_id for each in way.lane_ids[:-1] if each in lanes]
            stops = [start, *map(problem.place, between), end]
            ax.plot([stop.longitude_deg for stop in stops], [stop.latitude_deg for stop in stops],
                    color=GREY, lw=0.6, alpha=0.6, zorder=2)  # fmt: skip
    reached = [(end, (ways[0].arrive_p50_at - ready_at) / dt.timedelta(hours=1)) for end, ways in found if ways]
    missed = [end for end, ways in found if not ways]
    points = ax.scatter([end.longitude_deg for end, _ in reached], [end.latitude_deg for end, _ in reached],
                        c=[hours for _, hours in reached], cmap="viridis_r", s=28, zorder=3)  # fmt: skip
    ax.scatter([end.longitude_deg for end in missed], [end.latitude_deg for end in missed],
               facecolors="none", edgecolors=GREY, s=28, zorder=3)  # fmt: skip
    ax.plot(start.longitude_deg, start.latitude_deg, marker="*", ms=13, color=VERMILION, zorder=4)
    ax.figure.colorbar(points, ax=ax, label=word("hours_to_median", language), shrink=0.6)
    ax.set_title(word("from", language, place=start.name or start.id))
    return ax


class _Line(NamedTuple):
    at: dt.datetime
    cutoff: bool


def _lines(itinerary: Itinerary, problem: PlanningProblem | None) -> list[_Line]:
    """Departures, and before each the cut-off where the problem tells it."""
    cutoff_h = {} if problem is None else {lane.id: lane.cutoff_h for lane in problem.lanes}
    found = []
    for leg in itinerary.legs:
        if cutoff_h.get(leg.lane_id):
            found.append(_Line(leg.departs_at - dt.timedelta(hours=cutoff_h[leg.lane_id]), cutoff=True))
        found.append(_Line(leg.departs_at, cutoff=False))
    return found


def _provinces(start: Place) -> list[str]:
    return [place_id for place_id in catalogue.place_ids() if catalogue.province_id(place_id) == place_id != start.id]


def _map_axes(ax: Axes | None) -> Axes:
    """Axes in degrees with the points of all districts, for the shape of the country."""
    if ax is None:
        ax = axes_of(None, size=(5.5, 8.0))
    rows = [catalogue.place_row(place_id) for place_id in sorted(catalogue.district_ids())]
    ax.scatter([row["longitude_deg"] for row in rows], [row["latitude_deg"] for row in rows],
               s=2, color=GREY, alpha=0.35, zorder=1)  # fmt: skip
    ax.set_aspect(1.0 / _DEGREE_OF_LONGITUDE)
    ax.set_axis_off()
    return ax


def _number(moment: dt.datetime) -> float:
    from matplotlib.dates import date2num

    return float(date2num(moment))  # type: ignore[no-untyped-call]


def _numbers(moments: list[dt.datetime]) -> list[float]:
    return [_number(moment) for moment in moments]
