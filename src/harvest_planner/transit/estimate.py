"""Where no lane is known: the catalogue's estimates along the corridor, marked as such."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable
from functools import lru_cache
from statistics import NormalDist

from harvest_planner.catalogue import carrier_rows, closure_rows
from harvest_planner.schema.goods import Batch, Order
from harvest_planner.schema.lane import Embargo, Lane
from harvest_planner.schema.people import Place
from harvest_planner.schema.problem import PlanningProblem
from harvest_planner.transit.duration import Z95
from harvest_planner.transit.road import road_km

DEPARTURES = "FREQ=DAILY;BYHOUR=17;BYMINUTE=0;BYSECOND=0"
"""Collected in the evening: an assumption."""
CUTOFF_H = 1.0
COST_VND_PER_KG = 3000.0
"""15,000 VND per 5 kg, flat, in the subsidised lychee campaign of 2021 (danviet.vn 20210601174402074)."""
LOCAL_P50_H, LOCAL_P95_H = 3.0, 6.0
"""Delivery within a place: an assumption."""
_START_H, _PER_KM_H = 18.2, 0.01162
"""Median hours by road km of a carrier with the mean of most, through 20 h to Hà Nội (154 km) and 44 h to Cà Mau
(2,220 km): an assumption."""
_USUAL_MEAN_H = 43.0
_COST_SOURCE = "cost 15,000 VND per 5 kg, subsidised campaign of 2021, danviet.vn 20210601174402074"


def two_point_log_sd(*, mean_h: float, within_h: float, share: float) -> float:
    """Log-sd of the lognormal with that mean [h] of which a share arrives within so many hours [h].

    From ln(within/mean) = z·σ − σ²/2, the smaller root.

    Examples
    --------
    >>> round(two_point_log_sd(mean_h=43, within_h=96, share=0.9968), 2)
    0.31
    """
    z = NormalDist().inv_cdf(share)
    return z - math.sqrt(z * z - 2.0 * math.log(within_h / mean_h))


def estimated_lanes(origin: Place, destinations: Iterable[Place]) -> tuple[Lane, ...]:
    """The catalogue's lanes from any place: one for each destination and carrier whose mean and reliability are known.

    A destination that is the origin itself gets one lane of local delivery. Every figure is an estimate; `Lane.source`
    says from what.
    """
    found: dict[str, Place] = {place.id: place for place in destinations}
    lanes: list[Lane] = []
    for place in found.values():
        lanes.extend([_local(origin)] if place.id == origin.id else _lanes(origin, place))
    return tuple(lanes)


def lanes_of(
    problem: PlanningProblem, batches: Iterable[Batch] | None = None, orders: Iterable[Order] = ()
) -> tuple[Lane, ...]:
    """The problem's own lanes; where it has none, estimates from every batch's place to every destination.

    Parameters
    ----------
    problem : the question.
    batches : in place of the problem's own.
    orders : besides the problem's own.
    """
    if problem.lanes:
        return problem.lanes
    start_ids = {batch.place_id for batch in (problem.batches if batches is None else batches)}
    end_ids = {order.destination_id for order in (*problem.orders, *orders)}
    origins = {place.id: place for place in map(problem.place, sorted(start_ids))}
    destinations = {place.id: place for place in map(problem.place, sorted(end_ids))}
    return tuple(lane for origin in origins.values() for lane in estimated_lanes(origin, destinations.values()))


def embargoes_of(problem: PlanningProblem) -> tuple[Embargo, ...]:
    """The problem's own embargoes; where it has none, those of the catalogue with both dates known."""
    return problem.embargoes or _known_embargoes()


@lru_cache(maxsize=1)
def _known_embargoes() -> tuple[Embargo, ...]:
    return tuple(
        Embargo(
            carrier=row["carrier"],
            goods=goods,
            from_on=dt.date.fromisoformat(row["from_on"]),
            until_on=dt.date.fromisoformat(row["until_on"]),
        )
        for row in closure_rows()
        if row["from_on"] and row["until_on"]
        for goods in row["goods"]
    )


def _lanes(origin: Place, destination: Place) -> Iterable[Lane]:
    km = road_km(origin, destination)
    for slug, carrier, mean_h, log_sd, source in _carriers():
        p50_h = (_START_H + _PER_KM_H * km) * mean_h / _USUAL_MEAN_H
        yield Lane(
            id=f"estimate:{slug}:{origin.id}:{destination.id}",
            origin_id=origin.id,
            destination_id=destination.id,
            departures=DEPARTURES,
            transit_p50_h=round(p50_h, 3),
            transit_p95_h=round(p50_h * math.exp(Z95 * log_sd), 3),
            carrier=carrier,
            mode="road",
            cutoff_h=CUTOFF_H,
            cost_vnd_per_kg=COST_VND_PER_KG,
            source=source,
        )


def _local(place: Place) -> Lane:
    return Lane(
        id=f"estimate:local:{place.id}:{place.id}",
        origin_id=place.id,
        destination_id=place.id,
        departures=DEPARTURES,
        transit_p50_h=LOCAL_P50_H,
        transit_p95_h=LOCAL_P95_H,
        mode="road",
        cutoff_h=CUTOFF_H,
        cost_vnd_per_kg=COST_VND_PER_KG,
        source=f"estimate: hours and departures are assumptions; {_COST_SOURCE}",
    )


@lru_cache(maxsize=1)
def _carriers() -> tuple[tuple[str, str, float, float, str], ...]:
    """(slug, carrier, mean [h], log-sd, source) of carriers whose commitment, punctuality and mean are all known."""
    found = []
    for row in carrier_rows():
        days, share, mean_h = row["committed_days"], row["on_time_share"], row["mean_h"]
        if days and share and mean_h:
            log_sd = two_point_log_sd(mean_h=mean_h, within_h=24.0 * days, share=share)
            source = (
                f"estimate: median by road km (assumption) scaled to the mean of {row['mean_said']} and spread from "
                f"{row['on_time_said']} within {days:g} days as measured on trunk routes in {row['year']} "
                f"({row['source']}; {row['reading']}); departures and cut-off are assumptions; {_COST_SOURCE}"
            )
            found.append((row["slug"], row["carrier"], mean_h, log_sd, source))
    return tuple(found)
