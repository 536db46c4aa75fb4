"""A set of pictures: faces by expression, each with its mouths."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from osa_cam.errors import AvatarError
from osa_cam_sprite.pictures import Picture, fitted


@dataclass(frozen=True, eq=False)
class Face:
    """mouths: closed first, then wider and wider; blinking: as many with the eyes shut, or none."""

    mouths: Sequence[Picture]
    blinking: Sequence[Picture] = ()


@dataclass(frozen=True, eq=False)
class SpriteSet:
    """faces: `neutral` and other expressions. Pictures are premultiplied RGBA [512, 512, 4]."""

    faces: Mapping[str, Face]

    def face(self, expression: str) -> Face:
        return self.faces.get(expression, self.faces["neutral"])


def fit(faces: Mapping[str, Face], name: str) -> SpriteSet:
    """Of pictures of any sizes. Raises AvatarError."""
    if "neutral" not in faces:
        raise AvatarError(f"{name} has no neutral face: it needs at least one picture with the mouth closed")
    distinct = {id(picture): picture for face in faces.values() for picture in (*face.mouths, *face.blinking)}
    placed = dict(zip(distinct, fitted(list(distinct.values()), name), strict=True))
    return SpriteSet(
        {
            expression: Face([placed[id(picture)] for picture in face.mouths], [placed[id(picture)] for picture in face.blinking])
            for expression, face in faces.items()
        }
    )
