"""Which batches, days and journeys can meet an order at all: the offers behind every candidate."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Container, Iterable, Sequence
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple
from weakref import WeakKeyDictionary, WeakValueDictionary

from harvest_planner.catalogue import fold
from harvest_planner.planning.curves import curve_of
from harvest_planner.planning.field import FieldBatch, PickDay
from harvest_planner.planning.pools import Kind, Pool, Trip, pools_of, trips_of
from harvest_planner.planning.verdict import Delivery, Parts, Start, delivery_of, parts_of, start_of
from harvest_planner.planning.wish import BuyerOrder, Wish
from harvest_planner.schema.goods import Batch, Order
from harvest_planner.schema.lane import Embargo
from harvest_planner.schema.problem import PlanningProblem
from harvest_planner.transit.ambient import Ambient
from harvest_planner.transit.estimate import embargoes_of, lanes_of
from harvest_planner.transit.network import Network
from harvest_planner.transit.travel import Journey, Profile

if TYPE_CHECKING:
    from harvest_planner.planning.part_arrays import PartArrays

_NETWORKS: WeakValueDictionary[tuple[object, ...], Network] = WeakValueDictionary()
_PARTS: WeakKeyDictionary[Network, dict[int, tuple[Profile, Parts]]] = WeakKeyDictionary()
_ARRAYS: WeakKeyDictionary[Network, dict[int, tuple[Profile, PartArrays]]] = WeakKeyDictionary()
"""By network and profile, which is kept so that no other gets its id."""


class Entry(NamedTuple):
    """A trip whose goods can take a journey, as they are when it departs."""

    trip: Trip
    start: Start


class Offer(NamedTuple):
    """A journey and the trips that can take it."""

    journey: Journey
    entries: tuple[Entry, ...]


class Meeting:
    """The field, the network and the air of one problem, with the offers between them made on demand.

    Parameters
    ----------
    problem : the question.
    batches : the batches to consider; none given: all of the problem, by id.
    only : the trips to consider, by batch and day; none given: all.
    """

    def __init__(
        self,
        problem: PlanningProblem,
        batches: Iterable[Batch] | None = None,
        orders: Iterable[Order] = (),
        *,
        only: Container[tuple[str, dt.date]] | None = None,
    ) -> None:
        self.problem = problem
        self.ambient = Ambient(problem)
        chosen = problem.batches if batches is None else tuple(batches)
        self.fields = tuple(
            FieldBatch.of(batch, problem, self.ambient) for batch in sorted(chosen, key=lambda batch: batch.id)
        )
        self.lanes = {lane.id: lane for lane in lanes_of(problem, chosen, orders)}
        self.embargoes = embargoes_of(problem)
        self.network = self._network(self.embargoes)
        lawful = trips_of(self.fields)
        if only is not None:
            able = (trip for trip in lawful if (trip.field.batch.id, trip.day.pick_on) in only)
            lawful = (Trip(number, trip.field, trip.day) for number, trip in enumerate(able))
        self.trips = tuple(lawful)
        self._kinds: dict[str, Kind] = {}
        self._offers: dict[tuple[str, str], tuple[Offer, ...]] = {}
        self._parts = _PARTS.setdefault(self.network, {})
        self._arrays = _ARRAYS.setdefault(self.network, {})
        self._deliveries: dict[tuple[object, ...], Delivery] = {}

    def _network(self, embargoes: Iterable[Embargo]) -> Network:
        """The network; meetings of the same lanes, places, crops and moment share one as long as it is in use."""
        problem, policy, given = self.problem, self.problem.policy, tuple(embargoes)
        lanes = tuple(self.lanes.values())
        # Records are told by identity: the network keeps the problem, and so them.
        tables = (tuple(map(id, table)) for table in (problem.crops, problem.places, problem.lanes, lanes))
        key = (*tables, given, policy.default_ambient_degc, problem.as_of, policy.horizon_days)
        found = _NETWORKS.get(key)
        if found is None:
            made = Network(
                lanes,
                place=problem.place,
                embargoes=given,
                ambient=self.ambient,
                as_of=problem.as_of,
                horizon_days=policy.horizon_days,
            )
            found = _NETWORKS.setdefault(key, made)
        return found

    @cached_property
    def open_network(self) -> Network:
        """The network as it would be without any embargo."""
        return self._network(()) if self._refused else self.network

    @cached_property
    def pools(self) -> tuple[Pool, ...]:
        """The trips by what their fruit is when it is picked."""
        return pools_of(self.trips)

    def kind(self, crop_id: str) -> Kind:
        """What ripening and travel ask of a crop: the same ways lead from all crops of a kind."""
        found = self._kinds.get(crop_id)
        if found is None:
            crop = self.problem.crop(crop_id)
            found = self._kinds[crop_id] = id(curve_of(crop)), crop.goods, self._places.get(crop.id, ())
        return found

    @cached_property
    def _places(self) -> dict[str, tuple[str, ...]]:
        """Where each crop grows."""
        found: dict[str, set[str]] = defaultdict(set)
        for field in self.fields:
            found[field.crop.id].add(field.place.id)
        return {crop_id: tuple(sorted(places)) for crop_id, places in found.items()}

    def trips_of_crop(self, crop_id: str) -> Sequence[Trip]:
        """The trips that bring such fruit."""
        return self._by_crop.get(crop_id, ())

    @cached_property
    def _by_crop(self) -> dict[str, list[Trip]]:
        trips: dict[str, list[Trip]] = defaultdict(list)
        for trip in self.trips:
            trips[trip.field.crop.id].append(trip)
        return trips

    def refused(self, goods: str) -> bool:
        """Whether an embargo could keep such goods off a lane on a day on which departures are dated."""
        return fold(goods) in self._refused

    @cached_property
    def _refused(self) -> frozenset[str]:
        carriers = {fold(lane.carrier) for lane in self.lanes.values() if lane.carrier}
        first, last = (at.date() for at in self.network.span)
        day = dt.timedelta(days=1)
        return frozenset(
            fold(each.goods)
            for each in self.embargoes
            if fold(each.carrier) in carriers and each.from_on <= last + day and each.until_on >= first - day
        )

    @cached_property
    def handovers(self) -> dict[str, tuple[tuple[str, float], ...]]:
        """By crop, the places and hours at which picked fruit is ready for a carrier [h since the epoch], each once."""
        alike = {(f.crop.id, f.place.id, f.grower.picks_from, f.grower.picks_until): f for f in self.fields}
        found: dict[str, dict[tuple[str, float], None]] = defaultdict(dict)
        for (crop_id, place_id, *_), field in alike.items():
            found[crop_id].update(dict.fromkeys((place_id, day.ready_h) for day in field.days()))
        return {crop_id: tuple(pairs) for crop_id, pairs in found.items()}

    @cached_property
    def all_handovers(self) -> tuple[tuple[str, float], ...]:
        """Those of all crops, each once."""
        return tuple(dict.fromkeys(chain.from_iterable(self.handovers.values())))

    def buyer(self, order: Order) -> BuyerOrder:
        """The order with its wish in numbers."""
        return BuyerOrder.of(order, self.problem, self.ambient)

    def offers(self, crop_id: str, destination_id: str) -> tuple[Offer, ...]:
        """Every journey to the destination with the trips of that crop which can take it."""
        key = (crop_id, destination_id)
        if key not in self._offers:
            self._offers[key] = tuple(self._make_offers(crop_id, destination_id))
        return self._offers[key]

    def _make_offers(self, crop_id: str, destination_id: str) -> Iterable[Offer]:
        journeys: dict[int, Journey] = {}
        entries: dict[int, list[Entry]] = defaultdict(list)
        for trip in self.trips_of_crop(crop_id):
            for journey in self.journeys_from(trip.field, trip.day, destination_id):
                start = start_of(trip.field, trip.day, departs_h=journey.first_departure_h, ambient=self.ambient)
                journeys[id(journey)] = journey
                entries[id(journey)].append(Entry(trip, start))
        for key, journey in journeys.items():
            yield Offer(journey, tuple(entries[key]))

    def journeys_from(self, field: FieldBatch, day: PickDay, destination_id: str) -> tuple[Journey, ...]:
        """The journeys on offer for what is picked that day."""
        return self.network.journeys(
            field.place.id,
            destination_id,
            ready_h=day.ready_h,
            goods=field.crop.goods,
            clocks=field.curve.clocks,
            clocks_key=id(field.curve),
            kinks_degc=field.curve.kinks_degc,
        )

    def onward(
        self, field: FieldBatch, destination_id: str, departure: tuple[str, float]
    ) -> tuple[Journey, ...] | None:
        """The journeys that goods of the batch may make which left by a departure: its lane, and when [h].

        None: there is no such departure.
        """
        lane_id, departs_h = departure
        return self.network.onward(
            field.place.id,
            destination_id,
            lane_id=lane_id,
            departs_h=departs_h,
            goods=field.crop.goods,
            clocks=field.curve.clocks,
            clocks_key=id(field.curve),
            kinks_degc=field.curve.kinks_degc,
        )

    def delivery(self, journey: Journey, wish: Wish) -> Delivery:
        """The journey's outcomes at delivery, as that wish times it."""
        key = (id(journey), wish.destination_id, wish.crop_id, wish.deliver_from_h, wish.deliver_until_h)
        found = self._deliveries.get(key)
        if found is None:
            curve = curve_of(self.problem.crop(wish.crop_id))
            found = self._deliveries[key] = delivery_of(journey, self.parts(journey), wish, curve, self.ambient)
        return found

    def part_arrays(self, journey: Journey) -> PartArrays:
        """As `parts`, by arrays."""
        from harvest_planner.planning.part_arrays import PartArrays

        key = id(journey.profile)
        found = self._arrays.get(key)
        if found is None:
            found = self._arrays[key] = journey.profile, PartArrays.of(journey.profile)
        return found[1]

    def parts(self, journey: Journey) -> Parts:
        """The journey's outcomes in fine parts, made once for each profile."""
        key = id(journey.profile)
        found = self._parts.get(key)
        if found is None:
            found = self._parts[key] = journey.profile, parts_of(journey.profile)
        return found[1]
