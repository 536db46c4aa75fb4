import zlib

import cv2
import numpy as np
import pytest

from osa_cam.avatars.png import SIGNATURE, check_rgba, chunks, read_header
from tests.avatars.samples import chunk, png


def test_what_opencv_writes_is_accepted(rng: np.random.Generator) -> None:
    content = cv2.imencode(".png", rng.integers(0, 255, (96, 96, 4), np.uint8))[1].tobytes()
    check_rgba(content, 64, 128)
    header = read_header(content)
    assert (header.width, header.height, header.bit_depth, header.animated) == (96, 96, 8, False)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (png(96, 64), "is 96x64"),
        (png(32, 32), "is 32x32"),
        (png(256, 256), "is 256x256"),
        (png(65535, 65535, pixels=b""), "is 65535x65535"),
        (png(96, 96, colour_type=2), "must be RGBA"),
        (png(96, 96, colour_type=0), "must be RGBA"),
        (png(96, 96, depth=16), "must be RGBA with 8 bits"),
        (png(96, 96, extra=[(b"tEXt", b"Comment\0at home")]), "more than pixels .tEXt"),
        (png(96, 96, extra=[(b"eXIf", b"II*\0")]), "more than pixels .eXIf"),
        (png(96, 96, extra=[(b"acTL", bytes(8))]), "more than pixels .acTL"),
        (png(96, 96, pixels=bytes(10)), "not as many"),
        (png(96, 96, pixels=bytes(97 * 4 * 96 + 5)), "not as many"),
        (png(96, 96, pixels=bytes(50_000_000)), "not as many"),
        (png(96, 96, pixels=(b"\x09" + bytes(4 * 96)) * 96), "not as many"),
        (png(96, 96)[:-20], "cut off"),
        (png(96, 96)[:40], "cut off"),
        (png(96, 96) + b"PK\x03\x04", "hidden behind"),
        (png(96, 96).replace(b"IDAT", b"IDAX"), "checksum"),
        (b"GIF89a", "no PNG"),
        (b"\x89PNG\r\n\x1a\n" + chunk(b"IEND", b""), "header is missing"),
        (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", bytes(12)) + chunk(b"IEND", b""), "header is missing"),
    ],
)
def test_what_is_refused(content: bytes, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        check_rgba(content, 64, 128)


def test_a_second_stream_of_pixels_is_refused() -> None:
    whole = png(96, 96)
    twice = whole[:-12] + chunk(b"IDAT", zlib.compress(b"more")) + whole[-12:]
    with pytest.raises(ValueError, match="hidden"):
        check_rgba(twice, 64, 128)


def test_parts_out_of_order_are_refused() -> None:
    kinds = {kind: chunk(kind, body) for kind, body in chunks(png(96, 96))}
    head, pixels, end = kinds[b"IHDR"], kinds[b"IDAT"], kinds[b"IEND"]
    for parts in (
        [head, head, pixels, end],
        [head, pixels, head, end],
        [head, chunk(b"IDAT", b""), chunk(b"sRGB", b"\0"), pixels, end],
        [head, end],
    ):
        with pytest.raises(ValueError, match="out of order"):
            check_rgba(SIGNATURE + b"".join(parts), 64, 128)
