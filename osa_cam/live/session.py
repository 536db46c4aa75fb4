"""A live run: sound comes in, frames go out, each on a thread of its own.

PortAudio's callback -> ring -> [generator] pipeline -> double buffer -> [pacer] compose -> camera
"""

from __future__ import annotations

import gc
import logging
import threading
from collections import deque
from collections.abc import Callable

import numpy as np

from osa_cam.audio.source import Source
from osa_cam.camera.base import Camera
from osa_cam.config import Canvas
from osa_cam.errors import OsaCamError
from osa_cam.generation.compose import Composer
from osa_cam.live.clock import Clock
from osa_cam.live.double_buffer import DoubleBuffer, Timed
from osa_cam.live.governor import Governor
from osa_cam.live.pacer import Playout
from osa_cam.live.pipeline import Pipeline
from osa_cam.live.statistics import Statistics
from osa_cam.media import FPS, SAMPLE_RATE, SAMPLES_PER_FRAME, AudioBlock, Frame

log = logging.getLogger(__name__)

CLOSES_WITHIN_S = 2.0
POLL_S = 0.01
SOUND_BLOCKS = 256  # waiting for the camera: about five seconds


class Session:
    """`start`, poll `statistics` and `done`, `close`. What fails on a thread ends the session and is raised by `close`."""

    def __init__(self, pipeline: Pipeline, source: Source, camera: Camera, canvas: Canvas, fps: int, clock: Clock) -> None:
        self.statistics = Statistics()
        self.done = threading.Event()
        self._pipeline = pipeline
        self._source = source
        self._camera = camera
        self._canvas = canvas
        self._fps = fps
        self._clock = clock
        self._stop = threading.Event()
        self._buffer = DoubleBuffer()
        self._playout = Playout(clock, fps, self._buffer)
        self._muted = False
        self._shown, self._spared = -1, 0  # the newest frame sent, and the frames spared until then
        self._sound: deque[AudioBlock] = deque(maxlen=SOUND_BLOCKS)
        self._errors: list[Exception] = []
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Raises CameraError or AudioError when a device can't be opened; then nothing stays open."""
        self._composer = Composer(self._canvas)
        try:
            self._camera.open(self._canvas.width, self._canvas.height, self._fps)
            self._pipeline.warm_up()
            gc.collect()
            gc.freeze()  # a full collection would look through every module; that takes longer than a frame
            self._governor = Governor(self._clock, self._pipeline.stages, self._playout)
            self._source.start()
        except BaseException:
            gc.unfreeze()
            self._source.close()
            self._camera.close()
            raise
        self._started_at = self._clock.now()
        for name, body, cleanup in (
            ("generator", self._generate, self._source.close),
            ("pacer", self._pace, self._camera.close),
        ):
            thread = threading.Thread(target=self._guard, args=(name, body, cleanup), name=name, daemon=True)
            self._threads.append(thread)
            thread.start()

    def mute(self, muted: bool) -> None:
        """Silence goes in instead of the sound: the mouth closes, the face stays alive."""
        self._muted = self.statistics.muted = muted

    def close(self, within_s: float = CLOSES_WITHIN_S) -> None:
        """Ends the threads, which close their devices, and raises the first error of any. Returns in time even if one hangs."""
        self._stop.set()
        deadline = self._clock.now() + within_s
        for thread in self._threads:
            thread.join(max(deadline - self._clock.now(), 0.0))
            if thread.is_alive():
                log.error("the %s does not end; it is left behind", thread.name)
        self._threads.clear()
        gc.unfreeze()
        if self._errors:
            raise self._errors[0]

    def _guard(self, name: str, body: Callable[[], None], cleanup: Callable[[], None]) -> None:
        for step in (body, cleanup):
            try:
                step()
            except OsaCamError as error:
                log.info("%s: %s", name, error)
                self._fail(error)
            except Exception as error:
                log.exception("%s failed", name)
                self._fail(error)
        if name == "pacer":
            self.done.set()

    def _fail(self, error: Exception) -> None:
        self._errors.append(error)
        self._stop.set()
        self.done.set()

    def _generate(self) -> None:
        samples = 0
        while (heard := self._source.read(self._stop)) is not None:
            sound = np.zeros_like(heard.samples) if self._muted else heard.samples
            self._sound.append(AudioBlock(sound, samples))
            samples += len(sound)
            # Were the sound card's clock the system's, this would not change: it follows block by block.
            self._governor.zero_at = heard.last_sample_at - samples / SAMPLE_RATE
            for frame in self._pipeline.push(sound, self._governor):
                self._publish(frame)
                if self._stop.is_set():
                    return
            self.statistics.level_db, self.statistics.speaking = self._pipeline.level_db, self._pipeline.speaking
            self.statistics.samples_dropped = self._source.dropped
            self._count()
        if not self._stop.is_set():
            for frame in self._pipeline.flush():
                self._publish(frame)
            self._playout.last_pts = -(-samples // SAMPLES_PER_FRAME) - 1

    def _publish(self, frame: Frame) -> None:
        self.statistics.made += 1
        if self._governor.painted(frame.pts):
            self._buffer.write(Timed(frame, self._governor.heard_at(frame.pts), self._governor.spared))
            self._buffer.swap()
            self._playout.arrived(frame.pts, self._clock.now())
        self._count()

    def _count(self) -> None:
        self.statistics.dropped, self.statistics.spared = self._governor.dropped, self._governor.spared
        self.statistics.painted_fps = FPS / self._governor.one_of
        self.statistics.mouth = self._pipeline.mouth

    def _pace(self) -> None:
        while not self._buffer.filled.is_set():
            if self._clock.wait(self._stop, self._clock.now() + POLL_S) or self._playout.last_pts is not None:
                return
        self._playout.start()
        picture = None
        while (tick := self._playout.next(self._stop)) is not None:
            if tick.timed is not None:
                self._take(tick.timed)
                picture = self._composer.compose(tick.timed.frame.picture)
            else:
                self.statistics.repeated += 1
            if picture is None:
                continue
            self._hand_over_sound()
            self._camera.send(picture, tick.number)
            now = self._clock.now()
            self.statistics.send.add((now - tick.at) * 1000.0)
            if tick.timed is not None:
                self.statistics.latency.add((now - tick.timed.heard_at) * 1000.0)
                if self.statistics.first_frame_s is None:
                    self.statistics.first_frame_s = round(now - self._started_at, 3)
            self.statistics.late, self.statistics.skipped = self._playout.late, self._playout.skipped
            self.statistics.shift_ms = self._playout.shift_ms

    def _take(self, timed: Timed) -> None:
        self.statistics.missed += timed.frame.pts - self._shown - 1 - (timed.spared - self._spared)
        self._shown, self._spared = timed.frame.pts, timed.spared
        self.statistics.shown += 1

    def _hand_over_sound(self) -> None:
        while self._sound:
            self._camera.hear(self._sound.popleft())
