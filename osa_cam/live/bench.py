"""How fast this machine is, measured with the built-in speech: every engine that works on it, with its quality beside its speed."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from osa_cam.audio.file import read_blocks
from osa_cam.avatars.library import load_avatar
from osa_cam.config import Canvas, Sampling
from osa_cam.engines.choice import ENGINES, why_not, working
from osa_cam.engines.model import Model, load_model
from osa_cam.errors import EngineError
from osa_cam.generation.compose import Composer
from osa_cam.live.clock import SystemClock
from osa_cam.live.open import STRIDE, open_pipeline
from osa_cam.live.pipeline import Pipeline, latency_s
from osa_cam.live.statistics import Histogram, memory_mb
from osa_cam.media import FPS, SAMPLE_RATE

DEMO = Path(__file__).parent.parent / "assets" / "demo.opus"
BASE_STEPS = 20
BASE_SECONDS = 0.8  # of speech: enough strides of twenty evaluations
BASE_BLOCKS = 5
QUALITY_S = 4.0
POWERCAP = Path("/sys/class/powercap")
GPU_READY_S = 600.0  # a first build of the engines


def measure(avatar: str | None, sampling: Sampling, engine: str, model: str, seconds: float) -> dict[str, Any]:
    """As fast as it goes, without a camera: wall times in milliseconds. JSON-able.

    cpu_percent: of all cores; gpu_percent, gpu_joule: None without a GPU that says so; cpu_joule: of the whole processor, everything
    that runs on it included, None where the system does not say or says it only to others. Raises as `open_pipeline`.
    """
    clock = SystemClock()
    started = clock.now()
    pipeline, loaded = open_pipeline(avatar, sampling, engine, Path(model) if Path(model).is_dir() else model)
    try:
        _wait_for_gpu(loaded)
        pipeline.warm_up()
        ready = clock.now()
        composer, composing, whole = Composer(Canvas()), Histogram(), Histogram()
        frames, gpu_ms = 0, 0.0
        sound = speech(seconds)
        with _meter() as used:
            before = clock.now()
            at = before
            for frame in pipeline.push(sound):
                frames += 1
                composing_at = clock.now()
                composer.compose(composer.mark(frame.picture))
                now = clock.now()
                composing.add((now - composing_at) * 1000.0)
                whole.add((now - at) * 1000.0)
                at = now
                gpu_ms += _gpu_ms(loaded, pipeline.stride)
            took = clock.now() - before
        return {
            "ms_per_frame": round(pipeline.stages.ms_per_frame(pipeline.stride), 2),
            "frames_per_second": round(frames / took, 1),
            "stages_ms": {**pipeline.stages.summary(), "compose": composing.summary()},
            "whole_ms": whole.summary(),
            "start_s": round(ready - started, 2),
            "method_latency_ms": round(latency_s(pipeline.stride) * 1000),
            "cpu_percent": round(100 * used["cpu_s"] / took / (os.cpu_count() or 1), 1),
            "gpu_percent": round(gpu_ms / took / 10, 1) if loaded.accelerator else None,
            "cpu_joule_per_frame": _per_frame(used.get("cpu_joule"), frames),
            "gpu_joule_per_frame": _per_frame(used.get("gpu_joule"), frames),
            "memory_mb": memory_mb(),
            "frames": frames,
            "model": loaded.manifest.name,
            "engine": loaded.denoise.provider,
            "precision": {"denoise": loaded.denoise.precision, "decode": loaded.decode.precision},
            "losses": loaded.accelerator.losses if loaded.accelerator else 0,
            "machine": platform.machine(),
        }
    finally:
        loaded.close()


def every_engine(avatar: str | None, model: str, seconds: float, engines: tuple[str, ...] = ()) -> dict[str, Any]:
    """`measure` of each engine, what it costs against float32, and twenty steps beside one; engines: none for all that work here.

    Raises EngineError when one that was asked for does not work.
    """
    here = working()
    chosen = engines or here
    for name in engines:
        if name not in here:
            raise EngineError(f"{name}: {why_not(name)}")
    lines = {}
    for name in chosen:
        line = measure(avatar, Sampling(), name, model, seconds)
        lines[name] = line | quality(avatar, name, model) | base_against_one(avatar, name, model)
    skipped = {} if engines else {name: why_not(name) for name in ENGINES[1:] if name not in chosen}
    return {"benchmark": "bench", "seconds": seconds, "load_of_the_machine": _load(), "engines": lines, "not_measured": skipped}


def quality(avatar: str | None, engine: str, model: str) -> dict[str, float]:
    """The same talk as float32 in ONNX Runtime makes it, told as PSNR of the pictures in dB and as r of the mouth's opening."""
    portrait, folder = load_avatar(avatar), Path(model) if Path(model).is_dir() else model
    exact = load_model(folder, "onnxruntime", int8=False, stride=STRIDE)
    other = load_model(folder, engine, stride=STRIDE)
    try:
        _wait_for_gpu(other)
        wanted, made = Pipeline(exact, portrait, Sampling()), Pipeline(other, portrait, Sampling())
        errors, mouths = [], []
        sound = speech(QUALITY_S)
        for one, two in zip(wanted.push(sound), made.push(sound), strict=True):
            errors.append(np.square(one.picture.astype(np.float32) - two.picture).mean())
            mouths.append((wanted.mouth, made.mouth))
    finally:
        exact.close()
        other.close()
    opening = np.array(mouths)
    psnr = 10 * np.log10(255**2 / max(float(np.mean(errors)), 1e-9))
    r = float(np.corrcoef(opening.T)[0, 1]) if opening.std(0).all() else float(np.allclose(*opening.T))
    return {"psnr_db": round(psnr, 1), "mouth_r": round(r, 4)}


def base_against_one(avatar: str | None, engine: str, model: str) -> dict[str, float]:
    """Median milliseconds of denoising a frame in one step and in the base model's twenty, in the same engine; weights change no time."""
    folder = Path(model) if Path(model).is_dir() else model
    loaded = load_model(folder, engine, stride=STRIDE)
    try:
        _wait_for_gpu(loaded)
        base = replace(loaded, manifest=loaded.manifest.model_copy(update={"sampler": "ddim", "steps": BASE_STEPS}))
        one_step = replace(loaded, manifest=loaded.manifest.model_copy(update={"sampler": "rolling", "steps": 1}))
        portrait, sound = load_avatar(avatar), speech(BASE_SECONDS)
        pipelines = [Pipeline(kind, portrait, Sampling()) for kind in (one_step, base)]
        for pipeline in pipelines:
            pipeline.warm_up()
        for block in np.split(sound, BASE_BLOCKS):  # in turn: a busy moment of the machine meets both alike
            for pipeline in pipelines:
                for _ in pipeline.push(block):
                    pass
    finally:
        loaded.close()
    one, many = (pipeline.stages.denoise.percentile(50) / STRIDE for pipeline in pipelines)
    return {"one_step_ms": round(one, 2), "base_20_ms": round(many, 2), "base_20_is_slower_by": round(many / max(one, 1e-9), 1)}


def markdown(figures: dict[str, Any]) -> Iterator[str]:
    """The lines of the tables; figures: of `every_engine`."""
    yield "| engine | stage | p50 ms | p95 ms | p99 ms |"
    yield "|---|---|---|---|---|"
    for name, line in figures["engines"].items():
        for stage, times in {**line["stages_ms"], "from frame to frame": line["whole_ms"]}.items():
            yield f"| {name} | {stage} | " + " | ".join(f"{times[percent]:.2f}" for percent in ("p50", "p95", "p99")) + " |"
    yield ""
    speed = ["engine", "ms a frame", "frames/s", "CPU %", "GPU %", "MB", "J a frame, CPU, GPU"]
    columns = [*speed, "PSNR dB", "mouth r", "1 step ms", "20 steps ms", "ratio"]
    yield f"| {' | '.join(columns)} |"
    yield "|---" * len(columns) + "|"
    for name, line in figures["engines"].items():
        told = [
            f"{name}: {line['engine']}",
            *(line[key] for key in ("ms_per_frame", "frames_per_second", "cpu_percent", "gpu_percent", "memory_mb")),
            f"{_or_dash(line['cpu_joule_per_frame'])}, {_or_dash(line['gpu_joule_per_frame'])}",
            *(line[key] for key in ("psnr_db", "mouth_r", "one_step_ms", "base_20_ms", "base_20_is_slower_by")),
        ]
        yield "| " + " | ".join(map(_or_dash, told)) + " |"
    for name, reason in figures["not_measured"].items():
        yield f"\nNot measured: {name}: {reason}"


def speech(seconds: float) -> NDArray[np.float32]:
    """So much of the built-in speech, repeated when it is shorter."""
    return np.resize(np.concatenate(list(read_blocks(DEMO))), round(seconds * SAMPLE_RATE))


def _wait_for_gpu(model: Model) -> None:
    if model.accelerator is not None and not model.accelerator.ready.wait(GPU_READY_S):
        raise EngineError(f"the GPU's engines are not ready: {model.accelerator.notice}")


def _gpu_ms(model: Model, stride: int) -> float:
    """What the newest frame took of the GPU."""
    if model.accelerator is None:
        return 0.0
    engines = {graph: model.accelerator.engine(graph) for graph in ("audio", "denoise", "paint")}
    return sum(engine.gpu_ms / (1 if graph == "paint" else stride) for graph, engine in engines.items() if engine is not None)


@contextmanager
def _meter() -> Iterator[dict[str, float]]:
    """Filled at the end: cpu_s of this process; cpu_joule and gpu_joule where the system tells them."""
    used: dict[str, float] = {}
    cpu, joule, gpu = time.process_time(), _cpu_joule(), _gpu_joule()
    yield used
    used["cpu_s"] = time.process_time() - cpu
    if joule is not None and (now := _cpu_joule()) is not None and now >= joule:  # the counter begins anew now and then
        used["cpu_joule"] = now - joule
    if gpu is not None and (now := _gpu_joule()) is not None:
        used["gpu_joule"] = now - gpu


def _cpu_joule() -> float | None:
    """Of all packages, by Intel's and AMD's counters under Linux, which mostly root may read."""
    try:
        return sum(int(path.read_text()) for path in POWERCAP.glob("intel-rapl:?/energy_uj")) / 1e6 or None
    except (OSError, ValueError):
        return None


def _gpu_joule() -> float | None:
    with suppress(Exception):  # no cuda-python, no card, or one that does not tell: each says so in a way of its own
        from cuda.bindings import nvml

        nvml.init_v2()
        try:
            return nvml.device_get_total_energy_consumption(nvml.device_get_handle_by_index_v2(0)) / 1e3
        finally:
            nvml.shutdown()
    return None


def _load() -> float | None:
    """Programs that wanted a core in the last minute: above the number of cores the figures are too slow."""
    return round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None


def _per_frame(joule: float | None, frames: int) -> float | None:
    return None if joule is None or not frames else round(joule / frames, 3)


def _or_dash(value: object) -> str:
    return "–" if value is None else str(value)


def verdict(line: dict[str, Any]) -> str:
    """line: of `measure`."""
    live = "live use will do" if line["ms_per_frame"] < 1000 / FPS else f"too slow for live use: a frame has {1000 / FPS:.0f} ms"
    return f"{line['ms_per_frame']} ms a frame, {line['engine']}: {live}"
