"""Graphs on a GPU that may take minutes to be ready, and may be lost: until then and meanwhile the processor computes."""

from __future__ import annotations

import atexit
import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

from osa_cam.engines.base import Argument, Array, Engine
from osa_cam.errors import EngineError, OsaCamError, ShapeError

log = logging.getLogger(__name__)

FIRST_WAIT_S, LONGEST_WAIT_S = 2.0, 60.0  # before it is tried again; doubles
CLOSES_WITHIN_S = 1.5
SAVED_S = 1.0


class RunsAhead(Engine, Protocol):
    """An engine whose runs can be under way while others are begun; see `TensorRtEngine`."""

    gpu_ms: float

    def submit(self, feeds: Mapping[str, Array]) -> int: ...

    def collect(self, number: int) -> dict[str, Array]: ...


class Budget:
    """How much of the GPU's time may be ours: what a game asks of the card makes our runs longer, and then the processor is to compute.

    share: 0 to 1, of the time. It can be saved up for SAVED_S; once it is used up, nothing more is taken before it is saved up again.
    """

    def __init__(self, share: float = 1.0, now: Callable[[], float] = time.monotonic) -> None:
        self._share, self._now = share, now
        self._saved_ms = self._most_ms = 1000.0 * SAVED_S * share
        self._at = now()
        self.spent = share <= 0.0

    def use(self, gpu_ms: float) -> None:
        """A run took so much."""
        self._save()
        self._saved_ms -= gpu_ms
        if self._share < 1.0 and self._saved_ms < 0.0:
            self.spent = True

    def allows(self) -> bool:
        self._save()
        if self.spent and self._share > 0.0 and self._saved_ms >= self._most_ms:
            self.spent = False
        return not self.spent

    def _save(self) -> None:
        now = self._now()
        self._saved_ms = min(self._saved_ms + 1000.0 * self._share * (now - self._at), self._most_ms)
        self._at = now


@dataclass(frozen=True, eq=False)
class Opened:
    """engines: by graph, warm; close: frees all of it."""

    engines: Mapping[str, RunsAhead]
    close: Callable[[], None]


Open = Callable[[Callable[[str], None], threading.Event], Opened]
"""(told how far it is, ended early when set) -> Opened. Raises OsaCamError."""


class Accelerator:
    """Opens a GPU's engines on a thread of its own, again after each loss.

    notice: why the processor computes, in words for people; empty while the GPU does. losses: how often it was lost. budget: without one
    the GPU is used whenever it is there.
    """

    def __init__(self, open: Open, wait_s: float | None = None, budget: Budget | None = None) -> None:
        self.budget = budget or Budget()
        self._notice = "the GPU's engines are being loaded"
        self.losses = 0
        self._open = open
        self._first_wait_s = FIRST_WAIT_S if wait_s is None else wait_s
        self._opened: Opened | None = None
        self._stop, self._lost = threading.Event(), threading.Event()
        self.ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="accelerator", daemon=True)
        self._thread.start()
        atexit.register(self.close)  # a thread inside a driver must not outlive the interpreter

    @property
    def notice(self) -> str:
        if not self._notice and self.budget.spent:
            return "the share of the GPU that the settings allow is used up; the processor computes meanwhile"
        return self._notice

    def engine(self, graph: str) -> RunsAhead | None:
        """None while the processor is to compute."""
        opened = self._opened
        return None if opened is None or not self.budget.allows() else opened.engines[graph]

    def lost(self, error: Exception) -> None:
        """A run failed: from now on the processor computes, and the GPU is tried again. Returns at once."""
        if self._opened is None:
            return
        self._opened = None
        self.losses += 1
        self._notice = f"{error}; the processor computes until the GPU works again"
        log.warning("%s", self._notice)
        self._lost.set()

    def close(self) -> None:
        """Ends the thread, and a build that is under way."""
        atexit.unregister(self.close)
        self._stop.set()
        self._lost.set()
        self._thread.join(CLOSES_WITHIN_S)

    def _run(self) -> None:
        wait_s = self._first_wait_s
        while not self._stop.is_set():
            self._lost.clear()
            try:
                opened = self._open(self._tell, self._stop)
            except OsaCamError as error:
                self._failed(str(error))
            except Exception as error:  # a driver's library raises what it likes; nobody else would see it
                log.exception("the GPU's engines can't be opened")
                self._failed(f"the GPU can't be used ({error})")
            else:
                wait_s = self._first_wait_s if self.losses == 0 else wait_s
                self._notice, self._opened = "", opened
                self.ready.set()
                log.info("the GPU computes the networks")
                self._lost.wait()
                self.ready.clear()
                self._opened = None
                opened.close()
            if self._stop.wait(wait_s):
                return
            wait_s = min(2.0 * wait_s, LONGEST_WAIT_S)

    def _tell(self, progress: str) -> None:
        self._notice = f"{progress}; the processor computes meanwhile"

    def _failed(self, why: str) -> None:
        self._notice = f"{why}; the processor computes, and the GPU is tried again"
        log.warning("%s", self._notice)


class AcceleratedEngine:
    """An `Engine`: the GPU's where there is one, else the processor's, which has the same inputs and outputs."""

    def __init__(self, graph: str, cpu: Engine, accelerator: Accelerator) -> None:
        self._graph, self._cpu, self._accelerator = graph, cpu, accelerator
        self.at_once = 1

    @property
    def _now(self) -> Engine:
        return self._accelerator.engine(self._graph) or self._cpu

    @property
    def name(self) -> str:
        return self._now.name

    @property
    def precision(self) -> str:
        return self._now.precision

    @property
    def device(self) -> str:
        return self._now.device

    @property
    def provider(self) -> str:
        notice = self._accelerator.notice
        return f"{self._now.provider} ({notice})" if notice else self._now.provider

    @property
    def inputs(self) -> tuple[Argument, ...]:
        return self._cpu.inputs

    @property
    def outputs(self) -> tuple[Argument, ...]:
        return self._cpu.outputs

    def infer(self, feeds: Mapping[str, Array]) -> dict[str, Array]:
        engine = self._accelerator.engine(self._graph)
        if engine is not None:
            try:
                made = engine.infer(feeds)
                self._accelerator.budget.use(engine.gpu_ms)
                return made
            except ShapeError:
                raise
            except EngineError as error:
                self._accelerator.lost(error)
        return self._cpu.infer(feeds)


class Painter:
    """The graph `paint`, a frame at a time, up to `HALVES` of them under way. The processor has no such graph: there it gives nothing."""

    def __init__(self, accelerator: Accelerator) -> None:
        self._accelerator = accelerator

    def submit(self, feeds: Mapping[str, Array]) -> Flight | None:
        """None when the GPU is not there: paint on the processor."""
        engine = self._accelerator.engine("paint")
        if engine is None:
            return None
        try:
            return Flight(self._accelerator, engine, engine.submit(feeds))
        except EngineError as error:
            self._accelerator.lost(error)
            return None


@dataclass(frozen=True, eq=False)
class Flight:
    """A picture that is being painted."""

    accelerator: Accelerator
    engine: RunsAhead
    number: int

    def picture(self) -> Array | None:
        """uint8 [512, 512, 4], premultiplied RGBA; waits for it; None when the GPU was lost meanwhile: paint it on the processor."""
        try:
            picture = self.engine.collect(self.number)["picture"][0]
            self.accelerator.budget.use(self.engine.gpu_ms)
            return picture
        except EngineError as error:
            self.accelerator.lost(error)
            return None
