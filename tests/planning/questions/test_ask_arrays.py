"""The share of good fruit for many journeys at once: what `good_share` says of each."""

from __future__ import annotations

import math
import sys
import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import given, strategies as st

import harvest_planner as hp
from harvest_planner.planning.curves import curve_of

CLOSE = 1e-12
CROPS = [hp.crop(crop_id) for crop_id in hp.crops()]
LIMITED = [crop for crop in CROPS if crop.chilling or crop.safety_cap]
ignore_outside = pytest.mark.filterwarnings("ignore::harvest_planner.errors.OutsideCalibrationWarning")


def edges_degc(crop: hp.Crop) -> list[float]:
    """Where a clock of the crop bends, jumps or stops, its calibration, and the numbers next to these."""
    at = {*curve_of(crop).kinks_degc, *(crop.calibrated_degc or ()), -30.0, 20.0, 60.0}
    around = {math.nextafter(degc, side) for degc in at for side in (-math.inf, math.inf)}
    return sorted(degc for degc in at | around if -30.0 <= degc <= 60.0)


def one_by_one(crop: hp.Crop, hours: Any, degc: Any, rooms: Any, **asked: Any) -> list[float]:
    ways = zip(np.asarray(hours).tolist(), np.asarray(degc).tolist(), np.asarray(rooms).tolist(), strict=True)
    return [
        hp.good_share(crop, pieces=list(zip(times, degrees, strict=True)), room_degc=room, **asked)
        for times, degrees, room in ways
    ]


@ignore_outside
@pytest.mark.parametrize("crop", CROPS, ids=lambda crop: crop.id)
def test_many_journeys_have_the_shares_of_each(crop: hp.Crop) -> None:
    rng = np.random.default_rng(7)
    journeys, pieces = 300, 4
    degc = np.where(
        rng.random((journeys, pieces)) < 0.3,
        rng.choice(edges_degc(crop), (journeys, pieces)),
        rng.uniform(-30, 60, (journeys, pieces)),
    )
    # From a way that brings the fruit into its window at once to one that takes 500 hours.
    hours = rng.random((journeys, pieces)) * np.exp(rng.uniform(-2, math.log(500), (journeys, 1)))
    hours[rng.random(hours.shape) < 0.2] = 0.0
    rooms = np.where(rng.random(journeys) < 0.3, rng.choice(edges_degc(crop), journeys), rng.uniform(0, 40, journeys))
    some = 0
    for stage in crop.stages:
        asked: dict[str, Any] = {"stage": stage.id, "ripe_within_days": (rng.integers(0, 3), 3), "keeps_days": 0.5}
        found = hp.good_shares(crop, hours=hours, temperatures_degc=degc, room_degc=rooms, **asked)
        assert found.shape == (journeys,)
        plain = one_by_one(crop, hours, degc, rooms, **asked)
        np.testing.assert_allclose(found, plain, rtol=0, atol=CLOSE)
        some += int(np.count_nonzero((found > 0.01) & (found < 0.99)))
    assert some > 3


@st.composite
def journeys_of_a_crop(draw: st.DrawFn) -> tuple[hp.Crop, np.ndarray, np.ndarray, np.ndarray]:
    crop = draw(st.sampled_from(CROPS))
    count, pieces = draw(st.integers(0, 4)), draw(st.integers(0, 5))
    degrees = st.sampled_from(edges_degc(crop)) | st.floats(-30, 60)
    times = st.sampled_from((0.0, 1.0, 24.0)) | st.floats(0, 300)
    hours = [[draw(times) for _ in range(pieces)] for _ in range(count)]
    degc = [[draw(degrees) for _ in range(pieces)] for _ in range(count)]
    rooms = [draw(degrees) for _ in range(count)]
    shape = (count, pieces)
    return crop, np.reshape(np.array(hours), shape), np.reshape(np.array(degc), shape), np.array(rooms, dtype=float)


@ignore_outside
@given(
    journeys_of_a_crop(),
    st.tuples(st.floats(0, 10), st.floats(0, 10)).map(lambda days: tuple(sorted(days))),
    st.floats(0, 5),
)
def test_any_journeys_have_the_shares_of_each(
    journeys: tuple[hp.Crop, np.ndarray, np.ndarray, np.ndarray], wish: tuple[float, float], keeps_days: float
) -> None:
    crop, hours, degc, rooms = journeys
    asked: dict[str, Any] = {"ripe_within_days": wish, "keeps_days": keeps_days}
    found = hp.good_shares(crop, hours=hours, temperatures_degc=degc, room_degc=rooms, **asked)
    np.testing.assert_allclose(found, one_by_one(crop, hours, degc, rooms, **asked), rtol=0, atol=CLOSE)


@ignore_outside
@pytest.mark.parametrize("crop", LIMITED, ids=lambda crop: crop.id)
def test_a_dose_at_its_limit_is_borne_and_one_above_is_not(crop: hp.Crop) -> None:
    curve = curve_of(crop)
    clock = curve.chill_rate if crop.chilling else curve.safety_rate
    checked = 0
    for degc in edges_degc(crop):
        if clock(degc) == 0.0:
            continue
        limit_h = 24.0 / clock(degc)
        hours = np.array([[1.0], [1 - 1e-9], [1 + 1e-9], [0.0]]) * limit_h / 7 * np.ones(7)
        hours[3, 0] = limit_h
        found = hp.good_shares(
            crop, hours=hours, temperatures_degc=degc, ripe_within_days=(0, 99), keeps_days=0, room_degc=20
        )
        plain = one_by_one(crop, hours, np.full(hours.shape, degc), [20.0] * 4, ripe_within_days=(0, 99), keeps_days=0)
        np.testing.assert_allclose(found, plain, rtol=0, atol=CLOSE)
        assert found[0] == pytest.approx(found[1], abs=1e-6)
        assert found[3] == pytest.approx(found[1], abs=1e-6)
        assert found[2] == 0.0
        checked += int(found[0] > 0.0)
    assert checked > 0


def test_an_own_crop_by_arrhenius_and_without_spread_has_the_shares_of_each() -> None:
    crop = hp.Crop.model_validate(
        {
            "id": "own",
            "ready_at_d20": 2.0,
            "window_d20": 3.0,
            "temperature_law": {"law": "arrhenius", "ea_kj_per_mol": 56.0},
            "stages": [{"id": "picked", "age_d20": 0.0, "sd_d20": 0.0}],
            "reference_stage_id": "picked",
        }
    )
    hours = [[24.0, 12.0], [48.0, 0.0], [200.0, 0.0]]
    assert hp.good_shares(crop, hours=hours, temperatures_degc=20, ripe_within_days=(0, 0)).tolist() == [0, 1, 0]


def test_hours_temperatures_and_rooms_broadcast() -> None:
    hours, degc = [[24.0, 6.0], [30.0, 12.0], [36.0, 0.0]], [28.0, 25.0]
    whole = hp.good_shares("na-chi-lang", stage="S3", hours=hours, temperatures_degc=[degc] * 3, room_degc=[28] * 3)
    assert hp.good_shares("na-chi-lang", stage="S3", hours=hours, temperatures_degc=degc, room_degc=28).tolist() == (
        pytest.approx(whole.tolist(), abs=CLOSE)
    )
    one = hp.good_shares("na-chi-lang", stage="S3", hours=5, temperatures_degc=np.full((3, 2), 25), room_degc=25)
    assert one.tolist() == [one[0]] * 3
    assert one[0] == pytest.approx(hp.good_share("na-chi-lang", stage="S3", pieces=[(10, 25)], room_degc=25))


@pytest.mark.parametrize("shape", [(0, 3), (0, 0), (2, 0)])
def test_no_journeys_and_no_pieces(shape: tuple[int, int]) -> None:
    found = hp.good_shares("na-chi-lang", stage="S4", hours=np.zeros(shape), temperatures_degc=np.zeros(shape))
    assert found.tolist() == pytest.approx([hp.good_share("na-chi-lang", stage="S4", pieces=[])] * shape[0])


def test_what_lies_outside_is_warned_of_once_at_the_caller() -> None:
    with pytest.warns(hp.OutsideCalibrationWarning, match="5 °C and 35 °C is extrapolated.* at 5 °C ") as caught:
        hp.good_shares("na-chi-lang", hours=[[1, 1], [1, 1]], temperatures_degc=[[35, 35], [25, 20]], room_degc=[5, 20])
    assert len(caught) == 1
    assert caught[0].filename == __file__


def test_a_warning_of_many_temperatures_gives_their_ends() -> None:
    degc = np.linspace(5.0, 45.0, 1001)[:, None]
    with pytest.warns(hp.OutsideCalibrationWarning) as caught:
        hp.good_shares("na-chi-lang", hours=1.0, temperatures_degc=degc)
    assert [str(each.message) for each in caught] == [
        "crop 'na-chi-lang' was measured from 17 to 30 °C; 5 °C … 45 °C is extrapolated; "
        "the clock of crop 'na-chi-lang' stands still at 5 °C … 13 °C (it stops at 13 °C)"
    ]


def test_a_piece_of_no_hours_counts_nothing() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = hp.good_shares("na-chi-lang", stage="S3", hours=[[24, 0]], temperatures_degc=[25, -30], room_degc=25)
    assert found[0] == pytest.approx(hp.good_share("na-chi-lang", stage="S3", pieces=[(24, 25)], room_degc=25))


TEMPERATURE = "needs a temperature from -30 to 60 °C"
HOURS = "needs a number of hours of at least 0"


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"temperatures_degc": [[20, 20], [20, -31]]}, f"temperatures_degc[1, 1] = -31.0: {TEMPERATURE}"),
        ({"temperatures_degc": [[20, 61], [99, 20]]}, f"temperatures_degc[0, 1] = 61.0: {TEMPERATURE}"),
        ({"temperatures_degc": [20, math.nan]}, f"temperatures_degc[1] = nan: {TEMPERATURE}"),
        ({"temperatures_degc": 61}, f"temperatures_degc = 61.0: {TEMPERATURE}"),
        ({"temperatures_degc": [[20, "21"], [20, 20]]}, f"temperatures_degc[0, 1] = '21': {TEMPERATURE}"),
        ({"temperatures_degc": [[20, None], [20, 20]]}, f"temperatures_degc[0, 1] = None: {TEMPERATURE}"),
        ({"hours": [[1, 1], [-1, 1]]}, f"hours[1, 0] = -1.0: {HOURS}"),
        ({"hours": [[1, math.nan], [1, 1]]}, f"hours[0, 1] = nan: {HOURS}"),
        ({"hours": [[1, math.inf], [1, 1]]}, f"hours[0, 1] = inf: {HOURS}"),
        ({"hours": [[1, 2], [1]]}, "hours: needs as many pieces in each journey; a shorter one ends in 0 hours"),
        ({"room_degc": [20, 61]}, f"room_degc[1] = 61.0: {TEMPERATURE}"),
        ({"room_degc": [20, 20, 20]}, "room_degc of shape (3,): needs one number, or one for each of 2 journeys"),
        (
            {"hours": np.ones((3, 2))},
            "hours of shape (3, 2) and temperatures_degc of shape (2, 2): "
            "need shapes that broadcast to (journeys, pieces)",
        ),
        (
            {"hours": [1, 1], "temperatures_degc": 20},
            "hours of shape (2,) and temperatures_degc of shape (): need shapes that broadcast to (journeys, pieces)",
        ),
        ({"keeps_days": -1}, "keeps_days = -1: needs a number of days of at least 0"),
        ({"ripe_within_days": (3, 1)}, "ripe_within_days = (3, 1): the first must not exceed the second"),
    ],
)
def test_bad_arrays_are_refused_by_name_and_index(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011
        hp.good_shares(
            "na-chi-lang", **{"hours": [[1, 1], [1, 1]], "temperatures_degc": [[20, 20], [20, 20]], **fields}
        )
    assert str(caught.value) == message


def test_an_unknown_stage_lists_those_there_are() -> None:
    with pytest.raises(hp.UnknownIdError, match="'S9'; known: S1, S2, S3, S4"):
        hp.good_shares("na-chi-lang", stage="S9", hours=[[1]], temperatures_degc=20)


def test_an_unknown_crop_names_the_nearest() -> None:
    with pytest.raises(hp.UnknownIdError, match="did you mean 'mango-cat'"):
        hp.good_shares("mango-kat", hours=[[1]], temperatures_degc=20)


def test_without_numpy_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "numpy", None)
    with pytest.raises(hp.MissingExtraError, match=r'good_shares needs numpy.*pip install "harvest-planner"'):
        hp.good_shares("na-chi-lang", hours=[[1]], temperatures_degc=20)
