"""The answer: which day each batch is picked, what travels how, what is refused and why."""

from __future__ import annotations

import datetime as dt
import html
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from harvest_planner.errors import MissingExtraError
from harvest_planner.schema.quantities import Id, Instant, NonNegative, Record, Share
from harvest_planner.schema.record_table import OrTable

if TYPE_CHECKING:
    import pandas

PLAN_FORMAT = "harvest-planner/plan/1"
Status = Literal["optimal", "within_gap", "time_limit", "interrupted"]
Table = Literal["batches", "picks", "shipments", "refusals", "surplus", "shadow_prices"]
RefusalCode = Literal[
    "confirm_by_passed",
    "no_journey",
    "embargo",
    "no_fruit",
    "grade",
    "certification",
    "pre_harvest_interval",
    "cannot_arrive_ripe",
    "not_safe",
    "not_worth_it",
    "picker_capacity",
    "packing_capacity",
    "lane_capacity",
    "outbid",
]
AdviceCode = Literal[
    "pick",
    "sell_local",
    "hold",
    "pre_harvest_interval",
    "spray_unknown",
    "dropped",
    "no_order",
    "not_needed",
]


class Leg(Record):
    """One planned departure of a journey."""

    lane_id: Id
    departs_at: Instant
    arrive_p50_at: Instant
    arrive_p95_at: Instant


class Shipment(Record):
    """Goods for one order from one batch, picked on one day, on one journey."""

    order_id: Id
    batch_id: Id
    pick_on: dt.date
    kg: NonNegative
    legs: tuple[Leg, ...]
    arrive_p05_at: Instant
    arrive_p50_at: Instant
    arrive_p95_at: Instant
    age_at_pick_d20: float
    age_at_delivery_mean_d20: float
    age_at_delivery_sd_d20: NonNegative
    good_share: Share
    """Expected share of the fruit that is in time and good as wished."""
    parcel_good_share: Share
    """Probability that the buyer is content with the parcel."""
    on_time_share: Share
    """Probability of arriving by deliver_until_at."""
    wait_days: NonNegative = 0.0
    """Expected wait from arrival to deliver_from_at [d]."""
    late_days: NonNegative = 0.0
    """Expected lateness from due_at on, counted up to deliver_until_at [d]."""
    eat_from_on: dt.date
    eat_until_on: dt.date
    cost_vnd: NonNegative
    """Transport [VND]."""
    value_vnd: float
    """price·q − failure·(1−q) − transport − waiting − lateness − review cost + its grower's reputation [VND]."""


class Pick(Record):
    """One trip to one batch on one day."""

    batch_id: Id
    grower_id: Id
    pick_on: dt.date
    from_at: Instant
    until_at: Instant
    kg: NonNegative
    """All that is picked [kg], the surplus included."""
    surplus_kg: NonNegative = 0.0
    """The part for the local market [kg]."""
    stage_id: Id
    age_at_pick_d20: float
    order_ids: tuple[Id, ...] = ()
    destination_ids: tuple[Id, ...] = ()


class BatchDay(Record):
    """What is picked from a batch on a day, and where it goes."""

    pick_on: dt.date
    kg: NonNegative
    destination_ids: tuple[Id, ...] = ()


class BatchRow(Record):
    """One batch of the problem: its days, or why it has none."""

    batch_id: Id
    grower_id: Id
    days: tuple[BatchDay, ...] = ()
    latest_pick_on: dt.date | None = None
    """Last day on which the fruit still holds on the tree; none: it holds."""
    left_kg: NonNegative = 0.0
    lost_on: dt.date | None = None
    """Day on which what is left is lost; none: nothing is lost."""
    advice_code: AdviceCode


class Surplus(Record):
    """Fruit advised for the local market."""

    batch_id: Id
    grower_id: Id
    pick_on: dt.date
    kg: NonNegative
    price_vnd_per_kg: NonNegative
    value_vnd: NonNegative


class Change(Record):
    """The smallest change of one field that would have worked."""

    field: str
    value: str | float | bool | None


class Reason(Record):
    """Why an order, or a part of it, is not served."""

    code: RefusalCode
    params: dict[str, str | float | int | bool | None] = Field(default_factory=dict)
    message: str
    """One sentence in English."""
    would_work_if: tuple[Change, ...] = ()


class Refusal(Record):
    """What of an order is not served, with its reasons."""

    order_id: Id
    kg: NonNegative
    reasons: tuple[Reason, ...] = Field(min_length=1)


class ShadowPrice(Record):
    """What one more unit of a scarce thing would bring at the margin, by the linear programme with the plan's trips."""

    resource: Id
    """`picker:<grower_id>`, `packing:<place_id>`, `departure:<lane_id>` or `batch:<batch_id>`."""
    day: dt.date | None = None
    """The day of picking or packing, the local date of the departure; none: a batch has one amount for all days."""
    amount: NonNegative
    """What there is of it beside commitments [`unit`]."""
    unit: Literal["kg"] = "kg"
    vnd_per_unit: float
    """Price at the margin [VND/kg]: never less than one kilogram more is worth, never more than one less costs, with
    whole orders relaxed."""


class OtherDay(Record):
    """Another day on which the batch could be picked for the order."""

    pick_on: dt.date
    good_share: Share


class PickAdvice(Record):
    """The day to pick one batch for one order."""

    order_id: Id
    batch_id: Id
    pick_on: dt.date
    from_at: Instant
    until_at: Instant
    latest_pick_at: Instant
    """End of the picking hours of the last day that still serves the order."""
    stage_id: Id
    age_at_pick_d20: float
    good_share: Share
    parcel_good_share: Share
    legs: tuple[Leg, ...]
    other_days: tuple[OtherDay, ...] = ()


class Violation(Record):
    """Something the referee found untrue in a plan."""

    code: str
    subject: str
    """The record it is about."""
    stated: str | float | None = None
    expected: str | float | None = None
    message: str


class Provenance(Record):
    """Where a plan comes from; nothing in it depends on the wall clock."""

    version: str
    problem_sha256: str
    as_of: Instant
    seed: int = 0


class HarvestPlan(Record):
    """The answer of `plan_harvest`: picks, shipments and refusals with a proven bound.

    Of a large problem the tables make their records when they are asked for; they read like tuples.
    """

    format: Literal["harvest-planner/plan/1"] = "harvest-planner/plan/1"
    status: Status
    """`time_limit`: the search ended before the gap asked for was proven; of a large problem it may do so by itself."""
    value_vnd: float
    bound_vnd: float
    """No plan is worth more [VND]."""
    gap: NonNegative
    """(bound − value)/max(|bound|, 1)."""
    batches: Annotated[tuple[BatchRow, ...], OrTable] = ()
    picks: Annotated[tuple[Pick, ...], OrTable] = ()
    shipments: Annotated[tuple[Shipment, ...], OrTable] = ()
    refusals: Annotated[tuple[Refusal, ...], OrTable] = ()
    surplus: Annotated[tuple[Surplus, ...], OrTable] = ()
    shadow_prices: Annotated[tuple[ShadowPrice, ...], OrTable] = ()
    """The price of each scarce thing, those of no price left out."""
    warnings: tuple[str, ...] = ()
    """What the planner wants known: undeclared sprays, temperatures outside calibration, estimated lanes."""
    provenance: Provenance

    def to_frame(self, table: Table) -> pandas.DataFrame:
        """One table as a pandas data frame, a row per record (extra `notebook`).

        Raises
        ------
        MissingExtraError : pandas is not installed.
        ValueError : no such table.
        """
        if table not in _RECORDS:
            raise ValueError(f"no table {table!r}; one of {', '.join(_RECORDS)}")
        try:
            import pandas
        except ImportError:
            raise MissingExtraError("pandas", extra="notebook", needed_for="plan.to_frame") from None
        rows: Sequence[Any] = getattr(self, table)
        columns = list(_RECORDS[table].model_fields)
        return pandas.DataFrame([row.model_dump() for row in rows], columns=columns)

    def _repr_html_(self) -> str:
        body = "".join(
            f"<tr><td>{html.escape(row.batch_id)}</td><td>{html.escape(row.grower_id)}</td>"
            f"<td>{html.escape(_days_in_words(row))}</td><td>{row.latest_pick_on or ''}</td>"
            f"<td style='text-align:right'>{row.left_kg:g}</td><td>{row.advice_code}</td></tr>"
            for row in self.batches
        )
        return (
            f"<p><b>{len(self.picks)} picks, {len(self.shipments)} shipments, {len(self.refusals)} refusals</b>; "
            f"{self.value_vnd:,.0f} VND of at most {self.bound_vnd:,.0f} (gap {self.gap:.2%}, {self.status})</p>"
            "<table><thead><tr><th>batch</th><th>grower</th><th>days</th><th>no later than</th>"
            f"<th>left kg</th><th>advice</th></tr></thead><tbody>{body}</tbody></table>"
        )


def _days_in_words(row: BatchRow) -> str:
    return " · ".join(
        f"{day.pick_on:%a %d %b} {day.kg:g} kg"
        + (f" → {', '.join(day.destination_ids)}" if day.destination_ids else "")
        for day in row.days
    )


_RECORDS: dict[str, type[Record]] = {
    "batches": BatchRow,
    "picks": Pick,
    "shipments": Shipment,
    "refusals": Refusal,
    "surplus": Surplus,
    "shadow_prices": ShadowPrice,
}
