"""The microphone, played out of another device in step with the picture."""

from __future__ import annotations

import logging
import threading
from contextlib import nullcontext
from typing import Any

import numpy as np
from numpy.typing import NDArray

from osa_cam.audio import cable
from osa_cam.audio.delay_line import DelayLine
from osa_cam.audio.devices import Device, close_stream, find_output, is_alive, open_stream
from osa_cam.audio.source import Clock
from osa_cam.errors import AudioError

log = logging.getLogger(__name__)

BLOCK_S = 0.01
TRIES_EVERY_S = 2.0
LATER_S = 0.015
"""What follows a picture aims so much behind it: sound that is early is noticed from 45 ms on, sound that is late from 125, and a picture
that a busy computer holds up makes it early. Source: ITU-R BT.1359-1, section 2."""
SERVER = "pulse"  # what ALSA calls the way to PulseAudio or PipeWire, from libasound2-plugins


class DelayedMicrophone:
    """`start`, `push` what is heard, `aim` at a delay, `close`; silent before the first aim. name: an output, as in `find_output`;
    that of `cable.NAME` is made here and removed in the end.

    One thread calls `push`; PortAudio's plays. delay_ms: from being heard until being played, as measured, None while nothing plays;
    problem: why nothing does; it is tried again meanwhile.
    """

    def __init__(self, name: str, clock: Clock) -> None:
        self.name = name
        self.delay_ms: float | None = None
        self.problem = ""
        self._clock = clock
        self._target_s: float | None = None
        self._output: _Output | None = None
        self._cable = cable.Cable()
        self._tried_at = 0.0
        self._opener: threading.Thread | None = None
        self._closed = False

    def start(self) -> None:
        self._tried_at = self._clock.now()
        self._open()

    def aim(self, delay_s: float) -> None:
        """What is heard is to be played so much later."""
        self._target_s = delay_s

    def push(self, samples: NDArray[np.float32], rate: int, last_sample_at: float) -> None:
        """samples: float32 [n], mono, at `rate`; last_sample_at: when the last one was heard, in seconds of the clock."""
        output = self._output
        if output is not None and is_alive(output.stream):
            if self._target_s is not None:
                output.line.write(samples, rate, last_sample_at, self._target_s)
            self.delay_ms = output.line.delay_ms
            return
        self.delay_ms = None
        if not self.problem:
            self.problem = f"the output {self.name} is gone; nobody hears the delayed microphone until it is back"
            log.warning("%s", self.problem)
        now = self._clock.now()
        if now - self._tried_at > TRIES_EVERY_S and not (self._opener is not None and self._opener.is_alive()):
            self._tried_at = now
            self._opener = threading.Thread(target=self._open, name="delayed microphone", daemon=True)
            self._opener.start()

    def close(self) -> None:
        self._closed = True
        if self._opener is not None and self._opener.is_alive():
            self._opener.join(1.0)
        self._end()

    def _open(self) -> None:
        try:
            device = find_output(self.name)
            if device.name == cable.NAME:
                self._cable.open()
            self._output = _Output(device, self._clock)
            self.problem = ""
        except AudioError as error:
            self.problem = f"nobody hears the delayed microphone: {error}"
        if self._closed:
            self._end()

    def _end(self) -> None:
        if self._output is not None:
            close_stream(self._output.stream)
        self._cable.close()


class _Output:
    """An opened output that plays a delay line."""

    def __init__(self, device: Device, clock: Clock) -> None:
        """Raises AudioError."""
        self.line = DelayLine(device.sample_rate)
        self._clock = clock
        ours = device.name == cable.NAME
        try:
            with cable.chosen("PULSE_SINK", cable.SINK) if ours else nullcontext():
                self.stream: Any = open_stream(
                    "OutputStream",
                    "high",  # what it is delayed by is longer, and a buffer that runs empty is heard
                    device=find_output(SERVER).index if ours else device.index,
                    samplerate=device.sample_rate,
                    channels=min(device.channels, 2),
                    blocksize=round(BLOCK_S * device.sample_rate),
                    callback=self.callback,
                )
        except AudioError as error:
            raise AudioError(f"the output {device} can't be opened ({error}): close what else uses it, or choose another") from error

    def callback(self, out: NDArray[np.float32], frames: int, times: Any, status: Any) -> None:
        ahead = times.outputBufferDacTime - times.currentTime
        plays_at = self._clock.now() + (ahead if 0.0 < ahead < 1.0 else 0.0)
        out[:] = self.line.play(frames, plays_at)[:, None]
