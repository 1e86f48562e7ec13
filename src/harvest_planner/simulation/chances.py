"""What chance decides about a parcel, by name: how long a leg takes, how warm it is on board, how old the batch is."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from harvest_planner.simulation.luck import Floats, Luck
from harvest_planner.simulation.scene import Parcel
from harvest_planner.transit.duration import Duration, Lognormal
from harvest_planner.transit.sampled import Sampled
from harvest_planner.transit.timetable import Service

MINUTES = 60.0
Stream = Callable[..., Floats]
"""Numbers for each run by the names of what they decide."""


class Chances:
    """The random numbers of parcels' legs.

    Parameters
    ----------
    luck : the runs' random numbers.
    shared_delays : one delay for all parcels of a departure; else each parcel has its own on each lane.
    """

    def __init__(self, luck: Luck, *, shared_delays: bool) -> None:
        self.luck = luck
        self._shared = shared_delays

    def batch(self, batch_id: str) -> Floats:
        """The common shift of a batch, in its standard deviations."""
        return self.luck.shared_normals("batch", batch_id)

    def hours(self, parcel: Parcel, service: Service, departs_h: Floats) -> Floats:
        """How long the leg takes in each run, by the departure that is taken there [h]."""
        duration = service.duration
        if isinstance(duration, Lognormal) and duration.exact_share >= 1.0:
            return np.full(len(departs_h), duration.base_h)
        if not self._shared:
            name = (*parcel.sent.name, service.lane.id)
            return self._drawn(duration, name, self.luck.normals, self.luck.uniforms)
        found = np.empty(len(departs_h))
        for departure_h in np.unique(departs_h).tolist():
            departure = (service.lane.id, str(round(departure_h * MINUTES)))
            every = self._drawn(duration, departure, self.luck.shared_normals, self.luck.shared_uniforms)
            taken = departs_h == departure_h
            found[taken] = every[taken]
        return found

    @staticmethod
    def _drawn(duration: Duration, name: tuple[str, ...], normals: Stream, uniforms: Stream) -> Floats:
        if isinstance(duration, Sampled):
            return hours_of_trips(duration.hours, uniforms("trips", *name))
        late = uniforms("slips", *name) if duration.exact_share else None
        return hours_of_score(duration, normals("hours", *name), late)

    def on_board(self, parcel: Parcel, service: Service) -> Floats | None:
        """A number from 0 to 1 by which the temperature on board is drawn; None: it is certain."""
        if not service.lane.temperature_sd_degc:
            return None
        return self.luck.uniforms("on board", *parcel.sent.name, service.lane.id)


def hours_of_trips(trips: tuple[float, ...], drawn: Floats) -> Floats:
    """Hours by a number from 0 to 1: its place among n real trips; half a strip at either end is that end's trip [h].

    The draw falls on n strips of equal width, a trip in the middle of each; between two middles the hours rise evenly.
    """
    place = np.clip(drawn * len(trips) - 0.5, 0.0, len(trips) - 1.0)
    shorter = np.floor(place).astype(np.int64)
    longer = np.minimum(shorter + 1, len(trips) - 1)
    known, part = np.array(trips), place - shorter
    return np.asarray((1.0 - part) * known[shorter] + part * known[longer], dtype=np.float64)


def hours_of_score(duration: Lognormal, score: Floats, late: Floats | None) -> Floats:
    """Hours by the normal score of the uncertain part; on schedule where `late` is below the share that is [h]."""
    hours = np.exp(score * duration.log_sd + duration.log_mean)
    hours += duration.base_h
    if late is not None:
        hours[late < duration.exact_share] = duration.base_h
    return hours
