"""`Promiser`: what can be promised to the next buyer beside a plan, and for how much."""

from __future__ import annotations

import datetime as dt
import hashlib
import time
from collections.abc import Callable, Iterable
from functools import partial
from itertools import chain, islice

from harvest_planner.errors import LedgerConflictError, OfferExpiredError
from harvest_planner.planning.harvest import require_solver
from harvest_planner.planning.promise.ledger import Book, Ledger
from harvest_planner.planning.promise.memory import NOTHING_TAKEN, MemoryLedger
from harvest_planner.planning.promise.offers import Terms, offer_of, promise_of
from harvest_planner.planning.promise.shop import Shop
from harvest_planner.planning.promise.stock import records
from harvest_planner.schema.events import OrderCancelled, OrderPromised
from harvest_planner.schema.goods import Order
from harvest_planner.schema.plan import HarvestPlan, Refusal
from harvest_planner.schema.problem import PlanningProblem
from harvest_planner.schema.promises import Offer, Quote, Reservation, Take
from harvest_planner.schema.told_rows import field_of

Clock = Callable[[], dt.datetime]
QUANTILE = 0.1
"""Promises stop where a batch holds so much with probability 0.9; an assumption."""
VALID = dt.timedelta(minutes=15)
"""How long an offer stands; an assumption."""


class Promiser:
    """What can be promised beside a plan: quotes, and reservations in a ledger.

    A quote takes nothing. A reservation takes, all at once or not at all, fruit up to a stated quantile of what the
    batch may hold, hands, packing and room on departures, each only from what the plan leaves of it. Prices are the
    plan's (`plan.shadow_prices`); a trip that the plan does not make costs its whole fee. All methods are safe from
    several threads.

    Parameters
    ----------
    plan : the answer that growers and carriers work by.
    problem : the question it answers; of a plan that `replan` made, `diff.problem`.
    ledger : where reservations live; None: in memory, gone with the promiser.
    clock : tells the time; None: the problem's `as_of` plus the time since the promiser was made.
    quantile : promises stop at this quantile of a batch's uncertain quantity, `quantity_kg` ± `quantity_sd_kg`:
        with 0.1 what is promised hangs there nine times in ten.
    notice_h : hours before a pick by which it must be told; None: `policy.freeze_h` [h].
    valid : how long an offer stands.

    Raises
    ------
    ValueError : a quantile outside 0 to 1, a notice below 0, or a clock that tells no offset.
    LedgerConflictError : the ledger is open for a younger plan, or holds promises made since this plan was; plan again.
    MissingExtraError : numpy is not installed.

    Examples
    --------
    >>> import datetime as dt
    >>> import harvest_planner as hp
    >>> batch = hp.Batch(id="b1", grower_id="g1", crop_id="na-chi-lang", place_id="chi-lang", quantity_kg=50,
    ...                  stage_id="S2", observed_on=dt.date(2026, 8, 10))
    >>> problem = hp.PlanningProblem(as_of="2026-08-10T00:00:00+07:00", batches=(batch,),
    ...                              growers=(hp.Grower(id="g1"),))
    >>> promiser = hp.Promiser(hp.plan_harvest(problem), problem)
    >>> order = hp.Order(id="o1", crop_id="na-chi-lang", quantity_kg=5, destination_id="ha-noi",
    ...                  deliver_until_at="2026-08-16T18:00:00+07:00", price_vnd_per_kg=60000)
    >>> offer = promiser.quote(order).offers[0]
    >>> offer.batch_id, offer.price_floor_vnd_per_kg < 60000
    ('b1', True)
    >>> held = promiser.reserve(offer, ttl=dt.timedelta(minutes=15))
    >>> promiser.confirm(held.id).state
    'confirmed'
    """

    def __init__(
        self,
        plan: HarvestPlan,
        problem: PlanningProblem,
        *,
        ledger: Ledger | None = None,
        clock: Clock | None = None,
        quantile: float = QUANTILE,
        notice_h: float | None = None,
        valid: dt.timedelta = VALID,
    ) -> None:
        require_solver()
        if not 0.0 < quantile < 1.0:
            raise ValueError(
                f"quantile = {quantile!r} must lie between 0 and 1; 0.1 promises what is there 9 in 10 times"
            )
        if notice_h is not None and not notice_h >= 0.0:
            raise ValueError(f"notice_h = {notice_h!r} must be hours of 0 or more")
        self.ledger: Ledger = MemoryLedger() if ledger is None else ledger
        self._clock = clock or _since(problem.as_of)
        self._valid = valid
        self._notice = dt.timedelta(hours=problem.policy.freeze_h if notice_h is None else notice_h)
        self._problem = problem
        live = {each.offer.order.id: each for each in self.ledger.reservations()}
        self._shop = Shop(plan, problem, own=live.keys(), quantile=quantile, notice=self._notice)
        self.version = self.ledger.open(self._book(plan, problem, live, quantile))

    def _book(self, plan: HarvestPlan, problem: PlanningProblem, live: dict[str, Reservation], quantile: float) -> Book:
        takes: dict[str, list[Take]] = {order_id: [] for order_id in live if order_id in self._shop.planned}
        for at, order_id in enumerate(field_of(plan.shipments, "order_id") if takes else ()):
            if order_id in takes:
                takes[order_id].extend(records(self._shop.shelf.taken_by(plan.shipments[at])))
        moved = {live[order_id].id: tuple(each) for order_id, each in takes.items()}
        # What the plan keeps of promises stands, also where a look found less or it counts on the mean of a batch.
        kept = NOTHING_TAKEN.with_takes(chain.from_iterable(moved.values()), within_limits=False).used
        stock = tuple(
            each if (most := kept.get(each.resource, 0)) <= each.limit else each.model_copy(update={"limit": most})
            for each in self._shop.shelf.stock()
        )
        return Book(_name(plan, quantile), problem.as_of, stock, moved)

    def now(self) -> dt.datetime:
        """The moment by the promiser's clock. Raises ValueError where it tells no offset."""
        now = self._clock()
        if now.tzinfo is None:
            raise ValueError(f"the clock tells {now.isoformat()} without an offset; let it tell one such as +07:00")
        return now

    def prepare(self, destination_ids: Iterable[str] | None = None) -> None:
        """Work out ahead what the first quotes to some destinations need; None: those of the problem's orders.

        That is the journeys there, and the costs and chances of parcels like those of the problem's orders: a few
        milliseconds for a crop at a destination, and for a kind of parcel. What is not worked out ahead is when it is
        first asked for.
        """
        self._shop.prepare(destination_ids, self.ledger.snapshot())

    def quote(self, order: Order, *, limit: int = 3) -> Quote:
        """The best offers for an order, one by each journey, or why there are none. It takes nothing.

        Parameters
        ----------
        order : what is asked for; its state does not matter.
        limit : so many offers at most.

        Raises
        ------
        UnknownIdError, AmbiguousPlaceError : a crop or place that is not known.
        ValueError : `limit` below 1, or the plan holds an order of that id already.
        LedgerConflictError : the ledger is open for another plan; make a promiser of that one.
        """
        if limit < 1:
            raise ValueError(f"limit = {limit!r} must be at least 1")
        self._check_new(order)
        now = self.now()
        self.ledger.expire(now)
        snapshot = self.ledger.snapshot()
        if snapshot.version != self.version:
            raise LedgerConflictError(
                f"the ledger is open for version {snapshot.version}, this promiser is of {self.version}; "
                "make one of the new plan"
            )
        terms = Terms(now, self._valid, self._notice, self.version, order.model_dump_json())
        if order.confirm_by_at is None or order.confirm_by_at > now:
            asked = self._shop.asked(order)
            finds = islice(self._shop.found(asked, snapshot, now), limit)
            offers = tuple(offer_of(find, asked, self._shop.shelf, self._shop.meeting, terms) for find in finds)
            if offers:
                return Quote(offers=offers)
        reasons = self._shop.reasons(order, snapshot, now)
        return Quote(refusal=Refusal(order_id=order.id, kg=order.quantity_kg, reasons=reasons))

    def _check_new(self, order: Order) -> None:
        if order.id in self._shop.planned:
            raise ValueError(f"order {order.id!r} stands in the plan already; ask for a new one under an id of its own")

    def reserve(self, offer: Offer, *, ttl: dt.timedelta, key: str | None = None) -> Reservation:
        """Hold what an offer takes for a while, at most until its pick must be told.

        Parameters
        ----------
        ttl : how long; the hold is freed when it is over.
        key : the client's own name for the request; sent again, it gets the same reservation.

        Raises
        ------
        SoldOutError : too little is left.
        OfferExpiredError : the offer stands no longer.
        LedgerConflictError : another plan is open, the order has a reservation already, or the key stands for
            another offer.
        ValueError : a `ttl` that is not positive.
        """
        if not ttl > dt.timedelta():
            raise ValueError(f"ttl = {ttl!r} must be a positive duration")
        now = self.now()
        if now >= offer.expires_at:
            raise OfferExpiredError(offer.id, offer.expires_at.isoformat())
        return self.ledger.reserve(offer, now=now, expires_at=min(now + ttl, offer.order_by_at), key=key)

    def confirm(self, reservation_id: str) -> Reservation:
        """Make a hold a promise.

        Raises
        ------
        UnknownReservationError : there is none of that id.
        ReservationExpiredError : its time was over, or it was cancelled.
        """
        return self.ledger.confirm(reservation_id, now=self.now())

    def cancel(self, reservation_id: str) -> Reservation:
        """Free what a reservation takes.

        Raises
        ------
        UnknownReservationError : there is none of that id.
        """
        return self.ledger.cancel(reservation_id, now=self.now())

    def events(self) -> tuple[OrderPromised | OrderCancelled, ...]:
        """What the next `replan` must know: promises made since this plan, and planned ones that hold no longer."""
        self.ledger.expire(self.now())
        planned = self._shop.planned
        live = self.ledger.reservations()
        made = [promise_of(each) for each in live if each.offer.order.id not in planned]
        still = {each.offer.order.id for each in live}
        gone = {each.offer.order.id for each in self.ledger.reservations(("cancelled", "expired"))}
        return (*made, *(OrderCancelled(order_id=order_id) for order_id in sorted((gone - still) & planned)))


def _since(as_of: dt.datetime) -> Clock:
    """A clock that stands at `as_of` now, and goes on."""
    begun = time.monotonic()
    return partial(_moved_on, as_of, begun)


def _moved_on(as_of: dt.datetime, begun: float) -> dt.datetime:
    return as_of + dt.timedelta(seconds=time.monotonic() - begun)


def _name(plan: HarvestPlan, quantile: float) -> str:
    """The same for the same plan and quantile."""
    told = (plan.provenance.model_dump_json(), plan.value_vnd, len(plan.shipments), len(plan.picks), quantile)
    return hashlib.sha256(repr(told).encode()).hexdigest()[:24]
