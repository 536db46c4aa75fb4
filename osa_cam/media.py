"""The values that move through the pipeline: immutable, each with its place on the audio clock.

The audio sample clock is the master: frame k belongs to the samples
[k * SAMPLES_PER_FRAME, (k + 1) * SAMPLES_PER_FRAME) at SAMPLE_RATE.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SAMPLE_RATE = 16_000
FPS = 25
SAMPLES_PER_FRAME = SAMPLE_RATE // FPS  # 640
PICTURE_SIZE = 512

HOP_LENGTH = 160  # a mel frame every 10 ms
MEL_BINS = 80
MEL_PER_FRAME = SAMPLES_PER_FRAME // HOP_LENGTH  # 4
TOKENS_PER_FRAME = 2  # audio tokens at 50 Hz
LOOKAHEAD_SAMPLES = 8 * HOP_LENGTH  # 80 ms of future sound that the audio encoder may see

STRIDE = 4  # frames that training, and at most the rolling sampler, make in one step
STRIDES = (1, 2, 4)  # what the rolling sampler can be asked for: the shorter, the sooner a frame is there
MEMORY = 4  # frames: an edited frame begins from the one this far back, and attention over time looks no further

LATENT_SIZE = 64
LATENT_CHANNELS = (
    "flow_x",  # where this pixel was in the reference: offset to the right, in picture widths
    "flow_y",  # the same, downwards, in picture heights
    "visible",  # share of the cell that the reference shows
    "alpha",  # share of the cell that the portrait covers
    "lips",
    "mouth",  # inside of the mouth, neither teeth nor tongue
    "teeth",
    "tongue",
    "sclera",
    "iris",  # iris and pupil
    "lid",  # skin drawn over an eye that the reference shows open
)

LEAST_SHARE = 0.1  # of a part in a cell; below it is the networks' noise, which thousands of cells would add up

DRIVE_CHANNELS = 13  # what the host wants of lids, head and eyes; docs/graphs.md names them


@dataclass(frozen=True, eq=False)
class AudioBlock:
    """samples: float32 [n], mono, SAMPLE_RATE, -1 to 1; pts: index of the first sample."""

    samples: NDArray[np.float32]
    pts: int


@dataclass(frozen=True, eq=False)
class Frame:
    """picture: uint8 [height, width, 4], premultiplied RGBA, C-contiguous; pts: frame number at FPS."""

    picture: NDArray[np.uint8]
    pts: int
