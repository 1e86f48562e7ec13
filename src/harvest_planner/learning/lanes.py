"""Rides → each lane's distribution anew: median with its interval, 95 % quantile, share on schedule."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from scipy.special import stdtrit

from harvest_planner.learning.evidence import LEVEL, RecordChange, Update
from harvest_planner.learning.hierarchy import Own, Posterior, pooled_with_prior
from harvest_planner.learning.passages import Ride
from harvest_planner.learning.rides import SCHEDULE_TRIPS, Believed, Told, half_life_of, own_word, told_by
from harvest_planner.schema.lane import Lane
from harvest_planner.transit.duration import Lognormal

_STEADY = 0.02
"""A fixed duration stays fixed while its trips keep it to this share."""
_NEVER_QUITE = 0.949
_DIGITS = 6


class Learned(NamedTuple):
    """A lane's update and the change of its record."""

    update: Update
    change: RecordChange


def learned_lanes(lanes: Mapping[str, Lane], rides: Iterable[Ride], *, now_h: float) -> list[Learned]:
    """Every lane of a carrier and mode of which a ride is known.

    Parameters
    ----------
    lanes : as believed, by id.
    rides : what came.
    now_h : until when it is known what came [h since the epoch].
    """
    by_lane: defaultdict[str, list[Ride]] = defaultdict(list)
    for ride in rides:
        by_lane[ride.lane_id].append(ride)
    kin: defaultdict[tuple[str, str], list[Lane]] = defaultdict(list)
    for lane in lanes.values():
        kin[lane.carrier or "", lane.mode or ""].append(lane)
    found: list[Learned] = []
    for group in kin.values():
        if any(lane.id in by_lane for lane in group):
            found += _of_kin(group, by_lane, now_h)
    return sorted(found, key=lambda one: one.change.record_id)


def _of_kin(group: Sequence[Lane], by_lane: Mapping[str, list[Ride]], now_h: float) -> Iterator[Learned]:
    told = [told_by(lane, by_lane.get(lane.id, ()), now_h) for lane in group]
    half_life = half_life_of([one for one in told if len(one.values)])
    words = [own_word(one, half_life) for one in told]
    for lane, one, own, posterior in zip(group, told, words, pooled_with_prior(words), strict=True):
        rides = by_lane.get(lane.id, [])
        if not _stays_fixed(lane, rides):
            yield _learned(lane, one, own, posterior, rides, half_life=half_life)


def _stays_fixed(lane: Lane, rides: Sequence[Ride]) -> bool:
    fixed = lane.transit_p50_h == lane.transit_p95_h and not lane.transit_samples_h
    return fixed and all(abs(ride.hours / lane.transit_p50_h - 1.0) <= _STEADY for ride in rides if ride.arrived)


def _learned(
    lane: Lane, told: Told, own: Own, posterior: Posterior, rides: Sequence[Ride], *, half_life: float | None
) -> Learned:
    believed = told.believed
    late = int(told.arrived.sum())
    share = (SCHEDULE_TRIPS * believed.exact_share + told.kept) / (SCHEDULE_TRIPS + told.kept + late)
    share = min(share, _NEVER_QUITE) if believed.exact_share > 0.0 else 0.0
    centre = posterior.quantile(0.5)
    law = _Law(believed, share, centre, math.hypot(own.sd, posterior.sd), own.freedom)
    low, high = (_median(believed, share, posterior.quantile(p), own.sd) for p in (0.5 - LEVEL / 2, 0.5 + LEVEL / 2))
    fields = _samples(lane, law, own) if lane.transit_samples_h else _quantiles(lane, law)
    note = "" if half_life is None else f"it drifts: a trip counts half after {half_life:g} days"
    source = f"learned from {len(rides)} rides of its own, own weight {posterior.own_weight:.2f}"
    update = Update(
        kind="lane",
        subject=lane.id,
        field="transit_p50_h",
        was=lane.transit_p50_h,
        now=fields["transit_p50_h"],
        low=low,
        high=high,
        outcomes=len(rides),
        order_ids=tuple(sorted({ride.order_id for ride in rides})),
        own_weight=min(1.0, posterior.own_weight),
        note=note,
    )
    now = Lane.model_validate({**lane.model_dump(), **fields, "source": source})
    return Learned(update, _change(lane, now, [*fields, "source"]))


class _Law(NamedTuple):
    believed: Believed
    share: float
    shift: float
    sd: float
    freedom: float

    def quantile(self, p: float) -> float:
        """Hours that a share p keeps, what is not known of mean and spread included [h]."""
        if p <= self.share:
            return self.believed.base_h
        score = float(stdtrit(self.freedom, (p - self.share) / (1.0 - self.share)))
        return self.believed.base_h + math.exp(self.believed.log_mean + self.shift + self.sd * score)


def _median(believed: Believed, share: float, shift: float, sd: float) -> float:
    return Lognormal(believed.base_h, share, believed.log_mean + shift, sd).quantile(0.5)


def _quantiles(lane: Lane, law: _Law) -> dict[str, Any]:
    base = law.believed.base_h
    p50, p95 = round(law.quantile(0.5), _DIGITS), round(law.quantile(0.95), _DIGITS)
    least = base if law.share < 0.5 else min(lane.transit_min_h, base)
    return {
        "transit_p50_h": p50,
        "transit_p95_h": max(p50, p95),
        "transit_min_h": min(round(least, _DIGITS), p50),
        "on_schedule_share": law.share,
    }


def _samples(lane: Lane, law: _Law, own: Own) -> dict[str, Any]:
    """Real trips moved and stretched about their median as the new ones say; their shape stays."""
    stretch = own.sd / law.believed.log_sd
    trips = sorted(
        round(lane.transit_p50_h * math.exp(law.shift + stretch * math.log(hours / lane.transit_p50_h)), _DIGITS)
        for hours in lane.transit_samples_h
    )
    given = {**lane.model_dump(), "transit_p50_h": None, "transit_p95_h": None, "transit_min_h": 0.0}
    moved = Lane.model_validate({**given, "transit_samples_h": trips})
    return {
        "transit_samples_h": tuple(trips),
        "transit_p50_h": moved.transit_p50_h,
        "transit_p95_h": moved.transit_p95_h,
        "transit_min_h": min(lane.transit_min_h, trips[0]),
    }


def _change(before: Lane, after: Lane, fields: Sequence[str]) -> RecordChange:
    was, now = (lane.model_dump(mode="json", include=set(fields)) for lane in (before, after))
    return RecordChange(kind="lane", table="lanes", record_id=before.id, was=was, now=now)
