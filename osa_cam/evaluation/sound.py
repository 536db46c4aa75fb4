"""Sound that can be heard again from a clip's log-mel: sets of clips keep no samples.

It sounds like a bad telephone line, but every syllable is where it was. Source: Griffin and Lim 1984, with the momentum of Perraudin et al.
2013 (A fast Griffin-Lim algorithm), algorithm 2.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from osa_cam.audio.mel import FFT_LENGTH, LOG_MEAN, LOG_SCALE, WINDOW_LENGTH, log_mel
from osa_cam.media import HOP_LENGTH

Spectrum = NDArray[np.complex128]  # [frames, FFT_LENGTH / 2 + 1]

ROUNDS, MOMENTUM = 24, 0.9
WINDOW = np.hanning(WINDOW_LENGTH + 1)[:-1]


def filters() -> NDArray[np.float64]:
    """What each mel bin says of a full-scale sine in each bin of the Fourier transform: [FFT_LENGTH / 2 + 1, MEL_BINS]."""
    t = np.arange(WINDOW_LENGTH + HOP_LENGTH)
    bins = np.arange(FFT_LENGTH // 2 + 1)[:, None]
    sines = np.cos(2 * np.pi * bins * t / FFT_LENGTH + 0.25 * np.pi).astype(np.float32)
    return _power(np.stack([log_mel(sine)[-1] for sine in sines]))


def samples_of(mel: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    """mel: log-mel [n, 80] -> samples float32 [n * HOP_LENGTH] at SAMPLE_RATE, -1 to 1."""
    bank = filters()
    shares = bank / np.maximum(bank.sum(0), 1e-12)  # a mel bin's power goes back to where it came from
    level = np.sqrt(_power(mel) @ shares.T)
    phase = np.exp(2j * np.pi * rng.random(level.shape))
    last = np.zeros_like(phase)
    for _ in range(ROUNDS):
        now = _spectrum(_samples(level * phase), len(mel))
        ahead = now + MOMENTUM * (now - last)
        phase, last = ahead / np.maximum(np.abs(ahead), 1e-12), now
    samples = _samples(level * phase)
    return (samples * (0.7 / max(float(np.abs(samples).max()), 1e-3))).astype(np.float32)


def _power(mel: NDArray[np.float32]) -> NDArray[np.float64]:
    return 10.0 ** (mel.astype(np.float64) * LOG_SCALE + LOG_MEAN)


def _samples(spectrum: Spectrum) -> NDArray[np.float64]:
    """Frame i lies on the WINDOW_LENGTH samples that end at (i + 1) * HOP_LENGTH, as `log_mel` has it."""
    frames = np.fft.irfft(spectrum, FFT_LENGTH)[:, :WINDOW_LENGTH] * WINDOW
    whole = np.zeros(WINDOW_LENGTH + HOP_LENGTH * (len(frames) - 1))
    weight = np.zeros_like(whole)
    for i, frame in enumerate(frames):
        at = slice(i * HOP_LENGTH, i * HOP_LENGTH + WINDOW_LENGTH)
        whole[at] += frame
        weight[at] += WINDOW**2
    return (whole / np.maximum(weight, 1e-3))[WINDOW_LENGTH - HOP_LENGTH :]


def _spectrum(samples: NDArray[np.float64], frames: int) -> Spectrum:
    padded = np.concatenate([np.zeros(WINDOW_LENGTH - HOP_LENGTH), samples])
    windows = np.lib.stride_tricks.sliding_window_view(padded, WINDOW_LENGTH)[::HOP_LENGTH][:frames]
    return np.fft.rfft(windows * WINDOW, FFT_LENGTH)
