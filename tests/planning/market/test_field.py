"""What may still be picked: looked at trip by trip or all at once, it is the same."""

from __future__ import annotations

import numpy as np
from hypothesis import given, strategies as st

from harvest_planner.planning.market.market import Supply
from harvest_planner.planning.market.trips import Field

BATCHES, DAYS = 3, 4


@st.composite
def supplies(draw: st.DrawFn) -> Supply:
    """Three batches of two households, each with a trip on some of four days."""
    trips = draw(
        st.lists(st.tuples(st.integers(0, BATCHES - 1), st.integers(0, DAYS - 1)), min_size=1, max_size=10, unique=True)
    )
    batch, day = (np.array(column, dtype=np.int64) for column in zip(*trips, strict=True))
    home, count = batch // 2, len(trips)
    made = np.array(draw(st.lists(st.booleans(), min_size=count, max_size=count)))
    zero = np.zeros(count)
    return Supply(
        trip_batch=batch,
        trip_lot=np.zeros(count, dtype=np.int64),
        trip_home=home,
        trip_hands=home * DAYS + day,
        trip_packing=np.full(count, -1, dtype=np.int64),
        trip_day=day,
        trip_fee=zero,
        trip_least=np.array(draw(st.lists(st.sampled_from([0.0, 10.0, 40.0]), min_size=count, max_size=count))),
        trip_made=made,
        trip_surplus=zero,
        trip_standing=zero,
        trip_fair=np.full(count, -1, dtype=np.int64),
        batch_kg=np.array(draw(st.lists(st.sampled_from([0.0, 30.0, 100.0]), min_size=BATCHES, max_size=BATCHES))),
        batch_kept=np.zeros(BATCHES),
        batch_most=np.array(
            draw(st.lists(st.sampled_from([0.0, 1.0, 2.0, np.inf]), min_size=BATCHES, max_size=BATCHES))
        ),
        batch_spacing=np.array(draw(st.lists(st.integers(1, 3), min_size=BATCHES, max_size=BATCHES)), dtype=np.int64),
        batch_days={int(at): (int(day[trip]),) for trip, at in enumerate(batch) if made[trip]},
        hands_kg=np.array(
            draw(st.lists(st.sampled_from([0.0, 20.0, 60.0, np.inf]), min_size=2 * DAYS, max_size=2 * DAYS))
        ),
        packing_kg=np.empty(0),
        fair_kg=np.empty(0),
        fair_vnd=np.empty(0),
    )


@given(supplies(), st.data())
def test_all_at_once_is_as_one_by_one(supply: Supply, data: st.DataObject) -> None:
    trips = range(len(supply.trip_batch))
    field = Field(supply, np.zeros(len(trips)))
    for trip in data.draw(st.lists(st.sampled_from(trips), max_size=4)):
        if room := min(field.room(trip), 25.0):
            field.pick(trip, room)
    assert field.rooms().tolist() == [field.room(trip) for trip in trips]
