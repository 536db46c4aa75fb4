import sys
import types
from typing import Any

import numpy as np
import pytest

from osa_cam.audio import devices


class FakeStream:
    """A stream of sounddevice that runs when the test says so."""

    def __init__(self, **options: Any) -> None:
        self.options = options
        self.active = False

    def start(self) -> None:
        self.active = True

    def abort(self, ignore_errors: bool) -> None:
        self.active = False

    close = abort


class FakePortAudio(types.ModuleType):
    """names: what is plugged in, each with its inputs and outputs; a device that is not in it when PortAudio starts can't be found."""

    PortAudioError = RuntimeError

    def __init__(self) -> None:
        super().__init__("sounddevice")
        self.plugged: list[tuple[str, int, int]] = [("Speaker", 0, 2), ("Headset", 1, 0), ("Webcam", 2, 0)]
        self.listed = list(self.plugged)
        self.default = types.SimpleNamespace(device=(1, 0))
        self.streams: list[FakeStream] = []
        self.restarts = 0

    def query_hostapis(self) -> list[dict[str, str]]:
        return [{"name": "ALSA"}]

    def query_devices(self) -> list[dict[str, Any]]:
        return [
            {"name": name, "hostapi": 0, "max_input_channels": ins, "max_output_channels": outs, "default_samplerate": 48_000.0}
            for name, ins, outs in self.listed
        ]

    def InputStream(self, **options: Any) -> FakeStream:
        self.streams.append(FakeStream(**options))
        return self.streams[-1]

    OutputStream = InputStream

    def _terminate(self) -> None:
        assert not any(stream.active for stream in self.streams), "PortAudio ends under a stream that runs"

    def _initialize(self) -> None:
        self.listed = list(self.plugged)
        self.restarts += 1

    def say(self, block: np.ndarray, age_s: float = 0.0) -> None:
        """The newest stream delivers a block [n, channels]."""
        times = types.SimpleNamespace(currentTime=5.0 + age_s + len(block) / 48_000, inputBufferAdcTime=5.0)
        self.streams[-1].options["callback"](block, len(block), times, None)


@pytest.fixture
def portaudio(monkeypatch: pytest.MonkeyPatch) -> FakePortAudio:
    fake = FakePortAudio()
    monkeypatch.setitem(sys.modules, "sounddevice", fake)
    monkeypatch.setattr(devices, "_open", [])
    return fake
