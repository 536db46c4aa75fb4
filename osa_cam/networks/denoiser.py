"""The denoiser: noisy latents of a stride, the sound and a reference -> clean latents.

Spatial residual blocks modulated by time, sound, expression, liveliness and drive; cross-attention to the audio tokens;
attention over the frames of a stride.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from osa_cam.media import DRIVE_CHANNELS, STRIDE
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
    """Each pixel attends to itself in the other frames of the stride; x: [batch * frames, channels, height, width]."""

    def __init__(self, channels: int, heads: int, frames: int = STRIDE) -> None:
        super().__init__()
        self.heads, self.frames = heads, frames
        self.norm = nn.GroupNorm(8, channels)
        self.position = nn.Parameter(0.02 * torch.randn(frames, channels))
        self.qkv = nn.Linear(channels, 3 * channels)
        self.out = nn.Linear(channels, channels)
        nn.init.zeros_(self.out.weight)

    def forward(self, x: Tensor) -> Tensor:
        n, c, h, w = x.shape
        batch = n // self.frames
        y = self.norm(x).reshape(batch, self.frames, c, h * w).permute(0, 3, 1, 2) + self.position
        qkv = self.qkv(y).reshape(batch * h * w, self.frames, 3, self.heads, c // self.heads)
        query, key, value = qkv.permute(2, 0, 3, 1, 4).unbind(0)
        y = F.scaled_dot_product_attention(query, key, value).transpose(1, 2).reshape(batch, h * w, self.frames, c)
        return x + self.out(y).permute(0, 2, 3, 1).reshape(n, c, h, w)


class Denoiser(nn.Module):
    """z_t: [batch * frames, 11, 64, 64]; timestep: [batch], 0 to 999; audio: [batch * frames, 8, 128];
    features: [batch, 64, 32, 32] of the reference net; expression: [batch, 5]; liveliness: [batch, 1];
    drive: [batch * frames, 13]. Returns z_0 of z_t's shape.

    `features_of` gives the hidden maps at 32, 16 and 8 instead: what the avatar discriminator looks at.
    """

    def __init__(self, size: DenoiserSize) -> None:
        super().__init__()
        c32, c16, c8 = size.channels
        dim = size.modulation_dim
        self.embed_time = nn.Sequential(nn.Linear(128, dim), nn.SiLU(), nn.Linear(dim, dim))
        self.embed_audio = nn.Sequential(nn.Linear(AUDIO_TOKENS * AUDIO_DIM, dim), nn.SiLU(), nn.Linear(dim, dim))
        self.embed_labels = nn.Sequential(nn.Linear(EXPRESSION_DIM + 1 + DRIVE_CHANNELS, dim), nn.SiLU(), nn.Linear(dim, dim))
        self.embed_frame = nn.Parameter(0.02 * torch.randn(STRIDE, dim))
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
        self.norm = nn.GroupNorm(8, c32)
        self.out = nn.Conv2d(c32, 4 * CHANNELS, 3, padding=1)
        nn.init.zeros_(self.out.weight)

    def modulation(
        self, timestep: Tensor, audio: Tensor, features: Tensor, expression: Tensor, liveliness: Tensor, drive: Tensor
    ) -> Tensor:
        """All that is not a map, in one vector a frame: [batch * frames, modulation_dim]."""
        clip = self.embed_time(timestep_embedding(timestep, 128)) + self.pool_reference(features.mean((2, 3)))
        labels = torch.cat([expression, liveliness], 1).repeat_interleave(STRIDE, 0)
        frame = self.embed_audio(audio.flatten(1)) + self.embed_labels(torch.cat([labels, drive], 1))
        return F.silu(clip.repeat_interleave(STRIDE, 0) + frame + self.embed_frame.repeat(len(timestep), 1))

    def descend(self, z_t: Tensor, audio: Tensor, features: Tensor, e: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        reference = self.embed_reference(features).repeat_interleave(STRIDE, 0)
        h32 = self.down32(self.enter(torch.cat([F.pixel_unshuffle(z_t, 2), reference, places(reference)], 1)), e)
        h16 = self.time16(self.audio16(self.down16(F.avg_pool2d(h32, 2), e), audio))
        h8 = self.time8(self.audio8(self.down8(F.avg_pool2d(h16, 2), e), audio))
        return h32, h16, h8

    def features_of(
        self, z_t: Tensor, timestep: Tensor, audio: Tensor, features: Tensor, expression: Tensor, liveliness: Tensor, drive: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        e = self.modulation(timestep, audio, features, expression, liveliness, drive)
        return self.descend(z_t, audio, features, e)

    def forward(
        self, z_t: Tensor, timestep: Tensor, audio: Tensor, features: Tensor, expression: Tensor, liveliness: Tensor, drive: Tensor
    ) -> Tensor:
        e = self.modulation(timestep, audio, features, expression, liveliness, drive)
        h32, h16, h8 = self.descend(z_t, audio, features, e)
        h = self.middle(h8, e)
        h = self.up16(torch.cat([upsample2(h), h16], 1), e)
        h = self.final(self.up32(torch.cat([upsample2(h), h32], 1), e), e)
        return F.pixel_shuffle(self.out(F.silu(self.norm(h))), 2)
