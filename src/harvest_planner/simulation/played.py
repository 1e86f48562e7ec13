"""Decisions played in every run: kilograms by what became of them, and the money."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from harvest_planner.simulation.chances import Chances
from harvest_planner.simulation.decisions import Decisions, Sent
from harvest_planner.simulation.fate import Fate, fate_of
from harvest_planner.simulation.luck import Bools, Floats, Luck
from harvest_planner.simulation.report import (
    Estimate,
    SimulatedShipment,
    SimulationReport,
    calibration_of,
    estimate,
)
from harvest_planner.simulation.scene import Parcel, Scene
from harvest_planner.simulation.stock import Stock, stock_of
from harvest_planner.simulation.voyage import Voyages

FATES = ("good", "under", "over", "late", "harmed")


@dataclass
class Played:
    """Totals of each run: kilograms by fate, contented buyers and money."""

    runs: int
    promised_kg: float
    parcels: int
    kg: dict[str, Floats]
    content: Floats
    income_vnd: Floats
    waste_kg: Floats
    shipments: list[SimulatedShipment] = field(default_factory=list)

    def share(self, name: str) -> Estimate:
        """Of the kilograms that were to be shipped; 0 where none were."""
        return interval_of_shares(self.kg[name] / self.promised_kg if self.promised_kg else self.kg[name])


def interval(values: Floats) -> Estimate:
    """The mean over the runs with its interval."""
    mean = float(np.add.reduce(values)) / len(values)
    off = values - mean
    off *= off
    return estimate(mean, math.sqrt(float(np.add.reduce(off)) / (len(values) - 1)), len(values))


def interval_of_shares(values: Floats) -> Estimate:
    """The same of shares, 0 to 1."""
    return interval(values).within(0.0, 1.0)


def interval_of_kg(values: Floats) -> Estimate:
    """The same of kilograms, 0 or more."""
    return interval(values).within(0.0, math.inf)


def interval_of_chance(happened: Bools) -> Estimate:
    """The same of what happened or not in each run."""
    runs, count = len(happened), int(np.count_nonzero(happened))
    return estimate(count / runs, math.sqrt(count * (runs - count) / (runs * (runs - 1))), runs).within(0.0, 1.0)


def play(decisions: Decisions, scene: Scene, luck: Luck) -> Played:
    """Play decisions in every run of some luck."""
    stock = stock_of(decisions, scene, luck)
    played = _before(decisions, scene, luck, stock)
    chances = Chances(luck, shared_delays=scene.world.shared_delays)
    voyages = Voyages(scene, chances)
    for number, sent in enumerate(decisions.sent):
        parcel = scene.parcel(sent)
        fate = fate_of(parcel, voyages.arrived(parcel), chances, scene.problem.policy)
        _add(played, parcel, fate, stock.sent.get(number), scene.problem.policy.review_cost_vnd)
    return played


def _before(decisions: Decisions, scene: Scene, luck: Luck, stock: Stock) -> Played:
    """Trips paid, the local market's money in, the tree's rest valued or dropped; nothing delivered yet."""
    income, waste = np.zeros(luck.runs), np.zeros(luck.runs)
    for batch in scene.problem.batches:
        kept = scene.field(batch.id).kept_vnd_per_kg(scene.problem.policy.terminal_share)
        income += stock.sold[batch.id] * batch.surplus_price_vnd_per_kg + stock.left[batch.id] * kept
        if not scene.field(batch.id).holds_on(scene.field(batch.id).horizon_on):
            waste += stock.left[batch.id]
    income -= math.fsum(scene.problem.batch(batch_id).trip_cost_vnd for batch_id, _ in decisions.trips)
    return Played(
        runs=luck.runs,
        promised_kg=math.fsum(sent.kg for sent in decisions.sent),
        parcels=len(decisions.sent),
        kg={name: np.zeros(luck.runs) for name in (*FATES, "unfilled")},
        content=np.zeros(luck.runs),
        income_vnd=income,
        waste_kg=waste,
    )


def _add(played: Played, parcel: Parcel, fate: Fate, shipped_kg: Floats | None, review_cost_vnd: float) -> None:
    """One parcel's fate into the totals; who gets nothing pays nothing, and is not content."""
    sent, order = parcel.sent, parcel.buyer.order
    kg: Floats | float = sent.kg if shipped_kg is None else shipped_kg
    content = fate.content if shipped_kg is None else fate.content & (shipped_kg > 0.0)
    per_kg = (order.price_vnd_per_kg + order.loss_vnd_per_kg) * fate.good
    per_kg -= order.loss_vnd_per_kg + parcel.cost_vnd_per_kg + fate.timing_vnd_per_kg
    played.income_vnd += kg * per_kg - review_cost_vnd * ~content
    for name, share in zip(FATES, (fate.good, fate.under, fate.over), strict=False):
        played.kg[name] += kg * share
    for name, all_of_it in (("late", fate.late), ("harmed", fate.harmed)):
        if all_of_it.any():
            played.kg[name] += kg * all_of_it
    if shipped_kg is not None:
        played.kg["unfilled"] += sent.kg - shipped_kg
    played.waste_kg += kg * (1.0 - fate.good)
    played.content += content
    good = fate.good if shipped_kg is None else fate.good * (shipped_kg / sent.kg)
    played.shipments.append(_row(sent, good, content, fate.late))


def _row(sent: Sent, good: Floats, content: Bools, late: Bools) -> SimulatedShipment:
    return SimulatedShipment(
        order_id=sent.order_id,
        batch_id=sent.batch_id,
        pick_on=sent.pick_on,
        kg=sent.kg,
        promised_good_share=sent.good_share,
        promised_parcel_good_share=sent.parcel_good_share,
        good_share=interval_of_shares(good),
        parcel_good_share=interval_of_chance(content),
        on_time_share=1.0 - np.count_nonzero(late) / len(late),
    )


def report_of(played: Played, scene: Scene, *, seed: int) -> SimulationReport:
    """The totals as a report."""
    hung_kg = math.fsum(batch.quantity_kg for batch in scene.problem.batches)
    return SimulationReport(
        runs=played.runs,
        seed=seed,
        deliveries=played.runs * played.parcels,
        good_share=played.share("good"),
        under_ripe_share=played.share("under"),
        over_ripe_share=played.share("over"),
        late_share=played.share("late"),
        harmed_share=played.share("harmed"),
        unfilled_share=played.share("unfilled"),
        parcel_good_share=interval_of_shares(played.content / max(1, played.parcels)),
        waste_kg=interval_of_kg(played.waste_kg),
        income_vnd=interval(played.income_vnd),
        income_vnd_per_kg=interval(played.income_vnd / hung_kg if hung_kg else played.income_vnd),
        calibration=calibration_of(played.shipments),
        shipments=tuple(played.shipments),
    )
