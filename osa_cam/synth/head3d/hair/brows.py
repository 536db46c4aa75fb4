"""Eyebrows: two layers of painted hairs on the brow ridge, which move with it."""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree

from osa_cam.synth.head3d.base import Array, base
from osa_cam.synth.head3d.hair.scalp import Floats, Scalp, front
from osa_cam.synth.head3d.hair.texture import Colour
from osa_cam.synth.head3d.person import Person
from osa_cam.synth.head3d.piece import Indices, Material, Piece, corners_of, follow
from osa_cam.synth.head3d.vectors import smoothstep, unit_length

_ALONG, _ACROSS = 20, 6
_REACH = 0.19  # of the strip above and below the brow's middle line
_PIXELS = 300  # for a face unit
_INNER, _OUTER = 0.17, 1.0  # x of the strip's ends, face units


@cache
def _strip() -> tuple[Indices, Array, Array, Array]:
    """The strip on the person's left brow of the base mesh: anchors, weights, offsets from them (face units of the base), uv."""
    rest, faces, _, own = corners_of("body", base().vertices)
    eyes = np.stack([base().vertices[base().indices(f"helper-{side}-eye")].mean(0) for side in "lr"])
    unit = float(np.linalg.norm(eyes[0] - eyes[1]))
    skin = (rest - eyes.mean(0)) / unit
    s, t = (a.ravel() for a in np.meshgrid(np.linspace(0, 1, _ALONG), np.linspace(-1, 1, _ACROSS), indexing="ij"))
    x = _INNER + (_OUTER - _INNER) * s
    y = 0.245 + 0.07 * np.sin(np.clip(s * 1.32, 0, 1.6) ** 1.1 * np.pi / 2) - 0.13 * np.clip(s - 0.66, 0, 1) / 0.34 + _REACH * t
    x, y = x.astype(np.float32), y.astype(np.float32)
    z = front(skin, faces, x, y)
    points = np.stack([x, y, z], 1).astype(np.float32)
    anchors, weights = follow(points * unit + eyes.mean(0), base().vertices, np.unique(own[skin[:, 2] > -0.4]).astype(np.int32))
    offsets = points - ((base().vertices[anchors] - eyes.mean(0)) / unit * weights[..., None]).sum(1)
    return anchors, weights, offsets.astype(np.float32), np.stack([s, 0.5 + 0.5 * t], 1).astype(np.float32)


@cache
def _mirror() -> NDArray[np.int32]:
    """The base vertex on the other side of each."""
    v = base().vertices
    found: NDArray[np.int32] = KDTree(v).query(v * np.array([-1, 1, 1], np.float32))[1].astype(np.int32)
    return found


def brows(person: Person, scalp: Scalp, vertices: Array, colour: Colour) -> list[Piece]:
    """vertices: the person's rest shape."""
    rng = person.rng("brows")
    thick = float(np.clip(rng.normal(0.047 + 0.02 * person.sex - 0.012 * (person.age < 14), 0.011), 0.026, 0.09))
    bushy = float(np.clip(rng.normal(0.62 + 0.25 * person.sex - 0.2 * (person.age < 14), 0.2), 0.25, 1.2))
    shape = _Shape(
        float(rng.normal(0, 0.02)),
        float(rng.normal(0, 0.03)),
        float(rng.normal(-0.035, 0.03)),  # level or falling to the side: the other way round brows scowl
        float(rng.uniform(0.03, 0.12)),
        float(rng.uniform(0.9, 1.0)),
    )
    tone = np.clip(np.minimum(colour.natural * 0.8 + 0.035, 0.42), 0.03, 1)
    tone = (tone + (colour.white - tone) * 0.7 * colour.grey**1.5).astype(np.float32)
    pieces = []
    anchors, weights, offsets, uv = _strip()
    first = (np.arange(_ALONG - 1)[:, None] * _ACROSS + np.arange(_ACROSS - 1)).ravel()
    faces = np.concatenate(
        [np.stack([first, first + _ACROSS, first + _ACROSS + 1], 1), np.stack([first, first + _ACROSS + 1, first + 1], 1)]
    )
    for side in ("left", "right"):
        sign = 1 if side == "left" else -1
        used = anchors if sign == 1 else _mirror()[anchors]
        flip = np.array([sign, 1, 1], np.float32)
        local = (scalp.local(vertices[used]) * weights[..., None]).sum(1) + offsets * flip
        # Between the anchors the skin bulges.
        local[:, 2] = front(scalp.skin, scalp.faces, local[:, 0], local[:, 1])
        middle = local.reshape(_ALONG, _ACROSS, 3)
        normal = np.cross(np.gradient(middle, axis=0), np.gradient(middle, axis=1)).reshape(-1, 3) * sign
        normal = unit_length(normal)
        for _ in range(2):
            distance, outward = scalp.distance(local)
            local = local - outward * distance[:, None]
        for k, (above, share) in enumerate(((0.012, 0.42), (0.024, 0.33))):
            texture = _painted(np.random.default_rng([person.seed, 31, k, sign + 1]), tone, thick, bushy * share, shape, top=k == 1)
            rest = scalp.world(local + above * normal)
            pieces.append(
                Piece(
                    f"{side} brow {k}",
                    Material.BROW,
                    rest,
                    (faces if sign == 1 else faces[:, ::-1]).astype(np.int32),
                    uv,
                    texture,
                    used,
                    weights,
                    gloss=0.0,
                    two_sided=True,
                    soft=True,
                    tangent=np.broadcast_to(np.array([0.9 * sign, 0.3, -0.3], np.float32), rest.shape).copy(),
                )
            )
    return pieces


class _Shape:
    """height, arch, tilt: of the middle line, face units; start, end: shares of the strip."""

    def __init__(self, height: float, arch: float, tilt: float, start: float, end: float) -> None:
        self.height, self.arch, self.tilt, self.start, self.end = height, arch, tilt, start, end

    def middle(self, s: Floats) -> Floats:
        out: Floats = self.height + self.arch * np.exp(-(((s - 0.62) / 0.22) ** 2)) - 0.4 * self.arch + self.tilt * (s - 0.5)
        return out


def _painted(rng: np.random.Generator, tone: Array, thick: float, bushy: float, shape: _Shape, top: bool) -> NDArray[np.uint8]:
    """The strip's texture: single hairs that turn from upright at the inner end to level at the outer."""
    fine = 4
    w, h = int((_OUTER - _INNER) * _PIXELS), int(2 * _REACH * _PIXELS)
    alpha = np.zeros((h * fine, w * fine), np.uint8)
    shade = np.full((h * fine, w * fine), 128, np.uint8)
    count = int(430 * bushy * (thick / 0.07) ** 0.7)
    s = shape.start + (shape.end - shape.start) * rng.random(count) ** 0.92
    half = thick * np.interp(s, [shape.start, shape.start + 0.12, 0.55, shape.end], [0.75, 1.0, 0.82, 0.16])
    t = np.clip(rng.normal(0, 0.42, count), -1, 1)
    x = (_OUTER - _INNER) * s
    y = shape.middle(s) + half * t - 0.018
    angle = np.radians(
        np.interp(s, [0, 0.12, 0.4, 0.75, 1], [66, 50, 30, 10, -18]) - 20 * t * smoothstep(0.2, 0.5, s) + rng.normal(0, 8, count)
    )
    length = np.interp(s, [0, 0.2, 0.7, 1], [0.05, 0.085, 0.085, 0.05]) * rng.uniform(0.7, 1.25, count) * (0.6 + thick / 0.15)
    if top:
        length *= 1.15
    bend = -0.35 * np.sign(t)
    steps = np.linspace(0, 1, 5)
    for k in range(count):
        a = angle[k] + bend[k] * steps
        px = x[k] + length[k] * steps * np.cos(a)
        py = y[k] + length[k] * steps * np.sin(a)
        line = np.stack([px * _PIXELS * fine, (0.5 * h - py * _PIXELS) * fine], 1)
        value = int(np.clip(128 + 34 * rng.normal(), 40, 230))
        for i, thickness in enumerate((6, 6, 5, 3)):
            ends = [tuple(int(c) for c in np.round(q * 8)) for q in line[i : i + 2]]
            cv2.line(alpha, ends[0], ends[1], 225, thickness, cv2.LINE_AA, 3)
            cv2.line(shade, ends[0], ends[1], value, thickness, cv2.LINE_8, 3)
    alpha = cv2.resize(alpha, (w, h), interpolation=cv2.INTER_AREA)
    tones = cv2.resize(cv2.GaussianBlur(shade, (0, 0), 2), (w, h), interpolation=cv2.INTER_AREA)[..., None] / 128
    rgb = np.clip(tone * 255 * tones**0.8, 0, 255)
    return np.concatenate([rgb, alpha[..., None]], 2).astype(np.uint8)
