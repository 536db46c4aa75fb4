"""Talking portraits side by side, with their names and their sound."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from osa_cam.camera.recorder import Recorder
from osa_cam.evaluation.painter import Pictures
from osa_cam.media import FPS, AudioBlock

TILE, CAPTION = 256, 32  # pixels: a portrait's side, the height of its name
MOST_ACROSS = 5
BACKDROP, INK = (34, 38, 46), (235, 235, 235)


def tile(pictures: Pictures) -> Pictures:
    """Premultiplied RGBA [frames, 512, 512, 4] -> RGB over the backdrop [frames, TILE, TILE, 3]."""
    small = np.stack([cv2.resize(picture, (TILE, TILE), interpolation=cv2.INTER_AREA) for picture in pictures])
    hidden = 1 - small[..., 3:] / np.float32(255)
    return np.clip(small[..., :3] + hidden * np.array(BACKDROP, np.float32), 0, 255).astype(np.uint8)


def side_by_side(path: Path, tiles: Mapping[str, Pictures], samples: NDArray[np.float32]) -> None:
    """An MP4 of what `tile` gives under each name, all equally long, with sound. Raises CameraError when it can't be written."""
    across = min(len(tiles), MOST_ACROSS)
    rows = math.ceil(len(tiles) / across)
    width, height = across * TILE, rows * (TILE + CAPTION)
    frame = np.zeros((height, width, 4), np.uint8)
    frame[:] = (*BACKDROP, 255)
    for k, name in enumerate(tiles):
        _write(frame, name, k // across, k % across)
    recorder = Recorder(path)
    recorder.open(width, height, FPS)
    try:
        recorder.hear(AudioBlock(samples, 0))
        for number, pictures in enumerate(zip(*tiles.values(), strict=True)):
            for k, picture in enumerate(pictures):
                top, left = (k // across) * (TILE + CAPTION), (k % across) * TILE
                frame[top : top + TILE, left : left + TILE, :3] = picture
            recorder.send(frame, number)
    except BaseException:
        recorder.discard()
        raise
    recorder.close()


def _write(frame: NDArray[np.uint8], name: str, row: int, column: int) -> None:
    """A name under its tile, in its middle."""
    font, size = cv2.FONT_HERSHEY_SIMPLEX, 0.5
    (wide, high), _ = cv2.getTextSize(name, font, size, 1)
    at = column * TILE + (TILE - wide) // 2, (row + 1) * (TILE + CAPTION) - (CAPTION - high) // 2
    cv2.putText(frame, name, at, font, size, (*INK, 255), 1, cv2.LINE_AA)
