"""A Skia canvas in face units: smooth paths, tapered strokes, soft fills, gradients."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
import skia
from numpy.typing import NDArray

from osa_cam.synth.portrait.identity import Colour

Points = Sequence[tuple[float, float]] | NDArray[np.float64]


def spline(points: Points, closed: bool = True) -> skia.Path:
    """The Catmull-Rom curve through points [n, 2]."""
    p = np.asarray(points, np.float64)
    n = len(p)
    if closed:
        before, here, after, last = np.roll(p, 1, 0), p, np.roll(p, -1, 0), np.roll(p, -2, 0)
    else:
        q = np.concatenate([p[:1], p, p[-1:]])
        before, here, after, last = q[: n - 1], p[:-1], p[1:], q[3:]
    c1 = here + (after - before) / 6
    c2 = after - (last - here) / 6
    path = skia.Path()
    path.moveTo(float(p[0, 0]), float(p[0, 1]))
    for row in np.concatenate([c1, c2, after], 1).tolist():
        path.cubicTo(*row)
    if closed:
        path.close()
    return path


def polygon(points: Points) -> skia.Path:
    """Straight edges through points [n, 2]."""
    return skia.Path.Polygon([skia.Point(float(x), float(y)) for x, y in points], True)


def curve(points: Points, n: int = 24) -> NDArray[np.float64]:
    """n points evenly spread in parameter along the open Catmull-Rom curve through points."""
    p = np.asarray(points, np.float64)
    q = np.concatenate([2 * p[:1] - p[1:2], p, 2 * p[-1:] - p[-2:-1]])
    t = np.linspace(0, len(p) - 1, n)
    i = np.minimum(t.astype(int), len(p) - 2)
    f = (t - i)[:, None]
    a, b, c, d = q[i], q[i + 1], q[i + 2], q[i + 3]
    out: NDArray[np.float64] = b + 0.5 * f * (c - a + f * (2 * a - 5 * b + 4 * c - d + f * (3 * (b - c) + d - a)))
    return out


def ribbon(spine: NDArray[np.float64], widths: NDArray[np.float64] | Sequence[float]) -> NDArray[np.float64]:
    """The outline [2n, 2] of a stroke along spine [n, 2] whose full width varies as widths [n]."""
    tangent = np.gradient(spine, axis=0)
    tangent /= np.linalg.norm(tangent, axis=1, keepdims=True) + 1e-9
    normal = np.stack([-tangent[:, 1], tangent[:, 0]], 1) * (np.asarray(widths)[:, None] / 2)
    return np.concatenate([spine + normal, (spine - normal)[::-1]])


def oval(x: float, y: float, a: float, b: float) -> skia.Path:
    """An ellipse with half-axes a and b."""
    return skia.Path().addOval(skia.Rect(x - a, y - b, x + a, y + b))


def colour4(colour: Colour, alpha: float = 1.0) -> skia.Color4f:
    """Skia's colour of a Colour."""
    r, g, b = (min(max(v, 0.0), 1.0) for v in colour)
    return skia.Color4f(r, g, b, min(max(alpha, 0.0), 1.0))


def _stops(colours: Sequence[tuple[Colour, float]]) -> list[int]:
    return [int(colour4(c, a).toColor()) for c, a in colours]


def linear(
    p: tuple[float, float], q: tuple[float, float], colours: Sequence[tuple[Colour, float]], at: Sequence[float] | None = None
) -> skia.Shader:
    """A gradient from p to q through (colour, alpha) stops."""
    points = [skia.Point(*map(float, p)), skia.Point(*map(float, q))]
    return skia.GradientShader.MakeLinear(points, _stops(colours), list(at) if at is not None else None)


def radial(p: tuple[float, float], r: float, colours: Sequence[tuple[Colour, float]], at: Sequence[float] | None = None) -> skia.Shader:
    """A gradient from p outwards to radius r through (colour, alpha) stops."""
    return skia.GradientShader.MakeRadial(skia.Point(*map(float, p)), r, _stops(colours), list(at) if at is not None else None)


class Brush:
    """Draws on a canvas whose matrix is already in face units."""

    def __init__(self, canvas: skia.Canvas, antialias: bool = True) -> None:
        self.canvas = canvas
        self.antialias = antialias

    def fill(
        self, path: skia.Path, colour: Colour = (0, 0, 0), alpha: float = 1.0, blur: float = 0.0, shader: skia.Shader | None = None
    ) -> None:
        """Fill a path; blur is the standard deviation of its soft edge."""
        paint = skia.Paint(AntiAlias=self.antialias, Shader=shader)  # setShader would serialise the shader
        paint.setColor4f(colour4(colour, alpha), None)
        if blur:
            paint.setMaskFilter(skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, blur))
        self.canvas.drawPath(path, paint)

    def stroke(
        self, path: skia.Path, colour: Colour, width: float, alpha: float = 1.0, blur: float = 0.0, shader: skia.Shader | None = None
    ) -> None:
        """Stroke a path with round caps."""
        paint = skia.Paint(AntiAlias=self.antialias, Shader=shader, Style=skia.Paint.kStroke_Style, StrokeWidth=width)
        paint.setStrokeCap(skia.Paint.kRound_Cap)
        paint.setStrokeJoin(skia.Paint.kRound_Join)
        paint.setColor4f(colour4(colour, alpha), None)
        if blur:
            paint.setMaskFilter(skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, blur))
        self.canvas.drawPath(path, paint)

    def taper(
        self,
        points: Points,
        colour: Colour,
        width: float,
        alpha: float = 1.0,
        ends: tuple[float, float] = (0.1, 0.1),
        n: int = 20,
        blur: float = 0.0,
    ) -> None:
        """A stroke along a curve, widest in its middle; ends are the relative widths of its two tips."""
        spine = curve(points, n)
        t = np.linspace(0, 1, n)
        w = np.sin(np.pi * t) ** 0.7
        w = np.maximum(w, np.interp(t, [0, 0.5, 1], [ends[0], 1, ends[1]]) * (np.interp(t, [0, 0.5, 1], [ends[0], 0, ends[1]]) > 0))
        self.fill(polygon(ribbon(spine, w * width)), colour, alpha, blur)

    @contextmanager
    def clip(self, path: skia.Path) -> Iterator[None]:
        """Everything drawn inside stays within the path."""
        self.canvas.save()
        self.canvas.clipPath(path, skia.ClipOp.kIntersect, self.antialias)
        try:
            yield
        finally:
            self.canvas.restore()
