"""How much of the clean latents is left at each timestep."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

TIMESTEPS: Final = 1000
SHIFT: Final = 0.25  # neighbouring cells of a 64x64 latent say the same, so more noise is needed to hide it
MAX_LOG_SNR: Final = 12.0


def shifted_cosine(timesteps: int = TIMESTEPS, shift: float = SHIFT) -> NDArray[np.float64]:
    """alpha_bar: float64 [timesteps], falling, in (0, 1); the last one is noise but for 6e-6.

    logSNR(u) = -2 log tan(pi u / 2) + 2 log(shift), u = (t + 1) / timesteps, cut to +-MAX_LOG_SNR.
    Source: Hoogeboom et al. 2023 (simple diffusion), eq. 4 and section 3.1.
    """
    u = np.arange(1, timesteps + 1, dtype=np.float64) / timesteps
    log_snr = -2.0 * np.log(np.tan(np.pi * u / 2.0)) + 2.0 * np.log(shift)
    return 1.0 / (1.0 + np.exp(-np.clip(log_snr, -MAX_LOG_SNR, MAX_LOG_SNR)))


alpha_bar: Final[NDArray[np.float64]] = shifted_cosine()
alpha_bar.flags.writeable = False


def add_noise(z_0: NDArray[np.float32], noise: NDArray[np.float32], timestep: int) -> NDArray[np.float32]:
    """z_t = sqrt(alpha_bar) z_0 + sqrt(1 - alpha_bar) noise; all of one shape.

    Source: Ho et al. 2020 (DDPM), eq. 4.
    """
    return (np.sqrt(alpha_bar[timestep]) * z_0 + np.sqrt(1.0 - alpha_bar[timestep]) * noise).astype(np.float32)
