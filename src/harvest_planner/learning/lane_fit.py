"""What a fit of transit hands back: the numbers of each lane, how far they are its own, and how they have done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from harvest_planner.catalogue import nearest
from harvest_planner.errors import Fault, UnknownIdError
from harvest_planner.schema.lane import Lane


@dataclass(frozen=True, slots=True)
class QuantileCheck:
    """How many deliveries kept a quantile that was predicted without them.

    Attributes
    ----------
    level : the share that should keep it, 0.9 for p90.
    expected : the same; more where a share of the lane runs exactly to schedule.
    share : the share that did.
    """

    level: float
    expected: float
    share: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """Predictions against what came, for deliveries that the predictions did not know.

    Attributes
    ----------
    deliveries : how many were predicted.
    quantiles : p10, p50, p90 and p95.
    inside_p10_p90 : share between the first and the third; 0.8 is right.
    """

    deliveries: int
    quantiles: tuple[QuantileCheck, ...]
    inside_p10_p90: float

    def share(self, level: float) -> float:
        """The share of deliveries that kept the quantile of that level.

        Raises
        ------
        KeyError : another level than 0.1, 0.5, 0.9 and 0.95.
        """
        return {one.level: one.share for one in self.quantiles}[level]


@dataclass(frozen=True, slots=True)
class LaneFit:
    """One lane's distribution, in the fields of a `Lane`.

    Attributes
    ----------
    lane_id, origin, destination, carrier : the lane as the table names it.
    transit_p50_h, transit_p95_h, transit_min_h : its duration [h].
    on_schedule_share : share that runs exactly to schedule.
    deliveries : how many of its own it rests on.
    own_weight : how much of its median is its own, 0 (all borrowed from the other lanes) to 1.
    calibration : how its predictions have done, by cross-validation; None: it has no deliveries.
    """

    lane_id: str
    origin: str | None
    destination: str | None
    carrier: str | None
    transit_p50_h: float
    transit_p95_h: float
    transit_min_h: float
    on_schedule_share: float
    deliveries: int
    own_weight: float
    calibration: Calibration | None = None

    @property
    def fields(self) -> dict[str, float]:
        """The numbers under the names that a `Lane` gives them."""
        return {
            "transit_p50_h": self.transit_p50_h,
            "transit_p95_h": self.transit_p95_h,
            "transit_min_h": self.transit_min_h,
            "on_schedule_share": self.on_schedule_share,
        }

    def applied_to(self, lane: Lane) -> Lane:
        """The lane with these numbers, and a source that says so."""
        source = f"fitted to {self.deliveries} deliveries of the lane, own weight {self.own_weight:.2f}"
        given = {**lane.model_dump(), "transit_samples_h": ()}
        return Lane.model_validate({**given, **self.fields, "source": source})

    def quantile(self, p: float) -> float:
        """The hours that a share `p` of the lane's parcels keep, as a plan reckons them [h]."""
        from harvest_planner.transit.duration import quantile

        return quantile(self.as_lane(), p)

    def as_lane(self) -> Lane:
        """A daily lane of these numbers from a place to itself, for asking its distribution."""
        return Lane(id="lane", origin_id="here", destination_id="here", departures="FREQ=DAILY", **self.fields)


@dataclass(frozen=True, slots=True)
class TransitFit:
    """The answer of `fit_transit`.

    Attributes
    ----------
    lanes : each lane by its id, or "origin → destination (carrier)".
    unseen : a lane of which nothing is known but that it is one of these; None: there is just one lane.
    calibration : by cross-validation: each delivery predicted from the others.
    forward : each delivery predicted from those that were over before it was shipped; None: too few.
    rows, deliveries : rows of the table, and how many of them are deliveries.
    faults : the rows that are none, and why.
    warnings : what the rows and the calibration warn of.
    """

    lanes: Mapping[str, LaneFit]
    unseen: LaneFit | None
    calibration: Calibration
    forward: Calibration | None
    rows: int
    deliveries: int
    faults: tuple[Fault, ...]
    warnings: tuple[str, ...]

    def lane(self, lane_id: str) -> LaneFit:
        """The lane of that id.

        Raises
        ------
        UnknownIdError : the table has no such lane; carries the nearest.
        """
        if lane_id not in self.lanes:
            raise UnknownIdError("lane", lane_id, nearest(lane_id, list(self.lanes)))
        return self.lanes[lane_id]
