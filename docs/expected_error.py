"""How far the catalogue misses reports that did not go into it: `python docs/expected_error.py`.

Each row is a published time that no parameter was derived from: other countries, other cultivars, other temperatures,
and often only "room temperature", which is read as 28 °C in the tropics and 20 °C elsewhere. What the catalogue says is
computed; the ratio is said/reported.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import fmean, median
from typing import Literal

from harvest_planner.planning.curves import curve_of
from harvest_planner.schema.problem import catalogue_crop

Event = Literal["ripe", "end", "window"]


@dataclass(frozen=True)
class Report:
    """A published time: days at a temperature [°C] from a stage (None: the reference stage) to an event."""

    crop_id: str
    what: str
    event: Event
    temperature_degc: float
    days: float
    stage: str | None = None

    @property
    def said_days(self) -> float:
        """What the catalogue says [d]."""
        crop = catalogue_crop(self.crop_id)
        age = {"ripe": 0.0, "end": crop.window_d20, "window": crop.window_d20}[self.event]
        start = crop.ready_at_d20 if self.event == "window" else crop.stage(self.stage).age_d20
        return (crop.ready_at_d20 + age - start) / curve_of(crop).rate(self.temperature_degc)

    @property
    def ratio(self) -> float:
        """Said/reported."""
        return self.said_days / self.days


REPORTS = (
    Report("na-chi-lang", "Balanagar, ripe (Akola thesis 2019)", "ripe", 15.0, 9.0),
    Report("na-chi-lang", "Balanagar, ripe (Akola thesis 2019)", "ripe", 20.0, 6.0),
    Report("na-chi-lang", "ripe at 28 ± 3 °C, 2 to 5 d (Pinto et al. 2005)", "ripe", 28.0, 3.5),
    Report("na-chi-lang", "China, grooves cream, 2 to 3 d at ambient (grower's page)", "ripe", 28.0, 2.5, "S3"),
    Report("na-chi-lang", "China, 20 to 40 % milky, 4 to 6 d at ambient (grower's page)", "ripe", 28.0, 5.0, "S2"),
    Report("avocado-hass", "New Zealand, room, middle of four months 7.75 d (grower's page)", "ripe", 20.0, 7.75),
    Report("avocado-hass", "end 21 to 42 d at 5 to 12 °C (Produce Degradation)", "end", 8.5, 31.5),
    Report("mango-cat", "ripe fruit 7 d at 10 to 13 °C (National Mango Board)", "window", 11.5, 7.0),
    Report("banana-cavendish", "ripe 11 d after the gas (Ahmad et al. 2006)", "ripe", 16.0, 11.0),
    Report("durian-monthong", "ripe fruit 7 to 14 d at 13 to 15 °C (UC Davis)", "window", 14.0, 10.5),
    Report("dragon-fruit-ld1", "India, room 2.5 d (paper 715, 2018)", "end", 28.0, 2.5),
    Report("litchi", "untreated, skin brown in 1 d at ambient (FAO)", "end", 28.0, 1.0),
    Report("longan", "Youtanben, at least 40 d at 3 °C (2003)", "end", 3.0, 40.0),
    Report("leafy-greens", "middle leaf 4.5 d (O'Hare et al. 2001)", "end", 20.0, 4.5),
    Report("leafy-greens", "spinach 10 to 14 d (UC Davis)", "end", 0.0, 12.0),
    Report("sweet-corn", "supersweet 21 d (UC Davis)", "end", 0.0, 21.0),
    Report("sweet-corn", "standard 5 to 7 d (NC State)", "end", 0.0, 6.0),
)


def typical_ratio() -> float:
    """The ratio, above 1, by which half of the reports are missed by less."""
    return math.exp(median(abs(math.log(report.ratio)) for report in REPORTS))


def rms_ratio() -> float:
    """The ratio, above 1, that is the root mean square of the misses in ln(days)."""
    return math.exp(math.sqrt(fmean(math.log(report.ratio) ** 2 for report in REPORTS)))


def summary() -> str:
    """One sentence with the sizes of the misses."""
    within = sum(abs(math.log(report.ratio)) <= math.log(1.25) for report in REPORTS)
    return (
        f"Of {len(REPORTS)} reports {within} are met within a factor of 1.25; half are missed by less than a factor of "
        f"{typical_ratio():.2f}; the root mean square is a factor of {rms_ratio():.2f}."
    )


if __name__ == "__main__":
    for row in REPORTS:
        print(f"{row.crop_id:<18}{row.what:<66}{row.days:>6.1f}{row.said_days:>7.1f}{row.ratio:>7.2f}")
    print(summary())
