"""The portrait on its background, in the camera's size."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from osa_cam.config import Canvas
from osa_cam.errors import ConfigError

Picture = NDArray[np.uint8]


class Composer:
    """Premultiplied RGBA [512, 512, 4] -> premultiplied RGBA [height, width, 4], opaque unless the background is transparent.

    The portrait is as large as fits, centred, never stretched and never mirrored.
    """

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas
        side = min(canvas.width, canvas.height)
        top, left = (canvas.height - side) // 2, (canvas.width - side) // 2
        self._side = side
        self._window = np.s_[top : top + side, left : left + side]
        self._background = backdrop(canvas)
        self._behind = np.ascontiguousarray(self._background[self._window])

    def compose(self, portrait: Picture) -> Picture:
        shrinks = portrait.shape[0] > self._side
        scaled = cv2.resize(portrait, (self._side, self._side), interpolation=cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR)
        whole = self._background.copy()
        whole[self._window] = over(scaled.astype(np.uint8, copy=False), self._behind)
        return whole


def over(front: Picture, back: Picture) -> Picture:
    """front + (1 - alpha) back, both premultiplied. Source: Porter and Duff 1984, section 4.2."""
    hidden = cv2.merge([255 - front[..., 3]] * 4)
    return cv2.add(front, cv2.multiply(back, hidden, scale=1.0 / 255.0)).astype(np.uint8, copy=False)


def backdrop(canvas: Canvas) -> Picture:
    """The background alone [height, width, 4]. Raises ConfigError when its picture can't be read."""
    whole = np.zeros((canvas.height, canvas.width, 4), np.uint8)
    background = canvas.background
    if background.kind == "colour":
        whole[:] = (*background.colour, 255)
    elif background.kind == "picture" and background.picture is not None:
        whole[..., :3] = cover(read_rgb(background.picture), canvas.width, canvas.height)
        whole[..., 3] = 255
    return whole


def cover(picture: Picture, width: int, height: int) -> Picture:
    """Scaled until nothing of the canvas shows, the rest cut off evenly."""
    scale = max(width / picture.shape[1], height / picture.shape[0])
    size = max(width, round(picture.shape[1] * scale)), max(height, round(picture.shape[0] * scale))
    scaled = cv2.resize(picture, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    left, top = (size[0] - width) // 2, (size[1] - height) // 2
    return scaled[top : top + height, left : left + width].astype(np.uint8, copy=False)


def read_rgb(path: Path) -> Picture:
    try:
        # cv2.imread can't open paths beyond ASCII on Windows.
        picture = cv2.imdecode(np.frombuffer(path.read_bytes(), np.uint8), cv2.IMREAD_COLOR)
    except (OSError, cv2.error):
        picture = None
    if picture is None:
        raise ConfigError(f"background {path} is not a picture that can be read: give a PNG or JPEG")
    return cv2.cvtColor(picture, cv2.COLOR_BGR2RGB).astype(np.uint8, copy=False)
