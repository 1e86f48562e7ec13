"""The answer of a backtest as data: scores over all, by lane and crop, reliability diagrams, and what was left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from harvest_planner.errors import MissingExtraError
from harvest_planner.learning.cases import LeftOut
from harvest_planner.learning.scores import GoodScores, Measure, ReliabilityRow, TimeScores

if TYPE_CHECKING:
    import pandas

BacktestTable = Literal["methods", "lanes", "crops", "reliability", "left_out"]


@dataclass(frozen=True, slots=True)
class Group:
    """A lane or a crop.

    Attributes
    ----------
    name : its id.
    time : its arrivals.
    good : its shares of good fruit; None: not told.
    reliability : its own reliability diagram.
    """

    name: str
    time: TimeScores
    good: GoodScores | None
    reliability: tuple[ReliabilityRow, ...]

    def to_dict(self) -> dict[str, Any]:
        return {
            "name": self.name,
            **self.time.to_dict(),
            "good": None if self.good is None else self.good.to_dict(),
            "reliability": [row.to_dict() for row in self.reliability],
        }


@dataclass(frozen=True, slots=True)
class Method:
    """One way of forecasting the same deliveries.

    Attributes
    ----------
    name : `static`: as promised, or one fit to the warm-up; `adaptive`: that, following what came, each delivery
        answered before the next is forecast; `adaptive_as_they_arrive`: the same, knowing only what had arrived.
    time : how it did.
    """

    name: str
    time: TimeScores


@dataclass(frozen=True)
class Backtest:
    """Promises held against what came.

    Attributes
    ----------
    forecasts : `promised`: the history holds what was promised; `made_here`: it does not, so each delivery was forecast
        from those before it, by the way called `adaptive`.
    rows : rows of the history.
    warm_up : deliveries that the first fit is made of and that are not judged; 0 where limits were promised.
    time : scores of arrival; its numbers are also those of the report (`crps`, `cover_p10` …).
    reliability : promised share good against what came good; where the history holds none, the share that should
        come by each limit against that which did.
    good : scores of promised shares good; None: the history holds none.
    by_lane, by_crop : the same by group.
    methods : static and adaptive forecasts of the same deliveries.
    left_out : every row, or part of one, that was not judged.
    """

    forecasts: Literal["promised", "made_here"]
    rows: int
    warm_up: int
    time: TimeScores
    reliability: tuple[ReliabilityRow, ...]
    good: GoodScores | None
    by_lane: Mapping[str, Group]
    by_crop: Mapping[str, Group]
    methods: tuple[Method, ...]
    left_out: tuple[LeftOut, ...]

    @property
    def deliveries(self) -> int:
        """Deliveries whose arrival was judged."""
        return self.time.count

    @property
    def crps(self) -> Measure:
        """Mean continuous ranked probability score of arrival [h]."""
        return self.time.crps

    @property
    def cover_p10(self) -> Measure:
        """Share that came by p10."""
        return self.time.cover_p10

    @property
    def cover_p50(self) -> Measure:
        """Share that came by p50."""
        return self.time.cover_p50

    @property
    def cover_p90(self) -> Measure:
        """Share that came by p90."""
        return self.time.cover_p90

    @property
    def static(self) -> TimeScores:
        """Scores of the forecasts that do not adapt."""
        return self.method("static")

    @property
    def adaptive(self) -> TimeScores:
        """Scores of the forecasts that follow what came, each delivery answered before the next."""
        return self.method("adaptive")

    @property
    def adaptive_as_they_arrive(self) -> TimeScores:
        """Scores of the same, knowing only what had arrived when each was shipped."""
        return self.method("adaptive_as_they_arrive")

    def method(self, name: str) -> TimeScores:
        """Scores of one way of forecasting."""
        return {one.name: one.time for one in self.methods}[name]

    @property
    def left_out_counts(self) -> dict[str, int]:
        """How many rows were left out, by code."""
        return dict(sorted(Counter(one.code for one in self.left_out).items()))

    def to_dict(self) -> dict[str, Any]:
        """All of it as JSON can hold it; each measure with its mean, low, high and count."""
        return {
            "format": "harvest-planner/backtest/1",
            "forecasts": self.forecasts,
            "rows": self.rows,
            "warm_up": self.warm_up,
            "deliveries": self.deliveries,
            **self.time.to_dict(),
            "reliability": [row.to_dict() for row in self.reliability],
            "good": None if self.good is None else self.good.to_dict(),
            "by_lane": [group.to_dict() for group in self.by_lane.values()],
            "by_crop": [group.to_dict() for group in self.by_crop.values()],
            "methods": [{"name": one.name, **one.time.to_dict()} for one in self.methods],
            "left_out_counts": self.left_out_counts,
            "left_out": [one.to_dict() for one in self.left_out],
        }

    def records(self, table: BacktestTable) -> list[dict[str, Any]]:
        """A table as flat rows: `cover_p90` with `cover_p90_low` and `cover_p90_high` beside it.

        Raises
        ------
        ValueError : no such table.
        """
        if table == "methods":
            return [{"name": one.name, **_flat(one.time.to_dict())} for one in self.methods]
        if table in ("lanes", "crops"):
            groups = self.by_lane if table == "lanes" else self.by_crop
            return [_group_record(group) for group in groups.values()]
        if table == "reliability":
            return [_flat(row.to_dict()) for row in self.reliability]
        if table == "left_out":
            return [one.to_dict() for one in self.left_out]
        raise ValueError(f"no table {table!r}; one of methods, lanes, crops, reliability, left_out")

    def to_frame(self, table: BacktestTable) -> pandas.DataFrame:
        """A table as a pandas data frame.

        Raises
        ------
        MissingExtraError : pandas is not installed (extra `notebook`).
        ValueError : no such table.
        """
        try:
            import pandas
        except ImportError:
            raise MissingExtraError("pandas", extra="notebook", needed_for="report.to_frame") from None
        return pandas.DataFrame(self.records(table))


def _group_record(group: Group) -> dict[str, Any]:
    good = {} if group.good is None else {f"good_{key}": value for key, value in _flat(group.good.to_dict()).items()}
    return {"name": group.name, **_flat(group.time.to_dict()), **good}


def _flat(measures: Mapping[str, Any]) -> dict[str, Any]:
    """Measures with their bounds as columns of their own."""
    flat: dict[str, Any] = {}
    for name, value in measures.items():
        if isinstance(value, dict):
            flat |= {name: value["mean"], f"{name}_low": value["low"], f"{name}_high": value["high"]}
            flat.setdefault("count", value["count"])
        else:
            flat[name] = value
    return flat
