"""The format of a drawn set on disk: a folder of `.npy` arrays read by memory map, and a `set.json` that says what was drawn.

A stream (`synth/streaming.py`) has the `set.json` alone: {"config": SetConfig, "workers": n} instead of {"config": SetConfig, "done": n}.

stills: reference u8 [people, 512, 512, 4]; reference_parts f16 [people, 8, 64, 64] (alpha and part shares);
        picture u8 [people, frames, 512, 512, 4]; latents f16 [people, frames, 11, 64, 64], raw; parts u8 [people, frames, 256, 256].
clips:  reference u8 [clips, 512, 512, 4]; latents f16 [clips, frames, 11, 64, 64], raw; poses f32 [clips, frames, 60];
        mel f32 [clips, MEL_BEFORE + 4 * frames + MEL_AFTER, 80]; labels f32 [clips, 6] (expression one-hot, liveliness);
        sounds u8 [clips, frames] (SILENCE, LIPS_CLOSED, OTHER).
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

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
    status = read_status(folder)
    if status is None:
        raise TrainingError(f"No data set in {folder}: draw one with `osa-cam train data --out {folder.parent}`.")
    if "done" not in status:
        raise TrainingError(f"{folder} is a stream, which only the autoencoder's training reads: draw a set into another folder.")
    names = shapes(SetConfig(**status["config"]))
    return {name: np.load(folder / f"{name}.npy", mmap_mode="r")[: status["done"]] for name in names}


def write_arrays(folder: Path, config: SetConfig, anew: bool) -> dict[str, np.memmap[Any, np.dtype[np.generic]]]:
    """The arrays of a set, to be written into; anew: whatever lies there is lost.

    Raises TrainingError where the disk has no room: a memory map would find out in the middle, and end the program without a word.
    """
    arrays = {name: (folder / f"{name}.npy", shape, np.dtype(kind)) for name, (shape, kind) in shapes(config).items()}
    there = 0 if anew else sum(_occupied(path) for path, _, _ in arrays.values())
    needed = sum(int(np.prod(shape)) * kind.itemsize for _, shape, kind in arrays.values()) - there
    free = shutil.disk_usage(folder).free
    if needed > free:
        wanted = f"{folder} takes {needed / 1e9:.1f} GB more, and {free / 1e9:.1f} GB are free"
        raise TrainingError(f"{wanted}: choose a folder on another disk, or fewer people or clips.")
    mode: Literal["r+", "w+"] = "w+" if anew else "r+"
    return {name: np.lib.format.open_memmap(path, mode, kind, shape) for name, (path, shape, kind) in arrays.items()}


def _occupied(path: Path) -> int:
    """Bytes that a file takes on disk: an array that is only begun takes less than its size."""
    status = path.stat()
    return int(getattr(status, "st_blocks", status.st_size // 512)) * 512


def read_status(folder: Path) -> dict[str, Any] | None:
    """What `set.json` says; None where there is none."""
    path = folder / "set.json"
    found: dict[str, Any] | None = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None
    return found


def write_status(folder: Path, status: dict[str, Any]) -> None:
    """Writes `set.json` as a whole or not at all."""
    partial = folder / "set.partial"
    partial.write_text(json.dumps(status), encoding="utf-8")
    os.replace(partial, folder / "set.json")


def indices(rng: np.random.Generator, high: int) -> Iterator[int]:
    """Every number below `high` in random order, again and again."""
    while True:
        yield from rng.permutation(high).tolist()
