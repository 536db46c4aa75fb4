import io
import os
import stat
import struct
import sys
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from osa_cam.avatars import pack as pack_module
from osa_cam.avatars.pack import LARGEST, Pack, pack_bytes, read_manifest, read_pack, write_whole
from osa_cam.errors import AvatarError
from tests.avatars.samples import DELTA, a_pack, a_whole_pack, disc, png, three_files, weights, write_folder, zipped


@pytest.fixture
def put(tmp_path: Path) -> Callable[[bytes], Path]:
    """Writes x.osavatar and gives its path."""

    def write(content: bytes) -> Path:
        path = tmp_path / "x.osavatar"
        path.write_bytes(content)
        return path

    return write


Put = Callable[[bytes], Path]


@pytest.mark.parametrize("make", [a_pack, a_whole_pack])
def test_a_file_and_a_folder_are_the_same_pack(make: Callable[[], Pack], put: Put, tmp_path: Path) -> None:
    pack = make()
    for path in (put(pack_bytes(pack)), write_folder(tmp_path / "folder", pack)):
        again = read_pack(path)
        assert again.manifest == pack.manifest == read_manifest(path)
        assert again.files == pack.files
        assert np.array_equal(again.picture(), disc())
        assert again.thumbnail().shape == (192, 192, 4)


def test_the_same_pack_gives_the_same_bytes() -> None:
    assert pack_bytes(a_pack()) == pack_bytes(a_pack())


def test_what_another_program_zipped_is_read(put: Put) -> None:
    """Stamps of time, extra fields, another order, nothing compressed."""
    entries: list[tuple[str | zipfile.ZipInfo, bytes]] = []
    for name, content in reversed(three_files().items()):
        entry = zipfile.ZipInfo(name, (2026, 11, 21, 12, 0, 0))
        entry.extra = struct.pack("<HHBL", 0x5455, 5, 1, 1_700_000_000)
        entries.append((entry, content))
    assert read_pack(put(zipped(entries, zipfile.ZIP_STORED))).manifest.id == "mira"


NAMES = (
    "../avatar.toml",
    "/etc/passwd",
    "C:\\avatar.toml",
    "..\\avatar.toml",
    "mira/avatar.toml",
    "avatar.toml/",
    "Avatar.toml",
    "avatar.toml\0.png",
    "__MACOSX/._avatar.toml",
    "notes.txt",
    "weights.pkl",
    "run.py",
    "",
    "a" * 60_000,
)


@pytest.mark.parametrize("name", NAMES, ids=[name[:20] for name in NAMES])
def test_no_other_name_is_read(put: Put, name: str) -> None:
    entry = zipfile.ZipInfo("x")
    entry.filename = name
    with pytest.raises(AvatarError, match=r"doesn't belong in a pack|no \.osavatar file|directory|more files"):
        read_pack(put(zipped([*three_files().items(), (entry, b"boo")])))


def with_entry(change: Callable[[zipfile.ZipInfo], None], name: str = "thumbnail.png") -> bytes:
    """A pack with one of its entries changed before it is written."""
    files = three_files()
    entry = zipfile.ZipInfo(name)
    change(entry)
    return zipped([(entry if key == name else key, content) for key, content in files.items()])


def link(entry: zipfile.ZipInfo) -> None:
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16


def device(entry: zipfile.ZipInfo) -> None:
    entry.external_attr = (stat.S_IFCHR | 0o666) << 16


def bzip2(entry: zipfile.ZipInfo) -> None:
    entry.compress_type = zipfile.ZIP_BZIP2


def patched(content: bytes, mark: bytes, offset: int, value: bytes) -> bytes:
    """The bytes at an offset behind the last mark replaced."""
    place = content.rindex(mark) + offset
    return content[:place] + value + content[place + len(value) :]


CENTRAL, END = b"PK\x01\x02", b"PK\x05\x06"
WHOLE = pack_bytes(a_pack())


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (with_entry(link), "link"),
        (with_entry(device), "link or no file"),
        (with_entry(bzip2), "compressed in a way"),
        (patched(WHOLE, CENTRAL, 8, b"\x01\x00"), "encrypted"),
        (patched(WHOLE, CENTRAL, 24, struct.pack("<L", 2**31)), "thumbnail.png is larger"),
        (patched(WHOLE, CENTRAL, 16, b"\0\0\0\0"), "damaged"),
        (patched(WHOLE, CENTRAL, 42, struct.pack("<L", 2**31)), "damaged"),
        (patched(WHOLE, END, 10, b"\xff\xff"), "directory"),
        (patched(WHOLE, END, 12, struct.pack("<L", 2**31)), "directory"),
        (patched(WHOLE, END, 16, struct.pack("<L", 5)), "directory"),
        (patched(WHOLE, END, 20, b"\x05\x00"), "cut off"),
        (WHOLE + b"more", "cut off, or something follows"),
        (WHOLE[:-30], "cut off"),
        (WHOLE[:100], "cut off"),
        (b"#!/bin/sh\n" + WHOLE, r"no \.osavatar file"),
        (b"", r"no \.osavatar file"),
        (b"PK\x03\x04", r"no \.osavatar file"),
        (WHOLE[:-22] + struct.pack("<4sLQL", b"PK\x06\x07", 0, 0, 1) + WHOLE[-22:], "directory"),
        (zipped([]), r"no \.osavatar file"),
        (zipped([(f"{n}.png", b"") for n in range(5000)]), "directory"),
    ],
)
def test_zips_that_are_refused(put: Put, content: bytes, says: str) -> None:
    with pytest.raises(AvatarError, match=says) as refused:
        read_pack(put(content))
    assert str(refused.value).startswith(str(put(content))), "says which file"


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_that_is_there_twice(put: Put) -> None:
    with pytest.raises(AvatarError, match="twice"):
        read_pack(put(zipped([*three_files().items(), ("avatar.toml", b'name = "other"')])))


@pytest.mark.parametrize(("name", "size"), LARGEST.items())
def test_a_bomb_is_refused_before_it_goes_off(put: Put, name: str, size: int) -> None:
    """Zeros pack a thousand times smaller; one byte too many is declared, or is there though less is declared."""
    honest = zipped([(name, bytes(size + 1))])
    with pytest.raises(AvatarError, match=f"{name} is larger"):
        read_pack(put(honest))
    lying = patched(honest, CENTRAL, 24, struct.pack("<L", 100))
    with pytest.raises(AvatarError):
        read_pack(put(lying))


def test_overlapping_files_are_refused(put: Put) -> None:
    """Two entries that share the same bytes, as in a bomb that needs no recursion."""
    place = WHOLE.index(CENTRAL)
    second = WHOLE.index(CENTRAL, place + 1)
    with pytest.raises(AvatarError, match="damaged"):
        read_pack(put(WHOLE[: second + 42] + WHOLE[place + 42 : place + 46] + WHOLE[second + 46 :]))


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({}, "avatar.toml and reference.png and thumbnail.png missing"),
        ({"avatar.toml": b"x"}, "reference.png and thumbnail.png missing"),
        (three_files(manifest=b"name = 'M'"), r"avatar\.toml: id is missing: lower-case"),
        (three_files(reference=b"no picture"), "reference.png is no PNG"),
        (three_files(reference=png(256, 256)), "reference.png is 256x256: it must be square, 512 to 2048"),
        (three_files(reference=png(4096, 4096, pixels=b"")), "reference.png is 4096x4096"),
        (three_files(thumbnail=png(512, 512)), "thumbnail.png is 512x512"),
        (three_files(thumbnail=png(128, 128, colour_type=2)), "thumbnail.png must be RGBA"),
        ({**three_files(), "delta.safetensors": b""}, "delta.safetensors says"),
        ({**three_files(), "delta.safetensors": weights(DELTA)}, "needs.model is missing"),
        ({**three_files(), "delta.safetensors": weights({"a": ("F32", [1])})}, "delta.safetensors holds a: it should hold"),
        ({**three_files(), "signature.json": b"{}"}, "signature.json: public_key"),
    ],
)
def test_contents_that_are_refused(put: Put, tmp_path: Path, files: dict[str, bytes], says: str) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    with pytest.raises(AvatarError, match=says):
        read_pack(folder)
    if files:
        with pytest.raises(AvatarError, match=says):
            read_pack(put(zipped(files.items())))


def test_folders_with_more_than_a_pack(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "folder", a_pack())
    (folder / ".DS_Store").write_bytes(b"what desktops leave behind")
    read_pack(folder)
    (folder / "notes.txt").write_bytes(b"")
    with pytest.raises(AvatarError, match=r"'notes\.txt' doesn't belong"):
        read_pack(folder)


@pytest.mark.skipif(sys.platform == "win32", reason="links and pipes are made otherwise there")
def test_links_and_pipes_in_a_folder_are_not_followed(tmp_path: Path) -> None:
    for number, make in enumerate((lambda path: path.symlink_to("/dev/zero"), os.mkfifo, Path.mkdir)):
        folder = write_folder(tmp_path / str(number), a_pack())
        (folder / "thumbnail.png").unlink()
        make(folder / "thumbnail.png")
        with pytest.raises(AvatarError, match=r"thumbnail.png is a link or no file"):
            read_pack(folder)


def test_what_is_too_large_is_not_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "large.osavatar"
    with path.open("wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(AvatarError, match="larger than"):
        read_pack(path)
    folder = write_folder(tmp_path / "folder", a_pack())
    with (folder / "reference.png").open("wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(AvatarError, match=r"reference\.png is larger"):
        read_pack(folder)


def test_no_such_pack(tmp_path: Path) -> None:
    with pytest.raises(AvatarError, match="No such file"):
        read_pack(tmp_path / "none.osavatar")


def test_reading_writes_nothing(put: Put, tmp_path: Path) -> None:
    path = put(WHOLE)
    before = sorted(tmp_path.rglob("*"))
    read_pack(path)
    assert sorted(tmp_path.rglob("*")) == before


def test_writing_is_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "new" / "x.osavatar"
    write_whole(path, b"one")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pack_module.os, "fsync", full)
    with pytest.raises(AvatarError, match="No space left"):
        write_whole(path, b"two")
    assert path.read_bytes() == b"one"
    assert [found.name for found in path.parent.iterdir()] == ["x.osavatar"]


def test_a_signature_travels_with_the_pack(put: Put) -> None:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from osa_cam.avatars.signature import sign

    pack = a_whole_pack()
    signed = replace(pack, signature=sign(pack.files, Ed25519PrivateKey.generate()))
    again = read_pack(put(pack_bytes(signed)))
    assert again.signature == signed.signature
    assert "signature.json" not in again.files
    assert zipfile.ZipFile(io.BytesIO(pack_bytes(signed))).testzip() is None
    assert zlib.crc32(pack_bytes(signed)) == zlib.crc32(pack_bytes(again))
