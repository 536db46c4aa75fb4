"""A live run: sound comes in, frames go out, each on a thread of its own.

PortAudio's callback -> ring -> [generator] pipeline -> double buffer -> [pacer] compose -> camera
"""

from __future__ import annotations

import gc
import logging
import threading
from collections import deque
from collections.abc import Callable

from osa_cam.audio.source import Source
from osa_cam.camera.base import Camera
from osa_cam.config import Canvas
from osa_cam.errors import OsaCamError
from osa_cam.generation.compose import Composer
from osa_cam.live.clock import Clock
from osa_cam.live.double_buffer import DoubleBuffer, Timed
from osa_cam.live.pacer import Pacer, Playout
from osa_cam.live.pipeline import Pipeline
from osa_cam.live.statistics import Statistics
from osa_cam.media import FPS, SAMPLE_RATE, SAMPLES_PER_FRAME, AudioBlock

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
        self._pacer = Pacer(clock, fps)
        self._playout: Playout | None = None
        self._sound: deque[AudioBlock] = deque(maxlen=SOUND_BLOCKS)
        self._last_pts: int | None = None  # of the whole run, once the source has ended
        self._errors: list[Exception] = []
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Raises CameraError or AudioError when a device can't be opened; then nothing stays open."""
        self._composer = Composer(self._canvas)
        try:
            self._camera.open(self._canvas.width, self._canvas.height, self._fps)
            self._pipeline.warm_up()
            self._source.start()
        except BaseException:
            self._source.close()
            self._camera.close()
            raise
        gc.collect()
        gc.freeze()  # a full collection would look through every module; that takes longer than a frame
        self._started_at = self._clock.now()
        for name, body, cleanup in (
            ("generator", self._generate, self._source.close),
            ("pacer", self._pace, self._camera.close),
        ):
            thread = threading.Thread(target=self._guard, args=(name, body, cleanup), name=name, daemon=True)
            self._threads.append(thread)
            thread.start()

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
            self._sound.append(AudioBlock(heard.samples, samples))
            samples += len(heard.samples)
            # The time of sample 0, were the sound card's clock the system's: follows it block by block.
            zero_at = heard.last_sample_at - samples / SAMPLE_RATE
            for frame in self._pipeline.push(heard.samples, self._late):
                self._publish(Timed(frame, zero_at + (frame.pts + 1) * SAMPLES_PER_FRAME / SAMPLE_RATE))
                if self._stop.is_set():
                    return
            self.statistics.level_db, self.statistics.speaking = self._pipeline.level_db, self._pipeline.speaking
            self.statistics.samples_dropped = self._source.dropped
        if not self._stop.is_set():
            for frame in self._pipeline.flush():
                self._publish(Timed(frame, zero_at + (frame.pts + 1) * SAMPLES_PER_FRAME / SAMPLE_RATE))
            self._last_pts = -(-samples // SAMPLES_PER_FRAME) - 1

    def _late(self, pts: int) -> bool:
        """Will the next frame be due before this one can be painted?"""
        if self._playout is None:
            return False
        return self._playout.due_pts(self._clock.now() + self._pipeline.stages.decode.last_ms / 1000.0) > pts

    def _publish(self, timed: Timed) -> None:
        now = self._clock.now()
        if self._playout is None:
            self._playout = Playout(now - timed.frame.pts / FPS)
        self._playout.arrived(timed.frame.pts, now)
        self._buffer.write(timed)
        self._buffer.swap()
        self.statistics.made += 1
        self.statistics.dropped = self._pipeline.dropped
        self.statistics.mouth = self._pipeline.mouth
        self.statistics.shift_ms = self._playout.shift_ms

    def _pace(self) -> None:
        while not self._buffer.filled.is_set():
            if self._clock.wait(self._stop, self._clock.now() + POLL_S) or self._last_pts is not None:
                return
        playout = self._playout
        assert playout is not None
        self._pacer.start(playout.origin)
        shown = -1
        picture = None
        while (tick := self._pacer.wait(self._stop)) is not None:
            due = playout.due_pts(tick[1])
            if self._last_pts is not None:
                due = min(due, self._last_pts)
            timed = self._buffer.newest(due)
            self.statistics.late += timed is None or timed.frame.pts < due
            if timed is not None and timed.frame.pts > shown:
                self.statistics.missed += timed.frame.pts - shown - 1
                shown = timed.frame.pts
                picture = self._composer.compose(timed.frame.picture)
                self.statistics.shown += 1
            else:
                timed = None
                self.statistics.repeated += 1
            if picture is None:
                continue
            self._hand_over_sound()
            self._camera.send(picture, playout.place(tick[1], self._fps))
            now = self._clock.now()
            self.statistics.send.add((now - tick[1]) * 1000.0)
            if timed is not None:
                self.statistics.latency.add((now - timed.heard_at) * 1000.0)
                if self.statistics.first_frame_s is None:
                    self.statistics.first_frame_s = round(now - self._started_at, 3)
            self.statistics.skipped = self._pacer.skipped
            if due == self._last_pts:
                return

    def _hand_over_sound(self) -> None:
        while self._sound:
            self._camera.hear(self._sound.popleft())
