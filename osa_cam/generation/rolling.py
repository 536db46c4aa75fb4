"""One-step rolling sampling: noise what was just shown, take one step, show it, repeat."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from osa_cam.generation.consistency import c_out, c_skip
from osa_cam.generation.schedule import TIMESTEPS, add_noise
from osa_cam.media import LATENT_CHANNELS, LATENT_SIZE, MEMORY

Latents = NDArray[np.float32]
Tokens = NDArray[np.float32]
Past = tuple[NDArray[np.float32], ...]
Denoise = Callable[[Latents, float, Tokens, Past | None], tuple[Latents, Past]]
"""(z_t [frames, channels, height, width], timestep, audio [frames, tokens, dim], what the frames before left, None before the first)
-> (estimate of z_0, what these leave)."""

SHAPE = (len(LATENT_CHANNELS), LATENT_SIZE, LATENT_SIZE)


@dataclass
class RollingState:
    """All that a stride needs to know of the frames before it.

    noise: [1, channels, height, width], one for the whole talk: a new one for each stride would jump where strides meet. shown: the clean
    latents of the newest MEMORY frames at most; past: what they left in the network.
    """

    rng: np.random.Generator
    noise: Latents
    shown: Latents = field(default_factory=lambda: np.zeros((0, *SHAPE), np.float32))
    past: Past | None = None

    @classmethod
    def begin(cls, rng: np.random.Generator) -> RollingState:
        return cls(rng, rng.standard_normal((1, *SHAPE), np.float32))

    def anew(self) -> RollingState:
        """With the same noise, before the first frame: what was shown is no longer to be edited."""
        return RollingState(self.rng, self.noise)

    def copy(self) -> RollingState:
        """To be restored later: the same audio then gives the same frames."""
        return deepcopy(self)


class RollingSampler:
    """strength: the timestep to which shown frames are noised; steps: network evaluations a stride.

    Source: Guo et al. 2024 (OSA-LCM), section 3.4; steps > 1 are those of Song et al. 2023, algorithm 1.
    """

    def __init__(self, denoise: Denoise, strength: int, steps: int = 1) -> None:
        self._denoise = denoise
        self._strength = strength
        self._steps = steps

    def stride(self, state: RollingState, audio: Tokens) -> Latents:
        """The next frames' clean latents [frames, channels, height, width]; `state` moves on.

        audio: [frames, tokens, dim] of 1, 2 or 4 frames; the frames come out the same however they are divided into strides.
        """
        frames = len(audio)
        begins = len(state.shown) < MEMORY
        first = TIMESTEPS - 1 if begins else self._strength
        noise = np.repeat(state.noise, frames, axis=0)
        z_0 = state.shown[:frames]  # each frame is edited from the one MEMORY before it
        past = state.past
        for timestep in timesteps(first, self._steps):
            # Before MEMORY frames there is nothing to edit: pure noise, as the network saw it in training.
            z_t = noise if begins and timestep == first else add_noise(z_0, noise, timestep)
            z_0, past = consistency_step(self._denoise, z_t, timestep, audio, state.past)
        state.shown = np.concatenate((state.shown, z_0))[-MEMORY:]
        state.past = past
        return z_0


def consistency_step(denoise: Denoise, z_t: Latents, timestep: int, audio: Tokens, past: Past | None) -> tuple[Latents, Past]:
    """f(z_t, t) = c_skip(t) z_t + c_out(t) z_0_hat: noisy latents -> clean latents, and what they leave in the network.

    Source: Luo et al. 2023 (LCM), eq. 9; boundary condition f(x, 0) = x.
    """
    estimate, left = denoise(z_t, float(timestep), audio, past)
    return np.float32(c_skip(timestep)) * z_t + np.float32(c_out(timestep)) * estimate, left


def timesteps(first: int, steps: int) -> list[int]:
    """Falling, evenly spread over (0, first], each at most once."""
    return list(dict.fromkeys(round(first * (steps - step) / steps) for step in range(steps)))
