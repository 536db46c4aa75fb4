"""Hair under what is worn on it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from osa_cam.synth.head3d.base import Array
from osa_cam.synth.head3d.hair.scalp import CENTRE, Scalp
from osa_cam.synth.head3d.piece import Piece
from osa_cam.synth.head3d.vectors import smoothstep

_ROOM = 0.09  # under a hat, face units
_RIM = np.array([[-3.1, 0.02], [0.4, 0.62]])  # z and height of a hat's rim, behind and in front
_BAND = -1.35  # z of a headphones' band


def pressed(pieces: list[Piece], scalp: Scalp, worn: str) -> list[Piece]:
    """Pieces with their hair pressed to the head; worn: "cap", "beanie", "hat" or "headphones"."""
    return [replace(piece, rest=scalp.world(_pressed(scalp.local(piece.rest), scalp, worn))) for piece in pieces]


def _pressed(points: Array, scalp: Scalp, worn: str) -> Array:
    if worn == "headphones":
        share = 0.9 * np.exp(-(((points[:, 2] - _BAND) / 0.2) ** 2)) * smoothstep(0.2, 0.8, points[:, 1])
    else:
        above_rim = points[:, 1] - np.interp(points[:, 2], _RIM[:, 0], _RIM[:, 1])
        share = smoothstep(-0.25, 0.08, above_rim.astype(np.float32))
    near = np.flatnonzero(share > 0.01)
    out = points.copy()
    ray = points[near] - CENTRE
    far = np.linalg.norm(ray, axis=1)
    skin = scalp.radius((ray / far[:, None]).astype(np.float32))
    above = far - skin
    room = np.where(above > 0, _ROOM * np.tanh(above / _ROOM), above)
    wanted = skin + above + share[near] * (room - above)
    out[near] = CENTRE + ray * (wanted / far)[:, None]
    return out.astype(np.float32)
