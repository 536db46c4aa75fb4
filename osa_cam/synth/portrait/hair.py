"""Hair, painted once at rest: a mass behind the head and, before it, cap, fringe and locks made of strands."""

from __future__ import annotations

import numpy as np
import skia
from numpy.typing import NDArray

from osa_cam.synth.portrait.brush import Brush, curve, oval, polygon, ribbon, spline
from osa_cam.synth.portrait.identity import Identity, mix, times
from osa_cam.synth.portrait.strands import curls, gleam, lock, mass, strands

Array = NDArray[np.float64]

LONG = ("bob", "long", "wavy", "half_up")
LENGTH = {"bob": 0.36, "long": 0.98, "wavy": 0.92, "half_up": 0.80}
_TIED = ("ponytail", "bun", "twin_tails", "space_buns", "braids", "slicked")  # pulled back from the forehead


_WIDE = {"buzz": 0.2, "short": 0.5, "side_part": 0.5, "swept": 0.55, "spiky": 0.8, "ponytail": 0.5, "bun": 0.5}  # of the cap
_WIDE |= {
    "pixie": 0.65,
    "quiff": 0.3,
    "slicked": 0.25,
    "mohawk": 0.15,
    "twin_tails": 0.5,
    "space_buns": 0.5,
    "braids": 0.5,
    "dreadlocks": 0.8,
}
_LIFT = {"spiky": 1.15, "swept": 1.25, "side_part": 1.05, "buzz": 0.22, "short": 0.85, "quiff": 1.3, "slicked": 0.55, "mohawk": 0.2}


def cap_half(i: Identity) -> float:
    """Half the width of the hair that lies on the head."""
    return i.face_width + 0.052 * _WIDE.get(i.hair_style, 0.95) * i.volume


def _crown(i: Identity, extra: float = 0.0) -> Array:
    """The cap's outer line [n, 2], from the left temple over the top to the right one."""
    v, w = i.volume + extra, i.face_width
    lift = _LIFT.get(i.hair_style, 1.0) * v
    wide = _WIDE.get(i.hair_style, 0.95) * v
    top, half, low = -0.655 - 0.092 * lift, w + 0.052 * wide, -0.20
    a = np.radians([90, 70, 50, 31, 13, -4])
    right = np.stack([half * np.cos(a), low + (top - low) * np.sin(a)], 1).tolist()
    right[-1] = [w + 0.046 * wide, -0.07]
    return np.array([*[[-x, y] for x, y in right[:0:-1]], *right])


def _hairline(i: Identity) -> Array:
    """Where the cap ends on the forehead [n, 2], from the right temple to the left one."""
    w, s = i.face_width, i.side
    side = [(w + 0.004, 0.0), (w * 0.925, -0.02), (w * 0.93, -0.16), (w * 0.86, -0.30)]
    if i.fringe == "curtain":
        part = s * 0.05
        right = [(w + 0.03, 0.10), (w * 0.93, 0.05), (w * 0.90, -0.10), (w * 0.74, -0.27), (w * 0.42, -0.41)]
        return np.array([*right, (part, -0.515), *[(-x, y) for x, y in right[::-1]]])
    if i.fringe == "swept":
        if i.hair_style in LONG or i.hair_style in _TIED:
            points = [
                (w + 0.03, 0.12),
                (w * 0.94, 0.04),
                (w * 0.91, -0.12),
                (w * 0.78, -0.28),
                (w * 0.52, -0.49),
                (w * 0.2, -0.375),
                (-w * 0.25, -0.295),
                (-w * 0.66, -0.215),
                (-w * 0.90, -0.06),
                (-w * 0.95, 0.06),
                (-w - 0.03, 0.12),
            ]
        else:
            points = [
                *side,
                (w * 0.66, -0.44),
                (w * 0.40, -0.475),
                (w * 0.05, -0.405),
                (-w * 0.35, -0.365),
                (-w * 0.72, -0.33),
                (-w * 0.93, -0.17),
                (-w * 0.925, -0.02),
                (-w - 0.004, 0.0),
            ]
        line = np.array(points)
        return line if s > 0 else line[::-1] * [-1, 1]
    if i.fringe in ("straight", "locks"):
        y = i.brow_y - 0.035 if i.fringe == "straight" else i.brow_y - 0.14
        right = [(w + 0.02, 0.08), (w * 0.93, 0.02), (w * 0.92, -0.12), (w * 0.80, y + 0.004), (w * 0.40, y - 0.008)]
        return np.array([*right, (0, y - 0.012), *[(-x, y_) for x, y_ in right[::-1]]])
    recede = 0.05 * i.age * (1 - i.feminine)
    top = [(w * 0.62, -0.435 - recede), (w * 0.25, -0.465 - recede * 0.4)]
    return np.array([*side, *top, (0, -0.472), *[(-x, y) for x, y in (side + top)[::-1]]])


def paint_back_hair(brush: Brush, i: Identity) -> None:
    """What hangs or stands behind the head."""
    w, v, style = i.face_width, i.volume, i.hair_style
    r = np.random.default_rng(i.seed + 21)
    if style not in LONG and style not in ("afro", "curly"):
        _back_of_head(brush, i)
    if style in LONG:
        bottom = LENGTH[style]
        out = w + 0.075 * v
        n = 9
        t = np.linspace(0, 1, n)
        y = -0.15 + (bottom + 0.15) * t
        flare = {"bob": 0.030, "wavy": 0.10}.get(style, 0.045)
        x = out + flare * np.sin(np.pi * np.minimum(t, 0.8) / 1.6) - (0.07 if style == "bob" else 0.10) * t**4
        if style == "wavy":
            x = x + 0.026 * np.sin(t * 13)
        right = np.stack([x, y], 1)
        outline = np.concatenate(
            [
                _crown(i, -0.03)[1:-1],
                right,
                [(w * 0.55, bottom + 0.045), (0, bottom + 0.03), (-w * 0.55, bottom + 0.045)],
                right[::-1] * [-1, 1],
            ]
        )
        path = spline(outline)
        mass(brush, i, path, -0.7, bottom + 0.1, 0.35)
        count = 60 if not i.inked else 14
        u = r.uniform(-1, 1, count)
        wave = 0.05 * np.sin(u * 9) if style == "wavy" else 0.0 * u
        ends = np.stack([u * (out - 0.02), np.full(count, bottom + 0.04) - 0.08 * r.random(count)], 1)
        strands(
            brush,
            i,
            path,
            np.stack([u * 0.2, np.full(count, -0.6)], 1),
            np.stack([u * (out + flare * 0.5) + wave, np.full(count, 0.1 if style != "bob" else -0.05)], 1),
            ends,
            0.016 if not i.inked else 0.012,
            i.seed + 22,
            0.8,
        )
        if style == "wavy":
            for k in range(10):
                s = -1 if k % 2 else 1
                x0 = s * (w * 0.55 + 0.07 * (k // 2))
                pts = [
                    (x0, 0.05),
                    (x0 + s * 0.05, 0.25),
                    (x0 - s * 0.02, 0.45),
                    (x0 + s * 0.05, 0.66),
                    (x0 - s * 0.01, 0.84 + 0.03 * (k % 3)),
                ]
                lock(brush, i, pts, 0.11, float(r.uniform(-1.0, 0.25)), i.seed + 40 + k, 0.1)
    elif style == "ponytail":
        to = i.side
        for k in range(7):
            d = 0.035 * (k - 3)
            pts = [
                (to * 0.16, -0.62),
                (to * (0.44 + d), -0.66 + abs(d)),
                (to * (0.60 + d), -0.30),
                (to * (0.59 + d * 1.2), 0.10),
                (to * (0.50 + d * 0.5), 0.46 + 0.05 * (k % 3)),
            ]
            lock(brush, i, pts, 0.14, (-0.7, -0.2, 0.2, 0.5, 0.1, -0.3, 0.3)[k], i.seed + 30 + k, 0.05)
        brush.fill(oval(to * 0.245, -0.655, 0.05, 0.045), i.trim)
    elif style == "bun":
        _knot(brush, i, 0.0, -0.80, 0.165 * v)
    elif style == "space_buns":
        for s in (-1, 1):
            _knot(brush, i, s * 0.30, -0.70, 0.125 * v)
    elif style == "twin_tails":
        for s in (-1, 1):
            for k in range(6):
                d = 0.04 * (k - 2.5)
                pts = [
                    (s * 0.34, -0.50),
                    (s * (0.50 + d), -0.50 + abs(d)),
                    (s * (0.60 + d), -0.12),
                    (s * (0.58 + d * 1.3), 0.28),
                    (s * (0.53 + d * 0.8), 0.62 + 0.06 * (k % 3)),
                ]
                lock(brush, i, pts, 0.14, (-0.7, -0.2, 0.3, 0.5, 0.0, -0.4)[k], i.seed + 30 + k, 0.05)
            brush.fill(oval(s * 0.385, -0.505, 0.038, 0.055), i.trim)
    elif style == "dreadlocks":
        for k, x in enumerate(np.linspace(-1, 1, 15)):
            foot = 0.50 + 0.08 * (k % 3) - 0.10 * x * x
            _rope(brush, i, [(x * 0.25, -0.60), (x * (w + 0.05), -0.25), (x * (w + 0.07), 0.15), (x * (w + 0.04), foot)], 0.075, k)
    elif style in ("afro", "curly"):
        a = np.linspace(0, 2 * np.pi, 40, endpoint=False)
        big = 1.0 if style == "afro" else 0.74
        rx, ry = w + 0.19 * v * big, 0.40 + 0.13 * v * big
        low = 0.25 if i.feminine > 0.5 else 0.0
        ring = np.stack([rx * np.cos(a), -0.30 + (ry + low * (np.sin(a) > 0)) * np.sin(a)], 1)
        if not low:
            ring = ring[ring[:, 1] < -0.02]
        brush.fill(spline(ring), i.hair_dark)
        curls(brush, i, ring * [0.97, 0.97], 0.055, i.seed + 8)
        if i.inked:
            return
        m = 260
        a2, q = r.uniform(0, 2 * np.pi, m), np.sqrt(r.uniform(0.1, 1, m))
        inside = np.stack([rx * 0.95 * q * np.cos(a2), -0.30 + (ry * 0.95 + low * (np.sin(a2) > 0)) * q * np.sin(a2)], 1)
        if not low:
            inside = inside[inside[:, 1] < -0.04]
        curls(brush, i, inside[np.argsort(inside[:, 1])[::-1]], 0.042, i.seed + 9)


def _back_of_head(brush: Brush, i: Identity) -> None:
    """What a turn shows behind the ear: short or pulled-back hair down to the nape, or a bald head."""
    bald = i.hair_style == "bald"
    half = i.face_width * (0.94 if bald else 0.985)
    nape = 0.05 if bald else 0.12
    a = np.radians([90, 60, 30, 0])
    right = [
        *np.stack([half * np.cos(a), -0.22 - (0.36 if bald else 0.42) * np.sin(a)], 1).tolist(),
        (half * 0.97, -0.02),
        (half * 0.72, nape),
    ]
    path = spline([*right, *[(-x, y) for x, y in right[:0:-1]]])
    if bald:
        brush.fill(path, mix(i.skin, i.shade, 0.8))
    else:
        mass(brush, i, path, -0.64, 0.1, 0.55)


def paint_front_hair(brush: Brush, i: Identity) -> None:
    """Cap, fringe and the locks beside the face."""
    style, w = i.hair_style, i.face_width
    if style == "bald":
        return
    crown, line = _crown(i), _hairline(i)
    r = np.random.default_rng(i.seed + 50)
    if style in ("afro", "curly"):
        a = np.linspace(np.pi * 1.04, np.pi * 1.96, 26)
        edge = np.stack([w * 0.93 * np.cos(a), -0.20 + 0.27 * np.sin(a)], 1)
        rows = [edge * [1.0 + 0.055 * k, 1.0] + [0, -0.052 * k] for k in range(4 if style == "curly" else 5)]
        centres = np.concatenate([*[row + r.normal(0, 0.008, row.shape) for row in rows[::-1]]])
        sides = [
            (s * (w + 0.005 + 0.03 * k), y)
            for s in (-1, 1)
            for k in range(2)
            for y in np.arange(-0.22, 0.02 if i.feminine < 0.5 else 0.30, 0.055)
        ]
        centres = np.concatenate([np.array(sides), centres])
        brush.fill(polygon(np.concatenate([rows[0], rows[-1][::-1]])), i.hair_dark)
        curls(brush, i, centres, 0.044, i.seed + 60)
        return
    cap = spline(np.concatenate([crown, line]))
    top = float(crown[:, 1].min())
    shadow = skia.Path(cap)
    shadow.offset(-i.light * 0.012, 0.028)
    if not i.inked:
        with brush.clip(spline(np.array([(-w, -0.5), (0, -0.66), (w, -0.5), (w * 0.98, 0.0), (0, 0.1), (-w * 0.98, 0.0)]))):
            brush.fill(shadow, times(i.shade, (0.75, 0.62, 0.65)), 0.38, blur=0.020)
    if style in ("buzz", "mohawk"):
        brush.fill(cap, mix(i.hair_dark, i.hair, 0.3), 0.82, blur=0.010)
        for x, y in zip(r.uniform(-w, w, 500), r.uniform(top, -0.05, 500), strict=True):
            if cap.contains(float(x), float(y)):
                brush.fill(oval(float(x), float(y), 0.004, 0.006), i.hair_light if r.random() < 0.35 else i.hair_dark, 0.35)
        if style == "mohawk":
            _crest(brush, i, top)
        return
    mass(brush, i, cap, top, -0.05)
    # strands run from the parting along the crown to the hairline
    part = np.array(
        [
            i.side * (0.06 if i.fringe == "curtain" else 0.20) if i.fringe in ("curtain", "swept") or style == "side_part" else 0.0,
            top + 0.015,
        ]
    )
    part[1] = -0.20 + (top + 0.20) * np.sqrt(1 - (part[0] / crown[-1, 0]) ** 2) + 0.022
    count = 110 if not i.inked else 20
    pulled = i.fringe == "none" and style in _TIED
    ends = curve(line, count)
    outer = curve(crown, count)[::-1]
    back = np.array([0.0 if style != "ponytail" else i.side * 0.2, top + 0.01]) if pulled else part
    starts = back + (outer - back) * (0.15 * r.random((count, 1)))
    middles = 0.55 * outer + 0.45 * (starts * 0.3 + ends * 0.7) + r.normal(0, 0.008, (count, 2))
    strands(brush, i, cap, starts, middles, ends, 0.014 if not i.inked else 0.012, i.seed + 51)
    if i.fringe in ("curtain", "swept") or style == "side_part":
        brush.taper(
            part + np.array([[0, -0.01], [i.side * 0.006, 0.06], [i.side * 0.004, 0.13]]),
            i.hair_dark,
            0.014,
            0.7,
            n=10,
            blur=0.003 if not i.inked else 0,
        )
    if style in ("side_part", "swept", "short") and i.fringe != "locks":
        _swept_top(brush, i, top)
    gleam(brush, i, cap, top + 0.155, 0.10, w * 0.86)
    if style == "dreadlocks":
        _dreadlocks(brush, i, top)
        return
    if style == "quiff":
        _quiff(brush, i, top)
    if style == "pixie":
        _flicks(brush, i)
    if style == "braids":
        for s in (-1, 1):
            _plait(brush, i, s)
    if style in LONG or (style in _TIED and i.fringe != "none"):
        _side_locks(brush, i)
    if i.fringe == "locks":
        _fringe_locks(brush, i, top)
    elif i.fringe == "straight":
        y = i.brow_y - 0.03
        for k, x in enumerate(np.linspace(-0.82, 0.82, 13)):
            pts = [
                (x * w * 0.35, top + 0.10),
                (x * w * 0.85, -0.45),
                (x * w * 0.98, y - 0.10),
                (x * w * 1.0, y + 0.018 + 0.02 * x * x + 0.01 * (k % 2)),
            ]
            lock(brush, i, pts, 0.092, (0.25, -0.4, 0.05, -0.15)[k % 4], i.seed + 70 + k, 0.45)
        gleam(brush, i, cap, top + 0.17, 0.10, w * 0.86)
    if style == "spiky":
        _spikes(brush, i, crown)


def _knot(brush: Brush, i: Identity, x: float, y: float, size: float) -> None:
    """Hair wound into a bun."""
    path = oval(x, y, size, size * 0.82)
    mass(brush, i, path, y - size, y + size * 0.9)
    r = np.random.default_rng(i.seed + 5)
    with brush.clip(path):
        for k in range(9 if i.inked else 26):
            a = np.linspace(0.3, 4.6, 12) + float(r.uniform(0, 6.3))
            q = float(r.uniform(0.35, 0.97)) * size * (1 - a / 14)
            tone = i.hair_dark if k % 2 else mix(i.hair, i.hair_light, 0.7)
            brush.taper(np.stack([x + q * np.cos(a), y + 0.82 * q * np.sin(a)], 1), tone, size * 0.075, 0.5, n=16)
    brush.fill(oval(x, y + size * 0.80, size * 0.5, size * 0.10), i.trim)


def _rope(brush: Brush, i: Identity, points: list[tuple[float, float]], width: float, k: int) -> None:
    """One dreadlock: even in width, with rings."""
    spine = curve(points, 40)
    w = np.full(40, width) * np.clip(np.linspace(0.8, 1.0, 40), 0, 1)
    w[-3:] *= (0.92, 0.75, 0.45)
    path = polygon(ribbon(spine, w))
    brush.fill(path, mix(i.hair, i.hair_dark, 0.2 + 0.3 * (k % 3)))
    with brush.clip(path):
        shine = ribbon(spine + [i.light * width * 0.16, 0], w * 0.34)
        brush.fill(polygon(shine), mix(i.hair, i.hair_light, 0.5), 0.5, blur=0.0 if i.inked else 0.008)
        for j in range(1, 39, 2):
            across = spine[j] + np.array([[-width * 0.55, -0.008], [0, 0.006], [width * 0.55, -0.008]])
            brush.taper(across, i.hair_dark, 0.010, 0.75, n=6)
    if i.outlined:
        brush.stroke(path, times(i.hair_dark, (0.5, 0.45, 0.5)), 0.007)


def _dreadlocks(brush: Brush, i: Identity, top: float) -> None:
    """Ropes from the parting over the sides of the head."""
    w = i.face_width
    for k in range(7):
        q = k / 6
        for s in (-1, 1):
            x = 0.02 + 0.13 * q
            points = [
                (s * x * 0.5, top + 0.05),
                (s * (w * 0.55 + 0.10 * (1 - q)), -0.55 + 0.06 * q - 0.07 * (1 - q)),
                (s * (w * 0.93 + 0.055 * (1 - q)), -0.30 + 0.02 * k),
                (s * (w + 0.065 - 0.05 * q), 0.02),
                (s * (w + 0.060 - 0.05 * q), 0.34 + 0.07 * ((k * 2) % 3)),
            ]
            _rope(brush, i, points, 0.07, k)


def _quiff(brush: Brush, i: Identity, top: float) -> None:
    """Hair brushed up from the forehead and to the side."""
    w, s = i.face_width, i.side
    for k in (0, 6, 1, 5, 2, 4, 3):
        q = (k - 3) / 3
        foot = (q * w * 0.62, -0.425 + 0.05 * q * q)
        over = (q * w * 0.74, top + 0.10 + 0.09 * q * q)
        tip = (q * w * 0.80 - s * (0.12 - 0.04 * abs(q)), top - 0.045 + 0.10 * q * q)
        lock(
            brush,
            i,
            [foot, over, tip, (tip[0] - s * 0.07, tip[1] + 0.035)],
            0.17,
            (-0.5, 0.1, 0.3, 0.45, 0.2, 0.0, -0.5)[k],
            i.seed + 170 + k,
            0.2,
        )


def _crest(brush: Brush, i: Identity, top: float) -> None:
    """A mohawk."""
    for k in (0, 8, 1, 7, 2, 6, 3, 5, 4):
        q = (k - 4) / 4
        height = 0.19 * (1 - 0.35 * q * q) * i.volume
        points = [(q * 0.105, -0.44 + 0.02 * q * q), (q * 0.13, top - 0.02), (q * 0.19 + i.side * 0.03, top - height)]
        lock(brush, i, points, 0.10, (-0.6, -0.3, 0.0, 0.2, 0.45, 0.3, 0.1, -0.2, -0.6)[k], i.seed + 180 + k, 0.05)


def _plait(brush: Brush, i: Identity, s: int) -> None:
    """A braid that hangs over the shoulder."""
    x0, steps = i.face_width + 0.03, 11
    for k in range(steps):
        y = 0.10 + 0.066 * k
        half = 0.068 * (1 - 0.035 * k)
        for side in (-1, 1) if k % 2 else (1, -1):
            points = [
                (s * x0 + side * half * 0.95, y - 0.045),
                (s * x0 + side * half * 0.55, y + 0.01),
                (s * x0 - side * half * 0.35, y + 0.06),
            ]
            lock(brush, i, points, 0.085 * (1 - 0.03 * k), -0.25 + 0.45 * (side * s > 0), i.seed + 190 + k, 0.3)
    end = 0.10 + 0.066 * steps
    brush.fill(oval(s * x0, end - 0.01, 0.038, 0.022), i.trim)
    for d in (-0.02, 0.0, 0.02):
        lock(brush, i, [(s * x0, end), (s * x0 + d, end + 0.04), (s * x0 + d * 1.6, end + 0.09)], 0.05, 0.1, i.seed + 210)


def _swept_top(brush: Brush, i: Identity, top: float) -> None:
    """Short hair combed over from the parting in a few broad locks."""
    s, w = i.side, i.face_width
    for k in range(7):
        q = k / 6
        start = (s * (w * 0.62 - 0.05 * q), -0.47 - 0.05 * q)
        over = (s * (0.10 - 0.05 * q), top + 0.20 - 0.17 * q)
        end = (-s * (w * (0.80 + 0.16 * q)), -0.30 - 0.13 * q)
        lock(
            brush,
            i,
            [start, over, (-s * w * 0.45, -0.44 - 0.16 * q), end],
            0.125,
            (-0.6, 0.1, -0.25, 0.35, -0.1, 0.3, 0.0)[k],
            i.seed + 80 + k,
            0.15,
        )


def _side_locks(brush: Brush, i: Identity) -> None:
    """What falls beside the cheeks, in front of the ears."""
    w, style = i.face_width, i.hair_style
    wave = 0.035 if style == "wavy" else 0.006
    for s in (-1, 1):
        if style in LONG:
            end = LENGTH[style]
            inner = 0.02 if style == "bob" else 0.0
            for k, (x, tone) in enumerate(((0.045, -0.5), (0.02, 0.1), (-0.012, -0.2))):
                x0 = w + x
                pts = [
                    (s * (x0 * 0.80), -0.46),
                    (s * (x0 + 0.012), -0.20),
                    (s * (x0 + 0.005 + wave), 0.02),
                    (s * (x0 + 0.012 - wave - inner), 0.24),
                    (s * (x0 - inner * 3 + wave * (k % 2)), end - 0.02 - 0.05 * k),
                ]
                if style != "bob":
                    pts.insert(4, (s * (x0 + 0.02 + wave), 0.55))
                lock(brush, i, pts, 0.115 - 0.016 * k, tone, i.seed + 90 + k, 0.35 if style == "bob" else 0.1)
        else:
            pts = [(s * w * 0.84, -0.42), (s * (w * 0.98), -0.16), (s * (w * 0.93), 0.06), (s * (w * 0.99), 0.26)]
            lock(brush, i, pts, 0.055, 0.0, i.seed + 95)


def _fringe_locks(brush: Brush, i: Identity, top: float) -> None:
    """Pointed locks over the forehead."""
    w = i.face_width
    r = np.random.default_rng(i.seed + 101)
    n = 7 if i.anime else 9
    for k in np.argsort(np.abs(np.linspace(-1, 1, n)))[::-1]:
        u = float(np.linspace(-0.92, 0.92, n)[k] + r.uniform(-0.07, 0.07))
        drop = i.brow_y + (0.055 if i.anime else -0.01) - 0.045 * (k % 2) + 0.11 * abs(u) ** 3 + float(r.uniform(-0.03, 0.02))
        lean = -i.side * 0.05 + 0.03 * u
        root = (u * w * 0.34 + i.side * 0.05, top + 0.07)
        pts = [root, (u * w * 0.78, top + 0.20 + 0.10 * u * u), (u * w * 0.98, i.brow_y - 0.12), (u * w * 0.96 + lean, drop)]
        lock(brush, i, pts, float(r.uniform(0.15, 0.23)) if i.anime else 0.12, (0.0, 0.2, -0.1, 0.12)[int(k) % 4], i.seed + 110 + int(k))
    if i.inked:
        gleam(brush, i, spline(np.concatenate([_crown(i), _hairline(i)])), top + 0.20, 0.11, w * 0.8)
        if i.hair_style in ("short", "swept", "bob") and i.seed % 3:
            _flicks(brush, i)


def _spikes(brush: Brush, i: Identity, crown: Array) -> None:
    """Locks that stand off the crown."""
    r = np.random.default_rng(i.seed + 130)
    ring = curve(crown, 13)
    for k in [0, 12, 1, 11, 2, 10, 3, 9, 4, 8, 5, 7, 6]:
        p = ring[k]
        out = p - np.array([0.0, -0.30])
        out /= np.linalg.norm(out)
        lean = np.array([i.side * 0.10 * float(r.uniform(0.4, 1.3)), -0.04])
        length = float(r.uniform(0.07, 0.16)) * (0.7 if k in (0, 12) else 1.0)
        root = p - out * 0.16
        tip = p + out * length * 0.62 + lean * length * 4
        lock(brush, i, np.stack([root, p - out * 0.02, tip]), 0.17, (0.0, 0.2, -0.2)[k % 3], i.seed + 140 + k)


def _flicks(brush: Brush, i: Identity) -> None:
    """Tips that stand off at the temples, and one on the crown."""
    w, s = i.face_width, i.side
    crown = _crown(i)
    top = float(crown[:, 1].min())
    for side in (-1, 1):
        for y, reach in ((-0.16, 0.085), (-0.04, 0.065)):
            lock(
                brush,
                i,
                [(side * w * 0.88, y - 0.17), (side * (w + 0.03), y - 0.03), (side * (w + reach), y + 0.06)],
                0.10,
                -0.1,
                i.seed + 160,
            )
    lock(brush, i, [(s * 0.02, top + 0.05), (s * 0.06, top - 0.05), (s * 0.16, top - 0.055)], 0.045, 0.1, i.seed + 161)
