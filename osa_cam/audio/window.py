"""Sound to what the audio graph takes: one window of log-mel for each stride of frames."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from osa_cam.audio.gate import SpeechGate
from osa_cam.audio.mel import SILENCE_MEL, StreamingLogMel, silence_mel
from osa_cam.media import HOP_LENGTH, LOOKAHEAD_SAMPLES, MEL_PER_FRAME, SAMPLES_PER_FRAME, STRIDE

WINDOW_MEL = 128
PRE_ROLL_MEL = LOOKAHEAD_SAMPLES // HOP_LENGTH  # the lookahead is paid for: what opened the gate may reopen it this far back


@dataclass(frozen=True, eq=False)
class Window:
    """mel: float32 [WINDOW_MEL, MEL_BINS]; of each frame's own sound: level_db below full scale, speaking when most of it is."""

    mel: NDArray[np.float32]
    level_db: NDArray[np.float32]
    speaking: NDArray[np.bool_]


class StrideWindows:
    """Stride s gets the WINDOW_MEL newest mel frames at the moment when its last frame's lookahead is complete.

    frames: of a stride. What the gate holds for noise becomes the mel of silence. The windows do not depend on how the sound was cut
    into blocks.
    """

    def __init__(self, frames: int = STRIDE) -> None:
        self._frames = frames
        self._own = frames * SAMPLES_PER_FRAME
        self._mel = StreamingLogMel()
        self._gate = SpeechGate()
        self._rows = silence_mel(WINDOW_MEL)
        self._open = np.zeros(WINDOW_MEL, np.bool_)
        self._pending = np.zeros(0, np.float32)
        self._missing = self._own + LOOKAHEAD_SAMPLES
        self._ahead = np.zeros(0, np.float32)  # of the next stride's own sound, what the last one looked ahead

    def push(self, samples: NDArray[np.float32]) -> Iterator[Window]:
        """samples: float32 [n], SAMPLE_RATE -> as many windows as became complete."""
        self._pending = np.concatenate((self._pending, np.nan_to_num(samples, posinf=0.0, neginf=0.0)))
        while len(self._pending) >= self._missing:
            heard, self._pending = self._pending[: self._missing], self._pending[self._missing :]
            self._missing = self._own
            self._append(heard)
            known = np.concatenate((self._ahead, heard))
            self._ahead = known[-LOOKAHEAD_SAMPLES:]
            level_db = 10.0 * np.log10(np.square(known[: self._own]).reshape(self._frames, -1).mean(1) + 1e-10).astype(np.float32)
            end = -LOOKAHEAD_SAMPLES // HOP_LENGTH
            speaking = self._open[end - self._frames * MEL_PER_FRAME : end].reshape(self._frames, -1).mean(1) > 0.5
            yield Window(np.where(self._open[:, None], self._rows, np.float32(SILENCE_MEL)), level_db, speaking)

    def _append(self, heard: NDArray[np.float32]) -> None:
        self._rows = np.concatenate((self._rows, self._mel.push(heard)))[-WINDOW_MEL:]
        opened = np.concatenate((self._open, self._gate.push(heard)))
        for start in np.flatnonzero(opened[1:] & ~opened[:-1]) + 1:
            opened[max(start - PRE_ROLL_MEL, 0) : start] = True
        self._open = opened[-WINDOW_MEL:]
