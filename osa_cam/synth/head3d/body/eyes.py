"""Eyes: the balls, the film of tears with the lid's shadow on it, lashes, and lids that slide over the ball instead of through it."""

from __future__ import annotations

import colorsys
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from osa_cam.synth.head3d.base import Array, base, face_unit
from osa_cam.synth.head3d.person import Person
from osa_cam.synth.head3d.piece import Assembly, Indices, Material, Piece

EYES = ("left eye", "right eye")
# Lengths below are shares of the radius on which lids lie.
BALL = 0.965
CORNEA = 0.033  # how far it stands out: its curvature is 1.5 times the ball's
FILM = 1.012
LID = 1.03
IRIS_RADIUS = 0.385
PUPIL_RADIUS = 0.15
_DRAWN_IRIS = 0.56  # of anime's
_IRISES = np.array([[0.30, 0.17, 0.08], [0.19, 0.11, 0.06], [0.36, 0.50, 0.62], [0.40, 0.47, 0.28], [0.47, 0.35, 0.16], [0.46, 0.51, 0.53]])
_EUROPEAN, _OTHERS = (0.26, 0.2, 0.22, 0.12, 0.1, 0.1), (0.33, 0.6, 0.01, 0.01, 0.05, 0.0)


@dataclass(frozen=True, eq=False)
class Rims:
    """Edges of the lids of one eye: base vertices from the inner to the outer corner, both corners in each.

    upper, lower: where lids touch the ball. upper_edge, lower_edge: the edge in front, where lashes grow.
    """

    upper: Indices
    lower: Indices
    upper_edge: Indices
    lower_edge: Indices


@cache
def rims(side: str) -> Rims:
    """side: one of EYES. The socket has an island of its own in the texture; its border lies behind the lids' edges."""
    mesh = base()
    corners = mesh.groups["body"]
    u = mesh.uvs[corners[..., 1]][..., 0]
    faces = corners[..., 0]
    head, socket = faces[u.min(1) > 0.6], faces[u.max(1) < 0.16]  # the face's island, and the two of the sockets
    sign = 1 if side == EYES[0] else -1
    behind = np.intersect1d(head, socket)
    behind = behind[mesh.vertices[behind, 0] * sign > 0]

    def around(ring: NDArray[np.int32], inner: NDArray[np.int32]) -> NDArray[np.int32]:
        return np.setdiff1d(head[np.isin(head, ring).any(1)], np.union1d(ring, inner))

    def halves(ring: NDArray[np.int32]) -> tuple[Indices, Indices]:
        points = mesh.vertices[ring] * [sign, 1, 1]
        inner, outer = points[points[:, 0].argmin()], points[points[:, 0].argmax()]
        centre = (inner + outer) / 2
        angle = np.arctan2(points[:, 1] - centre[1], points[:, 0] - centre[0])
        start, end = (float(np.arctan2(p[1] - centre[1], p[0] - centre[0])) for p in (inner, outer))
        upper = ring[np.argsort(-((angle - end) % (2 * np.pi)))]
        above = (angle[np.argsort(-((angle - end) % (2 * np.pi)))] - end) % (2 * np.pi) <= (start - end) % (2 * np.pi) + 1e-9
        below = ring[np.argsort((angle - start) % (2 * np.pi))]
        below_end = (angle[np.argsort((angle - start) % (2 * np.pi))] - start) % (2 * np.pi) <= (end - start) % (2 * np.pi) + 1e-9
        return upper[above].astype(np.int32), below[below_end].astype(np.int32)

    touching = around(behind, behind)
    edge = around(touching, behind)
    return Rims(*halves(touching), *halves(edge))


def eye_place(vertices: Array, side: str) -> tuple[Array, float]:
    """Centre and radius of the sphere on which the person's lids lie, so that no gap opens between lid and ball."""
    ball = vertices[base().indices(f"helper-{side[0]}-eye")]
    centre = ball.mean(0).astype(np.float64)
    radius = float(np.linalg.norm(ball - centre, axis=1).mean())
    lids = rims(side)
    rim = vertices[np.concatenate([lids.upper[2:-2], lids.lower[2:-2]])]
    for _ in range(8):
        off = rim - centre
        distance = np.linalg.norm(off, axis=1)
        centre[2] += float(np.mean((distance - LID * radius) * distance / off[:, 2]))
    return centre.astype(np.float32), radius


def wears_make_up(person: Person) -> bool:
    return bool(person.sex < 0.35 and person.age > 15 and person.rng("make-up").uniform() < 0.6)


def eye_pieces(person: Person, vertices: Array) -> list[Piece]:
    """vertices: the person's rest shape."""
    texture = _drawn_ball(person) if person.style == "anime" else _ball_texture(person)
    pieces = [_ball(vertices, side, texture) for side in EYES]
    pieces += [_film(vertices, side) for side in EYES]
    return pieces + [_lashes(person, vertices, side) for side in EYES]


def _ball(vertices: Array, side: str, texture: NDArray[np.uint8]) -> Piece:
    """Its pole is in front, so that its texture is (angle, angle from the pole)."""
    centre, radius = eye_place(vertices, side)
    edge = np.arcsin(IRIS_RADIUS)
    rings = np.concatenate([np.linspace(0, edge, 9), np.linspace(edge, 0.7 * np.pi, 12)[1:]])
    spokes = np.linspace(0, 2 * np.pi, 33)
    polar, around = (a.ravel() for a in np.meshgrid(rings, spokes, indexing="ij"))
    bulge = BALL + CORNEA * np.clip(1 - (polar / (1.15 * edge)) ** 2, 0, 1)
    unit = np.stack([np.sin(polar) * np.cos(around), np.sin(polar) * np.sin(around), np.cos(polar)], 1) * bulge[:, None]
    faces = _grid_faces(len(rings), len(spokes))
    uv = np.stack([around / (2 * np.pi), 1 - polar / np.pi], 1)
    count = len(unit)
    return Piece(
        side,
        Material.EYE,
        (centre + radius * unit).astype(np.float32),
        faces,
        uv.astype(np.float32),
        texture,
        np.zeros((count, 1), np.int32),
        np.zeros((count, 1), np.float32),
        gloss=0.6,
        weld=_grid_weld(len(rings), len(spokes)),
    )


def _grid_faces(rows: int, columns: int) -> Indices:
    a = (np.arange(rows - 1)[:, None] * columns + np.arange(columns - 1)).ravel()
    out: Indices = np.concatenate([np.stack([a, a + columns, a + columns + 1], 1), np.stack([a, a + columns + 1, a + 1], 1)]).astype(
        np.int32
    )
    return out


def _grid_weld(rings: int, spokes: int) -> Indices:
    """The last spoke lies on the first, and the whole first ring on the pole."""
    weld = np.arange(rings * spokes, dtype=np.int32).reshape(rings, spokes)
    weld[:, -1] = weld[:, 0]
    weld[0] = 0
    return weld.ravel()


def _ring_noise(rng: np.random.Generator, rows: int, columns: int, along: float, across: float) -> NDArray[np.float64]:
    """Smooth noise of deviation 1 that closes round the columns; scales in texels."""
    noise = np.fft.fft2(rng.normal(0, 1, (rows, columns)))
    fy, fx = np.fft.fftfreq(rows)[:, None], np.fft.fftfreq(columns)[None]
    smooth = np.real(np.fft.ifft2(noise * np.exp(-2 * (np.pi * along * fy) ** 2 - 2 * (np.pi * across * fx) ** 2)))
    out: NDArray[np.float64] = smooth / smooth.std()
    return out


def _ball_texture(person: Person, rows: int = 512, columns: int = 256) -> NDArray[np.uint8]:
    """Rows run from the pole (row 0) back. Coverage 0.8 marks the iris for the labels."""
    rng = person.rng("iris")
    european = rng.uniform() < person.ancestry[2]
    iris = _IRISES[rng.choice(len(_IRISES), p=_EUROPEAN if european else _OTHERS)] * rng.uniform(0.85, 1.15) + rng.normal(0, 0.015, 3)
    polar = (np.arange(rows) + 0.5) / rows * np.pi
    radius = np.sin(np.clip(polar, 0, np.pi / 2))[:, None] / IRIS_RADIUS  # 1 at the iris's edge
    fibres = 0.16 * _ring_noise(rng, rows, columns, 14, 1.2) + 0.12 * _ring_noise(rng, rows, columns, 5, 3)
    ripple = 0.02 * _ring_noise(rng, 1, columns, 0, 5)
    pupil = PUPIL_RADIUS / IRIS_RADIUS * rng.uniform(0.85, 1.2)
    collarette = np.exp(-(((radius + ripple - pupil - 0.22) / 0.13) ** 2))
    shade = (0.8 + 0.45 * radius) * (1 + fibres) * (1 + 0.35 * collarette)
    warm = iris * 0.55 + np.array([0.42, 0.27, 0.10]) * 0.6
    amount = 0.55 * collarette[..., None] * (1 if iris.sum() > 0.9 else 0.35)
    colour = (iris * (1 - amount) + warm * amount) * shade[..., None]
    colour *= 1 - 0.72 * np.clip((radius + ripple - 0.80) / 0.2, 0, 1)[..., None] ** 1.5  # the limbal ring
    colour *= np.clip((radius + ripple * 0.5 - pupil) / 0.07, 0.04, 1)[..., None]
    white = np.array([0.93, 0.895, 0.865]) * rng.uniform(0.96, 1.0) - max(0.0, (person.age - 45) / 40) * np.array([0.03, 0.05, 0.08])
    back = np.clip((polar - 0.6) / 0.7, 0, 1)[:, None, None]
    sclera = white * (1 + 0.012 * _ring_noise(rng, rows, columns, 12, 12)[..., None]) * (1 - back * np.array([0.10, 0.20, 0.20]))
    sclera *= 1 - _veins(rng, rows, columns)[..., None] * np.array([0.08, 0.36, 0.34])
    outside = np.clip((radius + ripple - 0.97) / 0.09, 0, 1)[..., None]
    rgb = colour * (1 - outside) + sclera * outside
    alpha = np.where(radius < 1.0, 0.8, 1.0) * np.ones((1, columns))
    return np.round(np.concatenate([np.clip(rgb, 0, 1), alpha[..., None]], 2) * 255).astype(np.uint8)


def _drawn_ball(person: Person, rows: int = 512, columns: int = 256) -> NDArray[np.uint8]:
    """A large iris of a bright colour, dark above and light below, with the lamps already in it; rows and coverage as above."""
    rng = person.rng("drawn iris")
    bright = np.array(colorsys.hsv_to_rgb(rng.uniform(), rng.uniform(0.5, 0.8), rng.uniform(0.6, 0.9)))
    colour = bright if rng.random() < 0.7 else np.clip(1.7 * _IRISES[rng.integers(len(_IRISES))], 0, 1)
    polar = (np.arange(rows)[:, None] + 0.5) / rows * np.pi
    around = (np.arange(columns) + 0.5) / columns * 2 * np.pi
    out = np.where(polar < np.pi / 2, np.sin(polar), 2.0) / _DRAWN_IRIS  # 1 at the iris's edge
    x, y = out * np.cos(around), out * np.sin(around)

    def within(distance: NDArray[np.float64], radius: float) -> NDArray[np.float64]:
        share: NDArray[np.float64] = np.clip((radius - distance) / 0.05 + 0.5, 0, 1)[..., None]
        return share

    rgb = np.broadcast_to(np.array([0.98, 0.975, 0.985]), (rows, columns, 3))
    low = np.clip(0.5 - 0.6 * y, 0, 1)[..., None]
    layers = (
        (0.22 * colour, np.hypot(x, y), 1.0),  # the rim
        (colour * (0.45 + 0.55 * low) + 0.30 * low**2 * (1 - colour), np.hypot(x, y), 0.86),
        (0.14 * colour, np.hypot(x, 0.8 * y), 0.36),  # the pupil
        (np.ones(3), np.hypot(x + 0.34, y - 0.40), 0.26),
        (np.ones(3), np.hypot(x - 0.36, y + 0.42), 0.13),
    )
    for paint, distance, radius in layers:
        rgb = rgb + (paint - rgb) * within(distance, radius)
    alpha = np.where(np.hypot(x, y) < 1.0, 0.8, 1.0)
    return np.round(np.concatenate([np.clip(rgb, 0, 1), alpha[..., None]], 2) * 255).astype(np.uint8)


def _veins(rng: np.random.Generator, rows: int, columns: int) -> NDArray[np.float32]:
    """Thin red threads that come from behind, most of them from the corners."""
    out = np.zeros((rows, columns), np.float32)
    for _ in range(26):
        start = rng.choice([0.0, 0.5]) + rng.normal(0, 0.09)
        n = 14
        polar = np.linspace(1.5, rng.uniform(0.62, 1.0), n) / np.pi * rows
        turn = (start + np.cumsum(rng.normal(0, 0.006, n))) % 1 * columns
        if np.ptp(turn) < columns / 2:
            line = np.round(np.stack([turn, polar], 1) * 16).astype(np.int32)
            cv2.polylines(out, [line], False, float(rng.uniform(0.3, 0.9)), 1, cv2.LINE_AA, 4)
    return np.asarray(cv2.GaussianBlur(out, (0, 0), 0.8), np.float32) * np.float32(rng.uniform(0.4, 1.0))


def _along(path: Indices, vertices: Array, t: NDArray[np.float64]) -> tuple[Indices, Array]:
    """Places along a path of base vertices, 0 to 1 by its length: anchors and weights [n, 2]."""
    length = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(vertices[path], axis=0), axis=1))])
    at = np.interp(t * length[-1], length, np.arange(len(path)))
    first = np.clip(at.astype(int), 0, len(path) - 2)
    share = (at - first).astype(np.float32)
    return np.stack([path[first], path[first + 1]], 1).astype(np.int32), np.stack([1 - share, share], 1)


def _film(vertices: Array, side: str, columns: int = 25, rows: int = 9) -> Piece:
    """What lies between the lids and moves with them, not with the gaze: the upper lid's shadow, the wet line below, the caruncle."""
    centre, radius = eye_place(vertices, side)
    lids = rims(side)
    t = np.linspace(0, 1, columns)
    upper, upper_share = _along(lids.upper, vertices, t)
    lower, lower_share = _along(lids.lower, vertices, t)
    s = np.linspace(0, 1, rows)[:, None, None]
    anchors = np.broadcast_to(np.concatenate([lower, upper], 1)[None], (rows, columns, 4)).reshape(-1, 4)
    weights = np.concatenate([(1 - s) * lower_share, s * upper_share], 2).reshape(-1, 4).astype(np.float32)
    off = (vertices[anchors] * weights[..., None]).sum(1) - centre
    distance = np.linalg.norm(off, axis=1, keepdims=True)
    rest = centre + off / distance * np.maximum(0.997 * distance, FILM * radius)
    uv = np.stack([np.broadcast_to(t, (rows, columns)), np.broadcast_to(s[..., 0], (rows, columns))], -1).reshape(-1, 2)
    faces = _grid_faces(rows, columns)
    if side == EYES[0]:
        faces = faces[:, ::-1].copy()
    return Piece(
        f"{side} film", Material.GLASS, rest.astype(np.float32), faces, uv.astype(np.float32), _film_texture(), anchors, weights, gloss=0.0
    )


@cache
def _film_texture(rows: int = 64, columns: int = 128) -> NDArray[np.uint8]:
    """u from the inner corner to the outer, v from the lower lid to the upper."""
    u, v = ((np.arange(columns) + 0.5) / columns)[None], 1 - ((np.arange(rows) + 0.5) / rows)[:, None]
    shadow = 0.55 * np.exp(-(((1 - v) / 0.22) ** 2)) + 0.30 * np.exp(-(((1 - v) / 0.55) ** 2))
    shadow = np.maximum(shadow, 0.4 * np.exp(-(((1 - u) / 0.12) ** 2)))
    shadow = np.maximum(shadow, 0.30 * np.exp(-((v / 0.06) ** 2)))
    wet = 0.30 * np.exp(-(((v - 0.075) / 0.04) ** 2)) * np.ones_like(u)
    caruncle = 1 / (1 + np.exp((u + 0.10 * np.abs(v - 0.4) - 0.105) / 0.014))
    rgb, alpha = np.broadcast_to(np.array([0.16, 0.06, 0.05]), (rows, columns, 3)), shadow
    for colour, cover in ((np.array([0.97, 0.86, 0.84]), wet), (np.array([0.74, 0.40, 0.37]), 0.9 * caruncle)):
        total = cover + alpha * (1 - cover)
        rgb = (colour * cover[..., None] + rgb * (alpha * (1 - cover))[..., None]) / np.maximum(total, 1e-6)[..., None]
        alpha = total
    return np.round(np.concatenate([rgb, alpha[..., None]], 2) * 255).astype(np.uint8)


_LASH_COLUMNS = 25


def _lashes(person: Person, vertices: Array, side: str) -> Piece:
    """A strip along each lid. Its outer edge moves further than its roots, so that lashes turn down as the eye shuts."""
    lids = rims(side)
    sign = 1.0 if side == EYES[0] else -1.0
    centre, radius = eye_place(vertices, side)
    female = 1 - person.sex
    made_up = wears_make_up(person)
    s = np.array([0.0, 0.35, 0.7, 1.0])
    rest, anchors, weights, uvs, faces = [], [], [], [], []
    for path, upper in ((lids.upper_edge, True), (lids.lower_edge, False)):
        t = np.linspace(0.1 if upper else 0.25, 1.0, _LASH_COLUMNS)
        root_anchors, root_weights = _along(path, vertices, t)
        root = (vertices[root_anchors] * root_weights[..., None]).sum(1)
        outward = (root - centre) / np.linalg.norm(root - centre, axis=1, keepdims=True)
        root = root + 0.02 * radius * outward
        way = np.array([0, 1 if upper else -1, 0])
        fan = np.array([sign, 0, 0]) * ((t - 0.42) * 1.1)[:, None]
        first = outward * 0.9 + way * (-0.45 if upper else 0.4) + 0.5 * fan
        last = outward * 0.4 + way * 1.15 + 1.1 * fan
        long = (0.29 + 0.08 * female + (0.06 if made_up else 0.0)) if upper else 0.13 + 0.03 * female
        length = radius * long * (0.55 + 0.45 * np.sin(np.pi * np.clip(t, 0, 0.9) / 1.5))
        curve = root + length[:, None] * (s[:, None, None] * first + (s**2)[:, None, None] * (last - first) * 0.6)
        rest.append(curve.reshape(-1, 3))
        anchors.append(np.tile(root_anchors, (len(s), 1)))
        weights.append(np.tile(root_weights, (len(s), 1)) * np.repeat(1 + (0.45 * s if upper else 0 * s), len(t))[:, None])
        v = 0.5 + (0.5 * s if upper else -0.5 * s)
        uvs.append(np.stack([np.tile(np.linspace(0, 1, len(t)), len(s)), np.repeat(v, len(t))], 1))
        faces.append(_grid_faces(len(s), len(t)) + sum(len(strip) for strip in rest[:-1]))
    points = np.concatenate(rest).astype(np.float32)
    return Piece(
        f"{side.removesuffix(' eye')} lashes",
        Material.BROW,
        points,
        np.concatenate(faces).astype(np.int32),
        np.concatenate(uvs).astype(np.float32),
        _lash_texture(person, made_up),
        np.concatenate(anchors).astype(np.int32),
        np.concatenate(weights).astype(np.float32),
        gloss=0.0,
        two_sided=True,
        soft=True,
        tangent=np.tile(np.array([0, 0.7, 0.7], np.float32), (len(points), 1)),
    )


def _lash_texture(person: Person, made_up: bool, rows: int = 64, columns: int = 256) -> NDArray[np.uint8]:
    """Single hairs that taper, a little clumped: those of the upper lid over those of the lower one, roots in the middle."""
    rng = person.rng("lashes")  # the same for both eyes: they mirror each other
    fine = 4
    cover = np.zeros((2 * rows * fine, columns * fine), np.uint8)
    middle = rows * fine
    for count, way, thick, strength in ((74 if made_up else 60, -1, 9 if made_up else 7, 235), (34, 1, 5, 150)):
        x = np.linspace(0.02, 0.98, count) + rng.normal(0, 0.006, count)
        lean = 0.02 * np.sin(np.arange(count) * 2.1 + rng.uniform(0, 6)) + rng.normal(0, 0.012, count)
        reach = rng.uniform(0.7, 0.98, count) * np.interp(x, [0, 0.12, 0.9, 1], [0.45, 0.9, 1, 0.8])
        for k in range(count):
            steps = np.linspace(0, 1, 5)
            line = np.stack([(x[k] + lean[k] * steps**2) * columns * fine, middle + way * reach[k] * steps * rows * fine], 1)
            for step, (a, b) in enumerate(pairwise(line)):
                ends = (tuple(int(8 * c) for c in a), tuple(int(8 * c) for c in b))
                cv2.line(cover, ends[0], ends[1], strength, max(1, round(thick * (1 - 0.22 * step))), cv2.LINE_AA, 3)
    cover = cv2.resize(cover, (columns, 2 * rows), interpolation=cv2.INTER_AREA)
    grey = float(np.clip(person.age - 60, 0, 20)) / 20
    light = 0.10 * person.ancestry[2] * person.rng("lash tone").uniform(0, 1)
    out = np.empty((2 * rows, columns, 4), np.uint8)
    tone = (0.02, 0.015, 0.015) if made_up else (0.07 + light, 0.05 + 0.7 * light, 0.045 + 0.5 * light)
    out[..., :3] = np.round(255 * (np.array(tone) + (0.0 if made_up else 0.12 * grey)))
    out[..., 3] = cover
    return out


class Lids:
    """Makes lids shut on any shape, and keeps them, lashes and tears outside the balls: face units move along straight lines, through them.

    shut: what full blinks of the left and the right eye have to be multiplied by until the lids meet.
    """

    def __init__(self, assembly: Assembly, vertices: Array, size: float) -> None:
        """vertices: the person's rest shape; size: of the face units."""
        self.shut = tuple(_shutting(vertices, side, size) for side in EYES)
        self._eyes = []
        moving = np.concatenate(
            [
                np.arange(start, start + len(piece.rest))
                for piece, start in zip(assembly.pieces, assembly.starts, strict=True)
                if piece.name == "skin" or piece.name.endswith(("lashes", "film"))
            ]
        )
        for side in EYES:
            centre, radius = eye_place(vertices, side)
            off = assembly.rest[moving] - centre
            distance = np.linalg.norm(off, axis=1)
            near = (distance < 1.7 * radius) & (off[:, 2] > 0.2 * radius)
            self._eyes.append((moving[near], centre, np.minimum(distance[near], LID * radius).astype(np.float32)))

    def keep_out(self, local: Array) -> None:
        """local: [v, 3] before the head turns; changed in place."""
        for indices, centre, least in self._eyes:
            off = local[indices] - centre
            distance = np.linalg.norm(off, axis=1)
            local[indices] = centre + off * np.maximum(least / np.maximum(distance, 1e-6), 1)[:, None]


def _shutting(vertices: Array, side: str, size: float) -> float:
    """Large eyes need more than the face unit of a blink moves; the upper lid has to pass the lower one by a little."""
    indices, offsets = face_unit("eyeBlinkLeft" if side == EYES[0] else "eyeBlinkRight")
    moved = np.zeros_like(vertices)
    moved[indices] = offsets * np.float32(size)
    lids, t = rims(side), np.linspace(0.3, 0.7, 9)
    radius = eye_place(vertices, side)[1]
    (upper, upper_by), (lower, lower_by) = (
        [(field[anchors] * weights[..., None]).sum(1)[:, 1] for field in (vertices, moved)]
        for anchors, weights in (_along(path, vertices, t) for path in (lids.upper, lids.lower))
    )
    return float(np.clip(np.max((upper - lower + 0.04 * radius) / np.maximum(lower_by - upper_by, 1e-3)), 1.0, 1.5))
