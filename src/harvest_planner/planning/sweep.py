"""Many starts against the outcomes of their journeys in one sweep of arrays: `verdict.judge`, for all at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from harvest_planner.planning.verdict import Delivery, Start, table_of
from harvest_planner.planning.wish import Wish
from harvest_planner.ripening.arrays import parcel_shares, shares_between
from harvest_planner.ripening.clock import DOSE_LIMIT

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def judge_blocks(blocks: Sequence[tuple[Delivery, Floats]], wish: Wish) -> tuple[Floats, Floats, Floats]:
    """`judge` for many starts over several deliveries: good shares, parcel shares and safety risks, block by block.

    Parameters
    ----------
    blocks : deliveries with rows of (age_d20, chill, safety, sd_d20, batch_sd_d20), shape (n, 5).
    """
    sweep = Sweep.of(blocks)
    return sweep.good_shares(wish), sweep.parcel_shares(wish), sweep.risk


@dataclass(frozen=True, slots=True)
class Sweep:
    """Rows of starts with the outcomes that each may meet, all outcomes one after the other."""

    starts: Floats
    risk: Floats
    """Of each row."""
    row: Ints
    """Of each outcome."""
    weights: Floats
    means: Floats

    @classmethod
    def of(cls, blocks: Sequence[tuple[Delivery, Floats]]) -> Sweep:
        """The rows of the blocks one after the other."""
        laid = [_laid_flat(delivery, starts) for delivery, starts in blocks]
        weights, means, widths, risk = (np.concatenate([block[part] for block in laid]) for part in range(4))
        starts = np.concatenate([block[1] for block in blocks])
        counts = np.flatnonzero(weights > 0.0)
        row = np.repeat(np.arange(len(starts)), widths)[counts]
        return cls(starts, np.minimum(risk, 1.0), row, weights[counts], means[counts])

    def only(self, rows: Bools) -> Sweep:
        """Some of the rows."""
        inside = rows[self.row]
        renumbered = np.cumsum(rows) - 1
        row = renumbered[self.row[inside]]
        return Sweep(self.starts[rows], self.risk[rows], row, self.weights[inside], self.means[inside])

    def good_shares(self, wish: Wish) -> Floats:
        """Expected share of good fruit of each row."""
        shares = shares_between(self.means, self.starts[self.row, 3], wish.lower_d20, wish.upper_d20)
        return self._meant(shares)

    def parcel_shares(self, wish: Wish) -> Floats:
        """Probability that the parcel passes, of each row."""
        passing = np.empty(len(self.row))
        for spread in np.unique(self.starts[:, 3:], axis=0):
            alike = (self.starts[:, 3:] == spread).all(axis=1)
            table = table_of(wish, Start(*self.starts[np.flatnonzero(alike)[0]].tolist()))
            chosen = alike[self.row]
            passing[chosen] = parcel_shares(table, self.means[chosen] - wish.lower_d20)
        return self._meant(passing)

    def _meant(self, values: Floats) -> Floats:
        found = np.bincount(self.row, weights=self.weights * values, minlength=len(self.starts))
        return np.asarray(np.minimum(found, 1.0))


def _laid_flat(delivery: Delivery, starts: Floats) -> tuple[Floats, Floats, Ints, Floats]:
    """Weights and mean ages of every row and outcome, one after the other; outcomes per row; each row's risk."""
    in_time, probabilities, ages, chills, chill_spans, safeties, safety_spans = map(np.asarray, delivery)
    means = starts[:, :1] + ages
    safe = _shares_within(starts[:, 2:3] + safeties, safety_spans)
    unhurt = _shares_within(starts[:, 1:2] + chills, chill_spans)
    weights = in_time * np.minimum(safe, unhurt)
    risk = (probabilities * (1.0 - safe)).sum(axis=1)
    widths = np.full(len(starts), means.shape[1], dtype=np.int64)
    return weights.ravel(), means.ravel(), widths, risk


def _shares_within(doses: Floats, spans: Floats) -> Floats:
    """`share_within` for many doses at once."""
    even = np.clip((DOSE_LIMIT - doses + spans) / np.where(spans > 0, 2.0 * spans, 1.0), 0.0, 1.0)
    return np.where(spans > 0, even, doses <= DOSE_LIMIT)
