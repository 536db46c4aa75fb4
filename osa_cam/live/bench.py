"""How fast this machine is, measured with the built-in speech."""

from __future__ import annotations

import platform
from pathlib import Path
from typing import Any

import numpy as np

from osa_cam.audio.file import read_blocks
from osa_cam.config import Canvas, Sampling
from osa_cam.generation.compose import Composer
from osa_cam.live.clock import SystemClock
from osa_cam.live.open import open_pipeline
from osa_cam.live.pipeline import latency_s
from osa_cam.live.statistics import Histogram, memory_mb
from osa_cam.media import SAMPLE_RATE

DEMO = Path(__file__).parent.parent / "assets" / "demo.opus"


def measure(avatar: str | None, sampling: Sampling, engine: str, model: str, seconds: float) -> dict[str, Any]:
    """As fast as it goes, without a camera: wall times in milliseconds. JSON-able."""
    clock = SystemClock()
    started = clock.now()
    pipeline, loaded = open_pipeline(avatar, sampling, engine, Path(model) if Path(model).is_dir() else model)
    pipeline.warm_up()
    ready = clock.now()
    composer, composing = Composer(Canvas()), Histogram()
    speech = np.concatenate(list(read_blocks(DEMO)))
    speech = np.resize(speech, round(seconds * SAMPLE_RATE))  # repeats it when it is shorter
    frames = 0
    before = clock.now()
    for frame in pipeline.push(speech):
        frames += 1
        at = clock.now()
        composer.compose(frame.picture)
        composing.add((clock.now() - at) * 1000.0)
    took = clock.now() - before
    return {
        "ms_per_frame": round(pipeline.stages.ms_per_frame(pipeline.stride), 2),
        "frames_per_second": round(frames / took, 1),
        "stages_ms": {**pipeline.stages.summary(), "compose": composing.summary()},
        "start_s": round(ready - started, 2),
        "method_latency_ms": round(latency_s(pipeline.stride) * 1000),
        "memory_mb": memory_mb(),
        "frames": frames,
        "model": loaded.manifest.name,
        "engine": loaded.denoise.provider,
        "machine": platform.machine(),
    }
