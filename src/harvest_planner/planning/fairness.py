"""What is fair among growers: of what is asked of a crop each has a part, by what he offers of it."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Container, Mapping
from typing import NamedTuple

from harvest_planner.schema.goods import Order
from harvest_planner.schema.problem import PlanningProblem
from harvest_planner.schema.record_table import table_of

Owner = tuple[str, str]
"""A grower and a crop."""


class FairPart(NamedTuple):
    """What a grower would ship of a crop if all who offer it shipped the same share of what they offer."""

    kg: float
    vnd_per_kg: float
    """Price of each kilogram that he ships short of it: fairness_weight · mean price of the crop's orders [VND/kg]."""

    def beyond(self, kg: float) -> FairPart:
        """What of it is left where so much is shipped."""
        return FairPart(max(0.0, self.kg - kg), self.vnd_per_kg)

    def of(self, kg: float) -> float:
        """What so many kilograms count towards it [VND]."""
        return min(kg, self.kg) * self.vnd_per_kg


NO_PART = FairPart(0.0, 0.0)


def fair_parts(problem: PlanningProblem, *, states: Container[str]) -> dict[Owner, FairPart]:
    """Every grower's fair part of each of his crops; none where `policy.fairness_weight` is 0.

    φ · kg in his batches of the crop, with φ = min(1, kg ordered / kg in all batches): known before anything is
    planned. It is a price, not money: it moves orders from
    growers who have theirs to growers who are short, where that costs less than its price.

    Parameters
    ----------
    states : of the orders that count.
    """
    weight = problem.policy.fairness_weight
    if weight <= 0:
        return {}
    table = table_of(problem.orders, Order)
    columns = (table.column(name) for name in ("crop_id", "state", "quantity_kg", "price_vnd_per_kg"))
    # Alike orders are counted, so that the sums are the same whatever the order of the rows.
    ordered: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for (crop_id, state, kg, price), count in Counter(zip(*columns, strict=True)).items():
        if state in states:
            ordered[crop_id].append((count * kg, price))
    offered: dict[str, list[float]] = defaultdict(list)
    own: dict[Owner, list[float]] = defaultdict(list)
    for batch in problem.batches:
        offered[batch.crop_id].append(batch.quantity_kg)
        own[batch.grower_id, batch.crop_id].append(batch.quantity_kg)
    found = {}
    for (grower_id, crop_id), kg in own.items():
        asked_kg, offered_kg = math.fsum(each for each, _ in ordered[crop_id]), math.fsum(offered[crop_id])
        if asked_kg > 0 and math.fsum(kg) > 0:
            price = math.fsum(each * price for each, price in ordered[crop_id]) / asked_kg
            part_kg = min(1.0, asked_kg / offered_kg) * math.fsum(kg)
            found[grower_id, crop_id] = FairPart(part_kg, weight * price)
    return found


def lacking(fair: Mapping[Owner, FairPart], shipped_kg: Mapping[Owner, float]) -> dict[Owner, FairPart]:
    """What of each fair part is not shipped."""
    return {owner: part.beyond(shipped_kg.get(owner, 0.0)) for owner, part in fair.items()}


def dearest_vnd_per_kg(fair: Mapping[Owner, FairPart]) -> float:
    """What a kilogram counts at most [VND/kg]."""
    return max((part.vnd_per_kg for part in fair.values()), default=0.0)


def unfair_vnd(fair: Mapping[Owner, FairPart], shipped_kg: Mapping[Owner, float]) -> float:
    """Price of all kilograms that growers ship short of their fair parts [VND]."""
    return math.fsum(kg * vnd for kg, vnd in lacking(fair, shipped_kg).values())
