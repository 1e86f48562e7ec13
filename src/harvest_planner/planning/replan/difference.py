"""What a new plan changes of an old one: for each grower, for each order, and what the changes cost."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from harvest_planner.planning.replan.standing import Row, Standing, rows_for, rows_on
from harvest_planner.planning.replan.taken import Trip
from harvest_planner.schema.plan import HarvestPlan, Refusal
from harvest_planner.schema.problem import PlanningProblem
from harvest_planner.schema.record_table import MadeRows
from harvest_planner.schema.told_rows import field_of, records_at

KG_EPSILON = 1e-5
"""Weights are written to a milligram, and some are sums of many."""
MINUTE_H = 1.0 / 60.0
_Way = tuple[Trip, tuple[tuple[str, dt.datetime], ...]]
"""A trip, and the departures from it."""
_K = TypeVar("_K")


@dataclass(frozen=True, slots=True)
class PickChange:
    """One line of a grower's sheet before and after.

    Attributes
    ----------
    before_kg, after_kg : for orders, at that batch on that day [kg]; 0: no trip.
    """

    grower_id: str
    batch_id: str
    pick_on: dt.date
    before_kg: float
    after_kg: float


@dataclass(frozen=True, slots=True)
class OrderChange:
    """What becomes of an order.

    Attributes
    ----------
    before_kg, after_kg : shipped [kg].
    repicked : some of it comes from another batch or day than before.
    rerouted : some of it travels otherwise than before.
    later_h : by how much the last of it arrives later than planned before, by the medians [h]; negative: earlier, 0
        where nothing was or is shipped.
    reason_code : of a refusal, where less is shipped than ordered.
    """

    order_id: str
    before_kg: float
    after_kg: float
    repicked: bool
    rerouted: bool
    later_h: float
    reason_code: str | None


@dataclass(frozen=True, slots=True)
class PlanDifference:
    """What a re-plan changes, and the problem it now answers.

    Attributes
    ----------
    problem : the question after the events, as of the new moment; what the new plan keeps stands in its commitments,
        so that `check_plan(plan, problem)` judges it whole.
    picks, orders : what changes, by grower and by order; what stays is not listed. Where reasons of refusals are
        reckoned on demand, so are those of orders.
    value_before_vnd, value_after_vnd : of the old plan as planned, and of the new one [VND].
    change_cost_vnd : the price of the changes by `policy.change_cost_vnd_per_kg`, rising toward the pick [VND].
    """

    problem: PlanningProblem = field(repr=False)
    picks: tuple[PickChange, ...]
    orders: Sequence[OrderChange]
    value_before_vnd: float
    value_after_vnd: float
    change_cost_vnd: float

    @property
    def grower_ids(self) -> tuple[str, ...]:
        """The growers whose sheets change."""
        return tuple(sorted({change.grower_id for change in self.picks}))

    def of_grower(self, grower_id: str) -> tuple[PickChange, ...]:
        """The changes of one sheet."""
        return tuple(change for change in self.picks if change.grower_id == grower_id)


def difference(
    old: HarvestPlan,
    new: HarvestPlan,
    standing: Iterable[Standing],
    problem: PlanningProblem,
    *,
    others: Collection[str],
) -> PlanDifference:
    """What the new plan changes of the old one.

    Parameters
    ----------
    others : ids of orders that are not carried over; nothing changes of those that are.
    """
    before, after = rows_for(old, others), rows_for(new, others)
    picks = tuple(_pick_changes(old, before, after, problem, others))
    return PlanDifference(
        problem=problem,
        picks=picks,
        orders=_order_changes(old, new, before, after),
        value_before_vnd=old.value_vnd,
        value_after_vnd=new.value_vnd,
        change_cost_vnd=_cost(picks, standing, problem),
    )


def change_cost_vnd(
    old: HarvestPlan,
    new: HarvestPlan,
    standing: Iterable[Standing],
    problem: PlanningProblem,
    *,
    others: Collection[str],
) -> float:
    """What the changes cost by `policy.change_cost_vnd_per_kg` [VND]."""
    if problem.policy.change_cost_vnd_per_kg == 0:
        return 0.0
    changes = _pick_changes(old, rows_for(old, others), rows_for(new, others), problem, others)
    return _cost(tuple(changes), standing, problem)


def _pick_changes(
    old: HarvestPlan, before: Iterable[Row], after: Iterable[Row], problem: PlanningProblem, others: Collection[str]
) -> Iterator[PickChange]:
    was, now = _kg_by_trip(before), _kg_by_trip(after)
    trips = was.keys() | now.keys()
    stays = _kg_by_trip(row for row in rows_on(old, trips) if row.order_id not in others)
    for trip in sorted(trips):
        kg = tuple(round(stays.get(trip, 0.0) + table.get(trip, 0.0), 6) for table in (was, now))
        if abs(kg[0] - kg[1]) > KG_EPSILON:
            yield PickChange(problem.batch(trip[0]).grower_id, *trip, *kg)


def _kg_by_trip(rows: Iterable[Row]) -> dict[tuple[str, dt.date], float]:
    found: dict[tuple[str, dt.date], float] = defaultdict(float)
    for row in rows:
        found[row.trip] += row.kg
    return found


def _order_changes(
    old: HarvestPlan, new: HarvestPlan, rows_before: Sequence[Row], rows_after: Sequence[Row]
) -> Sequence[OrderChange]:
    different = _different(rows_before, rows_after)
    before, after = _ways(rows_before, different), _ways(rows_after, different)
    arrived, arrives = _arrivals(rows_before, different), _arrivals(rows_after, different)
    refused = {order_id: at for at, order_id in enumerate(field_of(new.refusals, "order_id"))}
    refused_before = set(field_of(old.refusals, "order_id"))
    changes: list[OrderChange] = []
    for order_id in sorted(before.keys() | after.keys() | (refused.keys() - refused_before)):
        was, now = before.get(order_id, {}), after.get(order_id, {})
        kg = sum(was.values()), sum(now.values())
        repicked = _moved(_by_trip(was), _by_trip(now))
        rerouted = not repicked and _moved(was, now)
        later_h = (arrives[order_id] - arrived[order_id]) / dt.timedelta(hours=1) if was and now else 0.0
        moved = repicked or rerouted or abs(later_h) >= MINUTE_H
        if moved or abs(kg[0] - kg[1]) > KG_EPSILON or (not now and not was):
            told = round(kg[0], 6), round(kg[1], 6), repicked, rerouted, round(later_h, 4)
            changes.append(OrderChange(order_id, *told, reason_code=None))
    return _reasoned(changes, refused, new.refusals)


def _reasoned(
    changes: Sequence[OrderChange], refused: Mapping[str, int], refusals: Sequence[Refusal]
) -> Sequence[OrderChange]:
    """The changes with the reasons of those refused, which are asked for where they are at hand."""

    def with_codes(numbers: Sequence[int]) -> list[OrderChange]:
        asked = [changes[number] for number in numbers]
        places = {change.order_id: refused[change.order_id] for change in asked if change.order_id in refused}
        codes = {each.order_id: each.reasons[0].code for each in records_at(refusals, list(places.values()))}
        return [replace(change, reason_code=codes.get(change.order_id)) for change in asked]

    if not isinstance(refusals, MadeRows):
        return tuple(with_codes(range(len(changes))))
    return MadeRows(len(changes), lambda at: with_codes([at])[0], make_many=with_codes)


def _different(before: Iterable[Row], after: Iterable[Row]) -> frozenset[str]:
    """Orders some of whose rows are not the same before and after; where nobody touched it, a row keeps its legs."""
    was, now = (Counter((row.order_id, row.trip, row.kg, id(row.legs)) for row in rows) for rows in (before, after))
    return frozenset(order_id for order_id, *_ in ((was - now) | (now - was)))


def _ways(rows: Iterable[Row], of: frozenset[str]) -> dict[str, dict[_Way, float]]:
    """What each of those orders gets by each way [kg]."""
    found: dict[str, dict[_Way, float]] = defaultdict(lambda: defaultdict(float))
    for row in rows:
        if row.order_id in of:
            lanes = tuple((leg.lane_id, leg.departs_at) for leg in row.legs)
            found[row.order_id][row.trip, lanes] += row.kg
    return {order_id: dict(ways) for order_id, ways in found.items()}


def _arrivals(rows: Iterable[Row], of: frozenset[str]) -> dict[str, dt.datetime]:
    """When the last of each of those orders arrives, by the median."""
    found: dict[str, dt.datetime] = {}
    for row in rows:
        if row.order_id in of:
            at = row.legs[-1].arrive_p50_at
            found[row.order_id] = max(at, found.get(row.order_id, at))
    return found


def _by_trip(ways: Mapping[_Way, float]) -> dict[Trip, float]:
    found: dict[Trip, float] = defaultdict(float)
    for (trip, _), kg in ways.items():
        found[trip] += kg
    return dict(found)


def _moved(before: Mapping[_K, float], after: Mapping[_K, float]) -> bool:
    """Whether something of an order goes otherwise, and not just less or more of it the same way."""
    if not before or not after:
        return before.keys() != after.keys()
    more = [after.get(key, 0.0) - before.get(key, 0.0) for key in {**before, **after}]
    return before.keys() != after.keys() or (max(more) > KG_EPSILON and min(more) < -KG_EPSILON)


def _cost(picks: Collection[PickChange], standing: Iterable[Standing], problem: PlanningProblem) -> float:
    """Changed kilograms at the policy's price, twice that at the fence and less the farther off the pick is."""
    policy = problem.policy
    if policy.change_cost_vnd_per_kg == 0:
        return 0.0
    trips = {(change.batch_id, change.pick_on) for change in picks}
    ahead = {each.trip: each.ahead_h for each in standing if each.trip in trips}
    fence = max(policy.freeze_h, 1.0)
    total = 0.0
    for change in picks:
        hours = max(fence, ahead.get((change.batch_id, change.pick_on), 24.0 * policy.horizon_days))
        total += abs(change.after_kg - change.before_kg) * policy.change_cost_vnd_per_kg * (1.0 + fence / hours)
    return total
