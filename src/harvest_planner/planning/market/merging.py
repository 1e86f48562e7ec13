"""Trips given up: their orders go onto trips that are made anyway, where the fee saved is more than that costs.

As the step that closes a facility in location problems (A. A. Kuehn and M. J. Hamburger, Management Science 9 (1963)
643–666, 10.1287/mnsc.9.4.643): whoever was served from there is served by what is open, and what that loses is held
against what the facility costs.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import numpy as np

from harvest_planner.planning.index_arrays import runs
from harvest_planner.planning.market.loading import ASKED_EVERY, Loading
from harvest_planner.planning.market.loads import Part
from harvest_planner.planning.market.market import KG_EPSILON
from harvest_planner.planning.market.prices import worth
from harvest_planner.planning.patience import FILLING_AT_MOST, Patience

MOST_PARTS = 4
"""Orders of a trip up to which giving it up is tried; an assumption."""
LEAST_GAIN_VND = 1.0
Choice = tuple[int, int, int, float]
"""A row with its access and journey, and what a kilogram brings on it [VND/kg]."""


def merge(loading: Loading, patience: Patience) -> bool:
    """Give up trips of few orders, the lightest first; whether any was given up."""
    supply, splits = loading.market.supply, loading.market.demand.splits
    held: dict[int, list[Part]] = defaultdict(list)
    for part in loading.parts:
        held[part[2]].append(part)
    few = [
        trip
        for trip, parts in held.items()
        if len(parts) <= MOST_PARTS and not supply.trip_made[trip] and not any(splits[part[0]] for part in parts)
    ]
    if not few:
        return False
    choices = _choices(loading, (part[0] for trip in few for part in held[trip]))
    changed = False
    for number, trip in enumerate(sorted(few, key=lambda trip: (loading.shipped_kg[trip], trip))):
        if number % ASKED_EVERY == 0 and patience.over_after(FILLING_AT_MOST):
            break
        # By now it may have taken the orders of others.
        if len(held[trip]) <= MOST_PARTS and (moved := _moved(loading, choices, trip, held[trip])):
            held[trip] = []
            for part in moved:
                held[part[2]].append(part)
            changed = True
    loading.parts = [part for parts in held.values() for part in parts]
    return changed


def _choices(loading: Loading, orders: Iterable[int]) -> dict[int, list[Choice]]:
    """Of each order the rows that a trip brings which is made."""
    market, demand = loading.market, loading.market.demand
    made = np.zeros(market.lots, dtype=bool)
    made[market.supply.trip_lot[np.array(loading.field.made, dtype=bool)]] = True
    open_access = np.logical_or.reduceat(made[market.access_lot], market.access_first[:-1])
    order = np.array(sorted(set(orders)), dtype=np.int64)
    row, owner = runs(demand.first, demand.wish[order])
    able = open_access[demand.row_access[row]]
    row, owner = row[able], order[owner[able]]
    per_kg = worth(market, loading.groups, row, loading.groups.of_order[owner])
    found: dict[int, list[Choice]] = defaultdict(list)
    columns = (owner, row, demand.row_access[row], demand.row_journey[row], per_kg)
    for each, *choice in zip(*(column.tolist() for column in columns), strict=True):
        found[each].append(tuple(choice))
    return found


def _moved(loading: Loading, choices: dict[int, list[Choice]], trip: int, parts: list[Part]) -> list[Part]:
    """The parts of a trip on other trips, the trip given up; none, and nothing changed, where that does not pay."""
    field, supply, brings = loading.field, loading.market.supply, -loading.fee[trip]
    shipped, picked = loading.shipped_kg[trip], field.kg[trip]
    for order, row, _, kg in parts:
        per_kg = next(worth_ for one, _, _, worth_ in choices[order] if one == row)
        brings += loading.worth_vnd(trip, kg, per_kg)
    # What is picked because the trip brings its least goes to the local market.
    local = supply.trip_surplus[trip] - supply.trip_standing[trip]
    brings += loading.worth_vnd(trip, picked - shipped, local) + loading.lacking.loss(trip, shipped)
    for part in parts:
        loading.take_off(part)
    field.leave(trip)
    moved: list[tuple[Part, float]] = []
    for order, _, _, kg in parts:
        gain, row, other, journey = _best(loading, choices[order], kg)
        if other < 0:
            break
        brings -= gain
        moved.append(((order, row, other, kg), field.kg[other]))
        loading.put(order, row, other, kg, journey)
    if len(moved) == len(parts) and brings < -LEAST_GAIN_VND:
        return [part for part, _ in moved]
    for part, before_kg in reversed(moved):
        loading.take_off(part)
        field.pick(part[2], before_kg - field.kg[part[2]])
    field.pick(trip, picked)
    for order, row, _, kg in parts:
        loading.put(order, row, trip, kg, int(loading.market.demand.row_journey[row]))
    return []


def _best(loading: Loading, choices: list[Choice], kg: float) -> tuple[float, int, int, int]:
    """What so much brings at best on a trip that is made, with its row, trip and journey; −1: there is no room."""
    market, made = loading.market, loading.field.made
    best = (-np.inf, -1, -1, -1)
    roomy: dict[int, list[int]] = {}
    for row, access, journey, per_kg in choices:
        for lot in market.access_lot[market.access_first[access] : market.access_first[access + 1]].tolist():
            trips = roomy.get(lot)
            if trips is None:
                able = (trip for trip in loading.trips_of[lot] if made[trip])
                trips = roomy[lot] = [trip for trip in able if loading.room(trip) >= kg - KG_EPSILON]
            for trip in trips:
                gain = loading.gain(trip, kg, per_kg)
                if gain > best[0] and loading.rides(journey, trip) >= kg - KG_EPSILON:
                    best = (gain, row, trip, journey)
    return best
