"""Reviews with a reason tell how old a batch was: by the law of the plan's promise, not by stars or lateness."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import harvest_planner as hp
from harvest_planner.learning.ages import scaled
from harvest_planner.learning.response import Answers, Kind, chances
from harvest_planner.planning.curves import clock_of
from harvest_planner.ripening.binomial import binomial_tail
from harvest_planner.ripening.normal import normal_cdf
from tests.learning.test_learn_cases import FRUIT, believed, came


def exactly(kind: Kind, beyond: float, width: float) -> tuple[float, float, float]:
    """The three probabilities by adding up every parcel there can be; as many on both sides count half to each."""
    under = normal_cdf(-beyond / kind.own_sd_d20)
    over = 1.0 - normal_cdf((width - beyond) / kind.own_sd_d20)
    found = [0.0, 0.0, 0.0]
    n = kind.fruit
    for u in range(n + 1):
        for o in range(n + 1 - u):
            ways = math.comb(n, u) * math.comb(n - u, o)
            p = ways * under**u * over**o * max(0.0, 1.0 - under - over) ** (n - u - o)
            if n - u - o >= kind.needed:
                found[1] += p
            else:
                found[0] += p * (1.0 if u > o else 0.5 if u == o else 0.0)
                found[2] += p * (1.0 if u < o else 0.5 if u == o else 0.0)
    return found[0], found[1], found[2]


@pytest.mark.parametrize("kind", [Kind(8, 7, 1.04), Kind(20, 16, 1.04), Kind(12, 6, 0.5)])
@pytest.mark.parametrize("width", [1.0, 2.5, 4.0])
def test_the_response_is_that_of_counting_fruit(kind: Kind, width: float) -> None:
    ages = np.linspace(-2.5, width + 2.5, 23)
    found = chances(kind, ages, width)
    assert found.sum(axis=0) == pytest.approx(np.ones(23))
    for age, column in zip(ages.tolist(), found.T, strict=True):
        assert column == pytest.approx(exactly(kind, age, width), abs=1e-9)


def test_just_right_is_exactly_the_parcel_share_of_the_plan() -> None:
    tail = binomial_tail(20, 16)
    for age in (0.5, 1.5, 2.0):
        good = normal_cdf((3.0 - age) / 1.04) - normal_cdf(-age / 1.04)
        (found,) = chances(Kind(20, 16, 1.04), np.array([age]), 3.0)[1]
        assert found == pytest.approx(tail(good)[0], abs=1e-9)


def test_tables_say_the_same_as_the_formula() -> None:
    kind, ages = Kind(12, 10, 1.0), np.linspace(-2, 5, 15)
    table = Answers(0.0)
    for reason in range(3):
        exact = 0.98 * chances(kind, ages, 2.73)[reason] + 0.02 / 3
        found = np.exp(table.log_chances([(kind, 2.73)], np.array([0]), np.array([reason]), ages[None, :])[0])
        assert found == pytest.approx(exact, abs=0.01)


def test_hard_fruit_was_younger_and_soft_fruit_older() -> None:
    def shift(reason: str) -> float:
        _, evidence = hp.learn([came(reason=reason), came(order_id="o2", reason=reason)], believed())
        return evidence.update("batch_age", "b1").now

    assert shift("too_hard") < -0.3
    assert abs(shift("just_right")) < 0.3
    assert shift("too_ripe") > 0.3


def test_one_word_against_many_does_not_turn_them() -> None:
    orders = [hp.Order.model_validate({**believed().orders[0].model_dump(), "id": f"o{i}"}) for i in range(21)]
    rows = [came(order_id=f"o{i}") for i in range(20)]
    bulk = believed(orders=orders)
    _, agreed = hp.learn(rows, bulk)
    _, odd = hp.learn([*rows, came(order_id="o20", reason="too_hard")], bulk)
    assert abs(odd.update("batch_age", "b1").now - agreed.update("batch_age", "b1").now) < 0.15


def test_a_late_parcel_that_is_called_ripe_blames_the_lateness_before_the_batch() -> None:
    late = {"delivered_at": "2026-08-14T06:00:00+07:00", "reason": "too_ripe"}
    orders = [hp.Order.model_validate({**believed().orders[0].model_dump(), "id": f"o{i}"}) for i in range(12)]
    rows = [came(order_id=f"o{i}") for i in range(6)] + [came(order_id=f"o{i}", **late) for i in range(6, 12)]
    _, evidence = hp.learn(rows, believed(orders=orders))
    low, mean, high = evidence.lateness_d20["durable"]
    assert low < mean < high
    assert mean > 0.05
    assert evidence.update("batch_age", "b1").now < 0.4


def test_a_field_check_that_stands_is_where_learning_begins() -> None:
    checked = believed(batches=[{**believed().batches[0].model_dump(), "age_shift_d20": 0.5}])
    _, evidence = hp.learn([came(reason="too_ripe")], checked)
    update = evidence.update("batch_age", "b1")
    assert update.was == 0.5
    assert update.now > 0.5


def many(count: int) -> tuple[list[dict[str, Any]], hp.PlanningProblem]:
    """So many parcels of one batch, all just right, and their problem."""
    orders = [hp.Order.model_validate({**believed().orders[0].model_dump(), "id": f"o{i}"}) for i in range(count)]
    return [came(order_id=f"o{i}") for i in range(count)], believed(orders=orders)


def test_what_is_known_of_a_batch_spreads_its_next_promises_no_more() -> None:
    learned, evidence = hp.learn(*many(20))
    known = learned.batch("b1").age_shift_sd_d20
    assert known is not None
    assert known < 0.5
    update = evidence.update("batch_age", "b1")
    assert update.high - update.low == pytest.approx(2 * 1.645 * known, rel=0.1)
    forgotten = learned.model_copy(
        update={"batches": tuple(each.model_copy(update={"age_shift_sd_d20": None}) for each in learned.batches)}
    )
    told, bare = (hp.when_to_pick("o1", "b1", each) for each in (learned, forgotten))
    assert isinstance(told, hp.PickAdvice)
    assert isinstance(bare, hp.PickAdvice)
    assert told.good_share > bare.good_share
    assert hp.check_plan(hp.plan_harvest(learned), learned) == ()
    assert evidence.undo(learned) == many(20)[1]


def test_the_second_week_begins_where_the_first_ended() -> None:
    rows, week = many(20)
    rows = [{**row, "reason": "too_ripe" if number % 2 else "just_right"} for number, row in enumerate(rows)]
    _, whole = hp.learn(rows, week)
    first, _ = hp.learn(rows[:10], week)
    _, second = hp.learn(rows[10:], first)
    together, later = (each.update("batch_age", "b1") for each in (whole, second))
    assert later.now == pytest.approx(together.now, abs=0.15)
    assert later.high - later.low == pytest.approx(together.high - together.low, rel=0.2)
    bare = tuple(each.model_copy(update={"age_shift_sd_d20": None}) for each in first.batches)
    _, forgetful = hp.learn(rows[10:], first.model_copy(update={"batches": bare}))
    wide = forgetful.update("batch_age", "b1")
    assert later.high - later.low < 0.9 * (wide.high - wide.low)
    assert abs(later.now - together.now) < abs(wide.now - together.now)


def test_where_the_stage_states_no_common_spread_half_of_its_sd_is_taken() -> None:
    stage = {"id": "only", "age_d20": 4, "sd_d20": 1.0}
    learned, evidence = hp.learn([came(reason="too_hard")], believed(crops=[{**FRUIT, "stages": [stage]}]))
    assert learned.batch("b1").age_shift_sd_d20 is None
    update = evidence.update("batch_age", "b1")
    assert update.now < 0.0
    assert update.high - update.low == pytest.approx(2 * 1.645 * 0.5, rel=0.2)


@pytest.mark.parametrize(
    "law",
    [
        {"law": "arrhenius", "ea_kj_per_mol": 60},
        {"law": "square_root", "tmin_degc": -10},
        {"law": "rate_table", "points": [(10, 0.5), (20, 1.0), (30, 1.8)]},
    ],
)
def test_a_rate_makes_the_clock_so_many_times_as_fast(law: dict[str, Any]) -> None:
    crop = hp.Crop.model_validate({**FRUIT, "temperature_law": law})
    before, after = clock_of(crop.temperature_law), clock_of(scaled(crop.temperature_law, 1.1))
    for degc in (4.0, 12.5, 20.0, 28.3, 35.0):
        assert after(degc) == pytest.approx(1.1 * before(degc), rel=2e-3)
    faster = crop.model_copy(update={"temperature_law": scaled(crop.temperature_law, 1.1)})
    assert hp.days_to_ripe(faster, temperature_degc=20) == pytest.approx(
        hp.days_to_ripe(crop, temperature_degc=20) / 1.1, rel=1e-3
    )


def test_every_area_has_its_own_rate_about_its_crops() -> None:
    from benchmarks.histories import Size, Spread, history

    case = history(4, Size(orders=160), Spread(batch_d20=0.0, rate=0.0, area_rate=0.0))
    learned, evidence = hp.learn(case.outcomes, case.believed)
    rates = {update.subject: update for update in evidence.of("ripening_rate")}
    assert set(rates) == {"na-chi-lang × Lạng Sơn", "na-chi-lang × Quảng Ninh"}
    assert all(update.low < 1.0 < update.high for update in rates.values())
    (change,) = [change for change in evidence.changes if change.table == "crops"]
    assert "learned from" in change.now["sources"]["temperature_law"]
    assert learned.crop("na-chi-lang").ready_at_d20 == case.believed.crop("na-chi-lang").ready_at_d20


def test_hundreds_of_reviews_of_one_batch_are_summed_as_finely_as_they_narrow_it() -> None:
    """Beside each shift weighed by itself, far closer together: a density narrower than a step of the knots."""
    from benchmarks.histories import Size, history
    from benchmarks.limits import told_of
    from harvest_planner.learning.batch_ages import Prior, Reviews, Shift, Spreads

    ripe, sd, answers, phi = told_of(history(5, Size(400, batches=1))).found.ripe, 0.6, Answers(0.25), np.zeros(2)
    priors = {"b0": Prior("north", sd, 0.85)}

    def log_density(shift_d20: float) -> float:
        older = [one._replace(at_pick_d20=one.at_pick_d20 + shift_d20) for one in ripe]
        at_no_shift = Reviews(older, priors, Spreads()).log_densities(phi, answers)[0, 30]
        return float(at_no_shift) - 0.5 * (shift_d20 / sd) ** 2

    reviews = Reviews(ripe, priors, Spreads())
    found = Shift(reviews.grid_d20("b0"), reviews.weighed(phi, answers)[1][0])
    assert found.sd < 0.09, "less than a step of the knots"
    fine = np.linspace(found.mean - 0.5, found.mean + 0.5, 201)
    logs = np.array([log_density(shift) for shift in fine.tolist()])
    exact = Shift(fine, np.exp(logs - logs.max()) / np.exp(logs - logs.max()).sum())
    assert found.mean == pytest.approx(exact.mean, abs=0.003)
    assert found.sd == pytest.approx(exact.sd, rel=0.03)
    for p in (0.05, 0.95):
        assert found.quantile(p) == pytest.approx(exact.quantile(p), abs=0.008)
