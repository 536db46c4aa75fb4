"""Leaves out what nobody ever sees: hair is ten layers deep, and the back of a head is never turned to the camera."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import moderngl
import numpy as np
from numpy.typing import NDArray

from osa_cam.synth.head3d.base import Array, base, face_units
from osa_cam.synth.head3d.draw import Camera, context
from osa_cam.synth.head3d.piece import Material, Piece
from osa_cam.synth.head3d.vectors import rotation

_SIZE = 256  # pixels of the pictures in which faces are looked for
_VIEWS = tuple((yaw, pitch) for pitch in (-14, 12) for yaw in (-40, -13, 13, 40))  # degrees: as far as heads turn
_THINNED = (Material.SKIN, Material.HAIR, Material.CLOTH)
_MARGIN = 1.25  # what lies further from the picture's middle, in halves of it, is never in it
_VERTEX = """
#version 330
in vec3 position; in vec2 uv; uniform mat4 camera; out vec2 UV;
void main() { gl_Position = camera * vec4(position, 1.0); UV = uv; }
"""
_FRAGMENT = """
#version 330
in vec2 UV; uniform sampler2D cover; uniform int first; out int face;
void main() { if (texture(cover, UV).r < 0.5) discard; face = first + gl_PrimitiveID + 1; }  // 0: nothing
"""


@cache
def _program() -> moderngl.Program:
    return context().program(_VERTEX, _FRAGMENT)


@cache
def _target() -> moderngl.Framebuffer:
    gl = context()
    return gl.framebuffer([gl.renderbuffer((_SIZE, _SIZE), 1, dtype="i4")], gl.depth_renderbuffer((_SIZE, _SIZE)))


def without_hidden(pieces: list[Piece], pivot: Array, view: Camera, stance: float) -> list[Piece]:
    """The pieces less the faces of skin, hair and cloth that no view from in front shows, nor their neighbours.

    pivot: about which people turn; stance: degrees by which they stand turned. What face units move stays: an open mouth shows more.
    """
    seen = _seen(pieces, pivot, view, stance)
    moving = np.isin(np.arange(len(base().vertices)), face_units()[0])
    out, first = [], 0
    faces: NDArray[np.bool_]
    for piece in pieces:
        faces = seen[first : first + len(piece.faces)]
        first += len(piece.faces)
        if piece.material == Material.SKIN:
            faces = faces | moving[piece.anchors[piece.faces, 0]].any(1)
        out.append(_kept(piece, faces) if piece.material in _THINNED and faces.any() else piece)
    return out


def _kept(piece: Piece, faces: NDArray[np.bool_]) -> Piece:
    """The piece with those faces [f] and what shares a vertex with them."""
    shown = np.zeros(len(piece.rest), bool)
    shown[piece.faces[faces].ravel()] = True
    used, index = np.unique(piece.faces[shown[piece.faces].any(1)], return_inverse=True)
    each = {name: getattr(piece, name) for name in ("rest", "uv", "anchors", "weights", "turns", "sways", "tangent", "weld")}
    kept: dict[str, Any] = {name: values[used] for name, values in each.items() if values is not None}
    return replace(piece, faces=index.reshape(-1, 3).astype(np.int32), **kept)


def _seen(pieces: list[Piece], pivot: Array, view: Camera, stance: float) -> NDArray[np.bool_]:
    """Which faces of all pieces, one after the other, show in any view."""
    gl, program = context(), _program()
    arrays = []
    first = 0
    for piece in pieces:
        vertices = gl.buffer(np.concatenate([piece.rest, piece.uv], 1).astype("f4").tobytes())
        cover = np.ascontiguousarray(piece.texture[::-1, :, 3])
        if piece.material == Material.GLASS:
            cover = np.zeros((1, 1), np.uint8)
        elif cover.min() >= 128:
            cover = np.full((1, 1), 255, np.uint8)
        texture = gl.texture(cover.shape[::-1], 1, cover.tobytes(), alignment=1)
        array = gl.vertex_array(program, [(vertices, "3f 2f", "position", "uv")], gl.buffer(piece.faces.astype("i4").tobytes()))
        arrays.append((array, texture, first, piece.two_sided))
        first += len(piece.faces)
    shown = np.zeros(first + 1, bool)
    target = _target()
    target.use()
    gl.enable_only(moderngl.DEPTH_TEST)
    wide = np.diag([1 / _MARGIN, 1 / _MARGIN, 1, 1]).astype(np.float32) @ view.matrix
    for yaw, pitch in _VIEWS:
        target.clear()
        program["camera"].value = (wide @ _about(pivot, rotation(yaw + stance, pitch, 0))).T.ravel().tolist()  # type: ignore[union-attr]
        for array, texture, start, two_sided in arrays[::-1]:
            (gl.disable if two_sided else gl.enable)(moderngl.CULL_FACE)
            program["first"].value = start  # type: ignore[union-attr]
            texture.use(0)
            array.render()
        shown[np.frombuffer(target.read(components=1, dtype="i4", alignment=1), np.int32)] = True
    return shown[1:]


def _about(pivot: Array, turn: Array) -> Array:
    """A rotation [3, 3] about a place: float32 [4, 4]."""
    out = np.eye(4, dtype=np.float32)
    out[:3, :3] = turn
    out[:3, 3] = pivot - turn @ pivot
    return out
