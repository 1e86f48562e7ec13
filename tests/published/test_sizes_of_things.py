"""The design's three worked journeys of na at 28 °C, by an integral of their own.

Wish (0, 2), keeps 1, room 28 °C, six hours from tree to departure, lognormal transit at 28 °C.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from statistics import NormalDist

import pytest

import harvest_planner as hp

BEFORE_DEPARTURE_H = 6.0
RATE = 1.5 * 1.6**0.3
LOWER, UPPER = 6.0 - 2 * RATE, 8.25 - RATE
NORMAL = NormalDist()


def expected_share(p50_h: float, p95_h: float, latest_h: float = math.inf) -> Callable[[float], float]:
    """Age at picking [d20] → E[1(transit ≤ latest) · P(lower ≤ A ≤ upper)], by 4,000 equal quantiles of the transit."""
    log_sd = math.log(p95_h / p50_h) / NORMAL.inv_cdf(0.95)
    cells = 4000
    transits = [p50_h * math.exp(log_sd * NORMAL.inv_cdf((i + 0.5) / cells)) for i in range(cells)]
    gains = [RATE * (BEFORE_DEPARTURE_H + hours) / 24 for hours in transits if hours <= latest_h]
    spread = NormalDist(0.0, 1.2)

    def share(age: float) -> float:
        return sum(spread.cdf(UPPER - age - gain) - spread.cdf(LOWER - age - gain) for gain in gains) / cells

    return share


@pytest.mark.parametrize(
    ("p50_h", "p95_h", "latest_h", "age", "q"),
    [
        (20, 36, math.inf, 2.6, 0.867),
        # 72 hours from picking, six of them before departure.
        (44, 80, 72 - BEFORE_DEPARTURE_H, 1.1, 0.716),
        (30, 48, math.inf, 1.9, 0.855),
    ],
    ids=["ha-noi", "ca-mau-by-road", "ca-mau-by-air"],
)
def test_best_age_at_picking_and_its_share(p50_h: float, p95_h: float, latest_h: float, age: float, q: float) -> None:
    share = expected_share(p50_h, p95_h, latest_h)
    shares = {tenth / 10: share(tenth / 10) for tenth in range(40)}
    best = max(shares, key=shares.__getitem__)
    assert best == pytest.approx(age, abs=0.1001)
    assert shares[best] == pytest.approx(q, abs=0.002)


def test_the_library_gives_the_same_integral() -> None:
    """`good_share` over the same quantiles of transit, for fruit picked at stage S3."""
    quantiles = [
        20 * math.exp(math.log(36 / 20) / NORMAL.inv_cdf(0.95) * NORMAL.inv_cdf((i + 0.5) / 400)) for i in range(400)
    ]
    by_library = sum(
        hp.good_share("na-chi-lang", stage="S3", pieces=[(BEFORE_DEPARTURE_H + hours, 28.0)], room_degc=28.0)
        for hours in quantiles
    ) / len(quantiles)
    assert by_library == pytest.approx(expected_share(20, 36)(2.4), abs=1e-3)


def test_counted_from_departure_the_deadline_of_ca_mau_costs_less() -> None:
    share = expected_share(44, 80, 72.0)
    assert max(share(tenth / 10) for tenth in range(30)) == pytest.approx(0.739, abs=0.002)
