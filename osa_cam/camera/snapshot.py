"""A picture as a file."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from osa_cam.errors import ConfigError


def write_snapshot(picture: NDArray[np.uint8], path: Path) -> None:
    """picture: premultiplied RGBA [height, width, 4] -> a PNG with its transparency, whole or not at all. Raises ConfigError."""
    if path.suffix.lower() != ".png":
        raise ConfigError(f"{path} should end in .png")
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_bytes(png(picture))
        part.replace(path)
    except OSError as error:
        with suppress(OSError):
            part.unlink()
        raise ConfigError(f"{path} can't be written: {error.strerror}; is the folder there, the disk full?") from error


def straight(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Premultiplied RGBA -> straight alpha; the colour of what is fully transparent stays as it is."""
    pixels = picture.reshape(-1, 4)
    soft = np.flatnonzero((pixels[:, 3] - np.uint8(1)) < 254)  # neither 0, which wraps round, nor 255
    if not len(soft):
        return picture
    pixels = pixels.copy()
    some = pixels[soft].astype(np.uint16)
    alpha = some[:, 3:]
    pixels[soft, :3] = np.minimum((some[:, :3] * 255 + alpha // 2) // alpha, 255)
    return pixels.reshape(picture.shape)


def png(picture: NDArray[np.uint8]) -> bytes:
    """With straight alpha, as PNG wants it."""
    bgra = cv2.cvtColor(straight(picture), cv2.COLOR_RGBA2BGRA)
    return cv2.imencode(".png", bgra, [cv2.IMWRITE_PNG_COMPRESSION, 1])[1].tobytes()
