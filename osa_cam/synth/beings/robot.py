"""Robots: a head of plates with lamps for eyes and a lit grille behind rubber lips."""

from __future__ import annotations

import numpy as np
import skia

from osa_cam.synth.beings.shading import WHITE, form, shadow
from osa_cam.synth.portrait.brush import Brush, oval, polygon, radial, spline
from osa_cam.synth.portrait.depth import face_depth, glasses_depth
from osa_cam.synth.portrait.eyes import EyeShape
from osa_cam.synth.portrait.identity import Colour, Identity, mix, times
from osa_cam.synth.portrait.layers import Stack, attach_body, attach_head, attach_neck
from osa_cam.synth.portrait.mouth import MouthShape

SHELLS: tuple[Colour, ...] = (
    (0.78, 0.80, 0.84),
    (0.93, 0.93, 0.92),
    (0.80, 0.52, 0.34),
    (0.30, 0.62, 0.62),
    (0.92, 0.72, 0.26),
    (0.36, 0.44, 0.66),
    (0.84, 0.40, 0.38),
    (0.58, 0.74, 0.52),
)
LAMPS: tuple[Colour, ...] = ((0.25, 0.90, 1.0), (0.45, 1.0, 0.55), (1.0, 0.62, 0.20), (1.0, 0.42, 0.62), (0.72, 0.62, 1.0))
_STEEL: Colour = (0.50, 0.52, 0.56)
_RUBBER: Colour = (0.17, 0.17, 0.20)


def _rounded(x: float, y: float, a: float, b: float, r: float) -> skia.Path:
    return skia.Path().addRoundRect(skia.Rect(x - a, y - b, x + a, y + b), r, r)


def _head(i: Identity) -> skia.Path:
    """Square, tapered or round, by the width of the jaw."""
    w, j = i.face_width, i.jaw_width
    half = [
        (0, -0.60),
        (w * 0.72, -0.585),
        (w * 0.97, -0.46),
        (w, -0.20),
        (w * (0.90 + 0.08 * j), 0.14),
        (w * (0.60 + 0.28 * j), i.chin_y - 0.02),
    ]
    right = np.array(half)
    return spline(np.concatenate([right, [[0, i.chin_y]], right[:0:-1] * [-1, 1]]))


def _paint_back(brush: Brush, i: Identity) -> None:
    """Antennae and the back of the head."""
    r = np.random.default_rng([i.seed, 9])
    kind = int(r.integers(3))
    for s in (-1, 1) if kind == 1 else (0,) if kind == 0 else (i.side,):
        x, tip = s * 0.20, -0.90 + 0.05 * kind
        brush.stroke(spline([(x, -0.55), (x + s * 0.03, -0.72), (x + s * 0.07, tip)], False), shadow(_STEEL), 0.026)
        brush.stroke(spline([(x, -0.55), (x + s * 0.03, -0.72), (x + s * 0.07, tip)], False), _STEEL, 0.014)
        form(brush, i, oval(x + s * 0.07, tip - 0.02, 0.042, 0.042), i.iris, 1.0)
        form(brush, i, _rounded(x, -0.60, 0.075, 0.05, 0.03), _STEEL, 0.6)
    form(brush, i, _rounded(0, -0.18, i.face_width * 0.93, 0.38, 0.16), shadow(i.skin), 0.3)


def _paint_neck(brush: Brush, i: Identity) -> None:
    form(brush, i, _rounded(0, 0.55, i.neck_w * 0.82, 0.45, 0.03), _RUBBER, 0.3)
    for k in range(7):
        y = 0.30 + 0.055 * k
        form(brush, i, _rounded(0, y, i.neck_w * (0.88 + 0.035 * k), 0.018, 0.016), mix(_STEEL, _RUBBER, 0.35), 0.7)


def _paint_torso(brush: Brush, i: Identity) -> None:
    w = i.shoulder * 0.92
    plate = spline(
        [(-0.30, 0.66), (-w * 0.72, 0.74), (-w, 0.92), (-w * 1.03, 1.5), (w * 1.03, 1.5), (w, 0.92), (w * 0.72, 0.74), (0.30, 0.66)]
    )
    form(brush, i, plate, i.skin, 0.5)
    seam = shadow(i.skin)
    for s in (-1, 1):
        brush.stroke(spline([(s * 0.36, 0.70), (s * 0.42, 0.95), (s * 0.40, 1.5)], False), seam, 0.012, 0.9)
        form(brush, i, oval(s * w * 0.90, 0.92, 0.15, 0.17), i.trim, 0.5)
        for y in (0.80, 0.98):
            form(brush, i, oval(s * 0.50, y, 0.016, 0.016), _STEEL, 1.0)
    form(brush, i, _rounded(0, 0.66, 0.30, 0.05, 0.045), _STEEL, 0.7)
    form(brush, i, oval(0, 0.92, 0.095, 0.095), _RUBBER, 0.4)
    brush.fill(
        oval(0, 0.92, 0.066, 0.066), shader=radial((0, 0.92), 0.07, [(mix(i.iris, WHITE, 0.6), 1), (i.iris, 1), (shadow(i.iris), 1)])
    )


def _paint_ears(brush: Brush, i: Identity) -> None:
    """The drums at the sides of the head."""
    for s in (-1, 1):
        x = s * (i.face_width + 0.012)
        form(brush, i, _rounded(x, -0.08, 0.055, 0.135, 0.04), _STEEL, 0.7)
        form(brush, i, _rounded(x + s * 0.050, -0.08, 0.030, 0.085, 0.025), i.trim, 0.7)


def _paint_face(brush: Brush, i: Identity) -> None:
    head = _head(i)
    form(brush, i, head, i.skin, 0.7)
    r = np.random.default_rng([i.seed, 10])
    seam = shadow(i.skin)
    w = i.face_width
    with brush.clip(head):
        if r.random() < 0.5:  # a visor round the eyes
            visor = _rounded(0, i.eye_y, w * 0.84, i.eye_h * 2.05, 0.10)
            form(brush, i, visor, mix(_RUBBER, i.skin, 0.14), 0.5)
        else:
            for s in (-1, 1):
                form(brush, i, oval(s * i.eye_x, i.eye_y, i.eye_w * 1.42, i.eye_w * 1.42), mix(_STEEL, i.skin, 0.3), 0.8)
                form(brush, i, oval(s * i.eye_x, i.eye_y, i.eye_w * 1.16, i.eye_w * 1.16), _RUBBER, 0.2)
        brush.stroke(spline([(-w, -0.34), (0, -0.37), (w, -0.34)], False), seam, 0.011, 0.9)
        brush.stroke(spline([(0, -0.62), (0, -0.37)], False), seam, 0.010, 0.8)
        jaw = [
            (-w * 1.1, 0.03),
            (-w * 0.62, 0.06),
            (-w * 0.50, i.mouth_y - 0.085),
            (w * 0.50, i.mouth_y - 0.085),
            (w * 0.62, 0.06),
            (w * 1.1, 0.03),
        ]
        brush.stroke(spline(jaw, False), seam, 0.011, 0.9)
        form(
            brush,
            i,
            polygon([(-0.030, i.nose_y - 0.085), (0.030, i.nose_y - 0.085), (0.05, i.nose_y + 0.005), (-0.05, i.nose_y + 0.005)]),
            mix(i.skin, _STEEL, 0.4),
            0.8,
        )
        for s in (-1, 1):
            for x, y in ((0.80, -0.42), (0.84, 0.10), (0.30, i.chin_y - 0.045)):
                form(brush, i, oval(s * w * x, y, 0.015, 0.015), _STEEL, 1.0)
            brush.fill(oval(s * w * 0.62, i.nose_y + 0.02, 0.055, 0.030), i.trim, 0.55, blur=0.0 if i.inked else 0.014)


def _paint_brows(brush: Brush, i: Identity) -> None:
    for s in (-1, 1):
        x, y = s * i.eye_x, i.brow_y
        bar = [
            (x - s * i.eye_w * 1.1, y - 0.004),
            (x + s * i.eye_w * 1.1, y + 0.004),
            (x + s * i.eye_w * 1.1, y + 0.036),
            (x - s * i.eye_w * 1.1, y + 0.030),
        ]
        form(brush, i, polygon(bar), mix(_RUBBER, i.trim, 0.25), 0.5)


def paint_mouth(brush: Brush, i: Identity, m: MouthShape) -> None:
    brush.fill(polygon(m.outer), mix(_STEEL, i.skin, 0.4), blur=0.012)
    for lip in (m.upper_lip, m.lower_lip):
        brush.fill(polygon(lip), _RUBBER)
    brush.stroke(polygon(m.upper_lip), mix(_RUBBER, WHITE, 0.25), 0.004, 0.6)
    if m.gap == 0:
        brush.taper(m.line, times(_RUBBER, (0.4, 0.4, 0.4)), 0.010, n=18)
        return
    inside = polygon(m.inner)
    x0, x1 = float(m.inner[:, 0].min()), float(m.inner[:, 0].max())
    middle, top = (x0 + x1) / 2, float(m.inner[:, 1].min())
    brush.fill(
        inside,
        shader=radial(
            (middle, top + m.gap * 0.7),
            max(x1 - x0, 0.02) * 0.75,
            [(times(i.iris, (0.62, 0.62, 0.62)), 1), (times(i.iris, (0.16, 0.16, 0.2)), 1)],
        ),
    )
    with brush.clip(inside):
        brush.fill(polygon(m.tongue), mix(i.iris, WHITE, 0.25), 0.9)
        for teeth in (m.lower_teeth, m.teeth):
            brush.fill(polygon(teeth), (0.86, 0.88, 0.90))
        for x in np.linspace(x0, x1, 9)[1:-1]:
            brush.stroke(spline([(x, top - 0.02), (x, top + m.gap * 1.4)], False), times(i.iris, (0.12, 0.12, 0.15)), 0.006, 0.8)
    if m.tongue_over_lip:
        brush.fill(polygon(m.tongue), mix(i.iris, WHITE, 0.25))
    brush.stroke(inside, _RUBBER, 0.008)


def paint_eye(brush: Brush, i: Identity, eye: EyeShape) -> None:
    """A lamp behind shutters."""
    x, y = (float(c) for c in eye.centre)
    rx = max(eye.axes)
    brush.fill(polygon(eye.rest), mix(_STEEL, i.skin, 0.55))
    if eye.open > 0.03:
        brush.fill(eye.opening, (0.06, 0.07, 0.10))
        with brush.clip(eye.opening):
            brush.fill(oval(x, y, rx * 1.7, rx * 1.7), shader=radial((x, y), rx * 1.7, [(i.iris, 0.55), (i.iris, 0.0)]))
            brush.fill(
                polygon(eye.iris),
                shader=radial(
                    (x, y), rx, [(mix(i.iris, WHITE, 0.75), 1), (i.iris, 1), (times(i.iris, (0.6, 0.6, 0.6)), 1)], [0.1, 0.55, 1]
                ),
            )
            brush.fill(oval(x, y, rx * 0.34, rx * 0.34), mix(i.iris, WHITE, 0.9))
            brush.fill(oval(x + i.light * rx * 0.4, y - rx * 0.45, rx * 0.2, rx * 0.2), WHITE, 0.9)
    brush.stroke(polygon(eye.rest), _RUBBER, 0.010)
    brush.stroke(spline(eye.upper, False), _RUBBER, 0.016)
    brush.stroke(spline(eye.lower, False), _RUBBER, 0.009)


STACK: Stack = (
    ("back_hair", _paint_back, attach_head(lambda i, p: np.where(p[:, 1] < -0.55, 0.0, -0.25)), False),
    ("neck", _paint_neck, attach_neck, False),
    ("torso", _paint_torso, attach_body, False),
    ("ears", _paint_ears, attach_head(lambda i, p: np.full(len(p), 0.0)), False),
    ("face", _paint_face, attach_head(face_depth, 1.0), False),
    ("brows", _paint_brows, attach_head(glasses_depth, 1.0), True),
)
