"""A computer, a microphone and networks that take no time: hours of the live path in minutes, the same every time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from itertools import cycle

import numpy as np
from numpy.typing import NDArray

from osa_cam.audio.source import Heard
from osa_cam.avatars.library import Avatar
from osa_cam.live.clock import Clock
from osa_cam.live.pipeline import EVERYTHING, Choice
from osa_cam.live.statistics import StageTimes
from osa_cam.media import LOOKAHEAD_SAMPLES, SAMPLE_RATE, SAMPLES_PER_FRAME, STRIDE, Frame

NEVER = threading.Event()
BLOCK = SAMPLE_RATE // 50
AUDIO_S, DENOISE_S, DECODE_S = 0.003, 0.037, 0.026  # four frames take 144 of 160 ms: a use of 90 %

Work = Callable[[float, float], float]
"""(time of the talk in seconds, what the work takes at best) -> what it takes now."""


def jittery(seed: int) -> Work:
    """As long as usual on average; a tenth of all work takes half as long again, and once in 400 it takes three times as long."""
    rng = np.random.default_rng(seed)

    def work(at: float, seconds: float) -> float:
        chance = rng.random()
        return seconds * (3.0 if chance < 0.0025 else 1.5 if chance < 0.1025 else 0.9 + 0.08 * rng.random())

    return work


class VirtualClock:
    """Time for several threads that nobody spends: it jumps to the earliest moment for which somebody waits.

    Only one of the `threads` ever runs; the others wait, so that a run is the same each time. Whoever works says so by waiting for as
    long as the work would take. A thread that has ended is no longer waited for.
    """

    def __init__(self, threads: int) -> None:
        self._threads = threads
        self._time = 100.0
        self._changing = threading.Lock()
        self._turns: dict[threading.Thread, threading.Lock] = {}  # each held until its thread may go on
        self._until: dict[threading.Thread, float] = {}
        self._running: threading.Thread | None = None

    def now(self) -> float:
        return self._time

    def wait(self, stop: threading.Event, until: float) -> bool:
        me = threading.current_thread()
        with self._changing:
            if me not in self._turns:
                self._turns[me] = threading.Lock()
                self._turns[me].acquire()
            turn = self._turns[me]
            self._until[me] = max(until, self._time)
            self._hand_on()
        while not turn.acquire(timeout=0.05):
            with self._changing:
                self._bury()
        return stop.is_set()

    def _hand_on(self) -> None:
        if len(self._until) < self._threads:
            self._running = None
            return
        self._running = min(self._until, key=lambda thread: (self._until[thread], thread.name))
        self._time = max(self._time, self._until.pop(self._running))
        self._turns[self._running].release()

    def _bury(self) -> None:
        """Threads end without a word."""
        for ended in [thread for thread in self._turns if not thread.is_alive()]:
            del self._turns[ended]
            self._until.pop(ended, None)
            self._threads -= 1
            if self._running is ended or self._running is None:
                self._hand_on()


class Talk:
    """A microphone whose clock runs faster than the computer's by `drift`; its blocks come up to `jitter_s` late.

    sound: float32 [a multiple of BLOCK], said again and again; None: silence.
    """

    name = "talk"
    dropped = 0
    problem = ""

    def __init__(
        self, clock: Clock, seconds: float, drift: float = 0.0, jitter_s: float = 0.002, sound: NDArray[np.float32] | None = None
    ) -> None:
        self._clock = clock
        self._blocks = cycle((np.zeros(BLOCK, np.float32) if sound is None else sound).reshape(-1, BLOCK))
        self._left = round(seconds * SAMPLE_RATE / BLOCK)
        self._block_s = BLOCK / SAMPLE_RATE / (1.0 + drift)
        self._jitter_s = jitter_s
        self._rng = np.random.default_rng(1)

    def start(self) -> None:
        self._began_at = self._next_at = self._clock.now()

    def at(self, sample: float) -> float:
        """When that sample really was in the air."""
        return self._began_at + sample / BLOCK * self._block_s

    def read(self, stop: threading.Event) -> Heard | None:
        self._next_at += self._block_s
        self._left -= 1
        late_s = self._jitter_s * self._rng.random()
        if self._left < 0 or self._clock.wait(stop, self._next_at + late_s):
            return None
        return Heard(next(self._blocks), self._next_at + late_s / 2)

    def close(self) -> None:
        pass


class Painter:
    """A Pipeline's course of work: asks for the same choices at the same moments and takes the time instead of painting."""

    level_db, speaking, mouth = -100.0, False, 0.0

    def __init__(self, clock: VirtualClock, work: Work, stride: int) -> None:
        self.stride = stride
        self.stages = StageTimes()
        self._clock = clock
        self._work = work
        self._began_at = clock.now()
        self._samples = 0
        self._next_pts = 0

    def warm_up(self) -> None:
        pass

    def change(self, avatar: Avatar | None = None, expression: int | None = None, liveliness: float | None = None) -> None:
        pass

    def push(self, samples: NDArray[np.float32], choice: Choice = EVERYTHING) -> Iterator[Frame]:
        self._samples += len(samples)
        while (self._next_pts + self.stride) * SAMPLES_PER_FRAME + LOOKAHEAD_SAMPLES <= self._samples:
            first = self._next_pts
            self._next_pts += self.stride
            self._spend("audio", AUDIO_S)
            if not choice.stride(first):
                continue
            self._spend("denoise", DENOISE_S * self.stride / STRIDE)
            for pts in range(first, first + self.stride):
                if choice.frame(pts):
                    self._spend("decode", DECODE_S)
                    yield Frame(np.zeros((8, 8, 4), np.uint8), pts)

    def flush(self) -> Iterator[Frame]:
        end = self._samples // SAMPLES_PER_FRAME
        for frame in self.push(np.zeros(STRIDE * SAMPLES_PER_FRAME + LOOKAHEAD_SAMPLES, np.float32)):
            if frame.pts < end:
                yield frame

    def _spend(self, stage: str, at_best_s: float) -> None:
        seconds = self._work(self._clock.now() - self._began_at, at_best_s)
        self._clock.wait(NEVER, self._clock.now() + seconds)
        getattr(self.stages, stage).add(seconds * 1000.0)
