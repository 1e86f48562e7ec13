"""Whole trips from the market's fractional ones: household by household, beside what all others bring.

Each household chooses whole trips while the others count as the market answered, or as they chose already, so that what
one brings too much of a lot the next brings less of (as rounding with pessimistic estimators does: P. Raghavan and
C. Thompson, Combinatorica 7 (1987) 365–374, 10.1007/BF02579324). What a kilogram more brings falls with what there is
of its lot, and of its pool, beyond the market's answer.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from harvest_planner.planning.allocation.model import Bools, Floats, Ints
from harvest_planner.planning.index_arrays import runs
from harvest_planner.planning.market.answers import Answers
from harvest_planner.planning.market.market import KG_EPSILON, Supply
from harvest_planner.planning.market.prices import Prices

# How the search goes; each an assumption, tried out on made-up national days of 100,000 and 1,000,000 orders.
SLOPE_WIDTH = 0.01
"""τ at which the slope of demand is read, of the usual worth of a kilogram."""
LOT_BELIEF, POOL_BELIEF = 0.5, 0.1
"""Shares of those slopes that are believed: prices of like fruit move together, so that each alone answers less."""
PORTIONS = 40
"""Parts of the households that choose at one time, blind to each other."""
SWEEPS = 2
"""Times that each household chooses."""
VARIANTS, SCATTER = 16, 0.08
"""Ways that each household tries; scatter of what it takes a trip to be worth, of the usual worth of a kilogram."""
DEAR, CHEAP = 1.0, 0.8
"""Shares of a batch's price that a household counts while it tries."""
LEAST_GAIN_VND = 1.0


@dataclass(frozen=True, slots=True)
class Outlook:
    """What one kilogram more of each lot brings about the market's answer: it falls with lot and pool, to a floor.

    Attributes
    ----------
    price, kg : of each lot at the market's answer, its packing paid [VND/kg, kg].
    lot_bend, pool_bend : by how much the price falls for a kilogram more [VND/kg²].
    floor : what the local market pays [VND/kg].
    """

    pool: Ints
    price: Floats
    kg: Floats
    lot_bend: Floats
    pool_bend: Floats
    floor: Floats

    @classmethod
    def of(cls, answers: Answers, prices: Prices, picked_kg: Floats) -> Outlook:
        """About prices at which trips bring so much."""
        market, supply = answers.market, answers.market.supply
        width = SLOPE_WIDTH * answers.usual_vnd_per_kg
        _, slope = answers.lots(prices, width)
        return cls(
            market.lot_pool,
            prices.lot - np.append(prices.packing, 0.0)[market.lot_packing],
            np.bincount(supply.trip_lot, weights=picked_kg, minlength=market.lots).astype(np.float64),
            1.0 / np.maximum(LOT_BELIEF * slope, 1e-9),
            1.0 / np.maximum(POOL_BELIEF * answers.pool_slopes(prices, width), 1e-9),
            market.lot_local,
        )


class _Choice:
    """Some households' trips while they choose; arrays of shape (variants, trips)."""

    def __init__(self, supply: Supply, trips: Ints, home: Ints) -> None:
        self.supply, self.trips = supply, trips
        first = np.r_[True, home[1:] != home[:-1]]
        self.heads, self.home = np.flatnonzero(first), np.cumsum(first) - 1
        self.batches, self.batch = np.unique(supply.trip_batch[trips], return_inverse=True)
        self.hands, self.hand = np.unique(supply.trip_hands[trips], return_inverse=True)
        self.fee = supply.trip_due[trips]
        self.kept = supply.batch_kept[supply.trip_batch[trips]]

    def tried(self, brings: _Brings, price: Floats, noise: NDArray[np.float64]) -> Floats:
        """Kilograms of each trip in every variant: one trip after the other, the one that seems to bring most.

        Parameters
        ----------
        price : what a kilogram of each trip's batch may bring elsewhere, by variant [VND/kg].
        noise : added to what it brings, by variant and trip [VND/kg].
        """
        supply, variants = self.supply, len(noise)
        kg = np.zeros(noise.shape)
        batch_kg = np.repeat(supply.batch_kg[self.batches][None], variants, axis=0)
        hands_kg = np.repeat(supply.hands_kg[self.hands][None], variants, axis=0)
        new = np.zeros(batch_kg.shape)
        blocked = np.zeros(noise.shape, dtype=bool)
        most, least = supply.batch_most[self.batches], supply.trip_least[self.trips]
        made = supply.trip_made[self.trips]
        while True:
            room = np.minimum(batch_kg[:, self.batch], hands_kg[:, self.hand])
            barred = ~made & ((room + KG_EPSILON < least) | (new[:, self.batch] + 1.0 > most[self.batch]) | blocked)
            room[barred | (kg > 0.0) | (room <= KG_EPSILON)] = 0.0
            gain = brings.worth(room) - self.kept * room - self.fee
            seems = np.where((room > 0.0) & (gain > LEAST_GAIN_VND), gain + (noise - price) * room, -np.inf)
            variant, trip = self._best(seems)
            if not len(trip):
                return kg
            picked = room[variant, trip]
            kg[variant, trip] = picked
            batch_kg[variant, self.batch[trip]] -= picked
            hands_kg[variant, self.hand[trip]] -= picked
            new[variant, self.batch[trip]] += ~made[trip]
            self._block(blocked, variant, trip)

    def _best(self, seems: Floats) -> tuple[Ints, Ints]:
        """Of each variant and household the trip that seems best: (variant, trip)."""
        top = np.maximum.reduceat(seems, self.heads, axis=1)
        variant, trip = np.nonzero((seems == top[:, self.home]) & np.isfinite(seems))
        _, first = np.unique(variant * len(self.heads) + self.home[trip], return_index=True)
        return variant[first], trip[first]

    def _block(self, blocked: Bools, variant: Ints, trip: Ints) -> None:
        """Bar trips of the batch that lie nearer than it allows."""
        spacing = self.supply.batch_spacing[self.batches]
        if (spacing <= 1).all():
            return
        day = self.supply.trip_day[self.trips]
        chosen = np.full((len(blocked), len(self.batches)), np.iinfo(np.int64).min // 2)
        chosen[variant, self.batch[trip]] = day[trip]
        blocked |= np.abs(day - chosen[:, self.batch]) < spacing[self.batch]

    def value(self, brings: _Brings, kg: Floats) -> Floats:
        """What kilograms bring each household, fees paid: by variant and household [VND]."""
        worth = brings.worth(kg) - self.kept * kg - self.fee * (kg > 0.0)
        return np.asarray(np.add.reduceat(worth, self.heads, axis=1))


@dataclass(frozen=True, slots=True)
class _Brings:
    """What kilograms on each trip bring beside what there is: the first at `top`, each further one `bend` less."""

    top: Floats
    bend: Floats
    floor: Floats

    @classmethod
    def beside(cls, outlook: Outlook, there_kg: Floats, lot: Ints, counted: Floats) -> _Brings:
        """Where there is so much of each lot already, and a kilogram counts so much for its grower."""
        more = there_kg - outlook.kg
        of_pool = np.bincount(outlook.pool, weights=more, minlength=len(outlook.pool_bend))
        top = outlook.price - more * outlook.lot_bend - (of_pool * outlook.pool_bend)[outlook.pool]
        bend = outlook.lot_bend + outlook.pool_bend[outlook.pool]
        return cls(top[lot] + counted, bend[lot], outlook.floor[lot])

    def worth(self, kg: Floats) -> Floats:
        """Of so many kilograms [VND]."""
        steep = np.minimum(kg, np.maximum((self.top - self.floor) / self.bend, 0.0))
        return np.asarray(steep * (self.top - 0.5 * self.bend * steep) + self.floor * (kg - steep))


def whole_trips(answers: Answers, prices: Prices, picked_kg: Floats, *, seed: int) -> Floats:
    """Kilograms of each trip [kg], whole trips only.

    Parameters
    ----------
    picked_kg : what the market's answer brings of each, in fractions of trips.
    """
    supply = answers.market.supply
    rng = np.random.default_rng(seed)
    outlook = Outlook.of(answers, prices, picked_kg)
    home = supply.trip_home
    by_home = np.argsort(home, kind="stable")
    count = int(home.max(initial=-1)) + 1
    first = np.searchsorted(home[by_home], np.arange(count + 1))
    picked = np.array(picked_kg, dtype=np.float64)
    there = outlook.kg.copy()
    counted = prices.counted(answers.market)
    theta = np.repeat([DEAR, CHEAP], VARIANTS // 2)[:, None]
    scatter = np.linspace(0.0, SCATTER * answers.usual_vnd_per_kg, VARIANTS)[:, None]
    for sweep in range(SWEEPS):
        for part in np.array_split(rng.permutation(count), min(PORTIONS, max(1, count))):
            at, _ = runs(first, np.sort(part))
            trips = by_home[at]
            if not len(trips):
                continue
            choice = _Choice(supply, trips, home[trips])
            lot = supply.trip_lot[trips]
            np.subtract.at(there, lot, picked[trips])
            brings = _Brings.beside(outlook, there, lot, counted[trips])
            noise = scatter * rng.gumbel(size=(VARIANTS, len(trips)))
            tried = choice.tried(brings, theta * prices.batch[supply.trip_batch[trips]], noise)
            if sweep:
                tried = np.concatenate([picked[trips][None], tried])
            best = choice.value(brings, tried).argmax(axis=0)
            picked[trips] = tried[best[choice.home], np.arange(len(trips))]
            np.add.at(there, lot, picked[trips])
    return picked
