"""Policies side by side, with what the plan gains over each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, overload

from harvest_planner.schema.quantities import NonNegative, Record, Share
from harvest_planner.simulation.report import Estimate

PolicyName = Literal["plan", "market", "one_lead_time", "lead_time_by_region", "promise", "mean", "perfect_foresight"]


class PolicyMeasures(Record):
    """All that a policy was measured by in its runs, each with its interval; shares as in `SimulationReport`."""

    good_share: Estimate
    under_ripe_share: Estimate
    over_ripe_share: Estimate
    late_share: Estimate
    harmed_share: Estimate
    parcel_good_share: Estimate | None
    """Share of the parcels whose buyer is content, and reviews so; none: it sends no parcels."""
    waste_kg: Estimate
    income_vnd: Estimate
    """Of its own runs; the row's `income_vnd` of perfect foresight leans on all runs of the plan [VND]."""
    income_vnd_per_kg: Estimate
    """By the kilogram that was told to hang there [VND/kg]."""


class PolicyRow(Record):
    """What one policy brings, and what the plan brings more in the same runs."""

    policy: PolicyName
    runs: int
    income_vnd: float
    """Mean over the runs [VND]."""
    good_share: Share
    """Of the kilograms that it ships, or for the market picks, the mean share that somebody gets good."""
    late_share: Share
    """Of the same kilograms, mean over the runs."""
    harmed_share: Share
    """In time, but beyond the chilling limit or the safety cap."""
    shipped_kg: NonNegative
    """Kilograms that it ships; for the market, picks [kg]."""
    waste_kg: NonNegative
    """Mean over the runs [kg]."""
    plan_minus_vnd: float
    """Mean of plan − policy, run by run [VND]."""
    plan_minus_low_vnd: float
    plan_minus_high_vnd: float
    """Between these that mean lies with 95 % confidence [VND]."""
    plan_minus_good_share: Estimate
    """Plan − policy in the share good, run by run."""
    measures: PolicyMeasures


@dataclass(frozen=True)
class PolicyComparison(Sequence[PolicyRow]):
    """The rows of a comparison, the plan first, and what knowing more would be worth.

    Attributes
    ----------
    runs, foresight_runs : how often each policy was played, and perfect foresight, which plans each run anew.
    lead_days, lead_days_by_region : the tuned lead times [d].
    value_of_stochastic_solution_vnd : plan − mean as truth [VND].
    value_of_perfect_information_vnd : perfect foresight − plan [VND].
    """

    rows: tuple[PolicyRow, ...]
    runs: int
    foresight_runs: int
    seed: int
    lead_days: int
    lead_days_by_region: Mapping[str, int]
    value_of_stochastic_solution_vnd: Estimate
    value_of_perfect_information_vnd: Estimate = field(repr=False)

    def row(self, policy: PolicyName) -> PolicyRow:
        """The row of one policy."""
        return next(row for row in self.rows if row.policy == policy)

    @overload
    def __getitem__(self, index: int) -> PolicyRow: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[PolicyRow, ...]: ...
    def __getitem__(self, index: int | slice) -> PolicyRow | tuple[PolicyRow, ...]:
        return self.rows[index]

    def __len__(self) -> int:
        return len(self.rows)
