"""Graphs by ONNX Runtime: on the processor, or by another of its providers where it has one."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import onnxruntime as ort  # type: ignore[import-untyped]

from osa_cam.engines.base import Argument, Array, CheckedEngine, live_threads, no_graph, read_graph
from osa_cam.errors import EngineError, ModelError
from osa_cam.media import STRIDE

DTYPES = {"tensor(float)": np.float32, "tensor(uint8)": np.uint8, "tensor(int64)": np.int64}
FRAMES_AXIS = "frames"  # the name of the one axis that is not static
PROCESSOR = "CPUExecutionProvider"
WARNING = 3  # ONNX Runtime's severity "error": its warnings are for developers


class OnnxRuntimeEngine(CheckedEngine):
    """path: a graph whose shapes are all static but for "frames", which become `frames`; spinning: threads that wait for work keep
    their core busy; provider: what it is to run on; what that can't compute, the processor does. at_once: runs side by side, which share
    the threads: two on one thread each are done sooner than one after the other on two, since no thread has to wake another.

    Raises ModelError when it can't be read, EngineError when it can't run.
    """

    def __init__(
        self,
        path: Path,
        frames: int = STRIDE,
        threads: int | None = None,
        spinning: bool = False,
        provider: str = PROCESSOR,
        at_once: int = 1,
    ) -> None:
        threads = threads or live_threads()
        self.at_once = min(at_once, threads)
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads // self.at_once
        options.inter_op_num_threads = 1
        options.log_severity_level = WARNING
        # Waiting threads that spin would take a core from the meeting and from our own pacer between two strides.
        options.add_session_config_entry("session.intra_op.allow_spinning", str(int(spinning)))
        options.add_session_config_entry("session.set_denormal_as_zero", "1")
        options.add_free_dimension_override_by_name(FRAMES_AXIS, frames)
        if provider == "DmlExecutionProvider":  # which refuses to run with either
            options.enable_mem_pattern = False
            options.execution_mode = ort.ExecutionMode.ORT_SEQUENTIAL
        graph = read_graph(path)
        try:
            self._session = ort.InferenceSession(graph, options, providers=list(dict.fromkeys((provider, PROCESSOR))))
        except Exception as error:  # the runtime raises a class of its own for each status, all straight below Exception
            raise no_graph(path, str(error).splitlines()[0]) from error
        if provider not in self._session.get_providers():  # it goes on without, and only its log says so
            raise EngineError(f"ONNX Runtime could not begin {provider} for {path.name}: choose another --engine, or auto")
        threads_told = f"the processor, {threads} threads"
        super().__init__(
            graph=path.stem,
            name=f"ONNX Runtime {ort.__version__}",
            precision=self._session.get_modelmeta().custom_metadata_map.get("precision", "float32"),
            device=threads_told if provider == PROCESSOR else provider.removesuffix("ExecutionProvider"),
            inputs=tuple(_argument(path, node, frames) for node in self._session.get_inputs()),
            outputs=tuple(_argument(path, node, frames) for node in self._session.get_outputs()),
        )
        self._names = [argument.name for argument in self.outputs]

    def _infer(self, feeds: Mapping[str, Array]) -> dict[str, Array]:
        try:
            results = self._session.run(self._names, dict(feeds))
        except Exception as error:
            raise EngineError(f"{self.graph} failed in ONNX Runtime: {error}") from error
        return dict(zip(self._names, results, strict=True))


def _argument(path: Path, node: ort.NodeArg, frames: int) -> Argument:
    shape = tuple(frames if size == FRAMES_AXIS else size for size in node.shape)
    if node.type not in DTYPES or not all(isinstance(size, int) for size in shape):
        raise ModelError(f"{path}: {node.name} is {node.type} {node.shape}; docs/graphs.md wants static shapes of float32 or uint8")
    return Argument(node.name, shape, np.dtype(DTYPES[node.type]))
