"""Every pool of a crop with every journey to a destination, as rows of arrays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from harvest_planner.planning.field import FieldBatch, PickDay
from harvest_planner.planning.meeting import Meeting
from harvest_planner.planning.pools import Pool
from harvest_planner.planning.verdict import gained_before
from harvest_planner.transit.travel import Journey

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_DIGITS = 12
"""Decimals to which ages [d20] are told apart."""


class Ways(NamedTuple):
    """Every pool of a crop with every journey to a destination that it can take, a row each, by pool and journey."""

    pool: Ints
    journey: Ints
    """Its place in `journeys`."""
    departs_h: Floats
    starts: Floats
    """The fruit at departure: age_d20, chill, safety, sd_d20, batch_sd_d20; shape (n, 5)."""
    journeys: tuple[Journey, ...]
    profiles: tuple[Ints, ...]
    """Rows whose journeys share a profile."""
    start: Ints
    """Rows of one number start alike."""

    def __len__(self) -> int:
        return len(self.pool)


class _Consignment(NamedTuple):
    """Pools of a crop that wait at one place from one hour on for the same carriers."""

    field: FieldBatch
    """Of the first of them."""
    day: PickDay
    pools: Ints
    fruit: Floats
    """When it is picked: age_d20, sd_d20, batch_sd_d20; shape (pools, 3)."""

    @classmethod
    def of(cls, pools: Sequence[Pool]) -> _Consignment:
        """The pools together."""
        stages = [pool.field.stage for pool in pools]
        fruit = [(p.day.age_d20, stage.sd_d20, stage.batch_sd_d20) for p, stage in zip(pools, stages, strict=True)]
        return cls(pools[0].field, pools[0].day, np.array([pool.number for pool in pools]), np.array(fruit))

    def sent(self, journey: Ints, gained: Floats) -> tuple[Ints, Ints, Floats]:
        """Every pool on every journey: its number, the journey's, and `verdict.started`.

        Parameters
        ----------
        gained : of each journey what the clocks gained before it departs, shape (journeys, 3).
        """
        pools, journeys = len(self.pools), len(journey)
        starts = np.empty((pools, journeys, 5))
        starts[:, :, :3] = gained
        starts[:, :, 0] += self.fruit[:, :1]
        starts[:, :, 3:] = self.fruit[:, None, 1:]
        return np.repeat(self.pools, journeys), np.tile(journey, pools), starts.reshape(-1, 5)


class WaysLaidOut:
    """The ways of a meeting, each crop and destination laid out once."""

    def __init__(self, meeting: Meeting) -> None:
        self.meeting = meeting
        self._ways: dict[tuple[str, str], Ways] = {}
        self._gained: dict[tuple[int, str, float, float], tuple[float, ...]] = {}

    def between(self, crop_id: str, destination_id: str) -> Ways:
        """Every pool of the crop with every journey to the destination."""
        key = (crop_id, destination_id)
        found = self._ways.get(key)
        if found is None:
            found = self._ways[key] = self._laid_out(crop_id, destination_id)
        return found

    @cached_property
    def _consignments(self) -> dict[str, tuple[_Consignment, ...]]:
        """Of each crop its pools by where and when they wait for the carrier, in the order of the first of each."""
        together: dict[tuple[str, str, float, float], list[Pool]] = {}
        for pool in self.meeting.pools:
            day = pool.day
            key = (pool.field.crop.id, pool.field.place.id, day.clock_start_h, day.ready_h)
            together.setdefault(key, []).append(pool)
        found: dict[str, list[_Consignment]] = {}
        for (crop_id, *_), pools in together.items():
            found.setdefault(crop_id, []).append(_Consignment.of(pools))
        return {crop_id: tuple(each) for crop_id, each in found.items()}

    def _laid_out(self, crop_id: str, destination_id: str) -> Ways:
        journeys: dict[int, int] = {}
        listed: list[Journey] = []
        parts: list[tuple[Ints, Ints, Floats]] = []
        for goods in self._consignments.get(crop_id, ()):
            offered = self.meeting.journeys_from(goods.field, goods.day, destination_id)
            for journey in offered:
                if id(journey) not in journeys:
                    journeys[id(journey)] = len(listed)
                    listed.append(journey)
            if offered:
                at = np.array([journeys[id(journey)] for journey in offered], dtype=np.int64)
                gained = np.array([self._gained_before(goods, journey.first_departure_h) for journey in offered])
                parts.append(goods.sent(at, gained))
        if not parts:
            none = np.empty(0, dtype=np.int64)
            return Ways(none, none, np.empty(0), np.empty((0, 5)), (), (), none)
        pool = np.concatenate([part[0] for part in parts])
        rank = np.argsort(pool, kind="stable")
        pool, at = pool[rank], np.concatenate([part[1] for part in parts])[rank]
        starts = np.concatenate([part[2] for part in parts])[rank]
        profile = np.array([id(each.profile) for each in listed], dtype=np.int64)
        departs = np.array([each.first_departure_h for each in listed])
        return Ways(pool, at, departs[at], starts, tuple(listed), tuple(_alike(profile[at])), _numbered(starts))

    def _gained_before(self, goods: _Consignment, departs_h: float) -> tuple[float, ...]:
        """What each clock gains before a departure; other destinations ask for the same."""
        key = (id(goods.field.curve), goods.field.place.id, goods.day.clock_start_h, departs_h)
        found = self._gained.get(key)
        if found is None:
            ambient = self.meeting.ambient
            found = gained_before(goods.field, goods.day, departs_h=departs_h, ambient=ambient)
            self._gained[key] = found
        return found


def _alike(keys: Ints) -> Iterator[Ints]:
    """Positions of equal keys, by their first."""
    _, first, which = np.unique(keys, return_index=True, return_inverse=True)
    for number in np.argsort(first).tolist():
        yield np.flatnonzero(which == number)


def _numbered(starts: Floats) -> Ints:
    """A number for each row, the same for equal ones."""
    return np.unique(np.round(starts, _DIGITS), axis=0, return_inverse=True)[1].reshape(-1)
