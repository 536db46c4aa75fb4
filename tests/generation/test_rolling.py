import numpy as np
import pytest

from osa_cam.generation.rolling import SHAPE, RollingSampler, RollingState, timesteps

AUDIO = np.zeros((4, 8, 128), np.float32)


class Recorded:
    """A network that halves what it sees, and remembers when it was called."""

    def __init__(self) -> None:
        self.calls: list[tuple[float, float]] = []

    def __call__(self, z_t: np.ndarray, timestep: float, audio: np.ndarray) -> np.ndarray:
        self.calls.append((timestep, float(z_t.std())))
        return z_t * np.float32(0.5)


def state(seed: int = 0) -> RollingState:
    return RollingState(np.random.default_rng(seed))


def test_starts_from_pure_noise_and_then_edits_what_was_shown() -> None:
    network = Recorded()
    sampler, now = RollingSampler(network, strength=400), state()
    first = sampler.stride(now, AUDIO).copy()
    sampler.stride(now, AUDIO)
    assert [timestep for timestep, _ in network.calls] == [999, 400]
    assert network.calls[0][1] == pytest.approx(1, abs=0.01)
    assert first.shape == SHAPE
    assert now.z_0 is not None


def test_a_new_stride_begins_where_the_last_one_ended() -> None:
    given: list[np.ndarray] = []

    def network(z_t: np.ndarray, timestep: float, audio: np.ndarray) -> np.ndarray:
        given.append(z_t)
        return np.arange(4, dtype=np.float32)[:, None, None, None] * np.ones_like(z_t)  # frame k is k everywhere

    sampler, now = RollingSampler(network, strength=40), state()
    sampler.stride(now, AUDIO)
    sampler.stride(now, AUDIO)
    means = given[1].mean((1, 2, 3))
    assert (np.diff(means) < -0.5).all(), "the last stride is given backwards: its last frame first"


def test_same_seed_same_video_and_another_seed_another() -> None:
    strides = [RollingSampler(Recorded(), 400).stride(state(seed), AUDIO) for seed in (1, 1, 2)]
    assert np.array_equal(strides[0], strides[1])
    assert not np.array_equal(strides[0], strides[2])


def test_a_saved_state_goes_on_as_the_original() -> None:
    sampler, now = RollingSampler(Recorded(), 400), state()
    sampler.stride(now, AUDIO)
    saved = now.copy()
    went_on = sampler.stride(now, AUDIO)
    assert np.array_equal(went_on, sampler.stride(saved, AUDIO))


def test_more_steps_fall_from_the_first_timestep() -> None:
    network = Recorded()
    RollingSampler(network, 400, steps=4).stride(state(), AUDIO)
    assert [timestep for timestep, _ in network.calls] == [999, 749, 500, 250]
    assert timesteps(2, 5) == [2, 1, 0]
