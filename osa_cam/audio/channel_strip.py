"""What is done to the microphone's sound before anything else hears it: repaired, made louder, gated, muted, measured."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from osa_cam.media import SAMPLE_RATE

HOLD_S = 0.2  # an open gate stays open through the gaps between words
FALLS_DB_PER_S = 60.0  # of the meter, which a syllable must not make flicker
QUIETEST_DB = -100.0


class ChannelStrip:
    """gain_db, gate_db (None: no gate) and muted may be set from any thread; they take effect with the next block, without a click.

    level_db: below full scale, after the gain and before the gate, so that the gate's threshold can be read off it.
    """

    def __init__(self, gain_db: float = 0.0, gate_db: float | None = None) -> None:
        self.gain_db = gain_db
        self.gate_db = gate_db
        self.muted = False
        self.level_db = QUIETEST_DB
        self._open_for = 0
        self._gain = np.float32(1.0)
        self._from = self._factor = 1.0 if gate_db is None else 0.0

    def push(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """float32 [n], mono, SAMPLE_RATE -> the same, finite and within -1 to 1."""
        if not len(samples):
            return samples
        self._gain = np.float32(10.0 ** (self.gain_db / 20.0))
        loud = self._louder(samples)
        self._from, self._factor = self._factor, 0.0 if not self._opens(loud) or self.muted else 1.0
        return self._faded(loud)

    def again(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """The same for the newest block at another rate: float32 [m] -> [m]."""
        return self._faded(self._louder(samples))

    def _louder(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        return np.clip(np.nan_to_num(samples, posinf=0.0, neginf=0.0) * self._gain, -1.0, 1.0)

    def _faded(self, loud: NDArray[np.float32]) -> NDArray[np.float32]:
        if self._from == self._factor == 1.0:
            return loud
        return loud * np.linspace(self._from, self._factor, len(loud), dtype=np.float32)

    def _opens(self, loud: NDArray[np.float32]) -> bool:
        now_db = 10.0 * float(np.log10(np.mean(np.square(loud)) + 1e-10))
        self.level_db = max(now_db, self.level_db - FALLS_DB_PER_S * len(loud) / SAMPLE_RATE)
        threshold = self.gate_db
        if threshold is None or now_db >= threshold:
            self._open_for = round(HOLD_S * SAMPLE_RATE)
        else:
            self._open_for -= len(loud)
        return self._open_for > 0
