"""`.veado` files of veadotube mini.

Source: veado.tube/docs/tech/file and the pages below it (chunks, mini avatars, images), and olmewe.com/notepad/vdd (how VDD packs its
differences). Where version 2 writes more than those pages describe (three numbers and four bytes of flags in a state), what it writes is
accepted. Of an animated picture the first frame is shown; effects and shortcuts are left out: the puppet moves by itself.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from osa_cam.config import EXPRESSIONS
from osa_cam.errors import AvatarError
from osa_cam_sprite.folder import read_zip
from osa_cam_sprite.pictures import Picture, check_size, premultiplied
from osa_cam_sprite.sprite_set import Face, SpriteSet, fit

MAGIC = b"VEADOTUBE"
LARGEST_FILE = 256 << 20  # bytes
MOST_PIXELS = 100_000_000  # of all pictures together
CONSTANT = 0xFFFFFF00  # a channel's length from here on is no length: its lowest byte fills the channel
INSTEAD = "export its pictures in veadotube mini and give the folder"

Chunk = tuple[bytes, memoryview]  # type, content


def read_veado(path: Path) -> SpriteSet:
    """Raises AvatarError."""
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise AvatarError(f"{path} can't be read: {error.strerror}") from error
    if len(content) > LARGEST_FILE:
        raise AvatarError(f"{path.name} is larger than {LARGEST_FILE >> 20} MB: {INSTEAD}")
    if content[:4] == b"PK\x03\x04":
        return read_zip(path)  # mini 1.4 wrote zip files
    if not content.startswith(MAGIC):
        raise AvatarError(f"{path.name} is no avatar of veadotube mini 2: {INSTEAD}")
    try:
        return fit(_faces(_chunks(content), path.name), path.name)
    except (struct.error, IndexError, UnicodeDecodeError) as error:
        raise AvatarError(f"{path.name} is damaged or cut off: {INSTEAD}") from error


def _chunks(content: bytes) -> dict[int, Chunk]:
    """id -> chunk."""
    found: dict[int, Chunk] = {}
    whole = memoryview(content)
    at = len(MAGIC)
    while at + 12 <= len(whole):
        number, kind, length = struct.unpack_from("<I4sI", whole, at)
        if not (number and length):
            break
        at += 12
        found[number] = (kind, whole[at : at + length])
        at += length
    return found


def _faces(chunks: Mapping[int, Chunk], name: str) -> dict[str, Face]:
    lists = [content for kind, content in chunks.values() if kind == b"MLST"]
    if not lists:
        raise AvatarError(f"{name} is no avatar of veadotube mini (a scene, or one of the full version): {INSTEAD}")
    states = [_state(chunks, number) for (number,) in struct.iter_unpack("<I", lists[0][: len(lists[0]) // 4 * 4])]
    images = _Images(chunks, name)
    faces: dict[str, Face] = {}
    for title, numbers in states:
        closed, opened, closed_blink, opened_blink = numbers
        if not (closed or opened):
            continue
        expression = next((known for known in EXPRESSIONS if known in title.lower()), "neutral" if "neutral" not in faces else None)
        if expression is None or expression in faces:
            continue
        mouths = [images[closed or opened], images[opened or closed]]
        blinking = [images[closed_blink or closed or opened], images[opened_blink or opened or closed]]
        faces[expression] = Face(mouths, blinking if closed_blink or opened_blink else [])
    if not faces:
        raise AvatarError(f"{name} has no state with pictures: {INSTEAD}")
    # Without a name that says so, the first state is the usual one.
    return faces if "neutral" in faces else {"neutral": next(iter(faces.values())), **faces}


def _state(chunks: Mapping[int, Chunk], number: int) -> tuple[str, tuple[int, ...]]:
    """Its name, and the ids of its pictures: mouth closed, open, both again with the eyes shut; 0 for none."""
    kind, content = chunks.get(number, (b"", memoryview(b"")))
    if kind != b"MSTA":
        raise IndexError(number)
    length, at = _varint(content, 0)
    title = bytes(content[at : at + length]).decode()
    at += length
    images = {0, *(other for other, (kind, _) in chunks.items() if kind == b"AIMG")}
    for flags in (1, 4):  # bytes; documented, written
        if at + flags + 32 <= len(content):
            numbers = struct.unpack_from("<8I", content, at + flags)
            if set(numbers) <= images:
                return title, numbers[4:]
    raise IndexError(number)


class _Images:
    """Each is unpacked once."""

    def __init__(self, chunks: Mapping[int, Chunk], name: str) -> None:
        self._chunks = chunks
        self._name = name
        self._known: dict[int, Picture] = {}
        self._pixels = 0

    def __getitem__(self, number: int) -> Picture:
        if number not in self._known:
            self._known[number] = self._read(number)
        return self._known[number]

    def _read(self, number: int) -> Picture:
        _, content = self._chunks[number]
        width, height = struct.unpack_from("<II", content)
        check_size(width, height, self._name)
        frames, at = _varint(content, 8)
        if frames > 1:
            _, at = _varint(content, at)
        texture, left, below = struct.unpack_from("<III", content, at)
        straight = self._texture(texture)
        high, wide = straight.shape[:2]
        if left + wide > width or below + high > height:
            raise IndexError(number)
        whole = np.zeros((height, width, 4), np.uint8)
        # Everything in the file runs from the bottom up, offsets too.
        whole[height - below - high : height - below, left : left + wide] = straight
        return premultiplied(whole)

    def _texture(self, number: int) -> NDArray[np.uint8]:
        """Straight RGBA, its first row on top."""
        kind, content = self._chunks.get(number, (b"", memoryview(b"")))
        if kind != b"ABMP":
            raise IndexError(number)
        width, height, form = struct.unpack_from("<II4s", content)
        check_size(width, height, self._name)
        self._pixels += width * height
        if self._pixels > MOST_PIXELS:
            raise AvatarError(f"{self._name} holds more than {MOST_PIXELS // 1_000_000} megapixels: {INSTEAD}")
        if form == b"RAW.":
            if len(content) < 12 + 4 * width * height:
                raise IndexError(number)
            rows = np.frombuffer(content, np.uint8, 4 * width * height, 12)
        elif form == b"VDD.":
            rows = unpack_vdd(content[12:], width * height)
        else:
            raise AvatarError(f"{self._name} packs its pictures as {form.decode('latin-1')}, which is not known here: {INSTEAD}")
        return rows.reshape(height, width, 4)[::-1]


def unpack_vdd(content: memoryview, pixels: int) -> NDArray[np.uint8]:
    """VeadoDelta -> straight RGBA [pixels, 4]. Channels in the order A, R, G, B; colours only where alpha is not 0.

    Raises IndexError when it is cut off.
    """
    lengths = struct.unpack_from("<4I", content)
    at = 16
    channels: list[memoryview | int] = []
    for length in lengths:
        if length >= CONSTANT:
            channels.append(length & 0xFF)
            continue
        channels.append(content[at : at + 4 * length])
        at += 4 * length
        if at > len(content):
            raise IndexError(at)
    rgba = np.zeros((pixels, 4), np.uint8)
    rgba[:, 3] = _channel(channels[0], pixels, 255)
    seen = rgba[:, 3] > 0
    for place, channel in enumerate(channels[1:]):
        rgba[seen, place] = _channel(channel, int(seen.sum()), 0)
    return rgba


def _channel(channel: memoryview | int, count: int, first: int) -> NDArray[np.uint8]:
    """first: what the first value differs from."""
    if isinstance(channel, int):
        return np.full(count, channel, np.uint8)
    steps = np.zeros(count, np.int64)
    place = 0
    for repeat, step in _differences(bytes(channel)):
        if place + repeat > count:
            break
        steps[place] = step  # repeated ones are 0
        place += repeat
        if place == count:
            break
    if place < count:
        raise IndexError(place)
    return ((first + np.cumsum(steps)) & 0xFF).astype(np.uint8)


# How many zeros precede a code's first one -> for the bit behind it: (bits of the rest, least size).
CODES = (((0, 0), (1, 1)), ((1, 3), (2, 5)), ((3, 9), (4, 17)), ((5, 33), (6, 65)))


def _differences(packed: bytes) -> Iterator[tuple[int, int]]:
    """The prefix codes of one channel, lowest bit first -> (how often, difference)."""
    window = known = at = 0
    while True:
        if known < 32 and at < len(packed):  # the longest code has 12 bits
            more = packed[at : at + 8]
            window |= int.from_bytes(more, "little") << known
            known += 8 * len(more)
            at += 8
        if known <= 0:
            return
        zeros = 0
        while zeros < 4 and not window >> zeros & 1:
            zeros += 1
        if zeros == 4:
            yield (window >> 4 & 0xFF) + 7, 0
            used = 12
        else:
            bits, least = CODES[zeros][window >> (zeros + 1) & 1]
            used = zeros + 2
            if least:
                amount = (window >> used & ((1 << bits) - 1)) + least
                used += bits
                yield 1, amount if window >> used & 1 else -amount
                used += 1
            else:
                yield 1, 0
        window >>= used
        known -= used


def _varint(content: memoryview, at: int) -> tuple[int, int]:
    """(value, where the next one begins): 7 bits a byte, lowest first."""
    value = 0
    for shift in range(0, 35, 7):
        byte = content[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
    raise IndexError(at)
