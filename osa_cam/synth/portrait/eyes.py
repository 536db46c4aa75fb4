"""Eyes, drawn anew for each pose: lids that open and close over an iris that looks about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import skia
from numpy.typing import NDArray

from osa_cam.synth.portrait.brush import Brush, curve, linear, oval, polygon, radial, ribbon
from osa_cam.synth.portrait.deform import PoseValues
from osa_cam.synth.portrait.identity import Identity, mix, times

Array = NDArray[np.float64]
Place = Callable[[Array], Array]  # rest points [n, 2] -> posed points [n, 2]

# Along the eye from the inner corner (-1) to the outer (1): heights of the lids, as shares of eye_h.
_T = np.array([-1.0, -0.72, -0.35, 0.05, 0.45, 0.78, 1.0])
_UPPER = {
    "soft": np.array([0.22, -0.42, -0.86, -1.0, -0.86, -0.48, 0.02]),
    "anime": np.array([0.10, -0.52, -0.88, -1.0, -0.93, -0.62, -0.08]),
}
_LOWER = {"soft": np.array([0.22, 0.50, 0.68, 0.76, 0.74, 0.50, 0.02]), "anime": np.array([0.30, 0.72, 0.90, 0.96, 0.92, 0.70, -0.02])}


@dataclass(frozen=True, eq=False)
class EyeShape:
    """One eye in posed face units; curves [n, 2] run from the inner to the outer corner."""

    side: int
    upper: Array
    lower: Array
    crease: Array
    rest: Array  # outline [n, 2] of the eye when open, posed like the skin
    iris: Array  # outline [n, 2]
    centre: Array  # of the iris [2]
    axes: tuple[float, float]  # of the iris
    open: float  # 0 closed to 1

    @property
    def opening(self) -> skia.Path:
        """The visible part of the eyeball."""
        return polygon(np.concatenate([self.upper, self.lower[::-1]]))


def eye_shape(identity: Identity, v: PoseValues, side: int, place: Place) -> EyeShape:
    """The eye at picture side -1 or 1."""
    i = identity
    blink, squint, wide = v.side("eyeBlink", side), v.side("eyeSquint", side), v.side("eyeWide", side)
    up, down = v.side("eyeLookUp", side), v.side("eyeLookDown", side)
    gaze_x = (v.side("eyeLookOut", side) - v.side("eyeLookIn", side)) * side
    gaze_y = down - up
    cheek = v.side("cheekSquint", side) + 0.5 * v.side("mouthSmile", side)
    kind = "anime" if i.anime else "soft"
    upper, lower = _UPPER[kind], _LOWER[kind]
    closed = np.array([0.22, 0.42, 0.55, 0.60, 0.54, 0.36, 0.02]) if not i.anime else np.array([0.34, 0.58, 0.70, 0.74, 0.68, 0.44, -0.02])
    bump = 1 - _T**2
    shut = float(np.clip(blink + 0.10 * squint + 0.22 * down * (1 - blink), 0, 1))
    raised = upper - bump * (0.22 * wide + 0.10 * up)
    raised_low = lower + bump * (0.10 * wide - 0.34 * squint - 0.22 * min(cheek, 1.2) - 0.06 * up)
    lid_low = raised_low * (1 - blink) + closed * blink
    lid_up = np.minimum(raised * (1 - shut) + closed * shut, lid_low)

    def at(heights: Array, n: int = 20) -> Array:
        x = side * (i.eye_x + _T * i.eye_w)
        y = i.eye_y + heights * i.eye_h - i.eye_slant * (_T + 1)
        return curve(np.stack([x, y], 1), n)

    x = side * i.eye_x + gaze_x * i.eye_w * (0.40 if not i.anime else 0.30)
    y = i.eye_y - i.eye_slant + gaze_y * i.eye_h * (0.42 if not i.anime else 0.30) + (-0.10 if not i.anime else 0.0) * i.eye_h
    rx, ry = (i.eye_w * 0.52, i.eye_w * 0.52) if not i.anime else (i.eye_w * 0.60, i.eye_h * 0.98)
    squash = 1 - 0.12 * abs(gaze_x)
    a = np.linspace(0, 2 * np.pi, 28, endpoint=False)
    iris = np.stack([x + rx * squash * np.cos(a), y + ry * np.sin(a)], 1)
    crease_h = np.minimum(lid_up - 0.30 + 0.12 * shut, upper - 0.05) - 0.06 * bump
    crease = at(crease_h * 1.0)[1:]
    rest = np.concatenate([at(upper), at(lower)[::-1]])
    lid_up_c, lid_low_c = at(lid_up), at(lid_low)
    everything = place(np.concatenate([lid_up_c, lid_low_c, crease, rest, iris]))
    cuts = np.cumsum([len(lid_up_c), len(lid_low_c), len(crease), len(rest)])
    p_up, p_low, p_crease, p_rest, p_iris = np.split(everything, cuts)
    extent = np.ptp(p_iris, axis=0) / 2
    gap = float(np.max(p_low[:, 1] - p_up[:, 1]) / (i.eye_h * 1.7))
    return EyeShape(side, p_up, p_low, p_crease, p_rest, p_iris, p_iris.mean(0), (float(extent[0]), float(extent[1])), gap)


def paint_eye(brush: Brush, identity: Identity, eye: EyeShape) -> None:
    """The eyeball, the lid's edge with its lashes, and the crease."""
    i = identity
    x, y = float(eye.centre[0]), float(eye.centre[1])
    rx, ry = eye.axes
    top = float(eye.upper[:, 1].min())
    ink = mix(i.hair_dark, (0.08, 0.05, 0.06), 0.8)
    if eye.open > 0.03:
        opening = eye.opening
        white = mix((0.97, 0.965, 0.96), i.shade, 0.05)
        brush.fill(opening, white)
        with brush.clip(opening):
            if not i.inked:
                brush.fill(
                    polygon(eye.rest),
                    shader=radial((x, y), i.eye_w * 1.15, [((0, 0, 0), 0), (times(i.shade, (0.75, 0.6, 0.65)), 0.42)], [0.5, 1]),
                )
            _paint_iris(brush, i, eye, x, y, rx, ry, top)
            shade = 0.0 if i.style == "flat" else 0.34 if i.anime else 0.42
            shadow = np.concatenate([eye.upper, (eye.upper + [0, i.eye_h * (0.30 if not i.anime else 0.26)])[::-1]])
            brush.fill(polygon(shadow), mix(ink, i.shade, 0.35), shade, blur=0.008 if not i.inked else 0.0)
            glint = i.light
            if i.anime:
                brush.fill(oval(x + glint * rx * 0.32, y - ry * 0.40, rx * 0.36, ry * 0.28), (1, 1, 1))
                brush.fill(oval(x - glint * rx * 0.44, y + ry * 0.36, rx * 0.20, ry * 0.15), (1, 1, 1), 0.9)
                brush.fill(oval(x + glint * rx * 0.30, y + ry * 0.62, rx * 0.10, ry * 0.08), (1, 1, 1), 0.7)
            else:
                brush.fill(oval(x + glint * rx * 0.34, y - ry * 0.36, rx * 0.24, ry * 0.22), (1, 1, 1), 0.95)
                brush.fill(oval(x - glint * rx * 0.36, y + ry * 0.42, rx * 0.15, ry * 0.12), (1, 1, 1), 0.35, blur=0.003)
    _paint_lids(brush, i, eye, ink)


def _paint_iris(brush: Brush, i: Identity, eye: EyeShape, x: float, y: float, rx: float, ry: float, top: float) -> None:
    ring, bright = times(i.iris, (0.30, 0.30, 0.36)), mix(i.iris, (1.0, 0.97, 0.85), 0.42)
    outline = polygon(eye.iris)
    if i.anime:
        brush.fill(
            outline,
            shader=linear(
                (x, y - ry),
                (x, y + ry),
                [(times(i.iris, (0.22, 0.22, 0.32)), 1), (i.iris, 1), (mix(i.iris, (1, 1, 1), 0.55), 1)],
                [0.1, 0.58, 1],
            ),
        )
        brush.fill(oval(x, y + ry * 0.58, rx * 0.66, ry * 0.36), mix(i.iris, (1, 1, 0.92), 0.62), 0.75, blur=0.006)
        brush.fill(oval(x, y - ry * 0.75, rx * 1.1, ry * 0.55), times(i.iris, (0.10, 0.10, 0.18)), 0.6, blur=0.010)
        brush.fill(oval(x, y, rx * 0.42, ry * 0.46), times(i.iris, (0.12, 0.12, 0.18)), 0.92)
        brush.stroke(outline, times(i.iris, (0.18, 0.18, 0.26)), 0.007, 0.9)
        return
    if i.inked:
        brush.fill(outline, i.iris)
        brush.stroke(outline, times(ring, (0.6, 0.6, 0.6)), 0.008)
        brush.fill(oval(x, y, rx * 0.46, ry * 0.46), (0.05, 0.03, 0.05))
        return
    brush.fill(
        outline, shader=radial((x - i.light * rx * 0.2, y + ry * 0.35), rx * 1.5, [(bright, 1), (i.iris, 1), (ring, 1)], [0, 0.5, 1])
    )
    brush.stroke(outline, times(ring, (0.7, 0.7, 0.7)), 0.006, 0.75, blur=0.002)
    brush.fill(oval(x, y, rx * 0.44, ry * 0.44), (0.03, 0.02, 0.03))


def _paint_lids(brush: Brush, i: Identity, eye: EyeShape, ink: tuple[float, float, float]) -> None:
    n = len(eye.upper)
    t = np.linspace(0, 1, n)
    skin_line = times(i.shade, (0.62, 0.50, 0.50))
    brush.taper(eye.crease[2:], skin_line, 0.007 if not i.anime else 0.006, 0.55, n=14)
    scale = i.eye_w / 0.09
    if i.anime:
        width = scale * 0.026 * (0.35 + 0.65 * np.sin(np.pi * np.clip(t * 0.85 + 0.12, 0, 1))) * (0.85 + 0.3 * i.feminine)
        outer = eye.upper + np.stack([np.zeros(n), -width / 2 + 0.004], 1)
        brush.fill(polygon(ribbon(outer, width)), ink)
        tip = eye.upper[-1]
        wing = np.array([[0, 0.004], [0.020, -0.006], [0.032, -0.024]]) * [eye.side, 1]
        if i.feminine > 0.5:
            brush.taper(tip + wing, ink, 0.016, ends=(0.8, 0.0), n=8)
        brush.taper(eye.lower[3:-2], skin_line, 0.006, 0.75, n=12)
        brush.taper(eye.lower[-8:], ink, 0.009, 0.9, n=8)
        return
    lash = (0.011 + 0.009 * i.feminine * (0.5 + 0.5 * i.makeup)) * scale
    width = lash * (0.35 + 0.65 * t**0.7) * np.clip((1.04 - t) * 9, 0.25, 1)
    brush.fill(polygon(ribbon(eye.upper + np.stack([np.zeros(n), -width * 0.35], 1), width)), ink, 0.96)
    if i.feminine > 0.5:
        for k, length in ((13, 0.014), (15, 0.018), (17, 0.022), (19, 0.023)):
            root = eye.upper[k]
            lean = eye.side * (k - 9) / 11
            tip = np.array([[0, 0], [lean * 0.4, -0.45], [lean * 1.05, -0.85]]) * length * (0.7 + 0.6 * i.makeup) * scale
            brush.taper(root + tip, ink, 0.0075, ends=(1.0, 0.0), n=6)
    brush.taper(eye.lower[3:], skin_line, 0.006, 0.6, ends=(0.1, 0.8), n=12)


def open_eye_path(eye: EyeShape) -> skia.Path:
    """Where the eyeball would be seen with open eyes."""
    return polygon(eye.rest)
