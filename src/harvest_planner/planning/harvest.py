"""`plan_harvest`: the joint plan of all orders, batches and days, with its proven bound."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from harvest_planner.errors import MissingExtraError
from harvest_planner.planning.answered import remember
from harvest_planner.planning.candidates import at_most_vnd, candidate_of, sized
from harvest_planner.planning.fairness import dearest_vnd_per_kg, unfair_vnd
from harvest_planner.planning.meeting import Entry, Meeting
from harvest_planner.planning.patience import Patience
from harvest_planner.planning.progress import ALLOCATED, JUDGED, OnProgress, Progress, in_silence
from harvest_planner.planning.report import KG_EPSILON, Decided, large_plan_of, plan_of, planned_orders
from harvest_planner.planning.settled import Part, Settled, Used, settle, settled_vnd, used_by
from harvest_planner.planning.verdict import judge, start_of
from harvest_planner.schema.frames import Rows
from harvest_planner.schema.goods import Order
from harvest_planner.schema.plan import HarvestPlan
from harvest_planner.schema.problem import PlanningProblem
from harvest_planner.schema.record_table import table_of

if TYPE_CHECKING:
    from harvest_planner.planning.allocation.components import Component
    from harvest_planner.planning.allocation.model import Allocation
    from harvest_planner.planning.columns import ArrayJudge
    from harvest_planner.planning.modelling import Question

Hold = Callable[[Used, PlanningProblem], None]
"""Adds to what is used."""
LARGE_PAIRS = 1_000_000
"""Pairs of an order and a trip with its crop from which on the market decides."""
REPORTING_BY_FOLDING = 3.0
"""How much longer a large plan takes to report than its orders to fold, roughly."""
TIGHTEN = 0.1
"""Factor by which the gap is narrowed where the whole plan misses what its parts met."""


@dataclass(frozen=True)
class Prepared:
    """A problem with everything looked up and judged, ready to be allocated."""

    meeting: Meeting
    settled: Settled
    used: Used
    question: Question
    judge_all: ArrayJudge


def plan_harvest(
    problem: PlanningProblem,
    *,
    executor: Executor | None = None,
    time_limit_s: float | None = None,
    seed: int = 0,
    on_progress: OnProgress | None = None,
    orders: Rows | None = None,
    batches: Rows | None = None,
) -> HarvestPlan:
    """The plan worth most over all orders, batches, days and journeys together.

    Parameters
    ----------
    problem : the question; nothing else, no clock and no network, enters the answer.
    executor : runs the independent parts of the problem side by side; none: one after the other.
    time_limit_s : seconds after which the best plan so far is returned with its honest bound [s]. Ctrl-C does the same
        at once, with the status `interrupted`; a second one raises KeyboardInterrupt.
    seed : of the solver's random choices.
    on_progress : called now and then with a `Progress`; what it raises ends the planning.
    orders, batches : data frames or rows that stand in for the problem's own, as in `PlanningProblem.from_frames`.

    Returns
    -------
    HarvestPlan
        Every kilogram of every reserved or firm order is shipped or refused with a reason; `bound_vnd` holds for every
        other plan of the problem.

    Raises
    ------
    MissingExtraError : highspy or numpy is not installed.
    ValueError : a time limit that is not positive; what the records refuse in a data frame (a ValidationError).
    """
    if time_limit_s is not None and not time_limit_s > 0:
        raise ValueError(f"time_limit_s must be positive seconds, not {time_limit_s!r}")
    require_solver()
    if orders is not None or batches is not None:
        problem = problem.with_frames(orders=orders, batches=batches)
    patience = Patience(time_limit_s)
    with patience.heeding_interrupts():
        plan = planned(problem, executor=executor, patience=patience, seed=seed, tell=on_progress or in_silence)
    return remember(plan, problem)


def planned(
    problem: PlanningProblem,
    *,
    executor: Executor | None = None,
    patience: Patience | None = None,
    seed: int = 0,
    tell: OnProgress = in_silence,
    hold: Hold | None = None,
) -> HarvestPlan:
    """The plan of a problem; `hold` counts what is used already beside it."""
    from harvest_planner.planning.outlook_arrays import ArrayOutlooks

    patience, meeting = patience or Patience(), Meeting(problem)
    if is_large(meeting):
        return planned_by_market(meeting, executor=executor, patience=patience, seed=seed, tell=tell, hold=hold)
    prepared = prepare(problem, tell=tell, hold=hold, meeting=meeting, patience=patience)
    found = allocate(prepared, executor=executor, patience=patience, seed=seed, tell=tell)
    tell(Progress("reporting", ALLOCATED, found.value_vnd, found.bound_vnd))
    look = partial(ArrayOutlooks, prepared.judge_all)
    plan = plan_of(prepared.meeting, prepared.settled, prepared.used, found, look=look, seed=seed)
    tell(Progress("reporting", 1.0, plan.value_vnd, plan.bound_vnd))
    return plan


def is_large(meeting: Meeting, *, share: float = 1.0) -> bool:
    """Whether orders and trips with their crop make more pairs than this share of what one integer programme holds."""
    column = table_of(meeting.problem.orders, Order).column("crop_id")
    orders = Counter(column.codes)
    pairs = sum(count * len(meeting.trips_of_crop(column.values[code])) for code, count in orders.items())
    return pairs > share * LARGE_PAIRS


def planned_by_market(
    meeting: Meeting,
    *,
    executor: Executor | None = None,
    patience: Patience,
    seed: int,
    tell: OnProgress = in_silence,
    hold: Hold | None = None,
) -> HarvestPlan:
    """The plan of a large problem on the meeting's trips: by the market's prices."""
    from harvest_planner.planning.columns import ArrayJudge
    from harvest_planner.planning.folding import folded
    from harvest_planner.planning.laying import laid_out
    from harvest_planner.planning.market.deciding import decide
    from harvest_planner.planning.outlook_arrays import ArrayOutlooks
    from harvest_planner.planning.wholesale import Wholesale

    problem = meeting.problem
    settled, used = settled_beside(meeting, hold)
    by_size = sized(problem.policy)
    judge_all = ArrayJudge(meeting)
    tell(Progress("judging", 0.0))
    began = time.monotonic()
    asked = folded(meeting, used, sized=by_size)
    patience.keep_back(REPORTING_BY_FOLDING * (time.monotonic() - began))
    laid = laid_out(meeting, judge_all, asked, used, sized=by_size, patience=patience)
    tell(Progress("judging", JUDGED))
    constant = laid.kept_vnd + settled_vnd(settled, meeting) - unfair_vnd(used.fair, used.shipped_kg)
    missed_vnd = laid.unjudged_vnd

    def told(part: float, value: float, bound: float) -> None:
        share = JUDGED + (ALLOCATED - JUDGED) * part
        tell(Progress("allocating", share, value + constant, bound + constant + missed_vnd))

    decision = decide(laid.market, seed=seed, told=told, patience=patience, executor=executor)
    bound = decision.bound_vnd + constant + missed_vnd
    tell(Progress("reporting", ALLOCATED, decision.value_vnd + constant, bound))
    whole = Wholesale(meeting, judge_all, settled, used, laid, decision)
    plan = large_plan_of(whole, bound_vnd=bound, look=partial(ArrayOutlooks, judge_all), seed=seed)
    tell(Progress("reporting", 1.0, plan.value_vnd, plan.bound_vnd))
    return plan


def require_solver() -> None:
    """Nothing where the solver and its arrays are installed. Raises MissingExtraError."""
    for package in ("numpy", "highspy"):
        try:
            __import__(package)
        except ImportError:
            raise MissingExtraError(package, extra=None, needed_for="plan_harvest (the joint optimum)") from None


def settled_beside(meeting: Meeting, hold: Hold | None) -> tuple[Settled, Used]:
    """What the problem's commitments fix beside what is used already, and what is used then."""
    problem = meeting.problem
    used = Used.nothing(problem)
    if hold is not None:
        hold(used, problem)
    settled = settle(meeting, problem.commitments, used.departure_kg)
    return settled, used_by(problem, settled, used)


def prepare(
    problem: PlanningProblem,
    *,
    tell: OnProgress = in_silence,
    hold: Hold | None = None,
    meeting: Meeting | None = None,
    patience: Patience | None = None,
) -> Prepared:
    """Look up, settle commitments, judge every candidate by arrays, and lay out the numbers of the joint plan."""
    from harvest_planner.planning.columns import ArrayJudge
    from harvest_planner.planning.modelling import question_of

    meeting = meeting or Meeting(problem)
    settled, used = settled_beside(meeting, hold)
    buyers = tuple(meeting.buyer(order) for order in planned_orders(problem) if _open(order, problem, used))
    judge_all = ArrayJudge(meeting)
    columns = judge_all.columns(buyers, fair=used.fair, tell=tell, patience=patience)
    return Prepared(meeting, settled, used, question_of(meeting, buyers, columns, used), judge_all)


def _open(order: Order, problem: PlanningProblem, used: Used) -> bool:
    """Whether anything of the order is left to be decided."""
    if order.confirm_by_at is not None and order.confirm_by_at < problem.as_of:
        return False
    committed = used.order_kg.get(order.id, 0.0)
    return committed == 0 or (order.may_split and order.quantity_kg - committed > KG_EPSILON)


def allocate(
    prepared: Prepared, *, executor: Executor | None, patience: Patience, seed: int, tell: OnProgress = in_silence
) -> Decided:
    """Solve the independent parts, side by side where an executor is given, and put them together."""
    from harvest_planner.planning.allocation.components import components, joined
    from harvest_planner.planning.allocation.solve import Task, solve
    from harvest_planner.planning.scarcity import shadow_prices

    used = prepared.used
    question, columns = prepared.question.lean()
    parts = list(components(question.model))
    gap = prepared.meeting.problem.policy.gap
    constant = question.kept_vnd + settled_vnd(prepared.settled, prepared.meeting)
    constant -= unfair_vnd(used.fair, used.shipped_kg)
    unjudged = [question.buyers[number] for number in question.columns.unjudged]
    missed_vnd = at_most_vnd(unjudged, prepared.meeting, fair_vnd_per_kg=dearest_vnd_per_kg(used.fair))
    run = map if executor is None else executor.map
    while True:
        tasks = [Task(part.model, gap, seed, patience) for part in parts]
        found = list(_told(run(solve, tasks), parts, tell))
        whole = joined(question.model, parts, found)
        value, bound = whole.value_vnd + constant, whole.bound_vnd + constant + missed_vnd
        wide = (bound - value) / max(abs(bound), 1.0) > prepared.meeting.problem.policy.gap
        if whole.timed_out or whole.interrupted or unjudged or gap < 1e-12 or not wide:
            break
        gap = gap * TIGHTEN if gap > 1e-9 else 0.0
    chosen = whole.column_kg.nonzero()[0]
    surplus = {
        (trip.field.batch.id, trip.day.pick_on): round(float(kg), 6)
        for trip, kg in zip(question.trips, whole.surplus_kg, strict=True)
        if kg > KG_EPSILON
    }
    return Decided(
        tuple(_part(prepared, int(columns[chose]), float(whole.column_kg[chose])) for chose in chosen),
        surplus,
        value,
        bound,
        whole.timed_out or bool(unjudged),
        whole.interrupted or patience.interrupted,
        shadow_prices(prepared.meeting, question, parts, whole, run=run, seed=seed, patience=patience),
        frozenset(buyer.order.id for buyer in unjudged),
    )


def _told(found: Iterable[Allocation], parts: Sequence[Component], tell: OnProgress) -> Iterator[Allocation]:
    """The allocations as they come, each told of; parts are weighed by their candidates."""
    weights = [1 + len(part.columns) for part in parts]
    done, value, bound = 0, 0.0, 0.0
    for weight, allocation in zip(weights, found, strict=True):
        done += weight
        value, bound = value + allocation.value_vnd, bound + allocation.bound_vnd
        share = JUDGED + (ALLOCATED - JUDGED) * done / sum(weights)
        tell(Progress("allocating", share, value, max(value, bound)))
        yield allocation


def _part(prepared: Prepared, column: int, kg: float) -> Part:
    """A chosen column as a candidate, judged again by the plain path."""
    question, meeting = prepared.question, prepared.meeting
    buyer = question.buyers[int(question.columns.order[column])]
    trip = meeting.trips[int(question.columns.trip[column])]
    journey = question.columns.journeys[int(question.columns.journey[column])]
    start = start_of(trip.field, trip.day, departs_h=journey.first_departure_h, ambient=meeting.ambient)
    entry = Entry(trip, start)
    verdict = judge(meeting.delivery(journey, buyer.wish), buyer.wish, entry.start)
    return Part(candidate_of(buyer, entry, journey, verdict, meeting.problem.policy), round(kg, 6))
