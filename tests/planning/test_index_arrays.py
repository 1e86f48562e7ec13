"""What hangs together by edges: against networkx."""

from __future__ import annotations

import networkx as nx
import numpy as np
from hypothesis import given, strategies as st

from harvest_planner.planning.index_arrays import connected, split

EDGES = st.lists(st.tuples(st.integers(0, 19), st.integers(0, 19)), max_size=40)


@given(EDGES)
def test_connected_nodes_have_their_least_in_common(edges: list[tuple[int, int]]) -> None:
    graph = nx.Graph(edges)
    graph.add_nodes_from(range(20))
    ends = np.array(edges, dtype=np.int64).reshape(-1, 2).T
    expected = {node: min(nodes) for nodes in nx.connected_components(graph) for node in nodes}
    assert connected(20, *ends).tolist() == [expected[node] for node in range(20)]


def test_a_long_path_hangs_together() -> None:
    nodes = np.random.default_rng(1).permutation(10_000)
    assert connected(10_000, nodes[:-1], nodes[1:]).tolist() == [0] * 10_000


def test_positions_are_split_by_their_owners() -> None:
    found = split(np.array([2, 0, 2, 3, 0]), 5)
    assert [each.tolist() for each in found] == [[1, 4], [], [0, 2], [3], []]
    assert split(np.empty(0, dtype=np.int64), 0) == []
