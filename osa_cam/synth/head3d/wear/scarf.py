"""Cloth on the head: a scarf close round the face, a turban."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from osa_cam.synth.head3d.base import base
from osa_cam.synth.head3d.piece import Material, Piece, follow
from osa_cam.synth.head3d.vectors import unit_length
from osa_cam.synth.head3d.wear import fabric
from osa_cam.synth.head3d.wear.crown import circle, crown_of, rigid, rim_of, surface, upright
from osa_cam.synth.head3d.wear.fabric import BRIGHT, DARK, LIGHT, MUTED, colour
from osa_cam.synth.head3d.wear.shape import Array, Mesh, sheet, smooth
from osa_cam.synth.head3d.wear.skull import Skull
from osa_cam.synth.head3d.wear.torso import Torso


def turban(skull: Skull, rng: np.random.Generator) -> list[Piece]:
    """Cloth wound in layers that cross above the forehead."""
    ground = colour(rng, BRIGHT, DARK, MUTED, LIGHT)
    rim = rim_of(skull, rng.uniform(0.62, 0.75), -0.15, 0.1)
    turn = circle()
    bulge = 0.16 + 0.32 * np.sin(np.linspace(0.12, 1, 26) * np.pi)[:, None] ** 0.8
    points = crown_of(skull, rim, bulge, 26, 0.3)
    rows = np.arange(26)[:, None]
    slant = np.abs(np.where(turn > np.pi, turn - 2 * np.pi, turn))[None]
    phase = (rows / 26 * 6 + 1.4 * slant / np.pi * (1 - rows / 26)) % 1
    wave = 0.05 * (phase**0.7 - 0.5) * np.sin(np.pi * rows / 25)
    ways = unit_length(points - skull.middle)
    points = (points + wave[..., None] * ways).astype(np.float32)
    v, u = np.mgrid[0:256, 0:512] / np.array([255, 511])[:, None, None]
    height = 1 - v
    away = np.minimum(u, 1 - u) * 2
    fold = (height * 6 + 1.4 * away * (1 - height)) % 1
    shade = 1 - 0.28 * np.exp(-fold / 0.10) - 0.06 * fold
    texture = fabric.finished(fabric.plain(rng, ground)[:256, :512] * shade[..., None])
    return [rigid(skull, "turban", upright(surface(skull, points)), texture)]


def head_scarf(skull: Skull, torso: Torso, vertices: Array, rng: np.random.Generator) -> list[Piece]:
    """A hijab: close round the face, down over neck and shoulders. It follows the jaw. vertices: the person's rest shape."""
    ground = colour(rng, MUTED, LIGHT, DARK)
    texture = fabric.finished(fabric.plain(rng, ground, 0.015), fabric.folds(rng, 0.1))
    body = skull.points[base().indices("body")]
    chin = body[(np.abs(body[:, 0]) < 0.1) & (body[:, 2] > -0.6) & (body[:, 1] > -2.1)]
    low = float(np.quantile(chin[chin[:, 2] > chin[:, 2].max() - 0.9, 1], 0.02))
    pieces = []
    for name, mesh in (("head scarf", _hood(body, low, torso.neck)), ("drape", _drape(torso, low))):
        piece = skull.place.piece(name, Material.CLOTH, mesh, texture)
        anchors, weights = follow(piece.rest, vertices, base().indices("body"))
        pieces.append(replace(piece, anchors=anchors, weights=weights))
    return pieces


def _face_rim(body: Array, low: float, n: int = 72) -> Array:
    """An oval round the face on the skin, beginning at the forehead: [n, 3]. low: y of the chin."""
    turn = np.linspace(0, 2 * np.pi, n, endpoint=False)
    top, bottom = 0.72, low - 0.12
    x, y = np.sin(turn), (top + bottom) / 2 + (top - bottom) / 2 * np.cos(turn)
    before = body[body[:, 2] > -1.4]
    z = np.full(n, np.nan)
    for k in range(n):
        near = (np.abs(before[:, 1] - max(y[k], low + 0.05)) < 0.14) & (np.abs(np.abs(before[:, 0]) - abs(x[k])) < 0.16)
        if near.any():
            z[k] = before[near, 2].max()
    bare = np.isnan(z)  # beside a narrow face
    z[bare] = np.interp(np.flatnonzero(bare), np.flatnonzero(~bare), z[~bare], period=n)
    under = np.clip((-np.cos(turn) - 0.55) / 0.45, 0, 1)
    z = z * (1 - under) + np.minimum(z, 0.05) * under
    return smooth(np.stack([x, y, z], 1), 6, True)


def _hood(body: Array, low: float, neck: float) -> Mesh:
    """From the face's rim back: over the skull above, round jaw and neck below."""
    middle = np.array([0, 0.0, -1.15], np.float32)
    rim = _face_rim(body, low)
    head = body[(body[:, 1] > -2.3) & ((body[:, 1] > low + 0.1) | (np.abs(body[:, 0]) < 1.1 * neck))]  # not the shoulders
    start, pole = unit_length(rim - middle), unit_length(np.array([0, 0.05, -1], np.float32))
    angle = np.arccos(np.clip(start @ pole, -1, 1))[:, None]
    rows = [rim + 0.05 * start]
    for k in np.linspace(0, 1, 30)[1:]:
        way = unit_length(np.sin((1 - k) * angle) * start + np.sin(k * angle) * pole)
        rows.append(middle + way * (_reach(head, middle, way) + 0.03 + 0.16 * min(1.0, k * 7))[:, None])
    points = np.stack(rows, 1).astype(np.float32)
    mesh = sheet(points, True, fabric.hung(points))
    return mesh.facing(mesh.points - middle)


def _drape(torso: Torso, low: float) -> Mesh:
    """What hangs from beneath the chin onto the shoulders."""
    around = np.linspace(0, 2 * np.pi, 80, endpoint=False)
    rows = []
    for s in np.linspace(0, 1, 20):
        r = torso.neck * (0.98 + 1.7 * s**1.6)
        x = 1.08 * r * np.sin(around) * (1 + 0.03 * s * np.sin(around * 9 + 3 * s))
        y = low + 0.2 - 2.3 * s - 0.25 * s * np.cos(around)
        z = torso.neck_middle + 0.1 + r * np.cos(around) * (1.15 - 0.1 * s)
        height = 0.05 + 0.33 * min(1.0, 2 * s) + 0.07 * s * np.sin(around * 5 + 4 * s)
        rows.append(torso.lifted(np.stack([x, y, z], 1).astype(np.float32), height))
    points = np.stack(rows, 1)
    mesh = sheet(points, True, fabric.hung(points))
    return mesh.facing(mesh.points - np.array([0, -2.5, torso.neck_middle], np.float32))


def _reach(body: Array, middle: Array, ways: Array) -> Array:
    """How far skin and ears reach from a middle along ways [n, 3] that lie in a ring, smoothly."""
    out = body - middle
    far = np.linalg.norm(out, axis=1)
    close = unit_length(ways) @ unit_length(out).T
    reach = np.where(close > 0.985, far[None], 0).max(1)
    reach = np.where(reach > 0, reach, np.median(reach))
    return smooth(np.stack([reach] * 3, 1), 3, True)[:, 0]
