"""The other half of `fit`: what the denoiser should have been told of an avatar for it to talk as it is drawn talking.

Learnt is an addition to the reference net's features for the denoiser; the denoiser stays as it is. Its strides are those of the live path:
rolled out from noise, each edited from the one before.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from osa_cam.audio.mel import log_mel, silence_mel
from osa_cam.evaluation.metrics import correlation, mouth_opening
from osa_cam.generation.schedule import TIMESTEPS
from osa_cam.media import FPS, MEL_PER_FRAME, STRIDE, TOKENS_PER_FRAME
from osa_cam.networks.audio import AudioEncoder
from osa_cam.networks.denoiser import Denoiser
from osa_cam.networks.sizes import AUDIO_TOKENS, EXPRESSION_DIM
from osa_cam.synth.motion import motion
from osa_cam.synth.people import Pose, Subject
from osa_cam.synth.sets import MEL_AFTER, MEL_BEFORE
from osa_cam.synth.speech import SpeechLibrary
from osa_cam.training.autoencoder import scale
from osa_cam.training.base import raw, weighted_error
from osa_cam.training.clips import Conditions, Past, drive_of
from osa_cam.training.diffusion import add_noise, consistent
from osa_cam.training.eft import STRENGTH

STRIDES = 10  # of a talk, 1.6 s
ROLLED = 3  # strides that are learnt from at once
FEWEST, MOST = 3, 12  # talks; the last is measured and never learnt from
LEARNING_RATE = 0.02
RESTRAINT = 1e-3


@dataclass(frozen=True, eq=False)
class Talk:
    """z: [frames, 11, 64, 64], scaled; audio: [frames, 8, 128]; drive: [frames, 13]."""

    z: Tensor
    audio: Tensor
    drive: Tensor

    def conditions(self, stride: int, features: Tensor) -> Conditions:
        at = slice(stride * STRIDE, (stride + 1) * STRIDE)
        neutral = torch.eye(EXPRESSION_DIM)[:1]
        return Conditions(self.audio[at], features, neutral, torch.full((1, 1), 0.5), self.drive[at])


@torch.no_grad()
def talks_of(
    subject: Subject,
    rest: Pose,
    library: SpeechLibrary,
    audio: AudioEncoder,
    rng: np.random.Generator,
    seconds: float,
    clock: Callable[[], float],
) -> list[Talk]:
    """The subject speaking, as often as the time allows, at least FEWEST and at most MOST times. Raises TrainingError without speech."""
    end = clock() + seconds
    talks: list[Talk] = []
    frames = STRIDES * STRIDE
    while len(talks) < FEWEST or (len(talks) < MOST and clock() < end):
        utterance = library.draw(rng, "train", frames / FPS + 0.3)
        poses = motion(utterance, rng)[:frames]
        z = torch.from_numpy(np.stack([subject.labels(pose, rest) for pose in poses]).astype(np.float32)) / scale()
        mel = np.concatenate([silence_mel(MEL_BEFORE), log_mel(utterance.samples)[: MEL_PER_FRAME * frames + MEL_AFTER]])
        windows = audio(torch.from_numpy(mel)[None])[0].unfold(0, AUDIO_TOKENS, 1)  # [tokens, 128, 8]
        ends = MEL_BEFORE // MEL_PER_FRAME * TOKENS_PER_FRAME + TOKENS_PER_FRAME * (1 + torch.arange(frames))
        talks.append(Talk(z, windows[ends - AUDIO_TOKENS].transpose(1, 2), torch.from_numpy(drive_of(poses, True, True))))
    return talks


def rolled(denoiser: nn.Module, talk: Talk, features: Tensor, first: int, strides: int, noise: Tensor) -> Iterator[Tensor]:
    """Strides of a rollout, each edited from what the last one showed; noise: [1, 11, 64, 64]."""
    noise = noise.expand(STRIDE, -1, -1, -1)
    shown: Tensor | None = None
    past: Past | None = None
    for stride in range(first, first + strides):
        timestep = torch.tensor([TIMESTEPS - 1 if shown is None else STRENGTH])
        z_t = noise if shown is None else add_noise(shown, noise, timestep)
        estimate, left = talk.conditions(stride, features).rolling(denoiser, z_t, timestep, past)
        z = consistent(estimate, z_t, timestep)
        yield z
        shown, past = z.detach(), (left[0].detach(), left[1].detach())


@torch.no_grad()
def figures(denoiser: nn.Module, talk: Talk, features: Tensor) -> dict[str, float]:
    """talk_r: of the mouth's opening with the drawn one; talk_error: of the latents, weighted as in training."""
    noise = torch.randn(talk.z[:1].shape, generator=torch.Generator().manual_seed(0))
    made = torch.cat(list(rolled(denoiser, talk, features, 0, STRIDES, noise)))
    return {"talk_r": correlation(mouth_opening(raw(made)), mouth_opening(raw(talk.z))), "talk_error": float(weighted_error(made, talk.z))}


def fit_talk(
    denoiser: Denoiser,
    talks: list[Talk],
    told: Tensor,
    seconds: float,
    progress: Callable[[float, int, float], None],
    rng: np.random.Generator,
    clock: Callable[[], float] = time.monotonic,
) -> tuple[Tensor, dict[str, float], dict[str, float]]:
    """told: the reference net's features for the denoiser, [1, 64, 32, 32]; progress: is told share, steps and loss.

    Returns what is to be added to them, zeros where the talk that was not learnt from is no better for it, and that talk's figures before
    and after.
    """
    *learnt, held = talks
    added, mean = nn.Parameter(torch.zeros_like(told)), torch.zeros_like(told)
    optimizer = torch.optim.Adam([added], LEARNING_RATE, betas=(0.9, 0.98))
    began, steps = clock(), 0
    while (past := clock() - began) < seconds:
        optimizer.param_groups[0]["lr"] = LEARNING_RATE * min(1.0, 2.5 * (1 - past / seconds) + 0.05)
        talk = learnt[int(rng.integers(len(learnt)))]
        first = int(rng.integers(STRIDES - ROLLED + 1))
        made = rolled(denoiser, talk, told + added, first, ROLLED, torch.randn(talk.z[:1].shape))
        loss = torch.zeros(())
        for stride, z in enumerate(made, first):
            error = weighted_error(z, talk.z[stride * STRIDE : (stride + 1) * STRIDE]) / ROLLED
            error.backward()
            loss += error.detach()
        (RESTRAINT * added.square().mean()).backward()
        optimizer.step()
        optimizer.zero_grad()
        steps += 1
        mean.lerp_(added.detach(), max(0.02, 1 / steps))
        progress(past / seconds, steps, float(loss))
    before, after = figures(denoiser, held, told), figures(denoiser, held, told + mean)
    better = after["talk_error"] < before["talk_error"] and after["talk_r"] >= before["talk_r"] - 0.005
    return (mean, before, after) if better else (torch.zeros_like(told), before, before)
