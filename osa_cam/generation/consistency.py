"""The two weights that make a network's estimate a consistency function."""

from __future__ import annotations

from typing import Final

SIGMA_DATA: Final = 0.5
TIMESTEP_SCALING: Final = 10.0


def c_skip(timestep: float) -> float:
    """The share of the input that is kept: 1 at timestep 0.

    Source: Luo et al. 2023 (LCM), section 4.1; Song et al. 2023 (consistency models), appendix C.
    """
    scaled = timestep * TIMESTEP_SCALING
    return SIGMA_DATA**2 / (scaled**2 + SIGMA_DATA**2)


def c_out(timestep: float) -> float:
    """The share of the network's estimate that is added: 0 at timestep 0, so that f(x, 0) = x."""
    scaled = timestep * TIMESTEP_SCALING
    return float(scaled / (scaled**2 + SIGMA_DATA**2) ** 0.5)
