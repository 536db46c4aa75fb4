"""The reference-conditioned autoencoder over latents whose channels are taught.

A latent says where each pixel comes from in the reference picture and what share of it is lips, teeth, iris and so on
(`LATENT_CHANNELS`). The reference net runs once an avatar, the encoder reads latents off a pair of pictures, the decoder
repaints what warping the reference can't show.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from osa_cam.networks.blocks import ResidualBlock, upsample2
from osa_cam.networks.sizes import CHANNELS, DECODER_FEATURES, DENOISER_FEATURES, AutoencoderSize

PARTS = CHANNELS - 3  # alpha and the part shares: what a single picture shows


class ReferenceNet(nn.Module):
    """A reference picture -> what decoder and denoiser need to know of it.

    picture: [batch, 4, 512, 512], premultiplied RGBA, 0 to 1.
    Returns decoder features [batch, 16, 64, 64], denoiser features [batch, 64, 32, 32] and, for teaching, the picture's own
    alpha and part shares [batch, 8, 64, 64].
    """

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(4 * 16, 24, 3, padding=1)
        self.level64 = nn.Sequential(nn.PixelUnshuffle(2), nn.Conv2d(96, 48, 1), ResidualBlock(48))
        self.level32 = nn.Sequential(nn.AvgPool2d(2), ResidualBlock(48, 96))
        self.level16 = nn.Sequential(nn.AvgPool2d(2), ResidualBlock(96, 128), ResidualBlock(128))
        self.level8 = nn.Sequential(nn.AvgPool2d(2), ResidualBlock(128))
        self.up16 = ResidualBlock(256, 128)
        self.up32 = ResidualBlock(224, 96)
        self.up64 = nn.Sequential(nn.Conv2d(144, 48, 1), ResidualBlock(48))
        self.to_denoiser = nn.Conv2d(96, DENOISER_FEATURES, 1)
        self.to_decoder = nn.Conv2d(48, DECODER_FEATURES, 1)
        self.to_parts = nn.Conv2d(DECODER_FEATURES, PARTS, 1)

    def forward(self, picture: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        h64 = self.level64(F.silu(self.stem(F.pixel_unshuffle(picture * 2 - 1, 4))))
        h32 = self.level32(h64)
        h16 = self.level16(h32)
        h8 = self.level8(h16)
        u16 = self.up16(torch.cat([upsample2(h8), h16], 1))
        u32 = self.up32(torch.cat([upsample2(u16), h32], 1))
        decoder_features = self.to_decoder(self.up64(torch.cat([upsample2(u32), h64], 1)))
        return decoder_features, self.to_denoiser(u32), self.to_parts(decoder_features)


class Encoder(nn.Module):
    """Reads the latents off a picture and its reference, both [batch, 4, 512, 512]; returns z [batch, 11, 64, 64].

    Half the resolution is enough to tell shares of an 8-pixel cell and costs a quarter.
    """

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(2 * 64, 64, 1), ResidualBlock(64))
        self.down32 = ResidualBlock(64, 96)
        self.down16 = ResidualBlock(96, 128)
        self.down8 = nn.Sequential(ResidualBlock(128, 160), ResidualBlock(160))
        self.up16 = ResidualBlock(160 + 128, 128)
        self.up32 = ResidualBlock(128 + 96, 96)
        self.up64 = nn.Sequential(nn.Conv2d(96 + 64, 64, 1), ResidualBlock(64))
        self.out = nn.Conv2d(64, CHANNELS, 3, padding=1)

    def forward(self, picture: Tensor, reference: Tensor) -> Tensor:
        pair = F.avg_pool2d(torch.cat([picture, reference], 1), 2) * 2 - 1
        h64 = self.stem(F.pixel_unshuffle(pair, 4))
        h32 = self.down32(F.avg_pool2d(h64, 2))
        h16 = self.down16(F.avg_pool2d(h32, 2))
        h8 = self.down8(F.avg_pool2d(h16, 2))
        h = self.up16(torch.cat([upsample2(h8), h16], 1))
        h = self.up32(torch.cat([upsample2(h), h32], 1))
        z: Tensor = self.out(F.silu(self.up64(torch.cat([upsample2(h), h64], 1))))
        return z


class Decoder(nn.Module):
    """Latents and the warped reference -> the picture.

    z: [batch, 11, h, w]; warped: [batch, 4, 8h, 8w], premultiplied RGBA, 0 to `white`; warped_features: [batch, 16, h, w].
    Returns the picture [batch, 4, 8h, 8w], not clamped, and the gate's logits [batch, 1, 8h, 8w].
    Fully convolutional, so it trains on crops.
    """

    def __init__(self, size: AutoencoderSize) -> None:
        super().__init__()
        c32, c64, c128 = size.decoder
        self.see64 = nn.Conv2d(4, 32, 8, stride=8)  # not pixel unshuffle: its transposes cost more than the convolution
        self.see128 = nn.Conv2d(4, 16, 4, stride=4)
        self.enter = nn.Conv2d(32 + CHANNELS + DECODER_FEATURES, c64, 3, padding=1)
        # Batch norm: one fixed function for crops and whole pictures, and free once folded into the convolutions.
        self.down = nn.Sequential(ResidualBlock(c64, c32, norm=nn.BatchNorm2d), ResidualBlock(c32, norm=nn.BatchNorm2d))
        self.up64 = nn.Conv2d(c32, c64, 1)
        self.level64 = ResidualBlock(c64, norm=nn.BatchNorm2d)
        self.up128 = nn.Conv2d(c64, 4 * c128, 1)
        self.join128 = nn.Conv2d(c128 + 16, c128, 1)
        self.level128 = ResidualBlock(c128, norm=nn.BatchNorm2d)
        self.norm = nn.BatchNorm2d(c128)
        # The painting is added to the warped picture and starts at nothing; a gate that has to open first never does.
        self.out = nn.Conv2d(c128, 5 * 16, 3, padding=1)
        for parameter in self.out.parameters():
            nn.init.zeros_(parameter)

    def forward(self, z: Tensor, warped: Tensor, warped_features: Tensor, white: float = 1.0) -> tuple[Tensor, Tensor]:
        h64 = self.enter(torch.cat([see(self.see64, warped, white), z, warped_features], 1))
        h = self.level64(h64 + upsample2(self.up64(self.down(F.avg_pool2d(h64, 2)))))
        h = F.pixel_shuffle(self.up128(F.silu(h)), 2)
        h = self.level128(self.join128(torch.cat([h, see(self.see128, warped, white)], 1)))
        out = F.pixel_shuffle(self.out(F.silu(self.norm(h))), 4).float()
        gate = out[:, 4:] + 3
        return torch.sigmoid(gate) * warped.float() + white * out[:, :4], gate


def see(convolution: nn.Conv2d, picture: Tensor, white: float) -> Tensor:
    """The convolution of a picture from 0 to `white` as if it reached from 0 to 1.

    It is scaled where it is small: a pass over 512x512 pixels takes as long as a layer.
    """
    bias = convolution.bias
    assert bias is not None
    return F.conv2d(picture, convolution.weight, stride=convolution.stride) / white + bias[:, None, None]
