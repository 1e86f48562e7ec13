"""Where travel meets ripening: how good a batch's fruit arrives on a journey, as one order wishes it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import NamedTuple

from harvest_planner.planning.field import FieldBatch, PickDay
from harvest_planner.planning.wish import Wish
from harvest_planner.ripening.clock import DOSE_LIMIT
from harvest_planner.ripening.curve import Clock, Curve
from harvest_planner.ripening.parcel import ParcelTable, parcel_table
from harvest_planner.ripening.window import share_between
from harvest_planner.transit.ambient import Ambient
from harvest_planner.transit.travel import Journey, Outcome


class Verdict(NamedTuple):
    """What can be promised of one candidate."""

    good_share: float
    parcel_good_share: float
    on_time_share: float
    safety_risk: float
    """Probability of breaking the food-safety cap before delivery."""


class Start(NamedTuple):
    """The fruit at its first departure: age and doses so far, and the spread of its age."""

    age_d20: float
    chill: float
    safety: float
    sd_d20: float
    batch_sd_d20: float


@dataclass(frozen=True, slots=True)
class Delivery:
    """A journey's outcomes at the moment of delivery: probabilities, and what each clock gained since departure."""

    in_time: tuple[float, ...]
    """Probability of the outcome and of arriving by the deadline."""
    probabilities: tuple[float, ...]
    ages_d20: tuple[float, ...]
    chills: tuple[float, ...]
    safeties: tuple[float, ...]

    @property
    def on_time_share(self) -> float:
        """Probability of arriving by the deadline."""
        return min(1.0, math.fsum(self.in_time))


def start_of(field: FieldBatch, day: PickDay, *, departs_h: float, ambient: Ambient) -> Start:
    """The fruit of a pick day when its first departure leaves, aged at the ambient of its place until then."""
    degc = ambient.degc(field.place.id, day.clock_start_h)
    days = max(0.0, departs_h - day.clock_start_h) / 24.0
    age, chill, safety = (rate(degc) * days for rate in field.curve.clocks)
    return Start(day.age_d20 + age, chill, safety, field.stage.sd_d20, field.stage.batch_sd_d20)


def delivery_of(journey: Journey, wish: Wish, curve: Curve, ambient: Ambient) -> Delivery:
    """A journey's outcomes at delivery: an early parcel waits at the destination, a late one is weighed out."""
    rates = curve.clocks
    in_time, gains = [], []
    for outcome in journey.outcomes:
        in_time.append(outcome.probability * share_by(outcome, wish.deliver_until_h))
        gains.append(_with_waiting(outcome, wish, rates, ambient))
    ages, chills, safeties = zip(*gains, strict=True)
    probabilities = tuple(outcome.probability for outcome in journey.outcomes)
    return Delivery(tuple(in_time), probabilities, ages, chills, safeties)


def _with_waiting(outcome: Outcome, wish: Wish, rates: tuple[Clock, ...], ambient: Ambient) -> tuple[float, ...]:
    early_h = 0.0 if wish.deliver_from_h is None else wish.deliver_from_h - outcome.arrive_h
    if early_h <= 0.0:
        return outcome.exposures
    degc = ambient.degc(wish.destination_id, outcome.arrive_h)
    return tuple(gained + rate(degc) * early_h / 24.0 for gained, rate in zip(outcome.exposures, rates, strict=True))


def share_by(outcome: Outcome, at_h: float) -> float:
    """Share of an outcome's mass, uniform over its cell, that has arrived by `at_h`."""
    if outcome.high_h <= outcome.low_h:
        return 1.0 if outcome.arrive_h <= at_h + 1e-9 else 0.0
    return min(1.0, max(0.0, (at_h - outcome.low_h) / (outcome.high_h - outcome.low_h)))


def table_of(wish: Wish, start: Start) -> ParcelTable:
    """The probability that a parcel passes, by the mean age of its batch beyond the wish's lower bound.

    Only the width of the window shapes it, so wishes that differ by a shift share one table.
    """
    return parcel_table(
        lower=0.0,
        upper=round(wish.upper_d20 - wish.lower_d20, 12),
        sd=start.sd_d20,
        batch_sd=start.batch_sd_d20,
        fruit=wish.fruit,
        needed=wish.needed,
    )


def judge(delivery: Delivery, wish: Wish, start: Start) -> Verdict:
    """What can be promised of fruit that starts like this and is delivered like that."""
    table = table_of(wish, start)
    good, parcel, broken = [], [], []
    for in_time, probability, age, chill, safety in zip(
        delivery.in_time,
        delivery.probabilities,
        delivery.ages_d20,
        delivery.chills,
        delivery.safeties,
        strict=True,
    ):
        unsafe = start.safety + safety > DOSE_LIMIT
        broken.append(probability if unsafe else 0.0)
        if in_time and not unsafe and start.chill + chill <= DOSE_LIMIT:
            mean = start.age_d20 + age
            good.append(in_time * share_between(mean, start.sd_d20, wish.lower_d20, wish.upper_d20))
            parcel.append(in_time * table.at(mean - wish.lower_d20))
    return Verdict(
        good_share=min(1.0, math.fsum(good)),
        parcel_good_share=min(1.0, math.fsum(parcel)),
        on_time_share=delivery.on_time_share,
        safety_risk=min(1.0, math.fsum(broken)),
    )


def age_at_delivery(delivery: Delivery, start: Start) -> tuple[float, float]:
    """Mean and sd of the age at delivery over all outcomes [d20], the spread of the fruit included."""
    pairs = list(zip(delivery.probabilities, delivery.ages_d20, strict=True))
    mean = math.fsum(p * age for p, age in pairs)
    variance = math.fsum(p * (age - mean) ** 2 for p, age in pairs)
    return start.age_d20 + mean, math.sqrt(variance + start.sd_d20**2)
