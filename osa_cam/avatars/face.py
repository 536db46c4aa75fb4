"""Faces in anybody's picture: where they are, and their handles. Photographs, paintings, drawings alike.

The network is `osa_cam/networks/face.py`, trained on drawn people by `osa-cam train face`. What it does not find, people show by hand.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from osa_cam.avatars.handles import Eye, Handles, Mouth, Point
from osa_cam.avatars.picture import Face, Picture
from osa_cam.errors import AvatarError
from osa_cam.media import PICTURE_SIZE

if TYPE_CHECKING:
    import onnxruntime

GRAPH = Path(__file__).parent.parent / "assets" / "face" / "detector.onnx"
SIDE = 256  # pixels of the square that the network sees
STRIDE = 8  # pixels of its cells
SIZE_UNIT = 32.0  # pixels: `networks.face.SIZE_UNIT`
LEARNT = (16.0, 120.0)  # pixels: sizes of faces that it has learnt from
REFINED = 72.0  # pixels of a face when it is looked at again, alone
SURE = 0.35  # what a centre must at least score
MOST_FACES = 16
BEHIND = 128  # grey, behind what is transparent

_EYE = ("left", "right", "top", "bottom")
POINTS = (
    *(f"left_eye.{k}" for k in _EYE),
    *(f"right_eye.{k}" for k in _EYE),
    *(f"mouth.{k}" for k in ("left", "right", "upper", "lower", "line")),
    *(f"left_brow.{k}" for k in range(3)),
    *(f"right_brow.{k}" for k in range(3)),
    "nose",
    *(f"jaw.{k}" for k in range(5)),
    *(f"head.{k}" for k in ("left", "top_left", "top", "top_right", "right")),
)
"""The points of a face in the network's order; "left" is the picture's left."""
EYES_AND_MOUTH, BROWS, NOSE, JAW, CROWN = slice(0, 13), slice(13, 19), 19, slice(20, 25), slice(25, 30)

Floats = NDArray[np.float32]


def _other_side(name: str) -> str:
    """What a point is called in a mirrored picture."""
    swapped = name.replace("left", "@").replace("right", "left").replace("@", "right")
    part, _, k = swapped.partition(".")
    if part in ("left_brow", "right_brow"):
        return f"{part}.{2 - int(k)}"
    return f"jaw.{4 - int(k)}" if part == "jaw" else swapped


MIRRORED = [POINTS.index(_other_side(name)) for name in POINTS]
"""Which point each one is in a mirrored picture."""


@dataclass(frozen=True, eq=False)
class FoundFace:
    """points: [len(POINTS), 2] in pixels of the picture; score: 0 to 1."""

    face: Face
    points: Floats
    score: float

    def handles(self, width: int, height: int) -> Handles:
        """In the same pixels, inside a picture of width x height; not yet checked to make a face."""
        edge = np.array([width - 1.0, height - 1.0])
        p = np.clip(self.points.astype(np.float64), 0, edge)
        at = [Point(float(x), float(y)) for x, y in p]
        middle = np.mean([p[0:2].mean(0), p[4:6].mean(0), p[12]], 0)

        def out(k: int, by: float) -> Point:
            x, y = np.clip(middle + by * (p[k] - middle), 0, edge)
            return Point(float(x), float(y))

        left, top_left, top, top_right, right = at[CROWN]
        jaw = at[JAW]
        head = (top, top_right, right, out(23, 1.12), out(22, 1.06), out(21, 1.12), left, top_left)
        return Handles(
            left_eye=_eye(p[0:4]),
            right_eye=_eye(p[4:8]),
            left_brow=(at[13], at[14], at[15]),
            right_brow=(at[16], at[17], at[18]),
            nose=at[NOSE],
            mouth=Mouth(*at[8:13]),
            jaw=(jaw[0], jaw[1], jaw[2], jaw[3], jaw[4]),
            head=head,
        )


def _eye(ends: NDArray[np.float64]) -> Eye:
    left, right, top, bottom = ends
    half_width = float(np.linalg.norm(right - left)) / 2
    x, y = (left + right + top + bottom) / 4
    return Eye(float(x), float(y), half_width, max(float(np.linalg.norm(bottom - top)) / 2, 0.25 * half_width))


def face_of(points: Floats) -> Face:
    """From the points [n, 2] of eyes and mouth: the middle between them, and the height from hairline to chin."""
    eyes = (points[0:2].mean(0) + points[4:6].mean(0)) / 2
    apart = float(np.linalg.norm(points[4:6].mean(0) - points[0:2].mean(0)))
    mouth = points[8:10].mean(0)
    x, y = (eyes + mouth) / 2
    # Of a face seen from the side the eyes come together, of one that nods eyes and mouth.
    return Face(float(x), float(y), 2.8 * max(float(np.linalg.norm(mouth - eyes)), 0.8 * apart))


def find_faces(picture: Picture) -> tuple[FoundFace, ...]:
    """Straight RGBA [height, width, 4] -> the faces in it, the largest first; none is an answer too. Raises AvatarError."""
    rgb = on_grey(picture)
    height, width = rgb.shape[:2]
    rough: list[FoundFace] = []
    for side in (SIDE, SIDE // 2):  # once for faces of all sizes but the largest, once for those
        zoom = side / max(height, width)
        rough += _looked_at(rgb, np.array([[zoom, 0, (SIDE - zoom * width) / 2], [0, zoom, (SIDE - zoom * height) / 2]]))
    found = []
    for face in _apart(rough)[:MOST_FACES]:
        zoom = REFINED / face.face.size
        matrix = np.array([[zoom, 0, SIDE / 2 - zoom * face.face.x], [0, zoom, SIDE / 2 - zoom * face.face.y]])
        opinions = [
            opinion for mirrored in (False, True) if (opinion := _nearest(_looked_at(rgb, matrix, mirrored), face.face)) is not None
        ]
        if opinions:
            points = np.mean([opinion.points for opinion in opinions], 0)
            found.append(FoundFace(face_of(points), points, float(np.mean([opinion.score for opinion in opinions]))))
    return tuple(sorted(_apart(found), key=lambda face: -face.face.size))


def handles_in(reference: Picture) -> Handles | None:
    """Straight RGBA [512, 512, 4], head and shoulders -> the handles of its largest face; None where none is found or they don't fit."""
    for found in find_faces(reference)[:1]:
        handles = found.handles(PICTURE_SIZE, PICTURE_SIZE)
        try:
            handles.check()
        except AvatarError:
            return None
        return handles
    return None


def on_grey(picture: Picture) -> Picture:
    """Straight RGBA -> RGB."""
    alpha = picture[..., 3:].astype(np.uint16)
    return ((picture[..., :3] * alpha + BEHIND * (255 - alpha) + 127) // 255).astype(np.uint8)


def decode(centres: Floats, sizes: Floats, offsets: Floats) -> list[FoundFace]:
    """What the network says of one picture -> faces in its pixels, the surest first.

    centres: logits [h, w]; sizes: logarithms [h, w]; offsets: [points, 2, h, w], in sizes of the face.
    """
    scores = 1 / (1 + np.exp(-np.clip(centres, -30, 30)))
    peaks = (scores >= SURE) & (scores >= cv2.dilate(scores, np.ones((3, 3), np.uint8)))
    h, w = scores.shape
    found = []
    for row, column in np.argwhere(peaks):
        rows, columns = slice(max(row - 1, 0), min(row + 2, h)), slice(max(column - 1, 0), min(column + 2, w))
        # The cells around a centre have an opinion too: their mean is steadier than one.
        weight = scores[rows, columns] ** 2
        weight = weight / weight.sum()
        y, x = np.mgrid[rows, columns].astype(np.float32) * STRIDE + STRIDE / 2 - 0.5
        size = SIZE_UNIT * np.exp(np.clip(sizes[rows, columns], -3, 3))
        places = np.stack([x, y])[None] + offsets[:, :, rows, columns] * size
        points = (places * weight).sum((2, 3)).astype(np.float32)
        found.append(FoundFace(face_of(points), points, float(scores[row, column])))
    return sorted(found, key=lambda face: -face.score)


def _nearest(faces: list[FoundFace], to: Face) -> FoundFace | None:
    """The surest of those that are the same face."""
    return max((face for face in faces if _share(face.face, to) < 0.35), key=lambda face: face.score, default=None)


def _looked_at(rgb: Picture, matrix: NDArray[np.float64], mirrored: bool = False) -> list[FoundFace]:
    """matrix: [2, 3], of zoom and shift alone, the picture's pixels -> the network's; mirrored: look at it in a mirror. Faces in the
    picture's pixels."""
    zoom, shift = float(matrix[0, 0]), matrix[:, 2]
    if zoom < 1:  # one pixel of many would flicker
        blurred = max(round(rgb.shape[1] * zoom), 1), max(round(rgb.shape[0] * zoom), 1)
        small, rest = cv2.resize(rgb, blurred, interpolation=cv2.INTER_AREA), np.array([[1.0, 0, shift[0]], [0, 1.0, shift[1]]])
    else:
        small, rest = rgb, matrix
    grey = (BEHIND,) * 3
    seen = cv2.warpAffine(small, rest, (SIDE, SIDE), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=grey)
    if mirrored:
        seen = np.ascontiguousarray(seen[:, ::-1])
    centres, sizes, offsets = _network().run(None, {"picture": seen[None]})
    found = []
    for face in decode(centres[0], sizes[0], offsets[0]):
        if LEARNT[0] <= face.face.size <= LEARNT[1]:
            own = face.points
            if mirrored:
                own = own[MIRRORED] * np.array([-1, 1], np.float32) + np.array([SIDE - 1, 0], np.float32)
            points = (own - shift.astype(np.float32)) / np.float32(zoom)
            found.append(FoundFace(face_of(points), points, face.score))
    return found


def _share(a: Face, b: Face) -> float:
    """How far apart two faces are, in sizes of the smaller."""
    return float(np.hypot(a.x - b.x, a.y - b.y)) / max(min(a.size, b.size), 1e-6)


def _apart(faces: list[FoundFace]) -> list[FoundFace]:
    """The surest first; what is the same face as a surer one is left out."""
    kept: list[FoundFace] = []
    for face in sorted(faces, key=lambda face: -face.score):
        if all(_share(face.face, other.face) > 0.5 for other in kept):
            kept.append(face)
    return kept


@cache
def _network() -> onnxruntime.InferenceSession:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1  # ten milliseconds, beside what else runs
    options.log_severity_level = 3
    try:
        return onnxruntime.InferenceSession(GRAPH.read_bytes(), options, ["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's own errors have no common base
        raise AvatarError(f"{GRAPH} is missing or damaged: install OSA Cam anew, or show where the face is (--face X,Y,SIZE)") from error
