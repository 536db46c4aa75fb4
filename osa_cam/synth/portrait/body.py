"""Neck, shoulders and clothes, painted once at rest."""

from __future__ import annotations

import numpy as np
import skia
from numpy.typing import NDArray

from osa_cam.synth.portrait.brush import Brush, linear, oval, polygon, spline
from osa_cam.synth.portrait.identity import Identity, mix, times

_TOP = 0.615  # height at which the neck meets the shoulders
_FLOOR = 1.41


def shoulders(i: Identity) -> NDArray[np.float64]:
    """The outline [n, 2] of the torso, open at the neck."""
    n, w = i.neck_w, i.shoulder
    right = [
        (n * 1.05, _TOP - 0.035),
        (n * 1.5, _TOP + 0.022),
        (w * 0.56, _TOP + 0.088),
        (w * 0.80, _TOP + 0.165),
        (w * 0.94, _TOP + 0.30),
        (w * 1.0, _TOP + 0.50),
        (w * 1.06, 1.35),
        (w * 1.08, 1.7),
    ]
    return np.array([*[(-x, y) for x, y in right[::-1]], *right])


def paint_neck(brush: Brush, i: Identity) -> None:
    """Neck and the skin that an open collar shows, in the head's shadow."""
    n = i.neck_w
    side = [(n * 0.96, 0.10), (n * 0.93, 0.38), (n * 1.0, 0.54), (n * 1.55, _TOP + 0.04), (n * 2.3, _TOP + 0.12), (n * 2.2, 0.98)]
    path = spline([*side, *[(-x, y) for x, y in side[::-1]]])
    brush.fill(
        path,
        shader=linear(
            (-i.light * n * 1.2, 0),
            (i.light * n * 1.2, 0),
            [(times(i.shade, (0.86, 0.78, 0.8)), 1), (mix(i.skin, i.shade, 0.45), 1), (i.skin, 1)],
            [0, 0.55, 1],
        )
        if not i.inked
        else None,
        colour=i.skin,
    )
    with brush.clip(path):
        deep = times(i.shade, (0.76, 0.64, 0.66))
        jaw = [(-0.5, 0.0), (0.5, 0.0), (0.40, 0.36), (0.10, i.chin_y + 0.115), (-0.10 - i.light * 0.05, i.chin_y + 0.125), (-0.40, 0.36)]
        brush.fill(
            spline(jaw),
            deep if not i.inked else times(i.shade, (0.92, 0.86, 0.9)),
            0.75 if not i.inked else 1.0,
            blur=0.03 if not i.inked else 0,
        )
        for s in (-1, 1):
            brush.taper(
                [(s * n * 0.55, 0.50), (s * n * 0.30, _TOP + 0.02), (s * 0.03, _TOP + 0.095)],
                deep,
                0.014,
                0.45,
                blur=0.006 if not i.inked else 0,
            )
            brush.taper(
                [(s * 0.035, _TOP + 0.10), (s * n * 0.9, _TOP + 0.08), (s * n * 1.8, _TOP + 0.075)],
                deep,
                0.014,
                0.35,
                blur=0.006 if not i.inked else 0,
            )
    if i.outlined:
        brush.stroke(path, i.line, 0.008)


def _neckline(i: Identity) -> skia.Path:
    """What the clothes leave bare."""
    n = i.neck_w
    depth = {"crew": 0.095, "vneck": 0.26, "shirt": 0.17, "jacket": 0.13, "hoodie": 0.12, "turtleneck": -0.2}[i.clothes]
    y = _TOP + depth
    half = n * (1.30 if i.clothes in ("crew", "vneck", "jacket") else 1.12)
    if i.clothes in ("vneck", "shirt"):
        return polygon(
            [(-half, 0.2), (-half, _TOP - 0.03), (-half * 0.98, _TOP), (0, y), (half * 0.98, _TOP), (half, _TOP - 0.03), (half, 0.2)]
        )
    return spline(
        [
            (-half * 0.9, 0.3),
            (-half * 1.02, _TOP - 0.02),
            (-half * 0.62, y - 0.025),
            (0, y),
            (half * 0.62, y - 0.025),
            (half * 1.02, _TOP - 0.02),
            (half * 0.9, 0.3),
        ]
    )


def paint_back_clothes(brush: Brush, i: Identity) -> None:
    """What stands up behind the neck: a hood or the back of a collar."""
    n = i.neck_w
    dark = times(i.cloth, (0.55, 0.52, 0.58))
    if i.clothes == "hoodie":
        path = spline(
            [
                (-n * 2.1, 0.72),
                (-n * 1.85, 0.50),
                (-n * 1.1, 0.42),
                (0, 0.40),
                (n * 1.1, 0.42),
                (n * 1.85, 0.50),
                (n * 2.1, 0.72),
                (0, 0.85),
            ]
        )
    elif i.clothes in ("shirt", "jacket"):
        path = spline([(-n * 1.4, 0.66), (-n * 1.12, 0.52), (0, 0.50), (n * 1.12, 0.52), (n * 1.4, 0.66), (0, 0.75)])
        dark = times(i.cloth if i.clothes == "shirt" else i.trim, (0.6, 0.58, 0.64))
    else:
        path = spline([(-n * 1.35, 0.66), (-n * 1.1, 0.565), (0, 0.55), (n * 1.1, 0.565), (n * 1.35, 0.66), (0, 0.75)])
    if i.clothes != "turtleneck":
        brush.fill(path, dark)
        if i.outlined:
            brush.stroke(path, times(dark, (0.5, 0.45, 0.5)), 0.008)


def paint_torso(brush: Brush, i: Identity) -> None:
    """The clothes with folds, seams and collars."""
    side = i.light
    outline = spline(shoulders(i))
    body = skia.Op(outline, _neckline(i), skia.PathOp.kDifference_PathOp) or outline
    dark, lit = times(i.cloth, (0.62, 0.56, 0.64)), mix(i.cloth, (1.0, 0.97, 0.9), 0.20)
    ink = times(i.cloth, (0.36, 0.32, 0.40))
    if i.inked:
        brush.fill(body, i.cloth)
    else:
        brush.fill(
            body,
            shader=linear((side * 0.75, 0.6), (-side * 0.75, 1.05), [(lit, 1), (i.cloth, 1), (mix(i.cloth, dark, 0.8), 1)], [0, 0.42, 1]),
        )
    with brush.clip(body):
        blur = 0.0 if i.inked else 0.022
        w, n = i.shoulder, i.neck_w
        fold = 0.75 if i.inked else 0.42
        brush.fill(
            spline(
                [
                    (-side * w * 1.2, 0.55),
                    (-side * w * 0.78, 0.78),
                    (-side * w * 0.70, 1.0),
                    (-side * w * 0.66, 1.4),
                    (-side * w * 1.3, 1.6),
                ]
            ),
            dark,
            fold * 0.8,
            blur=blur * 2,
        )
        for s in (-1, 1):
            brush.taper([(s * w * 0.70, 0.90), (s * w * 0.66, 1.02), (s * w * 0.69, 1.3)], ink, 0.014, 0.6, ends=(0, 0.6), blur=blur * 0.35)
            brush.taper([(s * w * 0.30, 0.72), (s * w * 0.42, 0.86), (s * w * 0.62, 0.93)], dark, 0.022, fold * 0.7, blur=blur)
            brush.taper([(s * n * 1.4, 0.68), (s * n * 1.5, 0.84), (s * n * 1.9, 1.1)], dark, 0.024, fold * 0.6, blur=blur)
        if not i.inked:
            brush.taper([(side * w * 0.95, 0.78), (side * w * 0.7, 0.715), (side * n * 1.7, 0.65)], lit, 0.035, 0.5, blur=0.014)
            # the head's shadow
            brush.fill(oval(-side * 0.06, 0.60, 0.30, 0.10), ink, 0.45, blur=0.045)
    if i.outlined:
        brush.stroke(body, ink, 0.009)
    _paint_collar(brush, i, ink, dark, lit)


def _paint_collar(
    brush: Brush, i: Identity, ink: tuple[float, float, float], dark: tuple[float, float, float], lit: tuple[float, float, float]
) -> None:
    n = i.neck_w
    inked = i.outlined
    if i.clothes in ("crew", "vneck"):
        edge = n * 1.30
        points = [
            (-edge * 1.0, _TOP - 0.02),
            (-edge * 0.62, _TOP + 0.07),
            (0, _TOP + 0.095),
            (edge * 0.62, _TOP + 0.07),
            (edge * 1.0, _TOP - 0.02),
        ]
        if i.clothes == "vneck":
            path = polygon(
                [
                    (-edge * 0.98, _TOP),
                    (0, _TOP + 0.26),
                    (edge * 0.98, _TOP),
                    (edge * 1.13, _TOP + 0.012),
                    (0, _TOP + 0.325),
                    (-edge * 1.13, _TOP + 0.012),
                ]
            )
            brush.fill(path, mix(i.cloth, i.trim, 0.7))
            brush.stroke(path, ink, 0.006, 0.8 if inked else 0.35)
            return
        brush.stroke(spline(points, False), mix(dark, i.cloth, 0.4), 0.036)
        brush.stroke(spline([(x, y + 0.018) for x, y in points], False), ink, 0.006, 0.8 if inked else 0.4)
        brush.stroke(spline([(x, y - 0.018) for x, y in points], False), ink, 0.006, 0.9 if inked else 0.35)
        return
    if i.clothes == "turtleneck":
        side = [(n * 1.06, 0.44), (n * 1.12, 0.54), (n * 1.35, _TOP + 0.05)]
        path = spline([*side, (0, _TOP + 0.10), *[(-x, y) for x, y in side[::-1]], (0, 0.485)])
        brush.fill(path, shader=linear((i.light * n, 0), (-i.light * n, 0), [(lit, 1), (i.cloth, 1), (dark, 1)]))
        with brush.clip(path):
            for k in range(-6, 7):
                brush.stroke(spline([(k * n * 0.2, 0.44), (k * n * 0.21, 0.56), (k * n * 0.25, 0.74)], False), dark, 0.008, 0.4)
        brush.stroke(spline([(-n * 1.30, _TOP + 0.06), (0, _TOP + 0.105), (n * 1.30, _TOP + 0.06)], False), ink, 0.008, 0.45)
        if inked:
            brush.stroke(path, ink, 0.009)
        return
    if i.clothes == "hoodie":
        for s in (-1, 1):
            flap = [
                (s * n * 1.02, 0.50),
                (s * n * 1.95, 0.58),
                (s * n * 1.9, 0.70),
                (s * n * 1.0, 0.79),
                (0, 0.86),
                (s * 0.0, 0.775),
                (s * n * 0.75, 0.70),
            ]
            path = spline(flap)
            brush.fill(path, lit if s == i.light else mix(i.cloth, dark, 0.35))
            brush.stroke(path, ink, 0.008, 1.0 if inked else 0.35)
            brush.stroke(spline([(s * 0.075, 0.80), (s * 0.085, 0.92), (s * 0.078, 1.04)], False), mix(i.trim, (1, 1, 1), 0.4), 0.018)
            brush.stroke(spline([(s * 0.0785, 1.0), (s * 0.078, 1.05)], False), ink, 0.022)
        return
    shirt = i.cloth if i.clothes == "shirt" else mix(i.trim, (1, 1, 1), 0.35)
    if i.clothes == "jacket":
        inner = polygon([(-n * 1.30, _TOP + 0.0), (0, _TOP + 0.13), (n * 1.30, _TOP + 0.0), (n * 0.5, _FLOOR), (-n * 0.5, _FLOOR)])
        hole = spline(
            [
                (-n * 1.0, 0.3),
                (-n * 1.02, _TOP),
                (-n * 0.6, _TOP + 0.075),
                (0, _TOP + 0.095),
                (n * 0.6, _TOP + 0.075),
                (n * 1.02, _TOP),
                (n * 1.0, 0.3),
            ]
        )
        inner = skia.Op(inner, hole, skia.PathOp.kDifference_PathOp) or inner
        brush.fill(inner, shirt)
        brush.stroke(inner, times(shirt, (0.5, 0.45, 0.5)), 0.006, 0.5)
        for s in (-1, 1):
            lapel = polygon(
                [
                    (s * n * 1.12, 0.545),
                    (s * n * 1.75, 0.68),
                    (s * n * 2.05, 0.84),
                    (s * n * 1.62, 0.865),
                    (s * n * 1.75, 0.93),
                    (s * n * 0.32, 1.30),
                    (s * n * 0.95, 0.80),
                ]
            )
            brush.fill(lapel, lit if s == i.light else mix(i.cloth, dark, 0.25))
            brush.stroke(lapel, ink, 0.008, 1.0 if inked else 0.5)
        return
    for s in (-1, 1):
        collar = polygon([(s * n * 1.02, 0.515), (s * n * 1.50, 0.655), (s * n * 1.15, 0.87), (0, _TOP + 0.165), (s * n * 0.95, 0.655)])
        brush.fill(collar, mix(i.cloth, (1, 1, 1), 0.22) if s == i.light else mix(i.cloth, dark, 0.10))
        brush.stroke(collar, ink, 0.008, 1.0 if inked else 0.45)
    brush.stroke(spline([(0.0, _TOP + 0.18), (0.004, 1.0), (0.0, _FLOOR)], False), ink, 0.007, 0.6)
    for y in (0.88, 1.02):
        brush.fill(oval(0.022, y, 0.014, 0.014), mix(i.cloth, (1, 1, 1), 0.6))
        brush.stroke(oval(0.022, y, 0.014, 0.014), ink, 0.004, 0.6)
