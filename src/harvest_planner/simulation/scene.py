"""Where a plan is played: the problem's places, lanes and batches as they are in a world, each looked up once."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass

from harvest_planner.errors import UnknownIdError
from harvest_planner.planning.field import FieldBatch
from harvest_planner.planning.wish import BuyerOrder
from harvest_planner.ripening.clock import gained
from harvest_planner.ripening.curve import Curve
from harvest_planner.schema.problem import PlanningProblem
from harvest_planner.simulation.decisions import Sent
from harvest_planner.simulation.world import World, WorldAir
from harvest_planner.transit.estimate import embargoes_of, lanes_of
from harvest_planner.transit.timetable import Service, Timetable


@dataclass(frozen=True, slots=True)
class Parcel:
    """Goods at their first departure: all that their fate depends on beside chance.

    Attributes
    ----------
    age_d20, chill, safety : mean age of the batch, and doses as shares of their limits, at the first departure.
    batch_sd_d20, own_sd_d20 : spread that the batch shares, and from fruit to fruit.
    cost_vnd_per_kg : freight of all lanes.
    """

    sent: Sent
    buyer: BuyerOrder
    curve: Curve
    services: tuple[Service, ...]
    age_d20: float
    chill: float
    safety: float
    batch_sd_d20: float
    own_sd_d20: float
    cost_vnd_per_kg: float

    @property
    def packed(self) -> bool:
        """Whether a lane of it has a packaging."""
        return any(service.packaging is not None for service in self.services)


class Scene:
    """A problem as it is in a world.

    Parameters
    ----------
    problem : the question that was planned.
    world : how what is the case differs from it.
    """

    def __init__(self, problem: PlanningProblem, world: World) -> None:
        self.problem, self.world = problem, world
        self.air = WorldAir(problem, world.warmer_degc)
        self.lanes = {lane.id: lane for lane in lanes_of(problem)}
        self._timetable = Timetable(
            as_of=problem.as_of, horizon_days=problem.policy.horizon_days, embargoes=embargoes_of(problem)
        )
        self._fields: dict[str, FieldBatch] = {}
        self._buyers: dict[str, BuyerOrder] = {}
        self._services: dict[tuple[str, str | None], Service] = {}
        self._shown: dict[tuple[str, dt.date, float], tuple[float, float, float]] = {}

    def field(self, batch_id: str) -> FieldBatch:
        """The batch as it hangs in this world. Raises UnknownIdError."""
        if batch_id not in self._fields:
            batch = self.problem.batch(batch_id)
            shift = batch.age_shift_d20 + self.world.batch_shift_d20
            shifted = batch.model_copy(update={"age_shift_d20": shift})
            self._fields[batch_id] = FieldBatch.of(shifted, self.problem, self.air)
        return self._fields[batch_id]

    def buyer(self, order_id: str) -> BuyerOrder:
        """The order with its wish. Raises UnknownIdError."""
        if order_id not in self._buyers:
            self._buyers[order_id] = BuyerOrder.of(self.problem.order(order_id), self.problem, self.air)
        return self._buyers[order_id]

    def service(self, lane_id: str, goods: str | None) -> Service:
        """The lane with its departures for such goods. Raises UnknownIdError."""
        key = (lane_id, goods)
        if key not in self._services:
            if lane_id not in self.lanes:
                raise UnknownIdError("lane", lane_id, known=sorted(self.lanes)[:3])
            lane = self.lanes[lane_id]
            origin, destination = self.problem.place(lane.origin_id), self.problem.place(lane.destination_id)
            self._services[key] = self._timetable.service(
                lane, origin_id=origin.id, destination_id=destination.id, timezone=origin.timezone, goods=goods
            )
        return self._services[key]

    def parcel(self, sent: Sent) -> Parcel:
        """What is sent, as it stands at its first departure. Raises UnknownIdError."""
        field, buyer = self.field(sent.batch_id), self.buyer(sent.order_id)
        age, chill, safety = self._clocks(field, sent)
        services = tuple(self.service(lane_id, field.crop.goods) for lane_id in sent.lane_ids)
        sd, batch_sd = field.stage.sd_d20, field.stage.batch_sd_d20
        return Parcel(
            sent=sent,
            buyer=buyer,
            curve=field.curve,
            services=services,
            age_d20=age,
            chill=chill,
            safety=safety,
            batch_sd_d20=batch_sd,
            own_sd_d20=math.sqrt(max(0.0, sd * sd - batch_sd * batch_sd)),
            cost_vnd_per_kg=math.fsum(service.lane.cost_vnd_per_kg for service in services),
        )

    def _clocks(self, field: FieldBatch, sent: Sent) -> tuple[float, float, float]:
        """What the clocks of the batch show at the departure: its mean age [d20] and the doses as shares."""
        key = (sent.batch_id, sent.pick_on, sent.departs_h)
        if key not in self._shown:
            day = field.pick_day(sent.pick_on)
            waits_h = max(0.0, sent.departs_h - day.clock_start_h)
            spells = list(self.air.spells(field.place.id, from_h=day.clock_start_h, hours=waits_h))
            age, chill, safety = (gained(clock, spells) for clock in field.curve.clocks)
            self._shown[key] = (day.age_d20 + age, chill, safety)
        return self._shown[key]
