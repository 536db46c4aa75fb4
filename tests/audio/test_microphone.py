"""A microphone that comes and goes, on a fake PortAudio."""

import threading

import numpy as np
import pytest

from osa_cam.audio import microphone
from osa_cam.audio.microphone import Microphone
from osa_cam.audio.source import Heard
from osa_cam.errors import AudioError
from osa_cam.media import SAMPLE_RATE
from tests.sounds import FakeClock

from .conftest import FakePortAudio


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """The reader polls; what is looked for on another thread is found at once."""
    monkeypatch.setattr(microphone, "POLL_S", 0.0)
    monkeypatch.setattr(threading.Thread, "start", lambda thread: thread.run())


def poll(mic: Microphone) -> Heard | None:
    """What is there now."""
    stop = threading.Event()
    mic._arrived.wait = lambda timeout: stop.set()  # type: ignore[method-assign,assignment,return-value]
    return mic.read(stop)


def read(mic: Microphone) -> Heard:
    heard = poll(mic)
    assert heard is not None
    return heard


def idle(mic: Microphone, clock: FakeClock, seconds: float) -> int:
    """Samples of silence heard while so much time passes in tenths of a second."""
    samples = 0
    for _ in range(round(seconds * 10)):
        clock.time += 0.1
        if (heard := poll(mic)) is not None:
            assert not heard.samples.any()
            samples += len(heard.samples)
    return samples


def test_the_callback_only_copies_and_the_reader_resamples(portaudio: FakePortAudio) -> None:
    clock = FakeClock()
    mic = Microphone("Webcam", clock)
    mic.start()
    assert mic.name == "Webcam [ALSA]"
    options = portaudio.streams[-1].options
    assert (options["latency"], options["device"], options["channels"]) == ("low", 2, 2)
    tone = np.sin(2 * np.pi * 440 * np.arange(48_000) / 48_000).astype(np.float32)
    got, full = [], []
    for start in range(0, 48_000, 480):
        portaudio.say(np.stack((tone[start : start + 480],) * 2, axis=1), age_s=0.04)
        heard = read(mic)
        assert heard.last_sample_at == pytest.approx(clock.now() - 0.04)
        assert heard.rate == 48_000
        assert heard.full is not None
        got.append(heard.samples)
        full.append(heard.full)
    assert np.array_equal(np.concatenate(full), tone)
    whole = np.concatenate(got)
    assert abs(len(whole) - SAMPLE_RATE) < 64
    assert np.abs(np.fft.rfft(whole[2000:14000])).argmax() * SAMPLE_RATE / 12000 == pytest.approx(440, abs=2)
    mic.close()
    assert not portaudio.streams[-1].active


def test_lost_sound_is_silence_so_that_the_time_goes_on(portaudio: FakePortAudio) -> None:
    """Nobody fetched it for three seconds; the ring holds two."""
    mic = Microphone("Headset", FakeClock())
    mic.start()
    for _ in range(300):
        portaudio.say(np.full((480, 1), 0.5, np.float32))
    heard = read(mic)
    assert len(heard.samples) == pytest.approx(3 * SAMPLE_RATE, abs=32)
    assert np.abs(heard.samples[:15_900]).max() < 0.1
    assert heard.samples[16_200:].min() > 0.4
    assert mic.dropped == SAMPLE_RATE
    mic.close()


def test_an_unplugged_microphone_is_silence_until_it_is_back(portaudio: FakePortAudio, caplog: pytest.LogCaptureFixture) -> None:
    clock = FakeClock()
    mic = Microphone("Headset", clock)
    mic.start()
    portaudio.say(np.ones((480, 1), np.float32))
    assert read(mic).samples.any()
    assert mic.problem == ""
    portaudio.plugged.remove(("Headset", 1, 0))
    assert idle(mic, clock, 1.4) == pytest.approx(1.4 * SAMPLE_RATE), "the avatar idles at once"
    assert mic.problem == ""
    assert idle(mic, clock, 4.6) == pytest.approx(4.6 * SAMPLE_RATE)
    assert "Headset [ALSA] is gone" in mic.problem
    assert portaudio.restarts in (3, 4), "not at every poll"
    portaudio.plugged.append(("Headset", 1, 0))
    idle(mic, clock, 1.8)
    clock.time += 0.02
    portaudio.say(np.ones((480, 1), np.float32))
    heard = read(mic)
    assert heard.samples.any()
    assert mic.problem == ""
    assert portaudio.streams[-1].options["device"] == 2, "it has another number now"
    assert [record.message.split(";")[0] for record in caplog.records] == [
        "microphone Headset [ALSA] is gone",
        "microphone Headset [ALSA] is back",
    ]
    mic.close()


def test_one_that_was_pulled_is_missed_at_once(portaudio: FakePortAudio) -> None:
    """PortAudio ends the stream; two seconds need not pass."""
    clock = FakeClock()
    mic = Microphone("Headset", clock)
    mic.start()
    portaudio.streams[-1].active = False
    idle(mic, clock, 0.4)
    assert "is gone" in mic.problem
    mic.close()


def test_after_a_change_of_the_default_the_new_one_is_opened(portaudio: FakePortAudio) -> None:
    clock = FakeClock()
    mic = Microphone(None, clock)
    mic.start()
    assert mic.name == "Headset [ALSA]"
    portaudio.default.device = (2, 0)
    portaudio.streams[-1].active = False
    idle(mic, clock, 2.0)
    clock.time += 0.02
    portaudio.say(np.ones((480, 2), np.float32))
    read(mic)
    assert mic.name == "Webcam [ALSA]"
    mic.close()


@pytest.mark.parametrize(("wanted", "heard"), [(None, "Webcam [ALSA]"), ("Headset", "Headset [ALSA]")])
def test_another_choice_of_the_system_is_followed_by_who_has_none_of_his_own(
    portaudio: FakePortAudio, monkeypatch: pytest.MonkeyPatch, wanted: str | None, heard: str
) -> None:
    """macOS: the old microphone goes on delivering."""
    chosen = 71
    monkeypatch.setattr(microphone, "system_choice", lambda: chosen)
    clock = FakeClock()
    mic = Microphone(wanted, clock)
    mic.start()
    portaudio.default.device = (2, 0)
    chosen = 84
    for _ in range(150):
        clock.time += 0.01
        portaudio.say(np.ones((480, portaudio.streams[-1].options["channels"]), np.float32))
        read(mic)
        assert not mic.problem
    assert mic.name == heard
    assert portaudio.restarts == (wanted is None)
    mic.close()


def test_a_patient_one_waits_for_what_is_not_there_yet(portaudio: FakePortAudio) -> None:
    portaudio.listed = portaudio.plugged = []
    clock = FakeClock()
    with pytest.raises(AudioError, match="no microphone is connected"):
        Microphone("Headset", clock).start()
    mic = Microphone("Headset", clock, patient=True)
    mic.start()
    assert "plug one in" in mic.problem
    assert idle(mic, clock, 1.0) > 0
    portaudio.plugged = [("Headset", 1, 0)]
    idle(mic, clock, 2.0)
    clock.time += 0.02
    portaudio.say(np.ones((480, 1), np.float32))
    assert read(mic).samples.any()
    assert mic.problem == ""
    mic.close()


def test_a_hiccup_is_bridged_and_what_comes_late_is_not_heard_twice(portaudio: FakePortAudio) -> None:
    clock = FakeClock()
    mic = Microphone("Headset", clock)
    mic.start()
    portaudio.say(np.ones((480, 1), np.float32))
    began, heard = clock.now(), len(read(mic).samples)
    heard += idle(mic, clock, 0.5)
    clock.time += 0.1
    portaudio.say(np.ones((28_800, 1), np.float32))  # all that was said meanwhile, at once
    heard += len(read(mic).samples)
    assert heard == pytest.approx((clock.now() - began) * SAMPLE_RATE + 160, abs=32)
    mic.close()


def test_a_microphone_can_not_be_opened(portaudio: FakePortAudio, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(**options: object) -> None:
        raise RuntimeError("Device unavailable")

    monkeypatch.setattr(portaudio, "InputStream", busy)
    with pytest.raises(AudioError, match=r"Headset \[ALSA\] can't be opened \(Device unavailable\): close what else uses it"):
        Microphone("Headset", FakeClock()).start()
