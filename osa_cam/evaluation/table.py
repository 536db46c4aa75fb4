"""`osa-cam eval`: the paper's comparison on our test split: the base model's 20 steps against one.

Every clip is a person, a voice and a sentence never trained on. Figures of lips and motion come from the latents; the
times are ONNX Runtime's, of the same graphs that ship.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from osa_cam.engines.onnxruntime import FRAMES_AXIS
from osa_cam.evaluation.metrics import blinks_a_minute, border_ratio, correlation, motion_amount, mouth_opening, sync
from osa_cam.media import FPS, STRIDE
from osa_cam.networks.denoiser import Denoiser
from osa_cam.networks.sizes import ModelSize
from osa_cam.synth.sets import LIPS_CLOSED, MEL_BEFORE, SILENCE
from osa_cam.training import checkpoint
from osa_cam.training.base import raw
from osa_cam.training.clips import ClipSet
from osa_cam.training.diffusion import sample_consistency, sample_ddim
from osa_cam.training.eft import STRENGTH, roll_out
from osa_cam.training.export import OUTPUTS, example_inputs, write_graph

STEPS = 20
Generate = Callable[[Denoiser, ClipSet, int, int], Tensor]


@dataclass(frozen=True)
class Row:
    """steps: network evaluations a stride; *_true: the same figure of the drawn clips."""

    name: str
    steps: int
    mouth_r: float
    mouth_lag_frames: float
    closed_over_rest: float
    silent_over_rest: float
    border_ratio: float
    motion_over_true: float
    blinks_a_minute: float
    denoise_ms_a_frame: float
    speed_up: float


def _strides(denoiser: Denoiser, clips: ClipSet, clip: int, strides: int, sampler: Callable[..., Tensor]) -> Tensor:
    """Strides each made from their own noise: what a model without editing can do."""
    places = [(clip, i * STRIDE) for i in range(strides)]
    conditions = clips.conditions(places, [(True, True)] * strides)
    noise = torch.randn(clips.latents(clip, 0, strides * STRIDE).shape, generator=torch.Generator().manual_seed(clip))
    return sampler(conditions.of(denoiser), noise)


def _ddim(steps: int) -> Generate:
    return lambda denoiser, clips, clip, strides: _strides(denoiser, clips, clip, strides, lambda d, n: sample_ddim(d, n, steps))


def _consistency(steps: int) -> Generate:
    generator = torch.Generator().manual_seed(0)
    return lambda denoiser, clips, clip, strides: _strides(
        denoiser, clips, clip, strides, lambda d, n: sample_consistency(d, n, steps, generator)
    )


def _rolling(denoiser: Denoiser, clips: ClipSet, clip: int, strides: int) -> Tensor:
    return roll_out(denoiser, clips, clip, strides, torch.Generator().manual_seed(clip), STRENGTH)


def milliseconds_a_frame(denoiser: Denoiser, size: ModelSize, steps: int, threads: int, repeats: int = 15) -> float:
    """Median time of `steps` evaluations of a stride in ONNX Runtime, by the stride's frames."""
    import onnxruntime

    inputs = example_inputs(size)["denoise"]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "denoise.onnx"
        write_graph(path, denoiser, inputs, OUTPUTS["denoise"])
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.add_free_dimension_override_by_name(FRAMES_AXIS, STRIDE)
        session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    feed = {name: value.numpy() for name, value in inputs.items()}
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        for _ in range(steps):
            session.run(None, feed)
        times.append(time.perf_counter() - start)
    return float(np.median(times[2:]) * 1e3 / STRIDE)


def _ratio(opening: NDArray[np.float64], chosen: NDArray[np.bool_], rest: NDArray[np.bool_]) -> float:
    return float(opening[chosen].mean() / max(opening[rest].mean(), 1e-9)) if chosen.any() and rest.any() else float("nan")


@torch.no_grad()
def measure(
    name: str, steps: int, denoiser: Denoiser, size: ModelSize, generate: Generate, clips: ClipSet, count: int, threads: int
) -> tuple[Row, dict[str, float]]:
    """One row, and the same figures of the true clips."""
    strides = clips.frames // STRIDE
    frames = strides * STRIDE
    rs, lags, borders, motions, blinks, true_borders, true_blinks = [], [], [], [], [], [], []
    openings, truths, sounds = [], [], []
    for clip in range(count):
        truth = raw(clips.latents(clip, 0, frames))
        made = raw(generate(denoiser, clips, clip, strides))
        opening, true_opening = mouth_opening(made), mouth_opening(truth)
        found = sync(opening, true_opening)
        rs.append(found.r)
        lags.append(found.lag)
        borders.append(border_ratio(made))
        true_borders.append(border_ratio(truth))
        motions.append(motion_amount(made) / max(motion_amount(truth), 1e-9))
        blinks.append(blinks_a_minute(made, FPS))
        true_blinks.append(blinks_a_minute(truth, FPS))
        # Faces differ in size: compare within each clip's own widest opening.
        widest = max(float(np.percentile(true_opening, 95)), 1e-9)
        openings.append(opening / widest)
        truths.append(true_opening / widest)
        sounds.append(np.array(clips.arrays["sounds"][clip, :frames]))
    opening, true_opening, sound = np.concatenate(openings), np.concatenate(truths), np.concatenate(sounds)
    closed, silent = sound == LIPS_CLOSED, sound == SILENCE
    speaking = ~closed & ~silent
    row = Row(
        name,
        steps,
        float(np.mean(rs)),
        float(np.mean(lags)),
        _ratio(opening, closed, speaking),
        _ratio(opening, silent, speaking),
        float(np.mean(borders)),
        float(np.mean(motions)),
        float(np.mean(blinks)),
        milliseconds_a_frame(denoiser, size, steps, threads),
        float("nan"),
    )
    true = {
        "closed_over_rest": _ratio(true_opening, closed, speaking),
        "silent_over_rest": _ratio(true_opening, silent, speaking),
        "border_ratio": float(np.mean(true_borders)),
        "blinks_a_minute": float(np.mean(true_blinks)),
        "loudness_r": correlation(true_opening, _loudness(clips, count, frames)),
    }
    return row, true


def _loudness(clips: ClipSet, count: int, frames: int) -> NDArray[np.float64]:
    """Mean log-mel of each frame: the mouth that anyone can make without a model."""
    mel = np.array(clips.arrays["mel"][:count, MEL_BEFORE : MEL_BEFORE + 4 * frames], np.float64)
    return mel.mean(2).reshape(count, frames, 4).mean(2).reshape(-1)


def evaluate_rows(runs: Path, clips_folder: Path, size: ModelSize, count: int, threads: int) -> tuple[list[Row], dict[str, float]]:
    """The table's rows from the checkpoints under `runs`; raises TrainingError where a stage is missing."""
    torch.set_num_threads(threads)
    clips = ClipSet(clips_folder, runs / "autoencoder/checkpoint.safetensors", runs / "audio/checkpoint.safetensors")
    plan: list[tuple[str, str, int, Generate]] = [
        (f"base, {STEPS} steps", "base", STEPS, _ddim(STEPS)),
        ("base, 1 step", "base", 1, _ddim(1)),
        ("Adv-LCM, 1 step", "adv-lcm", 1, _consistency(1)),
        ("OSA-LCM (EFT), 1 step", "eft", 1, _rolling),
    ]
    rows: list[Row] = []
    true: dict[str, float] = {}
    for name, stage, steps, generate in plan:
        denoiser = Denoiser(size.denoiser).eval()
        checkpoint.load(runs / stage / "checkpoint.safetensors", {"denoiser": denoiser})
        row, true = measure(name, steps, denoiser, size, generate, clips, min(count, clips.count), threads)
        rows.append(row)
    slow = rows[0].denoise_ms_a_frame
    return [Row(**{**asdict(row), "speed_up": slow / row.denoise_ms_a_frame}) for row in rows], true


def markdown(rows: list[Row], true: Mapping[str, float]) -> str:
    """The table, with what the drawn clips themselves show in the last row."""
    head = [
        "",
        "mouth r",
        "lag, frames",
        "p b m / rest",
        "silence / rest",
        "border jump",
        "motion / true",
        "blinks a minute",
        "ms a frame",
        "speed-up",
    ]
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    for r in rows:
        cells = [
            r.mouth_r,
            r.mouth_lag_frames,
            r.closed_over_rest,
            r.silent_over_rest,
            r.border_ratio,
            r.motion_over_true,
            r.blinks_a_minute,
        ]
        times = [r.denoise_ms_a_frame, r.speed_up]
        lines.append("| " + " | ".join([r.name, *(f"{c:.2f}" for c in cells), *(f"{t:.1f}" for t in times)]) + " |")
    t = true
    lines.append(
        f"| drawn clips | 1 | 0 | {t['closed_over_rest']:.2f} | {t['silent_over_rest']:.2f} | {t['border_ratio']:.2f} | 1 | "
        f"{t['blinks_a_minute']:.2f} | | |"
    )
    lines.append(f"\nLoudness alone follows the true mouth with r = {t['loudness_r']:.2f}.")
    return "\n".join(lines) + "\n"


def write(out: Path, rows: list[Row], true: Mapping[str, float]) -> None:
    out.mkdir(parents=True, exist_ok=True)
    (out / "table.md").write_text(markdown(rows, true), encoding="utf-8")
    (out / "table.json").write_text(
        json.dumps({"rows": [asdict(row) for row in rows], "drawn": dict(true)}, indent=2) + "\n", encoding="utf-8"
    )
