"""Python's search for reference cycles, put off while very many objects are made that form none."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collector_paused() -> Iterator[None]:
    """Without the search for reference cycles, which walks all objects again and again as their number grows.

    What is left of them counts as old then: the next search of the young does not walk it, that of all objects does.
    """
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if not gc.get_freeze_count():
            # As a frozen object it was of no generation, and it comes back as one of the oldest.
            gc.freeze()
            gc.unfreeze()
        if running:
            gc.enable()
