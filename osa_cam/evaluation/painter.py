"""Latents to pictures as the live path paints them, and what is seen in a picture."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from osa_cam.generation.decoder import Decoder as HostDecoder
from osa_cam.media import LATENT_CHANNELS
from osa_cam.networks.autoencoder import Decoder, ReferenceNet
from osa_cam.networks.sizes import LATENT_SCALE, ModelSize
from osa_cam.training import checkpoint

Pictures = NDArray[np.uint8]  # [frames, 512, 512, 4], premultiplied RGBA

FIRST_SEEN = LATENT_CHANNELS.index("alpha")  # flow and what was visible can't be told from one picture
AT_ONCE = 8  # pictures


@dataclass(frozen=True, eq=False)
class Seen:
    """shares: [frames, 11, 64, 64], raw like latents, flow and visible 0; features: [frames, 128], the picture as a whole."""

    shares: NDArray[np.float32]
    features: NDArray[np.float64]


class Painter:
    """networks: an autoencoder's `reference` and `decoder`, on any device, in evaluation mode.

    Parts are read by the reference net, which was taught to say them of any drawn picture (`training/autoencoder.py`); the features are
    means and deviations, over the picture, of the 64 maps that it gives the denoiser.
    """

    def __init__(self, reference: nn.Module, decoder: nn.Module, device: torch.device | None = None) -> None:
        self._reference, self._decoder = reference, decoder
        self._device = device or torch.device("cpu")
        self._scale = np.asarray(LATENT_SCALE, np.float32)[:, None, None]

    @classmethod
    def load(cls, autoencoder: Path, size: ModelSize, device: torch.device | None = None) -> Painter:
        """From the checkpoint of that stage. Raises TrainingError."""
        reference, decoder = ReferenceNet().eval(), Decoder(size.autoencoder).eval()
        checkpoint.load(autoencoder, {"reference": reference, "decoder": decoder})
        return cls(reference.to(device).requires_grad_(False), decoder.to(device).requires_grad_(False), device)

    @torch.no_grad()
    def paint(self, z: NDArray[np.float32], reference: Pictures, delta: NDArray[np.float32] | None = None) -> Pictures:
        """z: [frames, 11, 64, 64], scaled; reference: [512, 512, 4]; delta: what `fit` adds to its decoder features, [64, 64, 16]."""
        features = self._reference(self._planes(reference[None]))[0][0].permute(1, 2, 0).cpu().numpy()
        host = HostDecoder(self._decode, reference, features if delta is None else features + delta, self._scale)
        return np.stack([host.picture(frame) for frame in z])

    @torch.no_grad()
    def see(self, pictures: Pictures) -> Seen:
        shares, features = [], []
        scale = torch.tensor(LATENT_SCALE, device=self._device)[:, None, None]
        for i in range(0, len(pictures), AT_ONCE):
            _, maps, parts = self._reference(self._planes(pictures[i : i + AT_ONCE]))
            shares.append(torch.nn.functional.pad(parts, (0, 0, 0, 0, FIRST_SEEN, 0)) * scale)
            features.append(torch.cat([maps.mean((2, 3)), maps.std((2, 3))], 1))
        return Seen(torch.cat(shares).cpu().numpy(), torch.cat(features).double().cpu().numpy())

    def _decode(self, z: NDArray[np.float32], warped: Pictures, warped_features: NDArray[np.float32]) -> Pictures:
        maps = torch.from_numpy(np.ascontiguousarray(warped_features)).to(self._device).permute(0, 3, 1, 2)
        picture = self._decoder(torch.from_numpy(z).to(self._device), self._planes(warped), maps)[0]
        painted: Pictures = picture.clamp(0, 1).mul(255).byte().permute(0, 2, 3, 1).cpu().numpy()
        return painted

    def _planes(self, pictures: Pictures) -> Tensor:
        """uint8 [n, height, width, 4] -> float [n, 4, height, width], 0 to 1."""
        return torch.from_numpy(np.ascontiguousarray(pictures)).to(self._device).permute(0, 3, 1, 2).float().div(255)
