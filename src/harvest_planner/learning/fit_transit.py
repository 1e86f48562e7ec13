"""`fit_transit`: what was shipped and when it came becomes the durations of lanes, and how well they predict."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import replace

from harvest_planner.errors import FitError
from harvest_planner.learning.deliveries import History, Route, history_of
from harvest_planner.learning.extra import require_scipy
from harvest_planner.learning.lane_fit import Calibration, LaneFit, TransitFit
from harvest_planner.learning.tables import Table

_OFF = 3.0
"""Standard errors from which on a calibration is off by more than chance."""


def fit_transit(history: Table) -> TransitFit:
    """Durations of lanes from deliveries; a lane with few of them borrows from all the others.

    Parameters
    ----------
    history : a data frame, rows of dicts or the path of a CSV file with the columns `shipped_at` and `arrived_at`
        (instants with their offset) and `lane`, or `origin` and `destination` and where there are several `carrier`;
        `scheduled_at`, the arrival by the timetable, where lanes run to one.

    Returns
    -------
    TransitFit : `.lanes` by id, each with `transit_p50_h`, `transit_p95_h`, `transit_min_h`, `on_schedule_share` and
        `.applied_to(lane)`; `.calibration`, `.forward`, `.faults`, `.warnings`.

    Raises
    ------
    FitError : a column is missing; fewer than three rows or fewer than half of them are deliveries, or no lane has two:
        rows that cannot be used are listed.
    MissingExtraError : scipy is not installed (extra `fit`).

    Notes
    -----
    ln(hours above a minimum) is normal in each lane; means and variances of the lanes are drawn together by empirical
    Bayes. See docs/explanation/fitting.md.

    Examples
    --------
    >>> rows = [
    ...     {
    ...         "lane": "road",
    ...         "shipped_at": f"2026-08-{day}T18:00+07:00",
    ...         "arrived_at": f"2026-08-{day + 1}T{hour}:00+07:00",
    ...     }
    ...     for day, hour in enumerate((14, 15, 13, 17, 14, 20, 15, 13, 16, 14), start=11)
    ... ]
    >>> fit = fit_transit(rows)
    >>> road = fit.lane("road")
    >>> round(road.transit_p50_h, 1), round(road.transit_p95_h, 1), road.deliveries
    (20.6, 26.9, 10)
    """
    require_scipy("fit_transit")
    from harvest_planner.learning.calibration import Trial, calibration_of, cross_validated, forward
    from harvest_planner.learning.durations import durations_of

    read = history_of(history)
    durations = durations_of(read.deliveries)
    trials = cross_validated(read.deliveries)
    by_lane: defaultdict[Route, list[Trial]] = defaultdict(list)
    for trial in trials:
        by_lane[trial.delivery.route].append(trial)
    lanes = {
        route.lane_id: replace(lane, calibration=calibration_of(by_lane[route]))
        for route, lane in sorted(durations.lanes.items(), key=lambda one: one[0].lane_id)
    }
    overall = calibration_of(trials)
    if overall is None:
        raise FitError(f"{read.name}: too few deliveries to hold a prediction against; add more")
    ahead = calibration_of(forward(read.deliveries))
    return TransitFit(
        lanes=lanes,
        unseen=durations.unseen,
        calibration=overall,
        forward=ahead,
        rows=read.rows,
        deliveries=len(read.deliveries),
        faults=read.faults,
        warnings=tuple(_warnings(read, lanes.values(), overall, ahead)),
    )


def _warnings(read: History, lanes: Iterable[LaneFit], overall: Calibration, ahead: Calibration | None) -> list[str]:
    found = []
    if read.faults:
        kinds = Counter(f"{fault.field}: {fault.expected}" for fault in read.faults)
        named = "; ".join(f"{count} × {kind}" for kind, count in kinds.most_common())
        found.append(
            f"{len(read.faults)} of {read.rows} rows are no deliveries and were left out ({named}); see faults"
        )
    borrowed = [lane.lane_id for lane in lanes if lane.deliveries < 5]
    if borrowed:
        found.append(f"{len(borrowed)} lanes have fewer than 5 deliveries and lean on the others: {_some(borrowed)}")
    for name, calibration in (("by cross-validation", overall), ("forward in time", ahead)):
        off = [] if calibration is None else _off(calibration)
        if off:
            found.append(f"the distributions do not fit {name}: {', '.join(off)}")
    return found


def _off(calibration: Calibration) -> list[str]:
    """Quantiles that were kept more or less often than chance allows."""
    found = []
    for one in calibration.quantiles:
        error = (one.expected * (1.0 - one.expected) / calibration.deliveries) ** 0.5
        if abs(one.share - one.expected) > _OFF * error + 1e-9:
            found.append(f"{one.share:.1%} kept p{one.level * 100:.0f} ({one.expected:.1%} should)")
    return found


def _some(names: list[str]) -> str:
    return ", ".join(names[:5]) + (" …" if len(names) > 5 else "")
