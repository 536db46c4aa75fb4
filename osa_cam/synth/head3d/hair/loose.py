"""Loose hair: how long it is where, how it is combed and how it falls."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from osa_cam.synth.head3d.hair.cap import cap
from osa_cam.synth.head3d.hair.scalp import Floats, Scalp, angles, spread
from osa_cam.synth.head3d.hair.strands import Strands, clumped, curled, cut, frizzy, grow, resampled, ribbons
from osa_cam.synth.head3d.hair.texture import Colour, cards
from osa_cam.synth.head3d.person import Person
from osa_cam.synth.head3d.piece import Piece
from osa_cam.synth.head3d.vectors import smoothstep, unit_length

_WHORL = unit_length(np.array([0.12, 0.85, -0.65], np.float32))
_UNDERCUT = 27.0  # elevation in degrees up to which the sides are shaved
_BROWS = 0.52  # a fringe ends above


@dataclass(frozen=True)
class Groom:
    """Loose hair. Lengths and heights in face units (6 cm); weights of the comb add up as they like.

    top, sides, back: lengths; fringe: of the hair over the forehead, None: as the top.
    crown: combed away from the whorl; sideways: from the parting at x = part; backward: to the back; swept: the front to one side.
    lift: how steeply hair leaves the skin, 0 to 1; front_lift: more of it over the forehead. height: of the uppermost layer.
    ends: y where it is cut straight, None: each strand at its own length. bangs: the front is combed down and cut above the brows.
    bald: elevation in degrees above which nothing grows. undercut: the sides are shaved.
    """

    top: float
    sides: float
    back: float
    fringe: float | None = None
    crown: float = 1.0
    sideways: float = 0.0
    backward: float = 0.0
    swept: float = 0.0
    part: float = 0.0
    lift: float = 0.35
    front_lift: float = 0.0
    height: float = 0.16
    combed: float = 0.5
    gravity: float = 0.3
    close: float = 1.0
    bald: float | None = None
    undercut: bool = False
    ends: float | None = None
    bangs: bool = False
    count: int = 650
    steps: int = 14
    width: float = 0.17
    curl: float = 0.0
    wave: float = 0.6
    flat: bool = True
    frizz: float = 0.02
    clump: float = 0.35
    locks: int = 90
    sway: float = 0.0
    shells: tuple[float, ...] = (0.02,)


def loose(person: Person, scalp: Scalp, colour: Colour, g: Groom) -> list[Piece]:
    rng = person.rng("strands")
    directions = spread(int(g.count * 1.8), rng)
    directions = directions[scalp.inside(directions) > 0.07]
    directions = directions[: g.count * 2]
    azimuth, elevation = angles(directions)
    if g.bald is not None:
        directions = directions[elevation < g.bald + rng.normal(0, 3, len(directions))]
    if g.undercut:
        directions = directions[elevation > _UNDERCUT + rng.normal(0, 1.5, len(directions)) - 10 * (azimuth > 120)]
    inside = scalp.inside(directions)
    azimuth, elevation = angles(directions)
    roots = scalp.on_skin(directions)
    _, normal = scalp.distance(roots)
    normal = unit_length(normal + directions)
    n = len(roots)

    high = smoothstep(2, 34, elevation)
    behind = smoothstep(95, 135, azimuth)
    front = (
        smoothstep(1.1 if g.bangs else 0.75, 0.35 if g.bangs else 0.1, inside) * smoothstep(62, 45, azimuth) * smoothstep(15, 25, elevation)
    )
    length = g.sides + (g.back - g.sides) * behind
    length = length + (g.top - length) * high
    if g.fringe is not None:
        length = length + (g.fringe - length) * front
    length = length * rng.uniform(0.82, 1.1, n)
    # Short beside a parting and along the hairline, where the lowest layer shows.
    level = np.sqrt(rng.random(n)) * (0.35 + 0.65 * smoothstep(0.05, 0.5, inside))

    side = np.where(roots[:, 0] + rng.normal(0, 0.015, n) > g.part, 1.0, -1.0)[:, None]
    away = unit_length(directions - _WHORL * (directions @ _WHORL)[:, None])
    away = unit_length(away + 0.25 * np.cross(_WHORL, directions))
    across = np.concatenate([side, np.full((n, 1), -0.3), np.where(directions[:, 2:] > 0.3, -0.15, -0.35)], 1)
    comb: Floats = g.crown * away + g.sideways * across + g.backward * np.array([0, -0.1, -1.0])
    comb = comb + front[:, None] * g.swept * np.array([1.0, 0.1, -0.1])
    if g.bangs:
        comb = comb * (1 - front[:, None]) + front[:, None] * np.stack([0.3 * directions[:, 0], np.full(n, -0.6), np.full(n, 1.0)], 1) * 1.3
    comb = unit_length(comb + rng.normal(0, 0.07, (n, 3)))
    lift = np.clip(g.lift * (0.5 + 0.5 * smoothstep(0, 30, elevation)) + g.front_lift * front, 0, 1)[:, None]
    along = unit_length(comb - normal * (comb * normal).sum(1, keepdims=True))
    start = unit_length(along * (1 - lift) + normal * lift)
    height: Floats = g.height * level * (0.55 + 0.45 * smoothstep(-15, 40, elevation)) + 0.02
    points = grow(
        scalp, roots - 0.02 * normal, start, comb, length, height, combed=g.combed, gravity=g.gravity, close=g.close, steps=max(g.steps, 18)
    )
    if g.clump:
        points = clumped(points, rng, locks=g.locks, amount=g.clump)
    if g.curl:
        points = curled(
            resampled(points, np.ones(n, np.float32), max(g.steps, 18)), rng, size=g.curl, wave=g.wave, flat=g.flat, locks=g.locks
        )
    points = frizzy(points, rng, g.frizz)
    off = np.zeros(points.shape[:2], bool)
    ragged = rng.normal(0, 0.035, (n, 1))
    if g.ends is not None:
        off |= points[..., 1] < g.ends + ragged
    before = (points[..., 2] > -0.45) & (np.abs(points[..., 0]) < 0.98) & (points[..., 1] < _BROWS + ragged + 0.12 * np.abs(points[..., 0]))
    off |= before
    points = cut(points, off, g.steps)
    sparse = np.clip(0.12 + 0.5 * level + 0.5 * smoothstep(0.25, 0.08, inside), 0, 0.8)
    if g.bangs:
        sparse *= 1 - 0.8 * front
    width = g.width * (0.45 + 0.55 * smoothstep(0.05, 0.35, inside)) * rng.uniform(0.75, 1.25, n)
    strands = Strands(points, width.astype(np.float32), sparse.astype(np.float32))
    part = g.part if g.sideways > g.crown else None
    shells = cap(
        scalp,
        colour,
        person.rng("cap"),
        heights=list(g.shells),
        part=part,
        dark=0.62 if g.top > 0.25 else 0.85,
        bald=g.bald,
        stubble=g.undercut,
    )
    return [*shells, ribbons("hair", scalp, strands, cards(person, colour), rng, sway=g.sway)]
