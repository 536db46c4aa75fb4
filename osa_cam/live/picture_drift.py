"""Is it still the same face? What a picture has become since a talk began."""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

SIDE = 128  # pixels: a face's features are there, single hairs are not
NOTHING = 1e-9  # two empty pictures are the same


class PictureDrift:
    """Compares each part of a talk with its first one; parts_s: their length in seconds, long enough for the head to have been everywhere.

    However long the talk, two parts are kept.
    """

    def __init__(self, parts_s: float) -> None:
        self._parts_s = parts_s
        self._first: _Part | None = None
        self._newest = _Part()
        self._number = 0
        self._ended: list[tuple[float, float]] = []  # (colour, identity) of each part that is over

    def add(self, portrait: NDArray[np.uint8], at_s: float) -> None:
        """portrait: premultiplied RGBA [n, n, 4], of that second of the talk; in order."""
        if (number := int(at_s / self._parts_s)) != self._number:
            self._ended = self._drifts()
            self._first = self._first or (self._newest if self._newest.pictures else None)
            self._newest, self._number = _Part(), number
        self._newest.total += cv2.resize(portrait, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
        self._newest.pictures += 1

    @property
    def colour(self) -> list[float]:
        """Of the portrait's mean colour, relative to what it was; 0 for the same.

        Of every part after the first that holds at least half as many pictures as that one.
        """
        return [colour for colour, _ in self._drifts()]

    @property
    def identity(self) -> list[float]:
        """1 - correlation of the mean pictures, of the same parts; 0 for the same."""
        return [identity for _, identity in self._drifts()]

    def _drifts(self) -> list[tuple[float, float]]:
        if self._first is None or 2 * self._newest.pictures < self._first.pictures:
            return self._ended
        return [*self._ended, self._newest.drift_from(self._first)]


@dataclass
class _Part:
    """total: the sum of its pictures, [SIDE, SIDE, 4]; pictures: how many there were."""

    total: NDArray[np.float64] = field(default_factory=lambda: np.zeros((SIDE, SIDE, 4)))
    pictures: int = 0

    def drift_from(self, first: _Part) -> tuple[float, float]:
        colour = np.linalg.norm(self._colour() - first._colour()) / max(float(np.linalg.norm(first._colour())), NOTHING)
        a, b = (part.total - part.total.mean() for part in (first, self))
        correlation = (float((a * b).sum()) + NOTHING) / (float(np.linalg.norm(a) * np.linalg.norm(b)) + NOTHING)
        return float(colour), max(1.0 - correlation, 0.0)

    def _colour(self) -> NDArray[np.float64]:
        """Mean RGB of what is covered, 0 to 1."""
        mean: NDArray[np.float64] = self.total[..., :3].sum((0, 1)) / max(float(self.total[..., 3].sum()), NOTHING)
        return mean
