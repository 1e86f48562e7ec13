"""What holds for every crop of the catalogue on any way, reckoned apart from the library's own laws."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, example, given, settings, strategies as st
from scipy.integrate import quad

import harvest_planner as hp
from harvest_planner.planning.curves import curve_of
from harvest_planner.transit.exposure import Rates
from harvest_planner.transit.pulp import packaging_of

pytestmark = pytest.mark.filterwarnings("ignore::harvest_planner.errors.OutsideCalibrationWarning")

Way = list[tuple[float, float]]
PackedWay = list[tuple[float, float, str | None]]
CROPS = [hp.crop(crop_id) for crop_id in hp.crops()]
ARRHENIUS = hp.Crop.model_validate(
    {
        "id": "by-arrhenius",
        "ready_at_d20": 3.0,
        "window_d20": 4.0,
        "temperature_law": {"law": "arrhenius", "ea_kj_per_mol": 75.0},
        "stages": [{"id": "picked", "age_d20": 0.0, "sd_d20": 0.8}],
        "reference_stage_id": "picked",
    }
)
every_crop = pytest.mark.parametrize("crop", CROPS, ids=lambda crop: crop.id)
few = settings(max_examples=max(20, settings().max_examples // 5))
"""For what runs once for each of the crops."""

DEGC = st.floats(-30, 60)
WAYS: st.SearchStrategy[Way] = st.lists(st.tuples(st.floats(0, 120), DEGC), min_size=1, max_size=5)
WISHES = st.sampled_from(((0.0, 0.0), (0.0, 2.0), (1.0, 3.0), (0.0, 9.0)))


def measured(crop: hp.Crop, share: float) -> float:
    """The temperature at that share of the range in which the crop was measured [°C]."""
    assert crop.calibrated_degc is not None
    low, high = crop.calibrated_degc
    return low + share * (high - low)


@every_crop
@few
@given(first=st.floats(0, 1), second=st.floats(0, 1))
@example(first=0.0, second=1.0)
def test_warmer_fruit_never_ripens_later(crop: hp.Crop, first: float, second: float) -> None:
    cool, warm = sorted((measured(crop, first), measured(crop, second)))
    assert curve_of(crop).rate(cool) <= curve_of(crop).rate(warm) * (1 + 1e-12)
    for stage in crop.stages:
        at_cool, at_warm = (hp.days_to_ripe(crop, stage=stage.id, temperature_degc=degc) for degc in (cool, warm))
        assert at_warm <= at_cool * (1 + 1e-12)


@every_crop
@few
@given(share=st.floats(0, 1))
def test_a_later_stage_is_never_ready_later(crop: hp.Crop, share: float) -> None:
    days = [
        hp.days_to_ripe(crop, stage=stage.id, temperature_degc=measured(crop, share))
        for stage in sorted(crop.stages, key=lambda stage: stage.age_d20)
    ]
    assert [stage.age_d20 for stage in crop.stages] == sorted(stage.age_d20 for stage in crop.stages)
    assert all(later <= earlier for earlier, later in itertools.pairwise(days))


@every_crop
@few
@given(way=WAYS, cut=st.tuples(st.integers(0, 4), st.floats(0, 1)), wish=WISHES, room_degc=DEGC)
def test_a_share_is_one_and_a_piece_cut_in_two_changes_nothing(
    crop: hp.Crop, way: Way, cut: tuple[int, float], wish: tuple[float, float], room_degc: float
) -> None:
    at, share = cut
    index = at % len(way)
    hours, degc = way[index]
    parted = [*way[:index], (hours * share, degc), (hours * (1 - share), degc), *way[index + 1 :]]
    for stage in crop.stages:
        asked: dict[str, Any] = {"stage": stage.id, "ripe_within_days": wish, "room_degc": room_degc}
        whole, parts = (hp.good_share(crop, pieces=pieces, **asked) for pieces in (way, parted))
        columns = np.array(parted).T
        (many,) = hp.good_shares(crop, hours=columns[:1], temperatures_degc=columns[1:], **asked)
        assert 0.0 <= whole <= 1.0
        assert 0.0 <= many <= 1.0
        assert parts == pytest.approx(whole, rel=0, abs=1e-12)
        assert many == pytest.approx(whole, rel=0, abs=1e-12)


def rate(crop: hp.Crop, degc: float) -> float:
    """The crop's clock from the numbers of its record [d20 per day]."""
    if crop.stops_below_degc is not None and degc <= crop.stops_below_degc:
        return 0.0
    law = crop.temperature_law
    if isinstance(law, hp.Arrhenius):
        return math.exp(law.ea_kj_per_mol * 1000 / 8.314462618 * (1 / 293.15 - 1 / (degc + 273.15)))
    if isinstance(law, hp.SquareRoot):
        return max(0.0, (degc - law.tmin_degc) / (20 - law.tmin_degc)) ** 2
    degrees, rates = zip(*law.points, strict=True)
    return float(np.exp(np.interp(degc, degrees, np.log(rates))))


def spells(way: PackedWay) -> list[tuple[float, float, float, float]]:
    """(hours, pulp at their start, air around it, Newton's coefficient or inf) of a way; ice lasts from its start."""
    found = []
    pulp, passed_h = way[0][1], 0.0
    for hours, air, kind in way:
        box = None if kind is None else packaging_of(kind)
        held_h = 0.0 if box is None else min(hours, max(0.0, box.holds_h - passed_h))
        cold = [(held_h, box.inside_degc)] if box is not None and box.inside_degc is not None else []
        for spell_h, around in [*cold, (hours - held_h, air)]:
            k = math.inf if box is None else box.cooling_per_h
            found.append((spell_h, pulp, around, k))
            pulp = around if box is None else around + (pulp - around) * math.exp(-k * spell_h)
        passed_h += hours
    return found


def age_by_quadrature(crop: hp.Crop, way: PackedWay) -> float:
    """∫ rate(P(t)) dt in time by adaptive quadrature, cut where the pulp passes a bend of the law [d20]."""
    law = crop.temperature_law
    bends = {crop.stops_below_degc, *(degc for degc, _ in getattr(law, "points", ())), getattr(law, "tmin_degc", None)}
    total = 0.0
    for hours, pulp, air, k in spells(way):
        if k == math.inf or pulp == air:
            total += rate(crop, air) * hours
            continue
        ratios = [(bend - air) / (pulp - air) for bend in bends if bend is not None]
        cuts = sorted({0.0, hours, *(t for t in (-math.log(u) / k for u in ratios if u > 0) if 0 < t < hours)})
        for start, end in itertools.pairwise(cuts):
            if end - start < 1e-9:  # adds nothing, and the quadrature cannot divide it
                continue
            part, _ = quad(
                lambda t, pulp=pulp, air=air, k=k: rate(crop, air + (pulp - air) * math.exp(-k * t)),
                start,
                end,
                epsabs=1e-10,
                epsrel=1e-11,
                limit=500,
            )
            total += part
    return total / 24.0


KINDS = (None, "crate", "carton", "foam-box", "foam-box-ice")
PACKED: st.SearchStrategy[PackedWay] = st.lists(
    st.tuples(st.floats(0, 60), st.floats(-10, 45), st.sampled_from(KINDS)), min_size=1, max_size=4
)


@given(crop=st.sampled_from([*CROPS, ARRHENIUS]), way=PACKED)
@example(crop=ARRHENIUS, way=[(6.0, 34.0, "carton"), (30.0, 12.0, "foam-box"), (5.0, 30.0, None), (9.0, 2.0, "crate")])
@example(crop=hp.crop("na-chi-lang"), way=[(3.0, 33.0, "crate"), (30.0, 8.0, "foam-box"), (20.0, 30.0, "foam-box")])
@example(crop=hp.crop("na-chi-lang"), way=[(1.0, -2.0, "carton"), (50.0, 13.003, "carton")])
@example(crop=hp.crop("na-bo"), way=[(1.0, 32.0, "foam-box"), (59.0, 12.99, "foam-box")])
@example(crop=hp.crop("mango-cat"), way=[(56.0, 20.25, "foam-box-ice")])
@example(crop=hp.crop("vit-quay"), way=[(2.0, 60.0, "foam-box-ice"), (30.0, 30.0, "foam-box-ice")])
def test_the_age_of_pulp_that_lags_is_that_of_an_integration_of_its_own(crop: hp.Crop, way: PackedWay) -> None:
    curve = curve_of(crop)
    # Where a rate jumps at the air's own temperature, rounding says on which side the pulp ends.
    assume(all(abs(air - kink) > 1e-3 for _, air, _ in way for kink in curve.kinks_degc))
    rates = Rates(curve.clocks, curve.kinks_degc)
    exposures: tuple[float, ...] = (0.0, 0.0, 0.0, way[0][1])
    passed_h = 0.0
    for hours, air, kind in way:
        box = None if kind is None else packaging_of(kind)
        exposures = rates.packed(exposures, air_degc=air, hours=hours, packaging=box, from_h=passed_h)
        passed_h += hours
    age, chill, safety, _ = exposures
    expected = age_by_quadrature(crop, way)
    assert age == pytest.approx(expected, rel=1e-6, abs=1e-6)
    if max(chill, safety) < 1 - 1e-6:
        stage = crop.stage()
        r = rate(crop, 25.0)
        mean = stage.age_d20 + expected
        lower, upper = crop.ready_at_d20 - 2 * r, crop.ready_at_d20 + crop.window_d20 - r
        share = normal(upper, mean, stage.sd_d20) - normal(lower, mean, stage.sd_d20) if lower < upper else 0.0
        assert hp.good_share(crop, pieces=way, room_degc=25.0) == pytest.approx(share, abs=1e-5)


def normal(x: float, mean: float, sd: float) -> float:
    return 0.5 * math.erfc((mean - x) / (sd * math.sqrt(2)))


def sampled(crop: hp.Crop, ages_d20: np.ndarray, wish: tuple[float, float], keeps_days: float, r: float) -> float:
    """Share of these fruit that ripen within the days of the wish and keep as long as asked, each by its own age."""
    ready_in_days = (crop.ready_at_d20 - ages_d20) / r
    over_in_days = (crop.ready_at_d20 + crop.window_d20 - ages_d20) / r
    welcome = (ready_in_days <= wish[1]) & ((ready_in_days >= wish[0]) | (wish[0] == 0))
    return float(np.mean(welcome & (over_in_days >= keeps_days)))


@pytest.mark.parametrize("wish", [(0.0, 2.0), (1.0, 3.0), (0.0, 0.0)])
@pytest.mark.parametrize("crop", [*CROPS, ARRHENIUS], ids=lambda crop: crop.id)
def test_two_hundred_thousand_fruit_are_good_as_often(crop: hp.Crop, wish: tuple[float, float]) -> None:
    low, high = crop.calibrated_degc or (10.0, 30.0)
    room_degc, keeps_days = low + 0.6 * (high - low), 0.5
    r = rate(crop, room_degc)
    way = [(20.0, low + share * (high - low)) for share in (0.9, 0.4, 0.7)]
    aged_d20 = math.fsum(hours / 24 * rate(crop, degc) for hours, degc in way)
    first = crop.ready_at_d20 - wish[1] * r
    last = crop.ready_at_d20 + (-wish[0] * r if wish[0] else crop.window_d20 - keeps_days * r)
    rng = np.random.default_rng(20260810)
    seen = []
    for stage in crop.stages:
        to_the_middle = max(0.0, (0.5 * (first + last) - stage.age_d20) / aged_d20)
        # Cooked food bears an hour and a half of this way.
        for longer in (0.0, 0.01, 0.02) if crop.safety_cap else (to_the_middle, 0.7 * to_the_middle, 1.0, 3.0):
            asked: dict[str, Any] = {"ripe_within_days": wish, "keeps_days": keeps_days, "room_degc": room_degc}
            pieces = [(hours * longer, degc) for hours, degc in way]
            ages = rng.normal(stage.age_d20, stage.sd_d20, 200_000) + longer * aged_d20
            good = sampled(crop, ages, wish, keeps_days, r)
            assert hp.good_share(crop, stage=stage.id, pieces=pieces, **asked) == pytest.approx(good, abs=1e-2)
            seen.append(good)
    # What is good when picked cannot be asked to become so later.
    assert max(seen) > 0.1 or (crop.ready_at_d20 == 0.0 and wish[0] > 0)


COOKED = [crop for crop in CROPS if crop.safety_cap]
COLD, WARM, HOT = 96.0, 2.0, 1.0
"""Hours up to 4 °C, above it, and above 32 °C: USDA guidance quoted by https://www.shelflifeguide.com/cooked-duck."""
HOURS = st.sampled_from((0.25, 0.5, 1.0, 2.0, 48.0, 96.0)) | st.floats(0, 1) | st.floats(0, 100)
COOKED_WAYS: st.SearchStrategy[Way] = st.lists(
    st.tuples(HOURS, st.sampled_from((4.0, math.nextafter(4.0, 5.0), 32.0, math.nextafter(32.0, 33.0))) | DEGC),
    min_size=1,
    max_size=6,
)


def hours_in(way: Way, above_degc: float) -> float:
    return math.fsum(hours for hours, degc in way if degc > above_degc)


@pytest.mark.parametrize("crop", COOKED, ids=lambda crop: crop.id)
@given(way=COOKED_WAYS)
@example(way=[(2.0, 28.0)])
@example(way=[(1.0, 28.0), (0.5, 40.0)])
@example(way=[(48.0, 3.0), (1.0, 20.0)])
@example(way=[(95.0, 4.0), (0.1, 33.0)])
def test_no_way_takes_cooked_food_beyond_the_published_hours(crop: hp.Crop, way: Way) -> None:
    hot_h, above_h = hours_in(way, 32.0), hours_in(way, 4.0)
    cold_h = hours_in(way, -math.inf) - above_h
    dose = cold_h / COLD + (above_h - hot_h) / WARM + hot_h / HOT
    asked: dict[str, Any] = {"ripe_within_days": (0, 99), "keeps_days": 0, "room_degc": 4}
    share = hp.good_share(crop, pieces=way, **asked)
    columns = np.array(way).T
    (many,) = hp.good_shares(crop, hours=columns[:1], temperatures_degc=columns[1:], **asked)
    assert many == pytest.approx(share, abs=1e-12)
    if dose > 1 + 1e-9:
        assert share == 0.0
    elif dose < 1 - 1e-9:
        assert share > 0.0
    if share > 0.0:
        assert hot_h <= HOT * (1 + 1e-9)
        assert above_h <= WARM * (1 + 1e-9)
        assert cold_h + above_h <= COLD * (1 + 1e-9)


@pytest.mark.parametrize("crop", COOKED, ids=lambda crop: crop.id)
@given(
    way=st.lists(st.tuples(st.floats(0, 12), st.floats(-10, 50), st.sampled_from(KINDS[1:])), min_size=1, max_size=4)
)
@example(way=[(0.4, 40.0, "foam-box"), (10.0, 2.0, "foam-box")])
@example(way=[(1.0, 3.0, "foam-box-ice"), (9.0, 30.0, "foam-box-ice")])
def test_no_way_in_a_box_takes_cooked_food_beyond_the_published_hours(crop: hp.Crop, way: PackedWay) -> None:
    steps = 20_000
    hot_h = above_h = 0.0
    for hours, pulp, air, k in spells(way):
        times = (np.arange(steps) + 0.5) * hours / steps
        degc = air + (pulp - air) * np.exp(-k * times)
        above_h += hours * float(np.mean(degc > 4.0))
        hot_h += hours * float(np.mean(degc > 32.0))
    total_h = math.fsum(hours for hours, _, _ in way)
    share = hp.good_share(crop, pieces=way, ripe_within_days=(0, 99), keeps_days=0, room_degc=4)
    dose = (total_h - above_h) / COLD + (above_h - hot_h) / WARM + hot_h / HOT
    step_h = 4 * 12 / steps
    if dose > 1 + 2 * step_h:
        assert share == 0.0
    elif dose < 1 - 2 * step_h:
        assert share > 0.0
    if share > 0.0:
        assert hot_h <= HOT + step_h
        assert above_h <= WARM + step_h
        assert total_h <= COLD
