"""How many of a parcel's fruit are good: P(Binomial(n, p) ≥ k) under the batch's common shift.

By order statistics: Binomial(n, p) ≥ k exactly when the k-th smallest of n uniforms, a Beta(k, n−k+1), is at most p.
With p(x) = P(lower ≤ x + e ≤ upper) falling away on both sides of the window's middle, that is |x − middle| ≤ w(β),
so the chance is an integral over w of a density times a normal probability of the shift.
"""

from __future__ import annotations

import math
from functools import lru_cache

from harvest_planner.planning.referee.quadrature import ROOT_2PI, between, panels

GRID_PARTS = 12
BULK_SD = 9.0


class ParcelChance:
    """Probability that a parcel passes, by the mean age of the batch it comes from."""

    def __init__(self, *, lower: float, upper: float, sd: float, batch_sd: float, fruit: int, needed: int) -> None:
        self.lower, self.upper = lower, upper
        self.batch_sd = batch_sd
        self.fruit_sd = math.sqrt(max(0.0, sd * sd - batch_sd * batch_sd))
        if self.fruit_sd < 1e-7:
            self.fruit_sd = 0.0
        self.fruit, self.needed = fruit, needed
        self.middle = 0.5 * (lower + upper)
        self._grid: dict[int, float] = {}
        self._parts = self._half_widths() if needed > 0 and upper >= lower and self.fruit_sd > 0.0 else ()
        edges = [w for w, _ in self._parts]
        blur = max(batch_sd, (max(edges) - min(edges)) / 6.0 if edges else 0.0)
        self.sharpest_d20 = min((scale for scale in (blur, sd) if scale > 0.0), default=math.inf)
        """How sharply shares change with age [d20]; infinite: by steps alone."""

    @property
    def edges(self) -> tuple[float, float]:
        """Ages between which a parcel without common shift is more likely to pass than not [d20]."""
        weight = sum(part for _, part in self._parts)
        if weight <= 0.0:
            return self.lower, self.upper
        width = sum(w * part for w, part in self._parts) / weight
        return self.middle - width, self.middle + width

    def at(self, age_d20: float) -> float:
        """P(the parcel passes) at a mean age of its batch."""
        if self.needed <= 0:
            return 1.0
        if self.upper < self.lower:
            return 0.0
        if self.fruit_sd == 0.0:
            return between(self.lower, self.upper, mean=age_d20, sd=self.batch_sd)
        if self.batch_sd <= 0.0:
            return self._without_shift(age_d20)
        return self._interpolated(age_d20)

    def _fruit_good(self, age_d20: float) -> float:
        return between(self.lower, self.upper, mean=age_d20, sd=self.fruit_sd)

    def _without_shift(self, age_d20: float) -> float:
        p = self._fruit_good(age_d20)
        n, k = self.fruit, self.needed
        if p <= 0.0 or p >= 1.0:
            return 1.0 if p >= 1.0 else 0.0
        log_p, log_q = math.log(p), math.log1p(-p)
        whole = math.lgamma(n + 1)
        return min(
            1.0,
            math.fsum(
                math.exp(whole - math.lgamma(j + 1) - math.lgamma(n - j + 1) + j * log_p + (n - j) * log_q)
                for j in range(k, n + 1)
            ),
        )

    def _exact(self, age_d20: float) -> float:
        c, sd = self.middle, self.batch_sd
        return min(1.0, math.fsum(part * between(c - w, c + w, mean=age_d20, sd=sd) for w, part in self._parts))

    def _interpolated(self, age_d20: float) -> float:
        step = self.batch_sd / GRID_PARTS
        place = (age_d20 - self.middle) / step
        first = math.floor(place)
        t = place - first
        before, left, right, after = (self._at_grid(first + offset, step) for offset in (-1, 0, 1, 2))
        value = left + 0.5 * t * (
            right
            - before
            + t * (2.0 * before - 5.0 * left + 4.0 * right - after + t * (3.0 * (left - right) + after - before))
        )
        return min(1.0, max(0.0, value))

    def _at_grid(self, index: int, step: float) -> float:
        index = abs(index)
        found = self._grid.get(index)
        if found is None:
            found = self._grid[index] = self._exact(self.middle + index * step)
        return found

    def _half_widths(self) -> tuple[tuple[float, float], ...]:
        """(w, probability that the k-th fruit tolerates a distance of about w from the middle)."""
        n, k = self.fruit, self.needed
        mean = k / (n + 1)
        sd = math.sqrt(mean * (1.0 - mean) / (n + 2))
        low = self._distance(mean + BULK_SD * sd)
        high = self._distance(max(mean - BULK_SD * sd, 1e-12))
        log_beta = math.lgamma(n + 1) - math.lgamma(k) - math.lgamma(n - k + 1)
        found = []
        # The density of w is nowhere narrower than its spread in p over the steepest fall of p.
        widest = min((high - low) / 8.0, 2.0 * sd * self.fruit_sd * ROOT_2PI)
        if self.batch_sd > 0.0:
            widest = max(min(widest, 3.0 * self.batch_sd), (high - low) / 400.0)
        for w, weight in panels([low, high], max(widest, 1e-12), 8):
            p = self._fruit_good(self.middle + w)
            if 0.0 < p < 1.0:
                log_density = log_beta + (k - 1) * math.log(p) + (n - k) * math.log1p(-p)
                part = weight * math.exp(log_density) * self._fall(w)
                if part > 1e-13:
                    found.append((w, part))
        return tuple(found)

    def _fall(self, w: float) -> float:
        """How fast p falls at a distance from the middle [1/d20]."""
        half, sd = 0.5 * (self.upper - self.lower), self.fruit_sd
        near, far = (w - half) / sd, (w + half) / sd
        return (math.exp(-0.5 * near * near) - math.exp(-0.5 * far * far)) / (sd * ROOT_2PI)

    def _distance(self, p: float) -> float:
        """The distance from the middle at which p fruit in one are good; 0 where it is never so many."""
        low, high = 0.0, 0.5 * (self.upper - self.lower) + 8.0 * self.fruit_sd
        if self._fruit_good(self.middle) <= p:
            return 0.0
        for _ in range(60):
            mid = 0.5 * (low + high)
            low, high = (mid, high) if self._fruit_good(self.middle + mid) > p else (low, mid)
        return 0.5 * (low + high)


@lru_cache(maxsize=20000)
def parcel_chance(*, lower: float, upper: float, sd: float, batch_sd: float, fruit: int, needed: int) -> ParcelChance:
    """The chance of one wish under one spread, made once."""
    return ParcelChance(lower=lower, upper=upper, sd=sd, batch_sd=batch_sd, fruit=fruit, needed=needed)
