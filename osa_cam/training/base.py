"""Stage `base`: latent diffusion of strides, guidance dropout on sound and reference; sampled with DDIM in 20 steps."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from accelerate import Accelerator
from torch import Tensor, nn

from osa_cam.evaluation.metrics import Latents, correlation, mouth_opening
from osa_cam.evaluation.painter import Painter
from osa_cam.evaluation.sound import samples_of
from osa_cam.evaluation.video import side_by_side, tile
from osa_cam.generation.schedule import TIMESTEPS
from osa_cam.media import LATENT_CHANNELS, MEL_PER_FRAME, STRIDE
from osa_cam.networks.denoiser import Denoiser
from osa_cam.networks.sizes import ModelSize
from osa_cam.synth.sets import MEL_BEFORE
from osa_cam.training import checkpoint
from osa_cam.training.autoencoder import latent_weight, scale, sheet
from osa_cam.training.clips import ClipSet, Conditions
from osa_cam.training.diffusion import Denoise, add_noise, mixed_noise, sample_ddim
from osa_cam.training.loop import LoopConfig, accelerator_for, adamw, descend, run, seeded

AUDIO_DROPOUT = 0.1
REFERENCE_DROPOUT = 0.05
SAMPLE_FRAMES = 32  # of the video that every checkpoint brings
KNOWN = 0.5  # how often the host tells blinks, and how often the head

Sampler = Callable[[Denoise, Tensor], Tensor]


@dataclass(frozen=True)
class DenoiserConfig:
    """train, validation: folders of clips; autoencoder, audio: checkpoints; start: the denoiser to begin with, if any."""

    train: Path
    validation: Path
    autoencoder: Path
    audio: Path
    loop: LoopConfig
    size: ModelSize
    start: Path | None = None
    batch: int = 16
    seed: int = 0


def raw(z: Tensor) -> Latents:
    """Scaled latents on any device -> raw ones, for the figures of `osa_cam/evaluation/metrics.py`."""
    return (z.cpu() * scale()).numpy()


def weighted_error(output: Tensor, target: Tensor) -> Tensor:
    """Squared error, heavier at mouth and eyes."""
    return ((output - target).square() * latent_weight(target)).mean()


class DenoiserStage:
    """What base, adv-lcm and eft share: the clips, the denoiser, places to train on, figures and pictures."""

    sampler: Sampler

    def __init__(self, config: DenoiserConfig, accelerator: Accelerator) -> None:
        torch.manual_seed(config.seed)
        self.config = config
        self.clips = ClipSet(config.train, config.autoencoder, config.audio)
        self.validation = ClipSet(config.validation, config.autoencoder, config.audio)
        self.device = accelerator.device
        denoiser = Denoiser(config.size.denoiser)
        if config.start is not None:
            checkpoint.load(config.start, {"denoiser": denoiser})
        self.networks: dict[str, nn.Module] = {"denoiser": denoiser}
        self.denoiser = denoiser.to(accelerator.device)
        self.parameters = list(denoiser.parameters())
        self.optimizers = [adamw(self.parameters, config.loop.learning_rate)]
        self.rng = seeded(config.seed, accelerator)
        self._painter: Painter | None = None

    def places(self, first_frame: int = 0) -> list[tuple[int, int]]:
        last = self.clips.frames - STRIDE
        return [(int(self.rng.integers(self.clips.count)), int(self.rng.integers(first_frame, last + 1))) for _ in range(self.config.batch)]

    def known(self) -> list[tuple[bool, bool]]:
        return [(bool(a), bool(b)) for a, b in self.rng.random((self.config.batch, 2)) < KNOWN]

    def latents(self, places: list[tuple[int, int]], offset: int = 0) -> Tensor:
        return torch.cat([self.clips.latents(clip, start + offset, STRIDE) for clip, start in places]).to(self.device)

    def show(self, folder: Path, truth: Tensor, z: Tensor) -> None:
        """The first held-out clip as latents (a picture) and painted, with its sound (a video): drawn, and made by the denoiser."""
        latent_sheet(folder / "latents.png", truth[:: len(truth) // 8], z[:: len(truth) // 8])
        reference = np.array(self.validation.arrays["reference"][0])
        mel = np.array(self.validation.arrays["mel"][0, MEL_BEFORE : MEL_BEFORE + MEL_PER_FRAME * SAMPLE_FRAMES], np.float32)
        if self._painter is None:
            self._painter = Painter.load(self.config.autoencoder, self.config.size)
        shown = {
            name: tile(self._painter.paint(latents[:SAMPLE_FRAMES].numpy(), reference)) for name, latents in (("drawn", truth), ("made", z))
        }
        side_by_side(folder / "samples.mp4", shown, samples_of(mel, np.random.default_rng(0)))

    @torch.no_grad()
    def evaluate(self, networks: Mapping[str, nn.Module], folder: Path) -> Mapping[str, float]:
        """Strides of held-out clips, each made on its own; r: mouth opening against the true one, over all frames of a clip."""
        denoiser = networks["denoiser"].eval()
        generator = torch.Generator().manual_seed(0)
        count, strides = min(6, self.validation.count), 8
        rs, errors = [], []
        for clip in range(count):
            places = [(clip, i * STRIDE) for i in range(strides)]
            conditions = self.validation.conditions(places, [(True, True)] * strides).to(self.device)
            truth = self.validation.latents(clip, 0, strides * STRIDE)
            noise = torch.randn(truth[:1].shape, generator=generator).expand_as(truth)
            z = self.sampler(conditions.of(denoiser), noise.to(self.device)).cpu()
            rs.append(correlation(mouth_opening(raw(z)), mouth_opening(raw(truth))))
            errors.append(float(weighted_error(z, truth)))
            if clip == 0:
                self.show(folder, truth, z)
        return {"mouth_r": float(np.mean(rs)), "error": float(np.mean(errors))}


def latent_sheet(path: Path, truth: Tensor, output: Tensor) -> None:
    """Latents as pictures: above the truth, below the output; red teeth and inside, green eyes and lids, blue lips and silhouette."""

    def colours(z: Tensor) -> Tensor:
        raw = z * scale()
        index = {name: i for i, name in enumerate(LATENT_CHANNELS)}
        red = raw[:, [index["mouth"], index["teeth"], index["tongue"]]].sum(1)
        green = raw[:, index["sclera"]] + 0.5 * raw[:, index["iris"]] + 0.8 * raw[:, index["lid"]]
        blue = raw[:, index["lips"]] + 0.25 * raw[:, index["alpha"]]
        x = raw[:, index["flow_x"]] * 5
        return torch.cat(
            [torch.stack([red, green, blue, torch.ones_like(red)], 1), torch.stack([0.5 + x, 0.5 + x, 0.5 + x, torch.ones_like(x)], 1)], 2
        )

    rows = [torch.cat(list(colours(z).clamp(0, 1)), 2) for z in (truth, output)]
    sheet(path, torch.nn.functional.interpolate(torch.cat(rows, 1)[None], scale_factor=2)[0])


class BaseStage(DenoiserStage):
    def __init__(self, config: DenoiserConfig, accelerator: Accelerator) -> None:
        super().__init__(config, accelerator)
        self.sampler = lambda denoise, noise: sample_ddim(denoise, noise, 4)  # 20 cost too much at every checkpoint

    def _dropped(self, conditions: Conditions) -> Conditions:
        """Guidance dropout: some strides deaf, some without a reference."""
        deaf = torch.from_numpy(self.rng.random(self.config.batch) < AUDIO_DROPOUT)
        blind = torch.from_numpy(self.rng.random(self.config.batch) < REFERENCE_DROPOUT)
        return dataclasses.replace(
            conditions,
            audio=conditions.audio * (~deaf).repeat_interleave(STRIDE)[:, None, None],
            features=conditions.features * (~blind)[:, None, None, None],
        )

    def step(self, accelerator: Accelerator) -> Mapping[str, Tensor]:
        places = self.places()
        conditions = self._dropped(self.clips.conditions(places, self.known())).to(self.device)
        z_0 = self.latents(places)
        # A third at almost pure noise: that is where one step starts, and where the mouth is decided.
        u = torch.rand(self.config.batch)
        u = torch.where(torch.rand(self.config.batch) < 1 / 3, 0.9 + 0.1 * u, u)
        timestep = (u * TIMESTEPS).long().clamp(max=TIMESTEPS - 1).to(self.device)
        z_t = add_noise(z_0, mixed_noise(z_0), timestep)
        with accelerator.autocast():
            output = conditions.of(self.denoiser)(z_t, timestep)
        loss = weighted_error(output, z_0)
        accelerator.backward(loss)
        if accelerator.sync_gradients:
            descend(accelerator, self.optimizers[0])
        return {"loss": loss.detach()}


def train_base(config: DenoiserConfig) -> Path:
    """Returns the checkpoint's path: network `denoiser`."""
    accelerator = accelerator_for(config.loop)
    return run(BaseStage(config, accelerator), config.loop, accelerator)
