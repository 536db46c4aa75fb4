"""Fabrics: colours that people wear, weaves, stripes, prints and folds, on a canvas that hangs before the shoulders."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from osa_cam.synth.head3d.wear.shape import Array, Texture

Colour = NDArray[np.float64]  # sRGB, 0 to 1
WIDTH, HEIGHT, TOP = 9.0, 4.5, -1.2  # of the canvas, in eye distances; what lies outside repeats it
_SCALE = 112  # pixels an eye distance
_SHAPE = (int(HEIGHT * _SCALE), int(WIDTH * _SCALE))

DARK = (
    (0.10, 0.11, 0.14),
    (0.13, 0.16, 0.24),
    (0.20, 0.20, 0.22),
    (0.16, 0.13, 0.12),
    (0.24, 0.10, 0.14),
    (0.10, 0.18, 0.16),
    (0.17, 0.15, 0.25),
)
LIGHT = (
    (0.95, 0.95, 0.94),
    (0.93, 0.90, 0.84),
    (0.82, 0.87, 0.93),
    (0.94, 0.86, 0.86),
    (0.85, 0.90, 0.83),
    (0.80, 0.80, 0.82),
    (0.95, 0.91, 0.74),
)
MUTED = (
    (0.35, 0.45, 0.55),
    (0.48, 0.52, 0.42),
    (0.62, 0.45, 0.38),
    (0.55, 0.48, 0.58),
    (0.68, 0.58, 0.42),
    (0.45, 0.30, 0.30),
    (0.44, 0.44, 0.46),
)
BRIGHT = (
    (0.75, 0.18, 0.18),
    (0.12, 0.38, 0.66),
    (0.14, 0.50, 0.40),
    (0.90, 0.68, 0.20),
    (0.82, 0.42, 0.22),
    (0.48, 0.28, 0.62),
    (0.88, 0.50, 0.58),
)
DENIM = ((0.20, 0.28, 0.42), (0.34, 0.45, 0.60), (0.12, 0.16, 0.25), (0.50, 0.60, 0.70))


def colour(rng: np.random.Generator, *palettes: tuple[tuple[float, ...], ...]) -> Colour:
    """One of the palettes' colours, never twice quite the same."""
    palette = palettes[int(rng.integers(len(palettes)))]
    out: Colour = np.clip(
        np.array(palette[int(rng.integers(len(palette)))]) * rng.uniform(0.92, 1.08) + rng.normal(0, 0.015, 3), 0.04, 0.97
    )
    return out


def clothing(rng: np.random.Generator) -> Colour:
    return colour(rng, (DARK, LIGHT, MUTED, BRIGHT, DARK, MUTED)[int(rng.integers(6))])


def contrast(rng: np.random.Generator, ground: Colour) -> Colour:
    """A colour that stands out from another."""
    light = float(ground @ [0.3, 0.6, 0.1]) > 0.5
    return colour(rng, DARK, BRIGHT, MUTED) if light else colour(rng, LIGHT, BRIGHT if rng.random() < 0.5 else LIGHT)


def places() -> tuple[Array, Array]:
    """x and y of the canvas' pixels, in eye distances."""
    x = (np.arange(_SHAPE[1], dtype=np.float32) + 0.5) / _SCALE - WIDTH / 2
    y = TOP - (np.arange(_SHAPE[0], dtype=np.float32) + 0.5) / _SCALE
    return np.broadcast_to(x[None], _SHAPE), np.broadcast_to(y[:, None], _SHAPE)


def hung(points: Array) -> Array:
    """uv of points [..., 3] on the canvas."""
    out: Array = np.stack([points[..., 0] / WIDTH + 0.5, 1 - (TOP - points[..., 1]) / HEIGHT], -1).astype(np.float32)
    return out


def noise(rng: np.random.Generator, shape: tuple[int, int], blur_y: float, blur_x: float) -> Array:
    """Blurred noise of deviation 1 that repeats at its edges; blur in pixels."""
    white = rng.standard_normal(shape).astype(np.float32)
    pad_y, pad_x = int(3 * blur_y) + 1, int(3 * blur_x) + 1
    wide = np.pad(white, ((pad_y, pad_y), (pad_x, pad_x)), mode="wrap")
    soft = cv2.GaussianBlur(wide, (0, 0), sigmaX=max(blur_x, 0.3), sigmaY=max(blur_y, 0.3))[pad_y:-pad_y, pad_x:-pad_x]
    out: Array = (soft / max(float(soft.std()), 1e-6)).astype(np.float32)
    return out


def folds(rng: np.random.Generator, stiffness: float) -> Array:
    """Height of a cloth's folds on the canvas, about -1 to 1: they run from the shoulders inward. stiffness: 0 soft, 1 stiff."""
    small = (_SHAPE[0] // 4, _SHAPE[1] // 4)
    scale = _SCALE / 4
    long, wide = scale * (0.55 + 0.3 * stiffness), scale * (0.10 + 0.12 * stiffness)
    out = np.zeros(small, np.float32)
    r = int(2 * long)
    v, u = np.mgrid[-r : r + 1, -r : r + 1].astype(np.float32)
    x = np.linspace(-WIDTH / 2, WIDTH / 2, small[1], dtype=np.float32)[None]
    for sign in (-1, 1):
        angle = np.radians(rng.uniform(48, 75)) * sign  # of the fold to the horizon, in the picture
        along, across = u * np.cos(angle) - v * np.sin(angle), u * np.sin(angle) + v * np.cos(angle)
        kernel = np.exp(-0.5 * ((along / long) ** 2 + (across / wide) ** 2))
        field = cv2.filter2D(rng.standard_normal(small).astype(np.float32), -1, kernel / np.sqrt((kernel**2).sum()))
        out += field * (1 / (1 + np.exp(-sign * x / 0.4)))
    out = np.tanh(out * 0.9 + 0.25)
    return cv2.resize(out, _SHAPE[::-1], interpolation=cv2.INTER_CUBIC).astype(np.float32)


def finished(rgb: NDArray[np.floating], height: Array | None = None) -> Texture:
    """rgb [h, w, 3], 0 to 1, as a texture; folds darken where they are low."""
    if height is not None:
        rgb = rgb * (1 + 0.16 * np.minimum(height, 0.15))[..., None]
    out = np.full((*rgb.shape[:2], 4), 255, np.uint8)
    out[..., :3] = np.clip(rgb * 255 + 0.5, 0, 255)
    return out


def plain(rng: np.random.Generator, ground: Colour, grain: float = 0.025) -> Array:
    """A fine weave."""
    weave = noise(rng, _SHAPE, 0.4, 1.2) + noise(rng, _SHAPE, 1.2, 0.4)
    cloud = noise(rng, (_SHAPE[0] // 8, _SHAPE[1] // 8), 5, 5)
    shade = 1 + grain * 0.6 * weave + 0.012 * cv2.resize(cloud, _SHAPE[::-1], interpolation=cv2.INTER_LINEAR)
    out: Array = (np.asarray(ground, np.float32) * shade[..., None]).astype(np.float32)
    return out


def melange(rng: np.random.Generator, ground: Colour) -> Array:
    """Sweatshirt cloth, of threads of two shades."""
    threads = noise(rng, _SHAPE, 0.5, 3.0)
    out: Array = (np.asarray(ground, np.float32) * (1 + 0.07 * threads[..., None])).astype(np.float32)
    return out


def denim(rng: np.random.Generator, ground: Colour) -> Array:
    x, y = places()
    twill = np.sin((x + 0.55 * y) * 2 * np.pi * 26)
    slub = noise(rng, _SHAPE, 9, 0.5)
    worn = cv2.resize(noise(rng, (_SHAPE[0] // 8, _SHAPE[1] // 8), 4, 4), _SHAPE[::-1])
    shade = 0.06 * twill + 0.06 * slub + 0.05 * worn
    out: Array = (np.asarray(ground, np.float32) + shade[..., None] * np.array([0.8, 0.9, 1.0], np.float32)).astype(np.float32)
    return out


def knit(rng: np.random.Generator, ground: Colour) -> Array:
    """Rows of stitches, each a small V; some with cables."""
    x, y = places()
    gauge = float(rng.choice([0.085, 0.12, 0.17]))  # width of a stitch
    column = x / gauge
    across = np.abs(column % 1 - 0.5)
    row = (y / (gauge * 0.8) + across * 1.3) % 1
    stitch = 0.5 + 0.5 * np.cos(2 * np.pi * row)
    gap = np.clip(1 - np.minimum(across, 0.5 - across) / 0.12, 0, 1)
    shade = 0.86 + 0.2 * stitch - 0.16 * gap
    if rng.random() < 0.35:
        period = 1.4
        twist = np.sin(x / period * 2 * np.pi)
        braid = np.abs(np.sin(y * 2.6) * 0.5 - twist)
        shade = shade * (0.78 + 0.26 * np.clip(braid * 2.2, 0, 1))
    shade = shade + 0.02 * noise(rng, _SHAPE, 1, 1)
    out: Array = (np.asarray(ground, np.float32) * shade[..., None]).astype(np.float32)
    return out


def stripes(rng: np.random.Generator, ground: Colour, other: Colour, upright: bool = False, fine: bool = False) -> Array:
    x, y = places()
    along = x if upright else y + 0.03 * noise(rng, (1, _SHAPE[1]), 0.3, 60)
    period = rng.uniform(0.14, 0.24) if fine else rng.uniform(0.35, 0.8)
    share = rng.uniform(0.12, 0.3) if fine else rng.uniform(0.3, 0.5)
    phase = (along / period) % 1
    on = np.clip((share / 2 - np.abs(phase - 0.5)) * period * _SCALE + 0.5, 0, 1)[..., None]
    cloth = plain(rng, np.ones(3))
    out: Array = (cloth * (np.asarray(ground) * (1 - on) + np.asarray(other) * on)).astype(np.float32)
    return out


def checks(rng: np.random.Generator, ground: Colour, other: Colour) -> Array:
    """Gingham, windowpane or tartan: bands both ways that mix where they cross."""
    x, y = places()
    period = rng.uniform(0.22, 0.95)
    share = rng.choice([0.5, 0.12, 0.35])

    def bands(at: Array, wide: float, shift: float) -> Array:
        phase = (at / period + shift) % 1
        out: Array = np.clip((wide / 2 - np.abs(phase - 0.5)) * period * _SCALE + 0.5, 0, 1)
        return out

    mix = 0.5 * (bands(x, share, 0) + bands(y, share, 0))[..., None]
    out = plain(rng, np.ones(3)) * (np.asarray(ground) * (1 - mix) + np.asarray(other) * mix)
    if rng.random() < 0.5 and period > 0.45:
        line = contrast(rng, ground)
        thin = 0.5 * np.maximum(bands(x, 0.05, 0.5), bands(y, 0.05, 0.5))[..., None]
        out = out * (1 - thin) + line * thin
    return out.astype(np.float32)


def dots(rng: np.random.Generator, ground: Colour, other: Colour) -> Array:
    """Dots or small flowers, set in a staggered grid and a little astray."""
    out = plain(rng, ground)
    step, petals = rng.uniform(0.28, 0.5), int(rng.choice([0, 0, 5]))
    radius = step * rng.uniform(0.12, 0.24)
    second = clothing(rng)
    for j in range(int(HEIGHT / step) + 1):
        for i in range(int(WIDTH / step) + 1):
            at = np.array([(i + 0.5 * (j % 2)) * step, j * step]) + (rng.normal(0, 0.12 * step, 2) if petals else 0)
            paint = other if not petals or rng.random() < 0.6 else second
            turn = rng.uniform(0, 6.3)
            for k in range(max(petals, 1)):
                off = radius * 0.8 * np.array([np.cos(turn + k * 6.283 / 5), np.sin(turn + k * 6.283 / 5)]) if petals else 0
                place = np.round((at + off) * _SCALE * 16).astype(int)
                cv2.circle(
                    out,
                    (int(place[0]), int(place[1])),
                    int(radius * (0.62 if petals else 1) * _SCALE * 16),
                    paint.tolist(),
                    -1,
                    cv2.LINE_AA,
                    4,
                )
    return out


def printed(rng: np.random.Generator, cloth: Array, ground: Colour) -> Array:
    """A motif on the chest: rings, a sun over hills, bars, a block of letters that nobody can read."""
    x, y = places()
    first, second = contrast(rng, ground), colour(rng, BRIGHT, LIGHT)
    middle, size = rng.uniform(-4.45, -4.1), rng.uniform(0.55, 0.85)
    u, v = x / size, (y - middle) / size
    radius = np.hypot(u, v)

    def soft(inside: Array) -> Array:
        out: Array = np.clip(inside * size * _SCALE + 0.5, 0, 1)[..., None]
        return out

    layers: list[tuple[Array, Colour]] = []
    motif = int(rng.integers(4))
    if motif == 0:
        layers = [(soft(1 - radius), first), (soft(0.72 - radius), ground), (soft(0.45 - radius), second)]
    elif motif == 1:
        hills = -0.35 + 0.22 * np.sin(3.1 * u + rng.uniform(0, 6)) + 0.12 * np.sin(6.5 * u)
        layers = [(soft(1 - radius), second), (soft(np.minimum(1 - radius, hills - v)), first)]
    elif motif == 2:
        layers = [(soft(np.minimum(1.4 - np.abs(u), 0.11 - np.abs(v - 0.3 * k))), first if k % 2 else second) for k in (-1, 0, 1)]
    else:
        at = -1.3
        for _ in range(int(rng.integers(4, 7))):
            wide = rng.uniform(0.26, 0.42)
            bar = soft(np.minimum(wide / 2 - np.abs(u - at - wide / 2), 0.32 - np.abs(v)))
            hole = soft(np.minimum(wide / 5 - np.abs(u - at - wide / 2), 0.16 - np.abs(v - rng.choice([-0.2, 0.2, 0.0]))))
            layers += [(bar, first), (hole, ground)]
            at += wide + 0.08
    weave = cloth / np.maximum(np.asarray(ground, np.float32), 1e-3)
    for share, paint in layers:
        cloth = cloth * (1 - share) + np.asarray(paint, np.float32) * weave * share
    return cloth.astype(np.float32)


def ribbed(rng: np.random.Generator, ground: Colour, ribs: int) -> Texture:
    """A knitted band: ribs across the first texture axis."""
    x = np.linspace(0, ribs * 2 * np.pi, 16 * min(ribs, 128), endpoint=False)
    shade = 0.90 + 0.11 * np.cos(x)[None, :, None] + 0.02 * rng.standard_normal((16, len(x), 1))
    return finished(np.asarray(ground) * shade)


def of_colour(ground: Colour) -> Texture:
    return finished(np.broadcast_to(np.asarray(ground), (4, 4, 3)))
