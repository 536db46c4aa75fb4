"""PNG files read with care, and several pictures brought to one size as if they were one."""

from __future__ import annotations

import struct
from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from osa_cam.errors import AvatarError

Picture = NDArray[np.uint8]

SIDE = 512
HEADROOM = 0.08  # of the height: there the figure jumps to
FOOT_ROOM = 0.04  # below a figure that ends above its canvas's edge
MOST_PIXELS = 40_000_000
PIXEL_ART = 2.0  # what is enlarged by more than this keeps its hard pixels


def decode_png(content: bytes, name: str) -> Picture:
    """A PNG file -> premultiplied RGBA [height, width, 4]. Its size is read before anything is decoded. Raises AvatarError."""
    if content[:8] != b"\x89PNG\r\n\x1a\n" or len(content) < 24:
        raise AvatarError(f"{name} is no PNG: save it as one, with a transparent background")
    width, height = struct.unpack(">II", content[16:24])
    check_size(width, height, name)
    try:
        picture = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_UNCHANGED)
    except cv2.error:
        picture = None
    if picture is None:
        raise AvatarError(f"{name} is damaged: save it anew")
    if picture.dtype == np.uint16:
        picture = (picture >> 8).astype(np.uint8)
    code = {2: cv2.COLOR_GRAY2RGBA, 3: cv2.COLOR_BGR2RGBA, 4: cv2.COLOR_BGRA2RGBA}[2 if picture.ndim == 2 else picture.shape[2]]
    return premultiplied(cv2.cvtColor(picture, code))


def check_size(width: int, height: int, name: str) -> None:
    """Raises AvatarError."""
    if not 0 < width * height <= MOST_PIXELS:
        raise AvatarError(f"{name} is {width}x{height}: 1024x1024 is plenty, {MOST_PIXELS // 1_000_000} megapixels the most")


def premultiplied(straight: NDArray[np.uint8]) -> Picture:
    alpha = straight[..., 3:].astype(np.uint16)
    colours = ((straight[..., :3] * alpha + 127) // 255).astype(np.uint8)
    return np.concatenate((colours, straight[..., 3:]), axis=2)


def fitted(pictures: Sequence[Picture], name: str) -> list[Picture]:
    """All cut and scaled alike -> premultiplied RGBA [SIDE, SIDE, 4]: as large as fits, its foot where it was, centred.

    Pictures of different sizes lie centred on each other. Raises AvatarError when there is nothing to see.
    """
    height, width = (max(picture.shape[axis] for picture in pictures) for axis in (0, 1))
    check_size(width, height, name)
    pictures = [_centred(picture, height, width) for picture in pictures]
    covered = np.maximum.reduce([picture[..., 3] for picture in pictures]) > 8
    if not covered.any():
        raise AvatarError(f"{name}: its pictures are empty")
    rows, columns = np.flatnonzero(covered.any(axis=1)), np.flatnonzero(covered.any(axis=0))
    box = np.s_[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    floats = rows[-1] < height - 1 - height // 100
    return [_placed(picture[box], floats) for picture in pictures]


def _centred(picture: Picture, height: int, width: int) -> Picture:
    top, left = (height - picture.shape[0]) // 2, (width - picture.shape[1]) // 2
    if not (top or left or picture.shape[:2] != (height, width)):
        return picture
    whole = np.zeros((height, width, 4), np.uint8)
    whole[top : top + picture.shape[0], left : left + picture.shape[1]] = picture
    return whole


def _placed(picture: Picture, floats: bool) -> Picture:
    bottom = SIDE - round(FOOT_ROOM * SIDE) if floats else SIDE
    room = bottom - round(HEADROOM * SIDE)
    scale = min(room / picture.shape[0], SIDE / picture.shape[1])
    width, height = max(round(picture.shape[1] * scale), 1), max(round(picture.shape[0] * scale), 1)
    kind = cv2.INTER_AREA if scale < 1 else cv2.INTER_NEAREST if scale > PIXEL_ART else cv2.INTER_LINEAR
    whole = np.zeros((SIDE, SIDE, 4), np.uint8)
    left = (SIDE - width) // 2
    whole[bottom - height : bottom, left : left + width] = cv2.resize(picture, (width, height), interpolation=kind)
    return whole
