"""An invisible mark in the portrait's pixels, which says that a program painted them.

A fixed pattern of +1 and -1 grey levels over the portrait: spread-spectrum, in the band that video codecs keep and eyes don't see
next to what a face is made of (two levels are seen on flat skin). It stays in its place while the head moves, so that the mean of many
frames keeps it and loses the face.
`osa_cam/generation/detector.py` finds it; docs/watermark.md says how well. It is no proof against somebody who wants it gone.
Source: Cox et al. 1997, "Secure spread spectrum watermarking for multimedia"; here without a secret, anybody may look for it.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import shake_256

import cv2
import numpy as np
from numpy.typing import NDArray

from osa_cam.media import PICTURE_SIZE

CELL = 6  # pixels of the portrait; smaller ones do not survive a call, larger ones are fewer
MARKED = 2 / 3  # of the pixels; the rest, where the pattern changes its sign, stay as they are

Picture = NDArray[np.uint8]


def mark(portrait: Picture) -> Picture:
    """portrait: premultiplied RGBA [512, 512, 4] -> the same, marked where there is more portrait than background."""
    added, taken = _levels()
    # The decoder's alpha wavers by some levels below 255 in the midst of a face.
    opaque = cv2.compare(cv2.extractChannel(portrait, 3), 127, cv2.CMP_GT)
    marked = portrait.copy()
    cv2.add(marked, added, dst=marked, mask=opaque)
    cv2.subtract(marked, taken, dst=marked, mask=opaque)
    return marked


@lru_cache(maxsize=1)
def pattern() -> NDArray[np.float32]:
    """[512, 512] of -1, 0 and 1, the same for ever: numpy's random numbers may change from version to version."""
    across = -(-PICTURE_SIZE // CELL)
    bits = np.unpackbits(np.frombuffer(shake_256(b"OSA Cam, watermark 1").digest(-(-across * across // 8)), np.uint8))
    cells = 2.0 * bits[: across * across].reshape(across, across).astype(np.float32) - 1.0
    wide = cv2.resize(cells, (across * CELL, across * CELL), interpolation=cv2.INTER_CUBIC)[:PICTURE_SIZE, :PICTURE_SIZE]
    wide -= cv2.GaussianBlur(wide, (0, 0), 2 * CELL)  # what is slow is seen, and drowns in the picture
    strong = np.abs(wide) > np.quantile(np.abs(wide), 1.0 - MARKED)
    return np.where(strong, np.sign(wide), 0.0).astype(np.float32)


@lru_cache(maxsize=1)
def _levels() -> tuple[Picture, Picture]:
    """What is added and what is taken away, for RGBA."""
    both = (np.maximum(sign * pattern(), 0.0).astype(np.uint8) for sign in (1, -1))
    added, taken = (cv2.merge([plane, plane, plane, np.zeros_like(plane)]).astype(np.uint8, copy=False) for plane in both)
    return added, taken
