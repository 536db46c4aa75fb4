"""Work that takes seconds, on a thread of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable


class Errand:
    """`start`, and `start` again for another one: the one before is ended first. within_s: how long `close` waits for it."""

    def __init__(self, name: str, within_s: float) -> None:
        self._name = name
        self._within_s = within_s
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def running(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def start(self, body: Callable[[threading.Event], None]) -> None:
        """body: given what tells it to end."""
        self.close()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=body, args=(self._stop,), name=self._name, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join(self._within_s)
            self._thread = None
