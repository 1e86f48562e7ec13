"""What a fit of ripening hands back: a crop with its numbers, how sure they are, and what the data could not tell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from harvest_planner.schema.crop import Crop

if TYPE_CHECKING:
    from harvest_planner.learning.goodness import Goodness


@dataclass(frozen=True, slots=True)
class ThresholdFit:
    """One threshold of the score or firmness on the fitted clock.

    Attributes
    ----------
    value : of the score or firmness; for yes and no, 0.5.
    role : "ready", "over" (past its best) or "other".
    mean_d20, sd_d20 : days at 20 °C from the first look's start to the threshold, mean fruit, and its spread [d20].
    mean_error_d20, sd_error_d20 : their standard errors [d20]; 0 where the number was held.
    crossed, before_first, not_yet : fruit that crossed between two looks, before the first, and not while watched.
    contradictory : fruit seen beyond the threshold and later not.
    """

    value: float
    role: str
    mean_d20: float
    sd_d20: float
    mean_error_d20: float
    sd_error_d20: float
    crossed: int
    before_first: int
    not_yet: int
    contradictory: int


@dataclass(frozen=True, slots=True)
class RipeningFit:
    """The answer of `fit_ripening`.

    Attributes
    ----------
    crop : the crop with the fitted numbers; its `sources` say which were fitted, which kept.
    parameters, standard_errors : each fitted number by name, and its standard error, in the same unit: ready_at_d20,
        window_d20, sd_d20, stages.<id>.age_d20 [d20]; ea_kj_per_mol [kJ/mol], tmin_degc [°C], rate_at_<T>_degc
        [d20 per day].
    correlations : of the errors of each pair of fitted numbers, −1 to 1.
    thresholds : every threshold that was fitted, ready first.
    goodness : how well the fit describes the fruit.
    log_likelihood : at the top; for several thresholds the sum over them.
    fruit : how many fruit the fit rests on.
    contradictory : ids of the fruit that were seen ripe and later unripe; all the time in which each may have ripened
        counts.
    warnings : what was assumed, kept, or cannot be told apart.
    """

    crop: Crop
    parameters: Mapping[str, float]
    standard_errors: Mapping[str, float]
    correlations: Mapping[tuple[str, str], float]
    thresholds: tuple[ThresholdFit, ...]
    goodness: Goodness
    log_likelihood: float
    fruit: int
    contradictory: tuple[str, ...]
    warnings: tuple[str, ...] = field(default=())

    def __str__(self) -> str:
        numbers = [
            f"  {name} = {self.parameters[name]:.4g} ± {self.standard_errors[name]:.2g}" for name in self.parameters
        ]
        words = [f"  warning: {warning}" for warning in self.warnings]
        return "\n".join([f"crop {self.crop.id!r} fitted to {self.fruit} fruit", *numbers, *words])
