"""Parts that several networks share."""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor, nn


def group_norm(channels: int) -> nn.Module:
    return nn.GroupNorm(8, channels)


class ResidualBlock(nn.Module):
    """x + conv(silu(norm(conv(silu(norm(x)))))), the second norm scaled and shifted by `modulation`.

    x: [batch, channels, height, width]; modulation: [batch, modulation_dim] or None.
    Normalisation and SiLU are not a matter of taste: without them the painting branch stalls at the warp's own quality.
    """

    def __init__(
        self,
        channels: int,
        out_channels: int | None = None,
        modulation_dim: int = 0,
        norm: Callable[[int], nn.Module] = group_norm,
    ) -> None:
        super().__init__()
        out = out_channels or channels
        self.norm1 = norm(channels)
        self.conv1 = nn.Conv2d(channels, out, 3, padding=1)
        self.norm2 = norm(out)
        self.conv2 = nn.Conv2d(out, out, 3, padding=1)
        self.skip = nn.Conv2d(channels, out, 1) if out != channels else nn.Identity()
        self.modulation = nn.Linear(modulation_dim, 2 * out) if modulation_dim else None
        nn.init.zeros_(self.conv2.weight)

    def forward(self, x: Tensor, modulation: Tensor | None = None) -> Tensor:
        h = self.norm2(self.conv1(F.silu(self.norm1(x))))
        if self.modulation is not None and modulation is not None:
            scale, shift = self.modulation(modulation)[:, :, None, None].chunk(2, dim=1)
            h = h * (1 + scale) + shift
        out: Tensor = self.skip(x) + self.conv2(F.silu(h))
        return out


def upsample2(x: Tensor) -> Tensor:
    """[..., height, width] -> [..., 2 height, 2 width], nearest."""
    return F.interpolate(x, scale_factor=2, mode="nearest")


def warp(x: Tensor, flow: Tensor) -> Tensor:
    """Samples x where flow points; beyond its edges x goes on as it ends there (shoulders, backgrounds).

    x: [batch, channels, height, width]; flow: [batch, 2, height, width], offsets in widths and heights (source minus pixel).
    The host's twin is `cv2.remap` in `osa_cam/generation/decoder.py`.
    """
    _, _, height, width = x.shape
    ys = (torch.arange(height, dtype=torch.float32, device=x.device) + 0.5) / height * 2 - 1
    xs = (torch.arange(width, dtype=torch.float32, device=x.device) + 0.5) / width * 2 - 1
    grid = torch.stack(torch.meshgrid(ys, xs, indexing="ij")[::-1], dim=-1)
    grid = grid + 2 * flow.float().permute(0, 2, 3, 1)
    return F.grid_sample(x.float(), grid, padding_mode="border", align_corners=False)
