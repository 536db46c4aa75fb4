"""Stage 1, `adv-lcm`: the base model's 20 steps distilled into one, kept lively by the avatar discriminator.

Latent consistency distillation with a skipping-step DDIM solver and guidance inside the target (Luo et al. 2023, LCM,
algorithm 1), plus hinge losses of the discriminator (Guo et al. 2024, OSA-LCM).
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from pathlib import Path

import torch
from accelerate import Accelerator
from torch import Tensor

from osa_cam.errors import TrainingError
from osa_cam.generation.ddim import sampling_timesteps
from osa_cam.networks.denoiser import Denoiser
from osa_cam.training import checkpoint
from osa_cam.training.adversary import Adversary
from osa_cam.training.balancer import backward_balanced
from osa_cam.training.base import DenoiserConfig, DenoiserStage, weighted_error
from osa_cam.training.diffusion import add_noise, consistency, ddim_step, guided, one_noise, per_frame, sample_consistency
from osa_cam.training.loop import accelerator_for, descend, run

SOLVER_STEPS = 20
GUIDANCE = 0.3
TARGET_DECAY = 0.95
ADVERSARIAL_WEIGHT = 0.15  # of the distilling gradient


def teacher_and_start(config: DenoiserConfig) -> Denoiser:
    """The frozen base model from `config.start`; raises TrainingError where none is named."""
    if config.start is None:
        raise TrainingError("This stage distils the base model: name its checkpoint, or train `base` first.")
    base = Denoiser(config.size.denoiser)
    checkpoint.load(config.start, {"denoiser": base})
    return base.requires_grad_(False).eval()


class AdvLcmStage(DenoiserStage):
    """adversarial: with the discriminator; without it this is the latent consistency distillation that the paper compares with."""

    def __init__(self, config: DenoiserConfig, accelerator: Accelerator, adversarial: bool = True) -> None:
        self.teacher = teacher_and_start(config).to(accelerator.device)
        super().__init__(config, accelerator)
        self.target = copy.deepcopy(self.networks["denoiser"]).requires_grad_(False)
        self.adversary = Adversary(self.teacher, config.size.denoiser, 2 * config.loop.learning_rate, accelerator) if adversarial else None
        if self.adversary is not None:
            self.networks["discriminator"] = self.adversary.discriminator
        self.sampler = lambda denoise, noise: sample_consistency(denoise, noise, 1)

    def step(self, accelerator: Accelerator) -> Mapping[str, Tensor]:
        places = self.places()
        conditions = self.clips.conditions(places, self.known()).to(self.device)
        z_0 = self.latents(places)
        grid = torch.tensor([*sampling_timesteps(SOLVER_STEPS), -1], device=self.device)
        # Half of the pairs start from pure noise: the one step that ships.
        at = torch.randint(0, SOLVER_STEPS, (self.config.batch,), device=self.device)
        at = torch.where(torch.rand(self.config.batch, device=self.device) < 0.5, torch.zeros_like(at), at)
        now, following = grid[at], grid[at + 1]
        z_t = add_noise(z_0, one_noise(z_0), now)
        with accelerator.autocast():
            with torch.no_grad():
                estimate = guided(conditions.of(self.teacher)(z_t, now), conditions.without_audio().of(self.teacher)(z_t, now), GUIDANCE)
                z_next = ddim_step(z_t, estimate, now, following)
                target = consistency(conditions.of(self.target), z_next, following.clamp(min=0))
                target = torch.where(per_frame(following) < 0, z_next, target)
            output = consistency(conditions.of(self.denoiser), z_t, now)
            losses = {"distilled": (weighted_error(output, target), 1.0)}
            if self.adversary is not None and self.adversary.has_turn():
                judge_loss = self.adversary.learn(z_0, output, conditions)
                losses["fooled"] = (self.adversary.fool(output, conditions), ADVERSARIAL_WEIGHT)
        backward_balanced(output, losses, accelerator.gradient_accumulation_steps)
        if accelerator.sync_gradients:
            descend(accelerator, self.optimizers[0])
            with torch.no_grad():
                for old, new in zip(self.target.parameters(), self.parameters, strict=True):
                    old.lerp_(new, 1 - TARGET_DECAY)
        figures = {name: loss.detach() for name, (loss, _) in losses.items()}
        return figures | ({"judged": judge_loss} if "fooled" in losses else {})


def train_adv_lcm(config: DenoiserConfig, adversarial: bool = True) -> Path:
    """Returns the checkpoint's path: networks `denoiser` and, where it is adversarial, `discriminator`."""
    accelerator = accelerator_for(config.loop)
    return run(AdvLcmStage(config, accelerator, adversarial), config.loop, accelerator)
