"""A real microphone, by PortAudio."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass
from difflib import get_close_matches
from types import ModuleType
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from osa_cam.audio.ring import Ring
from osa_cam.audio.source import Clock, Heard
from osa_cam.errors import AudioError
from osa_cam.media import SAMPLE_RATE

log = logging.getLogger(__name__)

RING_S = 2.0
POLL_S = 0.1
SILENT_S = 2.0  # no callback for this long: unplugged, or the computer slept
BLOCK_S = 0.01

NO_PORTAUDIO = (
    "PortAudio is missing, so no microphone can be heard. On Debian or Ubuntu: sudo apt-get install -y libportaudio2. "
    "Or give a file: osa-cam run --mic FILE"
)


@dataclass(frozen=True)
class Device:
    """A microphone; known by name and host API, since its number changes when anything is plugged in."""

    name: str
    host_api: str
    channels: int
    sample_rate: int
    index: int

    def __str__(self) -> str:
        return f"{self.name} [{self.host_api}]"


def portaudio() -> ModuleType:
    """Raises AudioError with the line that installs it."""
    try:
        import sounddevice  # type: ignore[import-untyped]
    except OSError as error:
        raise AudioError(NO_PORTAUDIO) from error
    return sounddevice  # type: ignore[no-any-return]


def devices() -> list[Device]:
    sounddevice = portaudio()
    apis = sounddevice.query_hostapis()
    return [
        Device(found["name"], apis[found["hostapi"]]["name"], found["max_input_channels"], round(found["default_samplerate"]), index)
        for index, found in enumerate(sounddevice.query_devices())
        if found["max_input_channels"] > 0
    ]


def find(name: str | None) -> Device:
    """name: `NAME` or `NAME [HOST API]`, or None for the system's default. Raises AudioError with the nearest name."""
    sounddevice = portaudio()
    found = devices()
    if not found:
        raise AudioError("no microphone is connected: plug one in, or give a file: osa-cam run --mic FILE")
    if name is None:
        default = sounddevice.default.device[0]
        return next((device for device in found if device.index == default), found[0])
    for device in found:
        if name in (device.name, str(device)):
            return device
    near = get_close_matches(name, [str(device) for device in found] + [device.name for device in found], 1, 0.0)
    raise AudioError(f"no microphone or file is called {name!r}; did you mean {near[0]!r}? osa-cam devices lists them all")


class Microphone:
    """The device's own rate and channels in, mono SAMPLE_RATE out. The callback copies and stamps, nothing else.

    Unplugged, or dead after the computer slept, it is heard as silence and opened again as soon as it is back.
    """

    def __init__(self, device: Device, clock: Clock) -> None:
        self.name = str(device)
        self._clock = clock
        self._arrived = threading.Event()
        self._stream: Any = None
        self._dropped = 0
        self._prepare(device)

    def _prepare(self, device: Device) -> None:
        self._device = device
        # Sound servers claim 32 channels; the mean of more than two would bury the one that somebody speaks into.
        self._channels = min(device.channels, 2)
        self._ring = Ring(round(RING_S * device.sample_rate), self._channels)
        self._resampler = Resampler(device.sample_rate)

    @property
    def dropped(self) -> int:
        return self._dropped + self._ring.dropped * SAMPLE_RATE // self._device.sample_rate

    def start(self) -> None:
        sounddevice = portaudio()
        try:
            self._stream = sounddevice.InputStream(
                device=self._device.index,
                samplerate=self._device.sample_rate,
                channels=self._channels,
                dtype="float32",
                latency="low",
                blocksize=round(BLOCK_S * self._device.sample_rate),
                callback=self._callback,
            )
            self._stream.start()
        except sounddevice.PortAudioError as error:
            raise AudioError(f"microphone {self.name} can't be opened ({error}): close what else uses it, or choose another") from error
        self._heard_at = self._tried_at = self._clock.now()
        self._gone = False

    def read(self, stop: threading.Event) -> Heard | None:
        while not stop.is_set():
            self._arrived.wait(POLL_S)
            self._arrived.clear()
            lost = self._ring.dropped
            samples, (_, at) = self._ring.read()
            now = self._clock.now()
            if len(samples):
                self._heard_at = now
                # Lost sound becomes silence, or the talk would lag behind by it from then on.
                silence = np.zeros(self._ring.dropped - lost, np.float32)
                return Heard(self._resampler.push(np.concatenate((silence, samples.mean(axis=1)))), at)
            if self._gone or now - self._heard_at > SILENT_S:
                if not self._gone or now - self._tried_at > SILENT_S:
                    self._tried_at = now
                    self._reopen()
                # The talk's clock goes on by the time that nothing was heard.
                silence = np.zeros(round((now - self._heard_at) * SAMPLE_RATE), np.float32)
                self._heard_at = now
                return Heard(silence, now)
        return None

    def _reopen(self) -> None:
        if not self._gone:
            log.warning("microphone %s is gone; the avatar idles until it is back", self.name)
        self.close()
        sounddevice = portaudio()
        # PortAudio lists devices once, when it starts.
        sounddevice._terminate()
        sounddevice._initialize()
        heard_at = self._heard_at
        device = next((device for device in devices() if str(device) == self.name), None)
        try:
            if device is not None:
                self._dropped = self.dropped
                self._prepare(device)
                self.start()
        except AudioError:
            device = None
        self._gone = device is None
        self._heard_at = heard_at
        if device is not None:
            log.warning("microphone %s is back", self.name)

    def close(self) -> None:
        if self._stream is not None:
            self._stream.abort(ignore_errors=True)
            self._stream.close(ignore_errors=True)
            self._stream = None

    def _callback(self, block: NDArray[np.float32], frames: int, times: Any, status: Any) -> None:
        age = times.currentTime - times.inputBufferAdcTime - frames / self._device.sample_rate
        # Some drivers leave these times at zero; then the block is as old as its own way to us, which is little.
        self._ring.write(block, self._clock.now() - (age if 0.0 < age < 1.0 else 0.0))
        self._arrived.set()


class Resampler:
    """Mono sound of any rate to SAMPLE_RATE, block by block."""

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._resampler = av.AudioResampler(format="flt", layout="mono", rate=SAMPLE_RATE)

    def push(self, samples: NDArray[np.float32]) -> NDArray[np.float32]:
        if self._rate == SAMPLE_RATE:
            return samples
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples, np.float32)[None], format="flt", layout="mono")
        frame.sample_rate = self._rate
        blocks = [block.to_ndarray().reshape(-1) for block in self._resampler.resample(frame)]
        return np.concatenate(blocks) if blocks else np.zeros(0, np.float32)
