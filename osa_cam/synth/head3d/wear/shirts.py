"""Shirts, sweaters and tops."""

from __future__ import annotations

import numpy as np

from osa_cam.synth.head3d.piece import Material
from osa_cam.synth.head3d.wear import fabric
from osa_cam.synth.head3d.wear.fabric import BRIGHT, DARK, DENIM, LIGHT, MUTED, Colour, clothing, colour, contrast
from osa_cam.synth.head3d.wear.garment import band, buttons, down_front, hem, leaf, strip
from osa_cam.synth.head3d.wear.neck import tie
from osa_cam.synth.head3d.wear.shape import Array, join
from osa_cam.synth.head3d.wear.tailor import SKIN_GAP, Tailor, weave


def t_shirt(tailor: Tailor, v_neck: bool = False) -> None:
    rng, torso = tailor.rng, tailor.torso
    ground = clothing(rng)
    if v_neck:
        bare = torso.neckline(torso.neck * rng.uniform(1.3, 1.5), rng.uniform(1.15, 1.55), power=1.25)
    else:
        bare = torso.neckline(torso.neck * rng.uniform(1.25, 1.5), rng.uniform(0.6, 0.85))
    kinds = (
        ("plain", "melange", "plain", "stripes", "fine stripes", "dots")
        if v_neck
        else ("plain", "plain", "melange", "stripes", "printed", "printed")
    )
    edges = tailor.cloth("shirt", bare, weave(rng, ground, kinds))
    trim = contrast(rng, ground) if rng.random() < 0.12 else ground * 0.94
    tailor.add("shirt hem", band(edges[0], hem(SKIN_GAP, rng.uniform(0.13, 0.2))), fabric.ribbed(rng, trim, 220))


def sweater(tailor: Tailor) -> None:
    rng, torso = tailor.rng, tailor.torso
    ground = colour(rng, MUTED, LIGHT, DARK, BRIGHT)
    v_neck = rng.random() < 0.3
    if v_neck:
        inner_shirt(tailor)
        bare = torso.neckline(torso.neck * 1.5, 1.6, power=1.2)
    else:
        bare = torso.neckline(torso.neck * 1.25, 0.6)
    height = 0.16 if v_neck else 0.1
    edges = tailor.cloth("sweater", bare, weave(rng, ground, ("knit", "knit", "knit", "melange")), height, 0.8, 0.05)
    tailor.add("sweater hem", band(edges[0], hem(height, 0.27, 0.07)), fabric.ribbed(rng, ground * 0.96, 90))


def turtleneck(tailor: Tailor) -> None:
    rng, torso = tailor.rng, tailor.torso
    ground = colour(rng, DARK, MUTED, LIGHT)
    front = min(torso.shoulder(torso.neck * 1.15)[0] - 0.05, torso.throat - 0.15)
    bare = torso.collar(front, front + 0.45)
    edges = tailor.cloth("turtleneck", bare, weave(rng, ground, ("knit", "plain", "plain")), 0.07, 0.7, 0.04)
    deep = rng.uniform(0.4, 0.6)
    fold = np.array(
        [[0.1, 0.01], [0.0, 0.03], [-0.05, 0.08], [0.0, 0.14], [0.1, 0.17], [deep - 0.05, 0.19], [deep, 0.16], [deep - 0.02, 0.06]],
        np.float32,
    )
    tailor.add("turtleneck fold", band(edges[0], fold), fabric.ribbed(rng, ground * 0.97, 80))


def inner_shirt(tailor: Tailor, tied: bool = False) -> None:
    """A shirt with a collar, buttoned, open at the top or tied."""
    rng = tailor.rng
    ground = colour(rng, LIGHT, LIGHT, LIGHT, ((0.62, 0.72, 0.86), (0.30, 0.36, 0.50), (0.14, 0.14, 0.17)))
    collared(tailor, weave(rng, ground, ("plain", "plain", "pinstripes", "checks")), ground, closed=tied, tied=tied)


def collared(tailor: Tailor, rgb: Array, ground: Colour, closed: bool, tied: bool = False, soft: bool = False) -> None:
    rng, torso = tailor.rng, tailor.torso
    half = torso.neck * 1.2
    drop = 0.5 if closed else rng.uniform(0.85, 1.2)
    bare = torso.neckline(half, drop, 0.1, 2.0 if closed else 1.35)
    edge = tailor.cloth("shirt", bare, rgb, stiffness=0.6, depth=0.045)[0].from_front()
    texture = tailor.texture
    n = len(edge.points)
    rim = np.array([[0.02, -0.04], [-0.01, 0.03], [0.03, 0.08], [0.09, 0.06], [0.1, 0.02]], np.float32)
    tailor.add("shirt rim", band(edge, rim, canvas=True), texture)
    first = 2 if closed else int(n * rng.uniform(0.08, 0.12))
    open_edge = edge.part(first, n - first)
    collar = leaf(
        torso,
        open_edge,
        rng.uniform(0.16, 0.22) if soft else rng.uniform(0.2, 0.3),
        0.46 if soft else rng.uniform(0.5, 0.6),
        rng.uniform(1.3, 1.75),
        SKIN_GAP,
    )
    tailor.add("collar", collar, texture if not soft else fabric.ribbed(rng, ground * 0.95, 1))
    start = edge.points[0] + edge.away[0] * 0.05
    front = down_front(torso, start, -4.3 if soft else -5.6)
    tailor.add("placket", strip(torso, front, 0.26, SKIN_GAP + 0.09, canvas=True), texture)
    if tied:
        tie(tailor, start)
    else:
        shade = colour(rng, LIGHT) if rng.random() < 0.6 else ground * 0.6
        tailor.add("buttons", buttons(torso, front[2:], 0.75, SKIN_GAP + 0.12, 0.07), fabric.of_colour(shade), Material.GLOSS, 0.4)


def shirt(tailor: Tailor) -> None:
    rng = tailor.rng
    ground = colour(rng, LIGHT, LIGHT, MUTED, DENIM, BRIGHT, DARK)
    collared(
        tailor,
        weave(rng, ground, ("plain", "plain", "pinstripes", "checks", "checks", "dots", "denim")),
        ground,
        closed=rng.random() < 0.2,
    )


def polo(tailor: Tailor) -> None:
    ground = clothing(tailor.rng)
    collared(tailor, weave(tailor.rng, ground, ("plain", "melange", "stripes")), ground, closed=False, soft=True)


def straps(tailor: Tailor, wide: bool = False) -> None:
    """A dress or top that leaves the shoulders bare but for its straps."""
    rng, torso = tailor.rng, tailor.torso
    x, y, z = torso.points.T
    t = np.clip((z - torso.neck_middle) / 0.6 + 0.5, 0, 1)
    at = torso.neck * rng.uniform(1.75, 2.1)
    half = rng.uniform(0.22, 0.34) if wide else rng.uniform(0.07, 0.12)
    top = torso.shoulder(at)[0] - rng.uniform(0.55, 0.9)
    inner = np.clip(np.abs(x) / at, 0, 1)
    dip = rng.uniform(0.1, 0.5)
    edge_y = top - dip * (1 - inner**2) * t - 0.2 * (1 - t) - 1.6 * np.maximum(np.abs(x) - at - half, 0) ** 0.8
    band_of = np.abs(np.abs(x) - at) - half
    sleeve = np.abs(x) - (3.05 + 0.25 * (y + 5))  # arms are bare
    bare = np.maximum(np.minimum(y - edge_y, np.maximum(band_of, -10 + 0 * y)), np.maximum(sleeve, y - 1.0) * 0.8)
    ground = clothing(rng)
    edges = tailor.cloth("top", bare.astype(np.float32), weave(rng, ground, ("plain", "plain", "dots", "knit", "stripes")), 0.02, 0.3, 0.03)
    trims = [band(edge, hem(0.02, 0.06, 0.025)) for edge in edges]
    if trims:
        tailor.add("top hem", join(*trims), fabric.of_colour(ground * 0.92))
