"""A folder of speech with phone timings, as `osa_cam.synth.speech.SpeechLibrary` reads it, made by any of the synthesisers.

Their timings are checked against the sound itself: a voice whose stops are not quiet when they are said to be is left out.
"""

from __future__ import annotations

import csv
import logging
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray
from scipy.signal import resample_poly

from osa_cam.errors import TrainingError
from osa_cam.synth.speaking.laughing import laughing
from osa_cam.synth.speaking.said import Said, Synthesiser, lateness
from osa_cam.synth.speaking.singing import sung
from osa_cam.synth.texts import LANGUAGES, sentence

log = logging.getLogger(__name__)

RATE = 24_000
PAUSE_S = 0.3
LATEST_S = 0.03  # what lips that come late begin to be seen by; of the whole voice, either way
_SPEEDS = (0.85, 1.2)


@dataclass(frozen=True)
class SpeechConfig:
    """texts: None, made up; utterances: of a voice, while there are texts; english: share of it that speakers of other languages read;
    sung: share of utterances whose pitch and durations are bent into song; laughed: share that end in a laugh."""

    out: Path
    texts: Path | None = None
    utterances: int = 40
    english: float = 0.4
    sung: float = 0.08
    laughed: float = 0.06
    seed: int = 0


def make_speech(synthesiser: Synthesiser, config: SpeechConfig, progress: Callable[[int, int], None] = lambda done, total: None) -> None:
    """Writes the folder. A voice that is there already is kept, so that what was broken off goes on.

    Raises TrainingError when the texts or what a language needs are missing.
    """
    texts = read_texts(config.texts) if config.texts else None
    config.out.mkdir(parents=True, exist_ok=True)
    for number, voice in enumerate(synthesiser.voices):
        part = config.out / f"{voice}.index"
        if not part.is_file():
            rng = np.random.default_rng([config.seed, number])
            _speak(synthesiser, voice, choose(synthesiser.voices[voice], texts, config, rng), config, rng)
        progress(number + 1, len(synthesiser.voices))
    parts = [path.read_text(encoding="utf-8") for path in sorted(config.out.glob("*.index"))]
    header = "voice\tutterance\tstart_s\tend_s\tlanguage\tspeed\ttext\n"
    (config.out / "index.tsv").write_text(header + "".join(parts), encoding="utf-8")


def _speak(synthesiser: Synthesiser, voice: str, chosen: list[tuple[str, str]], config: SpeechConfig, rng: np.random.Generator) -> None:
    sound: list[NDArray[np.float32]] = []
    rows, phones, n = [], [], 0
    spoken: list[Said] = []
    for i, (language, text) in enumerate(chosen):
        speed = round(float(rng.uniform(*_SPEEDS)), 2)
        said = synthesiser.say(text, language, voice, speed)
        spoken.append(said)
        if rng.random() < config.sung:
            said = sung(said, rng)
        elif (own := np.random.default_rng([config.seed, zlib.crc32(voice.encode()), i])).random() < config.laughed:
            said = laughing(said, own)  # by numbers of its own: the others' draws stay what they were
        samples = _at_rate(said)
        start = n / RATE
        phones += [f"{start + a:.3f}\t{start + b:.3f}\t{phone}" for a, b, phone in said.phones if b > a]
        rows.append(f"{voice}\t{i:03d}\t{start:.3f}\t{start + len(samples) / RATE:.3f}\t{language}\t{speed}\t{text}")
        sound += [samples, np.zeros(int(PAUSE_S * RATE), np.float32)]
        n += len(samples) + len(sound[-1])
    shift = lateness(spoken) or 0.0  # a voice of few stops is taken at its word
    part = config.out / f"{voice}.index"
    if abs(shift) > LATEST_S:
        log.warning("%s: its timings are %.0f ms late: left out", voice, 1000 * shift)
        part.write_text("", encoding="utf-8")
        return
    if not rows:
        return
    soundfile.write(config.out / f"{voice}.opus", np.concatenate(sound), RATE, format="OGG", subtype="OPUS")
    (config.out / f"{voice}.tsv").write_text("\n".join(["start_s\tend_s\tphone", *phones]) + "\n", encoding="utf-8")
    part.write_text("\n".join(rows) + "\n", encoding="utf-8")  # last: marks the voice as whole
    log.info("%s: %d utterances, %.0f s, %+.0f ms late", voice, len(rows), n / RATE, 1000 * shift)


def _at_rate(said: Said) -> NDArray[np.float32]:
    divisor = int(np.gcd(RATE, said.rate))
    samples: NDArray[np.float32] = resample_poly(said.samples, RATE // divisor, said.rate // divisor).astype(np.float32)
    return samples


def read_texts(path: Path) -> dict[str, list[str]]:
    """language -> texts, each once; raises TrainingError."""
    if not path.is_file():
        raise TrainingError(f"no texts at {path}; give a table with the columns language and text, or the index.tsv of a speech folder")
    texts: dict[str, dict[str, None]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            if row.get("text") and row.get("language") in LANGUAGES:
                texts.setdefault(row["language"], {})[row["text"]] = None
    if not texts:
        raise TrainingError(f"{path} has no texts; it needs the columns language ({' '.join(LANGUAGES)}) and text")
    return {language: list(said) for language, said in texts.items()}


def choose(
    languages: tuple[str, ...], texts: dict[str, list[str]] | None, config: SpeechConfig, rng: np.random.Generator
) -> list[tuple[str, str]]:
    """(language, text) of all that a voice says: its own language, and a share of English where it speaks that too."""
    own, borrows = languages[0], len(languages) > 1
    if texts is None:
        said = [languages[1] if borrows and rng.random() < config.english else own for _ in range(config.utterances)]
        return [(language, sentence(rng, language)) for language in said]
    english = [("en-us", text) for text in texts.get("en-us", [])]
    mine = [(own, text) for text in texts.get(own, [])] or (english if borrows or own.startswith("en") else [])
    borrowed = round(config.utterances * config.english) if borrows else 0
    chosen = [mine[i] for i in rng.permutation(len(mine))[: config.utterances - borrowed]]
    return chosen + [english[i] for i in rng.permutation(len(english))[:borrowed]]
