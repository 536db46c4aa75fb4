"""Time, so that tests can bring their own."""

from __future__ import annotations

import threading
import time
from typing import Protocol


class Clock(Protocol):
    def now(self) -> float:
        """Seconds; never goes back."""
        ...

    def wait(self, stop: threading.Event, until: float) -> bool:
        """Waits until that time; True when `stop` was set before."""
        ...


class SystemClock:
    def now(self) -> float:
        return time.monotonic()

    def wait(self, stop: threading.Event, until: float) -> bool:
        # Even when it is late already it looks at `stop`, or a thread that is always late would never end.
        return stop.wait(max(until - time.monotonic(), 0.0))
