"""Colour of a look: grading as photographs and prints have it, and light that falls off over the picture."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]  # [height, width, 3], opaque RGB
LUMA = np.array([0.299, 0.587, 0.114], np.float32)
_UNITY = 160  # the level of a light field that leaves a pixel as it is: the field is 8 bits wide and must reach above 1


def _table(values: NDArray[np.floating]) -> NDArray[np.uint8]:
    """Levels [256, 3], 0 to 1, as cv2.LUT takes them."""
    table: NDArray[np.uint8] = np.clip(np.round(values * 255), 0, 255).astype(np.uint8).reshape(256, 1, 3)
    return table


def _shoulder(levels: NDArray[np.floating], knee: float = 0.82) -> NDArray[np.floating]:
    """Rolls highlights off smoothly below 1, as film does; below the knee nothing changes."""
    over = np.maximum(levels - knee, 0) / (1 - knee)
    return np.minimum(levels, knee) + (1 - knee) * np.tanh(over)


@dataclass(frozen=True, eq=False)
class Grade:
    """A tone curve for each channel, a mix of the channels, and a second curve that tints."""

    tones: NDArray[np.uint8]  # [256, 1, 3]
    mix: NDArray[np.float32]  # [3, 3]: output channels from input channels
    tint: NDArray[np.uint8] | None  # [256, 1, 3]

    @classmethod
    def from_rng(cls, rng: np.random.Generator) -> Grade:
        level = np.linspace(0, 1, 256)[:, None]
        gain = 2 ** float(np.clip(rng.normal(0, 0.28), -0.5, 0.5))
        balance = np.exp(np.clip(rng.normal(0, 0.07, 3), -0.16, 0.16))
        curve = _shoulder(level * gain * balance / balance.mean())
        curve = curve ** float(np.exp(np.clip(rng.normal(0, 0.16), -0.35, 0.35)))
        contrast = float(np.clip(rng.normal(0.08, 0.25), -0.35, 0.6))  # the share of a smooth S-curve, or its opposite
        curve = curve + contrast * (curve * curve * (3 - 2 * curve) - curve)
        black, white = (rng.uniform(0, 0.08), rng.uniform(0.88, 1.0)) if rng.random() < 0.3 else (0.0, 1.0)  # faded prints
        grey = rng.random() < 0.13
        saturation = 0.0 if grey else float(np.clip(rng.normal(0.95, 0.25), 0.35, 1.5))
        mix = saturation * np.eye(3) + (1 - saturation) * np.tile(LUMA, (3, 1))
        if not grey:
            mix += rng.normal(0, 0.035, (3, 3)) @ (np.eye(3) - 1 / 3)  # greys stay grey
            if rng.random() < 0.04:
                mix = mix[rng.permutation(3)]  # people in colours nobody has: masks, aliens, robots
        tint = None
        if rng.random() < (0.55 if grey else 0.2):
            shadows, lights = rng.normal(0, 0.05, (2, 3))
            if rng.random() < 0.5:  # sepia: lights towards yellow, shadows towards brown
                shadows, lights = np.array([0.06, 0.01, -0.04]), np.array([0.05, 0.0, -0.12])
            tint = _table(level + (shadows - shadows.mean()) * 4 * level * (1 - level) + lights * level)
        return cls(_table(black + (white - black) * curve), mix.astype(np.float32), tint)

    def __call__(self, rgb: Picture) -> Picture:
        out: Picture = cv2.transform(cv2.LUT(rgb, self.tones), self.mix)
        return out if self.tint is None else cv2.LUT(out, self.tint)


@dataclass(frozen=True, eq=False)
class Light:
    """Light that is uneven over the picture: a lamp or window at one side, a vignette."""

    field: Picture

    @classmethod
    def from_rng(cls, rng: np.random.Generator, size: int) -> Light:
        # Slow fields: they stay where they are while the head moves through them.
        n = 32
        y, x = np.meshgrid(np.linspace(-1, 1, n), np.linspace(-1, 1, n), indexing="ij")
        angle = rng.uniform(0, 2 * np.pi)
        side = 0.5 + 0.5 * (np.cos(angle) * x + np.sin(angle) * y) / np.sqrt(2)
        dark, tinge = rng.uniform(0.7, 0.95), rng.normal(0, 0.05, (2, 3))
        lit = (1.12 + tinge[0])[None, None] * side[..., None] + (dark + tinge[1])[None, None] * (1 - side[..., None])
        vignette = rng.uniform(0, 0.35) if rng.random() < 0.5 else 0.0
        field = lit * (1 - vignette * np.clip((x * x + y * y) / 2, 0, 1) ** 1.5)[..., None]
        levels = cv2.resize(field.astype(np.float32), (size, size), interpolation=cv2.INTER_CUBIC) * _UNITY
        return cls(np.clip(np.round(levels), 0, 255).astype(np.uint8))

    def __call__(self, rgb: Picture) -> Picture:
        out: Picture = cv2.multiply(rgb, self.field, scale=1 / _UNITY)
        return out
