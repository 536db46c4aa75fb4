"""Lowers the work before frames are missed."""

from __future__ import annotations

import logging
from collections import deque
from itertools import islice
from statistics import median

from osa_cam.live.clock import Clock
from osa_cam.live.pacer import Playout
from osa_cam.live.statistics import StageTimes
from osa_cam.media import FPS, LOOKAHEAD_SAMPLES, SAMPLE_RATE, SAMPLES_PER_FRAME

log = logging.getLogger(__name__)

FEWEST = 4  # at worst one frame of so many is painted
SOON_S = 0.8  # this long decides whether the rate is lowered
LONG_S = 4.8  # and this long whether it is raised
HICCUP_S = 1.6  # a hiccup is made up for in less
BEHIND_S = 0.08
ENOUGH = 0.95  # of the time there is; the rest is for hiccups
LOST_S = 0.25  # further behind than this nothing is painted until the sound is caught up with
FIRST_WAIT_S, LONGEST_WAIT_S = 5.0, 80.0  # before the rate is raised again; doubles each time that was too early


class Governor:
    """Which frames are painted: all; one of two or four when the computer is too slow; none while it is too far behind.

    zero_at: the time at which sample 0 was heard, by the session's clock; the session keeps it up to date.
    """

    def __init__(self, clock: Clock, stages: StageTimes, playout: Playout, stride: int) -> None:
        self.zero_at = 0.0
        self.one_of = 1
        self.spared = 0  # frames left out at a lower rate
        self.dropped = 0  # frames left out because their time had passed
        self._clock = clock
        self._stages = stages
        self._playout = playout
        self._stride = stride
        self._stride_s = stride / FPS
        self._soon, self._long = (round(seconds / self._stride_s) for seconds in (SOON_S, LONG_S))
        self._least_s = float("inf")  # a device's own delay, which nobody can work off
        self._lost = False
        self._strides: deque[float] = deque(maxlen=self._long)  # seconds of work before its frames are painted
        self._frames: deque[float] = deque(maxlen=self._long * stride)  # seconds of painting
        self._behind: deque[float] = deque(maxlen=round(HICCUP_S / self._stride_s))
        self._wait_s = FIRST_WAIT_S
        self._raised_at = self._lowered_at = float("-inf")

    def heard_at(self, pts: int) -> float:
        """When the sound of that frame ended."""
        return self.zero_at + (pts + 1) * SAMPLES_PER_FRAME / SAMPLE_RATE

    def stride(self, first: int) -> bool:
        """Is any of the stride that begins with this frame to be painted? Its sound is there."""
        behind_s = self._behind_s(first)
        self._behind.append(behind_s)
        self._judge()
        self._lost = behind_s > (self._stride_s / 2 if self._lost else LOST_S)
        if self._lost:
            self.dropped += self._stride
            self._playout.settle(first + self._stride - 1)
        return not self._lost

    def frame(self, pts: int) -> bool:
        """Is this frame of a stride to be painted?"""
        late, spared = self._too_late(pts), pts % self.one_of != 0
        if not (late or spared):
            return True
        self.spared += spared
        self.dropped += not spared
        self._playout.settle(pts)
        return False

    def painted(self, pts: int) -> bool:
        """It took its time: is it still of use?"""
        self._frames.append(self._stages.decode.last_ms / 1000.0)
        if pts % max(self._stride, self.one_of) == 0:
            self._strides.append((self._stages.audio.last_ms + self._stages.denoise.last_ms) / 1000.0)
        if not self._too_late(pts):
            return True
        self.dropped += 1
        self._playout.settle(pts)
        return False

    def _too_late(self, pts: int) -> bool:
        """Is the talk far beyond this frame? A computer that stood still drops it rather than going on with an old picture."""
        return self._behind_s(pts - pts % self._stride) > LOST_S + self._stride_s

    def _behind_s(self, first: int) -> float:
        """How long the stride's sound has been waiting for us."""
        waited_s = self._clock.now() - self.heard_at(first + self._stride - 1) - LOOKAHEAD_SAMPLES / SAMPLE_RATE
        self._least_s = min(self._least_s, waited_s)
        return waited_s - self._least_s

    def _judge(self) -> None:
        now = self._clock.now()
        slow = len(self._strides) >= self._soon and self._cost_s(self._soon, self.one_of) > self._stride_s
        piles_up = len(self._behind) == self._behind.maxlen and min(self._behind) > BEHIND_S
        if self.one_of < FEWEST and (slow or piles_up):
            early = now - self._raised_at < 2 * self._wait_s
            self._wait_s = min(2 * self._wait_s, LONGEST_WAIT_S) if early else FIRST_WAIT_S
            self._lowered_at = now
            self._paint(2 * self.one_of)
        elif (
            self.one_of > 1
            and now - self._lowered_at > self._wait_s
            and len(self._strides) == self._long
            and self._behind[-1] < BEHIND_S / 2
            and self._cost_s(self._long, self.one_of // 2) < ENOUGH * self._stride_s
        ):
            self._raised_at = now
            self._paint(self.one_of // 2)

    def _cost_s(self, strides: int, one_of: int) -> float:
        """What a stride takes of which one frame in so many is painted, by the times of the newest strides."""
        own_s = median(islice(reversed(self._strides), strides))
        frame_s = median(islice(reversed(self._frames), max(strides * self._stride // self.one_of, 1)))
        frames = self._stride / one_of
        return own_s + max(frames / self._stages.at_once, min(frames, 1.0)) * frame_s

    def _paint(self, one_of: int) -> None:
        why = "other programs keep this computer busy"
        if self._strides:
            why = f"a frame takes {self._cost_s(self._soon, 1) / self._stride * 1000.0:.0f} of {1000.0 / FPS:.0f} ms on this computer"
        self.one_of = one_of
        log.warning("%s: %.3g a second are painted", why, FPS / one_of)
        self._strides.clear()
        self._frames.clear()
        self._behind.clear()
