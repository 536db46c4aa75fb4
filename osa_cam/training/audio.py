"""Train the audio encoder: mel -> tokens from which phones, visemes and the mouth's parameters can be read.

    osa-cam train audio --speech FOLDER --runs FOLDER --minutes 26

Figures are of voices and sentences that training never hears. With one thread, set OMP_NUM_THREADS=1 and
OPENBLAS_NUM_THREADS=1 as well: numpy's own threads stall beside a busy process.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from accelerate import Accelerator
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from osa_cam.audio.mel import log_mel
from osa_cam.errors import TrainingError
from osa_cam.networks.audio import LOOKAHEAD_MEL, LOOKBACK_MEL, MEL_PER_TOKEN, PHONES, AudioEncoder, AudioHeads, Readings, encode_recording
from osa_cam.synth.acoustics import add_noise, background, room
from osa_cam.synth.articulation import mouth_opening
from osa_cam.synth.speech import SpeechLibrary, Split, Utterance
from osa_cam.synth.visemes import MOUTH
from osa_cam.training import checkpoint
from osa_cam.training.audio_clips import TOKEN_RATE, UNLABELLED, Batch, Clips, label, padded
from osa_cam.training.loop import LoopConfig, accelerator_for, descend, run, seeded

log = logging.getLogger(__name__)

# A window's borders lack context that live windows have; they carry no loss.
_FIRST, _LAST = LOOKBACK_MEL // MEL_PER_TOKEN, LOOKAHEAD_MEL // MEL_PER_TOKEN
_LIPS = MOUTH.index("mouthPress")


@dataclass(frozen=True)
class AudioConfig:
    """speech: folder of a SpeechLibrary; out: folder of log and checkpoint; ends at `steps` or after `minutes`, whichever comes first."""

    speech: Path
    out: Path
    steps: int = 100_000
    minutes: float = 20.0
    threads: int = 1
    batch: int = 16
    seconds: float = 6.0
    learning_rate: float = 3e-3
    weight_decay: float = 0.02
    seed: int = 0


class AudioStage:
    """What the shared loop asks of the audio encoder: `networks` are the encoder ("audio") and its readers ("heads")."""

    def __init__(self, config: AudioConfig, accelerator: Accelerator) -> None:
        torch.manual_seed(config.seed)
        self.config = config
        self.library = SpeechLibrary(config.speech)
        self.clips = Clips(self.library, "train")
        self.encoder, self.heads = AudioEncoder(), AudioHeads()
        self.networks: dict[str, nn.Module] = {"audio": self.encoder, "heads": self.heads}
        parameters = [*self.encoder.parameters(), *self.heads.parameters()]
        groups = [
            {"params": [p for p in parameters if p.ndim > 1], "weight_decay": config.weight_decay},
            {"params": [p for p in parameters if p.ndim <= 1], "weight_decay": 0.0},
        ]
        self.optimizers: list[torch.optim.Optimizer] = [torch.optim.AdamW(groups, config.learning_rate, betas=(0.9, 0.98))]
        for network in self.networks.values():
            network.to(accelerator.device)
        self._rng = seeded(config.seed, accelerator)

    def step(self, accelerator: Accelerator) -> Mapping[str, Tensor]:
        batch = self.clips.batch(self._rng, self.config.batch, int(self.config.seconds * TOKEN_RATE)).to(accelerator.device)
        with accelerator.autocast():
            readings = self.heads(self.encoder(batch.mel))
        parts = losses(readings, batch)
        accelerator.backward(torch.stack(list(parts.values())).sum())
        if accelerator.sync_gradients:
            descend(accelerator, self.optimizers[0])
        return {name: value.detach() for name, value in parts.items()}

    def evaluate(self, networks: Mapping[str, nn.Module], folder: Path) -> Mapping[str, float]:
        encoder, heads = networks["audio"], networks["heads"]
        assert isinstance(encoder, AudioEncoder) and isinstance(heads, AudioHeads)
        return validate(encoder, heads, self.library)


def losses(readings: Readings, batch: Batch) -> dict[str, Tensor]:
    """Each loss by name, a mean over the tokens that have their full context."""
    inner = slice(_FIRST, batch.viseme.shape[1] - _LAST)
    mouth, target = readings.mouth[:, inner].float(), batch.mouth[:, inner]
    # A closed mouth is rare and what viewers look for, so tokens where something touches weigh more.
    contact = target[..., _LIPS:].amax(-1, keepdim=True)
    # L1 beyond .03: a mean over doubtful phones would half open every p.
    distance = F.smooth_l1_loss(mouth, target, beta=0.03, reduction="none")
    opening = (_opening(mouth) - _opening(target)).abs()
    viseme, phone = batch.viseme[:, inner].flatten(), batch.phone[:, inner].flatten()
    return {
        "mouth": (distance * (1 + 3 * contact)).mean() * 20,
        "opening": (opening * (1 + 3 * contact[..., 0])).mean() * 6,
        "viseme": F.cross_entropy(readings.viseme[:, inner].flatten(0, 1).float(), viseme, ignore_index=UNLABELLED) * 0.3,
        "phone": F.cross_entropy(readings.phone[:, inner].flatten(0, 1).float(), phone, ignore_index=UNLABELLED) * 0.3,
        "prosody": F.binary_cross_entropy_with_logits(readings.prosody[:, inner].float(), batch.prosody[:, inner]) * 0.5,
    }


def _opening(mouth: Tensor) -> Tensor:
    return (
        mouth[..., MOUTH.index("jawOpen")]
        + 0.35 * mouth[..., MOUTH.index("mouthLowerDown")]
        + 0.25 * mouth[..., MOUTH.index("mouthUpperUp")]
    )


def disturb(samples: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    """The noisy condition of the figures: a room, and noise 10 dB below the speech."""
    wet = room(samples, rng)
    return add_noise(wet, background(len(wet), rng), 10.0)


def validate(
    encoder: AudioEncoder, heads: AudioHeads, library: SpeechLibrary, split: Split = "validation", noisy: bool = False
) -> dict[str, float]:
    """Figures over a split.

    r, lag_ms: of the opening read off the tokens against the true one, at the lag at which they agree best;
    r_0: the same at no lag; viseme, phone: share of labelled sounding tokens that are right; closure: mean opening in p b m over
    the mean in other sounds (closure_true: of the labels); closed: share of p b m in which the opening falls below .1 of the clip's
    95th percentile; silence: mean opening in silence over the mean in sounds.
    """
    device = next(encoder.parameters()).device
    predicted, true, visemes, phones, right_v, right_p = [], [], [], [], [], []
    closures: list[float] = []
    entries = library.split(split)
    if not entries:
        raise TrainingError(f"{library.folder} has no speech for the {split} split; use a folder with more voices and sentences")
    for number, entry in enumerate(entries):
        spoken = library.load(entry)
        samples = padded(spoken.samples)
        labels = label(Utterance(samples, spoken.phones, spoken.voice, spoken.language, spoken.text))
        heard = disturb(samples, np.random.default_rng(number)) if noisy else samples
        with torch.no_grad():
            readings = Readings(*(x.cpu() for x in heads(encode_recording(encoder, torch.from_numpy(log_mel(heard)).to(device)))))
        gap = np.maximum(mouth_opening(readings.mouth.numpy()), 0)
        predicted.append(gap)
        true.append(mouth_opening(labels.mouth))
        visemes.append(labels.viseme)
        phones.append(labels.phone)
        right_v.append(readings.viseme.argmax(-1).numpy() == labels.viseme)
        right_p.append(readings.phone.argmax(-1).numpy() == labels.phone)
        for start, end, phone in spoken.phones:
            if phone in ("p", "b", "m"):
                first, last = int(start * TOKEN_RATE), max(int(np.ceil(end * TOKEN_RATE)), int(start * TOKEN_RATE) + 1)
                closures.append(float(gap[first:last].min() / np.percentile(gap, 95)))
    p, t, phone_id, viseme_id = (np.concatenate(x) for x in (predicted, true, phones, visemes))
    sounding = viseme_id > 0
    bilabial = np.isin(phone_id, [PHONES.index(x) for x in "pbm"])
    lags = {lag: float(np.corrcoef(p[10 + lag : len(p) - 10 + lag], t[10 : len(t) - 10])[0, 1]) for lag in range(-8, 9)}
    best = max(lags, key=lambda lag: lags[lag])
    return {
        "r": lags[best],
        "lag_ms": best * 1000 / TOKEN_RATE,
        "r_0": lags[0],
        "viseme": float(np.concatenate(right_v)[sounding].mean()),
        "phone": float(np.concatenate(right_p)[phone_id > 0].mean()),
        "closure": float(p[bilabial].mean() / p[sounding & ~bilabial].mean()),
        "closure_true": float(t[bilabial].mean() / t[sounding & ~bilabial].mean()),
        "closed": float(np.mean(np.array(closures) < 0.1)),
        "silence": float(p[viseme_id == 0].mean() / p[sounding].mean()),
    }


def load_audio(path: Path) -> tuple[AudioEncoder, AudioHeads]:
    """The trained encoder and its readers from a checkpoint; raises TrainingError when it is missing or another stage's."""
    encoder, heads = AudioEncoder().eval(), AudioHeads().eval()
    checkpoint.load(path, {"audio": encoder, "heads": heads})
    return encoder, heads


def train_audio(config: AudioConfig) -> Path:
    """Train, validate and write; returns the checkpoint's path. Raises TrainingError when speech is missing."""
    loop = LoopConfig(config.out, config.steps, config.minutes, config.learning_rate, log_steps=100, threads=config.threads)
    accelerator = accelerator_for(loop)
    stage = AudioStage(config, accelerator)
    path = run(stage, loop, accelerator)
    report(path, stage.library, "validation")
    return path


def report(path: Path, library: SpeechLibrary, split: Split) -> None:
    """Log the figures of a checkpoint, clean and noisy."""
    encoder, heads = load_audio(path)
    for noisy in (False, True):
        figures = {name: round(value, 3) for name, value in validate(encoder, heads, library, split, noisy).items()}
        log.info("%s", json.dumps({"split": split, "noisy": noisy, **figures}))
