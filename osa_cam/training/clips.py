"""Batches of strides from a set of clips, with the sound as tokens and the references as features."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from osa_cam.media import DRIVE_CHANNELS, MEL_PER_FRAME, STRIDE, TOKENS_PER_FRAME
from osa_cam.networks.audio import AudioEncoder
from osa_cam.networks.autoencoder import ReferenceNet
from osa_cam.networks.sizes import AUDIO_TOKENS
from osa_cam.synth.pose import EXPRESSIONS, POSE_INDEX
from osa_cam.synth.sets import MEL_BEFORE, open_set
from osa_cam.training import checkpoint
from osa_cam.training.autoencoder import picture_tensor, scale
from osa_cam.training.diffusion import Denoise

Past = tuple[Tensor, Tensor]

HEAD_SCALE = 10.0  # degrees
BODY_UNITS = {"headX": 0.05, "headY": 0.05, "headScale": 0.1, "breath": 1.0, "hairLag": 10.0}


@dataclass(frozen=True, eq=False)
class Conditions:
    """What the denoiser is told besides the noisy latents; shapes as in `Denoiser`."""

    audio: Tensor
    features: Tensor
    expression: Tensor
    liveliness: Tensor
    drive: Tensor

    def to(self, device: torch.device) -> Conditions:
        return Conditions(**{f.name: getattr(self, f.name).to(device) for f in fields(self)})

    def without_audio(self) -> Conditions:
        """For guidance: the same, deaf."""
        return Conditions(torch.zeros_like(self.audio), self.features, self.expression, self.liveliness, self.drive)

    def of(self, denoiser: nn.Module) -> Denoise:
        """The denoiser as a function of z_t and timestep, for strides that nothing came before."""
        return lambda z_t, timestep: self.rolling(denoiser, z_t, timestep)[0]

    def rolling(self, denoiser: nn.Module, z_t: Tensor, timestep: Tensor, past: Past | None = None) -> tuple[Tensor, Past]:
        """past: what the frames before left in the denoiser. Returns z_0 and what these leave."""
        c = self
        z_0, *left = denoiser(z_t, timestep, c.audio, c.features, c.expression, c.liveliness, c.drive, *(past or ()))
        return z_0.float(), (left[0].float(), left[1].float())


def drive_of(poses: NDArray[np.float32], blink_known: bool, head_known: bool) -> NDArray[np.float32]:
    """[frames, 60] -> [frames, 13] as in docs/graphs.md; what is not known is 0. Real videos' poses are NaN: nobody knows them."""
    drive = np.zeros((len(poses), DRIVE_CHANNELS), np.float32)
    if np.isnan(poses).any():
        return drive
    if blink_known:
        drive[:, 0] = 1
        drive[:, 1] = (poses[:, POSE_INDEX["eyeBlinkLeft"]] + poses[:, POSE_INDEX["eyeBlinkRight"]]) / 2
    if head_known:
        drive[:, 2] = 1
        for column, name in enumerate(("headYaw", "headPitch", "headRoll"), 3):
            drive[:, column] = poses[:, POSE_INDEX[name]] / HEAD_SCALE
        drive[:, 6] = poses[:, POSE_INDEX["eyeLookOutLeft"]] - poses[:, POSE_INDEX["eyeLookInLeft"]]
        drive[:, 7] = poses[:, POSE_INDEX["eyeLookDownLeft"]] - poses[:, POSE_INDEX["eyeLookUpLeft"]]
        for column, (name, unit) in enumerate(
            (("headX", 0.05), ("headY", 0.05), ("headScale", 0.1), ("breath", 1.0), ("hairLag", 10.0)), 8
        ):
            drive[:, column] = poses[:, POSE_INDEX[name]] / unit
    return drive


class ClipSet:
    """A set of clips, its sound encoded once and its references read once.

    autoencoder, audio: checkpoints of those stages.
    """

    def __init__(self, folder: Path, autoencoder: Path, audio: Path) -> None:
        self.arrays = open_set(folder)
        self.count, self.frames = self.arrays["latents"].shape[:2]
        self.features = self._read_references(autoencoder)
        self.tokens = self._encode_sound(audio)

    @torch.no_grad()
    def _read_references(self, autoencoder: Path) -> Tensor:
        network = ReferenceNet().eval()
        checkpoint.load(autoencoder, {"reference": network})
        return torch.cat([network(picture_tensor(reference[None]))[1] for reference in self.arrays["reference"]])

    @torch.no_grad()
    def _encode_sound(self, audio: Path) -> Tensor:
        network = AudioEncoder().eval()
        checkpoint.load(audio, {"audio": network})
        mel = torch.from_numpy(np.array(self.arrays["mel"], np.float32))
        return torch.cat([network(part) for part in mel.split(16)])

    def audio_of(self, clip: int, start: int, frames: int) -> Tensor:
        """[frames, 8, 128]: each frame's tokens."""
        first = (MEL_BEFORE // MEL_PER_FRAME + start) * TOKENS_PER_FRAME
        windows = self.tokens[clip].unfold(0, AUDIO_TOKENS, 1)  # [tokens, 128, 8]
        ends = first + TOKENS_PER_FRAME * (1 + torch.arange(frames))
        return windows[ends - AUDIO_TOKENS].transpose(1, 2)

    def latents(self, clip: int, start: int, frames: int) -> Tensor:
        """[frames, 11, 64, 64], scaled."""
        return torch.from_numpy(np.array(self.arrays["latents"][clip, start : start + frames], np.float32)) / scale()

    def conditions(self, places: list[tuple[int, int]], known: list[tuple[bool, bool]], frames: int = STRIDE) -> Conditions:
        """places: (clip, first frame) of each stride; known: whether the host tells (blinks, head)."""
        clips = [clip for clip, _ in places]
        labels = torch.from_numpy(np.array(self.arrays["labels"][clips], np.float32))
        drive = [
            drive_of(np.array(self.arrays["poses"][clip, start : start + frames]), *told)
            for (clip, start), told in zip(places, known, strict=True)
        ]
        return Conditions(
            torch.cat([self.audio_of(clip, start, frames) for clip, start in places]),
            self.features[clips],
            labels[:, : len(EXPRESSIONS)],
            labels[:, len(EXPRESSIONS) :],
            torch.from_numpy(np.concatenate(drive)),
        )
