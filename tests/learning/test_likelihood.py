"""The likelihood is that of the textbook, and its slopes are its slopes."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

import harvest_planner as hp
from harvest_planner.learning.censored import Array, Model, log_between
from harvest_planner.learning.crossings import crossings_of, scale_of
from harvest_planner.learning.families import Family, family_of
from harvest_planner.learning.observations import observations_of
from harvest_planner.learning.sampling import sample_of
from harvest_planner.schema.crop import TemperatureLaw
from tests.learning.simulated import looks, ripening_on, square_root

LAWS: list[TemperatureLaw] = [
    hp.SquareRoot(tmin_degc=1.0),
    hp.Arrhenius(ea_kj_per_mol=55.0),
    hp.RateTable(points=((15.0, 0.6), (20.0, 1.0), (25.0, 1.5))),
]


def model_of(law: TemperatureLaw) -> Model:
    rows = looks(1, rate=square_root(2.0), fruit=30, stages={"a": 0.0, "b": 1.0}, days=range(3, 9))
    seen = observations_of(rows)
    scale = scale_of(seen, ripe_at=2, over_at=3)
    crossings = [crossings_of(seen, value, sign=1) for value in scale.values]
    sample = sample_of(seen, crossings, [str(fruit.stage) for fruit in seen.fruit])
    return Model(sample, family_of(law, sample.degc), None)


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.law)
def test_slopes_are_those_of_the_likelihood(law: TemperatureLaw) -> None:
    model = model_of(law)
    theta = np.array([5.0, 4.2, 2.1, 0.1, 0.3, *model.family.start])
    assert len(theta) == model.size
    for i in range(model.size):
        step = np.zeros(model.size)
        step[i] = 1e-5
        up, down = (model.terms(theta + sign * step)[0] for sign in (1, -1))
        np.testing.assert_allclose(model.terms(theta)[1][:, i], (up - down) / 2e-5, rtol=2e-5, atol=1e-6)


def test_one_fruit_by_hand() -> None:
    """Ripe between days 3 and 4 at 25 °C, where the clock runs at 1.5: P = Φ((6 − 5)/1.2) − Φ((4.5 − 5)/1.2)."""
    law = hp.RateTable(points=((20.0, 1.0), (25.0, 1.5)))
    seen = observations_of([*ripening_on([4], degc=25.0), *({**r, "fruit": "x"} for r in ripening_on([99], until=3))])
    crossings = crossings_of(seen, 0.5, sign=1)
    sample = sample_of(seen, [crossings], ["", ""])
    model = Model(sample, Family((), (), (), lambda _: law, lambda _: ()), None)
    normal = NormalDist(5.0, 1.2)
    expected = [math.log(normal.cdf(6.0) - normal.cdf(4.5)), math.log(1.0 - normal.cdf(2.0))]
    np.testing.assert_allclose(model.terms(np.array([5.0, math.log(1.2)]))[0], expected, rtol=1e-12)


@settings(max_examples=60, deadline=None)
@given(low=st.floats(-30, 30), width=st.floats(1e-6, 30))
def test_the_logarithm_of_an_interval_keeps_its_digits(low: float, width: float) -> None:
    """Against the integral of the density, where its logarithm is taken out first."""
    high = low + width
    nearest = min(max(0.0, low), high)
    grid = np.linspace(low, high, 400_001)
    peak = -0.5 * nearest * nearest
    expected = peak + math.log(np.trapezoid(np.exp(-0.5 * grid * grid - peak), grid) / math.sqrt(2 * math.pi))
    found: Array = log_between(np.array([low]), np.array([high]))
    assert found[0] == pytest.approx(expected, rel=2e-7, abs=2e-7)


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.law)
def test_every_law_within_its_bounds_is_a_law_that_is_1_at_20_degrees(law: TemperatureLaw) -> None:
    family = family_of(law, (15.0, 20.0, 25.0))
    for place in (0.0, 0.3, 1.0):
        u = [low + place * (high - low) for low, high in family.bounds]
        assert family.rates(u, [20.0]) == pytest.approx([1.0], rel=1e-12)
        assert all(rate > 0 for rate in family.rates(u, [15.0, 25.0]))
    assert family.rates(family.start, [15.0, 25.0]) == pytest.approx(
        family_of(family.law(family.start), (15.0, 20.0, 25.0)).rates(family.start, [15.0, 25.0])
    )
