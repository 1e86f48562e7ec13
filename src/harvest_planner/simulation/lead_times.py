"""Rules of thumb: every order is picked the same number of days before its deadline, everywhere or by region."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from harvest_planner import catalogue
from harvest_planner.catalogue.units import province_rows
from harvest_planner.errors import AmbiguousPlaceError
from harvest_planner.planning.columns import Columns
from harvest_planner.schema.people import Place
from harvest_planner.simulation.bench import Bench, only
from harvest_planner.simulation.decisions import Decisions

REGIONS = ("north", "central", "south")
NORTH_FROM_DEG, SOUTH_TO_DEG = 20.0, 12.0
"""Where the catalogue does not know a place: between Ninh Bình and Thanh Hóa, and south of the highlands, roughly."""
TUNING_GAP = 0.01
"""While lead times are compared a hundredth is near enough."""
Worth = Callable[[Decisions], float]


@dataclass(frozen=True)
class Tuned:
    """Lead times by region, the decisions under them, and what these were worth where they were tuned."""

    lead_days: Mapping[str, int]
    decisions: Decisions
    value_vnd: float


class LeadTimes:
    """Decisions in which the pick day is bound to the deadline; batch and journey are chosen as the plan chooses them.

    Parameters
    ----------
    bench : the problem with its candidates.
    worth : what decisions are worth, by simulation with luck of its own.
    """

    def __init__(self, bench: Bench, worth: Worth) -> None:
        self._bench, self._worth = bench, worth
        self._tried: dict[tuple[int, ...], Tuned] = {}
        buyers = bench.prepared.question.buyers
        region = np.array([REGIONS.index(region_of(buyer.destination)) for buyer in buyers], dtype=np.int64)
        self._region = region[bench.columns.order] if len(buyers) else region
        self._grid = tuple(int(days) for days in np.unique(bench.lead_days)) or (0,)

    def one(self) -> Tuned:
        """The best of one lead time for all."""
        return self._settled(self._one())

    def by_region(self) -> Tuned:
        """From the best of one for all, each region's in turn, until none gets better."""
        best = self._one()
        while True:
            before = best
            for region in range(len(REGIONS)):
                start = tuple(best.lead_days[name] for name in REGIONS)
                tries = ((*start[:region], days, *start[region + 1 :]) for days in self._grid)
                best = max((best, *map(self._with, tries)), key=_value)
            if best is before:
                return self._settled(best)

    def _one(self) -> Tuned:
        return max((self._with((days,) * len(REGIONS)) for days in self._grid), key=_value)

    def _with(self, lead_days: tuple[int, ...]) -> Tuned:
        if lead_days not in self._tried:
            decisions = self._bench.decide(self._columns(lead_days), least_gap=TUNING_GAP)
            named = dict(zip(REGIONS, lead_days, strict=True))
            self._tried[lead_days] = Tuned(named, decisions, self._worth(decisions))
        return self._tried[lead_days]

    def _settled(self, tuned: Tuned) -> Tuned:
        """The lead times that were found, decided within the policy's own gap; the better of the two decisions."""
        columns = self._columns(tuple(tuned.lead_days[name] for name in REGIONS))
        decisions = self._bench.decide(columns)
        return max(tuned, Tuned(tuned.lead_days, decisions, self._worth(decisions)), key=_value)

    def _columns(self, lead_days: tuple[int, ...]) -> Columns:
        kept = self._bench.lead_days == np.array(lead_days, dtype=np.int64)[self._region]
        return only(self._bench.columns, kept)


def _value(tuned: Tuned) -> float:
    return tuned.value_vnd


def region_of(place: Place) -> str:
    """north, central or south: by the province of the catalogue, else by latitude.

    Examples
    --------
    >>> [region_of(Place(id="x", latitude_deg=degrees, longitude_deg=106)) for degrees in (21, 16, 10)]
    ['north', 'central', 'south']
    """
    for name in (place.id, place.province):
        found = None if name is None else _catalogue_id(name)
        if found is not None:
            return str(province_rows()[catalogue.province_id(found)]["region"])
    if place.latitude_deg >= NORTH_FROM_DEG:
        return "north"
    return "south" if place.latitude_deg < SOUTH_TO_DEG else "central"


def _catalogue_id(name: str) -> str | None:
    try:
        return catalogue.resolve_place(name)
    except AmbiguousPlaceError:
        return None
