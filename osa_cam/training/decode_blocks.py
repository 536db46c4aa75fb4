"""The decoder's graph as int8 wants it: the same picture, computed in blocks of 4 x 4 pixels."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from osa_cam.media import LATENT_SIZE, PICTURE_SIZE
from osa_cam.networks.autoencoder import Decoder
from osa_cam.networks.blocks import ResidualBlock

FINE = PICTURE_SIZE // 4  # blocks along a side
WHITE = 255.0


class DecodeInBlocks(nn.Module):
    """What `export.DecodeGraph` computes, arranged so that every pass over pixels is one of 8-bit numbers.

    A picture is seen as 128 x 128 blocks of 4 x 4 pixels of 4 channels, in memory's own order (dy, dx, channel): then the convolutions
    with strides are products, the pixel shuffle is a copy of whole rows, and gate and painting meet the warped picture where it lies.
    Batch norms and linear layers in a row are folded, so that what enters a SiLU is what a convolution gives.
    """

    def __init__(self, network: Decoder) -> None:
        super().__init__()
        self.network = network
        self.fine = FineLevel(network)

    def forward(self, z: Tensor, warped: Tensor, warped_features: Tensor) -> Tensor:
        n = self.network
        # Split and put together: as one transpose the same bytes take three times as long.
        blocks = torch.cat(warped.reshape(FINE, 4, FINE, 16).chunk(4, 1), 3).reshape(1, FINE, FINE, 64)
        warped_blocks = blocks.permute(0, 3, 1, 2).float()

        # An 8 x 8 convolution of pixels is a 2 x 2 convolution of blocks.
        see64 = n.see64.weight.reshape(-1, 4, 2, 4, 2, 4).permute(0, 3, 5, 1, 2, 4).reshape(-1, 64, 2, 2) / WHITE
        seen = F.conv2d(warped_blocks, see64, n.see64.bias, stride=2)
        # Channels of nothing: where their number is no multiple of 64, the layer takes twice as long.
        spare = -n.enter.in_channels % 64
        entering = torch.cat([seen, z, warped_features.permute(0, 3, 1, 2), torch.zeros(1, spare, LATENT_SIZE, LATENT_SIZE)], 1)
        enter = torch.cat([n.enter.weight, torch.zeros(n.enter.out_channels, spare, 3, 3)], 1)
        h64 = F.conv2d(entering, enter, n.enter.bias, padding=1)
        coarse = _halved(h64)
        for block in n.down:
            assert isinstance(block, ResidualBlock)
            coarse = _residual(block, coarse)
        h64_out = F.silu(_residual(n.level64, h64 + _doubled(n.up64(coarse))))

        start = F.silu(self._joined(h64_out, warped_blocks, n.level128.norm1))
        change = _convolve(n.level128.conv1, *_affine(n.level128.norm2), start)
        h128 = self.fine(self._joined(h64_out, warped_blocks, n.norm), change)

        # The gate is repeated for the four channels: numbers of a byte are multiplied faster than they are spread.
        channels = n.out.weight.shape[1]
        assert n.out.bias is not None
        out = n.out.weight.reshape(5, 4, 4, channels, 3, 3).permute(1, 2, 0, 3, 4, 5)
        bias = n.out.bias.reshape(5, 4, 4).permute(1, 2, 0)
        paint = F.conv2d(h128, WHITE * out[:, :, :4].reshape(64, channels, 3, 3), WHITE * bias[:, :, :4].reshape(-1), padding=1)
        gates = out[:, :, 4:].expand(4, 4, 4, channels, 3, 3).reshape(64, channels, 3, 3)
        gate = torch.sigmoid(F.conv2d(h128, gates, bias[:, :, 4:].expand(4, 4, 4).reshape(-1) + 3, padding=1))
        picture = gate.permute(0, 2, 3, 1) * warped_blocks.permute(0, 2, 3, 1) + paint.permute(0, 2, 3, 1)
        rows = picture.clamp(0, 255).to(torch.uint8).reshape(FINE, 1, FINE, 64).chunk(4, 3)
        return torch.cat(rows, 1).reshape(1, PICTURE_SIZE, PICTURE_SIZE, 4)

    def _joined(self, h64: Tensor, warped_blocks: Tensor, norm: nn.Module) -> Tensor:
        """What level128 begins with, normed: what h64 and what the picture gives.

        up128, see128 and join128 are linear, so they are one layer each.
        """
        n = self.network
        scale, shift = _affine(norm)
        channels = n.join128.weight.shape[0]
        join_h, join_seen = n.join128.weight[:, :channels, 0, 0], n.join128.weight[:, channels:, 0, 0]
        assert n.up128.bias is not None and n.see128.bias is not None and n.join128.bias is not None
        from_h = torch.matmul(join_h, n.up128.weight.reshape(channels, 4, -1).transpose(0, 1)) * scale[:, None]  # [4, channels, c64]
        from_h_bias = torch.matmul(n.up128.bias.reshape(channels, 4).t(), join_h.t()) * scale
        see128 = n.see128.weight.permute(0, 2, 3, 1).reshape(-1, 64) / WHITE
        from_blocks = torch.matmul(join_seen, see128) * scale[:, None]
        from_blocks_bias = (torch.matmul(join_seen, n.see128.bias) + n.join128.bias) * scale + shift

        up = F.conv2d(h64, from_h.reshape(4 * channels, -1, 1, 1), from_h_bias.reshape(-1))
        rows = up.permute(0, 2, 3, 1).reshape(1, LATENT_SIZE, LATENT_SIZE, 2, 2 * channels).permute(0, 1, 3, 2, 4)
        fine = rows.reshape(1, FINE, FINE, channels).permute(0, 3, 1, 2)
        return fine + F.conv2d(warped_blocks, from_blocks[..., None, None], from_blocks_bias)


class FineLevel(nn.Module):
    """The second half of level128 and the last norm. It stays float: in int8 its sum shows as grain on skin and hair.

    x: what level128 began with, under the last norm; change: what level128.conv1 gives, normed; both [1, channels, 128, 128].
    """

    def __init__(self, network: Decoder) -> None:
        super().__init__()
        self.network = network

    def forward(self, x: Tensor, change: Tensor) -> Tensor:
        n = self.network
        return F.silu(x + _convolve(n.level128.conv2, _affine(n.norm)[0], torch.zeros(()), F.silu(change)))


def _affine(norm: nn.Module) -> tuple[Tensor, Tensor]:
    """A trained batch norm as scale and shift, each [channels]."""
    assert isinstance(norm, nn.BatchNorm2d) and norm.running_mean is not None and norm.running_var is not None
    scale = norm.weight / (norm.running_var + norm.eps).sqrt()
    return scale, norm.bias - norm.running_mean * scale


def _convolve(convolution: nn.Conv2d, scale: Tensor, shift: Tensor, x: Tensor) -> Tensor:
    """scale * convolution(x) + shift."""
    assert convolution.bias is not None
    return F.conv2d(x, convolution.weight * scale[:, None, None, None], convolution.bias * scale + shift, padding=1)


def _residual(block: ResidualBlock, x: Tensor) -> Tensor:
    """The block with its batch norms as convolutions, which int8 knows."""
    scale, shift = _affine(block.norm1)
    normed = F.conv2d(x, scale[:, None, None, None], shift, groups=len(scale))
    out: Tensor = block.skip(x) + block.conv2(F.silu(_convolve(block.conv1, *_affine(block.norm2), F.silu(normed))))
    return out


def _halved(x: Tensor) -> Tensor:
    """The mean of 2 x 2, as a convolution: the runtime's pooling of bytes takes fifteen times as long."""
    channels = x.shape[1]
    return F.conv2d(x, torch.full((channels, 1, 2, 2), 0.25), stride=2, groups=channels)


def _doubled(x: Tensor) -> Tensor:
    """`blocks.upsample2` in copies of whole rows."""
    _, channels, height, width = x.shape
    pixels = x.permute(0, 2, 3, 1)
    rows = torch.cat([pixels, pixels], 3).reshape(1, height, 1, 2 * width * channels)
    return torch.cat([rows, rows], 2).reshape(1, 2 * height, 2 * width, channels).permute(0, 3, 1, 2)
