"""What a PNG says of itself, read before anything decodes it.

Source: W3C, Portable Network Graphics (PNG) Specification (Third Edition), sections 5 and 11.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

SIGNATURE = b"\x89PNG\r\n\x1a\n"
RGBA = 6  # colour type
# Nothing that holds text: cameras write there when and where a picture was taken.
HARMLESS = frozenset({b"IHDR", b"IDAT", b"IEND", b"sRGB", b"gAMA", b"cHRM", b"pHYs", b"sBIT", b"bKGD"})


@dataclass(frozen=True)
class PngHeader:
    width: int
    height: int
    bit_depth: int
    colour_type: int
    interlaced: bool
    animated: bool
    kinds: tuple[bytes, ...]  # the chunks there are, in their order


def read_header(content: bytes) -> PngHeader:
    """Goes through the whole file, checksums too. Raises ValueError."""
    kinds: list[bytes] = []
    head = b""
    for kind, body in chunks(content):
        if not kinds and (kind != b"IHDR" or len(body) != 13):
            raise ValueError("is damaged: its header is missing")
        head = head or body
        kinds.append(kind)
    width, height, bit_depth, colour_type, _, _, interlace = struct.unpack(">IIBBBBB", head)
    return PngHeader(width, height, bit_depth, colour_type, interlace != 0, b"acTL" in kinds, tuple(kinds))


def chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Kind and body of each, the last one IEND. Raises ValueError."""
    if not content.startswith(SIGNATURE):
        raise ValueError("is no PNG")
    place, kind = len(SIGNATURE), b""
    while kind != b"IEND":
        if place + 12 > len(content):
            raise ValueError("is cut off")
        size = int.from_bytes(content[place : place + 4], "big")
        kind, body = content[place + 4 : place + 8], content[place + 8 : place + 8 + size]
        if place + 12 + size > len(content):
            raise ValueError("is cut off")
        if zlib.crc32(kind + body) != int.from_bytes(content[place + 8 + size : place + 12 + size], "big"):
            raise ValueError("is damaged: a checksum is wrong")
        place += 12 + size
        yield kind, body


def check_rgba(content: bytes, smallest: int, largest: int) -> None:
    """A square picture as packs hold it: straight RGBA, 8 bits, `smallest` to `largest` pixels a side, pixels alone.

    Once this returned, a decoder finds just what it expects. Raises ValueError.
    """
    header = read_header(content)
    if header.width != header.height or not smallest <= header.width <= largest:
        raise ValueError(f"is {header.width}x{header.height}: it must be square, {smallest} to {largest} pixels a side")
    if header.colour_type != RGBA or header.bit_depth != 8 or header.interlaced:
        raise ValueError("must be RGBA with 8 bits a channel, not interlaced")
    foreign = sorted(kind.decode("latin-1") for kind in set(header.kinds) - HARMLESS)
    if foreign:
        raise ValueError(f"holds more than pixels ({', '.join(foreign)}): save it without animation, text and metadata")
    if header.kinds.count(b"IHDR") > 1 or [kind for kind, _ in groupby(header.kinds)].count(b"IDAT") != 1:
        raise ValueError("is damaged: its parts are out of order")
    row = 1 + 4 * header.width  # a filter's number, then the pixels
    inflate = zlib.decompressobj()
    try:
        pixels = inflate.decompress(b"".join(body for kind, body in chunks(content) if kind == b"IDAT"), row * header.height + 1)
    except zlib.error as error:
        raise ValueError("is damaged: its pixels can't be unpacked") from error
    if len(pixels) != row * header.height or not inflate.eof or any(filtering > 4 for filtering in pixels[::row]):
        raise ValueError("is damaged: its pixels are not as many as its size says")
    if inflate.unused_data or content[-8:-4] != b"IEND":
        raise ValueError("has something hidden behind its pixels")
