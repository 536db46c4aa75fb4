"""The head's still parts, painted once at rest: skin with its light, ears, nose, brows, beard, glasses."""

from __future__ import annotations

import numpy as np
import skia
from numpy.typing import NDArray

from osa_cam.synth.portrait.brush import Brush, oval, polygon, radial, spline
from osa_cam.synth.portrait.depth import contour
from osa_cam.synth.portrait.details import paint_beard
from osa_cam.synth.portrait.identity import Colour, Identity, mix, times

Array = NDArray[np.float64]


def paint_ears(brush: Brush, i: Identity) -> None:
    """Both ears and the side of the jaw that a turn uncovers."""
    for s in (-1, 1):
        lit = mix(i.skin, i.shade, 0.25 if s == i.light else 0.55)
        x = s * (i.face_width - 0.005)
        ear = np.array(
            [
                (x - s * 0.03, -0.10),
                (x + s * 0.022, -0.135),
                (x + s * 0.058, -0.105),
                (x + s * 0.055, -0.03),
                (x + s * 0.030, 0.04),
                (x + s * 0.010, 0.085),
                (x - s * 0.03, 0.06),
            ]
        )
        path = spline(ear)
        brush.fill(path, lit)
        inner = [(x + s * 0.004, -0.085), (x + s * 0.034, -0.095), (x + s * 0.036, -0.03), (x + s * 0.012, 0.015)]
        if i.inked:
            if i.outlined:
                brush.stroke(path, i.line, 0.007)
            brush.taper(inner, times(i.shade, (0.8, 0.7, 0.7)), 0.008, n=12)
        else:
            with brush.clip(path):
                brush.fill(
                    spline([(x - s * 0.02, -0.07), (x + s * 0.026, -0.08), (x + s * 0.022, -0.01), (x + s * 0.0, 0.03)]),
                    times(i.shade, (0.85, 0.72, 0.70)),
                    0.75,
                    blur=0.010,
                )
                brush.stroke(spline(inner, False), times(i.shade, (0.8, 0.65, 0.64)), 0.006, 0.6, blur=0.003)
        if i.earrings:
            gold = (0.93, 0.78, 0.42)
            if i.earrings == 1:
                brush.fill(oval(x + s * 0.018, 0.085, 0.013, 0.013), gold)
                brush.fill(oval(x + s * 0.014, 0.081, 0.005, 0.005), (1, 1, 0.95))
            else:
                brush.stroke(oval(x + s * 0.020, 0.130, 0.030, 0.042), times(gold, (0.72, 0.66, 0.6)), 0.011)
                brush.stroke(oval(x + s * 0.019, 0.129, 0.030, 0.042), gold, 0.006)


def paint_skull(brush: Brush, i: Identity) -> None:
    """The head behind the face: what a turn shows of the side of the jaw."""
    c = contour(i) * [0.985, 0.985]
    c[:, 1] -= 0.10 * np.maximum(c[:, 1], 0)  # so that it stays behind the chin of a head that looks up
    brush.fill(spline(c), mix(i.skin, i.shade, 0.8))


def paint_skin(brush: Brush, i: Identity) -> None:
    """The face with closed, smooth lids and without a mouth."""
    outline = spline(contour(i))
    side, w = i.light, i.face_width
    if i.inked:
        _paint_cel_skin(brush, i, outline)
        return
    warm = mix(i.skin, (1.0, 0.95, 0.88), 0.20)
    deep = times(i.shade, (0.90, 0.83, 0.84))
    brush.fill(
        outline,
        shader=radial(
            (side * w * 0.40, -0.12), 0.86, [(warm, 1), (i.skin, 1), (mix(i.skin, i.shade, 0.62), 1), (i.shade, 1)], [0, 0.34, 0.78, 1]
        ),
    )
    with brush.clip(outline):
        c = contour(i)
        # the side away from the light, then the rim that bounced light leaves on it
        away = np.concatenate([c - [0, 0], (c * [0.90, 0.99] + [side * 0.075, -0.005])[::-1]])
        ring = skia.Path(polygon(away))
        ring.setFillType(skia.PathFillType.kEvenOdd)
        brush.fill(ring, deep, 0.55, blur=0.035)
        brush.stroke(outline, times(deep, (0.9, 0.82, 0.82)), 0.020, 0.45, blur=0.014)
        rim = [p for p in c.tolist() if p[0] * side < -0.1 and -0.3 < p[1] < i.chin_y * 0.85]
        if len(rim) > 2:
            rim.sort(key=lambda p: p[1])
            brush.taper(rim, mix(i.skin, (1.0, 0.92, 0.86), 0.5), 0.022, 0.35, n=30, blur=0.007)
        for s in (-1, 1):
            flush = (0.90, 0.36, 0.34) if i.skin[0] > 0.6 else (0.66, 0.22, 0.18)
            brush.fill(oval(s * w * 0.60, i.nose_y + 0.015, 0.105, 0.072), flush, i.blush * 0.34, blur=0.036)
            brush.fill(
                oval(s * w * 0.56 + side * 0.01, i.nose_y - 0.055, 0.075, 0.032), (1, 0.95, 0.88), (0.26 if s == side else 0.12), blur=0.022
            )
            # the eye's socket
            brush.fill(oval(s * i.eye_x, i.eye_y - 0.028, i.eye_w * 1.22, i.eye_h * 0.95), deep, 0.34 if s == side else 0.44, blur=0.022)
            brush.fill(oval(s * i.eye_x * 0.62, i.eye_y - 0.03, 0.028, 0.05), deep, 0.34 if s == side else 0.5, blur=0.018)
            if i.makeup:
                brush.fill(
                    oval(s * i.eye_x, i.eye_y - i.eye_h * 0.75, i.eye_w * 1.0, i.eye_h * 0.5),
                    times(i.shade, (0.80, 0.62, 0.66)),
                    0.35 * i.makeup,
                    blur=0.014,
                )
            brush.taper(
                [
                    (s * (i.eye_x - i.eye_w * 0.8), i.eye_y + i.eye_h * 1.05),
                    (s * i.eye_x, i.eye_y + i.eye_h * 1.45),
                    (s * (i.eye_x + i.eye_w * 0.8), i.eye_y + i.eye_h * 1.0),
                ],
                deep,
                0.012 + 0.010 * i.age,
                0.20 + 0.3 * i.age,
                blur=0.007,
            )
        # closed lids lie under the drawn eyes
        for s in (-1, 1):
            brush.fill(oval(s * i.eye_x, i.eye_y, i.eye_w * 0.98, i.eye_h * 0.85), mix(i.skin, i.shade, 0.32), 0.75, blur=0.012)
            brush.fill(oval(s * i.eye_x + side * 0.012, i.eye_y - 0.008, i.eye_w * 0.5, i.eye_h * 0.35), warm, 0.35, blur=0.012)
        brush.fill(oval(side * 0.06, -0.36, 0.20, 0.10), (1, 0.97, 0.92), 0.20, blur=0.05)
        _paint_nose(brush, i, deep)
        brush.fill(
            spline([(-0.014, i.nose_y + 0.045), (0.014, i.nose_y + 0.045), (0.022, i.mouth_y - 0.03), (-0.022, i.mouth_y - 0.03)]),
            deep,
            0.22,
            blur=0.007,
        )
        brush.fill(oval(side * 0.012, i.chin_y - 0.065, 0.055, 0.030), (1, 0.95, 0.9), 0.20, blur=0.020)
        _paint_age(brush, i, deep)
        if i.freckles:
            r = np.random.default_rng(i.seed + 7)
            for x, y in zip(r.normal(0, 0.14, 60), r.normal(i.nose_y - 0.04, 0.035, 60), strict=True):
                brush.fill(oval(float(x), float(y), 0.0045, 0.004), times(i.shade, (0.8, 0.6, 0.5)), 0.5 * i.freckles)
        if i.beard:
            paint_beard(brush, i)


def _paint_nose(brush: Brush, i: Identity, deep: Colour) -> None:
    side, n, y = i.light, i.nose_w, i.nose_y
    dark = times(i.shade, (0.72, 0.55, 0.55))
    flank = [
        (-side * 0.020, i.eye_y - 0.02),
        (-side * 0.034, y - 0.09),
        (-side * n * 0.98, y - 0.012),
        (-side * n * 0.55, y + 0.030),
        (-side * 0.012, y + 0.012),
        (-side * 0.020, y - 0.08),
    ]
    brush.fill(spline(flank), deep, 0.55, blur=0.013)
    brush.fill(
        spline([(-n * 0.8, y + 0.012), (0, y + 0.026), (n * 0.8, y + 0.012), (n * 0.5, y + 0.048), (-n * 0.5, y + 0.048)]),
        deep,
        0.55,
        blur=0.010,
    )
    brush.fill(
        spline(
            [
                (side * 0.010, i.eye_y),
                (side * 0.014, y - 0.08),
                (side * 0.012, y - 0.03),
                (-side * 0.002, y - 0.03),
                (-side * 0.002, y - 0.1),
            ]
        ),
        (1, 0.97, 0.92),
        0.34,
        blur=0.009,
    )
    brush.fill(oval(side * 0.012, y - 0.010, 0.024, 0.017), (1, 0.97, 0.93), 0.42, blur=0.009)
    for s in (-1, 1):
        brush.fill(
            spline([(s * n * 0.16, y + 0.024), (s * n * 0.40, y + 0.014), (s * n * 0.62, y + 0.022), (s * n * 0.40, y + 0.030)]),
            times(dark, (0.66, 0.5, 0.5)),
            0.78,
            blur=0.003,
        )
        brush.taper(
            [(s * n * 0.78, y - 0.026), (s * n * 1.0, y - 0.002), (s * n * 0.88, y + 0.022), (s * n * 0.68, y + 0.020)],
            dark,
            0.009,
            0.55 if s == side else 0.75,
            n=16,
            blur=0.002,
        )


def _paint_age(brush: Brush, i: Identity, deep: Colour) -> None:
    if i.age < 0.3:
        return
    strength = (i.age - 0.3) * 0.75
    for s in (-1, 1):
        brush.taper(
            [
                (s * (i.nose_w + 0.010), i.nose_y - 0.005),
                (s * (i.mouth_w * 0.98), i.nose_y + 0.055),
                (s * (i.mouth_w * 1.18), i.mouth_y - 0.005),
            ],
            times(deep, (0.85, 0.75, 0.75)),
            0.014,
            strength,
            blur=0.004,
        )
        if i.age > 0.5:
            for k in (-1, 0, 1):
                x, y = s * (i.eye_x + i.eye_w * 1.12), i.eye_y + 0.006
                brush.taper([(x, y + k * 0.012), (x + s * 0.042, y + k * 0.028 - 0.004)], deep, 0.006, strength, blur=0.002)
    if i.age > 0.6:
        for k in range(3):
            brush.taper(
                [(-0.17, -0.325 - 0.05 * k), (0, -0.338 - 0.05 * k), (0.17, -0.325 - 0.05 * k)], deep, 0.007, strength * 0.7, blur=0.003
            )


def _paint_cel_nose(brush: Brush, i: Identity) -> None:
    side, n, y = i.light, i.nose_w, i.nose_y
    bridge = [(-side * 0.012, i.eye_y + 0.02), (-side * 0.020, y - 0.06), (-side * n * 0.9, y - 0.004), (-side * n * 0.5, y + 0.026)]
    brush.fill(polygon([*bridge, (0, y + 0.030), (0, y - 0.05)]), i.shade, 0.9)
    ink = i.line if i.outlined else times(i.shade, (0.72, 0.6, 0.6))
    brush.taper([(-n * 0.55, y + 0.022), (0, y + 0.032), (n * 0.55, y + 0.022)], ink, 0.008, 0.85, n=10)
    for s in (-1, 1):
        brush.taper([(s * n * 0.86, y - 0.012), (s * n * 0.98, y + 0.006), (s * n * 0.72, y + 0.020)], ink, 0.008, 0.8, n=8)
    brush.fill(oval(side * 0.014, y - 0.022, 0.010, 0.014), (1, 1, 1), 0.35)


def _paint_cel_skin(brush: Brush, i: Identity, outline: skia.Path) -> None:
    side, w = i.light, i.face_width
    brush.fill(outline, mix(i.skin, (1, 0.97, 0.92), 0.1))
    with brush.clip(outline):
        shadow = [
            (-side * w * 1.2, -0.6),
            (-side * w * 0.86, -0.22),
            (-side * w * 0.84, 0.02),
            (-side * w * 0.72, 0.17),
            (-side * w * 0.34, i.chin_y - 0.055),
            (-side * 0.02, i.chin_y + 0.01),
            (-side * w * 0.6, i.chin_y + 0.2),
            (-side * w * 1.4, 0.3),
        ]
        brush.fill(spline(shadow), i.shade, 0.85 if i.outlined else 0.45)
        for s in (-1, 1):
            x = s * w * 0.60
            brush.fill(oval(x, i.nose_y + 0.005, 0.082, 0.040), (0.98, 0.42, 0.42), i.blush * 0.55, blur=0.018)
            if i.blush > 0.45 and i.feminine > 0.5:
                for k in (-1, 0, 1):
                    brush.taper(
                        [(x + k * 0.026 + 0.010, i.nose_y - 0.012), (x + k * 0.026 - 0.010, i.nose_y + 0.018)],
                        (0.90, 0.36, 0.38),
                        0.006,
                        0.55,
                        n=6,
                    )
            brush.fill(oval(s * i.eye_x, i.eye_y - i.eye_h * 0.1, i.eye_w, i.eye_h * 0.8), mix(i.skin, i.shade, 0.25), 0.5, blur=0.012)
        y = i.nose_y
        if i.anime:
            brush.fill(polygon([(side * 0.002, y - 0.016), (-side * 0.020, y + 0.010), (side * 0.004, y + 0.014)]), i.shade, 0.95)
            brush.taper([(side * 0.004, y - 0.006), (side * 0.002, y + 0.012), (-side * 0.010, y + 0.012)], i.line, 0.007, 0.8, n=8)
        else:
            _paint_cel_nose(brush, i)
        brush.taper([(-0.022, i.mouth_y + 0.045), (0, i.mouth_y + 0.049), (0.022, i.mouth_y + 0.045)], i.shade, 0.009, 0.9, n=8)
        if i.freckles:
            for s in (-1, 1):
                for k in range(3):
                    brush.fill(
                        oval(s * (w * 0.5 + 0.028 * k), i.nose_y - 0.008 + 0.012 * (k % 2), 0.005, 0.005),
                        times(i.shade, (0.8, 0.6, 0.5)),
                        0.8,
                    )
        if i.beard:
            paint_beard(brush, i)
