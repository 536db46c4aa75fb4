"""The avatars there are: built-in and installed ones by id, packs and anybody's own picture by path."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Literal, NamedTuple

import numpy as np
import platformdirs
from numpy.typing import NDArray

from osa_cam.avatars.framing import portrait_at_once
from osa_cam.avatars.manifest import AvatarManifest
from osa_cam.avatars.pack import MANIFEST, SUFFIX, WEIGHTS, Pack, pack_bytes, read_manifest, read_pack, write_whole
from osa_cam.avatars.picture import fit, premultiply, scale
from osa_cam.avatars.weights import Delta, read_delta
from osa_cam.errors import AvatarError

log = logging.getLogger(__name__)

BUILT_IN = Path(__file__).parent.parent / "assets" / "avatars"
THUMBNAIL_SIDE = 192  # pixels

Kind = Literal["built-in", "installed", "pack", "picture"]


@dataclass(frozen=True, eq=False)
class Avatar:
    """picture: premultiplied RGBA uint8 [512, 512, 4]; manifest: None for a picture that is in no pack; delta: what was fitted to it."""

    id: str
    name: str
    picture: NDArray[np.uint8]
    manifest: AvatarManifest | None = None
    delta: Delta | None = None


class Found(NamedTuple):
    """Where an avatar lies. id: a picture's or a pack's file name without its ending, else the pack's id."""

    id: str
    kind: Kind
    path: Path


def user_folder() -> Path:
    """Where installed packs lie, an .osavatar file each."""
    return platformdirs.user_data_path("osa-cam", appauthor=False) / "avatars"


def packs(folder: Path = BUILT_IN) -> dict[str, Found]:
    """The built-in packs, then the installed ones, each sorted by id; nothing is read."""
    built_in = {path.parent.name: Found(path.parent.name, "built-in", path.parent) for path in sorted(folder.glob(f"*/{MANIFEST}"))}
    installed = {path.stem: Found(path.stem, "installed", path) for path in sorted(user_folder().glob(f"*{SUFFIX}"))}
    return {**built_in, **{key: found for key, found in installed.items() if key not in built_in}}


def manifests(folder: Path = BUILT_IN) -> dict[str, AvatarManifest]:
    """id -> manifest, in the order of `packs`. An installed pack that can't be read is left out, and the log says why."""
    readable = {}
    for key, found in packs(folder).items():
        try:
            readable[key] = read_manifest(found.path)
        except AvatarError as error:
            if found.kind == "built-in":
                raise
            log.warning("%s", error)
    return readable


def find(name: str, folder: Path = BUILT_IN) -> Found:
    """name: an id, or the path of a pack or a picture. Raises AvatarError, which suggests the nearest id."""
    known = packs(folder)
    if name in known:
        return known[name]
    path = Path(name)
    if path.is_dir() or (path.is_file() and path.suffix.lower() == SUFFIX):
        return Found(path.stem, "pack", path)
    if path.is_file():
        return Found(path.stem, "picture", path)
    near = get_close_matches(name, known, 1)
    hint = f"did you mean {near[0]!r}? " if near else ""
    raise AvatarError(f"no avatar and no picture is called {name!r}; {hint}osa-cam avatars list shows them all")


def load_avatar(name: str | None = None, folder: Path = BUILT_IN) -> Avatar:
    """name: an avatar's id, the path of a pack or a picture, or None for the first one. Raises AvatarError."""
    if name is None:
        name = next(iter(packs(folder)), None)
    if name is None:
        raise AvatarError("this installation has no built-in avatars: give a picture with --avatar PICTURE")
    found = find(name, folder)
    if found.kind == "picture":
        return Avatar(found.id, found.id, premultiply(portrait_at_once(found.path)))
    pack = read_pack(found.path)
    delta = read_delta(pack.files[WEIGHTS]) if WEIGHTS in pack.files else None
    return Avatar(pack.manifest.id, pack.manifest.name, premultiply(fit(pack.picture())), pack.manifest, delta)


def thumbnail(name: str, folder: Path = BUILT_IN) -> NDArray[np.uint8]:
    """Premultiplied RGBA uint8 [side, side, 4], 64 to 256 pixels a side. Raises AvatarError."""
    found = find(name, folder)
    if found.kind == "picture":
        return premultiply(draw_thumbnail(portrait_at_once(found.path)))
    return premultiply(read_pack(found.path).thumbnail())


def draw_thumbnail(reference: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Straight RGBA, square -> the same, smaller."""
    return scale(reference, THUMBNAIL_SIDE)


def install(pack: Pack, force: bool = False) -> Path:
    """Puts it among the installed ones, whole or not at all; an older version of it is replaced.

    Raises AvatarError, unless forced, when what is there is newer, has the same version with another content, or bears a
    signature that this one lacks: somebody else's pack must not take an author's place.
    """
    new = pack.manifest
    if (BUILT_IN / new.id / MANIFEST).is_file():
        raise AvatarError(f"{new.id} is the id of a built-in avatar: give the pack another `id` in its avatar.toml")
    path = user_folder() / f"{new.id}{SUFFIX}"
    if path.is_file() and not force:
        _check_replaceable(pack, path)
    write_whole(path, pack_bytes(pack))
    return path


def _check_replaceable(pack: Pack, path: Path) -> None:
    new = pack.manifest
    try:
        there = read_pack(path)
    except AvatarError as error:
        log.warning("replacing a pack that can't be read: %s", error)
        return
    old = there.manifest
    if there.signature and (pack.signature is None or pack.signature.public_key != there.signature.public_key):
        raise AvatarError(f"{new.id} {old.version} is installed, signed with a key that this pack isn't signed with: --force replaces it")
    if new.version_numbers < old.version_numbers:
        raise AvatarError(f"{new.id} {old.version} is installed, newer than {new.version}: --force replaces it")
    if new.version_numbers == old.version_numbers and pack_bytes(pack) != pack_bytes(there):
        raise AvatarError(f"another {new.id} {old.version} is installed: give this one a higher `version`, or --force replaces it")


def remove(name: str) -> Path:
    """Deletes an installed pack, even one that can't be read. Raises AvatarError."""
    found = find(name)
    if found.kind != "installed":
        raise AvatarError(f"{name} is no installed avatar: osa-cam avatars list shows which are")
    try:
        found.path.unlink()
    except OSError as error:
        raise AvatarError(f"{found.path} can't be removed: {error.strerror}") from error
    return found.path
