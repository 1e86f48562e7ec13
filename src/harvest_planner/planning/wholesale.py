"""Plans of large problems: decided by the market, told record by record when asked."""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from harvest_planner.planning import answer
from harvest_planner.planning.allocation.model import Floats
from harvest_planner.planning.candidates import candidate_of
from harvest_planner.planning.columns import ArrayJudge
from harvest_planner.planning.laying import Laid
from harvest_planner.planning.leftover import Leftover, Totals
from harvest_planner.planning.market.deciding import Decision
from harvest_planner.planning.meeting import Entry, Meeting
from harvest_planner.planning.report import Met, met_by
from harvest_planner.planning.settled import Part, Settled, Used
from harvest_planner.planning.verdict import Start, Verdict, judge
from harvest_planner.planning.wish import Wish
from harvest_planner.schema.plan import BatchRow, Pick, Shipment, Surplus
from harvest_planner.schema.record_table import MadeRows

KG_EPSILON = 1e-6
LEAST_VND = 0.5
TripKey = tuple[str, dt.date]


@dataclass(frozen=True)
class Wholesale:
    """What the market decided, beside what was settled before."""

    meeting: Meeting
    judge: ArrayJudge
    settled: Settled
    used: Used
    laid: Laid
    decision: Decision

    @cached_property
    def _verdicts(self) -> dict[tuple[Wish, int, int], Verdict]:
        return {}

    @cached_property
    def part_kg(self) -> Floats:
        """Of each part that the market decided, as records write it [kg]."""
        return np.round(self.decision.loads.kg, 6)

    def part(self, number: int) -> Part:
        """A part that the market decided, judged by the plain path."""
        laid, loads, meeting = self.laid, self.decision.loads, self.meeting
        buyer = meeting.buyer(laid.asked.order(int(loads.order[number])))
        row, trip = int(loads.row[number]), laid.trips[int(loads.trip[number])]
        ways = self.judge.shares.ways(buyer.crop.id, buyer.destination.id)
        way = int(laid.row_way[row])
        journey = ways.journeys[int(ways.journey[way])]
        entry = Entry(trip, Start(*ways.starts[way].tolist()))
        key = (buyer.wish, int(laid.row_pool[row]), id(journey))
        verdict = self._verdicts.get(key)
        if verdict is None:
            verdict = self._verdicts[key] = judge(meeting.delivery(journey, buyer.wish), buyer.wish, entry.start)
        candidate = candidate_of(buyer, entry, journey, verdict, meeting.problem.policy)
        return Part(candidate, float(self.part_kg[number]))

    @cached_property
    def order_of_parts(self) -> list[tuple[int, int]]:
        """Parts in the order of the plan: (0, number) the market's, (1, number) settled."""
        loads, asked, trips = self.decision.loads, self.laid.asked, self.laid.trips
        ids = asked.table.column("id").values
        if not self.settled.parts and len(np.unique(loads.order)) == len(loads.order):
            return [(0, number) for number in range(len(loads.order))]
        codes = asked.table.column("id").codes
        keyed = [
            (ids[codes[int(asked.row[order])]], trips[trip].day.pick_on, trips[trip].field.batch.id, 0, number)
            for number, (order, trip) in enumerate(zip(loads.order.tolist(), loads.trip.tolist(), strict=True))
        ]
        keyed += [
            (c.buyer.order.id, c.entry.trip.day.pick_on, c.entry.trip.field.batch.id, 1, number)
            for number, (c, _) in enumerate(self.settled.parts)
        ]
        return [(kind, number) for *_, kind, number in sorted(keyed)]

    def any_part(self, at: int) -> Part:
        """The part at a place of the plan."""
        kind, number = self.order_of_parts[at]
        return self.settled.parts[number] if kind else self.part(number)

    @cached_property
    def unjudged_ids(self) -> frozenset[str]:
        """Ids of orders for which there was no time."""
        asked = self.laid.asked
        ids = asked.table.column("id")
        return frozenset(ids.values[ids.codes[row]] for row in asked.row[self.laid.unjudged].tolist())

    def shipments(self) -> Sequence[Shipment]:
        """A record for each part, by order."""
        count = len(self.decision.loads.order) + len(self.settled.parts)
        return MadeRows(count, lambda at: answer.shipment_of(self.any_part(at), self.meeting))

    @cached_property
    def part_vnd(self) -> Floats:
        """Of each part that the market decided, its worth as records write it [VND]."""
        laid, loads = self.laid, self.decision.loads
        demand = laid.market.demand
        good, cost = demand.row_good[loads.row], demand.row_cost[loads.row]
        price, loss = demand.price[loads.order], demand.loss[loads.order]
        standing = laid.market.supply.trip_standing[loads.trip]
        per_kg = price * good - loss * (1.0 - good) - cost + standing
        return np.round(self.part_kg * per_kg - demand.row_review[loads.row], 2)

    @cached_property
    def goods_vnd(self) -> float:
        """Worth of all parts as records write it [VND]."""
        settled = math.fsum(answer.shipment_of(part, self.meeting).value_vnd for part in self.settled.parts)
        return math.fsum(self.part_vnd.tolist()) + settled

    @cached_property
    def surplus_kg(self) -> answer.SurplusKg:
        """For the local market, by batch and day [kg]."""
        found = np.round(self.decision.surplus_kg, 6)
        return {
            (self.laid.trips[at].field.batch.id, self.laid.trips[at].day.pick_on): float(found[at])
            for at in np.flatnonzero(found > KG_EPSILON).tolist()
        }

    @cached_property
    def _by_trip(self) -> dict[TripKey, tuple[list[int], list[Part]]]:
        """Of each trip that is made, the market's parts and the settled ones."""
        loads, trips = self.decision.loads, self.laid.trips
        found: dict[TripKey, tuple[list[int], list[Part]]] = {}
        rank = np.argsort(loads.trip, kind="stable")
        owners, starts = np.unique(loads.trip[rank], return_index=True)
        ends = [*starts[1:].tolist(), len(rank)] if len(rank) else []
        for trip, start, end in zip(owners.tolist(), starts.tolist(), ends, strict=True):
            key = (trips[trip].field.batch.id, trips[trip].day.pick_on)
            found[key] = (rank[start:end].tolist(), [])
        for part in self.settled.parts:
            trip = part.candidate.entry.trip
            found.setdefault((trip.field.batch.id, trip.day.pick_on), ([], []))[1].append(part)
        for key in self.surplus_kg:
            found.setdefault(key, ([], []))
        return dict(sorted(found.items(), key=lambda item: (item[0][1], item[0][0])))

    @cached_property
    def _fields(self) -> dict[str, int]:
        return {field.batch.id: number for number, field in enumerate(self.meeting.fields)}

    @cached_property
    def _trip_keys(self) -> list[TripKey]:
        return list(self._by_trip)

    def _pick(self, key: TripKey) -> Pick:
        numbers, settled = self._by_trip[key]
        asked, loads = self.laid.asked, self.decision.loads
        ids, codes = asked.table.column("id").values, asked.table.column("id").codes
        orders = loads.order[numbers].tolist()
        return answer.pick_of(
            self.meeting.fields[self._fields[key[0]]],
            key[1],
            kg=[*self.part_kg[numbers].tolist(), *(part.kg for part in settled)],
            surplus_kg=self.surplus_kg.get(key, 0.0),
            order_ids={
                *(ids[codes[int(asked.row[order])]] for order in orders),
                *(part.candidate.buyer.order.id for part in settled),
            },
            destination_ids={
                *(asked.wishes[wish].destination_id for wish in asked.wish[orders].tolist()),
                *(part.candidate.buyer.destination.id for part in settled),
            },
        )

    def picks(self) -> Sequence[Pick]:
        """A record for each trip, by day and batch."""
        known = {name: [key[at] for key in self._trip_keys] for at, name in enumerate(("batch_id", "pick_on"))}
        return MadeRows(len(self._trip_keys), lambda at: self._pick(self._trip_keys[at]), known=known)

    @cached_property
    def totals(self) -> Totals:
        """What is picked, packed and loaded in all."""
        totals = Totals(self.meeting, self.used)
        kg_of, loads = self.part_kg, self.decision.loads
        trip_kg = np.bincount(loads.trip, weights=kg_of, minlength=len(self.laid.trips))
        for at in np.flatnonzero(trip_kg > 0).tolist():
            totals.ship(self.laid.trips[at], float(trip_kg[at]))
        departures = self._loaded_kg()
        for at in np.flatnonzero(departures > 0).tolist():
            totals.load(self.laid.departures[at], float(departures[at]))
        totals.sell(self.surplus_kg)
        return totals

    def _loaded_kg(self) -> Floats:
        market, loads = self.laid.market, self.decision.loads
        journey = market.demand.row_journey[loads.row]
        by_journey = np.bincount(journey, weights=self.part_kg, minlength=len(market.journey_first) - 1)
        found = np.bincount(
            market.journey_departure, weights=by_journey[market.journey_owner], minlength=len(market.departure_kg)
        )
        return found.astype(np.float64)

    def leftover(self) -> Leftover:
        """What the plan leaves free."""
        return Leftover.of(self.totals)

    def batches(self) -> Sequence[BatchRow]:
        """A record for each batch, by id."""
        left, wanted = self.totals.batch_kg, answer.wanted_crops(self.meeting.problem)
        keys: dict[str, list[TripKey]] = defaultdict(list)
        for key in self._trip_keys:
            keys[key[0]].append(key)

        def row(at: int) -> BatchRow:
            field = self.meeting.fields[at]
            picks = [self._pick(key) for key in keys.get(field.batch.id, ())]
            return answer.batch_row(field, picks, left[field.batch.id], wanted=field.crop.id in wanted)

        return MadeRows(len(self.meeting.fields), row)

    def terminal_vnd(self) -> float:
        """Worth of the fruit that is left on the tree, still sound at the horizon [VND]."""
        share, left = self.meeting.problem.policy.terminal_share, self.totals.batch_kg
        return math.fsum(
            field.kept_vnd_per_kg(share) * max(0.0, round(left[field.batch.id], 6)) for field in self.meeting.fields
        )

    def trips_vnd(self) -> float:
        """Cost of all trips [VND]."""
        fields = self.meeting.fields
        return math.fsum(fields[self._fields[batch_id]].batch.trip_cost_vnd for batch_id, _ in self._trip_keys)

    def surplus(self) -> tuple[Surplus, ...]:
        """What goes to the local market, by day and batch."""
        return answer.surplus_rows(self.surplus_kg, self.meeting)

    def missing(self) -> list[tuple[int, float]]:
        """Rows of orders that do not get all they ask for, by id, with what each misses [kg]."""
        loads, asked = self.decision.loads, self.laid.asked
        table = asked.table
        served = np.zeros(len(table))
        served[asked.row] = np.bincount(loads.order, weights=self.part_kg, minlength=len(asked))
        rows = {}
        if self.settled.parts:
            rows = dict(zip(table.column("id"), range(len(table)), strict=True))
        for candidate, kg in self.settled.parts:
            served[rows[candidate.buyer.order.id]] += kg
        return answer.missing_of(table, served.tolist())

    def met(self) -> Iterator[Met]:
        """What the parts meet on their way, each way once: crop, place, day, journey and room."""
        loads, laid, meeting = self.decision.loads, self.laid, self.meeting
        rooms: dict[tuple[str, str, float], int] = {}
        room_of_wish = np.array([rooms.setdefault(key, len(rooms)) for key in laid.asked.rooms], dtype=np.int64)
        places: dict[tuple[str, dt.date], int] = {}
        air_of_pool = np.array(
            [places.setdefault((pool.field.place.id, pool.day.pick_on), len(places)) for pool in meeting.pools],
            dtype=np.int64,
        )
        wish = laid.asked.wish[loads.order]
        keys = np.stack([room_of_wish[wish], air_of_pool[laid.row_pool[loads.row]]], axis=1)
        keys = np.column_stack([keys, laid.market.demand.row_journey[loads.row]])
        _, first = np.unique(keys, axis=0, return_index=True)
        journeys = self.judge.shares.journeys
        for number in np.sort(first).tolist():
            trip, row = laid.trips[int(loads.trip[number])], int(loads.row[number])
            room_degc = laid.asked.rooms[int(wish[number])][2]
            yield Met(trip.field.crop, trip, journeys[int(laid.market.demand.row_journey[row])], room_degc)
        yield from map(met_by, self.settled.parts)
