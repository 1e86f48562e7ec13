"""Orders folded: those that ask the same share one wish, however many they are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harvest_planner.planning.curves import curve_of
from harvest_planner.planning.meeting import Meeting
from harvest_planner.planning.settled import PLANNED_STATES, Used
from harvest_planner.planning.wish import Wish
from harvest_planner.schema.goods import Order
from harvest_planner.schema.record_table import RecordTable, table_of

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
KG_EPSILON = 1e-6
_SHAPED_BY = (
    "destination_id",
    "deliver_from_at",
    "due_at",
    "deliver_until_at",
    "ripe_within_days",
    "keeps_days",
    "room_degc",
    "grade",
    "certifications",
)
_SIZED_BY = ("quantity_kg", "accepts_share")


@dataclass(frozen=True)
class Asked:
    """Orders with something left to be decided, by id.

    Attributes
    ----------
    row : of each, its row in the problem's table.
    kg : what is left of each [kg].
    wish : of each, its number in `wishes`.
    whole_kg : as ordered [kg].
    """

    table: RecordTable[Order]
    row: Ints
    kg: Floats
    whole_kg: Floats
    price: Floats
    loss: Floats
    splits: Bools
    wish: Ints
    wishes: Sequence[Wish]
    rooms: Sequence[tuple[str, str, float]]
    """Of each wish, crop, destination and the temperature of its first buyer's room [°C]."""

    def __len__(self) -> int:
        return len(self.row)

    def order(self, number: int) -> Order:
        """The record."""
        return self.table[int(self.row[number])]


def folded(meeting: Meeting, used: Used, *, sized: bool) -> Asked:
    """The open orders of the meeting's problem.

    Parameters
    ----------
    sized : whether the size of parcels matters; else all wishes of one shape are one.
    """
    problem = meeting.problem
    table = table_of(problem.orders, Order)
    planned = _where(table, "state", lambda state: state in PLANNED_STATES)
    planned &= _where(table, "confirm_by_at", lambda at: at is None or at >= problem.as_of)
    kg = numbers(table, "quantity_kg").copy()
    splits = numbers(table, "may_split").astype(bool)
    if used.order_kg:
        rows = dict(zip(table.column("id"), range(len(table)), strict=True))
        for order_id, committed in used.order_kg.items():
            row = rows[order_id]
            kg[row] -= committed
            if committed > 0 and not (splits[row] and kg[row] > KG_EPSILON):
                planned[row] = False
    row = np.flatnonzero(planned)
    ids = list(table.column("id"))
    row = row[np.argsort(np.argsort(_rank(ids))[row], kind="stable")] if not _rising(ids) else row
    price = numbers(table, "price_vnd_per_kg")
    failure = numbers(table, "failure_cost_vnd_per_kg")
    loss = np.where(np.isnan(failure), price, failure)
    wish, wishes, rooms = _wishes(meeting, table, row, sized=sized)
    whole = numbers(table, "quantity_kg")[row]
    return Asked(table, row, kg[row], whole, price[row], loss[row], splits[row], wish, wishes, rooms)


def numbers(table: RecordTable[Order], name: str) -> Floats:
    """A column of numbers; NaN where there is none."""
    column = table.column(name)
    values = np.array([np.nan if value is None else float(value) for value in column.values])
    return values[np.frombuffer(column.codes, dtype=np.int32)] if len(values) else np.empty(0)


def _codes(table: RecordTable[Order], name: str) -> Ints:
    return np.frombuffer(table.column(name).codes, dtype=np.int32).astype(np.int64)


def _where(table: RecordTable[Order], name: str, test: Callable[[Any], bool]) -> Bools:
    column = table.column(name)
    fine: Bools = np.array([test(value) for value in column.values], dtype=np.bool_)
    return fine[np.frombuffer(column.codes, dtype=np.int32)] if len(fine) else fine


def _rising(ids: Sequence[str]) -> bool:
    return all(one < other for one, other in pairwise(ids))


def _rank(ids: Sequence[str]) -> Ints:
    """Rows by id."""
    return np.array(sorted(range(len(ids)), key=ids.__getitem__), dtype=np.int64)


def _wishes(
    meeting: Meeting, table: RecordTable[Order], row: Ints, *, sized: bool
) -> tuple[Ints, list[Wish], list[tuple[str, str, float]]]:
    crops = [meeting.problem.crop(crop_id) for crop_id in table.column("crop_id").values]
    likes: dict[tuple[int, float | None], int] = {}
    like = [likes.setdefault((id(curve_of(crop)), crop.fruit_per_kg), len(likes)) for crop in crops]
    crop_code = _codes(table, "crop_id")[row]
    key = np.array(like, dtype=np.int64)[crop_code]
    for name in (*_SHAPED_BY, *(_SIZED_BY if sized else ())):
        codes = _codes(table, name)[row]
        _, key = np.unique(key * (int(codes.max(initial=0)) + 1) + codes, return_inverse=True)
        key = key.reshape(-1).astype(np.int64)
    _, first = np.unique(key, return_index=True)
    # What is asked of one crop is asked of every other that ripens and counts alike.
    alike = [meeting.buyer(table[at]) for at in row[first].tolist()]
    wished = [buyer.wish if sized else buyer.wish.shape for buyer in alike]
    _, first, which = np.unique(crop_code * max(1, len(first)) + key, return_index=True, return_inverse=True)
    numbers_: dict[Wish, int] = {}
    rooms: list[tuple[str, str, float]] = []
    of_key = np.zeros(len(first), dtype=np.int64)
    for number, (example, code) in enumerate(zip(key[first].tolist(), crop_code[first].tolist(), strict=True)):
        wish = wished[example].of_crop(crops[code].id)
        known = len(numbers_)
        of_key[number] = numbers_.setdefault(wish, known)
        if len(numbers_) > known:
            rooms.append((wish.crop_id, wish.destination_id, alike[example].room_degc))
    return of_key[which.reshape(-1)], list(numbers_), rooms
