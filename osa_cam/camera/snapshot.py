"""A picture as a file."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from osa_cam.camera.web import png
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
