"""The base model's sampler: every stride from noise, in many steps; what one-step sampling is compared with."""

from __future__ import annotations

import numpy as np

from osa_cam.generation.rolling import Denoise, Latents, RollingState, Tokens
from osa_cam.generation.schedule import TIMESTEPS, alpha_bar


class DdimSampler:
    """The same interface as `RollingSampler`; nothing is edited and nothing remembered. steps: network evaluations a stride."""

    def __init__(self, denoise: Denoise, steps: int) -> None:
        self._denoise = denoise
        self._grid = sampling_timesteps(steps)

    def stride(self, state: RollingState, audio: Tokens) -> Latents:
        """The next frames' clean latents [frames, channels, height, width]; `state` stays as it is: one noise serves the whole talk."""
        z_t = np.repeat(state.noise, len(audio), axis=0)
        for timestep, following in zip(self._grid, [*self._grid[1:], None], strict=True):
            z_0, _ = self._denoise(z_t, float(timestep), audio, None)
            z_t = z_0 if following is None else ddim_step(z_t, z_0, timestep, following)
        return z_t


def sampling_timesteps(steps: int) -> list[int]:
    """`steps` timesteps from the noisiest down, evenly spaced: the solver's grid."""
    return [TIMESTEPS - 1 - round(i * TIMESTEPS / steps) for i in range(steps)]


def ddim_step(z_t: Latents, z_0: Latents, timestep: int, following: int) -> Latents:
    """From `timestep` to the cleaner `following` along the estimate z_0. Source: Song et al. 2021 (DDIM), eq. 12 with sigma 0."""
    a, b = alpha_bar[timestep], alpha_bar[following]
    noise = (z_t - np.sqrt(a) * z_0) / np.sqrt(1 - a)
    return (np.sqrt(b) * z_0 + np.sqrt(1 - b) * noise).astype(np.float32)
