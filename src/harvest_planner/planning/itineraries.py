"""`journeys`: the ways goods may travel between two places, in local times and with their chances."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass, field
from typing import NamedTuple

from harvest_planner import catalogue
from harvest_planner.errors import UnknownIdError
from harvest_planner.planning.answer import legs_of
from harvest_planner.planning.curves import curve_of
from harvest_planner.ripening.clock import gained
from harvest_planner.schema.clock import zone
from harvest_planner.schema.crop import Crop
from harvest_planner.schema.lane import Lane
from harvest_planner.schema.people import Place
from harvest_planner.schema.plan import Leg
from harvest_planner.schema.problem import PlanningProblem, catalogue_crop
from harvest_planner.transit.ambient import Ambient
from harvest_planner.transit.arrivals import Arrivals
from harvest_planner.transit.estimate import embargoes_of, estimated_lanes
from harvest_planner.transit.instants import hours_of, instant_of
from harvest_planner.transit.network import Network
from harvest_planner.transit.travel import Journey, Outcome

HALF_A_SECOND_H = 0.5 / 3600.0
"""Instants are rounded to the second; what arrives within half of one has arrived."""
_LAST_H = hours_of(dt.datetime(9999, 12, 30, tzinfo=dt.UTC))
"""The tail of a lane without measure may end behind the calendar; it is drawn to end here."""


@dataclass(frozen=True, slots=True)
class TravelOutcome:
    """One way an itinerary may turn out.

    Attributes
    ----------
    probability : of this outcome; those of all outcomes add up to 1.
    arrive_at : mean arrival, local to the destination; None: these goods find no departure any more and never arrive.
    earliest_at, latest_at : between these the outcome's arrivals lie.
    age_gained_d20 : what the goods age from `ready_at` to arrival on average [d20]; None: no crop was given.
    chill_dose, safety_dose : shares of the chilling limit and of the food-safety cap used up in that time, beyond 1
        the goods are harmed; None: no crop was given.
    """

    probability: float
    arrive_at: dt.datetime | None
    earliest_at: dt.datetime | None
    latest_at: dt.datetime | None
    age_gained_d20: float | None
    chill_dose: float | None
    safety_dose: float | None


@dataclass(frozen=True, slots=True)
class Itinerary:
    """A journey on offer: its planned legs, its cost, when it arrives and how it may turn out.

    Attributes
    ----------
    legs : the lanes with their planned departures, each instant local to its place.
    arrive_p05_at, arrive_p50_at, arrive_p95_at : quantiles of the arrival, local to the destination.
    cost_vnd_per_kg : freight of all legs [VND/kg].
    outcomes : the ways it may turn out, with their probabilities.
    """

    legs: tuple[Leg, ...]
    arrive_p05_at: dt.datetime
    arrive_p50_at: dt.datetime
    arrive_p95_at: dt.datetime
    cost_vnd_per_kg: float
    outcomes: tuple[TravelOutcome, ...] = field(repr=False)
    _arrivals: Arrivals = field(repr=False)

    @property
    def lane_ids(self) -> tuple[str, ...]:
        """The lanes in the order of travel."""
        return tuple(leg.lane_id for leg in self.legs)

    @property
    def age_gained_mean_d20(self) -> float | None:
        """What the goods age from `ready_at` to arrival, over all outcomes [d20]; None: no crop was given."""
        ages = [(each.probability, each.age_gained_d20) for each in self.outcomes if each.age_gained_d20 is not None]
        return math.fsum(share * age for share, age in ages) if ages else None

    def probability_by(self, at: dt.datetime) -> float:
        """Probability of having arrived at an instant, to the second.

        Raises
        ------
        ValueError : a naive instant.
        """
        return self._arrivals.probability_by(hours_of(_aware("at", at)) + HALF_A_SECOND_H)


class _Load(NamedTuple):
    """What travels: its kind as carriers know it, and its crop where one is given."""

    goods: str | None
    crop: Crop | None


class _Asked(NamedTuple):
    """The question with everything looked up."""

    problem: PlanningProblem
    origin: Place
    destination: Place
    lanes: tuple[Lane, ...]
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
    ready_h = hours_of(_aware("ready_at", ready_at))
    if limit is not None and limit < 1:
        raise ValueError(f"limit = {limit}: ask for at least 1 journey, or give None for all")
    start, end = _place(problem, origin), _place(problem, destination)
    asked = problem.model_copy(update={"places": _places(problem, start, end)})
    lanes = problem.lanes or estimated_lanes(start, (end,))
    question = _Asked(asked, start, end, lanes, _load(problem, goods), ready_h)
    ambient = Ambient(asked)
    network = Network(
        lanes,
        place=asked.place,
        embargoes=embargoes_of(problem),
        ambient=ambient,
        as_of=problem.as_of,
        horizon_days=problem.policy.horizon_days,
    )
    _within(network.span, ready_at)
    return _found(question, network, ambient, limit)


def _found(asked: _Asked, network: Network, ambient: Ambient, limit: int | None) -> tuple[Itinerary, ...]:
    crop = asked.load.crop
    curve = None if crop is None else curve_of(crop)
    clocks = (_still,) if curve is None else curve.clocks
    found = network.journeys(
        asked.origin.id,
        asked.destination.id,
        ready_h=asked.ready_h,
        goods=asked.load.goods,
        clocks=clocks,
        clocks_key=None if crop is None else crop.id,
        kinks_degc=() if curve is None else curve.kinks_degc,
        limit=limit,
    )

    def waited(journey: Journey) -> tuple[float, ...] | None:
        """What the goods gain outdoors until the first departure."""
        hours = max(0.0, journey.first_departure_h - asked.ready_h)
        air = list(ambient.spells(asked.origin.id, from_h=asked.ready_h, hours=hours))
        return None if curve is None else tuple(gained(clock, air) for clock in clocks)

    return tuple(_itinerary(journey, asked, waited(journey)) for journey in found)


def _still(degc: float) -> float:
    """The clock of goods that do not age."""
    return 0.0


def _itinerary(journey: Journey, asked: _Asked, waited: tuple[float, ...] | None) -> Itinerary:
    local = zone(asked.destination.timezone)
    return Itinerary(
        legs=legs_of(journey, {lane.id: lane for lane in asked.lanes}, asked.problem.place),
        arrive_p05_at=instant_of(journey.arrive_p05_h, local),
        arrive_p50_at=instant_of(journey.arrive_p50_h, local),
        arrive_p95_at=instant_of(journey.arrive_p95_h, local),
        cost_vnd_per_kg=journey.cost_vnd_per_kg,
        outcomes=tuple(_outcome(outcome, waited, local) for outcome in journey.outcomes),
        _arrivals=journey.arrivals,
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


def _aware(name: str, moment: dt.datetime) -> dt.datetime:
    if moment.tzinfo is None or moment.utcoffset() is None:
        raise ValueError(f"{name} = {moment.isoformat()} is naive; give it an offset such as +07:00")
    return moment


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


def _places(problem: PlanningProblem, *given: Place) -> tuple[Place, ...]:
    """The problem's places and those asked for, which stand for any of the same id."""
    asked = {place.id: place for place in given}
    return (*(place for place in problem.places if place.id not in asked), *asked.values())


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
