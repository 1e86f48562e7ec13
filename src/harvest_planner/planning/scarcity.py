"""`plan.shadow_prices`: what one more kilogram of a scarce thing would bring at the margin."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Literal

import numpy as np

from harvest_planner.planning.allocation.components import Component
from harvest_planner.planning.allocation.model import Allocation, Floats, Ints
from harvest_planner.planning.allocation.prices import Prices, PriceTask, price
from harvest_planner.planning.leftover import KG_EPSILON
from harvest_planner.planning.meeting import Meeting
from harvest_planner.planning.modelling import Question
from harvest_planner.planning.patience import Patience
from harvest_planner.planning.pools import Trip
from harvest_planner.schema.clock import zone
from harvest_planner.schema.plan import ShadowPrice
from harvest_planner.transit.instants import instant_of

if TYPE_CHECKING:
    from harvest_planner.planning.wholesale import Wholesale

LEAST_VND = 0.5
"""A lower price is none [VND/kg]."""
QUICK_S = 0.2
"""What pricing may take beyond a time limit that has run out [s]."""
QUICK_COLUMNS = 20_000
"""Candidates beyond which it is not tried then."""
Run = Callable[[Callable[[PriceTask], Prices | None], Iterable[PriceTask]], Iterable[Prices | None]]


def shadow_prices(
    meeting: Meeting,
    question: Question,
    parts: Sequence[Component],
    whole: Allocation,
    *,
    run: Run,
    seed: int,
    patience: Patience,
) -> tuple[ShadowPrice, ...]:
    """The price of each scarce thing from the linear programme of each component with the plan's trips fixed.

    Whole orders are relaxed to parts, so a price belongs to the programme and not to the plan: to know what 50 kg more
    would bring, plan again (`what_if_more`). Where a time limit ran out and the programme is not a quick one there are
    no prices at all.
    """
    late = whole.timed_out or whole.interrupted or patience.over()
    if late and len(question.columns) > QUICK_COLUMNS:
        return ()
    enough = patience if patience.left_s > QUICK_S else Patience(QUICK_S)
    picked = np.bincount(question.model.column_trip, weights=whole.column_kg, minlength=len(question.trips))
    picked_trips = picked + whole.surplus_kg > KG_EPSILON
    tasks = [PriceTask(part.model, picked_trips[part.trips], seed, enough) for part in parts]
    found = list(run(price, tasks))
    if any(prices is None for prices in found):
        return ()
    joined = _joined(question, parts, [prices for prices in found if prices is not None])
    return tuple(sorted(_rows(meeting, question, joined), key=_rank))


def _rank(row: ShadowPrice) -> tuple[str, bool, str]:
    return row.resource, row.day is not None, row.day.isoformat() if row.day else ""


def _joined(question: Question, parts: Sequence[Component], found: Sequence[Prices]) -> Prices:
    """The prices of the whole model from those of its components, which number their own limits from 0."""
    model = question.model
    joined = Prices(*(np.zeros(len(kg)) for kg in (model.picker_kg, model.packing_kg, model.lane_kg, model.batch_kg)))
    for part, prices in zip(parts, found, strict=True):
        own, trips = part.model, part.trips
        _put(joined.picker, model.trip_picker[trips], prices.picker, own.trip_picker)
        _put(joined.packing, model.trip_packing[trips], prices.packing, own.trip_packing)
        _put(joined.batch, model.trip_batch[trips], prices.batch, own.trip_batch)
        if prices.lane.any():
            of_whole = (model.column_lanes[column] for column in part.columns.tolist())
            for wholly, lanes in set(zip(of_whole, own.column_lanes, strict=True)):
                joined.lane[list(wholly)] = prices.lane[list(lanes)]
    return joined


def _put(whole: Floats, at: Ints, part: Floats, own: Ints) -> None:
    limited = own >= 0
    whole[at[limited]] = part[own[limited]]


def _rows(meeting: Meeting, question: Question, prices: Prices) -> Iterator[ShadowPrice]:
    model = question.model
    yield from _of_trips(
        question.trips,
        ("picker", model.trip_picker, prices.picker, model.picker_kg),
        ("packing", model.trip_packing, prices.packing, model.packing_kg),
        ("batch", model.trip_batch, _on_tree(prices.batch, model.batch_kept_vnd_per_kg), model.batch_kg),
    )
    yield from _of_departures(meeting, question.departures, prices.lane, model.lane_kg)


def market_prices(whole: Wholesale) -> tuple[ShadowPrice, ...]:
    """The same of a large plan: the prices at which demand meets what the plan's trips can bring."""
    market, scarce = whole.laid.market, whole.decision.scarce
    supply = market.supply
    rows = chain(
        _of_trips(
            whole.laid.trips,
            ("picker", supply.trip_hands, scarce.hands, supply.hands_kg),
            ("packing", supply.trip_packing, scarce.packing, supply.packing_kg),
            ("batch", supply.trip_batch, _on_tree(scarce.batch, supply.batch_kept), supply.batch_kg),
        ),
        _of_departures(whole.meeting, whole.laid.departures, scarce.departure, market.departure_kg),
    )
    return tuple(sorted(rows, key=_rank))


def _on_tree(worth: Floats, kept: Floats) -> Floats:
    """Prices of batches with what a kilogram is worth on the tree, where they have any."""
    return np.where(worth > LEAST_VND, worth + kept, 0.0)


_Limit = tuple[Literal["picker", "packing", "batch"], Ints, Floats, Floats]
"""Kind, of each trip its number (−1: none), of each number price [VND/kg] and amount [kg]."""


def _of_trips(trips: Sequence[Trip], *limits: _Limit) -> Iterator[ShadowPrice]:
    for kind, owner, worth, amount in limits:
        numbers, first = np.unique(owner, return_index=True)
        for number, at in zip(numbers.tolist(), first.tolist(), strict=True):
            if number < 0 or worth[number] <= LEAST_VND:
                continue
            field, day = trips[at].field, trips[at].day
            name = {"picker": field.grower.id, "packing": field.place.id, "batch": field.batch.id}[kind]
            yield ShadowPrice(
                resource=f"{kind}:{name}",
                day=None if kind == "batch" else day.pick_on,
                amount=round(float(amount[number]), 6),
                vnd_per_unit=round(float(worth[number]), 2),
            )


def _of_departures(
    meeting: Meeting, departures: Sequence[tuple[str, float]], worth: Floats, amount: Floats
) -> Iterator[ShadowPrice]:
    departing = [(departures[number][1], number) for number in np.flatnonzero(worth > LEAST_VND).tolist()]
    for departs_h, number in sorted(departing):
        lane = meeting.lanes[departures[number][0]]
        yield ShadowPrice(
            resource=f"departure:{lane.id}",
            day=instant_of(departs_h, zone(meeting.problem.place(lane.origin_id).timezone)).date(),
            amount=round(float(amount[number]), 6),
            vnd_per_unit=round(float(worth[number]), 2),
        )
