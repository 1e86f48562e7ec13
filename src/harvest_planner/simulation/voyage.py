"""A parcel on its way in every run at once: leg by leg, with delays, missed connections and the air it meets."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from harvest_planner.simulation.airs import Airs, airs_at, airs_on_board
from harvest_planner.simulation.chances import Chances
from harvest_planner.simulation.lag import LagTables
from harvest_planner.simulation.lot import Lot, followed
from harvest_planner.simulation.luck import Bools, Floats
from harvest_planner.simulation.scene import Parcel, Scene
from harvest_planner.transit.pulp import Packaging
from harvest_planner.transit.timetable import PUNCTUAL_H, Service


class Arrived(NamedTuple):
    """A parcel at delivery, run by run.

    Attributes
    ----------
    arrive_h : [h since the epoch]; infinite for a parcel that finds no departure any more.
    age_d20 : mean age of the batch without its shift.
    chill, safety : doses as shares of their limits; None: the crop has no such limit.
    """

    arrive_h: Floats
    age_d20: Floats
    chill: Floats | None
    safety: Floats | None


class Voyages:
    """The array form of a parcel's way; equal to the plain one run by run.

    Parameters
    ----------
    scene : where it travels.
    chances : what chance decides.
    """

    def __init__(self, scene: Scene, chances: Chances) -> None:
        self._scene, self._chances = scene, chances
        self._runs = chances.luck.runs
        self._tables: dict[str, LagTables] = {}

    def arrived(self, parcel: Parcel) -> Arrived:
        """The parcel at its delivery in every run."""
        first_h = parcel.sent.departs_h
        lot = Lot(parcel.curve, self._runs, self._pulp_degc(parcel), self._lagging(parcel))
        now_h = np.full(self._runs, first_h)
        lost: Bools | None = None
        before: Service | None = None
        for service in parcel.services:
            if before is not None:
                lost, departs_h = _boarded(service, now_h, lost)
                self._wait(lot, service.origin_id, now_h, departs_h, packaging=before.packaging, first_h=first_h)
                now_h = departs_h
            hours = self._chances.hours(parcel, service, now_h)
            airs = airs_on_board(self._scene, service, now_h, self._chances.on_board(parcel, service))
            lot.spend(airs, hours, packaging=service.packaging, from_h=now_h - first_h)
            now_h = now_h + hours
            before = service
        self._early(lot, parcel, now_h)
        return _arrived(parcel, lot, now_h if lost is None else np.where(lost, math.inf, now_h))

    def _pulp_degc(self, parcel: Parcel) -> float | None:
        if not parcel.packed:
            return None
        return self._scene.air.outdoor_degc(parcel.services[0].origin_id, parcel.sent.departs_h)

    def _lagging(self, parcel: Parcel) -> LagTables:
        crop_id = parcel.buyer.crop.id
        if crop_id not in self._tables:
            self._tables[crop_id] = LagTables(followed(parcel.curve), parcel.curve.kinks_degc)
        return self._tables[crop_id]

    def _wait(
        self, lot: Lot, place_id: str, from_h: Floats, until_h: Floats, *, packaging: Packaging | None, first_h: float
    ) -> None:
        """Outdoors until the next departure, hour by hour where the place's air is told so."""
        airs = airs_at(self._scene, place_id, from_h)
        if not self._scene.problem.place(place_id).hour_offsets_degc:
            lot.spend(airs, until_h - from_h, packaging=packaging, from_h=from_h - first_h)
            return
        for number in range(len(airs.degc)):
            month = np.ones(len(from_h), dtype=bool) if airs.among is None else airs.among == number
            begin_h, end_h = float(from_h[month].min()), float(until_h[month].max())
            at_h = begin_h
            for spell_h, degc in self._scene.air.spells(place_id, from_h=begin_h, hours=end_h - begin_h):
                start_h = np.maximum(from_h, at_h)
                at_h += spell_h
                hours = np.where(month, np.maximum(0.0, np.minimum(until_h, at_h) - start_h), 0.0)
                lot.spend(Airs((degc,)), hours, packaging=packaging, from_h=start_h - first_h)

    def _early(self, lot: Lot, parcel: Parcel, arrive_h: Floats) -> None:
        """Early parcels wait at the destination, at the mean air of the day."""
        wish = parcel.buyer.wish
        if wish.deliver_from_h is None:
            return
        early_h = np.maximum(0.0, wish.deliver_from_h - arrive_h)
        if early_h.any():
            airs = airs_at(self._scene, wish.destination_id, arrive_h)
            since_h = arrive_h - parcel.sent.departs_h
            lot.spend(airs, early_h, packaging=parcel.services[-1].packaging, from_h=since_h)


def _boarded(service: Service, now_h: Floats, lost: Bools | None) -> tuple[Bools | None, Floats]:
    """Who is lost by now, and the departure that each takes: the first whose cut-off it makes."""
    departures = np.frombuffer(service.departures_h, dtype=np.float64)
    ready_h = now_h + (service.lane.cutoff_h - PUNCTUAL_H)
    low, high = np.searchsorted(departures, (ready_h.min(), ready_h.max()))
    near = departures[low : high + 1]
    index = np.searchsorted(near, ready_h)
    if high < len(departures):
        return lost, near[index]
    gone = index == len(near)
    taken = np.where(gone, now_h, np.append(near, 0.0)[index])
    return gone if lost is None else gone | lost, taken


def _arrived(parcel: Parcel, lot: Lot, arrive_h: Floats) -> Arrived:
    gains = iter(lot.gains)
    age = parcel.age_d20 + next(gains)
    chill = parcel.chill + next(gains) if parcel.curve.chilling is not None else None
    safety = parcel.safety + next(gains) if parcel.curve.safety_limits is not None else None
    return Arrived(arrive_h, age, chill, safety)
