"""Which journeys lead from a batch to an order: chains of lanes, and the first departures on offer."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property
from typing import NamedTuple

from harvest_planner.planning.referee.case import Case
from harvest_planner.planning.referee.journey import Journey
from harvest_planner.planning.referee.orchard import PickDay
from harvest_planner.schema.lane import Lane

OFFER_H = 24.0
MOST_LEGS = 3
MOST_CHAINS = 40
MOST_OFFERS = 60
CLOSE_H, CLOSE_VND, CLOSE_D20 = 0.05, 1e-6, 0.01
"""Within these, of two journeys neither is sure to be the better one."""


class Offer(NamedTuple):
    """A journey with what the choice between journeys looks at."""

    journey: Journey
    lane_ids: tuple[str, ...]
    quantiles: tuple[float, float, float]
    cost_vnd_per_kg: float
    aged_d20: tuple[float, float]
    """Mean age gained since the first departure, and since the goods were ready [d20]."""
    limited: bool


class Routes:
    """Chains of lanes between places, for one problem."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self._chains: dict[tuple[str, str, str | None], tuple[tuple[str, ...], ...]] = {}
        self._offers: dict[tuple[str, str, str, float], tuple[Offer, ...]] = {}
        self._reached: dict[tuple[str, str, str | None], bool] = {}

    @cached_property
    def _leaving(self) -> dict[str, list[tuple[Lane, str]]]:
        found: dict[str, list[tuple[Lane, str]]] = defaultdict(list)
        for lane in self.case.timetable.lanes.values():
            found[self.case.place_id(lane.origin_id)].append((lane, self.case.place_id(lane.destination_id)))
        return found

    def chains(self, start: str, end: str, goods: str | None) -> tuple[tuple[str, ...], ...]:
        """Lane ids of chains of up to three lanes that take these goods, the shortest first; not all where many."""
        key = (start, end, goods)
        if key not in self._chains:
            found = sorted(self._search(start, end, goods, ()), key=lambda chain: (len(chain), chain))
            self._chains[key] = tuple(found[:MOST_CHAINS])
        return self._chains[key]

    def _search(
        self, here: str, end: str, goods: str | None, before: tuple[tuple[str, str], ...]
    ) -> Iterator[tuple[str, ...]]:
        passed = {here, *(place for _, place in before)}
        for lane, there in self._leaving.get(here, ()):
            local = there == here
            if (
                not self.case.timetable.takes(lane, goods)
                or (local and (before or there != end))
                or (there in passed and not local)
            ):
                continue
            if there == end:
                yield (*(lane_id for lane_id, _ in before), lane.id)
            elif len(before) + 1 < MOST_LEGS and here != end:
                yield from self._search(there, end, goods, (*before, (lane.id, here)))

    def reaches(self, start: str, end: str, goods: str | None) -> bool:
        """Whether some chain without any embargoed carrier leads there."""
        key = (start, end, goods)
        if key not in self._reached:
            self._reached[key] = self._reaches(*key)
        return self._reached[key]

    def _reaches(self, start: str, end: str, goods: str | None) -> bool:
        banned = {embargo.carrier for embargo in self.case.timetable.embargoes}
        return any(
            all(self.case.timetable.lanes[lane_id].carrier not in banned for lane_id in chain)
            for chain in self.chains(start, end, goods)
        )

    def knows(self, day: PickDay, end: str) -> bool:
        """Whether these offers have been made already."""
        return self._key(day, end) in self._offers

    def _key(self, day: PickDay, end: str) -> tuple[str, str, str, float]:
        crop_id, _, start, _, ready_h, _ = day.cohort
        return start, end, crop_id, ready_h

    def offers(self, day: PickDay, end: str) -> tuple[Offer, ...]:
        """Journeys on offer for what is picked that day, those that another surely beats left out."""
        crop = self.case.crop(day.batch)
        key = self._key(day, end)
        if key not in self._offers:
            found: list[Offer] = []
            for chain in self.chains(key[0], end, crop.goods):
                found.extend(self._along(chain, day, crop.id, crop.goods))
                if len(found) > MOST_OFFERS:
                    break
            self._offers[key] = tuple(one for one in found if not any(_beats(other, one) for other in found))
        return self._offers[key]

    def onward(self, day: PickDay, end: str, lane_id: str, departs_h: float) -> list[Journey] | None:
        """The journeys that goods of that day may make which left by a departure; None: there is no such departure."""
        lane, timetable = self.case.timetable.lanes.get(lane_id), self.case.timetable
        crop_id, _, start, *_ = day.cohort
        goods = self.case.crop(day.batch).goods
        if lane is None or not timetable.takes(lane, goods) or timetable.embargoed(lane, goods, departs_h):
            return None
        if not timetable.departs_at(lane, departs_h):
            return None
        chains = (chain for chain in self.chains(start, end, goods) if chain[0] == lane_id)
        found = (self.case.journey(chain, departs_h, crop_id) for chain in chains)
        return [journey for journey in found if math.isfinite(journey.arrivals[-1].quantile(0.95))]

    def _along(self, chain: tuple[str, ...], day: PickDay, crop_id: str, goods: str | None) -> Iterator[Offer]:
        lanes = [self.case.timetable.lanes[lane_id] for lane_id in chain]
        limited = any(lane.capacity_kg is not None for lane in lanes)
        ahead = self.case.timetable.departures(lanes[0], goods, day.ready_h + lanes[0].cutoff_h, 12 if limited else 1)
        for departs_h in ahead:
            if departs_h > ahead[0] + OFFER_H:
                break
            journey = self.case.journey(chain, departs_h, crop_id)
            last = journey.arrivals[-1]
            quantiles = (last.quantile(0.05), last.quantile(0.5), last.quantile(0.95))
            if math.isinf(quantiles[2]):
                continue
            rate = self.case.clock(crop_id).rate(self.case.ambient(day.batch.place_id, day.clock_h))
            gained = _mean_gain(journey)
            before = rate * (departs_h - day.ready_h) / 24.0
            yield Offer(journey, chain, quantiles, journey.cost_vnd_per_kg, (gained, gained + before), limited)


def _mean_gain(journey: Journey) -> float:
    """Mean age gained from the first departure to arrival [d20]."""
    last = journey.rides[-1]
    hours = math.fsum(weight * rode for weight, rode in last.duration.nodes(after_h=-math.inf, until_h=math.inf))
    total = 0.0
    for departs_h, stories in journey.boardings.items():
        rate = math.fsum(share * journey.rates(degc)[0] for share, degc in journey.warmths(last.lane, departs_h))
        total += math.fsum(story.weight * (story.age_d20 + rate * hours / 24.0) for story in stories)
    return total


def _beats(other: Offer, one: Offer) -> bool:
    """Whether `other` may have pushed `one` from the offer: nowhere worse, by any reading of the age gained."""
    if other is one or other.limited:
        return False
    later = any(theirs > own + CLOSE_H for theirs, own in zip(other.quantiles, one.quantiles, strict=True))
    dearer = other.cost_vnd_per_kg > one.cost_vnd_per_kg + CLOSE_VND
    older = all(theirs > own + CLOSE_D20 for theirs, own in zip(other.aged_d20, one.aged_d20, strict=True))
    if later or dearer or older:
        return False
    return not _even(other, one) or (other.lane_ids, other.journey.first_h) < (one.lane_ids, one.journey.first_h)


def _even(other: Offer, one: Offer) -> bool:
    close = all(abs(a - b) <= CLOSE_H for a, b in zip(other.quantiles, one.quantiles, strict=True))
    aged = all(abs(a - b) <= CLOSE_D20 for a, b in zip(other.aged_d20, one.aged_d20, strict=True))
    return close and aged and abs(other.cost_vnd_per_kg - one.cost_vnd_per_kg) <= CLOSE_VND and not one.limited
