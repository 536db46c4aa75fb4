"""What makes a soft drawing painted or photo-like: strokes of a brush, or light from a side on skin with pores.

Both work on a layer's texture, so they move with the person.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from osa_cam.synth.portrait.depth import face_depth, hair_depth
from osa_cam.synth.portrait.identity import Identity

Texture = NDArray[np.uint8]  # [h, w, 4], premultiplied RGBA
Colours = NDArray[np.float32]  # [h, w, 3], 0 to 255
_STROKES = (0.075, 0.036, 0.016)  # half lengths of a painting's strokes in face units, coarse to fine


def finish(identity: Identity, name: str, texture: Texture, origin: tuple[float, float], scale: float) -> Texture:
    """A layer's texture in the identity's style; origin in face units, scale in texels a unit."""
    if identity.style not in ("painted", "photo") or name == "glasses":
        return texture
    alpha = texture[..., 3:].astype(np.float32) / 255
    colours = _bleed(texture)
    rng = np.random.default_rng([identity.seed, 6, len(name)])
    if identity.style == "painted":
        colours = _painted(colours, scale, rng)
    else:
        colours = _photographed(identity, name, colours, origin, scale, rng)
    out = np.concatenate([np.clip(colours, 0, 255) * alpha, alpha * 255], -1)
    return np.ascontiguousarray(np.round(out).astype(np.uint8))


def _bleed(texture: Texture) -> Colours:
    """Straight colours that go on beyond the layer's edge."""
    total = np.asarray(texture, np.float32)
    for sigma in (2, 8, 24):
        blurred = cv2.GaussianBlur(texture.astype(np.float32), (0, 0), sigma)
        total = np.asarray(total + blurred * np.clip(1 - total[..., 3:] / 255, 0, 1), dtype=np.float32)
    return np.asarray(total[..., :3] / np.maximum(total[..., 3:], 1) * 255, dtype=np.float32)


def _painted(colours: Colours, scale: float, rng: np.random.Generator) -> Colours:
    """Strokes along the forms, broad ones first, fine ones where there is detail."""
    h, w = colours.shape[:2]
    canvas = cv2.GaussianBlur(colours, (0, 0), 0.02 * scale)
    for length_units in _STROKES:
        length = length_units * scale
        guide = cv2.GaussianBlur(colours, (0, 0), max(length * 0.16, 0.6))
        grey = cv2.GaussianBlur(guide.mean(-1), (0, 0), length * 0.3)
        gx, gy = cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1)
        detail = np.abs(canvas - guide).max(-1)
        count = int(h * w / (length * length * 0.30))
        xs, ys = rng.integers(0, w, count), rng.integers(0, h, count)
        broad = length_units == _STROKES[0]
        keep = np.ones(count, bool) if broad else detail[ys, xs] > 20
        strength = 1.0 if broad else 0.4
        noise = strength * (rng.normal(0, 6, (count, 1)) + rng.normal(0, 3.5, (count, 3)))
        angles = np.degrees(np.arctan2(gx[ys, xs], -gy[ys, xs])) + rng.normal(0, 14, count)
        tones = np.clip(guide[ys, xs] + noise, 0, 255)
        lengths = length * rng.uniform(0.6, 1.1, count)
        painted = canvas.copy()
        for k in np.flatnonzero(keep):
            axes = (int(lengths[k] * 8), int(lengths[k] * 2.4))
            centre = (int(xs[k] * 16), int(ys[k] * 16))
            cv2.ellipse(painted, centre, axes, float(angles[k]), 0, 360, tones[k].tolist(), -1, cv2.LINE_AA, 4)
        canvas = painted
    ridges = cv2.GaussianBlur(rng.normal(0, 1, (h, w)).astype(np.float32), (0, 0), 1.2)
    return canvas + ridges[..., None] * 5


def _photographed(
    identity: Identity, name: str, colours: Colours, origin: tuple[float, float], scale: float, rng: np.random.Generator
) -> Colours:
    """Light from the side on the form, a grain of skin or cloth, less of the drawing's own contrast."""
    h, w = colours.shape[:2]
    noise = rng.normal(0, 1, (h, w)).astype(np.float32)
    pores = cv2.GaussianBlur(noise, (0, 0), 0.9) - cv2.GaussianBlur(noise, (0, 0), 2.2)
    blotches = cv2.resize(rng.normal(0, 1, (max(h // 14, 2), max(w // 14, 2), 3)).astype(np.float32), (w, h), interpolation=cv2.INTER_CUBIC)
    skin = name in ("face", "skull", "ears", "neck")
    out = colours * (1 + (0.10 if skin else 0.07) * pores[..., None]) + blotches * (2.2 if skin else 1.2) * [1.0, 0.7, 0.7]
    if name not in ("face", "front_hair"):
        return np.asarray(out, np.float32)
    n = 4  # the form is smooth
    x, y = np.meshgrid(origin[0] + np.arange(0, w + n, n) / scale, origin[1] + np.arange(0, h + n, n) / scale)
    points = np.stack([x.ravel(), y.ravel()], 1)
    z = face_depth(identity, points) if name == "face" else hair_depth(identity, points, identity.face_width + 0.08)
    gy, gx = np.gradient(cv2.GaussianBlur(np.maximum(z, 0).reshape(x.shape), (0, 0), 1.5), n / scale)
    normal = np.stack([-gx * 0.6, -gy * 0.6, np.ones_like(gx)], -1)
    normal /= np.linalg.norm(normal, axis=-1, keepdims=True)
    lamp = np.array([identity.light * 0.62, -0.42, 0.66])
    lit = np.clip(normal @ lamp, 0, 1)
    half = lamp + [0, 0, 1]
    shine = np.clip(normal @ (half / np.linalg.norm(half)), 0, 1) ** (42 if name == "face" else 24)
    factor = cv2.resize((0.62 + 0.46 * lit).astype(np.float32), (w, h))[..., None]
    gloss = cv2.resize(shine.astype(np.float32), (w, h))[..., None] * (12 if name == "face" else 14)
    warmth = np.array([1.0, 0.94, 0.90]) + np.array([0, 0.06, 0.10]) * np.clip(factor, 0, 1)  # shadows are warmer in skin
    return np.asarray(out * factor * warmth + gloss * (1 + 0.5 * pores[..., None]), np.float32)
