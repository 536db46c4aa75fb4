"""Where the face is in a picture: the points by which a picture of anybody can be made to speak.

All in pixels of the 512 x 512 reference picture, x to the right, y down; "left" is the picture's left.
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, fields
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from osa_cam.errors import AvatarError
from osa_cam.media import PICTURE_SIZE

Array = NDArray[np.float64]


class Point(NamedTuple):
    x: float
    y: float


class Eye(NamedTuple):
    """An open eye between its lids; the half sizes are along and across the line through both eyes."""

    x: float
    y: float
    half_width: float
    half_height: float


class Mouth(NamedTuple):
    """A mouth that is shut or nearly so."""

    left: Point  # corners
    right: Point
    upper: Point  # the upper lip's upper edge, in the middle
    lower: Point  # the lower lip's lower edge, in the middle
    line: Point  # where the lips meet, in the middle


Brow = tuple[Point, Point, Point]
Jaw = tuple[Point, Point, Point, Point, Point]
Outline = tuple[Point, Point, Point, Point, Point, Point, Point, Point]
_LENGTHS = {"left_eye": 4, "right_eye": 4, "left_brow": 3, "right_brow": 3, "nose": 2, "mouth": 5, "jaw": 5, "head": 8}


@dataclass(frozen=True)
class Handles:
    """The face of one picture."""

    left_eye: Eye
    right_eye: Eye
    left_brow: Brow  # along its middle, from the picture's left to its right
    right_brow: Brow
    nose: Point  # its tip
    mouth: Mouth
    jaw: Jaw  # the edge of the face from the left, at the ear's lobe, by the jaw's corner and the chin to the right
    head: Outline  # hair and ears in it: the top of the head, then clockwise in eighths of a turn; [4] is below the chin

    @property
    def chin(self) -> Point:
        """The lowest point of the face."""
        return self.jaw[2]

    @classmethod
    def from_face(cls, left_eye: tuple[float, float], right_eye: tuple[float, float], mouth: tuple[float, float]) -> Handles:
        """An estimate of everything from the centres of eyes and mouth, by the proportions of a grown-up's face.

        Points that would lie outside the picture are moved to its border. Raises AvatarError when the three lie on a line
        or the mouth is above the eyes.
        """
        a, b, m = (np.asarray(p, np.float64) for p in (left_eye, right_eye, mouth))
        origin, across = (a + b) / 2, (b - a) / 2
        down = m - origin
        if across[0] <= 0 or across[0] * down[1] - across[1] * down[0] < 0.2 * float(across @ across):
            raise AvatarError("The eyes and the mouth don't make a face: give the left eye, the right eye and the mouth below them.")

        def at(x: float, y: float) -> Point:
            """x in halves of the distance between the eyes, y in distances from the eyes to the mouth."""
            p = np.clip(origin + x * across + y * down, 0, PICTURE_SIZE - 1)
            return Point(float(p[0]), float(p[1]))

        half = float(np.hypot(*across))

        def eye(centre: Array) -> Eye:
            return Eye(float(centre[0]), float(centre[1]), 0.46 * half, 0.2 * half)

        return cls(
            left_eye=eye(a),
            right_eye=eye(b),
            left_brow=(at(-1.62, -0.26), at(-1.05, -0.38), at(-0.42, -0.27)),
            right_brow=(at(0.42, -0.27), at(1.05, -0.38), at(1.62, -0.26)),
            nose=at(0, 0.58),
            mouth=Mouth(at(-0.74, 1), at(0.74, 1), at(0, 0.9), at(0, 1.14), at(0, 1)),
            jaw=(at(-2.08, 0.4), at(-1.62, 1.2), at(0, 1.68), at(1.62, 1.2), at(2.08, 0.4)),
            head=(
                at(0, -1.8),
                at(1.75, -1.35),
                at(2.45, -0.1),
                at(1.95, 1.15),
                at(0, 1.8),
                at(-1.95, 1.15),
                at(-2.45, -0.1),
                at(-1.75, -1.35),
            ),
        )

    @classmethod
    def from_dict(cls, table: dict[str, Any]) -> Handles:
        """The inverse of `to_dict`; raises AvatarError, which names the field."""
        unknown = sorted(set(table) - set(_LENGTHS))
        if unknown:
            raise AvatarError(f"handles.{unknown[0]} is no handle; there are {', '.join(_LENGTHS)}")
        flat = {name: _numbers(table, name) for name in _LENGTHS}
        points = {name: tuple(Point(*pair) for pair in values) for name, values in flat.items() if values.ndim == 2}
        return cls(
            left_eye=Eye(*flat["left_eye"].tolist()),
            right_eye=Eye(*flat["right_eye"].tolist()),
            left_brow=points["left_brow"],  # type: ignore[arg-type]  # their lengths were checked
            right_brow=points["right_brow"],  # type: ignore[arg-type]
            nose=Point(*flat["nose"].tolist()),
            mouth=Mouth(*points["mouth"]),
            jaw=points["jaw"],  # type: ignore[arg-type]
            head=points["head"],  # type: ignore[arg-type]
        )

    def to_dict(self) -> dict[str, Any]:
        """For avatar.toml: lists of numbers, rounded to a tenth of a pixel; eyes as [x, y, half width, half height]."""
        return {name: _rounded(value) for name, value in asdict(self).items()}

    def transformed(self, matrix: Array) -> Handles:
        """After the picture was turned, scaled and moved: matrix [2, 3], (x, y, 1) -> (x, y), of a similarity."""
        scale = math.sqrt(abs(float(np.linalg.det(matrix[:, :2]))))

        def move(point: Point) -> Point:
            x, y = matrix @ np.array([point.x, point.y, 1.0])
            return Point(float(x), float(y))

        def eye(old: Eye) -> Eye:
            return Eye(*move(Point(old.x, old.y)), old.half_width * scale, old.half_height * scale)

        return Handles(
            left_eye=eye(self.left_eye),
            right_eye=eye(self.right_eye),
            left_brow=tuple(map(move, self.left_brow)),  # type: ignore[arg-type]  # as many as before
            right_brow=tuple(map(move, self.right_brow)),  # type: ignore[arg-type]
            nose=move(self.nose),
            mouth=Mouth(*map(move, self.mouth)),
            jaw=tuple(map(move, self.jaw)),  # type: ignore[arg-type]
            head=tuple(map(move, self.head)),  # type: ignore[arg-type]
        )

    def check(self, width: int = PICTURE_SIZE, height: int = PICTURE_SIZE) -> None:
        """Raises AvatarError for handles outside a picture of width x height pixels, crossed or turned upside down."""
        for field in fields(self):
            for x, y in _places(getattr(self, field.name)):
                if not (0 <= x <= width and 0 <= y <= height):
                    raise AvatarError(
                        f"{_named(field.name)} is at {x:.0f}, {y:.0f}, outside the picture of {width} x {height} pixels: move it inside."
                    )
        left, right, mouth = np.array(self.left_eye[:2]), np.array(self.right_eye[:2]), self.mouth
        across = right - left
        apart = float(np.hypot(*across))
        if across[0] <= 0 or apart < 12:
            raise AvatarError("The left eye must be to the left of the right eye, at least 12 pixels apart: move the eyes.")
        for name, eye in (("left", self.left_eye), ("right", self.right_eye)):
            if not (1 <= eye.half_height and 2 <= eye.half_width < 0.5 * apart and eye.half_height < 0.6 * apart):
                raise AvatarError(f"The {name} eye's size doesn't fit the distance between the eyes: make it smaller or larger.")
        right_of, down = across / apart, np.array([-across[1], across[0]]) / apart  # the face's own axes

        def along(point: Point, axis: Array) -> float:
            return float((np.array(point) - (left + right) / 2) @ axis)

        if along(mouth.left, right_of) + 4 > along(mouth.right, right_of):
            raise AvatarError("The mouth's left corner must be to the left of its right corner: move the corners.")
        if not along(mouth.upper, down) < along(mouth.line, down) < along(mouth.lower, down):
            raise AvatarError("The lips are crossed: the upper edge, the line between the lips and the lower edge go from top to bottom.")
        if not 0 < along(self.nose, down) < along(mouth.upper, down):
            raise AvatarError("The nose's tip must be between the eyes and the mouth: move it there.")
        if along(self.chin, down) <= along(mouth.lower, down):
            raise AvatarError("The chin must be below the mouth: move it down.")
        for name, brow in (("left", self.left_brow), ("right", self.right_brow)):
            if not along(brow[0], right_of) < along(brow[1], right_of) < along(brow[2], right_of):
                raise AvatarError(f"The {name} brow is crossed: its points go from left to right.")
        steps = [along(point, right_of) for point in self.jaw]
        if sorted(steps) != steps:
            raise AvatarError("The jaw is crossed: its points go from left to right.")
        outline = np.array(self.head)
        area = float(np.sum(outline[:, 0] * np.roll(outline[:, 1], -1) - outline[:, 1] * np.roll(outline[:, 0], -1)) / 2)
        around = np.arctan2(*(outline - (left + right) / 2 - down * 0.3 * apart).T[::-1])
        steps_round = (np.roll(around, -1) - around + np.pi) % (2 * np.pi) - np.pi
        if area < apart**2 or (steps_round <= 0).any():
            raise AvatarError("The head's outline is crossed: its points go round clockwise, from the top of the head.")
        for name, point in (("left eye", left), ("right eye", right), ("mouth", np.array(mouth.line))):
            if not _inside(outline, point):
                raise AvatarError(f"The {name} is outside the head's outline: move the outline around the face.")


def _numbers(table: dict[str, Any], name: str) -> Array:
    """A handle's numbers: [4] of an eye, [2] of the nose, [n, 2] of what has several points."""
    if name not in table:
        raise AvatarError(f"handles.{name} is missing")
    n = _LENGTHS[name]
    shape = (n,) if name in ("left_eye", "right_eye", "nose") else (n, 2)
    try:
        values = np.asarray(table[name], np.float64)
    except (TypeError, ValueError):
        values = np.full(0, np.nan)
    if values.shape != shape or not np.isfinite(values).all():
        wanted = f"{n} numbers" if len(shape) == 1 else f"{n} points [x, y]"
        raise AvatarError(f"handles.{name} must be {wanted}, in pixels of the picture")
    return values


def _rounded(value: Any) -> Any:
    return [_rounded(item) for item in value] if isinstance(value, tuple | list) else round(float(value), 1)


def _places(value: Any) -> list[tuple[float, float]]:
    """All points of a handle."""
    if isinstance(value, Eye):
        return [(value.x, value.y)]
    return [(value.x, value.y)] if isinstance(value, Point) else [(p.x, p.y) for p in value]


def _named(field: str) -> str:
    return {"left_eye": "The left eye", "right_eye": "The right eye", "left_brow": "The left brow", "right_brow": "The right brow"}.get(
        field, f"The {field}"
    )


def _inside(outline: Array, point: Array) -> bool:
    """Whether a point is in a polygon, by the even-odd rule."""
    (x0, y0), (x1, y1) = outline.T, np.roll(outline, -1, 0).T
    crosses = (y0 > point[1]) != (y1 > point[1])
    with np.errstate(divide="ignore", invalid="ignore"):
        at = x0 + (point[1] - y0) * (x1 - x0) / (y1 - y0)
    return bool(np.sum(crosses & (point[0] < at)) % 2)
