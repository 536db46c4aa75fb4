"""Where live sound comes from."""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from osa_cam.audio.file import read_blocks
from osa_cam.media import SAMPLE_RATE

BLOCK_S = 0.02
SLEPT_S = 2.0  # nobody spoke while the computer slept: that time is not made up


class Clock(Protocol):
    def now(self) -> float: ...

    def wait(self, stop: threading.Event, until: float) -> bool:
        """True when `stop` was set before the time came."""
        ...


@dataclass(frozen=True, eq=False)
class Heard:
    """samples: float32 [n], mono, SAMPLE_RATE; last_sample_at: when the last one was in the air, in seconds of the clock.

    full: the same sound, mono, at the device's own `rate`, where there is more of it.
    """

    samples: NDArray[np.float32]
    last_sample_at: float
    full: NDArray[np.float32] | None = None
    rate: int = SAMPLE_RATE


class Source(Protocol):
    """A microphone, or what stands for one. problem: why nothing can be heard at the moment, and what to do; empty when all is well."""

    name: str
    problem: str

    @property
    def dropped(self) -> int:
        """Samples lost because nobody fetched them in time."""
        ...

    def start(self) -> None: ...

    def read(self, stop: threading.Event) -> Heard | None:
        """Waits for the next sound, at most a tenth of a second; None when the source has ended or `stop` is set."""
        ...

    def close(self) -> None: ...


class FileSource:
    """A file played at its real speed, as a microphone would hear it. Raises AudioError as read_blocks does."""

    dropped = 0
    problem = ""

    def __init__(self, path: Path, clock: Clock) -> None:
        self.name = path.name
        self._clock = clock
        self._blocks = rechunk(read_blocks(path), round(BLOCK_S * SAMPLE_RATE))
        self._first: NDArray[np.float32] | None = next(self._blocks)  # what is no sound fails here, before a camera opens
        self._next_at = 0.0

    def start(self) -> None:
        self._next_at = self._clock.now()

    def read(self, stop: threading.Event) -> Heard | None:
        block = self._first if self._first is not None else next(self._blocks, None)
        self._first = None
        if block is None:
            return None
        self._next_at = _next(self._clock, self._next_at, len(block) / SAMPLE_RATE)
        if self._clock.wait(stop, self._next_at):
            return None
        return Heard(block, self._next_at)

    def close(self) -> None:
        self._blocks.close()


class SilentSource:
    """Nothing to hear: the avatar idles until there is a microphone."""

    name = "silence"
    dropped = 0
    problem = ""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._next_at = 0.0

    def start(self) -> None:
        self._next_at = self._clock.now()

    def read(self, stop: threading.Event) -> Heard | None:
        self._next_at = _next(self._clock, self._next_at, BLOCK_S)
        if self._clock.wait(stop, self._next_at):
            return None
        return Heard(np.zeros(round(BLOCK_S * SAMPLE_RATE), np.float32), self._next_at)

    def close(self) -> None:
        pass


def _next(clock: Clock, at: float, seconds: float) -> float:
    """When a block that follows `at` has been heard."""
    now = clock.now()
    return (at if now - at <= SLEPT_S else now) + seconds


def rechunk(blocks: Iterator[NDArray[np.float32]], size: int) -> Generator[NDArray[np.float32], None, None]:
    """Blocks of `size` samples out of blocks of any size; the last may be shorter."""
    pending = np.zeros(0, np.float32)
    for block in blocks:
        pending = np.concatenate((pending, block))
        while len(pending) >= size:
            yield pending[:size]
            pending = pending[size:]
    if len(pending):
        yield pending
