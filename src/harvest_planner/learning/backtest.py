"""Were the probabilities right: promises, or forecasts made as they would have been, held against what came."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import NamedTuple

from harvest_planner.errors import Fault, FitError
from harvest_planner.learning.backtest_report import Backtest, Group, Method
from harvest_planner.learning.calibration import over_by
from harvest_planner.learning.cases import Case, Cases, LeftOut, cases_of, levels_told
from harvest_planner.learning.deliveries import Delivery, Route
from harvest_planner.learning.drift import LEVELS, DriftTracker, Knowing, Prior, Tracked, tracked
from harvest_planner.learning.durations import durations_of
from harvest_planner.learning.limits import LimitLaw, crps_h
from harvest_planner.learning.scores import (
    ReliabilityRow,
    TimeScores,
    good_scores,
    mean_of,
    reliability_of,
    share_of,
)
from harvest_planner.learning.tables import Table

FEWEST_TO_LEARN = 20
_WARM_UP = 0.3
_MORE = 0.05
_TIE_H = 1.0 / 3600.0
"""A parcel on the second of a limit has kept it: tables write instants to the second."""


class _Forecast(NamedTuple):
    """The deliveries that are judged and what each was forecast without adapting."""

    deliveries: tuple[Delivery, ...]
    prior: Prior
    warm_up: int
    unknown: tuple[Delivery, ...]


class _Scored(NamedTuple):
    """One way of forecasting: the limits of each delivery at LEVELS, and its CRPS [h]."""

    tracked: tuple[Tracked, ...]
    crps: tuple[float, ...]


def backtested(history: Table, *, warm_up_share: float = _WARM_UP, timezone: str | None = None) -> Backtest:
    """The backtest of a history; see `harvest_planner.backtest`."""
    read = cases_of(history, timezone=timezone)
    timed = [case for case in read.cases if case.delivery is not None]
    promised = levels_told(timed)
    found = _as_promised(timed) if promised else _as_fitted(timed, warm_up_share, read.sheet.name)
    ways = {
        "static": _scored(found, tracker=DriftTracker(rate=0.0, own_rate=0.0)),
        "adaptive": _scored(found, tracker=DriftTracker()),
        "adaptive_as_they_arrive": _scored(found, tracker=DriftTracker(), as_they_arrive=True),
    }
    scored = ways["static" if promised else "adaptive"]
    crops = {id(case.delivery): case.crop_id for case in timed}
    return Backtest(
        forecasts="promised" if promised else "made_here",
        rows=len(read.sheet.rows),
        warm_up=found.warm_up,
        time=time_scores(scored.tracked, scored.crps),
        reliability=reliability_of(_goods(read.cases)) or _of_limits(scored.tracked),
        good=good_scores(_goods(read.cases)),
        by_lane=_groups(read.cases, scored, _lane, lambda one: one.route.lane_id),
        by_crop=_groups(read.cases, scored, lambda case: case.crop_id, lambda one: crops[id(one)]),
        methods=tuple(_method(name, way) for name, way in ways.items()),
        left_out=(*read.left_out, *_unknown(read, found)),
    )


def _lane(case: Case) -> str | None:
    return None if case.delivery is None else case.delivery.route.lane_id


def _goods(cases: Iterable[Case]) -> list[tuple[float, float]]:
    return [case.good for case in cases if case.good is not None]


def _as_promised(timed: Sequence[Case]) -> _Forecast:
    """The promised limits, with LEVELS read off between them."""
    limits = {id(case.delivery): _at_levels(LimitLaw(case.levels, case.promised_h)) for case in timed}
    deliveries = tuple(case.delivery for case in timed if case.delivery is not None)
    return _Forecast(deliveries, lambda one: limits[id(one)], 0, ())


def _at_levels(law: LimitLaw) -> tuple[float, ...]:
    given = dict(zip(law.levels, law.hours, strict=True))
    return tuple(given[level] if level in given else law.quantile(level) for level in LEVELS)


def _as_fitted(timed: Sequence[Case], warm_up_share: float, name: str) -> _Forecast:
    """The law fitted to what was over when the first delivery after the warm-up was shipped."""
    deliveries = [case.delivery for case in timed if case.delivery is not None]
    if not deliveries:
        return _Forecast((), lambda _: None, 0, ())
    count = len(deliveries)
    warm_up = max(FEWEST_TO_LEARN, round(warm_up_share * count))
    known: list[Delivery] = []
    while warm_up < count:
        known = over_by(deliveries[:warm_up], deliveries[warm_up].shipped_at)
        if len(known) >= FEWEST_TO_LEARN:
            break
        warm_up += max(1, round(_MORE * count))
    if warm_up >= count:
        raise FitError(
            f"{name}: promises no limits of arrival, and {count} deliveries are too few to forecast: {FEWEST_TO_LEARN} "
            "must be over when the next is shipped"
        )
    prior = _fitted(known)
    asked = deliveries[warm_up:]
    unknown = tuple(one for one in asked if prior(one) is None)
    return _Forecast(tuple(one for one in asked if prior(one) is not None), prior, warm_up, unknown)


def _fitted(known: Sequence[Delivery]) -> Prior:
    durations = durations_of(known)
    limits: dict[Route, tuple[float, ...] | None] = {}

    def prior(one: Delivery) -> tuple[float, ...] | None:
        if one.route not in limits:
            lane = durations.of(one.route)
            limits[one.route] = None if lane is None else tuple(lane.quantile(level) for level in LEVELS)
        return limits[one.route]

    return prior


def _scored(found: _Forecast, *, tracker: DriftTracker, as_they_arrive: bool = False) -> _Scored:
    knowing: Knowing = "as_they_arrive" if as_they_arrive else "in_turn"
    each = tuple(tracked(found.deliveries, found.prior, knowing=knowing, tracker=tracker))
    scores = crps_h(LEVELS, [one.limits.hours for one in each], [one.delivery.hours for one in each])
    return _Scored(each, tuple(map(float, scores)))


def time_scores(each: Sequence[Tracked], crps: Sequence[float]) -> TimeScores:
    """CRPS and cover of forecasts."""
    kept = [[one.delivery.hours <= one.limits.hours[i] + _TIE_H for one in each] for i in range(len(LEVELS))]
    return TimeScores(mean_of(crps), *(share_of(level) for level in kept))


def _of_limits(each: Sequence[Tracked]) -> tuple[ReliabilityRow, ...]:
    """The reliability diagram of limits of arrival: the share that should come by each, and that did."""
    scores = time_scores(each, [0.0] * len(each))
    covers = (scores.cover_p05, scores.cover_p10, scores.cover_p50, scores.cover_p90, scores.cover_p95)
    return tuple(ReliabilityRow(p, p, p, cover) for p, cover in zip(LEVELS, covers, strict=True) if each)


def _method(name: str, way: _Scored) -> Method:
    return Method(name, time_scores(way.tracked, way.crps))


def _groups(
    cases: Iterable[Case],
    scored: _Scored,
    of_case: Callable[[Case], Hashable],
    of_delivery: Callable[[Delivery], Hashable],
) -> dict[str, Group]:
    """Scores of each lane or crop that is named, by name."""
    goods: defaultdict[Hashable, list[tuple[float, float]]] = defaultdict(list)
    for case in cases:
        if case.good is not None:
            goods[of_case(case)].append(case.good)
    times: defaultdict[Hashable, list[int]] = defaultdict(list)
    for i, one in enumerate(scored.tracked):
        times[of_delivery(one.delivery)].append(i)
    names = sorted(str(name) for name in {*goods, *times} if name is not None)
    return {
        name: Group(
            name=name,
            time=time_scores([scored.tracked[i] for i in times[name]], [scored.crps[i] for i in times[name]]),
            good=good_scores(goods[name]),
            reliability=reliability_of(goods[name]) or _of_limits([scored.tracked[i] for i in times[name]]),
        )
        for name in names
    }


def _unknown(read: Cases, found: _Forecast) -> tuple[LeftOut, ...]:
    """Deliveries on lanes of which the warm-up says nothing."""
    strange = {id(one) for one in found.unknown}
    wanted = "a lane with deliveries in the warm-up, as just one lane had"
    return tuple(
        LeftOut("unknown_lane", Fault(read.sheet.name, case.row.line, "lane", str(_lane(case)), wanted))
        for case in read.cases
        if id(case.delivery) in strange
    )
