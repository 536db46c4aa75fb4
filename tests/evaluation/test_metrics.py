import numpy as np
import pytest

from osa_cam.evaluation.metrics import LID, blinks_a_minute, border_ratio, motion_amount, mouth_opening, sync
from osa_cam.media import LATENT_CHANNELS


def still(frames: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    latents = np.zeros((frames, len(LATENT_CHANNELS), 64, 64), np.float32)
    latents[:, LATENT_CHANNELS.index("alpha")] = 1
    return latents


def speech(frames: int = 200) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    return np.convolve(np.random.default_rng(0).random(frames), np.ones(4) / 4, "same")


@pytest.mark.parametrize("late", [-3, 0, 2])
def test_lag_is_found_with_its_sign(late: int) -> None:
    truth = speech()
    found = sync(np.roll(truth, late), truth)
    assert found.lag == late
    assert found.r_at_lag > 0.95
    assert found.r == pytest.approx(1.0) if late == 0 else found.r < 0.7


def test_a_still_mouth_follows_nothing() -> None:
    assert sync(np.zeros(50), speech(50)).r == 0


def test_opening_counts_inside_teeth_and_tongue() -> None:
    latents = still(1)
    for name, share in (("mouth", 0.5), ("teeth", 0.25), ("tongue", 0.25), ("lips", 1.0)):
        latents[0, LATENT_CHANNELS.index(name), 30, 30] = share
    assert mouth_opening(latents)[0] == pytest.approx(1.0)


def test_seams_show_at_borders_alone() -> None:
    smooth = still(40)
    smooth[:, 0] = np.linspace(0, 1, 40, dtype=np.float32)[:, None, None]
    assert border_ratio(smooth) == pytest.approx(1.0, rel=1e-3)
    jumping = smooth.copy()
    jumping[:, 0] += (np.arange(40) // 4)[:, None, None]
    assert border_ratio(jumping) > 5


def test_motion_is_the_speed_of_what_is_covered() -> None:
    latents = still(10)
    latents[:, 0] = 0.01 * np.arange(10, dtype=np.float32)[:, None, None]
    assert motion_amount(latents) == pytest.approx(0.01, rel=1e-4)
    assert motion_amount(still(10)) == 0


def test_blinks_are_counted() -> None:
    latents = still(100)
    for at in (10, 50, 80):
        latents[at : at + 3, LID, 30:33, 20:25] = 1
    assert blinks_a_minute(latents, 25) == 3 * 60 * 25 / 100
    assert blinks_a_minute(still(100), 25) == 0


def test_faint_noise_everywhere_is_no_mouth() -> None:
    latents = still(1)
    latents[:, [LATENT_CHANNELS.index("mouth"), LATENT_CHANNELS.index("teeth")]] = 0.02
    assert mouth_opening(latents)[0] == 0
