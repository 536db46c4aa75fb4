"""What a look's picture is made with: a lineless photograph, oil, watercolour, poster colours, ink, pencil; and its surface.

Textures belong to the person, not to the screen: a frame's texture is the reference's, moved by the frame's flow, as the
decoder moves the picture. A texture that stood still would teach it to let heads swim behind glass.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

from osa_cam.synth.looks.colour import Picture
from osa_cam.synth.looks.noise import Field, fractal, streaks

Flow = NDArray[np.float32]  # [2, 64, 64], as the first two of LATENT_CHANNELS
Texture = NDArray[np.uint8]  # [height, width] or [height, width, 3]; 128 leaves a pixel as it is
Medium = Callable[[Picture, Flow | None], Picture]  # a picture and its flow, None for the reference -> the picture in that medium


def carry(texture: Texture, flow: Flow | None) -> Texture:
    """The reference's texture where a frame's flow has moved it."""
    if flow is None:
        return texture
    size = texture.shape[0]
    source = cv2.resize(np.ascontiguousarray(flow.transpose(1, 2, 0)), (size, size), interpolation=cv2.INTER_LINEAR) * np.float32(size)
    pixels = np.arange(size, dtype=np.float32)
    source += np.stack(np.broadcast_arrays(pixels[None, :], pixels[:, None]), -1)
    out: Texture = cv2.remap(texture, source, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)
    return out


def _levels(field: Field, height: float) -> Texture:
    out: Texture = np.clip(np.round(128 * (1 + height * np.clip(field, -2.5, 2.5))), 0, 255).astype(np.uint8)
    return out


def _skin(rng: np.random.Generator, size: int) -> Texture:
    """Blotches of hue and pores of brightness."""
    blotches = np.stack([fractal(rng, size, 12, 2) for _ in range(3)], -1) * rng.uniform(0.005, 0.02)
    pores = fractal(rng, size, size // 5, 2, 0.8) * rng.uniform(0.008, 0.025)
    return _levels(blotches + pores[..., None], 1.0)


def _cloudy(rng: np.random.Generator, size: int) -> Texture:
    """Pigment that dried unevenly; stains on old prints."""
    return cv2.merge([_levels(fractal(rng, size, 6, 4, 0.6), rng.uniform(0.02, 0.07))] * 3)


def _paper(rng: np.random.Generator, size: int) -> Texture:
    return cv2.merge([_levels(fractal(rng, size, size // 3, 2, 0.9), rng.uniform(0.008, 0.025))] * 3)


def _canvas(rng: np.random.Generator, size: int) -> Texture:
    """A linen weave: threads over and under, each a little different."""
    period = rng.uniform(5, 9) * size / 512
    turns = 2 * np.pi * np.arange(size) / period
    bend = fractal(rng, size, 10, 2) * 0.5
    weave = np.sin(turns[None, :] + bend) * np.sin(turns[:, None] + bend[::-1])
    return cv2.merge([_levels(weave.astype(np.float32) + 0.5 * fractal(rng, size, size // 16, 1), rng.uniform(0.02, 0.05))] * 3)


def _brushed(rng: np.random.Generator, size: int) -> Texture:
    """Bristle marks in two directions."""
    scale, angle = size / 512, rng.uniform(0, 180)
    where = fractal(rng, size, 8, 1) > 0
    one, other = (streaks(rng, size, 14 * scale, 1.3 * scale, angle + turn) for turn in (0.0, rng.uniform(40, 140)))
    blend = cv2.GaussianBlur(where.astype(np.float32), (0, 0), 6 * scale)
    return cv2.merge([_levels(one * blend + other * (1 - blend), rng.uniform(0.02, 0.045))] * 3)


SURFACES: dict[str, Callable[[np.random.Generator, int], Texture]] = {
    "skin": _skin,
    "cloudy": _cloudy,
    "paper": _paper,
    "canvas": _canvas,
    "brushed": _brushed,
}


def apply_texture(rgb: Picture, texture: Texture) -> Picture:
    out: Picture = cv2.multiply(rgb, texture, scale=1 / 128)
    return out


def kuwahara(rgb: Picture, radius: int) -> Picture:
    """Each pixel takes the mean of the calmest of its four quadrants (Kuwahara et al. 1976): flat dabs with crisp edges."""
    grey = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY).astype(np.float32)
    square, box = grey * grey, (radius + 1, radius + 1)
    out, calmest = np.empty_like(rgb), np.full(grey.shape, np.inf, np.float32)
    for anchor in ((0, 0), (radius, 0), (0, radius), (radius, radius)):
        mean = cv2.blur(grey, box, anchor=anchor, borderType=cv2.BORDER_REPLICATE)
        variance = cv2.blur(square, box, anchor=anchor, borderType=cv2.BORDER_REPLICATE) - mean * mean
        calmer = cv2.compare(variance, calmest, cv2.CMP_LT)
        cv2.copyTo(cv2.blur(rgb, box, anchor=anchor, borderType=cv2.BORDER_REPLICATE), calmer, out)
        calmest = np.minimum(calmest, variance)
    return out


def _lines(rgb: Picture, sigma: float) -> Picture:
    """How bright each pixel is against its surroundings, 255 where no darker: grey [height, width]."""
    grey = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)
    near = cv2.GaussianBlur(grey, (0, 0), sigma * 0.4)
    out: Picture = cv2.divide(cv2.add(near, 12), cv2.add(cv2.GaussianBlur(grey, (0, 0), sigma), 12), scale=255)
    return out


def _times(rgb: Picture, grey: Picture) -> Picture:
    out: Picture = cv2.multiply(rgb, cv2.merge([grey] * 3), scale=1 / 255)
    return out


def _lineless(rng: np.random.Generator, size: int) -> Medium:
    """Outlines go, which photographs have not; a larger kernel would take a closed mouth along."""
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (3, 3))
    return lambda rgb, flow: cv2.medianBlur(cv2.morphologyEx(rgb, cv2.MORPH_CLOSE, kernel), 3)


def _oil(rng: np.random.Generator, size: int) -> Medium:
    radius = max(1, round(rng.uniform(2, 4) * size / 512))
    # The filter's own edges are ragged, and would crawl.
    return lambda rgb, flow: cv2.GaussianBlur(cv2.medianBlur(kuwahara(rgb, radius), 3), (0, 0), 0.7)


def _watercolour(rng: np.random.Generator, size: int) -> Medium:
    """Flat washes, thin enough for the paper to shine through, with pigment gathered along their edges."""
    sigma, thin = rng.uniform(4, 6) * size / 512, rng.uniform(0.1, 0.25)

    def paint(rgb: Picture, flow: Flow | None) -> Picture:
        flat = cv2.medianBlur(rgb, 5)
        return _times(cv2.addWeighted(flat, 1 - thin, np.full_like(flat, 255), thin, 0), _lines(flat, sigma))

    return paint


def _poster(rng: np.random.Generator, size: int) -> Medium:
    """Few steps of brightness; channel by channel, skin would turn green or purple."""
    level = (np.arange(256) + 1) / 256 * rng.integers(4, 10)
    step = np.floor(level) + np.clip((level - np.floor(level) - 0.5) * 4 + 0.5, 0, 1)  # slanted: hard steps flicker
    gain = np.clip(np.round(128 * step / level), 0, 255).astype(np.uint8)

    def paint(rgb: Picture, flow: Flow | None) -> Picture:
        flat = cv2.medianBlur(rgb, 3)
        return apply_texture(flat, cv2.merge([cv2.LUT(cv2.cvtColor(flat, cv2.COLOR_RGB2GRAY), gain)] * 3))

    return paint


def _ink(rng: np.random.Generator, size: int) -> Medium:
    """Colours stay, and whatever is darker than its surroundings gets a line."""
    sigma = rng.uniform(2, 4) * size / 512
    harder = np.clip(np.arange(256) * 1.6 - 150, 0, 255).astype(np.uint8)
    return lambda rgb, flow: _times(rgb, cv2.LUT(_lines(rgb, sigma), harder))


def _pencil(rng: np.random.Generator, size: int) -> Medium:
    """Outlines, and tone by hatching that grows stronger towards the dark; half of them keep some colour."""
    scale, coloured, level = size / 512, rng.random() < 0.5, np.arange(256) / 255
    hatching = _levels(streaks(rng, size, 9 * scale, 1.2 * scale, rng.uniform(20, 70)), rng.uniform(0.12, 0.28))
    ink, paper = rng.uniform(20, 70) + rng.uniform(-18, 18, 3), rng.uniform(225, 247) + rng.uniform(-8, 8, 3)
    tone = np.round(255 * 0.85 * (1 - level**0.7)).astype(np.uint8)
    colours = np.round(ink + (paper - ink) * level[:, None, None]).astype(np.uint8)

    def paint(rgb: Picture, flow: Flow | None) -> Picture:
        dark = cv2.multiply(cv2.LUT(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), tone), carry(hatching, flow), scale=1 / 128)
        left = cv2.multiply(_lines(rgb, 6 * scale), cv2.bitwise_not(dark), scale=1 / 255)
        drawn: Picture = cv2.LUT(cv2.merge([left] * 3), colours)
        return cv2.addWeighted(drawn, 0.55, cv2.multiply(drawn, rgb, scale=1 / 200), 0.45, 0) if coloured else drawn

    return paint


MEDIA: dict[str, Callable[[np.random.Generator, int], Medium]] = {
    "lineless": _lineless,
    "oil": _oil,
    "watercolour": _watercolour,
    "poster": _poster,
    "ink": _ink,
    "pencil": _pencil,
}
