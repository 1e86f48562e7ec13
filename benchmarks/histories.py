"""Made-up weeks of deliveries with a known truth, from which learning can be judged.

The problem holds what is believed; a truth is drawn about it: every lane off by its own factor and by one that its
carrier's lanes share, every batch older or younger than its stage says, fruit that ripens faster or slower by area.
Parcels are then played leg by leg and fruit by fruit by the plain path of the simulation, in the true world, and buyers
say what they found. Nothing of it comes from `learning`. All numbers are made up, to be of a plausible size.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

import harvest_planner as hp
from harvest_planner.simulation.chances import Chances
from harvest_planner.simulation.decisions import Sent
from harvest_planner.simulation.luck import Luck
from harvest_planner.simulation.plain import deliver
from harvest_planner.simulation.scene import Parcel, Scene
from harvest_planner.simulation.world import World
from harvest_planner.transit.instants import instant_of

HANOI = dt.timezone(dt.timedelta(hours=7))
AS_OF = dt.datetime(2026, 8, 3, tzinfo=HANOI)
Z95 = 1.6448536269514722
PLACES = (("chi-lang-farm", 21.62, 106.55, "Lạng Sơn"), ("dong-trieu-farm", 21.08, 106.51, "Quảng Ninh"))
MARKETS = (("ha-noi", 12, 19), ("hai-phong", 14, 24), ("nghe-an", 20, 31), ("da-nang", 30, 47))
STAGES = ("S1", "S2", "S3")


@dataclass(frozen=True)
class Size:
    """How much of what there is."""

    orders: int = 500
    batches: int = 8
    markets: int = len(MARKETS)
    """Each with one lane from each place that has a batch."""
    review_share: float = 1.0
    """Share of buyers who review with a reason."""


@dataclass(frozen=True)
class Spread:
    """How far the truth may lie from what is believed, each one standard deviation."""

    kin: float = 0.08
    lane: float = 0.10
    lane_sd: float = 0.20
    """Of the logarithm of the lanes' log-sd."""
    batch_d20: float = 0.6
    rate: float = 0.08
    area_rate: float = 0.04
    buyers_d20: float = 0.3
    """How far buyers differ in what they call ripe."""
    lateness_d20: float = 0.3
    """How much riper late parcels are called."""


class Truth(NamedTuple):
    """What is the case: the world as a problem, and its numbers by id."""

    problem: hp.PlanningProblem
    medians_h: dict[str, float]
    kins: dict[str, float]
    """ln of what a carrier's lanes share."""
    shifts_d20: dict[str, float]
    rates: dict[str, float]
    lateness_d20: float


class History(NamedTuple):
    """What was believed, what is the case, and what came back."""

    believed: hp.PlanningProblem
    truth: Truth
    outcomes: list[hp.DeliveryOutcome]


def history(seed: int, size: Size = Size(), spread: Spread = Spread()) -> History:
    """A week of deliveries."""
    rng = np.random.default_rng(seed)
    believed = problem_of(rng, size)
    truth = truth_of(believed, rng, spread)
    planned = Scene(believed, World())
    sent = [_sent(order, planned, rng) for order in believed.orders]
    outcomes = outcomes_of(sent, planned, truth, rng, size=size, spread=spread)
    # Buyers are promised what seven of ten parcels keep, as far as is believed.
    orders = tuple(
        order.model_copy(update={"deliver_until_at": instant_of(each.departs_h + _promised_h(each, planned), HANOI)})
        for order, each in zip(believed.orders, sent, strict=True)
    )
    return History(believed.model_copy(update={"orders": orders}), truth, outcomes)


def problem_of(rng: np.random.Generator, size: Size) -> hp.PlanningProblem:
    """Two places, two carriers, four markets, a grower for each batch."""
    lanes = [
        _lane(f"{carrier}-{place[0]}-{market}", place[0], market, carrier=carrier, p50=p50 * slow, p95=p95 * slow)
        for place, carrier, slow in ((PLACES[0], "north", 1.0), (PLACES[1], "east", 1.1))[: size.batches]
        for market, p50, p95 in MARKETS[: size.markets]
    ]
    growers = [{"id": f"g{i}"} for i in range(size.batches)]
    batches = [
        {
            "id": f"b{i}",
            "grower_id": f"g{i}",
            "crop_id": "na-chi-lang",
            "place_id": PLACES[i % 2][0],
            "quantity_kg": 5000,
            "stage_id": STAGES[i % 3],
            "observed_on": AS_OF.date(),
        }
        for i in range(size.batches)
    ]
    return hp.PlanningProblem.model_validate(
        {
            "as_of": AS_OF,
            "places": [
                {
                    "id": name,
                    "latitude_deg": lat,
                    "longitude_deg": lon,
                    "province": province,
                    "ambient_degc": 27,
                    "timezone": "Asia/Ho_Chi_Minh",
                }
                for name, lat, lon, province in PLACES
            ],
            "growers": growers,
            "batches": batches,
            "lanes": lanes,
            "orders": [_order(i, size, rng) for i in range(size.orders)],
        }
    )


def _lane(name: str, origin: str, market: str, *, carrier: str, p50: float, p95: float) -> dict[str, Any]:
    return {
        "id": name,
        "origin_id": origin,
        "destination_id": market,
        "departures": "FREQ=DAILY;BYHOUR=14;BYMINUTE=0;BYSECOND=0",
        "transit_p50_h": p50,
        "transit_p95_h": p95,
        "transit_min_h": p50 / 3,
        "carrier": carrier,
        "mode": "road",
        "temperature_degc": 26,
    }


def _order(number: int, size: Size, rng: np.random.Generator) -> dict[str, Any]:
    market = MARKETS[int(rng.integers(size.markets))]
    return {
        "id": f"o{number:04d}",
        "crop_id": "na-chi-lang",
        "quantity_kg": int(rng.choice([2, 3, 5, 8])),
        "destination_id": market[0],
        "deliver_until_at": AS_OF + dt.timedelta(days=18),
        "price_vnd_per_kg": 60_000,
        "ripe_within_days": (0, float(rng.choice([1, 2, 2]))),
        "room_degc": 27,
    }


def truth_of(believed: hp.PlanningProblem, rng: np.random.Generator, spread: Spread) -> Truth:
    """What is the case, drawn about what is believed."""
    kin = {carrier: rng.normal(0, spread.kin) for carrier in sorted({str(lane.carrier) for lane in believed.lanes})}
    lanes = [_true_lane(lane, kin[str(lane.carrier)], rng, spread) for lane in believed.lanes]
    shifts = {batch.id: float(rng.normal(0, spread.batch_d20)) for batch in believed.batches}
    rate = rng.normal(0, spread.rate)
    rates = {place[0]: math.exp(rate + rng.normal(0, spread.area_rate)) for place in PLACES}
    crop = hp.crop("na-chi-lang")
    # One crop for each place, so that its fruit may ripen at its own rate; what all of a batch share is drawn above.
    crops = [_true_crop(crop, place, rates[place]) for place in rates]
    problem = hp.PlanningProblem.model_validate(
        {
            **{name: getattr(believed, name) for name in ("as_of", "places", "growers")},
            "lanes": lanes,
            "crops": crops,
            "batches": [
                batch.model_copy(update={"age_shift_d20": shifts[batch.id], "crop_id": f"na-{batch.place_id}"})
                for batch in believed.batches
            ],
            "orders": [
                order.model_copy(update={"crop_id": f"na-{place}", "id": f"{order.id}@{place}"})
                for order in believed.orders
                for place in rates
            ],
        }
    )
    medians = {lane.id: lane.transit_p50_h for lane in problem.lanes}
    return Truth(problem, medians, kin, shifts, rates, float(rng.normal(0, spread.lateness_d20)))


def _true_lane(lane: hp.Lane, kin: float, rng: np.random.Generator, spread: Spread) -> hp.Lane:
    base = lane.transit_min_h
    log_sd = math.log((lane.transit_p95_h - base) / (lane.transit_p50_h - base)) / Z95
    log_sd *= math.exp(rng.normal(0, spread.lane_sd))
    beyond = (lane.transit_p50_h - base) * math.exp(kin + rng.normal(0, spread.lane))
    p95 = base + beyond * math.exp(Z95 * log_sd)
    return lane.model_copy(update={"transit_p50_h": base + beyond, "transit_p95_h": p95})


def _true_crop(crop: hp.Crop, place: str, rate: float) -> hp.Crop:
    law = crop.temperature_law
    assert isinstance(law, hp.RateTable)
    faster = hp.RateTable(points=tuple((degc, found * rate) for degc, found in law.points))
    stages = tuple(stage.model_copy(update={"batch_sd_d20": 0.0, "sd_d20": _own_sd(stage)}) for stage in crop.stages)
    return crop.model_copy(update={"id": f"na-{place}", "temperature_law": faster, "stages": stages})


def _own_sd(stage: hp.Stage) -> float:
    return math.sqrt(stage.sd_d20**2 - stage.batch_sd_d20**2)


def outcomes_of(
    sent: list[Sent], planned: Scene, truth: Truth, rng: np.random.Generator, *, size: Size, spread: Spread
) -> list[hp.DeliveryOutcome]:
    """What becomes of everything that was sent."""
    scene = Scene(truth.problem, World())
    chances = Chances(Luck(int(rng.integers(2**31)), 1), shared_delays=False)
    return [_outcome(each, planned, truth, scene, chances, rng=rng, size=size, spread=spread) for each in sent]


def _outcome(
    sent: Sent,
    planned: Scene,
    truth: Truth,
    scene: Scene,
    chances: Chances,
    *,
    rng: np.random.Generator,
    size: Size,
    spread: Spread,
) -> hp.DeliveryOutcome:
    place_id = planned.problem.batch(sent.batch_id).place_id
    parcel = scene.parcel(dataclasses.replace(sent, order_id=f"{sent.order_id}@{place_id}"))
    (service,) = parcel.services
    hours = float(chances.hours(parcel, service, np.full(1, sent.departs_h))[0])
    late = hours > _promised_h(sent, planned)
    reason = None
    if rng.random() < size.review_share:
        shift = spread.buyers_d20 * float(rng.standard_normal()) + (truth.lateness_d20 if late else 0.0)
        reason = "late" if late and rng.random() < 0.4 else _said(parcel, shift, scene, chances)
        if rng.random() < 0.02:
            reason = str(rng.choice(["too_hard", "just_right", "too_ripe"]))
    return hp.DeliveryOutcome(
        order_id=sent.order_id,
        batch_id=sent.batch_id,
        pick_on=sent.pick_on,
        legs=(
            {
                "lane_id": service.lane.id,
                "departed_at": instant_of(sent.departs_h, HANOI),
                "arrived_at": instant_of(sent.departs_h + hours, HANOI),
            },
        ),
        delivered_at=instant_of(sent.departs_h + hours, HANOI),
        reason=reason,
    )


def _promised_h(sent: Sent, planned: Scene) -> float:
    lane = planned.lanes[sent.lane_ids[0]]
    return 0.6 * lane.transit_p50_h + 0.4 * lane.transit_p95_h


def _sent(order: hp.Order, planned: Scene, rng: np.random.Generator) -> Sent:
    """From some batch, picked on the day on which its mean fruit should arrive nearest to its window's middle."""
    batch = planned.problem.batches[int(rng.integers(len(planned.problem.batches)))]
    ends = (batch.place_id, order.destination_id)
    (lane,) = [each for each in planned.problem.lanes if (each.origin_id, each.destination_id) == ends]
    field, buyer = planned.field(batch.id), planned.buyer(order.id)
    service = planned.service(lane.id, field.crop.goods)
    middle = 0.5 * (buyer.wish.lower_d20 + buyer.wish.upper_d20)
    on_way = buyer.curve.rate(26.0) * lane.transit_p50_h / 24.0 + buyer.curve.rate(27.0) * 9.0 / 24.0
    days = [field.pick_day(AS_OF.date() + dt.timedelta(days=ahead)) for ahead in range(12)]
    day = min(days, key=lambda each: abs(each.age_d20 + on_way - middle))
    departs_h = service.first_departure(day.ready_h)
    assert departs_h is not None
    return Sent(order.id, batch.id, day.pick_on, order.quantity_kg, (lane.id,), departs_h, 0.0, 0.0)


def _said(parcel: Parcel, shift_d20: float, scene: Scene, chances: Chances) -> str:
    """What a buyer says who holds fruit for so much riper than it is."""
    told = deliver(dataclasses.replace(parcel, age_d20=parcel.age_d20 + shift_d20), scene, chances, 0)
    if told.content:
        return "just_right"
    return "too_hard" if told.under > told.over else "too_ripe"
