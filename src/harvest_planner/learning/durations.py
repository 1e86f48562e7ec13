"""Deliveries → the duration of each lane: lognormal above a minimum, or on schedule with a share and slipping else."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

import numpy as np
from scipy.optimize import minimize
from scipy.special import betaln

from harvest_planner.learning.deliveries import Delivery, Route
from harvest_planner.learning.lane_fit import LaneFit
from harvest_planner.learning.pooling import Pooled, Predicted, pooled

_SHARES = tuple(i / 20 for i in range(18))
"""What the minimum may be, as a share of a lane's typical time."""
_BELOW_FASTEST = 0.95
"""A minimum stays this far below the fastest parcel, which need not be the fastest there can be."""
_LEAST_SLIP_H = 1.0 / 60.0
_ALWAYS = 0.95
"""From this share on a lane keeps its schedule: its 95 % quantile is the schedule."""


@dataclass(frozen=True, slots=True)
class Durations:
    """Fitted lanes by their routes, and one for a route of which nothing is known."""

    lanes: dict[Route, LaneFit]
    unseen: LaneFit | None

    def of(self, route: Route) -> LaneFit | None:
        return self.lanes.get(route, self.unseen)


def durations_of(deliveries: Sequence[Delivery]) -> Durations:
    """The lanes' durations: against the timetable where the rows state it, else by the hours alone."""
    lanes: defaultdict[Route, list[Delivery]] = defaultdict(list)
    for one in deliveries:
        lanes[one.route].append(one)
    return _scheduled(lanes) if deliveries[0].scheduled_h is not None else _unscheduled(lanes)


def _unscheduled(lanes: dict[Route, list[Delivery]]) -> Durations:
    hours = {route.lane_id: [one.hours for one in each] for route, each in lanes.items()}
    typical = pooled({lane: [math.log(x) for x in each] for lane, each in hours.items()})
    share = _minimum_share(hours, typical)
    minimum = {lane: _minimum(each, typical.groups[lane], share) for lane, each in hours.items()}
    above = pooled({lane: [math.log(x - minimum[lane]) for x in each] for lane, each in hours.items()})
    found = {
        route: _lognormal(route, minimum[route.lane_id], above.groups[route.lane_id], len(each))
        for route, each in lanes.items()
    }
    if typical.unseen is None or above.unseen is None:
        return Durations(found, None)
    # Of a lane without deliveries the typical time is not known, so neither is its minimum.
    return Durations(found, _lognormal(_UNSEEN, 0.0, typical.unseen, 0))


_UNSEEN = Route("unseen")


def _minimum(hours: Sequence[float], typical: Predicted, share: float) -> float:
    return min(share * math.exp(typical.mean), _BELOW_FASTEST * min(hours))


def _minimum_share(hours: dict[str, list[float]], typical: Pooled) -> float:
    """The share of the typical time that makes the times above it most likely lognormal, the same for all lanes."""

    def loss(share: float) -> float:
        logs, squares, freedom = 0.0, 0.0, 0.0
        for lane, each in hours.items():
            above = np.log(np.array(each) - _minimum(each, typical.groups[lane], share))
            logs += float(above.sum())
            squares += float(((above - above.mean()) ** 2).sum())
            freedom += len(each) - 1
        return logs + 0.5 * sum(map(len, hours.values())) * math.log(max(squares / freedom, 1e-12))

    return min(_SHARES, key=loss)


def _lognormal(route: Route, minimum_h: float, above: Predicted, deliveries: int) -> LaneFit:
    p50 = minimum_h + math.exp(above.mean)
    p95 = minimum_h + math.exp(above.quantile(0.95))
    return _lane(route, p50_h=p50, p95_h=p95, min_h=minimum_h, share=0.0, deliveries=deliveries, own=above.own_weight)


def _scheduled(lanes: dict[Route, list[Delivery]]) -> Durations:
    slips = {route: [one.hours - _timetable(one) for one in each] for route, each in lanes.items()}
    kept = {route: sum(slip < _LEAST_SLIP_H for slip in each) for route, each in slips.items()}
    a, b = _beta([(kept[route], len(each)) for route, each in slips.items()])
    late = {route.lane_id: [math.log(slip) for slip in each if slip >= _LEAST_SLIP_H] for route, each in slips.items()}
    slip_of = _slips({lane: each for lane, each in late.items() if each})
    found = {}
    for route, each in lanes.items():
        share = (a + kept[route]) / (a + b + len(each))
        slip = None if slip_of is None else slip_of.groups.get(route.lane_id, slip_of.unseen)
        schedule = median(_timetable(one) for one in each)
        found[route] = _hurdle(route, schedule, share, slip, len(each), own=len(each) / (a + b + len(each)))
    return Durations(found, None)


def _timetable(one: Delivery) -> float:
    return math.nan if one.scheduled_h is None else one.scheduled_h


def _slips(late: dict[str, list[float]]) -> Pooled | None:
    """The slips of late parcels; None where hardly any is late."""
    if all(len(each) < 2 for each in late.values()):
        return None
    found = pooled(late)
    (only, *others) = found.groups.values()
    return found if others or found.unseen else Pooled(found.groups, only)


def _hurdle(
    route: Route, schedule_h: float, share: float, slip: Predicted | None, deliveries: int, *, own: float
) -> LaneFit:
    """A share on schedule, the rest late by a slip; quantiles of the whole are those of the slip beyond the share."""
    if share >= _ALWAYS or slip is None:
        return _lane(route, p50_h=schedule_h, p95_h=schedule_h, min_h=0.0, share=0.0, deliveries=deliveries, own=own)

    def late(p: float) -> float:
        return schedule_h + math.exp(slip.quantile((p - share) / (1.0 - share)))

    if share >= 0.5:
        return _lane(route, p50_h=schedule_h, p95_h=late(0.95), min_h=0.0, share=share, deliveries=deliveries, own=own)
    return _lane(
        route, p50_h=late(0.5), p95_h=late(0.95), min_h=schedule_h, share=share, deliveries=deliveries, own=own
    )


def _lane(
    route: Route, *, p50_h: float, p95_h: float, min_h: float, share: float, deliveries: int, own: float
) -> LaneFit:
    return LaneFit(
        lane_id=route.lane_id,
        origin=route.origin,
        destination=route.destination,
        carrier=route.carrier,
        transit_p50_h=p50_h,
        transit_p95_h=p95_h,
        transit_min_h=min_h,
        on_schedule_share=share,
        deliveries=deliveries,
        own_weight=own,
    )


def _beta(counts: Sequence[tuple[int, int]]) -> tuple[float, float]:
    """The beta distribution of the lanes' shares on schedule that makes (kept, of all) most likely."""

    def loss(logs: Sequence[float]) -> float:
        a, b = np.exp(logs)
        return -sum(float(betaln(a + kept, b + all_ - kept) - betaln(a, b)) for kept, all_ in counts)

    start = [math.log(1.0 + sum(kept for kept, _ in counts)), math.log(1.0 + sum(n - kept for kept, n in counts))]
    scale = math.log(len(counts) + 1.0)
    found = minimize(loss, [start[0] - scale, start[1] - scale], method="Nelder-Mead", bounds=[(-5, 8), (-5, 8)])
    a, b = np.exp(found.x)
    return float(a), float(b)
