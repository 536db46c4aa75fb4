"""Sounds and pictures for tests, made on the spot."""

from __future__ import annotations

import threading
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from osa_cam.media import SAMPLE_RATE


def bursts(seconds: float, seed: int = 0) -> NDArray[np.float32]:
    """Syllables of noise, 200 ms on and 200 ms off: loud enough for the gate."""
    rng = np.random.default_rng(seed)
    samples = rng.standard_normal(round(seconds * SAMPLE_RATE)).astype(np.float32) * 0.2
    on = (np.arange(len(samples)) // (SAMPLE_RATE // 5)) % 2 == 0
    return samples * on.astype(np.float32)


def write_wav(path: Path, samples: NDArray[np.float32], rate: int = SAMPLE_RATE, channels: int = 1) -> Path:
    """16 bits; every channel has the same sound."""
    whole = np.repeat((np.clip(samples, -1, 1) * 32767).astype(np.int16)[:, None], channels, axis=1).reshape(1, -1)
    if not len(samples):
        path.write_bytes(b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x80\x3e\0\0\0\x7d\0\0\x02\0\x10\0data\0\0\0\0")
        return path
    with av.open(str(path), "w", format="wav") as container:
        stream = container.add_stream("pcm_s16le", rate=rate, layout={1: "mono", 2: "stereo", 8: "7.1"}[channels])
        frame = av.AudioFrame.from_ndarray(whole, format="s16", layout=stream.layout.name)
        frame.sample_rate, frame.pts = rate, 0
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def write_portrait(path: Path, alpha: bool = True) -> Path:
    """A face that is just a disc."""
    picture = np.zeros((512, 512, 4), np.uint8)
    cv2.circle(picture, (256, 256), 200, (120, 160, 220, 255), -1)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(cv2.imencode(path.suffix, picture if alpha else picture[..., :3])[1].tobytes())
    return path


class FakeClock:
    """Time that passes only while somebody waits; nobody ever sleeps."""

    def __init__(self) -> None:
        self.time = 100.0

    def now(self) -> float:
        return self.time

    def wait(self, stop: threading.Event, until: float) -> bool:
        self.time = max(self.time, until)
        return stop.is_set()
