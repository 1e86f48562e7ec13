"""Arrays of places in other arrays: runs of owners laid end to end, and distinct pairs."""

from __future__ import annotations

import networkx as nx
import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


def runs(first: Ints, which: Ints) -> tuple[Ints, Ints]:
    """Positions of the runs of some owners one after the other, and of each the place of its owner in `which`.

    Parameters
    ----------
    first : where each owner's run begins, and the end of the last.
    """
    counts = first[which + 1] - first[which]
    owner = np.repeat(np.arange(len(which)), counts)
    ends = np.cumsum(counts)
    within = np.arange(int(ends[-1]) if len(ends) else 0) - np.repeat(ends - counts, counts)
    return np.repeat(first[which], counts) + within, owner


def distinct_pairs(first: Ints, second: Ints) -> tuple[Ints, Ints]:
    """The distinct pairs of two arrays, by first and then second; both from −1 on."""
    width = int(second.max(initial=0)) + 2
    keys = np.unique((first + 1) * width + second + 1)
    return keys // width - 1, keys % width - 1


def connected(count: int, one: Ints, other: Ints) -> Ints:
    """Of each of so many nodes the least one that edges between pairs of nodes lead to."""
    graph = nx.Graph()
    graph.add_nodes_from(range(count))
    graph.add_edges_from(zip(one.tolist(), other.tolist(), strict=True))
    least = np.empty(count, dtype=np.int64)
    for nodes in nx.connected_components(graph):
        least[list(nodes)] = min(nodes)
    return least


def split(owner: Ints, count: int) -> list[Ints]:
    """Of each of so many owners the positions at which it stands."""
    rank = np.argsort(owner, kind="stable")
    return np.split(rank, np.searchsorted(owner[rank], np.arange(1, count))) if count else []
