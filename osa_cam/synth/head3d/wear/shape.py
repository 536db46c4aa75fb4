"""Shapes of which worn things are made: clipped surfaces, bands swept along a curve, tubes, discs. Lengths are eye distances."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from osa_cam.synth.head3d.piece import Indices, Material, Piece
from osa_cam.synth.head3d.vectors import unit_length

Array = NDArray[np.floating[Any]]
Texture = NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Mesh:
    """points [v, 3]; faces [f, 3], counter-clockwise seen from outside; uv [v, 2]."""

    points: Array
    faces: Indices
    uv: Array

    def flipped(self) -> Mesh:
        return Mesh(self.points, np.ascontiguousarray(self.faces[:, ::-1]), self.uv)

    def facing(self, toward: Array) -> Mesh:
        """The same with most faces turned to `toward` ([3] or one for each vertex)."""
        a, b, c = (self.points[self.faces[:, k]] for k in range(3))
        wanted = np.broadcast_to(toward, self.points.shape)[self.faces[:, 0]]
        return self if float((np.cross(b - a, c - a) * wanted).sum()) >= 0 else self.flipped()


def join(*meshes: Mesh) -> Mesh:
    starts = np.cumsum([0, *(len(m.points) for m in meshes[:-1])])
    return Mesh(
        np.concatenate([m.points for m in meshes]),
        np.concatenate([m.faces + start for m, start in zip(meshes, starts, strict=True)]).astype(np.int32),
        np.concatenate([m.uv for m in meshes]),
    )


def sheet(points: Array, closed: bool = False, uv: Array | None = None) -> Mesh:
    """A grid of points [n, m, 3] as a surface; closed: the last row joins the first. uv runs 0 to 1 along both, or is given [n, m, 2]."""
    n, m = points.shape[:2]
    if closed:
        points = np.concatenate([points, points[:1]])
        n += 1
    a = (np.arange(n - 1)[:, None] * m + np.arange(m - 1)).ravel()
    faces = np.concatenate([np.stack([a, a + m, a + m + 1], 1), np.stack([a, a + m + 1, a + 1], 1)])
    if uv is None:
        uv = np.stack(np.meshgrid(np.linspace(0, 1, n), np.linspace(0, 1, m), indexing="ij"), -1).astype(np.float32)
    elif closed:
        uv = np.concatenate([uv, uv[:1]])
    return Mesh(points.reshape(-1, 3).astype(np.float32), faces.astype(np.int32), uv.reshape(-1, 2).astype(np.float32))


def lengths(path: Array, closed: bool = False) -> Array:
    """How far along each point of a path lies."""
    ends = np.concatenate([path, path[:1]]) if closed else path
    out: Array = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(ends, axis=0), axis=1))]).astype(np.float32)
    return out


def resample(path: Array, n: int, closed: bool = False) -> Array:
    """n points at even distances; a closed path doesn't repeat its first."""
    ends = np.concatenate([path, path[:1]]) if closed else path
    along = lengths(path, closed)
    at = np.linspace(0, along[-1], n, endpoint=not closed)
    out: Array = np.stack([np.interp(at, along, ends[:, k]) for k in range(3)], 1).astype(np.float32)
    return out


def smooth(path: Array, times: int, closed: bool = False) -> Array:
    """Runs of (1, 2, 1) / 4; open ends stay."""
    for _ in range(times):
        before, after = np.roll(path, 1, 0), np.roll(path, -1, 0)
        if not closed:
            before[0], after[-1] = path[0], path[-1]
            before[-1], after[0] = path[-1], path[0]
        path = (before + 2 * path + after) / 4
    return path


def tangents(path: Array, closed: bool = False) -> Array:
    if closed:
        return unit_length(np.roll(path, -1, 0) - np.roll(path, 1, 0))
    return unit_length(np.gradient(path, axis=0))


def tube(path: Array, radius: Array | float, up: Array, closed: bool = False, sides: int = 8, flat: float = 1.0) -> Mesh:
    """A tube along a path [n, 3], of a radius or one for each point; flat: its height along `up` as a share of its width."""
    t = tangents(path, closed)
    side = unit_length(np.cross(t, np.broadcast_to(up, path.shape)))
    over = np.cross(side, t)
    turn = np.linspace(0, 2 * np.pi, sides + 1)
    r = np.broadcast_to(np.asarray(radius, np.float32), len(path))[:, None, None]
    points = path[:, None] + r * (np.cos(turn)[:, None] * side[:, None] + flat * np.sin(turn)[:, None] * over[:, None])
    mesh = sheet(points, closed)
    return mesh.facing(mesh.points - np.repeat(np.concatenate([path, path[:1]]) if closed else path, sides + 1, 0))


def dome(centre: Array, axis: Array, radius: float, height: float, rings: int = 4, sides: int = 12) -> Mesh:
    """A cap of a flattened ball: a button, a stud, an ear pad's cover."""
    axis = unit_length(np.asarray(axis, np.float32))
    side = unit_length(np.cross(axis, [0.3, 1.0, 0.2]).astype(np.float32))
    over = np.cross(axis, side)
    polar, turn = np.meshgrid(np.linspace(0, np.pi / 2, rings), np.linspace(0, 2 * np.pi, sides + 1), indexing="ij")
    out = (
        np.asarray(centre)
        + radius * np.sin(polar)[..., None] * (np.cos(turn)[..., None] * side + np.sin(turn)[..., None] * over)
        + height * np.cos(polar)[..., None] * axis
    )
    return sheet(out.astype(np.float32)).facing(axis)


def clip(points: Array, faces: Indices, value: Array) -> tuple[Array, Indices, list[Array], Array]:
    """What is left of a surface where value < 0, cut along value = 0.

    Returns points, faces, the cut's loops (each [n, 3]; an open one where the cut leaves the surface) and, for each new point,
    (first, second, share) of the old points it lies between.
    """
    inside = value < 0
    count = inside[faces].sum(1)
    parts = [faces[count == 3]]
    edges: list[NDArray[np.int64]] = []
    segments = []
    for wanted in (1, 2):
        some = faces[count == wanted]
        # Turn each triangle so that the odd corner comes first.
        odd = inside[some] if wanted == 1 else ~inside[some]
        k = odd.argmax(1)
        a, b, c = (some[np.arange(len(some)), (k + i) % 3].astype(np.int64) for i in range(3))
        edges.append(np.stack([np.stack([a, b], 1), np.stack([a, c], 1)], 1))
        segments.append((a, b, c))
    both = np.sort(np.concatenate(edges).reshape(-1, 2), 1)
    unique, inverse = np.unique(both, axis=0, return_inverse=True)
    inverse = inverse.reshape(-1, 2) + len(points)
    v0, v1 = value[unique[:, 0]], value[unique[:, 1]]
    share = v0 / np.where(v0 == v1, 1, v0 - v1)
    new = points[unique[:, 0]] * (1 - share[:, None]) + points[unique[:, 1]] * share[:, None]
    n1 = len(edges[0])
    ab, ac = inverse[:, 0], inverse[:, 1]
    a, b, c = segments[0]
    parts.append(np.stack([a, ab[:n1], ac[:n1]], 1))
    a, b, c = segments[1]
    parts += [np.stack([ab[n1:], b, c], 1), np.stack([ab[n1:], c, ac[n1:]], 1)]
    cut = np.concatenate(parts)
    everything = np.concatenate([points, new])
    origin = np.concatenate(
        [np.stack([np.arange(len(points))] * 2 + [np.zeros(len(points))], 1), np.concatenate([unique, share[:, None]], 1)]
    )
    used, renumbered = np.unique(cut, return_inverse=True)
    loops = [everything[loop] for loop in _chains(inverse)]
    return everything[used].astype(np.float32), renumbered.reshape(-1, 3).astype(np.int32), loops, origin[used]


def _chains(segments: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """Segments [n, 2] put one after the other, longest chain first."""
    beside: dict[int, list[int]] = {}
    for a, b in segments.tolist():
        beside.setdefault(a, []).append(b)
        beside.setdefault(b, []).append(a)
    left = set(beside)
    chains = []
    for start in sorted(beside, key=lambda k: (len(beside[k]), k)):  # open ends first
        if start not in left:
            continue
        chain, at = [], start
        while at in left:
            left.remove(at)
            chain.append(at)
            at = next((k for k in beside[at] if k in left), -1)
        chains.append(np.array(chain))
    return sorted(chains, key=len, reverse=True)


@dataclass(frozen=True, eq=False)
class Place:
    """Where a person's eyes are: origin [3] between them, and their distance, the unit of all lengths here."""

    origin: Array
    unit: float

    def inward(self, points: Array) -> Array:
        out: Array = ((points - self.origin) / self.unit).astype(np.float32)
        return out

    def piece(self, name: str, material: Material, mesh: Mesh, texture: Texture, gloss: float = 0.0, rigid: bool = False) -> Piece:
        """A piece that no face unit moves. rigid: it turns with the head, else as the neck does at its height."""
        n = len(mesh.points)
        _, weld = np.unique(np.round(mesh.points, 4), axis=0, return_inverse=True)
        return Piece(
            name,
            material,
            (mesh.points * self.unit + self.origin).astype(np.float32),
            mesh.faces,
            mesh.uv.astype(np.float32),
            texture,
            np.zeros((n, 1), np.int32),
            np.zeros((n, 1), np.float32),
            gloss=gloss,
            two_sided=True,
            turns=np.ones(n, np.float32) if rigid else None,
            weld=weld.reshape(-1).astype(np.int32),
        )
