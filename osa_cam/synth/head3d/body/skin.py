"""Paints a person's skin: tone, blood and shade, lips, freckles, folds of age, stubble, make-up; in the layout of `skin_map.py`."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from osa_cam.synth.head3d.base import Array
from osa_cam.synth.head3d.body.eyes import wears_make_up
from osa_cam.synth.head3d.body.skin_map import SIZE
from osa_cam.synth.head3d.body.skin_zones import CANVAS, CANVAS_SCALE, edges, from_canvas, grain, head_only, on_canvas, small_texels, zones
from osa_cam.synth.head3d.hair.texture import colour_of
from osa_cam.synth.head3d.person import Person

Colours = NDArray[np.float32] | NDArray[np.float64]  # [..., 3], sRGB, 0 to 1

# Melanin from none to much, sRGB.
_TONES = np.array([[0.94, 0.79, 0.72], [0.90, 0.73, 0.62], [0.82, 0.63, 0.50], [0.70, 0.50, 0.37], [0.52, 0.355, 0.26], [0.36, 0.24, 0.18]])
_LIPSTICKS = np.array(
    [[0.72, 0.12, 0.16], [0.60, 0.10, 0.18], [0.80, 0.30, 0.36], [0.76, 0.42, 0.40], [0.66, 0.34, 0.32], [0.45, 0.10, 0.18]]
)
_SHADOWS = np.array([[0.42, 0.30, 0.26], [0.35, 0.26, 0.26], [0.55, 0.38, 0.32], [0.38, 0.33, 0.42], [0.62, 0.46, 0.36]])


@dataclass(frozen=True, eq=False)
class _Looks:
    """What a person's skin is like; shares are 0 to 1."""

    tone: Array
    dark: float  # share of melanin
    old: float  # 0 at 28 years, 1 at 75
    grown: float  # 0 at 9 years, 1 at 20
    flush: float
    stubble: float  # length: a shadow at 0.3, a three days' beard at 1
    made_up: float


def _looks(person: Person) -> _Looks:
    rng = person.rng("skin")
    african, asian, european = person.ancestry
    at = float(np.clip(african * 4.1 + asian * 1.2 + european * 0.35 + rng.normal(0, 0.45), 0, len(_TONES) - 1.001))
    i = int(at)
    tone = _TONES[i] * (1 - at + i) + _TONES[i + 1] * (at - i)
    warmth = rng.normal(0.4 * asian, 0.6)
    tone = tone * (1 + np.array([0.0, 0.004, -0.022]) * warmth) * rng.uniform(0.97, 1.02)
    grown = float(np.clip((person.age - 16) / 6, 0, 1)) * float(np.clip((person.sex - 0.55) / 0.25, 0, 1))
    stubble = grown * float(rng.choice([rng.uniform(0.05, 0.25), rng.uniform(0.3, 0.6), rng.uniform(0.7, 1.0)], p=[0.5, 0.3, 0.2]))
    return _Looks(
        tone.astype(np.float32),
        at / (len(_TONES) - 1),
        float(np.clip((person.age - 28) / 47, 0, 1)),
        float(np.clip((person.age - 9) / 11, 0, 1)),
        float(rng.uniform(0.4, 1.0)) * (1.25 if person.age < 16 else 1.0),
        stubble,
        float(rng.uniform(0.4, 1.0)) if wears_make_up(person) else 0.0,
    )


def skin_tone(person: Person) -> Array:
    """The skin's colour where nothing else colours it, sRGB, 0 to 1: [3]."""
    return _looks(person).tone


def skin_texture(person: Person) -> NDArray[np.uint8]:
    """uint8 [SIZE, SIZE, 4], sRGB, opaque."""
    looks = _looks(person)
    soft = _soft(person, looks)
    picture = cv2.resize(soft, (SIZE, SIZE), interpolation=cv2.INTER_LINEAR)
    pores, lines, hairs = grain()
    strength = np.float32(0.005 + 0.007 * looks.grown + 0.012 * looks.old + 0.004 * (1 - looks.made_up))
    shade = 1 + strength * pores * head_only()
    shade += from_canvas(_folds(person, looks)) * np.float32(0.2 + 0.8 * looks.grown)
    where, crease = edges()["crease"]
    shade[where] -= np.float32(0.10 + 0.06 * looks.old) * crease
    picture *= shade[..., None]
    _spots(person, looks, picture)
    if looks.stubble:
        beard = cv2.resize(zones()["beard"], (SIZE, SIZE), interpolation=cv2.INTER_LINEAR)
        _blend(picture, colour_of(person).natural * 0.9 + 0.02, beard * hairs * np.float32(0.55 * looks.stubble))
    _lids(person, looks, picture)
    _lips(person, looks, picture, lines)
    out = np.full((SIZE, SIZE, 4), 255, np.uint8)
    out[..., :3] = np.clip(picture * 255 + 0.5, 0, 255)
    return out


def _blend(picture: Array, colour: Colours, share: Array) -> None:
    picture += (np.asarray(colour, np.float32) - picture) * share[..., None]


def _mottled(rng: np.random.Generator, places: Array, scale: float, waves: int = 9) -> Array:
    """Smooth noise in space, of deviation 1, so that no seam of the texture shows."""
    ways = rng.normal(0, 1, (waves, 3))
    ways *= scale * rng.uniform(0.6, 1.6, (waves, 1)) / np.linalg.norm(ways, axis=1, keepdims=True)
    phases = places.reshape(-1, 3) @ ways.T.astype(np.float32) + rng.uniform(0, 6.28, waves).astype(np.float32)
    out: Array = (np.cos(phases).sum(1) * np.float32(np.sqrt(2 / waves))).reshape(places.shape[:2])
    return out


def _soft(person: Person, looks: _Looks) -> Array:
    """All that is larger than a pore: [SMALL, SMALL, 3]."""
    rng = person.rng("blotches")
    z, places = zones(), small_texels()[0]
    blood = (
        0.5 * z["cheeks"]
        + 0.55 * z["nose"]
        + 0.45 * z["wings"]
        + 0.65 * z["ears"]
        + 0.35 * z["chin"]
        + 0.12 * z["brow"]
        + 0.25 * z["inner"]
    )
    blood = (blood + 0.16 * _mottled(rng, places, 7.0) + 0.05) * np.float32(looks.flush * (1 - 0.55 * looks.dark))
    dark = 0.10 * z["lids"] + (0.10 + 0.10 * looks.old + 0.06 * rng.uniform()) * z["bags"] + 0.12 * z["inner"] + 0.05 * z["hollow"]
    dark += 0.05 * z["temple"] + 0.06 * z["jaw"] + 0.08 * z["under_lip"] - 0.04 * z["brow"] - 0.05 * z["apple"] + 0.04 * z["philtrum"]
    dark *= np.float32(0.45 + 0.55 * looks.grown)
    dark += np.float32(0.014 + 0.012 * looks.old) * _mottled(rng, places, 3.5)
    dark += np.float32(0.010 + 0.016 * looks.old) * _mottled(rng, places, 15.0)
    picture = looks.tone * (1 - blood[..., None] * np.array([0.02, 0.17, 0.16], np.float32))
    picture *= 1 - dark[..., None] * np.array([0.85, 1.05, 1.0], np.float32)
    hair = colour_of(person)
    if looks.stubble:  # a shaved beard shines through the skin, bluish on fair skin
        tint = looks.tone * np.array([0.66, 0.68, 0.72], np.float32) + 0.2 * hair.natural
        _blend(picture, tint, z["beard"] * np.float32((0.16 + 0.34 * looks.stubble) * (1 - 0.5 * hair.natural.mean())))
    _blend(picture, 0.55 * looks.tone + 0.35 * hair.natural, 0.16 * cv2.GaussianBlur(z["scalp"], (0, 0), 7))
    if looks.made_up:
        paint = person.rng("paint")
        rouge = np.array([0.82, 0.36, 0.36]) * (1 - 0.35 * looks.dark)
        _blend(picture, rouge, cv2.GaussianBlur(z["apple"], (0, 0), 6) * np.float32(paint.uniform(0.05, 0.24) * looks.made_up))
    _blend(picture, looks.tone * np.array([0.25, 0.16, 0.14], np.float32), 0.75 * z["nostrils"])
    _blend(picture, np.array([0.58, 0.25, 0.24]) * (1 - 0.42 * z["deep"][..., None]), z["mouth"])
    _blend(picture, np.array([0.62, 0.34, 0.32]), z["sockets"])
    return picture


def _folds(person: Person, looks: _Looks) -> Array:
    """How much brighter or darker folds make the face, seen from in front: [*CANVAS], about -0.4 to 0.2."""
    rng = person.rng("folds")
    old = looks.old
    canvas = np.zeros(CANVAS, np.float32)

    def fold(points: list[tuple[float, float]], depth: float, width: float) -> None:
        """A dark line with a lit rim below; its ends fade."""
        if depth < 0.02:
            return
        t = np.linspace(0, 1, len(points))
        fine = np.linspace(0, 1, 40)
        x, y = (np.interp(fine, t, np.array(points)[:, k]) for k in (0, 1))
        for values in (x, y):
            values[1:-1] = np.convolve(np.pad(values, 3, mode="edge"), np.ones(7) / 7, "valid")[1:-1]
        at = on_canvas(np.stack([x, y], 1).astype(np.float32))
        reach = int(4 * width * CANVAS_SCALE) + 4
        x0, y0 = np.maximum(np.floor(at.min(0)).astype(int) - reach, 0)
        x1, y1 = np.minimum(np.ceil(at.max(0)).astype(int) + reach, [CANVAS[1], CANVAS[0]])
        ink = np.zeros((y1 - y0, x1 - x0), np.float32)
        for k in range(len(at) - 1):
            fade = float(np.sin(np.pi * (k + 1) / len(at)) ** 0.6)
            a, b = (tuple(int(v) for v in np.round((at[k + j] - [x0, y0]) * 16)) for j in (0, 1))
            cv2.line(ink, a, b, fade, max(1, round(width * CANVAS_SCALE)), cv2.LINE_AA, 4)
        sigma = width * CANVAS_SCALE * 0.6
        ink = cv2.GaussianBlur(ink, (0, 0), sigma)
        below = np.roll(cv2.GaussianBlur(ink, (0, 0), sigma * 1.2), round(1.8 * width * CANVAS_SCALE), axis=0)
        canvas[y0:y1, x0:x1] += depth * (0.45 * below - ink)

    def jitter(amount: float) -> float:
        return float(rng.normal(0, amount))

    expressive = rng.uniform(0.6, 1.2)
    for k in range(4):
        y, bend = 0.50 + 0.17 * k + jitter(0.02), jitter(0.03)
        reach = rng.uniform(0.5, 0.78) * (1 - 0.06 * k)
        points = [(float(s) * reach, y + 0.05 * (1 - s * s) + bend * s + jitter(0.012)) for s in np.linspace(-1, 1, 9)]
        fold(points, (0.02 + 0.34 * old) * expressive * rng.uniform(0.5, 1), 0.016)
    for side in (-1, 1):

        def at(*points: tuple[float, float], side: int = side) -> list[tuple[float, float]]:
            return [(side * x + jitter(0.008), y + jitter(0.008)) for x, y in points]

        fold(at((0.09, 0.16), (0.10, 0.30), (0.08, 0.42)), (0.02 + 0.28 * old) * expressive * rng.uniform(0.3, 1), 0.016)
        for k in range(5):
            lift = 0.17 - 0.085 * k
            fold(
                at((0.86, 0.02 + 0.25 * lift), (0.97, 0.6 * lift), (1.08, 1.3 * lift - 0.02)),
                0.40 * old * expressive * rng.uniform(0.4, 1),
                0.011,
            )
        fold(at((0.24, -0.13), (0.40, -0.29), (0.62, -0.30), (0.78, -0.20)), 0.04 + 0.20 * old, 0.030)
        fold(at((0.28, -0.19), (0.46, -0.38), (0.70, -0.40)), 0.22 * old * rng.uniform(0.3, 1), 0.016)
        fold(at((0.27, -0.60), (0.36, -0.74), (0.47, -0.92), (0.53, -1.10)), 0.04 + 0.24 * old, 0.045)
        fold(at((0.44, -1.14), (0.49, -1.28), (0.51, -1.44)), 0.01 + 0.22 * old, 0.036)
        for k in range(5):
            x = 0.05 + 0.07 * k
            fold(at((x, -0.86), (x * 0.98, -0.94)), 0.22 * max(0.0, old - 0.35) * rng.uniform(0.2, 1), 0.009)
    for y in (-2.15, -2.38, -2.6):
        bend = jitter(0.02)
        fold(
            [(float(s), y - 0.08 * (1 - s * s) + bend * s) for s in np.linspace(-0.9, 0.9, 7)],
            0.03 + 0.22 * old * rng.uniform(0.5, 1),
            0.020,
        )
    return canvas


def _spots(person: Person, looks: _Looks, picture: Array) -> None:
    """Freckles, spots of age and moles."""
    rng = person.rng("spots")
    z = zones()
    ginger = colour_of(person).natural
    redhead = ginger[0] - ginger[1] > 0.2
    fair = np.clip(1 - 2.5 * looks.dark, 0, 1)
    freckles = int(fair * (rng.integers(60, 320) if redhead else max(0, rng.integers(-420, 160))))
    aged = int(max(0.0, looks.old - 0.5) * 2 * (1 - 0.6 * looks.dark) * rng.integers(4, 26))
    kinds = (
        ("freckled", freckles, (0.5, 1.5), np.array([0.86, 0.72, 0.62]), 0.75),
        ("spotted", aged, (2.0, 5.0), np.array([0.84, 0.76, 0.70]), 0.55),
        ("freckled", int(rng.integers(0, 3)), (1.2, 2.2), np.array([0.46, 0.38, 0.36]), 0.9),
        ("jaw", int(rng.integers(0, 3)), (1.2, 2.2), np.array([0.46, 0.38, 0.36]), 0.9),
    )
    for zone, count, (least, most), colour, strength in kinds:
        if count == 0:
            continue
        chance = np.cumsum(z[zone].ravel(), dtype=np.float64)
        at = np.searchsorted(chance, rng.uniform(0, chance[-1], count))
        ink = np.zeros((SIZE, SIZE), np.float32)
        for y, x in zip(*np.unravel_index(at, z[zone].shape), strict=True):
            place = tuple(int(v) for v in np.round((np.array([x, y]) * 2 + rng.uniform(0, 2, 2)) * 16))
            cv2.circle(ink, place, round(float(rng.uniform(least, most)) * 16), float(rng.uniform(0.35, 1)), -1, cv2.LINE_AA, 4)
        ink = cv2.GaussianBlur(ink, (0, 0), 0.6 + 0.15 * most)
        picture *= 1 - (strength * ink)[..., None] * (1 - colour).astype(np.float32)


def _paint_edge(picture: Array, name: str, colour: Colours, strength: float) -> None:
    """One of the sharp zones in one colour."""
    where, zone = edges()[name]
    _blend(picture[where], colour, zone * np.float32(strength))


def _lids(person: Person, looks: _Looks, picture: Array) -> None:
    """Edges of the lids, the roots of the lashes, and what is painted there."""
    rng = person.rng("paint eyes")
    if looks.made_up:
        colour = _SHADOWS[rng.integers(len(_SHADOWS))] * (1 - 0.4 * looks.dark)
        _paint_edge(picture, "shadow", colour, rng.uniform(0.1, 0.6) * looks.made_up)
    root = looks.tone * np.array([0.30, 0.24, 0.22], np.float32)
    fullness = 0.45 + 0.25 * (1 - person.sex)
    _paint_edge(picture, "upper", root, fullness + 0.15)
    _paint_edge(picture, "lower", root, 0.55 * fullness)
    if looks.made_up and rng.uniform() < 0.65:
        _paint_edge(picture, "liner", np.array([0.07, 0.05, 0.05]), rng.uniform(0.6, 0.95))
    _paint_edge(picture, "wet", looks.tone * np.array([0.92, 0.62, 0.58], np.float32), 0.75)


def _lips(person: Person, looks: _Looks, picture: Array, lines: Array) -> None:
    rng = person.rng("lips")
    rose = np.array([0.76, 0.42, 0.41]) * (1 - looks.dark) + np.array([0.42, 0.24, 0.23]) * looks.dark
    share = float(np.clip(0.62 - 0.18 * person.sex - 0.25 * looks.old + rng.normal(0, 0.08), 0.2, 0.8))
    colour = looks.tone * (1 - share) + rose * share
    if looks.made_up and rng.uniform() < 0.7:
        colour = colour * 0.25 + 0.75 * _LIPSTICKS[rng.integers(len(_LIPSTICKS))] * rng.uniform(0.85, 1.1)
    where, lips = edges()["lips"]
    grooved = 1 + np.float32(0.018 + 0.02 * looks.old) * lines[where]
    _blend(picture[where], colour * grooved[..., None], 0.95 * lips)
    _paint_edge(picture, "lip_line", 0.7 * colour, 0.18)
    _paint_edge(picture, "seam", np.array([0.26, 0.10, 0.10]) * (0.5 + 0.5 * colour.mean()), 0.72)


__all__ = ["skin_texture", "skin_tone"]
