"""How far made pictures and videos lie from true ones, as distributions."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Features = NDArray[np.float64]  # [items, dimensions]

AXES = 32  # a covariance of more would need more pictures than a few clips have
FRAMES, HOP = 8, 4  # frames of a video's item, and from one to the next


def frechet(made: Features, truth: Features, axes: int | None = AXES) -> float:
    """Fréchet distance between Gaussians fitted to two sets of features; 0 is the same.

    Both are seen along so many of the truth's strongest directions, in units of its deviations, so that no dimension's scale decides; axes
    None: as they are, for networks whose distances others publish.
    Source: Heusel et al. 2017 (GANs trained by a two time-scale update rule), eq. 6.
    """
    if axes is not None:
        centre, scale = truth.mean(0), truth.std(0) + 1e-6
        made, truth = (made - centre) / scale, (truth - centre) / scale
        directions = np.linalg.svd(truth, full_matrices=False)[2][:axes].T
        made, truth = made @ directions, truth @ directions
    (mean_a, cov_a), (mean_b, cov_b) = ((x.mean(0), np.atleast_2d(np.cov(x, rowvar=False))) for x in (made, truth))
    root = _root(cov_b)
    cross = np.linalg.eigvalsh(root @ cov_a @ root)
    distance = np.square(mean_a - mean_b).sum() + np.trace(cov_a) + np.trace(cov_b) - 2 * np.sqrt(np.clip(cross, 0, None)).sum()
    return float(max(distance, 0.0))


def _root(covariance: NDArray[np.float64]) -> NDArray[np.float64]:
    values, vectors = np.linalg.eigh(covariance)
    return (vectors * np.sqrt(np.clip(values, 0, None))) @ vectors.T


def video_features(frames: Features) -> Features:
    """Features of a clip's pictures [frames, d] -> of its windows [windows, 2 d]: how they spread and how fast they change."""
    windows = np.stack([frames[i : i + FRAMES] for i in range(0, len(frames) - FRAMES + 1, HOP)])
    return np.concatenate([windows.std(1), np.abs(np.diff(windows, axis=1)).mean(1)], 1)
