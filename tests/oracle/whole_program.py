"""The optimum as one integer programme written down whole: no classes, no columns priced in, nothing taken apart."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from itertools import combinations

import highspy

from harvest_planner.schema.goods import Batch
from harvest_planner.schema.problem import PlanningProblem
from tests.oracle.candidates import Option
from tests.oracle.fairness import parts
from tests.oracle.fruit import left_vnd_per_kg, pick_days

Terms = list[tuple[int, float]]


class _Programme:
    """Columns and rows handed to HiGHS one by one."""

    def __init__(self) -> None:
        self.highs = highspy.Highs()
        for name, value in {
            "output_flag": False,
            "presolve": "off",  # HiGHS 1.14.0 presolves some optima away (ERGO-Code/HiGHS issues 3073 and 3094)
            "mip_rel_gap": 0.0,
            "mip_abs_gap": 1e-3,
            "mip_feasibility_tolerance": 1e-9,
            "primal_feasibility_tolerance": 1e-9,
            "threads": 1,
        }.items():
            self.highs.setOptionValue(name, value)
        self.highs.changeObjectiveSense(highspy.ObjSense.kMaximize)
        self.columns = 0

    def column(self, vnd: float, most: float, *, whole: bool = False) -> int:
        self.highs.addCol(vnd, 0.0, most, 0, [], [])
        if whole:
            self.highs.changeColIntegrality(self.columns, highspy.HighsVarType.kInteger)
        self.columns += 1
        return self.columns - 1

    def row(self, terms: Terms, *, low: float = -highspy.kHighsInf, high: float = highspy.kHighsInf) -> None:
        if terms:
            self.highs.addRow(low, high, len(terms), [index for index, _ in terms], [factor for _, factor in terms])

    def value(self) -> float:
        self.highs.run()
        status = self.highs.getModelStatus()
        if status != highspy.HighsModelStatus.kOptimal:
            raise ArithmeticError(f"HiGHS ended with {status}")
        return float(self.highs.getInfo().objective_function_value)


def whole_program(problem: PlanningProblem, candidates: Iterable[Option]) -> float:
    """The best value from these candidates [VND]; no commitments."""
    if problem.commitments:
        raise NotImplementedError("the programme knows no commitments")
    programme = _Programme()
    taken: dict[tuple[str, dt.date], Terms] = defaultdict(list)
    packed: dict[tuple[str, dt.date], Terms] = defaultdict(list)
    loaded: dict[tuple[str, float], Terms] = defaultdict(list)
    _ship(programme, candidates, taken, packed, loaded)
    places = {place.id: place.packing_kg_per_day for place in problem.places}
    lanes = {lane.id: lane.capacity_kg for lane in problem.lanes}
    for (place_id, _), terms in packed.items():
        if (most := places.get(place_id)) is not None:
            programme.row(terms, high=most)
    for (lane_id, _), terms in loaded.items():
        if (most := lanes[lane_id]) is not None:
            programme.row(terms, high=most)
    on_tree = _pick(programme, problem, taken)
    unfair = _be_fair(programme, problem, taken)
    return programme.value() + on_tree - unfair


def _ship(
    programme: _Programme,
    candidates: Iterable[Option],
    taken: dict[tuple[str, dt.date], Terms],
    packed: dict[tuple[str, dt.date], Terms],
    loaded: dict[tuple[str, float], Terms],
) -> None:
    """Kilograms by candidate: all or none, or parts of at least a kilogram that pay a review each."""
    by_order: dict[str, list[Option]] = defaultdict(list)
    for option in candidates:
        by_order[option.order.id].append(option)
    for found in by_order.values():
        order = found[0].order
        kilograms: Terms = []
        for option in found:
            chosen = programme.column(-option.review_vnd, 1.0, whole=True)
            kg = programme.column(option.per_kg_vnd, order.quantity_kg)
            least = min(1.0, order.quantity_kg) if order.may_split else order.quantity_kg
            programme.row([(kg, 1.0), (chosen, -least)], low=0.0)
            programme.row([(kg, 1.0), (chosen, -order.quantity_kg)], high=0.0)
            kilograms.append((kg, 1.0))
            taken[option.batch.id, option.day].append((kg, 1.0))
            packed[option.batch.place_id, option.day].append((kg, 1.0))
            for departure in option.departures:
                loaded[departure].append((kg, 1.0))
        programme.row(kilograms, high=order.quantity_kg)


def _be_fair(programme: _Programme, problem: PlanningProblem, taken: dict[tuple[str, dt.date], Terms]) -> float:
    """Kilograms that count towards each grower's part; returns the price of all parts if nothing were shipped [VND]."""
    unfair = 0.0
    for (grower_id, crop_id), (part_kg, vnd) in parts(problem).items():
        own = {batch.id for batch in problem.batches if (batch.grower_id, batch.crop_id) == (grower_id, crop_id)}
        counted = programme.column(vnd, part_kg)
        shipped = [(kg, -1.0) for (batch_id, _), terms in taken.items() if batch_id in own for kg, _ in terms]
        programme.row([(counted, 1.0), *shipped], high=0.0)
        unfair += vnd * part_kg
    return unfair


def _pick(programme: _Programme, problem: PlanningProblem, taken: dict[tuple[str, dt.date], Terms]) -> float:
    """Trips, surplus and pickers; returns what all fruit would be worth if it stayed on the tree [VND]."""
    hands: dict[tuple[str, dt.date], Terms] = defaultdict(list)
    on_tree = 0.0
    for batch in problem.batches:
        left = left_vnd_per_kg(problem, batch)
        on_tree += left * batch.quantity_kg
        trips, kilograms = _trips(programme, problem, batch, taken, left)
        for day, terms in kilograms.items():
            hands[batch.grower_id, day] += terms
        programme.row([term for terms in kilograms.values() for term in terms], high=batch.quantity_kg)
        if problem.policy.max_picks_per_batch is not None:
            programme.row([(trip, 1.0) for trip in trips.values()], high=problem.policy.max_picks_per_batch)
        for one, other in combinations(trips, 2):
            if abs((other - one).days) < batch.days_between_picks:
                programme.row([(trips[one], 1.0), (trips[other], 1.0)], high=1.0)
    for (grower_id, _), terms in hands.items():
        if (most := problem.grower(grower_id).pick_capacity_kg_per_day) is not None:
            programme.row(terms, high=most)
    return on_tree


def _trips(
    programme: _Programme,
    problem: PlanningProblem,
    batch: Batch,
    taken: dict[tuple[str, dt.date], Terms],
    left_vnd: float,
) -> tuple[dict[dt.date, int], dict[dt.date, Terms]]:
    trips: dict[dt.date, int] = {}
    kilograms: dict[dt.date, Terms] = {}
    for day in pick_days(problem, batch):
        trips[day] = programme.column(-batch.trip_cost_vnd, 1.0, whole=True)
        surplus = programme.column(batch.surplus_price_vnd_per_kg, batch.quantity_kg)
        kilograms[day] = [*taken[batch.id, day], (surplus, 1.0)]
        programme.row([*kilograms[day], (trips[day], -batch.quantity_kg)], high=0.0)
        programme.row([*kilograms[day], (trips[day], -batch.min_trip_kg)], low=0.0)
    everything = [term for terms in kilograms.values() for term in terms]
    gone = programme.column(-left_vnd, batch.quantity_kg)
    programme.row([*everything, (gone, -1.0)], low=0.0, high=0.0)
    return trips, kilograms
