"""The handles of somebody whom we drew, read off the map of parts."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from osa_cam.avatars.handles import Eye, Handles, Mouth, Outline, Point
from osa_cam.errors import AvatarError
from osa_cam.synth.portrait.labels import PARTS

_RAYS = (0, 1, 2, 6, 7)  # the points of the head's outline that hair reaches


def read_handles(picture: NDArray[np.uint8], parts: NDArray[np.uint8]) -> Handles:
    """Where the face of a drawn picture is: eyes and mouth exactly, the rest by proportion, the head by its silhouette.

    picture: uint8 [512, 512, 4]; parts: uint8 [512, 512] of PARTS, at rest. Raises AvatarError where an eye or the mouth is hidden.
    """
    left, right = _eyes(np.isin(parts, (PARTS.SCLERA, PARTS.IRIS)))
    mouth = _mouth(parts == PARTS.LIPS)
    handles = Handles.from_face(left[:2], right[:2], mouth.line)
    found = replace(handles, left_eye=left, right_eye=right, mouth=mouth, head=_head(handles, picture[..., 3]))
    found.check()
    return found


def _eyes(open_eyes: NDArray[np.bool_]) -> tuple[Eye, Eye]:
    count, _, boxes, _ = cv2.connectedComponentsWithStats(open_eyes.astype(np.uint8))
    largest = sorted(range(1, count), key=lambda k: -int(boxes[k, cv2.CC_STAT_AREA]))[:2]
    if len(largest) < 2 or boxes[largest[1], cv2.CC_STAT_AREA] < 40:
        raise AvatarError("Both eyes must be open and visible: choose a picture that shows them.")
    eyes = []
    for k in sorted(largest, key=lambda k: int(boxes[k, cv2.CC_STAT_LEFT])):
        x, y, w, h = (float(v) for v in boxes[k, :4])
        eyes.append(Eye(x + w / 2, y + h / 2, w / 2, h / 2))
    return eyes[0], eyes[1]


def _mouth(lips: NDArray[np.bool_]) -> Mouth:
    rows, columns = np.nonzero(lips)
    if len(rows) < 30:
        raise AvatarError("The mouth must be visible: choose a picture that shows it.")
    x0, x1 = float(columns.min()), float(columns.max() + 1)
    middle = (x0 + x1) / 2
    inner = rows[np.abs(columns - middle) <= max(2.0, 0.1 * (x1 - x0))]
    top, bottom = float(inner.min()), float(inner.max() + 1)
    corners = [float(rows[np.abs(columns - x) <= 2].mean()) + 0.5 for x in (x0, x1)]
    line = top + 0.45 * (bottom - top)
    return Mouth(Point(x0, corners[0]), Point(x1, corners[1]), Point(middle, top), Point(middle, bottom), Point(middle, line))


def _head(handles: Handles, alpha: NDArray[np.uint8]) -> Outline:
    """The outline drawn out to the hair's edge, or in to it."""
    centre = (np.array(handles.left_eye[:2]) + np.array(handles.right_eye[:2])) / 2
    head = list(handles.head)
    for k in _RAYS:
        ray = np.array(head[k]) - centre
        far = np.linspace(0.75, 1.35, 50)[:, None] * ray + centre
        far = far[((far >= 0) & (far < len(alpha))).all(1)]
        seen = far[alpha[far[:, 1].astype(int), far[:, 0].astype(int)] > 128]
        if len(seen):
            head[k] = Point(float(seen[-1, 0]), float(seen[-1, 1]))
    return tuple(head)  # type: ignore[return-value]  # as many as before
