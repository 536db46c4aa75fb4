"""The denoiser's graph as int8 wants it: the same latents in fewer passes over its maps.

With convolutions of bytes, what stands between them takes the longer part of a processor's time, and each pass over a map
costs the same whatever it computes.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from osa_cam.media import MEMORY, STRIDE
from osa_cam.networks.blocks import ResidualBlock, upsample2
from osa_cam.networks.denoiser import AudioAttention, Denoiser, TemporalAttention, places
from osa_cam.networks.sizes import AUDIO_TOKENS, CHANNELS

UNSEEN = -1e4  # what is added to the score of a frame that isn't to be looked at


class DenoiseInFewPasses(nn.Module):
    """What `Denoiser` computes for one clip; takes and gives what the graph `denoise` does.

    A norm, its scale and the modulation are one pass after the norm's own; before a linear layer they are none. The reference's share of
    the first layer is computed once, not once a frame.
    """

    def __init__(self, network: Denoiser) -> None:
        super().__init__()
        self.network = network

    def forward(
        self,
        z_t: Tensor,
        timestep: Tensor,
        audio: Tensor,
        features: Tensor,
        expression: Tensor,
        liveliness: Tensor,
        drive: Tensor,
        past16: Tensor,
        past8: Tensor,
    ) -> tuple[Tensor, Tensor, Tensor]:
        n = self.network
        e = n.modulation(timestep, audio, features, expression, liveliness, drive)
        h32 = _through([n.down32, *n.more_down32], _enter(n, z_t, features), e)
        h16 = _through([n.down16, *n.more_down16], F.avg_pool2d(h32, 2), e)
        h16, left16 = _remember(n.time16, _listen(n.audio16, h16, audio), past16)
        h8 = _residual(n.down8, F.avg_pool2d(h16, 2), e)
        h8, left8 = _remember(n.time8, _listen(n.audio8, h8, audio), past8)
        h = _through([n.middle, *n.more_middle], h8, e)
        h = _through([n.up16, *n.more_up16], torch.cat([upsample2(h), h16], 1), e)
        h = _through([n.up32, *n.more_up32, n.final], torch.cat([upsample2(h), h32], 1), e)
        assert isinstance(n.norm, nn.GroupNorm)
        z_0 = F.pixel_shuffle(n.out(F.silu(_scaled(_normed(n.norm, h), n.norm.weight, n.norm.bias))), 2)
        return z_0, left16, left8


def _enter(n: Denoiser, z_t: Tensor, features: Tensor) -> Tensor:
    """A 3 x 3 convolution of 2 x 2 blocks is a 6 x 6 convolution with a stride of 2."""
    weight = n.enter.weight
    of_z, of_reference = weight[:, : 4 * CHANNELS], weight[:, 4 * CHANNELS :]
    of_z = of_z.reshape(-1, CHANNELS, 2, 2, 3, 3).permute(0, 1, 4, 2, 5, 3).reshape(-1, CHANNELS, 6, 6)
    reference = n.embed_reference(features)
    fixed = F.conv2d(torch.cat([reference, places(reference)], 1), of_reference, n.enter.bias, padding=1)
    return F.conv2d(z_t, of_z, stride=2, padding=2) + fixed


def _through(blocks: list[nn.Module], h: Tensor, e: Tensor) -> Tensor:
    for block in blocks:
        assert isinstance(block, ResidualBlock)
        h = _residual(block, h, e)
    return h


def _residual(block: ResidualBlock, x: Tensor, e: Tensor) -> Tensor:
    norm1, norm2, modulation = block.norm1, block.norm2, block.modulation
    assert isinstance(norm1, nn.GroupNorm) and isinstance(norm2, nn.GroupNorm) and modulation is not None
    h = block.conv1(F.silu(_scaled(_normed(norm1, x), norm1.weight, norm1.bias)))
    # (norm * weight + bias) * (1 + scale) + shift, where scale and shift are linear in e, is linear in e too.
    of_scale, of_shift = modulation.weight.chunk(2)
    scale_bias, shift_bias = modulation.bias.chunk(2)
    weight = torch.cat([norm2.weight[:, None] * of_scale, norm2.bias[:, None] * of_scale + of_shift])
    bias = torch.cat([norm2.weight * (1 + scale_bias), norm2.bias * (1 + scale_bias) + shift_bias])
    scale, shift = F.linear(e, weight, bias).chunk(2, 1)
    channels, height, width = _sizes(h)
    h = _scaled(_normed(norm2, h).reshape(1, -1, height, width), scale.reshape(-1), shift.reshape(-1)).reshape(-1, channels, height, width)
    out: Tensor = block.skip(x) + block.conv2(F.silu(h))
    return out


def _normed(norm: nn.GroupNorm, x: Tensor) -> Tensor:
    """Without its scale and shift."""
    channels, height, width = _sizes(x)
    groups = x.reshape(-1, norm.num_groups, channels // norm.num_groups * height * width)
    nothing = torch.zeros(norm.num_groups)
    return F.instance_norm(groups, weight=nothing + 1, bias=nothing, eps=norm.eps).reshape(-1, channels, height, width)


def _sizes(x: Tensor) -> tuple[int, int, int]:
    """All but the frames, as constants of the graph."""
    channels, height, width = map(int, x.shape[1:])
    return channels, height, width


def _scaled(x: Tensor, scale: Tensor, shift: Tensor) -> Tensor:
    """x * scale + shift by channel, in the one pass of a batch norm of mean 0 and variance 1."""
    return F.batch_norm(x, torch.zeros_like(shift), torch.ones_like(shift), scale, shift, eps=0.0)


def _norm_and(convolution: nn.Conv2d, norm: nn.GroupNorm, x: Tensor) -> Tensor:
    """A 1 x 1 convolution, which takes the norm's scale and shift upon itself."""
    weight = convolution.weight
    assert convolution.bias is not None
    return F.conv2d(_normed(norm, x), weight * norm.weight[:, None, None], convolution.bias + weight[..., 0, 0] @ norm.bias)


def _linear(convolution: nn.Conv2d, x: Tensor) -> Tensor:
    """The convolution without the name `out`, by which the quantiser knows the last one (DENOISE_KEPT)."""
    return F.conv2d(x, convolution.weight, convolution.bias)


def _listen(attention: AudioAttention, x: Tensor, audio: Tensor) -> Tensor:
    channels, height, width = _sizes(x)
    dim = channels // attention.heads
    query = _norm_and(attention.query, attention.norm, x).reshape(-1, attention.heads, dim, height * width).transpose(2, 3)
    key_value = attention.key_value(audio + attention.position).reshape(-1, AUDIO_TOKENS, 2, attention.heads, dim)
    key, value = key_value.permute(2, 0, 3, 1, 4).unbind(0)
    y = F.scaled_dot_product_attention(query, key, value)
    return x + _linear(attention.out, y.transpose(2, 3).reshape(-1, channels, height, width))


def _remember(attention: TemporalAttention, x: Tensor, past: Tensor) -> tuple[Tensor, Tensor]:
    """All frames with all that are known, and a mask: few frames make a stride, so most of it is wanted."""
    frames = x.shape[0]
    channels, height, width = _sizes(x)
    heads, pixels = attention.heads, height * width
    dim = channels // heads
    query, new = _norm_and(attention.qkv, attention.norm, x).split((channels, 2 * channels), 1)
    new = new.reshape(1, -1, 2 * channels, height, width)
    by_age = torch.full((STRIDE, STRIDE + MEMORY, heads), UNSEEN)
    for frame in range(STRIDE):
        by_age[frame, frame : frame + MEMORY + 1] = attention.age
    query = query.reshape(-1, 1, heads, dim, pixels)
    keys, values = zip(*(known.reshape(1, -1, 2, heads, dim, pixels).unbind(2) for known in (past, new)), strict=True)
    scores = torch.cat([(query * key).sum(3) for key in keys], 1) * dim**-0.5 + by_age[:frames, : frames + MEMORY, :, None]
    # Written out, since the runtime's own softmax over such an axis turns everything round first.
    weights = (scores - scores.amax(1, keepdim=True)).exp()
    weights = (weights / weights.sum(1, keepdim=True))[:, :, :, None]
    y = (weights[:, :MEMORY] * values[0]).sum(1) + (weights[:, MEMORY:] * values[1]).sum(1)
    out = x + _linear(attention.out, y.reshape(-1, channels, height, width))
    return out, torch.cat([past[:, frames:], new], 1)
