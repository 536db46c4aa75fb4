"""Latents to frames: on the processor one by one, on a GPU while the next are being made."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from osa_cam.engines.accelerator import Flight, Painter
from osa_cam.engines.tensorrt import HALVES
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


class _Begun(NamedTuple):
    flight: Flight
    pts: int
    z: Latents
    face: Face


class Painting:
    """Frames come out in the order they were put in, at most HALVES later; without a GPU at once.

    What a GPU that is lost leaves unfinished, the processor paints: no frame is missing.
    """

    def __init__(self, gpu: Painter | None, clock: Clock, times: Histogram) -> None:
        """times: is given the milliseconds that each frame held its thread up."""
        self._gpu, self._clock, self._times = gpu, clock, times
        self._begun: deque[_Begun] = deque()

    def put(self, z: Latents, pts: int, face: Face) -> Iterator[Frame]:
        if len(self._begun) == HALVES:
            yield self._finish()
        flight = None if self._gpu is None else self._gpu.submit({"z": z[None], **face.told})
        if flight is not None:
            self._begun.append(_Begun(flight, pts, z, face))
            return
        yield from self.drain()
        yield Frame(self._paint(z, face), pts)

    def drain(self) -> Iterator[Frame]:
        """What is under way."""
        while self._begun:
            yield self._finish()

    def _finish(self) -> Frame:
        begun = self._begun.popleft()
        started = self._clock.now()
        picture = begun.flight.picture()
        if picture is None:
            return Frame(self._paint(begun.z, begun.face), begun.pts)
        self._times.add((self._clock.now() - started) * 1000.0)
        return Frame(picture, begun.pts)

    def _paint(self, z: Latents, face: Face) -> NDArray[np.uint8]:
        started = self._clock.now()
        picture = face.picture(z)
        self._times.add((self._clock.now() - started) * 1000.0)
        return picture
