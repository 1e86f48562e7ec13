"""Each error is also the builtin it resembles, carries its data and survives a process boundary."""

from __future__ import annotations

import pickle

import pytest

import harvest_planner as hp

FAULT = hp.Fault("orders.csv", 7, "quantity_kg", "-5", "a number above 0 [kg]")
ERRORS = [
    hp.UnknownIdError("crop", "na-chilang", ("na-chi-lang",)),
    hp.AmbiguousPlaceError("Gia Lai", ("gia-lai", "binh-dinh")),
    hp.ProblemFileError([FAULT]),
    hp.MissingExtraError("typer", extra="cli", needed_for="the command"),
    hp.FitError("history: 0 of 1 rows are deliveries", [FAULT]),
    hp.SoldOutError("batch:b1", wanted=5_000_000, left=0),
    hp.OfferExpiredError("f3", "2026-08-10T04:15:00+07:00"),
    hp.ReservationExpiredError("r1", "expired"),
    hp.UnknownReservationError("r2"),
    hp.LedgerConflictError("plan again", ("batch:b1",)),
]
BUILTINS = (
    *(LookupError, LookupError, ValueError, ImportError, ValueError),
    *(ValueError, TimeoutError, TimeoutError, LookupError, RuntimeError),
)


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_an_error_survives_pickling(error: hp.HarvestPlannerError) -> None:
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error)
    assert str(again) == str(error)
    assert vars(again) == vars(error)


@pytest.mark.parametrize(
    ("error", "builtin"),
    list(zip(ERRORS, BUILTINS, strict=True)),
)
def test_an_error_is_the_builtin_it_resembles(error: hp.HarvestPlannerError, builtin: type[Exception]) -> None:
    assert isinstance(error, builtin)
    assert isinstance(error, hp.HarvestPlannerError)


def test_messages_name_object_value_and_remedy() -> None:
    unknown, ambiguous, files, extra, fit, sold_out, *_ = map(str, ERRORS)
    assert unknown == "unknown crop 'na-chilang'; did you mean 'na-chi-lang'?"
    assert ambiguous == "place 'Gia Lai' is ambiguous: it may be gia-lai, binh-dinh; write one of these ids"
    assert files == "1 fault in the input:\n  orders.csv:7: quantity_kg = '-5': a number above 0 [kg]"
    assert fit == ("history: 0 of 1 rows are deliveries\n  orders.csv:7: quantity_kg = '-5': a number above 0 [kg]")
    assert sold_out == "sold out: batch:b1 has 0 left, the offer takes 5000000; quote again"
    assert extra == 'the command needs typer, which is not installed: pip install "harvest-planner[cli]"'


def test_a_required_package_needs_no_extra() -> None:
    error = hp.MissingExtraError("highspy", extra=None, needed_for="plan_harvest")
    assert str(error) == 'plan_harvest needs highspy, which is not installed: pip install "harvest-planner"'


def test_a_fault_of_a_whole_file_names_no_line() -> None:
    assert str(hp.Fault("lanes.csv", 0, "", "", "the file is empty")) == "lanes.csv: the file is empty"


def test_a_fit_error_shows_the_first_faults_and_counts_the_rest() -> None:
    error = hp.FitError("observations: 25 cells cannot be used:", [FAULT] * 25)
    assert str(error).count("orders.csv:7") == 20
    assert str(error).endswith("… and 5 more")
    assert len(error.faults) == 25
