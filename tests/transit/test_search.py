"""The search offers what looking at every chain would: nothing that is not outdone is left out."""

from __future__ import annotations

from collections.abc import Iterator

from hypothesis import given, settings, strategies as st

from harvest_planner.schema.lane import Lane
from harvest_planner.schema.policy import Policy
from harvest_planner.schema.problem import PlanningProblem
from harvest_planner.transit.ambient import Ambient
from harvest_planner.transit.law import ChainLaw, Ends, Laws
from harvest_planner.transit.lines import Ageing
from harvest_planner.transit.network import ALTERNATIVES_WITHIN_H, Network
from harvest_planner.transit.search import MOST_LANES, Figures, Search
from harvest_planner.transit.timetable import Timetable
from tests.transit.helpers import AS_OF, h, lane, places

PLACES = "ABCDE"
WARM = {"A": 30.0, "B": 24.0, "C": 18.0, "D": 27.0, "E": 33.0}


def speed(degc: float) -> float:
    """Ageing that doubles with ten degrees."""
    return float(2.0 ** ((degc - 20.0) / 10.0))


@st.composite
def lanes(draw: st.DrawFn) -> tuple[Lane, ...]:
    """Up to fourteen lanes between five places, of every kind of duration."""
    found = []
    ends = st.tuples(st.sampled_from(PLACES), st.sampled_from(PLACES))
    for number in range(draw(st.integers(2, 14))):
        origin, destination = draw(ends)
        p50 = draw(st.sampled_from([1.0, 3.0, 8.0, 20.0]))
        stated: dict[str, object] = draw(
            st.sampled_from(
                [
                    {"p50": p50, "p95": p50},
                    {"p50": p50, "p95": 2.5 * p50},
                    {"p50": p50, "p95": p50 + 4.0, "on_schedule_share": 0.6},
                    {"p50": p50, "p95": 1.5 * p50, "transit_min_h": 0.5 * p50},
                    {"p50": None, "p95": None, "transit_samples_h": (p50, p50 + 1, p50 + 1, p50 + 9, 2 * p50 + 9)},
                ]
            )
        )
        found.append(
            lane(
                f"{origin}>{destination}/{number}",
                at=draw(st.sampled_from(["6", "18", "5,11,17,23"])),
                cost_vnd_per_kg=draw(st.sampled_from([0.0, 1000.0, 3000.0])),
                temperature_degc=draw(st.sampled_from([None, None, 12.0])),
                cutoff_h=draw(st.sampled_from([0.0, 2.0])),
                capacity_kg=draw(st.sampled_from([None, None, None, 50.0])),
                **stated,  # type: ignore[arg-type]
            )
        )
    return tuple(found)


def every_chain(laws: Laws, origin: str, destination: str, ready_h: float, within_h: float) -> Iterator[ChainLaw]:
    """The exact law of each chain, one after the other."""
    waiting_per_h = laws.ageing.waiting_per_h(origin, ready_h)

    def further(law: ChainLaw, passed: tuple[str, ...]) -> Iterator[ChainLaw]:
        if law.line.destination_id == destination:
            yield law
        elif len(law.legs) < MOST_LANES:
            for line in laws.leaving(law.line.destination_id):
                if line.destination_id not in passed:
                    longer = laws.extended(law, line)
                    if longer is not None:
                        yield from further(longer, (*passed, line.destination_id))

    for line in laws.leaving(origin):
        if (line.destination_id == origin) != (origin == destination):
            continue
        departures = line.service.departures_from(ready_h, within_h=within_h)
        first = line.service.first_index(ready_h)
        for number, departs_h in enumerate(departures):
            begun = laws.begun(line, first + number, age_d20=waiting_per_h * (departs_h - ready_h))
            for law in further(begun, (origin, line.destination_id)):
                if number == 0 or law.limited:
                    yield law


def not_outdone(laws: list[ChainLaw]) -> set[tuple[tuple[str, ...], float]]:
    """The names of those that no other outdoes, as the documentation says it."""
    rows = [((*law.quantiles_h, law.cost_vnd_per_kg, law.age_d20), law, name_of(law)) for law in laws]
    kept = set()
    for figures, law, name in rows:
        for others, other, rank in rows:
            if other is law or other.limited or any(a > b + 1e-9 for a, b in zip(others, figures, strict=True)):
                continue
            if any(a < b - 1e-9 for a, b in zip(others, figures, strict=True)) or law.limited or rank < name:
                break
        else:
            kept.add(name)
    return kept


def name_of(law: ChainLaw) -> tuple[tuple[str, ...], float]:
    return tuple(service.lane.id for service in law.services), law.departs_h


@settings(max_examples=400)
@given(lanes(), st.floats(0.0, 48.0), st.booleans())
def test_what_is_on_offer_is_what_no_chain_outdoes(given_lanes: tuple[Lane, ...], later: float, still: bool) -> None:
    problem = PlanningProblem(as_of=AS_OF, places=places(given_lanes, **WARM), policy=Policy(horizon_days=3))
    ambient, ready_h = Ambient(problem), h("10 05:00") + later
    clock = (lambda degc: 0.0) if still else speed
    net = Network(given_lanes, place=problem.place, ambient=ambient, as_of=AS_OF, horizon_days=3)
    timetable = Timetable(as_of=AS_OF, horizon_days=3, embargoes=())
    services = {
        each.id: timetable.service(
            each, origin_id=each.origin_id, destination_id=each.destination_id, timezone="Asia/Ho_Chi_Minh", goods=None
        )
        for each in given_lanes
    }
    ends = [Ends(each.id, each.origin_id, each.destination_id) for each in given_lanes]
    laws = Laws(ends, services.__getitem__, Ageing(clock, ambient))
    known = {place.id for place in problem.places}
    for origin, destination in (("A", "B"), ("A", "E"), ("C", "C")):
        if not {origin, destination} <= known:
            continue
        found = net.journeys(origin, destination, ready_h=ready_h, goods=None, clocks=(clock,), clocks_key="speed")
        told = {(journey.lane_ids, journey.first_departure_h) for journey in found}
        limited = any(each.capacity_kg is not None for each in given_lanes)
        chains = every_chain(laws, origin, destination, ready_h, ALTERNATIVES_WITHIN_H if limited else 0.0)
        assert told == not_outdone(list(chains))


@settings(max_examples=60)
@given(lanes())
def test_rough_laws_are_no_later_than_the_exact_ones(given_lanes: tuple[Lane, ...]) -> None:
    """What the search drops by a bound of a rough law is no better than the bound says."""
    problem = PlanningProblem(as_of=AS_OF, places=places(given_lanes, **WARM), policy=Policy(horizon_days=3))
    timetable = Timetable(as_of=AS_OF, horizon_days=3, embargoes=())
    ends = [Ends(each.id, each.origin_id, each.destination_id) for each in given_lanes]
    laws = Laws(
        ends,
        lambda lane_id: timetable.service(
            next(each for each in given_lanes if each.id == lane_id),
            origin_id=lane_id[0],
            destination_id=lane_id[2],
            timezone="Asia/Ho_Chi_Minh",
            goods=None,
        ),
        Ageing(speed, Ambient(problem)),
    )
    search = Search(laws, prunes=True)
    for origin in {each.origin_id for each in given_lanes}:
        for destination in {each.destination_id for each in given_lanes} - {origin}:
            to_go = [search._least_to_go(destination, lanes) for lanes in range(MOST_LANES)]
            for law in every_chain(laws, origin, destination, h("10 05:00"), 0.0):
                _bounds_hold(law, laws, search, to_go)


def _bounds_hold(law: ChainLaw, laws: Laws, search: Search, to_go: list[dict[str, Figures]]) -> None:
    figures = (*law.quantiles_h, law.cost_vnd_per_kg, law.age_d20)
    rough = law.legs[0]
    for leg in law.legs:
        if leg is not law.legs[0]:
            longer = laws.extended(rough, leg.line, roughly=True)
            assert longer is not None
            rough = longer
        rest = to_go[MOST_LANES - len(rough.legs)][leg.line.destination_id]
        bound = search._label(rough, rest, (), False, 0).bound
        assert all(least <= figure + 1e-6 for least, figure in zip(bound, figures, strict=True)), (bound, figures)
