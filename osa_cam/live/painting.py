"""Latents to frames: on the processor those of a stride side by side, on a GPU while the next are being made."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from concurrent.futures import Executor, Future
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from osa_cam.engines.accelerator import Flight, Painter
from osa_cam.engines.tensorrt import HALVES
from osa_cam.errors import EngineError
from osa_cam.live.clock import Clock
from osa_cam.live.statistics import Histogram
from osa_cam.media import Frame

Latents = NDArray[np.float32]


class Face(Protocol):
    """told: `reference` and `features` as the graph `paint` takes them, the same arrays for as long as the face is worn."""

    @property
    def told(self) -> Mapping[str, NDArray[Any]]: ...

    def picture(self, z: Latents) -> NDArray[np.uint8]:
        """z: [channels, 64, 64] -> premultiplied RGBA [512, 512, 4], painted on the processor."""
        ...


class _Painted(NamedTuple):
    picture: NDArray[np.uint8]
    took_ms: float


class _Begun(NamedTuple):
    flight: Flight | Future[_Painted]
    pts: int
    z: Latents
    face: Face


class Painting:
    """Frames come out in the order they were put in, at most HALVES later; without a GPU and painters at once.

    What a GPU that is lost leaves unfinished, the processor paints: no frame is missing. When the processor fails, what it was painting
    is lost.
    """

    def __init__(self, gpu: Painter | None, clock: Clock, times: Histogram, painters: Executor | None = None) -> None:
        """times: is given the milliseconds that each frame took a thread of the processor, or made it wait for the GPU."""
        self._gpu, self._clock, self._times, self._painters = gpu, clock, times, painters
        self._begun: deque[_Begun] = deque()

    def put(self, z: Latents, pts: int, face: Face) -> Iterator[Frame]:
        if len(self._begun) == HALVES:
            yield self._finish()
        flight: Flight | Future[_Painted] | None = None if self._gpu is None else self._gpu.submit({"z": z[None], **face.told})
        if flight is None and self._painters is not None:
            flight = self._painters.submit(self._paint, z, face)
        if flight is not None:
            self._begun.append(_Begun(flight, pts, z, face))
            return
        yield from self.drain()
        yield self._frame(self._paint(z, face), pts)

    def drain(self) -> Iterator[Frame]:
        """What is under way."""
        while self._begun:
            yield self._finish()

    def _finish(self) -> Frame:
        begun = self._begun.popleft()
        if isinstance(begun.flight, Future):
            try:
                return self._frame(begun.flight.result(), begun.pts)
            except EngineError:
                self._begun.clear()
                raise
        started = self._clock.now()
        picture = begun.flight.picture()
        waited_ms = (self._clock.now() - started) * 1000.0
        return self._frame(self._paint(begun.z, begun.face) if picture is None else _Painted(picture, waited_ms), begun.pts)

    def _frame(self, painted: _Painted, pts: int) -> Frame:
        self._times.add(painted.took_ms)
        return Frame(painted.picture, pts)

    def _paint(self, z: Latents, face: Face) -> _Painted:
        started = self._clock.now()
        picture = face.picture(z)
        return _Painted(picture, (self._clock.now() - started) * 1000.0)
