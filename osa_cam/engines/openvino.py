"""Graphs on the processor, by OpenVINO: in bfloat16 where the processor multiplies matrices of it (AMX), which is several times faster."""

from __future__ import annotations

import logging
import os
import queue
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import numpy as np
import platformdirs

# OpenVINO tells its makers of every import, unless its reporter isn't to be found. From here nothing leaves the machine.
sys.modules["openvino_telemetry"] = None  # type: ignore[assignment]

import openvino as ov  # noqa: E402

from osa_cam.engines.base import Argument, Array, CheckedEngine, live_threads, no_graph, read_graph  # noqa: E402
from osa_cam.errors import EngineError  # noqa: E402
from osa_cam.media import STRIDE  # noqa: E402

log = logging.getLogger(__name__)

DEVICE = "CPU"


@cache  # it is asked for every graph, and the processor stays the same
def has_bfloat16() -> bool:
    """Whether the processor computes with it, rather than only storing it."""
    return "BF16" in ov.Core().get_property(DEVICE, "OPTIMIZATION_CAPABILITIES")


class OpenVinoEngine(CheckedEngine):
    """path: a graph whose shapes are all static but for the frames, which become `frames`; exact: float32 whatever the processor has;
    at_once: as in `OnnxRuntimeEngine`.

    Raises ModelError when it can't be read, EngineError when it can't run.
    """

    def __init__(self, path: Path, frames: int = STRIDE, threads: int | None = None, exact: bool = False, at_once: int = 1) -> None:
        threads = threads or live_threads()
        self.at_once = min(at_once, threads)
        core = ov.Core()
        bfloat16 = not exact and has_bfloat16()
        settings = {
            "INFERENCE_NUM_THREADS": threads,
            "NUM_STREAMS": self.at_once,
            "INFERENCE_PRECISION_HINT": "bf16" if bfloat16 else "f32",
            # Pinned threads would fight the meeting for their cores.
            "ENABLE_CPU_PINNING": False,
            **_cache(),
        }
        graph = read_graph(path)
        try:
            model = core.read_model(graph)
            model.reshape({node: _static(node.partial_shape, frames) for node in model.inputs})
            self._compiled = core.compile_model(model, DEVICE, settings)
        except RuntimeError as error:  # the base of all that OpenVINO raises
            raise no_graph(path, str(error).strip().splitlines()[-1]) from error
        super().__init__(
            graph=path.stem,
            name=f"OpenVINO {ov.__version__.partition('-')[0]}",
            precision="bfloat16" if bfloat16 else "float32",
            device=f"the processor, {threads} threads",
            inputs=tuple(_argument(node) for node in self._compiled.inputs),
            outputs=tuple(_argument(node) for node in self._compiled.outputs),
        )
        self._idle: queue.SimpleQueue[ov.InferRequest] = queue.SimpleQueue()
        for _ in range(self.at_once):
            self._idle.put(self._compiled.create_infer_request())

    def _infer(self, feeds: Mapping[str, Array]) -> dict[str, Array]:
        request = self._idle.get()
        try:
            results = request.infer({name: np.ascontiguousarray(array) for name, array in feeds.items()}, share_inputs=True)
        except RuntimeError as error:
            raise EngineError(f"{self.graph} failed in OpenVINO: {error}") from error
        finally:
            self._idle.put(request)
        return {argument.name: results[i] for i, argument in enumerate(self.outputs)}


def _cache() -> dict[str, str]:
    """Where compiled graphs are kept: it makes the next start a second shorter. Without a place every start is the first."""
    folder = platformdirs.user_cache_path("osa-cam") / "openvino"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        log.info("compiled graphs are not kept: %s", error)
        return {}
    return {"CACHE_DIR": str(folder)} if os.access(folder, os.W_OK) else {}


def _static(shape: ov.PartialShape, frames: int) -> list[int]:
    return [size.get_length() if size.is_static else frames for size in shape]


def _argument(node: ov.ConstOutput) -> Argument:
    # What a tensor is called within the graph, the exporter writes with slashes.
    name = min(node.names, key=lambda name: ("/" in name, name))
    return Argument(name, tuple(node.shape), np.dtype(node.element_type.to_dtype()))
