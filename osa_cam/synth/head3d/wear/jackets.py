"""What is worn over shirts: jackets and hoodies."""

from __future__ import annotations

import numpy as np

from osa_cam.synth.head3d.vectors import unit_length
from osa_cam.synth.head3d.wear import fabric
from osa_cam.synth.head3d.wear.fabric import BRIGHT, DARK, DENIM, LIGHT, MUTED, Colour, clothing, colour, contrast
from osa_cam.synth.head3d.wear.garment import Edge, band, cord, down_front, hem, lapels, layer, leaf
from osa_cam.synth.head3d.wear.shape import Texture, join, sheet
from osa_cam.synth.head3d.wear.shirts import inner_shirt, t_shirt, turtleneck
from osa_cam.synth.head3d.wear.tailor import SKIN_GAP, Tailor, weave


def jacket(tailor: Tailor) -> None:
    """A blazer over a shirt (tied or not), a T-shirt or a turtleneck."""
    rng, torso = tailor.rng, tailor.torso
    half, height = torso.neck * 1.32, 0.24
    bare = torso.neckline(half, 2.75 + rng.uniform(-0.25, 0.5), 0.05, 1.2)
    tailor.over = bare
    beneath = rng.random()
    if beneath < 0.7:
        inner_shirt(tailor, tied=beneath < 0.35)
    elif beneath < 0.87:
        t_shirt(tailor)
    else:
        turtleneck(tailor)
    ground = colour(rng, DARK, DARK, MUTED, ((0.55, 0.48, 0.40), (0.30, 0.32, 0.36)))
    tailor.over = None
    cloth = weave(rng, ground, ("plain", "plain", "melange"))
    edges = tailor.cloth("jacket", bare, cloth, height, 1.0, 0.035)
    edge = Edge.of(torso, edges[0].points, edges[0].closed, 260)
    notch = torso.shoulder(half)[0] - rng.uniform(0.75, 1.05)
    facing = ground * (0.9 if rng.random() < 0.85 else 0.6)
    tailor.add("lapels", lapels(torso, edge, height, rng.uniform(0.62, 0.95), notch), _lapel_cloth(rng, facing, edge, notch))


def _lapel_cloth(rng: np.random.Generator, ground: Colour, edge: Edge, notch: float) -> Texture:
    """Along the edge and across it: a seam before the rim, a shadow at it, and the cut between lapel and collar."""
    along, across = 512, 48
    y = np.interp(np.linspace(0, 1, along), np.linspace(0, 1, len(edge.points) + 1), np.append(edge.points[:, 1], edge.points[0, 1]))
    t = np.linspace(0, 1, across)[:, None]
    rim = 0.4 * np.exp(-(((t - 1) / 0.14) ** 2)) + 0.10 * np.exp(-(((t - 0.60) / 0.012) ** 2))
    cut = 0.5 * np.exp(-(((y[None] - notch - 0.18 * (0.8 - t)) / 0.03) ** 2)) * (t > 0.12)
    cloth = fabric.plain(rng, ground)[:across, :along]
    return fabric.finished((cloth * (1 - np.maximum(rim, cut))[..., None])[::-1])


def hoodie(tailor: Tailor) -> None:
    rng, torso = tailor.rng, tailor.torso
    ground = colour(rng, DARK, MUTED, BRIGHT, LIGHT, DARK)
    t = torso.neck
    inner = clothing(rng)
    bare = torso.neckline(t * 1.45, 1.0, 0.2, 1.5)
    under, _ = layer(torso, torso.neckline(t * 1.25, 0.62), SKIN_GAP, over=bare)
    tailor.add("shirt", under, fabric.finished(fabric.plain(rng, inner)))
    rgb = weave(rng, ground, ("melange", "melange", "plain"))
    if rng.random() < 0.3:
        rgb = fabric.printed(rng, rgb, ground)
    edge = tailor.cloth("hoodie", bare, rgb, 0.14, 0.9, 0.06)[0].from_front()
    n = len(edge.points)
    s = np.arange(n) / n
    behind = (0.5 - 0.5 * np.cos(2 * np.pi * s)).astype(np.float32)  # 0 before, 1 behind
    radial = edge.points - np.array([0, 0, torso.neck_middle], np.float32)
    radial[:, 1] = 0
    radial = unit_length(radial)
    # The hood lies as a thick roll, open before, that stands up at the sides of the neck and hangs down the back.
    turn = np.linspace(-0.6 * np.pi, 1.25 * np.pi, 14)
    fat = (0.13 + 0.26 * behind**0.8)[:, None, None]
    middle = (
        edge.points + edge.normals * 0.14 + (0.10 + 0.12 * behind)[:, None] * radial + np.array([0, 1, 0]) * (0.06 + 0.30 * behind)[:, None]
    )
    wave = 1 + 0.05 * np.sin(s * 2 * np.pi * 7 + rng.uniform(0, 6))[:, None, None]
    up = np.array([0, 1, 0], np.float32)
    outer = (np.cos(np.pi - turn)[:, None] * radial[:, None] * 0.9 + np.sin(turn)[:, None] * up).astype(np.float32)
    points = middle[:, None] + fat * wave * outer
    points = torso.lifted(points.astype(np.float32), 0.06)
    roll = sheet(points, True, fabric.hung(points))
    tailor.add("hood", roll.facing(roll.points - np.repeat(np.concatenate([middle, middle[:1]]), len(turn), 0)), tailor.texture)
    string = contrast(rng, ground) if rng.random() < 0.4 else colour(rng, LIGHT)
    ends = []
    for side in (-1, 1):
        start = edge.points[0] + np.array([side * 0.28, 0.12, 0.1], np.float32)
        path = down_front(torso, start, float(start[1]) - rng.uniform(1.1, 1.6), 20, start[0] + side * rng.uniform(0.02, 0.15))
        ends.append(cord(torso, path, 0.035, 0.22))
    tailor.add("strings", join(*ends), fabric.of_colour(string))


def open_jacket(tailor: Tailor) -> None:
    """A denim jacket, a bomber or a cardigan, open over a T-shirt."""
    rng, torso = tailor.rng, tailor.torso
    half, height = torso.neck * 1.3, 0.2
    bare = torso.neckline(half, 4.2, 0.05, 1.45)
    tailor.over = bare
    t_shirt(tailor, v_neck=rng.random() < 0.2)
    tailor.over = None
    kind = int(rng.integers(3))
    if kind == 0:
        ground = colour(rng, DENIM)
        edge = tailor.cloth("jacket", bare, fabric.denim(rng, ground), height, 1.0, 0.04)[0]
        tailor.add("jacket edge", band(edge, hem(height, 0.18, 0.05), canvas=True), tailor.texture)
        edge = edge.from_front()
        y = edge.points[:, 1]
        high = np.flatnonzero(y > torso.shoulder(half)[0] - 0.75)
        tailor.add("collar", leaf(torso, edge.part(int(high[0]), int(high[-1])), 0.2, 0.5, 1.5, height), tailor.texture)
    else:
        ground = colour(rng, DARK, MUTED, BRIGHT if kind == 1 else LIGHT)
        edge = tailor.cloth("jacket", bare, weave(rng, ground, ("plain",) if kind == 1 else ("knit", "melange")), height, 0.9, 0.06)[0]
        tailor.add("jacket edge", band(edge, hem(height, 0.3, 0.07)), fabric.ribbed(rng, ground * 0.85, 120))
