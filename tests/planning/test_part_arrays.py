"""A profile's outcomes in fine parts: by arrays as one after the other."""

from __future__ import annotations

import numpy as np
from hypothesis import given

import harvest_planner as hp
from harvest_planner.planning.meeting import Meeting
from harvest_planner.planning.part_arrays import PartArrays
from harvest_planner.planning.verdict import parts_of
from harvest_planner.transit.travel import Profile
from tests.strategies import planning_problems


@given(planning_problems())
def test_part_arrays_are_the_plain_parts(problem: hp.PlanningProblem) -> None:
    meeting = Meeting(problem)
    ways = {(trip.field.crop.id, order.destination_id) for trip in meeting.trips for order in problem.orders}
    for offer in (offer for way in sorted(ways) for offer in meeting.offers(*way)):
        profile = offer.journey.profile
        plain = parts_of(profile)
        listed = Profile(lambda outcomes=profile.outcomes: outcomes)  # type: ignore[misc]
        for found in (PartArrays.of(profile), PartArrays.of(listed)):
            assert found.probability.tolist() == list(plain.probabilities)
            for column, name in (("arrive_h", "arrive_h"), ("low_h", "low_h"), ("high_h", "high_h")):
                assert getattr(found, column).tolist() == [getattr(part, name) for part in plain.outcomes]
            np.testing.assert_array_equal(found.gains, np.array(plain.gains))
            np.testing.assert_array_equal(found.spans, np.array(plain.spans))
