"""The microphone, played out of another device in step with the picture."""

from __future__ import annotations

import logging
import threading
from typing import Any

import numpy as np
from numpy.typing import NDArray

from osa_cam.audio.devices import close_stream, find_output, is_alive, open_stream
from osa_cam.audio.resampler import Resampler
from osa_cam.audio.source import Clock
from osa_cam.errors import AudioError

log = logging.getLogger(__name__)

HOLDS_S = 4.0  # more than the picture may ever lie behind
BLOCK_S = 0.01
SLEWS = 0.005  # faster or slower at most, by which no voice sounds different
SETTLES_S = 1.0
JUMPS_S = 0.5  # a longer way is jumped instead
LEARNS_S = 0.5  # before it begins to play
SMOOTH_S = 3.0  # time stamps jitter by milliseconds, which the pitch must not follow
FADES_S = 0.01
TRIES_EVERY_S = 2.0


class DelayedMicrophone:
    """`start`, `push` what is heard, `aim` at a delay, `close`; silent before the first aim. name: an output, as in `find_output`.

    One thread calls `push`; PortAudio's plays. delay_ms: from being heard until being played, as measured, None while nothing plays;
    problem: why nothing does; it is tried again meanwhile.
    """

    def __init__(self, name: str, clock: Clock) -> None:
        self.name = name
        self.delay_ms: float | None = None
        self.problem = ""
        self._clock = clock
        self._target_s: float | None = None
        self._line: _Line | None = None
        self._tried_at = 0.0
        self._opener: threading.Thread | None = None
        self._closed = False

    def start(self) -> None:
        self._tried_at = self._clock.now()
        self._open()

    def aim(self, delay_s: float) -> None:
        """What is heard is to be played so much later."""
        self._target_s = delay_s

    def push(self, samples: NDArray[np.float32], rate: int, last_sample_at: float) -> None:
        """samples: float32 [n], mono, at `rate`; last_sample_at: when the last one was heard, in seconds of the clock."""
        line = self._line
        if line is not None and is_alive(line.stream):
            if self._target_s is not None:
                line.write(samples, rate, last_sample_at, self._target_s)
            self.delay_ms = line.delay_ms
            return
        self.delay_ms = None
        if not self.problem:
            self.problem = f"the output {self.name} is gone; nobody hears the delayed microphone until it is back"
            log.warning("%s", self.problem)
        now = self._clock.now()
        if now - self._tried_at > TRIES_EVERY_S and not (self._opener is not None and self._opener.is_alive()):
            self._tried_at = now
            self._opener = threading.Thread(target=self._open, name="delayed microphone", daemon=True)
            self._opener.start()

    def close(self) -> None:
        self._closed = True
        if self._opener is not None and self._opener.is_alive():
            self._opener.join(1.0)
        if self._line is not None:
            close_stream(self._line.stream)

    def _open(self) -> None:
        try:
            self._line = _Line(self.name, self._clock)
            self.problem = ""
        except AudioError as error:
            self.problem = f"nobody hears the delayed microphone: {error}"
        if self._closed and self._line is not None:
            close_stream(self._line.stream)


class _Line:
    """A delay line read at a rate that is slewed until what is played was heard `target` ago."""

    def __init__(self, name: str, clock: Clock) -> None:
        device = find_output(name)
        self.delay_ms: float | None = None
        self._rate = device.sample_rate
        self._channels = min(device.channels, 2)
        self._clock = clock
        self._samples = np.zeros(round(HOLDS_S * self._rate), np.float32)
        self._newest: tuple[int, float, float] | None = None  # samples written, when number 0 was heard, target in seconds
        self._written = self._played = 0
        self._heard, self._plays = _Beginning(), _Beginning()
        self._resampler: tuple[int, Resampler] | None = None
        self._place: float | None = None  # of the next sample to be read, in samples written
        try:
            self.stream: Any = open_stream(
                "OutputStream",
                "high",  # what it is delayed by is longer, and a buffer that runs empty is heard
                device=device.index,
                samplerate=self._rate,
                channels=self._channels,
                blocksize=round(BLOCK_S * self._rate),
                callback=self.callback,
            )
        except AudioError as error:
            raise AudioError(f"the output {device} can't be opened ({error}): close what else uses it, or choose another") from error

    def write(self, samples: NDArray[np.float32], rate: int, last_sample_at: float, target_s: float) -> None:
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

    def callback(self, out: NDArray[np.float32], frames: int, times: Any, status: Any) -> None:
        ahead = times.outputBufferDacTime - times.currentTime
        plays_at = self._clock.now() + (ahead if 0.0 < ahead < 1.0 else 0.0)
        out[:] = self.play(frames, plays_at)[:, None]

    def play(self, frames: int, plays_at: float) -> NDArray[np.float32]:
        """float32 [frames], the first of which is heard at that time of the clock."""
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
