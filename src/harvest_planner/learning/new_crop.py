"""The crop that a fit makes: fitted numbers in their fields, kept ones beside them, and where each comes from."""

from __future__ import annotations

import math
from typing import Any

from harvest_planner.errors import FitError
from harvest_planner.learning.search import Found
from harvest_planner.schema.crop import Crop, RateTable, Stage, TemperatureLaw

ID = "fitted"
_WINDOW_D20 = 2.0
"""Where nothing tells the window and no crop is given: an assumption, and said to be one."""


def crop_of(
    crop: Crop | None,
    found: Found,
    *,
    kept: TemperatureLaw,
    stages: tuple[str, ...],
    anchor: int,
    anchor_age_d20: float,
    over: bool,
    fruit: int,
) -> Crop:
    """The crop with its fitted numbers.

    Parameters
    ----------
    crop : the crop from which the rest is kept; None: there is none.
    found : the top of the likelihood.
    kept : the law where none was fitted.
    stages : ids of the observed stages in the order of θ.
    anchor, anchor_age_d20 : which of them keeps its age, and that [d20].
    over : whether the window was fitted.
    fruit : how many fruit were observed.

    Raises
    ------
    FitError : the fruit was ready before its clock began, at an age below 0.
    """
    model, theta = found.model, found.theta
    ready = anchor_age_d20 + float(theta[anchor])
    if ready < 0.0:
        raise FitError(
            f"by these fruit ready_at_d20 would be {ready:.2f}: they were ripe on average before day 0; "
            "count the days from picking, or name a crop whose stage has a higher age_d20"
        )
    ages = {stage: ready - float(theta[i]) for i, stage in enumerate(stages)}
    sd = float(math.exp(theta[model.first_log_sd]))
    fitted = f"fitted to {fruit} fruit"
    fields: dict[str, Any] = {"ready_at_d20": ready, "sources": {}} if crop is None else _kept(crop)
    fields |= {"ready_at_d20": ready, "stages": _stages(crop, ages, sd)}
    sources = dict(fields["sources"])
    sources["ready_at_d20"] = f"{fitted}, counted from stage {stages[anchor]!r} at age {anchor_age_d20:g}"
    sources |= {f"stages.{stage}.age_d20": f"{fitted}" for i, stage in enumerate(stages) if i != anchor}
    told_sd = bool(found.free[model.first_log_sd])
    sources["stages.sd_d20"] = f"{fitted}: stages {', '.join(stages)}" if told_sd else "kept: the fruit do not tell it"
    if over:
        fields["window_d20"] = float(theta[model.sample.stages])
        sources["window_d20"] = f"{fitted}: from ripe to past its best"
    elif crop is None:
        fields["window_d20"] = _WINDOW_D20
        sources["window_d20"] = "assumption: nothing was observed past ripeness"
    fields |= _law(found, kept, crop, fitted, sources)
    if crop is None:
        fields |= {"id": ID, "reference_stage_id": stages[anchor]}
    return Crop.model_validate({**fields, "sources": sources})


def _kept(crop: Crop) -> dict[str, Any]:
    """The fields of the crop, standing on its own: what it took from another crop is among them."""
    return {**crop.model_dump(), "like": None}


def _stages(crop: Crop | None, ages: dict[str, float], sd: float) -> list[Stage]:
    if crop is None:
        return [Stage(id=stage, age_d20=age, sd_d20=sd) for stage, age in sorted(ages.items(), key=lambda one: one[1])]
    return [
        stage
        if stage.id not in ages
        else stage.model_copy(
            update={"age_d20": ages[stage.id], "sd_d20": sd, "batch_sd_d20": min(stage.batch_sd_d20, sd)}
        )
        for stage in crop.stages
    ]


def _law(found: Found, kept: TemperatureLaw, crop: Crop | None, fitted: str, sources: dict[str, str]) -> dict[str, Any]:
    """The law and the range in which it was measured; their sources are written into `sources`."""
    degc = found.model.sample.degc
    span = (degc[0], degc[-1])
    if found.law_fitted:
        law = found.model.family.law([float(x) for x in found.theta[found.model.first_law :]])
        sources["temperature_law"] = f"{fitted} at {span[0]:g} to {span[1]:g} °C"
        if found.law_at_its_end:
            sources["temperature_law"] += "; at the end of what it may be, not to be relied on"
        if isinstance(law, RateTable) and (law.points[0][0] < span[0] or law.points[-1][0] > span[1]):
            sources["temperature_law"] += "; beyond these as before, joined"
            return {"temperature_law": law, "calibrated_degc": _joined(crop, span)}
        sources["calibrated_degc"] = "temperatures of the fitted fruit"
        return {"temperature_law": law, "calibrated_degc": span}
    if crop is None:
        sources["temperature_law"] = "assumption: not told by the fruit"
        sources["calibrated_degc"] = "temperatures of the fitted fruit"
        return {"temperature_law": kept, "calibrated_degc": span}
    if kept != crop.temperature_law:
        sources["temperature_law"] = "assumption: asked for, not fitted"
    return {"temperature_law": kept}


def _joined(crop: Crop | None, span: tuple[float, float]) -> tuple[float, float]:
    old = span if crop is None or crop.calibrated_degc is None else crop.calibrated_degc
    return min(old[0], span[0]), max(old[1], span[1])
