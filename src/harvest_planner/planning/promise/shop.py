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
from harvest_planner.planning.promise.recent import Recent
from harvest_planner.planning.promise.search import Asked, Find, Rank, Search
from harvest_planner.planning.promise.shares import Shares
from harvest_planner.planning.promise.spare import Spare, notable
from harvest_planner.planning.promise.stock import Shelf, needed_mg
from harvest_planner.planning.promise.ways import Ride, Ways
from harvest_planner.planning.refusals import reason_for
from harvest_planner.planning.settled import PLANNED_STATES
from harvest_planner.planning.verdict import Start, table_of
from harvest_planner.planning.wish import Wish
from harvest_planner.schema.goods import Order
from harvest_planner.schema.plan import Change, HarvestPlan, Reason
from harvest_planner.schema.problem import PlanningProblem
from harvest_planner.schema.promises import MG_PER_KG
from harvest_planner.schema.told_rows import field_of
from harvest_planner.transit.instants import hours_of
from harvest_planner.transit.travel import Journey

KEPT_SHARES = 8192
"""So many shapes of wishes are remembered."""
KEPT_RANKS = 4096
"""What was learnt of so many orders is remembered."""
KEPT_COSTS = 1024
"""So many weights with their grades and papers are remembered."""
ORDER_FIELDS = frozenset(Order.model_fields)


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
        self._prices = Prices.of(plan)
        trips: dict[str, list[Trip]] = {}
        for trip in self.meeting.trips:
            trips.setdefault(trip.field.crop.id, []).append(trip)
        lay = partial(
            grove_of,
            prices=self._prices,
            surplus={(row.batch_id, row.pick_on) for row in plan.surplus},
            shelf=self.shelf,
            lacking=_lacking(plan, problem),
            terminal_share=problem.policy.terminal_share,
            notice_h=notice / dt.timedelta(hours=1),
        )
        self._groves = {crop_id: lay(of_crop) for crop_id, of_crop in trips.items()}
        self._rides: dict[int, Ride] = {}
        self._ways: Recent[tuple[str, str, bool], Ways] = Recent(4096)
        self._shares: Recent[tuple[Wish, bool], Shares] = Recent(KEPT_SHARES)
        self._costs: Recent[tuple[object, ...], tuple[Floats, Floats]] = Recent(KEPT_COSTS)
        self._ranks: Recent[tuple[object, ...], Rank] = Recent(KEPT_RANKS)
        self._suits: Recent[tuple[object, ...], Bools | None] = Recent(256)

    def prepare(self, destination_ids: Iterable[str] | None) -> None:
        """Lay out the ways to some destinations, and tables for parcels like those of the problem's orders."""
        alike = {_likeness(order): order for order in self._problem.orders}
        wanted = [order.destination_id for order in alike.values()] if destination_ids is None else destination_ids
        places = sorted({self._problem.place(each).id for each in wanted})
        for place_id in places:
            for crop_id in sorted(self._groves):
                for spent in (False, True):
                    self.ways(crop_id, place_id, spent=spent)
        for order in alike.values():
            if order.crop_id in self._groves and self._problem.place(order.destination_id).id in places:
                self._lay_tables(self.meeting.buyer(order).wish)

    def _lay_tables(self, wish: Wish) -> None:
        """The tables of a parcel's chance for every spread among the crop's trips."""
        ways = self.ways(wish.crop_id, wish.destination_id)
        for sd_d20, batch_sd_d20 in {(sd, batch_sd) for *_, sd, batch_sd in ways.starts.tolist()}:
            table_of(wish, Start(0.0, 0.0, 0.0, sd_d20, batch_sd_d20))

    def ways(self, crop_id: str, destination_id: str, *, spent: bool = False) -> Ways:
        """The ways from a crop's trips to a destination; `spent`: those from trips that have nothing left too."""
        grove = self.grove(crop_id)
        make = partial(Ways, grove, destination_id, self.meeting, self._ride, spent=spent)
        return self._ways.get((crop_id, destination_id, spent), make)

    def _ride(self, journey: Journey) -> Ride:
        """A journey laid out, once for all that ask."""
        found = self._rides.get(id(journey))
        if found is None:
            found = self._rides.setdefault(id(journey), Ride.of(journey, self.meeting, self._prices))
        return found

    def grove(self, crop_id: str) -> Grove:
        """The trips of a crop; none where nothing of it can be picked."""
        return self._groves.get(crop_id) or BARE

    def asked(self, order: Order) -> Asked:
        """An order with what is known of its ways."""
        buyer = self.meeting.buyer(order)
        wish = buyer.wish
        shares = self._shares_of(wish)
        grove = self.grove(buyer.crop.id)
        least_kg = min(LEAST_PART_KG, order.quantity_kg) if order.may_split else order.quantity_kg
        suits_key = (buyer.crop.id, wish.grade, wish.certifications)
        suits = self._suits.get(suits_key, lambda: grove.suiting(wish))
        costs, least = self._costs.get(
            (*suits_key, order.quantity_kg, least_kg), lambda: grove.costs(order.quantity_kg, least_kg, suits)
        )
        return Asked(buyer, grove, shares.ways, shares, costs, least, least_kg)

    def _shares_of(self, wish: Wish, *, spent: bool = False) -> Shares:
        """What the wish is promised by every way; `spent` as in `ways`."""
        shape = wish.shape
        ways = self.ways(wish.crop_id, wish.destination_id, spent=spent)
        return self._shares.get((shape, spent), lambda: Shares(ways, shape, self.meeting))

    def found(self, asked: Asked, snapshot: Snapshot, now: dt.datetime) -> Iterator[Find]:
        """The best way by each journey, best first."""
        order = asked.buyer.order
        key = (asked.buyer.wish, order.quantity_kg, asked.least_kg, order.price_vnd_per_kg, order.loss_vnd_per_kg)
        rank = self._ranks.get(key, lambda: Rank(asked, self.meeting.problem.policy))
        search = Search(asked, self.meeting, rank, now_h=hours_of(now))
        return search.found(partial(self._room_kg, asked, snapshot))

    def _room_kg(self, asked: Asked, snapshot: Snapshot, trip: Trip, ride: int, kg: float) -> float:
        """What a trip and a ride can still give of so many kilograms, all their capacities together [kg]."""
        departures, day, batch_id = asked.ways.rides[ride].departures, trip.day.pick_on, trip.field.batch.id
        takes = self.shelf.takes(batch_id, day, departures, needed_mg(kg))
        free = min((snapshot.free(take.resource) for take in takes if take.shared_by is None), default=0) / MG_PER_KG
        fits = min(kg, free)
        if fits < asked.least_kg - 1e-9:
            return 0.0
        if (batch_id, day) in self.shelf.trips:
            return fits
        taken: dict[str, int] = {}
        for take in takes if fits == kg else self.shelf.takes(batch_id, day, departures, needed_mg(fits)):
            held = 0 if take.shared_by is None else snapshot.shared(take.resource, take.shared_by)
            taken[take.resource] = taken.get(take.resource, 0) + max(0, take.amount - held)
        return fits if all(amount <= snapshot.free(resource) for resource, amount in taken.items()) else 0.0

    def reasons(self, order: Order, snapshot: Snapshot, now: dt.datetime) -> tuple[Reason, ...]:
        """Why nothing can be offered, in the order of the code list, and the nearest wish that works."""
        buyer = self.meeting.buyer(order)
        grove = self.grove(buyer.crop.id)
        spare = Spare(self.meeting, grove, self.shelf, snapshot)
        reason = reason_for(
            buyer,
            self.meeting,
            spare,
            missing_kg=order.quantity_kg,
            judge_all=lambda asked, meeting: notable(
                asked, meeting, grove, self._shares_of(asked.wish, spent=True), now_h=hours_of(now)
            ),
            now=now,
        ) or Reason(code="outbid", message="the fruit that could serve it goes to orders that bring more")
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


def _likeness(order: Order) -> tuple[object, ...]:
    """What of an order shapes its parcel's chance."""
    month = (order.deliver_until_at.year, order.deliver_until_at.month)
    wish = (order.ripe_within_days, order.keeps_days, order.room_degc, order.accepts_share)
    return (order.crop_id, order.destination_id, order.quantity_kg, *wish, month)


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
