"""A pack out of anybody's picture."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path

from osa_cam.avatars.cutout import cut_out
from osa_cam.avatars.face import FoundFace, find_faces
from osa_cam.avatars.library import draw_thumbnail
from osa_cam.avatars.manifest import AvatarManifest, to_toml
from osa_cam.avatars.pack import MANIFEST, REFERENCE, THUMBNAIL, Pack, check_pack
from osa_cam.avatars.picture import Face, Picture, crop, png_bytes, read_rgba, scale
from osa_cam.errors import AvatarError
from osa_cam.media import PICTURE_SIZE


def portrait(path: Path, face: Face | int | None = None, without_background: bool = False) -> Picture:
    """A picture's file -> straight RGBA [512, 512, 4]: head and shoulders around a face.

    face: where it is, as shown by hand; or the number, from 1, of one of those that are found; None: the only one there is.
    Raises AvatarError, also when there is none, or several of which none was chosen.
    """
    picture = read_rgba(path)
    where = face if isinstance(face, Face) else _found(path, find_faces(picture), face)
    reference = scale(crop(picture, where), PICTURE_SIZE)
    return cut_out(reference) if without_background else reference


def _found(path: Path, faces: Sequence[FoundFace], number: int | None) -> Face:
    if not faces:
        raise AvatarError(
            f"no face is found in {path}: show where it is with --face X,Y,SIZE (the face's middle and its height from hairline to "
            "chin, in pixels), or give a picture of a face from in front"
        )
    if number is None and len(faces) == 1:
        return faces[0].face
    if number is not None and 1 <= number <= len(faces):
        return faces[number - 1].face
    known = "; ".join(f"{k}: at {f.face.x:.0f},{f.face.y:.0f}, {f.face.size:.0f} pixels high" for k, f in enumerate(faces, 1))
    many = f"{len(faces)} faces are" if len(faces) > 1 else "one face is"
    raise AvatarError(f"{many} found in {path}: choose with --face {'N' if len(faces) > 1 else '1'} ({known})")


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


def make_pack(reference: Picture, manifest: AvatarManifest) -> Pack:
    """reference: straight RGBA, square. Raises AvatarError."""
    files = {
        MANIFEST: to_toml(manifest).encode("utf-8"),
        REFERENCE: png_bytes(reference),
        THUMBNAIL: png_bytes(draw_thumbnail(reference)),
    }
    return check_pack(files)


def id_of(name: str) -> str:
    """`Zoë the Great` -> `zoe-the-great`. Raises AvatarError for a name without Latin letters or digits."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode("ascii").lower()
    found = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40].strip("-")
    if not found:
        raise AvatarError(f"no id can be made of {name!r}: give one with --id, in small Latin letters, digits and hyphens")
    return found
