"""Graphs on the processor, by ONNX Runtime."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import onnxruntime as ort  # type: ignore[import-untyped]

from osa_cam.engines.base import Argument, Array, CheckedEngine
from osa_cam.errors import EngineError, ModelError

DTYPES = {"tensor(float)": np.float32, "tensor(uint8)": np.uint8, "tensor(int64)": np.int64}
WARNING = 3  # ONNX Runtime's severity "error": its warnings are for developers


def live_threads() -> int:
    """Half of a big machine's cores and both of a small one's: a meeting runs beside us."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(min(cores, 2), min(cores // 2, 8))


class OnnxRuntimeEngine(CheckedEngine):
    """path: a graph whose shapes are all static; spinning: threads that wait for work keep their core busy.

    Raises ModelError when it can't be read, EngineError when it can't run.
    """

    def __init__(self, path: Path, threads: int | None = None, spinning: bool = False) -> None:
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads or live_threads()
        options.inter_op_num_threads = 1
        options.log_severity_level = WARNING
        # Waiting threads that spin would take a core from the meeting and from our own pacer between two strides.
        options.add_session_config_entry("session.intra_op.allow_spinning", str(int(spinning)))
        options.add_session_config_entry("session.set_denormal_as_zero", "1")
        try:
            # As bytes: the runtime's own reader fails on some systems when the path holds letters beyond ASCII.
            self._session = ort.InferenceSession(path.read_bytes(), options, providers=["CPUExecutionProvider"])
        except OSError as error:
            raise ModelError(f"{path} can't be read ({error.strerror}): install OSA Cam's models again") from error
        except Exception as error:  # the runtime raises a class of its own for each status, all straight below Exception
            reason = str(error).splitlines()[0]
            raise ModelError(f"{path} is truncated or no ONNX graph ({reason}): install OSA Cam's models again") from error
        super().__init__(
            graph=path.stem,
            name=f"ONNX Runtime {ort.__version__}",
            precision=self._session.get_modelmeta().custom_metadata_map.get("precision", "float32"),
            device=f"the processor, {options.intra_op_num_threads} threads",
            inputs=tuple(_argument(path, node) for node in self._session.get_inputs()),
            outputs=tuple(_argument(path, node) for node in self._session.get_outputs()),
        )
        self._names = [argument.name for argument in self.outputs]

    def _infer(self, feeds: Mapping[str, Array]) -> dict[str, Array]:
        try:
            results = self._session.run(self._names, dict(feeds))
        except Exception as error:
            raise EngineError(f"{self.graph} failed in ONNX Runtime: {error}") from error
        return dict(zip(self._names, results, strict=True))


def _argument(path: Path, node: ort.NodeArg) -> Argument:
    if node.type not in DTYPES or not all(isinstance(size, int) for size in node.shape):
        raise ModelError(f"{path}: {node.name} is {node.type} {node.shape}; docs/graphs.md wants static shapes of float32 or uint8")
    return Argument(node.name, tuple(node.shape), np.dtype(DTYPES[node.type]))
