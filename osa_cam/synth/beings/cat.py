"""Cats: fur with stripes or patches, upright ears, slit pupils, whiskers, clothes of people."""

from __future__ import annotations

import numpy as np
import skia

from osa_cam.synth.beings.shading import WHITE, form, shadow, spot
from osa_cam.synth.portrait.body import paint_back_clothes, paint_torso
from osa_cam.synth.portrait.brush import Brush, linear, oval, polygon, radial, spline
from osa_cam.synth.portrait.depth import Array, face_depth, smoothstep
from osa_cam.synth.portrait.eyes import EyeShape
from osa_cam.synth.portrait.identity import Colour, Identity, mix, times
from osa_cam.synth.portrait.layers import Stack, attach_body, attach_head, attach_neck
from osa_cam.synth.portrait.mouth import MouthShape

# fur, markings, muzzle
COATS: tuple[tuple[Colour, Colour, Colour], ...] = (
    ((0.88, 0.58, 0.30), (0.70, 0.38, 0.16), (1.0, 0.94, 0.86)),
    ((0.60, 0.58, 0.56), (0.32, 0.30, 0.31), (0.92, 0.91, 0.89)),
    ((0.20, 0.20, 0.23), (0.12, 0.12, 0.14), (0.96, 0.95, 0.94)),
    ((0.95, 0.93, 0.90), (0.86, 0.80, 0.74), (1.0, 0.98, 0.96)),
    ((0.92, 0.86, 0.76), (0.36, 0.26, 0.22), (0.55, 0.42, 0.36)),
    ((0.56, 0.60, 0.68), (0.42, 0.46, 0.55), (0.70, 0.73, 0.79)),
    ((0.62, 0.46, 0.32), (0.30, 0.20, 0.14), (0.93, 0.86, 0.76)),
)
EYES: tuple[Colour, ...] = ((0.50, 0.75, 0.32), (0.93, 0.74, 0.24), (0.36, 0.66, 0.86), (0.84, 0.52, 0.20), (0.34, 0.72, 0.62))
PATTERNS = ("tabby", "mask", "patches", "points", "plain")
_PINK: Colour = (0.90, 0.52, 0.54)


def pattern(i: Identity) -> str:
    return PATTERNS[int(np.random.default_rng([i.seed, 9]).integers(len(PATTERNS)))]


def _outline(i: Identity) -> Array:
    """The face [n, 2], broad in the cheeks, with tufts."""
    w, c = i.face_width, i.chin_y
    right = [(0, -0.50), (w * 0.42, -0.485), (w * 0.80, -0.38), (w * 0.99, -0.20), (w * 1.03, -0.03)]
    tufts = [(w * 1.10, 0.07), (w * 1.0, 0.10), (w * 1.01, 0.17), (w * 0.88, 0.185), (w * 0.86, 0.245), (w * 0.70, 0.25)]
    low = [(w * 0.42, c - 0.028), (w * 0.2, c)]
    half = np.array([*right, *tufts, *low])
    return np.concatenate([half, half[:0:-1] * [-1, 1]])


def _fur(brush: Brush, i: Identity, area: skia.Path, colour: Colour, box: tuple[float, float, float, float], count: int, seed: int) -> None:
    """Short hairs that lie away from the nose."""
    if i.inked:
        return
    r = np.random.default_rng([i.seed, seed])
    x0, y0, x1, y1 = box
    light, dark = mix(colour, WHITE, 0.35), shadow(colour)
    with brush.clip(area):
        for x, y in zip(r.uniform(x0, x1, count), r.uniform(y0, y1, count), strict=True):
            away = np.array([x, y - i.nose_y + 0.1])
            away /= np.hypot(*away) + 1e-6
            away = away * r.uniform(0.020, 0.038) + r.normal(0, 0.004, 2)
            brush.taper(
                [(x, y), (x + away[0] * 0.5, y + away[1] * 0.5 + 0.002), (x + away[0], y + away[1] + 0.006)],
                light if r.random() < 0.45 else dark,
                0.0055,
                0.30,
                n=5,
            )


def _paint_back(brush: Brush, i: Identity) -> None:
    form(brush, i, oval(0, -0.12, i.face_width * 0.86, 0.34), shadow(i.skin))


def _paint_ears(brush: Brush, i: Identity) -> None:
    w = i.face_width
    dark = i.hair if pattern(i) == "points" else i.skin
    for s in (-1, 1):
        ear = [
            (s * w * 0.34, -0.44),
            (s * w * 0.52, -0.66),
            (s * w * 0.80, -0.845),
            (s * w * 0.90, -0.82),
            (s * w * 0.99, -0.56),
            (s * w * 0.985, -0.22),
        ]
        form(brush, i, spline(ear), dark)
        inner = [(s * w * 0.52, -0.46), (s * w * 0.62, -0.62), (s * w * 0.80, -0.755), (s * w * 0.88, -0.56), (s * w * 0.88, -0.36)]
        spot(brush, i, spline(inner), mix(_PINK, i.skin, 0.25), 0.9, 0.012)
        for k in range(5):
            root = (s * w * (0.60 + 0.05 * k), -0.40)
            brush.taper(
                [root, (root[0] + s * 0.01, -0.50), (root[0] + s * (0.035 - 0.006 * k), -0.60 + 0.02 * k)],
                mix(i.trim, WHITE, 0.6),
                0.016,
                0.8,
                ends=(0.8, 0),
                n=8,
            )


def _paint_neck(brush: Brush, i: Identity) -> None:
    n = i.neck_w * 1.35
    path = spline(
        [
            (n * 0.9, 0.10),
            (n, 0.40),
            (n * 1.05, 0.56),
            (n * 1.6, 0.70),
            (n * 1.4, 1.0),
            (-n * 1.4, 1.0),
            (-n * 1.6, 0.70),
            (-n * 1.05, 0.56),
            (-n, 0.40),
            (-n * 0.9, 0.10),
        ]
    )
    form(brush, i, path, i.skin)
    bib = spline([(0, 0.30), (n * 0.75, 0.45), (n * 0.8, 0.70), (0, 0.95), (-n * 0.8, 0.70), (-n * 0.75, 0.45)])
    with brush.clip(path):
        spot(brush, i, bib, i.lip, 0.9, 0.05)
        spot(brush, i, oval(0, 0.36, n * 1.1, 0.12), shadow(i.skin), 0.55, 0.04)
    _fur(brush, i, path, i.skin, (-n * 1.5, 0.3, n * 1.5, 0.95), 160, 21)


def _paint_face(brush: Brush, i: Identity) -> None:
    path = spline(_outline(i))
    form(brush, i, path, i.skin)
    w, marks, kind = i.face_width, i.hair, pattern(i)
    with brush.clip(path):
        if kind == "tabby":
            for s in (-1, 0, 1):
                brush.taper([(s * 0.10, -0.52), (s * 0.085, -0.42), (s * 0.055, -0.31)], marks, 0.050, 0.9, ends=(0.7, 0.0), n=10)
            for s in (-1, 1):
                for k in range(3):
                    y = 0.0 + 0.075 * k
                    brush.taper(
                        [(s * w * 1.05, y - 0.01), (s * w * 0.85, y - 0.005), (s * w * 0.64, y + 0.015)],
                        marks,
                        0.036,
                        0.9,
                        ends=(0.9, 0),
                        n=10,
                    )
                brush.taper([(s * w * 0.30, -0.50), (s * w * 0.42, -0.42), (s * w * 0.46, -0.33)], marks, 0.036, 0.85, ends=(0.7, 0), n=8)
        elif kind == "patches":
            side = i.side
            spot(
                brush,
                i,
                spline(
                    [(side * 0.04, -0.6), (side * w * 1.2, -0.6), (side * w * 1.2, 0.05), (side * w * 0.62, 0.09), (side * 0.07, -0.10)]
                ),
                marks,
                0.95,
                0.012,
            )
            spot(
                brush,
                i,
                spline([(-side * w * 0.55, -0.6), (-side * w * 1.2, -0.55), (-side * w * 1.2, -0.22), (-side * w * 0.7, -0.30)]),
                mix(marks, (0.92, 0.55, 0.25), 0.6),
                0.95,
                0.012,
            )
        elif kind == "points":
            spot(brush, i, oval(0, 0.03, w * 0.62, 0.30), marks, 0.85, 0.07)
        if kind == "mask" or kind == "tabby":
            blaze = [(0, -0.40 if kind == "mask" else -0.14), (0.045, -0.16), (w * 0.42, 0.06), (w * 0.62, 0.26), (0, i.chin_y + 0.08)]
            spot(brush, i, spline([*blaze, *[(-x, y) for x, y in blaze[-2:0:-1]]]), i.lip, 0.95, 0.018)
    _fur(brush, i, path, i.skin, (-w * 1.1, -0.5, w * 1.1, i.chin_y), 420, 22)
    y, m = i.nose_y, i.mouth_y
    for s in (-1, 1):  # the pads that carry the whiskers
        pad = oval(s * 0.088, (y + m) / 2 + 0.022, 0.120, 0.076)
        spot(brush, i, pad, mix(i.lip, WHITE, 0.15), 0.95, 0.016)
        for k, (dx, dy) in enumerate(((0.05, 0.0), (0.10, -0.015), (0.08, 0.03), (0.13, 0.02))):
            brush.fill(oval(s * (0.045 + dx), (y + m) / 2 + 0.012 + dy, 0.0065, 0.0065), shadow(i.lip), 0.8 - 0.05 * k)
    spot(brush, i, oval(0, i.chin_y - 0.055, 0.095, 0.055), mix(i.lip, WHITE, 0.15), 0.9, 0.018)
    nose = spline([(-0.058, y - 0.020), (0, y - 0.030), (0.058, y - 0.020), (0.036, y + 0.014), (0, y + 0.030), (-0.036, y + 0.014)])
    tone = _PINK if sum(i.skin) > 1.2 else (0.32, 0.22, 0.24)
    form(brush, i, nose, tone)
    brush.fill(oval(i.light * 0.014, y - 0.013, 0.016, 0.006), WHITE, 0.55, blur=0.003)
    brush.taper(
        [(0, y + 0.026), (0, (y + m) / 2 + 0.010), (0, m - 0.008)], times(tone, (0.5, 0.42, 0.45)), 0.010, 0.85, ends=(0.9, 0.9), n=8
    )
    for s in (-1, 1):
        brush.fill(
            oval(s * i.eye_x, i.eye_y, i.eye_w * 1.10, i.eye_h * 1.12), mix(i.skin, WHITE, 0.35), 0.8, blur=0.0 if i.inked else 0.012
        )


def _paint_brows(brush: Brush, i: Identity) -> None:
    """Marks over the eyes and the long hairs there."""
    tone = mix(i.hair, (0.1, 0.08, 0.08), 0.2) if sum(i.skin) > 0.9 else mix(i.skin, WHITE, 0.42)
    for s in (-1, 1):
        x, y, w = s * i.eye_x, i.brow_y, i.eye_w
        brush.taper([(x - s * w * 0.75, y + 0.016), (x, y - 0.014), (x + s * w * 0.8, y + 0.006)], tone, 0.042, 0.92, ends=(0.4, 0.1), n=14)


def _paint_whiskers(brush: Brush, i: Identity) -> None:
    y = (i.nose_y + i.mouth_y) / 2
    tone = mix(WHITE, i.skin, 0.1) if sum(i.skin) < 2.2 else (0.55, 0.52, 0.52)
    for s in (-1, 1):
        for dy, lift, reach in ((-0.012, -0.075, 0.60), (0.015, -0.005, 0.64), (0.040, 0.075, 0.58)):
            brush.taper(
                [(s * 0.13, y + dy), (s * 0.36, y + dy + lift * 0.55 - 0.02), (s * reach, y + dy + lift)],
                tone,
                0.0075,
                0.95,
                ends=(0.9, 0.05),
                n=20,
            )


def paint_mouth(brush: Brush, i: Identity, m: MouthShape) -> None:
    line = times(i.lip, (0.34, 0.24, 0.26))
    if m.gap > 0:
        inside = polygon(m.inner)
        top = float(m.inner[:, 1].min())
        brush.fill(inside, (0.42, 0.12, 0.15))
        with brush.clip(inside):
            y0, y1 = float(m.tongue[:, 1].min()), float(m.tongue[:, 1].max())
            if not m.tongue_over_lip:
                brush.fill(polygon(m.tongue), shader=linear((0, y0), (0, y1), [((0.96, 0.62, 0.62), 1), ((0.86, 0.44, 0.47), 1)]))
            n = len(m.teeth) // 2
            row = m.teeth[n:][::-1]
            for k in (4, n - 5):  # fangs
                x, y = (float(c) for c in row[k])
                brush.fill(polygon([(x - 0.022, top - 0.03), (x + 0.022, top - 0.03), (x, y + 0.028)]), WHITE)
            brush.fill(polygon(np.concatenate([m.teeth[:n], (row - [0, 0.012])[::-1]])), WHITE)
        brush.stroke(inside, line, 0.010)
    else:
        brush.taper(m.line, line, 0.013, ends=(0.5, 0.5), n=24)
    if m.tongue_over_lip:
        brush.fill(polygon(m.tongue), (0.93, 0.54, 0.56))
        brush.stroke(polygon(m.tongue), line, 0.007)


def paint_eye(brush: Brush, i: Identity, eye: EyeShape) -> None:
    x, y = (float(c) for c in eye.centre)
    rx, ry = eye.axes
    ink: Colour = (0.10, 0.07, 0.08)
    brush.fill(polygon(eye.rest), mix(i.skin, shadow(i.skin), 0.25))
    if eye.open > 0.03:
        brush.fill(eye.opening, mix(i.iris, WHITE, 0.72))
        with brush.clip(eye.opening):
            brush.fill(
                polygon(eye.iris),
                shader=radial(
                    (x, y + ry * 0.3),
                    ry * 1.3,
                    [(mix(i.iris, WHITE, 0.45), 1), (i.iris, 1), (times(i.iris, (0.45, 0.45, 0.4)), 1)],
                    [0, 0.5, 1],
                ),
            )
            brush.fill(oval(x, y, rx * 0.30, ry * 0.86), (0.03, 0.03, 0.04))
            shade = np.concatenate([eye.upper, (eye.upper + [0, i.eye_h * 0.28])[::-1]])
            brush.fill(polygon(shade), ink, 0.35, blur=0.0 if i.inked else 0.008)
            brush.fill(oval(x + i.light * rx * 0.36, y - ry * 0.40, rx * 0.22, ry * 0.20), (1, 1, 1), 0.95)
    brush.stroke(spline(eye.upper, False), ink, 0.017)
    brush.stroke(spline(eye.lower, False), ink, 0.009, 0.9)
    brush.taper(eye.upper[:1] + np.array([[0, 0], [-eye.side * 0.012, 0.016], [-eye.side * 0.016, 0.034]]), ink, 0.014, ends=(1, 0), n=6)


def _ear_depth(i: Identity, p: Array) -> Array:
    return 0.10 + 0.16 * smoothstep(-0.65, -0.40, p[:, 1])


def _whisker_depth(i: Identity, p: Array) -> Array:
    return np.asarray(0.58 - 0.62 * np.abs(p[:, 0]), np.float64)


STACK: Stack = (
    ("back_hair", _paint_back, attach_head(lambda i, p: np.full(len(p), -0.20)), False),
    ("back_clothes", paint_back_clothes, attach_body, False),
    ("neck", _paint_neck, attach_neck, False),
    ("torso", paint_torso, attach_body, False),
    ("ears", _paint_ears, attach_head(_ear_depth, 1.0), False),
    ("face", _paint_face, attach_head(face_depth, 1.0), False),
    ("brows", _paint_brows, attach_head(lambda i, p: face_depth(i, p) + 0.012, 1.0), True),
    ("whiskers", _paint_whiskers, attach_head(_whisker_depth, 1.0), True),
)
