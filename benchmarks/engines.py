"""What each graph of a model costs, by precision and threads, and what int8 loses: a Markdown table.

python benchmarks/engines.py [--model lite | --untrained SIZE] [--sets FOLDER] [--runs 60] [--spinning]

Every line's runs are spread over the whole measurement, so that a busy moment of the machine meets all of them alike. CPU ms is the
time of all threads together: what is taken from the meeting beside us. With --sets the losses are measured on validation, else they
are those that the manifest remembers. --untrained measures a size that has no weights yet, with random ones: the times are as true, the
pictures mean nothing.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import time
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from osa_cam.engines.base import Engine
from osa_cam.engines.model import MODELS, load_model, open_graph, read_manifest, wave_feed
from osa_cam.engines.onnxruntime import OnnxRuntimeEngine
from osa_cam.media import STRIDE
from osa_cam.networks.sizes import SIZES
from osa_cam.training.export import export_untrained

GRAPHS = ("audio", "denoise", "decode")
REST_S = 0.005  # between runs, as between two frames: threads that spin on do it here


@dataclass
class Line:
    graph: str
    threads: int
    engine: Engine
    wall_ms: list[float] = field(default_factory=list)
    cpu_ms: list[float] = field(default_factory=list)

    def run(self) -> None:
        feed = wave_feed(self.engine)
        cpu, wall = time.process_time(), time.perf_counter()
        self.engine.infer(feed)
        self.wall_ms.append((time.perf_counter() - wall) * 1e3)
        time.sleep(REST_S)
        self.cpu_ms.append((time.process_time() - cpu) * 1e3)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="lite")
    parser.add_argument("--untrained", choices=SIZES, help="a size with random weights, in place of --model")
    parser.add_argument("--sets", type=Path, help="folder of drawn sets, to measure the losses on")
    parser.add_argument("--runs", type=int, default=60)
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--stride", type=int, default=STRIDE, help="frames that the denoiser makes in one run")
    parser.add_argument("--spinning", action="store_true", help="let waiting threads spin")
    options = parser.parse_args()
    with TemporaryDirectory() as made:
        if options.untrained:
            folder = export_untrained(Path(made), SIZES[options.untrained])
        else:
            folder = Path(options.model) if Path(options.model).is_dir() else MODELS / options.model
        measure(folder, options)


def measure(folder: Path, options: argparse.Namespace) -> None:
    manifest = read_manifest(folder)

    lines = []
    for graph in GRAPHS:
        for path in sorted(folder.glob(f"{graph}.onnx")) + sorted(folder.glob(f"{graph}.int8.onnx")):
            for threads in options.threads:
                engine = open_graph(
                    path, lambda path, stride, threads=threads: OnnxRuntimeEngine(path, stride, threads, options.spinning), options.stride
                )
                lines.append(Line(graph, threads, engine))
        if importlib.util.find_spec("openvino"):
            from osa_cam.engines.openvino import OpenVinoEngine

            for threads in options.threads:
                lines.append(Line(graph, threads, OpenVinoEngine(folder / f"{graph}.onnx", options.stride, threads)))
    first = min(3, options.runs)  # runs of a graph that are no measure
    for turn in range(options.runs + first):
        for line in lines:
            line.run()
            if turn < first:
                line.wall_ms.clear()
                line.cpu_ms.clear()

    losses = {graph: known.loss for graph, known in manifest.int8.items()}
    if options.sets:
        from osa_cam.synth.sets import open_set
        from osa_cam.training.calibration import decode_losses, decode_stills, denoise_losses

        model, float32 = load_model(folder, "onnxruntime"), load_model(folder, "onnxruntime", int8=False)
        clips = options.sets / "clips/validation"
        odd = range(1, len(open_set(clips)["latents"]), 2)  # the even ones were calibrated on
        stills = [still for i, still in enumerate(decode_stills(float32, options.sets / "stills/validation", 2)) if i // 2 % 2]
        losses = {
            "decode": decode_losses(float32.decode, model.decode, stills),
            "denoise": denoise_losses(float32, float32.denoise, model.denoise, clips, odd),
        }

    print("| graph | engine, precision | threads | least ms | median ms | p95 | CPU ms | loss |\n|---|---|---|---|---|---|---|---|")
    for line in lines:
        loss = losses.get(line.graph, {}) if line.engine.precision == "int8" else {}
        told = ", ".join(f"{name} {value:.{3 if '_r_' in name else 1}f}" for name, value in loss.items())
        times = [min(line.wall_ms), *np.percentile(line.wall_ms, (50, 95)), float(np.median(line.cpu_ms))]
        figures = " | ".join(f"{figure:.1f}" for figure in times)
        print(f"| {line.graph} | {line.engine.name}, {line.engine.precision} | {line.threads} | {figures} | {told} |")
    print()
    figures_of = {f"{x.graph} {x.engine.name} {x.engine.precision} {x.threads}": round(float(np.median(x.wall_ms)), 2) for x in lines}
    machine = {"spinning": options.spinning, "stride": options.stride, "load_of_the_machine": os.getloadavg()[0]}
    print(json.dumps({"benchmark": "engines", "model": manifest.name, **machine, "median_ms": figures_of, "losses": losses}))


if __name__ == "__main__":
    main()
