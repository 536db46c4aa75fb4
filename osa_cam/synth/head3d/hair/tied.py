"""Hair that is gathered: ponytails, buns, braids, locks."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray

from osa_cam.synth.head3d.base import Array
from osa_cam.synth.head3d.hair.cap import cap
from osa_cam.synth.head3d.hair.scalp import Scalp, angles, spread
from osa_cam.synth.head3d.hair.strands import Strands, clumped, curled, frizzy, grow, resampled, ribbons, tubes
from osa_cam.synth.head3d.hair.texture import Colour, cards
from osa_cam.synth.head3d.person import Person
from osa_cam.synth.head3d.piece import Piece
from osa_cam.synth.head3d.vectors import smoothstep, unit_length


def _direction(azimuth: float, elevation: float) -> Array:
    """Degrees; azimuth 180 is behind."""
    a, e = np.radians([azimuth, elevation])
    return np.array([np.sin(a) * np.cos(e), np.sin(e), np.cos(a) * np.cos(e)], np.float32)


def _gathered(scalp: Scalp, directions: Array, tie: Array, rng: np.random.Generator, height: float, steps: int = 12) -> Strands:
    """Strands from the scalp along the shortest way to where they are tied: directions [n, 3] of the roots, tie [3]."""
    angle = np.arccos(np.clip(directions @ tie, -0.999, 0.999))[:, None, None]
    t = np.linspace(0, 1, steps)[None, :, None]
    way = (np.sin((1 - t) * angle) * directions[:, None] + np.sin(t * angle) * tie) / np.sin(angle)
    way = unit_length(way)
    level = (height * np.sqrt(rng.random(len(directions))))[:, None] * np.sin(np.pi * np.clip(t[..., 0] * 0.9 + 0.02, 0, 1)) ** 0.6
    points = scalp.on_skin(way, 0.015 + level)
    for _ in range(2):  # over the ears
        distance, normal = scalp.distance(points.reshape(-1, 3))
        points += (normal * np.clip(0.02 - distance, 0, 0.12)[:, None]).reshape(points.shape)
    points = frizzy(points.astype(np.float32), rng, 0.012)
    inside = scalp.inside(directions)
    sparse = np.clip(0.1 + 0.6 * smoothstep(0.25, 0.06, inside), 0, 0.7)
    width = 0.17 * (0.36 + 0.64 * smoothstep(0.05, 0.45, inside)) * rng.uniform(0.8, 1.2, len(directions))
    return Strands(points, width.astype(np.float32), sparse.astype(np.float32))


def _scalp_roots(scalp: Scalp, rng: np.random.Generator, count: int = 1100) -> Array:
    directions = spread(count, rng)
    out: Array = directions[scalp.inside(directions) > 0.06]
    return out


def _tail(
    scalp: Scalp, tie: Array, rng: np.random.Generator, length: float, *, count: int = 150, curl: float = 0.0, up: float = 0.5
) -> Strands:
    """What hangs from a tie."""
    at = scalp.on_skin(tie[None], 0.12)[0]
    outward = unit_length(tie + np.array([0, up, 0], np.float32))
    side = unit_length(np.cross(outward, [1.0, 0.2, 0.0]))
    disk = rng.normal(0, 0.07, (count, 2))
    roots = at + disk[:, :1] * side + disk[:, 1:] * np.cross(outward, side)
    start = unit_length(outward + 1.6 * (roots - at) + rng.normal(0, 0.12, (count, 3)))
    lengths = length * rng.uniform(0.75, 1.08, count)
    points = grow(
        scalp,
        roots.astype(np.float32),
        start,
        np.tile(outward, (count, 1)),
        lengths,
        0.12 + 0.15 * rng.random(count),
        combed=0.25,
        gravity=1.1,
        close=0,
        steps=22,
    )
    points = clumped(points, rng, locks=10, amount=0.5)
    if curl:
        points = curled(resampled(points, np.ones(count, np.float32), 30), rng, size=curl, wave=0.8, flat=False, locks=20)
    points = frizzy(points, rng, 0.03)
    return Strands(points, np.full(count, 0.15, np.float32), np.full(count, 0.25, np.float32))


def _bun(scalp: Scalp, tie: Array, rng: np.random.Generator, radius: float) -> tuple[Strands, Array]:
    """Hair wound into a ball."""
    n, k = 90, 16
    centre = scalp.on_skin(tie[None], 0.62 * radius)[0]
    axis = unit_length(tie + 0.45 * rng.normal(0, 1, (n, 3)))
    first = unit_length(np.cross(axis, unit_length(rng.normal(0, 1, (n, 3)))))
    second = np.cross(axis, first)
    turn = (np.linspace(0, 1, k)[None] * rng.uniform(2.5, 5.0, (n, 1)))[..., None]
    tilt = rng.uniform(-0.5, 0.7, (n, 1, 1))
    ball = unit_length(np.cos(turn) * first[:, None] + np.sin(turn) * second[:, None] + tilt * axis[:, None])
    flat = ball - 0.22 * tie * (ball @ tie)[..., None]
    points = centre + radius * rng.uniform(0.88, 1.03, (n, 1, 1)) * flat
    strands = Strands(frizzy(points.astype(np.float32), rng, 0.015), np.full(n, 0.2, np.float32), np.full(n, 0.1, np.float32))
    return strands, ball.astype(np.float32)


def _braid(scalp: Scalp, root: Array, outward: Array, rng: np.random.Generator, length: float, radius: float) -> tuple[Strands, Array]:
    """Three locks that cross over each other along a hanging line."""
    k = 56
    line = grow(
        scalp,
        root[None],
        unit_length(outward)[None],
        unit_length(outward)[None],
        np.array([length]),
        np.array([2.0 * radius]),
        combed=0.15,
        gravity=1.3,
        close=0,
        steps=30,
    )
    line = resampled(line, np.ones(1, np.float32), k)
    from_head = unit_length(np.gradient(line, axis=1))
    away = line - np.array([0, 0, -1.3], np.float32)
    away[..., 1] = 0
    across = unit_length(np.cross(from_head, away))
    front = np.cross(across, from_head)
    s = np.linspace(0, length, k)[None]
    thin = np.interp(s, [0, 0.15, 0.8 * length, length], [0.6, 1, 0.85, 0.45])
    locks = []
    for third in range(3):
        phase = 2 * np.pi * (s / (5.2 * radius) + third / 3)
        locks.append(
            line + (radius * thin)[..., None] * (1.05 * np.sin(phase)[..., None] * across + 0.6 * np.sin(2 * phase)[..., None] * front)
        )
    return tubes(np.concatenate(locks).astype(np.float32), np.repeat(0.72 * radius * thin, 3, 0).astype(np.float32), 6)


def _shell(person: Person, scalp: Scalp, colour: Colour, tie: Array, heights: tuple[float, ...] = (0.015, 0.035)) -> list[Piece]:
    return cap(scalp, colour, person.rng("cap"), heights=list(heights), pole=tie, dark=0.7)


def _ponytail(person: Person, scalp: Scalp, colour: Colour, *, curly: bool = False) -> list[Piece]:
    rng = person.rng("strands")
    tie = _direction(180, float(rng.uniform(-8, 48)))
    texture = cards(person, colour)
    scalp_hair = _gathered(scalp, _scalp_roots(scalp, rng), tie, rng, 0.1)
    tail = _tail(scalp, tie, rng, float(rng.uniform(2.2, 4.2)), curl=0.1 if curly else 0.0)
    return [
        *_shell(person, scalp, colour, tie),
        ribbons("hair", scalp, scalp_hair, texture, rng),
        ribbons("tail", scalp, tail, texture, rng, sway=0.9),
    ]


def _buns(
    person: Person, scalp: Scalp, colour: Colour, ties: list[tuple[float, float]], radius: float, above: float | None = None
) -> list[Piece]:
    """above: elevation in degrees below which the head is shaved."""
    rng = person.rng("strands")
    directions = _scalp_roots(scalp, rng)
    if above is not None:
        azimuth, elevation = angles(directions)
        directions = directions[elevation > above - 12 * (azimuth > 120)]
    places = [_direction(*tie) for tie in ties]
    nearest = np.argmax(np.stack([directions @ place for place in places], 1), 1)
    if len(places) == 2:
        nearest = (directions[:, 0] < 0).astype(int)
    texture = cards(person, colour)
    pieces = (
        _shell(person, scalp, colour, places[0])
        if above is None
        else cap(scalp, colour, person.rng("cap"), heights=[0.012, 0.03, 0.05], stubble=True)
    )
    for k, place in enumerate(places):
        size = radius * float(rng.uniform(0.9, 1.15))
        ball, facing = _bun(scalp, place, rng, size)
        pieces.append(ribbons(f"hair {k}", scalp, _gathered(scalp, directions[nearest == k], place, rng, 0.1), texture, rng))
        pieces.append(ribbons(f"bun {k}", scalp, ball, texture, rng, outward=facing, twist=0.15))
    return pieces


def _braids(person: Person, scalp: Scalp, colour: Colour, *, two: bool) -> list[Piece]:
    rng = person.rng("strands")
    directions = _scalp_roots(scalp, rng)
    texture = cards(person, colour)
    places = [_direction(128, -24), _direction(-128, -24)] if two else [_direction(180, -22)]
    pieces = _shell(person, scalp, colour, places[0])
    for k, place in enumerate(places):
        mine: NDArray[np.bool_] = (directions[:, 0] > 0) == (k == 0) if two else np.ones(len(directions), bool)
        root = scalp.on_skin(place[None], 0.05)[0]
        strands, facing = _braid(
            scalp, root, place + np.array([0.0, 0, 0.35 if two else 0], np.float32), rng, float(rng.uniform(2.6, 3.6)), 0.15 if two else 0.2
        )
        pieces.append(ribbons(f"hair {k}", scalp, _gathered(scalp, directions[mine], place, rng, 0.1), texture, rng))
        pieces.append(ribbons(f"braid {k}", scalp, strands, texture, rng, outward=facing, twist=0.0, sway=0.6))
    return pieces


def _locks(person: Person, scalp: Scalp, colour: Colour) -> list[Piece]:
    """Dreadlocks."""
    rng = person.rng("strands")
    directions = _scalp_roots(scalp, rng, 230)
    n = len(directions)
    roots = scalp.on_skin(directions)
    side = np.sign(directions[:, :1] + rng.normal(0, 0.1, (n, 1)))
    comb = unit_length(np.concatenate([0.8 * side, np.full((n, 1), 0.1), np.full((n, 1), -0.8)], 1))
    start = unit_length(directions + 0.5 * comb)
    length = float(rng.uniform(1.6, 3.4)) * rng.uniform(0.75, 1.1, n)
    lines = grow(scalp, roots, start, comb, length, 0.08 + 0.3 * rng.random(n), combed=0.5, gravity=0.9, steps=18)
    lines = frizzy(lines, rng, 0.07)
    radius = 0.075 * rng.uniform(0.8, 1.2, (n, 1)) * (1 + 0.14 * rng.normal(0, 1, lines.shape[:2]))
    strands, facing = tubes(lines, radius.astype(np.float32), 4)
    texture = cards(person, colour)
    return [
        *_shell(person, scalp, colour, _direction(180, 40), (0.02,)),
        ribbons("locks", scalp, strands, texture, rng, outward=facing, twist=0.1, sway=0.3),
    ]


TIED: dict[str, Callable[[Person, Scalp, Colour], list[Piece]]] = {
    "ponytail": _ponytail,
    "curly ponytail": partial(_ponytail, curly=True),
    "high bun": partial(_buns, ties=[(180, 62)], radius=0.5),
    "low bun": partial(_buns, ties=[(180, -12)], radius=0.45),
    "space buns": partial(_buns, ties=[(75, 52), (-75, 52)], radius=0.4),
    "top knot": partial(_buns, ties=[(180, 78)], radius=0.32, above=22.0),
    "braid": partial(_braids, two=False),
    "two braids": partial(_braids, two=True),
    "dreadlocks": _locks,
}
