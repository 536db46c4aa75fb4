"""Time for several threads that nobody spends: it jumps to the earliest moment for which somebody waits."""

from __future__ import annotations

import threading


class VirtualClock:
    """Only one of the `threads` ever runs; the others wait, so that a run is the same each time.

    Whoever works says so by waiting for as long as the work would take. A thread that has ended is no longer waited for.
    """

    def __init__(self, threads: int) -> None:
        self._threads = threads
        self._time = 100.0
        self._until: dict[threading.Thread, float] = {}
        self._gone: set[threading.Thread] = set()
        self._turn = threading.Condition()
        self._running: threading.Thread | None = None

    def now(self) -> float:
        return self._time

    def wait(self, stop: threading.Event, until: float) -> bool:
        me = threading.current_thread()
        with self._turn:
            self._until[me] = max(until, self._time)
            self._hand_on()
            while self._running is not me:
                # Threads end without a word.
                if not self._turn.wait(0.05):
                    self._hand_on()
            del self._until[me]
        return stop.is_set()

    def _hand_on(self) -> None:
        self._gone |= {thread for thread in self._until if not thread.is_alive()}
        if self._running is not None and not self._running.is_alive():
            self._gone.add(self._running)
        if len(self._until) == self._threads - len(self._gone):
            self._running = min(self._until, key=lambda thread: (self._until[thread], thread.name))
            self._time = max(self._time, self._until[self._running])
            self._turn.notify_all()
