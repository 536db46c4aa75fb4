"""What every synthesiser gives: a sound, and when each phone of it sounds."""

from __future__ import annotations

import importlib
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from osa_cam.errors import TrainingError
from osa_cam.synth.speech import Phone

STOPS = frozenset("pbtdkɡ")
MARKS = frozenset("ˈˌːˑ")
MARK_S = 0.001  # a mark has no sound of its own, but a place in the order

_FRAME_S = 0.005
_FARTHEST_S = 0.12
_CLOSURE = 0.45  # how far into a stop it is quietest


@dataclass(frozen=True, eq=False)
class Said:
    """samples: float32 [n], -1 to 1; phones: in order, Kokoro's symbols (`osa_cam/synth/visemes.py`), times from the first sample."""

    samples: NDArray[np.float32]
    rate: int
    phones: tuple[Phone, ...]


class Synthesiser(Protocol):
    @property
    def voices(self) -> Mapping[str, tuple[str, ...]]:
        """Each voice's languages, its own first."""
        ...

    def say(self, text: str, language: str, voice: str, speed: float) -> Said:
        """speed: 1 is the voice's own. Raises TrainingError."""
        ...


def module(name: str, wanted: str) -> Any:
    """An imported package; raises TrainingError with the packages wanted where it is missing."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise TrainingError(f"making speech needs {name}: pip install --no-deps {wanted} ({error})") from error


def program(name: str, package: str) -> str:
    """The path of a program; raises TrainingError with the package that holds it where it is missing."""
    path = shutil.which(name)
    if path is None:
        raise TrainingError(f"making speech needs the program {name}: apt install {package}")
    return path


def run(command: Sequence[str], given: str | None = None) -> str:
    """What a program prints; raises TrainingError when it fails or takes a minute."""
    try:
        done = subprocess.run(command, input=given, capture_output=True, text=True, timeout=60, check=True)
    except (subprocess.SubprocessError, OSError) as error:
        told = getattr(error, "stderr", "") or str(error)
        raise TrainingError(f"{command[0]} could not speak: {told.strip()[-300:]}") from error
    return done.stdout


def spread(symbols: str, start_s: float, end_s: float) -> list[Phone]:
    """The letters of one timed sound: marks take no time, the others share it."""
    marks = sum(symbol in MARKS for symbol in symbols)
    each = (end_s - start_s - MARK_S * marks) / max(len(symbols) - marks, 1)
    phones, at = [], start_s
    for symbol in symbols:
        phones.append((at, at := at + (MARK_S if symbol in MARKS else each), symbol))
    return phones


def lateness(all_said: Sequence[Said]) -> float | None:
    """By how many seconds a voice's stated times come after its sound: where its stops would be quietest, in steps of 5 ms.

    Lips and tongue shut the sound off in a stop, whatever the voice, so that timings can be checked without trust in anyone. None where
    fewer than eight stops stand between other sounds.
    """
    shifts = np.arange(-round(_FARTHEST_S / _FRAME_S), round(_FARTHEST_S / _FRAME_S) + 1)
    levels = [_levels_around_stops(said, shifts) for said in all_said]
    found = np.concatenate([*levels, np.zeros((0, len(shifts)))])
    return None if len(found) < 8 else float(-shifts[int(np.argmin(found.mean(0)))] * _FRAME_S)


def _levels_around_stops(said: Said, shifts: NDArray[np.int64]) -> NDArray[np.float64]:
    """[stops, shifts] in dB."""
    step = round(_FRAME_S * said.rate)
    n = len(said.samples) // step
    level = 10 * np.log10(np.square(said.samples[: n * step].astype(np.float64)).reshape(n, step).mean(1) + 1e-7)
    closures = [
        start + _CLOSURE * (end - start)
        for (_, _, before), (start, end, symbol) in zip(said.phones, said.phones[1:], strict=False)
        if symbol in STOPS and before.isalpha()
    ]
    frames = np.clip(np.round(np.array(closures)[:, None] / _FRAME_S + shifts).astype(int), 0, n - 1)
    around: NDArray[np.float64] = np.convolve(level, np.ones(3) / 3, "same")[frames]
    return around
