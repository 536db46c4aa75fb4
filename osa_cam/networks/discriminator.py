"""The avatar discriminator: a frozen base model looks, small trained heads judge.

Source: Guo et al. 2024 (OSA-LCM, arXiv 2412.13479), section on the avatar discriminator: picture quality, motion over
time and the agreement of lips and sound.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from osa_cam.media import STRIDE
from osa_cam.networks.sizes import AUDIO_DIM, AUDIO_TOKENS, DenoiserSize

WIDTH = 64


class Verdict(NamedTuple):
    """Scores, high for real; picture: [batch * STRIDE]; motion: [batch]; sync: [batch * STRIDE]."""

    picture: Tensor
    motion: Tensor
    sync: Tensor


def _head(channels: int) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(channels, WIDTH, 1), nn.GroupNorm(8, WIDTH), nn.SiLU(), nn.Conv2d(WIDTH, 1, 3, padding=1))


class AvatarDiscriminator(nn.Module):
    """maps: the base model's hidden maps at 32, 16 and 8 (`Denoiser.features_of`); audio: [batch * STRIDE, 8, 128]."""

    def __init__(self, size: DenoiserSize) -> None:
        super().__init__()
        self.picture = nn.ModuleList(_head(c) for c in size.channels)
        # Differences of neighbouring frames and the frames' spread: what frozen or shuffled frames get wrong.
        self.motion = nn.ModuleList(_head(STRIDE * c) for c in size.channels[1:])
        self.lips = nn.Conv2d(size.channels[1], WIDTH, 3, padding=1)
        self.sound = nn.Sequential(nn.Linear(AUDIO_TOKENS * AUDIO_DIM, 2 * WIDTH), nn.SiLU(), nn.Linear(2 * WIDTH, 2 * WIDTH))
        self.sync = nn.Sequential(nn.Linear(4 * WIDTH, WIDTH), nn.SiLU(), nn.Linear(WIDTH, 1))

    def forward(self, maps: tuple[Tensor, Tensor, Tensor], audio: Tensor) -> Verdict:
        picture = torch.stack([head(m).mean((1, 2, 3)) for head, m in zip(self.picture, maps, strict=True)]).mean(0)
        scores = []
        for head, m in zip(self.motion, maps[1:], strict=True):
            frames = m.unflatten(0, (-1, STRIDE))
            change = torch.cat([frames.diff(dim=1), frames.std(1, keepdim=True)], 1)
            scores.append(head(change.flatten(1, 2)).mean((1, 2, 3)))
        lips = F.silu(self.lips(maps[1]))
        seen = torch.cat([lips.mean((2, 3)), lips.amax((2, 3))], 1)
        heard = self.sound(audio.flatten(1))
        sync = self.sync(torch.cat([seen * heard, heard], 1))[:, 0]
        return Verdict(picture, torch.stack(scores).mean(0), sync)
