"""The colour of hair, and the pictures of hair on ribbons and on the scalp."""

from __future__ import annotations

import colorsys
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from osa_cam.synth.head3d.base import Array
from osa_cam.synth.head3d.person import Person

CARDS = 8  # pictures of locks side by side; the second half is sparse
_CARD_WIDTH, _CARD_HEIGHT = 96, 512
# Black, dark brown, brown, light brown, blond, light blond, auburn, ginger; sRGB.
_NATURAL = np.array(
    [
        [0.085, 0.075, 0.075],
        [0.17, 0.12, 0.09],
        [0.29, 0.20, 0.14],
        [0.43, 0.31, 0.20],
        [0.66, 0.51, 0.33],
        [0.80, 0.69, 0.50],
        [0.38, 0.16, 0.09],
        [0.66, 0.33, 0.14],
    ]
)
_SHARES = {
    "african": [0.74, 0.24, 0.02, 0, 0, 0, 0, 0],
    "asian": [0.72, 0.24, 0.04, 0, 0, 0, 0, 0],
    "european": [0.10, 0.24, 0.24, 0.15, 0.12, 0.06, 0.05, 0.04],
}
_DYED = np.array(
    [
        [0.75, 0.25, 0.45],
        [0.20, 0.40, 0.72],
        [0.16, 0.50, 0.46],
        [0.48, 0.26, 0.62],
        [0.72, 0.14, 0.14],
        [0.86, 0.80, 0.72],
        [0.88, 0.60, 0.68],
    ]
)
_GREY, _WHITE = np.array([0.56, 0.55, 0.54]), np.array([0.88, 0.87, 0.85])


@dataclass(frozen=True, eq=False)
class Colour:
    """natural: of brows and beards; hair: of the head, dyed perhaps; grey: share of hairs without colour."""

    natural: Array
    hair: Array
    grey: float
    white: Array


def colour_of(person: Person) -> Colour:
    rng = person.rng("hair colour")
    shares = np.array(person.ancestry) @ np.array([_SHARES[a] for a in ("african", "asian", "european")])
    natural = _NATURAL[rng.choice(len(_NATURAL), p=shares / shares.sum())] * rng.uniform(0.85, 1.15) * (1 + rng.normal(0, 0.03, 3))
    start = rng.normal(47, 9)
    grey = float(np.clip((person.age - start) / 24, 0, 1))
    covered = person.sex < 0.5 and rng.random() < 0.45
    dyed = rng.random() < 0.07 and 15 < person.age < 60
    hair = _DYED[rng.integers(len(_DYED))] * rng.uniform(0.85, 1.05) if dyed else natural
    if person.style == "anime" and person.rng("anime hair").random() < 0.5:
        dye = person.rng("anime dye")
        natural = hair = np.array(colorsys.hsv_to_rgb(dye.uniform(), dye.uniform(0.3, 0.7), dye.uniform(0.45, 0.95)))
        grey = 0.0
    white = _GREY + (_WHITE - _GREY) * np.clip(grey * 1.1 + rng.normal(0, 0.2), 0, 1)
    return Colour(
        np.clip(natural, 0.03, 1).astype(np.float32),
        np.clip(hair, 0.03, 1).astype(np.float32),
        0.0 if covered or dyed else grey,
        white.astype(np.float32),
    )


def smooth_noise(rng: np.random.Generator, shape: tuple[int, int], sigma: tuple[float, float]) -> Array:
    """Noise of deviation 1, smooth over sigma (rows, columns)."""
    noise = rng.normal(0, 1, shape).astype(np.float32)
    out = cv2.GaussianBlur(noise, (0, 0), sigmaX=max(sigma[1], 0.01), sigmaY=max(sigma[0], 0.01), borderType=cv2.BORDER_REFLECT)
    return np.asarray(out / max(float(out.std()), 1e-6), np.float32)


def shades(rng: np.random.Generator, tone: Array, colour: Colour, grey: float, contrast: float = 0.2) -> NDArray[np.float32]:
    """Colours of hairs whose own brightness is `tone` (deviation 1): [..., 3], with the grey ones strewn in."""
    base = colour.hair * np.exp(contrast * np.clip(tone, -2.2, 2.2))[..., None]
    if grey > 0:
        without = 1 / (1 + np.exp(-1.8 * (np.clip(tone, -1.5, 1.5) + np.float32(5.0 * grey - 2.5))))
        base = base + (colour.white * np.exp(0.5 * contrast * np.clip(tone, -2.2, 2.2))[..., None] - base) * without[..., None]
    return np.asarray(np.clip(base, 0.012, 1), np.float32)


def cards(person: Person, colour: Colour, kind: str = "cards") -> NDArray[np.uint8]:
    """uint8 [h, w, 4]: CARDS locks of hair, roots at row 0; hairs end one after the other toward the tip."""
    rng = person.rng(kind)
    h, w = _CARD_HEIGHT, _CARD_WIDTH
    out = np.zeros((h, w * CARDS, 4), np.float32)
    y, x = np.mgrid[0:h, 0:w].astype(np.float32)
    v, across = y / h, np.abs(x / (w - 1) * 2 - 1)
    for k in range(CARDS):
        wander = smooth_noise(rng, (h, 1), (90, 0)) * 3.0
        columns = x + wander + smooth_noise(rng, (h, w), (80, 14)) * 1.6
        strand = cv2.remap(smooth_noise(rng, (1, w + 32), (0, 1.5)), columns + 16, np.zeros_like(columns), cv2.INTER_LINEAR)
        fine = cv2.remap(smooth_noise(rng, (1, w + 32), (0, 0.7)), columns + 16, np.zeros_like(columns), cv2.INTER_LINEAR)
        lock = cv2.remap(smooth_noise(rng, (1, w + 32), (0, 8)), columns + 16, np.zeros_like(columns), cv2.INTER_LINEAR)
        sparse = k >= CARDS // 2
        threshold = (0.0 if sparse else -1.5) + 1.6 * across**3
        threshold = threshold + (2.4 if sparse else 3.3) * np.clip((v - 0.45) / 0.55, 0, 1) ** 2.2 + 1.2 * np.clip(1 - v / 0.03, 0, 1)
        edge = across > 0.97
        alpha = np.where(edge, 0, np.clip((strand - threshold) * 1.4 + 0.5, 0, 1))
        tone = 0.55 * strand + 0.6 * fine + 0.5 * lock + rng.normal(0, 0.5)
        rgb = shades(rng, tone, colour, colour.grey, 0.17)
        rgb = rgb * (0.72 + 0.28 * np.clip(v / 0.22, 0, 1) + 0.06 * v)[..., None]
        out[:, k * w : (k + 1) * w, :3] = rgb
        out[:, k * w : (k + 1) * w, 3] = alpha
    return np.asarray(np.clip(out * 255, 0, 255), np.uint8)
