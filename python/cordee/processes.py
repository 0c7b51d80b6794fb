"""Helpers for programs that start processes: restarts, ends and signals."""

import contextlib
import ctypes
import signal
import sys
import threading
from pathlib import Path
from typing import Callable, Iterator, Optional

from cordee.problem import Problem

_MOST_DEATHS = 5


class Deaths:
    """Counts processes that were killed, and gives up where no round comes of their restarts."""

    def __init__(self):
        self._count, self._rounds = 0, 0

    def count(self, run: Optional[Path], what: str, then: str, words: str) -> None:
        """Counts a death, and says what has died and what is done then; raises Problem, in these words, for one too many."""
        metrics = run and run / "metrics.csv"
        rounds = metrics.read_bytes().count(b"\n") if metrics and metrics.exists() else 0
        self._count = self._count + 1 if rounds == self._rounds else 1
        self._rounds = rounds
        if self._count > _MOST_DEATHS:
            raise Problem(words or f"{what}, {self._count} times without a finished round; is there enough memory?")
        print(f"{what}; {then}", file=sys.stderr, flush=True)


class Remote(Exception):
    """A traceback of another process."""

    def __str__(self):
        return "\n" + self.args[0]


def how(code: int) -> str:
    """Says how a process has ended, by its exit code."""
    return f"was killed by signal {-code}" if code < 0 else f"has ended with exit code {code}"


def ending_with_this(number: int) -> Callable[[], object]:
    """Returns a function for a process that is started: from then on, the system sends it a signal when this process ends."""
    prctl = getattr(ctypes.CDLL(None), "prctl", None)
    return lambda: prctl and prctl(1, number)


@contextlib.contextmanager
def terminating() -> Iterator[None]:
    """Turns a termination (SIGTERM) into SystemExit, so that ``finally`` blocks run."""
    is_ours = (
        threading.current_thread() is threading.main_thread() and signal.getsignal(signal.SIGTERM) == signal.SIG_DFL
    )
    if is_ours:
        signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    try:
        yield
    finally:
        if is_ours:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
