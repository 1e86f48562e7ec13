"""What hangs together by edges, and positions by their owners."""

from __future__ import annotations

import numpy as np
from hypothesis import given, strategies as st

from harvest_planner.planning.index_arrays import by_first, connected, present, split

EDGES = st.lists(st.tuples(st.integers(0, 19), st.integers(0, 19)), max_size=40)


@given(EDGES)
def test_connected_nodes_have_their_least_in_common(edges: list[tuple[int, int]]) -> None:
    ends = np.array(edges, dtype=np.int64).reshape(-1, 2).T
    reach = np.eye(20, dtype=bool)
    reach[ends[0], ends[1]] = reach[ends[1], ends[0]] = True
    for _ in range(5):
        reach = reach @ reach
    assert connected(20, *ends).tolist() == reach.argmax(axis=1).tolist()


def test_a_long_path_hangs_together() -> None:
    nodes = np.random.default_rng(1).permutation(10_000)
    assert connected(10_000, nodes[:-1], nodes[1:]).tolist() == [0] * 10_000


def test_positions_are_split_by_their_owners() -> None:
    found = split(np.array([2, 0, 2, 3, 0]), 5)
    assert [each.tolist() for each in found] == [[1, 4], [], [0, 2], [3], []]
    assert split(np.empty(0, dtype=np.int64), 0) == []


@given(st.lists(st.integers(0, 30)))
def test_numbers_present_are_those_that_are_unique(numbers: list[int]) -> None:
    given_ = np.array(numbers, dtype=np.int64)
    for found, wanted in zip(present(given_), np.unique(given_, return_inverse=True), strict=True):
        assert found.tolist() == wanted.tolist()


def test_keys_are_numbered_by_their_first_place() -> None:
    number, first = by_first(np.array([7, 3, 7, 9, 3]))
    assert number.tolist() == [0, 1, 0, 2, 1]
    assert first.tolist() == [0, 1, 3]
