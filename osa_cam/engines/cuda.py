"""One NVIDIA GPU through cuda-python: memory, streams, events and graphs, every call checked.

What is asked for belongs to the `Cuda` that gave it and is freed by its `close`. Importing this file loads nothing.
"""

from __future__ import annotations

import ctypes
import time
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

from osa_cam.errors import EngineError

OLDEST_GPU = 75  # compute capability x 10: Turing, the first RTX cards
CUDA = 13  # the major version that pyproject.toml asks for
ANSWERS_WITHIN_S = 0.5  # a run takes some milliseconds; the processor has to take over within a second
COMPILES_WITHIN_S = 120.0  # the first run, for which TensorRT compiles
POLL_S = 50e-6

INSTALL = "pip install 'osa-cam[tensorrt]'"


class CudaError(EngineError):
    """code: CUDA's own name of it, as cudaErrorMemoryAllocation."""

    def __init__(self, message: str, code: str = "") -> None:
        super().__init__(message)
        self.code = code


MEANS = {
    "cudaErrorMemoryAllocation": "the GPU's memory is full: end what else uses the card",
    "cudaErrorInsufficientDriver": f"the NVIDIA driver is missing or too old for CUDA {CUDA}: install the newest driver for this card",
    "cudaErrorNoDevice": "there is no NVIDIA GPU in this machine, or it is hidden from us (CUDA_VISIBLE_DEVICES)",
    "cudaErrorDevicesUnavailable": "the GPU is busy or kept by another program: end that program",
    "cudaErrorDeviceUninitialized": "the GPU was lost, by sleep or by a new driver: start OSA Cam again",
}


class Cuda:
    """GPU number 0. runtime: the module cuda.bindings.runtime, or what stands in for it.

    name: the card's; capability: its compute capability x 10; driver: the CUDA version x 1000 that the driver knows. Raises EngineError
    when there is no GPU, or it or its driver is too old.
    """

    def __init__(self, runtime: Any = None, sleep: Callable[[float], None] = time.sleep, now: Callable[[], float] = time.monotonic) -> None:
        if runtime is None:
            try:
                runtime = import_module("cuda.bindings.runtime")
            except ImportError as error:
                raise EngineError(f"cuda-python is not installed ({error}): {INSTALL}") from error
        self.runtime = runtime
        self._sleep, self._now = sleep, now
        self._undo: list[tuple[str, Any]] = []  # what frees what was given, newest last
        self.driver = int(self.call("cudaDriverGetVersion"))
        if self.call("cudaGetDeviceCount") == 0:
            raise CudaError(MEANS["cudaErrorNoDevice"], "cudaErrorNoDevice")
        self.call("cudaSetDevice", 0)
        attribute = runtime.cudaDeviceAttr
        major, minor = (
            self.call("cudaDeviceGetAttribute", wanted, 0)
            for wanted in (attribute.cudaDevAttrComputeCapabilityMajor, attribute.cudaDevAttrComputeCapabilityMinor)
        )
        self.capability = 10 * int(major) + int(minor)
        name = self.call("cudaGetDeviceProperties", 0).name
        self.name = name.decode(errors="replace").rstrip("\0") if isinstance(name, bytes) else str(name)
        if self.capability < OLDEST_GPU:
            raise EngineError(
                f"{self.name} (compute capability {major}.{minor}) is too old: TensorRT needs {OLDEST_GPU // 10}.{OLDEST_GPU % 10}, "
                "an RTX 20 or GTX 16 card or a newer one"
            )

    def call(self, function: str, *arguments: Any) -> Any:
        """What the function gives beside its error. Raises CudaError."""
        error, *given = getattr(self.runtime, function)(*arguments)
        if error != self.runtime.cudaError_t.cudaSuccess:
            name = str(getattr(error, "name", error))
            raise CudaError(MEANS.get(name, f"the GPU failed: {function}: {name}"), name)
        return given[0] if given else None

    def _given(self, undo: str, function: str, *arguments: Any) -> Any:
        handle = self.call(function, *arguments)
        self._undo.append((undo, handle))
        return handle

    def device(self, size: int) -> int:
        """Address of so many bytes of the GPU's memory."""
        return int(self._given("cudaFree", "cudaMalloc", size))

    def pinned(self, size: int) -> NDArray[np.uint8]:
        """Bytes of the computer's memory that the GPU reads and writes by itself."""
        address = int(self._given("cudaFreeHost", "cudaHostAlloc", size, self.runtime.cudaHostAllocDefault))
        return np.ctypeslib.as_array((ctypes.c_uint8 * size).from_address(address))

    def stream(self) -> Any:
        """Of the least priority: what the game beside us asks of the card comes first."""
        least = self.call_all("cudaDeviceGetStreamPriorityRange")[0]
        return self._given("cudaStreamDestroy", "cudaStreamCreateWithPriority", self.runtime.cudaStreamNonBlocking, least)

    def call_all(self, function: str, *arguments: Any) -> tuple[Any, ...]:
        """As `call`, for functions that give several values."""
        error, *given = getattr(self.runtime, function)(*arguments)
        if error != self.runtime.cudaError_t.cudaSuccess:
            raise CudaError(f"the GPU failed: {function}: {getattr(error, 'name', error)}", str(getattr(error, "name", error)))
        return tuple(given)

    def event(self) -> Any:
        """With its time."""
        return self._given("cudaEventDestroy", "cudaEventCreateWithFlags", self.runtime.cudaEventDefault)

    def upload(self, to: int, what: NDArray[np.uint8], stream: Any) -> None:
        """Asynchronous; what: pinned, not to be touched before an event behind it has come."""
        kind = self.runtime.cudaMemcpyKind.cudaMemcpyHostToDevice
        self.call("cudaMemcpyAsync", to, what.ctypes.data, what.nbytes, kind, stream)

    def download(self, to: NDArray[np.uint8], what: int, stream: Any) -> None:
        """Asynchronous; to: pinned, not to be read before an event behind it has come."""
        kind = self.runtime.cudaMemcpyKind.cudaMemcpyDeviceToHost
        self.call("cudaMemcpyAsync", to.ctypes.data, what, to.nbytes, kind, stream)

    def graph(self, stream: Any, work: Callable[[], None]) -> Any:
        """What `work` puts into the stream, as one thing to be launched. Nothing of it runs yet."""
        self.call("cudaStreamBeginCapture", stream, self.runtime.cudaStreamCaptureMode.cudaStreamCaptureModeThreadLocal)
        try:
            work()
        except BaseException:
            with suppress(CudaError):
                self.call("cudaGraphDestroy", self.call("cudaStreamEndCapture", stream))
            raise
        captured = self.call("cudaStreamEndCapture", stream)
        try:
            return self._given("cudaGraphExecDestroy", "cudaGraphInstantiate", captured, 0)
        finally:
            self.call("cudaGraphDestroy", captured)

    def wait(self, event: Any, within_s: float = ANSWERS_WITHIN_S) -> None:
        """Until all that the stream had to do before it is done. Raises CudaError, also when a GPU that hangs does not answer."""
        until = self._now() + within_s
        not_ready = self.runtime.cudaError_t.cudaErrorNotReady
        while (error := self.runtime.cudaEventQuery(event)[0]) == not_ready:
            if self._now() > until:
                raise CudaError(f"the GPU did not answer within {within_s:g} s", "cudaErrorTimeout")
            self._sleep(POLL_S)
        if error != self.runtime.cudaError_t.cudaSuccess:
            name = str(getattr(error, "name", error))
            raise CudaError(MEANS.get(name, f"the GPU failed: {name}"), name)

    def elapsed_ms(self, begin: Any, end: Any) -> float:
        """Between two events that have come."""
        return float(self.call("cudaEventElapsedTime", begin, end))

    def close(self) -> None:
        """Frees all; a GPU that was lost has freed it already."""
        while self._undo:
            function, handle = self._undo.pop()
            with suppress(CudaError):
                self.call(function, handle)
