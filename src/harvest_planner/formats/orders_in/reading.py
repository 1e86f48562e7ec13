"""The lines of an order understood by the rules of the map: state, products, kilograms, prices, destination, times."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from pydantic import ValidationError

from harvest_planner.catalogue import fold
from harvest_planner.formats.orders_in.addresses import Addresses
from harvest_planner.formats.orders_in.basket import Basket
from harvest_planner.formats.orders_in.baskets import Line, skipped
from harvest_planner.formats.orders_in.column_map import ColumnMap
from harvest_planner.formats.orders_in.contacts import contacts_of, phone_number
from harvest_planner.formats.orders_in.deadlines import Deadlines, Times
from harvest_planner.formats.orders_in.map_file import State
from harvest_planner.formats.orders_in.markets import Markets
from harvest_planner.formats.orders_in.measures import Measures
from harvest_planner.formats.orders_in.products import AskError, Meaning, Products
from harvest_planner.schema.goods import Order

_PLANNED = ("reserved", "firm")


@dataclass(frozen=True, slots=True)
class _Common:
    """What all lines of an order share."""

    marketplace: str
    id_prefix: str
    state: State
    destination_id: str
    times: Times


@dataclass(frozen=True, slots=True)
class _Goods:
    """What one line of an order is."""

    order_id: str
    line: Line
    meaning: Meaning
    kg: float


class Reader:
    """Understands the orders of one export."""

    def __init__(self, column_map: ColumnMap) -> None:
        self._map = column_map
        self._rules = column_map.rules
        self._products = Products(column_map)
        self._addresses = Addresses(column_map)
        self._markets = Markets(column_map)
        self._measures = Measures(column_map.rules, self._products)
        self._deadlines = Deadlines(column_map.rules)
        self._states = lru_cache(maxsize=4096)(self._state_of)
        self._phrases = {f" {word} ": state for word, state in column_map.states.items()}

    def read(self, number: str, lines: Sequence[Line]) -> Basket:
        """The order of a marketplace: whole, or everything that is wrong with it."""
        basket = Basket(number, lines)
        states = [self._state(basket, line) for line in lines]
        open_lines = []
        for place, (line, state) in enumerate(zip(lines, states, strict=True), start=1):
            if state in _PLANNED:
                open_lines.append((place, line))
            elif state is not None:
                basket.skipped.append(skipped(number, state, line))
        if open_lines:
            self._read_open(basket, open_lines, states[open_lines[0][0] - 1] or "firm")
        return basket

    def _read_open(self, basket: Basket, open_lines: Sequence[tuple[int, Line]], state: State) -> None:
        common = self._common(basket, state)
        prefix = common.id_prefix if common else ""
        goods = []
        for place, line in open_lines:
            order_id = prefix + (basket.number if len(basket.lines) == 1 else f"{basket.number}-{place}")
            found = self._goods(basket, line, order_id, alone=len(basket.lines) == 1)
            goods += [found] if found else []
        if common is None or len(goods) < len(open_lines):
            return
        total_kg = math.fsum(one.kg for one in goods)
        basket.orders = [order for one in goods if (order := self._order(basket, one, common, total_kg))]
        basket.parcel = self._measures.parcel(basket, total_kg)
        basket.contacts = contacts_of(basket, (order.id for order in basket.orders), common.marketplace)

    def _state(self, basket: Basket, line: Line) -> State | None:
        text = line.text("state") or basket.text("state")
        if not text:
            basket.assumed.add("state")
            return self._rules.assumptions.state
        return basket.attempt(line, "state", self._states, text)

    def _state_of(self, text: str) -> State:
        folded = fold(text)
        if folded in self._map.states:
            return self._map.states[folded]
        held = [word for word in self._phrases if word in f" {folded} "]
        if not held:
            raise AskError(
                "state", text, f"a state of the map; add it under [states] ({', '.join(self._rules.states)})"
            )
        return self._phrases[max(held, key=len)]

    def _common(self, basket: Basket, state: State) -> _Common | None:
        first = basket.lines[0]
        numbers = (basket.number, basket.text("parcel_no"))
        table = first.table
        name = self._markets.of_order(basket.text("marketplace"), numbers, table.sheet.name, table.header)
        market = self._markets.rules(name)
        self._one_recipient(basket)
        place_id = self._destination(basket)
        times = self._deadlines.times(basket, state, market)
        if place_id is None or times is None:
            return None
        return _Common(name, market.id_prefix, state, place_id, times)

    def _one_recipient(self, basket: Basket) -> None:
        """One order goes to one person; what the lines say of that is not shown."""
        if len(basket.lines) == 1:
            return
        for name in ("phone", "province"):
            said = {
                phone_number(line.text(name)) if name == "phone" else fold(line.text(name)) for line in basket.lines
            }
            if len(said - {""}) > 1:
                line = basket.lines[-1]
                basket.faults.append(line.fault(name, f"one recipient for order {basket.number}; its rows differ", ""))

    def _destination(self, basket: Basket) -> str | None:
        line = basket.holder("province") or basket.holder("address") or basket.lines[0]
        name = "province" if line.cell("province") is not None else "address"
        levels = [basket.text(level) for level in ("address", "ward", "district", "province")]
        return basket.attempt(line, name, self._addresses.place_id, *levels)

    def _goods(self, basket: Basket, line: Line, order_id: str, *, alone: bool) -> _Goods | None:
        texts = [line.text(name) for name in ("product", "variation", "grade")]
        if not texts[0]:
            basket.faults.append(line.fault("product", "the name of a product"))
            return None
        meaning = basket.attempt(line, "product", self._products.meaning, *texts)
        if meaning is None:
            return None
        kg = basket.attempt(line, "quantity", self._measures.kg, line, meaning, alone)
        return None if kg is None else _Goods(order_id, line, meaning, kg)

    def _order(self, basket: Basket, goods: _Goods, common: _Common, total_kg: float) -> Order | None:
        line, times = goods.line, common.times
        price = basket.attempt(
            line, "line_total_vnd", self._measures.price_vnd_per_kg, basket, line, goods.kg, total_kg
        )
        if price is None:
            return None
        try:
            return Order(
                id=goods.order_id,
                crop_id=goods.meaning.crop_id,
                quantity_kg=goods.kg,
                destination_id=common.destination_id,
                deliver_until_at=times.deliver_until_at,
                price_vnd_per_kg=round(price, 2),
                deliver_from_at=times.deliver_from_at,
                placed_at=times.placed_at,
                confirm_by_at=times.confirm_by_at,
                grade=goods.meaning.grade,
                state="reserved" if common.state == "reserved" else "firm",
                basket_id=basket.number if len(basket.lines) > 1 else None,
            )
        except ValidationError as error:
            told = error.errors(include_url=False, include_input=False)
            expected = "; ".join(item["msg"].removeprefix("Value error, ") for item in told)
            basket.faults.append(line.fault("order", expected))
            return None
