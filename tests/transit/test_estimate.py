"""Estimated lanes are marked as such and come from measured means; so do the known embargoes."""

from __future__ import annotations

import datetime as dt

import pytest

from harvest_planner.schema.goods import Batch, Order
from harvest_planner.schema.lane import Embargo
from harvest_planner.schema.people import Grower, Place
from harvest_planner.schema.problem import PlanningProblem, catalogue_place
from harvest_planner.transit.estimate import embargoes_of, estimated_lanes, lanes_of, two_point_log_sd
from tests.transit.helpers import AS_OF, h, journeys, lane, network

CARRIERS = {"viettel-post", "jt-express", "spx-express", "ems", "ghtk"}


# Two-point lognormals from the means and on-time shares of the 2025 assessment (see the carriers' data file).
@pytest.mark.parametrize(
    ("mean_h", "days", "share", "log_sd"),
    [(43, 4, 0.9968, 0.31), (43, 6, 0.997, 0.48), (43, 5.5, 0.9884, 0.56), (41, 5, 0.97, 0.70), (40, 6, 0.97, 0.89)],
)
def test_the_spread_of_a_carrier(mean_h: float, days: float, share: float, log_sd: float) -> None:
    assert two_point_log_sd(mean_h=mean_h, within_h=24 * days, share=share) == pytest.approx(log_sd, abs=0.005)


@pytest.mark.parametrize(("destination", "p50_h"), [("ha-noi", 20), ("ca-mau", 44)])
def test_the_sizes_of_the_design(destination: str, p50_h: float) -> None:
    lanes = {each.id: each for each in estimated_lanes(catalogue_place("lang-son"), [catalogue_place(destination)])}
    viettel = lanes[f"estimate:viettel-post:lang-son:{destination}"]
    assert viettel.transit_p50_h == pytest.approx(p50_h, abs=0.05)
    assert viettel.transit_p95_h / viettel.transit_p50_h == pytest.approx(1.67, abs=0.01)
    ghtk = lanes[f"estimate:ghtk:lang-son:{destination}"]
    assert ghtk.transit_p50_h == pytest.approx(p50_h * 40 / 43, abs=0.05)
    assert ghtk.transit_p95_h > 2 * viettel.transit_p95_h


def test_every_estimate_says_that_it_is_one() -> None:
    lanes = estimated_lanes(catalogue_place("lang-son"), [catalogue_place("ca-mau"), catalogue_place("lang-son")])
    assert {each.id.split(":")[1] for each in lanes} == CARRIERS | {"local"}
    for each in lanes:
        assert each.id.startswith("estimate:")
        assert each.source is not None
        assert each.source.startswith("estimate: ")
        assert "assumption" in each.source
        assert each.cost_vnd_per_kg == 3000
        assert each.capacity_kg is None


def test_the_same_place_has_local_delivery() -> None:
    (local,) = estimated_lanes(catalogue_place("ha-noi"), [catalogue_place("ha-noi")])
    assert (local.id, local.transit_p50_h, local.transit_p95_h) == ("estimate:local:ha-noi:ha-noi", 3, 6)


def problem(destinations: tuple[str, ...], **given: object) -> PlanningProblem:
    orders = tuple(
        Order.model_validate(
            {
                "id": f"o{index}",
                "crop_id": "na-chi-lang",
                "quantity_kg": 1,
                "destination_id": destination,
                "deliver_until_at": AS_OF + dt.timedelta(days=5),
                "price_vnd_per_kg": 1,
            }
        )
        for index, destination in enumerate(destinations)
    )
    batch = Batch(
        id="b", grower_id="g", crop_id="na-chi-lang", place_id="chi-lang", quantity_kg=1, stage_id="S2",
        observed_on=AS_OF.date(),
    )  # fmt: skip
    fields = {"as_of": AS_OF, "orders": orders, "batches": (batch,), "growers": (Grower(id="g"),), **given}
    return PlanningProblem.model_validate(fields)


def test_lanes_lead_from_every_batch_to_every_destination_by_canonical_id() -> None:
    lanes = lanes_of(problem(("Hà Nội", "ha-noi", "Cà Mau", "Chi Lăng")))
    assert {(each.origin_id, each.destination_id) for each in lanes} == {
        ("chi-lang", "ha-noi"),
        ("chi-lang", "ca-mau"),
        ("chi-lang", "chi-lang"),
    }
    assert len({each.id for each in lanes}) == len(lanes) == 11


def test_orders_and_batches_may_be_named_besides() -> None:
    asked = problem(("ha-noi",))
    elsewhere = asked.batches[0].model_copy(update={"place_id": "dong-mo"})
    further = asked.orders[0].model_copy(update={"destination_id": "TP.HCM"})
    lanes = lanes_of(asked, [elsewhere], [further])
    assert {each.origin_id for each in lanes} == {"dong-mo"}
    assert {each.destination_id for each in lanes} == {"ha-noi", "ho-chi-minh"}


def test_a_problem_s_own_lanes_and_places_come_first() -> None:
    own = lane("chi-lang>ha-noi")
    assert lanes_of(problem(("ha-noi",), lanes=(own,))) == (own,)
    moved = Place(id="ha-noi", latitude_deg=10, longitude_deg=106)
    far, near = lanes_of(problem(("ha-noi",), places=(moved,))), lanes_of(problem(("ha-noi",)))
    assert far[0].transit_p50_h > near[0].transit_p50_h + 10


def test_the_catalogue_s_embargoes_have_goods_and_both_dates() -> None:
    known = embargoes_of(PlanningProblem(as_of=AS_OF))
    assert {each.goods for each in known} >= {"fresh-fruit", "fresh-vegetable"}
    assert {(each.carrier, each.from_on, each.until_on) for each in known} == {
        ("Viettel Post", dt.date(2025, 1, 20), dt.date(2025, 2, 2))
    }


def test_a_problem_s_own_embargoes_replace_them() -> None:
    own = Embargo(carrier="EMS", goods="fresh-fruit", from_on=dt.date(2026, 8, 1), until_on=dt.date(2026, 8, 2))
    assert embargoes_of(PlanningProblem(as_of=AS_OF, embargoes=(own,))) == (own,)


def test_estimates_leave_at_17_with_a_cut_off_of_an_hour() -> None:

    lanes = estimated_lanes(catalogue_place("chi-lang"), [catalogue_place("ca-mau")])
    found = journeys(network(*lanes), ready="10 16:00", ends="chi-lang>ca-mau")
    assert {each.first_departure_h for each in found} == {h("10 17:00")}
