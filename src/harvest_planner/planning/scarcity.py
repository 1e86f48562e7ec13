"""`plan.shadow_prices`: what one more kilogram of a scarce thing would bring at the margin."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np

from harvest_planner.planning.allocation.components import Component
from harvest_planner.planning.allocation.model import Allocation, Floats, Ints
from harvest_planner.planning.allocation.prices import Prices, PriceTask, price
from harvest_planner.planning.leftover import KG_EPSILON
from harvest_planner.planning.meeting import Meeting
from harvest_planner.planning.modelling import Question
from harvest_planner.planning.patience import Patience
from harvest_planner.schema.clock import zone
from harvest_planner.schema.plan import ShadowPrice
from harvest_planner.transit.instants import instant_of

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
            pairs = zip(part.columns.tolist(), own.column_lanes, strict=True)
            for column, lanes in pairs:
                joined.lane[list(model.column_lanes[column])] = prices.lane[list(lanes)]
    return joined


def _put(whole: Floats, at: Ints, part: Floats, own: Ints) -> None:
    limited = own >= 0
    whole[at[limited]] = part[own[limited]]


def _rows(meeting: Meeting, question: Question, prices: Prices) -> Iterator[ShadowPrice]:
    model = question.model
    for kind, owner, worth, amount in (
        ("picker", model.trip_picker, prices.picker, model.picker_kg),
        ("packing", model.trip_packing, prices.packing, model.packing_kg),
        ("batch", model.trip_batch, prices.batch, model.batch_kg),
    ):
        first = _first_trips(owner)
        for number in np.flatnonzero(worth > LEAST_VND).tolist():
            trip = question.trips[first[number]]
            field = trip.field
            name = {"picker": field.grower.id, "packing": field.place.id, "batch": field.batch.id}[kind]
            kept = float(model.batch_kept_vnd_per_kg[number]) if kind == "batch" else 0.0
            yield ShadowPrice(
                resource=f"{kind}:{name}",
                day=None if kind == "batch" else trip.day.pick_on,
                amount=round(float(amount[number]), 6),
                vnd_per_unit=round(float(worth[number]) + kept, 2),
            )
    departing = [(question.departures[n][1], n) for n in np.flatnonzero(prices.lane > LEAST_VND).tolist()]
    for departs_h, number in sorted(departing):
        lane = meeting.lanes[question.departures[number][0]]
        yield ShadowPrice(
            resource=f"departure:{lane.id}",
            day=instant_of(departs_h, zone(meeting.problem.place(lane.origin_id).timezone)).date(),
            amount=round(float(model.lane_kg[number]), 6),
            vnd_per_unit=round(float(prices.lane[number]), 2),
        )


def _first_trips(owner: Ints) -> dict[int, int]:
    """A trip of each thing's."""
    return {number: trip for trip, number in reversed(list(enumerate(owner.tolist())))}
