"""A live run from speech to the null camera: latency, missed frames, memory. Ends in one line of JSON.

python benchmarks/live.py [--seconds 60] [--fps 25] [--model lite] [--avatar ID|PICTURE]
"""

from __future__ import annotations

import argparse
import json
import os
import threading
import time
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from osa_cam.audio.file import read_blocks
from osa_cam.audio.source import Heard
from osa_cam.camera.null import NullCamera
from osa_cam.config import Canvas, Sampling
from osa_cam.live.bench import DEMO
from osa_cam.live.clock import SystemClock
from osa_cam.live.open import open_pipeline
from osa_cam.live.session import Session
from osa_cam.live.statistics import memory_mb
from osa_cam.media import SAMPLE_RATE, STRIDE

BLOCK = SAMPLE_RATE // 100  # a microphone's 10 ms


class Talker:
    """The built-in speech again and again at its real speed."""

    name = "talker"
    dropped = 0
    problem = ""

    def __init__(self, seconds: float, clock: SystemClock) -> None:
        self._speech = np.concatenate(list(read_blocks(DEMO)))
        self._left = round(seconds * SAMPLE_RATE / BLOCK)
        self._clock = clock
        self._place = 0

    def start(self) -> None:
        self._next_at = self._clock.now()

    def read(self, stop: threading.Event) -> Heard | None:
        self._left -= 1
        self._next_at += BLOCK / SAMPLE_RATE
        if self._left < 0 or self._clock.wait(stop, self._next_at):
            return None
        block = np.take(self._speech, range(self._place, self._place + BLOCK), mode="wrap")
        self._place += BLOCK
        return Heard(block, self._next_at)

    def close(self) -> None:
        pass


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--fps", type=int, default=25)
    parser.add_argument("--model", default="lite")
    parser.add_argument("--avatar")
    options = parser.parse_args()
    clock = SystemClock()
    model = Path(options.model) if Path(options.model).is_dir() else options.model
    pipeline, loaded = open_pipeline(options.avatar, Sampling(), model=model)
    session = Session(pipeline, Talker(options.seconds, clock), NullCamera(), Canvas(), options.fps, clock)
    session.start()
    session.done.wait(min(5.0, options.seconds / 2))
    memory_before, cpu_before, before = memory_mb(), time.process_time(), clock.now()
    session.done.wait()
    cpu = (time.process_time() - cpu_before) / (clock.now() - before)
    session.close()
    figures = {
        "benchmark": "live",
        "seconds": options.seconds,
        "fps": options.fps,
        "model": loaded.manifest.name,
        "engine": loaded.denoise.provider,
        "ms_per_frame": round(pipeline.stages.ms_per_frame(STRIDE), 2),
        "stages_ms": pipeline.stages.summary(),
        "cores_used": round(cpu, 2),
        "memory_before_mb": memory_before,
        "load_of_the_machine": os.getloadavg()[0],
        **session.statistics.summary(),
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
