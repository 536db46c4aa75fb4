"""Hats, caps and hair bands, and who wears one."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from osa_cam.synth.head3d.person import Person
from osa_cam.synth.head3d.piece import Material, Piece
from osa_cam.synth.head3d.vectors import unit_length
from osa_cam.synth.head3d.wear import fabric
from osa_cam.synth.head3d.wear.crown import UP, above, brim_of, circle, crown_of, rigid, rim_of, surface, sweatband, upright
from osa_cam.synth.head3d.wear.fabric import BRIGHT, DARK, DENIM, LIGHT, MUTED, Colour, colour
from osa_cam.synth.head3d.wear.scarf import turban
from osa_cam.synth.head3d.wear.shape import Array, Mesh, Texture, dome, join, sheet, smooth, tube
from osa_cam.synth.head3d.wear.skull import Skull


def cap(skull: Skull, rng: np.random.Generator) -> list[Piece]:
    """A baseball cap, its peak before (seldom behind)."""
    ground = colour(rng, DARK, BRIGHT, MUTED, LIGHT, DENIM)
    backward = rng.random() < 0.12
    front, back = (0.72, 0.1) if not backward else (0.55, 0.35)
    rim = rim_of(skull, front + rng.uniform(-0.04, 0.08), back, 0.13)
    turn = circle()
    before = np.clip(np.cos(turn), 0, 1) ** 2
    if backward:
        before = before[::-1] * 0
    clear = 0.14 + 0.13 * np.sin(np.linspace(0, np.pi, 12))[:, None] * (0.4 + before[None])
    points = crown_of(skull, rim, clear, 12, 0.06)
    pieces = [rigid(skull, "cap", upright(surface(skull, points)), _seams(rng, ground, 6))]
    peak_colour = ground if rng.random() < 0.7 else colour(rng, DARK, BRIGHT)
    way = np.pi if backward else 0.0
    arc = np.linspace(-1.05, 1.05, 33)
    at = np.stack([np.interp((arc + way) % (2 * np.pi), turn, rim[:, k]) for k in range(3)], 1)
    length = rng.uniform(0.95, 1.15) * np.sqrt(np.maximum(1 - (arc / 1.05) ** 2, 0)) ** 0.8
    ahead = np.array([np.sin(way), 0, np.cos(way)])
    t = np.linspace(0, 1, 7)[None, :, None]
    curve = rng.uniform(0.10, 0.26)
    reach = at[:, None] + t * length[:, None, None] * (ahead + np.array([0, -0.16, 0]))
    reach[..., 1] -= curve * (t[..., 0] * (0.3 + (arc / 1.05) ** 2)[:, None]) - 0.02
    lower = reach[:, ::-1] - [0, 0.045, 0]
    peak = sheet(np.concatenate([reach, lower], 1).astype(np.float32))
    pieces.append(
        rigid(skull, "peak", peak.facing(np.tile(above(7), (len(arc), 1))), fabric.finished(fabric.plain(rng, peak_colour)[:64, :256]))
    )
    pieces.append(rigid(skull, "cap button", dome(points[-1, 0] - [0, 0.01, 0], UP, 0.07, 0.05), fabric.of_colour(peak_colour)))
    if rng.random() < 0.55:
        pieces.append(_badge(skull, rng, points, ground, way))
    return pieces


def _seams(rng: np.random.Generator, ground: Colour, panels: int, around: int = 512) -> Texture:
    """Cloth in panels, by azimuth and height."""
    cloth = fabric.plain(rng, ground)[:128, :around]
    u = np.linspace(0, panels, around, endpoint=False) % 1
    line = np.exp(-((np.minimum(u, 1 - u) / 0.02) ** 2))
    stitched = cloth * (1 - 0.35 * line)[None, :, None]
    return fabric.finished(stitched)


def _badge(skull: Skull, rng: np.random.Generator, points: Array, ground: Colour, way: float) -> Piece:
    """Embroidery on the front, lying just above the crown."""
    mesh = upright(sheet(points[1:7, [*range(-7, -1), *range(0, 8)]] if not way else points[1:7, 25:40]))
    _, normals = mesh.points, unit_length(mesh.points - skull.middle)
    lifted = Mesh((mesh.points + 0.015 * normals).astype(np.float32), mesh.faces, mesh.uv).facing(normals)
    v, u = np.mgrid[0:64, 0:96] / np.array([63, 95])[:, None, None]
    x, y = (u - 0.5) * 2.4, (v - 0.52) * 1.6
    kind = int(rng.integers(3))
    if kind == 0:
        on = np.abs(np.hypot(x, y * 1.2) - 0.42) < 0.13
    elif kind == 1:
        on = (np.abs(y) < 0.36) & (np.abs(((x + 0.8) % 0.45) - 0.2) < 0.13) & (np.abs(x) < 0.68)
    else:
        on = (np.abs(x) + np.abs(y) * 1.4 < 0.55) & (np.abs(x) + np.abs(y) * 1.4 > 0.22)
    paint = fabric.contrast(rng, ground)
    texture = np.zeros((64, 96, 4), np.uint8)
    texture[..., :3] = np.clip(paint * 255 * (1 + 0.06 * np.sin(u[..., None] * 300)), 0, 255)
    texture[..., 3] = 255 * on
    return rigid(skull, "badge", lifted, texture)


def beanie(skull: Skull, rng: np.random.Generator) -> list[Piece]:
    ground = colour(rng, DARK, MUTED, BRIGHT, LIGHT)
    rim = rim_of(skull, rng.uniform(0.52, 0.68), rng.uniform(-0.2, 0.05), 0.13)
    slack = rng.uniform(0.04, 0.3)
    clear = 0.14 + slack * 0.5 * np.linspace(0, 1, 12)[:, None] ** 2
    points = crown_of(skull, rim, clear, 12, slack)
    ribs = int(rng.choice([40, 56, 72]))
    texture = fabric.ribbed(rng, ground, ribs)
    pieces = [rigid(skull, "beanie", upright(surface(skull, points)), texture)]
    trim = ground if rng.random() < 0.75 else colour(rng, DARK, BRIGHT, LIGHT)
    pieces.append(rigid(skull, "cuff", sweatband(rim, skull, rng.uniform(0.38, 0.5), 0.10), fabric.ribbed(rng, trim * 0.97, ribs)))
    if rng.random() < 0.2:
        ball = dome(points[-1, 0] + [0, 0.16, 0], UP, 0.3, 0.3, 8, 18)
        under = dome(points[-1, 0] + [0, 0.16, 0], -UP, 0.3, 0.3, 8, 18)
        fluff = join(ball, under)
        bumps = 1 + 0.06 * rng.standard_normal((len(fluff.points), 1))
        middle = points[-1, 0] + [0, 0.16, 0]
        pieces.append(
            rigid(
                skull,
                "bobble",
                Mesh(((fluff.points - middle) * bumps + middle).astype(np.float32), fluff.faces, fluff.uv),
                fabric.of_colour(trim),
            )
        )
    return pieces


def hat(skull: Skull, rng: np.random.Generator) -> list[Piece]:
    """A felt or straw hat with a brim all round."""
    straw = rng.random() < 0.45
    ground = np.array([0.82, 0.70, 0.48]) * rng.uniform(0.85, 1.1) if straw else colour(rng, DARK, MUTED)
    rim = rim_of(skull, rng.uniform(0.72, 0.85), 0.35, 0.13)
    points = crown_of(skull, rim, 0.14, 14, rng.uniform(0.0, 0.16), 0.75)
    # A crease from front to back, and a pinch before.
    x, z = points[..., 0] - skull.middle[0], points[..., 2] - skull.middle[2]
    top = np.clip((points[..., 1] - skull.crown + 0.25) / 0.3, 0, 1)
    points[..., 1] -= 0.22 * top * np.exp(-((x / 0.32) ** 2))
    points[..., 0] *= 1 - 0.16 * top * np.exp(-(((z - 0.8) / 0.5) ** 2))
    ways = points - skull.middle
    short = 1 - np.linalg.norm(ways, axis=-1) / (skull.radius(ways) + 0.08)
    points = points + np.maximum(short, 0)[..., None] * ways / np.maximum(1 - short, 0.2)[..., None]
    cloth = fabric.knit(rng, ground) if straw else fabric.plain(rng, ground, 0.015)
    texture = fabric.finished(cloth[:256, :512])
    turn = circle()
    width = rng.uniform(0.7, 1.15) * (1 + 0.12 * np.cos(turn) ** 2)
    brim = brim_of(skull, rim, width, 0.06 + 0.16 * np.cos(turn) ** 2, rng.uniform(0, 0.12))
    ribbon = colour(rng, DARK, BRIGHT)
    return [
        rigid(skull, "hat", upright(surface(skull, points)), texture),
        rigid(skull, "brim", brim, texture),
        rigid(skull, "ribbon", sweatband(rim, skull, 0.26, 0.05), fabric.of_colour(ribbon)),
    ]


def bucket_hat(skull: Skull, rng: np.random.Generator) -> list[Piece]:
    ground = colour(rng, MUTED, LIGHT, DARK, DENIM)
    rim = rim_of(skull, 0.72, 0.4, 0.14)
    points = crown_of(skull, rim, 0.14, 12, 0.05, 0.6)
    texture = fabric.finished(
        (fabric.plain(rng, ground) if rng.random() < 0.7 else fabric.checks(rng, ground, fabric.contrast(rng, ground)))[:256, :512]
    )
    stitched = texture.copy()
    stitched[::24, :, :3] = (stitched[::24, :, :3] * 0.8).astype(np.uint8)
    brim = brim_of(skull, rim, rng.uniform(0.5, 0.65), rng.uniform(0.75, 1.1))
    return [rigid(skull, "bucket hat", upright(surface(skull, points)), texture), rigid(skull, "brim", upright(brim), stitched)]


def hair_band(skull: Skull, rng: np.random.Generator) -> list[Piece]:
    angle = np.linspace(-1.75, 1.75, 48)
    tilt = 0.35
    ways = np.stack([np.sin(angle), np.cos(angle) * np.cos(tilt), np.cos(angle) * np.sin(tilt)], 1).astype(np.float32)
    path = skull.middle + ways * (skull.radius(ways) + 0.12)[:, None]
    wide = rng.uniform(0.05, 0.13)
    mesh = tube(smooth(path, 4).astype(np.float32), np.full(len(path), wide, np.float32), np.array([0, 0, 1], np.float32), sides=8)
    out = unit_length(path - skull.middle)
    spread = mesh.points.reshape(len(path), -1, 3) - path[:, None]
    up = (spread * out[:, None]).sum(-1, keepdims=True) * out[:, None]
    flat = path[:, None] + spread - up * (1 - min(1.0, 0.05 / wide))
    ground = colour(rng, BRIGHT, DARK, LIGHT)
    return [
        rigid(
            skull,
            "hair band",
            Mesh(flat.reshape(-1, 3).astype(np.float32), mesh.faces, mesh.uv),
            fabric.of_colour(ground),
            Material.GLOSS if rng.random() < 0.4 else Material.CLOTH,
            0.4,
        )
    ]


HATS: dict[str, tuple[Callable[[Skull, np.random.Generator], list[Piece]], str]] = {  # and what they do to the hair
    "cap": (cap, "cap"),
    "beanie": (beanie, "beanie"),
    "hat": (hat, "hat"),
    "bucket hat": (bucket_hat, "hat"),
    "turban": (turban, "scarf"),
}


def headwear_of(person: Person) -> str | None:
    """A key of HATS, "head scarf", "hair band" or None."""
    rng = person.rng("headwear")
    draw, kind = rng.random(), rng.random()
    if person.sex < 0.4 and draw < 0.075 and person.age > 12:
        return "head scarf"
    if person.sex < 0.4 and draw < 0.12:
        return "hair band"
    if draw < 0.88:
        return None
    names = ("cap", "beanie", "hat", "bucket hat", "turban")
    odds = (0.45, 0.27, 0.11, 0.1, 0.12 if person.sex > 0.6 and person.age > 16 else 0.0)
    return str(names[int(np.searchsorted(np.cumsum(odds) / sum(odds), kind))])
