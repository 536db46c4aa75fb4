import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from osa_cam.audio.mel import SILENCE_MEL, StreamingLogMel, log_mel, silence_mel
from osa_cam.errors import AudioError
from osa_cam.media import HOP_LENGTH, MEL_BINS, SAMPLE_RATE


def tone(hz: float, seconds: float = 0.5) -> np.ndarray:
    return np.sin(2 * np.pi * hz * np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE).astype(np.float32)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(0, 3000), min_size=1, max_size=20), st.integers(0, 2**32 - 1))
def test_streaming_equals_offline(blocks: list[int], seed: int) -> None:
    samples = np.random.default_rng(seed).normal(0, 0.1, sum(blocks)).astype(np.float32)
    stream = StreamingLogMel()
    parts = [stream.push(block) for block in np.split(samples, np.cumsum(blocks)[:-1])]
    np.testing.assert_allclose(np.concatenate(parts), log_mel(samples), atol=1e-6, rtol=0)


def test_silence_is_one_constant() -> None:
    mel = log_mel(np.zeros(1600, np.float32))
    assert mel.shape == (10, MEL_BINS) and mel.dtype == np.float32
    np.testing.assert_array_equal(mel, silence_mel(10))
    assert SILENCE_MEL == pytest.approx(-1.6)


def test_a_frame_hears_nothing_after_its_end() -> None:
    samples = np.random.default_rng(0).normal(0, 0.1, 3200).astype(np.float32)
    later = samples.copy()
    later[10 * HOP_LENGTH :] = 0
    np.testing.assert_array_equal(log_mel(samples)[:10], log_mel(later)[:10])
    assert not np.allclose(log_mel(samples)[10], log_mel(later)[10])


def test_every_filter_hears_something_and_pitch_rises_through_them() -> None:
    assert (log_mel(np.random.default_rng(0).normal(0, 0.1, 16000).astype(np.float32))[10:].mean(0) > -0.5).all()
    peaks = [int(log_mel(tone(hz))[20].argmax()) for hz in (100, 300, 1000, 3000, 7000)]
    assert peaks == sorted(set(peaks))


def test_a_full_scale_sine_has_power_one() -> None:
    assert log_mel(tone(1000))[20].max() == pytest.approx(2.0, abs=0.15)


def test_nan_is_silence_and_stereo_is_refused() -> None:
    samples = tone(440)
    samples[:800] = np.nan
    assert np.isfinite(log_mel(samples)).all()
    with pytest.raises(AudioError, match="mono"):
        log_mel(np.zeros((2, 100), np.float32))


def test_reset_forgets() -> None:
    stream = StreamingLogMel()
    stream.push(tone(440))
    stream.reset()
    np.testing.assert_array_equal(stream.push(np.zeros(160, np.float32)), silence_mel(1))
