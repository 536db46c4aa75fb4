"""All that only a machine with an NVIDIA card can show, by one command: proofs, speeds, and how far they are from what the card allows.

python benchmarks/gpu.py [--sizes lite base paper] [--tflops 989] [--gigabytes 4800] [--strides 400] [--sum]

First `pytest -m gpu tests/engines`: the engines against torch, no allocation, overlap, the same talk as on the processor. Then, for each
size, frames a second with all copies to and from the host, and beside it the sum: arithmetic of a frame over the card's peak in float16
plus the bytes that have to move at least (weights once a run, inputs, outputs, past) over its memory's. --tflops and --gigabytes: the
card's peaks, from its maker; the defaults are an H200's, dense. Sizes without weights run with random ones. --sum tells the
sums alone, which needs no card. Ends in one line of JSON.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import threading
import time
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import torch
from torch.utils.flop_counter import FlopCounterMode

from osa_cam.avatars.library import load_avatar
from osa_cam.config import Sampling
from osa_cam.engines.cuda import Cuda
from osa_cam.engines.model import ANY, CONTRACT, FRAMES, MODELS, PAINT, load_model, open_gpu, wave_feed
from osa_cam.errors import OsaCamError
from osa_cam.live.bench import speech
from osa_cam.live.pipeline import Pipeline
from osa_cam.media import STRIDE
from osa_cam.networks.audio import AudioEncoder
from osa_cam.networks.autoencoder import Decoder
from osa_cam.networks.denoiser import Denoiser
from osa_cam.networks.sizes import SIZES, ModelSize
from osa_cam.training.export import AudioGraph, PaintGraph, example_inputs, export_untrained

ROOT = Path(__file__).resolve().parents[1]
BYTES = 2  # of a number in float16


def bytes_of(graph: str, size: ModelSize) -> int:
    """All inputs and outputs of a run."""
    sizes = {FRAMES: STRIDE, "past16": 2 * size.denoiser.channels[1], "past8": 2 * size.denoiser.channels[2]}
    total = 0
    for argument in chain(*(PAINT if graph == "paint" else CONTRACT[graph])):
        any_size = sizes.get(argument.name.replace("left", "past"), 1)
        total += int(np.prod([any_size if n == ANY else sizes.get(n, n) for n in argument.shape])) * argument.dtype.itemsize
    return total


def least_ms(size: ModelSize, tflops: float, gigabytes: float) -> dict[str, float]:
    """What a frame costs at the card's peaks, a stride of STRIDE: its arithmetic and its traffic, and their sum."""
    examples = example_inputs(size)
    flops = traffic = 0.0
    for graph, runs in (("audio", 1 / STRIDE), ("denoise", 1 / STRIDE), ("paint", 1.0)):
        with torch.device("meta"), torch.no_grad():
            network = {
                "audio": lambda: AudioGraph(AudioEncoder()),
                "denoise": lambda: Denoiser(size.denoiser),
                "paint": lambda: PaintGraph(Decoder(size.autoencoder)),
            }[graph]()
            with FlopCounterMode(display=False) as counter:
                network.eval()(*(torch.empty_like(tensor, device="meta") for tensor in examples[graph].values()))
        flops += runs * counter.get_total_flops()
        weights = sum(parameter.numel() for parameter in network.parameters()) * BYTES
        traffic += runs * (weights + bytes_of(graph, size))
    arithmetic_ms, traffic_ms = flops / tflops / 1e9, traffic / gigabytes / 1e6
    return {
        "gflop": round(flops / 1e9, 2),
        "megabytes": round(traffic / 1e6, 1),
        "arithmetic_ms": round(arithmetic_ms, 4),
        "traffic_ms": round(traffic_ms, 4),
        "least_ms": round(arithmetic_ms + traffic_ms, 4),
    }


def speed(folder: Path, size: ModelSize, strides: int, tflops: float, gigabytes: float) -> dict[str, Any]:
    cpu = load_model(folder, "onnxruntime", int8=False, stride=STRIDE)
    cuda = Cuda()
    started = time.perf_counter()
    opened = open_gpu(folder, {"audio": cpu.audio, "denoise": cpu.denoise}, print, threading.Event(), cuda)
    ready_s = time.perf_counter() - started
    engines = opened.engines
    feeds = {graph: wave_feed(engine) for graph, engine in engines.items()}

    def run(count: int) -> float:
        """Seconds for so many strides: while a stride is denoised, the pictures of the one before are painted."""
        before, painting = time.perf_counter(), []
        for _ in range(count):
            engines["audio"].infer(feeds["audio"])
            denoising = engines["denoise"].submit(feeds["denoise"])
            for _ in range(STRIDE):
                if len(painting) == 2:
                    engines["paint"].collect(painting.pop(0))
                painting.append(engines["paint"].submit(feeds["paint"]))
            engines["denoise"].collect(denoising)
        for number in painting:
            engines["paint"].collect(number)
        return time.perf_counter() - before

    run(10)
    seconds = sorted(run(strides // 4) for _ in range(5))[2]
    frame_ms = seconds / (strides // 4) / STRIDE * 1e3
    gpu_ms = {}
    for graph, engine in engines.items():
        times = []
        for _ in range(50):
            engine.infer(feeds[graph])
            times.append(engine.gpu_ms)
        gpu_ms[graph] = round(float(np.median(times)), 3)
    opened.close()
    bound = least_ms(size, tflops, gigabytes)
    return {
        "frames_per_second": round(1e3 / frame_ms, 1),
        "ms_per_frame": round(frame_ms, 3),
        "gpu_ms_per_run": gpu_ms,
        "ready_s": round(ready_s, 1),
        **bound,
        "share_of_the_possible": round(bound["least_ms"] / frame_ms, 3),
    }


def whole_path(folder: Path) -> float:
    """Frames a second of the real pipeline, sound to pictures, all that the host does included."""
    model = load_model(folder, "tensorrt", stride=STRIDE)
    try:
        assert model.accelerator is not None
        if not model.accelerator.ready.wait(600):
            sys.exit(model.accelerator.notice)
        pipeline = Pipeline(model, load_avatar(None), Sampling())
        pipeline.warm_up()
        sound = speech(40.0)
        before = time.perf_counter()
        frames = sum(1 for _ in pipeline.push(sound))
        return round(frames / (time.perf_counter() - before), 1)
    finally:
        model.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", nargs="+", choices=SIZES, default=list(SIZES))
    parser.add_argument("--tflops", type=float, default=989.0, help="dense, float16")
    parser.add_argument("--gigabytes", type=float, default=4800.0, help="a second, of the card's memory")
    parser.add_argument("--strides", type=int, default=400)
    parser.add_argument("--sum", action="store_true", help="only what the card would allow at best")
    options = parser.parse_args()
    if options.sum:
        sums = {name: least_ms(SIZES[name], options.tflops, options.gigabytes) for name in options.sizes}
        print("| size | GFLOP a frame | MB a frame | arithmetic ms | traffic ms | least ms |\n|---|---|---|---|---|---|")
        for name, line in sums.items():
            print(f"| {name} | " + " | ".join(map(str, line.values())) + " |")
        print(json.dumps({"benchmark": "gpu", "tflops": options.tflops, "gigabytes": options.gigabytes, "sums": sums}))
        return
    card = Cuda()
    told = {"card": card.name, "capability": card.capability, "driver": card.driver}
    card.close()
    proofs = subprocess.run([sys.executable, "-m", "pytest", "-q", "-m", "gpu", "tests/engines"], cwd=ROOT, check=False).returncode
    lines = {}
    for name in options.sizes:
        with TemporaryDirectory() as made:
            folder = MODELS / name if (MODELS / name).is_dir() else export_untrained(Path(made), SIZES[name])
            lines[name] = speed(folder, SIZES[name], options.strides, options.tflops, options.gigabytes)
            lines[name]["whole_path_frames_per_second"] = whole_path(folder)
    print("| size | frames/s, engines | whole path | ms a frame | GFLOP | MB | least ms | share |\n|---|---|---|---|---|---|---|---|")
    for name, line in lines.items():
        columns = ("frames_per_second", "whole_path_frames_per_second", "ms_per_frame", "gflop", "megabytes", "least_ms")
        print(f"| {name} | " + " | ".join(str(line[column]) for column in columns) + f" | {line['share_of_the_possible']:.0%} |")
    print(json.dumps({"benchmark": "gpu", **told, "proofs_passed": proofs == 0, "sizes": lines}))
    sys.exit(proofs)


if __name__ == "__main__":
    try:
        main()
    except OsaCamError as error:
        sys.exit(str(error))
