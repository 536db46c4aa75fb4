"""The format of a drawn set on disk: a folder of `.npy` arrays read by memory map, and a `set.json` that says what was drawn.

stills: reference u8 [people, 512, 512, 4]; reference_parts f16 [people, 8, 64, 64] (alpha and part shares);
        picture u8 [people, frames, 512, 512, 4]; latents f16 [people, frames, 11, 64, 64], raw; parts u8 [people, frames, 256, 256].
clips:  reference u8 [clips, 512, 512, 4]; latents f16 [clips, frames, 11, 64, 64], raw; poses f32 [clips, frames, 60];
        mel f32 [clips, MEL_BEFORE + 4 * frames + MEL_AFTER, 80]; labels f32 [clips, 6] (expression one-hot, liveliness);
        sounds u8 [clips, frames] (SILENCE, LIPS_CLOSED, OTHER).
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from osa_cam.errors import TrainingError
from osa_cam.media import LATENT_CHANNELS, LATENT_SIZE, MEL_BINS, MEL_PER_FRAME, PICTURE_SIZE
from osa_cam.synth.pose import EXPRESSIONS, POSE_NAMES
from osa_cam.synth.speech import Split

MEL_BEFORE = 128  # what the audio encoder sees to its left, and a bit
MEL_AFTER = 8  # its lookahead
PARTS_SIZE = 256
SILENCE, LIPS_CLOSED, OTHER = 0, 1, 2  # what a frame sounds like

Arrays = dict[str, NDArray[np.generic]]


@dataclass(frozen=True)
class SetConfig:
    """kind: stills or clips; items: people or clips; frames: of each; people: how many persons clips share; assets: a folder
    of hair that some heads wear beside our own."""

    kind: str
    split: Split
    speech: str
    items: int
    frames: int
    people: int
    seed: int = 0
    assets: str | None = None


def shapes(config: SetConfig) -> dict[str, tuple[tuple[int, ...], str]]:
    n, f, s, c, z = config.items, config.frames, PICTURE_SIZE, len(LATENT_CHANNELS), LATENT_SIZE
    shared = {"reference": ((n, s, s, 4), "u1"), "latents": ((n, f, c, z, z), "f2")}
    if config.kind == "stills":
        return shared | {
            "reference_parts": ((n, c - 3, z, z), "f2"),
            "picture": ((n, f, s, s, 4), "u1"),
            "parts": ((n, f, PARTS_SIZE, PARTS_SIZE), "u1"),
        }
    return shared | {
        "poses": ((n, f, len(POSE_NAMES)), "f4"),
        "mel": ((n, MEL_BEFORE + MEL_PER_FRAME * f + MEL_AFTER, MEL_BINS), "f4"),
        "labels": ((n, len(EXPRESSIONS) + 1), "f4"),
        "sounds": ((n, f), "u1"),
    }


def open_set(folder: Path) -> Arrays:
    """The arrays of a set by memory map, cut to what is drawn so far; raises TrainingError where there is none."""
    status = folder / "set.json"
    if not status.is_file():
        raise TrainingError(f"No data set in {folder}: draw one with `osa-cam train data --out {folder.parent}`.")
    found = json.loads(status.read_text(encoding="utf-8"))
    names = shapes(SetConfig(**found["config"]))
    return {name: np.load(folder / f"{name}.npy", mmap_mode="r")[: found["done"]] for name in names}


def indices(rng: np.random.Generator, high: int) -> Iterator[int]:
    """Every number below `high` in random order, again and again."""
    while True:
        yield from rng.permutation(high).tolist()
