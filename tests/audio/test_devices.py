import sys
import types
from typing import Any

import pytest

from osa_cam.audio import devices
from osa_cam.errors import AudioError

from .conftest import FakePortAudio


def test_devices_are_known_by_name_and_host_api(portaudio: FakePortAudio) -> None:
    assert [str(device) for device in devices.devices()] == ["Headset [ALSA]", "Webcam [ALSA]"]
    assert [str(device) for device in devices.outputs()] == ["Speaker [ALSA]"]
    assert devices.find(None).name == "Headset"
    assert devices.find("Webcam [ALSA]").index == 2
    with pytest.raises(AudioError, match="did you mean 'Webcam"):
        devices.find("Webcan")
    assert devices.find_output("Speaker").channels == 2
    with pytest.raises(AudioError, match="no sound output is called 'Cable'"):
        devices.find_output("Cable")
    portaudio.listed = []
    with pytest.raises(AudioError, match="no microphone is connected"):
        devices.find(None)
    with pytest.raises(AudioError, match="virtual cable"):
        devices.find_output("Cable")


def test_without_portaudio_the_line_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    real = __import__

    def missing(name: str, *rest: object) -> object:
        if name == "sounddevice":
            raise OSError("PortAudio library not found")
        return real(name, *rest)  # type: ignore[arg-type]

    monkeypatch.delitem(__import__("sys").modules, "sounddevice", raising=False)
    monkeypatch.setattr("builtins.__import__", missing)
    with pytest.raises(AudioError, match="sudo apt-get install -y libportaudio2"):
        devices.portaudio()


def test_looking_again_ends_every_stream_first(portaudio: FakePortAudio) -> None:
    stream = devices.open_stream("InputStream", "low", device=1)
    assert devices.is_alive(stream)
    portaudio.plugged.append(("Cable", 2, 2))
    devices.rescan()
    assert not devices.is_alive(stream)
    assert devices.find("Cable").index == 3
    devices.close_stream(stream)


def test_a_stream_that_can_not_run_is_closed(portaudio: FakePortAudio, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(self: object) -> None:
        raise RuntimeError("Device unavailable")

    monkeypatch.setattr("tests.audio.conftest.FakeStream.start", refuse, raising=False)
    monkeypatch.setattr(type(portaudio.InputStream()), "start", refuse)
    with pytest.raises(AudioError, match="Device unavailable"):
        devices.open_stream("InputStream", "low", device=1)
    assert devices._open == []


@pytest.mark.parametrize(("status", "choice"), [(0, 84), (560947818, None)])  # kAudioHardwareBadObjectError
def test_core_audio_is_asked_for_the_default_microphone(monkeypatch: pytest.MonkeyPatch, status: int, choice: int | None) -> None:
    def answer(system: Any, address: Any, qualifier_size: Any, qualifier: None, size: Any, device: Any) -> int:
        assert system.value == 1
        assert bytes(address) == b"".join(code[::-1] for code in (b"dIn ", b"glob", b"\0\0\0\0")), "little endian, as Macs are"
        assert size._obj.value == 4
        device._obj.value = 84
        return status

    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(devices, "_core_audio", lambda: types.SimpleNamespace(AudioObjectGetPropertyData=answer))
    assert devices.system_choice() == choice


def test_elsewhere_the_default_is_the_sound_server_s_business() -> None:
    if sys.platform != "darwin":
        assert devices.system_choice() is None
