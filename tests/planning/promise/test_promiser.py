"""A buyer is offered what the plan leaves, at a price that pays for it, and holds it once it is reserved."""

from __future__ import annotations

import datetime as dt
import threading
from typing import Any

import pytest

import harvest_planner as hp
from harvest_planner.planning import harvest
from harvest_planner.planning.candidates import allowed, judged, worth
from harvest_planner.planning.meeting import Meeting
from harvest_planner.schema.record_table import MadeRows
from tests.planning.small import batch, lane, order, problem

HOUR = dt.timedelta(hours=1)


def new(**changes: Any) -> hp.Order:
    return hp.Order.model_validate(order(**{"id": "new", "state": "inquiry", **changes}))


class Hands:
    """A clock that is set by hand."""

    def __init__(self, at: dt.datetime) -> None:
        self.at = at

    def __call__(self) -> dt.datetime:
        return self.at


def opened(question: hp.PlanningProblem, **changes: Any) -> tuple[hp.Promiser, Hands]:
    clock = Hands(question.as_of)
    plan = hp.plan_harvest(question)
    return hp.Promiser(plan, question, **{"clock": clock, "notice_h": 0.0, **changes}), clock


def test_a_quote_takes_nothing_and_a_reservation_takes_what_it_says() -> None:
    promiser, _ = opened(problem())
    before = promiser.ledger.snapshot()
    (offer, *_) = promiser.quote(new()).offers
    assert promiser.ledger.snapshot() is before
    promiser.reserve(offer, ttl=HOUR)
    assert [take.resource for take in offer.takes if take.resource.startswith("batch")] == ["batch:b1"]
    for take in offer.takes:
        assert promiser.ledger.snapshot().free(take.resource) == before.free(take.resource) - take.amount


def test_selling_stops_when_firm_orders_and_promises_have_it_all() -> None:
    promiser, _ = opened(problem())
    sold = 0
    for number in range(20):
        quote = promiser.quote(new(id=f"n{number}", quantity_kg=8))
        if not quote.offers:
            break
        promiser.confirm(promiser.reserve(quote.offers[0], ttl=HOUR).id)
        sold += 8
    assert sold == 88, "of 100 kg the firm order has 10"
    assert quote.refusal is not None
    (reason,) = quote.refusal.reasons
    assert reason.code == "outbid"
    assert [(change.field, change.value) for change in reason.would_work_if][:1] == [("quantity_kg", 2.0)]


def test_beside_a_large_plan_no_record_of_a_shipment_is_made_and_as_much_is_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    orders = [order(id=f"o{kg}", quantity_kg=kg) for kg in (9, 8, 7)]
    question = problem(orders=orders, lanes=[lane(capacity_kg=30)])
    monkeypatch.setattr(harvest, "LARGE_PAIRS", 0)
    plan = hp.plan_harvest(question)
    assert isinstance(plan.shipments, MadeRows)
    told = MadeRows(len(plan.shipments), made_in_vain, known=plan.shipments.known)
    by_columns = hp.Promiser(plan.model_copy(update={"shipments": told}), question).ledger.snapshot()
    by_records = hp.Promiser(plan.model_copy(update={"shipments": tuple(plan.shipments)}), question).ledger.snapshot()
    keys = {take.resource for offer in opened(question)[0].quote(new(), limit=9).offers for take in offer.takes}
    assert {key.split(":")[0] for key in keys} >= {"batch", "departure"}
    assert {key: by_columns.free(key) for key in keys} == {key: by_records.free(key) for key in keys}
    assert by_columns.free("batch:b1") == 76_000_000


def made_in_vain(at: int) -> hp.Shipment:
    raise AssertionError(f"shipment {at} was made")


def test_promises_stop_at_the_quantile_of_an_uncertain_quantity() -> None:
    unsure = problem(batches=[batch(quantity_kg=100, quantity_sd_kg=20)], orders=[])
    kg = {}
    for quantile in (0.05, 0.5):
        promiser, _ = opened(unsure, quantile=quantile)
        kg[quantile] = promiser.ledger.snapshot().free("batch:b1") / 1e6
    assert kg[0.5] == 100
    assert kg[0.05] == pytest.approx(100 - 1.6448536 * 20, abs=1e-3)


def test_an_offer_says_when_it_comes_how_it_is_and_what_must_be_paid() -> None:
    question = problem(batches=[batch(surplus_price_vnd_per_kg=7_000)])
    promiser, _ = opened(question)
    (offer, *_) = promiser.quote(new()).offers
    assert offer.deliver_from_at <= offer.deliver_p50_at <= offer.deliver_until_at
    assert offer.deliver_p50_at - offer.legs[0].departs_at == 10 * HOUR
    assert offer.eat_from_on <= offer.eat_until_on
    assert offer.good_share == pytest.approx(1.0)
    assert (offer.kg, offer.new_trip) == (10, False)
    assert offer.price_floor_vnd_per_kg == 7_000, "what the local market pays"
    assert offer.order_by_at == offer.pick_from_at
    assert offer.expires_at == question.as_of + dt.timedelta(minutes=15)


def test_at_the_floor_the_order_still_pays_and_below_it_does_not() -> None:
    question = problem(batches=[batch(trip_cost_vnd=90_000, surplus_price_vnd_per_kg=5_000)], orders=[])
    promiser, _ = opened(question)
    (offer, *_) = promiser.quote(new()).offers
    floor = offer.price_floor_vnd_per_kg
    assert promiser.quote(new(price_vnd_per_kg=floor)).offers
    refused = promiser.quote(new(price_vnd_per_kg=floor - 200)).refusal
    assert refused is not None
    assert refused.reasons[0].code == "not_worth_it"
    (change, *_) = refused.reasons[0].would_work_if
    assert change.field == "price_vnd_per_kg"
    assert promiser.quote(new(price_vnd_per_kg=change.value)).offers


def test_a_trip_that_the_plan_does_not_make_is_paid_for_whole() -> None:
    fee = {"trip_cost_vnd": 60_000, "min_trip_kg": 30, "surplus_price_vnd_per_kg": 5_000}
    promiser, _ = opened(problem(batches=[batch(**fee)], orders=[]))
    (offer, *_) = promiser.quote(new()).offers
    assert offer.new_trip
    assert offer.price_floor_vnd_per_kg == 5_000 + 60_000 / 10
    filler = [take.amount for take in offer.takes if take.resource == "batch:b1"]
    assert filler == [10_000_000, 20_000_000], "the trip brings in at least 30 kg"
    planned, _ = opened(problem(batches=[batch(**fee)]))
    assert {each.new_trip for each in planned.quote(new()).offers} >= {False}


def test_new_trips_keep_their_distance_and_their_number() -> None:
    question = problem(batches=[batch(days_between_picks=2)], orders=[], policy={"gap": 0, "max_picks_per_batch": 1})
    promiser, _ = opened(question)
    offers = promiser.quote(new(), limit=9).offers
    assert len(offers) > 1
    promiser.reserve(offers[0], ttl=HOUR)
    rest = promiser.quote(new(id="other"), limit=9).offers
    assert {each.pick_on for each in rest} == {offers[0].pick_on}
    with pytest.raises(hp.SoldOutError):
        promiser.reserve(
            offers[1].model_copy(update={"order": offers[1].order.model_copy(update={"id": "third"})}), ttl=HOUR
        )


def test_a_departure_is_sold_up_to_its_room() -> None:
    question = problem(lanes=[lane(capacity_kg=25)], orders=[order(deliver_from_at="2026-08-13T00:00:00+07:00")])
    promiser, _ = opened(question)
    loaded: dict[dt.datetime, float] = {row.legs[0].departs_at: row.kg for row in hp.plan_harvest(question).shipments}
    for number in range(12):
        for offer in promiser.quote(new(id=f"n{number}")).offers[:1]:
            promiser.reserve(offer, ttl=HOUR)
            at = offer.legs[0].departs_at
            loaded[at] = loaded.get(at, 0.0) + offer.kg
    assert max(loaded.values()) == 20, "two orders of 10 kg on each of 25"
    assert len(loaded) > 1


def test_a_hold_is_freed_by_time_and_a_late_confirmation_says_so() -> None:
    promiser, clock = opened(problem())
    held = promiser.reserve(promiser.quote(new()).offers[0], ttl=HOUR)
    clock.at += HOUR
    with pytest.raises(hp.ReservationExpiredError):
        promiser.confirm(held.id)
    assert promiser.quote(new()).offers


def test_an_offer_stands_for_a_while() -> None:
    promiser, clock = opened(problem())
    offer = promiser.quote(new()).offers[0]
    clock.at = offer.expires_at
    with pytest.raises(hp.OfferExpiredError, match="quote again"):
        promiser.reserve(offer, ttl=HOUR)


def test_picks_that_can_be_told_no_more_are_not_offered() -> None:
    promiser, clock = opened(problem(), notice_h=12.0)
    first = promiser.quote(new(), limit=9).offers
    clock.at += 30 * HOUR
    later = promiser.quote(new(), limit=9).offers
    assert min(each.pick_from_at for each in first) < min(each.pick_from_at for each in later)
    assert all(each.pick_from_at - 12 * HOUR == each.order_by_at > clock.at for each in later)


def test_without_a_clock_time_goes_on_from_the_plan_s_moment() -> None:
    question = problem()
    promiser = hp.Promiser(hp.plan_harvest(question), question)
    assert question.as_of <= promiser.now() < question.as_of + HOUR


def test_the_offers_are_the_best_of_all_candidates_of_the_planner() -> None:
    """Beside an empty plan at prices of nothing, the best offer is the best candidate there is."""
    question = problem(
        orders=[],
        growers=[{"id": "g1"}, {"id": "g2"}],
        batches=[batch(), batch(id="b2", grower_id="g2", age_shift_d20=1.0)],
        lanes=[
            lane(transit_p50_h=20, transit_p95_h=40, cost_vnd_per_kg=900),
            lane(id="l2", transit_p50_h=30, transit_p95_h=33),
        ],
    )
    promiser, _ = opened(question)
    offers = promiser.quote(new(), limit=50).offers
    meeting = Meeting(question)
    every = [each for each in judged(meeting.buyer(new()), meeting) if allowed(each, question.policy)]
    best = max(worth(c.buyer, c.verdict, c.journey, c.entry, kg=10, policy=question.policy) for c in every)
    assert offers[0].value_vnd == pytest.approx(best, abs=0.01)
    assert [each.gain_vnd for each in offers] == sorted((each.gain_vnd for each in offers), reverse=True)
    assert len({each.legs for each in offers}) == len(offers)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"destination_id": "ca-mau"}, "no_journey"),
        ({"crop_id": "na-chi-lang", "destination_id": "town"}, "no_fruit"),
        ({"grade": "A"}, "grade"),
        ({"certifications": ["VietGAP"]}, "certification"),
        ({"deliver_until_at": "2026-08-10T09:00:00+07:00"}, "cannot_arrive_ripe"),
        ({"price_vnd_per_kg": 0}, "not_worth_it"),
        ({"quantity_kg": 95}, "outbid"),
        ({"confirm_by_at": "2026-08-09T09:00:00+07:00"}, "confirm_by_passed"),
    ],
)
def test_a_refusal_has_the_code_that_the_plan_would_give(changes: dict[str, Any], code: str) -> None:
    question = problem()
    promiser, _ = opened(question)
    refusal = promiser.quote(new(**changes)).refusal
    assert refusal is not None
    assert refusal.reasons[0].code == code
    asked = {**order(**{"id": "new", **changes})}
    planned = hp.plan_harvest(problem(orders=[order(price_vnd_per_kg=900_000), asked]))
    codes = {row.order_id: row.reasons[0].code for row in planned.refusals}
    assert codes["new"] == code


def test_the_nearest_wish_that_works_does_work() -> None:
    promiser, _ = opened(problem())
    late = new(deliver_until_at="2026-08-10T09:00:00+07:00")
    refusal = promiser.quote(late).refusal
    assert refusal is not None
    change = refusal.reasons[0].would_work_if[0]
    assert change.field == "deliver_until_at"
    wish = hp.Order.model_validate({**dict(late), change.field: change.value})
    assert promiser.quote(wish).offers


def test_an_order_that_may_be_split_is_offered_what_there_is() -> None:
    promiser, _ = opened(problem())
    offers = promiser.quote(new(quantity_kg=500, may_split=True)).offers
    assert offers[0].kg == 90


def test_the_events_bring_promises_into_the_plan_and_cancelled_ones_out_of_it() -> None:
    question = problem()
    plan = hp.plan_harvest(question)
    clock = Hands(question.as_of)
    promiser = hp.Promiser(plan, question, clock=clock)
    held = promiser.reserve(promiser.quote(new()).offers[0], ttl=9 * HOUR)
    (event,) = promiser.events()
    assert (event.kind, event.order_id) == ("order_promised", "new")
    plan, diff = hp.replan(plan, question, promiser.events(), as_of=question.as_of)
    assert hp.check_plan(plan, diff.problem) == ()
    promiser = hp.Promiser(plan, diff.problem, ledger=promiser.ledger, clock=clock)
    assert promiser.ledger.snapshot().free("batch:b1") == 80_000_000
    assert promiser.events() == ()
    promiser.cancel(held.id)
    assert promiser.ledger.snapshot().free("batch:b1") == 90_000_000
    assert [each.kind for each in promiser.events()] == ["order_cancelled"]
    plan, diff = hp.replan(plan, diff.problem, promiser.events(), as_of=question.as_of)
    assert {row.order_id for row in plan.shipments} == {"o1"}


def test_a_plan_that_does_not_know_the_latest_promises_is_not_opened() -> None:
    question = problem()
    plan = hp.plan_harvest(question)
    promiser, _ = opened(question)
    for number in range(9):
        promiser.reserve(promiser.quote(new(id=f"n{number}")).offers[0], ttl=HOUR)
    dear = hp.OrderPlaced(order=new(id="dear", quantity_kg=50, price_vnd_per_kg=900_000, state="firm"))
    without, diff = hp.replan(plan, question, [dear], as_of=question.as_of)
    with pytest.raises(hp.LedgerConflictError, match="plan again with them"):
        hp.Promiser(without, diff.problem, ledger=promiser.ledger)
    both, diff = hp.replan(plan, question, [*promiser.events(), dear], as_of=question.as_of)
    assert hp.Promiser(both, diff.problem, ledger=promiser.ledger).version == promiser.version + 1
    with pytest.raises(hp.LedgerConflictError, match="make one of the new plan"):
        promiser.quote(new(id="n99"))


def test_what_cannot_be_asked_is_one_clear_error() -> None:
    question = problem()
    promiser, _ = opened(question)
    offer = promiser.quote(new()).offers[0]
    with pytest.raises(ValueError, match="stands in the plan already"):
        promiser.quote(new(id="o1"))
    with pytest.raises(ValueError, match="limit = 0"):
        promiser.quote(new(), limit=0)
    with pytest.raises(ValueError, match="positive duration"):
        promiser.reserve(offer, ttl=dt.timedelta())
    with pytest.raises(ValueError, match="quantile"):
        opened(question, quantile=1.0)
    with pytest.raises(ValueError, match="notice_h"):
        opened(question, notice_h=-1.0)
    with pytest.raises(ValueError, match="without an offset"):
        opened(question, clock=lambda: dt.datetime(2026, 8, 10))[0].now()


def test_many_buyers_at_once_get_no_more_than_there_is() -> None:
    promiser, _ = opened(problem(batches=[batch(quantity_kg=60)]))
    sold: list[float] = []

    def buyer(name: int) -> None:
        for number in range(15):
            for offer in promiser.quote(new(id=f"{name}-{number}", quantity_kg=1.5)).offers[:1]:
                try:
                    held = promiser.reserve(offer, ttl=HOUR)
                except hp.SoldOutError:
                    continue
                promiser.confirm(held.id)
                sold.append(offer.kg)

    threads = [threading.Thread(target=buyer, args=(name,)) for name in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(sold) == 49.5, "33 of 1.5 kg in the 50 kg that the firm order leaves"
