"""Counters that others poll; nothing here waits or allocates for long."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from osa_cam.media import FPS

STEP_MS = 0.25
LONGEST_MS = 4000.0


class Histogram:
    """Durations in steps of a quarter of a millisecond: the same memory after eight hours as after one second."""

    def __init__(self) -> None:
        self._counts = np.zeros(int(LONGEST_MS / STEP_MS) + 1, np.int64)
        self.last_ms = 0.0

    def add(self, milliseconds: float) -> None:
        self.last_ms = milliseconds
        self._counts[int(min(max(milliseconds, 0.0), LONGEST_MS) / STEP_MS)] += 1

    @property
    def count(self) -> int:
        return int(self._counts.sum())

    def percentile(self, percent: float) -> float:
        """In milliseconds; 0 when nothing was added."""
        total = np.cumsum(self._counts)
        if not total[-1]:
            return 0.0
        return float(np.searchsorted(total, max(percent / 100.0 * total[-1], 1.0))) * STEP_MS

    def mean(self) -> float:
        return float(self._counts @ np.arange(len(self._counts))) * STEP_MS / max(self.count, 1)

    def summary(self) -> dict[str, float]:
        return {f"p{percent}": self.percentile(percent) for percent in (50, 95, 99)}


@dataclass
class StageTimes:
    """Wall time of each stage in milliseconds: audio and denoise a stride, decode a frame, of which `at_once` are under way at a time."""

    at_once: int = 1
    audio: Histogram = field(default_factory=Histogram)
    denoise: Histogram = field(default_factory=Histogram)
    decode: Histogram = field(default_factory=Histogram)

    def ms_per_frame(self, stride: int) -> float:
        return (self.audio.mean() + self.denoise.mean()) / stride + self.decode.mean() / self.at_once

    def summary(self) -> dict[str, dict[str, float]]:
        return {name: getattr(self, name).summary() for name in ("audio", "denoise", "decode")}


@dataclass
class Statistics:
    """Each number has one thread that writes it.

    made: frames painted; dropped: frames not painted because their time had passed; spared: frames not painted because the governor
    lowered the rate or nobody looked; shown: frames sent, each counted once; missed: frames never sent, spared ones aside; repeated:
    pictures sent again, also because the camera is faster than the model; late: frames that the talk had to wait for; skipped: ticks lost
    to a stall. latency_ms: from sound to picture, the mean of the last second or so; fps: frames shown in the last second; problem: why
    the source can't be heard, or nobody hears the delayed microphone; sound_delay_ms: of the delayed microphone, None without one;
    watched: does anybody see the picture? drift: by how much the face of any later minute differs from that of the first, 0 for the
    same, None before the second is half over.
    """

    latency: Histogram = field(default_factory=Histogram)
    send: Histogram = field(default_factory=Histogram)
    made: int = 0
    dropped: int = 0
    spared: int = 0
    painted_fps: float = FPS
    muted: bool = False
    shown: int = 0
    missed: int = 0
    repeated: int = 0
    late: int = 0
    skipped: int = 0
    samples_dropped: int = 0
    shift_ms: float = 0.0
    mouth: float = 0.0
    level_db: float = -100.0
    speaking: bool = False
    problem: str = ""
    latency_ms: float = 0.0
    fps: float = 0.0
    first_frame_s: float | None = None
    sound_delay_ms: float | None = None
    watched: bool = True
    drift: float | None = None

    def summary(self) -> dict[str, object]:
        return {
            "latency_ms": self.latency.summary(),
            "send_ms": self.send.summary(),
            "made": self.made,
            "dropped": self.dropped,
            "spared": self.spared,
            "painted_fps": self.painted_fps,
            "shown": self.shown,
            "missed": self.missed,
            "repeated": self.repeated,
            "late": self.late,
            "skipped": self.skipped,
            "samples_dropped": self.samples_dropped,
            "shift_ms": round(self.shift_ms, 1),
            "first_frame_s": self.first_frame_s,
            "sound_delay_ms": None if self.sound_delay_ms is None else round(self.sound_delay_ms, 1),
            "drift": None if self.drift is None else round(self.drift, 4),
            "memory_mb": memory_mb(),
        }


def memory_mb() -> float | None:
    """Resident now; None where the system does not say without a further package."""
    if sys.platform == "linux":
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        return round(pages * 4096 / 1e6, 1)
    return None
