"""Where travel meets ripening: how good a batch's fruit arrives on a journey, as one order wishes it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

from harvest_planner.planning.field import FieldBatch, PickDay
from harvest_planner.planning.wish import Wish
from harvest_planner.ripening.clock import DOSE_LIMIT, gained
from harvest_planner.ripening.curve import Curve
from harvest_planner.ripening.parcel import ParcelTable, parcel_table
from harvest_planner.ripening.window import share_between
from harvest_planner.transit.ambient import Ambient
from harvest_planner.transit.exposure import Rates
from harvest_planner.transit.travel import Journey, Outcome, Profile, Wait

EDGE_H = 1e-9
FINE_D20 = 0.25
"""Outcomes are taken in parts of at most this age, so that the middle of a part stands for it [d20]."""
MOST_PARTS = 16
_WEEKS_H = 27 * 24.0


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


class Delivery(NamedTuple):
    """A journey's outcomes at the moment of delivery: probabilities, and what each clock gained since departure."""

    in_time: tuple[float, ...]
    """Probability of the outcome and of arriving by the deadline."""
    probabilities: tuple[float, ...]
    ages_d20: tuple[float, ...]
    chills: tuple[float, ...]
    chill_spans: tuple[float, ...]
    """How far the chilling dose lies to either side within the outcome."""
    safeties: tuple[float, ...]
    safety_spans: tuple[float, ...]

    @property
    def on_time_share(self) -> float:
        """Probability of arriving by the deadline."""
        return min(1.0, math.fsum(self.in_time))


def start_of(field: FieldBatch, day: PickDay, *, departs_h: float, ambient: Ambient) -> Start:
    """The fruit of a pick day when its first departure leaves, aged at the ambient of its place until then."""
    return started(field, day, gained_before(field, day, departs_h=departs_h, ambient=ambient))


def gained_before(field: FieldBatch, day: PickDay, *, departs_h: float, ambient: Ambient) -> tuple[float, ...]:
    """What each clock gains from picking to the first departure; it depends on crop, place and hours alone."""
    waits_h = max(0.0, departs_h - day.clock_start_h)
    spells = list(ambient.spells(field.place.id, from_h=day.clock_start_h, hours=waits_h))
    return tuple(gained(clock, spells) for clock in field.curve.clocks)


def started(field: FieldBatch, day: PickDay, before: tuple[float, ...]) -> Start:
    """The fruit of a pick day that has gained so much before its first departure."""
    age, chill, safety = before
    return Start(day.age_d20 + age, chill, safety, field.stage.sd_d20, field.stage.batch_sd_d20)


class Parts(NamedTuple):
    """A profile's outcomes in fine parts, column by column; what depends neither on the wish nor on the day."""

    outcomes: tuple[Outcome, ...]
    """Their instants are hours after the first departure."""
    probabilities: tuple[float, ...]
    gains: tuple[tuple[float, ...], ...]
    """Per clock: what it gained since departure."""
    spans: tuple[tuple[float, ...], ...]
    """Per clock: how far that lies to either side within the part."""


def parts_of(profile: Profile) -> Parts:
    """The profile's outcomes in parts small enough that the middle of each stands for it."""
    outcomes = tuple(part for outcome in profile.outcomes for part in _fine(outcome))
    gains = tuple(zip(*(outcome.exposures for outcome in outcomes), strict=True))
    spans = tuple(tuple(_span(outcome, outcome.per_h[clock]) for outcome in outcomes) for clock in range(len(gains)))
    return Parts(outcomes, tuple(outcome.probability for outcome in outcomes), gains, spans)


def delivery_of(journey: Journey, parts: Parts, wish: Wish, curve: Curve, ambient: Ambient) -> Delivery:
    """A journey's outcomes at delivery: an early parcel waits at the destination, a late one is weighed out."""
    gains, spans = parts.gains, parts.spans
    departs_h, from_h = journey.first_departure_h, wish.deliver_from_h
    if from_h is not None and any(part.arrive_h < from_h - departs_h for part in parts.outcomes):
        gains, spans = _waited(parts, journey, wish, curve, ambient)
    return Delivery(
        in_time=in_time(parts, journey, wish.deliver_until_h),
        probabilities=parts.probabilities,
        ages_d20=gains[0],
        chills=gains[1],
        chill_spans=spans[1],
        safeties=gains[2],
        safety_spans=spans[2],
    )


def _waited(
    parts: Parts, journey: Journey, wish: Wish, curve: Curve, ambient: Ambient
) -> tuple[tuple[tuple[float, ...], ...], tuple[tuple[float, ...], ...]]:
    """Gains and spans where early parts wait until they are taken: who arrives later rides longer, and waits less."""
    resting = resting_rates(parts, journey, wish.destination_id, curve, ambient)
    if resting is not None and wish.deliver_from_h is not None:
        return _waited_steadily(parts, wish.deliver_from_h - journey.first_departure_h, resting)
    gains = [list(column) for column in parts.gains]
    spans = [list(column) for column in parts.spans]
    rates = Rates(curve.clocks, curve.kinks_degc)
    since_h = journey.first_departure_h if journey.packed else None
    wait = Wait(rates, ambient, journey.packaging, since_h)
    place_id = wish.destination_id
    until_h = -math.inf if wish.deliver_from_h is None else wish.deliver_from_h
    for index, part in enumerate(parts.outcomes):
        arrive_h = journey.first_departure_h + part.arrive_h
        early_h = until_h - arrive_h
        if early_h <= 0.0:
            continue
        waited = wait.indoors(part.exposures, place_id=place_id, from_h=arrive_h, hours=early_h)
        degc = ambient.degc(place_id, arrive_h)
        resting = (
            rates.per_hour(degc)
            if since_h is None
            else rates.packed_per_hour(waited, air_degc=degc, packaging=journey.packaging, from_h=until_h - since_h)
        )
        for clock, gain in enumerate(waited):
            gains[clock][index] = gain
            spans[clock][index] = _span(part, part.per_h[clock] - resting[clock])
    return tuple(map(tuple, gains)), tuple(map(tuple, spans))


def resting_rates(
    parts: Parts, journey: Journey, destination_id: str, curve: Curve, ambient: Ambient
) -> tuple[float, ...] | None:
    """What each clock gains in an hour of waiting, where it is the same whenever a part arrives; else None."""
    arrived = [part.arrive_h for part in parts.outcomes if math.isfinite(part.arrive_h)]
    degc = resting_degc(journey, destination_id, ambient, first_h=min(arrived), last_h=max(arrived))
    return None if degc is None else Rates(curve.clocks, curve.kinks_degc).per_hour(degc)


def resting_degc(
    journey: Journey, destination_id: str, ambient: Ambient, *, first_h: float, last_h: float
) -> float | None:
    """How warm goods wait at the destination, where that is the same whenever they arrive; else None [°C].

    Parameters
    ----------
    first_h, last_h : the first and the last of the arrivals [h after the first departure].
    """
    if journey.packed:
        return None
    ends = {ambient.degc(destination_id, journey.first_departure_h + at) for at in (first_h, last_h)}
    # Air changes with the month alone; two ends less than four weeks apart have none between them.
    return None if len(ends) > 1 or last_h - first_h > _WEEKS_H else ends.pop()


def _waited_steadily(
    parts: Parts, until_h: float, resting: tuple[float, ...]
) -> tuple[tuple[tuple[float, ...], ...], tuple[tuple[float, ...], ...]]:
    early_h = [max(0.0, until_h - part.arrive_h) for part in parts.outcomes]
    gains, spans = list(parts.gains), list(parts.spans)
    for clock, rate in enumerate(resting):
        if rate == 0.0 and not any(gains[clock]):
            continue
        gains[clock] = tuple([gain + rate * hours for gain, hours in zip(gains[clock], early_h, strict=True)])
        spans[clock] = tuple(
            [
                _span(part, part.per_h[clock] - rate) if hours > 0.0 else span
                for part, span, hours in zip(parts.outcomes, spans[clock], early_h, strict=True)
            ]
        )
    return tuple(gains), tuple(spans)


def _span(part: Outcome, per_h: float) -> float:
    wide_h = part.high_h - part.low_h
    return abs(per_h) * wide_h / 2.0 if math.isfinite(wide_h) else 0.0


def _fine(outcome: Outcome) -> Iterator[Outcome]:
    """The outcome in equal parts, none of which spans more than a fraction of a day of age."""
    if not outcome.is_even:
        yield outcome
        return
    wide_h = outcome.high_h - outcome.low_h
    yield from outcome.parts(min(MOST_PARTS, max(1, math.ceil(outcome.per_h[0] * wide_h / FINE_D20))))


def in_time(parts: Parts, journey: Journey, deadline_h: float) -> tuple[float, ...]:
    """Probability of each part and of arriving by the deadline; together exactly the journey's own.

    Parts that straddle the deadline share what the exact distribution leaves to them.
    """
    outcomes, until_h = parts.outcomes, deadline_h - journey.first_departure_h
    whole = [outcome.probability if outcome.high_h <= until_h + EDGE_H else 0.0 for outcome in outcomes]
    cut = [outcome.probability if outcome.low_h < until_h < outcome.high_h - EDGE_H else 0.0 for outcome in outcomes]
    straddling = math.fsum(cut)
    if straddling <= 0.0:
        return tuple(whole)
    left = journey.probability_by(deadline_h) - math.fsum(whole)
    share = min(1.0, max(0.0, left / straddling))
    return tuple(full + share * part for full, part in zip(whole, cut, strict=True))


def share_within(dose: float, span: float) -> float:
    """Share of an outcome whose dose, even over dose ± span, stays within the limit."""
    if span <= 0.0:
        return 1.0 if dose <= DOSE_LIMIT else 0.0
    return min(1.0, max(0.0, (DOSE_LIMIT - dose + span) / (2.0 * span)))


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
    for in_time, probability, age, chill, chill_span, safety, safety_span in zip(
        delivery.in_time,
        delivery.probabilities,
        delivery.ages_d20,
        delivery.chills,
        delivery.chill_spans,
        delivery.safeties,
        delivery.safety_spans,
        strict=True,
    ):
        safe = share_within(start.safety + safety, safety_span)
        broken.append(probability * (1.0 - safe))
        weight = in_time * min(safe, share_within(start.chill + chill, chill_span))
        if weight:
            mean = start.age_d20 + age
            good.append(weight * share_between(mean, start.sd_d20, wish.lower_d20, wish.upper_d20))
            parcel.append(weight * table.at(mean - wish.lower_d20))
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
