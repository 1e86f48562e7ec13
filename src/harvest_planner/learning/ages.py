"""Reviewed parcels → batches' `age_shift_d20` with its sd, and crops' rates anew, crop by crop."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from harvest_planner.learning.batch_ages import (
    BATCH_PART,
    CROP_RATE_SD,
    LEAST_SHIFT_SD_D20,
    CropAges,
    Prior,
    Shift,
    ages_of,
)
from harvest_planner.learning.evidence import LEVEL, RecordChange, Update
from harvest_planner.learning.lanes import Learned
from harvest_planner.learning.passages import Ripe
from harvest_planner.planning.curves import clock_of
from harvest_planner.schema.crop import Crop, RateTable, Stage, TemperatureLaw
from harvest_planner.schema.goods import Batch
from harvest_planner.schema.problem import PlanningProblem

Z = 1.6448536269514722
"""Normal score of LEVEL's upper end."""
_DIGITS = 6
_TABLE_DEGC = range(-10, 51)


def learned_ages(problem: PlanningProblem, ripe: Iterable[Ripe]) -> tuple[list[Learned], dict[str, CropAges]]:
    """Updates of batches and rates, and by crop all that its reviews say."""
    by_crop: defaultdict[str, list[Ripe]] = defaultdict(list)
    for one in ripe:
        by_crop[one.buyer.crop.id].append(one)
    learned: list[Learned] = []
    found: dict[str, CropAges] = {}
    for crop_id, reviews in sorted(by_crop.items()):
        priors = {one.batch_id: _prior(problem, problem.batch(one.batch_id)) for one in reviews}
        found[crop_id] = ages_of(reviews, priors)
        learned += _of_crop(problem, reviews, priors, found[crop_id])
    return learned, found


def _prior(problem: PlanningProblem, batch: Batch) -> Prior:
    stage, place = problem.crop(batch.crop_id).stage(batch.stage_id), problem.place(batch.place_id)
    return Prior(place.province or place.id, shift_sd_d20(batch, stage), stage.known_to(0.0).sd_d20)


def shift_sd_d20(batch: Batch, stage: Stage) -> float:
    """How far a batch's shift may be from what is believed of it, one standard deviation [d20]."""
    if batch.age_shift_sd_d20 is not None:
        return max(batch.age_shift_sd_d20, LEAST_SHIFT_SD_D20)
    return stage.batch_sd_d20 or max(BATCH_PART * stage.sd_d20, LEAST_SHIFT_SD_D20)


def _of_crop(
    problem: PlanningProblem, reviews: Sequence[Ripe], priors: Mapping[str, Prior], ages: CropAges
) -> Iterator[Learned]:
    reviewed = Counter(priors[one.batch_id].area for one in reviews)
    rate = math.exp(sum(ages.log_rates[area][0] * count for area, count in reviewed.items()) / len(reviews))
    yield from _rates(problem.crop(reviews[0].buyer.crop.id), problem, reviews, priors, ages, rate=rate)
    for batch_id, shift in ages.shifts.items():
        own = [one for one in reviews if one.batch_id == batch_id]
        log_rate, _ = ages.log_rates[priors[batch_id].area]
        # One crop has one clock; what an area differs from it is put where its fruit is told: at its usual distance.
        beside = (math.exp(log_rate) - rate) * float(np.mean([one.gained_d20 for one in own]))
        batch = problem.batch(batch_id)
        yield _batch(
            batch,
            [shift.mean + beside, shift.quantile(0.5 - LEVEL / 2) + beside, shift.quantile(0.5 + LEVEL / 2) + beside],
            own,
            1.0 - min(1.0, shift.sd / priors[batch_id].batch_sd_d20) ** 2,
            _known_sd(batch, problem.crop(batch.crop_id).stage(batch.stage_id), shift),
        )


def _known_sd(batch: Batch, stage: Stage, shift: Shift) -> float | None:
    """How well the batch's age is known now [d20]; none where the plan counts nothing that a batch shares."""
    stated = stage.batch_sd_d20 > 0 or batch.age_shift_sd_d20 is not None
    return round(shift.sd, _DIGITS) if stated else None


def _batch(
    batch: Batch, shifts: Sequence[float], own: Sequence[Ripe], own_weight: float, known_sd_d20: float | None
) -> Learned:
    now, low, high = (round(batch.age_shift_d20 + shift, _DIGITS) for shift in shifts)
    said = Counter(one.reason for one in own)
    update = Update(
        kind="batch_age",
        subject=batch.id,
        field="age_shift_d20",
        was=batch.age_shift_d20,
        now=now,
        low=low,
        high=high,
        outcomes=len(own),
        order_ids=tuple(sorted({one.order_id for one in own})),
        own_weight=own_weight,
        note=", ".join(f"{count} × {reason}" for reason, count in sorted(said.items())),
    )
    was = {"age_shift_d20": batch.age_shift_d20, "age_shift_sd_d20": batch.age_shift_sd_d20}
    after = {"age_shift_d20": now, "age_shift_sd_d20": known_sd_d20}
    return Learned(update, RecordChange(kind="batch_age", table="batches", record_id=batch.id, was=was, now=after))


def _rates(
    crop: Crop,
    problem: PlanningProblem,
    reviews: Sequence[Ripe],
    priors: Mapping[str, Prior],
    ages: CropAges,
    *,
    rate: float,
) -> Iterator[Learned]:
    """One update for each area, all with the one change of the crop that they share."""
    change = _change(crop, problem, rate, len(reviews))
    for area, (mean, sd) in ages.log_rates.items():
        own = [one for one in reviews if priors[one.batch_id].area == area]
        update = Update(
            kind="ripening_rate",
            subject=f"{crop.id} × {area}",
            field="rate beside the crop's clock",
            was=1.0,
            now=math.exp(mean),
            low=math.exp(mean - Z * sd),
            high=math.exp(mean + Z * sd),
            outcomes=len(own),
            order_ids=tuple(sorted({one.order_id for one in own})),
            own_weight=1.0 - min(1.0, (sd / CROP_RATE_SD) ** 2),
            note=f"the crop's clock runs at {rate:.4f}",
        )
        yield Learned(update, change)


def _change(crop: Crop, problem: PlanningProblem, rate: float, reviews: int) -> RecordChange:
    fields: dict[str, Any] = {
        "temperature_law": scaled(crop.temperature_law, rate),
        "sources": {
            **crop.sources,
            "temperature_law": f"{crop.sources.get('temperature_law', 'as it was')}; {rate:.4f} times as fast, learned "
            f"from {reviews} reviews",
        },
    }
    if crop.on_tree_by == "temperature":
        # Warmth ages it on the tree as before: only picked fruit was seen.
        fields["on_tree_d20_per_day"] = crop.on_tree_d20_per_day / rate
    after = crop.model_copy(update=fields)
    was, now = (each.model_dump(mode="json", include=set(fields)) for each in (crop, after))
    own = any(each.id == crop.id for each in problem.crops)
    whole = None if own else after.model_dump(mode="json")
    return RecordChange(kind="ripening_rate", table="crops", record_id=crop.id, was=was, now=now, whole=whole)


def scaled(law: TemperatureLaw, rate: float) -> RateTable:
    """The law so many times as fast; a formula becomes a table with a point at each degree from −10 to 50 °C.

    Days at 20 °C stay those of the fruit that the crop's ages were told in, so nothing but the law changes.
    """
    if isinstance(law, RateTable):
        return RateTable(points=tuple((degc, found * rate) for degc, found in law.points))
    clock = clock_of(law)
    told = ((float(degc), clock(float(degc)) * rate) for degc in _TABLE_DEGC)
    return RateTable(points=tuple((degc, found) for degc, found in told if found > 0.0))
