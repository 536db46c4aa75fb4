"""Zones of the skin by texel: where cheeks are red, beards grow, lids end. The same for everybody, as all share one mesh."""

from __future__ import annotations

from functools import cache
from itertools import pairwise

import cv2
import numpy as np
import scipy.spatial
from numpy.typing import NDArray

from osa_cam.synth.head3d.base import Array, base
from osa_cam.synth.head3d.body.eyes import EYES, rims
from osa_cam.synth.head3d.body.lips import contact_line
from osa_cam.synth.head3d.body.skin_map import BETWEEN_EYES, MOUTH, SIZE, SOCKETS, UNIT, skin_mask, texels
from osa_cam.synth.head3d.vectors import smoothstep

SMALL = SIZE // 2  # soft zones are kept at this size


@cache
def small_texels() -> tuple[Array, NDArray[np.int32]]:
    places, island = texels()
    return cv2.resize(places, (SMALL, SMALL), interpolation=cv2.INTER_AREA), island[::2, ::2]


def _small(image: Array | NDArray[np.uint8]) -> Array:
    return np.asarray(cv2.resize(image.astype(np.float32), (SMALL, SMALL), interpolation=cv2.INTER_AREA), np.float32)


@cache
def zones() -> dict[str, Array]:
    """Soft zones, 0 to 1, float32 [SMALL, SMALL]."""
    (x, y, z), island = np.moveaxis(small_texels()[0], -1, 0), small_texels()[1]
    side = np.abs(x)
    front = smoothstep(-0.5, -0.1, z) * (island == 0)

    def spot(at: tuple[float, float], width: tuple[float, float]) -> Array:
        out: Array = np.exp(-(((side - at[0]) / width[0]) ** 2) - ((y - at[1]) / width[1]) ** 2) * front
        return out

    line = np.interp(side, [0, 0.18, 0.42, 0.62, 0.9, 1.15, 1.35], [-0.80, -0.80, -0.90, -0.98, -0.75, -0.25, -0.05])
    beard = smoothstep(0.06, -0.10, y - line) * smoothstep(-2.35, -1.75, y) * smoothstep(-1.0, -0.6, z) * (side < 1.5)
    beard *= 1 - np.exp(-((side / 0.10) ** 2) - ((y + 0.80) / 0.05) ** 2) * 0.8
    beard *= 1 - 0.6 * spot((0.34, -1.36), (0.10, 0.07))  # bare beside the tuft under the lip
    hairline = np.interp(side, [0, 0.5, 0.85, 1.0, 1.3], [1.20, 1.18, 0.95, 0.45, 0.10])
    behind = smoothstep(-0.55, -0.95, z) * smoothstep(-1.25, -0.9, y)
    scalp = np.maximum(smoothstep(-0.05, 0.12, y - hairline) * (island == 0), behind * (island == 0))
    ears = cv2.GaussianBlur(_small(skin_mask("ears")) / 255, (0, 0), 3)
    return {
        "cheeks": spot((0.72, -0.52), (0.30, 0.26)),
        "nose": spot((0, -0.50), (0.20, 0.24)) * smoothstep(0.3, 0.55, z),
        "wings": spot((0.24, -0.62), (0.07, 0.10)),
        "chin": spot((0, -1.58), (0.26, 0.16)),
        "brow": spot((0, 0.62), (0.55, 0.28)),
        "ears": ears,
        "lids": spot((0.5, 0.10), (0.27, 0.13)),
        "bags": spot((0.44, -0.25), (0.20, 0.075)),
        "inner": spot((0.22, -0.02), (0.08, 0.14)),
        "hollow": spot((0.85, -1.0), (0.18, 0.28)),
        "temple": spot((1.02, 0.35), (0.16, 0.3)),
        "apple": spot((0.68, -0.42), (0.26, 0.16)),
        "philtrum": spot((0, -0.86), (0.05, 0.08)),
        "under_lip": spot((0, -1.37), (0.2, 0.06)),
        "jaw": smoothstep(-1.5, -1.9, y) * smoothstep(-2.6, -2.0, y) * (island != MOUTH),
        "beard": beard.astype(np.float32),
        "scalp": scalp.astype(np.float32),
        "freckled": np.clip(spot((0.55, -0.45), (0.42, 0.22)) + spot((0, -0.42), (0.25, 0.25)) + 0.35 * spot((0, 0.5), (0.9, 0.4)), 0, 1),
        "spotted": np.clip(spot((0.9, -0.1), (0.4, 0.5)) + spot((0, 0.8), (0.9, 0.4)), 0, 1),
        "nostrils": np.exp(-(((side - 0.115) / 0.055) ** 2) - ((y + 0.69) / 0.045) ** 2) * front * smoothstep(0.62, 0.5, z),
        "mouth": np.asarray(island == MOUTH, np.float32),
        "sockets": np.asarray((island == SOCKETS[0]) | (island == SOCKETS[1]), np.float32),
        "deep": smoothstep(0.38, -0.2, z),
    }


def _near(path: Array, where: NDArray[np.bool_], step: float = 0.004) -> tuple[Array, Array]:
    """Distance of texels to a path in space, in face coordinates; and their height over its nearest place. Far away: 9 and 0."""
    pieces = [a + (b - a) * np.linspace(0, 1, max(2, int(np.linalg.norm(b - a) / step)))[:, None] for a, b in pairwise(path)]
    dense = np.concatenate(pieces)
    places = texels()[0][where]
    distance, nearest = scipy.spatial.KDTree(dense).query(places)
    far, over = np.full((SIZE, SIZE), 9, np.float32), np.zeros((SIZE, SIZE), np.float32)
    far[where], over[where] = distance, places[:, 1] - dense[nearest][:, 1]
    return far, over


def _cut(zone: Array) -> tuple[tuple[slice, slice], Array]:
    rows, columns = (np.flatnonzero((zone > 0.004).any(axis)) for axis in (1, 0))
    where = (slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1))
    return where, zone[where]


@cache
def edges() -> dict[str, tuple[tuple[slice, slice], Array]]:
    """Sharp zones along lids and lips: where in the texture, and the zone there, 0 to 1."""
    places, island = texels()
    around_eyes = (np.abs(places[..., 1]) < 0.5) & (np.abs(np.abs(places[..., 0]) - 0.5) < 0.48) & (places[..., 2] > -0.2) & (island == 0)
    out = {name: np.zeros((SIZE, SIZE), np.float32) for name in ("wet", "upper", "lower", "liner", "shadow", "crease")}
    vertices = (base().vertices - BETWEEN_EYES) / UNIT
    for side in EYES:
        lids = rims(side)
        this = around_eyes & ((places[..., 0] > 0) == (side == EYES[0]))
        wet = np.minimum(_near(vertices[lids.upper], this)[0], _near(vertices[lids.lower], this)[0])
        up, over = _near(vertices[lids.upper_edge], this)
        down, _ = _near(vertices[lids.lower_edge], this)
        inner = np.abs(places[..., 0])
        out["wet"] += np.exp(-((wet / 0.016) ** 2)) * this
        out["upper"] += np.exp(-((up / 0.017) ** 2)) * this
        out["lower"] += np.exp(-((down / 0.012) ** 2)) * this * smoothstep(0.3, 0.5, inner)
        out["liner"] += np.exp(-((up / (0.018 + 0.030 * smoothstep(0.35, 0.8, inner))) ** 4)) * this * (over > -0.02)
        out["shadow"] += np.exp(-((up / 0.15) ** 2)) * this * smoothstep(-0.005, 0.02, over) * smoothstep(0.12, 0.4, inner)
        out["crease"] += np.exp(-(((up - 0.125) / 0.022) ** 2)) * this * smoothstep(0.05, 0.1, over) * smoothstep(0.2, 0.35, inner)
    lips = skin_mask("lips").astype(np.float32) / 255
    # The mask has round corners: what lies along the seam belongs to the lips as well.
    seam = _near((contact_line() - BETWEEN_EYES) / UNIT, cv2.dilate(lips, np.ones((15, 15))) > 0)[0]
    out["seam"] = np.exp(-((seam / 0.022) ** 2))
    out["lips"] = np.clip(cv2.GaussianBlur(lips, (0, 0), 1.2), 0, 1)
    out["lip_line"] = np.clip(4 * out["lips"] * (1 - out["lips"]), 0, 1)
    return {name: _cut(np.clip(zone, 0, 1).astype(np.float32)) for name, zone in out.items()}


@cache
def grain() -> tuple[Array, Array, Array]:
    """Pores (deviation 1), lines of the lips (deviation 1) and where single hairs of a stubble stand (0 to 1): [SIZE, SIZE]."""
    rng = np.random.default_rng(0)
    noise = rng.normal(0, 1, (SIZE, SIZE)).astype(np.float32)
    pores = cv2.GaussianBlur(noise, (0, 0), 0.9) - cv2.GaussianBlur(noise, (0, 0), 2.2)
    lines = cv2.GaussianBlur(rng.normal(0, 1, (SIZE, SIZE)).astype(np.float32), (0, 0), sigmaX=6, sigmaY=1.0)
    hairs = cv2.GaussianBlur(rng.normal(0, 1, (SIZE, SIZE)).astype(np.float32), (0, 0), sigmaX=0.75, sigmaY=0.55)
    return pores / pores.std(), lines / lines.std(), smoothstep(0.5, 1.9, hairs / hairs.std())


@cache
def head_only() -> Array:
    """1 on the head's island, whose texels are about as wide as high; 0 elsewhere, where fine grain would be stretched."""
    return np.asarray(cv2.GaussianBlur((texels()[1] == 0).astype(np.float32), (0, 0), 4), np.float32)


CANVAS_SCALE, _CANVAS_X, _CANVAS_Y = 240, (-1.3, 1.3), (-2.9, 1.4)
CANVAS = (round((_CANVAS_Y[1] - _CANVAS_Y[0]) * CANVAS_SCALE), round((_CANVAS_X[1] - _CANVAS_X[0]) * CANVAS_SCALE))


def on_canvas(points: Array) -> Array:
    """Face coordinates (x, y) -> pixels of a picture of the face from in front, CANVAS high and wide."""
    return np.stack([(points[..., 0] - _CANVAS_X[0]) * CANVAS_SCALE, (_CANVAS_Y[1] - points[..., 1]) * CANVAS_SCALE], -1).astype(np.float32)


@cache
def _canvas_map() -> tuple[NDArray[np.int16], NDArray[np.uint16], Array]:
    places, island = texels()
    x, y = np.moveaxis(on_canvas(places[..., :2]), -1, 0)
    fixed, table = cv2.convertMaps(x.copy(), y.copy(), cv2.CV_16SC2)
    seen = smoothstep(-0.75, -0.35, places[..., 2]) * ((island == 0) | (places[..., 1] < -1.0)) * (island != MOUTH)
    return fixed, table, seen.astype(np.float32)


def from_canvas(canvas: Array) -> Array:
    """Takes a picture of the face from in front to the texture: [SIZE, SIZE]."""
    fixed, table, seen = _canvas_map()
    return np.asarray(cv2.remap(canvas, fixed, table, cv2.INTER_LINEAR), np.float32) * seen
