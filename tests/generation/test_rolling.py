import numpy as np
import pytest

from osa_cam.generation.rolling import SHAPE, Past, RollingSampler, RollingState, timesteps
from osa_cam.media import MEMORY, STRIDES

AUDIO = np.zeros((4, 8, 128), np.float32)


class Recorded:
    """A network that halves what it sees and adds what it was told; it remembers when it was called, and leaves behind how often."""

    def __init__(self) -> None:
        self.calls: list[tuple[float, float]] = []
        self.pasts: list[Past | None] = []
        self.given: list[np.ndarray] = []

    def __call__(self, z_t: np.ndarray, timestep: float, audio: np.ndarray, past: Past | None) -> tuple[np.ndarray, Past]:
        self.calls.append((timestep, float(z_t.std())))
        self.pasts.append(past)
        self.given.append(z_t)
        return z_t * np.float32(0.5) + audio[:, :1, :1, None], (np.full(1, len(self.calls), np.float32),)


def state(seed: int = 0) -> RollingState:
    return RollingState.begin(np.random.default_rng(seed))


def test_starts_from_pure_noise_and_then_edits_what_was_shown() -> None:
    network = Recorded()
    sampler, now = RollingSampler(network, strength=400), state()
    first = sampler.stride(now, AUDIO).copy()
    sampler.stride(now, AUDIO)
    assert [timestep for timestep, _ in network.calls] == [999, 400]
    assert network.calls[0][1] == pytest.approx(1, abs=0.01)
    assert first.shape == (4, *SHAPE)
    assert np.array_equal(now.shown, sampler_frames(network, 2)[-MEMORY:])


def sampler_frames(network: Recorded, strides: int) -> np.ndarray:
    again = state()
    sampler = RollingSampler(Recorded(), 400)
    return np.concatenate([sampler.stride(again, AUDIO) for _ in range(strides)])


def test_each_frame_is_edited_from_the_one_four_before() -> None:
    """And with the same noise throughout, so that nothing but the picture changes from frame to frame."""
    network = Recorded()
    sampler, now = RollingSampler(network, strength=40), state()
    shown = sampler.stride(now, np.arange(4, dtype=np.float32)[:, None, None] * np.ones_like(AUDIO))
    sampler.stride(now, AUDIO)
    apart = network.given[1] - network.given[1][:1]
    assert np.allclose(apart / apart.std(), (shown - shown[:1]) / (shown - shown[:1]).std(), atol=1e-4)


@pytest.mark.parametrize("frames", STRIDES)
@pytest.mark.parametrize("steps", [1, 3])
def test_the_same_frames_come_out_however_long_the_stride(frames: int, steps: int) -> None:
    audio = np.random.default_rng(1).standard_normal((12, 8, 128), np.float32)

    def talk(stride: int) -> np.ndarray:
        now, sampler = state(), RollingSampler(Recorded(), 400, steps)
        return np.concatenate([sampler.stride(now, part) for part in np.split(audio, len(audio) // stride)])

    assert np.allclose(talk(frames), talk(4), atol=1e-5)


def test_the_network_is_given_what_its_last_stride_left() -> None:
    network = Recorded()
    sampler, now = RollingSampler(network, 400, steps=2), state()
    for _ in range(2):
        sampler.stride(now, AUDIO)
    assert network.pasts[:2] == [None, None]
    # Both steps of a stride look back at the stride before, not at each other.
    assert [float(past[0][0]) for past in network.pasts[2:] if past is not None] == [2, 2]


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
