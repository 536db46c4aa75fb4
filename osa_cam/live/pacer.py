"""When to show which frame."""

from __future__ import annotations

import threading
from collections import deque
from dataclasses import dataclass

from osa_cam.live.clock import Clock
from osa_cam.live.double_buffer import DoubleBuffer, Timed
from osa_cam.media import FPS

WINDOW = 10 * FPS  # frames of the talk: those of them that arrived decide how late the picture is
IN_TIME = 0.99  # this share of them should be there when they are due
MARGIN_S = 0.006  # and this long before: the pacer has to wake up, too
FIRST_MARGIN_S = 0.03  # until the first strides have shown how much their times vary
RATE = 0.005  # the picture runs at most so much faster or slower than the sound: nobody sees it, every frame is shown
SETTLES_S = 2.0
POLL_S = 0.002
CATCH_UP_S = 0.1  # a camera that took longer than this has lost ticks; less is made up
SLEPT_S = 2.0  # ticks for which so much less was made than time went by: the computer slept, and the talk with it


@dataclass(frozen=True, eq=False)
class Tick:
    """A picture to be sent: `timed`, or None for the last one again. number: its place in the talk, in 1/fps; at: when it was due."""

    number: int
    timed: Timed | None
    at: float


class Playout:
    """The picture's clock: tick n of the camera is due at origin + n / fps and shows frame n * FPS // fps.

    Works like the buffer of a telephone. The origin aims at the time by which frames are there, so that the picture is neither late
    nor later than it has to be, and goes there so slowly that every frame is shown; this also follows a sound card whose clock
    differs from the system's. When a frame is late nevertheless the talk waits for it: the origin moves by as much. Frames that were
    left out are what the picture makes up its delay with.

    One thread calls `arrived` and `settle`, another `start` and `next`.
    Source: Ramjee et al. 1994, "Adaptive playout mechanisms for packetized audio applications", section 2; the origin moves all the
    time here instead of between words, since a picture may run a little faster where a voice may not.
    """

    def __init__(self, clock: Clock, fps: int, buffer: DoubleBuffer) -> None:
        self.late = 0
        self.skipped = 0
        self.last_pts: int | None = None  # of the whole run, once the sound has ended
        self._clock = clock
        self._fps = fps
        self._buffer = buffer
        self._settled = -1
        self._arrivals: deque[tuple[int, float]] = deque()  # (number, by which origin it would have been in time)
        self._target = 0.0  # where the origin should be
        self._number = 0
        self._due = self._first_origin = 0.0
        self._repeat_at: float | None = None  # set while the talk waits
        self._shown = -1
        self._over = False

    def arrived(self, pts: int, at: float) -> None:
        """A frame is in the buffer since that time."""
        self._arrivals.append((pts, at - self._tick_of(pts) / self._fps))
        while self._arrivals[0][0] <= pts - WINDOW:
            self._arrivals.popleft()
        ordered = sorted(origin for _, origin in self._arrivals)
        self._target = ordered[int(IN_TIME * (len(ordered) - 1))] + MARGIN_S
        self.settle(pts)

    def settle(self, pts: int) -> None:
        """Frames up to this one have arrived or never will."""
        self._settled = pts

    def start(self) -> None:
        """The first frame is in the buffer."""
        self._number = self._tick_of(self._buffer.front[0].frame.pts)
        self._due = self._clock.now() + FIRST_MARGIN_S
        self._first_origin = self._origin()

    def next(self, stop: threading.Event) -> Tick | None:
        """Waits for the next tick; None after the last frame, or when `stop` was set."""
        while not self._over and not self._clock.wait(stop, self._due):
            now = self._clock.now()
            if now - self._due > CATCH_UP_S:
                self._skip(int((now - self._due) * self._fps))
            pts = self._number * FPS // self._fps
            if self.last_pts is not None and pts >= self.last_pts:
                pts, self._over = self.last_pts, True
            elif pts > self._settled:
                if (tick := self._hold(now)) is not None:
                    return tick
                continue
            timed = self._buffer.newest(pts)
            if timed is not None and timed.frame.pts <= self._shown:
                timed = None
            if timed is None and pts > self._shown and not self._over and self._origin() - self._target >= 1.0 / self._fps:
                self._number += 1  # that frame was left out: its time is what the picture is late by
                continue
            return self._advance(timed, pts)
        return None

    @property
    def shift_ms(self) -> float:
        """How much later the picture is than it was at first."""
        return (self._origin() - self._first_origin) * 1000.0

    def _tick_of(self, pts: int) -> int:
        """The first that shows this frame."""
        return -(-pts * self._fps // FPS)

    def _origin(self) -> float:
        return self._due - self._number / self._fps

    def _skip(self, ticks: int) -> None:
        made = max(self._tick_of(self._settled + 1) - 1 - self._number, 0)
        slept = ticks - made
        if slept > SLEPT_S * self._fps:
            # What nobody spoke is not waited for: the talk goes on where it stood.
            ticks = made
            self._due += slept / self._fps
            self._first_origin += slept / self._fps
        self.skipped += ticks
        self._number += ticks
        self._due += ticks / self._fps

    def _hold(self, now: float) -> Tick | None:
        """The talk waits; the camera gets the last picture again whenever a whole tick has passed."""
        if self._repeat_at is None:
            self.late += 1
            self._repeat_at = self._due + 1.0 / self._fps
        self._due = now + POLL_S
        if now < self._repeat_at:
            return None
        at, self._repeat_at = self._repeat_at, self._repeat_at + 1.0 / self._fps
        return Tick(self._number, None, at)

    def _advance(self, timed: Timed | None, pts: int) -> Tick:
        tick = Tick(self._number, timed, self._due)
        rate = 1.0 + max(-RATE, min(RATE, (self._origin() - self._target) / SETTLES_S))
        self._number += 1
        self._due += 1.0 / self._fps / rate
        self._repeat_at = None
        self._shown = max(self._shown, pts)
        return tick
