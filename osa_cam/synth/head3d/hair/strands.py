"""Grows strands from the scalp and lays ribbons of hair along them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import KDTree

from osa_cam.synth.head3d.base import Array
from osa_cam.synth.head3d.hair.scalp import CENTRE, Floats, Scalp, nearest_base
from osa_cam.synth.head3d.hair.texture import CARDS
from osa_cam.synth.head3d.piece import Material, Piece
from osa_cam.synth.head3d.vectors import smoothstep, unit_length

_SMOOTH = 0.22  # size of the cells that share a normal: light falls on the shape of the hair, not on each ribbon


@dataclass(eq=False)
class Strands:
    """points: [n, k, 3] from root to tip; width: [n], of the ribbon in the middle; sparse: [n], shares 0 to 1 of thin cards."""

    points: Array
    width: Array
    sparse: Array

    def joined(self, other: Strands) -> Strands:
        """Both, with the points of the first's number."""
        points = resampled(other.points, np.ones(len(other.points), np.float32), self.points.shape[1])
        return Strands(*(np.concatenate(pair) for pair in ((self.points, points), (self.width, other.width), (self.sparse, other.sparse))))


def resampled(points: Array, end: Array, count: int) -> Array:
    """The strands up to the share `end` [n] of their points, with `count` points each."""
    n, k = points.shape[:2]
    at = np.linspace(0, 1, count)[None] * end[:, None] * (k - 1)
    low = np.clip(at.astype(int), 0, k - 2)
    f = (at - low)[..., None].astype(np.float32)
    rows = np.arange(n)[:, None]
    out: Array = points[rows, low] * (1 - f) + points[rows, low + 1] * f
    return out


def grow(
    scalp: Scalp,
    roots: Array,
    start: Array,
    comb: Array,
    length: Floats,
    height: Floats,
    *,
    combed: float = 0.5,
    gravity: float = 0.3,
    close: float = 1.0,
    steps: int = 20,
) -> Array:
    """Strands that leave `roots` [n, 3] along `start` [n, 3], are combed along the skin toward `comb` [n, 3], and fall.

    length, height: [n], of a strand and of its layer above the skin. combed: length over which the comb holds.
    close: how strongly hair that stands off further than its layer is drawn back to it. Returns [n, steps, 3].
    """
    points = [roots]
    p: Array = roots
    d: Array = start
    ds = (length / (steps - 1))[:, None]
    for k in range(1, steps):
        s = ds * k
        distance, normal = scalp.distance(p)
        along = comb - normal * (comb * normal).sum(1, keepdims=True)
        held = np.exp(-s / combed)
        pull = np.array([0, -1, 0], np.float32) * gravity * (1 - 0.6 * held)
        d = unit_length(d + ds * (2.6 * held * along + 3.0 * pull))
        p = (p + d * ds).astype(np.float32)
        distance, normal = scalp.distance(p)
        lift = height[:, None] * (1 - np.exp(-2.5 * s / (height[:, None] + 0.15)))
        short = np.maximum(lift[:, 0] - distance, 0)[:, None]
        far = np.clip((distance - lift[:, 0] - 0.02) / 0.15, 0, 1) * smoothstep(-1.0, -0.1, p[:, 1])
        p = p + normal * np.minimum(short, 0.7 * ds + 0.03)
        p = _beside_face(p)
        inward = np.minimum((d * normal).sum(1, keepdims=True), 0) * (short > 0)
        d = unit_length(d - 0.9 * normal * inward - 2.2 * close * ds * far[:, None] * normal)
        points.append(p)
    return np.stack(points, 1).astype(np.float32)


def _beside_face(p: Array) -> Array:
    """Hair that falls before the face slides to its sides."""
    before = smoothstep(-0.55, -0.25, p[:, 2]) * smoothstep(0.75, 0.2, p[:, 1]) * smoothstep(-3.2, -2.4, p[:, 1])
    wanted = before * (0.98 + 0.16 * smoothstep(0.4, -0.4, p[:, 1]))
    x = np.where(np.abs(p[:, 0]) < wanted, np.sign(p[:, 0] + 1e-6) * (0.6 * np.abs(p[:, 0]) + 0.4 * wanted), p[:, 0])
    return np.stack([x, p[:, 1], p[:, 2] - 0.02 * before], 1).astype(np.float32)


def cut(points: Array, off: NDArray[np.bool_], count: int) -> Array:
    """Strands shortened to where `off` [n, k] first holds, with `count` points each."""
    k = points.shape[1]
    first = np.where(off.any(1), off.argmax(1), k - 1)
    end = (np.maximum(first, 1) / (k - 1)).astype(np.float32)
    return resampled(points, end, count)


def frames(points: Array) -> tuple[Array, Array, Array]:
    """Along, across and outward at each point of strands."""
    along = unit_length(np.gradient(points, axis=1))
    away = points - CENTRE
    # Below the skull hair hangs round the neck, so outward is level there.
    away[..., 1] *= smoothstep(-0.8, 0.6, points[..., 1])
    away[..., 2] += 0.25 * smoothstep(0.2, -1.2, points[..., 1])
    across = unit_length(np.cross(along, away) + 1e-4)
    return along, across, np.cross(across, along).astype(np.float32)


def lengths_along(points: Array) -> Array:
    """[n, k]: the way from the root."""
    steps = np.linalg.norm(np.diff(points, axis=1), axis=2)
    return np.concatenate([np.zeros((len(points), 1), np.float32), np.cumsum(steps, 1)], 1).astype(np.float32)


def curled(points: Array, rng: np.random.Generator, *, size: float, wave: float, flat: bool, start: float = 0.25, locks: int = 60) -> Array:
    """Waves (flat) or corkscrews of that size, one turn in each `wave` of length. Neighbours share their phase by locks."""
    _, across, outward = frames(points)
    s = lengths_along(points)
    phase = rng.uniform(0, 2 * np.pi, locks)[_lock_of(points[:, 0], locks, rng)] + rng.normal(0, 0.35, len(points))
    turns = s / wave * rng.uniform(0.85, 1.15, (len(points), 1)) * 2 * np.pi + phase[:, None]
    grown = size * smoothstep(0, start, s) * rng.uniform(0.7, 1.25, (len(points), 1))
    out = points + (grown * np.sin(turns))[..., None] * across
    out += (grown * (0.3 if flat else 1.0) * np.cos(turns))[..., None] * outward
    return out.astype(np.float32)


def clumped(points: Array, rng: np.random.Generator, *, locks: int, amount: float) -> Array:
    """Tips drawn together in locks; amount: 0 to 1."""
    lock = _lock_of(points[:, 0], locks, rng)
    count = np.bincount(lock, minlength=locks)
    mean = np.zeros((locks, *points.shape[1:]), np.float32)
    np.add.at(mean, lock, points)
    mean /= np.maximum(count, 1)[:, None, None]
    share = amount * np.linspace(0, 1, points.shape[1])[None, :, None] ** 1.5
    out: Array = (points + share * (mean[lock] - points)).astype(np.float32)
    return out


def frizzy(points: Array, rng: np.random.Generator, amount: float) -> Array:
    """Each strand strays on its own, smoothly along its length."""
    n, k = points.shape[:2]
    knots = np.clip(rng.normal(0, amount, (n, 5, 3)), -2 * amount, 2 * amount).astype(np.float32)
    knots[:, 0] = 0
    return (points + resampled(knots, np.ones(n, np.float32), k)).astype(np.float32)


def tubes(centres: Array, radius: Array, sides: int = 5) -> tuple[Strands, Array]:
    """Round locks along lines [n, k, 3], as strands on their surface; radius [n, k]. Returns them and where they face."""
    _, across, away = frames(centres)
    angle = np.linspace(0, 2 * np.pi, sides, endpoint=False)[None, :, None, None]
    outward = np.cos(angle) * away[:, None] + np.sin(angle) * across[:, None]
    points = centres[:, None] + radius[:, None, :, None] * outward
    width = np.repeat(radius.mean(1) * 2 * np.pi / sides * 1.5, sides)
    n, k = centres.shape[:2]
    return Strands(
        points.reshape(n * sides, k, 3).astype(np.float32), width.astype(np.float32), np.zeros(n * sides, np.float32)
    ), outward.reshape(n * sides, k, 3).astype(np.float32)


def _lock_of(roots: Array, locks: int, rng: np.random.Generator) -> NDArray[np.intp]:
    centres = roots[rng.choice(len(roots), min(locks, len(roots)), replace=False)]
    found: NDArray[np.intp] = KDTree(centres).query(roots)[1]
    return found


def ribbons(
    name: str,
    scalp: Scalp,
    strands: Strands,
    texture: NDArray[np.uint8],
    rng: np.random.Generator,
    *,
    sway: float = 0.0,
    twist: float = 0.5,
    material: Material = Material.HAIR,
    outward: Array | None = None,
) -> Piece:
    """A card of hair along each strand. outward: [n, k, 3], where cards face; None: away from the head."""
    points, (n, k) = strands.points, strands.points.shape[:2]
    along, across, away = frames(points)
    if outward is not None:
        across = unit_length(np.cross(along, outward) + 1e-4)
        away = np.cross(across, along).astype(np.float32)
    outward = away
    turn = rng.normal(0, twist, (n, 1)) * np.linspace(0.3, 1, k)[None]
    side = across * np.cos(turn)[..., None] + outward * np.sin(turn)[..., None]
    taper = np.interp(np.linspace(0, 1, k), [0, 0.15, 0.6, 1], [0.75, 1, 1, 0.6])
    half = (0.5 * strands.width[:, None] * taper[None])[..., None] * side
    rest = np.stack([points - half, points + half], 2).reshape(-1, 3)
    first = (np.arange(n)[:, None] * 2 * k + 2 * np.arange(k - 1)[None]).ravel()
    faces = np.concatenate([np.stack([first, first + 2, first + 1], 1), np.stack([first + 1, first + 2, first + 3], 1)])
    if (
        n
        and np.mean(
            (
                np.cross(rest[faces[:, 1]] - rest[faces[:, 0]], rest[faces[:, 2]] - rest[faces[:, 0]])
                * outward.repeat(2, 1).reshape(-1, 3)[faces[:, 0]]
            ).sum(1)
            > 0
        )
        < 0.5
    ):
        faces = faces[:, ::-1]
    # What lies outside and in front is drawn first, so that the depth test spares the work on what it hides.
    middle = rest[faces].mean(1)
    faces = faces[np.argsort(-middle[:, 2] - 0.7 * np.linalg.norm(middle - CENTRE, axis=1), kind="stable")]
    thin = rng.random(n) < strands.sparse
    card = np.where(thin, rng.integers(CARDS // 2, CARDS, n), rng.integers(0, CARDS // 2, n))
    u = (card[:, None, None] + np.array([0.04, 0.96])[None, None]) / CARDS
    v = 1 - np.linspace(0.002, 0.998, k)[None, :, None]
    uv = np.stack(np.broadcast_arrays(u, v), -1).reshape(-1, 2)
    anchors = np.repeat(nearest_base(scalp, points[:, 0]), 2 * k)[:, None]
    free = smoothstep(0.2, -2.8, points[..., 1]) * smoothstep(0.3, 2.5, lengths_along(points))
    return Piece(
        name,
        material,
        scalp.world(rest),
        faces.astype(np.int32),
        uv.astype(np.float32),
        texture,
        anchors.astype(np.int32),
        np.ones((len(rest), 1), np.float32),
        gloss=0.0,
        two_sided=True,
        sways=(sway * np.repeat(free, 2, 1)).ravel().astype(np.float32),
        tangent=np.repeat(along, 2, 1).reshape(-1, 3).astype(np.float32),
        weld=cells(rest),
    )


def cells(points: Array) -> NDArray[np.int32]:
    """[v]: the number of the small cube in which each point lies."""
    cube = np.floor(points / _SMOOTH).astype(np.int64) + 64
    _, number = np.unique((cube[:, 0] * 256 + cube[:, 1]) * 256 + cube[:, 2], return_inverse=True)
    out: NDArray[np.int32] = number.astype(np.int32)
    return out
