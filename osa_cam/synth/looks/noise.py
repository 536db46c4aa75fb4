"""Smooth random fields: mottled walls, clouds, paper and skin are made of them."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Field = NDArray[np.float32]


def fractal(rng: np.random.Generator, size: int, cells: int, octaves: int, persistence: float = 0.5) -> Field:
    """Value noise of unit standard deviation: float32 [size, size].

    cells: of the coarsest octave along an edge; each further octave has twice as many and `persistence` times the height.
    """
    out = np.zeros((size, size), np.float32)
    for octave in range(octaves):
        n = min(size, cells * 2**octave)
        grid = rng.standard_normal((n, n), np.float32) * np.float32(persistence**octave)
        out += cv2.resize(grid, (size, size), interpolation=cv2.INTER_CUBIC)
    return out / max(float(out.std()), 1e-6)


def streaks(rng: np.random.Generator, size: int, length: float, width: float, degrees: float) -> Field:
    """Noise drawn out along one direction, of unit standard deviation: float32 [size, size].

    length, width: standard deviations of a streak in pixels; degrees: its direction, against the clock.
    """
    n = int(size * 1.5)  # the corners of the turned square must be covered
    noise = cv2.GaussianBlur(rng.standard_normal((n, n), np.float32), (0, 0), width)
    for _ in range(2):  # two boxes are nearly a bell, at a cost that doesn't grow with the length
        noise = cv2.blur(noise, (round(2.45 * length), 1))
    turn = cv2.getRotationMatrix2D((n / 2, n / 2), degrees, 1.0)
    turn[:, 2] -= (n - size) / 2
    out = cv2.warpAffine(noise, turn, (size, size), flags=cv2.INTER_LINEAR)
    return out / max(float(out.std()), 1e-6)
