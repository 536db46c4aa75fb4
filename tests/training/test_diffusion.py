import numpy as np
import torch

from osa_cam.generation import consistency as host
from osa_cam.generation.ddim import sampling_timesteps
from osa_cam.generation.rolling import consistency_step
from osa_cam.generation.schedule import add_noise as host_add_noise
from osa_cam.media import STRIDE
from osa_cam.training.diffusion import add_noise, consistency, ddim_step, guided, mixed_noise, one_noise, sample_consistency, sample_ddim

SHAPE = (STRIDE, 11, 8, 8)


def draw(seed: int) -> torch.Tensor:
    return torch.randn(SHAPE, generator=torch.Generator().manual_seed(seed))


def test_a_perfect_denoiser_is_followed_to_the_clean_latents() -> None:
    z_0 = draw(0)
    for steps in (1, 4, 20):
        assert torch.allclose(sample_ddim(lambda z, t: z_0, draw(1), steps), z_0, atol=1e-5)
        made = sample_consistency(lambda z, t: z_0, draw(1), steps)
        assert torch.allclose(made, z_0, atol=1e-2)


def test_ddim_keeps_the_noise_it_found() -> None:
    z_0, noise = draw(0), draw(1)
    now, following = torch.tensor([800]), torch.tensor([300])
    z_t = add_noise(z_0, noise, now)
    assert torch.allclose(ddim_step(z_t, z_0, now, following), add_noise(z_0, noise, following), atol=1e-3)
    assert torch.allclose(ddim_step(z_t, z_0, now, torch.tensor([-1])), z_0, atol=1e-6)


def test_training_and_host_agree() -> None:
    z_0, noise = draw(0), draw(1)
    for timestep in (0, 450, 999):
        z_t = add_noise(z_0, noise, torch.tensor([timestep]))
        assert np.allclose(z_t.numpy(), host_add_noise(z_0.numpy(), noise.numpy(), timestep), atol=1e-5)
        trained = consistency(lambda z, t: z * 0.5, z_t, torch.tensor([timestep])).numpy()
        live, _ = consistency_step(lambda z, t, a, past: (z * np.float32(0.5), ()), z_t.numpy(), timestep, np.zeros(1, np.float32), None)
        assert np.allclose(trained, live, atol=1e-5)


def test_the_boundary_condition_holds() -> None:
    assert host.c_skip(0) == 1
    assert host.c_out(0) == 0


def test_the_grid_falls_from_the_noisiest() -> None:
    grid = sampling_timesteps(20)
    assert grid[0] == 999
    assert len(set(grid)) == 20
    assert grid == sorted(grid, reverse=True)
    assert grid[-1] >= 0


def test_guidance_leads_away_from_the_unconditional() -> None:
    assert torch.equal(guided(torch.ones(1), torch.zeros(1), 0.0), torch.ones(1))
    assert guided(torch.ones(1), torch.zeros(1), 0.5).item() == 1.5


def test_noise_is_one_for_a_stride_or_one_for_each_frame() -> None:
    z_0 = torch.zeros(64 * STRIDE, 1, 8, 8)
    one, mixed = (noise(z_0).unflatten(0, (-1, STRIDE)) for noise in (one_noise, mixed_noise))
    assert torch.equal(one, one[:, :1].expand_as(one))
    assert not torch.equal(one[0], one[1])
    alike = (mixed == mixed[:, :1]).flatten(1).all(1)
    assert 0.2 < alike.float().mean() < 0.8
    for noise in (one, mixed, mixed[~alike]):
        assert abs(float(noise.std()) - 1) < 0.1


def test_frames_that_are_told_the_same_come_out_alike() -> None:
    noise = draw(2)[:1].expand(SHAPE)
    for sample in (sample_ddim, sample_consistency):
        made = sample(lambda z, t: 0.9 * z, noise, 4)
        assert torch.equal(made, made[:1].expand_as(made))
