"""Microphone and delayed microphone on a real sound server, PulseAudio, which dies and comes back."""

import os
import subprocess
import threading
import time
import wave
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from osa_cam.audio.delayed import DelayedMicrophone
from osa_cam.audio.microphone import Microphone
from osa_cam.audio.source import Heard
from osa_cam.live.clock import SystemClock
from osa_cam.media import SAMPLE_RATE
from tests.sound_server import SoundServer, sound_server
from tests.sounds import bursts

pytestmark = pytest.mark.device
STOP = threading.Event()


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SoundServer]:
    with sound_server(tmp_path, monkeypatch) as running:
        yield running


def read(mic: Microphone) -> Heard:
    heard = mic.read(STOP)
    assert heard is not None
    return heard


def test_a_sound_server_that_dies_and_comes_back(server: SoundServer) -> None:
    mic = Microphone("pulse", SystemClock())
    mic.start()
    began, samples = time.monotonic(), 0

    def listen(until: str) -> float:
        """Seconds until the microphone is `gone` or `back`."""
        nonlocal samples
        since = time.monotonic()
        while True:
            heard = read(mic)
            samples += len(heard.samples)
            if bool(mic.problem) == (until == "gone") and (heard.full is None) == (until == "gone"):
                return time.monotonic() - since
            assert time.monotonic() - since < 10

    listen("back")
    server.stop()
    assert listen("gone") < 3
    server.start()
    assert listen("back") < 4
    assert samples / SAMPLE_RATE == pytest.approx(time.monotonic() - began, abs=0.25), "the talk's time went on"
    mic.close()


def test_the_delay_that_is_told_is_the_one_that_is_heard(server: SoundServer, tmp_path: Path) -> None:
    """The delayed sound is played into the room where the microphone is: by how much, the echo tells."""
    clock, wanted_s, seconds = SystemClock(), 0.45, 8.0
    with wave.open(str(tmp_path / "talk.wav"), "wb") as file:
        file.setparams((1, 2, SAMPLE_RATE, 0, "NONE", ""))
        file.writeframes((bursts(seconds + 2) * 0.5 * 32767).astype(np.int16).tobytes())
    mic, delayed = Microphone("pulse", clock), DelayedMicrophone("pulse", clock)
    delayed.aim(wanted_s)
    delayed.start()
    mic.start()
    player = subprocess.Popen(["paplay", str(tmp_path / "talk.wav")], env=os.environ)
    heard, told = [], []
    while clock.now() < mic._heard_at + 0.5 and sum(map(len, heard)) < seconds * SAMPLE_RATE:
        block = read(mic)
        heard.append(block.samples)
        if block.full is not None:
            delayed.push(block.full * np.float32(0.4), block.rate, block.last_sample_at)
        if delayed.delay_ms is not None:
            told.append(delayed.delay_ms)
    player.kill()
    player.wait()
    mic.close()
    delayed.close()
    room = np.concatenate(heard)[-round(5 * SAMPLE_RATE) :]
    echo = np.fft.irfft(np.abs(np.fft.rfft(room, 2 * len(room))) ** 2)
    first = round(0.3 * SAMPLE_RATE)
    measured_ms = (first + int(np.argmax(echo[first:SAMPLE_RATE]))) / SAMPLE_RATE * 1000
    print(f"wanted {1000 * wanted_s:.0f} ms, told {told[-1]:.0f}, heard after {measured_ms:.0f}")  # noqa: T201
    assert told[-1] == pytest.approx(1000 * wanted_s, abs=10)
    assert measured_ms == pytest.approx(told[-1], abs=40)


def test_another_default_microphone_is_followed(server: SoundServer) -> None:
    """The old one is still there; PulseAudio and PipeWire move who listens to no microphone in particular."""
    mic = Microphone("pulse", SystemClock())
    mic.start()
    read(mic)
    for command in ("load-module module-null-sink sink_name=desk rate=48000 channels=1 norewinds=1", "set-default-source desk.monitor"):
        subprocess.run(["pactl", *command.split()], check=True, capture_output=True)
    player = subprocess.Popen(["pacat", "--raw", "--device=desk", "/dev/urandom"], env=os.environ)
    since = time.monotonic()
    try:
        while not read(mic).samples.any():
            assert time.monotonic() - since < 10
    finally:
        player.kill()
        player.wait()
        mic.close()
    print(f"heard {time.monotonic() - since:.1f} s later")  # noqa: T201
