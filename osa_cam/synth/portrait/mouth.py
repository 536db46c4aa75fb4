"""The mouth, drawn anew for each pose: lips with a shape of their own, teeth, tongue and the dark between."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import skia
from numpy.typing import NDArray

from osa_cam.synth.portrait.brush import Brush, curve, linear, oval, polygon
from osa_cam.synth.portrait.deform import PoseValues, jaw_gap
from osa_cam.synth.portrait.identity import Identity, mix, times

Array = NDArray[np.float64]
Place = Callable[[Array], Array]

# Along the mouth from the picture's left corner to the right: thickness of the lips and shape of the gap.
_T = np.array([-1.0, -0.82, -0.55, -0.24, 0.0, 0.24, 0.55, 0.82, 1.0])
_UPPER_LIP = np.array([0.0, 0.34, 0.70, 1.0, 0.80, 1.0, 0.70, 0.34, 0.0])
_LOWER_LIP = np.array([0.0, 0.34, 0.74, 0.97, 1.0, 0.97, 0.74, 0.34, 0.0])
_GAP = np.sqrt(1 - _T**2)
_CLOSED = 0.003  # gaps below this are drawn as touching lips


@dataclass(frozen=True, eq=False)
class MouthShape:
    """The mouth in posed face units: closed outlines [n, 2]; gap in face units before posing."""

    outer: Array
    upper_lip: Array
    lower_lip: Array
    inner: Array
    line: Array  # [n, 2] where the lips meet, corner to corner
    teeth: Array
    lower_teeth: Array
    tongue: Array
    tongue_over_lip: bool
    gap: float
    width: float
    dark_corner: Array


def mouth_gap(identity: Identity, v: PoseValues) -> tuple[float, float]:
    """How far the upper lip rises and the lower lip drops from where they meet, in face units.

    Both are 0 for touching lips.
    """
    size = 0.72 if identity.anime else 1.0
    jaw = v["jawOpen"]
    apart = jaw_gap(max(jaw - v["mouthClose"], 0.0))
    rise = 0.05 * apart + 0.040 * v.mean("mouthUpperUp") + 0.018 * v["mouthFunnel"] - 0.006 * v["mouthPucker"] * min(jaw * 4, 1)
    drop = 0.95 * apart + 0.042 * v.mean("mouthLowerDown") + 0.034 * v["mouthFunnel"] + 0.010 * v["mouthPucker"]
    drop += 0.030 * min(v["tongueOut"] * 2, 1)
    seal = (
        0.055 * v.mean("mouthPress")
        + 0.045 * min(v["mouthRollUpper"], v["mouthRollLower"])
        + 0.014 * v["mouthRollLower"]
        + 0.010 * v["mouthShrugLower"]
    )
    total = rise + drop
    left = max(total - seal, 0.0)
    if left < _CLOSED:
        return 0.0, 0.0
    rise = max(rise, 0.0)
    return rise * left / max(total, 1e-6) * size, max(left - rise * left / max(total, 1e-6), 0.0) * size


def mouth_shape(identity: Identity, v: PoseValues, place: Place) -> MouthShape:
    """Lips, teeth and tongue of a pose."""
    i = identity
    size = 0.72 if i.anime else 1.0
    rise, drop = mouth_gap(i, v)
    gap = rise + drop
    jaw, pucker, funnel = v["jawOpen"], v["mouthPucker"], v["mouthFunnel"]
    closed_jaw = jaw_gap(min(v["mouthClose"], jaw)) * size
    width = i.mouth_w * (1 - 0.44 * pucker - 0.30 * funnel * (1 - 0.4 * pucker) - 0.10 * min(jaw, 1.0))
    shift = 0.05 * (v["mouthLeft"] - v["mouthRight"]) + 0.03 * (v["jawLeft"] - v["jawRight"])
    base_y = i.mouth_y + 0.42 * closed_jaw - 0.010 * v["mouthShrugUpper"] - 0.008 * v["mouthShrugLower"]

    weight_l, weight_r = (1 + np.clip(_T / 0.5, -1, 1)) / 2, (1 - np.clip(_T / 0.5, -1, 1)) / 2  # portrait's left is +x

    def both(name: str) -> Array:
        out: Array = weight_l * v.side(name, 1) + weight_r * v.side(name, -1)
        return out

    smile, frown, stretch = both("mouthSmile"), both("mouthFrown"), both("mouthStretch")
    edge = np.abs(_T) ** 1.6
    x = _T * width * (1 + 0.17 * smile + 0.20 * stretch + 0.10 * both("mouthDimple") - 0.04 * frown) + shift
    corner = -0.010 - 0.040 * smile + 0.034 * frown + 0.008 * stretch + drop * (0.30 + 0.1 * funnel)
    middle = base_y + 0.004 * (1 - np.abs(_T)) + 0.010 * smile * (1 - edge) * (gap == 0)
    y = middle + corner * edge
    asym_up = (both("mouthUpperUp") - v.mean("mouthUpperUp")) * 0.03 * size * (gap > 0)
    asym_low = (both("mouthLowerDown") - v.mean("mouthLowerDown")) * 0.03 * size * (gap > 0)
    flat = _GAP ** (0.75 if gap > 0 else 1.0)
    bottom = _GAP ** (0.80 + 0.2 * min(v.mean("mouthSmile"), 1.0))
    upper_in = np.minimum(middle - (rise + asym_up) * flat + (y - middle) * edge, y)
    lower_in = np.maximum(y * (1 - bottom) + (base_y + drop + asym_low) * bottom, upper_in) if gap > 0 else upper_in
    upper_in[[0, -1]] = lower_in[[0, -1]] = y[[0, -1]]
    press, roll_u, roll_l = v.mean("mouthPress"), v["mouthRollUpper"], v["mouthRollLower"]
    happy = v.mean("mouthSmile")
    hu = 0.027 * i.lip_full * (1 - 0.75 * roll_u - 0.45 * press) * (1 + 0.30 * pucker + 0.20 * funnel - 0.16 * happy - 0.12 * jaw)
    hl = 0.036 * i.lip_full * (1 - 0.75 * roll_l - 0.40 * press) * (1 + 0.28 * pucker + 0.20 * funnel - 0.12 * happy - 0.12 * jaw)
    hu, hl = max(hu, 0.004), max(hl, 0.005)
    if i.anime:
        hu, hl = 0.0065 + 0.12 * hu, 0.0075 + 0.22 * hl
    upper_out, lower_out = upper_in - hu * _UPPER_LIP, lower_in + hl * _LOWER_LIP
    x_out = x * (1 + 0.03 * (1 - edge))

    n = 29
    cu_out = curve(np.stack([x_out, upper_out], 1), n)
    cu_in, cl_in = curve(np.stack([x, upper_in], 1), n), curve(np.stack([x, lower_in], 1), n)
    cl_out = curve(np.stack([x_out, lower_out], 1), n)
    # The upper teeth stay with the skull, the lower ones with the jaw.
    t = np.linspace(-1, 1, n)
    reach = 0.90 * width
    teeth_y = i.mouth_y + 0.021 * size + 0.004 * (1 - t**2) - 0.010 * (pucker + 0.6 * funnel)
    teeth_low = np.stack([shift + t * reach, teeth_y - 0.010 * t**2], 1)
    teeth = np.concatenate([teeth_low + [0, -0.16], teeth_low[::-1]])
    wide = min(max(gap - 0.105 * size, 0) * 0.35, 0.022) + 0.018 * v.mean("mouthLowerDown") * size
    lower_y = base_y + drop - wide + 0.012 * t**2
    low_top = np.stack([shift + t * reach * 0.85, lower_y], 1)
    lower_teeth = np.concatenate([low_top, low_top[::-1] + [0, 0.12]])
    out = v["tongueOut"]
    tw = width * (0.62 - 0.12 * out)
    rest_top = base_y + drop - 0.34 * gap - 0.004
    tongue_top = rest_top * (1 - min(out * 2, 1)) + (teeth_y[n // 2] - 0.006) * min(out * 2, 1)
    tongue_bottom = base_y + drop + 0.05 + max(out - 0.4, 0) * 0.10
    over = out > 0.55
    a = np.linspace(0, 2 * np.pi, 28, endpoint=False)
    mid, half = (tongue_top + tongue_bottom) / 2, (tongue_bottom - tongue_top) / 2
    squared = np.sign(np.sin(a)) * np.abs(np.sin(a)) ** 0.8
    tongue = np.stack([shift + tw * np.cos(a), mid + half * squared], 1)

    pieces = [cu_out, cl_out, cu_in, cl_in, teeth, lower_teeth, tongue]
    posed = np.split(place(np.concatenate(pieces)), np.cumsum([len(p) for p in pieces])[:-1])
    u_out, l_out, u_in, l_in, teeth, lower_teeth, tongue = posed
    return MouthShape(
        outer=np.concatenate([u_out, l_out[::-1]]),
        upper_lip=np.concatenate([u_out, u_in[::-1]]),
        lower_lip=np.concatenate([l_in, l_out[::-1]]),
        inner=np.concatenate([u_in, l_in[::-1]]),
        line=u_in,
        teeth=teeth,
        lower_teeth=lower_teeth,
        tongue=tongue,
        tongue_over_lip=over,
        gap=gap,
        width=width,
        dark_corner=l_out,
    )


def paint_mouth(brush: Brush, identity: Identity, m: MouthShape) -> None:
    """Lips with light on them, and what is seen between them."""
    i = identity
    _paint_shadow(brush, i, m)
    dark = times(i.lip, (0.42, 0.28, 0.32))
    line = mix(times(i.lip, (0.40, 0.26, 0.28)), i.line, 0.3)
    if not i.inked:
        upper, lower = times(i.lip, (0.86, 0.80, 0.82)), i.lip
        brush.fill(polygon(m.outer), mix(i.skin, i.lip, 0.8), 0.5, blur=0.005)
        brush.fill(polygon(m.upper_lip), upper)
        low = m.dark_corner
        x, yl = float(low[14, 0]), float(low[14, 1])
        brush.fill(
            polygon(m.lower_lip),
            shader=linear(
                (x, yl - 0.045),
                (x, yl),
                [(mix(lower, (1, 0.9, 0.88), 0.16), 1), (lower, 1), (times(lower, (0.86, 0.80, 0.82)), 1)],
                [0, 0.5, 1],
            ),
        )
        with brush.clip(polygon(m.lower_lip)):
            brush.fill(
                oval(x + i.light * m.width * 0.18, yl - 0.021, m.width * 0.30, 0.0065), (1, 0.96, 0.94), 0.20 + 0.25 * i.makeup, blur=0.005
            )
    elif i.anime:
        brush.fill(polygon(m.upper_lip), line)
        brush.fill(polygon(m.lower_lip), mix(i.lip, i.shade, 0.3) if m.gap == 0 else line, 0.55 if m.gap == 0 else 1.0)
    else:
        brush.fill(polygon(m.upper_lip), times(i.lip, (0.86, 0.80, 0.82)))
        brush.fill(polygon(m.lower_lip), i.lip)
    if m.gap > 0:
        inside = polygon(m.inner)
        top = float(m.inner[:, 1].min())
        deep: tuple[float, float, float] = (0.17, 0.035, 0.055) if not i.inked else (0.42, 0.10, 0.13)
        brush.fill(inside, deep)
        with brush.clip(inside):
            if not m.tongue_over_lip:
                _paint_tongue(brush, i, m)
            white = (0.955, 0.945, 0.925) if not i.inked else (1.0, 0.99, 0.98)
            brush.fill(polygon(m.lower_teeth), times(white, (0.90, 0.88, 0.88)))
            brush.fill(polygon(m.teeth), white)
            if not i.inked:
                brush.fill(inside, shader=linear((0, top), (0, top + 0.03), [((0.25, 0.06, 0.08), 0.42), ((0.25, 0.06, 0.08), 0.0)]))
                xs = m.inner[:, 0]
                middle, reach = float(xs.mean()), float(np.ptp(xs)) / 2
                brush.fill(
                    inside,
                    shader=linear(
                        (middle - reach, 0),
                        (middle + reach, 0),
                        [((0.2, 0.04, 0.06), 0.75), ((0, 0, 0), 0), ((0, 0, 0), 0), ((0.2, 0.04, 0.06), 0.75)],
                        [0, 0.3, 0.7, 1],
                    ),
                )
        if not i.inked:
            brush.stroke(inside, dark, 0.005, 0.7)
        elif i.outlined:
            brush.stroke(inside, line, 0.008)
    elif i.inked:
        brush.taper(m.line, line, 0.011, n=18)
    else:
        brush.taper(m.line, dark, 0.010, 0.85, ends=(0.35, 0.35), n=20)
    if m.tongue_over_lip:
        _paint_tongue(brush, i, m)
    if not i.inked:
        n = len(m.line)
        for k, s in ((0, -1), (n - 1, 1)):
            cx, cy = m.line[k]
            brush.fill(oval(float(cx) + s * 0.004, float(cy), 0.011, 0.009), times(i.shade, (0.7, 0.55, 0.55)), 0.45, blur=0.006)


def _paint_tongue(brush: Brush, i: Identity, m: MouthShape) -> None:
    y0, y1 = float(m.tongue[:, 1].min()), float(m.tongue[:, 1].max())
    pink = (0.80, 0.38, 0.40) if not i.inked else (0.92, 0.47, 0.47)
    brush.fill(
        polygon(m.tongue),
        shader=linear((0, y0), (0, y1), [(mix(pink, (1, 0.8, 0.8), 0.25), 1), (pink, 1), (times(pink, (0.7, 0.6, 0.6)), 1)], [0, 0.4, 1]),
    )


def _paint_shadow(brush: Brush, identity: Identity, m: MouthShape) -> None:
    """The shade under the lower lip, which moves with it."""
    low = m.dark_corner[6:-6]
    brush.taper(low + [0, 0.014], identity.shade, 0.026, 0.5 if not identity.inked else 0.0, ends=(0.2, 0.2), n=12, blur=0.010)


def inside_path(m: MouthShape) -> skia.Path:
    """The opening between the lips."""
    return polygon(m.inner)
