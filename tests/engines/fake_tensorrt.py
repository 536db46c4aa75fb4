"""What is used of TensorRT for RTX: a built engine is the graph itself, run by ONNX Runtime over the fake GPU's memory."""

from __future__ import annotations

from enum import IntEnum
from types import SimpleNamespace
from typing import Any

import numpy as np
import onnx
import onnxruntime as ort

from tests.engines.fake_cuda import FakeRuntime

MARK = b"PLAN"


class FakeTensorRt(SimpleNamespace):
    """built: names of the graphs that were built; refuse: whether an engine in the cache is taken; says_no: the builder fails."""

    __name__ = "tensorrt_rtx"
    __version__ = "1.7.fake"

    def __init__(self, cuda: FakeRuntime) -> None:
        self.built = 0
        self.refuse = False
        self.says_no = False
        self.loaded_kernels: list[bytes] = []
        trt = self

        class ILogger:
            class Severity(IntEnum):
                ERROR = 1

        class IProgressMonitor:
            pass

        class Config:
            num_compute_capabilities = 0

            def set_compute_capability(self, wanted: int, index: int) -> bool:
                self.wanted = wanted
                return True

        class Builder:
            def __init__(self, logger: ILogger) -> None:
                self.logger = logger

            def create_network(self, flags: int) -> Any:
                assert flags == 1, "a network that is not strongly typed"
                return SimpleNamespace(graph=b"")

            def create_builder_config(self) -> Config:
                return Config()

            def build_serialized_network(self, network: Any, config: Any) -> bytes | None:
                config.progress_monitor.phase_start("Building", None, 2)
                for step in range(2):
                    if not config.progress_monitor.step_complete("Building", step):
                        return None
                config.progress_monitor.phase_finish("Building")
                if trt.says_no:
                    self.logger.log(ILogger.Severity.ERROR, "no such operator")
                    return None
                trt.built += 1
                return MARK + network.graph

        class OnnxParser:
            num_errors = 1

            def __init__(self, network: Any, logger: ILogger) -> None:
                self.network = network

            def parse(self, graph: bytes) -> bool:
                onnx.checker.check_model(onnx.load_model_from_string(graph))
                self.network.graph = graph
                return True

        class Runtime:
            def __init__(self, logger: ILogger) -> None:
                pass

            def deserialize_cuda_engine(self, plan: bytes) -> Engine | None:
                if trt.refuse or not plan.startswith(MARK):
                    trt.refuse = False
                    return None
                return Engine(plan[len(MARK) :])

        class Cache:
            def deserialize(self, kept: bytes) -> bool:
                trt.loaded_kernels.append(kept)
                return True

            def serialize(self) -> bytes:
                return b"kernels"

        class Engine:
            def __init__(self, graph: bytes) -> None:
                options = ort.SessionOptions()
                options.intra_op_num_threads = 1
                self.session = ort.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
                self.tensors = {node.name: node for node in (*self.session.get_inputs(), *self.session.get_outputs())}
                self.num_io_tensors = len(self.tensors)

            def get_tensor_name(self, i: int) -> str:
                return list(self.tensors)[i]

            def get_tensor_shape(self, name: str) -> tuple[int, ...]:
                return tuple(self.tensors[name].shape)

            def create_runtime_config(self) -> Any:
                return SimpleNamespace(create_runtime_cache=Cache, set_runtime_cache=lambda cache: True)

            def create_execution_context(self, config: Any = None) -> Context:
                return Context(self)

        class Context:
            def __init__(self, engine: Engine) -> None:
                self.engine, self.addresses = engine, dict[str, int]()

            def set_tensor_address(self, name: str, address: int) -> bool:
                self.addresses[name] = address
                return True

            def execute_async_v3(self, stream: int) -> bool:
                assert self.addresses.keys() == self.engine.tensors.keys(), "a tensor without an address"
                cuda.enqueue(stream, "run", self._run)
                return True

            def _run(self) -> None:
                session = self.engine.session
                feeds = {node.name: self._view(node) for node in session.get_inputs()}
                for node, made in zip(session.get_outputs(), session.run(None, feeds), strict=True):
                    self._view(node)[:] = made

            def _view(self, node: Any) -> np.ndarray:
                dtype = np.dtype(np.uint8 if "uint8" in node.type else np.float32)
                size = int(np.prod(node.shape)) * dtype.itemsize
                return cuda.bytes_at(self.addresses[node.name], size, "device").view(dtype).reshape(node.shape)

        super().__init__(
            ILogger=ILogger, IProgressMonitor=IProgressMonitor, Builder=Builder, OnnxParser=OnnxParser, Runtime=Runtime,
            IRuntimeCache=Cache,
            NetworkDefinitionCreationFlag=SimpleNamespace(STRONGLY_TYPED=0), ComputeCapability=SimpleNamespace(CURRENT=1, SM86=86),
        )  # fmt: skip
