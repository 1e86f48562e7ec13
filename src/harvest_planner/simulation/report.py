"""What playing a plan forward found: means over the runs, each with its interval."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from statistics import NormalDist

from harvest_planner.schema.quantities import Id, NonNegative, Record, Share

TENTHS = 10
_Z975 = NormalDist().inv_cdf(0.975)


class Estimate(Record):
    """A mean over the runs, and between what bounds it lies with 95 % confidence."""

    mean: float
    low: float
    high: float

    def within(self, least: float, most: float) -> Estimate:
        """The same with no bound that the mean cannot have: of few runs Student's t reaches beyond."""
        return Estimate(
            mean=self.mean,
            low=min(self.mean, max(self.low, least)),
            high=max(self.mean, min(self.high, most)),
        )

    def __str__(self) -> str:
        return f"{self.mean:,.4g} ({self.low:,.4g} to {self.high:,.4g})"


class SimulatedShipment(Record):
    """One shipment, played in every run."""

    order_id: Id
    batch_id: Id
    pick_on: dt.date
    kg: NonNegative
    promised_good_share: Share
    """What the plan states."""
    promised_parcel_good_share: Share
    good_share: Estimate
    parcel_good_share: Estimate
    on_time_share: Share


class CalibrationRow(Record):
    """A tenth of the shipments, by what was promised of them, and what came true."""

    promised_low: Share
    promised_high: Share
    shipments: int
    promised_mean: Share
    simulated_mean: Share

    @property
    def miss(self) -> float:
        """Simulated less promised share."""
        return self.simulated_mean - self.promised_mean


class SimulationReport(Record):
    """A plan played forward: shares of the kilograms that were to be shipped, kilograms and money of a run.

    `good_share`, `under_ripe_share`, `over_ripe_share`, `late_share`, `harmed_share` and `unfilled_share` add up to 1.
    """

    runs: int
    seed: int
    deliveries: int
    """Parcels played: shipments times runs."""
    good_share: Estimate
    under_ripe_share: Estimate
    over_ripe_share: Estimate
    late_share: Estimate
    harmed_share: Estimate
    """In time, but beyond its chilling limit or its safety cap."""
    unfilled_share: Estimate
    """Not shipped, because less hung there than was told."""
    parcel_good_share: Estimate
    """Share of the parcels whose buyer is content."""
    waste_kg: Estimate
    """Delivered and not good, or dropped from the tree by the horizon [kg]."""
    income_vnd: Estimate
    """Worth of the run, as the plan's own is reckoned, with what came true in place of what was promised [VND]."""
    income_vnd_per_kg: Estimate
    """The same by the kilogram that was told to hang there [VND/kg]."""
    calibration: tuple[CalibrationRow, ...]
    """Tenths of the shipments by their promised share, equal in number, lowest first."""
    shipments: tuple[SimulatedShipment, ...]


def estimate(mean: float, sd: float, runs: int) -> Estimate:
    """The interval of a mean by Student's t.

    Parameters
    ----------
    mean, sd : over the runs, sd with the divisor runs − 1.
    runs : at least 2.

    Examples
    --------
    >>> found = estimate(10.0, 2.0, 16)
    >>> round(found.low, 2), round(found.high, 2)
    (8.93, 11.07)
    """
    half = student_975(runs - 1) * sd / math.sqrt(runs)
    return Estimate(mean=mean, low=mean - half, high=mean + half)


@lru_cache(maxsize=1024)
def student_975(freedom: int) -> float:
    """The 97.5 % quantile of Student's t: exact for 1 and 2 degrees of freedom, else a series about the normal.

    Notes
    -----
    Abramowitz & Stegun 1964, 26.7.5; for 3 degrees of freedom 0.12 % low, from 4 on less than 0.04 %.

    Examples
    --------
    >>> round(student_975(9), 3)
    2.262
    """
    if freedom == 1:
        return math.tan(0.475 * math.pi)
    if freedom == 2:
        return 0.95 * math.sqrt(2.0 / (4 * 0.975 * 0.025))
    z = _Z975
    terms = (
        (z**3 + z) / 4,
        (5 * z**5 + 16 * z**3 + 3 * z) / 96,
        (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384,
        (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160,
    )
    return z + math.fsum(term / freedom**power for power, term in enumerate(terms, start=1))


def calibration_of(shipments: Sequence[SimulatedShipment]) -> tuple[CalibrationRow, ...]:
    """The shipments in ten groups of equal number, or of one each where there are fewer than ten."""
    ranked = sorted(shipments, key=lambda row: row.promised_good_share)
    groups = min(TENTHS, len(ranked))
    ends = [round(len(ranked) * part / groups) for part in range(groups + 1)] if groups else []
    return tuple(_row(ranked[low:high]) for low, high in pairwise(ends))


def _row(rows: Sequence[SimulatedShipment]) -> CalibrationRow:
    promised = [row.promised_good_share for row in rows]
    return CalibrationRow(
        promised_low=promised[0],
        promised_high=promised[-1],
        shipments=len(rows),
        promised_mean=min(1.0, math.fsum(promised) / len(rows)),
        simulated_mean=min(1.0, math.fsum(row.good_share.mean for row in rows) / len(rows)),
    )
