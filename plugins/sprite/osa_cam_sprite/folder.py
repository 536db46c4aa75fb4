"""A folder, or a zip file, of PNGs whose names say what they show."""

from __future__ import annotations

import re
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from osa_cam.config import EXPRESSIONS
from osa_cam.errors import AvatarError
from osa_cam_sprite.pictures import Picture, decode_png
from osa_cam_sprite.sprite_set import Face, SpriteSet, fit

MOST_FILES = 200
LARGEST_FILE = 64 << 20  # bytes

# Words of the names that such sets have, longest first where one holds another.
SHUT_EYES = re.compile(r"eyes?[ _-]*(?:closed|shut)|(?:closed|shut)[ _-]*eyes?|blink(?:ing)?")
OPEN_EYES = re.compile(r"eyes?[ _-]*open|open[ _-]*eyes?")
MOUTHS = [
    (0, re.compile(r"mouth[ _-]*(?:closed|shut)|(?:closed|shut)[ _-]*mouth|closed|shut|idle|quiet|silent|silence|mute|base|default")),
    (1, re.compile(r"half|small|mid|low")),
    (2, re.compile(r"mouth[ _-]*open|open[ _-]*mouth|open|talk(?:ing)?|speak(?:ing)?|loud|wide|scream(?:ing)?")),
]
NUMBER = re.compile(r"(\d+)\D*$")

HELP = "name them for example closed.png, open.png, closed_blink.png, open_blink.png"


def read_folder(path: Path) -> SpriteSet:
    """Raises AvatarError."""
    try:
        found = sorted(entry for entry in path.rglob("*") if entry.suffix.lower() == ".png" and entry.is_file())
        _few(len(found), path.name)
        pictures = {entry.relative_to(path).with_suffix("").as_posix(): _read(entry) for entry in found}
    except OSError as error:
        raise AvatarError(f"{path} can't be read: {error.strerror}") from error
    return fit(faces_of(pictures, path.name), path.name)


def read_zip(path: Path) -> SpriteSet:
    """Raises AvatarError."""
    try:
        with zipfile.ZipFile(path) as archive:
            found = sorted((entry for entry in archive.infolist() if entry.filename.lower().endswith(".png")), key=lambda e: e.filename)
            _few(len(found), path.name)
            pictures = dict(_unzipped(archive, found))
    except (OSError, zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise AvatarError(f"{path.name} can't be unpacked: {error}") from error
    return fit(faces_of(pictures, path.name), path.name)


def faces_of(pictures: dict[str, Picture], name: str) -> dict[str, Face]:
    """pictures: path without suffix -> picture. Raises AvatarError when the names say too little."""
    sorted_out: dict[str, dict[bool, dict[tuple[int, int], Picture]]] = defaultdict(lambda: {False: {}, True: {}})
    for path, picture in pictures.items():
        expression, shut, mouth = meaning(path)
        if mouth is None and not shut and len(pictures) > 1:
            continue  # a logo, an accessory
        sorted_out[expression][shut][mouth or (0, 0)] = picture
    faces = {}
    for expression, eyes in sorted_out.items():
        if not eyes[False]:
            continue
        levels = sorted(eyes[False])
        mouths = [eyes[False][level] for level in levels]
        # A blink drawn for one mouth alone serves all of them.
        blinking = [eyes[True].get(level, next(iter(eyes[True].values()))) for level in levels] if eyes[True] else []
        faces[expression] = Face(mouths, blinking)
    if not faces:
        raise AvatarError(f"{name} has no pictures whose names say what they show: {HELP}")
    if "neutral" not in faces:
        faces["neutral"] = next(iter(faces.values()))
    return faces


def meaning(path: str) -> tuple[str, bool, tuple[int, int] | None]:
    """`happy/mouth_open_blink` -> (`happy`, are the eyes shut?, how wide the mouth is; None when the name does not say)."""
    words = path.lower()
    expression = next((known for known in EXPRESSIONS if known in words), "neutral")
    words = words.replace(expression, " ")
    words = PurePosixPath(words).name
    shut = SHUT_EYES.search(words) is not None
    words = OPEN_EYES.sub(" ", SHUT_EYES.sub(" ", words))
    number = int(found[1]) if (found := NUMBER.search(words)) else 0
    mouth = next(((width, number) for width, pattern in MOUTHS if pattern.search(words)), None)
    if mouth is None and ("mouth" in words or shut or not words.strip(" _-")):
        # mouth0, mouth1, mouth2; blink alone; happy alone
        mouth = (0, number) if number == 0 else (2, number)
    return expression, shut, mouth


def _few(count: int, name: str) -> None:
    if not count:
        raise AvatarError(f"{name} has no PNG files: {HELP}")
    if count > MOST_FILES:
        raise AvatarError(f"{name} has {count} PNG files, more than {MOST_FILES}: give the folder of one figure")


def _read(path: Path) -> Picture:
    if path.stat().st_size > LARGEST_FILE:
        raise AvatarError(f"{path} is larger than {LARGEST_FILE >> 20} MB")
    return decode_png(path.read_bytes(), path.name)


def _unzipped(archive: zipfile.ZipFile, found: list[zipfile.ZipInfo]) -> Iterator[tuple[str, Picture]]:
    for entry in found:
        with archive.open(entry) as file:
            content = file.read(LARGEST_FILE + 1)
        if len(content) > LARGEST_FILE:
            raise AvatarError(f"{entry.filename} is larger than {LARGEST_FILE >> 20} MB")
        yield entry.filename.rsplit(".", 1)[0], decode_png(content, entry.filename)
