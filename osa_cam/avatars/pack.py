"""A pack: the files of one avatar, as a folder or as one .osavatar file (a zip). Data only.

Nothing is ever unpacked onto the disk: files are read into memory, by names that are known beforehand, in sizes that are bounded.
"""

from __future__ import annotations

import io
import os
import stat
import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from osa_cam.avatars.manifest import AvatarManifest, parse_manifest
from osa_cam.avatars.picture import Picture, decode
from osa_cam.avatars.png import check_rgba
from osa_cam.avatars.signature import Signature, check_signature
from osa_cam.avatars.weights import read_delta
from osa_cam.errors import AvatarError
from osa_cam.media import PICTURE_SIZE

SUFFIX = ".osavatar"
MANIFEST, REFERENCE, THUMBNAIL, WEIGHTS, SIGNATURE = "avatar.toml", "reference.png", "thumbnail.png", "delta.safetensors", "signature.json"
NEEDED = (MANIFEST, REFERENCE, THUMBNAIL)
# A TOML parser's time grows with the square of what dotted keys it is given: half a second for 8 kB of the worst, 47 s for 64 kB.
LARGEST = {MANIFEST: 8 * 1024, REFERENCE: 18 << 20, THUMBNAIL: 512 * 1024, WEIGHTS: 32 << 20, SIGNATURE: 4096}  # bytes
LARGEST_PACK = sum(LARGEST.values())
REFERENCE_SIDES = (PICTURE_SIZE, 2048)  # pixels, least and most
THUMBNAIL_SIDES = (64, 256)

ZIP_BEGINS, ZIP_ENDS, ZIP64_ENDS = b"PK\x03\x04", b"PK\x05\x06", b"PK\x06\x07"
ZIP_TAIL = struct.Struct("<4s4H2LH")
LARGEST_DIRECTORY = 16 * 1024  # bytes; five files take less than one thousand
ENCRYPTED = 0x41  # bits of a zip entry's flags
# What Python's zipfile raises on files that are none, found by ten thousand mutated packs.
NO_ZIP = (zipfile.BadZipFile, zlib.error, struct.error, ValueError, RuntimeError, EOFError, OverflowError)


@dataclass(frozen=True, eq=False)
class Pack:
    """files: name -> content, without the signature, all of it checked."""

    manifest: AvatarManifest
    files: Mapping[str, bytes]
    signature: Signature | None

    def picture(self) -> Picture:
        """Straight RGBA, square."""
        return decode(self.files[REFERENCE], REFERENCE)

    def thumbnail(self) -> Picture:
        """Straight RGBA, square, smaller."""
        return decode(self.files[THUMBNAIL], THUMBNAIL)


def read_pack(path: Path) -> Pack:
    """path: a folder or an .osavatar file. Raises AvatarError, which names the file, the field and what to do."""
    try:
        files = _read_files(path, tuple(LARGEST))
        absent = [name for name in NEEDED if name not in files]
        if absent:
            raise AvatarError(f"{' and '.join(absent)} missing: a pack holds {', '.join(NEEDED)}")
        return check_pack(files)
    except AvatarError as error:
        raise AvatarError(f"{path}: {error}") from error


def check_pack(files: Mapping[str, bytes]) -> Pack:
    """files: name -> content, NEEDED among them. Raises AvatarError."""
    content = {name: _bounded(name, files[name]) for name in sorted(files) if name != SIGNATURE}
    manifest = parse_manifest(content[MANIFEST])
    for name, check in (
        (REFERENCE, lambda found: check_rgba(found, *REFERENCE_SIDES)),
        (THUMBNAIL, lambda found: check_rgba(found, *THUMBNAIL_SIDES)),
        (WEIGHTS, read_delta),
    ):
        try:
            if name in content:
                check(content[name])
        except ValueError as error:
            raise AvatarError(f"{name} {error}") from error
    if WEIGHTS in content and manifest.needs.model is None:
        raise AvatarError(f"avatar.toml: needs.model is missing: it names the model that {WEIGHTS} changes")
    return Pack(manifest, content, check_signature(files[SIGNATURE], content) if SIGNATURE in files else None)


def read_manifest(path: Path) -> AvatarManifest:
    """avatar.toml alone, for lists; the other files are not looked at. Raises AvatarError."""
    try:
        files = _read_files(path, (MANIFEST,))
        if MANIFEST not in files:
            raise AvatarError(f"{MANIFEST} missing: this is no pack")
        return parse_manifest(files[MANIFEST])
    except AvatarError as error:
        raise AvatarError(f"{path}: {error}") from error


def pack_bytes(pack: Pack) -> bytes:
    """The .osavatar file; the same pack gives the same bytes."""
    files = dict(pack.files)
    if pack.signature is not None:
        files[SIGNATURE] = pack.signature.model_dump_json().encode("ascii")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in (MANIFEST, *sorted(files.keys() - {MANIFEST})):
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.external_attr = (stat.S_IFREG | 0o644) << 16
            entry.create_system = 3  # Unix, whose permissions these are
            entry.compress_type = zipfile.ZIP_STORED if name.endswith(".png") else zipfile.ZIP_DEFLATED
            archive.writestr(entry, files[name])
    return out.getvalue()


def write_whole(path: Path, content: bytes, mode: int = 0o644) -> None:
    """All of it or nothing: a reader sees the old file or the new one. Raises AvatarError."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), mode), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise AvatarError(f"{path} can't be written: {error.strerror}") from error


def _read_files(path: Path, wanted: tuple[str, ...]) -> dict[str, bytes]:
    """Those of the wanted files that are there; whatever else is there that a pack doesn't hold is refused. Raises AvatarError."""
    try:
        if path.is_dir():
            return _read_folder(path, wanted)
        with path.open("rb") as file:
            content = file.read(LARGEST_PACK + 1)
    except OSError as error:
        raise AvatarError(f"it can't be read: {error.strerror}") from error
    if len(content) > LARGEST_PACK:
        raise AvatarError(f"it is larger than {LARGEST_PACK >> 20} MB: no pack is")
    try:
        return _read_zip(content, wanted)
    except NO_ZIP as error:
        raise AvatarError(f"it is damaged or no {SUFFIX} file: {error}") from error


def _read_folder(folder: Path, wanted: tuple[str, ...]) -> dict[str, bytes]:
    files = {}
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        if entry.name.startswith("."):
            continue  # what desktops and editors leave behind
        _check_name(entry.name)
        if not entry.is_file(follow_symlinks=False):
            raise AvatarError(f"{entry.name} is a link or no file: put the file itself there")
        if entry.name in wanted:
            with open(entry.path, "rb") as file:
                files[entry.name] = _bounded(entry.name, file.read(LARGEST[entry.name] + 1))
    return files


def _read_zip(content: bytes, wanted: tuple[str, ...]) -> dict[str, bytes]:
    _check_tail(content)
    files = {}
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entries = archive.infolist()
        for entry in entries:
            _check_name(entry.orig_filename)
            if stat.S_IFMT(entry.external_attr >> 16) not in (0, stat.S_IFREG):
                raise AvatarError(f"{entry.filename} is a link or no file: a pack holds files alone")
            if entry.flag_bits & ENCRYPTED:
                raise AvatarError(f"{entry.filename} is encrypted: a pack is open to its users")
            if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise AvatarError(f"{entry.filename} is compressed in a way that packs don't use: osa-cam avatars export FOLDER makes one")
            if entry.file_size > LARGEST[entry.filename]:
                raise _too_large(entry.filename)
        if len({entry.filename for entry in entries}) < len(entries):
            raise AvatarError("a file is in it twice")
        for entry in entries:
            if entry.filename in wanted:
                with archive.open(entry) as file:
                    files[entry.filename] = _bounded(entry.filename, file.read(LARGEST[entry.filename] + 1))
    return files


def _check_tail(content: bytes) -> None:
    """The zip fills the whole file and its directory is small, so that reading the directory costs next to nothing.

    Source: PKWARE, .ZIP File Format Specification, section 4.3.16.
    """
    if not content.startswith(ZIP_BEGINS) or len(content) < ZIP_TAIL.size:
        raise AvatarError(f"it is no {SUFFIX} file: give one, or the folder of a pack")
    mark, disk, first_disk, here, entries, size, offset, comment = ZIP_TAIL.unpack(content[-ZIP_TAIL.size :])
    if mark != ZIP_ENDS or comment:
        raise AvatarError("it is cut off, or something follows the zip: get it anew")
    zip64 = content[-ZIP_TAIL.size - 20 :].startswith(ZIP64_ENDS)
    if disk or first_disk or here != entries or zip64 or size > LARGEST_DIRECTORY or offset + size + ZIP_TAIL.size != len(content):
        raise AvatarError("its directory is damaged, or lists more files than a pack holds")


def _check_name(name: str) -> None:
    if name not in LARGEST:
        raise AvatarError(f"{name[:80]!r} doesn't belong in a pack, which holds {', '.join(LARGEST)} and no folders")


def _bounded(name: str, content: bytes) -> bytes:
    if len(content) > LARGEST[name]:
        raise _too_large(name)
    return content


def _too_large(name: str) -> AvatarError:
    return AvatarError(f"{name} is larger than {LARGEST[name] >> 10} kB, the most that a pack may hold")
