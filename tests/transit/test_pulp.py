"""Fruit in a box is warmer or cooler than the air around it, and ages by its own temperature."""

from __future__ import annotations

import math

import pytest
from hypothesis import assume, given, strategies as st

import harvest_planner as hp
from harvest_planner import catalogue
from harvest_planner.planning.curves import curve_of
from harvest_planner.transit.exposure import Rates
from harvest_planner.transit.pulp import Packaging, gained_lagging, packaging_of, pulp_after

CROPS = [hp.crop(crop_id) for crop_id in ("na-chi-lang", "banana-cavendish", "lettuce-butter", "dragon-fruit-ld1")]
DEGC = st.floats(-5, 45)


def step_by_step(clock: object, *, pulp: float, air: float, cooling_per_h: float, hours: float, steps: int) -> float:
    """The integral by Simpson's rule in time, with no use of its closed parts."""
    assert callable(clock)
    width = hours / steps
    total = 0.0
    for index in range(steps + 1):
        degc = air + (pulp - air) * math.exp(-cooling_per_h * index * width)
        total += clock(degc) * (1 if index in (0, steps) else 4 if index % 2 else 2)
    return total * width / 3 / 24


@given(pulp=DEGC, air=DEGC, cooling_per_h=st.floats(0.02, 2), hours=st.floats(0.1, 100))
def test_smooth_laws_agree_with_fine_steps_to_a_millionth(
    pulp: float, air: float, cooling_per_h: float, hours: float
) -> None:
    laws = (hp.Arrhenius(ea_kj_per_mol=60), hp.SquareRoot(tmin_degc=-10))
    for law in laws:
        curve = curve_of(CROPS[0].model_copy(update={"temperature_law": law, "stops_below_degc": None}))
        (found,) = gained_lagging(
            [curve.rate], (), pulp_degc=pulp, air_degc=air, cooling_per_h=cooling_per_h, hours=hours
        )
        fine = step_by_step(curve.rate, pulp=pulp, air=air, cooling_per_h=cooling_per_h, hours=hours, steps=8_000)
        assert found == pytest.approx(fine, rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("crop", CROPS, ids=lambda crop: crop.id)
@pytest.mark.parametrize(("pulp", "air"), [(30.0, 2.0), (2.0, 30.0), (14.0, 12.0), (34.0, 26.0), (12.5, 13.5)])
def test_bends_and_jumps_of_the_clocks_are_met_exactly(crop: hp.Crop, pulp: float, air: float) -> None:
    curve = curve_of(crop)
    found = gained_lagging(curve.clocks, curve.kinks_degc, pulp_degc=pulp, air_degc=air, cooling_per_h=0.1, hours=40.0)
    for clock, gained in zip(curve.clocks, found, strict=True):
        fine = step_by_step(clock, pulp=pulp, air=air, cooling_per_h=0.1, hours=40.0, steps=60_000)
        assert gained == pytest.approx(fine, rel=3e-4, abs=1e-5)


@given(pulp=DEGC, air=DEGC, cooling_per_h=st.floats(0.02, 2), hours=st.floats(0.1, 80), share=st.floats(0.01, 0.99))
def test_a_stay_in_two_parts_is_the_stay(
    pulp: float, air: float, cooling_per_h: float, hours: float, share: float
) -> None:
    curve = curve_of(CROPS[0])
    # At a jump of a rate the pulp of one stay is still on one side where that of its second half has reached the air.
    assume(all(abs(air - kink) > 0.01 for kink in curve.kinks_degc))
    whole = gained_lagging(
        curve.clocks, curve.kinks_degc, pulp_degc=pulp, air_degc=air, cooling_per_h=cooling_per_h, hours=hours
    )
    middle = pulp_after(pulp, air, cooling_per_h=cooling_per_h, hours=share * hours)
    parts = [
        gained_lagging(
            curve.clocks, curve.kinks_degc, pulp_degc=start, air_degc=air, cooling_per_h=cooling_per_h, hours=part
        )
        for start, part in ((pulp, share * hours), (middle, (1 - share) * hours))
    ]
    assert [sum(each) for each in zip(*parts, strict=True)] == pytest.approx(list(whole), abs=1e-7)


def test_without_packaging_the_pulp_is_the_air_at_once() -> None:
    curve = curve_of(CROPS[0])
    rates = Rates(curve.clocks, curve.kinks_degc)
    exposures = rates.packed((0.0, 0.0, 0.0, 30.0), air_degc=20.0, hours=24.0, packaging=None, from_h=0.0)
    assert exposures == (1.0, 0.0, 0.0, 20.0)


def test_ice_holds_for_its_hours_and_no_longer() -> None:
    iced = Packaging(cooling_per_h=0.06, inside_degc=4.0, holds_h=24.0)
    assert list(iced.air(30.0, from_h=20.0, hours=10.0)) == [(4.0, 4.0), (6.0, 30.0)]
    assert list(iced.air(30.0, from_h=24.0, hours=10.0)) == [(10.0, 30.0)]


def test_every_packaging_has_its_rate_and_its_source() -> None:
    assert {"crate", "carton", "foam-box", "foam-box-ice"} <= set(catalogue.packaging_ids())
    for packaging_id in catalogue.packaging_ids():
        assert packaging_of(packaging_id).cooling_per_h > 0
        assert catalogue.packaging_row(packaging_id)["source"]
    rates = [packaging_of(packaging_id).cooling_per_h for packaging_id in ("crate", "carton", "foam-box")]
    assert rates == sorted(rates, reverse=True)


def test_a_foam_box_keeps_fruit_warm_on_a_cold_truck() -> None:
    def share(packaging: str | None) -> float:
        return hp.good_share(
            "na-chi-lang", stage="S3", pieces=[(2, 28.0), (40, 18.0, packaging)], ripe_within_days=(0, 1), room_degc=25
        )

    bare, boxed = share(None), share("foam-box")
    assert abs(bare - boxed) > 0.01


def test_pieces_without_lag_are_the_plain_sum() -> None:
    plain = hp.good_share("na-chi-lang", stage="S3", pieces=[(24, 25.0)], room_degc=25)
    boxed = hp.good_share("na-chi-lang", stage="S3", pieces=[(24, 25.0, "foam-box")], room_degc=25)
    assert boxed == pytest.approx(plain, abs=1e-12)


def test_unknown_packaging_is_named_with_those_there_are() -> None:
    with pytest.raises(ValueError, match=r"pieces\[0\] packaging = 'bag': unknown; one of carton, crate"):
        hp.good_share("na-chi-lang", pieces=[(24, 25.0, "bag")])
    with pytest.raises(ValueError, match="unknown packaging 'bag'"):
        hp.Lane(
            id="l",
            origin_id="a",
            destination_id="b",
            departures="FREQ=DAILY",
            transit_p50_h=1,
            transit_p95_h=2,
            packaging="bag",
        )
