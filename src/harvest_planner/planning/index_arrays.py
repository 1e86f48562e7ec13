"""Arrays of places in other arrays: runs of owners laid end to end, and distinct pairs."""

from __future__ import annotations

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


def by_first(keys: Ints) -> tuple[Ints, Ints]:
    """A number for each key, rising by its first place, and the first place of each number."""
    _, first, which = np.unique(keys, return_index=True, return_inverse=True)
    rank = np.argsort(first)
    number = np.empty(len(first), dtype=np.int64)
    number[rank] = np.arange(len(first))
    return number[which.reshape(-1)], first[rank]


def present(numbers: Ints) -> tuple[Ints, Ints]:
    """As `np.unique` with the inverse, of numbers from 0 on that are not much larger than there are of them."""
    found = np.zeros(int(numbers.max(initial=-1)) + 1, dtype=bool)
    found[numbers] = True
    return np.flatnonzero(found), (np.cumsum(found) - 1)[numbers]


def connected(count: int, one: Ints, other: Ints) -> Ints:
    """Of each of so many nodes the least one that edges between pairs of nodes lead to."""
    least = np.arange(count)
    while True:
        # Whatever an edge joins hangs below the lesser of what its ends hang below; then all hang below the top.
        tops = least[one], least[other]
        lesser = np.minimum(*tops)
        if (tops[0] == tops[1]).all():
            return least
        for top in tops:
            np.minimum.at(least, top, lesser)
        while (least[least] != least).any():
            least = least[least]


def split(owner: Ints, count: int) -> list[Ints]:
    """Of each of so many owners the positions at which it stands."""
    rank = np.argsort(owner, kind="stable")
    return np.split(rank, np.searchsorted(owner[rank], np.arange(1, count))) if count else []
