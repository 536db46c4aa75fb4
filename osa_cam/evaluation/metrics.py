"""Figures of a talking portrait, read off its latents (every channel of which means something)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from osa_cam.media import LATENT_CHANNELS, LEAST_SHARE, MEMORY, STRIDE

Latents = NDArray[np.float32]  # raw, [frames, 11, 64, 64]
Series = NDArray[np.float64]  # [frames]

OPEN = [LATENT_CHANNELS.index(name) for name in ("mouth", "teeth", "tongue")]
FLOW = [LATENT_CHANNELS.index(name) for name in ("flow_x", "flow_y")]
LID = LATENT_CHANNELS.index("lid")
ALPHA = LATENT_CHANNELS.index("alpha")
SETTLING = 2 * MEMORY  # frames: those from noise, and those edited from them


@dataclass(frozen=True)
class Sync:
    """r: Pearson's correlation at no lag; lag: shift in frames at which it is highest, positive: the mouth is late."""

    r: float
    lag: int
    r_at_lag: float


def mouth_opening(latents: Latents) -> Series:
    """Cells (8 x 8 pixels) of inside, teeth and tongue that can be seen."""
    shares = latents[:, OPEN]
    return np.where(shares > LEAST_SHARE, shares, 0).sum((1, 2, 3), dtype=np.float64)


def correlation(a: Series, b: Series) -> float:
    """Pearson's r; 0 where a series is still."""
    if a.std() < 1e-9 or b.std() < 1e-9:
        return 0.0
    return float(np.corrcoef(a, b)[0, 1])


def sync(opening: Series, truth: Series, reach: int = 6) -> Sync:
    """How the mouth follows the true one; lags up to `reach` frames either way are tried."""
    n = len(opening)
    by_lag = {
        lag: correlation(opening[max(lag, 0) : n + min(lag, 0)], truth[max(-lag, 0) : n - max(lag, 0)]) for lag in range(-reach, reach + 1)
    }
    best = max(by_lag, key=lambda lag: by_lag[lag])
    return Sync(by_lag[0], best, by_lag[best])


def border_ratio(latents: Latents) -> float:
    """Mean change over stride borders by mean change inside strides: 1 means no seam.

    A talk's first frames come from noise and settle; they are left out, since they come once and not at every border.
    """
    jump = np.abs(np.diff(latents, axis=0)).mean((1, 2, 3))[SETTLING:]
    at_border = np.arange(SETTLING + 1, len(latents)) % STRIDE == 0
    return float(jump[at_border].mean() / max(jump[~at_border].mean(), 1e-12))


def motion_amount(latents: Latents) -> float:
    """Mean speed of the portrait's surface: picture widths a frame."""
    speed = np.linalg.norm(np.diff(latents[:, FLOW], axis=0), axis=1)
    cover = np.clip(latents[1:, ALPHA], 0, 1)
    return float((speed * cover).sum() / max(cover.sum(), 1e-9))


def blinks_a_minute(latents: Latents, fps: int) -> float:
    """Times the lids' area rises over half of its highest (at least 4 cells), by the clip's length."""
    area = np.clip(latents[:, LID], 0, None).sum((1, 2))
    shut = area > max(0.5 * float(area.max()), 4.0)
    return float(np.count_nonzero(shut[1:] & ~shut[:-1]) * 60 * fps / len(latents))
