"""Small networks for the transit tests."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any

from harvest_planner.schema.lane import Embargo, Lane
from harvest_planner.schema.people import Place
from harvest_planner.schema.policy import Policy
from harvest_planner.schema.problem import PlanningProblem
from harvest_planner.transit.ambient import Ambient
from harvest_planner.transit.instants import hours_of
from harvest_planner.transit.network import Network
from harvest_planner.transit.travel import Journey

AS_OF = dt.datetime.fromisoformat("2026-08-10T04:00+07:00")
DAYS: Callable[[float], float] = lambda degc: 1.0  # noqa: E731
HEAT: Callable[[float], float] = lambda degc: degc  # noqa: E731


def h(text: str) -> float:
    """A local instant of August 2026 ("11 18:00"), or a whole one, as hours since the epoch."""
    return hours_of(dt.datetime.fromisoformat(text if len(text) > 10 else f"2026-08-{text[:2]}T{text[3:]}+07:00"))


def lane(lane_id: str, *, p50: float | None = 10, p95: float | None = None, at: str = "18", **fields: Any) -> Lane:
    """A daily lane; its id "A>B" or "A>B/…" says from where to where; p50 None: its trips say how long it takes."""
    origin, _, destination = lane_id.partition("/")[0].partition(">")
    given = {
        "id": lane_id,
        "origin_id": origin,
        "destination_id": destination,
        "departures": f"FREQ=DAILY;BYHOUR={at};BYMINUTE=0;BYSECOND=0",
        "transit_p50_h": p50,
        "transit_p95_h": p50 if p95 is None else p95,
    }
    stated = {name: value for name, value in {**given, **fields}.items() if value is not None}
    return Lane.model_validate(stated)


def places(lanes: Iterable[Lane], **ambients: float) -> tuple[Place, ...]:
    """A place for every end of the lanes; its ambient where given."""
    ids = sorted({place_id for each in lanes for place_id in (each.origin_id, each.destination_id)})
    return tuple(
        Place(id=place_id, latitude_deg=20, longitude_deg=106, ambient_degc=ambients.get(place_id)) for place_id in ids
    )


def network(
    *lanes: Lane,
    embargoes: Iterable[Embargo] = (),
    known: Iterable[Place] = (),
    as_of: dt.datetime = AS_OF,
    days: int = 14,
    **ambients: float,
) -> Network:
    """The network of the lanes; places are made up but for the `known`, at 28 °C where no ambient is given."""
    every = {place.id: place for place in (*places(lanes, **ambients), *known)}
    problem = PlanningProblem(as_of=as_of, places=tuple(every.values()), policy=Policy(horizon_days=days))
    return Network(
        lanes,
        place=problem.place,
        embargoes=embargoes,
        ambient=Ambient(problem),
        as_of=as_of,
        horizon_days=days,
    )


def journeys(net: Network, *, ready: str = "10 11:00", ends: str = "A>B", **asked: Any) -> tuple[Journey, ...]:
    """The journeys between two ends; days and heat are the clocks."""
    origin, _, destination = ends.partition(">")
    given = {"goods": None, "clocks": (DAYS, HEAT), "clocks_key": "days and heat"}
    return net.journeys(origin, destination, ready_h=h(ready), **{**given, **asked})


def only(net: Network, **asked: Any) -> Journey:
    """The one journey on offer."""
    (journey,) = journeys(net, **asked)
    return journey
