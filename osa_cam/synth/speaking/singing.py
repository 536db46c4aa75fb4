"""Speech bent into song: its pitch goes in notes with a tremble, its vowels last, and the phones' times go along."""

from __future__ import annotations

import numpy as np

from osa_cam.synth.speaking.said import Said
from osa_cam.synth.speaking.vocoder import FRAME_S, Array, Voice
from osa_cam.synth.visemes import gesture

_LONGER = (1.5, 3.0)  # a sung vowel, over a spoken one
_SEMITONES = np.array([0, 2, 4, 5, 7, 9, 11, 12])  # of a major scale
_VIBRATO_HZ, _VIBRATO = 5.5, 0.02


def sung(said: Said, rng: np.random.Generator) -> Said:
    """The same words sung. Raises TrainingError where the vocoder is missing."""
    voice = Voice.of(said)
    vowels = [gesture(symbol).kind == "vowel" for _, _, symbol in said.phones]
    stretch = np.where(vowels, rng.uniform(*_LONGER, len(vowels)), 1.0)
    starts, ends = (np.array([phone[i] for phone in said.phones]) for i in (0, 1))
    # Time as it is sung over time as it was spoken: a bend at each border of a phone.
    borders = np.concatenate([[0.0], np.stack([starts, ends], 1).ravel(), [len(said.samples) / said.rate]])
    paces = np.ones(len(borders) - 1)
    paces[1::2] = stretch
    later = np.concatenate([[0.0], np.cumsum(np.maximum(np.diff(borders), 0.0) * paces)])
    at = np.interp(np.arange(0.0, later[-1], FRAME_S), later, borders) / FRAME_S
    frames = np.clip(np.round(at).astype(int), 0, len(voice.pitch) - 1)
    notes = _notes(voice.pitch, starts[np.array(vowels, bool)], rng)[frames]
    wave = 1 + _VIBRATO * np.sin(2 * np.pi * _VIBRATO_HZ * FRAME_S * np.arange(len(frames)))
    pitch = np.where(voice.pitch[frames] > 0, notes * wave, 0.0)
    moved = np.interp(np.stack([starts, ends]), borders, later)
    phones = tuple((float(a), float(b), symbol) for a, b, (_, _, symbol) in zip(*moved, said.phones, strict=True))
    return Said(Voice(said.rate, pitch, voice.envelope[frames], voice.breath[frames]).sound(), said.rate, phones)


def _notes(pitch: Array, onsets_s: Array, rng: np.random.Generator) -> Array:
    """A pitch for each frame: one note from each vowel to the next, a little way up or down the scale."""
    voiced = pitch[pitch > 0]
    key = 2 ** (-3 / 12) * float(np.median(voiced)) if len(voiced) else 150.0
    steps = np.clip(np.cumsum(rng.integers(-2, 3, len(onsets_s) + 1)) + 3, 0, len(_SEMITONES) - 1)
    note = np.searchsorted(onsets_s, np.arange(len(pitch)) * FRAME_S, side="right")
    notes: Array = key * 2 ** (_SEMITONES[steps[note]] / 12)
    return notes
