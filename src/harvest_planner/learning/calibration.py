"""Predictions held against deliveries they did not know: by cross-validation, and forward in time."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from harvest_planner.errors import FitError
from harvest_planner.learning.deliveries import Delivery, Route
from harvest_planner.learning.durations import durations_of
from harvest_planner.learning.lane_fit import Calibration, QuantileCheck

LEVELS = (0.10, 0.50, 0.90, 0.95)
_FOLDS = 10
_FEWEST_TO_LEARN = 20
_TIE_H = 1e-6
"""A parcel on the minute of a schedule has kept it."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One delivery and the quantiles that were predicted for its lane without it.

    Attributes
    ----------
    delivery : what came.
    limits_h : hours at LEVELS.
    on_schedule_share : share that was predicted to run exactly to schedule.
    """

    delivery: Delivery
    limits_h: tuple[float, ...]
    on_schedule_share: float


def cross_validated(deliveries: Sequence[Delivery]) -> list[Trial]:
    """Each delivery predicted from the nine tenths of the history that do not hold it."""
    place: defaultdict[Route, int] = defaultdict(int)
    folds = []
    for one in deliveries:
        # Lanes begin at folds of their own, else all lanes with one delivery would be left out together.
        offset = sum(one.route.lane_id.encode())
        folds.append((offset + place[one.route]) % _FOLDS)
        place[one.route] += 1
    found: list[Trial] = []
    for fold in sorted(set(folds)):
        known = [one for one, at in zip(deliveries, folds, strict=True) if at != fold]
        left_out = [one for one, at in zip(deliveries, folds, strict=True) if at == fold]
        found += _tried(known, left_out)
    return found


def forward(deliveries: Sequence[Delivery]) -> list[Trial]:
    """Each tenth of the history, in order of shipping, predicted from what was over before it began.

    Of recent shipments only the fast ones have arrived, so those younger than the 95 % of all durations are left out.
    """
    found: list[Trial] = []
    for block in np.array_split(np.arange(len(deliveries)), _FOLDS)[1:]:
        if len(block):
            asked = [deliveries[int(i)] for i in block]
            known = over_by(deliveries[: int(block[0])], asked[0].shipped_at)
            if len(known) >= _FEWEST_TO_LEARN:
                found += _tried(known, asked)
    return found


def over_by(earlier: Sequence[Delivery], at: dt.datetime) -> list[Delivery]:
    """Deliveries that were over by then; those shipped too lately for the slow ones to have come are left out."""
    if not earlier:
        return []
    slow = dt.timedelta(hours=float(np.quantile([one.hours for one in earlier], 0.95)))
    return [one for one in earlier if one.arrived_at <= at and one.shipped_at + slow <= at]


def _tried(known: Sequence[Delivery], asked: Iterable[Delivery]) -> list[Trial]:
    """The asked deliveries with their predictions; without those of which the known ones say nothing."""
    try:
        durations = durations_of(known)
    except FitError:
        return []
    limits: dict[Route, tuple[float, ...]] = {}
    found = []
    for one in asked:
        lane = durations.of(one.route)
        if lane is not None:
            if one.route not in limits:
                limits[one.route] = tuple(lane.quantile(level) for level in LEVELS)
            found.append(Trial(one, limits[one.route], lane.on_schedule_share))
    return found


def calibration_of(trials: Sequence[Trial]) -> Calibration | None:
    """The shares that kept each quantile; None without a trial."""
    if not trials:
        return None
    checks = []
    for i, level in enumerate(LEVELS):
        kept = [trial.delivery.hours <= trial.limits_h[i] + _TIE_H for trial in trials]
        expected = [max(level, trial.on_schedule_share) for trial in trials]
        checks.append(QuantileCheck(level, float(np.mean(expected)), float(np.mean(kept))))
    inside = [trial.limits_h[0] - _TIE_H <= trial.delivery.hours <= trial.limits_h[2] + _TIE_H for trial in trials]
    return Calibration(len(trials), tuple(checks), float(np.mean(inside)))
