"""What temperature does to fruit, and between which ages a buyer finds it good."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise

from harvest_planner.planning.referee.wishes import Wish
from harvest_planner.ripening.laws import arrhenius_rate, rate_table_rate, square_root_rate
from harvest_planner.schema.crop import Arrhenius, ChillingDose, ChillingTime, Crop, SquareRoot


@dataclass(frozen=True, eq=False)
class Clock:
    """The clocks of one crop: ageing, and chilling and safety doses as shares of their limits."""

    crop: Crop

    def rate(self, degc: float) -> float:
        """Ageing [d20 per day]."""
        stops, law = self.crop.stops_below_degc, self.crop.temperature_law
        if stops is not None and degc <= stops:
            return 0.0
        if isinstance(law, Arrhenius):
            return arrhenius_rate(degc, ea_kj_per_mol=law.ea_kj_per_mol)
        if isinstance(law, SquareRoot):
            return square_root_rate(degc, tmin_degc=law.tmin_degc)
        return rate_table_rate(degc, points=law.points)

    def chill(self, degc: float) -> float:
        """Share of the chilling limit used up in a day [1/d]."""
        chilling = self.crop.chilling
        if isinstance(chilling, ChillingDose):
            return max(0.0, chilling.below_degc - degc) / chilling.limit_degc_days
        if isinstance(chilling, ChillingTime) and degc <= chilling.points[-1][0]:
            return 1.0 / _days_borne(chilling, degc)
        return 0.0

    def danger(self, degc: float) -> float:
        """Share of the safety cap used up in a day [1/d]."""
        cap = self.crop.safety_cap
        if cap is None:
            return 0.0
        for up_to_degc, hours in cap.limits:
            if up_to_degc is None or degc <= up_to_degc:
                return 24.0 / hours
        return 24.0 / cap.limits[-1][1]

    @property
    def carries_doses(self) -> bool:
        """Whether anything but age counts."""
        return self.crop.chilling is not None or self.crop.safety_cap is not None


def _days_borne(chilling: ChillingTime, degc: float) -> float:
    """Days without injury, log-linear between the measured points, flat below the first [d]."""
    if degc <= chilling.points[0][0]:
        return chilling.points[0][1]
    for (cold, short), (warm, long) in pairwise(chilling.points):
        if degc <= warm:
            share = (degc - cold) / (warm - cold)
            return math.exp((1.0 - share) * math.log(short) + share * math.log(long))
    return chilling.points[-1][1]


@dataclass(frozen=True)
class Taste:
    """When an order's fruit is good: ages at delivery [d20], and the counts of its parcel."""

    lower_d20: float
    upper_d20: float
    room_rate: float
    """Ageing at the buyer's [d20 per day]."""
    fruit: int
    needed: int


def taste_of(wish: Wish, crop: Crop, *, room_rate: float, fruit: int) -> Taste:
    """The bounds of the model's page: ripe from lo to hi days after delivery, and kept long enough."""
    soonest, latest = wish.ripe_within_days
    ready, end = crop.ready_at_d20, crop.ready_at_d20 + crop.window_d20
    upper = end - wish.keeps_days * room_rate
    if soonest > 0:
        upper = min(upper, ready - soonest * room_rate)
    needed = math.ceil(fruit * wish.accepts_share - 1e-9)
    return Taste(ready - latest * room_rate, upper, room_rate, fruit, needed)
