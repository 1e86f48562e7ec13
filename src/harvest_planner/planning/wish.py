"""The buyer's side: what an order asks of fruit on arrival, in numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass

from harvest_planner.planning.curves import curve_of
from harvest_planner.ripening.curve import Curve
from harvest_planner.ripening.window import window_bounds
from harvest_planner.schema.crop import Crop
from harvest_planner.schema.goods import Order
from harvest_planner.schema.people import Place
from harvest_planner.schema.problem import PlanningProblem
from harvest_planner.transit.ambient import Ambient
from harvest_planner.transit.instants import hours_of


@dataclass(frozen=True, slots=True)
class Wish:
    """What makes a delivery good, shared by all orders that ask the same.

    Two orders with equal wishes have equal shares from every batch, day and journey.
    """

    crop_id: str
    destination_id: str
    deliver_from_h: float | None
    deliver_until_h: float
    due_h: float
    """From when on it costs that the parcel comes later; the deadline where that has no price."""
    lower_d20: float
    upper_d20: float
    fruit: int
    """Fruit in the parcel as ordered, n."""
    needed: int
    """Good fruit at which the buyer is content, k."""
    grade: str | None
    certifications: tuple[str, ...]

    @property
    def shape(self) -> Wish:
        """The wish whatever the size of its parcel: equal shapes have equal good shares."""
        return Wish(
            self.crop_id,
            self.destination_id,
            self.deliver_from_h,
            self.deliver_until_h,
            self.due_h,
            self.lower_d20,
            self.upper_d20,
            1,
            1,
            self.grade,
            self.certifications,
        )

    def of_crop(self, crop_id: str) -> Wish:
        """The same wish for another crop, which ripens alike and has as many fruit to the kilogram."""
        return Wish(
            crop_id,
            self.destination_id,
            self.deliver_from_h,
            self.deliver_until_h,
            self.due_h,
            self.lower_d20,
            self.upper_d20,
            self.fruit,
            self.needed,
            self.grade,
            self.certifications,
        )

    def serves(self, grades: tuple[str, ...], grade: str | None) -> bool:
        """Whether a batch of that grade is at least as good as asked."""
        if self.grade is None:
            return True
        return grade is not None and grades.index(grade) <= grades.index(self.grade)


@dataclass(frozen=True)
class BuyerOrder:
    """An order with its crop, destination and wish looked up once."""

    order: Order
    crop: Crop
    curve: Curve
    destination: Place
    wish: Wish
    room_degc: float

    @classmethod
    def of(cls, order: Order, problem: PlanningProblem, ambient: Ambient) -> BuyerOrder:
        """Look up what the order refers to and turn its words into bounds on the age at delivery."""
        crop = problem.crop(order.crop_id)
        curve = curve_of(crop)
        destination = problem.place(order.destination_id)
        until_h = hours_of(order.deliver_until_at)
        room = ambient.degc(destination.id, until_h) if order.room_degc is None else order.room_degc
        lower, upper = window_bounds(
            curve, ripe_within_days=order.ripe_within_days, keeps_days=order.keeps_days, room_degc=room
        )
        fruit = max(1, round(order.quantity_kg * (crop.fruit_per_kg or 1.0)))
        wish = Wish(
            crop_id=crop.id,
            destination_id=destination.id,
            deliver_from_h=None if order.deliver_from_at is None else hours_of(order.deliver_from_at),
            deliver_until_h=until_h,
            due_h=_due_h(order) if problem.policy.lateness_cost_vnd_per_kg_day > 0 else until_h,
            lower_d20=lower,
            upper_d20=upper,
            fruit=fruit,
            needed=math.ceil(fruit * order.accepts_share - 1e-9),
            grade=order.grade,
            certifications=tuple(sorted(order.certifications)),
        )
        return cls(order=order, crop=crop, curve=curve, destination=destination, wish=wish, room_degc=room)

    @property
    def due_h(self) -> float:
        """When the order is due, whatever it costs to be late [h since the epoch]."""
        return _due_h(self.order)

    def value_per_kg(self, good_share: float, cost_vnd_per_kg: float) -> float:
        """price·q − failure·(1 − q) − transport [VND/kg]."""
        order = self.order
        return order.price_vnd_per_kg * good_share - order.loss_vnd_per_kg * (1.0 - good_share) - cost_vnd_per_kg


def _due_h(order: Order) -> float:
    return hours_of(order.due_at or order.deliver_until_at)
