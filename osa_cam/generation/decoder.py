"""Latents to pictures: every frame is warped anew from the reference, so that the face can't drift away from the person."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
Features = NDArray[np.float32]
Decode = Callable[[NDArray[np.float32], Picture, Features], Picture]
"""(z [1, channels, 64, 64], warped [1, 512, 512, 4], warped_features [1, 64, 64, 16]) -> picture [1, 512, 512, 4]."""


class Decoder:
    """reference: premultiplied RGBA [512, 512, 4]; features: [64, 64, 16]; latent_scale: [channels, 1, 1]."""

    def __init__(self, decode: Decode, reference: Picture, features: Features, latent_scale: NDArray[np.float32]) -> None:
        self._decode = decode
        self._reference = reference
        self._features = features
        self._flow_scale = latent_scale[:2]
        self._cut_out = int(reference[..., 3].min()) < 255

    def picture(self, z: NDArray[np.float32]) -> Picture:
        """z: [channels, 64, 64] -> premultiplied RGBA [512, 512, 4]."""
        flow = np.ascontiguousarray((z[:2] * self._flow_scale).transpose(1, 2, 0))
        warped = warp(self._reference, flow)
        features = warp(self._features, flow)
        painted = self._decode(z[None], warped[None], features[None])[0]
        return within(painted, warped[..., 3]) if self._cut_out else painted


def within(picture: Picture, outline: NDArray[np.uint8]) -> Picture:
    """Takes away what was painted beyond an outline's alpha [512, 512], but for a pixel.

    The latents' silhouette is coarse, 8 pixels a cell: what it adds around hair and shoulders is a fringe of no colour of theirs.
    The warped reference knows its outline to the pixel.
    """
    reach = cv2.GaussianBlur(cv2.dilate(outline, np.ones((3, 3), np.uint8)), (5, 5), 0.8)
    share = cv2.divide(reach, picture[..., 3], scale=255.0)
    return cv2.multiply(picture, cv2.merge([share] * 4), scale=1.0 / 255.0).astype(np.uint8, copy=False)


def warp(source: NDArray[Any], flow: NDArray[np.float32]) -> NDArray[Any]:
    """source: [size, size, channels]; flow: [64, 64, 2] in shares of the size."""
    size = source.shape[0]
    offsets = flow * np.float32(size)  # while it is small
    if flow.shape[0] != size:
        offsets = cv2.resize(offsets, (size, size), interpolation=cv2.INTER_LINEAR)
    return cv2.remap(source, offsets, None, cv2.INTER_LINEAR | cv2.WARP_RELATIVE_MAP, borderMode=cv2.BORDER_REPLICATE)
