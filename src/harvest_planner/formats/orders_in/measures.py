"""How many kilograms a line is, and what a kilogram brings, from the first source of the map that says something."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from harvest_planner.formats.orders_in.amounts import count_of, length_of, money_of, weight_of
from harvest_planner.formats.orders_in.basket import Basket, FieldError
from harvest_planner.formats.orders_in.baskets import Line
from harvest_planner.formats.orders_in.map_file import KgSource, MapFile, PriceSource
from harvest_planner.formats.orders_in.products import Meaning, Products
from harvest_planner.formats.orders_in.result import Parcel, chargeable_kg

_KG_UNITS = frozenset({"kg", "kí", "ký", "kilo", "kilogram"})
_OF_A_PARCEL = ("parcel_kg", "parcel_g", "height_cm")
_SIDES = ("length_cm", "width_cm", "height_cm")


class Measures:
    """Weights and prices by the rules of one map."""

    def __init__(self, rules: MapFile, products: Products) -> None:
        self._rules, self._products = rules, products

    def kg(self, line: Line, meaning: Meaning, alone: bool) -> float:
        """What a line weighs net [kg]; `alone`: no other line shares its parcel.

        Raises
        ------
        ValueError : no source of the map says it, or it says more than one line can be.
        """
        for source in self._rules.quantity.sources:
            found = self._kg_of(source, line, meaning, alone)
            if found is not None:
                if not 0 < found <= self._rules.quantity.most_kg:
                    most = self._rules.quantity.most_kg
                    raise ValueError(
                        f"more than 0 and at most {most:g} kg a line; this makes {found:g} kg: grams, perhaps?"
                    )
                return found
        raise ValueError(
            "kilograms: a weight in the name (5kg), a column of weights, or the map's kg_each of the product"
        )

    def _kg_of(self, source: KgSource, line: Line, meaning: Meaning, alone: bool) -> float | None:
        if source == "line":
            return self._weight(line, "line_kg", "line_g")
        if source == "parcel":
            return self._weight(line, "parcel_kg", "parcel_g") if alone else None
        each = self._each_kg(source, line, meaning)
        return None if each is None else each * self._pieces(line, each)

    def _each_kg(self, source: KgSource, line: Line, meaning: Meaning) -> float | None:
        """What one piece holds [kg]."""
        if source == "product":
            return meaning.kg_each
        if source == "pack":
            return meaning.pack_kg
        if source == "unit_weight":
            return self._weight(line, "unit_kg", "unit_g")
        unit = line.text("unit").lower()
        if not unit:
            return None
        return 1.0 if unit in _KG_UNITS else self._products.pack_kg(unit)

    def _pieces(self, line: Line, each_kg: float) -> float:
        """How often the line holds a piece; of loose kilograms it may hold parts."""
        given = line.cell("quantity")
        if given is None:
            return 1.0
        loose = each_kg == 1.0 and line.text("unit").lower() in _KG_UNITS
        if loose:
            return _told("quantity", weight_of, given, decimal_mark=self._rules.decimal_mark)
        return _told("quantity", count_of, given)

    def _weight(self, line: Line, kg_field: str, g_field: str) -> float | None:
        for name, in_g in ((kg_field, False), (g_field, True)):
            given = line.cell(name)
            if given is not None:
                # An export that has no weight of a product says 0.
                return _told(name, weight_of, given, in_g=in_g, decimal_mark=self._rules.decimal_mark) or None
        return None

    def price_vnd_per_kg(self, basket: Basket, line: Line, kg: float, total_kg: float) -> float:
        """What a kilogram of a line brings [VND/kg]; `total_kg` is that of all lines that share the order's total.

        Raises
        ------
        ValueError : no source of the map says it.
        """
        for source in self._rules.price.sources:
            found = self._price_of(source, basket, line, kg, total_kg)
            if found is not None:
                return found
        raise ValueError("a price: the total of the line, the price of a piece, or the order's total")

    def _price_of(self, source: PriceSource, basket: Basket, line: Line, kg: float, total_kg: float) -> float | None:
        if source == "line_total":
            given = line.cell("line_total_vnd")
            return None if given is None else _told("line_total_vnd", money_of, given) / kg
        if source == "unit_price":
            given, pieces = line.cell("unit_price_vnd"), line.cell("quantity")
            if given is None:
                return None
            times = 1.0 if pieces is None else _told("quantity", weight_of, pieces, decimal_mark=",")
            return _told("unit_price_vnd", money_of, given) * times / kg
        holder = basket.holder("order_total_vnd")
        if holder is None:
            return None
        basket.assumed.add("order_total")
        return _told("order_total_vnd", money_of, holder.cell("order_total_vnd")) / total_kg

    def parcel(self, basket: Basket, held_kg: float) -> Parcel | None:
        """What the carrier charges for, where the export states a box or a weight."""
        if all(basket.holder(name) is None for name in _OF_A_PARCEL):
            return None
        read = partial(weight_of, decimal_mark=self._rules.decimal_mark)
        stated = basket.stated("parcel_kg", read) or basket.stated("parcel_g", partial(read, in_g=True))
        sides = [basket.stated(name, _side) for name in _SIDES]
        weight_kg = stated or held_kg
        if all(sides):
            length, width, height = (side or 0.0 for side in sides)
            charged = chargeable_kg(weight_kg, length_cm=length, width_cm=width, height_cm=height)
        elif stated:
            charged = weight_kg
        else:
            return None
        return Parcel(marketplace_order=basket.number, kg=weight_kg, chargeable_kg=charged)


def _told(name: str, read: Callable[..., float], given: Any, **how: Any) -> float:
    """What a cell holds, or the fault of that field."""
    try:
        return read(given, **how)
    except ValueError as error:
        raise FieldError(name, str(error)) from None


def _side(value: Any) -> float | None:
    """A side of a box [cm]; 0 says that it is not known."""
    return None if str(value).strip() in ("0", "0.0") else length_of(value)
