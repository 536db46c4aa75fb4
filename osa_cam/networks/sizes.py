"""The sizes a model comes in."""

from __future__ import annotations

from dataclasses import dataclass

from osa_cam.media import LATENT_CHANNELS

CHANNELS = len(LATENT_CHANNELS)
AUDIO_DIM = 128
AUDIO_TOKENS = 8  # a frame is given the 160 ms that end with it
DECODER_FEATURES = 16
DENOISER_FEATURES = 64
EXPRESSION_DIM = 5

# raw latents = z * LATENT_SCALE: shares of small parts are blown up so that a mouth weighs as much as a shoulder.
LATENT_SCALE = (0.03, 0.03, 0.5, 0.5, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25, 0.25)


@dataclass(frozen=True)
class DenoiserSize:
    """Channels at 32x32, 16x16 and 8x8; width of the modulation vector; attention heads."""

    channels: tuple[int, int, int]
    modulation_dim: int
    heads: int


@dataclass(frozen=True)
class AutoencoderSize:
    """Channels of the decoder at 32x32, 64x64 and 128x128."""

    decoder: tuple[int, int, int]


@dataclass(frozen=True)
class ModelSize:
    name: str
    denoiser: DenoiserSize
    autoencoder: AutoencoderSize


LITE = ModelSize("lite", DenoiserSize((48, 128, 192), 256, 4), AutoencoderSize((96, 64, 32)))
SIZES = {size.name: size for size in (LITE,)}
