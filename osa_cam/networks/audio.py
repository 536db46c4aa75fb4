"""The audio encoder: log-mel at 100 Hz -> tokens at 50 Hz that say what the mouth does.

A stack of convolutional blocks after ConvNeXt (Liu et al. 2022): depthwise convolution over time, LayerNorm over the channels of each
token, two pointwise layers. Nothing is normalised over time and padding is counted in the receptive field, so a window
gives the same tokens as the whole recording.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from osa_cam.audio.mel import SILENCE_MEL
from osa_cam.media import MEL_BINS
from osa_cam.synth.visemes import GESTURES, MOUTH, VISEMES

TOKEN_DIM = 128
MEL_PER_TOKEN = 2
LOOKAHEAD_MEL = 8  # beyond the token's own two frames
LOOKBACK_MEL = 88  # before the token's own two frames

# What the phone head tells apart: every symbol with a sound of its own, after silence.
PHONES = ("sil", *sorted(p for p, g in GESTURES.items() if g.kind in ("vowel", "consonant")))


class Block(nn.Module):
    """x + MLP(LayerNorm(depthwise(x))), seeing `left` tokens before and `right` tokens after."""

    def __init__(self, width: int, left: int, right: int) -> None:
        super().__init__()
        self.left, self.right = left, right
        self.depthwise = nn.Conv1d(width, width, left + 1 + right, groups=width)
        self.norm = nn.LayerNorm(width)
        self.expand = nn.Linear(width, 2 * width)
        self.project = nn.Linear(2 * width, width)
        # Starting as the identity lets all blocks learn from the first step on.
        self.scale = nn.Parameter(torch.full((width,), 0.1))

    def forward(self, x: Tensor) -> Tensor:
        """x: [batch, tokens, width]."""
        y = self.depthwise(F.pad(x.transpose(1, 2), (self.left, self.right))).transpose(1, 2)
        return x + self.scale * self.project(F.silu(self.expand(self.norm(y))))


class AudioEncoder(nn.Module):
    """mel: float32 [batch, T, 80], T even -> tokens: float32 [batch, T / 2, 128], each of mean 0 and deviation 1.

    Token j covers the mel frames 2j and 2j + 1 and sees LOOKBACK_MEL before and LOOKAHEAD_MEL after them. The last 4 tokens
    of a window lack their lookahead and the first 44 some of their past.
    """

    def __init__(self, width: int = 160) -> None:
        super().__init__()
        self.stem = nn.Linear(MEL_PER_TOKEN * MEL_BINS, width)
        self.stem_norm = nn.LayerNorm(width)
        reach = [(5, 1)] * 4 + [(6, 0)] * 4  # together 44 tokens back, 4 ahead
        self.blocks = nn.ModuleList(Block(width, left, right) for left, right in reach)
        self.head = nn.Linear(width, TOKEN_DIM)
        self.head_norm = nn.LayerNorm(TOKEN_DIM, elementwise_affine=False)

    def forward(self, mel: Tensor) -> Tensor:
        batch, frames, bins = mel.shape
        x = self.stem_norm(self.stem(mel.reshape(batch, frames // MEL_PER_TOKEN, MEL_PER_TOKEN * bins)))
        for block in self.blocks:
            x = block(x)
        tokens: Tensor = self.head_norm(self.head(x))
        return tokens


@torch.no_grad()
def encode_recording(encoder: AudioEncoder, mel: Tensor) -> Tensor:
    """The tokens of a whole recording, as the live windows give them: silence before the start and after the end.

    mel: [T, 80] -> [T // 2, 128].
    """
    mel = mel[: len(mel) // MEL_PER_TOKEN * MEL_PER_TOKEN]
    padded = F.pad(mel, (0, 0, LOOKBACK_MEL, LOOKAHEAD_MEL), value=SILENCE_MEL)
    tokens: Tensor = encoder(padded[None])[0]
    return tokens[LOOKBACK_MEL // MEL_PER_TOKEN : len(tokens) - LOOKAHEAD_MEL // MEL_PER_TOKEN]


class Readings(NamedTuple):
    """What the training heads read off the tokens, each [batch, tokens, ...]."""

    mouth: Tensor  # len(MOUTH), 0 to 1
    viseme: Tensor  # logits, len(VISEMES)
    phone: Tensor  # logits, len(PHONES)
    prosody: Tensor  # logits: somebody speaks, the syllable is stressed


class AudioHeads(nn.Module):
    """Linear readers of the tokens, for training and evaluation only: what they can read, a denoiser can attend to."""

    def __init__(self) -> None:
        super().__init__()
        self.mouth = nn.Linear(TOKEN_DIM, len(MOUTH))
        self.viseme = nn.Linear(TOKEN_DIM, len(VISEMES))
        self.phone = nn.Linear(TOKEN_DIM, len(PHONES))
        self.prosody = nn.Linear(TOKEN_DIM, 2)

    def forward(self, tokens: Tensor) -> Readings:
        return Readings(self.mouth(tokens), self.viseme(tokens), self.phone(tokens), self.prosody(tokens))
