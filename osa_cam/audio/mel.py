"""Log-mel spectrogram: causal, 100 frames a second, the same numbers streamed or at once.

Frame i is the sound of the WINDOW_LENGTH samples that end at sample (i + 1) * HOP_LENGTH; before the first sample
there is silence. Filters: triangles on Slaney's mel scale (Auditory Toolbox, 1998), whose linear part below 1 kHz keeps
80 filters wider than a bin of the Fourier transform.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from osa_cam.errors import AudioError
from osa_cam.media import HOP_LENGTH, MEL_BINS, SAMPLE_RATE

WINDOW_LENGTH = 400  # 25 ms
FFT_LENGTH = 512

# A full-scale sine has power 1 in its bin. Speech at usual levels lies between 1e-8 and 1e-2, whose middle and half
# range bring it to about -1 to 1. The floor is below the noise of 16-bit sound, so a quiet microphone is still heard.
POWER_FLOOR = 1e-9
LOG_MEAN = -5.0
LOG_SCALE = 2.5

SILENCE_MEL = float((np.log10(POWER_FLOOR) - LOG_MEAN) / LOG_SCALE)  # every bin of log_mel(zeros)

_OVERLAP = WINDOW_LENGTH - HOP_LENGTH


def _hz_to_mel(hz: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(hz < 1000, hz * 3 / 200, 15 + 27 * np.log(np.maximum(hz, 1000) / 1000) / np.log(6.4))


def _mel_to_hz(mel: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(mel < 15, mel * 200 / 3, 1000 * np.exp((mel - 15) * np.log(6.4) / 27))


@lru_cache(maxsize=1)
def _filters() -> NDArray[np.float32]:
    """[FFT_LENGTH / 2 + 1, MEL_BINS], each a triangle of height 1."""
    bins = np.arange(FFT_LENGTH // 2 + 1) * SAMPLE_RATE / FFT_LENGTH
    low, high = _hz_to_mel(np.array([20.0, SAMPLE_RATE / 2]))
    edges = _mel_to_hz(np.linspace(low, high, MEL_BINS + 2))
    rise = (bins[:, None] - edges[:-2]) / (edges[1:-1] - edges[:-2])
    fall = (edges[2:] - bins[:, None]) / (edges[2:] - edges[1:-1])
    triangles: NDArray[np.float32] = np.maximum(0, np.minimum(rise, fall)).astype(np.float32)
    return triangles


@lru_cache(maxsize=1)
def _window() -> NDArray[np.float32]:
    hann = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(WINDOW_LENGTH) / WINDOW_LENGTH)
    window: NDArray[np.float32] = (hann * 2 / hann.sum()).astype(np.float32)
    return window


def _frames_to_mel(padded: NDArray[np.float32]) -> NDArray[np.float32]:
    """padded: [_OVERLAP + frames * HOP_LENGTH] -> [frames, MEL_BINS]."""
    windows = np.lib.stride_tricks.sliding_window_view(padded, WINDOW_LENGTH)[::HOP_LENGTH]
    spectrum = np.fft.rfft(windows * _window(), FFT_LENGTH)
    power = spectrum.real**2 + spectrum.imag**2
    mel = power.astype(np.float32) @ _filters()
    logs: NDArray[np.float32] = ((np.log10(np.maximum(mel, POWER_FLOOR)) - LOG_MEAN) / LOG_SCALE).astype(np.float32)
    return logs


def _checked(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    if samples.ndim != 1:
        raise AudioError(f"log-mel takes mono samples [n], got shape {samples.shape}; mix the channels down first")
    # A driver that delivers NaN for one block must not poison what follows.
    return np.nan_to_num(samples, copy=False).astype(np.float32, copy=False)


def log_mel(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Log-mel of a whole recording.

    samples: float32 [n], SAMPLE_RATE, -1 to 1 -> float32 [n // HOP_LENGTH, MEL_BINS], SILENCE_MEL to about 2.
    Raises AudioError when samples are not mono.
    """
    samples = _checked(samples)
    frames = len(samples) // HOP_LENGTH
    if frames == 0:
        return np.empty((0, MEL_BINS), np.float32)
    return _frames_to_mel(np.concatenate([np.zeros(_OVERLAP, np.float32), samples[: frames * HOP_LENGTH]]))


def silence_mel(frames: int) -> NDArray[np.float32]:
    """The log-mel of silence, float32 [frames, MEL_BINS]."""
    return np.full((frames, MEL_BINS), SILENCE_MEL, np.float32)


class StreamingLogMel:
    """log_mel, block by block: the frames of all pushes together equal log_mel of the blocks together."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget what was heard: the next push starts after silence."""
        self._pending = np.zeros(_OVERLAP, np.float32)

    def push(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        """samples: float32 [n] -> the frames that are complete now, float32 [m, MEL_BINS], m may be 0."""
        heard = np.concatenate([self._pending, _checked(samples)])
        frames = (len(heard) - _OVERLAP) // HOP_LENGTH
        self._pending = heard[frames * HOP_LENGTH :]
        if frames == 0:
            return np.empty((0, MEL_BINS), np.float32)
        return _frames_to_mel(heard[: _OVERLAP + frames * HOP_LENGTH])
