"""Whether growers get their fair parts: what each would ship if all shipped the same share of what they offer."""

from __future__ import annotations

import math
from collections.abc import Iterable

from harvest_planner.planning.referee.case import Case
from harvest_planner.schema.goods import Batch

Owner = tuple[str, str]
"""A grower and a crop."""


class FairParts:
    """The fair part of each grower in each of his crops, and what is shipped of it.

    Attributes
    ----------
    vnd_per_kg : by crop, the price of each kilogram short [VND/kg]; none where the policy weighs it with 0.
    short_kg : by grower and crop, what is not shipped of the fair part [kg].
    """

    def __init__(self, case: Case, shipped_kg: Iterable[tuple[str, float]]) -> None:
        self.vnd_per_kg: dict[str, float] = {}
        self.short_kg: dict[Owner, float] = {}
        weight = case.problem.policy.fairness_weight
        if weight == 0:
            return
        wanted = [order for order in case.orders.values() if order.wish.planned]
        for crop_id in {order.wish.crop_id for order in wanted}:
            batches = [batch for batch in case.batches.values() if batch.crop_id == crop_id]
            orders = [order for order in wanted if order.wish.crop_id == crop_id]
            ordered = math.fsum(order.quantity_kg for order in orders)
            offered = math.fsum(batch.quantity_kg for batch in batches)
            if not offered:
                continue
            worth = math.fsum(order.quantity_kg * order.price_vnd_per_kg for order in orders)
            self.vnd_per_kg[crop_id] = weight * worth / ordered
            for batch in batches:
                self._add(batch, batch.quantity_kg * min(1.0, ordered / offered))
        for batch_id, kg in shipped_kg:
            self._add(case.batches[batch_id], -kg)

    def _add(self, batch: Batch, kg: float) -> None:
        owner = (batch.grower_id, batch.crop_id)
        self.short_kg[owner] = self.short_kg.get(owner, 0.0) + kg

    def of(self, batch: Batch) -> tuple[float, float]:
        """What the batch's grower still lacks [kg], and the price of a kilogram [VND/kg]."""
        short = self.short_kg.get((batch.grower_id, batch.crop_id), 0.0)
        return max(0.0, short), self.vnd_per_kg.get(batch.crop_id, 0.0)

    @property
    def price_vnd(self) -> float:
        """Each kilogram that a grower ships short of his fair part has its price [VND]."""
        prices = self.vnd_per_kg
        return math.fsum(max(0.0, short) * prices.get(crop_id, 0.0) for (_, crop_id), short in self.short_kg.items())
