"""What hats are made of: a rim round the head, a crown over it, bands and brims."""

from __future__ import annotations

import numpy as np

from osa_cam.synth.head3d.piece import Material, Piece
from osa_cam.synth.head3d.vectors import unit_length
from osa_cam.synth.head3d.wear.shape import Array, Mesh, Texture, sheet, smooth
from osa_cam.synth.head3d.wear.skull import Skull

AROUND = 64


UP = np.array([0, 1, 0], np.float32)


def circle(n: int = AROUND) -> Array:
    """Azimuths from the front to the person's left and on, the first repeated as the last."""
    return np.linspace(0, 2 * np.pi, n + 1).astype(np.float32)


def rim_of(skull: Skull, front: float, back: float, clear: float, n: int = AROUND) -> Array:
    """A line round the head, at heights above the eyes before and behind: [n + 1, 3]."""
    turn = circle(n)
    height = back + (front - back) * (0.5 + 0.5 * np.cos(turn))
    points = np.stack([np.sin(turn), np.zeros_like(turn), np.cos(turn)], 1)
    for _ in range(3):  # the direction that meets the wanted height
        ways = unit_length(points)
        reach = skull.radius(ways) + clear
        points = ways * reach[:, None]
        points[:, 1] = height - skull.middle[1]
    out: Array = (points + skull.middle).astype(np.float32)
    closed = smooth(out[:-1], 3, True)
    return np.concatenate([closed, closed[:1]])


def crown_of(skull: Skull, rim: Array, clear: Array | float, rows: int = 12, tall: float = 0.0, flat: float = 0.0) -> Array:
    """A surface from a rim over the head: [rows, n, 3]. tall: added height; flat: 0 follows the skull, 1 has an even top."""
    foot = rim - skull.middle
    start = np.arcsin(np.clip(unit_length(foot)[:, 1], -1, 1))
    azimuth = np.arctan2(foot[:, 0], foot[:, 2])
    t = np.linspace(0, 1, rows)[:, None]
    lift = start + (np.pi / 2 - start) * t
    ways = np.stack([np.sin(azimuth) * np.cos(lift), np.sin(lift), np.cos(azimuth) * np.cos(lift)], -1)
    reach = skull.radius(ways) + clear
    points = ways * reach[..., None]
    points[0] = foot
    points[..., 1] += tall * t * t
    if flat:
        top = skull.crown - skull.middle[1] + 0.1 + tall
        side = foot * [1, 0, 1]
        drum = side[None] * (1 - 0.12 * t[..., None]) + UP * (foot[:, 1] + (top - foot[:, 1]) * np.minimum(t * 1.55, 1))[..., None]
        inner = np.clip((t - 0.65) / 0.35, 0, 1)[..., None]
        drum = drum * [1, 1, 1] - drum * [1, 0, 1] * inner
        points = points * (1 - flat) + drum * flat
    out: Array = (points + skull.middle).astype(np.float32)
    return out


def surface(skull: Skull, points: Array) -> Mesh:
    mesh = sheet(points)
    return mesh.facing(mesh.points - skull.middle)


def upright(mesh: Mesh) -> Mesh:
    """Texture axes exchanged: rows of the grid run up the texture."""
    return Mesh(mesh.points, mesh.faces, np.ascontiguousarray(mesh.uv[:, ::-1]))


def sweatband(rim: Array, skull: Skull, deep: float, thick: float) -> Mesh:
    """A band round a rim, standing up from it."""
    out = unit_length((rim - skull.middle) * [1, 0, 1])
    profile = np.array([[-0.03, 0.02], [0.0, thick], [0.3, thick * 1.25], [0.7, thick * 1.25], [1.0, thick], [1.02, -0.02]])
    points = rim[:, None] + profile[None, :, :1] * deep * UP + profile[None, :, 1:] * out[:, None]
    mesh = sheet(points.astype(np.float32))
    return mesh.facing(mesh.points - skull.middle)


def brim_of(skull: Skull, rim: Array, width: Array | float, drop: Array | float, curl: float = 0.0) -> Mesh:
    """A brim round a rim; width, drop: for each of its points, or one."""
    out = unit_length((rim - skull.middle) * [1, 0, 1])
    t = np.linspace(0, 1, 6)[None, :, None]
    w = np.broadcast_to(width, len(rim))[:, None, None]
    d = np.broadcast_to(drop, len(rim))[:, None, None]
    upper = rim[:, None] + out[:, None] * t * w - UP * (d * t * w - curl * t**3)
    lower = upper[:, ::-1] - 0.035 * UP
    mesh = sheet(np.concatenate([upper, lower], 1).astype(np.float32))
    return mesh.facing(np.tile(above(6), (len(rim), 1)))


def above(rows: int) -> Array:
    """For a sheet whose upper side has so many rows and whose lower side as many: where the upper one faces."""
    out: Array = np.concatenate([np.tile(UP, (rows, 1)), np.zeros((rows, 3), np.float32)])
    return out


def rigid(skull: Skull, name: str, mesh: Mesh, texture: Texture, material: Material = Material.CLOTH, gloss: float = 0.0) -> Piece:
    return skull.place.piece(name, material, mesh, texture, gloss, rigid=True)
