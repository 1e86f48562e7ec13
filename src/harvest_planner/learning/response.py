"""What a buyer says of a parcel by its mean age: too hard, just right or too ripe, by the law of the plan's promise."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import bdtrc, betainc, gammaln, ndtr, xlog1py, xlogy

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

REASONS = ("too_hard", "just_right", "too_ripe")
LAPSE = 0.02
"""Share of buyers who say any of the three, whatever they got (Wichmann & Hill 2001, 10.3758/BF03194544): assumed."""
BUYERS_SDS_D20 = {0.0: 0.15, 0.25: 0.25, 0.5: 0.25, 0.75: 0.2, 1.0: 0.15}
"""How far buyers may differ in what they call ripe [d20], and how likely each is beforehand; assumption."""
STEP_D20 = 0.05
_BEYOND_SDS = 4.5
_WIDTH_STEP_D20 = 0.1


class Kind(NamedTuple):
    """Parcels that answer alike: number of fruit, how many good ones content the buyer, spread from fruit to fruit."""

    fruit: int
    needed: int
    own_sd_d20: float


def chances(kind: Kind, beyond_lower_d20: Floats, width_d20: float) -> Floats:
    """P(too hard), P(just right), P(too ripe) by how far the mean age lies beyond the window's lower bound; (3, n).

    Content is the buyer with enough good fruit: binomial, as in `parcel_good_share`. Of the others it is too hard where
    more fruit is below the window than above it, and half where as many. Of b bad ones of which each is too hard with
    probability p that is I_p(m, m), m = ⌈b/2⌉ (Abramowitz & Stegun 1964, 26.5.24: a tie decided by a coin is a majority
    among one less), and b is binomial.
    """
    sd = max(kind.own_sd_d20, 1e-6)
    under, over = ndtr(-beyond_lower_d20 / sd), ndtr((beyond_lower_d20 - width_d20) / sd)
    if width_d20 < 0.0:
        under, over = under / (under + over), over / (under + over)
    bad = np.clip(under + over, 0.0, 1.0)
    content = bdtrc(kind.needed - 1, kind.fruit, 1.0 - bad) if kind.needed > 0 else np.ones_like(bad)
    counts = np.arange(kind.fruit - kind.needed + 1, kind.fruit + 1)[:, None]
    halves, which = np.unique((counts[:, 0] + 1) // 2, return_inverse=True)
    majority = betainc(halves[:, None], halves[:, None], under / np.maximum(under + over, 1e-300))
    ways = gammaln(kind.fruit + 1) - gammaln(counts + 1) - gammaln(kind.fruit - counts + 1)
    chance = np.exp(ways + xlogy(counts, bad) + xlog1py(kind.fruit - counts, -bad))
    hard = (chance * majority[which]).sum(axis=0)
    return np.stack([hard, content, np.maximum(1.0 - content - hard, 0.0)])


class Answers:
    """P(reason) of many parcels at once by mean age and width of window, tabulated once for each kind and width.

    Parameters
    ----------
    buyers_sd_d20 : how far buyers differ in what they call ripe [d20].
    """

    def __init__(self, buyers_sd_d20: float) -> None:
        self._sd = buyers_sd_d20
        self._rows: dict[tuple[Kind, int], tuple[int, float, int]] = {}
        self._parts: list[Floats] = []
        self._flat: Floats = np.empty(0)
        self._size = 0

    def log_chances(
        self, asked: Sequence[tuple[Kind, float]], which: Ints, reasons: Ints, beyond_lower_d20: Floats
    ) -> Floats:
        """ln P(reason) of each parcel (n) at each age (n × m); between two tabulated widths and ages on the line.

        `asked` holds each kind of parcel with its width of window [d20], `which` of them each parcel is.
        """
        widths = np.array([width for _, width in asked]) / _WIDTH_STEP_D20
        steps = np.floor(widths).astype(np.int64)
        part = (widths - steps)[which][:, None]
        kinds = [kind for kind, _ in asked]
        narrow, wide = (self._at(kinds, steps + more, which, reasons, beyond_lower_d20) for more in (0, 1))
        return np.asarray(np.log((1.0 - part) * narrow + part * wide), dtype=np.float64)

    def _at(self, kinds: Sequence[Kind], steps: Ints, which: Ints, reasons: Ints, beyond_lower_d20: Floats) -> Floats:
        rows = [self._row(kind, step) for kind, step in zip(kinds, steps.tolist(), strict=True)]
        first, start, columns = (np.array(column)[which][:, None] for column in zip(*rows, strict=True))
        place = np.clip((beyond_lower_d20 - start) / STEP_D20, 0.0, columns - 1.001)
        low = place.astype(np.int64)
        part = place - low
        at = first + reasons[:, None] * columns + low
        flat = self._whole()
        return np.asarray((1.0 - part) * flat[at] + part * flat[at + 1], dtype=np.float64)

    def _whole(self) -> Floats:
        if len(self._flat) < self._size:
            self._flat = np.concatenate(self._parts)
            self._parts = [self._flat]
        return self._flat

    def _row(self, kind: Kind, step: int) -> tuple[int, float, int]:
        """Where the table stands: its first number, the age it begins at, its columns."""
        found = self._rows.get((kind, step))
        if found is None:
            start, table = self._table(kind, step * _WIDTH_STEP_D20)
            found = self._rows[kind, step] = (self._size, start, table.shape[1])
            self._parts.append(table.ravel())
            self._size += table.size
        return found

    def _table(self, kind: Kind, width_d20: float) -> tuple[float, Floats]:
        start, table = _sure_buyers(kind, width_d20)
        if self._sd:
            half = int(4 * self._sd / STEP_D20)
            kernel = np.exp(-0.5 * (np.arange(-half, half + 1) * STEP_D20 / self._sd) ** 2)
            kernel /= kernel.sum()
            table = np.stack([np.convolve(np.pad(row, half, mode="edge"), kernel, mode="valid") for row in table])
        return start, (1.0 - LAPSE) * table + LAPSE / 3.0


@lru_cache(maxsize=1024)
def _sure_buyers(kind: Kind, width_d20: float) -> tuple[float, Floats]:
    """Where the table of buyers who all agree begins, and the table; wide enough for buyers who do not."""
    reach = _BEYOND_SDS * max(kind.own_sd_d20, *BUYERS_SDS_D20)
    # A whole number of steps around 0, so that tables of different widths share their knots.
    first = int(np.floor((min(0.0, width_d20) - reach) / STEP_D20))
    last = int(np.ceil((max(0.0, width_d20) + reach) / STEP_D20))
    ages = np.arange(first, last + 1, dtype=np.float64) * STEP_D20
    return float(ages[0]), chances(kind, ages, width_d20)
