"""A camera that nobody sees: for benchmarks and tests."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from osa_cam.camera.base import check_picture
from osa_cam.media import AudioBlock


class NullCamera:
    name = "null"

    def __init__(self) -> None:
        self.frames = 0
        self._size = (0, 0)

    def open(self, width: int, height: int, fps: int) -> None:
        self._size = (width, height)

    def send(self, picture: NDArray[np.uint8], tick: int) -> None:
        check_picture(picture, *self._size)
        self.frames += 1

    def hear(self, block: AudioBlock) -> None:
        pass

    def close(self) -> None:
        pass
