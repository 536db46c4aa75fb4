"""The mark that says that the face is made up."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

TEXT = "AI avatar"
HEIGHT = 0.056  # of the canvas's shorter side: still readable where a call shows the picture small
SMALLEST = 16  # pixels
LETTERS = 0.46  # of the plate's height
DARK, LIGHT = (18.0, 20.0, 26.0), (245.0, 245.0, 245.0)
OPACITY = 0.72  # of the plate behind the letters
SCALE = 4  # drawn so much larger, then made small: soft edges


def badge(width: int, height: int) -> NDArray[np.uint8]:
    """For a canvas of that size: premultiplied RGBA [h, w, 4]."""
    high = min(max(round(HEIGHT * min(width, height)), SMALLEST), width // 5)
    ink = _letters(round(LETTERS * high * SCALE))
    tall, wide = high * SCALE, -(-(ink.shape[1] + high * SCALE) // SCALE) * SCALE
    top, left = (tall - ink.shape[0]) // 2, (wide - ink.shape[1]) // 2
    letters = np.zeros((tall, wide), np.uint8)
    letters[top : top + ink.shape[0], left : left + ink.shape[1]] = ink
    radius = tall // 2
    plate = np.zeros((tall, wide), np.uint8)
    cv2.rectangle(plate, (radius, 0), (wide - radius - 1, tall - 1), 255, -1)
    for x in (radius, wide - radius - 1):
        cv2.circle(plate, (x, radius), radius, 255, -1)
    size = (wide // SCALE, high)
    covered, inked = (cv2.resize(mask, size, interpolation=cv2.INTER_AREA)[..., None] / 255.0 for mask in (plate, letters))
    alpha = np.maximum(covered * OPACITY, inked)
    colour = np.multiply(DARK, 1.0 - inked) + np.multiply(LIGHT, inked)
    return np.rint(np.concatenate((colour * alpha, 255.0 * alpha), axis=-1)).astype(np.uint8)


def _letters(tall: int) -> NDArray[np.uint8]:
    """The text alone, cropped, so many pixels tall: how much it covers, 0 to 255."""
    drawn = np.zeros((400, 2400, 3), np.uint8)
    cv2.putText(drawn, TEXT, (100, 300), (255, 255, 255), cv2.FontFace("sans"), 200, 500)
    x, y, wide, high = cv2.boundingRect(drawn[..., 0])
    size = (round(wide * tall / high), tall)
    return cv2.resize(drawn[y : y + high, x : x + wide, 0], size, interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)
