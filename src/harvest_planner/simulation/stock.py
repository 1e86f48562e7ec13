"""What hangs there in each run, and who gets it where it is less than was told."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from harvest_planner.simulation.decisions import Decisions, Sent
from harvest_planner.simulation.luck import Floats, Luck
from harvest_planner.simulation.scene import Scene
from harvest_planner.simulation.world import World

KG = 1e-6
"""Kilograms that rounding may add or take."""


@dataclass(frozen=True)
class Stock:
    """Kilograms in each run.

    Attributes
    ----------
    sent : of each shipment, by its place among the decisions; as decided where it is not listed.
    sold : for the local market, by batch.
    left : on the tree, by batch.
    """

    sent: dict[int, Floats]
    sold: dict[str, Floats]
    left: dict[str, Floats]


def stock_of(decisions: Decisions, scene: Scene, luck: Luck) -> Stock:
    """Go through each batch's trips by date: orders first, by their ids, then the local market.

    An order that may not be split is shipped whole or not at all, any other as far as the fruit reaches. Picks before
    the batch was last observed do not count against what was seen then.
    """
    sent: dict[int, Floats] = {}
    sold: dict[str, Floats] = {}
    left: dict[str, Floats] = {}
    by_batch: dict[str, list[tuple[int, Sent]]] = defaultdict(list)
    for number, each in enumerate(decisions.sent):
        by_batch[each.batch_id].append((number, each))
    for batch in scene.problem.batches:
        hangs = hanging(batch.id, scene, luck)
        short = may_fall_short(batch.quantity_sd_kg, scene.world)
        sold[batch.id] = np.zeros(luck.runs)
        days = {day: kg for (batch_id, day), kg in decisions.trips.items() if batch_id == batch.id}
        for day in sorted(days.keys() | {each.pick_on for _, each in by_batch[batch.id]}):
            if day < batch.observed_on:
                continue
            for number, each in by_batch[batch.id]:
                if each.pick_on == day:
                    kg = _taken(each, hangs, scene) if short else np.full(luck.runs, each.kg)
                    hangs = hangs - kg
                    if short:
                        sent[number] = kg
            surplus = np.minimum(days.get(day, 0.0), hangs) if short else np.full(luck.runs, days.get(day, 0.0))
            sold[batch.id] += surplus
            hangs = hangs - surplus
        left[batch.id] = np.maximum(0.0, hangs)
    return Stock(sent, sold, left)


def may_fall_short(quantity_sd_kg: float, world: World) -> bool:
    """Whether the batch may hold less than was told."""
    return world.yield_factor != 1.0 or (world.uncertain_yield and quantity_sd_kg > 0.0)


def hanging(batch_id: str, scene: Scene, luck: Luck) -> Floats:
    """What hangs of a batch in each run [kg]."""
    batch, world = scene.problem.batch(batch_id), scene.world
    kg = np.full(luck.runs, batch.quantity_kg * world.yield_factor)
    if world.uncertain_yield and batch.quantity_sd_kg:
        kg += batch.quantity_sd_kg * luck.shared_normals("yield", batch_id)
    return np.asarray(np.maximum(0.0, kg), dtype=np.float64)


def _taken(sent: Sent, hangs: Floats, scene: Scene) -> Floats:
    if scene.problem.order(sent.order_id).may_split:
        return np.asarray(np.minimum(sent.kg, hangs), dtype=np.float64)
    return np.asarray(np.where(hangs >= sent.kg - KG, np.minimum(sent.kg, hangs), 0.0), dtype=np.float64)
