"""Parcels travelling one by one, drawn at random: an independent account of what the propagation computes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from harvest_planner.schema.lane import Lane

Floats = NDArray[np.float64]
Z95 = 1.6448536269514722


def hours(lane: Lane, random: np.random.Generator, parcels: int) -> Floats:
    """Random durations of the lane [h]."""
    if lane.transit_samples_h:
        trips = sorted(lane.transit_samples_h)
        inverted: Floats = np.interp(random.random(parcels), (np.arange(len(trips)) + 0.5) / len(trips), trips)
        return inverted
    share, z = lane.on_schedule_share, random.standard_normal(parcels)
    if lane.transit_p50_h == lane.transit_p95_h:
        return np.full(parcels, lane.transit_p50_h)
    if share:
        # Only the case of at least half on schedule: the slip has log-sd 1 and its 95 % quantile of the whole.
        assert share == 0.6
        z_late = 1.1503493803760079  # Φ⁻¹(0.875), 0.875 = (0.95 − 0.6)/0.4
        slip = (lane.transit_p95_h - lane.transit_p50_h) * np.exp(z - z_late)
        return lane.transit_p50_h + np.where(random.random(parcels) < share, 0.0, slip)
    base = lane.transit_min_h
    log_sd = np.log((lane.transit_p95_h - base) / (lane.transit_p50_h - base)) / Z95
    drawn: Floats = base + (lane.transit_p50_h - base) * np.exp(log_sd * z)
    return drawn


def simulate(
    lanes: Sequence[Lane], daily_at_h: Sequence[float], *, departs_h: float, parcels: int = 200_000, seed: int = 1
) -> tuple[Floats, Floats]:
    """Arrivals [h] and heat [°C·d] of parcels that leave at `departs_h`; waiting is at 28 °C.

    Parameters
    ----------
    daily_at_h : the hours of day (on the clock of `departs_h`) at which each lane departs.
    """
    random = np.random.default_rng(seed)
    now = np.full(parcels, departs_h)
    heat = np.zeros(parcels)
    for leg, (lane, at_h) in enumerate(zip(lanes, daily_at_h, strict=True)):
        if leg:
            leaves = at_h + 24 * np.ceil((now + lane.cutoff_h - at_h) / 24)
            heat += 28.0 * (leaves - now) / 24
            now = leaves
        ridden = hours(lane, random, parcels)
        degc = np.full(parcels, 28.0 if lane.temperature_degc is None else lane.temperature_degc)
        degc += lane.temperature_sd_degc * np.sqrt(3) * random.choice([-1, 0, 1], parcels, p=[1 / 6, 2 / 3, 1 / 6])
        heat += degc * ridden / 24
        now = now + ridden
    return now, heat
