"""Where a face's points are in drawn pictures: exact from the geometry that drew them, or read off a map of parts.

What the detector of faces learns. Points are in pixels of a square picture, x right, y down, in the order of `avatars.face.POINTS`;
NaN stands for a point that isn't known.
"""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from osa_cam.avatars.face import BROWS, CROWN, JAW, POINTS
from osa_cam.synth.head3d.base import base
from osa_cam.synth.head3d.body.body import EYES, eye_centre
from osa_cam.synth.head3d.head import Head
from osa_cam.synth.people import Subject
from osa_cam.synth.portrait.deform import on_face, place
from osa_cam.synth.portrait.depth import contour
from osa_cam.synth.portrait.details import brow_spine
from osa_cam.synth.portrait.labels import PARTS
from osa_cam.synth.portrait.portrait import Portrait

Points = NDArray[np.float32]  # [len(POINTS), 2]
Pose = NDArray[np.float32]

_RIGID = slice(BROWS.start, JAW.stop)  # brows, nose and jaw
_EYE_PARTS = (PARTS.SCLERA, PARTS.IRIS, PARTS.LID)
_MOUTH_PARTS = (PARTS.LIPS, PARTS.MOUTH, PARTS.TEETH, PARTS.TONGUE)
_LEAST_PIXELS = 12  # of an eye or a mouth; less is a corner that hair has left
# On the base mesh, in distances between the eyes from the point between them: x to the person's left, y up.
_BROW_PLACES = ((0.86, 0.33), (0.56, 0.42), (0.24, 0.33))
_LOBE, _JAW_CORNER, _CHIN, _TIP = (1.22, -0.69, -1.18), (0.87, -1.23, -0.55), (0.0, -1.79, 0.3), (0.0, -0.61, 0.70)


def face_points(subject: Subject, pose: Pose, picture: NDArray[np.uint8]) -> Points | None:
    """All that is known of a posed subject's face; None where eyes or mouth can't be seen.

    picture: uint8 [size, size, 4], as the subject draws that pose: its transparency tells the head's outline.
    """
    size = picture.shape[0]
    found = points_of_parts(subject.parts(pose), size)
    if found is None:
        return None
    if isinstance(subject, Head):
        found[_RIGID] = _of_head(subject, pose) * size
    elif isinstance(subject, Portrait):
        found[_RIGID] = (_of_portrait(subject, pose) + 1) * size / 2
    found[CROWN] = crown(picture[..., 3], found)
    return found


def points_of_parts(parts: NDArray[np.uint8], size: int) -> Points | None:
    """Eyes and mouth read off a map of PARTS, in pixels of a picture of size x size; None where one of them can't be seen."""
    eyes = _blobs(np.isin(parts, _EYE_PARTS), 2)
    mouths = _blobs(np.isin(parts, _MOUTH_PARTS), 1)
    if len(eyes) < 2 or not mouths:
        return None
    (left, right), mouth = sorted(eyes, key=lambda blob: float(blob[:, 0].mean())), mouths[0]
    across = right.mean(0) - left.mean(0)
    across /= np.linalg.norm(across)
    down = np.array([-across[1], across[0]])
    if (mouth.mean(0) - left.mean(0)) @ down <= 0:
        return None
    points = np.full((len(POINTS), 2), np.nan, np.float32)
    points[0:4], points[4:8], points[8:12] = (_ends(blob, across, down) for blob in (left, right, mouth))
    inside = _blobs(np.isin(parts, _MOUTH_PARTS[1:]), 1)
    upper, lower = points[10], points[11]
    points[12] = inside[0].mean(0) if inside else upper + 0.45 * (lower - upper)
    return (points + np.float32(0.5)) * np.float32(size / len(parts)) - np.float32(0.5)


def crown(alpha: NDArray[np.uint8], points: Points) -> Points:
    """The head's outline beside and above the eyes, hair and hats in it, by its transparency: [5, 2]; NaN where it is cut off."""
    left, right = points[0:4].mean(0), points[4:8].mean(0)
    middle, across = (left + right) / 2, right - left
    size, out = alpha.shape[0], np.full((5, 2), np.nan, np.float32)
    reach = np.arange(0.3, 6, 1 / max(float(np.linalg.norm(across)), 1.0)).astype(np.float32)
    for k, angle in enumerate(np.radians([180, 225, 270, 315, 360])):
        c, s = np.cos(angle), np.sin(angle)
        ray = middle + reach[:, None] * np.array([c * across[0] - s * across[1], s * across[0] + c * across[1]], np.float32)
        at = np.round(ray).astype(int)
        inside = ((at >= 0) & (at < size)).all(1)
        solid = np.zeros(len(ray), bool)
        solid[inside] = alpha[at[inside, 1], at[inside, 0]] >= 128
        ends = np.flatnonzero(~solid)
        if len(ends) and ends[0] > 0 and inside[ends[0]]:
            out[k] = ray[ends[0]]
    return out


def _blobs(mask: NDArray[np.bool_], most: int) -> list[NDArray[np.float64]]:
    """The largest connected regions' pixels, [n, 2] each as x, y."""
    _, index, stats, _ = cv2.connectedComponentsWithStats(cv2.dilate(mask.astype(np.uint8), np.ones((3, 3), np.uint8)))
    areas = stats[1:, cv2.CC_STAT_AREA]
    chosen = [k + 1 for k in np.argsort(-areas)[:most]]
    pixels = [np.argwhere((index == k) & mask)[:, ::-1].astype(np.float64) for k in chosen]
    return [blob for blob in pixels if len(blob) >= _LEAST_PIXELS]


def _ends(blob: NDArray[np.float64], across: NDArray[np.float64], down: NDArray[np.float64]) -> Points:
    """Left and right end, and top and bottom in the middle: [4, 2]."""
    along = blob @ across
    low, high = along.min(), along.max()
    centre = blob[np.abs(along - (low + high) / 2) <= max(1.0, 0.2 * (high - low))]
    depth = centre @ down
    ends = (
        blob[along <= low + 1.0].mean(0),
        blob[along >= high - 1.0].mean(0),
        centre[depth <= depth.min() + 0.5].mean(0),
        centre[depth >= depth.max() - 0.5].mean(0),
    )
    return np.array(ends, np.float32)


@cache
def _landmarks() -> NDArray[np.int64]:
    """The base mesh's vertices of brows, nose and jaw, from the picture's left: the person's right comes first."""
    vertices, skin = base().vertices, base().indices("body")
    eyes = [eye_centre(vertices, side) for side in EYES]
    places = (vertices[skin] - np.mean(eyes, 0)) / np.linalg.norm(eyes[0] - eyes[1])
    front = places[:, 2] > 0

    def nearest(x: float, y: float, z: float | None = None) -> int:
        at = np.array([x, y] if z is None else [x, y, z])
        distance = np.linalg.norm(places[:, : len(at)] - at, axis=1)
        return int(skin[np.where(front | (z is not None), distance, np.inf).argmin()])

    def mirrored(x: float, y: float, z: float) -> int:
        return nearest(-x, y, z)

    brows = [nearest(-x, y) for x, y in _BROW_PLACES] + [nearest(x, y) for x, y in _BROW_PLACES[::-1]]
    jaw = [mirrored(*_LOBE), mirrored(*_JAW_CORNER), nearest(*_CHIN), nearest(*_JAW_CORNER), nearest(*_LOBE)]
    return np.array([*brows, nearest(*_TIP), *jaw])


def _of_head(head: Head, pose: Pose) -> Points:
    """Brows, nose and jaw in picture widths: [12, 2]."""
    skin = head._assembly.pieces[0]
    own = np.array([int(np.abs(skin.anchors[:, 0] - vertex).argmin()) for vertex in _landmarks()])
    points = head._now(pose).posed.points[own]
    clip = np.concatenate([points, np.ones((len(points), 1), np.float32)], 1) @ head._view.matrix.T
    return np.stack([1 + clip[:, 0] / clip[:, 3], 1 - clip[:, 1] / clip[:, 3]], 1).astype(np.float32) * np.float32(0.5)


def _of_portrait(portrait: Portrait, pose: Pose) -> Points:
    """Brows, nose and jaw in face units: [12, 2]."""
    who = portrait.identity
    spines = [brow_spine(who, side) for side in (-1, 1)]
    brows = [spines[0][::-1], spines[1]]
    outline = contour(who)
    side = outline[(outline[:, 0] < 0) & (outline[:, 1] > 0)]
    side = side[np.argsort(side[:, 1])]
    half = [side[0], side[len(side) // 2]]
    rest = [*(brow[round(share * (len(brow) - 1))] for brow in brows for share in (0, 0.5, 1)), (0.0, who.nose_y)]
    rest += [*half, (0.0, who.chin_y), *(point * [-1, 1] for point in half[::-1])]
    attached = on_face(who, np.array(rest, np.float64))
    attached.expression[:] = 1  # they move with the skin
    out: Points = place(who, pose, attached).astype(np.float32)
    return out
