"""A camera in a PipeWire of the test's own: another program reads it, comes and goes, and PipeWire itself ends."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from osa_cam.camera.pipewire import PipeWireCamera, buffers, video_format
from osa_cam.camera.yuv import Yuv420
from osa_cam.errors import CameraError
from osa_cam.live.open import open_camera

WIDTH, HEIGHT = 320, 180
PROGRAMS = ("pipewire", "wireplumber", "dbus-run-session", "gst-launch-1.0", "pw-cli")
DESKTOP = """
pipewire & until pw-cli info 0 >/dev/null 2>&1; do sleep 0.1; done
wireplumber & wait -n
"""


def test_pods_are_whole_words() -> None:
    """Size, type and what follows, as PipeWire's own tools print them: an object of five properties."""
    for made in (video_format(1280, 720, 30), buffers(1280, 720)):
        assert len(made) % 8 == 0
        assert int.from_bytes(made[:4], sys.byteorder) == len(made) - 8


def test_without_pipewire_it_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    camera = open_camera("pipewire")
    with pytest.raises(CameraError, match="Is PipeWire running"):
        camera.open(WIDTH, HEIGHT, 25)
    camera.close()


class Desktop:
    """PipeWire with its session manager, as on a desktop."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            ["dbus-run-session", "--", "bash", "-c", DESKTOP], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
        )
        until = time.monotonic() + 30
        while subprocess.run(["pw-cli", "info", "0"], capture_output=True, check=False).returncode != 0:
            assert time.monotonic() < until, "PipeWire does not start"
            time.sleep(0.1)

    def end(self) -> None:
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()


@pytest.fixture
def desktop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desktop]:
    if missing := [program for program in PROGRAMS if shutil.which(program) is None]:
        pytest.skip(f"{missing[0]} is not installed: apt-get install -y pipewire wireplumber dbus gstreamer1.0-pipewire gstreamer1.0-tools")
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    running = Desktop()
    yield running
    running.end()


@pytest.fixture
def camera(desktop: Desktop) -> Iterator[PipeWireCamera]:
    made = PipeWireCamera()
    made.open(WIDTH, HEIGHT, 25)
    yield made
    made.close()


def picture(number: int) -> np.ndarray:
    """Colours, and its number in a corner as so many grey levels."""
    made = np.zeros((HEIGHT, WIDTH, 4), np.uint8)
    made[..., 3] = 255
    for column, colour in enumerate(((255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255), (34, 38, 46))):
        made[:, column * 64 : (column + 1) * 64, :3] = colour
    made[:32, :32, :3] = 8 * (number % 30)
    return made


def read(camera: PipeWireCamera, out: Path, count: int) -> list[np.ndarray]:
    """What a program gets while pictures are sent: I420 [HEIGHT * 3 / 2, WIDTH] each."""
    source = f"pipewiresrc target-object=osa-cam num-buffers={count} ! video/x-raw,format=I420 ! filesink location={out}"
    program = subprocess.Popen(["gst-launch-1.0", "-q", *source.split()])
    until, number = time.monotonic() + 60, 0
    while program.poll() is None:
        assert time.monotonic() < until, "the program gets no pictures"
        camera.send(picture(number), number)
        number += 1
        time.sleep(0.02)
    assert program.returncode == 0
    return list(np.fromfile(out, np.uint8).reshape(-1, HEIGHT * 3 // 2, WIDTH))


@pytest.mark.device
def test_a_program_gets_the_pictures_that_were_sent(camera: PipeWireCamera, tmp_path: Path) -> None:
    """One reader after the other; every byte is one that was sent, in order, and they are new ones."""
    from av.video.reformatter import Colorspace

    yuv = Yuv420(Colorspace.ITU601)
    sent = [yuv.frame(picture(number)).to_ndarray() for number in range(30)]
    for reader in range(2):
        got = read(camera, tmp_path / f"{reader}.raw", 12)
        numbers = [next((n for n, planes in enumerate(sent) if np.array_equal(planes, frame)), None) for frame in got]
        assert None not in numbers
        steps = np.diff(np.array(numbers, int)) % 30
        assert (steps > 0).sum() >= 9, "pictures go on"
        assert steps.max() < 15


@pytest.mark.device
def test_a_reader_that_is_killed_does_no_harm(camera: PipeWireCamera, tmp_path: Path) -> None:
    source = ["pipewiresrc", "target-object=osa-cam", "!", "fakesink"]
    rude = subprocess.Popen(["gst-launch-1.0", "-q", *source])
    for number in range(75):
        camera.send(picture(number), number)
        time.sleep(0.02)
    rude.kill()
    rude.wait()
    assert len(read(camera, tmp_path / "after.raw", 5)) == 5


@pytest.mark.device
def test_when_pipewire_ends_the_camera_says_so(camera: PipeWireCamera, desktop: Desktop) -> None:
    desktop.end()
    with pytest.raises(CameraError, match="the PipeWire camera is gone"):
        for number in range(200):
            camera.send(picture(number), number)
            time.sleep(0.02)
    began = time.monotonic()
    camera.close()
    camera.close()
    assert time.monotonic() - began < 2
