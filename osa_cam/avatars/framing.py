"""From a picture's file to the portrait that speaks: head and shoulders around a face."""

from __future__ import annotations

import logging
import math
from collections.abc import Sequence
from pathlib import Path

from osa_cam.avatars.cutout import cut_out
from osa_cam.avatars.face import FoundFace, find_faces
from osa_cam.avatars.picture import Face, Picture, crop, read_rgba, scale
from osa_cam.errors import AvatarError
from osa_cam.media import PICTURE_SIZE

log = logging.getLogger(__name__)

_BESIDE = 0.4  # smaller than so much of the largest are people far behind, badges and lamps


def portrait(path: Path, face: Face | int | None = None, without_background: bool = False) -> Picture:
    """A picture's file -> straight RGBA [512, 512, 4].

    face: where it is, as shown by hand; or the number, from 1, of one of those that are found; None: the only large one there is.
    Raises AvatarError, also when there is none, or several of which none was chosen.
    """
    picture = read_rgba(path)
    where = face if isinstance(face, Face) else _chosen(path, find_faces(picture), face)
    reference = scale(crop(picture, where), PICTURE_SIZE)
    return cut_out(reference) if without_background else reference


def portrait_at_once(path: Path) -> Picture:
    """The same for a picture that was never made an avatar: where no face is found, it is taken as it stands.

    Raises AvatarError, also when several faces are found.
    """
    picture = read_rgba(path)
    faces = find_faces(picture)
    if not faces:
        log.warning("No face is found in %s, so all of it is shown: osa-cam avatars create --face X,Y,SIZE takes one you point at.", path)
    where = _chosen(path, faces, None) if faces else None
    return scale(crop(picture, where), PICTURE_SIZE)


def _chosen(path: Path, faces: Sequence[FoundFace], number: int | None) -> Face:
    if not faces:
        raise AvatarError(
            f"no face is found in {path}: show where it is with --face X,Y,SIZE (the face's middle and its height from hairline to "
            "chin, in pixels), or give a picture of a face from in front"
        )
    largest = max(faces, key=lambda found: found.face.size)
    if number is None and all(other is largest or other.face.size < _BESIDE * largest.face.size for other in faces):
        return largest.face
    if number is not None and 1 <= number <= len(faces):
        return faces[number - 1].face
    known = "; ".join(f"{k}: at {f.face.x:.0f},{f.face.y:.0f}, {f.face.size:.0f} pixels high" for k, f in enumerate(faces, 1))
    many = f"{len(faces)} faces are" if len(faces) > 1 else "one face is"
    raise AvatarError(f"{many} found in {path}: choose with osa-cam avatars create --face {'N' if len(faces) > 1 else '1'} ({known})")


def parse_face(text: str) -> Face | int:
    """`2`, the second of those that are found, or `640,420,300`: the middle's x and y, and the height. Raises AvatarError."""
    try:
        numbers = [float(part) for part in text.split(",")]
        if len(numbers) == 1:
            return int(text)
        if len(numbers) == 3 and all(map(math.isfinite, numbers)):
            return Face(*numbers)
    except ValueError:
        pass
    raise AvatarError(f"--face {text}: give the number of a face that is found, as in 2, or X,Y,SIZE in pixels, as in 640,420,300")
