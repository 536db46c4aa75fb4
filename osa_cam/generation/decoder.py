"""Latents to pictures: every frame is warped anew from the reference, so that the face can't drift away from the person."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from osa_cam.media import LATENT_CHANNELS

FLOW = slice(LATENT_CHANNELS.index("flow_x"), LATENT_CHANNELS.index("flow_y") + 1)
VISIBLE, ALPHA = LATENT_CHANNELS.index("visible"), LATENT_CHANNELS.index("alpha")
NEIGHBOURS = np.ones((3, 3), np.uint8)
BLURRED, SHARP = 0.58, 0.70  # sharpness: `python benchmarks/silhouettes.py` shows drawn silhouettes above, sampled ones below
EPSILON = 1e-3  # cells: a silhouette of which none is undecided is sharp
CARRY_SIGMA, CARRY_TAPS = 2.0, 17  # cells: what a turning head hides is a few wide
SEEN = 1e-4  # of a cell: where the reference shows less than this all around, the latents' own flow stays
OUTLINE_SIGMA, OUTLINE_TAPS = 0.8, 5  # pixels

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
        self._scale = latent_scale
        self._cut_out = int(reference[..., 3].min()) < 255

    def picture(self, z: NDArray[np.float32]) -> Picture:
        """z: [channels, 64, 64] -> premultiplied RGBA [512, 512, 4]."""
        flow = np.ascontiguousarray((z[FLOW] * self._scale[FLOW]).transpose(1, 2, 0))
        if not self._cut_out:
            return self._painted(z, warp(self._reference, flow), flow)
        visible, alpha = (np.clip(z[channel] * self._scale[channel], 0.0, 1.0) for channel in (VISIBLE, ALPHA))
        sure = certainty(alpha)
        flow = sure * flow + (1.0 - sure) * carried(flow, alpha * visible)
        warped = warp(self._reference, flow)
        outline = warped[..., 3]
        own = cv2.resize(outline, alpha.shape[::-1], interpolation=cv2.INTER_AREA).astype(np.float32) / np.float32(255.0)
        told = z.copy()
        told[ALPHA] = (sure * alpha + (1.0 - sure) * own) / self._scale[ALPHA]
        return within(self._painted(told, warped, flow), outline)

    def _painted(self, z: NDArray[np.float32], warped: Picture, flow: NDArray[np.float32]) -> Picture:
        return self._decode(z[None], warped[None], warp(self._features, flow)[None])[0]


def certainty(alpha: NDArray[np.float32]) -> np.float32:
    """How far the latents' silhouette, [64, 64], 0 to 1, is to be believed: 0 to 1.

    A sampler that does not know where hair, ears and shoulders end says a half of every cell near, and the decoder paints mist there; then
    the silhouette of the warped reference serves, which has an edge everywhere.
    """
    return np.float32(min(max((sharpness(alpha) - BLURRED) / (SHARP - BLURRED), 0.0), 1.0))


def sharpness(alpha: NDArray[np.float32]) -> float:
    """How far a silhouette [64, 64] leaps within three cells where it is neither nothing nor all: 0 to 1."""
    leap = cv2.dilate(alpha, NEIGHBOURS) - cv2.erode(alpha, NEIGHBOURS)
    undecided = alpha * (1.0 - alpha)
    return float(((leap * undecided).sum() + EPSILON) / (undecided.sum() + EPSILON))


def carried(flow: NDArray[np.float32], seen: NDArray[np.float32]) -> NDArray[np.float32]:
    """The flow [64, 64, 2] of what the reference shows, carried on to what it doesn't: an ear moves with the head and is not stretched.

    seen: [64, 64], the share of a cell that the reference shows. Source: Knutsson and Westin 1993, normalized convolution.
    """
    weight = np.square(seen)[..., None]
    near = cv2.GaussianBlur(np.concatenate((flow * weight, weight), -1), (CARRY_TAPS, CARRY_TAPS), CARRY_SIGMA)
    around = (near[..., :2] + SEEN * flow) / (near[..., 2:] + SEEN)
    return weight * flow + (1.0 - weight) * around


def within(picture: Picture, outline: NDArray[np.uint8]) -> Picture:
    """Takes away what was painted beyond an outline's alpha [512, 512], but for a pixel.

    The latents' silhouette is coarse, 8 pixels a cell: what it adds around hair and shoulders is a fringe of no colour of theirs.
    The warped reference knows its outline to the pixel.
    """
    reach = cv2.GaussianBlur(cv2.dilate(outline, NEIGHBOURS), (OUTLINE_TAPS, OUTLINE_TAPS), OUTLINE_SIGMA)
    share = cv2.divide(reach, picture[..., 3], scale=255.0)
    return cv2.multiply(picture, cv2.merge([share] * 4), scale=1.0 / 255.0).astype(np.uint8, copy=False)


def warp(source: NDArray[Any], flow: NDArray[np.float32]) -> NDArray[Any]:
    """source: [size, size, channels]; flow: [64, 64, 2] in shares of the size."""
    size = source.shape[0]
    offsets = flow * np.float32(size)  # while it is small
    if flow.shape[0] != size:
        offsets = cv2.resize(offsets, (size, size), interpolation=cv2.INTER_LINEAR)
    return cv2.remap(source, offsets, None, cv2.INTER_LINEAR | cv2.WARP_RELATIVE_MAP, borderMode=cv2.BORDER_REPLICATE)
