"""A real sound server of the test's own: PulseAudio, without hardware."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from osa_cam.audio import devices
from osa_cam.errors import AudioError

RATE = 48_000


class SoundServer:
    """One sink, whose monitor is the microphone: what is played is heard."""

    def __init__(self, folder: Path) -> None:
        self._socket = folder / "native"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._socket.unlink(missing_ok=True)
        options = ("-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no")
        modules = (
            f"module-native-protocol-unix auth-anonymous=1 auth-cookie-enabled=0 socket={self._socket}",
            f"module-null-sink sink_name=room rate={RATE} channels=1 norewinds=1",
        )
        command = ["pulseaudio", *options, *(word for module in modules for word in ("-L", module))]
        self._process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(100):
            if subprocess.run(["pactl", "set-default-source", "room.monitor"], capture_output=True, check=False).returncode == 0:
                return
            time.sleep(0.05)
        raise AssertionError("PulseAudio does not start")

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()


@contextmanager
def sound_server(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SoundServer]:
    """Running, and what ALSA and PortAudio call `pulse`; the test is skipped where it can't be."""
    if shutil.which("pulseaudio") is None:
        pytest.skip("PulseAudio is not installed: apt-get install -y pulseaudio pulseaudio-utils libasound2-plugins")
    monkeypatch.setenv("PULSE_SERVER", f"unix:{folder / 'native'}")
    monkeypatch.setenv("PULSE_RUNTIME_PATH", str(folder))
    monkeypatch.setenv("PULSE_STATE_PATH", str(folder))
    made = SoundServer(folder)
    made.start()
    devices.rescan()
    try:
        devices.find("pulse")
        yield made
    except AudioError as error:
        if "called 'pulse'" not in str(error):
            raise
        pytest.skip("ALSA has no plugin for PulseAudio (libasound2-plugins)")
    finally:
        made.stop()
        devices.rescan()
