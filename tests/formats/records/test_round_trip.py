"""Plan → log → file → trace: back to plot and treatment, forward to every parcel, nothing lost on the way."""

from __future__ import annotations

import math
import warnings
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given

import harvest_planner as hp
from examples import make_chi_lang
from tests.formats.records.done import LOT, done, fresh
from tests.strategies import planning_problems

CHI_LANG = Path(make_chi_lang.__file__).parent / "chi_lang"


def planned(problem: hp.PlanningProblem) -> hp.HarvestPlan:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", hp.OutsideCalibrationWarning)
        return hp.plan_harvest(problem)


def check_without_loss(plan: hp.HarvestPlan, problem: hp.PlanningProblem, log: hp.HarvestLog) -> None:
    """Every pick is one lot, every shipment one parcel of it, and all of its kilograms are somewhere."""
    codes = {hp.lot_code(pick.batch_id, pick.pick_on): pick for pick in plan.picks}
    assert set(log.lots()) == set(codes)
    assert len(codes) == len(plan.picks)
    forward: Counter[tuple[str, str, float]] = Counter()
    for code, pick in codes.items():
        found, batch = hp.trace(log, code), problem.batch(pick.batch_id)
        assert (found.back.batch_id, found.back.grower_id, found.back.picked_on) == (
            pick.batch_id,
            pick.grower_id,
            pick.pick_on,
        )
        for name in ("plot", "place_id", "planting_area_code", "last_spray_on", "pre_harvest_interval_days"):
            assert getattr(found.back, name) == getattr(batch, name)
        assert found.back.interval_check in ("kept", "no_treatment") or problem.commitments
        forward.update((code, parcel.order_id, parcel.planned_kg) for parcel in found.forward if parcel.order_id)
        assert found.planned_kg == pytest.approx(pick.kg, abs=1e-6)
        market = math.fsum(parcel.planned_kg for parcel in found.forward if parcel.order_id is None)
        assert market == pytest.approx(pick.surplus_kg, abs=1e-6)
    assert forward == Counter((hp.lot_code(one.batch_id, one.pick_on), one.order_id, one.kg) for one in plan.shipments)
    for shipment in plan.shipments:
        assert hp.lot_code(shipment.batch_id, shipment.pick_on) in hp.lots_of(log, shipment.order_id)


@pytest.fixture(scope="module")
def chi_lang() -> tuple[hp.HarvestPlan, hp.PlanningProblem]:
    problem = hp.load_problem(CHI_LANG)
    return planned(problem), problem


@pytest.mark.parametrize("name", ["log.csv", "log.json"])
def test_the_week_of_chi_lang(chi_lang: tuple[hp.HarvestPlan, hp.PlanningProblem], tmp_path: Path, name: str) -> None:
    plan, problem = chi_lang
    log = hp.harvest_log(plan, problem)
    read = hp.load_log(hp.save_log(log, tmp_path / name))
    assert read == log
    assert len(read.rows) > len(plan.shipments) > 250
    check_without_loss(plan, problem, read)


def test_any_small_problem(tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.mktemp("logs") / "log.csv"
    lots = 0

    @given(problem=planning_problems())
    def whole(problem: hp.PlanningProblem) -> None:
        nonlocal lots
        plan = planned(problem)
        log = hp.harvest_log(plan, problem)
        assert hp.load_log(hp.save_log(log, path)) == log
        check_without_loss(plan, problem, log)
        assert hp.harvest_log(plan, problem, before=log) == log
        lots += len(plan.picks)

    whole()
    assert lots > 0


@pytest.mark.parametrize("code", [LOT, "o1", "VS-1", "VOSO77"])
def test_a_lot_is_found_by_whatever_a_complaint_names(code: str) -> None:
    assert hp.lots_of(done(), code) == (LOT,)


def test_a_trace_tells_what_was_done() -> None:
    found = hp.trace(done(), LOT)
    (parcel,) = found.forward
    assert (found.planned_kg, found.actual_kg, parcel.receiver, parcel.parcel_no) == (
        45,
        44.5,
        "Trần Thị Bưởi",
        "VOSO77",
    )
    assert str(parcel.received_at) == "2026-08-13 08:20:00+07:00"
    assert found.keep_until_on.isoformat() == "2027-02-13"


def test_an_unknown_code_offers_lots_and_orders_but_no_parcel_number() -> None:
    with pytest.raises(hp.UnknownIdError) as caught:
        hp.lots_of(done(), "VOSO7")
    assert "VOSO77" not in str(caught.value)
    with pytest.raises(hp.UnknownIdError, match="did you mean '260811-b17'"):
        hp.trace(fresh(), "260811b17")
