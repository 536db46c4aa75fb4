"""Speech as pitch, spectrum and breath, which can be bent one by one (WORLD; Morise et al. 2016).

pip install --no-deps pyworld 'setuptools<81'
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from osa_cam.synth.speaking.said import Said, module

Array = NDArray[np.float64]

FRAME_S = 0.005
_WANTED = "pyworld 'setuptools<81'"  # it asks setuptools for its own version


@dataclass(frozen=True, eq=False)
class Voice:
    """A sound in frames of FRAME_S.

    pitch: [n], Hz, 0 where there is none; envelope: [n, bins], power; breath: [n, bins], share of noise, 0 to 1.
    """

    rate: int
    pitch: Array
    envelope: Array
    breath: Array

    @classmethod
    def of(cls, said: Said) -> Voice:
        """Raises TrainingError where the vocoder is missing."""
        world = module("pyworld", _WANTED)
        samples = said.samples.astype(np.float64)
        pitch, times = world.dio(samples, said.rate, frame_period=1000 * FRAME_S)
        pitch = world.stonemask(samples, pitch, times, said.rate)
        return cls(said.rate, pitch, world.cheaptrick(samples, pitch, times, said.rate), world.d4c(samples, pitch, times, said.rate))

    def sound(self) -> NDArray[np.float32]:
        """float32 [samples], -1 to 1."""
        made = module("pyworld", _WANTED).synthesize(self.pitch, self.envelope, self.breath, self.rate, 1000 * FRAME_S)
        out: NDArray[np.float32] = np.clip(made, -1, 1).astype(np.float32)
        return out
