"""What hair is made of: masses, fine strands, locks, curls, and the band of light."""

from __future__ import annotations

import numpy as np
import skia
from numpy.typing import NDArray

from osa_cam.synth.portrait.brush import Brush, Points, curve, linear, oval, polygon, radial, ribbon, spline
from osa_cam.synth.portrait.identity import Identity, mix, times

Array = NDArray[np.float64]


def strands(
    brush: Brush, i: Identity, area: skia.Path, starts: Array, middles: Array, ends: Array, width: float, seed: int, strength: float = 1.0
) -> None:
    """Fine strands through three points each, lighter and darker than the mass, kept inside area."""
    if i.style == "flat":
        return
    r = np.random.default_rng(seed)
    with brush.clip(area):
        for a, b, c in zip(starts, middles, ends, strict=True):
            q = r.random()
            tone = mix(i.hair, i.hair_light, 0.75) if q < 0.48 else i.hair_dark
            brush.taper([a, b, c], tone, width * float(r.uniform(0.5, 1.6)), strength * float(r.uniform(0.18, 0.5)), n=12)


def gleam(brush: Brush, i: Identity, area: skia.Path, y: float, bend: float, half: float) -> None:
    """The band of light around the crown."""
    if i.style == "flat":
        return
    x = np.linspace(-half, half, 41)
    mid = y + bend * (x / half) ** 2
    with brush.clip(area):
        if i.inked:
            light = mix(i.hair_light, (1, 1, 1), 0.3 if i.anime else 0.1)
            for k, u in enumerate(np.linspace(-0.86, 0.86, 15)):
                foot = y + bend * u * u + (0.045, 0.02, 0.032)[k % 3] * (1 - u * u)
                tip = foot - (0.085, 0.05, 0.066)[k % 3] * (1 - 0.7 * u * u)
                brush.taper(
                    [(u * half * 0.94, tip), (u * half * 0.985, (tip + foot) / 2), (u * half, foot)],
                    light,
                    0.058 * (1 - 0.4 * u * u),
                    0.8,
                    n=10,
                )
        else:
            spine = np.stack([x, mid], 1)
            shader = linear(
                (-half, 0), (half, 0), [(i.hair_light, 0.0), (i.hair_light, 0.55), (i.hair_light, 0.0)], [0.02, 0.5 + 0.22 * i.light, 0.98]
            )
            brush.fill(polygon(ribbon(spine, 0.085 * np.sin(np.linspace(0.1, 3.04, 41)))), blur=0.026, shader=shader)


def lock(brush: Brush, i: Identity, points: Points, width: float, tone: float, seed: int, blunt: float = 0.0) -> None:
    """One lock from root to tip; tone -1 dark to 1 light."""
    spine = curve(points, 22)
    t = np.linspace(0, 1, 22)
    w = width * np.minimum(1, 0.55 + 1.6 * t) * np.clip((1 - t) / 0.55 + blunt, 0, 1) ** 0.75
    path = polygon(ribbon(spine, w))
    base = mix(i.hair, i.hair_light if tone > 0 else i.hair_dark, abs(tone) * 0.55)
    if i.inked:
        brush.fill(path, base)
        with brush.clip(path):
            brush.fill(polygon(ribbon(spine + [-i.light * width * 0.40, width * 0.10], w * 0.5)), i.hair_dark, 0.75)
            if i.anime:
                shine = ribbon(spine[5:12] + [i.light * width * 0.16, 0], width * 0.2 * np.sin(np.linspace(0, np.pi, 7)))
                brush.fill(polygon(shine), mix(i.hair_light, (1, 1, 1), 0.25), 0.8)
        edge = ribbon(spine, w)
        if i.outlined:
            brush.stroke(spline(edge[3:-3], False), times(i.hair_dark, (0.5, 0.45, 0.5)), 0.0065, 0.9)
        return
    (x0, y0), (x1, y1) = spine[0], spine[-1]
    brush.fill(
        path,
        shader=linear(
            (x0, y0),
            (x1, y1),
            [(mix(base, i.hair_dark, 0.45), 1), (mix(base, i.hair_light, 0.25), 1), (base, 1), (mix(base, i.hair_dark, 0.6), 1)],
            [0, 0.38, 0.62, 1],
        ),
    )
    normal = ribbon(spine, w * 0.8)
    r = np.random.default_rng(seed)
    for _ in range(max(4, int(width * 90))):
        f = float(r.uniform(0.05, 0.95))
        line = normal[:22] * f + normal[:21:-1] * (1 - f)
        brush.taper(line[::4], i.hair_light if r.random() < 0.5 else i.hair_dark, 0.005, float(r.uniform(0.2, 0.5)), n=10)


def mass(brush: Brush, i: Identity, path: skia.Path, top: float, bottom: float, dark: float = 0.0) -> None:
    """Fills a body of hair with its own light."""
    if i.inked:
        brush.fill(path, mix(i.hair, i.hair_dark, dark))
        if i.outlined:
            brush.stroke(path, times(i.hair_dark, (0.5, 0.45, 0.5)), 0.009)
        return
    a, b, c = (mix(x, i.hair_dark, dark) for x in (mix(i.hair, i.hair_light, 0.30), i.hair, i.hair_dark))
    brush.fill(path, shader=linear((i.light * 0.25, top), (-i.light * 0.2, bottom), [(b, 1), (a, 1), (b, 1), (c, 1)], [0, 0.22, 0.55, 1]))
    with brush.clip(path):
        brush.stroke(path, times(i.hair_dark, (0.8, 0.8, 0.8)), 0.035, 0.5, blur=0.016)


def curls(brush: Brush, i: Identity, centres: Array, size: float, seed: int) -> None:
    r = np.random.default_rng(seed)
    for x, y in centres.tolist():
        rad = size * float(r.uniform(0.55, 1.2))
        x, y = x + float(r.normal(0, size * 0.25)), y + float(r.normal(0, size * 0.25))
        toward = float(np.clip(0.5 + 0.9 * i.light * x - 0.7 * (y + 0.35), 0, 1))
        tone = mix(i.hair_dark, mix(i.hair, i.hair_light, 0.35), toward)
        if i.inked:
            brush.fill(oval(x, y, rad, rad), mix(i.hair_dark, i.hair, min(1, toward * 1.6)))
        else:
            brush.fill(
                oval(x, y, rad, rad),
                shader=radial(
                    (x + i.light * rad * 0.3, y - rad * 0.35),
                    rad * 1.4,
                    [(mix(tone, i.hair_light, 0.22), 1), (tone, 1), (mix(tone, i.hair_dark, 0.5), 1)],
                ),
            )
        a = np.linspace(0, 4.6, 14) + float(r.uniform(0, 6))
        spiral = np.stack([x + rad * 0.72 * np.cos(a) * (1 - a / 22), y + rad * 0.72 * np.sin(a) * (1 - a / 22)], 1)
        brush.taper(spiral, i.hair_light if r.random() < 0.6 else i.hair_dark, rad * 0.16, 0.45, n=14)
