"""The surface clothes are cut from: shoulders, chest and neck, refined, and where its neck and shoulders are."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
import scipy.sparse
import scipy.spatial
from numpy.typing import NDArray

from osa_cam.synth.head3d.base import base
from osa_cam.synth.head3d.piece import Indices
from osa_cam.synth.head3d.vectors import unit_length
from osa_cam.synth.head3d.wear.shape import Array, Place

_LEVELS = 2  # of refinement
_THROAT = (-2.4, -1.5, 0.1)  # heights among which the neck is narrowest


@cache
def _refined() -> tuple[scipy.sparse.csr_matrix, Indices]:
    """Base vertices -> points of the refined surface, by Loop's subdivision (Loop 1987), and its triangles."""
    corners = base().groups["helper-tights"][..., 0]
    used, faces = np.unique(corners, return_inverse=True)
    faces = faces.reshape(-1, 3)
    n = len(used)
    total = scipy.sparse.csr_matrix((np.ones(n), (np.arange(n), used)), (n, len(base().vertices)))
    for _ in range(_LEVELS):
        step, faces = _loop(faces, n)
        total, n = step @ total, step.shape[0]
    return total.astype(np.float32), faces.astype(np.int32)


def _loop(faces: NDArray[np.int64], n: int) -> tuple[scipy.sparse.csr_matrix, NDArray[np.int64]]:
    sides = np.stack([faces[:, [0, 1, 2]], faces[:, [1, 2, 0]], faces[:, [2, 0, 1]]], -1).reshape(-1, 3)  # an edge and the corner opposite
    edges, of, count = np.unique(np.sort(sides[:, :2], 1), axis=0, return_inverse=True, return_counts=True)
    of = of.reshape(-1)
    e = len(edges)
    inner = (count == 2)[:, None]
    middle = scipy.sparse.coo_matrix((np.where(inner, 3 / 8, 1 / 2).repeat(2, 1).ravel(), (np.arange(e).repeat(2), edges.ravel())), (e, n))
    opposite = scipy.sparse.coo_matrix((np.where(inner[of, 0], 1 / 8, 0), (of, sides[:, 2])), (e, n))
    rim = edges[count == 1]
    on_rim = np.zeros(n, bool)
    on_rim[rim.ravel()] = True
    beside = scipy.sparse.coo_matrix((np.ones(2 * e), (edges.ravel(), edges[:, ::-1].ravel())), (n, n)).tocsr()
    along = scipy.sparse.coo_matrix((np.ones(2 * len(rim)), (rim.ravel(), rim[:, ::-1].ravel())), (n, n)).tocsr()
    valence = np.maximum(np.asarray(beside.sum(1)).ravel(), 1)
    share = 5 / 8 - (3 / 8 + np.cos(2 * np.pi / valence) / 4) ** 2
    old = scipy.sparse.diags(np.where(on_rim, 0, share / valence)) @ beside + scipy.sparse.diags(np.where(on_rim, 1 / 8, 0)) @ along
    old = old + scipy.sparse.diags(1 - np.asarray(old.sum(1)).ravel())
    a, b, c = (of.reshape(-1, 3)[:, k] + n for k in range(3))  # the middles of edges 01, 12, 20
    i, j, k = faces.T
    finer = np.concatenate([np.stack(t, 1) for t in ((i, a, c), (a, j, b), (c, b, k), (a, b, c))])
    return scipy.sparse.vstack([old, (middle + opposite).tocsr()]).tocsr(), finer


@dataclass(frozen=True, eq=False)
class Torso:
    """points, normals [v, 3] in eye distances from between the eyes; faces [f, 3]."""

    place: Place
    points: Array
    normals: Array
    faces: Indices

    @classmethod
    def of(cls, place: Place, vertices: Array) -> Torso:
        """vertices: the person's rest shape."""
        refine, faces = _refined()
        points = place.inward(np.asarray(refine @ vertices, np.float32))
        a, b, c = (points[faces[:, k]] for k in range(3))
        normals = np.zeros_like(points)
        np.add.at(normals, faces.ravel(), np.repeat(np.cross(b - a, c - a), 3, 0))
        return cls(place, points, unit_length(normals), faces)

    @cached_property
    def _tree(self) -> scipy.spatial.KDTree:
        return scipy.spatial.KDTree(self.points)

    @cached_property
    def neck(self) -> float:
        """Half the neck's width."""
        x, y = np.abs(self.points[:, 0]), self.points[:, 1]
        widths = [x[np.abs(y - at) < 0.1].max() for at in np.arange(*_THROAT)]
        return float(min(widths))

    @cached_property
    def neck_middle(self) -> float:
        """z of the neck's axis where the shoulders begin."""
        at = self.points[(np.abs(self.points[:, 1] + 2.3) < 0.15) & (np.abs(self.points[:, 0]) < 1.2 * self.neck)]
        return float((at[:, 2].min() + at[:, 2].max()) / 2)

    @cached_property
    def _ridge(self) -> tuple[Array, Array]:
        x = np.arange(0.0, 4.0, 0.1)
        tops = []
        for at in x:
            near = self.points[np.abs(np.abs(self.points[:, 0]) - at) < 0.1]
            tops.append(near[near[:, 1].argmax(), 1:])
        return x.astype(np.float32), np.array(tops, np.float32)

    def shoulder(self, x: float) -> tuple[float, float]:
        """y and z of the highest line of neck and shoulder at a distance from the middle."""
        at, top = self._ridge
        return float(np.interp(abs(x), at, top[:, 0])), float(np.interp(abs(x), at, top[:, 1]))

    def nearest(self, points: Array) -> tuple[Array, Array]:
        """The place on the surface beneath points, and its normals."""
        distance, index = self._tree.query(points, 4)
        weight = 1 / (distance + 0.02) ** 2
        weight = (weight / weight.sum(1, keepdims=True))[..., None]
        return (self.points[index] * weight).sum(1).astype(np.float32), unit_length((self.normals[index] * weight).sum(1))

    def lifted(self, points: Array, height: Array | float, at_least: bool = True) -> Array:
        """points [..., 3] at least (or exactly) that high above the surface."""
        flat = points.reshape(-1, 3)
        wanted = np.broadcast_to(np.asarray(height, np.float32), points.shape[:-1]).ravel()
        for _ in range(2):
            foot, normal = self.nearest(flat)
            gap = ((flat - foot) * normal).sum(1)
            by = wanted - gap
            flat = flat + (np.maximum(by, 0) if at_least else by)[:, None] * normal
        out: Array = flat.reshape(points.shape).astype(np.float32)
        return out

    @cached_property
    def throat(self) -> float:
        """y of the highest place before the neck that can be covered."""
        before = (self.points[:, 2] > self.neck_middle + 0.3 * self.neck) & (np.abs(self.points[:, 0]) < 0.3)
        return float(self.points[before, 1].max())

    def neckline(self, half_width: float, front: float, back: float = 0.12, power: float = 2.0) -> Array:
        """Positive where a neckline leaves the body bare: [v].

        half_width: where it crosses the shoulder; front, back: how far it drops; power: 1 a V, 2 round, 4 square.
        """
        y_at, z_at = self.shoulder(half_width)
        x, y, z = self.points.T
        a = np.abs(x) / half_width

        def edge(drop: float, p: float) -> Array:
            inner = y_at - drop * np.maximum(1 - np.minimum(a, 1) ** p, 0) ** (1 / p)
            out: Array = inner + 3 * half_width * np.maximum(a - 1, 0)
            return out

        t = np.clip((z - z_at) / 0.5 + 0.5, 0, 1)
        t = t * t * (3 - 2 * t)
        out: Array = (y - edge(front, power) * t - edge(back, 2.0) * (1 - t)).astype(np.float32)
        return out

    def collar(self, front: float, back: float) -> Array:
        """As `neckline`, of a high collar that closes round the neck at these heights: [v]."""
        _, y, z = self.points.T
        reach = self.neck
        t = np.clip((z - self.neck_middle) / (2 * reach) + 0.5, 0, 1)
        out: Array = (y - (back + (front - back) * t)).astype(np.float32)
        return out
