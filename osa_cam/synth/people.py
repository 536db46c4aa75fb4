"""Everybody the model learns from: people in three dimensions and drawn portraits, mixed, by split and number."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from osa_cam.media import PICTURE_SIZE
from osa_cam.synth.head3d.head import Head, Person
from osa_cam.synth.portrait.portrait import Identity, Portrait
from osa_cam.synth.speech import Split

Pose = NDArray[np.float32]

FIRST_SEED: dict[str, int] = {"train": 0, "validation": 1_000_000, "test": 2_000_000}
HEADS = 0.65  # share of people in three dimensions; the others are drawn
_TURNED = 0.25  # share of those who stand turned, as painters like it
_LEAST_TURN, _MOST_TURN = 12.0, 32.0  # degrees


class Subject(Protocol):
    """Somebody who can be posed."""

    def draw(self, pose: Pose) -> NDArray[np.uint8]:
        """uint8 [512, 512, 4], premultiplied RGBA."""
        ...

    def labels(self, pose: Pose, reference: Pose) -> NDArray[np.float32]:
        """The raw latents LATENT_CHANNELS of a pose seen from a reference pose: float32 [11, 64, 64]."""
        ...

    def parts(self, pose: Pose, size: int = 256) -> NDArray[np.uint8]:
        """uint8 [size, size] of PARTS."""
        ...

    def opening(self, pose: Pose) -> float:
        """The gap between the lips as a share of the mouth's width; 0 is closed."""
        ...


def seed_of(split: Split, number: int) -> int:
    """Numbers of different splits are different people."""
    return FIRST_SEED[split] + number


def is_drawn(split: Split, number: int) -> bool:
    """Whether that person is a drawn portrait or a head in three dimensions."""
    return bool(np.random.default_rng([seed_of(split, number), 1]).random() >= HEADS)


@lru_cache(maxsize=8)
def person(split: Split, number: int, assets: Path | None = None) -> Subject:
    """assets: a folder of hair that some heads wear (`osa_cam/synth/head3d/hair/assets.py`).

    Raises TrainingError where what people in three dimensions need is missing, or where the folder holds no hair.
    """
    seed = seed_of(split, number)
    if is_drawn(split, number):
        return Portrait(Identity.from_seed(seed), PICTURE_SIZE)
    return Head(replace(Person.from_seed(seed), stance=_stance(seed)), PICTURE_SIZE, assets)


def _stance(seed: int) -> float:
    rng = np.random.default_rng([seed, 3])
    if rng.random() >= _TURNED:
        return 0.0
    return float(rng.choice([-1, 1]) * rng.uniform(_LEAST_TURN, _MOST_TURN))
