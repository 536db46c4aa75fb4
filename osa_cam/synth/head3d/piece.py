"""The pieces of which a person is put together: skin, eyes, hair, clothes. Each is a mesh that follows the base mesh."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np
import scipy.sparse
import scipy.spatial
from numpy.typing import NDArray

from osa_cam.synth.head3d.base import Array, base

Indices = NDArray[np.int32]


class Material(IntEnum):
    """How light falls on a piece; also what `Head.materials` tells of a pixel."""

    NOTHING = 0
    SKIN = 1  # with lips and the inside of the mouth, which the masks tell apart
    EYE = 2
    TEETH = 3
    TONGUE = 4
    BROW = 5  # brows, lashes, beards: hair of the face
    HAIR = 6
    CLOTH = 7
    GLOSS = 8  # metal, plastic, leather
    GLASS = 9  # lets what is behind shine through; no part of the labels


@dataclass(frozen=True, eq=False)
class Piece:
    """A mesh in rest position that follows vertices of the base mesh.

    rest: [v, 3]; faces: [f, 3], counter-clockwise seen from outside; uv: [v, 2], 0 to 1, v up (row 0 of the texture is v = 1).
    anchors, weights: [v, k]: base vertices whose movement (face units only) a vertex shares.
    texture: uint8 [h, w, 4], sRGB colour and coverage (below one half nothing is drawn; of glass: how opaque).
    gloss: 0 matt to 1 wet. turns: [v], share of the head's turn, None: as the neck's height says.
    soft: what lies behind shines through where the texture covers little, instead of nothing being drawn there.
    sways: [v], share by which it hangs behind when the head turns. tangent: [v, 3], along the hair.
    """

    name: str
    material: Material
    rest: Array
    faces: Indices
    uv: Array
    texture: NDArray[np.uint8]
    anchors: Indices
    weights: Array
    gloss: float = 0.1
    two_sided: bool = False
    soft: bool = False
    turns: Array | None = None
    sways: Array | None = None
    tangent: Array | None = None
    weld: Indices | None = None  # [v]: vertices with the same number share a normal (seams of the texture); None: none do


def corners_of(group: str, vertices: Array) -> tuple[Array, Indices, Array, Indices]:
    """A group of the base mesh with its texture's seams opened: rest, faces, uv and the base vertex of each of its vertices."""
    faces = base().groups[group]
    unique, inverse = np.unique(faces.reshape(-1, 2), axis=0, return_inverse=True)
    own: Indices = unique[:, 0].astype(np.int32)
    return vertices[own], inverse.reshape(-1, 3).astype(np.int32), base().uvs[unique[:, 1]], own


def follow(points: Array, vertices: Array, among: Indices, neighbours: int = 3) -> tuple[Indices, Array]:
    """anchors, weights that make points share the movement of the nearest of some base vertices."""
    distance, nearest = scipy.spatial.KDTree(vertices[among]).query(points, neighbours)
    weight = 1 / (distance.reshape(len(points), -1) + 1e-4)
    return among[nearest.reshape(len(points), -1)].astype(np.int32), (weight / weight.sum(1, keepdims=True)).astype(np.float32)


def plain(*rgb: float) -> NDArray[np.uint8]:
    """A texture of one colour, 0 to 1, sRGB."""
    return np.full((4, 4, 4), [*(round(255 * c) for c in rgb), 255], np.uint8)


@dataclass(eq=False)
class Assembly:
    """All pieces of a person as one mesh, ready to be posed."""

    pieces: list[Piece]
    starts: list[int] = field(init=False)  # first vertex of each piece
    rest: Array = field(init=False)
    faces: Indices = field(init=False)

    def __post_init__(self) -> None:
        counts = [len(p.rest) for p in self.pieces]
        self.starts = [0, *np.cumsum(counts)[:-1].tolist()]
        self.rest = np.concatenate([p.rest for p in self.pieces])
        self.faces = np.concatenate([p.faces + start for p, start in zip(self.pieces, self.starts, strict=True)])
        n = len(base().vertices)
        rows = np.concatenate(
            [np.repeat(np.arange(len(p.rest)) + s, p.anchors.shape[1]) for p, s in zip(self.pieces, self.starts, strict=True)]
        )
        columns = np.concatenate([p.anchors.ravel() for p in self.pieces])
        data = np.concatenate([p.weights.ravel() for p in self.pieces])
        self._follow = scipy.sparse.csr_matrix((data, (rows, columns)), (len(self.rest), n))
        self._moved_columns: dict[int, scipy.sparse.csr_matrix] = {}
        welded = np.arange(len(self.rest))
        for piece, start in zip(self.pieces, self.starts, strict=True):
            if piece.weld is not None:
                _, first = np.unique(piece.weld, return_index=True)
                welded[start : start + len(piece.rest)] = start + first[np.searchsorted(piece.weld[first], piece.weld)]
        corner = welded[self.faces].T.ravel()
        face = np.tile(np.arange(len(self.faces)), 3)
        self._normals = scipy.sparse.csr_matrix((np.ones(len(face), np.float32), (corner, face)), (len(self.rest), len(self.faces)))
        self._welded = welded

    def moved(self, indices: Indices, offsets: Array) -> Array:
        """What face units do to the assembly: offsets [m, 3] of base vertices -> [v, 3]."""
        key = len(indices)
        if key not in self._moved_columns:
            self._moved_columns[key] = self._follow[:, indices]
        out: Array = self._moved_columns[key] @ offsets
        return out

    def normals(self, points: Array) -> Array:
        """[v, 3], of length 1."""
        a, b, c = (points[self.faces[:, k]] for k in range(3))
        (ux, uy, uz), (vx, vy, vz) = (b - a).T, (c - a).T
        crossed = np.stack([uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx], 1)  # np.cross takes three times as long
        summed = (self._normals @ crossed)[self._welded]
        out: Array = summed / np.maximum(np.sqrt(np.einsum("vc,vc->v", summed, summed)), 1e-12)[:, None]
        return out
