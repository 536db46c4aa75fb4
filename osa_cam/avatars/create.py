"""A pack out of anybody's picture."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

from osa_cam.avatars.cutout import cut_out
from osa_cam.avatars.library import draw_thumbnail
from osa_cam.avatars.manifest import AvatarManifest, to_toml
from osa_cam.avatars.pack import MANIFEST, REFERENCE, THUMBNAIL, Pack, check_pack
from osa_cam.avatars.picture import Face, Picture, crop, png_bytes, read_rgba, scale
from osa_cam.errors import AvatarError
from osa_cam.media import PICTURE_SIZE


def portrait(path: Path, face: Face | None = None, without_background: bool = False) -> Picture:
    """A picture's file -> straight RGBA [512, 512, 4]: head and shoulders around the face, or else the upper square.

    The face may come from anywhere: numbers that were typed, a circle that was dragged, a detector. Raises AvatarError.
    """
    picture = scale(crop(read_rgba(path), face), PICTURE_SIZE)
    return cut_out(picture) if without_background else picture


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
