"""One perishable in numbers: when it is good to eat, and how fast its clocks run at a temperature."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from harvest_planner.ripening.limits import safety_cap_rate

Clock = Callable[[float], float]
"""Temperature [°C] → what is gained per day."""


@dataclass(frozen=True, slots=True)
class Law:
    """A rate function with its numbers filled in.

    A `functools.partial` would be equal only to itself; laws with the same numbers are equal, hashable and picklable.
    """

    function: Callable[..., float]
    numbers: tuple[tuple[str, Any], ...]
    _keywords: dict[str, Any] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_keywords", dict(self.numbers))

    @classmethod
    def of(cls, function: Callable[..., float], **numbers: Any) -> Law:
        """The function with these keyword arguments.

        Examples
        --------
        >>> from harvest_planner.ripening.laws import square_root_rate
        >>> Law.of(square_root_rate, tmin_degc=-10.6)(20.0)
        1.0
        """
        return cls(function, tuple(sorted(numbers.items())))

    def __call__(self, temperature_degc: float) -> float:
        return self.function(temperature_degc, **self._keywords)


@dataclass(frozen=True, slots=True)
class Curve:
    """One perishable on its clock.

    Attributes
    ----------
    ready_at_d20 : age at which it becomes good to eat, L [d20].
    window_d20 : how long it stays good, W [d20].
    law : temperature [°C] → rate [d20 per day], 1 at 20 °C.
    stops_below_degc : at or below this the clock stands still [°C]; None: the law alone says.
    calibrated_degc : range in which the law was measured [°C]; None: not stated.
    chilling : temperature [°C] → share of the chilling limit used per day [1/d]; None: no harm known.
    safety_limits : (up to this temperature [°C], hours allowed [h]) of cooked food; None: no cap.

    Examples
    --------
    >>> from harvest_planner.ripening.laws import rate_table_rate
    >>> na = Law.of(rate_table_rate, points=((15.0, 6 / 9), (20.0, 1.0), (25.0, 1.5)))
    >>> curve = Curve(ready_at_d20=6.0, window_d20=2.25, law=na, stops_below_degc=13.0)
    >>> curve.rate(25.0), curve.rate(13.0)
    (1.5, 0.0)
    """

    ready_at_d20: float
    window_d20: float
    law: Clock
    stops_below_degc: float | None = None
    calibrated_degc: tuple[float, float] | None = None
    chilling: Clock | None = None
    safety_limits: tuple[tuple[float | None, float], ...] | None = None

    def rate(self, temperature_degc: float) -> float:
        """Ageing at a temperature [d20 per day]; 0 at or below `stops_below_degc`."""
        if self.stops_below_degc is not None and temperature_degc <= self.stops_below_degc:
            return 0.0
        return self.law(temperature_degc)

    def chill_rate(self, temperature_degc: float) -> float:
        """Share of the chilling limit used per day [1/d]; fruit is injured when it has gained more than 1."""
        return 0.0 if self.chilling is None else self.chilling(temperature_degc)

    def safety_rate(self, temperature_degc: float) -> float:
        """Share of the food-safety cap used per day [1/d]; the cap is broken when more than 1 is gained."""
        return 0.0 if self.safety_limits is None else safety_cap_rate(temperature_degc, limits=self.safety_limits)

    @property
    def clocks(self) -> tuple[Clock, Clock, Clock]:
        """The three clocks that the fruit carries along: age, chilling, safety."""
        return (self.rate, self.chill_rate, self.safety_rate)

    @property
    def kinks_degc(self) -> tuple[float, ...]:
        """Temperatures at which one of the clocks bends or jumps, sorted [°C]."""
        found = {degc for degc, _ in self.safety_limits or () if degc is not None}
        if self.stops_below_degc is not None:
            found.add(self.stops_below_degc)
        for law in (self.law, self.chilling):
            for name, value in getattr(law, "numbers", ()):
                if name == "points":
                    found.update(degc for degc, _ in value)
                elif name in ("tmin_degc", "below_degc"):
                    found.add(value)
        return tuple(sorted(found))
