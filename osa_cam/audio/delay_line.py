"""Sound held back until the picture is there."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from osa_cam.audio.resampler import Resampler

HOLDS_S = 4.0  # more than the picture may ever lie behind
SLEWS = 0.005  # faster or slower at most, by which no voice sounds different
SETTLES_S = 1.0
JUMPS_S = 0.5  # a longer way is jumped instead
LEARNS_S = 0.5  # before it begins to play
SMOOTH_S = 3.0  # time stamps jitter by milliseconds, which the pitch must not follow
FADES_S = 0.01


class DelayLine:
    """Read at a pace that is slewed until what is played was heard `target` ago.

    rate: of what is played. One thread calls `write`, one `play`. delay_ms: from being heard until being played, None before that.
    """

    def __init__(self, rate: int) -> None:
        self.delay_ms: float | None = None
        self._rate = rate
        self._samples = np.zeros(round(HOLDS_S * rate), np.float32)
        self._newest: tuple[int, float, float] | None = None  # samples written, when number 0 was heard, target in seconds
        self._written = self._played = 0
        self._heard, self._plays = _Beginning(), _Beginning()
        self._resampler: tuple[int, Resampler] | None = None
        self._place: float | None = None  # of the next sample to be read, in samples written

    def write(self, samples: NDArray[np.float32], rate: int, last_sample_at: float, target_s: float) -> None:
        """samples: float32 [n], mono, at `rate`; last_sample_at: when the last one was heard, in seconds of any clock."""
        if self._resampler is None or self._resampler[0] != rate:
            self._resampler = (rate, Resampler(rate, self._rate))
        block = self._resampler[1].push(samples)[-len(self._samples) :]
        start = self._written % len(self._samples)
        head = min(len(block), len(self._samples) - start)
        self._samples[start : start + head] = block[:head]
        self._samples[: len(block) - head] = block[head:]
        self._written += len(block)
        began_at = self._heard.push(last_sample_at - self._written / self._rate, len(block) / self._rate)
        self._newest = (self._written, began_at, target_s)

    def play(self, frames: int, plays_at: float) -> NDArray[np.float32]:
        """float32 [frames], the first of which is heard at that time of the same clock."""
        began_at = self._plays.push(plays_at - self._played / self._rate, frames / self._rate)
        plays_at = began_at + self._played / self._rate
        self._played += frames
        if self._newest is None or (self._place is None and not (self._heard.known and self._plays.known)):
            return np.zeros(frames, np.float32)
        written, heard_at, target_s = self._newest
        now_written = (plays_at - heard_at) * self._rate  # were the newest sound there already
        wanted = now_written - target_s * self._rate
        place = self._place
        if place is None or abs(wanted - place) > JUMPS_S * self._rate:
            before = None if place is None else self._read(place, frames, 1.0, written)
            after = self._read(wanted, frames, 1.0, written)
            self._place = wanted + frames
            fade = np.minimum(np.arange(frames, dtype=np.float32) / (FADES_S * self._rate), 1.0)
            played = after * fade + (0.0 if before is None else before * (1.0 - fade))
        else:
            pace = 1.0 + min(max((wanted - place) / (SETTLES_S * self._rate), -SLEWS), SLEWS)
            played = self._read(place, frames, pace, written)
            self._place = place + frames * pace
        self.delay_ms = (now_written - self._place + frames) / self._rate * 1000.0
        return played.astype(np.float32, copy=False)

    def _read(self, place: float, frames: int, pace: float, written: int) -> NDArray[np.float32]:
        """Between the samples by Catmull and Rom's cubic; silence where nothing was written yet or it is there no more."""
        places = place + pace * np.arange(frames)
        whole = np.floor(places).astype(np.int64)
        t = (places - whole).astype(np.float32)
        a, b, c, d = (self._samples[(whole + k) % len(self._samples)] for k in (-1, 0, 1, 2))
        between = b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)))
        there = (whole >= max(written - len(self._samples), 0) + 2) & (whole < written - 2)
        return np.where(there, between, np.float32(0.0))


class _Beginning:
    """When sample 0 was, by the times of the blocks: their mean, since it is the same all the time but for the clocks' drift."""

    def __init__(self) -> None:
        self._at = self._for_s = 0.0

    @property
    def known(self) -> bool:
        return self._for_s >= LEARNS_S

    def push(self, at: float, seconds: float) -> float:
        """at: by the newest block, so many seconds long."""
        if abs(at - self._at) > JUMPS_S / 4:
            self._at, self._for_s = at, 0.0
        self._for_s = min(self._for_s + seconds, SMOOTH_S)
        self._at += (at - self._at) * min(seconds / self._for_s, 1.0)
        return self._at
