"""Anybody's picture as an avatar: 512 x 512, its transparency kept."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from osa_cam.avatars.image_file import FileSize, inspect
from osa_cam.errors import AvatarError
from osa_cam.media import PICTURE_SIZE

Picture = NDArray[np.uint8]
SMALLEST = 128  # pixels; scaled up from less, a face is a smear
MOST_PIXELS = 40_000_000
LARGEST_FILE = 64 << 20  # bytes
# The built-in avatars' faces, hairline to chin, are a third to two thirds of the picture high and end a little above its middle.
HEAD_AND_SHOULDERS = 2.2  # of the face's height
FACE_HEIGHT = 0.47  # of the picture, from above


def read_rgba(path: Path) -> Picture:
    """Straight RGBA [height, width, 4], upright; opaque where the file has no transparency. Raises AvatarError.

    Kind, size and colours are read off the file's header before anything is decoded.
    """
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise AvatarError(f"{path} can't be read: {error.strerror}") from error
    if len(content) > LARGEST_FILE:
        raise AvatarError(f"{path} is larger than {LARGEST_FILE >> 20} MB: save it smaller, 1024x1024 is plenty")
    try:
        size = inspect(content)
    except ValueError as error:
        raise AvatarError(f"{path} {error}") from error
    _check_size(path, size)
    return decode(content, str(path))


def _check_size(path: Path, size: FileSize) -> None:
    if min(size) < SMALLEST:
        raise AvatarError(f"{path} is {size.width}x{size.height}: a portrait needs at least {SMALLEST} pixels a side")
    if size.width * size.height > MOST_PIXELS:
        megapixels = f"{size.width * size.height / 1e6:.0f} megapixels ({size.width}x{size.height})"
        raise AvatarError(f"{path} has {megapixels}, more than {MOST_PIXELS / 1e6:.0f}: scale it down or crop it")


def decode(content: bytes, name: str) -> Picture:
    """A file's content whose size is known to be fit -> straight RGBA, upright. Raises AvatarError."""
    encoded = np.frombuffer(content, np.uint8)
    try:
        picture = cv2.imdecode(encoded, cv2.IMREAD_UNCHANGED)
        if picture is not None and picture.ndim == 3 and picture.shape[2] == 4:
            picture = _upright(picture, encoded)
        elif picture is not None:
            picture = cv2.imdecode(encoded, cv2.IMREAD_COLOR)  # this one turns photographs upright by itself
    except cv2.error:
        picture = None
    if picture is None:
        raise AvatarError(f"{name} is damaged: save it anew as a PNG, or give another picture")
    if picture.dtype == np.uint16:
        picture = (picture >> 8).astype(np.uint8)
    if picture.dtype != np.uint8:
        raise AvatarError(f"{name} has {picture.dtype} pixels: give a picture of 8 or 16 bits")
    if picture.shape[2] == 4:
        return cv2.cvtColor(picture, cv2.COLOR_BGRA2RGBA).astype(np.uint8, copy=False)
    return cv2.cvtColor(picture, cv2.COLOR_BGR2RGBA).astype(np.uint8, copy=False)


def _upright(picture: Picture, encoded: Picture) -> Picture:
    """With transparency OpenCV leaves a picture as it lies; which way up it belongs stands in its EXIF."""
    _, kinds, notes = cv2.imdecodeWithMetadata(encoded, cv2.IMREAD_UNCHANGED)
    exif = next((note.tobytes() for kind, note in zip(kinds, notes, strict=True) if kind == cv2.IMAGE_METADATA_EXIF), b"")
    turns, mirrored = {2: (0, True), 3: (2, False), 4: (2, True), 5: (3, True), 6: (3, False), 7: (1, True), 8: (1, False)}.get(
        orientation(exif), (0, False)
    )
    turned = np.rot90(picture, turns)
    return np.ascontiguousarray(turned[:, ::-1] if mirrored else turned)


def orientation(exif: bytes) -> int:
    """1 (upright) to 8. Source: CIPA DC-008 (Exif 2.32), section 4.6.4, tag 274."""
    order: Literal["big", "little"] = "big" if exif.startswith(b"MM") else "little"

    def number(place: int, size: int) -> int:
        return int.from_bytes(exif[place : place + size], order)

    directory = number(4, 4)
    for entry in range(directory + 2, directory + 2 + 12 * number(directory, 2), 12):
        if number(entry, 2) == 274:
            return number(entry + 8, 2)
    return 1


@dataclass(frozen=True)
class Face:
    """Where a face is in an upright picture, in pixels: its centre, between eyes and mouth, and its height from hairline to chin."""

    x: float
    y: float
    size: float


def crop(picture: Picture, face: Face | None = None) -> Picture:
    """A square: head and shoulders around a face, or else the largest one, of a tall picture the upper part, where faces are.

    Raises AvatarError when the face lies outside or the square is too small.
    """
    height, width = picture.shape[:2]
    if face is None:
        side = min(height, width)
        left, top = (width - side) // 2, (height - side) // 4
    else:
        if not (0 <= face.x < width and 0 <= face.y < height and 0 < face.size <= 2 * min(height, width)):
            raise AvatarError(f"a face of {face.size:g} pixels at {face.x:g}, {face.y:g} isn't inside of {width}x{height}")
        side = min(round(HEAD_AND_SHOULDERS * face.size), height, width)
        left = min(max(round(face.x - side / 2), 0), width - side)
        top = min(max(round(face.y - FACE_HEIGHT * side), 0), height - side)
    if side < SMALLEST:
        raise AvatarError(f"head and shoulders are {side} pixels wide: at least {SMALLEST} are needed, so give a larger picture")
    return np.ascontiguousarray(picture[top : top + side, left : left + side])


def fit(picture: Picture) -> Picture:
    """The largest square, scaled to PICTURE_SIZE. Of a tall picture the upper part: that is where faces are."""
    return scale(crop(picture), PICTURE_SIZE)


def scale(square: Picture, side: int) -> Picture:
    """Straight RGBA, square -> the same with `side` pixels a side."""
    if square.shape[0] == side:
        return np.ascontiguousarray(square)
    # Scaled with straight alpha, the colour behind transparent pixels would leak into the outline.
    interpolation = cv2.INTER_AREA if square.shape[0] > side else cv2.INTER_CUBIC
    return straighten(cv2.resize(premultiply(square), (side, side), interpolation=interpolation).astype(np.uint8, copy=False))


def premultiply(picture: Picture) -> Picture:
    colour = (picture[..., :3].astype(np.uint16) * picture[..., 3:] + 127) // 255
    return np.concatenate((colour.astype(np.uint8), picture[..., 3:]), axis=-1)


def straighten(picture: Picture) -> Picture:
    """The inverse of `premultiply`; black where nothing shows."""
    alpha = picture[..., 3:].astype(np.uint16)
    colour = (picture[..., :3].astype(np.uint16) * 255 + alpha // 2) // np.maximum(alpha, 1)
    return np.concatenate((np.minimum(colour, 255).astype(np.uint8), picture[..., 3:]), axis=-1)


def png_bytes(picture: Picture) -> bytes:
    """Straight RGBA -> a PNG file, as small as OpenCV makes it."""
    return cv2.imencode(".png", cv2.cvtColor(picture, cv2.COLOR_RGBA2BGRA), (cv2.IMWRITE_PNG_COMPRESSION, 9))[1].tobytes()
