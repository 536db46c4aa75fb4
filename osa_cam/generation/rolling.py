"""One-step rolling sampling: noise what was just shown, take one step, show it, repeat."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from osa_cam.generation.consistency import c_out, c_skip
from osa_cam.generation.schedule import TIMESTEPS, add_noise
from osa_cam.media import LATENT_CHANNELS, LATENT_SIZE, STRIDE

Latents = NDArray[np.float32]
Tokens = NDArray[np.float32]
Denoise = Callable[[Latents, float, Tokens], Latents]
"""(z_t [frames, channels, height, width], timestep, audio [frames, tokens, dim]) -> estimate of z_0."""

SHAPE = (STRIDE, len(LATENT_CHANNELS), LATENT_SIZE, LATENT_SIZE)


@dataclass
class RollingState:
    """All that a stride needs to know of the strides before it. z_0: the last one, None before the first."""

    rng: np.random.Generator
    z_0: Latents | None = None

    def copy(self) -> RollingState:
        """To be restored later: the same audio then gives the same frames."""
        return deepcopy(self)


class RollingSampler:
    """strength: the timestep to which the last stride is noised; steps: network evaluations a stride.

    Source: Guo et al. 2024 (OSA-LCM), section 3.4; steps > 1 are those of Song et al. 2023, algorithm 1.
    """

    def __init__(self, denoise: Denoise, strength: int, steps: int = 1) -> None:
        self._denoise = denoise
        self._strength = strength
        self._steps = steps

    def stride(self, state: RollingState, audio: Tokens) -> Latents:
        """The next frames' clean latents [STRIDE, channels, height, width]; `state` moves on."""
        first = TIMESTEPS - 1 if state.z_0 is None else self._strength
        # Backwards: what was shown last lies where the new stride begins.
        z_0 = np.zeros(SHAPE, np.float32) if state.z_0 is None else state.z_0[::-1]
        for timestep in timesteps(first, self._steps):
            noise = state.rng.standard_normal(SHAPE, np.float32)
            # Before the first stride there is nothing to edit: pure noise, as the network saw it in training.
            z_t = noise if state.z_0 is None and timestep == first else add_noise(z_0, noise, timestep)
            z_0 = consistency_step(self._denoise, z_t, timestep, audio)
        state.z_0 = z_0
        return z_0


def consistency_step(denoise: Denoise, z_t: Latents, timestep: int, audio: Tokens) -> Latents:
    """f(z_t, t) = c_skip(t) z_t + c_out(t) z_0_hat: noisy latents -> clean latents.

    Source: Luo et al. 2023 (LCM), eq. 9; boundary condition f(x, 0) = x.
    """
    estimate = denoise(z_t, float(timestep), audio)
    return np.float32(c_skip(timestep)) * z_t + np.float32(c_out(timestep)) * estimate


def timesteps(first: int, steps: int) -> list[int]:
    """Falling, evenly spread over (0, first], each at most once."""
    return list(dict.fromkeys(round(first * (steps - step) / steps) for step in range(steps)))
