"""Pictures show the numbers that the questions answer."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from matplotlib import pyplot
from matplotlib.lines import Line2D

import harvest_planner as hp


def xy(line: Line2D) -> tuple[list[float], list[float]]:
    """What a line shows."""
    return np.asarray(line.get_xdata(), dtype=float).tolist(), np.asarray(line.get_ydata(), dtype=float).tolist()


def test_lines_of_ripeness_reach_the_window_when_the_mean_fruit_is_ripe() -> None:
    ax = hp.plot.ripeness("na-chi-lang", temperatures_degc=(20, 25), days=8)
    for line, degc in zip(ax.get_lines(), (20, 25), strict=True):
        (start, end), (low, high) = xy(line)
        assert (start, end, low) == (0, 8, 0)
        assert high / 8 * hp.days_to_ripe("na-chi-lang", temperature_degc=degc) == pytest.approx(6.0)
    legend = ax.get_legend()
    assert legend is not None
    assert [text.get_text() for text in legend.get_texts()] == ["good to eat", "20 °C", "25 °C"]
    assert ax.get_title() == "Sugar apple of Chi Lang"


def test_it_speaks_vietnamese_and_draws_on_given_axes() -> None:
    _, given = pyplot.subplots()
    ax = hp.plot.ripeness("na-chi-lang", language="vi", temperatures_degc=[20], ax=given)
    assert ax is given
    assert (ax.get_title(), ax.get_xlabel()) == ("Na Chi Lăng", "số ngày sau khi hái")


def test_layers_are_the_shares_by_day() -> None:
    ax = hp.plot.shares_by_day("na-chi-lang", temperature_degc=25, days=6)
    (at_4,) = hp.shares_by_day("na-chi-lang", temperature_degc=25, days=[4])
    unripe = np.asarray(ax.collections[0].get_paths()[0].vertices)
    top = {round(x, 6): y for x, y in unripe.tolist() if y > 0}
    assert top[4.0] == pytest.approx(at_4.unripe_share)
    assert len(ax.collections) == 3


def test_what_the_way_has_harmed_is_a_layer_of_its_own() -> None:
    ax = hp.plot.shares_by_day("vit-quay", pieces=[(1, 25.0)], days=1)
    legend = ax.get_legend()
    assert legend is not None
    assert "harmed on the way" in [text.get_text() for text in legend.get_texts()]


def test_without_days_the_picture_ends_when_nearly_all_is_past() -> None:
    ax = hp.plot.shares_by_day("na-chi-lang", temperature_degc=25)
    _, last = ax.get_xlim()
    (then,) = hp.shares_by_day("na-chi-lang", temperature_degc=25, days=[last])
    assert 0.99 < then.past_share < 1


def test_the_journey_shows_air_pulp_age_and_what_the_buyer_accepts() -> None:
    way = [(8, 28.0, "foam-box"), (30, 20.0, "foam-box")]
    above, below = hp.plot.window_on_journey("na-chi-lang", pieces=way, room_degc=25)
    air, pulp = above.get_lines()
    assert xy(air)[1] == [28, 28, 20]
    assert 20 < xy(pulp)[1][-1] < xy(pulp)[1][0] == 28
    age, accepted = below.get_lines()
    (there,) = hp.shares_by_day("na-chi-lang", pieces=way, days=[38 / 24])
    assert xy(age)[1][-1] == pytest.approx(there.age_mean_d20)
    assert xy(accepted)[1] == pytest.approx([6 - 2 * 1.5, 8.25 - 1.5])


@pytest.mark.parametrize("crop_id", hp.crops())
def test_every_crop_is_drawn_at_temperatures_it_was_measured_at(crop_id: str) -> None:
    lines = hp.plot.ripeness(crop_id).get_lines()
    assert 2 <= len(lines) <= 7
    low, high = hp.crop(crop_id).calibrated_degc or (15, 30)
    assert (lines[0].get_label(), lines[-1].get_label()) == (f"{low:g} °C", f"{high:g} °C")


def test_a_language_there_is_not_is_said() -> None:
    with pytest.raises(ValueError, match="language = 'fr': needs en or vi"):
        hp.plot.ripeness("na-chi-lang", language="fr")  # type: ignore[arg-type]


def test_without_matplotlib_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(hp.MissingExtraError, match=r"a picture needs matplotlib.*harvest-planner\[notebook\]"):
        hp.plot.ripeness("na-chi-lang")
