"""Small sums that every piece of a person needs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from osa_cam.synth.head3d.base import Array


def smoothstep(low: float, high: float, x: NDArray[np.floating]) -> Array:
    """0 below low, 1 above high, smooth between; float32 of x's shape."""
    t = np.clip((x - low) / (high - low), 0, 1)
    out: Array = (t * t * (3 - 2 * t)).astype(np.float32)
    return out


def unit_length(vectors: NDArray[np.floating]) -> Array:
    """[..., 3] -> the same directions at length 1; nothing stays nothing."""
    out: Array = (vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-9)).astype(np.float32)
    return out


def rotation(yaw: float, pitch: float, roll: float) -> Array:
    """Degrees, as the pose has them: to the person's left, down, clockwise in the picture; float32 [3, 3]."""
    (cy, cx, cz), (sy, sx, sz) = (f(np.radians([yaw, pitch, -roll])) for f in (np.cos, np.sin))
    out: Array = (
        np.array([[cz, -sz, 0], [sz, cz, 0], [0, 0, 1]])
        @ np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
        @ np.array([[1, 0, 0], [0, cx, -sx], [0, sx, cx]])
    ).astype(np.float32)
    return out
