"""What a face wears: brows, beard, glasses."""

from __future__ import annotations

import numpy as np
import skia
from numpy.typing import NDArray

from osa_cam.synth.portrait.brush import Brush, curve, oval, polygon, ribbon, spline
from osa_cam.synth.portrait.identity import Colour, Identity, mix, times

Array = NDArray[np.float64]


def paint_beard(brush: Brush, i: Identity) -> None:
    w, chin, my = i.face_width, i.chin_y, i.mouth_y
    colour = mix(i.hair_dark, i.hair, 0.5)
    lip_y = i.nose_y + 0.046
    mw = i.mouth_w
    if i.beard == 3:
        area = [
            (-mw * 1.12, my + 0.0),
            (-mw * 0.7, lip_y + 0.012),
            (0, lip_y),
            (mw * 0.7, lip_y + 0.012),
            (mw * 1.12, my),
            (mw * 1.0, my + 0.10),
            (mw * 0.6, chin + 0.02),
            (-mw * 0.6, chin + 0.02),
            (-mw * 1.0, my + 0.10),
        ]
    else:
        area = [
            (-w * 1.1, -0.12),
            (-w * 0.97, 0.06),
            (-w * 0.80, my - 0.075),
            (-mw * 1.22, my - 0.045),
            (-mw * 0.7, lip_y + 0.008),
            (0, lip_y),
        ]
        area += [(-x, y) for x, y in area[-2::-1]] + [(w * 1.2, chin + 0.1), (-w * 1.2, chin + 0.1)]
    path = spline(area)
    hole = spline(
        [
            (-mw * 0.93, my),
            (-mw * 0.4, my - 0.020),
            (mw * 0.4, my - 0.020),
            (mw * 0.93, my),
            (mw * 0.45, my + 0.044),
            (-mw * 0.45, my + 0.044),
        ]
    )
    area_path = skia.Op(path, hole, skia.PathOp.kDifference_PathOp) or path
    if i.beard == 1:
        brush.fill(area_path, colour, 0.34, blur=0.018 if not i.inked else 0.006)
        return
    brush.fill(area_path, colour, 0.90, blur=0.008 if not i.inked else 0.0)
    if i.inked:
        brush.fill(oval(0, my + 0.035, 0.05, 0.012), i.skin, 0.0)
        return
    r = np.random.default_rng(i.seed + 11)
    with brush.clip(area_path):
        for _ in range(420):
            x, y = float(r.uniform(-w, w)), float(r.uniform(-0.1, chin + 0.02))
            up = 0.4 if y < my - 0.02 and abs(x) < mw else 1.0
            dx = x * 0.10 + (np.sign(x) * 0.012 if up < 1 else 0)
            tone = i.hair_light if r.random() < 0.4 else i.hair_dark
            brush.taper([(x, y), (x + dx * 0.5, y + 0.018 * up), (x + dx, y + 0.032 * up)], tone, 0.005, 0.42, n=5)


def brow_spine(i: Identity, s: int) -> Array:
    """The brow's middle line [n, 2] from inner to outer end at picture side s."""
    x, y, w = i.eye_x, i.brow_y, i.eye_w * 1.22
    slant = i.brow_slant
    p = [
        (x - w * 0.98, y + 0.008 + slant),
        (x - w * 0.40, y - 0.007 - i.brow_arch * 0.4),
        (x + w * 0.30, y - 0.006 - i.brow_arch),
        (x + w * 1.05, y + 0.022 - slant),
    ]
    return curve(np.array(p) * [s, 1], 26)


def paint_brows(brush: Brush, i: Identity) -> None:
    """Eyebrows made of hairs (soft) or of one stroke (anime)."""
    t = np.linspace(0, 1, 26)
    colour = mix(i.hair_dark, (0.10, 0.07, 0.06), 0.35) if not i.inked else times(i.hair_dark, (0.75, 0.72, 0.75))
    r = np.random.default_rng(i.seed + 3)
    for s in (-1, 1):
        spine = brow_spine(i, s)
        width = 0.033 * i.brow_thick * (np.interp(t, [0, 0.12, 0.6, 1], [0.62, 1.0, 0.85, 0.12]))
        brush.fill(polygon(ribbon(spine, width)), colour, 0.80 if not i.inked else 1.0, blur=0.004 if not i.inked else 0)
        if i.inked:
            continue
        for k in range(1, 25):
            for _ in range(3):
                offset = float(r.uniform(-0.45, 0.45)) * width[k]
                p = spine[k] + [0, offset]
                lean = s * (0.006 + 0.012 * t[k])
                brush.taper(
                    [p, p + [lean, -0.009 * (1 - 1.4 * t[k])], p + [lean * 2, -0.013 * (1 - 1.6 * t[k])]],
                    times(colour, (0.8, 0.8, 0.8)),
                    0.0045,
                    0.55,
                    n=5,
                )


def paint_glasses(brush: Brush, i: Identity) -> None:
    """Frames, lenses with a faint gleam, and the temples' hinges."""
    if not i.glasses:
        return
    frame: Colour = ((0.13, 0.12, 0.14), (0.36, 0.22, 0.13), (0.62, 0.52, 0.32))[i.seed % 3]
    x, y, a = i.eye_x, i.eye_y + 0.012, i.eye_w * 1.42
    b = max(i.eye_h * 1.9, 0.098) if not i.anime else i.eye_h * 1.28
    for s in (-1, 1):
        cx = s * (x + 0.006)
        if i.glasses == 1:
            a_ = b_ = max(a * 0.93, b)
            lens = oval(cx, y, a_, b_)
        else:
            lens = skia.Path().addRoundRect(skia.Rect(cx - a, y - b * 0.88, cx + a, y + b * 0.92), 0.05, 0.05)
        brush.fill(lens, (0.93, 0.97, 1.0), 0.045)
        with brush.clip(lens):
            brush.fill(
                polygon([(cx - 0.01, y - 0.16), (cx + 0.045, y - 0.16), (cx - 0.055, y + 0.16), (cx - 0.11, y + 0.16)]),
                (1, 1, 1),
                0.0 if i.glasses == 3 else 0.09,
            )
        brush.canvas.save()
        if i.glasses == 3:
            brush.canvas.clipRect(skia.Rect(cx - 0.3, y - 0.3, cx + 0.3, y + 0.01))
        brush.stroke(lens, frame, 0.014)
        brush.stroke(lens, mix(frame, (1, 1, 1), 0.4), 0.004, 0.5)
        brush.canvas.restore()
        edge = a if i.glasses != 1 else max(a * 0.93, b)
        brush.taper([(cx + s * edge, y - 0.02), (s * (i.face_width + 0.01), y - 0.025)], frame, 0.014, ends=(1, 1), n=5)
    inner = x + 0.006 - (a if i.glasses != 1 else max(a * 0.93, b))
    brush.stroke(spline([(-inner, y - 0.018), (0, y - 0.036), (inner, y - 0.018)], False), frame, 0.013)
