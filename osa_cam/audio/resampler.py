"""Sound of any rate to any other, block by block."""

from __future__ import annotations

import av
import numpy as np
from numpy.typing import NDArray

from osa_cam.media import SAMPLE_RATE


class Resampler:
    """Mono; `rate` in, `to` out."""

    def __init__(self, rate: int, to: int = SAMPLE_RATE) -> None:
        self._rate = rate
        self._to = to
        self._resampler = av.AudioResampler(format="flt", layout="mono", rate=to)

    def push(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """float32 [n] -> what can be known of the other rate by now; the last millisecond comes with the next block."""
        if self._rate == self._to or not len(samples):
            return samples
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples, np.float32)[None], format="flt", layout="mono")
        frame.sample_rate = self._rate
        blocks = [block.to_ndarray().reshape(-1) for block in self._resampler.resample(frame)]
        return np.concatenate(blocks) if blocks else np.zeros(0, np.float32)
