"""Aliens: a high skull over a small jaw, large eyes, fins or feelers, freckles of light, suits."""

from __future__ import annotations

import numpy as np

from osa_cam.synth.beings.shading import WHITE, form, shadow, spot
from osa_cam.synth.portrait.body import paint_back_clothes, paint_torso
from osa_cam.synth.portrait.brush import Brush, oval, polygon, radial, spline
from osa_cam.synth.portrait.depth import Array, face_depth
from osa_cam.synth.portrait.eyes import EyeShape
from osa_cam.synth.portrait.identity import Colour, Identity, mix, times
from osa_cam.synth.portrait.layers import Stack, attach_body, attach_head, attach_neck
from osa_cam.synth.portrait.mouth import paint_mouth

SKINS: tuple[Colour, ...] = (
    (0.56, 0.80, 0.50),
    (0.46, 0.72, 0.84),
    (0.74, 0.60, 0.88),
    (0.92, 0.62, 0.66),
    (0.72, 0.76, 0.78),
    (0.34, 0.66, 0.60),
    (0.90, 0.78, 0.50),
)
GLOWS: tuple[Colour, ...] = ((0.98, 0.86, 0.36), (0.40, 0.95, 0.90), (1.0, 0.52, 0.76), (0.66, 0.98, 0.46), (0.60, 0.70, 1.0))


def _kind(i: Identity) -> int:
    """0 feelers, 1 fins, 2 a crest, 3 nothing but a skull."""
    return int(np.random.default_rng([i.seed, 9]).integers(4))


def _outline(i: Identity) -> Array:
    w, c, j = i.face_width, i.chin_y, i.jaw_width
    half = [(0, -0.74), (w * 0.48, -0.715), (w * 0.88, -0.59), (w * 1.04, -0.38), (w * 1.0, -0.16), (w * 0.86, 0.04)]
    half += [(w * (0.64 + 0.14 * j), 0.20), (w * (0.38 + 0.16 * j), c - 0.055), (w * (0.14 + 0.1 * j), c - 0.005), (0, c)]
    right = np.array(half)
    return np.concatenate([right, right[-2:0:-1] * [-1, 1]])


def _paint_back(brush: Brush, i: Identity) -> None:
    w, kind = i.face_width, _kind(i)
    for s in (-1, 1):
        if kind == 0:
            stalk = [(s * w * 0.42, -0.62), (s * w * 0.60, -0.78), (s * w * 0.95, -0.88)]
            brush.taper(stalk, shadow(i.skin), 0.050, ends=(1.0, 0.5))
            brush.taper(stalk, i.skin, 0.036, ends=(1.0, 0.5))
            form(brush, i, oval(s * w * 0.98, -0.885, 0.052, 0.052), i.iris, 0.8)
        elif kind == 1:
            for k in range(3):
                fin = [
                    (s * w * 0.92, -0.34 + 0.17 * k),
                    (s * (w * 1.42 - 0.05 * k), -0.52 + 0.19 * k),
                    (s * (w * 1.30 - 0.04 * k), -0.30 + 0.17 * k),
                    (s * w * 0.92, -0.14 + 0.15 * k),
                ]
                form(brush, i, spline(fin), mix(i.skin, i.iris, 0.30))
    if kind == 2:
        for k in (0, 4, 1, 3, 2):
            q = (k - 2) / 2
            spike = [(q * 0.20 - 0.07, -0.62), (q * 0.26, -0.94 + 0.07 * q * q), (q * 0.20 + 0.07, -0.62)]
            form(brush, i, polygon(spike), mix(i.skin, i.iris, 0.35))
    form(brush, i, oval(0, -0.30, w * 0.97, 0.40), shadow(i.skin))


def _paint_neck(brush: Brush, i: Identity) -> None:
    n = i.neck_w * 0.82
    path = spline(
        [
            (n * 0.9, 0.05),
            (n * 0.85, 0.36),
            (n, 0.54),
            (n * 1.7, 0.67),
            (n * 2.4, 0.72),
            (n * 2.2, 0.98),
            (-n * 2.2, 0.98),
            (-n * 2.4, 0.72),
            (-n * 1.7, 0.67),
            (-n, 0.54),
            (-n * 0.85, 0.36),
            (-n * 0.9, 0.05),
        ]
    )
    form(brush, i, path, i.skin)
    with brush.clip(path):
        spot(brush, i, oval(0, 0.34, n * 1.2, 0.12), shadow(i.skin), 0.6, 0.04)
    for s in (-1, 1):
        for k in range(3):  # gills
            brush.taper(
                [(s * n * 0.30, 0.44 + 0.04 * k), (s * n * 0.62, 0.455 + 0.04 * k), (s * n * 0.80, 0.44 + 0.04 * k)],
                shadow(i.skin),
                0.012,
                0.8,
                n=8,
            )


def _paint_face(brush: Brush, i: Identity) -> None:
    path = spline(_outline(i))
    form(brush, i, path, i.skin)
    w, y = i.face_width, i.nose_y
    r = np.random.default_rng([i.seed, 10])
    soft = 0.0 if i.inked else 0.02
    dark = shadow(i.skin)
    with brush.clip(path):
        for s in (-1, 1):
            brush.fill(oval(s * i.eye_x, i.eye_y, i.eye_w * 1.16, i.eye_h * 1.22), mix(i.skin, dark, 0.7), 0.7, blur=soft)
            brush.fill(oval(s * w * 0.60, y + 0.04, 0.085, 0.055), mix(i.iris, i.skin, 0.35), 0.45, blur=soft * 1.5)
            spot(brush, i, spline([(s * 0.02, i.eye_y), (s * 0.035, y - 0.06), (s * 0.030, y), (s * 0.012, y - 0.03)]), dark, 0.5, 0.012)
            brush.fill(
                spline([(s * 0.012, y - 0.010), (s * 0.030, y + 0.004), (s * 0.024, y + 0.024), (s * 0.010, y + 0.012)]),
                times(dark, (0.55, 0.5, 0.55)),
                0.9,
                blur=soft * 0.2,
            )
            brush.taper([(s * w * 0.86, -0.46), (s * w * 0.62, -0.385), (s * w * 0.30, -0.40)], dark, 0.026, 0.5, blur=soft * 0.4)
        if r.random() < 0.6:  # freckles of light
            for s in (-1, 1):
                for k in range(7):
                    x, yy = s * w * (0.30 + 0.085 * k), -0.50 + 0.035 * k + 0.03 * (k % 2)
                    brush.fill(
                        oval(x, yy, 0.019 - 0.0015 * k, 0.019 - 0.0015 * k), mix(i.iris, WHITE, 0.25), 0.9, blur=0.0 if i.inked else 0.003
                    )
        else:
            for k in range(4):
                brush.taper(
                    [(-w * 0.30 + 0.02 * k, -0.50 - 0.045 * k), (0, -0.535 - 0.045 * k), (w * 0.30 - 0.02 * k, -0.50 - 0.045 * k)],
                    dark,
                    0.022,
                    0.6,
                    blur=soft * 0.3,
                )
        brush.fill(oval(i.light * 0.10, -0.52, 0.16, 0.08), WHITE, 0.0 if i.inked else 0.25, blur=0.04)


def _paint_brows(brush: Brush, i: Identity) -> None:
    for s in (-1, 1):
        x, y, w = s * i.eye_x, i.brow_y, i.eye_w
        ridge = [(x - s * w * 0.95, y + 0.030), (x - s * w * 0.1, y - 0.016), (x + s * w * 1.05, y - 0.006)]
        brush.taper(ridge, shadow(mix(i.skin, i.iris, 0.2)), 0.046, 1.0, ends=(0.5, 0.1), n=16)
        brush.taper(np.array(ridge) - [0, 0.010], mix(i.skin, WHITE, 0.25), 0.016, 0.7, ends=(0.3, 0), n=14)


def paint_eye(brush: Brush, i: Identity, eye: EyeShape) -> None:
    x, y = (float(c) for c in eye.centre)
    rx, ry = eye.axes
    night: Colour = (0.08, 0.07, 0.13)
    brush.fill(polygon(eye.rest), mix(i.skin, shadow(i.skin), 0.35))
    if eye.open > 0.03:
        brush.fill(eye.opening, mix(night, i.iris, 0.12))
        with brush.clip(eye.opening):
            stops = [(mix(i.iris, WHITE, 0.45), 1.0), (i.iris, 1.0), (times(i.iris, (0.35, 0.35, 0.45)), 1.0)]
            brush.fill(polygon(eye.iris), shader=radial((x, y + ry * 0.25), max(rx, ry) * 1.25, stops, [0, 0.5, 1]))
            brush.fill(oval(x, y, rx * 0.36, ry * 0.52), night)
            brush.fill(oval(x + i.light * rx * 0.42, y - ry * 0.46, rx * 0.26, ry * 0.22), (1, 1, 1), 0.95)
            brush.fill(oval(x - i.light * rx * 0.40, y + ry * 0.44, rx * 0.14, ry * 0.12), (1, 1, 1), 0.6)
    brush.stroke(spline(eye.upper, False), night, 0.014)
    brush.stroke(spline(eye.lower, False), times(shadow(i.skin), (0.6, 0.6, 0.6)), 0.008, 0.9)


STACK: Stack = (
    ("back_hair", _paint_back, attach_head(lambda i, p: np.where(p[:, 1] < -0.6, 0.05, -0.20)), False),
    ("back_clothes", paint_back_clothes, attach_body, False),
    ("neck", _paint_neck, attach_neck, False),
    ("torso", paint_torso, attach_body, False),
    ("face", _paint_face, attach_head(lambda i, p: 0.94 * face_depth(i, p), 1.0), False),
    ("brows", _paint_brows, attach_head(lambda i, p: face_depth(i, p) + 0.015, 1.0), True),
)
__all__ = ["GLOWS", "SKINS", "STACK", "paint_eye", "paint_mouth"]
