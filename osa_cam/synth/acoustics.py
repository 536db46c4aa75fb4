"""What lies between a mouth and a microphone's samples: rooms, noise, levels, band limits, codecs.

Every function takes and gives float32 [n] at SAMPLE_RATE and moves nothing in time, so labels stay where they are. `augment` strings
them together with probabilities under which about an eighth of the clips stays clean.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, fftconvolve, sosfilt

from osa_cam.media import SAMPLE_RATE

Samples = NDArray[np.float32]
Rng = np.random.Generator


def room(samples: Samples, rng: Rng) -> Samples:
    """Reverberation: noise that decays by 60 dB in .12 to .9 s, 2 to 20 dB below the direct sound, darker than it."""
    decay_s = rng.uniform(0.12, 0.9)
    n = int(min(0.5, 0.7 * decay_s) * SAMPLE_RATE)
    t = np.arange(n) / SAMPLE_RATE
    tail = rng.standard_normal(n) * 10 ** (-3 * t / decay_s)
    tail = sosfilt(butter(1, rng.uniform(1500, 6000), fs=SAMPLE_RATE, output="sos"), tail)
    tail[: int(rng.uniform(0.002, 0.012) * SAMPLE_RATE)] = 0
    tail *= 10 ** (-rng.uniform(2, 20) / 20) / np.sqrt(np.sum(tail**2) + 1e-12)
    tail[0] = 1.0
    wet: Samples = fftconvolve(samples, tail)[: len(samples)].astype(np.float32)
    return wet


def coloured(n: int, rng: Rng, slope: float) -> Samples:
    """Noise whose power falls with frequency to the power of `slope`: 0 white, 1 pink, 2 brown."""
    m = max(1024, 1 << (n - 1).bit_length())
    frequency = np.arange(m // 2 + 1, dtype=np.float32)
    frequency[0] = 1
    shape = np.where(frequency < 20 * m / SAMPLE_RATE, 0, frequency ** np.float32(-slope / 2))
    spectrum = (rng.standard_normal(m // 2 + 1, np.float32) + 1j * rng.standard_normal(m // 2 + 1, np.float32)) * shape
    noise: Samples = np.fft.irfft(spectrum)[:n].astype(np.float32)
    return noise


def keyboard(n: int, rng: Rng) -> Samples:
    """Key presses: bursts of a few milliseconds, 2 to 9 a second, each with a duller thump."""
    noise = np.zeros(n, np.float32)
    for start in rng.integers(0, n, int(n / SAMPLE_RATE * rng.uniform(2, 9)) + 1):
        length = int(rng.uniform(0.004, 0.025) * SAMPLE_RATE)
        click = rng.standard_normal(length) * np.exp(-np.arange(length) / (0.25 * length)) * rng.uniform(0.3, 1)
        noise[start : start + length] += click[: n - start].astype(np.float32)
    return noise


def hum(n: int, rng: Rng) -> Samples:
    """Mains at 50 or 60 Hz with harmonics, and the tone of a fan now and then."""
    t = np.arange(n, dtype=np.float32) / SAMPLE_RATE
    base = float(rng.choice([50, 60]))
    noise = np.zeros(n, np.float32)
    for k in range(1, 10):
        noise += (rng.random() / k * np.sin(2 * np.pi * (base * k * t + rng.random()))).astype(np.float32)
    if rng.random() < 0.3:
        noise += (0.3 * np.sin(2 * np.pi * rng.uniform(200, 3000) * t)).astype(np.float32)
    return noise


def music(n: int, rng: Rng) -> Samples:
    """Notes of a chord progression with harmonics and a soft beat."""
    t = np.arange(n, dtype=np.float32) / SAMPLE_RATE
    noise = np.zeros(n, np.float32)
    beat = int(rng.uniform(0.25, 0.7) * SAMPLE_RATE)
    for start in range(0, n, beat):
        piece = t[start : start + beat]
        envelope = np.exp(-(piece - piece[0]) * rng.uniform(1, 6))
        for _ in range(rng.integers(1, 4)):
            pitch = 110 * 2 ** (rng.integers(0, 36) / 12)
            for k in range(1, 5):
                noise[start : start + beat] += (envelope * rng.random() / k * np.sin(2 * np.pi * pitch * k * piece)).astype(np.float32)
        thump = min(800, len(piece))
        noise[start : start + thump] += (0.5 * rng.standard_normal(thump) * np.exp(-np.arange(thump) / 150)).astype(np.float32)
    return noise


def breath(n: int, rng: Rng) -> Samples:
    """One breath: noise of 300 to 4000 Hz that swells and fades over n samples."""
    band = butter(2, [rng.uniform(250, 700), rng.uniform(2500, 6000)], btype="bandpass", fs=SAMPLE_RATE, output="sos")
    shape = np.sin(np.pi * np.linspace(0, 1, n) ** rng.uniform(0.6, 1.6)) ** 2
    noise: Samples = (sosfilt(band, rng.standard_normal(n)) * shape).astype(np.float32)
    return noise


NOISES: tuple[Callable[[int, Rng], Samples], ...] = (
    lambda n, rng: coloured(n, rng, 0.0),
    lambda n, rng: coloured(n, rng, 1.0),
    lambda n, rng: coloured(n, rng, 2.0),
    keyboard,
    hum,
    music,
)


def background(n: int, rng: Rng, babble: list[Samples] | None = None) -> Samples:
    """One kind of noise, or two of them, root mean square 1; babble: recordings of other people, heard several at once."""
    noise = np.zeros(n, np.float32)
    for _ in range(1 + (rng.random() < 0.3)):
        if babble and rng.random() < 0.25:
            part = np.zeros(n, np.float32)
            for _ in range(rng.integers(3, 7)):
                voice = babble[rng.integers(len(babble))]
                part += np.roll(np.resize(voice, n), rng.integers(n)) * np.float32(rng.uniform(0.3, 1))
        else:
            part = NOISES[rng.integers(len(NOISES))](n, rng)
        noise += part / (np.sqrt(np.mean(part**2)) + 1e-9) * np.float32(rng.uniform(0.3, 1))
    level: Samples = (noise / (np.sqrt(np.mean(noise**2)) + 1e-9)).astype(np.float32)
    return level


def speech_level(samples: Samples) -> float:
    """Root mean square of the loud half of the blocks of 20 ms: pauses don't count."""
    blocks = samples[: len(samples) // 320 * 320].reshape(-1, 320)
    power = np.sort((blocks**2).mean(1))
    return float(np.sqrt(power[len(power) // 2 :].mean())) if len(power) else 0.0


def add_noise(samples: Samples, noise: Samples, snr_db: float) -> Samples:
    """snr_db: level of the speech over that of the noise (root mean square 1)."""
    level = speech_level(samples) or 0.05
    return samples + noise * np.float32(level * 10 ** (-snr_db / 20))


def band_limit(samples: Samples, rng: Rng) -> Samples:
    """A telephone (300 to 3400 Hz), a source of 8 kHz or so, or a microphone that rumbles or lacks bass."""
    kind = rng.integers(3)
    if kind == 0:
        band = butter(3, [rng.uniform(150, 400), rng.uniform(3200, 3800)], btype="bandpass", fs=SAMPLE_RATE, output="sos")
    elif kind == 1:
        band = butter(4, rng.uniform(3400, 7000), fs=SAMPLE_RATE, output="sos")
    else:
        band = butter(1, rng.uniform(80, 500), btype="highpass", fs=SAMPLE_RATE, output="sos")
    limited: Samples = sosfilt(band, samples).astype(np.float32)
    return limited


def tilt(samples: Samples, rng: Rng) -> Samples:
    """A microphone's colour: up to +-9 dB between low and high, by a first-order shelf."""
    low = sosfilt(butter(1, rng.uniform(400, 2500), fs=SAMPLE_RATE, output="sos"), samples)
    shelved: Samples = (low + (samples - low) * 10 ** (rng.uniform(-9, 9) / 20)).astype(np.float32)
    return shelved


def clip(samples: Samples, rng: Rng) -> Samples:
    """Overdriven: cut at a third to all of the loudest sample, hard or soft."""
    limit = float(np.abs(samples).max()) * rng.uniform(0.15, 0.7) + 1e-6
    clipped: Samples = (np.clip(samples, -limit, limit) if rng.random() < 0.5 else limit * np.tanh(samples / limit)).astype(np.float32)
    return clipped


def codec(samples: Samples, rng: Rng) -> Samples:
    """Mu-law of 5 to 8 bits (ITU-T G.711's companding), or packets of 20 ms lost at 1 to 4 % and faded over."""
    if rng.random() < 0.6:
        peak = float(np.abs(samples).max()) + 1e-6
        steps = 2 ** rng.integers(5, 9) / 2
        companded = np.sign(samples) * np.log1p(255 * np.abs(samples) / peak) / np.log(256)
        companded = np.round(companded * steps) / steps
        decoded: Samples = (np.sign(companded) * np.expm1(np.abs(companded) * np.log(256)) / 255 * peak).astype(np.float32)
        return decoded
    kept = rng.random(len(samples) // 320 + 1) > rng.uniform(0.01, 0.04)
    gain = np.convolve(np.repeat(kept, 320)[: len(samples)].astype(np.float32), np.full(48, 1 / 48, np.float32), mode="same")
    return samples * gain


def gain(samples: Samples, rng: Rng) -> Samples:
    """-30 to +10 dB, and now and then a level that drifts as automatic control makes it."""
    decibels = np.full(len(samples), rng.uniform(-30, 10), np.float32)
    if rng.random() < 0.2:
        knots = rng.uniform(-4, 4, 2 + len(samples) // SAMPLE_RATE)
        decibels += np.interp(np.linspace(0, len(knots) - 1, len(samples)), np.arange(len(knots)), knots).astype(np.float32)
    return samples * 10 ** (decibels / np.float32(20))


def resample(samples: Samples, rate: float) -> Samples:
    """Played `rate` times as fast: pitch, formants and tempo change together; labels' times divide by rate."""
    n = int(len(samples) / rate)
    return np.interp(np.arange(n) * rate, np.arange(len(samples)), samples).astype(np.float32)


def augment(samples: Samples, rng: Rng, babble: list[Samples] | None = None) -> Samples:
    """A clean recording as some microphone somewhere would give it."""
    if rng.random() < 0.5:
        samples = tilt(samples, rng)
    if rng.random() < 0.5:
        samples = room(samples, rng)
    if rng.random() < 0.6:
        samples = add_noise(samples, background(len(samples), rng, babble), float(rng.uniform(3, 35)))
    if rng.random() < 0.3:
        samples = band_limit(samples, rng)
    if rng.random() < 0.1:
        samples = clip(samples, rng)
    if rng.random() < 0.1:
        samples = codec(samples, rng)
    if rng.random() < 0.8:
        samples = gain(samples, rng)
    # Every real input has a floor of its own; digital silence stays in one clip of five.
    if rng.random() < 0.8:
        samples = samples + rng.standard_normal(len(samples), np.float32) * np.float32(10 ** rng.uniform(-5, -3))
    return np.clip(samples, -1, 1).astype(np.float32)
