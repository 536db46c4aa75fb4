"""A portrait without its background, by colour alone: no network, so it can fail where hair or clothes look like what is behind them.

Source: Rother et al. 2004, GrabCut (OpenCV's); He et al. 2010, Guided Image Filtering, eqs. 5, 6 and 8.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from osa_cam.avatars.picture import Picture
from osa_cam.errors import AvatarError
from osa_cam.media import PICTURE_SIZE

Floats = NDArray[np.float32]

ROUNDS = 6
EDGE = 6  # pixels on either side of the outline that may be half transparent
FLATNESS = 1e-4  # the guided filter's epsilon, of squared brightness 0 to 1
BLEED = 9  # pixels from which an edge's own colour is taken
LIKELY = (0.15, 0.85)  # share of the picture that head and shoulders cover
LEAST_CONTRAST = 12.0  # of 255


def is_cut_out(picture: Picture) -> bool:
    """Whether a picture's own transparency already leaves the background away."""
    return bool((picture[..., 3] < 128).mean() > 0.02)


def cut_out(picture: Picture) -> Picture:
    """Straight RGBA [512, 512, 4], head and shoulders, face in the middle -> the same with the background transparent.

    A picture that is cut out already stays as it is. Raises AvatarError when what is found can't be a portrait.
    """
    if is_cut_out(picture):
        return picture
    colour = np.ascontiguousarray(picture[..., :3])
    inside = _grab(colour)
    if not LIKELY[0] <= inside.mean() <= LIKELY[1] or _contrast(colour, inside) < LEAST_CONTRAST:
        raise AvatarError(
            "the background can't be told from the person by its colours: keep it, or cut the person out in another program and save a PNG"
        )
    alpha = _soften(inside, colour)
    return np.dstack((_without_bleed(colour, alpha), np.minimum(np.round(alpha * 255).astype(np.uint8), picture[..., 3])))


def _grab(colour: Picture) -> NDArray[np.bool_]:
    half = PICTURE_SIZE // 2  # a quarter of the time, and the outline is found again at full size
    mask = _expectation(half)
    sure = mask == cv2.GC_FGD
    cv2.setRNGSeed(0)  # its clusters begin at random
    models = np.zeros((1, 65)), np.zeros((1, 65))
    cv2.grabCut(cv2.resize(colour, (half, half), interpolation=cv2.INTER_AREA), mask, (0, 0, 0, 0), *models, ROUNDS, cv2.GC_INIT_WITH_MASK)
    inside = _whole((mask == cv2.GC_FGD) | (mask == cv2.GC_PR_FGD), sure)
    return cv2.resize(inside.astype(np.float32), (PICTURE_SIZE, PICTURE_SIZE), interpolation=cv2.INTER_CUBIC) > 0.5


def _expectation(side: int) -> Picture:
    """Where head and shoulders are to be expected: surely around the nose and at the lower edge, surely not in the upper corners."""

    def at(*shares: float) -> tuple[int, ...]:
        return tuple(round(share * side) for share in shares)

    mask = np.full((side, side), cv2.GC_BGD, np.uint8)
    for value, grow in ((cv2.GC_PR_BGD, 0.15), (cv2.GC_PR_FGD, 0.0)):
        cv2.ellipse(mask, at(0.5, 0.44), at(0.27 + grow, 0.38 + grow), 0, 0, 360, value, -1)
        cv2.ellipse(mask, at(0.5, 1.02), at(0.46 + grow, 0.27 + grow), 0, 0, 360, value, -1)
    cv2.ellipse(mask, at(0.5, 0.47), at(0.12, 0.17), 0, 0, 360, cv2.GC_FGD, -1)
    cv2.ellipse(mask, at(0.5, 1.02), at(0.24, 0.1), 0, 0, 360, cv2.GC_FGD, -1)
    return mask


def _whole(inside: NDArray[np.bool_], sure: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """What hangs together with the sure parts, holes filled: a gap beside the neck is rarely seen, a hole in a face always."""
    opened = cv2.morphologyEx(inside.astype(np.uint8), cv2.MORPH_OPEN, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (3, 3)))
    _, parts = cv2.connectedComponents(opened)
    kept = (np.isin(parts, np.unique(parts[sure & (opened > 0)])) & (opened > 0)).astype(np.uint8)
    outlines, _ = cv2.findContours(kept, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    cv2.drawContours(kept, outlines, -1, 1, -1)
    return kept > 0


def _soften(inside: NDArray[np.bool_], colour: Picture) -> Floats:
    """0 to 1: the hard mask follows the picture's own edges within EDGE pixels."""
    guide = cv2.cvtColor(colour, cv2.COLOR_RGB2GRAY).astype(np.float32) / 255
    mask = inside.astype(np.float32)

    def mean(values: Floats) -> Floats:
        return cv2.blur(values, (2 * EDGE + 1, 2 * EDGE + 1)).astype(np.float32, copy=False)

    slope = (mean(guide * mask) - mean(guide) * mean(mask)) / (mean(guide * guide) - mean(guide) ** 2 + FLATNESS)
    offset = mean(mask) - slope * mean(guide)
    alpha = mean(slope) * guide + mean(offset)
    return np.clip((alpha - 0.1) / 0.8, 0, 1)


def _without_bleed(colour: Picture, alpha: Floats) -> Picture:
    """Where the background shines through, the colour of the portrait nearby."""
    nearby = _nearby(colour, cv2.erode(alpha, np.ones((3, 3), np.uint8)) > 0.98)
    own = np.clip((alpha[..., None] - 0.9) / 0.1, 0, 1)
    mixed = colour * own + nearby * (1 - own)
    return np.where(alpha[..., None] > 0, np.clip(np.round(mixed), 0, 255), 0).astype(np.uint8)


def _contrast(colour: Picture, inside: NDArray[np.bool_]) -> float:
    """How far apart the colours on both sides of the outline are, 0 to 255 (median)."""
    outline = cv2.morphologyEx(inside.astype(np.uint8), cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) > 0
    apart = np.abs(_nearby(colour, inside)[outline] - _nearby(colour, ~inside)[outline]).max(axis=-1)
    return float(np.median(apart)) if apart.size else 0.0


def _nearby(colour: Picture, where: NDArray[np.bool_]) -> Floats:
    """At every pixel, the colour that the chosen ones within about BLEED pixels have."""
    chosen = where.astype(np.float32)[..., None]
    weights = cv2.GaussianBlur(chosen, (0, 0), BLEED / 3)[..., None] + 1e-6
    return (cv2.GaussianBlur(colour * chosen, (0, 0), BLEED / 3) / weights).astype(np.float32, copy=False)
