"""Why a re-plan refuses orders: reckoned beside the whole plan that it puts together, when it is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

from harvest_planner.planning.leftover import Leftover, Totals
from harvest_planner.planning.meeting import Meeting
from harvest_planner.planning.replan.taken import Taken
from harvest_planner.planning.settled import Used, settle
from harvest_planner.planning.told_refusals import told_refusals
from harvest_planner.schema.goods import Commitment
from harvest_planner.schema.plan import Refusal
from harvest_planner.schema.record_table import MadeRows
from harvest_planner.schema.told_rows import field_of


def reasoned(
    refusals: Sequence[Refusal], taken: Taken, meeting: Meeting, commitments: Iterable[Commitment]
) -> MadeRows[Refusal]:
    """The refusals with reasons that heed all trips, and all that the plan takes.

    Parameters
    ----------
    refusals : of a plan of a part of the question.
    taken : by the whole plan.
    meeting : of the whole question.
    commitments : what that part has settled.
    """
    from harvest_planner.planning.columns import ArrayJudge
    from harvest_planner.planning.outlook_arrays import ArrayOutlooks

    order_ids, kg = (list(field_of(refusals, name)) for name in ("order_id", "kg"))

    @cache
    def outlooks() -> ArrayOutlooks:
        used = Used.nothing(meeting.problem)
        taken.hold(used)
        return ArrayOutlooks(ArrayJudge(meeting), Leftover.of(Totals(meeting, used)))

    order = meeting.problem.order
    missing = set(order_ids)
    settled = settle(meeting, (each for each in commitments if each.order_id in missing), {})
    stranded = settled.waiting_at(meeting)
    return told_refusals(order_ids, kg, lambda at: order(order_ids[at]), meeting, outlooks, stranded=stranded)
