import numpy as np
import pytest

from osa_cam.media import SAMPLE_RATE
from osa_cam.synth import acoustics

EFFECTS = (acoustics.room, acoustics.band_limit, acoustics.tilt, acoustics.clip, acoustics.codec, acoustics.gain, acoustics.augment)


def bursts() -> np.ndarray:
    """Half seconds of noise and silence in turn."""
    samples = np.random.default_rng(0).normal(0, 0.1, 2 * SAMPLE_RATE).astype(np.float32)
    samples[SAMPLE_RATE // 2 : SAMPLE_RATE] = 0
    samples[3 * SAMPLE_RATE // 2 :] = 0
    return samples


@pytest.mark.parametrize("effect", EFFECTS)
def test_effects_keep_length_type_and_seed(effect) -> None:  # type: ignore[no-untyped-def]
    for seed in range(12):
        heard = effect(bursts(), np.random.default_rng(seed))
        assert heard.shape == (2 * SAMPLE_RATE,) and heard.dtype == np.float32 and np.isfinite(heard).all()
        np.testing.assert_array_equal(heard, effect(bursts(), np.random.default_rng(seed)))


@pytest.mark.parametrize("effect", EFFECTS[:-1])
def test_effects_move_nothing_in_time(effect) -> None:  # type: ignore[no-untyped-def]
    envelope = np.abs(bursts()).reshape(-1, 160).mean(1)
    for seed in range(12):
        heard = np.abs(effect(bursts(), np.random.default_rng(seed))).reshape(-1, 160).mean(1)
        agreement = [np.corrcoef(np.roll(envelope, lag), heard)[0, 1] for lag in range(-5, 6)]
        assert abs(int(np.argmax(agreement)) - 5) <= 1  # 10 ms


@pytest.mark.parametrize("effect", EFFECTS[:-1])
def test_silence_stays_nearly_silent(effect) -> None:  # type: ignore[no-untyped-def]
    assert np.abs(effect(np.zeros(SAMPLE_RATE, np.float32), np.random.default_rng(0))).max() < 1e-3


def test_background_has_its_level_and_the_ratio_holds() -> None:
    for seed in range(20):
        rng = np.random.default_rng(seed)
        noise = acoustics.background(2 * SAMPLE_RATE, rng, [bursts()])
        assert np.sqrt(np.mean(noise**2)) == pytest.approx(1, abs=1e-3)
    noisy = acoustics.add_noise(bursts(), noise, 10.0)
    added = np.sqrt(np.mean((noisy - bursts()) ** 2))
    assert 20 * np.log10(acoustics.speech_level(bursts()) / added) == pytest.approx(10, abs=0.1)


def test_resample_scales_time() -> None:
    samples = np.sin(2 * np.pi * 200 * np.arange(SAMPLE_RATE) / SAMPLE_RATE).astype(np.float32)
    fast = acoustics.resample(samples, 1.25)
    assert len(fast) == int(SAMPLE_RATE / 1.25)
    assert np.argmax(np.abs(np.fft.rfft(fast, SAMPLE_RATE))) == pytest.approx(250, abs=2)
