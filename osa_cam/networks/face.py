"""The detector of faces: one fully convolutional network that finds faces of all styles, and in each its points.

Every cell of the grid says how sure it is to be a face's centre, and, as if it were, how large the face is and where its points are.
Source of the scheme: Zhou et al. 2019, "Objects as Points", sections 3 and 4.
"""

from __future__ import annotations

from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from osa_cam.networks.blocks import ResidualBlock, upsample2

STRIDE = 8  # pixels of a cell
SIZE_UNIT = 32.0  # pixels: a face of that size has the logarithm 0
_PATCH = 4
_WIDTHS = (32, 64, 80, 96)  # at strides 4, 8, 16 and 32


def _block(channels: int) -> ResidualBlock:
    # Batch norm: a face must look the same to it whatever else is in the picture, and however large the picture is.
    return ResidualBlock(channels, norm=nn.BatchNorm2d)


class FaceDetector(nn.Module):
    """points: how many each face has."""

    def __init__(self, points: int) -> None:
        super().__init__()
        self.points = points
        self.stem = nn.Conv2d(3 * _PATCH**2, _WIDTHS[0], 3, padding=1)
        self.levels = nn.ModuleList(
            nn.Sequential(nn.Conv2d(before, after, 3, stride=2, padding=1), _block(after), _block(after))
            for before, after in pairwise(_WIDTHS)
        )
        self.first = _block(_WIDTHS[0])
        self.lateral = nn.ModuleList(nn.Conv2d(deep, shallow, 1) for shallow, deep in pairwise(_WIDTHS[1:]))
        self.join = nn.ModuleList(_block(width) for width in _WIDTHS[1:-1])
        self.last = nn.Conv2d(_WIDTHS[1], _WIDTHS[2], 3, padding=1)
        self.out = nn.Conv2d(_WIDTHS[2], 2 + 2 * points, 1)
        nn.init.normal_(self.out.weight, std=1e-3)
        bias = torch.zeros(2 + 2 * points)
        bias[0] = -4.0  # nearly every cell is no centre
        self.out.bias = nn.Parameter(bias)

    def forward(self, picture: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """picture: [n, 3, height, width], RGB, 0 to 1, sides multiples of 32.

        Returns, for cells of STRIDE pixels: the centre's logit [n, h, w]; the logarithm of the face's size in SIZE_UNITs
        [n, h, w]; the points [n, points, 2, h, w] as offsets from the cell's middle in sizes of the face.
        """
        x = self.first(self.stem(F.pixel_unshuffle(picture - 0.5, _PATCH)))
        kept: list[Tensor] = []
        for level in self.levels:
            x = level(x)
            kept.append(x)
        for k in reversed(range(len(self.lateral))):
            x = self.join[k](kept[k] + upsample2(self.lateral[k](x)))
        found = self.out(F.silu(self.last(x)))
        n, _, height, width = found.shape
        return found[:, 0], found[:, 1], found[:, 2:].reshape(n, self.points, 2, height, width)
