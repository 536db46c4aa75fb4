"""The diffusion's arithmetic on torch tensors; the tables are those of `osa_cam/generation`."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from osa_cam.generation.consistency import c_out, c_skip
from osa_cam.generation.ddim import sampling_timesteps
from osa_cam.generation.schedule import alpha_bar
from osa_cam.media import STRIDE

_ALPHA_BAR = torch.from_numpy(np.array(alpha_bar, np.float32))

# z_t, timestep [batch] -> z_0; everything else (sound, reference, labels) is bound by the caller.
Denoise = Callable[[Tensor, Tensor], Tensor]


def per_frame(values: Tensor) -> Tensor:
    """[batch] -> [batch * STRIDE, 1, 1, 1]"""
    return values.repeat_interleave(STRIDE)[:, None, None, None]


def alpha_bar_at(timestep: Tensor) -> Tensor:
    """timestep: [batch]; below 0 means clean. Returns [batch * STRIDE, 1, 1, 1]."""
    table = _ALPHA_BAR.to(timestep.device)
    value = torch.where(timestep < 0, torch.ones_like(table[0]), table[timestep.clamp(min=0).long()])
    return per_frame(value)


def add_noise(z_0: Tensor, noise: Tensor, timestep: Tensor) -> Tensor:
    """Ho et al. 2020, eq. 4; z_0: [batch * STRIDE, ...]; timestep: [batch]."""
    a = alpha_bar_at(timestep)
    return a.sqrt() * z_0 + (1 - a).sqrt() * noise


def one_noise(z_0: Tensor) -> Tensor:
    """The noise of one picture a stride, for all its frames; z_0: [batch * STRIDE, ...].

    With noise of its own for every frame a consistency model learns to make every frame a sample of its own, which trembles.
    """
    return torch.randn_like(z_0[::STRIDE]).repeat_interleave(STRIDE, 0)


def mixed_noise(z_0: Tensor) -> Tensor:
    """For half of the strides one noise for all frames, for half one for each; z_0: [batch * STRIDE, ...].

    With noise of their own alone frames tremble; with one alone a network could read their motion off the differences of what it is
    given, which are free of noise. Source: Ge et al. 2023 (Preserve your own correlation), who mix the two for the same reasons.
    """
    alike = torch.rand(len(z_0) // STRIDE, device=z_0.device) < 0.5
    return torch.where(per_frame(alike), one_noise(z_0), torch.randn_like(z_0))


def ddim_step(z_t: Tensor, z_0: Tensor, timestep: Tensor, following: Tensor) -> Tensor:
    """From `timestep` to the cleaner `following` along the estimate z_0; Song et al. 2021 (DDIM), eq. 12 with sigma 0."""
    a, b = alpha_bar_at(timestep), alpha_bar_at(following)
    noise = (z_t - a.sqrt() * z_0) / (1 - a).sqrt()
    return b.sqrt() * z_0 + (1 - b).sqrt() * noise


def consistency(denoise: Denoise, z_t: Tensor, timestep: Tensor) -> Tensor:
    """f(z_t, t) = c_skip(t) z_t + c_out(t) z_0; timestep: [batch], 0 and more."""
    return consistent(denoise(z_t, timestep), z_t, timestep)


def consistent(estimate: Tensor, z_t: Tensor, timestep: Tensor) -> Tensor:
    """The same from the network's estimate of z_0."""
    skip = torch.tensor([c_skip(float(t)) for t in timestep], device=z_t.device)
    out = torch.tensor([c_out(float(t)) for t in timestep], device=z_t.device)
    return per_frame(skip) * z_t + per_frame(out) * estimate


def guided(conditional: Tensor, unconditional: Tensor, guidance: float) -> Tensor:
    """Ho and Salimans 2022, eq. 6, on estimates of z_0; guidance 0 is the conditional estimate alone."""
    return conditional + guidance * (conditional - unconditional)


def sample_ddim(denoise: Denoise, noise: Tensor, steps: int) -> Tensor:
    """The base model's sampler: noise [batch * STRIDE, ...] -> z_0 in `steps` evaluations."""
    grid = sampling_timesteps(steps)
    batch = len(noise) // STRIDE
    z = noise
    for timestep, following in zip(grid, [*grid[1:], -1], strict=True):
        now = torch.full((batch,), timestep, device=noise.device)
        z = ddim_step(z, denoise(z, now), now, torch.full_like(now, following))
    return z


def sample_consistency(denoise: Denoise, noise: Tensor, steps: int) -> Tensor:
    """Luo et al. 2023 (LCM), algorithm 3: jump to the end, noise again to the next grid timestep, jump again.

    The noise stays the same, as in `osa_cam/generation/rolling.py`: a new one at every step makes neighbouring frames tremble.
    """
    batch = len(noise) // STRIDE
    z = noise
    for i, timestep in enumerate(sampling_timesteps(steps)):
        now = torch.full((batch,), timestep, device=noise.device)
        if i:
            z = add_noise(z, noise, now)
        z = consistency(denoise, z, now)
    return z
