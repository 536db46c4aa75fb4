"""The hair nearest to the skin: shells over the scalp whose edge frays into single hairs along the hairline."""

from __future__ import annotations

import cv2
import numpy as np

from osa_cam.synth.head3d.base import Array
from osa_cam.synth.head3d.hair.scalp import CENTRE, Scalp, angles
from osa_cam.synth.head3d.hair.texture import Colour, shades
from osa_cam.synth.head3d.piece import Material, Piece
from osa_cam.synth.head3d.vectors import unit_length

_REACH = np.radians(152.0)  # of the map, from straight up
_SIZE = 512
_RINGS, _SPOKES = 26, 56
_UP = unit_length(np.array([0.0, 0.85, -0.5], np.float32))


def _map() -> Array:
    """The direction that each texel of the map shows: [size, size, 3]; up in the middle, in front at the bottom."""
    y, x = (np.mgrid[0:_SIZE, 0:_SIZE].astype(np.float32) + 0.5) / _SIZE * 2 - 1
    polar = np.hypot(x, y) * _REACH
    scale = np.sin(polar) / np.maximum(np.hypot(x, y), 1e-6)
    return np.stack([x * scale, np.cos(polar), y * scale], -1).astype(np.float32)


def cap(
    scalp: Scalp,
    colour: Colour,
    rng: np.random.Generator,
    *,
    heights: list[float],
    pole: Array | None = None,
    part: float | None = None,
    bald: float | None = None,
    stubble: bool = False,
    dark: float = 0.8,
) -> list[Piece]:
    """Shells at those heights above the skin.

    pole: hair runs away from (or toward) that direction; part: or to both sides of the plane at that x. stubble: single short hairs.
    bald: elevation in degrees above which nothing grows. dark: brightness of what lies deep between other hair.
    """
    pole = unit_length(np.array([0.1, 0.8, -0.7], np.float32)) if pole is None else pole
    directions = _map()
    tone, _ = _streaks(directions, pole, part, rng, short=stubble)
    # Hairs leave the hairline toward the crown, however they are combed further up.
    _, streak = _streaks(directions, _UP, None, rng, short=stubble)
    inside = scalp.inside(directions)
    pieces = []
    polar, around = (
        a.ravel() for a in np.meshgrid(np.linspace(0, _REACH * 0.97, _RINGS), np.linspace(0, 2 * np.pi, _SPOKES + 1), indexing="ij")
    )
    unit = np.stack([np.sin(polar) * np.sin(around), np.cos(polar), np.sin(polar) * np.cos(around)], 1).astype(np.float32)
    uv = 0.5 + 0.5 * polar[:, None] / _REACH * np.stack([np.sin(around), -np.cos(around)], 1)
    n = _SPOKES + 1
    a = (np.arange(_RINGS - 1)[:, None] * n + np.arange(n - 1)).ravel()
    faces = np.concatenate([np.stack([a, a + n, a + n + 1], 1), np.stack([a, a + n + 1, a + 1], 1)])
    faces = faces[(scalp.inside(unit)[faces] > -0.35).any(1)]
    tangent = _flow(unit, pole, part)
    radius = scalp.radius(unit)
    anchors = scalp.own[scalp.anchors.query(CENTRE + unit * radius[:, None])[1]][:, None].astype(np.int32)
    weld = np.arange(len(unit))
    weld[around > 2 * np.pi - 1e-4] -= _SPOKES
    weld[polar == 0] = 0
    for k, height in enumerate(heights):
        level = k / max(len(heights) - 1, 1)
        alpha = np.clip(0.5 + 4.5 * (inside - 0.09) + 0.22 * streak, 0, 1)
        if stubble or k > 0:
            alpha = np.minimum(alpha, np.clip(0.5 + 0.7 * (streak + 0.75 - 1.7 * level), 0, 1))
        if bald is not None:
            alpha = np.minimum(alpha, np.clip(0.5 + 0.1 * (bald - angles(directions)[1]) + 0.33 * streak, 0, 1))
        rgb = shades(rng, tone, colour, colour.grey, 0.22) * (dark + (1 - dark) * level)
        texture = np.concatenate([rgb, alpha[..., None]], 2)
        rest = scalp.world(CENTRE + unit * (radius + height)[:, None])
        one = np.ones((len(unit), 1), np.float32)
        pieces.append(
            Piece(
                f"scalp hair {k}",
                Material.HAIR,
                rest,
                faces.astype(np.int32),
                uv.astype(np.float32),
                (texture * 255).astype(np.uint8),
                anchors,
                one,
                gloss=0.0,
                tangent=tangent,
                weld=weld.astype(np.int32),
            )
        )
    return pieces


def _flow(directions: Array, pole: Array, part: float | None) -> Array:
    along = np.array([1, 0, 0], np.float32) if part is not None else pole
    return unit_length(along - directions * (along * directions).sum(-1, keepdims=True))


def _streaks(directions: Array, pole: Array, part: float | None, rng: np.random.Generator, short: bool) -> tuple[Array, Array]:
    """Brightness and presence of the hairs of each texel, of deviation 1: fine across the flow, long along it."""
    if part is not None:
        across, along = directions[..., 2] / 0.012, directions[..., 0] / 0.2
        along = along + rng.uniform(0, 40)
    else:
        side = unit_length(np.cross(pole, [0.3, 0.2, 1.0]))
        third = np.cross(pole, side)
        away = np.arccos(np.clip(directions @ pole, -1, 1))
        turn = np.arctan2(directions @ side, directions @ third) + 0.5 * away
        across = turn / (2 * np.pi) * 360
        along = away / (0.06 if short else 0.25)
    out = []
    for finer in (1.0, 1.9):
        table = rng.normal(0, 1, (64, 1024)).astype(np.float32)[:, : int(360 * finer)]
        columns, rows = _eased(across * finer + 400), _eased(along + 20)
        out.append(1.5 * cv2.remap(table, columns % table.shape[1], rows % 64, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP))
    presence = 0.4 * out[0] + 0.9 * out[1]
    if short:
        presence = 0.5 * presence + 0.9 * rng.normal(0, 1, presence.shape)
    return (0.75 * out[0] + 0.6 * out[1]).astype(np.float32), presence.astype(np.float32)


def _eased(at: Array) -> Array:
    """Places between texels moved so that linear filtering becomes smooth."""
    whole = np.floor(at)
    part = at - whole
    return np.asarray(whole + part * part * (3 - 2 * part), np.float32)
