"""Anybody's picture as an avatar: 512 x 512, its transparency kept."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from osa_cam.errors import AvatarError
from osa_cam.media import PICTURE_SIZE

Picture = NDArray[np.uint8]
SMALLEST = 64


def read_rgba(path: Path) -> Picture:
    """Straight RGBA [height, width, 4]; opaque where the file has no transparency. Raises AvatarError."""
    try:
        encoded = np.frombuffer(path.read_bytes(), np.uint8)
        picture = cv2.imdecode(encoded, cv2.IMREAD_UNCHANGED)
        if picture is not None and not (picture.ndim == 3 and picture.shape[2] == 4):
            picture = cv2.imdecode(encoded, cv2.IMREAD_COLOR)  # this one also turns photographs upright
    except OSError as error:
        raise AvatarError(f"{path} can't be read: {error.strerror}") from error
    except cv2.error:
        picture = None
    if picture is None:
        raise AvatarError(f"{path} is not a picture that can be read: give a PNG, JPEG or WebP")
    if min(picture.shape[:2]) < SMALLEST:
        raise AvatarError(f"{path} is {picture.shape[1]}x{picture.shape[0]}: a portrait needs at least {SMALLEST} pixels a side")
    if picture.dtype == np.uint16:
        picture = (picture >> 8).astype(np.uint8)
    if picture.dtype != np.uint8:
        raise AvatarError(f"{path} has {picture.dtype} pixels: give a picture of 8 or 16 bits")
    if picture.shape[2] == 4:
        return cv2.cvtColor(picture, cv2.COLOR_BGRA2RGBA).astype(np.uint8, copy=False)
    return cv2.cvtColor(picture, cv2.COLOR_BGR2RGBA).astype(np.uint8, copy=False)


def fit(picture: Picture) -> Picture:
    """The largest square, scaled to PICTURE_SIZE. Of a tall picture the upper part: that is where faces are."""
    height, width = picture.shape[:2]
    side = min(height, width)
    left, top = (width - side) // 2, (height - side) // 4
    square = picture[top : top + side, left : left + side]
    if side == PICTURE_SIZE:
        return np.ascontiguousarray(square)
    # Scaled with straight alpha, the colour behind transparent pixels would leak into the outline.
    scaled = cv2.resize(
        premultiply(square), (PICTURE_SIZE, PICTURE_SIZE), interpolation=cv2.INTER_AREA if side > PICTURE_SIZE else cv2.INTER_CUBIC
    )
    return straighten(scaled.astype(np.uint8, copy=False))


def premultiply(picture: Picture) -> Picture:
    colour = (picture[..., :3].astype(np.uint16) * picture[..., 3:] + 127) // 255
    return np.concatenate((colour.astype(np.uint8), picture[..., 3:]), axis=-1)


def straighten(picture: Picture) -> Picture:
    """The inverse of `premultiply`; black where nothing shows."""
    alpha = picture[..., 3:].astype(np.uint16)
    colour = (picture[..., :3].astype(np.uint16) * 255 + alpha // 2) // np.maximum(alpha, 1)
    return np.concatenate((np.minimum(colour, 255).astype(np.uint8), picture[..., 3:]), axis=-1)
