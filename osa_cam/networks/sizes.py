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
    """Channels at 32x32, 16x16 and 8x8; width of the modulation vector; attention heads; residual blocks in a row at each of the three
    (8x8 has them once, on the way from down to up, the others twice)."""

    channels: tuple[int, int, int]
    modulation_dim: int
    heads: int
    depth: tuple[int, int, int] = (1, 1, 1)


@dataclass(frozen=True)
class AutoencoderSize:
    """Channels of the decoder at 32x32, 64x64 and 128x128."""

    decoder: tuple[int, int, int]


@dataclass(frozen=True)
class ModelSize:
    name: str
    denoiser: DenoiserSize
    autoencoder: AutoencoderSize


# For a laptop's processor: a frame's denoising and decoding are about 5 GFLOP.
LITE = ModelSize("lite", DenoiserSize((48, 128, 192), 256, 4), AutoencoderSize((96, 64, 32)))
# For a GPU that does something else beside.
BASE = ModelSize("base", DenoiserSize((128, 256, 512), 512, 8, (2, 2, 2)), AutoencoderSize((192, 128, 64)))
# The widths of Stable Diffusion 1.5's U-Net at 32x32 and below (Rombach et al. 2022), on which the paper builds. Its first level, 64x64
# with 320 channels, has no counterpart here: more depth at 32x32 stands for it.
PAPER = ModelSize("paper", DenoiserSize((640, 1280, 1280), 1280, 8, (6, 3, 2)), AutoencoderSize((512, 512, 256)))
SIZES = {size.name: size for size in (LITE, BASE, PAPER)}
