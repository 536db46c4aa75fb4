"""When to show which frame."""

from __future__ import annotations

import threading

from osa_cam.live.clock import Clock
from osa_cam.media import FPS


class Pacer:
    """Tick n is due at start + n / fps: deadlines are absolute, so that stalls never accumulate. Source: aiortc, mediastreams.py."""

    def __init__(self, clock: Clock, fps: int) -> None:
        self._clock = clock
        self._fps = fps
        self._start = 0.0
        self._next = 0
        self.skipped = 0

    def start(self, at: float) -> None:
        self._start, self._next = at, 0

    def wait(self, stop: threading.Event) -> tuple[int, float] | None:
        """(tick, its deadline) once it is due; None when `stop` was set. Ticks that passed during a stall are counted, not made up."""
        passed = int((self._clock.now() - self._start) * self._fps + 1e-6)
        if passed > self._next:
            self.skipped += passed - self._next
            self._next = passed
        tick, self._next = self._next, self._next + 1
        deadline = self._start + tick / self._fps
        return None if self._clock.wait(stop, deadline) else (tick, deadline)


MARGIN_S = 0.012  # a frame should be there this long before it is shown
WINDOW_S = 3.0  # the tightest frame of this long decides
STEP_S = 0.04  # a window's correction: one frame
LATEST_S = 0.3  # later than this nobody can talk; frames are dropped instead


class Playout:
    """Which frame is due: frame k at origin + k / FPS.

    The origin follows the time by which frames come early, so that the picture is neither late nor later than it has to be. That
    also corrects the drift between the sound card's clock and the system's, which would otherwise fill or empty the buffer.
    """

    def __init__(self, first_at: float) -> None:
        self._first = self.origin = first_at + MARGIN_S
        self._tightest = float("inf")
        self._judged_at = first_at

    def due_pts(self, at: float) -> int:
        return int((at - self.origin) * FPS + 1e-6)

    def place(self, at: float, fps: int) -> int:
        """Where that moment lies in the talk, in 1/fps: stands still when the picture has to wait, so that a recording stays in sync."""
        return round((at - self.origin) * fps)

    def arrived(self, pts: int, at: float) -> None:
        """A frame was made at that time."""
        early = self.origin + pts / FPS - at
        self._tightest = min(self._tightest, early)
        if early < 0.0:
            self.origin = min(self.origin - early + MARGIN_S / 2, self._first + LATEST_S)
        elif at - self._judged_at >= WINDOW_S:
            excess = self._tightest - MARGIN_S
            self.origin -= max(-STEP_S, min(STEP_S, excess))
            self._judged_at, self._tightest = at, float("inf")

    @property
    def shift_ms(self) -> float:
        """How far the origin has moved since the first frame."""
        return (self.origin - self._first) * 1000.0
