"""Microphones and outputs, by PortAudio."""

from __future__ import annotations

import ctypes
import sys
import threading
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from types import ModuleType
from typing import Any

from osa_cam.audio import cable
from osa_cam.errors import AudioError

NO_PORTAUDIO = (
    "PortAudio is missing, so no microphone can be heard. On Debian or Ubuntu: sudo apt-get install -y libportaudio2. "
    "Or give a file: osa-cam run --mic FILE"
)

CORE_AUDIO = "/System/Library/Frameworks/CoreAudio.framework/CoreAudio"
SYSTEM_OBJECT = 1
DEFAULT_INPUT = tuple(int.from_bytes(code, "big") for code in (b"dIn ", b"glob")) + (0,)  # selector, scope, element

_lock = threading.RLock()  # PortAudio may not be ended while another thread asks it something
_open: list[Any] = []


@dataclass(frozen=True)
class Device:
    """A microphone or an output; known by name and host API, since its number changes when anything is plugged in."""

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
    """The microphones."""
    return _list("max_input_channels")


def outputs() -> list[Device]:
    """With the microphone that can be made for other programs, where it can."""
    made = [Device(cable.NAME, "made for other programs", 2, 48_000, -1)] if cable.possible() else []
    return [*_list("max_output_channels"), *made]


def find(name: str | None) -> Device:
    """name: `NAME` or `NAME [HOST API]`, or None for the system's default. Raises AudioError with the nearest name."""
    found = devices()
    if not found:
        raise AudioError("no microphone is connected: plug one in, or give a file: osa-cam run --mic FILE")
    if name is None:
        default = portaudio().default.device[0]
        return next((device for device in found if device.index == default), found[0])
    return _named(name, found, "microphone or file")


def system_choice() -> int | None:
    """macOS: the number of the microphone that is the system's default at this moment; takes some microseconds.

    None elsewhere: PulseAudio, PipeWire and Windows move who listens to the default, ALSA alone has none to choose.
    Source: Apple, Core Audio, AudioObjectGetPropertyData.
    """
    if sys.platform != "darwin":
        return None
    device = ctypes.c_uint32()
    size = ctypes.c_uint32(ctypes.sizeof(device))
    address = (ctypes.c_uint32 * len(DEFAULT_INPUT))(*DEFAULT_INPUT)
    asked = (ctypes.c_uint32(SYSTEM_OBJECT), address, ctypes.c_uint32(0), None, ctypes.byref(size), ctypes.byref(device))
    return int(device.value) if _core_audio().AudioObjectGetPropertyData(*asked) == 0 else None


@lru_cache(maxsize=1)
def _core_audio() -> ctypes.CDLL:
    return ctypes.CDLL(CORE_AUDIO)


def find_output(name: str) -> Device:
    """Raises AudioError with the nearest name."""
    found = outputs()
    if not found:
        raise AudioError(f"there is no sound output, so {name!r} can't play the delayed microphone: install a virtual cable")
    return _named(name, found, "sound output")


def open_stream(kind: str, latency: str, **options: Any) -> Any:
    """kind: InputStream or OutputStream of sounddevice; latency: low or high; running when it returns. Raises AudioError."""
    sounddevice = portaudio()
    with _lock:
        try:
            stream = getattr(sounddevice, kind)(dtype="float32", latency=latency, **options)
        except (sounddevice.PortAudioError, ValueError) as error:
            raise AudioError(str(error)) from error
        try:
            stream.start()
        except sounddevice.PortAudioError as error:
            stream.close(ignore_errors=True)
            raise AudioError(str(error)) from error
        _open.append(stream)
        return stream


def close_stream(stream: Any) -> None:
    """Harmless for one that was closed."""
    with _lock:
        if stream in _open:
            _open.remove(stream)
            stream.abort(ignore_errors=True)
            stream.close(ignore_errors=True)


def is_alive(stream: Any) -> bool:
    with _lock:
        return stream in _open and bool(stream.active)


def rescan() -> None:
    """Looks for devices again. PortAudio does so only when it starts, so all streams end; who needs one opens it again."""
    sounddevice = portaudio()
    with _lock:
        for stream in list(_open):
            close_stream(stream)
        sounddevice._terminate()
        sounddevice._initialize()


def _list(channels: str) -> list[Device]:
    sounddevice = portaudio()
    with _lock:
        apis = sounddevice.query_hostapis()
        return [
            Device(found["name"], apis[found["hostapi"]]["name"], found[channels], round(found["default_samplerate"]), index)
            for index, found in enumerate(sounddevice.query_devices())
            if found[channels] > 0
        ]


def _named(name: str, found: list[Device], what: str) -> Device:
    for device in found:
        if name in (device.name, str(device)):
            return device
    near = get_close_matches(name, [str(device) for device in found] + [device.name for device in found], 1, 0.0)
    raise AudioError(f"no {what} is called {name!r}; did you mean {near[0]!r}? osa-cam devices lists them all")
