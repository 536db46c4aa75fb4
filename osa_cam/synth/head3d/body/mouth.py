"""Teeth, one by one on their arches, gums and tongue. How deep a place lies in the mouth is painted into its colour."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from osa_cam.synth.head3d.base import Array, base
from osa_cam.synth.head3d.person import Person
from osa_cam.synth.head3d.piece import Indices, Material, Piece, corners_of

Array64 = NDArray[np.float64]

# Lengths are decimetres of the base mesh, on which teeth are built; an affine map takes them to the person.
_PROFILE = 9  # vertices from the gum over the edge to the back
_ACROSS = 7  # vertices across a tooth
_ALONG_GUM = 71
_DEEP = np.array([1.0, 0.97, 0.88, 0.70, 0.52, 0.38, 0.28])  # light that reaches the tooth, from the middle back
_COLUMNS = len(_DEEP)
_CHILD_BACK = 0.05


@dataclass(frozen=True)
class _Arch:
    """One jaw. line: x >= 0, height of the edge, z of the crowns' fronts. widths, heights: of the crowns from the middle back.

    up: where the gum is seen from the edge.
    """

    group: str
    line: tuple[tuple[float, float, float], ...]
    widths: tuple[float, ...]
    heights: tuple[float, ...]
    up: int


_UPPER = _Arch(
    "helper-upper-teeth",
    (
        (0.0, 6.546, 1.474),
        (0.083, 6.550, 1.462),
        (0.152, 6.563, 1.410),
        (0.200, 6.586, 1.335),
        (0.237, 6.611, 1.255),
        (0.266, 6.642, 1.170),
        (0.282, 6.66, 1.095),
        (0.294, 6.68, 1.02),
        (0.300, 6.70, 0.94),
        (0.302, 6.72, 0.85),
    ),
    (0.086, 0.067, 0.076, 0.071, 0.068, 0.102, 0.098),
    (0.108, 0.094, 0.105, 0.090, 0.082, 0.076, 0.07),
    1,
)
_LOWER = _Arch(
    "helper-lower-teeth",
    (
        (0.0, 6.572, 1.436),
        (0.075, 6.572, 1.424),
        (0.145, 6.576, 1.388),
        (0.196, 6.588, 1.325),
        (0.234, 6.602, 1.245),
        (0.264, 6.618, 1.16),
        (0.282, 6.632, 1.085),
        (0.294, 6.645, 1.01),
        (0.300, 6.66, 0.93),
        (0.302, 6.68, 0.84),
    ),
    (0.054, 0.060, 0.069, 0.070, 0.070, 0.106, 0.10),
    (0.090, 0.090, 0.098, 0.085, 0.078, 0.07, 0.065),
    -1,
)


def mouth_pieces(person: Person, vertices: Array) -> list[Piece]:
    """vertices: the person's rest shape."""
    texture = _teeth_texture(person)
    return [*(_jaw(person, vertices, arch, texture) for arch in (_UPPER, _LOWER)), _tongue(person, vertices)]


def _line(arch: _Arch) -> tuple[Array64, Array64]:
    """The arch from the left end to the right: length along it from the middle, points [n, 3]."""
    half = np.array(arch.line)
    both = np.concatenate([half[:0:-1] * [-1, 1, 1], half])
    at = np.linspace(0, 1, len(both))
    fine = np.linspace(0, 1, 400)
    points = np.stack([np.interp(fine, at, both[:, k]) for k in range(3)], 1)
    for _ in range(60):  # rounds the corners of the polygon
        points[1:-1] = (points[:-2] + 2 * points[1:-1] + points[2:]) / 4
    length = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(points[:, [0, 2]], axis=0), axis=1))])
    return length - length[-1] / 2, points


def _on(length: Array64, points: Array64, s: Array64) -> tuple[Array64, Array64]:
    """Points and outward normals (flat, in x and z) at lengths s."""
    at = np.stack([np.interp(s, length, points[:, k]) for k in range(3)], -1)
    ahead, behind = (np.stack([np.interp(s + d, length, points[:, k]) for k in (0, 2)], -1) for d in (0.01, -0.01))
    along = ahead - behind
    along /= np.linalg.norm(along, axis=-1, keepdims=True)
    return at, np.stack([-along[..., 1], np.zeros_like(s), along[..., 0]], -1)


def _grid(rows: int, columns: int) -> Indices:
    a = (np.arange(rows - 1)[:, None] * columns + np.arange(columns - 1)).ravel()
    out: Indices = np.concatenate([np.stack([a, a + columns, a + columns + 1], 1), np.stack([a, a + columns + 1, a + 1], 1)]).astype(
        np.int32
    )
    return out


def _jaw(person: Person, vertices: Array, arch: _Arch, texture: NDArray[np.uint8]) -> Piece:
    rng = person.rng(arch.group)
    length, points = _line(arch)
    starts = np.concatenate([[0], np.cumsum(arch.widths)])
    rest, uvs, faces = [], [], []
    count = 0
    untidy = rng.uniform(0.2, 1.0)
    for side in (-1, 1):
        for k, (width, height) in enumerate(zip(arch.widths, arch.heights, strict=True)):
            shape, uv = _tooth(k, width, height, arch.up)
            across, up, out = shape
            turn, lean, drop = rng.normal(0, 0.06 * untidy), rng.normal(0, 0.004 * untidy), rng.normal(0, 0.003 * untidy)
            at, normal = _on(length, points, side * (starts[k] + width / 2) + across)
            tooth = at + normal * (out + turn * across + lean)[..., None]
            tooth[..., 1] += arch.up * up + drop
            rest.append(tooth.reshape(-1, 3))
            uvs.append(uv.reshape(-1, 2))
            faces.append((_grid(_PROFILE, _ACROSS)[:, :: arch.up]) + count)
            count += _PROFILE * _ACROSS
    gum, uv = _gum(arch, length, points, starts)
    rest.append(gum.reshape(-1, 3))
    uvs.append(uv.reshape(-1, 2))
    faces.append(_grid(len(gum), _ALONG_GUM)[:, :: -arch.up] + count)
    built = np.concatenate(rest)
    own = base().indices(arch.group)
    # A child's chin is drawn in by more than the base mesh's teeth are.
    back = np.array([0, 0, _CHILD_BACK * person.ages().get("child", 0.0)], np.float32)
    return Piece(
        arch.group.removeprefix("helper-"),
        Material.TEETH,
        _fitted(built, own, vertices) - back,
        np.concatenate(faces).astype(np.int32),
        np.concatenate(uvs).astype(np.float32),
        texture,
        *_as_one(built, own),
        gloss=0.55,
        two_sided=True,
    )


def _tooth(k: int, width: float, height: float, up: int) -> tuple[Array64, Array64]:
    """(across, up from the edge, out), each [profile, across], and the texture's coordinates; k counts from the middle."""
    u = np.sin(np.linspace(-1, 1, _ACROSS) * np.pi / 2)[None]
    w = np.linspace(0, 1, _PROFILE)[:, None]  # from the gum to the edge at 0.7, and up the back
    thick = (0.026, 0.026, 0.045, 0.075, 0.08, 0.1, 0.1)[k]
    front = np.clip(1 - w / 0.7, 0, 1)  # 1 at the gum, 0 at the edge
    back = np.clip((w - 0.7) / 0.3, 0, 1)
    rise = (front + 0.75 * back) * height + 0.016 * front
    pointed = (0.010, 0.010, 0.026, 0.018, 0.014, 0.006, 0.006)[k] * np.abs(u) ** (1.3 if k == 2 else 3)
    rise = rise + pointed * (1 - front) * (1 - back)
    slim = 1 - 0.13 * front**2 - 0.05 * (1 - front) ** 4
    across = u * width / 2 * 0.985 * slim
    round_ = (0.010 if k < 2 else 0.018) * u**2 + 0.010 * u**6
    out = 0.010 * np.sin(np.pi * np.clip(front * 0.8 + 0.12, 0, 1)) - round_ - thick * np.sqrt(np.clip(back * 1.4, 0, 1)) - 0.004 * front
    shape = np.broadcast_arrays(across, rise, out)
    texture_u = (k + 0.5 + 0.5 * u) / _COLUMNS
    texture_v = 0.5 + 0.5 * (0.02 + 0.96 * w)
    return np.stack(shape), np.stack(np.broadcast_arrays(texture_u, texture_v), -1)


def _gum(arch: _Arch, length: Array64, points: Array64, starts: Array64) -> tuple[Array64, Array64]:
    s = np.linspace(-starts[-1], starts[-1], _ALONG_GUM)
    k = np.clip(np.searchsorted(starts, np.abs(s), side="right") - 1, 0, len(arch.widths) - 1)
    u = (np.abs(s) - starts[k]) / np.array(arch.widths)[k] * 2 - 1
    height = np.interp(np.abs(s), (starts[:-1] + starts[1:]) / 2, arch.heights)
    edge = height - 0.030 * u**2  # a scallop round each tooth
    at, normal = _on(length, points, s)
    rows = []
    for rise, out in ((0.0, -0.012), (0.004, 0.004), (0.03, 0.014), (0.075, 0.010), (0.13, -0.03)):
        row = at + normal * out
        row[:, 1] += arch.up * (edge * (1 if rise < 0.03 else 0.3) + height * (0 if rise < 0.03 else 0.7) + rise)
        rows.append(row)
    uv_u = np.clip(np.abs(s) / starts[-1], 0.01, 0.99)
    uv_v = np.array([0.02, 0.08, 0.2, 0.32, 0.46])
    gum = np.stack(rows)
    return gum, np.stack(np.broadcast_arrays(uv_u[None], uv_v[:, None]), -1)


def _fitted(built: Array64, own: Indices, vertices: Array) -> Array:
    """Places on the base mesh -> the person's, by the affine map nearest to what happened to some base vertices."""
    source = np.concatenate([base().vertices[own], np.ones((len(own), 1), np.float32)], 1).astype(np.float64)
    affine = np.linalg.lstsq(source, vertices[own].astype(np.float64), rcond=None)[0]
    out: Array = (np.concatenate([built, np.ones((len(built), 1))], 1) @ affine).astype(np.float32)
    return out


def _as_one(built: Array64, own: Indices) -> tuple[Indices, Array]:
    """anchors, weights with which places follow any affine movement of some base vertices exactly: a jaw stays rigid."""
    few = own[::4]
    source = np.concatenate([base().vertices[few], np.ones((len(few), 1), np.float32)], 1).astype(np.float64)
    weights = np.concatenate([built, np.ones((len(built), 1))], 1) @ np.linalg.pinv(source)
    return np.broadcast_to(few.astype(np.int32), weights.shape).copy(), weights.astype(np.float32)


def _teeth_texture(person: Person, rows: int = 128, tooth: int = 32) -> NDArray[np.uint8]:
    """v from 0: lower half gums, upper half teeth from the gum (v = 0.5) over the edge to the back (v = 1)."""
    rng = person.rng("teeth")
    columns = tooth * _COLUMNS
    x = (np.arange(columns) + 0.5) / columns
    deep = np.interp(x * _COLUMNS - 0.5, np.arange(_COLUMNS), _DEEP)[None, :, None]
    ivory = np.array([0.93, 0.895, 0.83]) * rng.uniform(0.94, 1.0) - np.array([0.05, 0.08, 0.14]) * (
        max(0.0, person.age - 30) / 50 + rng.uniform(0, 0.25)
    )
    w = ((np.arange(rows // 2) + 0.5) / (rows // 2))[:, None]  # down the tooth
    u = np.abs((x * _COLUMNS % 1) * 2 - 1)[None]
    shade = 1 - 0.16 * np.clip((u - 0.62) / 0.38, 0, 1) ** 1.5 - 0.08 * np.clip(1 - w / 0.35, 0, 1)
    shade = shade * (1 - 0.5 * np.clip((w - 0.74) / 0.26, 0, 1))
    yellow = np.clip(1 - w / 0.5, 0, 1)[..., None] * np.array([0.0, 0.02, 0.06])
    glassy = np.exp(-(((w - 0.66) / 0.07) ** 2))[..., None] * np.array([0.04, 0.03, 0.0])
    teeth = (ivory - yellow - glassy) * shade[..., None] * deep
    g = ((np.arange(rows // 2) + 0.5) / (rows // 2))[:, None]  # from the tooth to where the gum ends
    pink = np.array([0.80, 0.47, 0.45]) * (1 - person.ancestry[0] * np.array([0.18, 0.14, 0.08])) * rng.uniform(0.95, 1.05)
    gums = pink * (1.05 - 0.5 * g[..., None]) * (0.86 + 0.28 * deep - 0.14) * (1 + 0.03 * rng.normal(0, 1, (rows // 2, columns, 1)))
    rgb = np.concatenate([gums, teeth])[::-1]
    return np.round(np.concatenate([np.clip(rgb, 0, 1), np.ones((rows, columns, 1))], 2) * 255).astype(np.uint8)


def _tongue(person: Person, vertices: Array) -> Piece:
    rest, faces, _, own = corners_of("helper-tongue", vertices)
    built = base().vertices[own]
    low, high = built.min(0), built.max(0)
    uv = (built[:, [0, 2]] - low[[0, 2]]) / (high - low)[[0, 2]]
    # The base mesh keeps it at the palate, where it would hide the lower teeth: it rests in the lower jaw.
    bottom, tip = rest.min(0)[1], rest.max(0)[2]
    rest = (
        rest
        - np.array([0, 1, 0]) * (0.36 * (rest[:, 1:2] - bottom))
        - np.array([0, 0, 1]) * 0.10 * np.clip(1 - (tip - rest[:, 2:]) / 0.5, 0, 1)
    )
    rest = rest.astype(np.float32)
    one = np.ones((len(own), 1), np.float32)
    return Piece("tongue", Material.TONGUE, rest, faces, uv, _tongue_texture(person), own[:, None], one, gloss=0.5, weld=own)


def _tongue_texture(person: Person, size: int = 128) -> NDArray[np.uint8]:
    """u across, v from the root to the tip."""
    rng = person.rng("tongue")
    u, v = ((np.arange(size) + 0.5) / size)[None], 1 - ((np.arange(size) + 0.5) / size)[:, None]
    groove = 1 - 0.22 * np.exp(-(((u - 0.5) / 0.035) ** 2)) * np.clip(1.1 - v, 0, 1)
    reached = 0.22 + 0.78 * np.clip((v - 0.25) / 0.65, 0, 1) ** 1.4
    bumps = 1 + 0.05 * rng.normal(0, 1, (size, size))
    pale = 0.4 * np.exp(-(((u - 0.5) / 0.28) ** 2)) * np.clip(v * 1.5 - 0.3, 0, 1)
    colour = np.array([0.70, 0.36, 0.35]) * rng.uniform(0.92, 1.05) + pale[..., None] * np.array([0.02, 0.12, 0.10])
    rgb = colour * (groove * reached * bumps)[..., None]
    return np.round(np.concatenate([np.clip(rgb, 0, 1), np.ones((size, size, 1))], 2) * 255).astype(np.uint8)
