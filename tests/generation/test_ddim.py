import numpy as np

from osa_cam.generation.ddim import DdimSampler, ddim_step
from osa_cam.generation.rolling import Past, RollingState
from osa_cam.generation.schedule import add_noise

AUDIO = np.zeros((4, 8, 128), np.float32)


def test_a_network_that_knows_the_truth_is_followed_to_it() -> None:
    truth = np.random.default_rng(1).standard_normal((4, 11, 64, 64), np.float32)
    seen: list[float] = []

    def network(z_t: np.ndarray, timestep: float, audio: np.ndarray, past: Past | None) -> tuple[np.ndarray, Past]:
        seen.append(timestep)
        return truth, ()

    made = DdimSampler(network, 20).stride(RollingState.begin(np.random.default_rng(0)), AUDIO)
    assert np.array_equal(made, truth)
    assert seen == list(range(999, 0, -50))


def test_a_step_keeps_the_noise_and_lowers_its_share() -> None:
    rng = np.random.default_rng(0)
    z_0, noise = (rng.standard_normal((4, 11, 8, 8), np.float32) for _ in range(2))
    assert np.allclose(ddim_step(add_noise(z_0, noise, 700), z_0, 700, 300), add_noise(z_0, noise, 300), atol=1e-4)


def test_one_noise_serves_the_whole_talk() -> None:
    state = RollingState.begin(np.random.default_rng(0))
    sampler = DdimSampler(lambda z_t, timestep, audio, past: (z_t, ()), 1)
    first = sampler.stride(state, AUDIO)
    assert np.array_equal(first, np.repeat(state.noise, 4, axis=0))
    assert np.array_equal(sampler.stride(state, AUDIO), first)
