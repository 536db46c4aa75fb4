"""Speech with phone timings, read from a folder of recordings: one Ogg Opus file and one phone table a voice.

The folder holds `index.tsv` (voice, utterance, start_s, end_s, language, speed, text) and for each voice `VOICE.opus`
and `VOICE.tsv` (start_s, end_s, phone; Kokoro's phone symbols, one a row). `osa_cam/synth/speaking/` makes one. A folder of such folders
will do as well: the same voice may speak in several.

Train, validation and test share neither a voice nor a sentence: an utterance whose voice and sentence fall into
different splits belongs to none.
"""

from __future__ import annotations

import csv
import hashlib
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

import numpy as np
import soundfile
from numpy.typing import NDArray
from scipy.signal import resample_poly

from osa_cam.errors import TrainingError
from osa_cam.media import SAMPLE_RATE

Split: TypeAlias = Literal["train", "validation", "test"]
Phone: TypeAlias = tuple[float, float, str]  # start_s, end_s, symbol

TEST_VOICES = frozenset({"af_heart", "am_onyx", "bm_lewis", "jf_nezumi", "zm_yunxi", "ef_dora", "hm_psi"})
VALIDATION_VOICES = frozenset({"af_kore", "am_liam", "bf_emma", "em_santa"})

_VOICES_IN_MEMORY = 64  # about 9 MB each
_INDEX_COLUMNS = ("voice", "utterance", "start_s", "end_s", "language", "speed", "text")


@dataclass(frozen=True, eq=False)
class Utterance:
    """samples: float32 [n] at SAMPLE_RATE, -1 to 1; phones: in order, times from the utterance's first sample."""

    samples: NDArray[np.float32]
    phones: tuple[Phone, ...]
    voice: str
    language: str
    text: str

    @property
    def seconds(self) -> float:
        return len(self.samples) / SAMPLE_RATE


@dataclass(frozen=True)
class Entry:
    """A row of the index: where an utterance lies in its voice's recording."""

    folder: Path
    voice: str
    utterance: str
    start_s: float
    end_s: float
    language: str
    text: str


def voice_split(voice: str) -> Split:
    return "test" if voice in TEST_VOICES else "validation" if voice in VALIDATION_VOICES else "train"


def sentence_split(text: str) -> Split:
    """By a hash of the words, so that it holds for every voice, folder and machine; 15 % test, 15 % validation."""
    words = " ".join(text.casefold().split())
    bucket = int.from_bytes(hashlib.sha256(words.encode()).digest()[:4], "big") % 100
    return "test" if bucket < 15 else "validation" if bucket < 30 else "train"


class SpeechLibrary:
    """The utterances of a folder.

    Raises TrainingError when the folder, its index or a voice's files are missing or not of the expected form.
    """

    def __init__(self, folder: Path | str) -> None:
        self.folder = Path(folder)
        self.entries = self._read_index()
        self._voices: OrderedDict[tuple[Path, str], tuple[NDArray[np.float32], tuple[Phone, ...]]] = OrderedDict()

    def split(self, split: Split) -> tuple[Entry, ...]:
        """The entries whose voice and sentence both belong to the split."""
        return tuple(e for e in self.entries if voice_split(e.voice) == split and sentence_split(e.text) == split)

    def load(self, entry: Entry) -> Utterance:
        """Read one utterance; the recording of a voice is decoded once and kept."""
        samples, phones = self._voice(entry.folder, entry.voice)
        start, end = round(entry.start_s * SAMPLE_RATE), round(entry.end_s * SAMPLE_RATE)
        if end > len(samples) + SAMPLE_RATE // 10:
            raise TrainingError(
                f"{entry.voice}.opus in {entry.folder} ends at {len(samples) / SAMPLE_RATE:.1f} s, before the end of utterance "
                f"{entry.utterance} at {entry.end_s:.1f} s; make or copy the speech folder again"
            )
        own = tuple(
            (max(0.0, s - entry.start_s), min(e, entry.end_s) - entry.start_s, symbol)
            for s, e, symbol in phones
            if entry.start_s <= (s + e) / 2 < entry.end_s
        )
        return Utterance(samples[start:end], own, entry.voice, entry.language, entry.text)

    def draw(self, rng: np.random.Generator, split: Split = "train", seconds: float = 0.0) -> Utterance:
        """One utterance, or, for `seconds` > 0, utterances of one voice with pauses between, cut to that length."""
        entries = self.split(split)
        if not entries:
            raise TrainingError(f"{self.folder} has no utterance for the {split} split; use a folder with more voices and sentences")
        first = entries[rng.integers(len(entries))]
        if seconds <= 0:
            return self.load(first)
        same_voice = [e for e in entries if e.voice == first.voice]
        parts = [self.load(first)]
        pauses = [float(rng.uniform(0.0, 0.8))]
        while sum(p.seconds for p in parts) + sum(pauses) < seconds:
            parts.append(self.load(same_voice[rng.integers(len(same_voice))]))
            # Mostly the short pauses between sentences, now and then a long one in which the face must come to rest.
            pauses.append(float(rng.uniform(0.1, 0.6) if rng.random() < 0.8 else rng.uniform(1.0, 2.5)))
        return cut(join(parts, pauses), 0.0, seconds)

    def _read_index(self) -> tuple[Entry, ...]:
        paths = sorted(self.folder.glob("*/index.tsv"))
        if (self.folder / "index.tsv").is_file() or not paths:
            paths.insert(0, self.folder / "index.tsv")
        return tuple(entry for path in paths for entry in _read_entries(path))

    def _voice(self, folder: Path, voice: str) -> tuple[NDArray[np.float32], tuple[Phone, ...]]:
        key = folder, voice
        if key in self._voices:
            self._voices.move_to_end(key)
            return self._voices[key]
        sound, table = folder / f"{voice}.opus", folder / f"{voice}.tsv"
        for path in (sound, table):
            if not path.is_file():
                raise TrainingError(f"{path.name} is named by index.tsv but missing in {folder}; make or copy the speech folder again")
        self._voices[key] = read_samples(sound), _read_phones(table)
        if len(self._voices) > _VOICES_IN_MEMORY:
            self._voices.popitem(last=False)
        return self._voices[key]


def _read_entries(path: Path) -> list[Entry]:
    if not path.is_file():
        raise TrainingError(f"no speech in {path.parent}: index.tsv is missing; give a folder made by `osa-cam train speech --out FOLDER`")
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    if not rows or tuple(rows[0]) != _INDEX_COLUMNS:
        raise TrainingError(f"{path} needs the columns {', '.join(_INDEX_COLUMNS)} and at least one row; make the folder again")
    return [Entry(path.parent, r["voice"], r["utterance"], float(r["start_s"]), float(r["end_s"]), r["language"], r["text"]) for r in rows]


def read_samples(path: Path) -> NDArray[np.float32]:
    """A sound file of any rate and number of channels -> float32 [n], mono, SAMPLE_RATE; raises TrainingError."""
    try:
        sound, rate = soundfile.read(path, dtype="float32", always_2d=True)
    except soundfile.LibsndfileError as error:
        raise TrainingError(f"{path} can't be read as sound ({error}); copy it again") from error
    mono = sound.mean(axis=1)
    divisor = int(np.gcd(SAMPLE_RATE, rate))
    resampled: NDArray[np.float32] = resample_poly(mono, SAMPLE_RATE // divisor, rate // divisor).astype(np.float32)
    return resampled


def _read_phones(path: Path) -> tuple[Phone, ...]:
    with path.open(encoding="utf-8", newline="") as file:
        # A phone may be a quotation mark, and a space is one: no quoting, no stripping.
        rows = list(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    if not rows or rows[0] != ["start_s", "end_s", "phone"]:
        raise TrainingError(f"{path} needs the columns start_s, end_s, phone; make or copy the speech folder again")
    return tuple((float(start), float(end), symbol) for start, end, symbol in rows[1:])


def join(utterances: Sequence[Utterance], pauses_s: Sequence[float]) -> Utterance:
    """Utterances one after another, each after its pause of digital silence; voice and language of the first."""
    samples: list[NDArray[np.float32]] = []
    phones: list[Phone] = []
    n = 0
    for utterance, pause_s in zip(utterances, pauses_s, strict=True):
        pause = np.zeros(round(pause_s * SAMPLE_RATE), np.float32)
        offset_s = (n + len(pause)) / SAMPLE_RATE
        phones += [(start + offset_s, end + offset_s, symbol) for start, end, symbol in utterance.phones]
        samples += [pause, utterance.samples]
        n += len(pause) + len(utterance.samples)
    first = utterances[0]
    return Utterance(np.concatenate(samples), tuple(phones), first.voice, first.language, " ".join(u.text for u in utterances))


def cut(utterance: Utterance, start_s: float, seconds: float) -> Utterance:
    """The part from start_s on, padded with silence to exactly `seconds`; phones are clipped to it."""
    start, n = round(start_s * SAMPLE_RATE), round(seconds * SAMPLE_RATE)
    samples = utterance.samples[start : start + n]
    samples = np.pad(samples, (0, n - len(samples)))
    phones = tuple(
        (max(0.0, s - start_s), min(e - start_s, seconds), symbol)
        for s, e, symbol in utterance.phones
        if e > start_s and s < start_s + seconds
    )
    return Utterance(samples, phones, utterance.voice, utterance.language, utterance.text)
