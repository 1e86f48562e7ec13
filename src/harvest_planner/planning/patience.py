"""How long a plan is searched for: until a limit of time, or until somebody interrupts (Ctrl-C)."""

from __future__ import annotations

import math
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

JUDGING_AT_MOST, PRICING_AT_MOST, SERVING_AT_MOST, FILLING_AT_MOST = 0.6, 0.75, 0.85, 0.92
"""Shares of the time given after which no more candidates are judged, prices of a large problem stay as they are,
orders turned away there are not offered again, nothing more is filled in: each leaves time for what must follow."""


class Patience:
    """What a search asks now and then: whether it has to end with the best it has found.

    A copy that is sent to another process takes along the seconds that are left.

    Parameters
    ----------
    seconds : from now; None: no limit [s].

    Attributes
    ----------
    until_s : on the monotonic clock; inf: no limit [s].
    """

    __slots__ = ("_interrupted", "seconds", "until_s")

    def __init__(self, seconds: float | None = None) -> None:
        self.seconds = seconds
        self.until_s = math.inf if seconds is None else time.monotonic() + seconds
        self._interrupted = threading.Event()

    @property
    def interrupted(self) -> bool:
        """Whether somebody does not want to wait any longer."""
        return self._interrupted.is_set()

    @property
    def left_s(self) -> float:
        """Seconds that are left; inf without a limit, 0 where it is over [s]."""
        return 0.0 if self.interrupted else max(0.0, self.until_s - time.monotonic())

    def over(self, reserve_s: float = 0.0) -> bool:
        """Whether the search has to end, where what follows it takes so long [s]."""
        return self.interrupted or time.monotonic() + reserve_s >= self.until_s

    def over_after(self, share: float) -> bool:
        """Whether so much of the time given is used."""
        return self.over(0.0 if self.seconds is None else (1.0 - share) * self.seconds)

    def keep_back(self, seconds: float) -> None:
        """Leave so many seconds of what is left to what follows the search."""
        if self.seconds is not None:
            self.seconds, self.until_s = max(0.0, self.seconds - seconds), self.until_s - seconds

    def part(self, share: float) -> Patience:
        """Patience for a part of what is to be done: so much of the time that is left, and the same interruption."""
        found = Patience(None if self.seconds is None else share * self.left_s)
        found._interrupted = self._interrupted
        return found

    def __reduce__(self) -> tuple[type[Patience], tuple[float | None]]:
        return Patience, (None if math.isinf(self.until_s) else self.left_s,)

    @contextmanager
    def heeding_interrupts(self) -> Iterator[None]:
        """Within it the first Ctrl-C ends the search; the second is a KeyboardInterrupt, as outside.

        Signals reach the main thread alone: in others, and where a program handles Ctrl-C itself, nothing changes.
        """
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = signal.getsignal(signal.SIGINT)
        if before is not signal.default_int_handler:
            yield
            return

        def interrupt(number: int, frame: FrameType | None) -> None:
            signal.signal(signal.SIGINT, before)
            self._interrupted.set()

        signal.signal(signal.SIGINT, interrupt)
        try:
            yield
        finally:
            signal.signal(signal.SIGINT, before)
