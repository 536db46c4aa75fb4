"""Labelled clips for the audio encoder: speech with pauses, breaths and background, and what the mouth does meanwhile.

Labels are computed once for each utterance of a split and kept; the sound is put together, sped up or slowed down and
spoilt anew for every clip. All labels are at 50 Hz, one a token, taken at the token's centre.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from osa_cam.audio.mel import log_mel
from osa_cam.errors import TrainingError
from osa_cam.media import SAMPLE_RATE
from osa_cam.networks.audio import PHONES
from osa_cam.synth.acoustics import augment, background, breath, resample, speech_level
from osa_cam.synth.articulation import QUIET_DB, TICKS, activity, articulate, loudness, segments
from osa_cam.synth.speech import SpeechLibrary, Split, Utterance
from osa_cam.synth.visemes import MOUTH, VISEMES

TOKEN_RATE = 50
SAMPLES_PER_TOKEN = SAMPLE_RATE // TOKEN_RATE
UNLABELLED = -100  # torch's cross entropy leaves these out


@dataclass(frozen=True, eq=False)
class Labels:
    """mouth: float32 [n, len(MOUTH)]; viseme, phone: int64 [n], UNLABELLED between words; prosody: float32 [n, 2]."""

    mouth: NDArray[np.float32]
    viseme: NDArray[np.int64]
    phone: NDArray[np.int64]
    prosody: NDArray[np.float32]

    def take(self, index: NDArray[np.int64]) -> Labels:
        return Labels(self.mouth[index], self.viseme[index], self.phone[index], self.prosody[index])


def silent_labels(n: int) -> Labels:
    return Labels(np.zeros((n, len(MOUTH)), np.float32), np.zeros(n, np.int64), np.zeros(n, np.int64), np.zeros((n, 2), np.float32))


def concatenate(parts: list[Labels]) -> Labels:
    return Labels(
        np.concatenate([p.mouth for p in parts]),
        np.concatenate([p.viseme for p in parts]),
        np.concatenate([p.phone for p in parts]),
        np.concatenate([p.prosody for p in parts]),
    )


def label(utterance: Utterance) -> Labels:
    """The labels of an utterance whose length is a whole number of tokens."""
    n = len(utterance.samples) // SAMPLES_PER_TOKEN
    labels = silent_labels(n)
    level_db = loudness(utterance.samples)
    ticks = (np.arange(n) * TICKS) // TOKEN_RATE + TICKS // TOKEN_RATE // 2
    labels.mouth[:] = articulate(utterance)[ticks]
    labels.prosody[:, 0] = activity(level_db)[ticks]
    # Sound that no phone claims (between words, a dying vowel) is left out; quiet without a phone is silence.
    unclaimed = level_db[ticks] > QUIET_DB
    labels.viseme[unclaimed] = labels.phone[unclaimed] = UNLABELLED
    centres = (np.arange(n) + 0.5) / TOKEN_RATE
    for part in segments(utterance.phones):
        first, last = np.searchsorted(centres, [part.start, part.end])
        if part.gesture.kind == "pause" or last == first:
            continue
        middle = first + max(1, round(0.6 * (last - first))) if part.gesture.end else last
        labels.viseme[first:middle] = VISEMES.index(part.gesture.viseme)
        if part.gesture.end:
            labels.viseme[middle:last] = VISEMES.index(part.gesture.end)
        labels.phone[first:last] = PHONES.index(part.phone) if part.phone in PHONES else UNLABELLED
        labels.prosody[first:last, 1] = part.stressed
    return labels


def longer_throat(mel: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    """The mel [t, 80] of a speaker whose formants lie up to a sixth lower or higher, the pitch left alone, in half of the cases.

    After Jaitly and Hinton 2013, "Vocal tract length perturbation improves speech recognition".
    """
    if rng.random() < 0.5:
        return mel
    bins = np.arange(mel.shape[1], dtype=np.float32)
    # The axis is linear below a kilohertz and logarithmic above; between them a shift that grows with the bin serves both.
    source = np.clip(bins + rng.uniform(-5, 5) * np.minimum(bins / 30, 1), 0, len(bins) - 1)
    low = np.minimum(source.astype(np.int64), len(bins) - 2)
    share = (source - low).astype(np.float32)
    out: NDArray[np.float32] = mel[:, low] * (1 - share) + mel[:, low + 1] * share
    return out


def padded(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """samples, with silence up to a whole number of tokens."""
    return np.pad(samples, (0, -len(samples) % SAMPLES_PER_TOKEN))


@dataclass(frozen=True, eq=False)
class Batch:
    """mel: [batch, 2 n, 80]; labels as in Labels with a batch axis in front."""

    mel: Tensor
    mouth: Tensor
    viseme: Tensor
    phone: Tensor
    prosody: Tensor

    def to(self, device: torch.device) -> Batch:
        return Batch(*(x.to(device) for x in (self.mel, self.mouth, self.viseme, self.phone, self.prosody)))


class Clips:
    """The clips of a split. Raises TrainingError when the library has none."""

    def __init__(self, library: SpeechLibrary, split: Split) -> None:
        self.voices: dict[str, list[tuple[NDArray[np.float32], Labels]]] = defaultdict(list)
        for entry in library.split(split):
            spoken = library.load(entry)
            spoken = Utterance(padded(spoken.samples), spoken.phones, spoken.voice, spoken.language, spoken.text)
            self.voices[entry.voice].append((spoken.samples, label(spoken)))
        if not self.voices:
            raise TrainingError(f"{library.folder} has no speech for the {split} split; use a folder with more voices and sentences")
        self._kept: dict[int, list[tuple[NDArray[np.float32], Labels]]] = {}
        self._names = sorted(self.voices)
        # Not every voice as often as any other: espeak has more of them than all that sound like people, and says little with each.
        said = np.array([len(self.voices[name]) for name in self._names], np.float64)
        self._shares = said / said.sum()
        self._babble = [self.voices[name][0][0] for name in self._names]

    def draw(self, rng: np.random.Generator, tokens: int) -> tuple[NDArray[np.float32], Labels]:
        """One clip of some voice under some conditions: samples [tokens * 320], labels."""
        n = tokens * SAMPLES_PER_TOKEN
        if rng.random() < 0.06:
            noise = background(n, rng, self._babble) * np.float32(10 ** rng.uniform(-3, -0.8))
            return augment(noise, rng), silent_labels(tokens)
        rate = float(np.exp(rng.uniform(-0.17, 0.17))) if rng.random() < 0.6 else 1.0
        samples, labels = self._speak(rng, int(np.ceil(tokens * rate)) + 2)
        index = np.minimum(np.round((np.arange(tokens) + 0.5) * rate - 0.5).astype(np.int64), len(labels.viseme) - 1)
        if rate != 1.0:
            samples = resample(samples, rate)
        return augment(samples[:n], rng, self._babble), labels.take(index)

    def batch(self, rng: np.random.Generator, size: int, tokens: int) -> Batch:
        """`size` clips, half of them (or more, while there are few) drawn now and half heard before.

        Making a clip costs about as much as learning from it, so each serves about twice (Choi et al. 2019, "Faster neural
        network training with data echoing").
        """
        kept = self._kept.setdefault(tokens, [])
        fresh = size // 2 if len(kept) >= 8 * size else size
        for _ in range(fresh):
            samples, labels = self.draw(rng, tokens)
            kept.append((longer_throat(log_mel(samples), rng), labels))
        drawn = kept[-fresh:] + [kept[i] for i in rng.choice(len(kept) - fresh, size - fresh, replace=False)]
        del kept[: max(0, len(kept) - 16 * size)]
        return Batch(
            torch.from_numpy(np.stack([mel for mel, _ in drawn])),
            torch.from_numpy(np.stack([labels.mouth for _, labels in drawn])),
            torch.from_numpy(np.stack([labels.viseme for _, labels in drawn])),
            torch.from_numpy(np.stack([labels.phone for _, labels in drawn])),
            torch.from_numpy(np.stack([labels.prosody for _, labels in drawn])),
        )

    def _speak(self, rng: np.random.Generator, tokens: int) -> tuple[NDArray[np.float32], Labels]:
        """Utterances of one voice with pauses, from a random point of the first on."""
        spoken = self.voices[self._names[rng.choice(len(self._names), p=self._shares)]]
        sounds: list[NDArray[np.float32]] = []
        labels: list[Labels] = []
        length = 0
        skip = int(rng.integers(0, TOKEN_RATE * 2))
        while length < tokens + skip:
            samples, own = spoken[rng.integers(len(spoken))]
            pause = int(TOKEN_RATE * (rng.uniform(0.0, 0.5) if rng.random() < 0.75 else rng.uniform(0.5, 2.0)))
            sounds += [self._pause(rng, pause, speech_level(samples)), samples]
            labels += [silent_labels(pause), own]
            length += pause + len(own.viseme)
        window = np.arange(skip, skip + tokens)
        return np.concatenate(sounds)[skip * SAMPLES_PER_TOKEN : (skip + tokens) * SAMPLES_PER_TOKEN], concatenate(labels).take(window)

    def _pause(self, rng: np.random.Generator, tokens: int, level: float) -> NDArray[np.float32]:
        """Silence, or a breath: people breathe in with the mouth hardly open, and it must not make the portrait talk."""
        silence = np.zeros(tokens * SAMPLES_PER_TOKEN, np.float32)
        if tokens > TOKEN_RATE // 3 and rng.random() < 0.35:
            n = int(rng.uniform(0.5, 0.95) * len(silence))
            noise = breath(n, rng)
            noise *= np.float32(level * 10 ** (-rng.uniform(14, 34) / 20)) / (np.sqrt(np.mean(noise**2)) + 1e-9)
            silence[(len(silence) - n) // 2 :][:n] += noise
        return silence
