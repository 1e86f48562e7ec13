"""`verdict.parts_of` by arrays: a profile's outcomes in parts small enough that the middle of each stands for it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from harvest_planner.planning.verdict import FINE_D20, MOST_PARTS
from harvest_planner.transit.crowd import SteadyRide
from harvest_planner.transit.travel import LOPSIDED, Outcome, Profile

Floats = NDArray[np.float64]


class PartArrays(NamedTuple):
    """Outcomes column by column: shape (parts,), of clocks (clocks, parts). Instants are hours after the departure."""

    probability: Floats
    arrive_h: Floats
    low_h: Floats
    high_h: Floats
    gains: Floats
    """What each clock gained since departure."""
    per_h: Floats
    """What it gains in an hour of the last ride."""

    @classmethod
    def of(cls, profile: Profile) -> PartArrays:
        """The profile's outcomes in fine parts."""
        whole = cls._listed(profile.outcomes) if profile.steady is None else cls._ridden(profile.steady)
        return whole._fine()

    @classmethod
    def _listed(cls, outcomes: tuple[Outcome, ...]) -> PartArrays:
        probability, arrive, low, high, gains, per_h = zip(*outcomes, strict=True)
        instants = np.array(arrive), np.array(low), np.array(high)
        return cls(np.array(probability), *instants, np.array(gains).T, np.array(per_h).T)

    @classmethod
    def _ridden(cls, ride: SteadyRide) -> PartArrays:
        count = len(ride.rates)
        probability, mean, low, high = np.repeat(np.array(ride.cells).T, count, axis=1)
        share = np.array([share for share, _ in ride.rates])
        per_h = np.tile(np.array([rates for _, rates in ride.rates]).T, len(ride.cells))
        return cls(np.tile(share, len(ride.cells)) * probability, mean, low, high, per_h * mean, per_h)

    @property
    def wide_h(self) -> Floats:
        """How long each lasts; 0 where there is no end to it [h]."""
        with np.errstate(invalid="ignore"):
            wide_h = self.high_h - self.low_h
        return np.where(np.isfinite(wide_h), wide_h, 0.0)

    @property
    def spans(self) -> Floats:
        """How far what each clock gained lies to either side within the part."""
        return np.abs(self.per_h) * self.wide_h / 2.0

    @property
    def arrived_h(self) -> tuple[float, float]:
        """The first and the last of the arrivals [h]."""
        arrived = self.arrive_h[np.isfinite(self.arrive_h)]
        return float(arrived.min()), float(arrived.max())

    def _fine(self) -> PartArrays:
        """As `Outcome.parts`, where an outcome is even."""
        wide_h = self.wide_h
        with np.errstate(invalid="ignore"):
            off = np.abs(self.arrive_h - (self.low_h + self.high_h) / 2.0)
            even = (wide_h > 0.0) & (off <= LOPSIDED * wide_h)
        counts = np.where(even, np.clip(np.ceil(self.per_h[0] * wide_h / FINE_D20), 1, MOST_PARTS), 1).astype(np.int64)
        of = np.repeat(np.arange(len(counts)), counts)
        count = counts[of]
        part = np.arange(len(of)) - np.repeat(np.cumsum(counts) - counts, counts)
        even, wide_h = even[of], wide_h[of]
        off_h = np.where(even, (part + 0.5 - count / 2) * wide_h / count, 0.0)
        low_h, high_h, per_h = self.low_h[of], self.high_h[of], self.per_h[:, of]
        return PartArrays(
            self.probability[of] / count,
            self.arrive_h[of] + off_h,
            low_h + np.where(even, part * wide_h / count, 0.0),
            np.where(even, low_h + (part + 1) * wide_h / count, high_h),
            self.gains[:, of] + per_h * off_h,
            per_h,
        )
