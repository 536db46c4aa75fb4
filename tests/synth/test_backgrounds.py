"""Backgrounds: every kind is drawn at every size, follows from its generator, and covers the picture."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("skia", reason="skia is not installed (extra `train`)")

from osa_cam.synth.looks.backgrounds import BACKGROUNDS, background


@pytest.mark.parametrize("kind", list(BACKGROUNDS))
def test_every_kind_is_drawn(kind: str) -> None:
    draw = BACKGROUNDS[kind]
    pictures = [draw(np.random.default_rng(seed), size) for seed, size in ((0, 128), (1, 128), (0, 128), (0, 64))]
    assert [p.shape for p in pictures] == [(128, 128, 3)] * 3 + [(64, 64, 3)]
    assert all(p.dtype == np.uint8 and p.flags.c_contiguous for p in pictures)
    np.testing.assert_array_equal(pictures[0], pictures[2])
    assert (pictures[0] != pictures[1]).mean() > 0.5
    assert (np.ptp(pictures[0].reshape(-1, 3), axis=0).max() > 8) == (kind != "plain")


def test_kinds_differ(rng: np.random.Generator) -> None:
    pictures = [background(rng, 64) for _ in range(40)]
    flat = sum(np.ptp(p.reshape(-1, 3), axis=0).max() == 0 for p in pictures)
    assert 1 <= flat <= 14
    assert np.std([p.mean() for p in pictures]) > 20
