"""Glasses: eight shapes of frames, clear and dark lenses."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from osa_cam.synth.head3d.person import Person
from osa_cam.synth.head3d.piece import Material, Piece
from osa_cam.synth.head3d.vectors import smoothstep
from osa_cam.synth.head3d.wear.fabric import colour, finished, of_colour
from osa_cam.synth.head3d.wear.shape import Array, Mesh, Texture, join, sheet, smooth, tube
from osa_cam.synth.head3d.wear.skull import Skull

METALS = ((0.72, 0.58, 0.30), (0.70, 0.70, 0.72), (0.30, 0.30, 0.32), (0.72, 0.50, 0.42))
PLASTICS = (
    (0.06, 0.06, 0.07),
    (0.20, 0.11, 0.06),
    (0.10, 0.14, 0.25),
    (0.35, 0.08, 0.10),
    (0.55, 0.52, 0.48),
    (0.42, 0.26, 0.13),
    (0.12, 0.22, 0.18),
)
_POINTS = 44  # of a rim


@dataclass(frozen=True)
class Shape:
    """width, height: of a lens; corner: 2 an ellipse, more squarer; lift: of the outer upper corner; drop: of the inner lower one;
    thick: the rim's radius; metal: else plastic; below: whether the rim goes all round."""

    width: float
    height: float
    corner: float
    lift: float = 0.0
    drop: float = 0.0
    thick: float = 0.03
    metal: bool = False
    below: bool = True


SHAPES = {
    "round": Shape(0.74, 0.72, 2.0, thick=0.022, metal=True),
    "panto": Shape(0.77, 0.66, 2.25, 0.03, thick=0.04),
    "square": Shape(0.80, 0.58, 4.2, 0.02, thick=0.042),
    "narrow": Shape(0.82, 0.44, 3.4, 0.0, thick=0.028),
    "aviator": Shape(0.90, 0.74, 2.6, 0.02, 0.08, thick=0.02, metal=True),
    "half-rim": Shape(0.84, 0.52, 3.4, 0.01, thick=0.03, metal=True, below=False),
    "cat-eye": Shape(0.86, 0.58, 2.8, 0.13, thick=0.042),
    "thick": Shape(0.86, 0.64, 3.6, 0.03, thick=0.062),
}


def glasses_of(person: Person) -> str | None:
    """The frame's shape, None without glasses."""
    rng = person.rng("glasses")
    if rng.random() > 0.2 + 0.25 * float(np.clip((person.age - 40) / 25, 0, 1)):
        return None
    cat = 1.2 * (1 - person.sex)
    share = np.array([1.0, 1.2, 1.3, 0.8, 0.7, 0.6, cat, 0.6])
    return str(rng.choice(list(SHAPES), p=share / share.sum()))


def glasses_pieces(person: Person, skull: Skull, name: str) -> list[Piece]:
    shape, rng = SHAPES[name], person.rng("glasses frame")
    grow = float(rng.uniform(0.97, 1.08))
    half_w, half_h = shape.width * grow / 2, shape.height * grow / 2
    turn = np.linspace(0, 2 * np.pi, _POINTS, endpoint=False)

    def power(v: Array) -> Array:
        out: Array = np.sign(v) * np.abs(v) ** (2 / shape.corner)
        return out

    c, s = power(np.cos(turn)), power(np.sin(turn))
    outward = 0.5 + 0.5 * c
    x = 0.52 + half_w * c * (1 - 0.10 * np.maximum(-s, 0) * outward)
    y = -0.10 + half_h * s + shape.lift * np.maximum(s, 0) * outward**2 - shape.drop * np.maximum(-s, 0) * (1 - outward)
    # The lenses clear brows, lashes and cheeks, wherever those reach furthest; the front bends round the face a little.
    bend = 0.10
    clear = max(skull.front(px, py) + bend * px * px for px, py in zip(x[::4], y[::4], strict=True) if px > 0.3)
    lashes = skull.front(0.5, -0.05, 0.3)
    z0 = max(clear + shape.thick + 0.05, lashes + 0.1)
    x = np.maximum(x, [skull.nose(float(py), z0 - 0.08) + shape.thick + 0.02 if px < 0.5 else 0.0 for px, py in zip(x, y, strict=True)])
    x = smooth(np.stack([x] * 3, 1), 1, True)[:, 0]
    outline = np.stack([x, y, z0 - bend * x * x], 1).astype(np.float32)
    ahead = np.array([0, 0, 1], np.float32)

    rim = outline if shape.below else outline[s >= -0.25]
    if not shape.below:
        order = np.argsort(-np.where(turn > np.pi * 1.5, turn - 2 * np.pi, turn)[s >= -0.25])
        rim = rim[order]
    thick = np.full(len(rim), shape.thick, np.float32)
    if name in ("cat-eye", "thick", "square"):
        thick *= 1 + 0.35 * np.clip((rim[:, 1] + 0.1) / half_h, 0, 1)
    parts = [tube(rim, thick, ahead, shape.below, 7, 0.8)]

    inner = outline[np.argmin(x - 0.25 * y)]
    nose = skull.front(0.0, float(inner[1]) + 0.05, 0.1)
    arch = np.linspace(0, 1, 7)[:, None]
    bridge = inner * [1, 1, 1] * (1 - arch) + arch * [0, inner[1] + 0.05, max(z0, nose + shape.thick + 0.05)]
    bridge[:, 2] += 0.02 * np.sin(np.pi * arch[:, 0])
    bars = [0.0, 0.16] if name == "aviator" else [0.0]
    for over in bars:
        parts.append(tube((bridge + [0, over, 0]).astype(np.float32), shape.thick * (0.8 if shape.metal else 1.15), ahead, sides=7))
    if shape.metal:
        pad = np.array([0.17, inner[1] - 0.14, nose - 0.04], np.float32)
        parts += [
            tube(
                np.stack([inner, (inner + pad) / 2 + [0, 0, -0.03], pad]).astype(np.float32),
                0.013,
                np.array([0, 1, 0], np.float32),
                sides=5,
            )
        ]

    hinge = outline[np.argmax(x + 0.9 * y)]
    ear = skull.ear
    wide = max(float(ear[0]), skull.side(float(hinge[1]), -0.7) + 0.05, float(hinge[0]) + 0.06)
    temple = np.array(
        [
            hinge,
            hinge + [0.06, 0.0, -0.03],
            [max(wide, hinge[0] + 0.08), hinge[1], hinge[2] - 0.22],
            [wide + 0.02, hinge[1] * 0.5 + ear[1] * 0.5, (hinge[2] + ear[2]) / 2],
            [ear[0] + 0.05, ear[1], ear[2] + 0.1],
            [ear[0], ear[1] - 0.08, ear[2] - 0.12],
            [ear[0] - 0.03, ear[1] - 0.35, ear[2] - 0.25],
        ],
        np.float32,
    )
    along = np.linspace(0, len(temple) - 1, 20)
    temple = np.stack([np.interp(along, np.arange(len(temple)), temple[:, k]) for k in range(3)], 1)
    parts.append(tube(smooth(temple, 2).astype(np.float32), shape.thick * 0.95, np.array([1, 0, 0], np.float32), sides=6, flat=0.45))

    centre = np.array([[0.52, -0.10, z0 - bend * 0.27 + 0.015]], np.float32)
    rows = np.stack([centre + (outline - centre) * t for t in (0.02, 0.55, 0.985)])
    uv = np.stack([(rows[..., 0] - 0.52) / (2.4 * half_w) + 0.5, (rows[..., 1] + 0.10) / (2.4 * half_h) + 0.5], -1)
    lens = sheet(np.concatenate([rows, rows[:, :1]], 1), uv=np.concatenate([uv, uv[:, :1]], 1)).facing(ahead)
    if rng.random() < 0.06:
        glass = _dark(rng)
    else:
        glass = _clear(rng)
    frame = colour(rng, METALS) if shape.metal else colour(rng, PLASTICS)
    whole = join(*(_both(part) for part in parts))
    return [
        skull.place.piece(
            "glasses",
            Material.GLOSS,
            whole,
            _shell(rng, frame) if not shape.metal and rng.random() < 0.25 else of_colour(frame),
            0.65,
            rigid=True,
        ),
        skull.place.piece("lenses", Material.GLASS, _both(lens), glass, 0.35, rigid=True),
    ]


def _both(mesh: Mesh) -> Mesh:
    """A mesh and its mirror image, left and right."""
    other = Mesh(mesh.points * np.array([-1, 1, 1], np.float32), np.ascontiguousarray(mesh.faces[:, ::-1]), mesh.uv)
    return join(mesh, other)


def _clear(rng: np.random.Generator) -> Texture:
    """Nearly nothing but a slanting gleam, and with some a window or a ring lamp mirrored."""
    v, u = np.mgrid[0:64, 0:64] / 63
    gleam = np.exp(-(((u * 0.8 + v * 0.6 - 0.42) / 0.07) ** 2)) + 0.7 * np.exp(-(((u * 0.8 + v * 0.6 - 0.62) / 0.03) ** 2))
    cover = 0.035 + rng.uniform(0.02, 0.09) * gleam
    mirrored, (x, y) = rng.random(), rng.uniform((0.25, 0.22), (0.6, 0.4))
    if mirrored < 0.3:  # panes
        across, down = np.abs((u - x + 0.12 * (v - y)) / 0.15), np.abs((v - y) / 0.12)
        panes = smoothstep(1.0, 0.85, across) * smoothstep(1.0, 0.85, down) * smoothstep(0.03, 0.09, across) * smoothstep(0.03, 0.1, down)
        cover = cover + rng.uniform(0.15, 0.45) * panes
    elif mirrored < 0.42:
        cover = cover + rng.uniform(0.2, 0.5) * np.exp(-(((np.hypot(u - x, v - y) - 0.09) / 0.018) ** 2))
    out = np.full((64, 64, 4), 235, np.uint8)
    out[..., 3] = np.clip(255 * cover, 0, 255)
    return out


def _dark(rng: np.random.Generator) -> Texture:
    tint = np.array([(0.05, 0.05, 0.06), (0.14, 0.08, 0.04), (0.06, 0.10, 0.07)][int(rng.integers(3))])
    out = np.zeros((64, 64, 4), np.uint8)
    out[..., :3] = tint * 255
    out[..., 3] = np.linspace(0.95, rng.uniform(0.6, 0.92), 64)[:, None] * 255
    return out


def _shell(rng: np.random.Generator, ground: Array) -> Texture:
    """Tortoiseshell."""
    spots = rng.normal(0, 1, (16, 64, 1))
    spots = (spots + np.roll(spots, 1, 1) + np.roll(spots, 2, 1)) / 1.7
    amber = np.array([0.50, 0.28, 0.10])
    return finished(np.clip(amber * (0.75 + 0.1 * spots) * (spots < 0.5) + np.array([0.13, 0.07, 0.04]) * (spots >= 0.5), 0, 1))
