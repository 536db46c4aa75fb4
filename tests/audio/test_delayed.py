"""The delayed microphone, heard and played block by block on a fake clock."""

import types

import numpy as np
import pytest

from osa_cam.audio.delay_line import SLEWS
from osa_cam.audio.delayed import DelayedMicrophone
from tests.sounds import FakeClock

from .conftest import FakePortAudio

RATE = 48_000
BLOCK = 480
AHEAD_S = 0.02  # what is handed over now is played so much later


def sound(samples: int, seed: int = 0) -> np.ndarray:
    """Noise with nothing above 8 kHz."""
    spectrum = np.fft.rfft(np.random.default_rng(seed).standard_normal(samples))
    spectrum[samples * 8_000 // RATE :] = 0
    made = np.fft.irfft(spectrum, samples)
    return (0.2 * made / made.std()).astype(np.float32)


class Bench:
    """Hears `said` and plays it, a block of 10 ms each at a time; `drift`: how much faster the output's clock runs."""

    def __init__(self, portaudio: FakePortAudio, said: np.ndarray, delay_s: float, rate: int = RATE) -> None:
        self.clock = FakeClock()
        self.delayed = DelayedMicrophone("Speaker", self.clock)
        self.delayed.aim(delay_s)
        self.delayed.start()
        self._portaudio = portaudio
        self._said = said
        self._rate = rate
        self._heard = 0
        self.played: list[np.ndarray] = []
        self.delays: list[float] = []

    def run(self, seconds: float) -> None:
        out = np.zeros((BLOCK, 2), np.float32)
        times = types.SimpleNamespace(currentTime=1.0, outputBufferDacTime=1.0 + AHEAD_S)
        for _ in range(round(seconds * 100)):
            block = self._rate // 100
            self.clock.time += 0.01
            self.delayed.push(self._said[self._heard : self._heard + block], self._rate, self.clock.now())
            self._heard += block
            self._portaudio.streams[-1].options["callback"](out, BLOCK, times, None)
            assert np.array_equal(out[:, 0], out[:, 1])
            self.played.append(out[:, 0].copy())
            if self.delayed.delay_ms is not None:
                self.delays.append(self.delayed.delay_ms)


def lag(said: np.ndarray, played: np.ndarray) -> float:
    """By how many samples `played` comes after `said`, by cross-correlation, to a tenth of a sample."""
    n = len(said) + len(played)
    spectrum = np.fft.rfft(played, n) * np.conj(np.fft.rfft(said, n))
    fine = np.fft.irfft(spectrum, 10 * n)
    place = int(np.argmax(fine))
    return (place if place < 5 * n else place - 10 * n) / 10


@pytest.mark.parametrize("delay_s", [0.2, 0.3612, 1.5])
def test_it_is_delayed_by_what_was_asked_for(portaudio: FakePortAudio, delay_s: float) -> None:
    said = sound(4 * RATE)
    bench = Bench(portaudio, said, delay_s)
    bench.run(4.0)
    assert bench.delays[-1] == pytest.approx(1000 * delay_s, abs=0.1)
    # A block is handed over with the end of what was heard, and played AHEAD_S later.
    assert lag(said, np.concatenate(bench.played)) == pytest.approx((delay_s - AHEAD_S) * RATE - BLOCK, abs=1)


def test_another_delay_is_reached_slowly_and_without_a_click(portaudio: FakePortAudio) -> None:
    said = (0.5 * np.sin(2 * np.pi * 300 * np.arange(20 * RATE) / RATE)).astype(np.float32)
    bench = Bench(portaudio, said, 0.3)
    bench.run(2.0)
    bench.delayed.aim(0.34)
    bench.run(16.0)
    assert bench.delays[-1] == pytest.approx(340, abs=0.5)
    assert np.abs(np.diff(bench.delays[100:])).max() <= 1000 * SLEWS * 0.01 * 1.05, "never faster than nobody hears"
    played = np.concatenate(bench.played)[RATE:]
    assert np.abs(np.diff(played, 2)).max() < 1.5 * np.abs(np.diff(said, 2)).max(), "no click"


def test_a_great_step_is_jumped_with_a_fade(portaudio: FakePortAudio) -> None:
    said = (0.5 * np.sin(2 * np.pi * 100 * np.arange(8 * RATE) / RATE)).astype(np.float32)
    bench = Bench(portaudio, said, 0.3)
    bench.run(3.0)
    bench.delayed.aim(1.3)
    bench.run(3.0)
    assert bench.delays[-1] == pytest.approx(1300, abs=0.1)
    assert np.abs(np.diff(np.concatenate(bench.played)[RATE:])).max() < 2.5 * np.abs(np.diff(said)).max()


def test_any_rate_goes_in(portaudio: FakePortAudio) -> None:
    said = sound(4 * RATE)[::3].copy()
    bench = Bench(portaudio, said, 0.4, rate=16_000)
    bench.run(3.0)
    played = np.concatenate(bench.played)
    assert np.sqrt(np.mean(np.square(played[RATE:]))) > 0.05
    assert bench.delays[-1] == pytest.approx(400, abs=2)


def test_an_output_that_is_gone_is_opened_again(portaudio: FakePortAudio) -> None:
    bench = Bench(portaudio, sound(20 * RATE), 0.3)
    bench.run(1.0)
    portaudio.streams[-1].active = False
    bench.run(0.1)
    assert bench.delayed.delay_ms is None
    assert "is gone" in bench.delayed.problem
    bench.clock.time += 2.5
    bench.run(0.1)
    bench.delayed._opener.join(5)  # type: ignore[union-attr]
    bench.run(1.0)
    assert bench.delayed.delay_ms == pytest.approx(300, abs=1)
    assert bench.delayed.problem == ""
    assert len(portaudio.streams) == 2
    bench.delayed.close()
    assert not portaudio.streams[-1].active


def test_what_can_not_be_opened_is_a_problem_until_it_can(portaudio: FakePortAudio, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = FakeClock()
    delayed = DelayedMicrophone("Speeker", clock)
    delayed.start()
    assert "did you mean 'Speaker" in delayed.problem

    def busy(**options: object) -> None:
        raise RuntimeError("Device unavailable")

    delayed = DelayedMicrophone("Speaker", clock)
    with monkeypatch.context() as patch:
        patch.setattr(portaudio, "OutputStream", busy)
        delayed.start()
    assert "Speaker [ALSA] can't be opened (Device unavailable)" in delayed.problem
    clock.time += 2.5
    delayed.push(np.zeros(BLOCK, np.float32), RATE, clock.now())
    delayed._opener.join(5)  # type: ignore[union-attr]
    assert delayed.problem == ""
    delayed.close()
