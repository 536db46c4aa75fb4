"""The invisible mark: hardly there, found after compression, scaling and cropping, and nowhere else."""

from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from typer.testing import CliRunner

from osa_cam.avatars.library import load_avatar
from osa_cam.cli import app
from osa_cam.config import Background, Canvas
from osa_cam.errors import InputError
from osa_cam.generation import detector, watermark
from osa_cam.generation.compose import Composer
from osa_cam.generation.detector import detect

FRAMES = 50
SIGNS = [
    [1, 1, -1, 1, 1, 1, 1, 1],
    [-1, -1, 1, -1, -1, 1, 1, -1],
    [-1, -1, 1, 1, -1, 1, -1, 1],
    [-1, -1, -1, -1, 1, -1, -1, 1],
    [1, -1, -1, 1, -1, -1, -1, -1],
    [1, 1, 1, 1, 1, -1, 1, -1],
    [-1, 1, -1, -1, 1, -1, 1, -1],
    [-1, -1, -1, -1, -1, 1, -1, -1],
]


def talk(path: Path, marked: bool, crop: int = 0, size: tuple[int, int] = (640, 360), background: str = "#22262e") -> Path:
    """A portrait that sways, as H.264 of a call."""
    portrait = load_avatar(None).picture
    composer = Composer(Canvas(1280, 720, Background.parse(background), watermark=marked))
    composer.compose(portrait)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt, stream.bit_rate = *size, "yuv420p", 500_000
        stream.options = {"preset": "veryfast", "tune": "zerolatency", "threads": "1", "maxrate": "500k", "bufsize": "500k"}
        for k in range(FRAMES):
            onto = np.array([[1.0, 0.0, 6 * np.sin(k / 4)], [0.0, 1.0, 3 * np.cos(k / 5)]])
            swayed = cv2.warpAffine(portrait, onto, (512, 512)).astype(np.uint8)
            whole = composer.compose(composer.mark(swayed))[crop : 720 - crop, crop : 1280 - crop, :3]
            small = cv2.resize(whole, size, interpolation=cv2.INTER_AREA)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(small, format="rgb24")))
        container.mux(stream.encode(None))
    return path


def test_it_is_found_where_it_is_and_nowhere_else(tmp_path: Path) -> None:
    found = detect(talk(tmp_path / "marked.mp4", True))
    assert found.marked, found
    assert (found.side, found.frames) == (1.0, FRAMES)
    assert abs(found.left - 140) <= 1 and abs(found.top) <= 1, "where the portrait stands"
    unmarked = detect(talk(tmp_path / "unmarked.mp4", False))
    assert not unmarked.marked, unmarked
    assert unmarked.score < detector.THRESHOLD - 0.5


def test_it_survives_cropping_and_scaling(tmp_path: Path) -> None:
    found = detect(talk(tmp_path / "cropped.mp4", True, crop=40, size=(576, 308)))
    assert found.marked, found
    assert found.side > 1.05, "what is left of the canvas is smaller than the portrait"


def test_it_is_hardly_there(rng: np.random.Generator) -> None:
    portrait = rng.integers(0, 256, (512, 512, 4), np.uint8)
    portrait[..., 3] = np.where(rng.random((512, 512)) < 0.5, 255, 0)
    marked = watermark.mark(portrait)
    change = marked.astype(int) - portrait
    assert np.abs(change).max() == 1
    assert not change[portrait[..., 3] == 0].any(), "what is transparent stays as it is"
    assert not change[..., 3].any()
    share = np.abs(change[portrait[..., 3] == 255][:, :3]).mean()
    assert 10 * np.log10(255**2 / share) > 42
    assert 0.5 < share < 0.7


def test_the_pattern_is_the_same_for_ever() -> None:
    """What was marked by one version is found by every other one."""
    pattern = watermark.pattern()
    assert abs(float(pattern.mean())) < 0.02
    signs = pattern[3 :: watermark.CELL, 3 :: watermark.CELL][:8, :8].astype(int)
    assert signs.tolist() == SIGNS


def test_it_can_be_switched_off() -> None:
    portrait = load_avatar(None).picture
    assert Composer(Canvas(watermark=False)).mark(portrait) is portrait
    assert not np.array_equal(Composer(Canvas()).mark(portrait), portrait)


def test_what_is_no_picture_is_refused(tmp_path: Path) -> None:
    (tmp_path / "talk.mp4").write_bytes(b"no video")
    for path in (tmp_path / "talk.mp4", tmp_path / "none.mp4"):
        with pytest.raises(InputError, match="can't be read"):
            detect(path)


def test_the_command_tells_and_ends_with_1_where_there_is_none(tmp_path: Path) -> None:
    picture = np.full((90, 160, 3), 128, np.uint8)
    path = tmp_path / "plain.png"
    path.write_bytes(cv2.imencode(".png", picture)[1].tobytes())
    done = CliRunner().invoke(app, ["detect", str(path)])
    assert done.exit_code == 1
    assert "no mark of OSA Cam" in done.output
