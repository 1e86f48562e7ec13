"""Rides on one lane against what is believed of it: logarithms about its median, recent ones counting more."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from harvest_planner.learning.hierarchy import KIN_SD, LANE_SCALE, Own
from harvest_planner.learning.lately import discounts, drawn_mean, filled
from harvest_planner.learning.passages import Ride
from harvest_planner.schema.lane import Lane
from harvest_planner.transit.duration import Z95, Lognormal, duration_of

Floats = npt.NDArray[np.float64]

SD_TRIPS = 10.0
"""The lane's stated spread counts as so many trips; assumption."""
SCHEDULE_TRIPS = 20.0
"""Its stated share on schedule counts as so many trips; assumption."""
HALF_LIVES_DAYS = (60.0, 20.0, 7.0)
"""Days after which a trip counts half, where the lane drifts; tried in this order beside no forgetting."""
DRIFTS_FROM = 3.0
"""Forgetting must predict each next trip better by this much in all, in ln of likelihood; assumption: 20 to 1."""
_ON_TIME_H = 1.0 / 60.0
_FASTEST = 0.95
"""A minimum stays this far below the fastest trip, which need not be the fastest there can be; as in fitting."""
_LEAST_SD = 0.02
_SETTLED = 25
_BEFOREHAND_SD = math.hypot(KIN_SD, LANE_SCALE)


class Believed(NamedTuple):
    """A lane's law as believed: exactly `base_h` with a share, else that plus a lognormal."""

    base_h: float
    exact_share: float
    log_mean: float
    log_sd: float


class Told(NamedTuple):
    """A lane's own trips.

    Attributes
    ----------
    values : logarithms of the hours beyond the base, over those of the believed median; of trips that were late where
        a share runs to schedule.
    arrived : false for one that was still on its way.
    age_days : before the last trip of all.
    kept : trips that ran to schedule.
    """

    believed: Believed
    values: Floats
    arrived: npt.NDArray[np.bool_]
    age_days: Floats
    kept: int


def believed_of(lane: Lane, rides: Sequence[Ride]) -> Believed:
    """The lane's law; a minimum that a trip has beaten is lowered, a fixed duration or real trips become lognormal."""
    duration = duration_of(lane)
    if not isinstance(duration, Lognormal) or duration.exact_share >= 1.0:
        spread = math.log(lane.transit_p95_h / lane.transit_p50_h) / Z95
        return Believed(0.0, 0.0, math.log(lane.transit_p50_h), max(spread, _LEAST_SD))
    base, fastest = duration.base_h, min((ride.hours for ride in rides if ride.arrived), default=math.inf)
    if duration.exact_share > 0.0 or fastest > base:
        return Believed(base, duration.exact_share, duration.log_mean, duration.log_sd)
    base = _FASTEST * fastest
    median, late = math.log(lane.transit_p50_h - base), math.log(lane.transit_p95_h - base)
    return Believed(base, 0.0, median, (late - median) / Z95)


def told_by(lane: Lane, rides: Sequence[Ride], now_h: float) -> Told:
    """The lane's trips in order of departure."""
    believed = believed_of(lane, rides)
    ordered = sorted(rides, key=lambda ride: (ride.departed_h, ride.hours))
    on_time = believed.base_h + _ON_TIME_H if believed.exact_share > 0.0 else -math.inf
    late = [ride for ride in ordered if ride.hours > max(on_time, believed.base_h)]
    kept = sum(ride.arrived and ride.hours <= on_time for ride in ordered)
    return Told(
        believed,
        np.array([math.log(ride.hours - believed.base_h) - believed.log_mean for ride in late]),
        np.array([ride.arrived for ride in late], dtype=np.bool_),
        np.array([(now_h - ride.departed_h) / 24.0 for ride in late]),
        kept,
    )


def own_word(told: Told, half_life_days: float | None) -> Own:
    """Mean and sd of a lane's values, as if all had arrived.

    The sd lies between the stated one and its own (scaled inverse χ², BDA3 section 2.6). A parcel on its way takes its
    expected value beyond its hours, found anew until it settles (Dempster, Laird & Rubin 1977,
    10.1111/j.2517-6161.1977.tb01600.x); then it stands for a value with the slope and curvature that its likelihood
    has there (Laplace), so that one that left a moment ago says next to nothing.
    """
    weights = discounts(told.age_days, half_life_days)
    whole = float(weights.sum())
    if not whole:
        return Own(0.0, told.believed.log_sd, 0.0, SD_TRIPS)
    mean, sd = 0.0, told.believed.log_sd
    for _ in range(_SETTLED):
        each = filled(told.values, told.arrived, mean=mean, sd=sd)
        # About a mean drawn to what is believed: two odd trips speak of a wide spread before they speak of another
        # lane, and what has not come at all has no upper limit of its own.
        mean = drawn_mean(weights, each.values, (sd / _BEFOREHAND_SD) ** 2)
        squares = float(weights @ ((each.values - mean) ** 2 + each.more))
        sd = math.sqrt((SD_TRIPS * told.believed.log_sd**2 + squares) / (SD_TRIPS + max(whole - 1.0, 0.0)))
    each = filled(told.values, told.arrived, mean=mean, sd=sd)
    stands_for = np.where(told.arrived, told.values, mean + (each.values - mean) / each.worth)
    counts = weights * each.worth
    count = float(counts.sum())
    return Own(float(counts @ stands_for) / count, sd, count, SD_TRIPS + max(count - 1.0, 0.0))


def half_life_of(lanes: Sequence[Told]) -> float | None:
    """How fast the lanes forget: the half-life that best predicts each next trip from those before it.

    None, never, unless one is better by DRIFTS_FROM (prequential choice, Dawid 1984, 10.2307/2981683).
    """
    scores = {half_life: sum(_foreseen(told, half_life) for told in lanes) for half_life in (None, *HALF_LIVES_DAYS)}
    best = max(HALF_LIVES_DAYS, key=lambda half_life: scores[half_life])
    return best if scores[best] > scores[None] + DRIFTS_FROM else None


def _foreseen(told: Told, half_life_days: float | None) -> float:
    """ln likelihood of a lane's arrived trips, each predicted from those before it."""
    values, age_days = told.values[told.arrived], told.age_days[told.arrived]
    sd, prior = told.believed.log_sd, told.believed.log_sd**2 / KIN_SD**2
    total = weight = score = 0.0
    # By what each trip is younger than the one before it, all before it count less.
    younger_days = -np.diff(age_days, prepend=age_days[:1])
    for value, fades in zip(values.tolist(), discounts(younger_days, half_life_days).tolist(), strict=True):
        total, weight = fades * total, fades * weight
        mean = total / (prior + weight)
        spread = sd * math.sqrt(1.0 + 1.0 / (prior + weight))
        # Student's t with the stated spread's degrees of freedom, so that one odd trip does not decide.
        score -= 0.5 * (SD_TRIPS + 1.0) * math.log1p(((value - mean) / spread) ** 2 / SD_TRIPS) + math.log(spread)
        total, weight = total + value, weight + 1.0
    return score
