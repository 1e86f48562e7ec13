"""The most likely numbers, and which of them the data cannot tell: those are held and said to be."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from harvest_planner.errors import FitError
from harvest_planner.learning.censored import Array, Flags, Model, Sample, at_bound, covariance, most_likely, start_of
from harvest_planner.learning.families import Family, held
from harvest_planner.schema.crop import TemperatureLaw

_UNTOLD = 1.0
"""Standard error of a logarithm from which on a number counts as not told by the data: a factor of e either way."""
_WARM_DEGC = 30.0


@dataclass(frozen=True, slots=True)
class Found:
    """The top of the likelihood.

    Attributes
    ----------
    model, theta : the model and its most likely numbers.
    spread : covariance of θ; zero for what was held.
    free : which numbers were fitted.
    notes : what was held and why, in words.
    """

    model: Model
    theta: Array
    spread: Array
    free: Flags
    notes: tuple[str, ...]

    @property
    def law_fitted(self) -> bool:
        """Whether the law is that of θ; one at the end of what it may be is, for the other numbers belong to it."""
        return bool(self.model.family.names)

    @property
    def law_at_its_end(self) -> bool:
        """Whether the fruit drove a number of the law to the end of what it may be."""
        return not self.free[self.model.first_law :].all()


def search(
    sample: Sample,
    family: Family,
    *,
    law: TemperatureLaw,
    stops_below_degc: float | None,
    sd_d20: float | None,
) -> Found:
    """Climb to the top; hold one after another what is flat there.

    Parameters
    ----------
    sample : the crossings.
    family : the clock's free numbers.
    law : the law to keep where the data cannot tell one.
    stops_below_degc : at or below this the clock stands still [°C].
    sd_d20 : the spread to keep where the data cannot tell it [d20]; None: an error then.

    Raises
    ------
    FitError : a fruit crossed while its clock stood still, or nothing tells the spread.
    """
    model = Model(sample, family, stops_below_degc)
    _require_running(model)
    start, free, notes = start_of(model), np.ones(model.size, dtype=np.bool_), []
    for _ in range(3 + 2 * sample.thresholds):
        theta = most_likely(model, start, free)
        stuck = at_bound(model, theta) & free
        if stuck.any():
            notes.append(_at_the_end(model, theta))
            start, free = theta, free & ~stuck
            continue
        spread = covariance(model, theta, free)
        untold = None if spread is None else _untold(model, theta, spread)
        if spread is not None and untold is None:
            return Found(model, theta, spread, free, tuple(notes))
        flat = _flattest(model, theta, free) if untold is None else untold
        if flat >= model.first_law:
            notes.append("the temperatures of the fruit are too alike to tell the temperature law: it was kept")
            model = Model(sample, held(law), stops_below_degc)
            start, free = theta[: model.size], free[: model.size]
            continue
        threshold = _threshold_of(model, flat)
        start, note = _with_spread_held(model, theta, threshold, sd_d20)
        notes.append(note)
        free = free.copy()
        free[model.first_log_sd + threshold] = False
    raise FitError("the observations are too few or too coarse to tell the fruit's days to ripe")


def _require_running(model: Model) -> None:
    data = model.sample
    gained = (data.after - data.before) @ model.rates(np.array(model.family.start))
    still = np.flatnonzero(data.has_before & data.has_after & (gained <= 0.0))
    if len(still):
        raise FitError(
            f"{len(still)} crossings fall into days in which the crop's clock stands still "
            f"(stops_below_degc = {model.stops_below_degc}); fit a crop without stops_below_degc"
        )


def _at_the_end(model: Model, theta: Array) -> str:
    family, u = model.family, [float(x) for x in theta[model.first_law :]]
    law = ", ".join(f"{n} = {x:.3g}" for n, x in zip(family.names, family.reported(u), strict=True))
    ends = min(model.sample.degc), max(model.sample.degc)
    cold, warm = family.rates(u, ends)
    cold_before, warm_before = family.rates(family.start, ends)
    flatter = warm * cold_before < warm_before * cold
    why = "warmth does not speed these fruit as it should" if flatter else "cold slows these fruit more than it can say"
    return (
        f"the temperature law is at the end of what it may be ({law}): {why}; "
        "check the temperatures, or hold a law that you trust (temperature_law)"
    )


def _untold(model: Model, theta: Array, spread: Array) -> int | None:
    """A number whose standard error says that the data do not tell it; None: all are told."""
    sds = np.sqrt(np.maximum(np.diag(spread), 0.0))
    for i in range(model.first_log_sd, model.first_law):
        if sds[i] > _UNTOLD:
            return i
    u = theta[model.first_law :]
    by_u = spread[model.first_law :, model.first_law :]
    probe = Model(
        replace(model.sample, degc=(min(model.sample.degc), max(model.sample.degc), _WARM_DEGC)), model.family, None
    )
    by_rate = probe.slopes(u) / probe.rates(u)[:, None]
    if len(u) and float(np.sqrt(np.max(np.diag(by_rate @ by_u @ by_rate.T)))) > _UNTOLD:
        return model.first_law
    return None


def _flattest(model: Model, theta: Array, free: Flags) -> int:
    """The free number that leans most along the flattest direction."""
    where = np.flatnonzero(free)
    slopes = model.terms(theta)[1][:, where]
    information = slopes.T @ slopes
    scale = np.sqrt(np.maximum(np.diag(information), 1e-30))
    _, axes = np.linalg.eigh(information / np.outer(scale, scale))
    return int(where[int(np.argmax(np.abs(axes[:, 0])))])


def _threshold_of(model: Model, number: int) -> int:
    """The threshold to which a number of θ belongs."""
    stages = model.sample.stages
    if number >= model.first_log_sd:
        return number - model.first_log_sd
    return 0 if number < stages else number - stages + 1


def _with_spread_held(model: Model, theta: Array, threshold: int, sd_d20: float | None) -> tuple[Array, str]:
    """θ with the spread at a threshold put to what is to be kept, and the sentence that says so."""
    start = theta.copy()
    if threshold > 0:
        start[model.first_log_sd + threshold] = theta[model.first_log_sd]
        return start, f"the spread at threshold {threshold + 1} cannot be told: taken as at ripe"
    if sd_d20 is None or sd_d20 <= 0.0:
        raise FitError(
            "all fruit crossed between the same looks, or nearly: their spread cannot be told; look more often, "
            "watch more fruit, or name a crop whose spread is to be kept"
        )
    start[model.first_log_sd] = math.log(sd_d20)
    return start, f"all fruit crossed between the same looks, or nearly: sd_d20 = {sd_d20:g} was kept"
