"""A pack out of anybody's picture."""

from __future__ import annotations

import re
import unicodedata

from osa_cam.avatars.library import draw_thumbnail
from osa_cam.avatars.manifest import AvatarManifest, to_toml
from osa_cam.avatars.pack import MANIFEST, REFERENCE, THUMBNAIL, Pack, check_pack
from osa_cam.avatars.picture import Picture, png_bytes
from osa_cam.errors import AvatarError


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
