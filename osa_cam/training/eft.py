"""Stage 2, `eft` (editing fine-tuning): the next stride is made by editing the last one, in one step, for ever.

Input: the previous stride's latents noised to a strength; target: the next stride (Guo et al. 2024, OSA-LCM). The previous stride is
given backwards, so that the frame shown last lies where the next one begins. Half of a batch rolls on from what the model
itself made, so that errors made live were seen in training.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from accelerate import Accelerator
from torch import Tensor, nn

from osa_cam.evaluation.metrics import border_ratio, correlation, mouth_opening
from osa_cam.generation.schedule import TIMESTEPS
from osa_cam.media import STRIDE
from osa_cam.training.adv_lcm import teacher_and_start
from osa_cam.training.adversary import Adversary
from osa_cam.training.balancer import backward_balanced
from osa_cam.training.base import DenoiserConfig, DenoiserStage, latent_sheet, raw, weighted_error
from osa_cam.training.clips import ClipSet, Conditions
from osa_cam.training.diffusion import add_noise, consistency
from osa_cam.training.loop import accelerator_for, run

STRENGTHS = (150, 600)  # timesteps drawn in training
STRENGTH = 350  # the one that ships
ADVERSARIAL_WEIGHT = 0.15  # of the editing gradient


def backwards(strides: Tensor) -> Tensor:
    """[batch * 4, ...]: the frames of each stride from the last to the first."""
    return strides.unflatten(0, (-1, STRIDE)).flip(1).flatten(0, 1)


@dataclass(frozen=True, eq=False)
class Roll:
    """A rollout under way: `previous` is the stride before frame `start` of the clip, as the model made it; None: nothing yet."""

    clip: int
    start: int
    previous: Tensor | None


@torch.no_grad()
def roll_out(denoiser: nn.Module, clips: ClipSet, clip: int, strides: int, generator: torch.Generator, strength: int = STRENGTH) -> Tensor:
    """What the live path does: [strides * 4, 11, 64, 64], each stride one step from the last; the host tells blinks and head."""
    z: Tensor | None = None
    made = []
    device = next(denoiser.parameters()).device
    for i in range(strides):
        conditions = clips.conditions([(clip, i * STRIDE)], [(True, True)]).to(device)
        noise = torch.randn(clips.latents(clip, 0, STRIDE).shape, generator=generator).to(device)
        timestep = torch.tensor([TIMESTEPS - 1 if z is None else strength], device=device)
        z = consistency(conditions.of(denoiser), noise if z is None else add_noise(z.flip(0), noise, timestep), timestep)
        made.append(z)
    return torch.cat(made)


class EftStage(DenoiserStage):
    def __init__(self, config: DenoiserConfig, base: Path, accelerator: Accelerator) -> None:
        teacher = teacher_and_start(replace(config, start=base)).to(accelerator.device)
        super().__init__(config, accelerator)
        self.adversary = Adversary(teacher, config.size.denoiser, 2 * config.loop.learning_rate, accelerator.device)
        self.networks["discriminator"] = self.adversary.discriminator
        self.rolls = [self._fresh() for _ in range(config.batch // 2)]

    def _fresh(self) -> Roll:
        return Roll(int(self.rng.integers(self.clips.count)), int(self.rng.integers(0, 4)), None)

    def step(self, accelerator: Accelerator) -> Mapping[str, Tensor]:
        half = self.config.batch // 2
        drawn = self.places(STRIDE)[half:]
        places = [(roll.clip, roll.start) for roll in self.rolls] + drawn
        # A rollout's own head has left the drawn one's way unless the host leads it.
        known = [(True, True)] * half + self.known()[half:]
        conditions = self.clips.conditions(places, known).to(self.device)
        z_0 = self.latents(places)
        before = [self.clips.latents(clip, start - STRIDE, STRIDE) for clip, start in drawn]
        previous = torch.cat([*(torch.zeros_like(before[0]) if r.previous is None else r.previous for r in self.rolls), *before]).to(
            self.device
        )
        timestep = torch.randint(*STRENGTHS, (self.config.batch,), device=self.device)
        for i, roll in enumerate(self.rolls):
            if roll.previous is None:
                timestep[i] = TIMESTEPS - 1
        z_t = add_noise(backwards(previous), torch.randn_like(previous), timestep)
        with accelerator.autocast():
            output = consistency(conditions.of(self.denoiser), z_t, timestep)
            losses = {"edited": (weighted_error(output, z_0), 1.0)}
            if self.adversary.has_turn():
                real, fake, judged = z_0, output, conditions
                if torch.rand(()) < 0.5:
                    begun = [
                        i for i, (_, start) in enumerate(places) if start >= STRIDE and (i >= half or self.rolls[i].previous is not None)
                    ]
                    real, fake, judged = self._across_border([places[i] for i in begun], [known[i] for i in begun], previous, output, begun)
                judge_loss = self.adversary.learn(real, fake, judged)
                losses["fooled"] = (self.adversary.fool(fake, judged), ADVERSARIAL_WEIGHT)
        self.optimizers[0].zero_grad()
        backward_balanced(output, losses)
        accelerator.clip_grad_norm_(self.parameters, 1.0)
        self.optimizers[0].step()
        made = output.detach().cpu().unflatten(0, (-1, STRIDE))
        for i, roll in enumerate(self.rolls):
            start = roll.start + STRIDE
            self.rolls[i] = Roll(roll.clip, start, made[i]) if start + STRIDE <= self.clips.frames else self._fresh()
        figures = {name: loss.detach() for name, (loss, _) in losses.items()}
        return figures | ({"judged": judge_loss} if "fooled" in losses else {})

    def _across_border(
        self, places: list[tuple[int, int]], known: list[tuple[bool, bool]], previous: Tensor, output: Tensor, rows: list[int]
    ) -> tuple[Tensor, Tensor, Conditions]:
        """What is judged where strides meet: two frames shown and two frames new; real, fake and their conditions."""
        shifted = [(clip, start - STRIDE // 2) for clip, start in places]
        shown, new = (z.unflatten(0, (-1, STRIDE)) for z in (previous, output))
        fake = torch.cat([shown[:, STRIDE // 2 :], new[:, : STRIDE // 2]], 1)[rows].flatten(0, 1)
        return self.latents(shifted), fake, self.clips.conditions(shifted, known).to(self.device)

    @torch.no_grad()
    def evaluate(self, networks: Mapping[str, nn.Module], folder: Path) -> Mapping[str, float]:
        """Rollouts over held-out clips."""
        denoiser = networks["denoiser"].eval()
        generator = torch.Generator().manual_seed(0)
        rs, errors, borders = [], [], []
        strides = self.validation.frames // STRIDE
        for clip in range(min(6, self.validation.count)):
            truth = self.validation.latents(clip, 0, strides * STRIDE)
            z = roll_out(denoiser, self.validation, clip, strides, generator).cpu()
            rs.append(correlation(mouth_opening(raw(z)), mouth_opening(raw(truth))))
            errors.append(float(weighted_error(z, truth)))
            borders.append(border_ratio(raw(z)))
            if clip == 0:
                latent_sheet(folder / "latents.png", truth[::6], z[::6])
        mean = [float(torch.tensor(x).mean()) for x in (rs, errors, borders)]
        return {"mouth_r": mean[0], "error": mean[1], "border_ratio": mean[2]}


def train_eft(config: DenoiserConfig, base: Path) -> Path:
    """config.start: the checkpoint of `adv-lcm`; base: that of `base`, for the discriminator. Returns the checkpoint's path."""
    accelerator = accelerator_for(config.loop)
    return run(EftStage(config, base, accelerator), config.loop, accelerator)
