"""One problem judged once, allocated again and again: under rules of thumb, or with other values."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from harvest_planner.planning.columns import Columns
from harvest_planner.planning.harvest import Prepared, allocate, prepare
from harvest_planner.planning.meeting import Meeting
from harvest_planner.planning.modelling import question_of
from harvest_planner.planning.patience import Patience
from harvest_planner.schema.clock import zone
from harvest_planner.schema.problem import PlanningProblem
from harvest_planner.simulation.decisions import Decisions, decisions_from
from harvest_planner.simulation.luck import Bools, Ints


@dataclass(frozen=True)
class Bench:
    """A problem with its candidates, to be allocated by the planner's own rules of capacity, trips and intervals."""

    prepared: Prepared

    @classmethod
    def of(cls, problem: PlanningProblem) -> Bench:
        """Look up and judge every candidate of the problem."""
        return cls(prepare(problem))

    @property
    def columns(self) -> Columns:
        """The candidates that the rules allow and that are worth something."""
        return self.prepared.question.columns

    def decide(self, columns: Columns | None = None, *, least_gap: float = 0.0) -> Decisions:
        """The decisions worth most with these candidates, within the policy's gap; with all of them it is the plan.

        Parameters
        ----------
        columns : candidates in place of all.
        least_gap : a gap that is good enough, where the policy asks for a smaller one.
        """
        prepared = self.prepared
        if least_gap > prepared.meeting.problem.policy.gap:
            prepared = replace(prepared, meeting=_within(prepared.meeting, least_gap))
        if columns is not None:
            question = question_of(prepared.meeting, prepared.question.buyers, columns, prepared.used)
            prepared = replace(prepared, question=question)
        found = allocate(prepared, executor=None, patience=Patience(), seed=0)
        return decisions_from((*prepared.settled.parts, *found.parts), found.surplus)

    @cached_property
    def lead_days(self) -> Ints:
        """For each candidate: days from its pick to the local date of the order's deadline [d]."""
        deadline = np.array(
            [
                buyer.order.deliver_until_at.astimezone(zone(buyer.destination.timezone)).toordinal()
                for buyer in self.prepared.question.buyers
            ],
            dtype=np.int64,
        )
        day = np.array([trip.day.pick_on.toordinal() for trip in self.prepared.meeting.trips], dtype=np.int64)
        if not len(self.columns):
            return np.empty(0, dtype=np.int64)
        return np.asarray(deadline[self.columns.order] - day[self.columns.trip], dtype=np.int64)


def _within(meeting: Meeting, gap: float) -> Meeting:
    """The same meeting, to be allocated within another gap."""
    found = copy(meeting)
    policy = meeting.problem.policy.model_copy(update={"gap": gap})
    found.problem = meeting.problem.model_copy(update={"policy": policy})
    return found


def only(columns: Columns, kept: Bools) -> Columns:
    """A part of the candidates."""
    return Columns(
        columns.order[kept],
        columns.trip[kept],
        columns.journey[kept],
        columns.good_share[kept],
        columns.parcel_good_share[kept],
        columns.value_vnd[kept],
        columns.journeys,
    )
