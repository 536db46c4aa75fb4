"""The processor computes while the GPU is being got ready and after it was lost; the GPU comes back by itself."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping

import numpy as np
import pytest

from osa_cam.engines.accelerator import SAVED_S, AcceleratedEngine, Accelerator, Budget, Opened, Painter
from osa_cam.engines.base import Argument, Array, CheckedEngine
from osa_cam.engines.cuda import CudaError
from osa_cam.errors import EngineError, ShapeError

ARGUMENT = Argument("x", (2,), np.dtype(np.float32))
FEEDS = {"x": np.zeros(2, np.float32)}
SOON_S = 10.0


class Constant(CheckedEngine):
    def __init__(self, value: float, name: str) -> None:
        super().__init__("denoise", name, "float32", "somewhere", (ARGUMENT,), (ARGUMENT,))
        self.value = value
        self.error: Exception | None = None
        self.gpu_ms = 0.0

    def _infer(self, feeds: Mapping[str, Array]) -> dict[str, Array]:
        return self.collect(self.submit(feeds))

    def submit(self, feeds: Mapping[str, Array]) -> int:
        return 0

    def collect(self, number: int) -> dict[str, Array]:
        if self.error is not None:
            raise self.error
        return {"x": np.full(2, self.value, np.float32), "picture": np.full((1, 2), self.value)}


class Gpu:
    """opened, closed: how often; fails: what opening it raises; held: it is being built until this is set."""

    def __init__(self) -> None:
        self.opened = self.closed = 0
        self.fails: Exception | None = None
        self.held = threading.Event()
        self.held.set()
        self.engine = Constant(2.0, "gpu")

    def open(self, tell: Callable[[str], None], stop: threading.Event) -> Opened:
        tell("building the engine for denoise, 40 %")
        while not self.held.wait(0.01):
            if stop.is_set():
                raise EngineError("the building of the engine was ended")
        if self.fails is not None:
            raise self.fails
        self.opened += 1
        self.engine = Constant(2.0, "gpu")
        return Opened({"denoise": self.engine, "paint": self.engine}, self._close)

    def _close(self) -> None:
        self.closed += 1


@pytest.fixture
def gpu() -> Gpu:
    return Gpu()


@pytest.fixture
def start(gpu: Gpu):
    started: list[Accelerator] = []

    def make() -> tuple[Accelerator, AcceleratedEngine]:
        started.append(Accelerator(gpu.open, wait_s=0.01))
        return started[-1], AcceleratedEngine("denoise", Constant(1.0, "cpu"), started[-1])

    yield make
    for accelerator in started:
        accelerator.close()
        assert not accelerator._thread.is_alive(), "the thread is left behind"
    assert gpu.opened == gpu.closed, "the GPU was not given back"


def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + SOON_S
    while not condition():
        assert time.monotonic() < end


def value(engine: AcceleratedEngine) -> float:
    return float(engine.infer(FEEDS)["x"][0])


def test_while_it_is_built_the_processor_computes_and_says_so(gpu: Gpu, start) -> None:
    gpu.held.clear()
    accelerator, engine = start()
    assert value(engine) == 1.0
    assert (engine.name == "cpu" and "the processor computes meanwhile" in engine.provider) or "being loaded" in engine.provider
    gpu.held.set()
    assert accelerator.ready.wait(SOON_S)
    assert value(engine) == 2.0
    assert engine.provider == "gpu, float32, on somewhere"


def test_a_build_under_way_is_ended_by_closing(gpu: Gpu, start) -> None:
    gpu.held.clear()
    accelerator, _ = start()
    accelerator.close()
    assert gpu.opened == 0


def test_a_lost_gpu_costs_no_run_is_told_and_comes_back(gpu: Gpu, start) -> None:
    accelerator, engine = start()
    assert accelerator.ready.wait(SOON_S)
    gpu.fails = CudaError("the GPU's memory is full")
    gpu.engine.error = CudaError("the GPU failed: cudaErrorIllegalAddress")
    assert value(engine) == 1.0, "the very run that failed"
    assert accelerator.losses == 1 and engine.name == "cpu"
    until(lambda: "memory is full" in engine.provider)  # it is tried again, and says why it is not yet there
    accelerator.ready.clear()
    gpu.fails = None
    assert accelerator.ready.wait(SOON_S)
    assert value(engine) == 2.0 and (gpu.opened, gpu.closed) == (2, 1)


def test_what_a_library_raises_ends_no_thread(gpu: Gpu, start) -> None:
    gpu.fails = RuntimeError("something in a driver")
    accelerator, engine = start()
    until(lambda: "something in a driver" in engine.provider)
    gpu.fails = None
    assert accelerator.ready.wait(SOON_S) and value(engine) == 2.0


def test_our_own_mistake_is_no_loss(gpu: Gpu, start) -> None:
    accelerator, engine = start()
    assert accelerator.ready.wait(SOON_S)
    with pytest.raises(ShapeError):
        engine.infer({"x": np.zeros(3, np.float32)})
    assert accelerator.losses == 0


def test_the_painter_gives_nothing_where_the_processor_has_to_paint(gpu: Gpu, start) -> None:
    gpu.held.clear()
    accelerator, _ = start()
    painter = Painter(accelerator)
    assert painter.submit(FEEDS) is None
    gpu.held.set()
    assert accelerator.ready.wait(SOON_S)
    flight = painter.submit(FEEDS)
    assert flight is not None and flight.picture() is not None
    lost = painter.submit(FEEDS)
    gpu.engine.error = CudaError("gone")
    assert lost is not None and lost.picture() is None
    assert accelerator.losses == 1


def test_a_share_of_the_gpu_is_not_exceeded_and_comes_again() -> None:
    now = [0.0]
    budget = Budget(0.2, lambda: now[0])
    used = 0.0
    for _ in range(10_000):  # there is always work for it
        now[0] += 0.001
        if budget.allows():
            budget.use(1.0)
            used += 1.0
    assert 0.15 * 10_000 < used <= 0.2 * 10_000 + 200 * SAVED_S + 1
    assert not Budget(0.0, lambda: 0.0).allows()


def test_the_whole_gpu_is_never_used_up() -> None:
    budget = Budget(1.0, lambda: 0.0)
    for _ in range(100):
        budget.use(1000.0)
    assert budget.allows()


def test_what_is_used_up_is_told_and_the_processor_computes(gpu: Gpu) -> None:
    now = [0.0]
    accelerator = Accelerator(gpu.open, wait_s=0.01, budget=Budget(0.1, lambda: now[0]))
    engine = AcceleratedEngine("denoise", Constant(1.0, "cpu"), accelerator)
    assert accelerator.ready.wait(SOON_S)
    gpu.engine.gpu_ms = 60.0
    assert [value(engine) for _ in range(4)] == [2.0, 2.0, 1.0, 1.0]
    assert "share of the GPU" in engine.provider and engine.name == "cpu"
    now[0] += 5.0
    assert value(engine) == 2.0 and accelerator.notice == ""
    accelerator.close()
