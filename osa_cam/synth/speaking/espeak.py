"""espeak-ng, through the library that the package espeakng-loader brings: a reader for other synthesisers, and a voice of its own.

    pip install --no-deps espeakng-loader==0.2.4

Its formant voices are quick and speak a hundred languages, but are poor teachers alone. The program is under the GPL 3,
what it says is not.
"""

from __future__ import annotations

import ctypes
import re
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from osa_cam.errors import TrainingError
from osa_cam.synth.speaking.phones import misaki_of_espeak, misaki_of_event
from osa_cam.synth.speaking.said import STOPS, Said, module, spread
from osa_cam.synth.speech import Phone

WANTED = "espeakng-loader==0.2.4"
SOUND_RETRIEVED, SYNCHRONOUS = 1, 2  # espeak_AUDIO_OUTPUT
PHONES_AS_IPA = 0b11  # espeakINITIALIZE_PHONEME_EVENTS | espeakINITIALIZE_PHONEME_IPA
UTF8 = 1
RATE_PARAMETER, WORDS_A_MINUTE = 1, 175
PHONEME_EVENT, LAST_EVENT = 7, 0

LANGUAGES = {
    "en-us": "en-us", "en-gb": "en", "es": "es", "fr": "fr", "hi": "hi", "it": "it", "pt": "pt-br", "de": "de", "zh": "cmn", "ja": "ja"
}  # fmt: skip
# espeak's variants of a voice: throats of men and women. Its robots, whispers and croaks are left out.
VARIANTS = ("m1", "m2", "m3", "m4", "m5", "m6", "m7", "f1", "f2", "f3", "f4", "f5", "klatt2", "klatt4", "Andy", "Annie", "Michael", "linda")
PUNCTUATION = str.maketrans("。，、；：？！「」…", ".,,;:?!“”…")

_PAUSE_S = 0.05  # an event without a name that lasts longer is silence
_BURST_S = 0.12  # how far back from its burst a stop can have begun
_FRAME_S = 0.005


class _Event(ctypes.Structure):
    """espeak_EVENT of espeak-ng's speak_lib.h."""

    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", ctypes.c_char * 8),
    )


_CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event))


class Espeak:
    """One a process: the library keeps its state to itself."""

    def __init__(self) -> None:
        self.voices = {f"espeak-{language}-{variant}": (language,) for language in LANGUAGES if language != "ja" for variant in VARIANTS}
        loader = module("espeakng_loader", WANTED)
        self._library = ctypes.CDLL(loader.get_library_path())
        self._library.espeak_TextToPhonemes.restype = ctypes.c_char_p
        data = str(Path(loader.get_data_path()).parent).encode()
        self._rate = int(self._library.espeak_Initialize(SYNCHRONOUS, 0, data, PHONES_AS_IPA))
        if self._rate < 0:
            raise TrainingError("espeak-ng can't read its data; install espeakng-loader again")
        self._sound: list[NDArray[np.int16]] = []
        self._events: list[tuple[float, str]] = []
        self._callback = _CALLBACK(self._heard)  # kept: the library holds no reference
        self._library.espeak_SetSynthCallback(self._callback)

    def read(self, text: str, language: str) -> str:
        """misaki's phone symbols of a text, clause by clause, because espeak drops the punctuation that Kokoro wants."""
        self._choose(LANGUAGES[language])
        parts = re.split(r"([.,;:?!…“”—]+)", text.translate(PUNCTUATION))
        phones = "".join(part if i % 2 else self._clause(part) for i, part in enumerate(parts))
        return misaki_of_espeak(phones, language)

    def say(self, text: str, language: str, voice: str, speed: float) -> Said:
        self._choose(f"{LANGUAGES[language]}+{voice.rsplit('-', 1)[1]}")
        self._library.espeak_SetParameter(RATE_PARAMETER, round(WORDS_A_MINUTE * speed), 0)
        self._sound, self._events = [], []
        said = text.encode()
        if self._library.espeak_Synth(said, len(said) + 1, 0, 1, 0, UTF8, None, None) != 0 or not self._sound:
            raise TrainingError(f"espeak-ng could not say {text!r} in {language}")
        samples: NDArray[np.float32] = np.concatenate(self._sound).astype(np.float32) / np.float32(32768)
        return Said(samples, self._rate, tuple(_timed(self._events, samples, self._rate, language)))

    def _choose(self, name: str) -> None:
        if self._library.espeak_SetVoiceByName(name.encode()) != 0:
            raise TrainingError(f"espeak-ng has no voice {name!r}; install {WANTED}")

    def _clause(self, text: str) -> str:
        pointer = ctypes.pointer(ctypes.c_char_p(text.encode()))
        tied_ipa = (ord("^") << 8) | 0x80 | 0x02
        said = []
        while pointer.contents.value:
            phones = self._library.espeak_TextToPhonemes(pointer, UTF8, tied_ipa)
            said.append((phones or b"").decode())
        leading = " " if text[:1].isspace() else ""
        return leading + " ".join(said).strip()

    def _heard(self, sound: ctypes._Pointer[ctypes.c_short], count: int, events: ctypes._Pointer[_Event]) -> int:
        if count > 0:
            self._sound.append(np.ctypeslib.as_array(sound, (count,)).copy())
        i = 0
        while events[i].type != LAST_EVENT:
            if events[i].type == PHONEME_EVENT:
                self._events.append((events[i].sample / self._rate, bytes(events[i].id).decode("utf-8", "ignore")))
            i += 1
        return 0


def _timed(events: list[tuple[float, str]], samples: NDArray[np.float32], rate: int, language: str) -> list[Phone]:
    """espeak tells when a stop bursts, not when it closes: stops begin where the sound before them dies away."""
    step = round(_FRAME_S * rate)
    n = len(samples) // step
    level = np.sqrt(np.square(samples[: n * step]).reshape(n, step).mean(1) + 1e-10)
    starts: list[float] = []
    names: list[str] = []
    for at, sound in events:
        symbols = misaki_of_event(sound, language)
        if symbols.strip("ˈˌ")[:1] in STOPS and starts:
            at = max(_closing(level, at), starts[-1] + 2 * _FRAME_S)
        starts.append(at)
        names.append(symbols)
    phones: list[Phone] = []
    for start, end, symbols in zip(starts, [*starts[1:], len(samples) / rate], names, strict=True):
        if end > start:
            phones += spread(symbols or ("." if end - start > _PAUSE_S else " "), start, end)
    return phones


def _closing(level: NDArray[np.float32], burst_s: float) -> float:
    burst = min(round(burst_s / _FRAME_S), len(level) - 1)
    first = max(burst - round(_BURST_S / _FRAME_S), 0)
    if burst <= first:
        return burst_s
    quiet = first + int(np.argmin(level[first : burst + 1]))
    loud = float(level[first : burst + 1].max())
    begins = quiet
    while begins > first and level[begins - 1] < level[quiet] + 0.25 * (loud - level[quiet]):
        begins -= 1
    return begins * _FRAME_S
