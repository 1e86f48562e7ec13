"""The air around many parcels at once: a few temperatures, and which parcel is in which."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from harvest_planner.simulation.luck import Floats, Ints
from harvest_planner.simulation.scene import Scene
from harvest_planner.transit.timetable import Service

_INSTANT_H = 1e-6


class Airs(NamedTuple):
    """Temperatures [°C], and each parcel's among them; None: all are in the first."""

    degc: tuple[float, ...]
    among: Ints | None = None


def airs_at(scene: Scene, place_id: str, at_h: Floats) -> Airs:
    """The mean air of the day at a place in the local month of each instant [h since the epoch]."""
    last_h = float(at_h.max()) + _INSTANT_H
    degc, until_h = scene.air.month(place_id, float(at_h.min()))
    found, ends = [degc], list[float]()
    while until_h <= last_h:
        ends.append(until_h)
        degc, until_h = scene.air.month(place_id, until_h)
        found.append(degc)
    if not ends:
        return Airs((degc,))
    return Airs(tuple(found), np.searchsorted(np.array(ends), at_h + _INSTANT_H, side="right").astype(np.int64))


def airs_on_board(scene: Scene, service: Service, departs_h: Floats, uniforms: Floats | None) -> Airs:
    """The air on board of each parcel: three-valued where it is uncertain, by a number from 0 to 1."""
    lane = service.lane
    if lane.temperature_degc is not None:
        middle = Airs((lane.temperature_degc,))
    else:
        ends = [airs_at(scene, place_id, departs_h) for place_id in (service.origin_id, service.destination_id)]
        middle = _mean(*ends)
    if uniforms is None:
        return middle
    off = np.sqrt(3.0) * lane.temperature_sd_degc
    degc = tuple(float(each + step * off) for each in middle.degc for step in (-1.0, 0.0, 1.0))
    third = (uniforms >= 1.0 / 6.0).astype(np.int64) + (uniforms >= 5.0 / 6.0)
    return Airs(degc, third if middle.among is None else 3 * middle.among + third)


def _mean(one: Airs, other: Airs) -> Airs:
    """The mean of two airs, parcel by parcel."""
    degc = tuple((a + b) / 2.0 for a in one.degc for b in other.degc)
    if one.among is None and other.among is None:
        return Airs(degc)
    index = np.int64(len(other.degc)) * (0 if one.among is None else one.among)
    return Airs(degc, np.asarray(index + (0 if other.among is None else other.among), dtype=np.int64))
