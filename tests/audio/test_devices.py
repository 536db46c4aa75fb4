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
