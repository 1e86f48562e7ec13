"""From the top of the likelihood to the answer: the crop, its numbers with their errors, and every warning in words."""

from __future__ import annotations

from harvest_planner.learning.crossings import Scale
from harvest_planner.learning.fitted import RipeningFit
from harvest_planner.learning.goodness import goodness_of
from harvest_planner.learning.new_crop import crop_of
from harvest_planner.learning.observations import Observations
from harvest_planner.learning.report import doubts, numbers_of, thresholds_of
from harvest_planner.learning.search import Found
from harvest_planner.learning.told import Told
from harvest_planner.schema.crop import Crop, TemperatureLaw


def answer_of(
    seen: Observations,
    scale: Scale,
    told: Told,
    found: Found,
    *,
    crop: Crop | None,
    stages: tuple[str, ...],
    law: TemperatureLaw,
    law_held: bool,
) -> RipeningFit:
    """The answer of `fit_ripening`; `stages` are the observed ones in the order of θ, `law` that to be kept."""
    anchor = _anchor(stages, crop, found)
    age = 0.0 if crop is None else crop.stage(stages[anchor]).age_d20
    numbers = numbers_of(found, stages, anchor=anchor, anchor_age_d20=age, over=told.over)
    thresholds = thresholds_of(found, scale, told, anchor=anchor)
    goodness = goodness_of(found.model, found.theta, found.free, stages, _days_of_looks(seen))
    made = crop_of(
        crop, found, kept=law, stages=stages, anchor=anchor, anchor_age_d20=age, over=told.over, fruit=told.fruit
    )
    return RipeningFit(
        crop=made,
        parameters=numbers.values,
        standard_errors=numbers.errors,
        correlations=numbers.correlations,
        thresholds=thresholds,
        goodness=goodness,
        log_likelihood=float(found.model.terms(found.theta)[0].sum()),
        fruit=told.fruit,
        contradictory=tuple(seen.fruit[i].id for i in told.against),
        warnings=(
            *scale.assumed,
            *told.notes,
            *found.notes,
            *_what_was_kept(found, told, crop, made, law_held=law_held),
            *_about_fruit(seen, told),
            *doubts(numbers, thresholds, goodness, fruit=told.fruit),
        ),
    )


def _days_of_looks(seen: Observations) -> list[list[float]]:
    return [[look.day for look in fruit.looks if look.value is not None] for fruit in seen.fruit]


def _anchor(stages: tuple[str, ...], crop: Crop | None, found: Found) -> int:
    """The stage that keeps its age: the reference one, else the crop's first observed; without a crop the youngest."""
    if crop is None:
        return max(range(len(stages)), key=lambda i: float(found.theta[i]))
    if crop.reference_stage_id in stages:
        return stages.index(crop.reference_stage_id)
    return stages.index(next(stage.id for stage in crop.stages if stage.id in stages))


def _what_was_kept(found: Found, told: Told, crop: Crop | None, made: Crop, *, law_held: bool) -> list[str]:
    whose = "an assumption" if crop is None else f"that of {crop.id!r}"
    notes = []
    degc = found.model.sample.degc
    if len(degc) == 1 and not law_held:
        notes.append(
            f"all fruit were kept at {degc[0]:g} °C, which tells nothing of other temperatures: "
            f"the temperature law is {whose}"
        )
    if len(degc) == 2 and found.law_fitted and not found.law_at_its_end:
        notes.append(
            f"two temperatures, {degc[0]:g} and {degc[1]:g} °C, just decide {found.model.family.names[0]}: "
            "nothing tests whether the law holds between and beyond them"
        )
    if not told.over:
        notes.append(f"nothing tells how long fruit stays good: window_d20 = {made.window_d20:g} is {whose}")
    if any(stage.batch_sd_d20 for stage in made.stages):
        notes.append(
            "fruit watched as one lot does not tell what a batch has in common: batch_sd_d20 is kept, "
            "and sd_d20 is what these fruit show together"
        )
    return notes


def _about_fruit(seen: Observations, told: Told) -> list[str]:
    notes = []
    if told.against:
        named = ", ".join(seen.fruit[i].id for i in told.against[:5]) + (" …" if len(told.against) > 5 else "")
        notes.append(
            f"{len(told.against)} of {len(seen.fruit)} fruit were seen ripe and later not (fruit {named}): "
            "the whole time in which they may have ripened counts"
        )
    silent = len(seen.fruit) - told.fruit
    if silent:
        notes.append(f"{silent} fruit say nothing of when they became ripe and were left out")
    if seen.empty:
        notes.append(f"{seen.empty} rows have no {seen.measure}: taken as days without a look")
    return notes
