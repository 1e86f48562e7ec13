"""Perfect foresight: in each run every candidate is worth what it will really bring, and the best of them are taken."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from harvest_planner.planning.candidates import lawful
from harvest_planner.planning.columns import Columns
from harvest_planner.planning.meeting import Entry
from harvest_planner.planning.wish import BuyerOrder
from harvest_planner.ripening.clock import DOSE_LIMIT
from harvest_planner.simulation.bench import Bench
from harvest_planner.simulation.chances import Chances
from harvest_planner.simulation.decisions import Decisions, Sent
from harvest_planner.simulation.fate import EDGE_H, levels_of, timing_vnd_per_kg
from harvest_planner.simulation.luck import Bools, Floats, Ints, Luck
from harvest_planner.simulation.scene import Parcel, Scene
from harvest_planner.simulation.voyage import Voyages
from harvest_planner.transit.travel import Journey


@dataclass(frozen=True, slots=True)
class Seen:
    """One order on one journey, from each trip that can take it, in each run.

    Attributes
    ----------
    trips : numbers of the trips.
    good, content, value_vnd : what comes true, trips × runs.
    """

    order: int
    journey: int
    trips: Ints
    good: Floats
    content: Bools
    value_vnd: Floats


class Foresight:
    """Every candidate of a problem with what it brings in each run.

    The floors on promised shares do not bind who knows; grade, certificates, intervals, rest days, capacities and
    trips do.

    Parameters
    ----------
    bench : the problem with its candidates.
    scene : where they are played.
    luck : of the runs; the same as that of the other policies, so that the first runs are the same.
    """

    def __init__(self, bench: Bench, scene: Scene, luck: Luck) -> None:
        # Who knows all looks for income alone, which fairness among growers is not.
        unfair = bench.prepared.used._replace(fair={})
        self._bench, self._scene = Bench(replace(bench.prepared, used=unfair)), scene
        self._chances = Chances(luck, shared_delays=scene.world.shared_delays)
        self._voyages = Voyages(scene, self._chances)
        self.journeys: list[Journey] = []
        self._number: dict[int, int] = {}
        self.seen = list(self._look())

    def decisions(self, run: int) -> Decisions:
        """The best decisions in one run."""
        rows = [(seen, np.flatnonzero(seen.value_vnd[:, run] > 0.0)) for seen in self.seen]
        rows = [(seen, kept) for seen, kept in rows if len(kept)]
        if not rows:
            return self._bench.decide(_no_columns(tuple(self.journeys)))
        counts = [len(kept) for _, kept in rows]
        columns = Columns(
            order=np.repeat([seen.order for seen, _ in rows], counts).astype(np.int64),
            trip=np.concatenate([seen.trips[kept] for seen, kept in rows]),
            journey=np.repeat([seen.journey for seen, _ in rows], counts).astype(np.int64),
            good_share=np.concatenate([seen.good[kept, run] for seen, kept in rows]),
            parcel_good_share=np.concatenate([seen.content[kept, run] for seen, kept in rows]).astype(np.float64),
            value_vnd=np.concatenate([seen.value_vnd[kept, run] for seen, kept in rows]),
            journeys=tuple(self.journeys),
        )
        return self._bench.decide(columns)

    def _look(self) -> Iterator[Seen]:
        meeting = self._bench.prepared.meeting
        for number, buyer in enumerate(self._bench.prepared.question.buyers):
            drawn = self._fruit(buyer)
            for journey, entries in meeting.offers(buyer.crop.id, buyer.destination.id):
                able = [entry for entry in entries if lawful(entry, buyer.wish)]
                if able and journey.first_departure_h <= buyer.wish.deliver_until_h:
                    yield self._see(number, buyer, journey, able, drawn)

    def _fruit(self, buyer: BuyerOrder) -> Floats:
        """The draws of the order's fruit, fruit × runs."""
        blocks = self._chances.luck.fruit(buyer.wish.fruit, "fruit", buyer.order.id, "0")
        return np.concatenate([drawn for _, drawn in blocks], axis=1).astype(np.float64)

    def _see(self, number: int, buyer: BuyerOrder, journey: Journey, entries: list[Entry], drawn: Floats) -> Seen:
        parcel = self._parcel(buyer, journey, entries[0])
        arrived = self._voyages.arrived(parcel)
        starts = np.array([entry.start for entry in entries])
        sound = np.broadcast_to(arrived.arrive_h <= buyer.wish.deliver_until_h + EDGE_H, (len(entries), drawn.shape[1]))
        for column, dose, start in ((1, arrived.chill, parcel.chill), (2, arrived.safety, parcel.safety)):
            if dose is not None:
                sound = sound & (starts[:, column, None] + (dose - start) <= DOSE_LIMIT)
        common = np.array([self._chances.batch(entry.trip.field.batch.id) for entry in entries])
        means = starts[:, :1] + (arrived.age_d20 - parcel.age_d20) + starts[:, 4:5] * common
        good_fruit = _good_fruit(means, starts, buyer, drawn) * sound
        good, content = good_fruit / buyer.wish.fruit, sound & (good_fruit >= buyer.wish.needed)
        order, policy = buyer.order, self._scene.problem.policy
        per_kg = order.price_vnd_per_kg * good - order.loss_vnd_per_kg * (1.0 - good) - journey.cost_vnd_per_kg
        per_kg = per_kg - timing_vnd_per_kg(buyer.wish, arrived.arrive_h, policy)
        return Seen(
            order=number,
            journey=self._numbered(journey),
            trips=np.array([entry.trip.number for entry in entries], dtype=np.int64),
            good=good,
            content=content,
            value_vnd=order.quantity_kg * per_kg - policy.review_cost_vnd * ~content,
        )

    def _parcel(self, buyer: BuyerOrder, journey: Journey, entry: Entry) -> Parcel:
        return self._scene.parcel(
            Sent(
                order_id=buyer.order.id,
                batch_id=entry.trip.field.batch.id,
                pick_on=entry.trip.day.pick_on,
                kg=buyer.order.quantity_kg,
                lane_ids=journey.lane_ids,
                departs_h=journey.first_departure_h,
                good_share=0.0,
                parcel_good_share=0.0,
            )
        )

    def _numbered(self, journey: Journey) -> int:
        if id(journey) not in self._number:
            self._number[id(journey)] = len(self.journeys)
            self.journeys.append(journey)
        return self._number[id(journey)]


def _good_fruit(means: Floats, starts: Floats, buyer: BuyerOrder, drawn: Floats) -> Floats:
    """Good fruit of each trip in each run."""
    wish = buyer.wish
    if wish.lower_d20 > wish.upper_d20:
        return np.zeros(means.shape)
    own = np.sqrt(np.maximum(0.0, starts[:, 3:4] ** 2 - starts[:, 4:5] ** 2))
    spread = np.where(own > 0.0, own, 1.0)
    low, high = (levels_of((bound - means) / spread) for bound in (wish.lower_d20, wish.upper_d20))
    inside = (drawn >= low[:, None, :]) & (drawn < high[:, None, :])
    certain = wish.fruit * ((means >= wish.lower_d20) & (means <= wish.upper_d20))
    return np.asarray(np.where(own > 0.0, inside.sum(axis=1), certain), dtype=np.float64)


def _no_columns(journeys: tuple[Journey, ...]) -> Columns:
    none = np.empty(0, dtype=np.int64)
    return Columns(none, none, none, np.empty(0), np.empty(0), np.empty(0), journeys)
