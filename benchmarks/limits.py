"""What a week of outcomes can tell at all: `python -m benchmarks.learning --only limits`.

Beside learning stand two who weigh the same outcomes by the truth's own law. The first is told how truths are drawn
(how far lanes, batches and rates lie from what is believed, how far buyers differ), as learning never is; the second
besides all but the number itself: of a batch rates and lateness, of a lane its spread and what its carrier's lanes
share. Where the first is not near enough, no learning from these outcomes is.
"""

from __future__ import annotations

import datetime as dt
import math
from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from benchmarks.histories import AS_OF, History, Spread
from harvest_planner.learning.batch_ages import Prior, Reviews, Shift, Spreads, ages_of
from harvest_planner.learning.outcomes import Told
from harvest_planner.learning.passages import Reader
from harvest_planner.learning.response import Answers
from harvest_planner.transit.duration import Lognormal, duration_of
from harvest_planner.transit.instants import hours_of

_ALL_OVER = dt.timedelta(days=60)
"""After which every parcel of a week has come."""


def told_of(case: History) -> Reader:
    """The outcomes as learning reads them."""
    reader = Reader(case.believed, hours_of(AS_OF + _ALL_OVER))
    for row, outcome in enumerate(case.outcomes):
        reader.read(Told(row, outcome))
    return reader


def lanes_at_best(case: History, spread: Spread) -> Iterator[float]:
    """Relative error of each lane's median where all but its own factor is known."""
    hours: defaultdict[str, list[float]] = defaultdict(list)
    for ride in told_of(case).found.rides:
        hours[ride.lane_id].append(ride.hours)
    believed = {lane.id: lane for lane in case.believed.lanes}
    for lane in case.truth.problem.lanes:
        law, before = duration_of(lane), duration_of(believed[lane.id])
        assert isinstance(law, Lognormal)
        assert isinstance(before, Lognormal)
        usual = before.log_mean + case.truth.kins[str(lane.carrier)]
        beyond = [math.log(each - law.base_h) - usual for each in hours[lane.id]]
        factor = sum(beyond) / (len(beyond) + (law.log_sd / spread.lane) ** 2)
        yield (law.base_h + math.exp(usual + factor)) / lane.transit_p50_h - 1.0


class BatchErrors(NamedTuple):
    """Of a batch's shift, by who is told how truths are drawn, and by who is told rates and lateness besides [d20]."""

    told_the_law: float
    told_the_rates: float


def batches_at_best(case: History, spread: Spread) -> Iterator[BatchErrors]:
    """Errors of each batch's shift at the best."""
    ripe = told_of(case).found.ripe
    place_of = {batch.id: batch.place_id for batch in case.believed.batches}
    stages = {batch.id: case.believed.crop(batch.crop_id).stage(batch.stage_id) for batch in case.believed.batches}
    own = {name: math.sqrt(stage.sd_d20**2 - stage.batch_sd_d20**2) for name, stage in stages.items()}
    priors = {name: Prior(place_of[name], spread.batch_d20, own[name]) for name in place_of}
    spreads = Spreads(spread.rate, spread.area_rate, spread.lateness_d20, {spread.buyers_d20: 1.0})
    shifts = ages_of(ripe, priors, spreads).shifts
    reviews = Reviews(ripe, priors, spreads)
    rates = [math.log(case.truth.rates[area]) for area in reviews.areas]
    _, densities = reviews.weighed(np.array([*rates, case.truth.lateness_d20]), Answers(spread.buyers_d20))
    for batch_id, density in zip(reviews.batches, densities, strict=True):
        true = case.truth.shifts_d20[batch_id]
        yield BatchErrors(shifts[batch_id].mean - true, Shift(reviews.grid_d20(batch_id), density).mean - true)
