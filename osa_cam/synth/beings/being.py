"""Portraits of those who are not human: the rig, the poses and the labels are those of drawn people.

being = being_of("cat", 7)
picture = being.draw(pose(jawOpen=0.4))
"""

from __future__ import annotations

import colorsys
from dataclasses import replace

import numpy as np

from osa_cam.media import PICTURE_SIZE
from osa_cam.synth.beings import alien, cat, robot
from osa_cam.synth.portrait.identity import Colour, Identity, mix, times
from osa_cam.synth.portrait.portrait import Figure, Portrait

KINDS = ("robot", "cat", "alien")
_STYLES, _SHARES = ("soft", "cel", "flat", "painted"), (0.45, 0.25, 0.15, 0.15)
_FIGURES = {
    "robot": Figure(robot.STACK, robot.paint_mouth, robot.paint_eye),
    "cat": Figure(cat.STACK, cat.paint_mouth, cat.paint_eye),
    "alien": Figure(alien.STACK, alien.paint_mouth, alien.paint_eye),
}


def being_of(kind: str, seed: int, style: str | None = None, size: int = PICTURE_SIZE) -> Portrait:
    """The being of a seed; style None picks one of soft, cel, flat and painted. Raises ValueError for another kind or style."""
    if kind not in KINDS:
        raise ValueError(f"kind is {kind!r}; choose one of {KINDS}")
    if style is not None and style not in _STYLES:
        raise ValueError(f"style is {style!r}; choose one of {_STYLES}")
    rng = np.random.default_rng([seed, 8, KINDS.index(kind)])
    chosen = str(rng.choice(_STYLES, p=_SHARES))
    return Portrait({"robot": _robot, "cat": _cat, "alien": _alien}[kind](seed, style or chosen, rng), size, _FIGURES[kind])


def _shifted(colour: Colour, rng: np.random.Generator) -> Colour:
    """A colour of the same family."""
    h, s, v = colorsys.rgb_to_hsv(*colour)
    return colorsys.hsv_to_rgb(
        (h + rng.normal(0, 0.015)) % 1, float(np.clip(s * rng.uniform(0.85, 1.15), 0, 1)), min(v * rng.uniform(0.93, 1.05), 1)
    )


def _rig(seed: int, style: str, rng: np.random.Generator, **lengths: float) -> Identity:
    """Somebody of these proportions; each length varies by a few per cent."""
    base = replace(
        Identity.from_seed(seed, style, "bald"), feminine=0.3, age=0.0, beard=0, glasses=0, earrings=0, makeup=0.0, eye_slant=0.0
    )
    varied = {name: float(value * rng.uniform(0.96, 1.04)) for name, value in lengths.items()}
    return replace(base, **varied, brow_slant=0.0, neck_w=0.17, shoulder=float(rng.uniform(0.68, 0.82)))  # type: ignore[arg-type]


def _coloured(i: Identity, skin: Colour, marks: Colour, iris: Colour, trim: Colour, lip: Colour) -> Identity:
    return replace(
        i,
        skin=skin,
        shade=times(skin, (0.78, 0.72, 0.80)),
        hair=marks,
        hair_light=mix(marks, (1, 1, 1), 0.4),
        hair_dark=times(marks, (0.5, 0.5, 0.5)),
        iris=iris,
        trim=trim,
        lip=lip,
        line=times(skin, (0.28, 0.25, 0.32)),
    )


def _robot(seed: int, style: str, rng: np.random.Generator) -> Identity:
    i = _rig(seed, style, rng, face_width=0.40, chin_y=0.42, eye_x=0.175, eye_w=0.095, eye_h=0.088, mouth_w=0.150, lip_full=0.75)
    i = replace(i, eye_y=-0.12, brow_y=-0.275, nose_y=0.055, mouth_y=0.215, jaw_width=float(rng.uniform(0, 1)))
    shell, lamp, trim = (table[int(rng.integers(len(table)))] for table in (robot.SHELLS, robot.LAMPS, robot.SHELLS))
    return _coloured(i, _shifted(shell, rng), (0.3, 0.3, 0.33), lamp, _shifted(trim, rng), (0.2, 0.2, 0.23))


def _cat(seed: int, style: str, rng: np.random.Generator) -> Identity:
    i = _rig(seed, style, rng, face_width=0.43, chin_y=0.335, eye_x=0.185, eye_w=0.098, eye_h=0.092, mouth_w=0.125, lip_full=0.5)
    i = replace(i, eye_y=-0.10, brow_y=-0.265, nose_y=0.065, mouth_y=0.150, eye_slant=0.018)
    fur, marks, muzzle = cat.COATS[int(rng.integers(len(cat.COATS)))]
    eyes = cat.EYES[int(rng.integers(len(cat.EYES)))]
    return _coloured(i, _shifted(fur, rng), marks, eyes, i.trim, muzzle)


def _alien(seed: int, style: str, rng: np.random.Generator) -> Identity:
    i = _rig(seed, style, rng, face_width=0.40, chin_y=0.40, eye_x=0.190, eye_w=0.122, eye_h=0.108, mouth_w=0.105, lip_full=0.8)
    i = replace(i, eye_y=-0.125, brow_y=-0.30, nose_y=0.075, mouth_y=0.205, eye_slant=0.028, jaw_width=float(rng.uniform(0, 0.8)))
    skin, glow = (table[int(rng.integers(len(table)))] for table in (alien.SKINS, alien.GLOWS))
    skin = _shifted(skin, rng)
    return _coloured(i, skin, skin, glow, i.trim, mix(times(skin, (0.74, 0.58, 0.66)), (0.6, 0.2, 0.35), 0.2))
