"""The body's own pieces: skin, eyes, lashes, teeth, tongue."""

from __future__ import annotations

import numpy as np

from osa_cam.synth.head3d.base import Array
from osa_cam.synth.head3d.body.eyes import EYES, eye_pieces, eye_place
from osa_cam.synth.head3d.body.mouth import mouth_pieces
from osa_cam.synth.head3d.body.skin import skin_texture, skin_tone
from osa_cam.synth.head3d.body.skin_map import skin_uv
from osa_cam.synth.head3d.person import Person
from osa_cam.synth.head3d.piece import Material, Piece, corners_of


def body_pieces(person: Person, vertices: Array) -> list[Piece]:
    """vertices: the person's rest shape."""
    return [_skin(person, vertices), *eye_pieces(person, vertices), *mouth_pieces(person, vertices)]


def _skin(person: Person, vertices: Array) -> Piece:
    rest, faces, _, own = corners_of("body", vertices)
    one = np.ones((len(own), 1), np.float32)
    return Piece("skin", Material.SKIN, rest, faces, skin_uv(), skin_texture(person), own[:, None], one, gloss=0.25, weld=own)


def eye_centre(vertices: Array, side: str) -> Array:
    """The point about which an eye turns: [3]. side: one of EYES."""
    return eye_place(vertices, side)[0]


__all__ = ["EYES", "body_pieces", "eye_centre", "skin_tone"]
