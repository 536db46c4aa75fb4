import numpy as np
import pytest

from osa_cam.generation.consistency import c_out, c_skip
from osa_cam.generation.schedule import TIMESTEPS, add_noise, alpha_bar


def test_alpha_bar_falls_from_nearly_clean_to_nearly_noise() -> None:
    assert alpha_bar.shape == (TIMESTEPS,)
    assert alpha_bar.dtype == np.float64
    assert np.all(np.diff(alpha_bar) <= 0)
    assert alpha_bar[0] > 0.9999
    assert alpha_bar[-1] < 1e-5


def test_alpha_bar_is_the_shifted_cosine() -> None:
    """Golden: logSNR = -2 log tan(pi u / 2) - 2 log 4; at u = 1/2 the signal has a sixteenth of the noise's power."""
    assert alpha_bar[499] == pytest.approx(1 / 17)


def test_nobody_can_change_the_schedule() -> None:
    with pytest.raises(ValueError, match="read-only"):
        alpha_bar[0] = 1


def test_consistency_function_is_the_identity_at_zero() -> None:
    assert (c_skip(0), c_out(0)) == (1, 0)
    assert c_skip(500) < 1e-6
    assert c_out(500) == pytest.approx(1)


def test_add_noise_keeps_the_variance(rng: np.random.Generator) -> None:
    z = rng.standard_normal((100, 1000)).astype(np.float32)
    for timestep in (0, 300, 999):
        noised = add_noise(z, rng.standard_normal(z.shape).astype(np.float32), timestep)
        assert noised.dtype == np.float32
        assert noised.var() == pytest.approx(1, abs=0.02)
