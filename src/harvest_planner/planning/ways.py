"""Every cohort of fruit of crops of one kind with every journey to a destination, as rows of arrays."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from itertools import chain
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from harvest_planner.planning.field import FieldBatch, PickDay
from harvest_planner.planning.index_arrays import by_first, runs
from harvest_planner.planning.meeting import Meeting
from harvest_planner.planning.pools import Kind, Pool
from harvest_planner.planning.verdict import gained_before
from harvest_planner.transit.travel import Journey

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_DIGITS = 12
"""Decimals to which ages [d20] are told apart."""


class Ways(NamedTuple):
    """Every cohort of a kind with every journey to a destination that it can take, a row each, by cohort and journey.

    Crops of the kind share them: each has pools of some of the cohorts.
    """

    cohort: Ints
    journey: Ints
    """Its place in `journeys`."""
    departs_h: Floats
    starts: Floats
    """The fruit at departure: age_d20, chill, safety, sd_d20, batch_sd_d20; shape (n, 5)."""
    journeys: tuple[Journey, ...]
    cost_vnd_per_kg: Floats
    """Of each of `journeys`, its freight [VND/kg]."""
    limited: Bools
    """Of each of `journeys`, whether its room is limited."""
    profile: Ints
    """Rows whose journeys share a profile have one number, rising by the first of them."""
    start: Ints
    """Rows of one number start alike."""

    def __len__(self) -> int:
        return len(self.cohort)

    @classmethod
    def joined(cls, each: Sequence[Ways]) -> Ways:
        """Those of several kinds and destinations, one below the other, with numbers of their own."""
        if len(each) == 1:
            return each[0]
        cohort, journey, departs, starts, journeys, cost, limited, profile, start = zip(*each, strict=True)
        return cls(
            np.concatenate(cohort),
            _beside(journey, [len(own) for own in journeys]),
            np.concatenate(departs),
            np.concatenate(starts),
            tuple(chain.from_iterable(journeys)),
            np.concatenate(cost),
            np.concatenate(limited),
            _beside(profile, [int(own.max(initial=-1)) + 1 for own in profile]),
            _beside(start, [int(own.max(initial=-1)) + 1 for own in start]),
        )


class _Consignment(NamedTuple):
    """Cohorts of a kind that wait at one place from one hour on for the same carriers."""

    field: FieldBatch
    """Of the first of them."""
    day: PickDay
    cohorts: Ints
    fruit: Floats
    """When it is picked: age_d20, sd_d20, batch_sd_d20; shape (cohorts, 3)."""

    @classmethod
    def of(cls, pools: Sequence[Pool]) -> _Consignment:
        """The cohorts together, a pool of each."""
        stages = [pool.field.stage for pool in pools]
        fruit = [(p.day.age_d20, stage.sd_d20, stage.batch_sd_d20) for p, stage in zip(pools, stages, strict=True)]
        return cls(pools[0].field, pools[0].day, np.array([pool.cohort for pool in pools]), np.array(fruit))


class WaysLaidOut:
    """The ways of a meeting, each kind and destination laid out once."""

    def __init__(self, meeting: Meeting) -> None:
        self.meeting = meeting
        self._ways: dict[tuple[Kind, str], Ways] = {}
        self._gained: dict[tuple[int, str, float, float], tuple[float, ...]] = {}

    def between(self, crop_id: str, destination_id: str) -> Ways:
        """Every cohort of the crop's kind with every journey to the destination."""
        key = (self.meeting.kind(crop_id), destination_id)
        found = self._ways.get(key)
        if found is None:
            found = self._ways[key] = self._laid_out(*key)
        return found

    def pools(self, crop_ids: Sequence[str], ways: Ways) -> tuple[Ints, Ints, Ints]:
        """The ways of each crop: its place among the crops, the pool and the row, by crop.

        Parameters
        ----------
        ways : of the crops' kind.
        """
        none = (np.empty(0, dtype=np.int64),) * 2
        held = [self._held.get(crop_id, none) for crop_id in crop_ids]
        crop = np.repeat(np.arange(len(held)), [len(cohorts) for cohorts, _ in held])
        cohort, pool = (np.concatenate(column) for column in zip(*held, strict=True))
        first = np.searchsorted(ways.cohort, np.arange(int(cohort.max(initial=-1)) + 2))
        row, of = runs(first, cohort)
        return crop[of], pool[of], row

    @cached_property
    def _held(self) -> dict[str, tuple[Ints, Ints]]:
        """Of each crop its cohorts, and the pool that holds fruit of each."""
        found: dict[str, list[tuple[int, int]]] = {}
        for pool in self.meeting.pools:
            found.setdefault(pool.field.crop.id, []).append((pool.cohort, pool.number))
        pairs = {crop_id: np.array(each, dtype=np.int64) for crop_id, each in found.items()}
        return {crop_id: (each[:, 0], each[:, 1]) for crop_id, each in pairs.items()}

    @cached_property
    def _consignments(self) -> dict[Kind, tuple[_Consignment, ...]]:
        """Of each kind its cohorts by where and when they wait for the carrier, in the order of the first of each."""
        firsts: dict[tuple[Kind, int], Pool] = {}
        for pool in self.meeting.pools:
            firsts.setdefault((self.meeting.kind(pool.field.crop.id), pool.cohort), pool)
        together: dict[tuple[Kind, str, float, float], list[Pool]] = {}
        for (kind, _), pool in firsts.items():
            key = (kind, pool.field.place.id, pool.day.clock_start_h, pool.day.ready_h)
            together.setdefault(key, []).append(pool)
        found: dict[Kind, list[_Consignment]] = {}
        for (kind, *_), pools in together.items():
            found.setdefault(kind, []).append(_Consignment.of(pools))
        return {kind: tuple(each) for kind, each in found.items()}

    def _laid_out(self, kind: Kind, destination_id: str) -> Ways:
        journeys: dict[int, int] = {}
        listed: list[Journey] = []
        taken: list[int] = []
        gains: list[tuple[float, ...]] = []
        first = [0]
        consignments = self._consignments.get(kind, ())
        for goods in consignments:
            for journey in self.meeting.journeys_from(goods.field, goods.day, destination_id):
                if id(journey) not in journeys:
                    journeys[id(journey)] = len(listed)
                    listed.append(journey)
                taken.append(journeys[id(journey)])
                gains.append(self._gained_before(goods, journey.first_departure_h))
            first.append(len(taken))
        if not taken:
            none = np.empty(0, dtype=np.int64)
            empty = np.empty(0)
            return Ways(none, none, empty, np.empty((0, 5)), (), empty, np.empty(0, dtype=bool), none, none)
        # Every cohort, rising, with every journey that its consignment can take.
        cohorts = np.concatenate([goods.cohorts for goods in consignments])
        waits = np.repeat(np.arange(len(consignments)), [len(goods.cohorts) for goods in consignments])
        rank = np.argsort(cohorts, kind="stable")
        row, of = runs(np.array(first, dtype=np.int64), waits[rank])
        cohort, at = cohorts[rank][of], np.array(taken, dtype=np.int64)[row]
        fruit = np.concatenate([goods.fruit for goods in consignments])[rank][of]
        starts = np.empty((len(at), 5))
        starts[:, :3] = np.array(gains)[row]
        starts[:, 0] += fruit[:, 0]
        starts[:, 3:] = fruit[:, 1:]
        profile = np.array([id(each.profile) for each in listed], dtype=np.int64)
        departs = np.array([each.first_departure_h for each in listed])
        return Ways(
            cohort,
            at,
            departs[at],
            starts,
            tuple(listed),
            np.array([each.cost_vnd_per_kg for each in listed], dtype=float),
            np.array([each.limited for each in listed], dtype=bool),
            by_first(profile[at])[0],
            _numbered(starts),
        )

    def _gained_before(self, goods: _Consignment, departs_h: float) -> tuple[float, ...]:
        """What each clock gains before a departure; other destinations ask for the same."""
        key = (id(goods.field.curve), goods.field.place.id, goods.day.clock_start_h, departs_h)
        found = self._gained.get(key)
        if found is None:
            ambient = self.meeting.ambient
            found = gained_before(goods.field, goods.day, departs_h=departs_h, ambient=ambient)
            self._gained[key] = found
        return found


def _beside(each: Sequence[Ints], counts: Sequence[int]) -> Ints:
    """Numbers below so many each, as numbers of all."""
    return np.concatenate([own + before for own, before in zip(each, np.cumsum([0, *counts[:-1]]), strict=True)])


def _numbered(starts: Floats) -> Ints:
    """A number for each row, the same for equal ones."""
    return np.unique(np.round(starts, _DIGITS), axis=0, return_inverse=True)[1].reshape(-1)
