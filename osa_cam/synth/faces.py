"""Drawn faces with their points, for the detector of faces: a file for each person, in a folder for each split.

NUMBER.npz: picture u8 [n, 256, 256, 4], premultiplied RGBA; points f32 [n, len(POINTS), 2], in its pixels, NaN where unknown;
style: how the person is drawn. A broken-off set is gone on with; the same numbers give the same files.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from osa_cam.avatars.face import POINTS
from osa_cam.errors import TrainingError
from osa_cam.synth.datasets import wild_pose
from osa_cam.synth.face_points import crown, face_points, points_of_parts
from osa_cam.synth.head3d.head import Head
from osa_cam.synth.looks.look import Look
from osa_cam.synth.people import Subject, person, seed_of
from osa_cam.synth.portrait.portrait import Portrait, reference_pose
from osa_cam.synth.sets import open_set
from osa_cam.synth.speech import Split

SIDE = 256  # pixels
POSES = 4  # of each person: one as in a reference, the rest wild


@dataclass(frozen=True, eq=False)
class Faces:
    """picture: u8 [n, 256, 256, 4]; points: f32 [n, len(POINTS), 2]; styles: of each."""

    picture: NDArray[np.uint8]
    points: NDArray[np.float32]
    styles: list[str]


def draw_faces(folder: Path, split: Split, numbers: Sequence[int], progress: Callable[[int, int], None] = lambda done, total: None) -> None:
    """Draws who is missing of these people."""
    folder.mkdir(parents=True, exist_ok=True)
    for done, number in enumerate(numbers):
        path = folder / f"{number:06d}.npz"
        if not path.is_file():
            _write(path, *_drawn(split, number))
        progress(done + 1, len(numbers))


def faces_of_stills(folder: Path, stills: Path) -> None:
    """Takes the frames of a set of stills (`synth.sets`) in: of these eyes, mouth and head are known."""
    folder.mkdir(parents=True, exist_ok=True)
    arrays = open_set(stills)
    for number, (frames, parts) in enumerate(zip(arrays["picture"], arrays["parts"], strict=True)):
        path = folder / f"stills-{number:06d}.npz"
        if path.is_file():
            continue
        pictures, points = [], []
        for frame, shown in zip(frames, parts, strict=True):
            found = points_of_parts(np.asarray(shown), SIDE)
            if found is not None:
                picture = cv2.resize(np.asarray(frame), (SIDE, SIDE), interpolation=cv2.INTER_AREA)
                if picture[:4, :, 3].max() < 128:
                    found[-5:] = crown(picture[..., 3], found)
                pictures.append(picture)
                points.append(found)
        _write(path, pictures, points, "stills")


def read_faces(folder: Path) -> Faces:
    """Everybody in the folder. Raises TrainingError where there is nobody."""
    paths = sorted(folder.glob("*.npz"))
    if not paths:
        raise TrainingError(f"No drawn faces in {folder}: osa-cam train face draws them.")
    pictures, points, styles = [], [], []
    for path in paths:
        with np.load(path, allow_pickle=False) as file:
            pictures.append(file["picture"])
            points.append(file["points"])
            styles += [str(file["style"])] * len(pictures[-1])
    return Faces(np.concatenate(pictures), np.concatenate(points), styles)


def _drawn(split: Split, number: int) -> tuple[list[NDArray[np.uint8]], list[NDArray[np.float32]], str]:
    rng = np.random.default_rng([seed_of(split, number), 4])
    subject = person(split, number)
    look = replace(Look.from_rng(rng, SIDE), framing=None, background=None)
    pictures, points = [], []
    for pose in _poses(rng):
        whole = subject.draw(pose)
        found = face_points(subject, pose, whole)
        if found is not None:
            small = cv2.resize(whole, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
            pictures.append(look.paint(small, rng))
            points.append((found + np.float32(0.5)) * np.float32(SIDE / len(whole)) - np.float32(0.5))
    return pictures, points, style_of(subject)


def _poses(rng: np.random.Generator) -> Iterator[NDArray[np.float32]]:
    yield reference_pose(rng)
    for _ in range(POSES - 1):
        yield wild_pose(rng)


def style_of(subject: Subject) -> str:
    """A head's or a portrait's style of drawing; of others what they are."""
    if isinstance(subject, Head):
        return subject.person.style
    return f"drawn {subject.identity.style}" if isinstance(subject, Portrait) else type(subject).__name__.lower()


def _write(path: Path, pictures: list[NDArray[np.uint8]], points: list[NDArray[np.float32]], style: str) -> None:
    partial = path.with_suffix(".partial")
    with partial.open("wb") as file:
        np.savez_compressed(
            file,
            picture=np.array(pictures, np.uint8).reshape(-1, SIDE, SIDE, 4),
            points=np.array(points, np.float32).reshape(-1, len(POINTS), 2),
            style=np.array(style),
        )
    os.replace(partial, path)
