"""What was learned, from what, how sure it is, and how to take it back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any, Literal, get_args

from harvest_planner.learning.ledger import applied, undone
from harvest_planner.schema.problem import PlanningProblem
from harvest_planner.schema.quantities import Record

UpdateKind = Literal["lane", "batch_age", "ripening_rate", "reputation"]
FaultCode = Literal[
    "unreadable",
    "duplicate",
    "unknown_order",
    "unknown_batch",
    "wrong_crop",
    "unknown_lane",
    "arrived_before_departure",
    "after_as_of",
    "departed_before_picking",
    "missing",
    "no_delivery",
    "lost",
    "only_the_whole_way",
    "no_reason",
    "reason_late",
    "reason_damaged",
]
LEVEL = 0.9
"""Every interval holds the truth with this probability."""


class OutcomeFault(Record):
    """One thing an outcome lacks or contradicts, and so cannot teach."""

    row: int
    """Its place among the outcomes from 1 on; in a CSV file its line."""
    order_id: str
    code: FaultCode
    detail: str
    """What stands there."""


class Update(Record):
    """One number that was learned."""

    kind: UpdateKind
    subject: str
    """Id of the lane, batch or grower; `crop × area` for a rate."""
    field: str
    """The field of the record, with its unit."""
    was: float | None
    now: float
    low: float
    """Lower end of the 90 % interval of what is true."""
    high: float
    """Upper end of it."""
    outcomes: int
    """How many outcomes it rests on by themselves; what it borrows from others is not among them."""
    order_ids: tuple[str, ...]
    """Their orders."""
    own_weight: float
    """How far it is their word: 0, all prior and borrowed, to 1."""
    note: str = ""


class RecordChange(Record):
    """Fields of one record of the problem before and after, as JSON holds them."""

    kind: UpdateKind
    table: Literal["lanes", "batches", "crops", "growers"]
    record_id: str
    was: dict[str, Any]
    now: dict[str, Any]
    whole: dict[str, Any] | None = None
    """The record after, where the problem had it from the catalogue; undone, it is the catalogue's again."""


class Evidence(Record):
    """The record of one act of learning."""

    outcomes: int
    """Rows that were handed in."""
    used: dict[str, int]
    """How many taught the lanes, the ripening and the reputations."""
    updates: tuple[Update, ...]
    changes: tuple[RecordChange, ...]
    faults: tuple[OutcomeFault, ...]
    """Everything that could not be used, once for each reason."""
    lateness_d20: dict[str, tuple[float, float, float]]
    """By crop: how much riper late parcels were called than their age says, (low, mean, high) [d20]."""
    buyers_sd_d20: dict[str, float]
    """By crop: how far buyers differ in what they call ripe, one standard deviation [d20]."""

    @property
    def counts(self) -> dict[str, int]:
        """How many faults there are of each code."""
        return dict(Counter(fault.code for fault in self.faults))

    def of(self, kind: UpdateKind) -> tuple[Update, ...]:
        """The updates of one kind."""
        return tuple(update for update in self.updates if update.kind == kind)

    def update(self, kind: UpdateKind, subject: str) -> Update:
        """The update of one subject.

        Raises
        ------
        KeyError : nothing of that kind was learned of it.
        """
        for update in self.of(kind):
            if update.subject == subject:
                return update
        raise KeyError(
            f"nothing was learned of {kind} {subject!r}; learned: {', '.join(u.subject for u in self.of(kind))}"
        )

    def undo(
        self,
        problem: PlanningProblem,
        *,
        kinds: Iterable[UpdateKind] | None = None,
        record_ids: Iterable[str] | None = None,
    ) -> PlanningProblem:
        """The problem with what was learned taken back; everything, or some kinds or records only.

        Raises
        ------
        ValueError : a record is gone, or a field was changed since, or nothing was learned of a record that is named;
            nothing is taken back then.
        """
        return undone(problem, self._chosen(kinds, record_ids))

    def applied_to(
        self,
        problem: PlanningProblem,
        *,
        kinds: Iterable[UpdateKind] | None = None,
        record_ids: Iterable[str] | None = None,
    ) -> PlanningProblem:
        """Another problem, next week's say, with what was learned; records that it does not have are passed over.

        Raises
        ------
        ValueError : nothing was learned of a record that is named.
        """
        return applied(problem, self._chosen(kinds, record_ids))

    def _chosen(self, kinds: Iterable[UpdateKind] | None, record_ids: Iterable[str] | None) -> tuple[RecordChange, ...]:
        of_kinds = None if kinds is None else set(kinds)
        of_ids = None if record_ids is None else set(record_ids)
        for name, asked, known in (
            ("kinds", of_kinds, set(get_args(UpdateKind))),
            ("record_ids", of_ids, {change.record_id for change in self.changes}),
        ):
            if asked is not None and not asked <= known:
                unknown, learned = (", ".join(map(repr, sorted(each))) for each in (asked - known, known))
                raise ValueError(f"{name}: {unknown} is none of what was learned: {learned}")
        return tuple(
            change
            for change in self.changes
            if (of_kinds is None or change.kind in of_kinds) and (of_ids is None or change.record_id in of_ids)
        )

    def __str__(self) -> str:
        used = ", ".join(f"{count} for {what}" for what, count in self.used.items())
        lines = [f"learned from {self.outcomes} outcomes: {used}"]
        for one in self.updates:
            was = "unknown" if one.was is None else f"{one.was:.3g}"
            lines.append(
                f"  {one.kind} {one.subject}: {one.field} {was} → {one.now:.3g} "
                f"({one.low:.3g} to {one.high:.3g}; {one.outcomes} outcomes)"
            )
        lines += [f"  not used: {count} × {code}" for code, count in sorted(self.counts.items())]
        return "\n".join(lines)
