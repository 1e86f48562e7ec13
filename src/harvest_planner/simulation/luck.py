"""Chance by name: each stream of random numbers belongs to a seed and the names of what it decides.

Run k reads position k of every stream. So two plans that send the same parcel meet the same luck in the same run,
whatever else they send, and the first hundred of a thousand runs are those of a hundred.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]
Draws = NDArray[np.uint32]

BLOCK = 1024
"""Runs whose fruit is drawn together, for the processor's cache."""
LEVELS = 2.0**32
"""A fruit's draw k of 0 … 2³² − 1 stands for the probability (k + ½)/2³²."""
_WORDS = struct.Struct("<4I")


class Luck:
    """The random numbers of so many runs, by name.

    Parameters
    ----------
    seed : the same seed gives the same luck.
    runs : how often the plan is played.
    """

    def __init__(self, seed: int, runs: int) -> None:
        self.seed, self.runs = seed, runs
        self._kept: dict[tuple[str, ...], Floats] = {}

    def normals(self, *name: str) -> Floats:
        """A standard normal for each run."""
        return self._stream(name).standard_normal(self.runs)

    def uniforms(self, *name: str) -> Floats:
        """A number from 0 to 1, 1 excluded, for each run."""
        return self._stream(name).random(self.runs)

    def shared_normals(self, *name: str) -> Floats:
        """As `normals`, remembered: for what many parcels share."""
        if name not in self._kept:
            self._kept[name] = self.normals(*name)
        return self._kept[name]

    def shared_uniforms(self, *name: str) -> Floats:
        """As `uniforms`, remembered."""
        key = ("uniform", *name)
        if key not in self._kept:
            self._kept[key] = self.uniforms(*name)
        return self._kept[key]

    def fruit(self, count: int, *name: str) -> Iterator[tuple[slice, Draws]]:
        """Blocks of runs with a draw for each of `count` fruit: (runs, array of fruit × runs)."""
        bits = self._bits(name)
        for first in range(0, self.runs, BLOCK):
            last = min(self.runs, first + BLOCK)
            drawn = _halves(bits.random_raw(count * BLOCK // 2)).reshape(count, BLOCK)
            yield slice(first, last), drawn[:, : last - first]

    def _stream(self, name: tuple[str, ...]) -> np.random.Generator:
        return np.random.Generator(self._bits(name))

    def _bits(self, name: tuple[str, ...]) -> np.random.SFC64:
        digest = hashlib.blake2b("\x1f".join(name).encode(), digest_size=_WORDS.size).digest()
        return np.random.SFC64(np.random.SeedSequence(self.seed, spawn_key=_WORDS.unpack(digest)))


def _halves(words: NDArray[np.uint64]) -> Draws:
    """The lower and the upper half of each word in turn: what `integers` draws one by one, in half the time."""
    return words.astype("<u8", copy=False).view("<u4")
