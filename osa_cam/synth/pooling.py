"""From pixels to the cells of the latents."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from osa_cam.media import LATENT_SIZE


def pool(shares: NDArray[np.generic]) -> NDArray[np.float32]:
    """Means over the cells of the latents: float32 [64, 64, ...] from [size, size, ...]."""
    out: NDArray[np.float32] = cv2.resize(shares.astype(np.float32), (LATENT_SIZE, LATENT_SIZE), interpolation=cv2.INTER_AREA)
    return out


def fill_holes(values: NDArray[np.float32], weight: NDArray[np.float32]) -> NDArray[np.float32]:
    """Completes values [n, n, c], known where weight [n, n] > 0, smoothly from coarser levels."""
    n = len(values)
    if n == 1:
        return values / max(float(weight[0, 0]), 1e-6)
    half = (n // 2, n // 2)
    coarse = fill_holes(cv2.resize(values, half, interpolation=cv2.INTER_AREA), cv2.resize(weight, half, interpolation=cv2.INTER_AREA))
    guess = cv2.resize(coarse, (n, n), interpolation=cv2.INTER_LINEAR).reshape(values.shape)
    known = np.clip(weight * 8, 0, 1)[..., None]
    out: NDArray[np.float32] = known * values / np.maximum(weight, 1e-6)[..., None] + (1 - known) * guess
    return out
