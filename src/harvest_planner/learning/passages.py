"""One outcome against the problem: the rides it tells of, how old its fruit was, and what it leaves open."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from harvest_planner.errors import UnknownIdError
from harvest_planner.learning.delivered import Ageing, Way
from harvest_planner.learning.evidence import FaultCode, OutcomeFault
from harvest_planner.learning.outcomes import Told
from harvest_planner.planning.field import FieldBatch
from harvest_planner.planning.verdict import start_of
from harvest_planner.planning.wish import BuyerOrder
from harvest_planner.schema.outcome import DeliveryOutcome
from harvest_planner.schema.problem import PlanningProblem
from harvest_planner.transit.ambient import Ambient
from harvest_planner.transit.estimate import lanes_of
from harvest_planner.transit.instants import hours_of

_LATE_H = 1e-6
LOST_AFTER = 3.0
"""A parcel that has not come after so many times its lane's 95 % quantile is taken for lost; assumption."""
GOOD_STARS, BAD_STARS = 4, 2
"""Stars alone say that a delivery in time was good from the first on, and not good up to the second; assumption."""
_BUYER_TAKES_IT_H = 1.0
"""A parcel handed over so soon after the first moment that the buyer allows may have waited for it [h]; assumption."""


class Ride(NamedTuple):
    """Hours on one lane; `arrived` false: it was still on the way after so many [h since the epoch, h]."""

    lane_id: str
    departed_h: float
    hours: float
    arrived: bool
    order_id: str


class Ripe(NamedTuple):
    """A reviewed parcel as the planner's laws see it at delivery.

    Attributes
    ----------
    at_pick_d20, gained_d20 : mean age when picked by what is believed of the batch, and what it gained since [d20].
    """

    order_id: str
    batch_id: str
    at_pick_d20: float
    gained_d20: float
    buyer: BuyerOrder
    late: bool
    reason: str


class Verdict(NamedTuple):
    """Whether a parcel that came in time pleased, and whose it was."""

    order_id: str
    grower_id: str
    good: bool


@dataclass
class Passages:
    """What all outcomes tell."""

    rides: list[Ride] = field(default_factory=list)
    ripe: list[Ripe] = field(default_factory=list)
    verdicts: list[Verdict] = field(default_factory=list)
    faults: list[OutcomeFault] = field(default_factory=list)


class Reader:
    """Reads outcomes against one problem.

    Parameters
    ----------
    problem : what was believed when they were sent.
    now_h : until when it is known what came [h since the epoch].
    """

    def __init__(self, problem: PlanningProblem, now_h: float) -> None:
        self.problem, self.now_h = problem, now_h
        self.ambient = Ambient(problem)
        self.lanes = {lane.id: lane for lane in lanes_of(problem)}
        self._ageing = Ageing(problem, self.ambient)
        self.found = Passages()
        self._fields: dict[str, FieldBatch] = {}

    def read(self, told: Told) -> None:
        """Take from one outcome what it tells."""
        outcome, fault = told.outcome, _Faults(told, self.found.faults)
        way = self._way(outcome, fault)
        if way is not None and not self._may_be(way, outcome, fault):
            way = None
        if way is not None:
            self.found.rides += self._rides(way, outcome, fault)
        buyer = self._buyer(outcome, fault)
        if buyer is None or (outcome.reason is None and outcome.stars is None):
            return
        field = self._field(outcome, buyer, fault)
        if field is None:
            return
        delivered_h = None if outcome.delivered_at is None else hours_of(outcome.delivered_at)
        late = outcome.reason == "late" or (
            delivered_h is not None and delivered_h > buyer.wish.deliver_until_h + _LATE_H
        )
        self.found.verdicts += _verdict(outcome, field, late=late)
        if outcome.reason in (None, "late", "damaged"):
            fault("no_reason" if outcome.reason is None else f"reason_{outcome.reason}", _stars(outcome))  # type: ignore[arg-type]
        elif way is not None:
            self.found.ripe += self._ripe(way, outcome, field, buyer, late=late, fault=fault)

    def _way(self, outcome: DeliveryOutcome, fault: _Faults) -> Way | None:
        ids = tuple(leg.lane_id for leg in outcome.legs) or outcome.lane_ids
        if not ids:
            fault("missing", "lane_ids: which lanes it went by")
            return None
        unknown = [lane_id for lane_id in ids if lane_id not in self.lanes]
        if unknown:
            fault("unknown_lane", ", ".join(unknown))
            return None
        departed = [leg.departed_at for leg in outcome.legs] or [None] * len(ids)
        arrived = [leg.arrived_at for leg in outcome.legs] or [None] * len(ids)
        departed[0] = departed[0] or outcome.departed_at
        return Way(tuple(self.lanes[lane_id] for lane_id in ids), _hours(departed), _hours(arrived))

    def _may_be(self, way: Way, outcome: DeliveryOutcome, fault: _Faults) -> bool:
        """Whether known instants run forwards and were over when they were told; the delivery is one of them."""
        instants = [at for pair in zip(way.departed_h, way.arrived_h, strict=True) for at in pair]
        instants.append(None if outcome.delivered_at is None else hours_of(outcome.delivered_at))
        known = [at for at in instants if at is not None]
        rides = zip(way.departed_h, way.arrived_h, strict=True)
        stands_still = any(a is not None and b is not None and b <= a for a, b in rides)
        if stands_still or known != sorted(known) or (len(known) > 1 and known[0] == known[-1]):
            fault("arrived_before_departure", " → ".join(lane.id for lane in way.lanes))
            return False
        if known and known[-1] > self.now_h:
            fault("after_as_of", " → ".join(lane.id for lane in way.lanes))
            return False
        return True

    def _rides(self, way: Way, outcome: DeliveryOutcome, fault: _Faults) -> Iterator[Ride]:
        departed, arrived = way.departed_h, list(way.arrived_h)
        if arrived[-1] is None and outcome.delivered_at is not None and not self._waited(outcome):
            arrived[-1] = hours_of(outcome.delivered_at)
        told = False
        for lane, leaves_h, comes_h in zip(way.lanes, departed, arrived, strict=True):
            if leaves_h is None:
                continue
            if comes_h is not None:
                told = True
                yield Ride(lane.id, leaves_h, comes_h - leaves_h, True, outcome.order_id)
            elif outcome.delivered_at is None and self.now_h > leaves_h and _is_last(leaves_h, way):
                told = True
                if self.now_h - leaves_h > LOST_AFTER * lane.transit_p95_h:
                    fault("lost", f"{lane.id}: {self.now_h - leaves_h:.0f} h and no arrival")
                else:
                    yield Ride(lane.id, leaves_h, self.now_h - leaves_h, False, outcome.order_id)
        if not told and len(way.lanes) > 1 and departed[0] is not None and outcome.delivered_at is not None:
            fault("only_the_whole_way", " → ".join(lane.id for lane in way.lanes))
        elif not told:
            fault("missing", "departed_at, arrived_at or delivered_at: hours on the way")

    def _waited(self, outcome: DeliveryOutcome) -> bool:
        """Whether the delivery may be when the buyer allowed it, and not when the parcel came."""
        try:
            from_at = self.problem.order(outcome.order_id).deliver_from_at
        except UnknownIdError:
            return False
        if from_at is None or outcome.delivered_at is None:
            return False
        return hours_of(outcome.delivered_at) <= hours_of(from_at) + _BUYER_TAKES_IT_H

    def _buyer(self, outcome: DeliveryOutcome, fault: _Faults) -> BuyerOrder | None:
        try:
            return BuyerOrder.of(self.problem.order(outcome.order_id), self.problem, self.ambient)
        except UnknownIdError:
            fault("unknown_order", outcome.order_id)
            return None

    def _field(self, outcome: DeliveryOutcome, buyer: BuyerOrder, fault: _Faults) -> FieldBatch | None:
        if outcome.batch_id is None:
            fault("missing", "batch_id: which fruit it was")
            return None
        if outcome.batch_id not in self._fields:
            try:
                batch = self.problem.batch(outcome.batch_id)
            except UnknownIdError:
                fault("unknown_batch", outcome.batch_id)
                return None
            self._fields[batch.id] = FieldBatch.of(batch, self.problem, self.ambient)
        field = self._fields[outcome.batch_id]
        if field.crop.id != buyer.crop.id:
            fault("wrong_crop", f"{field.batch.id} is {field.crop.id}, the order asks for {buyer.crop.id}")
            return None
        return field

    def _ripe(
        self, way: Way, outcome: DeliveryOutcome, field: FieldBatch, buyer: BuyerOrder, *, late: bool, fault: _Faults
    ) -> Iterator[Ripe]:
        if outcome.pick_on is None:
            fault("missing", "pick_on: the day it was picked")
            return
        end_h = way.arrived_h[-1] if outcome.delivered_at is None else hours_of(outcome.delivered_at)
        if end_h is None:
            fault("no_delivery", "delivered_at")
            return
        day = field.pick_day(outcome.pick_on)
        first_h = way.departed_h[0]
        if first_h is None:
            first_h = self._ageing.service(way.lanes[0], field).first_departure(day.ready_h)
        if first_h is None or first_h >= end_h:
            fault("missing", "departed_at: when it left")
            return
        if first_h < day.clock_start_h:
            fault("departed_before_picking", f"picked on {outcome.pick_on} from {field.grower.picks_from}")
            return
        start = start_of(field, day, departs_h=first_h, ambient=self.ambient)
        gained = start.age_d20 - day.age_d20 + self._ageing.gained_d20(way, first_h, end_h, field)
        reason = str(outcome.reason)
        yield Ripe(outcome.order_id, field.batch.id, day.age_d20, gained, buyer, late, reason)


class _Faults:
    """Writes down what an outcome cannot teach."""

    def __init__(self, told: Told, faults: list[OutcomeFault]) -> None:
        self._told, self._faults = told, faults

    def __call__(self, code: FaultCode, detail: str) -> None:
        order_id = self._told.outcome.order_id
        self._faults.append(OutcomeFault(row=self._told.row, order_id=order_id, code=code, detail=detail))


def _hours(instants: Sequence[dt.datetime | None]) -> list[float | None]:
    return [None if at is None else hours_of(at) for at in instants]


def _is_last(leaves_h: float, way: Way) -> bool:
    """Whether nothing later is known of it: it is still on this lane, as far as anybody knows."""
    later = [at for at in (*way.departed_h, *way.arrived_h) if at is not None]
    return leaves_h >= max(later)


def _stars(outcome: DeliveryOutcome) -> str:
    return "" if outcome.stars is None else f"{outcome.stars} stars"


def _verdict(outcome: DeliveryOutcome, field: FieldBatch, *, late: bool) -> Iterator[Verdict]:
    """What the review says of the grower; who is late cannot blame the tree, and three stars say nothing."""
    if late:
        return
    if outcome.reason is not None:
        yield Verdict(outcome.order_id, field.grower.id, outcome.reason == "just_right")
    elif outcome.stars is not None and (outcome.stars >= GOOD_STARS or outcome.stars <= BAD_STARS):
        yield Verdict(outcome.order_id, field.grower.id, outcome.stars >= GOOD_STARS)
