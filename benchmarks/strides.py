"""How two cores best make a stride: each frame on both, or two frames side by side on one each; a Markdown table.

python benchmarks/strides.py [--model lite] [--seconds 60] [--threads 2]

A stride is the sound, the denoiser and two frames with all that the host does to them. Every line's runs are spread over the whole
measurement, so that a busy moment of the machine meets all of them alike. CPU ms is the time of all threads together: what is taken from
the meeting beside us. Ends in one line of JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from osa_cam.avatars.library import load_avatar
from osa_cam.engines.base import Engine
from osa_cam.engines.choice import why_not
from osa_cam.engines.model import MODELS, load_model, wave_feed
from osa_cam.engines.onnxruntime import OnnxRuntimeEngine
from osa_cam.generation.decoder import Decoder
from osa_cam.media import LATENT_CHANNELS, LATENT_SIZE

STRIDE = 2
REST_S = 0.003  # between strides
FIRST = 2  # runs that are no measure
Open = Callable[..., Engine]


def ways(folder: Path, threads: int) -> Iterator[tuple[str, Open, str, dict[str, Any], bool]]:
    """(name, what opens a graph, the ending of its twin's file, options of the first two graphs, whether frames are painted in pairs)"""
    for name, spinning in (("", False), (", spinning", True)):
        yield f"onnxruntime, one after the other{name}", OnnxRuntimeEngine, ".int8.onnx", {"spinning": spinning}, False
        yield f"onnxruntime, side by side{name}", OnnxRuntimeEngine, ".int8.onnx", {"spinning": spinning}, True
    yield "onnxruntime, side by side, denoiser on one thread", OnnxRuntimeEngine, ".int8.onnx", {"threads": 1}, True
    if why_not("openvino") is None:
        from osa_cam.engines.openvino import OpenVinoEngine

        yield "openvino, one after the other", OpenVinoEngine, ".onnx", {}, False
        yield "openvino, side by side", OpenVinoEngine, ".onnx", {}, True


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="lite")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    cv2.setNumThreads(1)  # as in live use
    folder = Path(options.model) if Path(options.model).is_dir() else MODELS / options.model
    loaded = load_model(folder, "onnxruntime")
    picture = load_avatar(None).picture
    features = loaded.reference.infer({"picture": picture[None]})["decoder_features"][0]
    z = np.random.default_rng(0).normal(0, 0.3, (len(LATENT_CHANNELS), LATENT_SIZE, LATENT_SIZE)).astype(np.float32)
    painters = ThreadPoolExecutor(STRIDE)

    def stride(opener: Open, ending: str, more: dict[str, Any], pair: bool) -> Callable[[], tuple[float, ...]]:
        graphs = [opener(folder / name, STRIDE, **{"threads": options.threads, **more}) for name in ("audio.onnx", f"denoise{ending}")]
        paint = {"at_once": STRIDE} if pair else {key: value for key, value in more.items() if key != "threads"}
        decode = opener(folder / f"decode{ending}", STRIDE, options.threads, **paint)
        feeds = [wave_feed(graph) for graph in graphs]

        def decoded(z: Any, warped: Any, warped_features: Any) -> Any:
            return decode.infer({"z": z, "warped": warped, "warped_features": warped_features})["picture"]

        face = Decoder(decoded, picture, features, loaded.latent_scale)

        def run() -> tuple[float, ...]:
            cpu, times = time.process_time(), [time.perf_counter()]
            for graph, feed in zip(graphs, feeds, strict=True):
                graph.infer(feed)
                times.append(time.perf_counter())
            for _ in (painters.map if pair else map)(face.picture, [z] * STRIDE):
                pass
            times.append(time.perf_counter())
            return (*np.diff(times), times[-1] - times[0], time.process_time() - cpu)

        return run

    lines = {name: stride(*how) for name, *how in ways(folder, options.threads)}
    took: dict[str, list[tuple[float, ...]]] = {name: [] for name in lines}
    until = time.monotonic() + options.seconds
    while time.monotonic() < until or len(next(iter(took.values()))) <= FIRST:
        for name, run in lines.items():
            took[name].append(run())
            time.sleep(REST_S)
    painters.shutdown()

    print("| how | audio | denoise | paint two | ms a frame | least | p95 | CPU ms a frame |\n|---|---|---|---|---|---|---|---|")
    medians = {}
    for name, runs in took.items():
        ms = np.array(runs[FIRST:]) * 1e3
        frame = ms[:, 3] / STRIDE
        medians[name] = round(float(np.median(frame)), 2)
        figures = [*np.median(ms[:, :3], axis=0), medians[name], frame.min(), np.percentile(frame, 95), np.median(ms[:, 4]) / STRIDE]
        print(f"| {name} | " + " | ".join(f"{figure:.1f}" for figure in figures) + " |")
    machine = {"threads": options.threads, "load_of_the_machine": os.getloadavg()[0], "runs": len(runs) - FIRST}
    print(json.dumps({"benchmark": "strides", "model": loaded.manifest.name, **machine, "median_ms_a_frame": medians}))


if __name__ == "__main__":
    main()
