"""`journeys`: the ways goods may travel between two places, in local times and with their chances."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable
from typing import NamedTuple

from harvest_planner import catalogue
from harvest_planner.errors import UnknownIdError
from harvest_planner.planning.answer import legs_of
from harvest_planner.planning.curves import curve_of
from harvest_planner.planning.itinerary import Itinerary, TravelOutcome, aware
from harvest_planner.planning.roads import Travel, travel_of
from harvest_planner.ripening.clock import gained
from harvest_planner.schema.clock import zone
from harvest_planner.schema.crop import Crop
from harvest_planner.schema.people import Place
from harvest_planner.schema.problem import PlanningProblem, catalogue_crop
from harvest_planner.transit.estimate import embargoes_of, estimated_lanes
from harvest_planner.transit.instants import hours_of, instant_of
from harvest_planner.transit.travel import Journey, Outcome

_LAST_H = hours_of(dt.datetime(9999, 12, 30, tzinfo=dt.UTC))
"""The tail of a lane without measure may end behind the calendar; it is drawn to end here."""


class _Load(NamedTuple):
    """What travels: its kind as carriers know it, and its crop where one is given."""

    goods: str | None
    crop: Crop | None


class _Asked(NamedTuple):
    """The question with everything looked up."""

    travel: Travel
    origin: Place
    destination: Place
    load: _Load
    ready_h: float


def journeys(
    problem: PlanningProblem,
    origin: Place | str,
    destination: Place | str,
    *,
    ready_at: dt.datetime,
    goods: Crop | str | None = None,
    limit: int | None = 5,
) -> tuple[Itinerary, ...]:
    """The journeys on offer for goods that are ready for the carrier at a moment, earliest median arrival first.

    Each chain of at most four lanes offers its first departure, and where a lane of it has a capacity every departure
    of its first lane within 24 h after that. A journey is left out where another one is no later in the 5, 50 and 95 %
    quantile of arrival, no dearer, gains no more age on average and has no limited lane. What room is left on a
    departure is not asked. Where the problem has no lanes the catalogue's estimates between the two places serve.

    Parameters
    ----------
    problem : brings lanes, embargoes, places, crops and the timetable's span.
    origin, destination : places, or ids of the problem or the catalogue, or names that the gazetteer resolves.
    ready_at : when the goods are ready for the carrier, aware. Departures are dated from 30 days before `as_of` to 30
        days after the horizon; a rule without DTSTART has none before `as_of`'s date. Near the end of the span
        journeys whose connections lie beyond it are missing.
    goods : a kind of goods as carriers know it ("fresh-fruit"), or a crop or its id: then the crop's kind, and its
        clocks run on the way. None: no embargo binds, and lanes that take only some goods are left out.
    limit : at most so many; None: all.

    Returns
    -------
    tuple of Itinerary : empty where no chain of lanes leads there, or none takes the goods any more.

    Raises
    ------
    UnknownIdError : a place, crop or kind of goods that neither the problem nor the catalogue knows.
    AmbiguousPlaceError : a name that means several places.
    ValueError : a naive `ready_at`, one outside the span of dated departures, or a limit below 1.

    Examples
    --------
    >>> import harvest_planner as hp
    >>> problem = hp.PlanningProblem(as_of="2026-08-10T00:00:00+07:00")
    >>> ready_at = dt.datetime.fromisoformat("2026-08-10T11:00:00+07:00")
    >>> first, *_ = journeys(problem, "chi-lang", "Cà Mau", ready_at=ready_at, goods="na-chi-lang")
    >>> first.legs[0].departs_at.isoformat()
    '2026-08-10T17:00:00+07:00'
    >>> first.arrive_p05_at < first.arrive_p50_at < first.arrive_p95_at
    True
    """
    ready_h = hours_of(aware("ready_at", ready_at))
    if limit is not None and limit < 1:
        raise ValueError(f"limit = {limit}: ask for at least 1 journey, or give None for all")
    start, end = _place(problem, origin), _place(problem, destination)
    lanes = problem.lanes or estimated_lanes(start, (end,))
    own = bool(problem.lanes) and all(_known(problem, place) for place in (start, end))
    travel = travel_of(problem) if own else Travel(_with_places(problem, start, end), lanes)
    _within(travel.network.span, ready_at)
    return _found(_Asked(travel, start, end, _load(problem, goods), ready_h), limit)


def _found(asked: _Asked, limit: int | None) -> tuple[Itinerary, ...]:
    crop = asked.load.crop
    curve = None if crop is None else curve_of(crop)
    clocks = (_still,) if curve is None else curve.clocks
    found = asked.travel.network.journeys(
        asked.origin.id,
        asked.destination.id,
        ready_h=asked.ready_h,
        goods=asked.load.goods,
        clocks=clocks,
        clocks_key=None if curve is None else id(curve),
        kinks_degc=() if curve is None else curve.kinks_degc,
        limit=limit,
    )

    def waited(journey: Journey) -> tuple[float, ...] | None:
        """What the goods gain outdoors until the first departure."""
        hours = max(0.0, journey.first_departure_h - asked.ready_h)
        air = list(asked.travel.ambient.spells(asked.origin.id, from_h=asked.ready_h, hours=hours))
        return None if curve is None else tuple(gained(clock, air) for clock in clocks)

    return tuple(_itinerary(journey, asked, waited) for journey in found)


def _still(degc: float) -> float:
    """The clock of goods that do not age."""
    return 0.0


def _itinerary(journey: Journey, asked: _Asked, waited: Callable[[Journey], tuple[float, ...] | None]) -> Itinerary:
    local = zone(asked.destination.timezone)

    def outcomes() -> tuple[TravelOutcome, ...]:
        before = waited(journey)
        return tuple(_outcome(outcome, before, local) for outcome in journey.outcomes)

    return Itinerary(
        journey.arrivals,
        local,
        cost_vnd_per_kg=journey.cost_vnd_per_kg,
        quantiles_h=(journey.arrive_p05_h, journey.arrive_p50_h, journey.arrive_p95_h),
        legs=lambda: legs_of(journey, asked.travel.lanes, asked.travel.problem.place),
        outcomes=outcomes,
    )


def _outcome(outcome: Outcome, waited: tuple[float, ...] | None, local: dt.tzinfo) -> TravelOutcome:
    """The outcome in local time, with what the goods gained while they waited for the first departure."""
    arrives = (outcome.arrive_h, outcome.low_h, outcome.high_h)
    arrive_at, earliest_at, latest_at = (
        instant_of(min(hours, _LAST_H), local) if math.isfinite(hours) else None for hours in arrives
    )
    age, chill, safety = (
        (None, None, None)
        if waited is None
        else (before + on_way for before, on_way in zip(waited, outcome.exposures, strict=False))
    )
    return TravelOutcome(outcome.probability, arrive_at, earliest_at, latest_at, age, chill, safety)


def _within(span: tuple[dt.datetime, dt.datetime], ready_at: dt.datetime) -> None:
    first, last = span
    if not first <= ready_at <= last:
        raise ValueError(
            f"ready_at = {ready_at.isoformat()} lies outside the dated departures, {first.isoformat()} to "
            f"{last.isoformat()}; move as_of or policy.horizon_days of the problem"
        )


def _place(problem: PlanningProblem, place: Place | str) -> Place:
    if isinstance(place, Place):
        return place
    try:
        return problem.place(place)
    except UnknownIdError as error:
        own = catalogue.nearest(place, [known.id for known in problem.places])
        raise UnknownIdError("place", place, tuple(dict.fromkeys((*own, *error.suggestions)))[:3]) from None


def _known(problem: PlanningProblem, place: Place) -> bool:
    """Whether the problem knows a place as it was given."""
    try:
        return problem.place(place.id) == place
    except UnknownIdError:
        return False


def _with_places(problem: PlanningProblem, *given: Place) -> PlanningProblem:
    """The problem with the places asked for, which stand for any of the same id."""
    asked = {place.id: place for place in given}
    places = (*(place for place in problem.places if place.id not in asked), *asked.values())
    return problem.model_copy(update={"places": places})


def _load(problem: PlanningProblem, goods: Crop | str | None) -> _Load:
    if goods is None:
        return _Load(None, None)
    if isinstance(goods, Crop):
        return _Load(goods.goods, goods)
    own = [crop.id for crop in problem.crops]
    if goods in own or goods in catalogue.crop_ids():
        crop = problem.crop(goods)
        return _Load(crop.goods, crop)
    kinds = _kinds(problem)
    if catalogue.fold(goods) not in map(catalogue.fold, kinds):
        near = catalogue.nearest(goods, (*kinds, *own, *catalogue.crop_ids()))
        raise UnknownIdError("goods", goods, near, known=kinds)
    return _Load(goods, None)


def _kinds(problem: PlanningProblem) -> tuple[str, ...]:
    """The kinds of goods that crops, lanes and embargoes know."""
    crops = (*problem.crops, *map(catalogue_crop, catalogue.crop_ids()))
    kinds = {crop.goods for crop in crops if crop.goods}
    kinds.update(kind for lane in problem.lanes for kind in lane.goods)
    kinds.update(embargo.goods for embargo in embargoes_of(problem))
    return tuple(sorted(kinds))
