"""A ledger never gives more than there is, whatever comes at once, and gives back what is not kept."""

from __future__ import annotations

import datetime as dt
import itertools
import threading

import pytest
from hypothesis import given, strategies as st

import harvest_planner as hp
from harvest_planner.schema.promises import Take
from tests.planning.promise.offers import LATER, NOW, book, offer, take

NAMES = itertools.count()


def named(*takes: Take, version: int = 1) -> hp.Offer:
    """An offer for an order of its own."""
    return offer(*takes, name=f"offer-{next(NAMES)}", version=version)


def opened(**limits: int) -> hp.MemoryLedger:
    ledger = hp.MemoryLedger()
    ledger.open(book(limits))
    return ledger


def test_selling_stops_at_the_limit() -> None:
    ledger = opened(a=10)
    ledger.reserve(named(take("a", 7)), now=NOW, expires_at=LATER)
    with pytest.raises(hp.SoldOutError) as caught:
        ledger.reserve(named(take("a", 4)), now=NOW, expires_at=LATER)
    assert (caught.value.resource, caught.value.wanted, caught.value.left) == ("a", 4, 3)
    ledger.reserve(named(take("a", 3)), now=NOW, expires_at=LATER)
    assert ledger.snapshot().free("a") == 0


def test_an_offer_is_taken_whole_or_not_at_all() -> None:
    ledger = opened(a=10, b=1)
    with pytest.raises(hp.SoldOutError):
        ledger.reserve(named(take("a", 5), take("b", 2)), now=NOW, expires_at=LATER)
    assert ledger.snapshot().free("a") == 10


def test_what_the_book_does_not_list_is_not_for_sale() -> None:
    with pytest.raises(hp.SoldOutError):
        opened(a=10).reserve(named(take("b", 1)), now=NOW, expires_at=LATER)


def test_a_snapshot_does_not_change() -> None:
    ledger = opened(a=10)
    before = ledger.snapshot()
    ledger.reserve(named(take("a", 7)), now=NOW, expires_at=LATER)
    assert (before.free("a"), ledger.snapshot().free("a")) == (10, 3)


def test_a_snapshot_tells_what_changed_since_another_of_its_book() -> None:
    ledger = opened(a=10, b=10, c=10)
    before = ledger.snapshot()
    held = ledger.reserve(named(take("a", 7), take("b", 1)), now=NOW, expires_at=LATER)
    between = ledger.snapshot()
    assert sorted(between.touched_since(before) or ()) == ["a", "b"]
    assert sorted(before.touched_since(between) or ()) == ["a", "b"]
    ledger.cancel(held.id, now=NOW)
    ledger.reserve(named(take("c", 2)), now=NOW, expires_at=LATER)
    assert {"c"} <= set(ledger.snapshot().touched_since(before) or ())
    assert list(between.touched_since(between) or ()) == []
    assert opened(a=10).snapshot().touched_since(before) is None


def test_a_hold_is_freed_when_its_time_is_over_and_cannot_be_confirmed_then() -> None:
    ledger = opened(a=10)
    held = ledger.reserve(named(take("a", 10)), now=NOW, expires_at=LATER)
    assert ledger.expire(LATER - dt.timedelta(seconds=1)) == ()
    with pytest.raises(hp.ReservationExpiredError) as caught:
        ledger.confirm(held.id, now=LATER)
    assert (caught.value.reservation_id, caught.value.state) == (held.id, "expired")
    assert ledger.snapshot().free("a") == 10


def test_a_confirmed_one_does_not_expire_and_is_freed_by_cancelling() -> None:
    ledger = opened(a=10)
    held = ledger.reserve(named(take("a", 10)), now=NOW, expires_at=LATER)
    assert ledger.confirm(held.id, now=NOW).state == "confirmed"
    assert ledger.confirm(held.id, now=LATER).state == "confirmed"
    assert ledger.snapshot().free("a") == 0
    assert ledger.cancel(held.id, now=LATER).state == "cancelled"
    assert ledger.cancel(held.id, now=LATER).state == "cancelled"
    assert ledger.snapshot().free("a") == 10
    with pytest.raises(hp.ReservationExpiredError, match="is cancelled and holds nothing"):
        ledger.confirm(held.id, now=LATER)


def test_the_same_key_gets_the_same_reservation() -> None:
    ledger = opened(a=10)
    first = ledger.reserve(offer(take("a", 6)), now=NOW, expires_at=LATER, key="k")
    again = ledger.reserve(offer(take("a", 6)), now=NOW, expires_at=LATER, key="k")
    assert again == first
    assert ledger.snapshot().free("a") == 4
    with pytest.raises(hp.LedgerConflictError, match="order 'order-offer' has the reservation"):
        ledger.reserve(offer(take("a", 1)), now=NOW, expires_at=LATER)
    with pytest.raises(hp.LedgerConflictError, match="key 'k' was used for offer 'offer'"):
        ledger.reserve(offer(take("a", 1), name="another"), now=NOW, expires_at=LATER, key="k")


def test_an_unknown_reservation_is_said_to_be_unknown() -> None:
    for act in (hp.MemoryLedger().confirm, hp.MemoryLedger().cancel):
        with pytest.raises(hp.UnknownReservationError, match="'nope'"):
            act("nope", now=NOW)


def test_takes_that_share_a_name_count_once_with_the_largest() -> None:
    ledger = opened(trips=1, fill=30)
    opens = (take("trips", 1, "b1/12"), take("fill", 20, "b1/12"))
    joins = (take("trips", 1, "b1/12"), take("fill", 25, "b1/12"))
    first = ledger.reserve(named(*opens), now=NOW, expires_at=LATER)
    ledger.reserve(named(*joins), now=NOW, expires_at=LATER)
    assert (ledger.snapshot().free("trips"), ledger.snapshot().free("fill")) == (0, 5)
    assert ledger.snapshot().shared("fill", "b1/12") == 25
    with pytest.raises(hp.SoldOutError):
        ledger.reserve(named(take("trips", 1, "b1/13")), now=NOW, expires_at=LATER)
    ledger.cancel(first.id, now=NOW)
    assert (ledger.snapshot().free("trips"), ledger.snapshot().free("fill")) == (0, 5)


def test_a_new_book_outdates_offers_and_keeps_reservations() -> None:
    ledger = opened(a=10)
    held = ledger.reserve(named(take("a", 6)), now=NOW, expires_at=LATER)
    assert ledger.open(book({"a": 8}, "p2")) == 2
    assert ledger.open(book({"a": 8}, "p2")) == 2, "the same book again"
    assert ledger.snapshot().free("a") == 2
    with pytest.raises(hp.LedgerConflictError, match="quote again"):
        ledger.reserve(named(take("a", 1)), now=NOW, expires_at=LATER)
    ledger.open(book({"b": 6}, "p3", moved={held.id: (take("b", 6),)}))
    assert ledger.snapshot().free("b") == 0
    assert ledger.reservation(held.id).takes == (take("b", 6),)


def test_a_book_in_which_reservations_do_not_fit_is_not_opened() -> None:
    ledger = opened(a=10)
    ledger.reserve(named(take("a", 6)), now=NOW, expires_at=LATER)
    with pytest.raises(hp.LedgerConflictError) as caught:
        ledger.open(book({"a": 5}, "p2"))
    assert caught.value.resources == ("a",)
    assert (ledger.snapshot().book, ledger.snapshot().free("a")) == ("p1", 4)


def test_a_book_is_opened_only_in_place_of_the_one_that_was_seen() -> None:
    ledger = opened(a=10)
    ledger.open(book({"a": 10}, "p2"), version=1)
    with pytest.raises(hp.LedgerConflictError, match="version 1"):
        ledger.open(book({"a": 10}, "p3"), version=1)
    older = book({"a": 10}, "p0")._replace(as_of=NOW - dt.timedelta(hours=1))
    with pytest.raises(hp.LedgerConflictError, match="an older plan never replaces"):
        ledger.open(older)


def test_many_threads_together_sell_exactly_what_there_is() -> None:
    ledger, sold = opened(a=500, b=100), []

    def buyer(seed: int) -> None:
        for number in range(60):
            takes = (take("a", 1 + (seed + number) % 3), take("b", 1))
            try:
                held = ledger.reserve(named(*takes), now=NOW, expires_at=LATER)
            except hp.SoldOutError:
                continue
            if number % 5:
                sold.append(ledger.confirm(held.id, now=NOW))
            else:
                ledger.cancel(held.id, now=NOW)

    threads = [threading.Thread(target=buyer, args=(seed,)) for seed in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    taken = {key: sum(t.amount for r in sold for t in r.takes if t.resource == key) for key in "ab"}
    assert taken["b"] == 100
    assert taken["a"] == 500 - ledger.snapshot().free("a") <= 500


TAKES = st.builds(
    Take,
    resource=st.sampled_from("abc"),
    amount=st.integers(0, 6),
    shared_by=st.sampled_from((None, "x", "y")),
)
STEPS = st.lists(st.tuples(st.sampled_from(("reserve", "confirm", "cancel", "expire")), st.lists(TAKES, max_size=4)))


@given(steps=STEPS)
def test_after_any_history_the_ledger_holds_what_live_reservations_take(
    steps: list[tuple[str, list[Take]]],
) -> None:
    ledger, made, now = opened(a=10, b=12, c=7), list[str](), NOW
    for count, (what, takes) in enumerate(steps):
        now += dt.timedelta(minutes=1)
        try:
            if what == "reserve":
                ttl = dt.timedelta(minutes=3 + count % 4)
                made.append(ledger.reserve(named(*takes), now=now, expires_at=now + ttl).id)
            elif what == "expire":
                ledger.expire(now)
            elif made:
                getattr(ledger, what)(made[count % len(made)], now=now)
        except (hp.SoldOutError, hp.ReservationExpiredError):
            pass
        live = [t for each in ledger.reservations() for t in each.takes]
        for key, limit in (("a", 10), ("b", 12), ("c", 7)):
            alone = sum(t.amount for t in live if t.resource == key and t.shared_by is None)
            names = {t.shared_by for t in live if t.resource == key and t.shared_by}
            shared = sum(max(t.amount for t in live if (t.resource, t.shared_by) == (key, n)) for n in names)
            assert ledger.snapshot().free(key) == limit - alone - shared >= 0
