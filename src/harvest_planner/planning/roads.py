"""A problem's transport, made once for each problem in use: dating all departures costs more than a question."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Iterable

from harvest_planner.schema.lane import Lane
from harvest_planner.schema.problem import PlanningProblem
from harvest_planner.transit.ambient import Ambient
from harvest_planner.transit.estimate import embargoes_of
from harvest_planner.transit.network import Network


class Travel:
    """The network of a problem's lanes, or of others, under its embargoes and in its air.

    Parameters
    ----------
    problem : brings embargoes, places, the moment of planning and the horizon.
    lanes : all lanes.
    """

    def __init__(self, problem: PlanningProblem, lanes: Iterable[Lane]) -> None:
        self.problem = problem
        self.lanes = {lane.id: lane for lane in lanes}
        self.ambient = Ambient(problem)
        self.network = Network(
            self.lanes.values(),
            place=problem.place,
            embargoes=embargoes_of(problem),
            ambient=self.ambient,
            as_of=problem.as_of,
            horizon_days=problem.policy.horizon_days,
        )


_LOCK = threading.Lock()
_KEPT: dict[int, tuple[weakref.ref[PlanningProblem], Travel]] = {}


def travel_of(problem: PlanningProblem) -> Travel:
    """The travel over the problem's own lanes, kept as long as the problem is in use."""
    key = id(problem)
    with _LOCK:
        kept = _KEPT.get(key)
    if kept is not None and kept[0]() is problem:
        return kept[1]
    # A copy: what is kept must not keep the problem alive.
    made = Travel(problem.model_copy(), problem.lanes)

    def drop(gone: weakref.ref[PlanningProblem]) -> None:
        with _LOCK:
            if key in _KEPT and _KEPT[key][0] is gone:
                del _KEPT[key]

    with _LOCK:
        _KEPT[key] = (weakref.ref(problem, drop), made)
    return made
