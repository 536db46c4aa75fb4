"""A recording beside the camera: in step, from its own beginning, and never in the camera's way."""

import os
import threading
from pathlib import Path

import av
import numpy as np
import pytest

from osa_cam.camera.recorder import Recorder
from osa_cam.camera.recording import PICTURES, Recording
from osa_cam.errors import CameraError
from osa_cam.media import AudioBlock

from .test_recorder import BLACK, FULL, WHITE, beep_times, flash_times

BEEP = (0.5 * np.sin(0.3 * np.arange(640))).astype(np.float32)
LATENCY = 9  # frames by which the picture comes after its sound


def run(recording: Recording, first: int, frames: int, flashes: tuple[int, ...]) -> None:
    """As a session would: sound as soon as it is heard, pictures later."""
    for k in range(first, frames):
        sound = BEEP if k in flashes else np.zeros(640, np.float32)
        recording.hear(AudioBlock(sound, k * 640))
        while len(recording._pictures) >= PICTURES - 1:  # here the disk is to be fast enough
            recording._arrived.set()
        if (tick := k - LATENCY) >= first - LATENCY:
            recording.send(WHITE if tick in flashes else BLACK, tick)


def test_it_begins_in_mid_talk_and_is_in_step(tmp_path: Path) -> None:
    path = tmp_path / "talk.mp4"
    recording = Recording(path, 96, 64, 25, 100 * 640)
    run(recording, 100, 180, (112, 150))
    recording.close(10)
    assert recording.done.is_set()
    assert (recording.problem, recording.dropped) == ("", 0)
    assert flash_times(path) == pytest.approx([12 / 25, 50 / 25])
    assert beep_times(path) == pytest.approx([12 / 25, 50 / 25], abs=0.011)
    with av.open(str(path)) as container:
        assert container.streams.video[0].frames == 80 - LATENCY
        sound, video = (float(stream.duration * stream.time_base) for stream in (container.streams.audio[0], container.streams.video[0]))
    assert sound == pytest.approx(video, abs=0.1), "both end together"
    assert [found.name for found in tmp_path.iterdir()] == ["talk.mp4"]


def test_a_slow_disk_costs_pictures_of_the_file_and_no_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gate = threading.Event()
    send = Recorder.send
    monkeypatch.setattr(Recorder, "send", lambda self, picture, tick: (gate.wait(10), send(self, picture, tick)))
    recording = Recording(tmp_path / "talk.mp4", 96, 64, 25, 0)
    for tick in range(100):
        recording.send(BLACK, tick)  # returns although nothing can be written
        assert len(recording._pictures) <= PICTURES
    gate.set()
    recording.close(10)
    assert 100 - PICTURES - 2 <= recording.dropped <= 100 - PICTURES
    with av.open(str(tmp_path / "talk.mp4")) as container:
        assert container.streams.video[0].frames == 100 - recording.dropped


@pytest.mark.skipif(not FULL.exists(), reason="needs Linux's /dev/full")
def test_a_full_disk_ends_it_with_a_message(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / f".talk.{os.getpid()}.part.mp4").symlink_to(FULL)
    recording = Recording(tmp_path / "talk.mp4", 96, 64, 25, 0)
    noise = np.random.default_rng(0).integers(0, 255, (64, 96, 4), np.uint8)
    for tick in range(20_000):
        recording.send(noise, tick)
        if recording.done.is_set():
            break
    recording.close(10)
    assert "disk full" in recording.problem
    assert list(tmp_path.iterdir()) == []
    recording.send(noise, 20_001)
    recording.hear(AudioBlock(BEEP, 0))


def test_it_ends_with_the_picture_of_what_was_heard_last(tmp_path: Path) -> None:
    """A click of a tenth of a second is a recording, too, although its pictures come after it."""
    path = tmp_path / "talk.mp4"
    recording = Recording(path, 96, 64, 25, 0)
    for k in range(3):
        recording.hear(AudioBlock(BEEP, k * 640))
    recording.stop()
    recording.hear(AudioBlock(BEEP, 3 * 640))
    for tick in range(20):
        recording.send(WHITE if tick == 2 else BLACK, tick)
    assert recording.done.wait(10)
    assert recording.problem == ""
    assert flash_times(path) == pytest.approx([2 / 25])
    with av.open(str(path)) as container:
        assert container.streams.video[0].frames == 3
    recording.close(1)


def test_one_whose_pictures_do_not_come_ends_all_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("osa_cam.camera.recording.POLL_S", 0.005)
    recording = Recording(tmp_path / "talk.mp4", 96, 64, 25, 0)
    recording.hear(AudioBlock(np.zeros(6400, np.float32), 0))
    recording.send(BLACK, 0)
    recording.stop()
    assert recording.done.wait(10)
    assert (tmp_path / "talk.mp4").exists()
    recording.close(1)


def test_one_that_ends_before_its_first_picture_says_so(tmp_path: Path) -> None:
    recording = Recording(tmp_path / "talk.mp4", 96, 64, 25, 6400)
    recording.send(BLACK, 5)
    recording.close(10)
    assert "before its first picture" in recording.problem
    assert list(tmp_path.iterdir()) == []


def test_close_does_not_wait_for_a_disk_that_hangs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gate = threading.Event()
    monkeypatch.setattr(Recorder, "send", lambda *arguments: gate.wait(10))
    recording = Recording(tmp_path / "talk.mp4", 96, 64, 25, 0)
    recording.send(BLACK, 0)
    recording.close(0.05)
    assert "is the disk slow" in recording.problem
    gate.set()
    assert recording.done.wait(10)


def test_what_can_not_be_written_is_said_at_once(tmp_path: Path) -> None:
    with pytest.raises(CameraError, match=r"\.mp4"):
        Recording(tmp_path / "talk.avi", 96, 64, 25, 0)
