"""Stage 2, `eft` (editing fine-tuning): the next stride is made by editing the last frames, in one step, for ever.

Input: the frames MEMORY earlier, noised to a strength; target: the next stride (Guo et al. 2024, OSA-LCM). One noise serves a
whole rollout: with a new one for each stride, it is the noise that jumps where strides meet. Every item of a batch is a rollout,
whose attention remembers what the model itself made; half of the strides are edited from its own frames, so that errors made
live were seen in training, half from the true ones.
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
from osa_cam.training.base import DenoiserConfig, DenoiserStage, raw, weighted_error
from osa_cam.training.clips import ClipSet, Conditions, Past
from osa_cam.training.diffusion import add_noise, consistent
from osa_cam.training.loop import accelerator_for, descend, run

STRENGTHS = (150, 600)  # timesteps drawn in training
STRENGTH = 350  # the one that ships
OWN = 0.5  # how often a stride is edited from what the model made itself
ADVERSARIAL_WEIGHT = 0.15  # of the editing gradient


@dataclass(frozen=True, eq=False)
class Roll:
    """A rollout under way: the next frame is `start` of the clip; made, past: the last stride and what it left, None before the first."""

    clip: int
    start: int
    noise: Tensor
    made: Tensor | None = None
    past: Past | None = None


@torch.no_grad()
def roll_out(denoiser: nn.Module, clips: ClipSet, clip: int, strides: int, generator: torch.Generator, strength: int = STRENGTH) -> Tensor:
    """What the live path does: [strides * 4, 11, 64, 64], each stride one step from the last; the host tells blinks and head."""
    device = next(denoiser.parameters()).device
    noise = torch.randn(clips.latents(clip, 0, 1).shape, generator=generator).to(device).expand(STRIDE, -1, -1, -1)
    z: Tensor | None = None
    past: Past | None = None
    made = []
    for i in range(strides):
        conditions = clips.conditions([(clip, i * STRIDE)], [(True, True)]).to(device)
        timestep = torch.tensor([TIMESTEPS - 1 if z is None else strength], device=device)
        z_t = noise if z is None else add_noise(z, noise, timestep)
        estimate, past = conditions.rolling(denoiser, z_t, timestep, past)
        z = consistent(estimate, z_t, timestep)
        made.append(z)
    return torch.cat(made)


class EftStage(DenoiserStage):
    def __init__(self, config: DenoiserConfig, base: Path, accelerator: Accelerator) -> None:
        teacher = teacher_and_start(replace(config, start=base)).to(accelerator.device)
        super().__init__(config, accelerator)
        self.adversary = Adversary(teacher, config.size.denoiser, 2 * config.loop.learning_rate, accelerator)
        self.networks["discriminator"] = self.adversary.discriminator
        self.rolls = [self._fresh() for _ in range(config.batch)]

    def _fresh(self) -> Roll:
        noise = torch.randn(self.clips.latents(0, 0, 1).shape)
        return Roll(int(self.rng.integers(self.clips.count)), int(self.rng.integers(0, STRIDE)), noise)

    def step(self, accelerator: Accelerator) -> Mapping[str, Tensor]:
        places = [(roll.clip, roll.start) for roll in self.rolls]
        own = [roll.made is not None and bool(self.rng.random() < OWN) for roll in self.rolls]
        # A rollout's own head has left the drawn one's way unless the host leads it.
        known = [(True, True) if edits_own else drawn for edits_own, drawn in zip(own, self.known(), strict=True)]
        conditions = self.clips.conditions(places, known).to(self.device)
        z_0 = self.latents(places)
        timestep = torch.randint(*STRENGTHS, (self.config.batch,), device=self.device)
        before = []
        for i, roll in enumerate(self.rolls):
            if roll.made is None:
                timestep[i] = TIMESTEPS - 1
                before.append(torch.zeros(STRIDE, *roll.noise.shape[1:]))
            else:
                before.append(roll.made if own[i] else self.clips.latents(roll.clip, roll.start - STRIDE, STRIDE))
        previous = torch.cat(before).to(self.device)
        noise = torch.cat([roll.noise.expand(STRIDE, -1, -1, -1) for roll in self.rolls]).to(self.device)
        begins = torch.tensor([roll.made is None for roll in self.rolls], device=self.device)
        z_t = torch.where(begins.repeat_interleave(STRIDE)[:, None, None, None], noise, add_noise(previous, noise, timestep))
        with accelerator.autocast():
            estimate, past = conditions.rolling(self.denoiser, z_t, timestep, self._pasts())
            output = consistent(estimate, z_t, timestep)
            losses = {"edited": (weighted_error(output, z_0), 1.0)}
            if self.adversary.has_turn():
                real, fake, judged = z_0, output, conditions
                begun = [i for i, roll in enumerate(self.rolls) if own[i] and roll.start >= STRIDE]
                if begun and torch.rand(()) < 0.5:
                    real, fake, judged = self._across_border([places[i] for i in begun], [known[i] for i in begun], previous, output, begun)
                judge_loss = self.adversary.learn(real, fake, judged)
                losses["fooled"] = (self.adversary.fool(fake, judged), ADVERSARIAL_WEIGHT)
        backward_balanced(output, losses, accelerator.gradient_accumulation_steps)
        if accelerator.sync_gradients:
            descend(accelerator, self.optimizers[0])
        self._roll_on(output.detach().cpu(), past)
        figures = {name: loss.detach() for name, (loss, _) in losses.items()}
        return figures | ({"judged": judge_loss} if "fooled" in losses else {})

    def _pasts(self) -> Past:
        """What all rollouts' last strides left; zeros for those that begin."""
        nothing = self.networks["denoiser"].no_past(1)  # type: ignore[operator]
        past16, past8 = (torch.cat(parts).to(self.device) for parts in zip(*(roll.past or nothing for roll in self.rolls), strict=True))
        return past16, past8

    def _roll_on(self, output: Tensor, past: Past) -> None:
        made = output.unflatten(0, (-1, STRIDE))
        left16, left8 = (part.detach().cpu() for part in past)
        for i, roll in enumerate(self.rolls):
            start = roll.start + STRIDE
            ends = start + STRIDE > self.clips.frames
            self.rolls[i] = self._fresh() if ends else replace(roll, start=start, made=made[i], past=(left16[i : i + 1], left8[i : i + 1]))

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
                self.show(folder, truth, z)
        mean = [float(torch.tensor(x).mean()) for x in (rs, errors, borders)]
        return {"mouth_r": mean[0], "error": mean[1], "border_ratio": mean[2]}


def train_eft(config: DenoiserConfig, base: Path) -> Path:
    """config.start: the checkpoint of `adv-lcm`; base: that of `base`, for the discriminator. Returns the checkpoint's path."""
    accelerator = accelerator_for(config.loop)
    return run(EftStage(config, base, accelerator), config.loop, accelerator)
