"""The ledger in PostgreSQL answers as the one in memory does, and never gives more than there is."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, Phase, given, settings, strategies as st
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

import harvest_planner as hp
from examples.marketplace_backend import database, plans
from examples.marketplace_backend.ledger import PostgresLedger, selling_paused
from examples.marketplace_backend.problem_documents import OrderReservedError
from tests.planning.promise.offers import LATER, NOW, book, offer, take

pytestmark = pytest.mark.usefixtures("empty")


def opened(**limits: int) -> PostgresLedger:
    ledger = plans.ledger()
    ledger.open(book(limits))
    return ledger


def free(ledger: PostgresLedger, resource: str) -> int:
    """What is free now, not what was 0.2 s ago."""
    return PostgresLedger(database.engine()).snapshot().free(resource)


def test_selling_stops_at_the_limit() -> None:
    ledger = opened(a=10)
    ledger.reserve(offer(take("a", 7)), now=NOW, expires_at=LATER)
    with pytest.raises(hp.SoldOutError) as caught:
        ledger.reserve(offer(take("a", 4), name="more"), now=NOW, expires_at=LATER)
    assert (caught.value.resource, caught.value.wanted, caught.value.left) == ("a", 4, 3)
    ledger.reserve(offer(take("a", 3), name="the rest"), now=NOW, expires_at=LATER)
    assert free(ledger, "a") == 0


def test_the_database_itself_refuses_overselling() -> None:
    opened(a=10)
    with pytest.raises(IntegrityError, match="never_oversold"), database.transaction() as session:
        session.execute(text("UPDATE stock SET taken = 11 WHERE resource = 'a'"))


def test_a_hold_is_freed_when_its_time_is_over_even_where_the_next_is_sold_out() -> None:
    ledger = opened(a=10)
    held = ledger.reserve(offer(take("a", 10)), now=NOW, expires_at=LATER)
    with pytest.raises(hp.SoldOutError) as caught:
        ledger.reserve(offer(take("a", 11), name="too much"), now=LATER, expires_at=LATER)
    assert caught.value.left == 10
    assert ledger.reservation(held.id).state == "expired"
    with pytest.raises(hp.ReservationExpiredError):
        ledger.confirm(held.id, now=LATER)


def test_a_late_confirmation_frees_what_was_held() -> None:
    ledger = opened(a=10)
    held = ledger.reserve(offer(take("a", 10)), now=NOW, expires_at=LATER)
    with pytest.raises(hp.ReservationExpiredError) as caught:
        ledger.confirm(held.id, now=LATER)
    assert caught.value.state == "expired"
    assert free(ledger, "a") == 10


def test_one_key_at_the_same_moment_gets_one_reservation() -> None:
    ledger, asked = opened(a=10), offer(take("a", 6))
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: ledger.reserve(asked, now=NOW, expires_at=LATER, key="k" * 8), range(16)))
    assert len({one.id for one in found}) == 1
    assert free(ledger, "a") == 4
    with pytest.raises(hp.LedgerConflictError, match="used for another offer"):
        ledger.reserve(offer(take("a", 1), name="another"), now=NOW, expires_at=LATER, key="k" * 8)


def test_an_order_has_one_live_reservation_also_where_two_come_at_once() -> None:
    ledger = opened(a=10)

    def asked(number: int) -> str | None:
        try:
            return ledger.reserve(offer(take("a", 1)), now=NOW, expires_at=LATER, key=f"key-{number}").id
        except OrderReservedError:
            return None

    with ThreadPoolExecutor(8) as pool:
        found = [one for one in pool.map(asked, range(16)) if one]
    assert len(found) == 1
    ledger.cancel(found[0], now=NOW)
    assert asked(99) is not None


def test_a_snapshot_is_of_one_moment_and_at_most_some_tenths_of_a_second_old() -> None:
    ledger = opened(a=10)
    before = ledger.snapshot()
    ledger.reserve(offer(take("a", 7)), now=NOW, expires_at=LATER)
    assert (before.free("a"), before.version, before.book) == (10, 1, "p1")
    assert free(ledger, "a") == 3
    assert free(ledger, "unknown") == 0


def test_takes_that_share_a_name_count_once_with_the_largest() -> None:
    ledger = opened(trips=1, fill=30)
    first = ledger.reserve(offer(take("trips", 1, "b1/12"), take("fill", 20, "b1/12")), now=NOW, expires_at=LATER)
    joins = offer(take("trips", 1, "b1/12"), take("fill", 25, "b1/12"), name="joins")
    ledger.reserve(joins, now=NOW, expires_at=LATER)
    assert (free(ledger, "trips"), free(ledger, "fill")) == (0, 5)
    assert PostgresLedger(database.engine()).snapshot().shared("fill", "b1/12") == 25
    ledger.cancel(first.id, now=NOW)
    assert (free(ledger, "trips"), free(ledger, "fill")) == (0, 5)


def test_a_new_book_outdates_offers_and_keeps_reservations() -> None:
    ledger = opened(a=10)
    held = ledger.reserve(offer(take("a", 6)), now=NOW, expires_at=LATER)
    assert ledger.open(book({"a": 8}, "p2")) == ledger.open(book({"a": 8}, "p2")) == 2
    assert free(ledger, "a") == 2
    with pytest.raises(hp.LedgerConflictError, match="quote again"):
        ledger.reserve(offer(take("a", 1), name="late"), now=NOW, expires_at=LATER)
    ledger.open(book({"b": 6}, "p3", moved={held.id: (take("b", 6),)}))
    assert free(ledger, "b") == 0
    assert ledger.reservation(held.id).takes == (take("b", 6),)


def test_a_book_that_does_not_fit_changes_nothing() -> None:
    ledger = opened(a=10)
    ledger.reserve(offer(take("a", 6)), now=NOW, expires_at=LATER)
    with pytest.raises(hp.LedgerConflictError) as caught:
        ledger.open(book({"a": 5}, "p2"))
    assert caught.value.resources == ("a",)
    with pytest.raises(hp.LedgerConflictError, match="plan again"):
        ledger.open(book({"a": 20}, "p2"), version=7)
    older = book({"a": 10}, "p0")._replace(as_of=NOW - dt.timedelta(hours=1))
    with pytest.raises(hp.LedgerConflictError, match="older"):
        ledger.open(older)
    assert (ledger.snapshot().book, free(ledger, "a")) == ("p1", 4)


def test_sixteen_at_once_sell_exactly_what_there_is_while_books_follow_each_other() -> None:
    ledger, sold, errors = opened(a=400, b=90), list[str](), list[Exception]()

    def buyer(seed: int) -> None:
        own = plans.ledger()
        for number in range(25):
            try:
                version = own.snapshot().version
                takes = take("b", 1), take("a", 1 + (seed + number) % 3)
                held = own.reserve(offer(*takes, version=version, name=f"{seed}-{number}"), now=NOW, expires_at=LATER)
                if number % 4:
                    sold.append(own.confirm(held.id, now=NOW).id)
                else:
                    own.cancel(held.id, now=NOW)
            except (hp.SoldOutError, hp.LedgerConflictError):
                continue
            except Exception as error:
                errors.append(error)

    threads = [threading.Thread(target=buyer, args=(seed,)) for seed in range(16)]
    for thread in threads:
        thread.start()
    for number in range(2, 7):
        ledger.open(book({"a": 400, "b": 90}, f"p{number}"))
    for thread in threads:
        thread.join()
    assert errors == []
    live = ledger.reservations()
    assert sorted(sold) == sorted(one.id for one in live if one.state == "confirmed")
    taken = {key: sum(t.amount for one in live for t in one.takes if t.resource == key) for key in "ab"}
    assert taken["b"] == 90
    assert (free(ledger, "a"), free(ledger, "b")) == (400 - taken["a"], 0)


def test_nothing_is_reserved_while_selling_is_paused_and_all_goes_on_after() -> None:
    ledger = opened(a=10)
    held = ledger.reserve(offer(take("a", 1)), now=NOW, expires_at=LATER)
    with ThreadPoolExecutor(1) as pool:
        with selling_paused(database.engine()):
            waiting = pool.submit(ledger.reserve, offer(take("a", 1), name="next"), now=NOW, expires_at=LATER)
            assert ledger.confirm(held.id, now=NOW).state == "confirmed"
            ledger.open(book({"a": 5}, "p2"))
            assert not waiting.done()
        with pytest.raises(hp.LedgerConflictError, match="quote again"):
            waiting.result(timeout=30)


TAKES = st.builds(
    hp.Take, resource=st.sampled_from("abc"), amount=st.integers(1, 6), shared_by=st.sampled_from((None, "x", "y"))
)
STEPS = st.lists(
    st.tuples(st.sampled_from(("reserve", "reserve", "confirm", "cancel", "open")), st.lists(TAKES, max_size=4)),
    max_size=12,
)


@settings(
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    deadline=None,
    max_examples=40,
)
@given(steps=STEPS)
def test_any_history_ends_as_it_does_in_memory(steps: list[tuple[str, list[hp.Take]]]) -> None:
    wipe()
    ledgers: tuple[hp.Ledger, ...] = (hp.MemoryLedger(), plans.ledger())
    made: tuple[list[str], ...] = ([], [])
    for ledger in ledgers:
        ledger.open(book({"a": 10, "b": 12, "c": 7}))
    now = NOW
    for count, (what, takes) in enumerate(steps):
        now += dt.timedelta(minutes=1)
        # One may free what is overdue when it is asked for anything, the other when it is asked to reserve.
        assert len(ledgers[0].expire(now)) == len(ledgers[1].expire(now))
        first, second = (done(*both, what, takes, count=count, now=now) for both in zip(ledgers, made, strict=True))
        assert first == second, (what, takes)
    views = ledgers[0].snapshot(), PostgresLedger(database.engine()).snapshot()
    for key in "abc":
        assert views[0].free(key) == views[1].free(key)
        assert [views[0].shared(key, name) for name in "xy"] == [views[1].shared(key, name) for name in "xy"]
    live = [[(one.state, one.takes, one.expires_at) for one in ledger.reservations()] for ledger in ledgers]
    assert live[0] == live[1]


def done(ledger: hp.Ledger, ids: list[str], what: str, takes: list[hp.Take], *, count: int, now: dt.datetime) -> object:
    """What a step answers, without the ids that each ledger makes up."""
    acts: dict[str, Callable[[], object]] = {
        "reserve": lambda: reserved(ledger, ids, takes, count, now),
        "open": lambda: ledger.open(book({"a": 4 + count, "b": 12} | ({"c": 7} if count % 2 else {}), f"p{count}")),
        "confirm": lambda: ledger.confirm(ids[count % len(ids)], now=now).state if ids else None,
        "cancel": lambda: ledger.cancel(ids[count % len(ids)], now=now).state if ids else None,
    }
    try:
        return acts[what]()
    except hp.LedgerConflictError:
        return "conflict"
    except (hp.SoldOutError, hp.ReservationExpiredError) as error:
        return type(error).__name__


def reserved(ledger: hp.Ledger, ids: list[str], takes: list[hp.Take], count: int, now: dt.datetime) -> str:
    # A ledger made afresh has no view of its own that may be some tenths of a second old.
    fresh = plans.ledger() if isinstance(ledger, PostgresLedger) else ledger
    version = fresh.snapshot().version
    ttl = dt.timedelta(minutes=3 + count % 4)
    key = f"key-{count // 2}" if count % 3 == 0 else None
    found = ledger.reserve(offer(*takes, version=version, name=f"o{count % 7}"), now=now, expires_at=now + ttl, key=key)
    ids.append(found.id)
    return found.state


def wipe() -> None:
    with database.transaction() as session:
        session.execute(text("UPDATE book SET version = 0, name = '', as_of = NULL, plan_id = NULL"))
        session.execute(text("TRUNCATE stock, live_takes, reservations"))
