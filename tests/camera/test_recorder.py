from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import av
import av.error
import numpy as np
import pytest

from osa_cam.camera.recorder import Recorder
from osa_cam.errors import CameraError
from osa_cam.media import AudioBlock

BLACK = np.zeros((64, 96, 4), np.uint8)
WHITE = np.full((64, 96, 4), 255, np.uint8)


def record(path: Path, frames: int = 60, flashes: tuple[int, ...] = (12, 37)) -> Recorder:
    """A flash and a beep at the same frames."""
    recorder = Recorder(path)
    recorder.open(96, 64, 25)
    beep = (0.5 * np.sin(0.3 * np.arange(640))).astype(np.float32)
    for k in range(frames):
        recorder.send(WHITE if k in flashes else BLACK, k)
        recorder.hear(AudioBlock(beep if k in flashes else np.zeros(640, np.float32), k * 640))
    return recorder


def flash_times(path: Path) -> list[float]:
    with av.open(str(path)) as container:
        return [frame.time for frame in container.decode(video=0) if frame.to_ndarray(format="gray").mean() > 128]


def beep_times(path: Path) -> list[float]:
    with av.open(str(path)) as container:
        sound = np.concatenate([frame.to_ndarray()[0] for frame in container.decode(audio=0)])
    power = np.square(sound[: len(sound) // 160 * 160].reshape(-1, 160)).mean(axis=1) > 0.01
    return list((np.flatnonzero(np.diff(power.astype(int)) == 1) + 1) / 100)


def test_picture_and_sound_are_in_sync(tmp_path: Path) -> None:
    path = tmp_path / "öut.mp4"
    record(path).close()
    assert flash_times(path) == pytest.approx([12 / 25, 37 / 25])
    assert beep_times(path) == pytest.approx([12 / 25, 37 / 25], abs=0.011)
    with av.open(str(path)) as container:
        assert container.streams.video[0].frames == 60
        assert container.duration / 1e6 == pytest.approx(60 / 25, abs=0.05)
    assert [found.name for found in tmp_path.iterdir()] == [path.name]


def test_nothing_is_there_before_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "out.mp4"
    path.write_bytes(b"older")
    recorder = record(path, frames=5)
    assert path.read_bytes() == b"older"
    recorder.discard()
    assert path.read_bytes() == b"older"
    assert [found.name for found in tmp_path.iterdir()] == ["out.mp4"]


def test_without_a_frame_nothing_is_left(tmp_path: Path) -> None:
    record(tmp_path / "out.mp4", frames=0).close()
    assert list(tmp_path.iterdir()) == []


def test_lost_sound_becomes_silence(tmp_path: Path) -> None:
    path = tmp_path / "out.mp4"
    recorder = Recorder(path)
    recorder.open(96, 64, 25)
    recorder.send(BLACK, 0)
    recorder.hear(AudioBlock((0.5 * np.sin(0.3 * np.arange(1600))).astype(np.float32), 16_000))
    recorder.close()
    assert beep_times(path) == pytest.approx([1.0], abs=0.02)


def test_what_can_not_be_written(tmp_path: Path) -> None:
    for path in (tmp_path / "none" / "out.mp4", tmp_path / "out.avi"):
        with pytest.raises(CameraError):
            Recorder(path).open(96, 64, 25)
    (tmp_path / "folder.mp4").mkdir()
    with pytest.raises(CameraError, match="folder"):
        Recorder(tmp_path / "folder.mp4").open(96, 64, 25)
    assert [found.name for found in tmp_path.iterdir()] == ["folder.mp4"]


def test_a_wrong_picture_is_our_mistake(tmp_path: Path) -> None:
    recorder = record(tmp_path / "out.mp4", frames=0)
    with pytest.raises(ValueError, match="96"):
        recorder.send(np.zeros((64, 64, 4), np.uint8), 0)
    with pytest.raises(TypeError, match="uint8"):
        recorder.send(BLACK.astype(np.float32), 0)  # type: ignore[arg-type]
    recorder.close()


def test_a_picture_that_waits_keeps_its_sound(tmp_path: Path) -> None:
    """A tick that stands still is left out, one that jumps is a longer picture."""
    path = tmp_path / "out.mp4"
    recorder = Recorder(path)
    recorder.open(96, 64, 25)
    for tick in (0, 1, 1, 0, 2, 30, 31):
        recorder.send(WHITE if tick == 30 else BLACK, tick)
    recorder.hear(AudioBlock(np.zeros(20_480, np.float32), 0))
    recorder.close()
    assert flash_times(path) == pytest.approx([1.2])
    assert recorder.frames == 5


FULL = Path("/dev/full")


@pytest.mark.skipif(not FULL.exists(), reason="needs Linux's /dev/full")
def test_a_full_disk_is_said_and_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "out.mp4"
    recorder = Recorder(path)
    recorder._part.symlink_to(FULL)
    recorder.open(96, 64, 25)
    noise = np.random.default_rng(0).integers(0, 255, (64, 96, 4), np.uint8)
    with pytest.raises(CameraError, match="disk full"):
        for tick in range(2000):
            recorder.send(noise, tick)
    assert not recorder.rescue(), "not a single frame plays"
    recorder.close()
    assert list(tmp_path.iterdir()) == []


@contextmanager
def disk_of(size: int) -> Iterator[None]:
    """No file may become larger, for as long as it takes."""
    resource = pytest.importorskip("resource")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


@pytest.mark.parametrize("kept", [True, False])
def test_what_was_written_before_the_disk_was_full_plays(tmp_path: Path, kept: bool) -> None:
    path = tmp_path / "out.mp4"
    path.write_bytes(b"older")
    recorder = Recorder(path, "ultrafast")
    recorder.open(96, 64, 25)
    noise = np.random.default_rng(0).integers(0, 255, (4, 64, 96, 4), np.uint8)
    with disk_of(1_000_000), pytest.raises(CameraError, match="disk full"):
        for tick in range(5000):
            recorder.send(noise[tick % 4], tick)
            recorder.hear(AudioBlock(np.zeros(640, np.float32), tick * 640))
    if kept:
        assert recorder.rescue()
    recorder.close()
    assert [found.name for found in tmp_path.iterdir()] == ["out.mp4"]
    if kept:
        assert recorder.frames - 6 * 25 < played(path) <= recorder.frames
    else:
        assert path.read_bytes() == b"older"


def played(path: Path) -> int:
    """Frames of a file that may end in the midst of one."""
    frames = 0
    with av.open(str(path)) as container, suppress(av.error.FFmpegError):
        for _ in container.decode(video=0):
            frames += 1
    return frames
