"""Frames between the generator, which makes them by strides, and the pacer, which shows them one by one."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from osa_cam.media import STRIDE, Frame

CAPACITY = 4 * STRIDE  # 640 ms: as far as the picture may lie behind (governor.LOST_S), a stride, and some air


@dataclass(frozen=True, eq=False)
class Timed:
    """A frame with the time at which its sound ended, in seconds of the clock, and how many were spared so far in the run."""

    frame: Frame
    heard_at: float
    spared: int = 0


class DoubleBuffer:
    """The generator writes to the back and swaps; the pacer reads the front, which never changes under its eyes.

    A swap hands over what was written and keeps what is still to be shown, `capacity` at most: the oldest are dropped.
    Each has one thread on its side, so that a swap is one assignment and nobody waits for a lock.
    """

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._capacity = capacity
        self._back: list[Timed] = []
        self._front: tuple[Timed, ...] = ()
        self.filled = threading.Event()

    def write(self, frame: Timed) -> None:
        self._back.append(frame)

    def swap(self) -> None:
        self._front = (*self._front, *self._back)[-self._capacity :]
        self._back = []
        self.filled.set()

    @property
    def front(self) -> tuple[Timed, ...]:
        """Oldest first."""
        return self._front

    def newest(self, due_pts: int) -> Timed | None:
        """The newest frame that is due, None when there is none yet."""
        return next((timed for timed in reversed(self._front) if timed.frame.pts <= due_pts), None)
