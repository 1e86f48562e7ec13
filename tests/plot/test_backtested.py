"""The reliability diagram shows each group of promises where it was promised and where it came."""

from __future__ import annotations

import numpy as np
import pytest

import harvest_planner as hp
from tests.learning.test_backtest import goods


def test_each_group_stands_at_what_was_promised_and_what_came() -> None:
    report = hp.backtest(goods(41, 500))
    ax = hp.plot.reliability(report)
    line, points = ax.lines[:2]
    assert np.asarray(line.get_xdata()).tolist() == np.asarray(line.get_ydata()).tolist() == [0.0, 1.0]
    assert np.asarray(points.get_xdata()).tolist() == [row.promised_mean for row in report.reliability]
    assert np.asarray(points.get_ydata()).tolist() == [float(row.came) for row in report.reliability]
    (bars,) = ax.collections
    ends = [sorted(float(y) for _, y in segment) for segment in bars.get_segments()]  # type: ignore[attr-defined]
    assert np.allclose(ends, [[row.came.low, row.came.high] for row in report.reliability])
    assert ax.get_xlabel() == "promised"
    assert hp.plot.reliability(report, language="vi").get_xlabel() == "đã hứa"


def test_a_crop_has_a_diagram_of_its_own() -> None:
    report = hp.backtest(goods(42, 300))
    one = report.by_crop["na-chi-lang"]
    assert len(np.asarray(hp.plot.reliability(one).lines[1].get_xdata())) == len(one.reliability)


def test_nothing_to_draw_is_an_error() -> None:
    group = hp.backtest(goods(43, 20)).by_crop["na-chi-lang"]
    with pytest.raises(ValueError, match="nothing was judged"):
        hp.plot.reliability(type(group)(group.name, group.time, None, ()))
