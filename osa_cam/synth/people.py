"""Everybody the model learns from: heads in three dimensions, drawn portraits, beings and puppets, mixed, by split and number."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Literal, Protocol, get_args

import numpy as np
from numpy.typing import NDArray

from osa_cam.errors import AvatarError
from osa_cam.media import PICTURE_SIZE
from osa_cam.synth.beings.being import KINDS as BEINGS
from osa_cam.synth.beings.being import being_of
from osa_cam.synth.head3d.head import Head, Person
from osa_cam.synth.portrait.portrait import Identity, Portrait
from osa_cam.synth.pose import pose
from osa_cam.synth.puppet.puppet import Puppet
from osa_cam.synth.puppet.read import read_handles
from osa_cam.synth.speech import Split

Pose = NDArray[np.float32]

FIRST_SEED: dict[str, int] = {"train": 0, "validation": 1_000_000, "test": 2_000_000}
Kind = Literal["head", "portrait", "being", "puppet"]
KINDS: tuple[Kind, ...] = get_args(Kind)
SHARES: dict[Kind, float] = {"head": 0.55, "portrait": 0.27, "being": 0.08, "puppet": 0.10}
_HEADS_AS_PUPPETS = 0.5  # share of puppets whose picture is a head in three dimensions; the others' is a drawn portrait
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


def kind_of(split: Split, number: int) -> Kind:
    """What a person of the stream is."""
    draw = np.random.default_rng([seed_of(split, number), 1]).random()
    return KINDS[int(np.searchsorted(np.cumsum(list(SHARES.values())), draw, side="right").clip(0, len(KINDS) - 1))]


@lru_cache(maxsize=8)
def person(split: Split, number: int, assets: Path | None = None) -> Subject:
    """assets: a folder of hair that some heads wear (`osa_cam/synth/head3d/hair/assets.py`).

    Raises TrainingError where what people in three dimensions need is missing, or where the folder holds no hair.
    """
    seed, kind = seed_of(split, number), kind_of(split, number)
    if kind == "being":
        return being_of(BEINGS[int(np.random.default_rng([seed, 4]).integers(len(BEINGS)))], seed)
    if kind == "puppet":
        return _puppet(seed, assets)
    return _head(seed, assets) if kind == "head" else Portrait(Identity.from_seed(seed))


def _head(seed: int, assets: Path | None) -> Head:
    return Head(replace(Person.from_seed(seed), stance=_stance(seed)), PICTURE_SIZE, assets)


def _puppet(seed: int, assets: Path | None) -> Subject:
    """Somebody of ours, drawn once at rest; whoever hides an eye or the mouth stays what he was."""
    as_head = np.random.default_rng([seed, 5]).random() < _HEADS_AS_PUPPETS
    sitter = _head(seed, assets) if as_head else Portrait(Identity.from_seed(seed))
    rest = pose()
    picture = sitter.draw(rest)
    try:
        return Puppet(picture, read_handles(picture, sitter.parts(rest, PICTURE_SIZE)))
    except AvatarError:
        return sitter


def _stance(seed: int) -> float:
    rng = np.random.default_rng([seed, 3])
    if rng.random() >= _TURNED:
        return 0.0
    return float(rng.choice([-1, 1]) * rng.uniform(_LEAST_TURN, _MOST_TURN))
