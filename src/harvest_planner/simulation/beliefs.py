"""Problems as others see them: uncertain durations taken for certain, all fruit of a stage taken for alike."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

from harvest_planner.schema.crop import Crop
from harvest_planner.schema.goods import Batch
from harvest_planner.schema.lane import Lane
from harvest_planner.schema.problem import PlanningProblem
from harvest_planner.transit.duration import Lognormal, duration_of
from harvest_planner.transit.estimate import lanes_of
from harvest_planner.transit.sampled import Sampled


def by_promise(problem: PlanningProblem) -> PlanningProblem:
    """The problem to who takes the carrier's word: every leg takes what the timetable promises.

    Lanes state no promise of their own, so that is the schedule where a share runs exactly to it, else the median.
    """
    return _certain(problem, {lane.id: promised_h(lane) for lane in lanes_of(problem)})


def promised_h(lane: Lane) -> float:
    """What a carrier promises of a lane [h]: its schedule where there is one, else its median."""
    duration = duration_of(lane)
    return duration.base_h if isinstance(duration, Lognormal) and duration.exact_share else lane.transit_p50_h


def by_mean(problem: PlanningProblem) -> PlanningProblem:
    """The problem to who takes the mean for the truth: durations at their mean, no spread of age or temperature."""
    certain = _certain(problem, {lane.id: mean_h(lane) for lane in lanes_of(problem)})
    lanes = tuple(lane.model_copy(update={"temperature_sd_degc": 0.0}) for lane in certain.lanes)
    used = dict.fromkeys([batch.crop_id for batch in problem.batches] + [order.crop_id for order in problem.orders])
    crops = {crop.id: crop for crop in (*problem.crops, *map(problem.crop, used))}
    batches = tuple(batch.model_copy(update={"age_shift_sd_d20": None}) for batch in problem.batches)
    return certain.model_copy(
        update={
            "lanes": lanes,
            "crops": tuple(alike(crop, problem.batches) for crop in crops.values()),
            "batches": batches,
        }
    )


def mean_h(lane: Lane) -> float:
    """Mean duration of a lane [h].

    Examples
    --------
    >>> lane = Lane(id="l", origin_id="a", destination_id="b", departures="FREQ=DAILY", transit_p50_h=20,
    ...             transit_p95_h=40)
    >>> round(mean_h(lane), 2)
    21.86
    """  # fmt: skip
    duration = duration_of(lane)
    if isinstance(duration, Sampled):
        return math.fsum(duration.hours) / len(duration.hours)
    if duration.exact_share >= 1.0:
        return duration.base_h
    slip_h = math.exp(duration.log_mean + duration.log_sd**2 / 2.0)
    return duration.base_h + (1.0 - duration.exact_share) * slip_h


def alike(crop: Crop, batches: Iterable[Batch] = ()) -> Crop:
    """The crop without spread; it falls from the tree when it did before, by the widest spread there is."""
    own = (crop.stage(each.stage_id).known_to(each.age_shift_sd_d20) for each in batches if each.crop_id == crop.id)
    widest = max(stage.sd_d20 for stage in (*crop.stages, *own))
    stages = tuple(stage.model_copy(update={"sd_d20": 0.0, "batch_sd_d20": 0.0}) for stage in crop.stages)
    changes: dict[str, Any] = {"stages": stages}
    if crop.drops_at_d20 is not None:
        changes["drops_at_d20"] = crop.drops_at_d20 - widest
    return crop.model_copy(update=changes)


def _certain(problem: PlanningProblem, hours: dict[str, float]) -> PlanningProblem:
    lanes = (
        lane.model_copy(
            update={
                "transit_p50_h": hours[lane.id],
                "transit_p95_h": hours[lane.id],
                "transit_min_h": 0.0,
                "on_schedule_share": 0.0,
                "transit_samples_h": (),
            }
        )
        for lane in lanes_of(problem)
    )
    return problem.model_copy(update={"lanes": tuple(lanes)})
