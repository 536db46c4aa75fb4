"""Where each part of the skin lies in its texture, and what lies where: places of the base mesh and masks by texel.

The base mesh gives the face an eighth of the texture; here the head gets three quarters of it.
"""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
import scipy.ndimage
import scipy.sparse
from numpy.typing import NDArray

from osa_cam.synth.head3d.base import Array, base, mask
from osa_cam.synth.head3d.piece import corners_of

SIZE = 1024
UNIT = 0.6154  # between the eyes of the base mesh, in its units
BETWEEN_EYES = np.array([0.0, 7.284, 1.245], np.float32)
_HEAD, MOUTH, BODY, *SOCKETS = range(5)
# Boxes of the islands, v up: head, inside of the mouth, body, sockets of the right and of the left eye.
_BOXES = np.array(
    [
        [0.004, 0.004, 0.756, 0.996],
        [0.77, 0.30, 0.996, 0.52],
        [0.77, 0.54, 0.996, 0.996],
        [0.77, 0.17, 0.87, 0.28],
        [0.89, 0.17, 0.99, 0.28],
    ]
)


@cache
def _islands() -> tuple[Array, NDArray[np.int32]]:
    """The base mesh's own UV of the skin's vertices, and the island of each."""
    rest, faces, uv, _ = corners_of("body", base().vertices)
    edges = scipy.sparse.coo_matrix((np.ones(faces.size), (faces.ravel(), np.roll(faces, 1, 1).ravel())), (len(rest), len(rest)))
    count, labels = scipy.sparse.csgraph.connected_components(edges, False)
    u, v = (np.array([uv[labels == k, axis].mean() for k in range(count)]) for axis in (0, 1))
    kind = np.select([(u > 0.7) & (v > 0.2), v < 0.15, u > 0.2, u < 0.08], [0, 1, 2, 3], 4)
    return uv, kind[labels].astype(np.int32)


@cache
def _from_boxes() -> tuple[tuple[Array, Array], ...]:
    """Lowest corner and extent of each island in the base mesh's UV."""
    uv, island = _islands()
    return tuple((uv[island == k].min(0), np.ptp(uv[island == k], axis=0)) for k in range(len(_BOXES)))


def _magnified(at: Array, back: bool = False) -> Array:
    """Places in the head's island, 0 to 1 -> places in its box, where the middle of the face is larger; or back."""
    t = np.linspace(0, 1, 201)
    ease = 0.3 * t + 0.7 * (1 - (1 - t) ** 2)

    def curve(centre: float, to: float) -> tuple[Array, Array]:
        source = np.concatenate([centre * (1 - t[:0:-1]), centre + (1 - centre) * t])
        target = np.concatenate([to * (1 - ease[:0:-1]), to + (1 - to) * ease])
        return source.astype(np.float32), target.astype(np.float32)

    curves = (curve(0.68, 0.62), curve(0.5, 0.5))
    columns = [np.interp(at[..., k], *(curves[k][::-1] if back else curves[k])) for k in (0, 1)]
    return np.stack(columns, -1).astype(np.float32)


@cache
def skin_uv() -> Array:
    """UV of the skin's vertices as `corners_of` gives them: [v, 2]."""
    uv, island = _islands()
    out = np.zeros_like(uv)
    for k, (low, extent) in enumerate(_from_boxes()):
        inside = island == k
        at = (uv[inside] - low) / extent
        out[inside] = _BOXES[k, :2] + (_magnified(at) if k == _HEAD else at) * (_BOXES[k, 2:] - _BOXES[k, :2])
    return out


@cache
def skin_mask(name: str) -> NDArray[np.uint8]:
    """A mask of the base mesh (`base.mask`) in this layout: uint8 [SIZE, SIZE], row 0 at v = 1."""
    source = mask(name, 2048)
    out = np.zeros((SIZE, SIZE), np.uint8)
    for k, (box, (low, extent)) in enumerate(zip(_BOXES, _from_boxes(), strict=True)):
        x0, x1 = (round(float(x) * SIZE) for x in box[[0, 2]])
        y0, y1 = (round((1 - float(y)) * SIZE) for y in box[[3, 1]])
        x = ((np.arange(x0, x1) + 0.5) / SIZE - box[0]) / (box[2] - box[0])
        y = (1 - (np.arange(y0, y1) + 0.5) / SIZE - box[1]) / (box[3] - box[1])
        at = np.stack(np.meshgrid(x, y), -1).astype(np.float32)
        uv = low + (_magnified(at, back=True) if k == _HEAD else at) * extent
        map_x, map_y = ((2048 * c - 0.5).astype(np.float32) for c in (uv[..., 0], 1 - uv[..., 1]))
        out[y0:y1, x0:x1] = cv2.remap(source, map_x, map_y, cv2.INTER_LINEAR)
    return out


@cache
def texels() -> tuple[Array, NDArray[np.int32]]:
    """Face coordinates of each texel [SIZE, SIZE, 3] (origin between the eyes, unit their distance, base mesh), and its island.

    Texels outside the islands take after the nearest one inside, so that filtering finds no seam.
    """
    rest, faces, _, _ = corners_of("body", base().vertices)
    points = (rest - BETWEEN_EYES) / UNIT
    corners = skin_uv() * [SIZE, -SIZE] + [-0.5, SIZE - 0.5]
    index = np.full((SIZE, SIZE), -1, np.float32)
    for k, triangle in enumerate(np.round(corners[faces] * 16).astype(np.int32)):
        cv2.fillConvexPoly(index, triangle, float(k), cv2.LINE_8, 4)
    nearest = scipy.ndimage.distance_transform_edt(index < 0, return_distances=False, return_indices=True)
    index = index[nearest[0], nearest[1]]
    triangle = faces[index.astype(np.int32)]
    a, b, c = (corners[triangle[..., k]] for k in range(3))
    x, y = nearest[1] - a[..., 0], nearest[0] - a[..., 1]
    (bx, by), (cx, cy) = np.moveaxis(b - a, -1, 0), np.moveaxis(c - a, -1, 0)
    area = bx * cy - by * cx
    area = np.where(np.abs(area) < 1e-9, 1, area)
    s, t = (x * cy - y * cx) / area, (bx * y - by * x) / area
    weights = np.clip(np.stack([1 - s - t, s, t], -1), 0, 1)
    weights /= weights.sum(-1, keepdims=True)
    places = sum(weights[..., k, None] * points[triangle[..., k]] for k in range(3))
    return np.asarray(places, np.float32), _islands()[1][triangle[..., 0]]
