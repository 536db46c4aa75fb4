"""Moustaches, goatees, full beards and sideburns: short ribbons on the skin, which move with the jaw and the lips."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree

from osa_cam.synth.head3d.base import Array, mask
from osa_cam.synth.head3d.hair.scalp import Scalp
from osa_cam.synth.head3d.hair.strands import Strands, frizzy, ribbons
from osa_cam.synth.head3d.hair.texture import Colour, cards
from osa_cam.synth.head3d.person import Person
from osa_cam.synth.head3d.piece import Material, Piece, follow
from osa_cam.synth.head3d.vectors import smoothstep, unit_length

BEARDS = ("moustache", "goatee", "circle", "short", "full", "long", "sideburns")
_SHARES = (0.14, 0.1, 0.14, 0.3, 0.18, 0.06, 0.08)


def beard_of(person: Person) -> str | None:
    """The person's beard: one of BEARDS, or None."""
    rng = person.rng("beard")
    grown = 0.42 * (person.sex > 0.62) * float(np.clip((person.age - 18) / 8, 0, 1)) * (1 - 0.45 * person.ancestry[1])
    return str(rng.choice(BEARDS, p=_SHARES)) if rng.random() < grown else None


def beard(person: Person, scalp: Scalp, vertices: Array, colour: Colour, kind: str | None = None) -> list[Piece]:
    """vertices: the person's rest shape; kind: one of BEARDS, None: the person's own."""
    kind = kind or beard_of(person)
    if kind is None:
        return []
    rng = person.rng("beard hairs")
    lips = _lips(scalp)
    mouth = lips.mean(0)
    half = float(np.ptp(lips[:, 0])) / 2
    chin = float(scalp.skin[(np.abs(scalp.skin[:, 0]) < 0.1) & (scalp.skin[:, 2] > -0.3) & (scalp.skin[:, 1] > -2.4), 1].min())
    points, normals = _skin_points(scalp, rng, 26000)
    x, y, z = np.abs(points[:, 0]), points[:, 1], points[:, 2]
    up = y - mouth[1]
    lip_distance = KDTree(lips).query(points)[0]
    # Where a cheek's beard begins: from beside the moustache up to the ear.
    cheek = np.interp(x, [0.3, half, 0.75, 1.0, 1.15], [0.3, 0.22, -0.08, 0.1, 0.75]) + 0.045 * rng.normal(0, 1, len(x))
    ragged = 0.03 * rng.normal(0, 1, len(x))
    moustache = (
        (up > 0)
        & (x < half * 1.1 + 0.5 * ragged)
        & (up < 0.42 - 0.15 * smoothstep(0.15, half, x) - 0.1 * (x / half) ** 4 + 0.7 * ragged)
        & (z > 0)
    )
    under = np.array(up < 0) & (y > chin - 0.12 + ragged) & (z > -0.5)
    lower = under & (x < half * 0.95)
    cheeks = (
        (up < cheek) & (y > chin - 0.15 + 0.35 * smoothstep(0.3, 1.0, x) + ragged) & (z > -1.12 + 0.3 * smoothstep(-0.9, 0.0, up) + ragged)
    )
    corners = (np.abs(x - half * 1.06) < 0.13) & (up < 0.2) & (up > -0.75)
    where = {
        "moustache": moustache,
        "goatee": lower & (x < half * 0.62 + ragged) & (up < -0.22),
        "circle": moustache | (lower & (up < -0.2)) | corners,
        "short": moustache | cheeks,
        "full": moustache | cheeks,
        "long": moustache | cheeks,
        "sideburns": cheeks & (z < -0.62 + ragged - 0.3 * smoothstep(0.1, 0.8, up)) & (up > -0.1 + 2 * ragged),
    }[kind]
    where &= lip_distance > 0.065
    # A soul patch only, below the middle of the lower lip.
    where &= ~((up < 0) & (up > -0.36) & (x > 0.1) & (x < half * 0.8) & (lip_distance < 0.2))
    keep, points_all = np.flatnonzero(where), points
    keep = keep[_thinned(points[keep], 0.034 if kind in ("moustache", "goatee", "sideburns") else 0.047)]
    points, normals, x, up = points[keep], normals[keep], x[keep], up[keep]
    n = len(points)
    if n == 0:
        return []
    short, grown = {
        "moustache": (0.17, 0.0),
        "goatee": (0.14, 0.2),
        "circle": (0.14, 0.1),
        "short": (0.12, 0.05),
        "full": (0.17, 0.3),
        "long": (0.2, 1.2),
        "sideburns": (0.13, 0.0),
    }[kind]
    near_chin = smoothstep(-0.1, -0.7, up) * smoothstep(1.1, 0.3, x)
    bare = KDTree(points_all[~where])
    edge = smoothstep(0.0, 0.09, bare.query(points)[0].astype(np.float32))
    length = (short * (0.7 + 0.3 * edge) + grown * near_chin) * rng.uniform(0.75, 1.2, n)
    side = np.sign(points[:, :1])
    above = (smoothstep(-0.02, 0.06, up) * smoothstep(half * 1.4, half, x))[:, None]
    down = np.concatenate([0.25 * side, np.full((n, 1), -1.0), np.full((n, 1), 0.15)], 1)
    aside = np.concatenate([0.9 * side * smoothstep(0.0, 0.12, x)[:, None], np.full((n, 1), -0.75), np.full((n, 1), 0.1)], 1)
    flow = unit_length(down + (aside - down) * above + rng.normal(0, 0.12, (n, 3)))
    along = unit_length(flow - normals * (flow * normals).sum(1, keepdims=True) * 0.9 + 0.28 * normals)
    k = 6 if kind == "long" else 3
    s = np.linspace(0, 1, k)[None, :, None] * length[:, None, None]
    fall = np.array([0, -1, 0], np.float32) * s**2 * 0.5 / np.maximum(length[:, None, None], 0.1)
    lines = points[:, None] - 0.01 * normals[:, None] + s * along[:, None] + fall * (grown > 0.2)
    distance, outward = scalp.distance(lines.reshape(-1, 3).astype(np.float32))
    wanted = np.tile(np.linspace(-0.005, 0.05, k), n)
    lines = lines + (outward * np.clip(wanted - distance, 0, 0.2)[:, None]).reshape(lines.shape)
    if kind in ("full", "long"):
        lines = frizzy(lines.astype(np.float32), rng, 0.02).astype(np.float64)
    beard_colour = Colour(
        colour.natural, np.clip(colour.natural * np.array([1.06, 0.98, 0.94]), 0, 1).astype(np.float32), colour.grey, colour.white
    )
    width = (0.06 + 0.04 * edge * (0.75 + 0.5 * rng.random(n))) * (1 + 0.4 * (kind == "long"))
    strands = Strands(lines.astype(np.float32), width.astype(np.float32), np.where(edge < 0.4, 0.75, 0.35).astype(np.float32))
    piece = ribbons(
        "beard",
        scalp,
        strands,
        cards(person, beard_colour, "beard cards"),
        rng,
        material=Material.BROW,
        outward=np.repeat(normals[:, None], k, 1),
        twist=0.4,
    )
    anchors, weights = follow(scalp.world(points), vertices, _lower_face(scalp))
    rows = np.repeat(np.arange(n), 2 * k)
    return [replace(piece, anchors=anchors[rows], weights=weights[rows])]


def _lips(scalp: Scalp) -> Array:
    lips = mask("lips")
    pixel = np.clip((scalp.uv * [1024, -1024] + [0, 1024]).astype(int), 0, 1023)
    out: Array = scalp.skin[lips[pixel[:, 1], pixel[:, 0]] > 110]
    return out[out[:, 2] > np.median(out[:, 2]) - 0.25]


def _lower_face(scalp: Scalp) -> NDArray[np.int32]:
    inside = mask("inside-mouth")
    pixel = np.clip((scalp.uv * [1024, -1024] + [0, 1024]).astype(int), 0, 1023)
    out: NDArray[np.int32] = np.unique(
        scalp.own[(inside[pixel[:, 1], pixel[:, 0]] < 60) & (scalp.skin[:, 1] > -3.2) & (scalp.skin[:, 1] < 0.2)]
    )
    return out


def _skin_points(scalp: Scalp, rng: np.random.Generator, count: int) -> tuple[Array, Array]:
    """Points spread evenly over the lower face, and the outward directions there."""
    faces = scalp.faces
    inside = mask("inside-mouth")
    pixel = np.clip((scalp.uv * [1024, -1024] + [0, 1024]).astype(int), 0, 1023)
    hidden = inside[pixel[:, 1], pixel[:, 0]] > 60
    middle = scalp.skin[faces].mean(1)
    faces = faces[~hidden[faces].any(1) & (middle[:, 1] < 0.1) & (middle[:, 1] > -2.6) & (middle[:, 2] > -1.4)]
    a, b, c = (scalp.skin[faces[:, k]] for k in range(3))
    area = np.linalg.norm(np.cross(b - a, c - a), axis=1)
    pick = rng.choice(len(faces), count, p=area / area.sum())
    u, v = rng.random((2, count, 1))
    u, v = np.where(u + v > 1, 1 - u, u), np.where(u + v > 1, 1 - v, v)
    points = a[pick] + u * (b[pick] - a[pick]) + v * (c[pick] - a[pick])
    normals = scalp.skin_normals[faces[pick]]
    normal = unit_length((1 - u - v) * normals[:, 0] + u * normals[:, 1] + v * normals[:, 2])
    return points.astype(np.float32), normal


def _thinned(points: Array, distance: float) -> NDArray[np.intp]:
    """Points of which no two share a cube of that size."""
    cube = np.floor(points / distance).astype(int)
    _, first = np.unique(cube, axis=0, return_index=True)
    return np.sort(first)
