"""Where hair grows and what it can't pass through: the scalp, its hairline, and the distance to the skin.

Everything is in face units: origin between the eyes, the distance of the eyes as unit, x to the person's left, y up, z to the viewer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree

from osa_cam.synth.head3d.base import Array, mask
from osa_cam.synth.head3d.body.body import EYES, eye_centre
from osa_cam.synth.head3d.person import Person
from osa_cam.synth.head3d.piece import corners_of
from osa_cam.synth.head3d.vectors import smoothstep, unit_length

CENTRE = np.array([0.0, 0.25, -1.25], np.float32)  # of the skull
Floats = NDArray[np.floating[Any]]  # of either precision
LOWEST = -5.0  # no hair reaches further down
_CLOTH = 0.14  # kept free above the shoulders for clothes
_SHOULDERS = -2.5
# Azimuth (0 in front, 180 at the nape) and elevation of the hairline, degrees, seen from the skull's centre:
# forehead, temple, sideburn, over the ear, nape.
_AZIMUTHS = np.array([0.0, 14, 28, 40, 50, 57, 64, 70, 75, 79, 83, 90, 100, 108, 116, 128, 150, 180])
_ELEVATIONS = np.array([0.0, 0.5, 2, 3, -2, -12, -26, -42, -50, -46, -32, -25, -24, -30, -46, -68, -77, -80])  # relative to the forehead's


def angles(directions: Array) -> tuple[Array, Array]:
    """Azimuth to either side (0 in front, 180 behind) and elevation, degrees."""
    azimuth = np.degrees(np.arctan2(np.abs(directions[..., 0]), directions[..., 2]))
    elevation = np.degrees(np.arcsin(np.clip(directions[..., 1], -1, 1)))
    return azimuth.astype(np.float32), elevation.astype(np.float32)


@dataclass(eq=False)
class Scalp:
    """One person's head in face units."""

    origin: Array
    unit: float
    forehead: float  # elevation of the hairline in front, degrees
    recession: float  # degrees by which the temples lie further up
    sideburns: float  # degrees by which they reach further down

    def __init__(self, person: Person, vertices: Array) -> None:
        """vertices: the person's rest shape."""
        eyes = [eye_centre(vertices, side) for side in EYES]
        self.origin = np.mean(eyes, 0).astype(np.float32)
        self.unit = float(np.linalg.norm(eyes[0] - eyes[1]))
        rest, faces, uv, own = corners_of("body", vertices)
        points = self.local(rest)
        self.own = own
        self.skin = points
        self.uv = uv
        self.faces = faces
        normals = np.zeros_like(vertices)
        across = np.cross(points[faces[:, 1]] - points[faces[:, 0]], points[faces[:, 2]] - points[faces[:, 0]])
        for corner in range(3):
            np.add.at(normals, own[faces[:, corner]], across)
        normals = unit_length(normals[own])
        self.skin_normals = normals
        pixel = np.clip((uv * [1024, -1024] + [0, 1024]).astype(int), 0, 1023)
        ear = mask("ears")[pixel[:, 1], pixel[:, 0]] > 100
        inside = mask("inside-mouth")[pixel[:, 1], pixel[:, 0]] > 100
        kept = faces[~inside[faces].any(1) & (points[faces, 1] > LOWEST).all(1)]
        large = kept[
            np.linalg.norm(np.cross(points[kept[:, 1]] - points[kept[:, 0]], points[kept[:, 2]] - points[kept[:, 0]]), axis=1) > 6e-3
        ]
        shares = [(kept, (1 / 3, 1 / 3, 1 / 3))]
        shares += [
            (large, s)
            for s in ((0.7, 0.15, 0.15), (0.15, 0.7, 0.15), (0.15, 0.15, 0.7), (0.46, 0.46, 0.08), (0.46, 0.08, 0.46), (0.08, 0.46, 0.46))
        ]
        self._points = np.concatenate([sum(points[f[:, k]] * np.float32(s[k]) for k in range(3)) for f, s in shares])
        self._normals = unit_length(np.concatenate([sum(normals[f[:, k]] * np.float32(s[k]) for k in range(3)) for f, s in shares]))
        self._tree = KDTree(self._points)
        skull = ~np.concatenate([ear[f].any(1) for f, _ in shares]) & (self._points[:, 1] > -1.8)
        rays = self._points[skull] - CENTRE
        lengths = np.linalg.norm(rays, axis=1)
        self._radii = lengths.astype(np.float32)
        self._rays = KDTree(rays / lengths[:, None])
        self.anchors = KDTree(points)
        rng = person.rng("hairline")
        middle = np.abs(points[:, 0]) < 0.15
        self.top = float(points[:, 1].max())
        y = 0.5 + 0.36 * self.top + float(np.clip(rng.normal(0, 0.04), -0.08, 0.08))
        front = middle & (points[:, 2] > -1.2)
        order = np.argsort(points[front, 1])
        z = float(np.interp(y, points[front][order, 1], points[front][order, 2]))
        self.forehead = float(np.degrees(np.arctan2(y - CENTRE[1], z - CENTRE[2])))
        worn = person.sex * float(np.clip((person.age - 24) / 45, 0, 1))
        self.recession = float(rng.uniform(0, 5) + worn * rng.uniform(0, 14))
        self.sideburns = float(rng.uniform(-2, 6)) * (person.sex > 0.5) + 3 * (person.sex <= 0.5)

    def local(self, points: Array) -> Array:
        out: Array = ((points - self.origin) / self.unit).astype(np.float32)
        return out

    def world(self, points: Array) -> Array:
        out: Array = (self.origin + self.unit * points).astype(np.float32)
        return out

    def radius(self, directions: Array) -> Array:
        """From the skull's centre to the skin, the ears left out."""
        distance, nearest = self._rays.query(directions.reshape(-1, 3), 4)
        weight = 1 / (distance + 0.01)
        out: Array = ((self._radii[nearest] * weight).sum(1) / weight.sum(1)).reshape(directions.shape[:-1]).astype(np.float32)
        return out

    def on_skin(self, directions: Array, above: float | Floats = 0.0) -> Array:
        out: Array = CENTRE + directions * (self.radius(directions) + above)[..., None]
        return out

    def distance(self, points: Array) -> tuple[Array, Array]:
        """Signed distance to the skin (or the clothes on the shoulders), and the outward direction there."""
        _, nearest = self._tree.query(points)
        normal = self._normals[nearest]
        distance = ((points - self._points[nearest]) * normal).sum(1)
        distance -= _CLOTH * smoothstep(_SHOULDERS, _SHOULDERS - 0.5, points[:, 1])
        return distance.astype(np.float32), normal

    def hairline(self, azimuth: Array) -> Array:
        """Elevation in degrees."""
        elevation = self.forehead + np.interp(azimuth, _AZIMUTHS, _ELEVATIONS)
        elevation += self.recession * np.exp(-(((azimuth - 36) / 15) ** 2)) + 0.25 * self.recession * (azimuth < 50)
        elevation -= self.sideburns * np.exp(-(((azimuth - 74) / 5) ** 2))
        out: Array = elevation.astype(np.float32)
        return out

    def inside(self, directions: Array) -> Array:
        """How far above the hairline a direction lies, in face units (about); negative: bare skin."""
        azimuth, elevation = angles(directions)
        out: Array = (elevation - self.hairline(azimuth)) * np.float32(np.radians(1.6))
        return out


def spread(count: int, rng: np.random.Generator) -> Array:
    """About `count` directions over the whole sphere, even but not regular: [n, 3]."""
    k = np.arange(count) + 0.5
    y, turn = 1 - 2 * k / count, k * np.pi * (1 + 5**0.5) + rng.uniform(0, 6)
    across = np.sqrt(1 - y * y)
    even = np.stack([across * np.cos(turn), y, across * np.sin(turn)], 1)
    return unit_length(even + rng.normal(0, 0.9 / np.sqrt(count), even.shape))


def front(skin: Array, faces: NDArray[np.int32], x: Floats, y: Floats) -> Array:
    """z of the foremost skin at each place; where there is none, of the nearest."""
    a, b, c = (skin[faces[:, k]] for k in range(3))
    box = np.stack([np.minimum(np.minimum(a, b), c), np.maximum(np.maximum(a, b), c)])
    near = (box[1, :, 2] > -0.8) & (box[1, :, 0] > x.min()) & (box[0, :, 0] < x.max()) & (box[1, :, 1] > y.min()) & (box[0, :, 1] < y.max())
    a, b, c = a[near], b[near], c[near]
    area = (b[:, 1] - c[:, 1]) * (a[:, 0] - c[:, 0]) + (c[:, 0] - b[:, 0]) * (a[:, 1] - c[:, 1])
    area = np.where(np.abs(area) < 1e-9, 1e-9, area)
    dx, dy = x[:, None] - c[None, :, 0], y[:, None] - c[None, :, 1]
    first = ((b[:, 1] - c[:, 1]) * dx + (c[:, 0] - b[:, 0]) * dy) / area
    second = ((c[:, 1] - a[:, 1]) * dx + (a[:, 0] - c[:, 0]) * dy) / area
    on = (first > -1e-4) & (second > -1e-4) & (first + second < 1 + 1e-4)
    z = np.where(on, first * a[:, 2] + second * b[:, 2] + (1 - first - second) * c[:, 2], -np.inf).max(1)
    lost = ~np.isfinite(z)
    if lost.any():
        distance = np.hypot(x[lost, None] - skin[None, :, 0], y[lost, None] - skin[None, :, 1]) + 9.0 * (skin[None, :, 2] < -0.8)
        z[lost] = skin[distance.argmin(1), 2]
    return z.astype(np.float32)


def nearest_base(scalp: Scalp, points: Array) -> NDArray[np.int32]:
    """The base vertex whose movement each point shares."""
    own: NDArray[np.int32] = scalp.own[scalp.anchors.query(points)[1]]
    return own
