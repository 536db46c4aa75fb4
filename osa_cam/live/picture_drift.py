"""Is it still the same face? What a picture has become since a talk began."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

SIDE = 128  # pixels: a face's features are there, single hairs are not


class PictureDrift:
    """Compares each part of a talk with its first one; parts_s: their length in seconds, long enough for the head to have been everywhere.

    colour: of the portrait's mean colour, relative to what it was; identity: 1 - correlation of the mean pictures; both 0 for the same.
    """

    def __init__(self, parts_s: float) -> None:
        self._parts_s = parts_s
        self._sums: list[NDArray[np.float64]] = []
        self._counts: list[int] = []

    def add(self, portrait: NDArray[np.uint8], at_s: float) -> None:
        """portrait: premultiplied RGBA [n, n, 4], of that second of the talk; in order."""
        part = int(at_s / self._parts_s)
        while len(self._sums) <= part:
            self._sums.append(np.zeros((SIDE, SIDE, 4)))
            self._counts.append(0)
        self._sums[part] += cv2.resize(portrait, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
        self._counts[part] += 1

    @property
    def colour(self) -> list[float]:
        """Of every part after the first that holds at least half as many pictures as that one."""
        means = self._means()
        colours = [mean[..., :3].sum((0, 1)) / mean[..., 3].sum() for mean in means]
        return [float(np.linalg.norm(colour - colours[0]) / np.linalg.norm(colours[0])) for colour in colours[1:]]

    @property
    def identity(self) -> list[float]:
        means = self._means()
        return [1.0 - float(np.corrcoef(means[0].ravel(), mean.ravel())[0, 1]) for mean in means[1:]]

    def _means(self) -> list[NDArray[np.float64]]:
        return [total / count for total, count in zip(self._sums, self._counts, strict=True) if count and 2 * count >= self._counts[0]]
