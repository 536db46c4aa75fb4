"""A laugh after what was said: short calls of a vowel of the same voice, high and falling, each after a puff of breath.

Lengths are those of Provine & Yong 1991, "Laughter: a stereotyped human vocalization": calls of about 75 ms, one every 210 ms.
"""

from __future__ import annotations

import numpy as np

from osa_cam.synth.speaking.said import Said
from osa_cam.synth.speaking.vocoder import FRAME_S, Array, Voice
from osa_cam.synth.speech import Phone
from osa_cam.synth.visemes import gesture

_CALLS = (4, 9)
_CALL_S, _PUFF_S = (0.060, 0.095), (0.105, 0.150)
_PAUSE_S = (0.08, 0.30)  # between the words and the laugh
_TAIL_S = 0.10
_HIGHER = (1.5, 2.1)  # the first call, over the voice's own pitch
_FALL = 0.75  # octaves from the first call to the last
_FADE = 0.14  # of each call's amplitude against the one before
_PUFF = 0.12  # amplitude of breath, over that of the calls
_HOARSE = 0.15  # least share of breath in a call


def laughing(said: Said, rng: np.random.Generator) -> Said:
    """The same words, then a laugh; without a vowel that is long enough, the words alone.

    Raises TrainingError where the vocoder is missing.
    """
    voice = Voice.of(said)
    found = _vowel(said, voice)
    if found is None:
        return said
    symbol, envelope, breath = found
    base = float(np.median(voice.pitch[voice.pitch > 0])) * float(rng.uniform(*_HIGHER))
    calls = int(rng.integers(*_CALLS))
    start_s = len(said.samples) / said.rate + float(rng.uniform(*_PAUSE_S))
    at_s, phones = start_s, list[Phone]()
    pitches, powers, breaths = [], [], []
    for call in range(calls):
        puff, sound = (max(1, round(float(rng.uniform(*length)) / FRAME_S)) for length in (_PUFF_S, _CALL_S))
        loud = float(np.exp(-_FADE * call) * rng.uniform(0.85, 1.15))
        high = base * 2 ** (-_FALL * call / calls) * float(rng.uniform(0.94, 1.06))
        pitches += [np.zeros(puff), high * np.linspace(1.06, 0.90, sound)]
        # Lips and lungs have no edges: power swells and dies within each puff and each call.
        swell = [np.sin(np.pi * (np.arange(n) + 0.5) / n) ** 0.5 for n in (puff, sound)]
        powers += [(loud * _PUFF * swell[0]) ** 2, (loud * swell[1]) ** 2]
        breaths += [np.ones((puff, len(breath))), np.tile(np.maximum(breath, _HOARSE), (sound, 1))]
        middle_s, end_s = at_s + puff * FRAME_S, at_s + (puff + sound) * FRAME_S
        phones += [(at_s, middle_s, "h"), (middle_s, end_s, symbol)]
        at_s = end_s
    power = np.concatenate(powers)
    laugh = Voice(said.rate, np.concatenate(pitches), power[:, None] * envelope, np.concatenate(breaths)).sound()
    samples = np.zeros(round((at_s + _TAIL_S) * said.rate), np.float32)
    samples[: len(said.samples)] = said.samples
    first = round(start_s * said.rate)
    laugh = laugh[: len(samples) - first]
    samples[first : first + len(laugh)] = laugh
    return Said(samples, said.rate, (*said.phones, *phones))


def _vowel(said: Said, voice: Voice) -> tuple[str, Array, Array] | None:
    """The loudest vowel that is voiced in its middle: its symbol, power and breath [bins]."""
    best: tuple[float, str, Array, Array] | None = None
    for start, end, symbol in said.phones:
        middle = round((start + end) / 2 / FRAME_S)
        around = slice(max(middle - 3, 0), middle + 4)
        if gesture(symbol).kind == "vowel" and len(voice.pitch[around]) and (voice.pitch[around] > 0).all():
            envelope = voice.envelope[around].mean(0)
            if best is None or envelope.sum() > best[0]:
                best = float(envelope.sum()), symbol, envelope, voice.breath[around].mean(0)
    return None if best is None else best[1:]
