"""`backtest`: last month's probabilities against what came, as data, as a page of HTML and as files."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from harvest_planner import __version__
from harvest_planner.errors import Fault
from harvest_planner.formats.atomic import write_folder
from harvest_planner.formats.cells import harmless, number_text
from harvest_planner.formats.pages import page_template
from harvest_planner.formats.tables import csv_text
from harvest_planner.formats.words import Words, words
from harvest_planner.learning.backtest_report import Backtest, BacktestTable, Group
from harvest_planner.learning.extra import require_scipy
from harvest_planner.learning.scores import GoodScores, Measure, ReliabilityRow, TimeScores
from harvest_planner.learning.tables import Table

if TYPE_CHECKING:
    pass

TABLES: tuple[BacktestTable, ...] = ("methods", "lanes", "crops", "reliability", "left_out")
_LIMITS = ("p05", "p10", "p50", "p90", "p95")
_LISTED = 200
"""Rows left out that the page lists; all of them stand in left_out.csv."""


def backtest(history: Table, *, warm_up_share: float = 0.3, timezone: str | None = None) -> BacktestReport:
    """Were the probabilities right: what was promised of arrivals and of good fruit, against what came.

    Parameters
    ----------
    history : a data frame, rows of dicts or the path of a CSV file, a row for each parcel. Of times: `shipped_at`
        (or `departs_at`), `arrived_at` (or `delivered_at`), `lane` (or `lanes`, `group`; or `origin`, `destination`,
        `carrier`), and what was promised: two or more of `arrive_p05_at`, `arrive_p10_at`, `arrive_p50_at` …, or
        `transit_p05_h` …. Of fruit: `good_share` as promised and `came_good_share` (a share, or yes and no). `crop`,
        where there are several. A plan's shipments.csv with `delivered_at` and `came_good_share` written into it is
        such a table.
    warm_up_share : where nothing was promised of times, the share of the deliveries, first to be shipped, that the
        first fit is made of and that are not judged.
    timezone : of instants without an offset (Asia/Ho_Chi_Minh); None: rows with such are left out and listed.

    Returns
    -------
    BacktestReport : `crps` [h], `cover_p10`, `cover_p50`, `cover_p90`, `reliability`, each number with the bounds of
        its 95 % interval; `by_lane` and `by_crop`; `static`, `adaptive` and `adaptive_as_they_arrive` forecasts of
        the same deliveries; `left_out`: every row that was not judged, and why.

    Raises
    ------
    FitError : columns are missing, no row can be judged, or nothing was promised and there are too few deliveries.
    MissingExtraError : scipy is not installed (extra `fit`).
    ValueError : `warm_up_share` does not lie between 0 and 1, or there is no such time zone.

    Notes
    -----
    Dawid 1984 (prequential), 10.2307/2981683; Gneiting & Raftery 2007 (CRPS), 10.1198/016214506000001437; Gibbs &
    Candès 2021 (adaptive forecasts), arXiv:2106.00170. See docs/explanation/backtest.md.

    Examples
    --------
    >>> rows = [
    ...     {
    ...         "lane": "road",
    ...         "shipped_at": f"2026-08-{day}T18:00+07:00",
    ...         "arrive_p05_at": f"2026-08-{day + 1}T10:00+07:00",
    ...         "arrive_p50_at": f"2026-08-{day + 1}T14:00+07:00",
    ...         "arrive_p95_at": f"2026-08-{day + 2}T02:00+07:00",
    ...         "delivered_at": f"2026-08-{day + 1}T{hour}:00+07:00",
    ...         "good_share": 0.86,
    ...         "came_good_share": 0.9,
    ...     }
    ...     for day, hour in enumerate((14, 15, 13, 17, 14, 20, 15, 13, 16, 14), start=11)
    ... ]
    >>> report = backtest(rows)
    >>> report.cover_p50, round(report.crps, 1)
    (0.5 (0.2366 to 0.7634, n = 10), 1.4)
    """
    require_scipy("backtest")
    if not 0.0 < warm_up_share < 1.0:
        raise ValueError(f"warm_up_share = {warm_up_share!r}: needs a share between 0 and 1, as 0.3")
    from harvest_planner.learning.backtest import backtested

    found = backtested(history, warm_up_share=warm_up_share, timezone=timezone)
    return BacktestReport(**{field.name: getattr(found, field.name) for field in fields(found)})


@dataclass(frozen=True)
class BacktestReport(Backtest):
    """The answer of `backtest`: data, and the same as a page."""

    def to_html(self, *, language: str = "en") -> str:
        """One page without scripts or outside files.

        Raises
        ------
        MissingExtraError : jinja2 is not installed (extra `cli`).
        ValueError : no such language.
        """
        spoken = words(language)
        page = page_template("backtest.html.j2", extra="cli", needed_for="the page of a backtest")
        return page.render(
            say=spoken.say,
            language=language,
            generator=f"harvest-planner {__version__}",
            report=self,
            forecasts=f"backtest.{self.forecasts}",
            limits=_LIMITS,
            methods=[(spoken.say(f"backtest.{one.name}"), _cells(one.time, spoken)) for one in self.methods],
            groups=[
                ("backtest.by_lane", [_line(group, spoken) for group in self.by_lane.values()]),
                ("backtest.by_crop", [_line(group, spoken) for group in self.by_crop.values()]),
            ],
            diagram=_diagram(self.reliability),
            bins=[_bin(row, spoken) for row in self.reliability],
            codes=[(spoken.say(f"backtest.code_{code}"), count) for code, count in self.left_out_counts.items()],
            listed=self.left_out[:_LISTED],
            more=max(0, len(self.left_out) - _LISTED),
        )

    def _repr_html_(self) -> str:
        return self.to_html()

    def write(self, folder: str | os.PathLike[str], *, language: str = "en") -> list[Path]:
        """Write report.html, report.json, methods.csv, lanes.csv, crops.csv, reliability.csv and left_out.csv.

        Raises
        ------
        MissingExtraError : jinja2 is not installed (extra `cli`).
        OSError : something cannot be written; the folder is then as it was before.
        """
        texts = {
            "report.html": self.to_html(language=language),
            "report.json": json.dumps(self.to_dict(), ensure_ascii=False, indent=1, allow_nan=False) + "\n",
            **{f"{table}.csv": _csv(table, self.records(table)) for table in TABLES},
        }
        return write_folder(Path(folder), texts)


def _csv(table: BacktestTable, records: Sequence[Mapping[str, Any]]) -> str:
    first = ("code", *Fault._fields) if table == "left_out" else ("name",) if table != "reliability" else ()
    names = list(dict.fromkeys((*first, *(name for record in records for name in record))))
    return csv_text(names, [[_cell(record.get(name)) for name in names] for record in records])


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return number_text(value) if isinstance(value, (int, float)) else harmless(str(value))


class _Cells(NamedTuple):
    """A row of scores as it is read."""

    cases: str
    crps: str
    covers: tuple[str, ...]


def _cells(time: TimeScores, spoken: Words) -> _Cells:
    covers = (time.cover_p05, time.cover_p10, time.cover_p50, time.cover_p90, time.cover_p95)
    return _Cells(str(time.count), _hours(time.crps, spoken), tuple(share_text(cover, spoken) for cover in covers))


def _line(group: Group, spoken: Words) -> tuple[str, _Cells, str, str]:
    promised, came = ("–", "–") if group.good is None else (share_text(one, spoken) for one in _good(group.good))
    return group.name, _cells(group.time, spoken), promised, came


def _good(good: GoodScores) -> tuple[Measure, Measure]:
    return good.promised, good.came


def _bin(row: ReliabilityRow, spoken: Words) -> tuple[str, str]:
    return spoken.say("backtest.plain_share", mean_share=row.promised_mean), share_text(row.came, spoken)


def share_text(share: Measure, spoken: Words) -> str:
    """A share with its interval; a dash where there was no case."""
    if not share.count:
        return "–"
    low, high = max(0.0, share.low), min(1.0, share.high)
    return spoken.say("simulated.share", mean_share=float(share), low_share=low, high_share=high)


def _hours(hours: Measure, spoken: Words) -> str:
    if hours.count < 2:
        return spoken.say("backtest.one_hour", mean=float(hours)) if hours.count else "–"
    return spoken.say("backtest.hours", mean=float(hours), low=max(0.0, hours.low), high=hours.high)


class _Point(NamedTuple):
    """A group of promises in the diagram [0 to 100 in both directions, from the top left]."""

    x: float
    y: float
    top: float
    bottom: float


def _diagram(rows: Sequence[ReliabilityRow]) -> list[_Point]:
    return [
        _Point(100 * row.promised_mean, 100 * (1 - row.came), 100 * (1 - row.came.high), 100 * (1 - row.came.low))
        for row in rows
    ]


def told_lines(report: Backtest, spoken: Words) -> Iterator[str]:
    """The report in a few lines for a terminal."""
    yield spoken.say("backtest.title", deliveries=report.deliveries, rows=report.rows)
    yield spoken.say(f"backtest.{report.forecasts}", warm_up=report.warm_up)
    for one in report.methods:
        cells = _cells(one.time, spoken)
        _, p10, p50, p90, _ = cells.covers
        name = spoken.say(f"backtest.{one.name}")
        yield spoken.say("backtest.method", name=name, crps=cells.crps, p10=p10, p50=p50, p90=p90)
    if report.good is not None:
        promised, came = (share_text(one, spoken) for one in _good(report.good))
        yield spoken.say("backtest.good", cases=report.good.came.count, promised=promised, came=came)
    for code, count in report.left_out_counts.items():
        yield spoken.say("backtest.left_out", why=spoken.say(f"backtest.code_{code}"), rows=count)
