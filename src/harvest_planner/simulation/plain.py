"""The readable form: one parcel, one run, one leg and one fruit at a time; the arrays must say the same."""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import NamedTuple

import numpy as np

from harvest_planner.ripening.clock import DOSE_LIMIT
from harvest_planner.simulation.chances import Chances
from harvest_planner.simulation.fate import EDGE_H
from harvest_planner.simulation.luck import LEVELS
from harvest_planner.simulation.scene import Parcel, Scene
from harvest_planner.transit.exposure import Exposures, Rates
from harvest_planner.transit.timetable import Service
from harvest_planner.transit.travel import Wait

_NORMAL = NormalDist()


class Delivered(NamedTuple):
    """One parcel in one run: when it comes, what it has gained, and its fruit by what the buyer finds."""

    arrive_h: float
    age_d20: float
    chill: float
    safety: float
    under: int
    good: int
    over: int
    late: bool
    harmed: bool
    content: bool


def deliver(parcel: Parcel, scene: Scene, chances: Chances, run: int) -> Delivered:
    """Play one parcel once.

    Parameters
    ----------
    parcel : the goods at their first departure.
    scene : where they travel.
    chances : what chance decides.
    run : which of its runs.
    """
    arrive_h, exposures = _travelled(parcel, scene, chances, run)
    age, chill, safety = (
        start + gained
        for start, gained in zip((parcel.age_d20, parcel.chill, parcel.safety), exposures[:3], strict=True)
    )
    wish = parcel.buyer.wish
    late = arrive_h > wish.deliver_until_h + EDGE_H
    harmed = not late and (chill > DOSE_LIMIT or safety > DOSE_LIMIT)
    ages = _fruit_ages(parcel, age, chances, run)
    under = sum(each < wish.lower_d20 for each in ages)
    good = sum(wish.lower_d20 <= each <= wish.upper_d20 for each in ages)
    if late or harmed:
        return Delivered(arrive_h, age, chill, safety, 0, 0, 0, late, harmed, False)
    over = len(ages) - under - good
    return Delivered(arrive_h, age, chill, safety, under, good, over, late, harmed, good >= wish.needed)


def _travelled(parcel: Parcel, scene: Scene, chances: Chances, run: int) -> tuple[float, Exposures]:
    """When it arrives, and what each clock gained since the first departure until delivery."""
    rates = Rates(parcel.curve.clocks, parcel.curve.kinks_degc)
    first_h = parcel.sent.departs_h
    since_h = first_h if parcel.packed else None
    pulp = (scene.air.outdoor_degc(parcel.services[0].origin_id, first_h),) if parcel.packed else ()
    exposures: Exposures = (0.0, 0.0, 0.0, *pulp)
    now_h = first_h
    before: Service | None = None
    for service in parcel.services:
        if before is not None:
            departs_h = service.first_departure(now_h)
            if departs_h is None:
                return math.inf, exposures
            wait = Wait(rates, scene.air, before.packaging, since_h)
            exposures = wait.after(exposures, place_id=service.origin_id, from_h=now_h, hours=departs_h - now_h)
            now_h = departs_h
        hours = float(chances.hours(parcel, service, np.full(chances.luck.runs, now_h))[run])
        degc = _on_board_degc(parcel, service, scene, chances, departs_h=now_h, run=run)
        exposures = _ridden(
            exposures, rates, service, degc=degc, hours=hours, on_way_h=now_h - first_h, packed=parcel.packed
        )
        now_h += hours
        before = service
    wish = parcel.buyer.wish
    if wish.deliver_from_h is not None and wish.deliver_from_h > now_h:
        wait = Wait(rates, scene.air, parcel.services[-1].packaging, since_h)
        early_h = wish.deliver_from_h - now_h
        exposures = wait.indoors(exposures, place_id=wish.destination_id, from_h=now_h, hours=early_h)
    return now_h, exposures


def _on_board_degc(
    parcel: Parcel, service: Service, scene: Scene, chances: Chances, *, departs_h: float, run: int
) -> float:
    lane = service.lane
    degc = lane.temperature_degc
    if degc is None:
        ends = (service.origin_id, service.destination_id)
        degc = math.fsum(scene.air.degc(place_id, departs_h) for place_id in ends) / 2.0
    drawn = chances.on_board(parcel, service)
    if drawn is None:
        return degc
    off = math.sqrt(3.0) * lane.temperature_sd_degc
    return degc - off if drawn[run] < 1.0 / 6.0 else degc if drawn[run] < 5.0 / 6.0 else degc + off


def _ridden(
    exposures: Exposures, rates: Rates, service: Service, *, degc: float, hours: float, on_way_h: float, packed: bool
) -> Exposures:
    if packed:
        return rates.packed(exposures, air_degc=degc, hours=hours, packaging=service.packaging, from_h=on_way_h)
    return tuple(before + rate * hours for before, rate in zip(exposures, rates.per_hour(degc), strict=True))


def _fruit_ages(parcel: Parcel, age_d20: float, chances: Chances, run: int) -> list[float]:
    """The age of each fruit of the parcel at delivery [d20]."""
    mean = age_d20
    if parcel.batch_sd_d20:
        mean += parcel.batch_sd_d20 * float(chances.batch(parcel.sent.batch_id)[run])
    drawn = next(
        block[:, run - runs.start]
        for runs, block in chances.luck.fruit(parcel.buyer.wish.fruit, "fruit", *parcel.sent.name)
        if runs.start <= run < runs.stop
    )
    return [mean + parcel.own_sd_d20 * _NORMAL.inv_cdf((draw + 0.5) / LEVELS) for draw in drawn.tolist()]
