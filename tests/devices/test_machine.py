"""`osa-cam run` in a virtual machine: the camera is v4l2loopback, the microphone snd-aloop, and other programs use both."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from osa_cam.errors import CameraError
from tests.devices.chart import COLOURS, patches, write_chart
from tests.devices.vm.inside import HEIGHT, OPENS_BY, ROUNDS, WIDTH
from tests.graphs import write_model
from tests.sounds import bursts, write_portrait, write_wav

pytestmark = pytest.mark.device
VM = Path(__file__).parent / "vm"
MINUTES = 40  # a virtual machine emulates its processor, and others may need the real one


def lacks() -> str | None:
    if sys.platform != "linux" or platform.machine() != "x86_64":
        return "the virtual machine is made of Debian packages for x86_64"
    if shutil.which("apt-get") is None:
        return "the virtual machine is made of Debian packages, and there is no apt-get"
    for tool in ("ffmpeg", "v4l2-ctl", "aplay"):
        if shutil.which(tool) is None:
            return f"{tool} is not installed: apt-get install -y ffmpeg v4l-utils alsa-utils"
    return None


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory, root: Path) -> tuple[Path, dict[str, Any]]:
    if reason := lacks():
        pytest.skip(reason)
    built = subprocess.run([VM / "build.sh"], capture_output=True, text=True, check=False)
    if built.returncode != 0:
        pytest.skip(f"the virtual machine can't be built here: {built.stderr.strip().splitlines()[-1]}")
    folder = tmp_path_factory.mktemp("machine")
    write_model(folder / "model")
    write_portrait(folder / "disc.png")
    write_chart(folder / "chart.png")
    write_wav(folder / "talk.wav", 0.5 * bursts(20.0), channels=2)
    command = [VM / "vm-run", "--timeout", str(60 * MINUTES), "--rw", folder, "--", sys.executable, "-m", "tests.devices.vm.inside", folder]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}  # it starts thrice
    ran = subprocess.run(list(map(str, command)), cwd=root, env={**environment, "PYTHONPATH": str(root)}, check=False)
    assert ran.returncode == 0, (folder / "log").read_text()[-3000:] if (folder / "log").exists() else "it did not start"
    return folder, json.loads((folder / "found.json").read_text())


def test_the_camera_says_what_programs_look_for(found: tuple[Path, dict[str, Any]]) -> None:
    _, said = found
    assert "Card type        : OSA Cam" in said["during"]
    caps = said["during"].split("Device Caps")[1]
    assert "Video Capture" in caps
    assert "Video Output" not in caps, "Chromium hides cameras that are outputs, too"
    assert "YU12" in said["during"]
    assert f"{WIDTH}x{HEIGHT}" in said["during"]


def test_the_colours_are_those_that_were_sent(found: tuple[Path, dict[str, Any]]) -> None:
    folder, _ = found
    errors = np.abs(patches(np.load(folder / "first.npy")) - np.array(COLOURS))
    print(f"largest error of a patch {errors.max():.1f} of 255")  # noqa: T201
    assert errors.max() <= 4


def test_readers_come_and_go(found: tuple[Path, dict[str, Any]]) -> None:
    folder, _ = found
    for reader in range(2):
        assert np.abs(patches(np.load(folder / f"reader{reader}.npy")) - np.array(COLOURS)).max() <= 4


def test_a_second_session_works_and_a_third_after_a_violent_end(found: tuple[Path, dict[str, Any]]) -> None:
    """The driver of Debian 12 shows no camera at all after a session; the next one heals it, also while somebody reads on."""
    folder, said = found
    assert "Video Capture" not in said["between"]
    assert said["ended"] == 0
    for session in ("through", "second", "third"):
        assert np.abs(patches(np.load(folder / f"{session}.npy")) - np.array(COLOURS)).max() <= 4


def test_another_size_is_refused_while_somebody_reads_the_old_one(found: tuple[Path, dict[str, Any]]) -> None:
    """The driver keeps it for them, and pictures of another size would be torn."""
    _, said = found
    assert said["refused"] == CameraError.exit_code
    assert f"at {WIDTH}x{HEIGHT}, so it can't show 640x360" in said["resized"]


def test_the_mouth_follows_the_microphone(found: tuple[Path, dict[str, Any]]) -> None:
    _, said = found
    assert len(said["rounds"]) == ROUNDS
    for turn in said["rounds"]:
        print(f"the mouth opened {turn['opens_s']:.1f} s after a sound, closed {turn['closes_s']:.1f} s after it")  # noqa: T201
        assert turn["open"] - turn["closed"] > OPENS_BY / 2


def test_the_driver_tells_how_many_have_the_camera_open(found: tuple[Path, dict[str, Any]]) -> None:
    """Nobody; us alone; and a reader, twice."""
    _, said = found
    assert said["handles"] == [0, 1, 2, 2]


def test_the_doctor_knows_what_is_wrong(found: tuple[Path, dict[str, Any]]) -> None:
    _, said = found
    assert said["held"] == "camera.held"
    camera = {"free": "camera.ok", "caps": "camera.caps", "label": "camera.label", "gone": "camera.no_driver"}
    assert said["doctor"] == {"silent": "microphone.zeros", "said": "microphone.ok", **camera}
