"""A crop: its ripening clock in numbers, its stages in words, each with where it comes from."""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from harvest_planner import catalogue
from harvest_planner.errors import UnknownIdError
from harvest_planner.schema.quantities import Degc, Id, NonNegative, Positive, Record


class Arrhenius(Record):
    """Rate by Arrhenius, relative to 20 °C."""

    law: Literal["arrhenius"] = "arrhenius"
    ea_kj_per_mol: Positive
    """Activation energy [kJ/mol]."""


class SquareRoot(Record):
    """Rate by the square-root law of Ratkowsky, relative to 20 °C: ((T − Tmin)/(20 − Tmin))²."""

    law: Literal["square_root"] = "square_root"
    tmin_degc: Annotated[float, Field(lt=20, ge=-100)]
    """Temperature at which the clock stops [°C]."""


class RateTable(Record):
    """Measured rates relative to 20 °C, log-linear between them; flat beyond the last point."""

    law: Literal["rate_table"] = "rate_table"
    points: tuple[tuple[Degc, Positive], ...] = Field(min_length=2)
    """(temperature [°C], rate [d20 per day]) in rising temperature; the rate at 20 °C is 1."""

    @model_validator(mode="after")
    def _rising(self) -> RateTable:
        degrees = [degc for degc, _ in self.points]
        if any(b <= a for a, b in pairwise(degrees)):
            raise ValueError("points must rise in temperature")
        return self


TemperatureLaw = Annotated[Arrhenius | SquareRoot | RateTable, Field(discriminator="law")]

DEFAULT_LAW = SquareRoot(tmin_degc=-10.6)
"""The generic law of perishables: a square-root fit to the relative rates 1 / 3 / 7.5 / 15 / 22.5 at
0 / 10 / 20 / 30 / 40 °C (Saltveit in USDA Handbook 66, 2002 draft); an assumption for any one crop."""


class Stage(Record):
    """What a picker sees on the tree, and the age it stands for."""

    id: Id
    age_d20: float
    """Mean physiological age at which fruit looks like this [d20]."""
    sd_d20: NonNegative
    """Spread of the age of fruit sorted into this stage, total [d20]."""
    batch_sd_d20: NonNegative = 0.0
    """The part of the spread that a whole batch shares [d20]; the rest is fruit to fruit."""
    name: str | None = None
    name_vi: str | None = None
    looks: str | None = None
    """What a picker sees, in English."""
    looks_vi: str | None = None
    """What a picker sees, in Vietnamese."""

    def known_to(self, batch_sd_d20: float | None) -> Stage:
        """The stage of a batch whose common part is known this well [d20]; none: as the stage says.

        Examples
        --------
        >>> seen = Stage(id="S3", age_d20=3, sd_d20=1.0, batch_sd_d20=0.6).known_to(0.0)
        >>> seen.sd_d20, seen.batch_sd_d20
        (0.8, 0.0)
        """
        if batch_sd_d20 is None or batch_sd_d20 == self.batch_sd_d20:
            return self
        own = math.sqrt(max(0.0, self.sd_d20**2 - self.batch_sd_d20**2))
        return self.model_copy(update={"sd_d20": math.hypot(own, batch_sd_d20), "batch_sd_d20": batch_sd_d20})

    @model_validator(mode="after")
    def _common_part(self) -> Stage:
        if self.batch_sd_d20 > self.sd_d20:
            raise ValueError(
                f"batch_sd_d20 ({self.batch_sd_d20}) is part of sd_d20 ({self.sd_d20}) and cannot exceed it"
            )
        return self


class ChillingDose(Record):
    """Injury by an additive dose: ∫ max(0, below_degc − T) dt beyond the limit."""

    kind: Literal["dose"] = "dose"
    below_degc: Degc
    """Temperature under which fruit takes harm [°C]."""
    limit_degc_days: Positive
    """Dose that injures [°C·d]."""


class ChillingTime(Record):
    """Injury by time: the days a fruit bears at a temperature, log-linear between measured points."""

    kind: Literal["time"] = "time"
    points: tuple[tuple[Degc, Positive], ...] = Field(min_length=1)
    """(temperature [°C], days without injury [d]) in rising temperature; above the last there is no harm."""


Chilling = Annotated[ChillingDose | ChillingTime, Field(discriminator="kind")]


class SafetyCap(Record):
    """How long cooked food may stay at a temperature, whatever its curve says."""

    limits: tuple[tuple[float | None, Positive], ...] = ((4.0, 96.0), (32.0, 2.0), (None, 1.0))
    """(up to this temperature [°C], hours allowed [h]) in rising temperature; None closes the table."""


class Treatment(Record):
    """A phase between picking and the clock: soaking a persimmon, gassing a banana."""

    name: str
    name_vi: str | None = None
    duration_h: Positive
    """How long it takes [h]; the fruit's clock starts when it ends."""


class DegreeDays(Record):
    """The warmth a fruit needs on the tree: Σ max(0, mean of the day − base_degc) over its days."""

    begins: str
    """The state from which days are counted, in words."""
    base_degc: Degc
    """Temperature below which a day adds nothing [°C]."""
    low_degc_days: Positive
    """Least sum reported at ripeness [°C·d]."""
    high_degc_days: Positive
    """Largest sum reported [°C·d]."""

    @model_validator(mode="after")
    def _low_to_high(self) -> DegreeDays:
        if self.low_degc_days > self.high_degc_days:
            raise ValueError(f"low_degc_days ({self.low_degc_days:g}) exceeds high_degc_days ({self.high_degc_days:g})")
        return self


class Crop(Record):
    """One kind of perishable on its ripening clock."""

    id: Id
    like: Id | None = None
    """A crop whose numbers it shares: what is not given here is taken from there."""
    ready_at_d20: NonNegative
    """Age at which it becomes good to eat, L [d20]; 0 for produce that is good when picked."""
    window_d20: Positive
    """How long it stays good, W [d20]."""
    stages: tuple[Stage, ...] = Field(min_length=1)
    reference_stage_id: Id
    """The stage meant when none is named."""
    name: str | None = None
    name_vi: str | None = None
    kind: str | None = None
    """climacteric, non-climacteric, leafy, treated or cooked."""
    goods: str | None = None
    """The kind of goods that carriers know it by (fresh-fruit, fresh-vegetable, cooked-food …)."""
    grades: Annotated[tuple[str, ...], BeforeValidator(tuple)] = ("A", "B", "C")
    """Grades, best first."""
    temperature_law: TemperatureLaw = DEFAULT_LAW
    """How fast the clock runs at a temperature; the default is the generic law, an assumption."""
    on_tree_d20_per_day: NonNegative = 0.0
    """Ageing while still on the tree [d20 per day]."""
    on_tree_by: Literal["day", "temperature"] = "day"
    """day: the ageing on the tree is the same every day; temperature: it is that of a day at 20 °C, and a day at
    another temperature counts by the law, at the mean air of the batch's place."""
    degree_days: DegreeDays | None = None
    """How much warmth it takes until it is ripe on the tree; none: not known."""
    drops_at_d20: float | None = None
    """Age at which it splits or falls [d20]; none: it holds."""
    calibrated_degc: tuple[Degc, Degc] | None = None
    """The range in which the law was measured [°C]; outside it answers carry a warning."""
    stops_below_degc: Degc | None = None
    """At or below this the clock stands still [°C]."""
    chilling: Chilling | None = None
    """How much cold it bears; none: no limit known."""
    safety_cap: SafetyCap | None = None
    """The hard limit of cooked food; none: not needed."""
    treatment: Treatment | None = None
    """What happens between picking and the clock."""
    fruit_per_kg: Positive | None = None
    """Fruit in a kilogram [1/kg]; none: counted as one a kilogram."""
    sources: dict[str, str] = Field(default_factory=dict)
    """Field name → source of its number, or the word assumption."""

    @model_validator(mode="before")
    @classmethod
    def _shares_curve(cls, given: Any) -> Any:
        if not isinstance(given, Mapping) or not given.get("like"):
            return given
        try:
            return merged(given, catalogue.crop_row(str(given["like"])))
        except UnknownIdError as error:
            raise ValueError(str(error)) from None

    @model_validator(mode="after")
    def _consistent(self) -> Crop:
        ids = [stage.id for stage in self.stages]
        if len(set(ids)) != len(ids):
            raise ValueError(f"stages of crop {self.id!r} repeat an id: {', '.join(ids)}")
        if self.reference_stage_id not in ids:
            raise ValueError(
                f"reference_stage_id {self.reference_stage_id!r} is not a stage of crop {self.id!r}: {', '.join(ids)}"
            )
        if self.calibrated_degc and self.calibrated_degc[0] > self.calibrated_degc[1]:
            raise ValueError(f"calibrated_degc of crop {self.id!r} runs backwards: {self.calibrated_degc}")
        return self

    def stage(self, stage_id: str | None = None) -> Stage:
        """The stage with that id; the reference stage for None.

        Raises
        ------
        UnknownIdError : the crop has no such stage; the message lists those it has.
        """
        wanted = self.reference_stage_id if stage_id is None else stage_id
        for stage in self.stages:
            if stage.id == wanted:
                return stage
        raise UnknownIdError(f"stage of crop {self.id!r}", wanted, known=[stage.id for stage in self.stages])


def merged(given: Mapping[str, Any], model: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of `given`, and from `model` (the crop it is `like`) those it does not state itself."""
    own = {"id", "like", "name", "name_vi"}
    return {**{field: value for field, value in model.items() if field not in own}, **given}
