"""Warps of the whole picture: framing, perspective, lens and a slow elastic bend, with the labels warped along.

Points are in picture widths and heights, 0 to 1. A warp maps places of its output to places of its input.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from osa_cam.media import LATENT_CHANNELS, LATENT_SIZE
from osa_cam.synth.pooling import pool

Points = NDArray[np.float32]  # [..., 2]: x, y
Map = tuple[NDArray[np.int16], NDArray[np.uint16] | None]  # as cv2.convertMaps makes it; one of nearest pixels has one part
_FACE = np.array([0.5, 0.42])  # where drawn people have theirs
_FIRST_PART = LATENT_CHANNELS.index("lips")


def centres(size: int) -> Points:
    """Places of a square picture's pixels or cells: float32 [size, size, 2]."""
    x = (np.arange(size, dtype=np.float32) + 0.5) / size
    return np.stack(np.meshgrid(x, x), -1)


@dataclass(frozen=True, eq=False)
class Warp:
    """Output -> input: first bend (lens and waves), then a homography.

    matrix: [3, 3]; lens: relative change of the radius at distance 1 from the centre; waves: [n, 5], each (shift x, shift y,
    wave vector x, wave vector y in radians a picture, phase).
    """

    matrix: NDArray[np.float64]
    lens: float
    waves: NDArray[np.float64]

    @classmethod
    def from_rng(cls, rng: np.random.Generator) -> Warp:
        zoom = float(np.exp(rng.uniform(np.log(0.8), np.log(1.5))))
        turn = float(np.clip(rng.normal(0, 0.05), -0.12, 0.12))  # radians
        # Seen near, a face sits lower in the picture; seen from afar, the lower border decides (below).
        face_at = np.array([0.5, 0.44 + 0.1 * max(0.0, zoom - 1)]) + rng.uniform(-0.06, 0.06, 2)
        stretch = np.exp(rng.normal(0, 0.025))
        c, s = np.cos(turn), np.sin(turn)
        linear = np.array([[c * stretch, -s], [s, c / stretch]]) / zoom
        affine = np.eye(3)
        affine[:2, :2], affine[:2, 2] = linear, _FACE - linear @ face_at
        tilt = np.eye(3)
        tilt[2, :2] = np.clip(rng.normal(0, 0.05, 2), -0.1, 0.1)
        tilt[2, 2] = 1 - tilt[2, :2] @ face_at  # the face keeps its size
        lens = float(rng.uniform(-0.12, 0.12)) if rng.random() < 0.5 else 0.0
        waves = np.zeros((0, 5))
        if rng.random() < 0.5:
            n = 3
            waves = np.concatenate([rng.normal(0, 0.003, (n, 2)), rng.uniform(-9, 9, (n, 2)), rng.uniform(0, 6.3, (n, 1))], 1)
        warp = cls(affine @ tilt, lens, waves)
        # People are drawn down to the lower border: below it they have nothing, so the picture must not show it.
        below = float(warp.to_input(np.stack([np.linspace(0, 1, 17), np.ones(17)], -1).astype(np.float32))[:, 1].max()) - 1
        lift = np.eye(3)
        lift[1, 2] = -max(0.0, below)
        return cls(lift @ warp.matrix, lens, waves)

    def _shift(self, points: Points) -> Points:
        """What bending adds to a place."""
        from_centre = points - np.float32(0.5)
        out = from_centre * np.float32(self.lens) * (from_centre * from_centre).sum(-1, keepdims=True)
        for x, y, kx, ky, phase in self.waves.astype(np.float32):
            out += np.sin(points[..., :1] * kx + points[..., 1:] * ky + phase) * np.array([x, y], np.float32)
        return out

    def to_input(self, points: Points) -> Points:
        return _project(self.matrix, points + self._shift(points))

    def to_output(self, points: Points) -> Points:
        bent = _project(np.linalg.inv(self.matrix), points)
        out = bent
        for _ in range(10):  # the bend is slow: each round leaves at most a fifth of the error
            out = bent - self._shift(out)
        return out

    def map(self, size: int, nearest: bool = False) -> Map:
        """For `warp_picture`; pictures are size x size. nearest: for indices, which can't be mixed."""
        # Warps are so smooth that every fourth pixel is enough; one more beyond each border, to interpolate up to it.
        n = size // 4
        places = (np.arange(-1, n + 1, dtype=np.float32) + 0.5) / n
        coarse = self.to_input(np.stack(np.meshgrid(places, places), -1))
        at = cv2.resize(coarse, (size + 8, size + 8), interpolation=cv2.INTER_LINEAR)[4:-4, 4:-4] * np.float32(size) - np.float32(0.5)
        fixed: Map = cv2.convertMaps(at, None, cv2.CV_16SC2, nninterpolation=nearest)
        return fixed

    def labels(self, labels: NDArray[np.float32], alpha: NDArray[np.uint8], parts: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Labels of a frame after frame and reference were warped: float32 [11, 64, 64].

        labels: before the warp; alpha and parts: of the warped frame.
        Offsets follow exactly: flow'(x) = T^-1(T(x) + flow(T(x))) - x.
        """
        here = centres(LATENT_SIZE)
        there = self.to_input(here)
        at = there * np.float32(LATENT_SIZE) - np.float32(0.5)
        sampled = cv2.remap(
            np.ascontiguousarray(labels[:3].transpose(1, 2, 0)), at, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
        )
        source = self.to_output(there + sampled[..., :2])
        shown = ((source >= 0) & (source <= 1)).all(-1)
        out = np.empty_like(labels)
        out[:2] = (source - here).transpose(2, 0, 1)
        out[3] = pool(alpha) / 255
        out[2] = np.minimum(sampled[..., 2] * shown, out[3])
        for k in range(_FIRST_PART, len(labels)):
            out[k] = pool(parts == k - _FIRST_PART + 2)  # PARTS begin with nothing and other
        return out


def _project(matrix: NDArray[np.floating], points: Points) -> Points:
    m = matrix.astype(np.float32)
    homogeneous = points @ m[:, :2].T + m[:, 2]
    out: Points = homogeneous[..., :2] / homogeneous[..., 2:]
    return out


def warp_picture(picture: NDArray[np.uint8], fixed: Map) -> NDArray[np.uint8]:
    """Beyond the border the picture goes on as it ends there."""
    interpolation = cv2.INTER_NEAREST if fixed[1] is None else cv2.INTER_LINEAR
    out: NDArray[np.uint8] = cv2.remap(picture, *fixed, interpolation, borderMode=cv2.BORDER_REPLICATE)
    return out
