"""Looks: how a drawn person might have been photographed, painted, scanned and framed, so that models learn more than our brush.

A person's reference and frames share one look. Labels are made to agree with what a look does to the picture.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from osa_cam.media import PICTURE_SIZE
from osa_cam.synth.looks.backgrounds import background
from osa_cam.synth.looks.camera import Camera
from osa_cam.synth.looks.colour import Grade, Light, Picture
from osa_cam.synth.looks.medium import MEDIA, SURFACES, Flow, Medium, Texture, apply_texture, carry
from osa_cam.synth.looks.warp import Map, Warp, warp_picture
from osa_cam.synth.pooling import pool
from osa_cam.synth.sets import PARTS_SIZE

_PLAIN = 0.25  # of the looks leave everything as it was drawn
_MEDIUM_SHARES = (0.45, 0.17, 0.1, 0.08, 0.1, 0.1)  # of MEDIA, where there is one


@dataclass(frozen=True, eq=False)
class Framing:
    """A warp with its maps for pictures and for maps of parts."""

    warp: Warp
    picture: Map
    parts: Map

    @classmethod
    def of(cls, warp: Warp, size: int) -> Framing:
        """For pictures of size x size."""
        return cls(warp, warp.map(size), warp.map(PARTS_SIZE, nearest=True))


@dataclass(frozen=True, eq=False)
class Look:
    """One look; None stands for an effect that is not in it. background: opaque RGB or None, which stays transparent."""

    medium: Medium | None = None
    surface: Texture | None = None
    grade: Grade | None = None
    light: Light | None = None
    camera: Camera | None = None
    background: Picture | None = None
    framing: Framing | None = None

    @classmethod
    def from_rng(cls, rng: np.random.Generator, size: int = PICTURE_SIZE) -> Look:
        """Draws a look for pictures of size x size."""
        if rng.random() < _PLAIN:
            return cls()
        medium = MEDIA[str(rng.choice(list(MEDIA), p=_MEDIUM_SHARES))](rng, size) if rng.random() < 0.7 else None
        surface = SURFACES[str(rng.choice(list(SURFACES)))](rng, size) if rng.random() < 0.55 else None
        grade = Grade.from_rng(rng) if rng.random() < 0.85 else None
        light = Light.from_rng(rng, size) if rng.random() < 0.45 else None
        camera = Camera.from_rng(rng, size) if rng.random() < 0.8 else None
        # With the plain looks, half of all stay transparent.
        behind = background(rng, size) if rng.random() < 0.5 / (1 - _PLAIN) else None
        framing = Framing.of(Warp.from_rng(rng), size) if rng.random() < 0.85 else None
        return cls(medium, surface, grade, light, camera, behind, framing)

    def paint(self, picture: NDArray[np.uint8], rng: np.random.Generator, flow: Flow | None = None) -> NDArray[np.uint8]:
        """The picture in this look's colours and strokes; its alpha, place and background stay.

        picture: uint8 [size, size, 4], premultiplied RGBA; rng: for what differs from frame to frame; flow: float32
        [2, 64, 64], of the frame, by which textures move; None for the reference.
        """
        if self.medium is None and self.surface is None and self.grade is None and self.light is None and self.camera is None:
            return picture
        alpha = np.ascontiguousarray(picture[..., 3])
        opaque = int(alpha.min()) == 255
        rgb = cv2.cvtColor(picture, cv2.COLOR_RGBA2RGB) if opaque else _bleed(picture, alpha)
        if self.medium is not None:
            rgb = self.medium(rgb, flow)
        if self.surface is not None:
            rgb = apply_texture(rgb, carry(self.surface, flow))
        if self.grade is not None:
            rgb = self.grade(rgb)
        if self.light is not None:
            rgb = self.light(rgb)
        if self.camera is not None:
            rgb = self.camera(rgb, rng)
        if not opaque:
            rgb = cv2.multiply(rgb, cv2.merge([alpha] * 3), scale=1 / 255)
        painted: NDArray[np.uint8] = cv2.merge([*cv2.split(rgb), alpha])
        return painted

    def apply(
        self,
        picture: NDArray[np.uint8],
        labels: NDArray[np.float32],
        parts: NDArray[np.uint8],
        reference_alpha: NDArray[np.uint8],
        rng: np.random.Generator,
    ) -> tuple[NDArray[np.uint8], NDArray[np.float32], NDArray[np.uint8]]:
        """A frame in this look, with its labels; of the reference itself with its own labels.

        picture: uint8 [size, size, 4], premultiplied RGBA; labels: raw LATENT_CHANNELS float32 [11, 64, 64]; parts: uint8
        [256, 256]; reference_alpha: uint8 [size, size], of the reference as it was drawn; all as drawn, and so are the results.
        """
        if self.framing is not None:
            picture = warp_picture(picture, self.framing.picture)
            parts = warp_picture(parts, self.framing.parts)
            labels = self.framing.warp.labels(labels, picture[..., 3], parts)
            if self.background is not None:
                reference_alpha = warp_picture(reference_alpha, self.framing.picture)
        if self.background is not None:
            labels = _before_background(labels, pool(cv2.bitwise_not(cv2.max(picture[..., 3], reference_alpha))) / np.float32(255))
            picture = _over(picture, self.background)
        return self.paint(picture, rng, labels[:2]), labels, parts

    def relabel(self, labels: NDArray[np.float32], reference_labels: NDArray[np.float32]) -> NDArray[np.float32]:
        """A frame's labels in this look without its picture: as `apply` does where there is no framing, to the precision of a cell."""
        assert self.framing is None
        return labels if self.background is None else _before_background(labels, 1 - np.maximum(labels[3], reference_labels[3]))


def _over(picture: NDArray[np.uint8], behind: Picture) -> NDArray[np.uint8]:
    rest = cv2.bitwise_not(cv2.merge([picture[..., 3]] * 3))
    rgb = cv2.add(cv2.cvtColor(picture, cv2.COLOR_RGBA2RGB), cv2.multiply(behind, rest, scale=1 / 255))
    out: NDArray[np.uint8] = cv2.cvtColor(rgb, cv2.COLOR_RGB2RGBA)
    return out


def _bleed(picture: NDArray[np.uint8], alpha: NDArray[np.uint8]) -> Picture:
    """Opaque RGB: the portrait's own colours go on beyond its edge, so that no filter draws a foreign colour in."""
    n = picture.shape[0] // 8
    small = cv2.GaussianBlur(cv2.resize(picture, (n, n), interpolation=cv2.INTER_AREA).astype(np.float32), (0, 0), 2)
    mean = small[..., :3].sum((0, 1)) / max(float(small[..., 3].sum()), 1.0) * 255
    # A pinch of the mean everywhere: far from the portrait it is all there is.
    colours = (small[..., :3] + mean * np.float32(0.01)) / (small[..., 3:] / 255 + np.float32(0.01))
    around = cv2.resize(np.clip(colours, 0, 255).astype(np.uint8), alpha.shape[::-1], interpolation=cv2.INTER_LINEAR)
    return cv2.cvtColor(_over(picture, around), cv2.COLOR_RGBA2RGB)


def _before_background(labels: NDArray[np.float32], shown: NDArray[np.float32]) -> NDArray[np.float32]:
    """A background stands still: no flow where it shows, visible where the reference shows it too, covered everywhere.

    shown: [64, 64], the share of each cell where both show it.
    """
    out = labels.copy()
    out[:2] *= labels[3]
    out[2] = np.minimum(out[2] + shown, 1)
    out[3] = 1
    return out
