"""Which chains can be worth offering: a best-first search over laws that drops what is surely outdone.

A chain so far is bounded from below, in every figure by which journeys outdo each other, by its own law and the least
that any way from its end to the destination can add. Once a chain that arrives outdoes these bounds, nothing that begins
like this can be offered.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from harvest_planner.transit.chains import MOST_LANES
from harvest_planner.transit.law import Ageing, ChainLaw, begun, extended
from harvest_planner.transit.timetable import Service

_SURELY = 1e-6
"""A figure that is lower by more than this is lower."""
QUANTILES = (0.05, 0.5, 0.95)

Figures = tuple[float, float, float, float, float]
"""5, 50 and 95 % quantile of arrival [h], cost [VND/kg], mean age gained from being ready on [d20]: less is better."""


class ToGo(NamedTuple):
    """The least that lies between a place and the destination: hours, cost [VND/kg] and mean age [d20]."""

    hours: float
    cost_vnd_per_kg: float
    age_d20: float


class Found(NamedTuple):
    """A chain that arrives, with the departure it begins with."""

    services: tuple[Service, ...]
    departs_h: float
    figures: Figures
    limited: bool


class Search:
    """The services that take some goods, and the least that each place is away from one destination.

    Parameters
    ----------
    leaving : services by the place they leave from.
    destination_id : where the chains shall end.
    ageing : mean ages on services and at places.
    """

    def __init__(
        self, leaving: Callable[[str], Sequence[Service]], to_go: dict[str, ToGo], destination_id: str, ageing: Ageing
    ) -> None:
        self._leaving, self._to_go = leaving, to_go
        self._destination_id, self._ageing = destination_id, ageing

    def chains(self, origin_id: str, *, ready_h: float, within_h: float, waiting_per_h: float) -> Iterator[Found]:
        """Chains that may be offered for goods ready at an instant; what is left out is outdone by one of them.

        Chains with a limited service may begin with any departure of their first within `within_h` of the earliest.
        """
        front: list[Figures] = []
        heap: list[tuple[float, int, ChainLaw, float, bool, frozenset[str]]] = []
        count = 0
        for service in self._leaving(origin_id):
            for number, departs_h in enumerate(service.departures_from(ready_h, within_h=within_h)):
                if service.destination_id != self._destination_id and service.destination_id not in self._to_go:
                    continue
                law = begun(service, departs_h, self._ageing)
                law = law._replace(age_d20=law.age_d20 + waiting_per_h * (departs_h - ready_h))
                heap.append((self._bound(law)[1], count, law, departs_h, number > 0, frozenset((origin_id,))))
                count += 1
        heapq.heapify(heap)
        while heap:
            _, _, law, departs_h, later, passed = heapq.heappop(heap)
            if _outdone(self._bound(law), front):
                continue
            last = law.services[-1]
            limited = any(service.lane.capacity_kg is not None for service in law.services)
            if last.destination_id == self._destination_id:
                if later and not limited:
                    continue
                figures = _figures(law)
                if math.isinf(figures[2]) or _outdone(figures, front):
                    continue
                if not limited:
                    front.append(figures)
                yield Found(law.services, departs_h, figures, limited)
                continue
            if len(law.services) == MOST_LANES:
                continue
            here = passed | {last.destination_id}
            for service in self._leaving(last.destination_id):
                if service.destination_id in here:
                    continue
                if _outdone(self._hope(law, service), front):
                    continue
                longer = extended(law, service, self._ageing)
                if longer is None:
                    continue
                count += 1
                heapq.heappush(heap, (self._bound(longer)[1], count, longer, departs_h, later, here))

    def _bound(self, law: ChainLaw) -> Figures:
        """Figures that no chain which begins like this can fall short of."""
        least = self._least(law.services[-1].destination_id)
        p05, p50, p95 = (law.least_quantile_h(p) + least.hours for p in QUANTILES)
        return p05, p50, p95, law.cost_vnd_per_kg + least.cost_vnd_per_kg, law.age_d20 + least.age_d20

    def _hope(self, law: ChainLaw, service: Service) -> Figures:
        """The same for the chain with a service more, before its departures are looked up."""
        least = self._least(service.destination_id)
        starts_h = law.departures[0][0] + law.services[-1].duration.span_h()[0]
        hours = service.duration
        p05, p50, p95 = (
            max(starts_h + hours.quantile(p), law.least_quantile_h(p) + hours.span_h()[0]) + least.hours
            for p in QUANTILES
        )
        age = law.age_d20 + self._ageing.least_riding_per_h(service) * hours.mean_h() + least.age_d20
        return p05, p50, p95, law.cost_vnd_per_kg + service.lane.cost_vnd_per_kg + least.cost_vnd_per_kg, age

    def _least(self, place_id: str) -> ToGo:
        if place_id == self._destination_id:
            return _THERE
        return self._to_go.get(place_id, _NEVER)


_THERE = ToGo(0.0, 0.0, 0.0)
_NEVER = ToGo(math.inf, math.inf, math.inf)


def _figures(law: ChainLaw) -> Figures:
    arrivals = law.arrivals
    p05, p50, p95 = (arrivals.quantile(p) for p in QUANTILES)
    return p05, p50, p95, law.cost_vnd_per_kg, law.age_d20


def _outdone(figures: Figures, front: Sequence[Figures]) -> bool:
    """Whether one of the front is surely no worse in any figure and better in one."""
    a, b, c, d, e = figures
    for p, q, r, s, t in front:
        if p <= a and q <= b and r <= c and s <= d and t <= e:
            if p < a - _SURELY or q < b - _SURELY or r < c - _SURELY or s < d - _SURELY or t < e - _SURELY:
                return True
    return False


def least_to_go(services: Sequence[Service], destination_id: str, ageing: Ageing) -> dict[str, ToGo]:
    """The least that lies between each place and the destination, along any services."""
    import networkx as nx

    graph = nx.DiGraph()
    for service in services:
        hours = service.duration.span_h()[0]
        age = ageing.least_riding_per_h(service) * service.duration.mean_h()
        edge = graph.get_edge_data(service.destination_id, service.origin_id, default=None)
        figures = (hours, service.lane.cost_vnd_per_kg, age)
        if edge is not None:
            figures = tuple(map(min, figures, (edge["hours"], edge["cost"], edge["age"])))
        graph.add_edge(service.destination_id, service.origin_id, hours=figures[0], cost=figures[1], age=figures[2])
    if destination_id not in graph:
        return {}
    lengths = [
        nx.single_source_dijkstra_path_length(graph, destination_id, weight=weight)
        for weight in ("hours", "cost", "age")
    ]
    return {place: ToGo(*(length[place] for length in lengths)) for place in lengths[0]}
