"""Where a person's skull, ears and nose are, for all that sits on the head. Lengths are eye distances from between the eyes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
import scipy.spatial

from osa_cam.synth.head3d.base import base, mask
from osa_cam.synth.head3d.piece import Indices
from osa_cam.synth.head3d.vectors import unit_length
from osa_cam.synth.head3d.wear.shape import Array, Place


@cache
def _ears() -> Indices:
    """Base vertices of the ears, both sides."""
    faces = base().groups["body"].reshape(-1, 2)
    image = mask("ears")
    px = np.clip((base().uvs[faces[:, 1]] * [len(image), -len(image)] + [0, len(image)]).astype(int), 0, len(image) - 1)
    return np.unique(faces[image[px[:, 1], px[:, 0]] > 128, 0]).astype(np.int32)


@dataclass(frozen=True, eq=False)
class Skull:
    """place: the person's eyes; points: all of the base mesh's vertices, in eye distances."""

    place: Place
    points: Array

    @classmethod
    def of(cls, place: Place, vertices: Array) -> Skull:
        """vertices: the person's rest shape."""
        return cls(place, place.inward(vertices))

    @property
    def middle(self) -> Array:
        """Inside the head, at the height of the temples."""
        return np.array([0, 0.35, self.ear[2] + 0.15], np.float32)

    @cached_property
    def ear(self) -> Array:
        """The place above the person's left ear where temples of glasses rest."""
        ear = self.points[_ears()]
        ear = ear[ear[:, 0] > 0]
        top = ear[ear[:, 1] > np.quantile(ear[:, 1], 0.9)]
        return np.array([np.quantile(ear[:, 0], 0.12), top[:, 1].mean() - 0.1, top[:, 2].mean() + 0.02], np.float32)

    @cached_property
    def ear_middle(self) -> Array:
        """The left ear's middle, at its outer side."""
        ear = self.points[_ears()]
        ear = ear[ear[:, 0] > 0]
        return np.array(
            [np.quantile(ear[:, 0], 0.85), (ear[:, 1].min() + ear[:, 1].max()) / 2, (ear[:, 2].min() + ear[:, 2].max()) / 2], np.float32
        )

    @cached_property
    def lobe(self) -> Array:
        """The left ear's lobe, at its outer side."""
        ear = self.points[_ears()]
        ear = ear[ear[:, 0] > 0]
        low = ear[ear[:, 1] < ear[:, 1].min() + 0.12]
        return np.array([np.quantile(low[:, 0], 0.7), low[:, 1].min() + 0.05, np.quantile(low[:, 2], 0.75)], np.float32)

    @cached_property
    def _bald(self) -> Array:
        body = np.setdiff1d(base().indices("body"), _ears())
        points = self.points[body]
        kept: Array = points[(points[:, 1] > -0.9)]
        return kept

    @cached_property
    def _ways(self) -> tuple[scipy.spatial.KDTree, Array]:
        out = self._bald - self.middle
        return scipy.spatial.KDTree(unit_length(out)), np.linalg.norm(out, axis=1).astype(np.float32)

    def radius(self, directions: Array) -> Array:
        """How far the skin reaches from the middle in directions [..., 3]."""
        tree, reach = self._ways
        distance, index = tree.query(unit_length(directions).reshape(-1, 3), 6)
        weight = 1 / (distance + 0.02) ** 2
        far = np.maximum((reach[index] * weight).sum(1) / weight.sum(1), 0)
        out: Array = far.reshape(directions.shape[:-1]).astype(np.float32)
        return out

    def front(self, x: float, y: float, reach: float = 0.12) -> float:
        """z of the face's foremost skin near a place seen from in front."""
        near = self._bald[(np.abs(self._bald[:, 0] - x) < reach) & (np.abs(self._bald[:, 1] - y) < reach)]
        return float(near[:, 2].max()) if len(near) else 0.3

    def nose(self, y: float, z: float) -> float:
        """Half the nose's width at a height, measured at a depth; 0 where it doesn't reach that far."""
        near = self._bald[(np.abs(self._bald[:, 1] - y) < 0.08) & (self._bald[:, 2] > z) & (np.abs(self._bald[:, 0]) < 0.45)]
        return float(np.abs(near[:, 0]).max()) if len(near) else 0.0

    def side(self, y: float, z: float, reach: float = 0.15) -> float:
        """Half the head's width near a height and depth."""
        near = self._bald[(np.abs(self._bald[:, 1] - y) < reach) & (np.abs(self._bald[:, 2] - z) < reach)]
        return float(near[:, 0].max()) if len(near) else 1.1

    @cached_property
    def crown(self) -> float:
        return float(self._bald[:, 1].max())
