"""What can stand behind a portrait: walls, rooms, lights, streets, patterns, backdrops, brush strokes; all drawn from one generator.

Distant scenes are drawn small and sharp, then blurred and enlarged, as a lens that is focused on the face shows them.
"""

from __future__ import annotations

import colorsys
from collections.abc import Callable

import cv2
import numpy as np
import skia
from numpy.typing import NDArray

from osa_cam.media import PICTURE_SIZE
from osa_cam.synth.looks.noise import fractal

Backdrop = NDArray[np.uint8]  # [size, size, 3], opaque RGB
_Scene = Callable[[skia.Canvas, np.random.Generator], None]  # draws into 0 to 1, right and down


class _Palette:
    """Colours that go together: neighbours of one hue, and now and then its opposite."""

    def __init__(self, rng: np.random.Generator, vivid: float = 0.7) -> None:
        self._rng = rng
        self._hue = rng.random()
        self._vivid = rng.uniform(0.05, vivid)

    def colour(self, low: float, high: float, alpha: float = 1.0) -> skia.Color4f:
        """One of them, its brightness between low and high."""
        rng = self._rng
        hue = (self._hue + rng.normal(0, 0.05) + (0.5 if rng.random() < 0.2 else 0.0)) % 1.0
        saturation = float(np.clip(self._vivid * rng.uniform(0.5, 1.4), 0, 0.9))
        return skia.Color4f(*colorsys.hsv_to_rgb(hue, saturation, rng.uniform(low, high)), alpha)


def _fill(colour: skia.Color4f, **settings: object) -> skia.Paint:
    return skia.Paint(Color4f=colour, AntiAlias=True, **settings)


def _line(colour: skia.Color4f, width: float) -> skia.Paint:
    return _fill(colour, Style=skia.Paint.kStroke_Style, StrokeWidth=width, StrokeCap=skia.Paint.kRound_Cap)


def _box(canvas: skia.Canvas, x: float, y: float, width: float, height: float, paint: skia.Paint) -> None:
    canvas.drawRect(skia.Rect.MakeXYWH(x, y, width, height), paint)


def _shade(canvas: skia.Canvas, top: skia.Color4f, bottom: skia.Color4f, y0: float = 0.0, y1: float = 1.0) -> None:
    """A band over the whole width that goes from one colour to another."""
    gradient = skia.GradientShader.MakeLinear([skia.Point(0, y0), skia.Point(0, y1)], [top.toColor(), bottom.toColor()])
    _box(canvas, 0, y0, 1, y1 - y0, skia.Paint(Shader=gradient))


def _glow(canvas: skia.Canvas, x: float, y: float, radius: float, colour: skia.Color4f) -> None:
    """Light around a point, added to what is there."""
    none = skia.Color4f(colour.fR, colour.fG, colour.fB, 0)
    gradient = skia.GradientShader.MakeRadial(skia.Point(x, y), radius, [colour.toColor(), none.toColor()])
    canvas.drawCircle(x, y, radius, skia.Paint(Shader=gradient, BlendMode=skia.BlendMode.kPlus))


def _draw(scene: _Scene, rng: np.random.Generator, size: int, raster: int, blur: float) -> Backdrop:
    """raster: pixels in which it is drawn; blur: standard deviation in picture widths, 0 for none."""
    pixels = np.zeros((raster, raster, 4), np.uint8)
    info = skia.ImageInfo.Make(raster, raster, skia.kRGBA_8888_ColorType, skia.kPremul_AlphaType)
    surface = skia.Surface.MakeRasterDirect(info, pixels, raster * 4)
    canvas = surface.getCanvas()
    canvas.scale(raster, raster)
    scene(canvas, rng)
    surface.flushAndSubmit()
    rgb = np.ascontiguousarray(pixels[..., :3])
    if blur > 0:
        rgb = cv2.GaussianBlur(rgb, (0, 0), blur * raster, borderType=cv2.BORDER_REFLECT_101)
    out: Backdrop = rgb if raster == size else cv2.resize(rgb, (size, size), interpolation=cv2.INTER_CUBIC)
    return out


def _plain(rng: np.random.Generator, size: int) -> Backdrop:
    colour = _Palette(rng).colour(0.1, 1.0)
    grey = rng.uniform(0.05, 1.0)
    rgb = np.full(3, grey) if rng.random() < 0.3 else np.array([colour.fR, colour.fG, colour.fB])
    return np.broadcast_to(np.round(rgb * 255).astype(np.uint8), (size, size, 3)).copy()


def _gradient(rng: np.random.Generator, size: int) -> Backdrop:
    palette = _Palette(rng)

    def scene(canvas: skia.Canvas, rng: np.random.Generator) -> None:
        colours = [palette.colour(0.15, 1.0).toColor() for _ in range(int(rng.integers(2, 4)))]
        if rng.random() < 0.5:
            angle = rng.uniform(0, 2 * np.pi)
            reach = np.array([np.cos(angle), np.sin(angle)]) * 0.6
            ends = [skia.Point(*(0.5 - reach)), skia.Point(*(0.5 + reach))]
            shader = skia.GradientShader.MakeLinear(ends, colours)
        else:
            shader = skia.GradientShader.MakeRadial(skia.Point(*rng.uniform(0.2, 0.8, 2)), rng.uniform(0.6, 1.1), colours)
        canvas.drawPaint(skia.Paint(Shader=shader, Dither=True))

    return _draw(scene, rng, size, size, 0)


def _studio(rng: np.random.Generator, size: int) -> Backdrop:
    """A mottled cloth with a lamp's spot on it."""
    colour = _Palette(rng).colour(0.25, 0.75)
    y, x = np.meshgrid(*[np.linspace(0, 1, size, dtype=np.float32)] * 2, indexing="ij")
    cx, cy, reach = rng.uniform(0.3, 0.7), rng.uniform(0.25, 0.7), rng.uniform(0.45, 0.9)
    spot = np.exp(-((x - cx) ** 2 + (y - cy) ** 2) / (2 * reach * reach) * 2)
    cloth = 1 + rng.uniform(0, 0.1) * fractal(rng, size, 4, 4)
    level = (0.35 + 0.85 * spot) * cloth
    rgb = level[..., None] * np.array([colour.fR, colour.fG, colour.fB], np.float32)
    return np.clip(rgb * 255, 0, 255).astype(np.uint8)


def _window(canvas: skia.Canvas, rng: np.random.Generator, palette: _Palette) -> None:
    x, y, w, h = rng.uniform(-0.1, 0.75), rng.uniform(-0.05, 0.2), rng.uniform(0.2, 0.4), rng.uniform(0.35, 0.6)
    sky = skia.Color4f(*rng.uniform([0.75, 0.85, 0.9], [1, 1, 1]), 1)
    _box(canvas, x, y, w, h, _fill(sky))
    _box(canvas, x, y + h * 0.6, w, h * 0.4, _fill(skia.Color4f(*rng.uniform(0.35, 0.75, 3), 0.6)))
    bars = _line(palette.colour(0.5, 1.0), 0.018)
    canvas.drawRect(skia.Rect.MakeXYWH(x, y, w, h), bars)
    canvas.drawLine(x + w / 2, y, x + w / 2, y + h, bars)
    if rng.random() < 0.6:
        curtain = palette.colour(0.4, 0.95, 0.92)
        for left in (x - 0.06, x + w - 0.03):
            _box(canvas, left, y - 0.03, 0.09, h + 0.12, _fill(curtain))
    _glow(canvas, x + w / 2, y + h / 2, 0.6, skia.Color4f(sky.fR, sky.fG, sky.fB, 0.12))


def _shelf(canvas: skia.Canvas, rng: np.random.Generator, palette: _Palette) -> None:
    x, w, top, rows = rng.uniform(-0.1, 0.7), rng.uniform(0.3, 0.6), rng.uniform(0.0, 0.2), int(rng.integers(2, 5))
    wood, gap = palette.colour(0.25, 0.6), rng.uniform(0.15, 0.2)
    _box(canvas, x, top - gap, w, gap * (rows + 1), _fill(palette.colour(0.12, 0.3)))
    for row in range(rows):
        board = top + row * gap
        place = x + 0.01
        while place < x + w - 0.03:
            width, height = rng.uniform(0.012, 0.035), gap * rng.uniform(0.5, 0.85)
            if rng.random() < 0.88:
                _box(canvas, place, board - height, width, height, _fill(palette.colour(0.2, 0.95)))
            place += width + 0.002
        _box(canvas, x, board, w, 0.016, _fill(wood))
    for side in (x, x + w - 0.014):
        _box(canvas, side, top - gap, 0.014, gap * (rows + 1), _fill(wood))


def _lamp(canvas: skia.Canvas, rng: np.random.Generator, palette: _Palette) -> None:
    x, y, s = rng.uniform(0.05, 0.95), rng.uniform(0.2, 0.5), rng.uniform(0.06, 0.11)
    canvas.drawLine(x, y, x, 1, _line(palette.colour(0.15, 0.5), 0.012))
    path = skia.Path()
    path.addPoly([skia.Point(x - s * 0.6, y - s), skia.Point(x + s * 0.6, y - s), skia.Point(x + s, y + s), skia.Point(x - s, y + s)], True)
    canvas.drawPath(path, _fill(skia.Color4f(1.0, rng.uniform(0.8, 0.95), rng.uniform(0.5, 0.8), 1)))
    _glow(canvas, x, y, rng.uniform(0.3, 0.6), skia.Color4f(1.0, 0.8, 0.5, 0.4))


def _plant(canvas: skia.Canvas, rng: np.random.Generator, palette: _Palette) -> None:
    x, y, s = rng.uniform(0.0, 1.0), rng.uniform(0.6, 0.85), rng.uniform(0.15, 0.3)
    _box(canvas, x - s * 0.22, y, s * 0.44, 0.4, _fill(palette.colour(0.3, 0.8)))
    for _ in range(int(rng.integers(9, 18))):
        leaf = skia.Color4f(*colorsys.hsv_to_rgb(rng.uniform(0.24, 0.42), rng.uniform(0.3, 0.7), rng.uniform(0.2, 0.6)), 1)
        canvas.save()
        canvas.translate(x, y)
        canvas.rotate(rng.normal(0, 42))
        length = s * rng.uniform(0.6, 1.3)
        canvas.drawOval(skia.Rect.MakeXYWH(-s * 0.09, -length, s * 0.18, length), _fill(leaf))
        canvas.restore()


def _painting(canvas: skia.Canvas, rng: np.random.Generator, palette: _Palette) -> None:
    x, y, w, h = rng.uniform(0, 0.8), rng.uniform(0.02, 0.3), rng.uniform(0.12, 0.28), rng.uniform(0.12, 0.3)
    _box(canvas, x, y, w, h, _fill(palette.colour(0.2, 0.95)))
    for _ in range(4):
        canvas.drawCircle(x + w * rng.uniform(0.2, 0.8), y + h * rng.uniform(0.2, 0.8), min(w, h) * 0.2, _fill(palette.colour(0.2, 0.9)))
    canvas.drawRect(skia.Rect.MakeXYWH(x, y, w, h), _line(palette.colour(0.1, 0.95), 0.014))


def _room(rng: np.random.Generator, size: int) -> Backdrop:
    palette = _Palette(rng, 0.4)

    def scene(canvas: skia.Canvas, rng: np.random.Generator) -> None:
        _shade(canvas, palette.colour(0.5, 0.95), palette.colour(0.4, 0.85))
        floor = rng.uniform(0.75, 1.1)
        if floor < 1:
            _shade(canvas, palette.colour(0.25, 0.5), palette.colour(0.2, 0.45), floor, 1.0)
        corner = rng.uniform(-1, 2)
        _box(canvas, corner, 0, 2, 1, _fill(skia.Color4f(0, 0, 0, rng.uniform(0.05, 0.2))))
        things = (_window, _shelf, _lamp, _plant, _painting)
        for k in rng.choice(len(things), int(rng.integers(2, 5)), p=(0.25, 0.25, 0.15, 0.2, 0.15)):
            things[k](canvas, rng, palette)

    return _draw(scene, rng, size, size // 2, rng.uniform(0.004, 0.03))


def _bokeh(rng: np.random.Generator, size: int) -> Backdrop:
    """Lights or leaves so far behind that each is a disc."""
    palette, night = _Palette(rng), rng.random() < 0.5

    def scene(canvas: skia.Canvas, rng: np.random.Generator) -> None:
        base = (0.02, 0.25) if night else (0.2, 0.6)
        _shade(canvas, palette.colour(*base), palette.colour(*base))
        for _ in range(int(rng.integers(6, 12))):
            x, y = rng.uniform(0, 1, 2)
            _glow(canvas, x, y, rng.uniform(0.2, 0.5), palette.colour(0.2, 0.6, 0.35))
        radius = rng.uniform(0.02, 0.07)
        for _ in range(int(rng.integers(15, 60))):
            colour = palette.colour(0.6, 1.0, rng.uniform(0.1, 0.5 if night else 0.3))
            x, y, r = rng.uniform(-0.1, 1.1), rng.uniform(-0.1, 1.1), radius * rng.uniform(0.6, 1.4)
            canvas.drawCircle(x, y, r, _fill(colour, BlendMode=skia.BlendMode.kScreen))
            canvas.drawCircle(x, y, r, _line(colour, r * 0.08))

    return _draw(scene, rng, size, size // 2, rng.uniform(0.003, 0.01))


def _street(rng: np.random.Generator, size: int) -> Backdrop:
    palette = _Palette(rng, 0.4)

    def scene(canvas: skia.Canvas, rng: np.random.Generator) -> None:
        evening = rng.random() < 0.3
        high, low = ((0.6, 0.3, 0.8), (0.07, 0.5, 0.95)) if evening else ((0.58, 0.45, 0.9), (0.55, 0.12, 1.0))
        top, bottom = (skia.Color4f(*colorsys.hsv_to_rgb(*colour), 1) for colour in (high, low))
        _shade(canvas, top, bottom, 0.0, 0.8)
        for _ in range(int(rng.integers(0, 7))):
            x, y, w = rng.uniform(0, 1), rng.uniform(0, 0.35), rng.uniform(0.15, 0.4)
            canvas.drawOval(skia.Rect.MakeXYWH(x - w / 2, y, w, w * 0.25), _fill(skia.Color4f(1, 1, 1, rng.uniform(0.2, 0.6))))
        ground = rng.uniform(0.6, 0.85)
        x = -0.1
        while x < 1.0 and rng.random() < 0.9:
            w, top = rng.uniform(0.12, 0.3), rng.uniform(-0.1, 0.5)
            _box(canvas, x, top, w, 1 - top, _fill(palette.colour(0.3, 0.85)))
            pane, dx, dy = palette.colour(0.1, 0.9), rng.uniform(0.03, 0.05), rng.uniform(0.045, 0.07)
            for i in range(int(w / dx) - 1):
                for j in range(int((ground - top) / dy)):
                    _box(canvas, x + dx * (i + 0.6), top + dy * (j + 0.5), dx * 0.5, dy * 0.55, _fill(pane))
            x += w + rng.uniform(0, 0.15)
        for _ in range(int(rng.integers(0, 4))):
            x, y = rng.uniform(0, 1), rng.uniform(0.3, 0.6)
            canvas.drawLine(x, y, x, ground + 0.05, _line(skia.Color4f(0.25, 0.18, 0.12, 1), 0.025))
            for _ in range(14):
                leaf = skia.Color4f(*colorsys.hsv_to_rgb(rng.uniform(0.2, 0.38), rng.uniform(0.35, 0.7), rng.uniform(0.25, 0.65)), 0.9)
                canvas.drawCircle(*(np.array([x, y]) + rng.normal(0, 0.06, 2)), rng.uniform(0.03, 0.08), _fill(leaf))
        _shade(canvas, palette.colour(0.35, 0.6), palette.colour(0.25, 0.5), ground, 1.0)

    return _draw(scene, rng, size, size // 2, rng.uniform(0.004, 0.025))


def _pattern(rng: np.random.Generator, size: int) -> Backdrop:
    """Wallpaper, cloth, a poster: stripes, dots, checks, zigzags."""
    palette = _Palette(rng)

    def scene(canvas: skia.Canvas, rng: np.random.Generator) -> None:
        base = rng.uniform(0.2, 0.9)
        canvas.drawPaint(_fill(palette.colour(base, base + 0.1)))
        other = palette.colour(*np.clip(base + rng.choice([-1, 1]) * rng.uniform(0.08, 0.35) + np.array([-0.05, 0.05]), 0, 1))
        period, kind = rng.uniform(0.04, 0.16), int(rng.integers(4))
        canvas.rotate(rng.choice([0, 0, 90, 45, rng.uniform(0, 180)]), 0.5, 0.5)
        steps = np.arange(-0.5, 1.5, period)
        for j, y in enumerate(steps):
            if kind == 0:
                _box(canvas, -1, y, 3, period * 0.5, _fill(other))
            elif kind == 1:
                for x in steps:
                    canvas.drawCircle(x + (j % 2) * period / 2, y, period * 0.26, _fill(other))
            elif kind == 2:
                for i, x in enumerate(steps):
                    if (i + j) % 2:
                        _box(canvas, x, y, period, period, _fill(other))
            else:
                path = skia.Path()
                path.addPoly([skia.Point(x, y + (i % 2) * period * 0.6) for i, x in enumerate(steps)], False)
                canvas.drawPath(path, _line(other, period * 0.25))

    return _draw(scene, rng, size, size, 0)


def _strokes(rng: np.random.Generator, size: int) -> Backdrop:
    palette = _Palette(rng)

    def scene(canvas: skia.Canvas, rng: np.random.Generator) -> None:
        low = rng.uniform(0.1, 0.5)
        canvas.drawPaint(_fill(palette.colour(low, low + 0.4)))
        angle, width = rng.uniform(0, np.pi), rng.uniform(0.02, 0.07)
        for _ in range(220):
            x, y, turn, length = *rng.uniform(-0.1, 1.1, 2), angle + rng.normal(0, 0.5), rng.uniform(0.08, 0.3)
            dx, dy = np.cos(turn) * length, np.sin(turn) * length
            path = skia.Path()
            path.moveTo(x, y)
            path.quadTo(x + dx / 2 - dy * 0.2, y + dy / 2 + dx * 0.2, x + dx, y + dy)
            canvas.drawPath(path, _line(palette.colour(low, low + 0.45, rng.uniform(0.4, 0.9)), width * rng.uniform(0.5, 1.2)))

    return _draw(scene, rng, size, size, 0)


BACKGROUNDS: dict[str, Callable[[np.random.Generator, int], Backdrop]] = {
    "plain": _plain,
    "gradient": _gradient,
    "studio": _studio,
    "room": _room,
    "bokeh": _bokeh,
    "street": _street,
    "pattern": _pattern,
    "strokes": _strokes,
}
_SHARES = (0.12, 0.12, 0.14, 0.22, 0.12, 0.12, 0.06, 0.1)


def background(rng: np.random.Generator, size: int = PICTURE_SIZE) -> Backdrop:
    """One of BACKGROUNDS, rooms most often: uint8 [size, size, 3], opaque RGB."""
    return BACKGROUNDS[str(rng.choice(list(BACKGROUNDS), p=_SHARES))](rng, size)
