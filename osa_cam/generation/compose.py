"""The portrait on its background, in the camera's size."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from osa_cam.config import Canvas
from osa_cam.errors import ConfigError

Picture = NDArray[np.uint8]

BLUR_WIDTH = 64  # pixels; what is so soft needs no more
DARKER = 0.75  # than the portrait, which is to stand out


class Composer:
    """Premultiplied RGBA [512, 512, 4] -> premultiplied RGBA [height, width, 4], opaque unless the background is transparent.

    The portrait is as large as fits, centred, never stretched and never mirrored.
    """

    def __init__(self, canvas: Canvas) -> None:
        """Raises ConfigError when the background's picture can't be read."""
        self._canvas = canvas
        side = min(canvas.width, canvas.height)
        top, left = (canvas.height - side) // 2, (canvas.width - side) // 2
        self._side = side
        self._window = np.s_[top : top + side, left : left + side]
        self._background = None if canvas.background.kind == "blur" else backdrop(canvas)

    def compose(self, portrait: Picture) -> Picture:
        if self._background is None:
            self._background = blurred(portrait, self._canvas.width, self._canvas.height)
        whole = self._background.copy()
        match self._canvas.background.kind:
            case "transparent":
                whole[self._window] = self._scaled(portrait)
            case "colour":  # the same before scaling as after, with half the pixels
                whole[self._window] = self._scaled(over(portrait, (*self._canvas.background.colour, 255)))
            case _:
                whole[self._window] = over(self._scaled(portrait), self._background[self._window])
        return whole

    def _scaled(self, portrait: Picture) -> Picture:
        shrinks = portrait.shape[0] > self._side
        interpolation = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
        return cv2.resize(portrait, (self._side, self._side), interpolation=interpolation).astype(np.uint8, copy=False)


def over(front: Picture, back: Picture | tuple[float, ...]) -> Picture:
    """front + (1 - alpha) back, both premultiplied; back may be one colour. Source: Porter and Duff 1984, section 4.2."""
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


def blurred(portrait: Picture, width: int, height: int) -> Picture:
    """The portrait far out of focus and a little darker, as a background [height, width, 4], opaque."""
    means = portrait.reshape(-1, 4).mean(axis=0)
    # Where the portrait is transparent its own mean colour stands.
    colour = means[:3] * 255.0 / max(means[3], 1.0)
    small = cover(over(portrait, (*colour, 255.0)), BLUR_WIDTH, max(BLUR_WIDTH * height // width, 1))
    # As floats: steps of a whole grey level would show in so soft a picture.
    soft = cv2.GaussianBlur(small.astype(np.float32), (0, 0), BLUR_WIDTH / 8)
    wide = cv2.resize(soft, (width, height), interpolation=cv2.INTER_CUBIC) * np.float32(DARKER)
    wide += np.random.default_rng(0).uniform(0.0, 1.0, wide.shape[:2])[..., None].astype(np.float32)
    whole = np.clip(wide, 0, 255).astype(np.uint8)
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
