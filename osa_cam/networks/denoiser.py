"""The denoiser: noisy latents of a stride, the sound and a reference -> clean latents.

Spatial residual blocks modulated by time, sound, expression, liveliness and drive; cross-attention to the audio tokens;
causal attention over frames, whose keys and values of the frames before are handed in and out. A frame knows neither its place in a stride
nor how long the stride is, so strides of 1, 2 and 4 frames give the same talk.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from osa_cam.media import DRIVE_CHANNELS, LATENT_SIZE, MEMORY
from osa_cam.networks.blocks import ResidualBlock, upsample2
from osa_cam.networks.sizes import (
    AUDIO_DIM,
    AUDIO_TOKENS,
    CHANNELS,
    DENOISER_FEATURES,
    EXPRESSION_DIM,
    DenoiserSize,
)


def timestep_embedding(timestep: Tensor, dim: int) -> Tensor:
    """[n] of 0 to 999 -> [n, dim]; sinusoids as in Vaswani et al. 2017, section 3.5."""
    frequencies = torch.exp(-math.log(10_000) * torch.arange(dim // 2, device=timestep.device) / (dim // 2))
    angles = timestep.float()[:, None] * frequencies
    return torch.cat([angles.cos(), angles.sin()], dim=1)


def places(x: Tensor) -> Tensor:
    """[n, 2, height, width]: where each pixel of x is, -1 to 1. A head that turns moves what is far from its axis further."""
    n, _, height, width = x.shape
    across = torch.linspace(-1, 1, width, device=x.device).expand(n, 1, height, width)
    down = torch.linspace(-1, 1, height, device=x.device)[:, None].expand(n, 1, height, width)
    return torch.cat([across, down], 1).to(x.dtype)


class AudioAttention(nn.Module):
    """Each pixel of a frame attends to that frame's audio tokens.

    x: [n, channels, height, width]; audio: [n, AUDIO_TOKENS, AUDIO_DIM].
    """

    def __init__(self, channels: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.norm = nn.GroupNorm(8, channels)
        self.query = nn.Conv2d(channels, channels, 1)
        self.position = nn.Parameter(0.02 * torch.randn(AUDIO_TOKENS, AUDIO_DIM))
        self.key_value = nn.Linear(AUDIO_DIM, 2 * channels)
        self.out = nn.Conv2d(channels, channels, 1)
        nn.init.zeros_(self.out.weight)

    def forward(self, x: Tensor, audio: Tensor) -> Tensor:
        n, c, h, w = x.shape
        query = self.query(self.norm(x)).reshape(n, self.heads, c // self.heads, h * w).transpose(2, 3)
        key_value = self.key_value(audio + self.position).reshape(n, AUDIO_TOKENS, 2, self.heads, c // self.heads)
        key, value = key_value.permute(2, 0, 3, 1, 4).unbind(0)
        y = F.scaled_dot_product_attention(query, key, value)
        out: Tensor = x + self.out(y.transpose(2, 3).reshape(n, c, h, w))
        return out


class TemporalAttention(nn.Module):
    """Each pixel attends to itself in its own frame and the MEMORY frames before.

    x: [batch * frames, channels, height, width]; past: keys and values of the frames before, oldest first,
    [batch, MEMORY, 2 * channels, height, width], zeros before the first frame. Returns x and the newest past.
    """

    def __init__(self, channels: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.norm = nn.GroupNorm(8, channels)
        self.qkv = nn.Conv2d(channels, 3 * channels, 1)
        self.age = nn.Parameter(torch.zeros(MEMORY + 1, heads))  # what a frame's age adds to its weight, oldest first
        self.out = nn.Conv2d(channels, channels, 1)
        nn.init.zeros_(self.out.weight)

    def forward(self, x: Tensor, past: Tensor) -> tuple[Tensor, Tensor]:
        n, c, h, w = x.shape
        qkv = self.qkv(self.norm(x)).reshape(past.shape[0], -1, 3 * c, h, w)
        query, new = qkv[:, :, :c] * (c // self.heads) ** -0.5, qkv[:, :, c:]
        known = torch.cat([past, new], 1)
        # Window by window: a product with all frames and a mask would be mostly mask.
        windows = [known[:, i : known.shape[1] - MEMORY + i] for i in range(MEMORY + 1)]
        scores = [
            self._by_head(query * window[:, :, :c]).sum(3) + age[:, None, None] for window, age in zip(windows, self.age, strict=True)
        ]
        weights = torch.stack(scores).softmax(0)
        y = sum(
            (weight[:, :, :, None] * self._by_head(window[:, :, c:]) for weight, window in zip(weights, windows, strict=True)),
            start=torch.zeros((), device=x.device),
        )
        return x + self.out(y.reshape(n, c, h, w)), known[:, -MEMORY:]

    def _by_head(self, x: Tensor) -> Tensor:
        """[batch, frames, channels, height, width] -> [batch, frames, heads, channels / heads, height, width]"""
        batch, _, c, h, w = x.shape
        return x.reshape(batch, -1, self.heads, c // self.heads, h, w)


def _more(channels: int, modulation_dim: int, count: int) -> nn.ModuleList:
    return nn.ModuleList(ResidualBlock(channels, modulation_dim=modulation_dim) for _ in range(count))


def _through(blocks: nn.ModuleList, h: Tensor, e: Tensor) -> Tensor:
    for block in blocks:
        h = block(h, e)
    return h


def spread(x: Tensor, frames: Tensor) -> Tensor:
    """One of a clip -> one of each of its frames; x: [batch, ...]; frames: anything [batch * frames, ...]."""
    each = frames.shape[0] // x.shape[0]
    return x[:, None].expand(-1, each, *x.shape[1:]).reshape(frames.shape[0], *x.shape[1:])


class Maps(NamedTuple):
    """Hidden maps at 32x32, 16x16 and 8x8, and what the attention over time keeps of the newest frames."""

    h32: Tensor
    h16: Tensor
    h8: Tensor
    past16: Tensor
    past8: Tensor


class Denoiser(nn.Module):
    """z_t: [batch * frames, 11, 64, 64]; timestep: [batch], 0 to 999; audio: [batch * frames, 8, 128];
    features: [batch, 64, 32, 32] of the reference net; expression: [batch, 5]; liveliness: [batch, 1];
    drive: [batch * frames, 13]; past16, past8: what the frames before left, None before the first.
    Returns z_0 of z_t's shape, and past16 and past8 for the frames that follow.

    `features_of` gives the hidden maps instead: what the avatar discriminator looks at.
    """

    def __init__(self, size: DenoiserSize) -> None:
        super().__init__()
        c32, c16, c8 = size.channels
        dim = size.modulation_dim
        self.past_channels = (2 * c16, 2 * c8)
        self.embed_time = nn.Sequential(nn.Linear(128, dim), nn.SiLU(), nn.Linear(dim, dim))
        self.embed_audio = nn.Sequential(nn.Linear(AUDIO_TOKENS * AUDIO_DIM, dim), nn.SiLU(), nn.Linear(dim, dim))
        self.embed_labels = nn.Sequential(nn.Linear(EXPRESSION_DIM + 1 + DRIVE_CHANNELS, dim), nn.SiLU(), nn.Linear(dim, dim))
        self.embed_reference = nn.Conv2d(DENOISER_FEATURES, c32, 1)
        self.pool_reference = nn.Linear(DENOISER_FEATURES, dim)
        self.enter = nn.Conv2d(4 * CHANNELS + c32 + 2, c32, 3, padding=1)
        self.down32 = ResidualBlock(c32, modulation_dim=dim)
        self.down16 = ResidualBlock(c32, c16, dim)
        self.audio16 = AudioAttention(c16, size.heads)
        self.time16 = TemporalAttention(c16, size.heads)
        self.down8 = ResidualBlock(c16, c8, dim)
        self.audio8 = AudioAttention(c8, size.heads)
        self.time8 = TemporalAttention(c8, size.heads)
        self.middle = ResidualBlock(c8, modulation_dim=dim)
        self.up16 = ResidualBlock(c8 + c16, c16, dim)
        self.up32 = ResidualBlock(c16 + c32, c32, dim)
        self.final = ResidualBlock(c32, modulation_dim=dim)
        more32, more16, more8 = (depth - 1 for depth in size.depth)
        self.more_down32, self.more_up32 = _more(c32, dim, more32), _more(c32, dim, more32)
        self.more_down16, self.more_up16 = _more(c16, dim, more16), _more(c16, dim, more16)
        self.more_middle = _more(c8, dim, more8)
        self.norm = nn.GroupNorm(8, c32)
        self.out = nn.Conv2d(c32, 4 * CHANNELS, 3, padding=1)
        nn.init.zeros_(self.out.weight)

    def modulation(
        self, timestep: Tensor, audio: Tensor, features: Tensor, expression: Tensor, liveliness: Tensor, drive: Tensor
    ) -> Tensor:
        """All that is not a map, in one vector a frame: [batch * frames, modulation_dim]."""
        clip = self.embed_time(timestep_embedding(timestep, 128)) + self.pool_reference(features.mean((2, 3)))
        labels = spread(torch.cat([expression, liveliness], 1), drive)
        frame = self.embed_audio(audio.flatten(1)) + self.embed_labels(torch.cat([labels, drive], 1))
        return F.silu(spread(clip, frame) + frame)

    def no_past(self, batch: int, device: torch.device | None = None) -> tuple[Tensor, Tensor]:
        """past16 and past8 before the first frame."""
        sides = (LATENT_SIZE // 4, LATENT_SIZE // 8)
        past16, past8 = (
            torch.zeros(batch, MEMORY, c, side, side, device=device) for c, side in zip(self.past_channels, sides, strict=True)
        )
        return past16, past8

    def descend(self, z_t: Tensor, audio: Tensor, features: Tensor, e: Tensor, past16: Tensor, past8: Tensor) -> Maps:
        reference = spread(self.embed_reference(features), z_t)
        h32 = self.down32(self.enter(torch.cat([F.pixel_unshuffle(z_t, 2), reference, places(reference)], 1)), e)
        h32 = _through(self.more_down32, h32, e)
        h16 = _through(self.more_down16, self.down16(F.avg_pool2d(h32, 2), e), e)
        h16, past16 = self.time16(self.audio16(h16, audio), past16)
        h8, past8 = self.time8(self.audio8(self.down8(F.avg_pool2d(h16, 2), e), audio), past8)
        return Maps(h32, h16, h8, past16, past8)

    def features_of(
        self, z_t: Tensor, timestep: Tensor, audio: Tensor, features: Tensor, expression: Tensor, liveliness: Tensor, drive: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        """The hidden maps of strides that nothing came before."""
        e = self.modulation(timestep, audio, features, expression, liveliness, drive)
        maps = self.descend(z_t, audio, features, e, *self.no_past(len(timestep), z_t.device))
        return maps.h32, maps.h16, maps.h8

    def forward(
        self,
        z_t: Tensor,
        timestep: Tensor,
        audio: Tensor,
        features: Tensor,
        expression: Tensor,
        liveliness: Tensor,
        drive: Tensor,
        past16: Tensor | None = None,
        past8: Tensor | None = None,
    ) -> tuple[Tensor, Tensor, Tensor]:
        e = self.modulation(timestep, audio, features, expression, liveliness, drive)
        if past16 is None or past8 is None:
            past16, past8 = self.no_past(len(timestep), z_t.device)
        maps = self.descend(z_t, audio, features, e, past16, past8)
        h = _through(self.more_middle, self.middle(maps.h8, e), e)
        h = _through(self.more_up16, self.up16(torch.cat([upsample2(h), maps.h16], 1), e), e)
        h = _through(self.more_up32, self.up32(torch.cat([upsample2(h), maps.h32], 1), e), e)
        h = self.final(h, e)
        return F.pixel_shuffle(self.out(F.silu(self.norm(h))), 2), maps.past16, maps.past8
