import numpy as np
import pytest

from osa_cam.audio.channel_strip import HOLD_S, ChannelStrip
from osa_cam.media import SAMPLE_RATE

BLOCK = 320


def tone(level_db: float, seconds: float = 1.0) -> np.ndarray:
    amplitude = np.sqrt(2.0) * 10 ** (level_db / 20)
    return (amplitude * np.sin(2 * np.pi * 400 * np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE)).astype(np.float32)


def through(strip: ChannelStrip, sound: np.ndarray) -> np.ndarray:
    return np.concatenate([strip.push(block) for block in np.split(sound, range(BLOCK, len(sound), BLOCK))])


def test_without_settings_the_sound_is_as_it_was() -> None:
    sound = tone(-20.0)
    assert np.array_equal(through(ChannelStrip(), sound), sound)


def test_what_is_no_number_is_silence_and_too_much_is_clipped() -> None:
    broken = np.array([np.nan, np.inf, -np.inf, 0.5, -3.0] * 64, np.float32)
    assert np.array_equal(ChannelStrip().push(broken)[:5], np.array([0, 0, 0, 0.5, -1.0], np.float32))
    assert len(ChannelStrip().push(broken[:0])) == 0


def test_gain_is_what_it_says_and_the_level_shows_it() -> None:
    strip = ChannelStrip(gain_db=6.0)
    out = through(strip, tone(-30.0))
    assert 10 * np.log10(np.mean(np.square(out))) == pytest.approx(-24.0, abs=0.01)
    assert strip.level_db == pytest.approx(-24.0, abs=0.3)


def test_the_gate_lets_through_what_is_louder() -> None:
    strip = ChannelStrip(gate_db=-40.0)
    assert not through(strip, tone(-45.0)).any()
    assert np.array_equal(through(strip, tone(-35.0))[BLOCK:], tone(-35.0)[BLOCK:])
    after = through(strip, tone(-45.0))
    held = round(HOLD_S * SAMPLE_RATE)
    assert after[: held - BLOCK].any()
    assert not after[held + BLOCK :].any()
    strip.gate_db = None
    assert through(strip, tone(-45.0))[BLOCK:].any()


def test_muted_and_back_without_a_click() -> None:
    strip, sound = ChannelStrip(), tone(-10.0)
    before = strip.push(sound[:BLOCK])
    strip.muted = True
    fading = strip.push(sound[BLOCK : 2 * BLOCK])
    assert not strip.push(sound[:BLOCK]).any()
    strip.muted = False
    back = strip.push(sound[:BLOCK])
    usual = np.abs(np.diff(sound)).max()
    for part in (np.concatenate((before, fading)), fading, back):
        assert np.abs(np.diff(part)).max() < 1.1 * usual
    assert fading[-1] == 0.0
    assert np.array_equal(strip.push(sound[:BLOCK]), sound[:BLOCK])


def test_the_meter_falls_slowly() -> None:
    strip = ChannelStrip()
    through(strip, tone(-20.0))
    strip.push(np.zeros(BLOCK, np.float32))
    assert strip.level_db == pytest.approx(-21.2, abs=0.3)
    through(strip, np.zeros(2 * SAMPLE_RATE, np.float32))
    assert strip.level_db == pytest.approx(-100.0)


def test_the_same_at_another_rate() -> None:
    strip = ChannelStrip(gain_db=-6.0, gate_db=-40.0)
    low = strip.push(tone(-20.0)[:BLOCK])
    high = strip.again(tone(-20.0)[:BLOCK].repeat(3))
    assert np.abs(high[1::3] - low).max() < 2e-3
