import sys
import threading
import types
from pathlib import Path

import numpy as np
import pytest

from osa_cam.audio import microphone
from osa_cam.audio.microphone import Device, Microphone, Resampler
from osa_cam.audio.source import FileSource, SilentSource, rechunk
from osa_cam.errors import AudioError
from osa_cam.media import SAMPLE_RATE
from tests.sounds import FakeClock, bursts, write_wav


def test_a_file_is_played_at_its_real_speed(tmp_path: Path) -> None:
    clock, stop = FakeClock(), threading.Event()
    source = FileSource(write_wav(tmp_path / "talk.wav", bursts(1.0)), clock)
    source.start()
    began, heard = clock.now(), 0
    while (block := source.read(stop)) is not None:
        heard += len(block.samples)
        assert clock.now() - began == pytest.approx(heard / SAMPLE_RATE)
        assert block.last_sample_at == pytest.approx(clock.now())
    assert heard == SAMPLE_RATE


def test_a_file_that_is_no_sound_fails_before_it_starts(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(b"nothing")
    with pytest.raises(AudioError):
        FileSource(tmp_path / "a.wav", FakeClock())


def test_silence_never_ends_until_it_is_stopped() -> None:
    source, stop = SilentSource(FakeClock()), threading.Event()
    source.start()
    for _ in range(3):
        heard = source.read(stop)
        assert heard is not None
        assert not heard.samples.any()
    stop.set()
    assert source.read(stop) is None


def test_rechunk_keeps_every_sample() -> None:
    blocks = np.split(np.arange(100, dtype=np.float32), [3, 50, 51])
    chunks = list(rechunk(iter(blocks), 40))
    assert [len(chunk) for chunk in chunks] == [40, 40, 20]
    assert np.array_equal(np.concatenate(chunks), np.arange(100))


class FakeStream:
    def __init__(self, **options: object) -> None:
        self.options = options

    def start(self) -> None:
        pass

    def abort(self, ignore_errors: bool) -> None:
        pass

    close = abort


@pytest.fixture
def portaudio(monkeypatch: pytest.MonkeyPatch) -> types.ModuleType:
    fake = types.ModuleType("sounddevice")
    fake.PortAudioError = RuntimeError  # type: ignore[attr-defined]
    fake.InputStream = FakeStream  # type: ignore[attr-defined]
    fake.default = types.SimpleNamespace(device=(1, 0))  # type: ignore[attr-defined]
    fake.query_hostapis = lambda: [{"name": "ALSA"}]  # type: ignore[attr-defined]
    names = [("Speaker", 0), ("Headset", 1), ("Webcam", 2)]
    fake.query_devices = lambda: [  # type: ignore[attr-defined]
        {"name": name, "hostapi": 0, "max_input_channels": channels, "default_samplerate": 48_000.0} for name, channels in names
    ]
    monkeypatch.setitem(sys.modules, "sounddevice", fake)
    return fake


def test_microphones_are_known_by_name_and_host_api(portaudio: types.ModuleType) -> None:
    assert [str(device) for device in microphone.devices()] == ["Headset [ALSA]", "Webcam [ALSA]"]
    assert microphone.find(None).name == "Headset"
    assert microphone.find("Webcam [ALSA]").index == 2
    with pytest.raises(AudioError, match="did you mean 'Webcam"):
        microphone.find("Webcan")
    portaudio.query_devices = lambda: []  # type: ignore[attr-defined]
    with pytest.raises(AudioError, match="no microphone is connected"):
        microphone.find(None)


def test_without_portaudio_the_line_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    real = __import__

    def missing(name: str, *rest: object) -> object:
        if name == "sounddevice":
            raise OSError("PortAudio library not found")
        return real(name, *rest)  # type: ignore[arg-type]

    monkeypatch.delitem(sys.modules, "sounddevice", raising=False)
    monkeypatch.setattr("builtins.__import__", missing)
    with pytest.raises(AudioError, match="sudo apt-get install -y libportaudio2"):
        microphone.portaudio()


def test_the_callback_only_copies_and_the_reader_resamples(portaudio: types.ModuleType) -> None:
    clock = FakeClock()
    mic = Microphone(Device("Headset", "ALSA", 2, 48_000, 1), clock)
    mic.start()
    assert mic._stream.options["latency"] == "low"
    times = types.SimpleNamespace(currentTime=5.05, inputBufferAdcTime=5.0)
    tone = np.sin(2 * np.pi * 440 * np.arange(48_000) / 48_000).astype(np.float32)
    got = []
    for start in range(0, 48_000, 480):
        mic._callback(np.stack((tone[start : start + 480],) * 2, axis=1), 480, times, None)
        heard = mic.read(threading.Event())
        assert heard is not None
        assert heard.last_sample_at == pytest.approx(clock.now() - 0.04)
        got.append(heard.samples)
    whole = np.concatenate(got)
    assert abs(len(whole) - SAMPLE_RATE) < 64
    assert np.abs(np.fft.rfft(whole[2000:14000])).argmax() * SAMPLE_RATE / 12000 == pytest.approx(440, abs=2)
    mic.close()


def test_lost_sound_is_silence_so_that_the_time_goes_on(portaudio: types.ModuleType) -> None:
    """The computer slept for three seconds; the ring holds two."""
    mic = Microphone(Device("Headset", "ALSA", 1, 48_000, 1), FakeClock())
    mic.start()
    times = types.SimpleNamespace(currentTime=0, inputBufferAdcTime=0)
    for _ in range(300):
        mic._callback(np.full((480, 1), 0.5, np.float32), 480, times, None)
    heard = mic.read(threading.Event())
    assert heard is not None
    assert len(heard.samples) == pytest.approx(3 * SAMPLE_RATE, abs=32)
    assert np.abs(heard.samples[:15_900]).max() < 0.1
    assert heard.samples[16_200:].min() > 0.4
    assert mic.dropped == SAMPLE_RATE
    mic.close()


def test_an_unplugged_microphone_is_silence_until_it_is_back(
    portaudio: types.ModuleType, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(microphone, "POLL_S", 0.0)
    clock, stop, restarts = FakeClock(), threading.Event(), []
    portaudio._terminate = lambda: None  # type: ignore[attr-defined]
    portaudio._initialize = lambda: restarts.append(clock.now())  # type: ignore[attr-defined]
    mic = Microphone(Device("Headset", "ALSA", 1, 48_000, 1), clock)
    mic.start()
    all_devices, portaudio.query_devices = portaudio.query_devices, lambda: []  # type: ignore[attr-defined]
    heard = 0
    clock.time += 2.1
    for _ in range(30):
        block = mic.read(stop)
        assert block is not None
        assert not block.samples.any()
        heard += len(block.samples)
        clock.time += 0.1
    assert heard == pytest.approx(5.0 * SAMPLE_RATE), "time goes on"
    assert len(restarts) == 2, "not at every poll"
    portaudio.query_devices = all_devices  # type: ignore[attr-defined]
    clock.time += 2.0
    assert mic.read(stop) is not None
    mic._callback(np.ones((480, 1), np.float32), 480, types.SimpleNamespace(currentTime=0, inputBufferAdcTime=0), None)
    block = mic.read(stop)
    assert block is not None
    assert block.samples.any()
    assert [record.message.split(";")[0] for record in caplog.records] == [
        "microphone Headset [ALSA] is gone",
        "microphone Headset [ALSA] is back",
    ]
    mic.close()


@pytest.mark.parametrize("rate", [8_000, 16_000, 44_100, 96_000])
def test_resampling_does_not_depend_on_the_blocks(rate: int, rng: np.random.Generator) -> None:
    sound = rng.standard_normal(rate).astype(np.float32) * 0.1
    small, large = Resampler(rate), Resampler(rate)
    one = np.concatenate([small.push(block) for block in np.array_split(sound, 100)])
    other = np.concatenate([large.push(block) for block in np.array_split(sound, 3)])
    n = min(len(one), len(other))
    assert n > 15_500
    assert np.allclose(one[:n], other[:n], atol=1e-6)
