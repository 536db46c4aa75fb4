"""The microphone that is made for other programs: with a `pactl` that only keeps lists, and with a real sound server."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from osa_cam.audio import cable, devices
from osa_cam.audio.cable import NAME, SINK, SOURCE, Cable
from osa_cam.audio.delayed import DelayedMicrophone
from osa_cam.errors import AudioError
from osa_cam.live.clock import SystemClock
from tests.sound_server import sound_server
from tests.sounds import FakeClock

from .conftest import FakePortAudio

PACTL = """#!/bin/sh
case $1 in
load-module) shift; n=$(date +%s%N); printf '%s\\t%s\\n' $n "$*" >>"$MODULES"; echo $n ;;
list) cat "$MODULES" 2>/dev/null; true ;;
unload-module) sed -i "/^$2\\t/d" "$MODULES" ;;
*) exit 1 ;;
esac
"""
HOLDS = """
import time
from osa_cam.audio.cable import Cable
cable = Cable()
cable.open()
print("open", flush=True)
time.sleep(60)
"""


def wait_until(condition: object) -> None:
    until = time.monotonic() + 20
    while not condition():  # type: ignore[operator]
        assert time.monotonic() < until
        time.sleep(0.05)


@pytest.fixture
def modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file in which the server's modules stand."""
    pactl = tmp_path / "bin" / "pactl"
    pactl.parent.mkdir()
    pactl.write_text(PACTL)
    pactl.chmod(0o755)
    listed = tmp_path / "modules"
    listed.touch()
    monkeypatch.setenv("PATH", f"{pactl.parent}:{os.environ['PATH']}")
    monkeypatch.setenv("MODULES", str(listed))
    monkeypatch.setenv("PULSE_SERVER", "unix:/nowhere")
    return listed


def test_it_is_made_and_removed(modules: Path) -> None:
    made = Cable()
    made.close()
    made.open()
    assert f"sink_name={SINK}" in modules.read_text()
    assert f"source_name={SOURCE}" in modules.read_text()
    assert f"device.description='{NAME}'" in modules.read_text()
    made.close()
    assert modules.read_text() == ""


def test_a_killed_process_leaves_nothing_behind(modules: Path) -> None:
    holder = subprocess.Popen([sys.executable, "-c", HOLDS], stdout=subprocess.PIPE)
    assert holder.stdout is not None
    assert holder.stdout.readline() == b"open\n"
    with pytest.raises(AudioError, match="belongs to an OSA Cam that is running"):
        Cable().open()
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    holder.stdout.close()
    wait_until(lambda: modules.read_text() == "")


def test_what_was_left_behind_is_removed_at_the_next_start(modules: Path) -> None:
    """The computer's other sounds stay."""
    others = "1\tmodule-null-sink sink_name=mine\n"
    modules.write_text(
        f"{others}2\tmodule-null-sink sink_name={SINK} sink_properties=\"device.description='x' {cable.OWNER}{os.getpid()}.1\"\n"
    )
    made = Cable()
    made.open()
    assert modules.read_text().startswith(others)
    assert modules.read_text().count("\n") == 3
    made.close()
    assert modules.read_text() == others


def test_the_delayed_microphone_plays_into_it(modules: Path, portaudio: FakePortAudio) -> None:
    portaudio.listed.append(("pulse", 2, 2))
    delayed = DelayedMicrophone(NAME, SystemClock())
    delayed.start()
    assert delayed.problem == ""
    assert portaudio.streams[-1].options["device"] == 3
    assert modules.read_text().count("\n") == 2
    delayed.close()
    assert modules.read_text() == ""
    assert "PULSE_SINK" not in os.environ


def test_without_the_way_to_the_server_nothing_stays(modules: Path, portaudio: FakePortAudio) -> None:
    delayed = DelayedMicrophone(NAME, SystemClock())
    delayed.start()
    assert "no sound output is called 'pulse'" in delayed.problem
    delayed.close()
    assert modules.read_text() == ""


def test_when_the_output_is_opened_again_the_microphone_stays(modules: Path, portaudio: FakePortAudio) -> None:
    """As when another microphone is unplugged and PortAudio looks for devices anew: a meeting must not lose it."""
    portaudio.plugged.append(("pulse", 2, 2))
    portaudio.listed.append(("pulse", 2, 2))
    clock = FakeClock()
    delayed = DelayedMicrophone(NAME, clock)
    delayed.start()
    made = modules.read_text()
    devices.rescan()
    for _ in range(2):
        clock.time += 2.5
        delayed.push(np.zeros(480, np.float32), 48_000, clock.now())
    delayed._opener.join(5)  # type: ignore[union-attr]
    assert delayed.problem == ""
    assert len(portaudio.streams) == 2
    assert modules.read_text() == made
    modules.write_text("")  # the sound server ends, and all that was made with it
    devices.rescan()
    for _ in range(2):
        clock.time += 2.5
        delayed.push(np.zeros(480, np.float32), 48_000, clock.now())
    delayed._opener.join(5)  # type: ignore[union-attr]
    assert modules.read_text().count("\n") == 2
    delayed.close()
    assert modules.read_text() == ""


@pytest.mark.device
def test_other_programs_hear_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with sound_server(tmp_path, monkeypatch):
        clock = SystemClock()
        delayed = DelayedMicrophone(NAME, clock)
        delayed.aim(0.3)
        delayed.start()
        assert delayed.problem == ""
        stop = threading.Event()

        def speak() -> None:
            began, said = clock.now(), 0
            while not stop.wait(0.01):
                t = np.arange(said, round((clock.now() - began) * 48_000)) / 48_000
                said += len(t)
                delayed.push((0.4 * np.sin(2 * np.pi * 1000 * t)).astype(np.float32), 48_000, began + said / 48_000)

        speaker = threading.Thread(target=speak)
        speaker.start()
        time.sleep(1.5)
        program = ["timeout", "2", "parec", f"--device={SOURCE}", "--rate=48000", "--channels=1", "--format=s16le"]
        heard = np.frombuffer(subprocess.run(program, capture_output=True, check=False).stdout, np.int16)[24_000:]
        stop.set()
        speaker.join()
        told = delayed.delay_ms
        delayed.close()
        spectrum = np.abs(np.fft.rfft(heard * np.hanning(len(heard))))
        assert np.argmax(spectrum) * 48_000 / len(heard) == pytest.approx(1000, abs=50)
        assert told == pytest.approx(300, abs=15)
        listed = subprocess.run(["pactl", "list", "short", "modules"], capture_output=True, text=True, check=True).stdout
        assert "osa_cam" not in listed
