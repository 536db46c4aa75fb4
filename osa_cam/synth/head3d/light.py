"""Where the camera stands, how lamps hang, and how open each place of a person is to them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache

import moderngl
import numpy as np
from numpy.typing import NDArray

from osa_cam.synth.head3d.base import Array
from osa_cam.synth.head3d.draw import Lamps, context
from osa_cam.synth.head3d.person import Person
from osa_cam.synth.head3d.piece import Assembly, Material

_DEPTH_SIZE = 256
_HEADROOM = 0.07  # of half the picture, over hair and hats
_CUT_SHARE = 0.08  # of people whose hair may be cut by the picture's edge
_DEPTH_VERTEX = "#version 330\nin vec3 position; uniform mat4 camera; void main() { gl_Position = camera * vec4(position, 1.0); }"
_DEPTH_FRAGMENT = "#version 330\nout vec4 colour; void main() { colour = vec4(1.0); }"


@dataclass(frozen=True, eq=False)
class Frame:
    centre: Array
    half_width: float
    distance: float


def frame_of(person: Person, between_eyes: Array, unit: float, top: float) -> Frame:
    """The picture's cut, from the head alone to half the body, and a lens of 24 to 85 mm. top: height of the hair or hat."""
    rng = person.rng("camera")
    half_width = unit * float(np.clip(rng.normal(2.5, 0.3), 1.9, 3.3))
    lens = float(rng.uniform(24, 85))
    shift = np.array([rng.normal(0, 0.08), -0.25 - 0.42 * (half_width / unit - 2.2) + rng.normal(0, 0.08), 0.5]) * unit
    missing = (top - between_eyes[1]) - (shift[1] + (1 - _HEADROOM) * half_width)
    if missing > 0 and rng.random() > _CUT_SHARE:  # step back and look up a little, as people do with their camera
        half_width += 0.6 * missing
        shift[1] += missing - 0.6 * missing * (1 - _HEADROOM)
    return Frame((between_eyes + shift).astype(np.float32), half_width, 3.4 * lens / 18)


Colour = tuple[float, float, float]


def _direction(yaw: float, pitch: float) -> Colour:
    """Degrees to the person's left and up."""
    y, p = np.radians([yaw, pitch])
    return float(np.sin(y) * np.cos(p)), float(np.sin(p)), float(np.cos(y) * np.cos(p))


def _colour(warmth: float, strength: float) -> Colour:
    """warmth: about -2 (a blue sky) to 2 (a bulb)."""
    return strength * (1 + 0.12 * warmth), strength, strength * (1 - 0.16 * warmth)


def lamps_of(person: Person) -> Lamps:
    """The light of a place where people sit before a camera; how strong it is on the whole, `exposed` sets."""
    rng = person.rng("lamps")
    side = float(rng.choice([-1, 1]))

    def draw(low: float, high: float) -> float:
        return float(rng.uniform(low, high))

    black = (0.0, 0.0, 0.0)
    mood = rng.choice(["room", "window", "outdoors", "ring", "screen", "studio"], p=[0.28, 0.22, 0.16, 0.12, 0.08, 0.14])
    if mood == "room":  # a lamp above, walls all around
        key, key_colour = _direction(side * draw(5, 45), draw(25, 50)), _colour(draw(-0.2, 1.2), 0.6)
        fill, fill_colour = _direction(-side * draw(40, 80), draw(0, 30)), _colour(draw(-0.4, 0.6), draw(0.12, 0.3))
        rim, rim_colour = _direction(0, 90), black
        sky, ground = _colour(0.2, draw(0.36, 0.5)), _colour(0.7, draw(0.2, 0.3))
    elif mood == "window":  # cool from one side, the room's warmth from the other
        key, key_colour = _direction(side * draw(35, 68), draw(5, 30)), _colour(draw(-0.8, 0.1), 0.9)
        fill, fill_colour = _direction(-side * draw(50, 85), draw(0, 20)), _colour(draw(0.3, 1.2), draw(0.15, 0.3))
        rim, rim_colour = _direction(side * 130, 20), _colour(-0.5, draw(0, 0.5))
        sky, ground = _colour(-0.2, draw(0.26, 0.38)), _colour(0.5, draw(0.18, 0.26))
    elif mood == "outdoors":  # a blue sky and the sun, or clouds alone
        key, key_colour = _direction(side * draw(15, 60), draw(25, 50)), _colour(0.4, draw(0.15, 0.8))
        fill, fill_colour = _direction(-side * draw(40, 80), draw(10, 40)), _colour(-0.4, draw(0.1, 0.25))
        rim, rim_colour = _direction(-side * draw(130, 160), draw(15, 40)), _colour(0.6, draw(0, 0.7))
        sky, ground = _colour(-0.9, draw(0.45, 0.6)), _colour(0.3, draw(0.22, 0.34))
    elif mood == "ring":  # around the camera
        key, key_colour = _direction(side * draw(0, 8), draw(2, 12)), _colour(draw(-0.4, 0.5), 0.75)
        fill, fill_colour = _direction(-side * 70, 10), _colour(0.3, draw(0.05, 0.15))
        rim, rim_colour = _direction(-side * 150, 20), _colour(0, draw(0, 0.4))
        sky, ground = _colour(0, draw(0.24, 0.36)), _colour(0.3, draw(0.16, 0.24))
    elif mood == "screen":  # blue from below in front, a warm lamp in the room
        key, key_colour = _direction(side * draw(0, 20), draw(-15, 5)), _colour(draw(-1.4, -0.6), 0.6)
        fill, fill_colour = _direction(-side * draw(40, 80), draw(15, 40)), _colour(draw(0.8, 1.6), draw(0.25, 0.4))
        rim, rim_colour = _direction(-side * draw(120, 150), 20), _colour(1.2, draw(0.2, 0.7))
        sky, ground = _colour(-0.2, draw(0.22, 0.32)), _colour(0, draw(0.2, 0.28))
    else:  # a studio: key, fill and a lamp behind
        key, key_colour = _direction(side * draw(25, 50), draw(15, 40)), _colour(draw(-0.3, 0.5), 0.8)
        fill, fill_colour = _direction(-side * draw(30, 60), draw(0, 20)), _colour(draw(-0.3, 0.3), draw(0.2, 0.4))
        rim, rim_colour = _direction(-side * draw(125, 155), draw(15, 45)), _colour(draw(-0.8, 0.8), draw(0.5, 1.1))
        sky, ground = _colour(0, draw(0.2, 0.32)), _colour(0.2, draw(0.14, 0.22))
    return Lamps(key, key_colour, fill, fill_colour, rim, rim_colour, sky, ground)


_GREY = 0.25  # linear; what a camera makes of a face
_TRUST = 0.72  # 1: all faces come out equally bright; 0: no camera corrects anything


def exposed(lamps: Lamps, assembly: Assembly, baked: Array, face: NDArray[np.bool_]) -> Lamps:
    """The lamps as a camera that exposes for the face sees them. face: [v] of the first piece, the skin."""
    skin = assembly.pieces[0]
    n = len(skin.rest)
    h, w = skin.texture.shape[:2]
    x, y = (skin.uv[:, 0] * (w - 1)).astype(int), ((1 - skin.uv[:, 1]) * (h - 1)).astype(int)
    albedo = ((skin.texture[y, x, :3] / 255.0) ** 2.2)[face]
    normals, (sky_open, key_open) = assembly.normals(assembly.rest)[:n][face], baked[:n][face].T

    def lamp(direction: Colour, colour: Colour, wrap: float, seen: Array) -> NDArray[np.float64]:
        return np.outer(np.clip((normals @ np.array(direction) + wrap) / (1 + wrap), 0, 1) * seen, colour)

    around = np.array(lamps.ground) + (0.5 + 0.5 * normals[:, 1:2]) * (np.array(lamps.sky) - lamps.ground)
    light = lamp(lamps.key_direction, lamps.key_colour, 0.25, key_open) + lamp(lamps.fill_direction, lamps.fill_colour, 0.35, sky_open)
    bright = float(((light + around * sky_open[:, None]) * albedo @ np.array([0.3, 0.6, 0.1])).mean())
    gain = (_GREY / bright) ** _TRUST
    scaled = {f: tuple(gain * c for c in getattr(lamps, f)) for f in ("key_colour", "fill_colour", "rim_colour", "sky", "ground")}
    return replace(lamps, **scaled)


def bake(assembly: Assembly, lamps: Lamps) -> Array:
    """How open each vertex is to the sky around it and to the key lamp, at rest: [v, 2], 0 to 1."""
    normals = assembly.normals(assembly.rest)
    n = 18
    k = np.arange(n) + 0.5
    z, turn = 1 - 2 * k / n, k * np.pi * (1 + 5**0.5)
    everywhere = np.stack([np.sqrt(1 - z * z) * np.cos(turn), z, np.sqrt(1 - z * z) * np.sin(turn)], 1)
    key = np.array(lamps.key_direction)
    around = np.random.default_rng(0).normal(0, 0.17, (8, 3)) + key  # a lamp as large as a window: soft shadows
    directions = np.concatenate([everywhere[everywhere[:, 1] > -0.7], around])
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    seen = _seen_from(assembly, directions.astype(np.float32), normals)
    facing = np.clip(normals @ directions.T, 0, None)
    m = len(directions) - len(around)
    sky = (seen[:, :m] * facing[:, :m]).sum(1) / np.maximum(facing[:, :m].sum(1), 1e-6)
    return np.stack([np.clip(0.15 + 0.85 * sky, 0, 1), seen[:, m:].mean(1)], 1).astype(np.float32)


@cache
def _depth_program() -> moderngl.Program:
    return context().program(_DEPTH_VERTEX, _DEPTH_FRAGMENT)


def _seen_from(assembly: Assembly, directions: Array, normals: Array) -> Array:
    """[v, d]: 1 where nothing stands between a vertex and infinity in that direction, softly."""
    gl = context()
    program = _depth_program()
    opaque = np.concatenate([p.faces + s for p, s in zip(assembly.pieces, assembly.starts, strict=True) if p.material != Material.GLASS])
    array = gl.vertex_array(
        program, [(gl.buffer(assembly.rest.astype("f4").tobytes()), "3f", "position")], gl.buffer(opaque.astype("i4").tobytes())
    )
    depth = gl.depth_texture((_DEPTH_SIZE, _DEPTH_SIZE))
    target = gl.framebuffer([], depth)
    target.use()
    gl.enable_only(moderngl.DEPTH_TEST)
    centre = (assembly.rest.min(0) + assembly.rest.max(0)) / 2
    reach = float(np.linalg.norm(np.ptp(assembly.rest, axis=0))) / 2
    out = np.zeros((len(assembly.rest), len(directions)), np.float32)
    lifted = (assembly.rest + 0.02 * normals).astype(np.float32)
    for k, toward in enumerate(directions):
        side = np.cross([0.0, 1.0, 0.01], toward)
        side /= np.linalg.norm(side)
        axes = np.stack([side, np.cross(toward, side), -toward])  # depth grows away from the lamp
        matrix = np.eye(4, dtype=np.float32)
        matrix[:3, :3] = axes / reach
        matrix[:3, 3] = -axes @ centre / reach
        target.clear(depth=1.0)
        program["camera"].value = matrix.T.ravel().tolist()  # type: ignore[union-attr]
        array.render()
        nearest = np.frombuffer(depth.read(), np.float32).reshape(_DEPTH_SIZE, _DEPTH_SIZE)
        at = (lifted @ matrix[:3, :3].T + matrix[:3, 3]) * np.float32(0.5) + np.float32(0.5)
        x, y = np.clip((at[:, :2] * _DEPTH_SIZE).astype(np.int32), 0, _DEPTH_SIZE - 1).T
        beyond = (at[:, 2] - nearest[y, x]) * (2 * reach)
        out[:, k] = np.clip(1 - (beyond - 0.03) / 0.05, 0, 1)
    return out
