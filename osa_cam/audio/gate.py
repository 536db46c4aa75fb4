"""Tells speech from the room, so that noise never moves the mouth."""

from __future__ import annotations

from collections import deque

import numpy as np
from numpy.typing import NDArray

from osa_cam.media import HOP_LENGTH

PRE_EMPHASIS = 0.97  # takes hum and rumble off, whose energy says nothing about speech
ABOVE_FLOOR_DB = 9.0
HOLD_BELOW_DB = 4.0  # an open gate closes this much below where it opened, or it would flutter
QUIETEST_DB = -66.0  # below this nobody is near the microphone; pre-emphasised speech lies 10 dB under its usual level
FIRST_FLOOR_DB = -58.0  # of a quiet room, until the real one was heard
FLOOR_HOPS = 300  # longer than people speak without a gap, shorter than they put up with a fan that moves the mouth
SMOOTHING_HOPS = 3
HANG_OVER_HOPS = 15  # the ends of words are soft


class SpeechGate:
    """Opens where the level is well above the quietest of the last seconds.

    Source: minimum statistics, Martin 2001, section 2, with a plain mean instead of the optimal smoothing.
    """

    def __init__(self) -> None:
        self._previous = np.float32(0)
        self._powers: deque[float] = deque([0.0] * SMOOTHING_HOPS, SMOOTHING_HOPS)
        self._levels: deque[float] = deque([FIRST_FLOOR_DB], FLOOR_HOPS)
        self._hang_over = 0
        self.level_db = QUIETEST_DB

    def push(self, samples: NDArray[np.float32]) -> NDArray[np.bool_]:
        """samples: float32 [n * HOP_LENGTH] -> open [n]."""
        sharpened = samples - PRE_EMPHASIS * np.concatenate(([self._previous], samples[:-1]))
        self._previous = samples[-1]
        powers = np.mean(np.square(sharpened.reshape(-1, HOP_LENGTH)), axis=1)
        return np.array([self._hop(float(power)) for power in powers], np.bool_)

    def _hop(self, power: float) -> bool:
        self._powers.append(power)
        self.level_db = 10.0 * float(np.log10(max(sum(self._powers) / SMOOTHING_HOPS, 1e-12)))
        if self.level_db > -100.0:  # exact zeros are a muted or missing microphone and say nothing about the room
            self._levels.append(self.level_db)
        opens = max(min(self._levels) + ABOVE_FLOOR_DB, QUIETEST_DB)
        if self.level_db > (opens - HOLD_BELOW_DB if self._hang_over else opens):
            self._hang_over = HANG_OVER_HOPS
        else:
            self._hang_over = max(self._hang_over - 1, 0)
        return self._hang_over > 0
