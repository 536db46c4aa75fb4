import numpy as np
import pytest

from osa_cam.generation.drive import Drive
from osa_cam.media import DRIVE_CHANNELS, FPS

MINUTES = 6


def life(liveliness: float = 0.5, speaking: bool = False, seed: int = 0) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    return heard(Drive(np.random.default_rng(seed), liveliness), -30.0, speaking, MINUTES * 60 * FPS)


def heard(drive: Drive, level_db: float, speaking: bool, frames: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    return drive.stride(np.full(frames, level_db, np.float32), np.full(frames, speaking))


def test_a_stride_of_all_channels_and_the_same_for_the_same_seed() -> None:
    first, again, other = life(), life(), life(seed=1)
    assert first.shape == (MINUTES * 60 * FPS, DRIVE_CHANNELS)
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
    assert (first[:, [0, 2]] == 1).all()


@pytest.mark.parametrize("speaking", [False, True])
def test_people_blink_ten_to_thirty_times_a_minute(speaking: bool) -> None:
    shut = life(speaking=speaking)[:, 1] > 0.5
    blinks = np.flatnonzero(shut[1:] & ~shut[:-1])
    assert 10 <= len(blinks) / MINUTES <= 30
    assert np.diff(blinks).min() >= 0.7 * FPS
    assert np.median([np.argmin(shut[at + 1 :]) for at in blinks]) <= 6


def test_the_head_wanders_within_its_limits_and_further_when_lively() -> None:
    calm, lively = life(0.1)[:, 3:6], life(1.0)[:, 3:6]
    assert lively.std() > 2 * calm.std()
    assert np.abs(lively).max() <= 2.0
    # Smooth: no more than two degrees between frames.
    assert np.abs(np.diff(lively, axis=0)).max() < 0.2


def test_the_eyes_take_back_the_turn_of_the_head() -> None:
    made = life()
    assert np.corrcoef(made[:, 3], made[:, 6])[0, 1] < -0.3
    assert np.abs(made[:, 6:]).max() <= 1


def test_a_loud_syllable_is_nodded_at() -> None:
    seen = []
    for loud in (-50.0, -15.0):
        drive = Drive(np.random.default_rng(0))
        heard(drive, -50.0, True, 200)
        seen.append(heard(drive, loud, True, 12)[:, 4])
    assert (seen[1] - seen[0]).max() > 0.05
