"""Hair from a folder in MakeHuman's format: a mesh (`.obj`) and how it hangs on the base mesh (`.mhclo`)."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from osa_cam.errors import TrainingError
from osa_cam.synth.head3d.base import Array
from osa_cam.synth.head3d.hair.cap import cap
from osa_cam.synth.head3d.hair.scalp import CENTRE, Scalp
from osa_cam.synth.head3d.hair.texture import Colour, shades, smooth_noise
from osa_cam.synth.head3d.person import Person
from osa_cam.synth.head3d.piece import Indices, Material, Piece
from osa_cam.synth.head3d.vectors import smoothstep, unit_length

SHARE = 0.12  # of people who wear such hair where a folder is given
_OVER_AN_EYE = 0.15  # how often hair that hides an eye is taken, when it is drawn
_MOST = 30_000  # vertices; what has more would take too long to draw


def assets_in(folder: Path) -> list[Path]:
    """The hair in a folder, brows and lashes left out. Raises TrainingError where there is none."""
    found = sorted(p for p in folder.rglob("*.mhclo") if p.with_suffix(".obj").exists() and not p.stem.startswith("eye"))
    if not found:
        raise TrainingError(f"{folder} holds no hair: it wants pairs of NAME.obj and NAME.mhclo as the MakeHuman community shares them")
    return found


def asset_of(person: Person, folder: Path) -> Path | None:
    """The asset that a person wears, or None for hair of our own."""
    rng = person.rng("hair asset")
    return assets_in(folder)[rng.integers(len(assets_in(folder)))] if rng.random() < SHARE else None


def asset_piece(path: Path, person: Person, vertices: Array, scalp: Scalp, colour: Colour) -> list[Piece]:
    """path: the `.mhclo`; vertices: the person's rest shape. Nothing where the asset hides an eye (but for a few people) or is too large.

    Raises TrainingError where a file can't be read.
    """
    faces, corner, uv = _mesh(path.with_suffix(".obj"))
    if len(corner) > _MOST:
        return []
    anchors, weights, offsets, scale = _fit(path)
    lengths = np.array([abs(vertices[a, k] - vertices[b, k]) / size for k, (a, b, size) in enumerate(scale)], np.float32)
    points = (vertices[anchors] * weights[..., None]).sum(1) + offsets * lengths
    rest = points[corner].astype(np.float32)
    local = scalp.local(rest)
    before = (np.abs(np.abs(local[:, 0]) - 0.5) < 0.22) & (np.abs(local[:, 1]) < 0.12) & (local[:, 2] > 0)
    rng = person.rng("hair asset look")
    if before.sum() > 2 and rng.random() > _OVER_AN_EYE:
        return []
    away = local - CENTRE
    down = np.array([0, -1, 0], np.float32)
    tangent = unit_length(down - unit_length(away) * (unit_length(away) @ down)[:, None])
    free = smoothstep(0.2, -2.8, local[:, 1])
    one = np.ones((len(rest), 1), np.float32)
    return [
        *cap(scalp, colour, rng, heights=[0.012], dark=0.6),
        Piece(
            "hair", Material.HAIR, rest, faces, uv, _strands(rng, colour), anchors[corner][:, :1], one,
            gloss=0.0, two_sided=True, sways=0.3 * free, tangent=tangent, weld=corner,
        )
    ]  # fmt: skip


@cache
def _mesh(path: Path) -> tuple[Indices, Indices, Array]:
    """Triangles, and the vertex and the UV of each of their corners, once each."""
    uvs: list[list[float]] = []
    corners: list[list[list[int]]] = []
    count = 0
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        kind, *values = line.split() or [""]
        if kind == "v":
            count += 1
        elif kind == "vt":
            uvs.append([float(x) for x in values[:2]])
        elif kind == "f":
            polygon = [[int(x) - 1 for x in (value.split("/") + ["1"])[:2]] for value in values]
            corners.extend([polygon[0], polygon[i], polygon[i + 1]] for i in range(1, len(polygon) - 1))
    if not corners or not uvs or np.max(corners) >= max(count, len(uvs)):
        raise TrainingError(f"{path} is no mesh with texture coordinates: take it out of the folder")
    unique, inverse = np.unique(np.array(corners, np.int32).reshape(-1, 2), axis=0, return_inverse=True)
    return inverse.reshape(-1, 3).astype(np.int32), unique[:, 0].astype(np.int32), np.array(uvs, np.float32)[unique[:, 1]]


@cache
def _fit(path: Path) -> tuple[Indices, Array, Array, list[tuple[int, int, float]]]:
    """Of each vertex three base vertices, their weights and an offset; of each axis two base vertices and their distance at first."""
    scale: dict[str, tuple[int, int, float]] = {}
    rows: list[list[float]] = []
    listing = False
    for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
        words = line.split()
        if not words or words[0].startswith("#"):
            continue
        if words[0] in ("x_scale", "y_scale", "z_scale"):
            scale[words[0]] = (int(words[1]), int(words[2]), float(words[3]))
        elif words[0] == "verts":
            listing = True
        elif listing and words[0].lstrip("-").isdigit():
            numbers = [float(x) for x in words]
            rows.append([numbers[0]] * 3 + [1.0] + [0.0] * 5 if len(numbers) == 1 else (numbers + [0.0] * 9)[:9])
        elif rows:
            break
    if len(scale) != 3 or not rows:
        raise TrainingError(f"{path} doesn't say how it hangs on the base mesh: take it out of the folder")
    table = np.array(rows, np.float32)
    return table[:, :3].astype(np.int32), table[:, 3:6], table[:, 6:9], [scale[f"{axis}_scale"] for axis in "xyz"]


def _strands(rng: np.random.Generator, colour: Colour, size: int = 1024) -> NDArray[np.uint8]:
    """Strands along v with gaps between them."""
    columns = np.arange(size, dtype=np.float32)[None] + 8 * smooth_noise(rng, (size, 1), (150, 0))
    rows = np.zeros_like(columns)
    coarse, fine = (cv2.remap(smooth_noise(rng, (1, size + 64), (0, sigma)), columns + 32, rows, cv2.INTER_LINEAR) for sigma in (3.0, 0.8))
    tone = 0.6 * coarse + 0.7 * fine
    alpha = np.clip(0.5 + 1.2 * (0.8 * fine + 0.5 * coarse + 1.5), 0, 1)
    rgb = shades(rng, np.asarray(tone, np.float32), colour, colour.grey)
    return np.asarray(np.concatenate([rgb, alpha[..., None]], 2) * 255, np.uint8)
