import zipfile
from pathlib import Path

import cv2
import numpy as np
import pytest
from osa_cam_sprite import read
from osa_cam_sprite.folder import meaning
from osa_cam_sprite.sprite_set import SpriteSet

from osa_cam.errors import AvatarError

SILENT, TALKING, BLINK, HAPPY, TALKING_BLINK = (255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 0), (0, 255, 255)


def draw(path: Path, colour: tuple[int, int, int], width: int = 60, height: int = 90) -> None:
    """A column that stands on the lower edge."""
    picture = np.zeros((height, width, 4), np.uint8)
    picture[height // 3 :, width // 4 : -width // 4] = (*colour[::-1], 255)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(cv2.imencode(".png", picture)[1].tobytes())


def colours(sprites: SpriteSet, expression: str = "neutral") -> tuple[list[tuple[int, ...]], list[tuple[int, ...]]]:
    face = sprites.face(expression)
    middle = np.s_[400, 256, :3]
    return [tuple(p[middle].tolist()) for p in face.mouths], [tuple(p[middle].tolist()) for p in face.blinking]


NAMES = {
    "ours": ("closed", "open", "closed_blink", "open_blink"),
    "spaces": ("Mouth Closed", "Mouth Open", "Mouth Closed Eyes Closed", "Mouth Open Eyes Closed"),
    "eyes first": ("eyes-open-mouth-closed", "eyes-open-mouth-open", "eyes-closed-mouth-closed", "eyes-closed-mouth-open"),
    "idle and talking": ("me idle", "me talking", "me idle blinking", "me talking blinking"),
    "silent and speaking": ("silent", "speaking", "silent_blink", "speaking_blink"),
    "numbers": ("mouth0", "mouth1", "mouth0_blink", "mouth1_blink"),
}


@pytest.mark.parametrize("names", NAMES.values(), ids=NAMES)
def test_names_say_what_a_picture_shows(names: tuple[str, ...], tmp_path: Path) -> None:
    for name, colour in zip(names, (SILENT, TALKING, BLINK, TALKING_BLINK), strict=True):
        draw(tmp_path / f"{name}.png", colour)
    assert colours(read(str(tmp_path))) == ([SILENT, TALKING], [BLINK, TALKING_BLINK])


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("happy/open", ("happy", False, (2, 0))),
        ("angry_mouth_open_eyes_shut", ("angry", True, (2, 0))),
        ("surprised", ("surprised", False, (0, 0))),
        ("talk2", ("neutral", False, (2, 2))),
        ("mouth half", ("neutral", False, (1, 0))),
        ("logo", ("neutral", False, None)),
    ],
)
def test_single_names(path: str, expected: tuple[str, bool, tuple[int, int] | None]) -> None:
    assert meaning(path) == expected


def test_mouths_open_wider_and_wider(tmp_path: Path) -> None:
    for name, level in (("closed", 10), ("half", 20), ("talk1", 30), ("talk2", 40), ("talk10", 50)):
        draw(tmp_path / f"{name}.png", (level, 0, 0))
    assert colours(read(str(tmp_path)))[0] == [(level, 0, 0) for level in (10, 20, 30, 40, 50)]


def test_expressions_are_folders_or_words(tmp_path: Path) -> None:
    draw(tmp_path / "closed.png", SILENT)
    draw(tmp_path / "open.png", TALKING)
    draw(tmp_path / "happy" / "closed.png", HAPPY)
    draw(tmp_path / "sad_closed.png", BLINK)
    sprites = read(str(tmp_path))
    assert colours(sprites, "happy")[0] == [HAPPY]
    assert colours(sprites, "sad")[0] == [BLINK]
    assert colours(sprites, "angry")[0] == [SILENT, TALKING], "what is not there is neutral"


def test_one_blink_serves_all_mouths(tmp_path: Path) -> None:
    for name, colour in (("closed", SILENT), ("open", TALKING), ("blink", BLINK)):
        draw(tmp_path / f"{name}.png", colour)
    assert colours(read(str(tmp_path))) == ([SILENT, TALKING], [BLINK, BLINK])


def test_a_single_picture_is_a_set(tmp_path: Path) -> None:
    draw(tmp_path / "me.png", SILENT)
    assert colours(read(str(tmp_path))) == ([SILENT], [])


def test_a_zip_file_is_a_folder(tmp_path: Path) -> None:
    draw(tmp_path / "closed.png", SILENT)
    draw(tmp_path / "open.png", TALKING)
    with zipfile.ZipFile(tmp_path / "me.zip", "w") as archive:
        for name in ("closed", "open"):
            archive.write(tmp_path / f"{name}.png", f"../../me/{name}.png")
    assert colours(read(str(tmp_path / "me.zip"))) == ([SILENT, TALKING], [])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["closed.png", "me.zip", "open.png"], "nothing is unpacked"


def test_pictures_keep_their_place_to_each_other(tmp_path: Path) -> None:
    """Different sizes lie centred on each other; all are cut and scaled alike."""
    large, small = np.zeros((200, 100, 4), np.uint8), np.zeros((100, 50, 4), np.uint8)
    large[60:200, 30:70] = 255
    small[40:60, 20:30] = (0, 0, 255, 255)
    for name, picture in (("closed", large), ("open", small)):
        (tmp_path / f"{name}.png").write_bytes(cv2.imencode(".png", picture)[1].tobytes())
    closed, opened = read(str(tmp_path)).face("neutral").mouths
    assert closed[511, 256, 3] == 255, "its foot is on the lower edge"
    scale = np.count_nonzero(closed[..., 3].any(axis=1)) / 140
    rows = np.flatnonzero(opened[..., 3].any(axis=1))
    assert len(rows) == pytest.approx(20 * scale, abs=2)
    assert 511 - rows.mean() == pytest.approx(100 * scale, abs=2)


def test_soft_edges_stay_soft_and_premultiplied(tmp_path: Path) -> None:
    picture = np.full((64, 64, 4), 200, np.uint8)
    picture[..., 3] = np.linspace(0, 255, 64)[:, None]
    (tmp_path / "me.png").write_bytes(cv2.imencode(".png", picture)[1].tobytes())
    (mouth,) = read(str(tmp_path)).face("neutral").mouths
    assert (mouth[..., :3] <= mouth[..., 3:]).all()
    assert len(np.unique(mouth[..., 3])) > 40


BROKEN = {
    "empty": (b"", "is no PNG"),
    "jpeg": (cv2.imencode(".jpg", np.zeros((9, 9, 3), np.uint8))[1].tobytes(), "is no PNG"),
    "cut off": (cv2.imencode(".png", np.zeros((99, 99, 4), np.uint8))[1].tobytes()[:40], "is damaged"),
    "huge": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + (60_000).to_bytes(4, "big") * 2 + bytes(9), "60000x60000"),
    "transparent": (cv2.imencode(".png", np.zeros((9, 9, 4), np.uint8))[1].tobytes(), "are empty"),
}


@pytest.mark.parametrize(("content", "words"), BROKEN.values(), ids=BROKEN)
def test_a_broken_picture_is_named(content: bytes, words: str, tmp_path: Path) -> None:
    (tmp_path / "closed.png").write_bytes(content)
    with pytest.raises(AvatarError, match=words):
        read(str(tmp_path))


def test_what_can_not_be_a_set_says_what_can(tmp_path: Path) -> None:
    with pytest.raises(AvatarError, match=r"closed\.png, open\.png"):
        read(str(tmp_path))
    with pytest.raises(AvatarError, match=r"give sprite:demo"):
        read(str(tmp_path / "nothing"))
    (tmp_path / "me.psd").write_bytes(b"")
    with pytest.raises(AvatarError, match=r"me\.psd is of no known kind"):
        read(str(tmp_path / "me.psd"))
    (tmp_path / "me.zip").write_bytes(b"PK")
    with pytest.raises(AvatarError, match="can't be unpacked"):
        read(str(tmp_path / "me.zip"))
    for name in ("logo", "hat"):
        draw(tmp_path / "props" / f"{name}.png", SILENT)
    with pytest.raises(AvatarError, match="whose names say"):
        read(str(tmp_path / "props"))
