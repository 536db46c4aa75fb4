import numpy as np
import pytest

from osa_cam.audio.resampler import Resampler


@pytest.mark.parametrize("rate", [8_000, 16_000, 44_100, 96_000])
def test_resampling_does_not_depend_on_the_blocks(rate: int, rng: np.random.Generator) -> None:
    sound = rng.standard_normal(rate).astype(np.float32) * 0.1
    small, large = Resampler(rate), Resampler(rate)
    one = np.concatenate([small.push(block) for block in np.array_split(sound, 100)])
    other = np.concatenate([large.push(block) for block in np.array_split(sound, 3)])
    n = min(len(one), len(other))
    assert n > 15_500
    assert np.allclose(one[:n], other[:n], atol=1e-6)


def test_any_rate_can_come_out() -> None:
    tone = np.sin(2 * np.pi * 440 * np.arange(16_000) / 16_000).astype(np.float32)
    out = Resampler(16_000, 44_100).push(tone)
    assert abs(len(out) - 44_100) < 100
    assert np.abs(np.fft.rfft(out[:22_050])).argmax() * 2 == pytest.approx(440, abs=2)
