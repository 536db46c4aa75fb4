"""Stage `judges`: the small networks that `osa-cam eval` judges with (`osa_cam/evaluation/judges.py`), on the drawn sets.

The sync judge learns from the clips' drawn part shares and their sound which belong together, the identity judge from the stills who is
who. Both are kept in float16 beside the models.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from accelerate import Accelerator
from torch import Tensor, nn

from osa_cam.evaluation.judges import WINDOW, IdentityNet, SyncNet, faces, mouths, sounds_of_windows
from osa_cam.media import LATENT_CHANNELS, MEL_PER_FRAME
from osa_cam.synth.sets import MEL_BEFORE, Arrays, indices, open_set
from osa_cam.training import checkpoint
from osa_cam.training.autoencoder import picture_tensor
from osa_cam.training.loop import LoopConfig, accelerator_for, adamw, descend, run, seeded

CLIPS, SPAN = 8, 24  # clips in a batch, frames of each: their other windows are the hard cases
APART = 4  # frames between the windows that are told apart: neighbours sound alike
PEOPLE, EACH = 12, 2  # persons in a batch, pictures of each
BLURRED = 0.5  # how often shares are blurred as reading them from a picture blurs them
COSINE_SCALE = 12.0


@dataclass(frozen=True)
class JudgesConfig:
    """clips, stills: folders whose `train` is learnt from and whose `validation` is judged."""

    clips: Path
    stills: Path
    loop: LoopConfig
    seed: int = 0


class JudgesStage:
    def __init__(self, config: JudgesConfig, accelerator: Accelerator) -> None:
        torch.manual_seed(config.seed)
        sync, identity = SyncNet(), IdentityNet()
        self.clips, self.stills = open_set(config.clips / "train"), open_set(config.stills / "train")
        self.validation = open_set(config.clips / "validation"), open_set(config.stills / "validation")
        people = len(self.stills["reference"])
        self.device = accelerator.device
        self.sync, self.identity = sync.to(self.device), identity.to(self.device)
        self.names = nn.Embedding(people, 48).to(self.device)  # each person's place, needed for learning alone
        self.networks: dict[str, nn.Module] = {"sync": self.sync, "identity": self.identity, "names": self.names}
        parameters = [p for network in self.networks.values() for p in network.parameters()]
        self.optimizers = [adamw(parameters, config.loop.learning_rate)]
        self.rng = seeded(config.seed, accelerator)
        self.order = indices(self.rng, people)

    def step(self, accelerator: Accelerator) -> Mapping[str, Tensor]:
        lips, sound = self._heard()
        face, names = self._met()
        with accelerator.autocast():
            seen, heard, told = self.sync.lips(lips), self.sync.sound(sound), self.identity(face)
        likeness = seen.float() @ heard.float().T * self.sync.sharpness.exp().clamp(max=50)
        own = torch.arange(len(likeness), device=self.device)
        agree = (F.cross_entropy(likeness, own) + F.cross_entropy(likeness.T, own)) / 2
        who = F.cross_entropy(COSINE_SCALE * told.float() @ F.normalize(self.names.weight, dim=1).T, names)
        accelerator.backward(agree + who)
        if accelerator.sync_gradients:
            descend(accelerator, self.optimizers[0])
        return {"sync": agree.detach(), "identity": who.detach()}

    def _heard(self) -> tuple[Tensor, Tensor]:
        """Windows of lips and their sound, several of each of a few clips."""
        lips, sounds = [], []
        count, frames = self.clips["latents"].shape[:2]
        for clip in self.rng.choice(count, CLIPS, replace=count < CLIPS):
            start = int(self.rng.integers(0, max(frames - SPAN, 0) + 1))
            seen, heard = windows(self.clips, int(clip), start, min(SPAN, frames))
            if self.rng.random() < BLURRED:
                seen = F.avg_pool2d(seen, 3, 1, 1) + 0.03 * torch.randn_like(seen)
            lips.append(seen[::APART])
            sounds.append(heard[::APART] + float(self.rng.normal(0, 0.1)))  # louder and quieter
        return torch.cat(lips).to(self.device), torch.cat(sounds).to(self.device)

    def _met(self) -> tuple[Tensor, Tensor]:
        """Faces of some people, and their numbers."""
        rows = [next(self.order) for _ in range(PEOPLE)]
        columns = [self.rng.choice(self.stills["picture"].shape[1], EACH) for _ in rows]
        face = torch.cat([faces_of(self.stills, row, column) for row, column in zip(rows, columns, strict=True)])
        gain = torch.from_numpy(self.rng.uniform(0.9, 1.1, (len(face), 1, 1, 1)).astype(np.float32))
        return (face * gain).clamp(0, 1).to(self.device), torch.tensor(rows).repeat_interleave(EACH).to(self.device)

    @torch.no_grad()
    def evaluate(self, networks: Mapping[str, nn.Module], folder: Path) -> Mapping[str, float]:
        """On validation people and voices. sync_right: how often, among a clip's windows, the lips' own sound is the nearest;
        identity_right: how often the nearest other picture shows the same person; *_chance: how often by guessing."""
        sync, identity = networks["sync"].eval(), networks["identity"].eval()
        assert isinstance(sync, SyncNet)
        clips, stills = self.validation
        right, chance = [], []
        for clip in range(len(clips["latents"])):
            seen, heard = (x[::APART].to(self.device) for x in windows(clips, clip, 0, clips["latents"].shape[1]))
            nearest = (sync.lips(seen) @ sync.sound(heard).T).argmax(1).cpu()
            right.append(float((nearest == torch.arange(len(seen))).float().mean()))
            chance.append(1 / len(seen))
        people, each = stills["picture"].shape[:2]
        vectors = torch.cat([identity(faces_of(stills, row, np.arange(each)).to(self.device)) for row in range(people)])
        likeness = (vectors @ vectors.T).fill_diagonal_(-2)
        same = likeness.argmax(1) // each == torch.arange(people * each, device=self.device) // each
        return {
            "sync_right": float(np.mean(right)),
            "sync_chance": float(np.mean(chance)),
            "identity_right": float(same.float().mean()),
            "identity_chance": (each - 1) / (people * each - 1),
        }


def windows(clips: Arrays, clip: int, start: int, frames: int) -> tuple[Tensor, Tensor]:
    """Lips [frames - 4, 20, 20, 20] and sound [frames - 4, 20, 80] of a drawn clip."""
    latents = torch.from_numpy(np.array(clips["latents"][clip, start : start + frames], np.float32))
    first = MEL_BEFORE + MEL_PER_FRAME * start
    mel = torch.from_numpy(np.array(clips["mel"][clip, first : first + MEL_PER_FRAME * frames], np.float32))
    assert frames >= WINDOW and latents.shape[1] == len(LATENT_CHANNELS)
    return mouths(latents), sounds_of_windows(mel)


def faces_of(stills: Arrays, person: int, frames: np.ndarray[tuple[int, ...], np.dtype[np.int64]]) -> Tensor:
    """[frames, 3, 64, 64] of a drawn person."""
    pictures = picture_tensor(np.array(stills["picture"][person, frames]))
    return faces(pictures, torch.from_numpy(np.array(stills["latents"][person, frames], np.float32)))


def train_judges(config: JudgesConfig, out: Path) -> Path:
    """Trains, and writes them in float16 to `out`, which is returned."""
    accelerator = accelerator_for(config.loop)
    trained = run(JudgesStage(config, accelerator), config.loop, accelerator)
    if accelerator.is_main_process:
        networks: dict[str, nn.Module] = {"sync": SyncNet(), "identity": IdentityNet()}
        metadata = checkpoint.load(trained, networks)
        checkpoint.save(out, networks, metadata, half=True)
    return out
