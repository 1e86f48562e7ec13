"""What chance decides about a parcel, by name: how long a leg takes, how warm it is on board, how old the batch is."""

from __future__ import annotations

import numpy as np

from harvest_planner.simulation.luck import Floats, Luck
from harvest_planner.simulation.scene import Parcel
from harvest_planner.transit.duration import Duration
from harvest_planner.transit.timetable import Service

MINUTES = 60.0


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
        if duration.exact_share >= 1.0:
            return np.full(len(departs_h), duration.base_h)
        if not self._shared:
            name = (*parcel.sent.name, service.lane.id)
            late = self.luck.uniforms("slips", *name) if duration.exact_share else None
            return hours_of_score(duration, self.luck.normals("hours", *name), late)
        found = np.empty(len(departs_h))
        for departure_h in np.unique(departs_h).tolist():
            departure = (service.lane.id, str(round(departure_h * MINUTES)))
            late = self.luck.shared_uniforms("slips", *departure) if duration.exact_share else None
            every = hours_of_score(duration, self.luck.shared_normals("hours", *departure), late)
            taken = departs_h == departure_h
            found[taken] = every[taken]
        return found

    def on_board(self, parcel: Parcel, service: Service) -> Floats | None:
        """A number from 0 to 1 by which the temperature on board is drawn; None: it is certain."""
        if not service.lane.temperature_sd_degc:
            return None
        return self.luck.uniforms("on board", *parcel.sent.name, service.lane.id)


def hours_of_score(duration: Duration, score: Floats, late: Floats | None) -> Floats:
    """Hours by the normal score of the uncertain part; on schedule where `late` is below the share that is [h]."""
    hours = np.exp(score * duration.log_sd + duration.log_mean)
    hours += duration.base_h
    if late is not None:
        hours[late < duration.exact_share] = duration.base_h
    return hours
