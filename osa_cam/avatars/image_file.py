"""What a PNG, JPEG or WebP file says of itself, read before anything decodes it.

Sources: ITU-T T.81, annex B; Google, WebP Container Specification and RFC 6386, section 9.1; for PNG see png.py.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from osa_cam.avatars import png

GIVE = "give a PNG, JPEG or WebP"
FRAME_HEADERS = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
STANDALONE = frozenset({0x01, *range(0xD0, 0xD9)})  # JPEG markers that carry nothing
END_OF_SCAN = re.compile(rb"\xff+[^\x00\xff\xd0-\xd7]")  # in a scan, 0xFF 0x00 is a byte and 0xD0 to 0xD7 mark restarts
OTHERS = {
    b"GIF8": "is a GIF, which has 256 colours and may move: save one picture of it as PNG",
    b"II*\0": f"is a TIFF: {GIVE}",
    b"MM\0*": f"is a TIFF: {GIVE}",
    b"8BPS": "is a Photoshop file: export it as PNG",
    b"gimp": "is a GIMP file: export it as PNG",
    b"<svg": "is an SVG: export it as PNG, 1024 pixels a side",
}


class FileSize(NamedTuple):
    """In pixels, as stored: a photograph may be turned after decoding."""

    width: int
    height: int


def inspect(content: bytes) -> FileSize:
    """Raises ValueError for what is no still picture in RGB or grey, or is cut off."""
    if content.startswith(png.SIGNATURE):
        header = png.read_header(content)
        if header.animated:
            raise ValueError("is animated: save one picture of it")
        return FileSize(header.width, header.height)
    if content.startswith(b"\xff\xd8\xff"):
        return _inspect_jpeg(content)
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return _inspect_webp(content)
    if content[4:12] in (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftypavif"):
        raise ValueError("is a HEIC or AVIF picture: export it as JPEG or PNG")
    raise ValueError(OTHERS.get(content[:4], f"is not a picture that can be read: {GIVE}"))


def _inspect_jpeg(content: bytes) -> FileSize:
    size = None
    place = 2
    while True:
        place = content.find(b"\xff", place)
        while content[place : place + 1] == b"\xff":  # any number of them may precede a marker
            place += 1
        marker, place = content[place : place + 1], place + 1
        if place <= 0 or not marker:
            raise ValueError("is cut off: its end is missing")
        if marker == b"\xd9":
            break
        if marker[0] in STANDALONE:
            continue
        length = int.from_bytes(content[place : place + 2], "big")
        body = content[place + 2 : place + length]
        place += length
        if marker[0] in FRAME_HEADERS and size is None:
            size = _frame_size(body)
        if marker == b"\xda":
            ends = END_OF_SCAN.search(content, place)
            if ends is None:
                raise ValueError("is cut off: its end is missing")
            place = ends.start()
    if size is None:
        raise ValueError("is damaged: it has no size")
    return size


def _frame_size(body: bytes) -> FileSize:
    if len(body) < 6:
        raise ValueError("is damaged: its header is cut off")
    precision, components = body[0], body[5]
    if components == 4:
        raise ValueError("is in CMYK, the colours of print, which look different on every screen: export it as RGB")
    if precision != 8 or components not in (1, 3):
        raise ValueError(f"has {components} channels of {precision} bits: export it as an ordinary JPEG")
    return FileSize(int.from_bytes(body[3:5], "big"), int.from_bytes(body[1:3], "big"))


def _inspect_webp(content: bytes) -> FileSize:
    if int.from_bytes(content[4:8], "little") + 8 > len(content) or len(content) < 30:
        raise ValueError("is cut off")
    kind, head = content[12:16], content[20:30]
    if kind == b"VP8X":
        if head[0] & 2:
            raise ValueError("is animated: save one picture of it")
        return FileSize(1 + int.from_bytes(head[4:7], "little"), 1 + int.from_bytes(head[7:10], "little"))
    if kind == b"VP8L" and head[0] == 0x2F:
        sides = int.from_bytes(head[1:5], "little")
        return FileSize(1 + (sides & 0x3FFF), 1 + (sides >> 14 & 0x3FFF))
    if kind == b"VP8 " and head[3:6] == b"\x9d\x01\x2a":
        return FileSize(int.from_bytes(head[6:8], "little") & 0x3FFF, int.from_bytes(head[8:10], "little") & 0x3FFF)
    raise ValueError("is damaged: its header is wrong")
