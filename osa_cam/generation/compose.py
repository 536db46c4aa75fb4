"""The portrait on its background, in the camera's size."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from osa_cam.config import Canvas
from osa_cam.errors import ConfigError
from osa_cam.generation import watermark
from osa_cam.generation.badge import badge

Picture = NDArray[np.uint8]

BLUR_WIDTH = 64  # pixels; what is so soft needs no more
DARKER = 0.75  # than the portrait, which is to stand out


class Composer:
    """Premultiplied RGBA [512, 512, 4] -> premultiplied RGBA [height, width, 4], opaque unless the background is transparent.

    The portrait stands in the middle of the lower edge, as large as fits, or, cropped, fills the canvas, its middle in the middle; never
    stretched and never mirrored.
    """

    def __init__(self, canvas: Canvas) -> None:
        """Raises ConfigError when the background's picture can't be read."""
        self.canvas = canvas
        crops = canvas.fit == "crop"
        self._side = max(canvas.width, canvas.height) if crops else min(canvas.width, canvas.height)
        wide, high = min(self._side, canvas.width), min(self._side, canvas.height)
        left = (canvas.width - wide) // 2
        # A bust that floated above an empty strip would look cut off.
        self._window = np.s_[canvas.height - high :, left : left + wide]
        self._cut = ((self._side - wide) / 2, (self._side - high) / 2, wide, high)
        self._background = None if canvas.background.kind == "blur" else backdrop(canvas)
        self._badge = badge(canvas.width, canvas.height) if canvas.badge else None
        if canvas.watermark:
            watermark.pattern()  # now, not at the first frame

    def mark(self, portrait: Picture) -> Picture:
        """With the invisible mark, where the canvas is to have it: before `compose`, so that the portrait alone has it, too."""
        return watermark.mark(portrait) if self.canvas.watermark else portrait

    def compose(self, portrait: Picture) -> Picture:
        if self._background is None:
            self._background = blurred(portrait, self.canvas.width, self.canvas.height)
        whole = self._background.copy()
        match self.canvas.background.kind:
            case "transparent":
                whole[self._window] = self._scaled(portrait)
            case "colour":  # the same before scaling as after, with half the pixels
                whole[self._window] = self._scaled(over(portrait, (*self.canvas.background.colour, 255)))
            case _:
                whole[self._window] = over(self._scaled(portrait), self._background[self._window])
        if self._badge is not None:
            self._mark(whole, self._badge)
        return whole

    def _scaled(self, portrait: Picture) -> Picture:
        """As large as `side`, and of that what is to be seen."""
        left, top, wide, high = self._cut
        if (wide, high) == (self._side, self._side):
            interpolation = cv2.INTER_AREA if portrait.shape[0] > self._side else cv2.INTER_LINEAR
            return cv2.resize(portrait, (wide, high), interpolation=interpolation).astype(np.uint8, copy=False)
        scale = portrait.shape[0] / self._side
        # Half-pixel centres: pixel x of the canvas lies at (x + left + 0.5) * scale - 0.5 of the portrait.
        onto = np.array([[scale, 0.0, (left + 0.5) * scale - 0.5], [0.0, scale, (top + 0.5) * scale - 0.5]])
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        return cv2.warpAffine(portrait, onto, (wide, high), flags=flags, borderMode=cv2.BORDER_REPLICATE).astype(np.uint8, copy=False)

    def _mark(self, whole: Picture, mark: Picture) -> None:
        """In the lower right corner: callers' names stand in the lower left one."""
        margin = mark.shape[0] // 2
        bottom, right = whole.shape[0] - margin, whole.shape[1] - margin
        place = np.s_[bottom - mark.shape[0] : bottom, right - mark.shape[1] : right]
        whole[place] = over(mark, whole[place])


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
