"""Graphs on an NVIDIA GPU, by TensorRT for RTX or TensorRT, whichever is installed. Importing this file loads neither."""

from __future__ import annotations

import hashlib
import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from osa_cam.engines.base import Argument, Array, CheckedEngine
from osa_cam.engines.cuda import COMPILES_WITHIN_S, INSTALL, Cuda, CudaError
from osa_cam.engines.half import half
from osa_cam.engines.plan_cache import Key, PlanCache
from osa_cam.errors import EngineError

log = logging.getLogger(__name__)

MODULES = ("tensorrt_rtx", "tensorrt")  # the first builds in seconds
PRECISION = "float16"
HALVES = 2
LIBRARY_NAMES = {"tensorrt_rtx": "TensorRT-RTX", "tensorrt": "TensorRT"}

Tell = Callable[[str], None]
"""Is told, in words, how far the building of an engine has come."""


def load_tensorrt() -> Any:
    """The module. Raises EngineError when there is none."""
    reasons = []
    for name in MODULES:
        try:
            return import_module(name)
        except (ImportError, OSError, RuntimeError) as error:  # a library beside it that is missing comes as any of these
            reasons.append(f"{name}: {error}")
    raise EngineError(f"TensorRT is not installed ({'; '.join(reasons)}): {INSTALL}")


def version(trt: Any) -> str:
    name = trt.__name__.partition(".")[0]
    return f"{LIBRARY_NAMES.get(name, name)} {trt.__version__}"


def build_plan(trt: Any, graph: bytes, name: str, capability: int | None, tell: Tell, stop: threading.Event) -> bytes:
    """A graph of `half` -> an engine; capability: x 10, None for the GPU that is there; works without a GPU where it is given.

    Raises EngineError when TensorRT can't build it, or when `stop` is set meanwhile.
    """
    logger = _logger(trt)
    builder = trt.Builder(logger)
    network = builder.create_network(1 << int(trt.NetworkDefinitionCreationFlag.STRONGLY_TYPED))
    parser = trt.OnnxParser(network, logger)
    if not parser.parse(graph):
        reasons = [parser.get_error(i).desc() for i in range(parser.num_errors)]
        raise EngineError(f"TensorRT can't read {name}: {reasons[0] if reasons else 'it does not say why'}")
    config = builder.create_builder_config()
    if hasattr(config, "num_compute_capabilities"):
        wanted = trt.ComputeCapability.CURRENT if capability is None else getattr(trt.ComputeCapability, f"SM{capability}")
        config.num_compute_capabilities = 1
        config.set_compute_capability(wanted, 0)
    config.progress_monitor = _monitor(trt, name, tell, stop)
    plan = builder.build_serialized_network(network, config)
    if stop.is_set():
        raise EngineError("the building of the engine was ended")
    if plan is None:
        raise EngineError(f"TensorRT can't build {name}: {logger.newest or 'it does not say why'}")
    return bytes(plan)


def _logger(trt: Any) -> Any:
    class Logger(trt.ILogger):  # type: ignore[name-defined, misc]
        """Into our own log; newest: the last error."""

        def __init__(self) -> None:
            trt.ILogger.__init__(self)
            self.newest = ""

        def log(self, severity: Any, message: str) -> None:
            if severity <= trt.ILogger.Severity.ERROR:
                self.newest = message.strip()
            log.debug("%s", message)

    return Logger()


def _monitor(trt: Any, name: str, tell: Tell, stop: threading.Event) -> Any:
    class Monitor(trt.IProgressMonitor):  # type: ignore[name-defined, misc]
        """The outermost phase's steps as percent; a build ends where `stop` is set."""

        def __init__(self) -> None:
            trt.IProgressMonitor.__init__(self)
            self._steps: dict[str, int] = {}

        def phase_start(self, phase_name: str, parent_phase: str | None, num_steps: int) -> None:
            if parent_phase is None:
                self._steps[phase_name] = num_steps

        def step_complete(self, phase_name: str, step: int) -> bool:
            if phase_name in self._steps:
                tell(f"building the engine for {name}, {100 * step // max(self._steps[phase_name], 1)} %")
            return not stop.is_set()

        def phase_finish(self, phase_name: str) -> None:
            self._steps.pop(phase_name, None)

    return Monitor()


class TensorRtEngine(CheckedEngine):
    """path: a graph whose shapes are static but for "frames", which become `frames`; kept: inputs that stay on the GPU for as long as
    they are given as the very same array.

    It has two halves, each with its own memory, stream, events and CUDA graph: while one computes, the other is filled or emptied.
    `infer` is `submit` and `collect`; at most HALVES runs are under way. Nothing is allocated on the GPU after the constructor.
    Raises ModelError when the graph can't be read, EngineError when it can't be built or run.
    """

    def __init__(
        self,
        path: Path,
        frames: int,
        cuda: Cuda,
        inputs: Sequence[Argument],
        outputs: Sequence[Argument],
        kept: Sequence[str] = (),
        cache: PlanCache | None = None,
        trt: Any = None,
        tell: Tell = log.info,
        stop: threading.Event | None = None,
    ) -> None:
        trt = trt or load_tensorrt()
        super().__init__(path.stem, version(trt), PRECISION, cuda.name, tuple(inputs), tuple(outputs))
        self.gpu_ms = 0.0  # of the newest run that was collected, copies included
        self._cuda, self._kept = cuda, frozenset(kept)
        self._lock = threading.Lock()
        self._closed = False
        self._next = 0
        self._under_way: list[int] = []  # halves, oldest first
        cache, stop = cache or PlanCache(), stop or threading.Event()
        try:
            content = path.read_bytes()
        except OSError as error:
            raise EngineError(f"{path} can't be read ({error.strerror}): install OSA Cam's models again") from error
        shapes = ", ".join(map(str, (*inputs, *outputs)))
        key = Key(path.stem, hashlib.sha256(content).hexdigest(), PRECISION, shapes, self.name, cuda.capability, cuda.driver)
        self._runtime = trt.Runtime(_logger(trt))
        self._engine: Any = None
        with cache.building(key, stop, tell):
            if (plan := cache.get(key)) is not None:
                self._engine = self._runtime.deserialize_cuda_engine(plan)
                if self._engine is None:  # whole, but TensorRT won't have it
                    cache.forget(key)
            if self._engine is None:
                plan = build_plan(trt, half(path, frames), path.stem, None, tell, stop)
                self._engine = self._runtime.deserialize_cuda_engine(plan)
                if self._engine is None:
                    raise EngineError(f"the engine for {path.stem} was built, but {cuda.name} does not take it")
                cache.put(key, plan)
        self._check()
        kernels = _Kernels(trt, self._engine, cache, key)
        tell(f"loading the engine for {path.stem}")
        self.halves = [_Half(cuda, self._engine, kernels.context(), self.inputs, self.outputs, self._kept) for _ in range(HALVES)]
        kernels.keep()

    def _check(self) -> None:
        """Raises EngineError where the engine has other tensors than the graph."""
        names = {self._engine.get_tensor_name(i) for i in range(self._engine.num_io_tensors)}
        for argument in (*self.inputs, *self.outputs):
            if argument.name not in names or tuple(self._engine.get_tensor_shape(argument.name)) != argument.shape:
                raise EngineError(f"the engine of {self.graph} has no {argument}: remove the cache folder and start again")

    def _infer(self, feeds: Mapping[str, Array]) -> dict[str, Array]:
        return self.collect(self.submit(feeds))

    def submit(self, feeds: Mapping[str, Array]) -> int:
        """Begins a run and returns at once, with what `collect` wants. feeds: checked by `infer`, else by whoever made them.

        Raises EngineError when HALVES runs are under way, or when the GPU failed.
        """
        with self._lock:
            self._open()
            if len(self._under_way) == HALVES:
                raise EngineError(f"{self.graph}: {HALVES} runs are under way: collect one first")
            number = self._next
            self.halves[number].begin(feeds)
            self._under_way.append(number)
            self._next = (number + 1) % HALVES
            return number

    def collect(self, number: int) -> dict[str, Array]:
        """Waits for a run; the arrays are the caller's. Raises EngineError when the GPU failed."""
        with self._lock:
            self._open()
            if number not in self._under_way:
                raise EngineError(f"{self.graph}: run {number} is not under way")
            self._under_way.remove(number)
            made, self.gpu_ms = self.halves[number].end()
            return made

    def close(self) -> None:
        """No run may follow; the memory is freed by the `Cuda`'s close."""
        with self._lock:
            self._closed = True
            self.halves = []
            self._engine = self._runtime = None

    def _open(self) -> None:
        if self._closed:
            raise EngineError(f"{self.graph}: the engine was closed")


class _Half:
    """One of the two places for a run. began, done: events around the newest one."""

    def __init__(
        self,
        cuda: Cuda,
        engine: Any,
        context: Any,
        inputs: Sequence[Argument],
        outputs: Sequence[Argument],
        kept: frozenset[str],
    ) -> None:
        self._cuda, self._context, self._inputs, self._outputs = cuda, context, inputs, outputs
        self._stream, self.began, self.done = cuda.stream(), cuda.event(), cuda.event()
        self._seen: dict[str, Array] = {}  # what lies on the GPU; held, so that no other array gets its place
        self._kept = kept
        self._pinned: dict[str, NDArray[np.uint8]] = {}
        self._views: dict[str, Array] = {}
        self._device: dict[str, int] = {}
        for argument in (*inputs, *outputs):
            size = int(np.prod(argument.shape)) * argument.dtype.itemsize
            self._pinned[argument.name] = cuda.pinned(size)
            self._pinned[argument.name][:] = 0
            self._views[argument.name] = self._pinned[argument.name].view(argument.dtype).reshape(argument.shape)
            self._device[argument.name] = cuda.device(size)
            context.set_tensor_address(argument.name, self._device[argument.name])
        for name in kept:
            cuda.upload(self._device[name], self._pinned[name], self._stream)
        self._work()  # loads kernels, which a graph can't
        cuda.call("cudaEventRecord", self.done, self._stream)
        cuda.wait(self.done, COMPILES_WITHIN_S)
        self._graph: Any = None
        try:
            self._graph = cuda.graph(self._stream, self._work)
        except CudaError as error:
            if error.code == "cudaErrorMemoryAllocation":
                raise
            log.info("runs without a CUDA graph: %s", error)

    def begin(self, feeds: Mapping[str, Array]) -> None:
        for argument in self._inputs:
            name, given = argument.name, feeds[argument.name]
            if name not in self._kept:
                np.copyto(self._views[name], given)
            elif self._seen.get(name) is not given:
                np.copyto(self._views[name], given)
                self._cuda.upload(self._device[name], self._pinned[name], self._stream)
                self._seen[name] = given
        self._cuda.call("cudaEventRecord", self.began, self._stream)
        if self._graph is None:
            self._work()
        else:
            self._cuda.call("cudaGraphLaunch", self._graph, self._stream)
        self._cuda.call("cudaEventRecord", self.done, self._stream)

    def end(self) -> tuple[dict[str, Array], float]:
        self._cuda.wait(self.done)
        made = {argument.name: self._views[argument.name].copy() for argument in self._outputs}
        return made, self._cuda.elapsed_ms(self.began, self.done)

    def _work(self) -> None:
        for argument in self._inputs:
            if argument.name not in self._kept:
                self._cuda.upload(self._device[argument.name], self._pinned[argument.name], self._stream)
        if not self._context.execute_async_v3(int(self._stream)):
            raise CudaError("TensorRT could not start a run")
        for argument in self._outputs:
            self._cuda.download(self._pinned[argument.name], self._device[argument.name], self._stream)


class _Kernels:
    """What TensorRT for RTX compiles for this very GPU at the first run is kept too: it makes the next start some seconds shorter."""

    def __init__(self, trt: Any, engine: Any, cache: PlanCache, key: Key) -> None:
        self._engine, self._cache, self._key = engine, cache, key
        self._config = self._kernels = None
        if not hasattr(trt, "IRuntimeCache"):
            return
        self._config = engine.create_runtime_config()
        self._kernels = self._config.create_runtime_cache()
        kept = cache.get(key, "kernels")
        if kept is not None:
            self._kernels.deserialize(kept)
        self._config.set_runtime_cache(self._kernels)
        self._known = kept is not None

    def context(self) -> Any:
        context = self._engine.create_execution_context() if self._config is None else self._engine.create_execution_context(self._config)
        if context is None:
            raise CudaError("the GPU's memory is full: end what else uses the card", "cudaErrorMemoryAllocation")
        return context

    def keep(self) -> None:
        if self._kernels is not None and not self._known:
            self._cache.put(self._key, bytes(self._kernels.serialize()), "kernels")
