"""Frames keep their order, however far ahead a GPU works, and none is missing when it is lost."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

from osa_cam.engines.accelerator import Accelerator, Opened, Painter
from osa_cam.engines.cuda import CudaError
from osa_cam.engines.tensorrt import HALVES
from osa_cam.errors import EngineError
from osa_cam.live.clock import SystemClock
from osa_cam.live.painting import Painting
from osa_cam.live.statistics import Histogram
from osa_cam.media import Frame


class Ahead:
    """Paints a frame's own number; fails from the run number `fails` on."""

    def __init__(self, fails: int = 10**9) -> None:
        self.fails, self.runs, self.most = fails, 0, 0
        self.gpu_ms = 1.0
        self.under_way: dict[int, int] = {}

    def submit(self, feeds: Mapping[str, Any]) -> int:
        self.runs += 1
        self.under_way[self.runs] = int(feeds["z"][0])
        self.most = max(self.most, len(self.under_way))
        return self.runs

    def collect(self, number: int) -> dict[str, Any]:
        if number >= self.fails:
            raise CudaError("the GPU was lost")
        return {"picture": np.full((1, 1), self.under_way.pop(number), np.uint8)}


class Face:
    told: Mapping[str, Any] = {}

    def __init__(self) -> None:
        self.painted: list[int] = []

    def picture(self, z: np.ndarray) -> np.ndarray:
        self.painted.append(int(z))
        return np.full(1, z, np.uint8)


def paint(gpu: Painter | None, face: Face, strides: int, stride: int = 2) -> list[Frame]:
    painting, made = Painting(gpu, SystemClock(), times := Histogram()), []
    for pts in range(strides * stride):
        made += painting.put(np.array(pts), pts, face)
    made += painting.drain()
    assert times.count == len(made)
    return made


def accelerated(engine: Ahead) -> Accelerator:
    accelerator = Accelerator(lambda tell, stop: Opened({"paint": engine}, lambda: None), wait_s=100.0)  # type: ignore[dict-item]
    assert accelerator.ready.wait(10)
    return accelerator


def test_without_a_gpu_each_frame_comes_at_once() -> None:
    face, painting = Face(), Painting(None, SystemClock(), Histogram())
    assert [frame.pts for frame in painting.put(np.array(7), 7, face)] == [7]
    assert not list(painting.drain())


def test_painters_paint_the_frames_of_a_stride_side_by_side() -> None:
    both = threading.Barrier(HALVES)

    class Patient(Face):
        def picture(self, z: np.ndarray) -> np.ndarray:
            both.wait(10)  # breaks unless another frame is being painted
            return super().picture(z)

    with ThreadPoolExecutor(HALVES) as painters:
        painting, made = Painting(None, SystemClock(), times := Histogram(), painters), []
        for pts in range(6):
            made += painting.put(np.array(pts), pts, Patient())
        made += painting.drain()
    assert [(frame.pts, int(frame.picture[0])) for frame in made] == [(pts, pts) for pts in range(6)]
    assert times.count == 6


def test_a_stride_that_a_painter_fails_at_is_lost_and_the_next_one_is_not() -> None:
    class Failing(Face):
        def picture(self, z: np.ndarray) -> np.ndarray:
            raise EngineError("decode failed")

    with ThreadPoolExecutor(HALVES) as painters:
        painting = Painting(None, SystemClock(), Histogram(), painters)
        made = [*painting.put(np.array(0), 0, Failing()), *painting.put(np.array(1), 1, Face())]
        with pytest.raises(EngineError):
            list(painting.drain())
        made += [*painting.put(np.array(2), 2, Face()), *painting.drain()]
    assert [frame.pts for frame in made] == [2]


def test_a_gpu_works_ahead_and_the_order_stays() -> None:
    engine, face = Ahead(), Face()
    accelerator = accelerated(engine)
    made = paint(Painter(accelerator), face, 5)
    accelerator.close()
    assert [(frame.pts, int(frame.picture[0])) for frame in made] == [(pts, pts) for pts in range(10)]
    assert engine.most == HALVES and not face.painted


@pytest.mark.parametrize("fails", [1, 2, 5])
def test_what_a_lost_gpu_leaves_the_processor_paints(fails: int) -> None:
    face = Face()
    accelerator = accelerated(Ahead(fails))
    made = paint(Painter(accelerator), face, 5)
    accelerator.close()
    assert [(frame.pts, int(frame.picture[0])) for frame in made] == [(pts, pts) for pts in range(10)]
    assert face.painted == list(range(fails - 1, 10)) and accelerator.losses == 1
