"""What hangs on ears and neck: headphones, headsets, earrings, necklaces."""

from __future__ import annotations

import numpy as np

from osa_cam.synth.head3d.person import Person
from osa_cam.synth.head3d.piece import Material, Piece
from osa_cam.synth.head3d.vectors import unit_length
from osa_cam.synth.head3d.wear import fabric
from osa_cam.synth.head3d.wear.fabric import BRIGHT, DARK, LIGHT, colour
from osa_cam.synth.head3d.wear.glasses import METALS
from osa_cam.synth.head3d.wear.shape import Array, Mesh, dome, join, lengths, resample, sheet, smooth, tube
from osa_cam.synth.head3d.wear.skull import Skull
from osa_cam.synth.head3d.wear.torso import Torso

_X = np.array([1, 0, 0], np.float32)


def _mirror(mesh: Mesh) -> Mesh:
    return Mesh(mesh.points * np.array([-1, 1, 1], np.float32), np.ascontiguousarray(mesh.faces[:, ::-1]), mesh.uv)


def _lathe(centre: Array, profile: Array, tall: float = 1.0, sides: int = 28) -> Mesh:
    """A profile [m, 2] of (along x, radius) turned about the x axis through a centre; tall: height by width."""
    turn = np.linspace(0, 2 * np.pi, sides + 1)
    points = np.stack(
        np.broadcast_arrays(profile[:, None, 0], profile[:, None, 1] * np.cos(turn) * tall, profile[:, None, 1] * np.sin(turn)), -1
    )
    mesh = sheet((points + centre).astype(np.float32))
    return mesh.facing(mesh.points - centre - profile[:, 0].mean() * _X)


def headphones(skull: Skull, rng: np.random.Generator, boom: bool) -> list[Piece]:
    """Cups over the ears, a band over the head, and for a headset the arm of a microphone before the mouth."""
    shell = colour(rng, DARK, DARK, LIGHT, BRIGHT)
    pad = colour(rng, DARK)
    ear = skull.ear_middle
    size = float(rng.uniform(0.52, 0.64))
    side = max(float(ear[0]) - 0.06, skull.side(float(ear[1]), float(ear[2])) + 0.1)
    at = np.array([side, ear[1], ear[2] + 0.04], np.float32)
    cushion = _lathe(at, np.array([[-0.14, 0.62 * size], [-0.15, 0.85 * size], [-0.06, size], [0.06, size], [0.1, 0.9 * size]]), 1.15)
    cup = _lathe(
        at,
        np.array([[0.07, 0.93 * size], [0.16, 0.95 * size], [0.27, 0.86 * size], [0.32, 0.66 * size], [0.33, 0.3 * size], [0.33, 0.001]]),
        1.15,
    )
    ring = _lathe(at, np.array([[0.325, 0.62 * size], [0.345, 0.6 * size], [0.345, 0.5 * size], [0.325, 0.48 * size]]), 1.15)
    angle = np.linspace(-1.45, 1.45, 44)
    ways = np.stack([np.sin(angle), np.cos(angle), np.full_like(angle, 0.04)], 1).astype(np.float32)
    reach = skull.radius(ways) + 0.24
    path = skull.middle * [0, 1, 0] + [0, 0, at[2]] + ways * reach[:, None]
    path = smooth(path, 5)
    ends = at + [0.2, 0.55 * size, 0]
    arm = np.stack([np.linspace(ends[k], path[-1, k], 5) for k in range(3)], 1)[::-1]
    mirrored = arm[::-1] * [-1, 1, 1]
    path = smooth(np.concatenate([mirrored[:-1], path, arm[1:]]), 2).astype(np.float32)
    thick = float(rng.uniform(0.11, 0.2))
    outer = _flat(tube(path, thick, np.array([0, 0, 1], np.float32), sides=10), path, skull.middle, 0.05)
    inner_path = path[8:-8] - unit_length(path[8:-8] - skull.middle) * 0.07
    inner = _flat(
        tube(inner_path.astype(np.float32), thick * 0.95, np.array([0, 0, 1], np.float32), sides=10), inner_path, skull.middle, 0.07
    )
    trim = colour(rng, METALS, BRIGHT)
    place = skull.place
    pieces = [
        place.piece("headphones", Material.GLOSS, join(cup, _mirror(cup), outer), fabric.of_colour(shell), 0.45, rigid=True),
        place.piece("cushions", Material.GLOSS, join(cushion, _mirror(cushion), inner), fabric.of_colour(pad), 0.2, rigid=True),
        place.piece("rings", Material.GLOSS, join(ring, _mirror(ring)), fabric.of_colour(trim), 0.7, rigid=True),
    ]
    if boom:
        way = float(rng.choice([-1, 1]))
        mouth = np.array([0.55, -1.05, skull.front(0.5, -1.05, 0.2) + 0.22], np.float32)
        start = at + [0.24, -0.35 * size, 0.1]
        bend = np.array([max(start[0], 1.25), -0.85, (start[2] + mouth[2]) / 2 + 0.1], np.float32)
        t = np.linspace(0, 1, 18)[:, None]
        stalk = ((1 - t) ** 2 * start + 2 * t * (1 - t) * bend + t * t * mouth) * [way, 1, 1]
        tip = stalk[-1]
        toward = unit_length((stalk[-1] - stalk[-3]).astype(np.float32))
        foam = tube(
            np.stack([tip + toward * k for k in (-0.06, -0.04, 0.03, 0.12, 0.19, 0.21)]).astype(np.float32),
            np.array([0.02, 0.08, 0.105, 0.105, 0.07, 0.005], np.float32),
            np.array([0, 1, 0], np.float32),
            sides=12,
        )
        pieces.append(
            place.piece(
                "boom",
                Material.GLOSS,
                tube(stalk.astype(np.float32), 0.03, np.array([0, 1, 0.1], np.float32), sides=7),
                fabric.of_colour(pad),
                0.35,
                rigid=True,
            )
        )
        pieces.append(place.piece("foam", Material.CLOTH, foam, fabric.of_colour(np.array([0.07, 0.07, 0.08])), rigid=True))
    return pieces


def _flat(mesh: Mesh, path: Array, middle: Array, height: float) -> Mesh:
    """A tube pressed to a height, away from a middle."""
    out = unit_length((path - middle).astype(np.float32))
    spread = mesh.points.reshape(len(path), -1, 3) - path[:, None]
    up = (spread * out[:, None]).sum(-1, keepdims=True)
    scale = height / max(float(np.abs(up).max()), 1e-6)
    points = path[:, None] + spread - up * out[:, None] * (1 - scale)
    return Mesh(points.reshape(-1, 3).astype(np.float32), mesh.faces, mesh.uv)


def earrings(skull: Skull, rng: np.random.Generator) -> list[Piece]:
    kind = str(rng.choice(["studs", "hoops", "drops"], p=[0.45, 0.3, 0.25]))
    metal = colour(rng, METALS)
    lobe = skull.lobe + [0.03, 0, 0.02]
    if kind == "studs":
        mesh = dome(lobe, np.array([1, 0, 0.5], np.float32), 0.05, 0.05)
        metal = metal if rng.random() < 0.5 else colour(rng, LIGHT, BRIGHT)
    elif kind == "hoops":
        radius = float(rng.uniform(0.12, 0.34))
        turn = np.linspace(0, 2 * np.pi, 30, endpoint=False)
        ring = lobe + np.stack([0.25 * radius * (1 - np.cos(turn)), -radius * (1 - np.cos(turn)), radius * np.sin(turn) * 0.9], 1)
        mesh = tube(ring.astype(np.float32), float(rng.uniform(0.014, 0.028)), _X, True, 6)
    else:
        length = float(rng.uniform(0.2, 0.42))
        path = lobe + np.stack([np.full(9, 0.03), np.linspace(0, -length, 9), np.zeros(9)], 1)
        swell = np.array([0.012, 0.012, 0.012, 0.015, 0.03, 0.05, 0.062, 0.05, 0.005]) * rng.uniform(0.9, 1.3)
        mesh = join(
            dome(lobe, _X, 0.035, 0.035), tube(path.astype(np.float32), swell.astype(np.float32), np.array([0, 0, 1], np.float32), sides=9)
        )
        metal = metal if rng.random() < 0.6 else colour(rng, BRIGHT)
    return [skull.place.piece("earrings", Material.GLOSS, join(mesh, _mirror(mesh)), fabric.of_colour(metal), 0.8, rigid=True)]


def necklace(torso: Torso, rng: np.random.Generator) -> list[Piece]:
    """A fine chain or pearls, lying on skin or cloth."""
    turn = np.linspace(0, 2 * np.pi, 120, endpoint=False)
    half = torso.neck * 1.32
    y = torso.shoulder(half)[0]
    drop = float(rng.uniform(0.75, 1.25))
    before = 0.5 + 0.5 * np.cos(turn)
    path: Array = np.stack([half * np.sin(turn), y + 0.1 - (drop + 0.1) * before**1.4, torso.neck_middle + half * 1.05 * np.cos(turn)], 1)
    path = torso.lifted(path.astype(np.float32), 0.0, at_least=False)
    path = smooth(path, 3, True)
    pearls = rng.random() < 0.25
    metal = colour(rng, LIGHT if pearls else METALS)
    if pearls:
        front = path[before > 0.05]
        front = np.roll(front, -int(np.argmax(np.linalg.norm(front - np.roll(front, 1, 0), axis=1))), 0)  # from one end to the other
        front = resample(front, int(lengths(front)[-1] / 0.12))
        _, normals = torso.nearest(front)
        mesh = join(*(dome(p, n, 0.055, 0.055, 4, 9) for p, n in zip(front, normals, strict=True)))
    else:
        mesh = tube(path, 0.02, np.array([0, 1, 0.3], np.float32), True, 5)
        if rng.random() < 0.6:
            low = path[np.argmax(path[:, 2] - path[:, 1])]
            mesh = join(mesh, dome(low - [0, 0.07, -0.02], np.array([0, 0.3, 1], np.float32), 0.075, 0.04))
    return [torso.place.piece("necklace", Material.GLOSS, mesh, fabric.of_colour(metal), 0.75)]


def ears_of(person: Person) -> str | None:
    """What is worn over the ears: "headphones", "headset" or None."""
    draw = person.rng("headphones").random()
    return "headset" if draw < 0.05 else "headphones" if draw < 0.09 else None
