"""A real microphone."""

from __future__ import annotations

import logging
import threading
from typing import Any

import numpy as np
from numpy.typing import NDArray

from osa_cam.audio.devices import Device, close_stream, find, is_alive, open_stream, rescan, system_choice
from osa_cam.audio.resampler import Resampler
from osa_cam.audio.ring import Ring
from osa_cam.audio.source import Clock, Heard
from osa_cam.errors import AudioError
from osa_cam.media import SAMPLE_RATE

log = logging.getLogger(__name__)

RING_S = 2.0
POLL_S = 0.1
BLOCK_S = 0.01
IDLES_AFTER_S = 0.3  # without sound the avatar is given silence, or it would stand still
GONE_AFTER_S = 1.5  # no callback for this long: unplugged, or the computer slept
TRIES_EVERY_S = 1.2  # a microphone that is back is heard within two seconds
ASKS_EVERY_S = 1.0  # which microphone is the system's
FILLS_S = 1.0  # at most: a computer that slept for hours is not to be made up for
ZEROS_S = 5.0  # a microphone that never said anything else is kept from us; silence in a room is no zeros


UNMUTE = "Look at its switch and at the system's sound and privacy settings; osa-cam doctor says where"


class Microphone:
    """The device's own rate and channels in, mono SAMPLE_RATE out. The callback copies and stamps, nothing else.

    name: as in `find`; it is kept by name, None follows the system's choice. Unplugged, or dead after the computer
    slept, it is heard as silence and opened again as soon as it is back. patient: so is one that is not there at first.
    """

    def __init__(self, name: str | None, clock: Clock, patient: bool = False) -> None:
        self.name = name or "the system's microphone"
        self.problem = ""
        self._wanted = name
        self._chosen: int | None = None
        self._clock = clock
        self._patient = patient
        self._arrived = threading.Event()
        self._line: _Line | None = None
        self._lost = 0  # samples of earlier lines
        self._silent_until: float | None = None  # the talk was given silence up to this time
        self._rescuer: threading.Thread | None = None
        self._closed = False

    @property
    def dropped(self) -> int:
        return self._lost + (self._line.dropped if self._line else 0)

    def start(self) -> None:
        self._heard_at = self._tried_at = self._asked_at = self._clock.now()
        try:
            self._open()
        except AudioError as error:
            if not self._patient:
                raise
            self.problem = f"{error}. Until it is there the avatar idles"

    def read(self, stop: threading.Event) -> Heard | None:
        while not stop.is_set():
            self._arrived.wait(POLL_S)
            self._arrived.clear()
            now = self._clock.now()
            if (heard := self._take(now)) is not None:
                self._follow(now)
                return heard
            self._watch(now)
            since = self._silent_until if self._silent_until is not None else self._heard_at
            if now - since > (POLL_S / 2 if self._silent_until is not None else IDLES_AFTER_S):
                self._silent_until = now
                return Heard(np.zeros(round(min(now - since, FILLS_S) * SAMPLE_RATE), np.float32), now)
        return None

    def close(self) -> None:
        self._closed = True
        if self._rescuer is not None and self._is_opening():
            self._rescuer.join(1.0)
        if self._line is not None:
            close_stream(self._line.stream)

    def _take(self, now: float) -> Heard | None:
        line = self._line
        if line is None:
            return None
        samples, at = line.read()
        if not len(samples):
            return None
        if self._silent_until is not None:
            # What silence stood for already is left out, what it did not reach is filled up: the talk's clock is the real one.
            early = round(max(self._silent_until - (at - len(samples) / line.rate), -FILLS_S) * line.rate)
            samples = samples[early:] if early > 0 else np.concatenate((np.zeros(-early, np.float32), samples))
            if not len(samples):
                return None
            self._silent_until = None
        self._heard_at = now
        self._judge(line, samples, now)
        return Heard(line.resampler.push(samples), at, samples, line.rate)

    def _judge(self, line: _Line, samples: NDArray[np.float32], now: float) -> None:
        line.sounded = line.sounded or bool(samples.any())
        zeros = not line.sounded and now - line.opened_at > ZEROS_S
        if zeros and not self.problem:
            self.problem = f"microphone {self.name} delivers nothing but zeros: it is muted, or the system keeps it from us. {UNMUTE}"
            log.warning("%s", self.problem)
        elif self.problem and not zeros:
            self.problem = ""
            log.warning("microphone %s is back", self.name)

    def _follow(self, now: float) -> None:
        """Has the user chosen another microphone for the whole system?"""
        if self._wanted is None and now - self._asked_at >= ASKS_EVERY_S:
            self._asked_at = now
            if system_choice() != self._chosen:
                self._open_anew(now)

    def _watch(self, now: float) -> None:
        """Is anything to be done about a microphone that says nothing?"""
        line = self._line
        if line is not None and is_alive(line.stream) and now - max(self._heard_at, line.opened_at) <= GONE_AFTER_S:
            return
        if self._is_opening():
            return
        if not self.problem:
            self.problem = f"microphone {self.name} is gone; the avatar idles until it is back"
            log.warning("%s", self.problem)
        if now - self._tried_at > TRIES_EVERY_S:
            self._open_anew(now)

    def _is_opening(self) -> bool:
        return self._rescuer is not None and self._rescuer.is_alive()

    def _open_anew(self, now: float) -> None:
        if not self._is_opening():
            self._tried_at = now
            # Looking for devices takes longer than a frame.
            self._rescuer = threading.Thread(target=self._rescue, name="microphone", daemon=True)
            self._rescuer.start()

    def _rescue(self) -> None:
        line, self._line = self._line, None
        if line is not None:
            self._lost += line.dropped
            close_stream(line.stream)
        try:
            rescan()
            self._open()
        except AudioError as error:
            log.debug("%s", error)
        if self._closed and self._line is not None:
            close_stream(self._line.stream)

    def _open(self) -> None:
        self._chosen = system_choice()
        device = find(self._wanted)
        try:
            self._line = _Line(device, self._clock, self._arrived)
        except AudioError as error:
            raise AudioError(f"microphone {device} can't be opened ({error}): close what else uses it, or choose another") from error
        self.name = str(device)
        if self._wanted is not None:
            self._wanted = self.name


class _Line:
    """From one opening of a device to the next."""

    def __init__(self, device: Device, clock: Clock, arrived: threading.Event) -> None:
        # Sound servers claim 32 channels; the mean of more than two would bury the one that somebody speaks into.
        channels = min(device.channels, 2)
        self.rate = device.sample_rate
        self.resampler = Resampler(self.rate)
        self.opened_at = clock.now()
        self.sounded = False  # anything but zeros so far
        self._clock = clock
        self._arrived = arrived
        self._ring = Ring(round(RING_S * self.rate), channels)
        self.stream: Any = open_stream(
            "InputStream",
            "low",
            device=device.index,
            samplerate=self.rate,
            channels=channels,
            blocksize=round(BLOCK_S * self.rate),
            callback=self.callback,
        )

    @property
    def dropped(self) -> int:
        return self._ring.dropped * SAMPLE_RATE // self.rate

    def read(self) -> tuple[NDArray[np.float32], float]:
        """All that is new, mono at the device's rate, and when its last sample was in the air."""
        lost = self._ring.dropped
        samples, (_, at) = self._ring.read()
        if not len(samples):
            return np.zeros(0, np.float32), at
        # Lost sound becomes silence, or the talk would lag behind by it from then on.
        silence = np.zeros(self._ring.dropped - lost, np.float32)
        return np.concatenate((silence, samples.mean(axis=1))), at

    def callback(self, block: NDArray[np.float32], frames: int, times: Any, status: Any) -> None:
        age = times.currentTime - times.inputBufferAdcTime - frames / self.rate
        # Some drivers leave these times at zero; then the block is as old as its own way to us, which is little.
        self._ring.write(block, self._clock.now() - (age if 0.0 < age < 1.0 else 0.0))
        self._arrived.set()
