"""Which lanes lead from one place to another: chains of at most four, found from the destination back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise, product
from typing import Any, NamedTuple

MOST_LANES = 4


class Link(NamedTuple):
    """A lane by its id, between places by theirs."""

    lane_id: str
    origin_id: str
    destination_id: str


class Chains:
    """The map of all lanes, asked for ways between two places.

    A way passes no place twice; a lane from a place to itself stands alone.
    """

    def __init__(self, links: Iterable[Link]) -> None:
        self._links: dict[tuple[str, str], list[str]] = {}
        for link in sorted(links):
            self._links.setdefault((link.origin_id, link.destination_id), []).append(link.lane_id)
        self._graph: Any = None
        self._leading: dict[str, Any] = {}

    def between(self, origin_id: str, destination_id: str) -> Iterator[tuple[str, ...]]:
        """The ids of the lanes of every way, one way after the other."""
        for places in self._routes(origin_id, destination_id):
            yield from product(*(self._links[leg] for leg in pairwise(places)))

    def any_between(self, origin_id: str, destination_id: str) -> bool:
        """Whether there is a way at all."""
        return next(self._routes(origin_id, destination_id), None) is not None

    def _routes(self, origin_id: str, destination_id: str) -> Iterator[list[str]]:
        if origin_id == destination_id:
            return iter([[origin_id, origin_id]] if (origin_id, origin_id) in self._links else [])
        leading = self._leading_to(destination_id)
        if origin_id not in leading:
            return iter(())
        import networkx as nx

        routes: Iterator[list[str]] = nx.all_simple_paths(leading, origin_id, destination_id, cutoff=MOST_LANES)
        return routes

    def _leading_to(self, destination_id: str) -> Any:
        """The part of the map that leads to a destination within four lanes, made once for each."""
        if destination_id not in self._leading:
            import networkx as nx

            if self._graph is None:
                graph = nx.DiGraph()
                graph.add_edges_from(self._links)
                self._graph = graph
            near = {destination_id}
            if destination_id in self._graph:
                back = nx.bfs_edges(self._graph, destination_id, reverse=True, depth_limit=MOST_LANES)
                near.update(origin_id for _, origin_id in back)
            self._leading[destination_id] = self._graph.subgraph(near).copy()
        return self._leading[destination_id]
