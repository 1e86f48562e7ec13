"""When an order was placed, by when it is to be confirmed, and between when it is to be delivered."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from harvest_planner.formats.orders_in.basket import Basket
from harvest_planner.formats.orders_in.instants import instant_of
from harvest_planner.formats.orders_in.map_file import MapFile, Marketplace, State
from harvest_planner.schema.clock import zone


@dataclass(frozen=True)
class Times:
    """The instants of one order."""

    placed_at: dt.datetime | None
    confirm_by_at: dt.datetime | None
    deliver_from_at: dt.datetime | None
    deliver_until_at: dt.datetime


class Deadlines:
    """Instants by the rules of one map."""

    def __init__(self, rules: MapFile) -> None:
        self._assumed, self._timezone = rules.assumptions, rules.timezone
        # Orders of a day share their instants to the minute.
        self._read = lru_cache(maxsize=65536)(instant_of)

    def times(self, basket: Basket, state: State, market: Marketplace) -> Times | None:
        """The instants of an order; None where one is at fault, which is then noted."""
        before = len(basket.faults)
        assumed = self._assumed
        placed = self._stated(basket, "placed_at", assumed.placed_clock)
        confirm = self._stated(basket, "confirm_by_at", assumed.deliver_until_clock)
        deliver_from = self._stated(basket, "deliver_from_at", assumed.deliver_from_clock)
        until = self._until(basket, placed)
        if until is not None and placed is not None and until <= placed:
            self._blame(
                basket, "deliver_until_at", "placed_at", f"a deadline after the order was placed ({placed.date()})"
            )
        if until is not None and deliver_from is not None and until < deliver_from:
            self._blame(basket, "deliver_until_at", "deliver_from_at", "a deadline after the first day of delivery")
        if until is None or len(basket.faults) > before:
            return None
        if confirm is None and state == "reserved" and placed is not None and market.confirm_within_h is not None:
            confirm = placed + dt.timedelta(hours=market.confirm_within_h)
        return Times(placed, confirm if state == "reserved" or not basket.text("state") else None, deliver_from, until)

    def _until(self, basket: Basket, placed: dt.datetime | None) -> dt.datetime | None:
        """The deadline: as stated, else some days after the hand-over, else some days after the order."""
        assumed = self._assumed
        if basket.holder("deliver_until_at") is not None:
            return self._stated(basket, "deliver_until_at", assumed.deliver_until_clock)
        if basket.holder("ship_by_at") is not None:
            basket.assumed.add("after_ship_by_days")
            handed = self._stated(basket, "ship_by_at", assumed.deliver_until_clock)
            return handed and self._evening(handed, assumed.after_ship_by_days)
        if placed is not None:
            basket.assumed.add("deliver_within_days")
            return self._evening(placed, assumed.deliver_within_days)
        if basket.holder("placed_at") is None:
            line = basket.lines[0]
            expected = "a deadline, or the day the order was placed, from which the map reckons one; it has neither"
            basket.faults.append(line.fault("deliver_until_at", expected, ""))
        return None

    def _evening(self, start: dt.datetime, days: float) -> dt.datetime:
        day = (start + dt.timedelta(days=days)).date()
        return dt.datetime.combine(day, self._assumed.deliver_until_clock, tzinfo=zone(self._timezone))

    def _stated(self, basket: Basket, name: str, clock: dt.time) -> dt.datetime | None:
        def read(value: Any) -> dt.datetime:
            return self._read(value, self._timezone, clock)

        return basket.stated(name, read)

    @staticmethod
    def _blame(basket: Basket, name: str, otherwise: str, expected: str) -> None:
        line = basket.holder(name) or basket.holder(otherwise) or basket.lines[0]
        basket.faults.append(line.fault(name if basket.holder(name) else otherwise, expected))
