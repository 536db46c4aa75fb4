"""Does a face stay itself? The live path speaks for minutes; the last minute's pictures are compared with the first one's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from osa_cam.audio.file import read_blocks
from osa_cam.config import Sampling
from osa_cam.evaluation.judges import IdentityNet, faces
from osa_cam.evaluation.painter import Painter, Pictures
from osa_cam.live.bench import DEMO
from osa_cam.live.open import open_pipeline
from osa_cam.media import FPS, SAMPLE_RATE

COMPARED_S = 60.0  # at either end, or half of the rollout where it is shorter


class OnceASecond:
    """Every stride is sampled, one frame a second is painted: painting is most of the work, and nothing comes of it later."""

    def stride(self, first: int) -> bool:
        return True

    def frame(self, pts: int) -> bool:
        return pts % FPS == 0


@dataclass(frozen=True)
class Drift:
    """Changes from the first to the last minute, as shares.

    identity: of the face's likeness to that of the first picture; colour: of the colours' means and deviations, the largest of six;
    cover: of how much of the picture the portrait fills; minutes: as made.
    """

    avatar: str
    minutes: float
    identity: float | None
    identity_first: float | None
    identity_last: float | None
    colour: float
    cover: float


def drift(
    minutes: float,
    avatar: str | None,
    model: str,
    painter: Painter | None,
    identity: IdentityNet | None,
    sound: Path = DEMO,
    progress: Callable[[float], None] = lambda minutes: None,
) -> Drift:
    """The model speaks the built-in clip again and again; without painter or identity judge that figure is None. Raises OsaCamError."""
    pipeline, _ = open_pipeline(avatar, Sampling(), "auto", model)
    speech = np.concatenate(list(read_blocks(sound)))
    pictures: list[Pictures] = []
    pushed, wanted = 0, round(minutes * 60 * SAMPLE_RATE)
    while pushed < wanted:
        block = speech[: wanted - pushed]
        pictures += [frame.picture for frame in pipeline.push(block, OnceASecond())]
        pushed += len(block)
        progress(pushed / SAMPLE_RATE / 60)
    compared = min(round(COMPARED_S), len(pictures) // 2)
    first, last = np.stack(pictures[:compared]), np.stack(pictures[-compared:])
    likeness: tuple[float | None, float | None] = (None, None)
    if painter is not None and identity is not None:
        # The first picture of all stands for the reference: at that time nothing was edited yet.
        face = _told(identity, painter, first[:1])[0]
        likeness = float((_told(identity, painter, first[1:]) @ face).mean()), float((_told(identity, painter, last) @ face).mean())
    changes = np.abs(_colours(last) / _colours(first) - 1)
    return Drift(
        avatar or "",
        len(pictures) / 60,
        None if likeness[0] is None or likeness[1] is None else abs(likeness[1] / likeness[0] - 1),
        *likeness,
        float(changes[:6].max()),
        float(changes[6]),
    )


@torch.no_grad()
def _told(identity: IdentityNet, painter: Painter, pictures: Pictures) -> torch.Tensor:
    planes = torch.from_numpy(pictures).permute(0, 3, 1, 2).float().div(255)
    vectors: torch.Tensor = identity(faces(planes, torch.from_numpy(painter.see(pictures).shares)))
    return vectors


def _colours(pictures: Pictures) -> NDArray[np.float64]:
    """Mean and deviation of red, green and blue where the portrait is, and its share of the picture."""
    alpha = pictures[..., 3:] / 255.0
    cover = alpha.sum()
    straight = pictures[..., :3] / np.maximum(255 * alpha, 1)
    mean = (straight * alpha).sum((0, 1, 2)) / cover
    deviation = np.sqrt((np.square(straight - mean) * alpha).sum((0, 1, 2)) / cover)
    return np.concatenate([mean, deviation, [cover / alpha.size]])
