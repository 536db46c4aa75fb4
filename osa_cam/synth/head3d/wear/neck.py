"""What is worn round the neck: ties, scarves, lanyards."""

from __future__ import annotations

import numpy as np

from osa_cam.synth.head3d.wear import fabric
from osa_cam.synth.head3d.wear.fabric import BRIGHT, DARK, LIGHT, MUTED, colour, contrast
from osa_cam.synth.head3d.wear.garment import down_front, strip
from osa_cam.synth.head3d.wear.shape import Array, Mesh, join, smooth, tube
from osa_cam.synth.head3d.wear.tailor import Tailor, weave


def tie(tailor: Tailor, start: Array) -> None:
    rng, torso = tailor.rng, tailor.torso
    ground = colour(rng, DARK, BRIGHT, MUTED)
    rgb = weave(rng, ground, ("plain", "stripes", "dots", "fine stripes"))
    texture = fabric.finished(rgb)
    top = start + np.array([0, 0.12, 0], np.float32)
    path = down_front(torso, top, -5.6, 30)
    blade = np.interp(np.arange(30), [0, 6, 29], [0.26, 0.34, 0.62])
    tailor.add("tie", strip(torso, path, blade, 0.2, canvas=True), texture)
    knot = down_front(torso, top + [0, 0.04, 0], float(top[1]) - 0.36, 8)
    tailor.add("tie knot", strip(torso, knot, np.interp(np.arange(8), [0, 2, 7], [0.36, 0.44, 0.26]), 0.27, canvas=True), texture)


def scarf(tailor: Tailor) -> None:
    """Wound round the neck over what else is worn."""
    rng, torso = tailor.rng, tailor.torso
    ground = colour(rng, MUTED, BRIGHT, DARK, LIGHT)
    kind = rng.integers(3)
    rgb = (
        fabric.checks(rng, ground, contrast(rng, ground))
        if kind == 0
        else fabric.knit(rng, ground)
        if kind == 1
        else fabric.plain(rng, ground)
    )
    texture = fabric.finished(rgb, fabric.folds(rng, 0.0))
    turn = np.linspace(0, 2 * np.pi, 72, endpoint=False)
    base_y = torso.shoulder(torso.neck * 1.2)[0]
    rolls = []
    for k, (grow, y, fat) in enumerate(((1.38, -0.28, 0.34), (1.22, 0.12, 0.28))):
        r = torso.neck * grow
        path: Array = np.stack(
            [
                r * np.sin(turn),
                base_y + y - 0.3 * np.cos(turn - 0.3 * k) * (0.6 + 0.4 * np.cos(turn)),
                torso.neck_middle + 1.12 * r * np.cos(turn),
            ],
            1,
        )
        path = torso.lifted(path.astype(np.float32), fat * 0.8)
        thick = fat * (1 + 0.10 * np.sin(turn * 5 + rng.uniform(0, 6)) + 0.06 * np.sin(turn * 11 + rng.uniform(0, 6)))
        roll = tube(path, thick.astype(np.float32), np.array([0, 1, 0], np.float32), True, 16, 0.95)
        rolls.append(Mesh(roll.points, roll.faces, fabric.hung(roll.points)))
    tailor.add("scarf", join(*rolls), texture)
    side = float(rng.choice([-1, 1]))
    start = np.array([side * 0.5, base_y - 0.55, 0], np.float32)
    path = down_front(torso, start, -5.6, 24, side * 0.75)
    tailor.add("scarf end", strip(torso, smooth(path, 3), 0.75, 0.34, canvas=True), texture)


def lanyard(tailor: Tailor) -> None:
    rng, torso = tailor.rng, tailor.torso
    y = torso.shoulder(torso.neck * 1.45)[0]
    halves = []
    for side in (-1, 1):
        start = np.array([side * torso.neck * 1.45, y - 0.12, 0], np.float32)
        halves.append(strip(torso, down_front(torso, start, -5.5, 30, 0.04 * side), 0.15, 0.2))
    tailor.add("lanyard", join(*halves), fabric.of_colour(colour(rng, BRIGHT, DARK)))
