import numpy as np
import pytest

from osa_cam.evaluation.distances import FRAMES, HOP, frechet, video_features

RNG_SHAPE = (400, 6)


def test_the_same_is_at_no_distance(rng: np.random.Generator) -> None:
    truth = rng.normal(size=RNG_SHAPE)
    assert frechet(truth, truth) == pytest.approx(0, abs=1e-9)
    assert frechet(truth, truth, axes=None) == pytest.approx(0, abs=1e-9)


def test_it_is_known_for_gaussians(rng: np.random.Generator) -> None:
    """Two of the same covariance: the squared distance of their means; of one mean: the squared difference of the deviations."""
    truth = rng.normal(size=RNG_SHAPE)
    assert frechet(truth + 2.0, truth, axes=None) == pytest.approx(6 * 4.0)
    centred = truth - truth.mean(0)
    assert frechet(3 * centred, centred, axes=None) == pytest.approx(4 * np.var(centred, axis=0, ddof=1).sum())


def test_units_make_no_difference(rng: np.random.Generator) -> None:
    truth, made = rng.normal(size=RNG_SHAPE), rng.normal(0.3, 1.2, RNG_SHAPE)
    units = np.array([1.0, 10.0, 0.1, 3.0, 1.0, 1.0])
    assert frechet(units * made, units * truth) == pytest.approx(frechet(made, truth), rel=1e-3)


def test_worse_is_further(rng: np.random.Generator) -> None:
    truth = rng.normal(size=RNG_SHAPE)
    near, far = (truth + rng.normal(0, sd, RNG_SHAPE) + sd for sd in (0.2, 1.0))
    assert 0 < frechet(near, truth) < frechet(far, truth)


def test_a_video_is_told_from_a_slower_one() -> None:
    t = np.arange(40)[:, None]
    slow, fast = np.sin(0.1 * t), np.sin(0.8 * t)
    assert video_features(slow).shape == ((40 - FRAMES) // HOP + 1, 2)
    assert video_features(fast)[:, 1].mean() > 3 * video_features(slow)[:, 1].mean()
