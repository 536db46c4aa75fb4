"""Known colours beside the portrait, which a camera has to bring through."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from tests.devices.vm.inside import HEIGHT, WIDTH

SIDE = 20  # pixels of a patch; its edges are left out, where halved colours mix
COLOURS = ((255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255), (0, 0, 0), (128, 128, 128), (230, 180, 150), (34, 38, 46))


def write_chart(path: Path) -> Path:
    """A patch below the other at the left edge, where no portrait stands."""
    picture = np.full((HEIGHT, WIDTH, 3), 90, np.uint8)
    for row, colour in enumerate(COLOURS):
        picture[row * SIDE : (row + 1) * SIDE, :SIDE] = colour
    cv2.imwrite(str(path), picture[..., ::-1])
    return path


def patches(picture: np.ndarray) -> np.ndarray:
    """RGB [HEIGHT, WIDTH, 3] -> mean colours [patches, 3]."""
    edge = SIDE // 4
    rows = [picture[row * SIDE + edge : (row + 1) * SIDE - edge, edge : SIDE - edge] for row in range(len(COLOURS))]
    return np.array([row.mean((0, 1)) for row in rows])
