import struct
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from osa_cam.avatars.picture import Face, Picture, crop, fit, png_bytes, premultiply, read_rgba, scale, straighten
from osa_cam.errors import AvatarError
from tests.avatars.samples import chunk, png

# Upright pictures: a face that looks up is noticed in each of the eight positions. Red above left, green above right, blue below.
UPRIGHT = np.zeros((200, 160, 3), np.uint8)
UPRIGHT[:100, :80], UPRIGHT[:100, 80:], UPRIGHT[100:] = (255, 0, 0), (0, 255, 0), (0, 0, 255)
# As stored, for each value of the EXIF tag Orientation.
STORED: dict[int, Callable[[Picture], Picture]] = {
    1: lambda picture: picture,
    2: lambda picture: picture[:, ::-1],
    3: lambda picture: picture[::-1, ::-1],
    4: lambda picture: picture[::-1],
    5: lambda picture: picture.transpose(1, 0, 2),
    6: lambda picture: picture.transpose(1, 0, 2)[::-1],
    7: lambda picture: picture.transpose(1, 0, 2)[::-1, ::-1],
    8: lambda picture: picture.transpose(1, 0, 2)[:, ::-1],
}


def exif(orientation: int, order: str = "<") -> bytes:
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(f"{order}L", 8)
    return head + struct.pack(f"{order}HHHLHHL", 1, 274, 3, 1, orientation, 0, 0)


def encoded(picture: Picture, suffix: str) -> bytes:
    """RGB or RGBA -> a file's content."""
    order = cv2.COLOR_RGBA2BGRA if picture.shape[2] == 4 else cv2.COLOR_RGB2BGR
    return cv2.imencode(suffix, cv2.cvtColor(np.ascontiguousarray(picture), order))[1].tobytes()


def with_exif(content: bytes, note: bytes) -> bytes:
    if content.startswith(b"\xff\xd8"):
        note = b"Exif\0\0" + note
        return content[:2] + b"\xff\xe1" + struct.pack(">H", len(note) + 2) + note + content[2:]
    return content[:33] + chunk(b"eXIf", note) + content[33:]


@pytest.mark.parametrize("orientation", STORED)
@pytest.mark.parametrize(("suffix", "alpha"), [(".jpg", False), (".png", False), (".png", True)])
@pytest.mark.parametrize("order", ["<", ">"])
def test_photographs_are_turned_upright(tmp_path: Path, orientation: int, suffix: str, alpha: bool, order: str) -> None:
    upright = np.dstack((UPRIGHT, np.full((200, 160), 200, np.uint8))) if alpha else UPRIGHT
    path = tmp_path / f"photo{suffix}"
    path.write_bytes(with_exif(encoded(STORED[orientation](upright), suffix), exif(orientation, order)))
    read = read_rgba(path)
    assert read.shape == (200, 160, 4)
    for y, x in ((50, 40), (50, 120), (150, 80)):
        assert np.abs(read[y, x, :3].astype(int) - UPRIGHT[y, x]).max() < 16
        assert read[y, x, 3] == (200 if alpha else 255)


def test_a_broken_exif_does_no_harm(tmp_path: Path) -> None:
    picture = np.dstack((UPRIGHT, np.full((200, 160), 200, np.uint8)))
    for note in (b"", b"II*\0", exif(99), exif(6)[:12], exif(6)[:8] + b"\xff\xff" + exif(6)[10:]):
        path = tmp_path / "photo.png"
        path.write_bytes(with_exif(encoded(picture, ".png"), note))
        assert read_rgba(path).shape[2] == 4


def jpeg_header(width: int, height: int, components: int = 3, precision: int = 8) -> bytes:
    """A JPEG that ends right after its size."""
    body = struct.pack(">BHHB", precision, height, width, components) + bytes([1, 0x11, 0]) * components
    return b"\xff\xd8\xff\xc0" + struct.pack(">H", 2 + len(body)) + body + b"\xff\xd9"


def webp(width: int, height: int, flags: int) -> bytes:
    head = bytes([flags, 0, 0, 0]) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    body = b"WEBPVP8X" + struct.pack("<L", 10) + head
    return b"RIFF" + struct.pack("<L", len(body)) + body


PHOTO = encoded(np.random.default_rng(0).integers(0, 255, (300, 300, 3), np.uint8), ".jpg")
CUT_OUT = encoded(np.random.default_rng(0).integers(0, 255, (300, 300, 4), np.uint8), ".webp")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "not a picture"),
        (b"no picture", "not a picture"),
        (b"\x89PNG\r\n\x1a\n", "cut off"),
        (png(20, 20), "20x20: a portrait needs at least 128"),
        (png(8192, 6144, pixels=b""), r"50 megapixels \(8192x6144\), more than 40"),
        (png(200, 200, extra=[(b"acTL", bytes(8))]), "is animated"),
        (png(200, 200, pixels=b"1234"), "damaged"),
        (png(200, 200)[:-30], "cut off"),
        (jpeg_header(8192, 6144), "50 megapixels"),
        (jpeg_header(200, 200, components=4), "CMYK"),
        (jpeg_header(200, 200, precision=12), "12 bits"),
        (jpeg_header(200, 200)[:8], "cut off"),
        (jpeg_header(200, 200), "damaged"),
        (b"\xff\xd8\xff\xd9", "damaged: it has no size"),
        (PHOTO[: len(PHOTO) // 2], "cut off"),
        (PHOTO[:-2], "cut off"),
        (CUT_OUT[: len(CUT_OUT) // 2], "cut off"),
        (CUT_OUT[:12] + b"ABCD" + CUT_OUT[16:], "damaged"),
        (webp(8192, 6144, 0), "50 megapixels"),
        (webp(200, 200, 2), "is animated"),
        (webp(200, 200, 0), "damaged"),
        (b"GIF89a" + bytes(50), "is a GIF"),
        (b"\0\0\0\x18ftypheic" + bytes(50), "HEIC"),
        (b"8BPS" + bytes(50), "Photoshop"),
        (b"II*\0" + bytes(50), "TIFF"),
    ],
)
def test_pictures_that_are_refused(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "face.png"
    path.write_bytes(content)
    with pytest.raises(AvatarError, match=says) as refused:
        read_rgba(path)
    assert "face.png" in str(refused.value)


def test_a_real_cmyk_photo_is_refused(tmp_path: Path) -> None:
    image = pytest.importorskip("PIL.Image", reason="Pillow is not installed")
    image.new("CMYK", (300, 300), (0, 80, 80, 0)).save(tmp_path / "print.jpg")
    with pytest.raises(AvatarError, match="CMYK"):
        read_rgba(tmp_path / "print.jpg")


def test_a_file_that_is_too_large_is_not_read_whole(tmp_path: Path) -> None:
    with (tmp_path / "face.png").open("wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(AvatarError, match="larger than 64 MB"):
        read_rgba(tmp_path / "face.png")
    with pytest.raises(AvatarError, match="can't be read"):
        read_rgba(tmp_path)


@pytest.mark.parametrize("quality", [cv2.IMWRITE_JPEG_PROGRESSIVE, cv2.IMWRITE_JPEG_RST_INTERVAL])
def test_progressive_photos_and_ones_with_restarts_and_a_tail(tmp_path: Path, quality: int, rng: np.random.Generator) -> None:
    photo = rng.integers(0, 255, (150, 150, 3), np.uint8)
    content = cv2.imencode(".jpg", photo, (quality, 1))[1].tobytes() + b"a phone's moving picture"
    (tmp_path / "face.jpg").write_bytes(content)
    assert read_rgba(tmp_path / "face.jpg").shape == (150, 150, 4)


def test_sixteen_bits(tmp_path: Path) -> None:
    picture = np.full((150, 150, 4), 40_000, np.uint16)
    (tmp_path / "deep.png").write_bytes(cv2.imencode(".png", picture)[1].tobytes())
    assert tuple(read_rgba(tmp_path / "deep.png")[5, 5]) == (40_000 >> 8,) * 4


def test_head_and_shoulders(rng: np.random.Generator) -> None:
    picture = rng.integers(0, 255, (1000, 800, 4), np.uint8)
    assert crop(picture).shape == (800, 800, 4)
    assert np.array_equal(crop(picture)[0], picture[50])
    head = crop(picture, Face(400, 300, 200))
    assert head.shape == (440, 440, 4)
    assert np.array_equal(head, picture[300 - 207 : 300 - 207 + 440, 180:620])
    assert np.array_equal(crop(picture, Face(10, 20, 200)), picture[:440, :440]), "moved inside"
    assert crop(picture, Face(400, 500, 700)).shape == (800, 800, 4), "no larger than the picture"


@pytest.mark.parametrize("face", [Face(-1, 5, 100), Face(5, 1000, 100), Face(5, 5, 0), Face(5, 5, 5000), Face(float("nan"), 5, 100)])
def test_faces_that_are_none(face: Face) -> None:
    with pytest.raises(AvatarError, match="isn't inside of 800x1000"):
        crop(np.zeros((1000, 800, 4), np.uint8), face)


def test_a_face_that_is_too_small() -> None:
    with pytest.raises(AvatarError, match="44 pixels wide"):
        crop(np.zeros((1000, 800, 4), np.uint8), Face(400, 400, 20))


def test_transparency_is_kept_and_the_outline_stays_clean(tmp_path: Path) -> None:
    picture = np.zeros((1024, 1024, 4), np.uint8)
    picture[..., :3] = (0, 255, 0)  # green where nobody sees it
    cv2.circle(picture, (512, 512), 300, (200, 200, 200, 255), -1)
    path = tmp_path / "cut.png"
    path.write_bytes(png_bytes(picture))
    fitted = fit(read_rgba(path))
    edge = (fitted[..., 3] > 0) & (fitted[..., 3] < 255)
    assert edge.any()
    assert np.abs(fitted[edge][:, :3].astype(int) - 200).max() <= 8


def test_premultiplied_and_back(rng: np.random.Generator) -> None:
    picture = rng.integers(0, 255, (8, 8, 4), np.uint8)
    picture[..., 3] = 128 + picture[..., 3] // 2
    assert np.abs(straighten(premultiply(picture)).astype(int) - picture).max() <= 1


def test_scaled_up(rng: np.random.Generator) -> None:
    assert scale(rng.integers(0, 255, (200, 200, 4), np.uint8), 512).shape == (512, 512, 4)
