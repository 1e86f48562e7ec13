"""The picture of learning shows a curve that moves and narrows as reviews arrive."""

from __future__ import annotations

import numpy as np
import pytest

import harvest_planner as hp
from tests.learning.test_learn_cases import believed, came


def evidences() -> list[hp.Evidence]:
    orders = [hp.Order.model_validate({**believed().orders[0].model_dump(), "id": f"o{i}"}) for i in range(12)]
    rows = [came(order_id=f"o{i}", reason="too_hard") for i in range(12)]
    return [hp.learn(rows[:count], believed(orders=orders))[1] for count in (1, 12)]


def test_the_curve_moves_to_what_the_reviews_say_and_narrows() -> None:
    ax = hp.plot.learned_age(evidences(), believed(), batch_id="b1", truth_d20=-0.8)
    prior, first, last, truth = ax.lines
    tops = [float(np.asarray(line.get_xdata())[np.argmax(line.get_ydata())]) for line in (prior, first, last)]
    assert tops[0] == pytest.approx(0.0, abs=0.02)
    assert tops[0] > tops[1] > tops[2]
    assert np.max(last.get_ydata()) > np.max(first.get_ydata()) >= np.max(prior.get_ydata())
    assert np.asarray(truth.get_xdata()).tolist() == [-0.8, -0.8]
    assert [text.get_text() for text in ax.get_legend().get_texts()][1:3] == [  # type: ignore[union-attr]
        "reviews of this batch: 1",
        "reviews of this batch: 12",
    ]


def test_it_speaks_vietnamese() -> None:
    ax = hp.plot.learned_age(evidences()[:1], believed(), batch_id="b1", language="vi")
    assert ax.get_ylabel() == "khả năng"


def test_a_batch_that_nobody_reviewed_has_no_curve() -> None:
    with pytest.raises(ValueError, match="batch_id = 'b2': no evidence has a review of it"):
        hp.plot.learned_age(evidences()[:1], believed(), batch_id="b2")
