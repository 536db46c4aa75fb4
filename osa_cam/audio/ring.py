"""Sound between the audio callback and the thread that uses it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


class Ring:
    """Bounded; one writer, one reader, no lock: when the reader is late the oldest samples are lost and counted.

    Samples are float32 [n, channels]; nothing is allocated in `write`.
    """

    def __init__(self, capacity: int, channels: int) -> None:
        self._samples = np.zeros((capacity, channels), np.float32)
        self._capacity = capacity
        self._written = 0
        self._read = 0
        self._stamp = (0, 0.0)
        self.dropped = 0

    @property
    def written(self) -> int:
        return self._written

    def write(self, block: NDArray[np.float32], last_sample_at: float) -> None:
        """last_sample_at: when the block's last sample was heard, in seconds of the session's clock."""
        if len(block) > self._capacity:
            self._written += len(block) - self._capacity
            block = block[-self._capacity :]
        start = self._written % self._capacity
        head = min(len(block), self._capacity - start)
        self._samples[start : start + head] = block[:head]
        self._samples[: len(block) - head] = block[head:]
        self._written += len(block)
        self._stamp = (self._written, last_sample_at)

    def read(self) -> tuple[NDArray[np.float32], tuple[int, float]]:
        """All that is new, and (number of the sample, its time) of the last one stamped."""
        while True:
            stamp, written = self._stamp, self._written
            oldest = max(self._read, written - self._capacity)
            places = np.arange(oldest, written) % self._capacity
            samples = self._samples[places]
            if self._written - oldest <= self._capacity:  # else the writer came round while we copied
                self.dropped += oldest - self._read
                self._read = written
                return samples, stamp
