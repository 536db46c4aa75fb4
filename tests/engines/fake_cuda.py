"""What is used of cuda.bindings.runtime, computed on the processor. It does nothing before it has to, and fails on misuse.

Work put into a stream is done when somebody waits for an event behind it, never earlier: who reads a result without waiting reads 0xCD,
and who overwrites an input too early changes the result.
"""

from __future__ import annotations

import ctypes
from collections import defaultdict, deque
from collections.abc import Callable
from enum import IntEnum
from types import SimpleNamespace
from typing import Any

import numpy as np

POISON = 0xCD


class Misuse(AssertionError):
    """Our code used CUDA as it must not be used."""


class Error(IntEnum):
    cudaSuccess = 0
    cudaErrorMemoryAllocation = 2
    cudaErrorInsufficientDriver = 35
    cudaErrorNoDevice = 100
    cudaErrorIllegalAddress = 700
    cudaErrorStreamCaptureUnsupported = 900
    cudaErrorNotReady = 600


class Kind(IntEnum):
    cudaMemcpyHostToDevice = 1
    cudaMemcpyDeviceToHost = 2


class Mode(IntEnum):
    cudaStreamCaptureModeThreadLocal = 1


class Handle(int):
    """Of a stream, an event or a graph."""


class FakeRuntime:
    """slow: how many times an event says that it is not ready; fail: function -> the error it gives from now on."""

    cudaError_t, cudaMemcpyKind, cudaStreamCaptureMode = Error, Kind, Mode
    cudaDeviceAttr = SimpleNamespace(cudaDevAttrComputeCapabilityMajor="major", cudaDevAttrComputeCapabilityMinor="minor")
    cudaHostAllocDefault = cudaEventDefault = 0
    cudaStreamNonBlocking = 1

    def __init__(self, capability: tuple[int, int] = (8, 6), devices: int = 1, driver: int = 13000, slow: int = 2) -> None:
        self.capability, self.devices, self.driver, self.slow = capability, devices, driver, slow
        self.fail: dict[str, Error] = {}
        self.steady = False  # nothing may be allocated any more
        self.log: list[tuple[str, Any]] = []  # what was done, in the order in which it was done
        self.calls: dict[str, int] = defaultdict(int)
        self._memory: dict[int, tuple[str, Any, np.ndarray]] = {}
        self._streams: dict[int, deque[tuple[str, Callable[[], None] | int]]] = {}
        self._capturing: dict[int, list[tuple[str, Callable[[], None]]]] = {}
        self._graphs: dict[int, list[tuple[str, Callable[[], None]]]] = {}
        self._launchable: dict[int, list[tuple[str, Callable[[], None]]]] = {}
        self._events: dict[int, dict[str, Any]] = {}
        self._next = 1000
        self._time = 0.0

    def __getattribute__(self, name: str) -> Any:
        found = super().__getattribute__(name)
        if name.startswith("cuda") and callable(found) and not isinstance(found, type):
            self.calls[name] += 1
            if name in self.fail:
                error = self.fail[name]
                return lambda *arguments: (error, None)
        return found

    def __getattr__(self, name: str) -> Any:
        if name.startswith("cuda"):
            raise Misuse(f"{name} is no function of the part of CUDA that is used")
        raise AttributeError(name)

    @property
    def left(self) -> int:
        """Things not given back."""
        return len(self._memory) + len(self._streams) + len(self._events) + len(self._graphs) + len(self._launchable)

    def cudaDriverGetVersion(self) -> tuple[Error, int]:
        return Error.cudaSuccess, self.driver

    def cudaGetDeviceCount(self) -> tuple[Error, int]:
        return (Error.cudaErrorInsufficientDriver, 0) if self.driver < 13000 else (Error.cudaSuccess, self.devices)

    def cudaSetDevice(self, device: int) -> tuple[Error]:
        return (Error.cudaSuccess,)

    def cudaDeviceGetAttribute(self, attribute: str, device: int) -> tuple[Error, int]:
        return Error.cudaSuccess, self.capability[attribute == "minor"]

    def cudaGetDeviceProperties(self, device: int) -> tuple[Error, Any]:
        return Error.cudaSuccess, SimpleNamespace(name=b"Fake RTX\0\0")

    def cudaDeviceGetStreamPriorityRange(self) -> tuple[Error, int, int]:
        return Error.cudaSuccess, 0, -5

    def cudaMalloc(self, size: int) -> tuple[Error, int]:
        return Error.cudaSuccess, self._allocate("device", size)

    def cudaHostAlloc(self, size: int, flags: int) -> tuple[Error, int]:
        return Error.cudaSuccess, self._allocate("host", size)

    def cudaFree(self, address: int) -> tuple[Error]:
        return self._free("device", address)

    def cudaFreeHost(self, address: int) -> tuple[Error]:
        return self._free("host", address)

    def cudaStreamCreateWithPriority(self, flags: int, priority: int) -> tuple[Error, Handle]:
        self._no_capture("a stream")
        handle = self._handle()
        self._streams[handle] = deque()
        return Error.cudaSuccess, handle

    def cudaStreamDestroy(self, stream: Handle) -> tuple[Error]:
        self._take(self._streams, stream, "stream")
        return (Error.cudaSuccess,)

    def cudaEventCreateWithFlags(self, flags: int) -> tuple[Error, Handle]:
        handle = self._handle()
        self._events[handle] = {"stream": None, "waits": 0, "at": 0.0, "come": False}
        return Error.cudaSuccess, handle

    def cudaEventDestroy(self, event: Handle) -> tuple[Error]:
        self._take(self._events, event, "event")
        return (Error.cudaSuccess,)

    def cudaEventRecord(self, event: Handle, stream: Handle) -> tuple[Error]:
        known = self._known(self._events, event, "event")
        known |= {"stream": stream, "waits": self.slow, "come": False}
        self._known(self._streams, stream, "stream").append(("event", int(event)))
        return (Error.cudaSuccess,)

    def cudaEventQuery(self, event: Handle) -> tuple[Error]:
        known = self._known(self._events, event, "event")
        if known["stream"] is None:
            raise Misuse("an event is asked for that was never recorded")
        if known["waits"]:
            known["waits"] -= 1
            return (Error.cudaErrorNotReady,)
        stream = self._known(self._streams, known["stream"], "stream")
        while not known["come"]:
            name, work = stream.popleft()
            if callable(work):
                work()
                self._time += 1.0
                self.log.append((name, int(known["stream"])))
            else:
                self._events[work] |= {"come": True, "at": self._time}
        return (Error.cudaSuccess,)

    def cudaEventElapsedTime(self, begin: Handle, end: Handle) -> tuple[Error, float]:
        first, last = (self._known(self._events, event, "event") for event in (begin, end))
        if not (first["come"] and last["come"]):
            raise Misuse("the time of an event that has not come")
        return Error.cudaSuccess, last["at"] - first["at"]

    def cudaMemcpyAsync(self, to: int, what: int, size: int, kind: Kind, stream: Handle) -> tuple[Error]:
        spaces = ("device", "host") if kind == Kind.cudaMemcpyHostToDevice else ("host", "device")
        target, source = self.bytes_at(to, size, spaces[0]), self.bytes_at(what, size, spaces[1])

        def copy() -> None:
            self.bytes_at(to, size, spaces[0]), self.bytes_at(what, size, spaces[1])  # still there
            target[:] = source

        self.enqueue(stream, kind.name.removeprefix("cudaMemcpy"), copy)
        return (Error.cudaSuccess,)

    def cudaStreamBeginCapture(self, stream: Handle, mode: Mode) -> tuple[Error]:
        if self._known(self._streams, stream, "stream"):
            raise Misuse("a stream is captured that has work left")
        self._capturing[stream] = []
        return (Error.cudaSuccess,)

    def cudaStreamEndCapture(self, stream: Handle) -> tuple[Error, Handle]:
        handle = self._handle()
        self._graphs[handle] = self._take(self._capturing, stream, "capture")
        return Error.cudaSuccess, handle

    def cudaGraphInstantiate(self, graph: Handle, flags: int) -> tuple[Error, Handle]:
        handle = self._handle()
        self._launchable[handle] = self._known(self._graphs, graph, "graph")
        return Error.cudaSuccess, handle

    def cudaGraphDestroy(self, graph: Handle) -> tuple[Error]:
        self._take(self._graphs, graph, "graph")
        return (Error.cudaSuccess,)

    def cudaGraphExecDestroy(self, graph: Handle) -> tuple[Error]:
        self._take(self._launchable, graph, "graph")
        return (Error.cudaSuccess,)

    def cudaGraphLaunch(self, graph: Handle, stream: Handle) -> tuple[Error]:
        self._known(self._streams, stream, "stream").extend(self._known(self._launchable, graph, "graph"))
        return (Error.cudaSuccess,)

    def enqueue(self, stream: int, name: str, work: Callable[[], None]) -> None:
        self._known(self._streams, stream, "stream")
        (self._capturing[stream] if stream in self._capturing else self._streams[stream]).append((name, work))

    def bytes_at(self, address: int, size: int, space: str) -> np.ndarray:
        for start, (kind, _, memory) in self._memory.items():
            if start <= address and address + size <= start + len(memory):
                if kind != space:
                    raise Misuse(f"{kind} memory is used as {space} memory")
                return memory[address - start : address - start + size]
        raise Misuse(f"{size} bytes at {address} are not ours: freed, never given, or too few")

    def _allocate(self, space: str, size: int) -> int:
        self._no_capture("memory")
        if self.steady:
            raise Misuse("memory is allocated in the steady state")
        owner = (ctypes.c_uint8 * size)()
        memory = np.frombuffer(owner, np.uint8)
        memory[:] = POISON
        address = ctypes.addressof(owner)
        self._memory[address] = (space, owner, memory)
        return address

    def _free(self, space: str, address: int) -> tuple[Error]:
        if address not in self._memory or self._memory[address][0] != space:
            raise Misuse("memory is freed twice, or as what it is not")
        del self._memory[address]
        return (Error.cudaSuccess,)

    def _no_capture(self, what: str) -> None:
        if self._capturing:
            raise Misuse(f"{what} is asked for while a stream is captured")

    def _handle(self) -> Handle:
        self._next += 1
        return Handle(self._next)

    @staticmethod
    def _known(table: dict[int, Any], handle: int, what: str) -> Any:
        if handle not in table:
            raise Misuse(f"this {what} was destroyed or never made")
        return table[handle]

    def _take(self, table: dict[int, Any], handle: int, what: str) -> Any:
        self._known(table, handle, what)
        return table.pop(handle)
