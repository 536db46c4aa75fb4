"""The avatar discriminator's turns: hinge losses over real, generated, mismatched, frozen and shuffled strides."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from accelerate import Accelerator
from torch import Tensor

from osa_cam.media import STRIDE
from osa_cam.networks.denoiser import Denoiser
from osa_cam.networks.discriminator import AvatarDiscriminator, Verdict
from osa_cam.networks.sizes import DenoiserSize
from osa_cam.training.clips import Conditions
from osa_cam.training.diffusion import add_noise
from osa_cam.training.loop import adamw, descend

EVERY = 4  # steps: a turn of the adversary takes as long as three steps without it
LOOK_AT = (50, 300)  # timesteps of the little noise under which strides are judged: where generated and real overlap


class Adversary:
    """base: the frozen base model whose hidden maps are judged."""

    def __init__(self, base: Denoiser, size: DenoiserSize, learning_rate: float, accelerator: Accelerator) -> None:
        self.accelerator = accelerator
        self.base = base.requires_grad_(False).eval()
        with torch.random.fork_rng():
            torch.manual_seed(0)  # the same judge in every process
            self.discriminator = AvatarDiscriminator(size).to(accelerator.device)
        self.optimizer = adamw(self.discriminator.parameters(), learning_rate)
        self._steps = 0

    def has_turn(self) -> bool:
        """Once a step: whether this is one of the adversary's."""
        self._steps += 1
        return (self._steps - 1) % EVERY == 0

    def judge(self, z_0: Tensor, conditions: Conditions) -> Verdict:
        batch = len(z_0) // STRIDE
        timestep = torch.randint(*LOOK_AT, (batch,), device=z_0.device)
        z_t = add_noise(z_0, torch.randn_like(z_0), timestep)
        c = conditions
        maps = self.base.features_of(z_t, timestep, c.audio, c.features, c.expression, c.liveliness, c.drive)
        verdict: Verdict = self.discriminator(maps, c.audio)
        return verdict

    def learn(self, real: Tensor, fake: Tensor, conditions: Conditions) -> Tensor:
        """One step of the discriminator; returns its loss."""
        said_real = self.judge(real, conditions)
        said_fake = self.judge(fake.detach(), conditions)
        frames = real.unflatten(0, (-1, STRIDE))
        # Real pictures whose motion is wrong: one frame held, or the order broken.
        still = frames[:, :1].expand_as(frames) if torch.rand(()) < 0.5 else frames[:, torch.randperm(STRIDE)]
        said_still = self.judge(still.flatten(0, 1), conditions)
        other = conditions.audio.unflatten(0, (-1, STRIDE)).roll(1, 0).flatten(0, 1)
        said_mismatched = self.judge(
            real, Conditions(other, conditions.features, conditions.expression, conditions.liveliness, conditions.drive)
        )
        loss = (
            F.relu(1 - said_real.picture).mean()
            + F.relu(1 - said_real.motion).mean()
            + F.relu(1 - said_real.sync).mean()
            + F.relu(1 + said_fake.picture).mean()
            + 0.5 * F.relu(1 + said_fake.motion).mean()
            + 0.5 * F.relu(1 + said_still.motion).mean()
            + 0.5 * F.relu(1 + said_fake.sync).mean()
            + 0.5 * F.relu(1 + said_mismatched.sync).mean()
        )
        loss.backward()
        descend(self.accelerator, self.optimizer, longest=float("inf"))
        return loss.detach()

    def fool(self, fake: Tensor, conditions: Conditions) -> Tensor:
        """The generator's adversarial loss."""
        said = self.judge(fake, conditions)
        return -(said.picture.mean() + said.motion.mean() + said.sync.mean())
