"""What summing mean durations gets wrong over two legs with a daily departure: `python docs/summing_means.py`.

Two made-up lanes: Chi Lăng to Hà Nội at 18:00, Hà Nội to Đà Nẵng at 06:00 with a cut-off an hour before. Three accounts
of one journey: mean durations alone, mean durations with the wait for the connection that the mean makes, and the
journey as weighted outcomes. Prints the table that docs/explanation/how_goods_travel.md shows.
"""

from __future__ import annotations

import datetime as dt
import math
from statistics import NormalDist
from typing import NamedTuple

import harvest_planner as hp

AS_OF = dt.datetime.fromisoformat("2026-08-10T00:00:00+07:00")
READY_AT = dt.datetime.fromisoformat("2026-08-10T17:00:00+07:00")
DEADLINE_AT = dt.datetime.fromisoformat("2026-08-12T12:00:00+07:00")
FEEDER = hp.Lane(
    id="feeder",
    origin_id="chi-lang",
    destination_id="ha-noi",
    departures="FREQ=DAILY;BYHOUR=18;BYMINUTE=0;BYSECOND=0",
    transit_p50_h=10,
    transit_p95_h=14,
)
TRUNK = hp.Lane(
    id="trunk",
    origin_id="ha-noi",
    destination_id="da-nang",
    departures="FREQ=DAILY;BYHOUR=6;BYMINUTE=0;BYSECOND=0",
    transit_p50_h=20,
    transit_p95_h=30,
    cutoff_h=1,
)


class Account(NamedTuple):
    """What one way of reckoning says of the arrival."""

    mean_at: dt.datetime
    in_time_share: float


def mean_h(lane: hp.Lane) -> float:
    """Mean of a lognormal duration by its median and 95 % quantile [h]: median · exp(σ²/2)."""
    return lane.transit_p50_h * math.exp(log_sd(lane) ** 2 / 2)


def log_sd(lane: hp.Lane) -> float:
    """Its log-sd: ln(p95/p50)/1.645."""
    return math.log(lane.transit_p95_h / lane.transit_p50_h) / NormalDist().inv_cdf(0.95)


def itinerary() -> hp.Itinerary:
    """The journey as weighted outcomes."""
    problem = hp.PlanningProblem(as_of=AS_OF, lanes=(FEEDER, TRUNK))
    (found,) = hp.journeys(problem, "chi-lang", "da-nang", ready_at=READY_AT)
    return found


def durations_alone() -> Account:
    """Departure plus the two means."""
    return _certain(itinerary().legs[0].departs_at + dt.timedelta(hours=mean_h(FEEDER) + mean_h(TRUNK)))


def with_the_wait() -> Account:
    """The connection that the mean arrival makes, plus the mean of its lane."""
    first, second = itinerary().legs
    ready_at = first.departs_at + dt.timedelta(hours=mean_h(FEEDER) + TRUNK.cutoff_h)
    if ready_at > second.departs_at:
        raise ValueError(
            f"the mean arrival misses the connection at {second.departs_at}; the example shows the other case"
        )
    return _certain(second.departs_at + dt.timedelta(hours=mean_h(TRUNK)))


def by_outcomes() -> Account:
    """The mean over all outcomes, and the exact probability of being in time."""
    found = itinerary()
    off_h = math.fsum(
        each.probability * (each.arrive_at - AS_OF).total_seconds() / 3600
        for each in found.outcomes
        if each.arrive_at is not None
    )
    return Account(AS_OF + dt.timedelta(hours=off_h), found.probability_by(DEADLINE_AT))


def _certain(arrive_at: dt.datetime) -> Account:
    """An account that knows one instant only is sure of it."""
    return Account(arrive_at, float(arrive_at <= DEADLINE_AT))


def made_share() -> float:
    """Probability that the feeder makes the first connection, in closed form: Φ(ln(11 h/10 h)/σ)."""
    left_h = 12.0 - TRUNK.cutoff_h
    return NormalDist().cdf(math.log(left_h / FEEDER.transit_p50_h) / log_sd(FEEDER))


def table() -> str:
    """The accounts side by side, as Markdown."""
    rows = [
        ("the two mean durations added", durations_alone()),
        ("the same with the wait for the connection", with_the_wait()),
        ("all outcomes, missed connections included", by_outcomes()),
    ]
    lines = ["| reckoned by | mean arrival | in time for 12 August, 12:00 |", "|---|---|---|"]
    lines += [f"| {name} | {_at(each.mean_at)} | {each.in_time_share:.0%} |" for name, each in rows]
    return "\n".join(lines)


def summary() -> str:
    """One sentence with the connection's share and the quantiles."""
    found = itinerary()
    early, middle, late = (_at(each) for each in (found.arrive_p05_at, found.arrive_p50_at, found.arrive_p95_at))
    return (
        f"{made_share():.0%} of the parcels make the first connection; 5 % of all arrive by {early}, half by {middle}, "
        f"95 % by {late}."
    )


def _at(moment: dt.datetime) -> str:
    near = moment + dt.timedelta(seconds=30)
    return f"{near.day} August, {near:%H:%M}"


if __name__ == "__main__":
    print(f"mean durations: {mean_h(FEEDER):.2f} h and {mean_h(TRUNK):.2f} h")
    print(table())
    print(summary())
