"""What there is and what is wanted: batches on the tree, orders from buyers, promises already made."""

from __future__ import annotations

import datetime as dt
import math
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, model_validator

from harvest_planner.schema.quantities import Degc, Id, Instant, NonNegative, Positive, Record, Share, Texts, Unknown


class Batch(Record):
    """Fruit of one kind and stage on one plot, picked together."""

    judged_together: ClassVar[tuple[str, ...] | None] = ("stage_id", "quantity_kg", "cohorts")

    id: Id
    grower_id: Id
    crop_id: Id
    place_id: Id
    """Where it hangs and is packed."""
    quantity_kg: NonNegative
    """What hangs there when observed [kg]."""
    stage_id: Id
    """The stage the picker saw on `observed_on`."""
    observed_on: dt.date
    """The day of that look, not after as_of."""
    cohorts: Texts = ()
    """Other stages that hang on the same plot, each with its kilograms of the quantity: `S1 80`; the rest is at
    `stage_id`. Each cohort is planned as a batch of its own, picked on trips of its own."""
    quantity_sd_kg: NonNegative = 0.0
    """How uncertain the quantity is, one standard deviation [kg]."""
    age_shift_d20: float = 0.0
    """Correction of the age by a field check [d20]."""
    age_shift_sd_d20: NonNegative | None = None
    """How uncertain that correction leaves the age that the batch shares, one standard deviation [d20]; none: as its
    stage says (`batch_sd_d20`)."""
    plot: str | None = None
    """Which plot, in the grower's words."""
    variety: str | None = None
    grade: str | None = None
    """One of the crop's grades; none: it serves only orders that ask for none."""
    certifications: Texts = ()
    """Certificates the plot holds (VietGAP, GlobalG.A.P. …)."""
    certified_until: dt.date | None = None
    """Last day the certifications hold; none: no end stated."""
    last_spray_on: dt.date | Unknown | None = None
    """Last treatment; none: none declared; unknown: it is not picked."""
    pre_harvest_interval_days: NonNegative | Unknown | None = None
    """Days from the last spray to the first lawful pick, from the product's label [d]."""
    last_spray_product: str | None = None
    """Product of the last treatment; it goes to the harvest log."""
    trip_cost_vnd: NonNegative = 0.0
    """Cost of one picking trip to this batch [VND]."""
    min_trip_kg: NonNegative = 0.0
    """A trip that picks less is not made [kg]."""
    days_between_picks: Annotated[int, Field(ge=1)] = 1
    """Days from one pick to the next at least [d]."""
    surplus_price_vnd_per_kg: NonNegative = 0.0
    """What the local market pays [VND/kg]."""
    planting_area_code: str | None = None
    """Code of the registered growing area, where there is one."""
    planting_area_valid_until: dt.date | None = None
    """Last day on which that code is valid; none: no end stated."""

    @staticmethod
    def seen_anew(stage_id: str, on: dt.date) -> dict[str, Any]:
        """What a new look at the stage changes: nothing found of the age before holds any more."""
        return {"stage_id": stage_id, "observed_on": on, "age_shift_d20": 0.0, "age_shift_sd_d20": None}

    @model_validator(mode="after")
    def _cohorts_of_the_quantity(self) -> Batch:
        counted = list(map(_cohort, self.cohorts))
        stages = [self.stage_id, *(stage for stage, _ in counted)]
        if len(set(stages)) != len(stages):
            raise ValueError(f"cohorts repeat a stage: {', '.join(stages)}; give each stage once")
        whole = math.fsum(kg for _, kg in counted)
        if whole > self.quantity_kg * (1.0 + 1e-9):
            raise ValueError(f"cohorts weigh {whole:g} kg together, more than quantity_kg = {self.quantity_kg:g}")
        return self

    def by_cohort(self) -> tuple[Batch, ...]:
        """The batch itself, or one for each stage that hangs there: the rest under its own id, then `id-stage`."""
        if not self.cohorts:
            return (self,)
        counted = list(map(_cohort, self.cohorts))
        rest = self.quantity_kg - math.fsum(kg for _, kg in counted)
        parts = [(self.id, self.stage_id, rest)] if rest > self.quantity_kg * 1e-9 else []
        parts += [(f"{self.id}-{stage}", stage, kg) for stage, kg in counted]
        return tuple(self._part(*part) for part in parts)

    def _part(self, batch_id: str, stage_id: str, kg: float) -> Batch:
        share = kg / self.quantity_kg if self.quantity_kg else 0.0
        changes = {"id": batch_id, "stage_id": stage_id, "quantity_kg": kg, "cohorts": ()}
        return self.model_copy(update={**changes, "quantity_sd_kg": self.quantity_sd_kg * share})


def _cohort(text: str) -> tuple[str, float]:
    """Stage and kilograms of a cohort, written `S1 80`."""
    stage, _, amount = text.strip().rpartition(" ")
    try:
        kg = float(amount)
    except ValueError:
        kg = math.nan
    if not stage.strip() or not kg >= 0.0 or math.isinf(kg):
        raise ValueError(f"cohort {text!r}: write a stage and its kilograms, such as S1 80")
    return stage.strip(), kg


class Order(Record):
    """What a buyer wants, where, by when, and how ripe."""

    judged_together: ClassVar[tuple[str, ...] | None] = (
        *("ripe_within_days", "deliver_from_at", "due_at", "deliver_until_at"),
    )

    id: Id
    crop_id: Id
    quantity_kg: Positive
    """What is asked for [kg]."""
    destination_id: Id
    """A place's id, or a name the gazetteer resolves without doubt."""
    deliver_until_at: Instant
    """The deadline: a parcel that comes later is worthless."""
    price_vnd_per_kg: NonNegative
    """What a good kilogram brings [VND/kg]."""
    deliver_from_at: Instant | None = None
    """Not before this; none: as soon as it comes."""
    due_at: Instant | None = None
    """When it is wanted by: what comes later, up to the deadline, is late and costs
    `policy.lateness_cost_vnd_per_kg_day`; none: the deadline."""
    placed_at: Instant | None = None
    """When the buyer placed it, not after as_of."""
    confirm_by_at: Instant | None = None
    """The marketplace cancels the order if it is not confirmed by then."""
    ripe_within_days: tuple[NonNegative, NonNegative] = (0.0, 2.0)
    """Good to eat from … to … days after delivery [d]."""
    keeps_days: NonNegative = 1.0
    """How long it must stay good after delivery [d]."""
    room_degc: Degc | None = None
    """Temperature at the buyer's [°C]; none: the destination's ambient."""
    accepts_share: Share = 0.8
    """Share of good fruit at which the buyer is content with the parcel."""
    grade: str | None = None
    """At least this grade; none: any."""
    certifications: Texts = ()
    """Certificates the batch must hold, all of them."""
    failure_cost_vnd_per_kg: NonNegative | None = None
    """Cost of a kilogram that arrives not good [VND/kg]; none: the price."""
    may_split: bool = False
    """Whether several batches, days or journeys may share it, and a part is better than nothing."""
    state: Literal["inquiry", "reserved", "firm", "shipped", "cancelled"] = "firm"
    """Only reserved and firm orders are planned."""
    basket_id: Id | None = None
    """What the buyer ordered together."""

    @model_validator(mode="after")
    def _windows(self) -> Order:
        low, high = self.ripe_within_days
        if high < low:
            raise ValueError(f"ripe_within_days ends ({high}) before it starts ({low})")
        if self.deliver_from_at and self.deliver_from_at > self.deliver_until_at:
            raise ValueError(
                f"deliver_from_at ({self.deliver_from_at.isoformat()}) lies after "
                f"deliver_until_at ({self.deliver_until_at.isoformat()})"
            )
        if self.due_at and (earliest := self.deliver_from_at) and self.due_at <= earliest:
            raise ValueError(
                f"due_at ({self.due_at.isoformat()}) does not lie after deliver_from_at ({earliest.isoformat()}): "
                "nothing is delivered by then; give a later due_at, or none"
            )
        if self.due_at and self.due_at > self.deliver_until_at:
            raise ValueError(
                f"due_at ({self.due_at.isoformat()}) lies after the deadline, deliver_until_at "
                f"({self.deliver_until_at.isoformat()}); give an earlier due_at, or none: then it is the deadline"
            )
        return self

    @property
    def loss_vnd_per_kg(self) -> float:
        """Cost of a kilogram that arrives not good [VND/kg]."""
        return self.price_vnd_per_kg if self.failure_cost_vnd_per_kg is None else self.failure_cost_vnd_per_kg


class Commitment(Record):
    """A pick that is already settled: frozen for the grower, picked, or on its way."""

    order_id: Id
    batch_id: Id
    pick_on: dt.date
    kg: Positive
    """How much of the order it covers [kg]."""
    state: Literal["frozen", "picked", "shipped"] = "frozen"
    lane_ids: Texts = ()
    """The lanes of the journey it is planned on, in the order of travel; none: on the journey worth most with room."""
    departs_at: Instant | None = None
    """The first departure of that journey; none as for `lane_ids`."""
