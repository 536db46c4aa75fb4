"""Ways to draw the same person: as a photo, painted, in pencil, in flat tones. Light and surface make them, so they stay with the face."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from osa_cam.synth.head3d.body.skin_map import skin_mask
from osa_cam.synth.head3d.piece import Material, Piece

Image = NDArray[np.uint8]

_TILE = 512  # pixels of the tile of strokes


@dataclass(frozen=True)
class Style:
    """number: as the shaders know it; share: of all persons; flatness: 0 textures as they are, 1 without detail.

    pale: how far skin goes towards a warm white; lips: how much of their own colour they keep.
    bold: hair in locks of one tone instead of strands, brows and lashes as strokes.
    fineness: tiles of strokes in the distance of the eyes; sliders: added to the face's shape, by the names of `shape_pairs`.
    """

    number: int
    share: float
    flatness: float = 0.0
    saturation: float = 1.0
    pale: float = 0.0
    lips: float = 1.0
    bold: bool = False
    fineness: float = 1.0
    outlined: bool = False
    sliders: dict[str, float] = field(default_factory=dict)

    def texture(self, piece: Piece) -> Image:
        """The piece's texture in this style; the coverage of all but bold hair stays as it is."""
        plain = self.flatness == 0 and self.saturation == 1
        if plain or min(piece.texture.shape[:2]) < 16 or piece.material == Material.EYE:
            return piece.texture
        if self.bold and piece.material in (Material.HAIR, Material.BROW):
            return _bold(piece.texture, piece.soft)
        rgb = piece.texture[..., :3]
        h, w = rgb.shape[:2]
        small = cv2.resize(rgb, (max(1, w // 4), max(1, h // 4)), interpolation=cv2.INTER_AREA)
        flat = cv2.resize(cv2.medianBlur(cv2.medianBlur(small, 5), 5), (w, h), interpolation=cv2.INTER_LINEAR)
        mixed = cv2.addWeighted(flat, self.flatness, rgb, 1 - self.flatness, 0).astype(np.float32)
        grey = mixed.mean(-1, keepdims=True)
        out = grey + self.saturation * (mixed - grey)
        if piece.material == Material.SKIN:
            around = np.median(out[:: max(1, h // 64), :: max(1, w // 64)], (0, 1))
            painted = cv2.resize(skin_mask("lips"), (w, h))[..., None] / np.float32(255) * (1 - self.lips)
            out += painted * (around - out)
            out += self.pale * (_PALEST - out)
        return np.concatenate([np.clip(out, 0, 255).astype(np.uint8), piece.texture[..., 3:]], -1)


def _bold(texture: Image, soft: bool) -> Image:
    """Strands of a texture run together: soft ones become one stroke, others locks."""
    cover = texture[..., 3].astype(np.float32) / 255
    rgb = texture[..., :3].astype(np.float32)
    mean = (rgb * cover[..., None]).sum((0, 1)) / max(float(cover.sum()), 1.0)
    around = cv2.GaussianBlur(cover, (0, 0), 14)
    local = cv2.GaussianBlur(rgb * cover[..., None], (0, 0), 14) / np.maximum(around, 0.02)[..., None]
    tone = _INK_TONE + (0.65 * mean + 0.35 * np.where(around[..., None] > 0.05, local, mean)) * (1 - _INK_TONE / 255)
    # Along the rows, where hair runs, further than across: locks keep their tips.
    near = cv2.GaussianBlur(cover, (0, 0), sigmaX=3 if soft else 5, sigmaY=3 if soft else 9)
    shape = np.clip((near - 0.22) * 4, 0, 1) if soft else np.clip(1.5 * near, 0, 1)
    return np.round(np.concatenate([np.clip(tone, 0, 255), 255 * shape[..., None]], -1)).astype(np.uint8)


_PALEST = np.array([255, 241, 228], np.float32)
_INK_TONE = 22  # black hair is this light, so that its shapes show
_DOLL = {
    "eye-scale": 1.8,
    "eye-height2": 0.4,
    "nose-scale-horiz": -0.8,
    "nose-scale-vert": -0.4,
    "nose-scale-depth": -0.5,
    "nose-volume": -0.5,
    "mouth-scale-horiz": -0.7,
    "mouth-upperlip-height": -0.4,
    "mouth-lowerlip-height": -0.4,
    "mouth-upperlip-volume": -0.5,
    "mouth-lowerlip-volume": -0.5,
    "chin-width": -0.5,
    "chin-bones": -0.4,
}

STYLES = {
    "photo": Style(0, 0.6),
    "painted": Style(1, 0.14, flatness=0.5, saturation=1.15, fineness=0.16),
    "pencil": Style(2, 0.08, flatness=0.3, outlined=True, fineness=0.36),
    "cel": Style(3, 0.09, flatness=0.9, saturation=1.1, pale=0.10, bold=True, outlined=True),
    "anime": Style(4, 0.09, flatness=0.97, pale=0.42, lips=0.4, bold=True, outlined=True, sliders=_DOLL),
}


_LINE_WIDTH = 3  # pixels, drawn at twice the picture's size
_INK = 0.71  # how much darker a line is than what it runs over
_STEP = 0.006  # of the distance to the camera: where depth bends by more there is a line


def outline(image: Image, depth: NDArray[np.float32], distance: float) -> Image:
    """Draws lines where the material or the depth changes; image: [h, w, 4], its coverage tells the material; depth: [h, w], 0 to 1.

    Lines lie within the person, so the silhouette stays what the labels say.
    """
    kind = cv2.extractChannel(image, 3)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (_LINE_WIDTH, _LINE_WIDTH))
    line = cv2.compare(cv2.erode(kind, kernel), kind, cv2.CMP_NE)
    even = cv2.inRange(cv2.Laplacian(depth, cv2.CV_32F, ksize=3), -_STEP, _STEP)
    bent = cv2.bitwise_and(cv2.bitwise_not(even), cv2.compare(kind, 255 - round(255 / 32), cv2.CMP_EQ))
    line = cv2.max(line, cv2.dilate(bent, kernel))
    covered = cv2.compare(kind, 0, cv2.CMP_GT)
    light = cv2.bitwise_and(cv2.convertScaleAbs(cv2.GaussianBlur(line, (0, 0), 0.8), alpha=-_INK, beta=255), covered)
    out = cv2.multiply(image, cv2.merge([light] * 4), scale=1 / 255)
    return cv2.insertChannel(covered, out, 3).astype(np.uint8)


@cache
def stroke_texture() -> Image:
    """A tile without seams, uint8 [512, 512, 3], 128 in the middle: brush strokes, and pencil strokes in two directions."""
    rng = np.random.default_rng(0)
    brush = np.full((_TILE, _TILE), 128, np.uint8)
    _scatter(brush, rng, 2600, 26, 9, np.radians(65), 0.5, (40, 216))
    layers = [cv2.GaussianBlur(np.tile(brush, (3, 3)), (0, 0), 1.2)[_TILE : 2 * _TILE, _TILE : 2 * _TILE]]
    for angle in (np.radians(58), np.radians(-32)):
        hatch = np.zeros((_TILE, _TILE), np.uint8)
        _scatter(hatch, rng, 5200, 34, 2, angle, 0.06, (40, 255))
        layers.append(cv2.GaussianBlur(np.tile(hatch, (3, 3)), (0, 0), 0.7)[_TILE : 2 * _TILE, _TILE : 2 * _TILE])
    return np.ascontiguousarray(np.stack(layers, -1))


def _scatter(
    tile: Image, rng: np.random.Generator, count: int, length: int, width: int, angle: float, spread: float, values: tuple[int, int]
) -> None:
    """Lines of about that length, width and direction at random places; what leaves the tile comes back at the other side."""
    for _ in range(count):
        at, turn = rng.uniform(0, _TILE, 2), angle + rng.normal(0, spread)
        half = 0.5 * length * rng.uniform(0.6, 1.4) * np.array([np.cos(turn), np.sin(turn)])
        value = int(rng.integers(*values))
        reach = length + width
        for dx in (-_TILE, 0, _TILE):
            for dy in (-_TILE, 0, _TILE):
                middle = at + [dx, dy]
                if (middle > -reach).all() and (middle < _TILE + reach).all():
                    a, b = (tuple(np.round(4 * p).astype(int).tolist()) for p in (middle - half, middle + half))
                    cv2.line(tile, a, b, value, width, cv2.LINE_AA, 2)
