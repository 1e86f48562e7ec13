"""One plan laid out for quoting: trips by crop, ways by destination, shares by wish, each made when asked for."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from functools import partial
from itertools import islice

from harvest_planner import catalogue
from harvest_planner.planning.candidates import LEAST_PART_KG
from harvest_planner.planning.fairness import FairPart, Owner, fair_parts, lacking
from harvest_planner.planning.meeting import Meeting
from harvest_planner.planning.outlook import LATER_DAYS
from harvest_planner.planning.pools import Trip
from harvest_planner.planning.promise.grove import BARE, Bools, Floats, Grove, Prices, grove_of
from harvest_planner.planning.promise.ledger import Snapshot
from harvest_planner.planning.promise.prospects import Known, Prospects
from harvest_planner.planning.promise.recent import Recent
from harvest_planner.planning.promise.rooms import NO_ROOMS, Rooms
from harvest_planner.planning.promise.search import Asked, Find, Rank, Search
from harvest_planner.planning.promise.shares import Shares
from harvest_planner.planning.promise.spare import Spare
from harvest_planner.planning.promise.stock import Shelf
from harvest_planner.planning.promise.vacancy import Vacancy
from harvest_planner.planning.promise.ways import Rides, Ways
from harvest_planner.planning.refusals import reason_by
from harvest_planner.planning.settled import PLANNED_STATES
from harvest_planner.planning.verdict import Start, table_of as chance_of
from harvest_planner.planning.wish import BuyerOrder, Wish
from harvest_planner.schema.goods import Order
from harvest_planner.schema.plan import Change, HarvestPlan, Reason
from harvest_planner.schema.problem import PlanningProblem
from harvest_planner.schema.record_table import RecordTable, table_of
from harvest_planner.schema.told_rows import field_of
from harvest_planner.transit.instants import hours_of

KEPT_SHARES = 8192
"""So many shapes of wishes are remembered."""
KEPT_RANKS = 4096
"""What was learnt of so many orders is remembered."""
KEPT_COSTS = 1024
"""So many weights with their grades and papers are remembered."""
ORDER_FIELDS = frozenset(Order.model_fields)
_SHAPES_PARCELS = (
    "crop_id",
    "destination_id",
    "quantity_kg",
    "may_split",
    "grade",
    "certifications",
    "ripe_within_days",
    "keeps_days",
    "room_degc",
    "accepts_share",
)


class Shop:
    """A plan's spare fruit, hands and departures, with the journeys that could carry them."""

    def __init__(
        self,
        plan: HarvestPlan,
        problem: PlanningProblem,
        *,
        own: Collection[str],
        quantile: float,
        notice: dt.timedelta,
    ) -> None:
        self.meeting = Meeting(problem, orders=() if problem.lanes else _anywhere())
        self.shelf = Shelf(plan, self.meeting, own=own, quantile=quantile)
        states = zip(field_of(problem.orders, "id"), field_of(problem.orders, "state"), strict=True)
        self.planned = frozenset(order_id for order_id, state in states if state in PLANNED_STATES)
        self._problem, self._notice = problem, notice
        prices = Prices.of(plan)
        trips: dict[str, list[Trip]] = {}
        for trip in self.meeting.trips:
            trips.setdefault(trip.field.crop.id, []).append(trip)
        lay = partial(
            grove_of,
            prices=prices,
            surplus={(row.batch_id, row.pick_on) for row in plan.surplus},
            shelf=self.shelf,
            lacking=_lacking(plan, problem),
            terminal_share=problem.policy.terminal_share,
            notice_h=notice / dt.timedelta(hours=1),
        )
        self._groves = {crop_id: lay(of_crop) for crop_id, of_crop in trips.items()}
        self._rooms = {crop_id: Rooms(grove.trips) for crop_id, grove in self._groves.items()}
        self._rides = Rides(self.meeting, prices)
        self._ways: Recent[tuple[str, str], Ways] = Recent(4096)
        self._shares: Recent[Wish, Shares] = Recent(KEPT_SHARES)
        self._costs: Recent[tuple[object, ...], tuple[Floats, Floats]] = Recent(KEPT_COSTS)
        self._ranks: Recent[tuple[object, ...], Rank] = Recent(KEPT_RANKS)
        self._suits: Recent[tuple[object, ...], Bools | None] = Recent(256)

    def prepare(self, destination_ids: Iterable[str] | None, snapshot: Snapshot) -> None:
        """Lay out ways to some destinations, and costs and tables of parcels like those of the problem's orders."""
        for rooms in self._rooms.values():
            rooms.left(snapshot)
        alike = _of_each_kind(table_of(self._problem.orders, Order))
        wanted = {order.destination_id for order in alike} if destination_ids is None else destination_ids
        places = {self._problem.place(each).id for each in wanted}
        for place_id in sorted(places):
            for crop_id in sorted(self._groves):
                self.ways(crop_id, place_id)
        parcels: dict[tuple[object, ...], Wish] = {}
        for order in alike:
            if order.crop_id in self._groves and self._problem.place(order.destination_id).id in places:
                buyer = self.meeting.buyer(order)
                wish = buyer.wish
                self._costs_of(buyer)
                parcels.setdefault((wish.crop_id, wish.upper_d20 - wish.lower_d20, wish.fruit, wish.needed), wish)
        for wish in parcels.values():
            self._lay_tables(wish)

    def _lay_tables(self, wish: Wish) -> None:
        """The tables of a parcel's chance for every spread among the crop's trips."""
        for sd_d20, batch_sd_d20 in self.grove(wish.crop_id).spreads:
            chance_of(wish, Start(0.0, 0.0, 0.0, sd_d20, batch_sd_d20))

    def ways(self, crop_id: str, destination_id: str) -> Ways:
        """The ways from a crop's trips to a destination."""
        make = partial(Ways, self.grove(crop_id), destination_id, self._rides)
        return self._ways.get((crop_id, destination_id), make)

    def grove(self, crop_id: str) -> Grove:
        """The trips of a crop; none where nothing of it can be picked."""
        return self._groves.get(crop_id) or BARE

    def asked(self, order: Order) -> Asked:
        """An order with what is known of its ways."""
        buyer = self.meeting.buyer(order)
        shares = self._shares_of(buyer.wish)
        costs, least, least_kg = self._costs_of(buyer)
        return Asked(buyer, self.grove(buyer.crop.id), shares.ways, shares, costs, least, least_kg)

    def _costs_of(self, buyer: BuyerOrder) -> tuple[Floats, Floats, float]:
        """What it costs from each live trip, and the least by cohort [VND]; as little as may be offered [kg]."""
        kg, wish = buyer.order.quantity_kg, buyer.wish
        least_kg = min(LEAST_PART_KG, kg) if buyer.order.may_split else kg
        live, suits = self.grove(wish.crop_id).live, self._suiting(wish)
        key = (wish.crop_id, wish.grade, wish.certifications, kg, least_kg)
        return (*self._costs.get(key, lambda: live.costs(kg, least_kg, suits)), least_kg)

    def _shares_of(self, wish: Wish) -> Shares:
        """What the wish is promised by every way."""
        shape = wish.shape
        ways = self.ways(wish.crop_id, wish.destination_id)
        return self._shares.get(shape, lambda: Shares(ways, shape, self.meeting))

    def _suiting(self, wish: Wish) -> Bools | None:
        """Trips of the grade and with the papers; None: all of the crop's."""
        key = (wish.crop_id, wish.grade, wish.certifications)
        return self._suits.get(key, lambda: self.grove(wish.crop_id).suiting(wish))

    def known(self, wish: Wish) -> Known:
        """What is known of a wish: shares by every way, and which trips suit it."""
        return Known(self._shares_of(wish), self._suiting(wish))

    def rooms(self, crop_id: str) -> Rooms:
        """What the ledger leaves on the trips of a crop."""
        return self._rooms.get(crop_id) or NO_ROOMS

    def found(self, asked: Asked, snapshot: Snapshot, now: dt.datetime) -> Iterator[Find]:
        """The best way by each journey, best first."""
        order = asked.buyer.order
        key = (asked.buyer.wish, order.quantity_kg, asked.least_kg, order.price_vnd_per_kg, order.loss_vnd_per_kg)
        rank = self._ranks.get(key, lambda: Rank(asked, self.meeting.problem.policy))
        search = Search(asked, self.meeting, rank, now_h=hours_of(now))
        rooms = self.rooms(asked.buyer.crop.id)
        return search.found(Vacancy(self.shelf, rooms, snapshot, least_kg=asked.least_kg))

    def reasons(self, order: Order, snapshot: Snapshot, now: dt.datetime) -> tuple[Reason, ...]:
        """Why nothing can be offered, in the order of the code list, and the nearest wish that works."""
        buyer = self.meeting.buyer(order)
        grove = self.grove(buyer.crop.id)
        spare = Spare(self.meeting, self.shelf, snapshot)
        left = self.rooms(buyer.crop.id).left(snapshot)
        prospects = Prospects(grove, spare, left, self.known, now_h=hours_of(now))
        reason = reason_by(buyer, self.meeting, prospects, missing_kg=order.quantity_kg, now=now) or Reason(
            code="outbid", message="the fruit that could serve it goes to orders that bring more"
        )
        return (reason.model_copy(update={"would_work_if": tuple(self._nearest(order, reason, snapshot, now))}),)

    def _nearest(self, order: Order, reason: Reason, snapshot: Snapshot, now: dt.datetime) -> Iterator[Change]:
        """Changes of the wish that were tried and work, the nearest first; then what others would have to change."""
        told = [change for change in reason.would_work_if if change.field in ORDER_FIELDS and change.value is not None]
        later = [
            Change(field="deliver_until_at", value=(order.deliver_until_at + dt.timedelta(days=days)).isoformat())
            for days in LATER_DAYS
        ]
        lighter = [Change(field="quantity_kg", value=round(order.quantity_kg * share, 1)) for share in (0.5, 0.25)]
        tried = [*told, *(later if reason.code not in ("no_journey", "no_fruit") else ()), *lighter]
        yield from islice((each for each in tried if self._works(order, each, snapshot, now)), 1)
        yield from (change for change in reason.would_work_if if change.field not in ORDER_FIELDS)

    def _works(self, order: Order, change: Change, snapshot: Snapshot, now: dt.datetime) -> bool:
        try:
            wish = Order.model_validate({**dict(order), change.field: change.value})
        except ValueError:
            return False
        if wish.confirm_by_at is not None and wish.confirm_by_at <= now:
            return False
        return next(self.found(self.asked(wish), snapshot, now), None) is not None


def _lacking(plan: HarvestPlan, problem: PlanningProblem) -> dict[Owner, FairPart]:
    """What growers lack to their fair parts by the plan."""
    fair = fair_parts(problem, states=PLANNED_STATES)
    shipped_kg: dict[Owner, float] = defaultdict(float)
    if fair:
        rows = (field_of(plan.shipments, name) for name in ("batch_id", "kg"))
        for batch_id, kg in zip(*rows, strict=True):
            batch = problem.batch(batch_id)
            shipped_kg[batch.grower_id, batch.crop_id] += kg
    return lacking(fair, shipped_kg)


def _of_each_kind(orders: RecordTable[Order]) -> list[Order]:
    """An order of each kind that shapes a parcel's chance: what is asked, where, and in which month's air."""
    until = orders.column("deliver_until_at")
    months = [(at.year, at.month) for at in until.values]
    codes = [orders.column(name).codes for name in _SHAPES_PARCELS]
    first: dict[tuple[object, ...], int] = {}
    for row, (*kind, at) in enumerate(zip(*codes, until.codes, strict=True)):
        first.setdefault((*kind, months[at]), row)
    return [orders[row] for row in first.values()]


def _anywhere() -> Iterator[Order]:
    """Orders to every place of the catalogue, so that lanes are estimated to each."""
    for place_id in catalogue.place_ids():
        yield Order(
            id=place_id,
            crop_id=place_id,
            quantity_kg=1.0,
            destination_id=place_id,
            deliver_until_at=dt.datetime(2000, 1, 1, tzinfo=dt.UTC),
            price_vnd_per_kg=0.0,
        )
