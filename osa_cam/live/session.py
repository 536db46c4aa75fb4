"""A live run: sound comes in, frames go out, each on a thread of its own.

PortAudio's callback -> ring -> [generator] channel strip -> pipeline -> double buffer -> [pacer] compose -> camera, recording
"""

from __future__ import annotations

import gc
import logging
import threading
from collections import deque
from collections.abc import Callable
from itertools import count
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from osa_cam.audio.channel_strip import QUIETEST_DB, ChannelStrip
from osa_cam.audio.delayed import LATER_S, DelayedMicrophone
from osa_cam.audio.source import Heard, Source
from osa_cam.avatars.library import Avatar
from osa_cam.camera.base import Camera
from osa_cam.camera.recording import Recording
from osa_cam.config import EXPRESSIONS, Canvas, Expression
from osa_cam.errors import ConfigError, EngineError, OsaCamError
from osa_cam.generation.compose import Composer
from osa_cam.live.audience import Audience, Nobody
from osa_cam.live.clock import Clock
from osa_cam.live.double_buffer import DoubleBuffer, Timed
from osa_cam.live.governor import Governor
from osa_cam.live.pacer import Playout, Tick
from osa_cam.live.picture_drift import PictureDrift
from osa_cam.live.pipeline import Pipeline
from osa_cam.live.plugin_avatar import AvatarPipeline
from osa_cam.live.plugins import LiveHooks
from osa_cam.live.statistics import StageTimes, Statistics
from osa_cam.media import FPS, SAMPLE_RATE, SAMPLES_PER_FRAME, AudioBlock, Frame

log = logging.getLogger(__name__)

CLOSES_WITHIN_S = 2.0
POLL_S = 0.01
POLLS_WITHIN_S = 0.5  # a source looks up from its work
SOUND_BLOCKS = 256  # waiting for the camera: about five seconds
LATENCY_OVER_S = 1.0  # what is told as the latency is its mean over about this long
DRIFT_OVER_S = 60.0  # the face of each such part of a talk is compared with that of its first

Picture = NDArray[np.uint8]

_numbers = count()  # a watcher may outlive a session: no two pictures have the same


class Session:
    """`start`, poll `statistics` and `done`, `close`. What fails on a thread ends the session and is raised by `close`, but for a network
    that fails: the camera keeps its last picture until it works again.

    source: the microphone; strip: gain, gate and mute; picture, portrait: the newest as the camera shows it and before composition, each
    (number, premultiplied RGBA) and never written to again; recording: the newest. While it runs, everything may be called from any
    thread.
    """

    def __init__(
        self,
        pipeline: Pipeline | AvatarPipeline,
        source: Source,
        camera: Camera,
        canvas: Canvas,
        fps: int,
        clock: Clock,
        hooks: LiveHooks | None = None,
        delayed: DelayedMicrophone | None = None,
        expression: Expression = "neutral",
    ) -> None:
        """expression: that the pipeline begins with."""
        self.statistics = Statistics()
        self.done = threading.Event()
        self.strip = ChannelStrip()
        self.picture: tuple[int, Picture] | None = None
        self.portrait: tuple[int, Picture] | None = None
        self.recording: Recording | None = None
        self._pipeline = pipeline
        self.source = source
        self._moved = threading.Event()  # the generator reads from the newest source
        self._camera = camera
        self._canvas = canvas
        self._fps = fps
        self._clock = clock
        self._hooks = hooks
        self._delayed = delayed
        self._stop = threading.Event()
        self._buffer = DoubleBuffer()
        self._playout = Playout(clock, fps, self._buffer)
        self._audience = Audience(camera, clock)
        self._drift = PictureDrift(DRIFT_OVER_S)
        self._compared_s = -1  # the second of the talk whose picture it was given last
        self._changing = threading.Lock()
        self._expression: Expression = expression  # the user's; a plugin may show another one for a while
        self._shows_expression: str = expression
        self._samples = 0  # heard so far
        self._shown, self._spared = -1, 0  # the newest frame sent, and the frames spared until then
        self._shown_at: deque[float] = deque()
        self._sound: deque[AudioBlock] = deque(maxlen=SOUND_BLOCKS)
        self._failing = ""  # what a network said the last time, until it paints again
        self._errors: list[Exception] = []
        self._threads: list[threading.Thread] = []

    @property
    def stages(self) -> StageTimes:
        return self._pipeline.stages

    def start(self) -> None:
        """Raises CameraError, AudioError, AvatarError or ConfigError when something can't be opened; then nothing stays open."""
        try:
            self._composer = Composer(self._canvas)
            self._camera.open(self._canvas.width, self._canvas.height, self._fps)
            self._pipeline.warm_up()
            if self._hooks is not None:
                self._hooks.warm_up(self._canvas)
            gc.collect()
            gc.freeze()  # a full collection would look through every module; that takes longer than a frame
            self._governor = Governor(self._clock, self._pipeline.stages, self._playout, self._pipeline.stride)
            self._nobody = Nobody(self._governor, self._playout, self._pipeline.stride)
            if self._delayed is not None:
                self._delayed.start()
            self.source.start()
        except BaseException:
            gc.unfreeze()
            self._close_source()
            self._close_camera()
            raise
        self._started_at = self._clock.now()
        for name, body, cleanup in (
            ("generator", self._generate, self._close_source),
            ("pacer", self._pace, self._close_camera),
        ):
            thread = threading.Thread(target=self._guard, args=(name, body, cleanup), name=name, daemon=True)
            self._threads.append(thread)
            thread.start()

    def mute(self, muted: bool) -> None:
        """Silence goes in instead of the sound: the mouth closes, the face stays alive."""
        self.strip.muted = self.statistics.muted = muted

    def look(self) -> None:
        """Somebody beside the camera's own programs wants pictures: for the next two seconds they are made in any case."""
        self._audience.look()

    def compose(self, composer: Composer) -> None:
        """Another background or badge from the next frame on, at the same size."""
        self._composer = composer

    def change(self, avatar: Avatar | None = None, expression: Expression | None = None, liveliness: float | None = None) -> None:
        """From the next stride on; another avatar is prepared on the caller's thread, which takes a while."""
        with self._changing:
            self._pipeline.change(avatar, EXPRESSIONS.index(expression) if expression is not None else None, liveliness)
            if expression is not None:
                self._expression = self._shows_expression = expression
            if avatar is not None:
                self._drift = PictureDrift(DRIFT_OVER_S)

    def hear(self, source: Source) -> None:
        """Another microphone from now on, while the camera goes on. Raises AudioError, and the old one stays."""
        source.start()
        self._moved.clear()
        old, self.source = self.source, source
        self._moved.wait(POLLS_WITHIN_S)  # nobody reads from it any more
        old.close()

    def delay(self, delayed: DelayedMicrophone | None) -> None:
        """Another output for the delayed microphone, or none."""
        if delayed is not None:
            delayed.start()
        old, self._delayed = self._delayed, delayed
        self.statistics.sound_delay_ms = None
        if old is not None:
            old.close()

    def record(self, path: Path) -> None:
        """Begins with what is heard from now on. Raises CameraError when it can't be written, ConfigError when one is running."""
        if self.recording is not None and self._records():
            raise ConfigError(f"{self.recording.path} is being recorded: end that recording first")
        self.recording = Recording(path, self._canvas.width, self._canvas.height, self._fps, self._samples)

    def _records(self) -> bool:
        return self.recording is not None and not self.recording.done.is_set()

    def close(self, within_s: float = CLOSES_WITHIN_S) -> None:
        """Ends the threads, which close their devices, and raises the first error of any. Returns in time even if one hangs."""
        self._stop.set()
        deadline = self._clock.now() + within_s
        if self.recording is not None:
            self.recording.stop()
        for thread in self._threads:
            thread.join(max(deadline - self._clock.now(), 0.0))
            if thread.is_alive():
                log.error("the %s does not end; it is left behind", thread.name)
        self._threads.clear()
        if self.recording is not None:
            self.recording.close(max(deadline - self._clock.now(), 0.0))
        gc.unfreeze()
        if self._errors:
            raise self._errors[0]

    def _close_source(self) -> None:
        self.source.close()
        if self._delayed is not None:
            self._delayed.close()
        if isinstance(self._pipeline, AvatarPipeline):
            self._pipeline.close()

    def _close_camera(self) -> None:
        if self._hooks is not None:
            self._hooks.close()  # not before: frames are still shown when the sound has ended
        self._camera.close()

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
        while True:
            source = self.source
            heard = source.read(self._stop)
            if source is not self.source:
                self._moved.set()
                continue
            if heard is None:
                break
            sound = self._process(heard)
            self._sound.append(AudioBlock(sound, self._samples))
            self._samples += len(sound)
            # Were the sound card's clock the system's, this would not change: it follows block by block.
            self._governor.zero_at = heard.last_sample_at - self._samples / SAMPLE_RATE
            self._speak(sound)
            self.statistics.level_db = QUIETEST_DB if self.strip.muted else self.strip.level_db
            self.statistics.speaking = self._pipeline.speaking
            delayed = self._delayed
            self.statistics.samples_dropped = source.dropped
            self.statistics.problem = self._failing or source.problem or (delayed.problem if delayed is not None else "")
            self._count()
            if self._hooks is not None:
                self._follow(self._hooks)
        if not self._stop.is_set():
            for frame in self._pipeline.flush():
                self._publish(frame)
            self._playout.last_pts = -(-self._samples // SAMPLES_PER_FRAME) - 1

    def _speak(self, sound: NDArray[np.float32]) -> None:
        """Where a network fails the last picture stays, and the next stride is another try."""
        try:
            for frame in self._pipeline.push(sound, self._governor if self.statistics.watched else self._nobody):
                self._failing = ""
                self._publish(frame)
                if self._stop.is_set():
                    return
        except EngineError as error:
            if not self._failing:
                log.warning("%s", error)
            self._failing = f"the picture stands still: {error}. It is tried again; if that does not help, choose another engine"

    def _process(self, heard: Heard) -> NDArray[np.float32]:
        """Filters, gain, gate and mute; the delayed microphone plays what comes of it."""
        filtered = heard.samples if self._hooks is None else self._hooks.filter_audio(heard.samples)
        sound = self.strip.push(filtered)
        if (delayed := self._delayed) is not None:
            if heard.full is not None and filtered is heard.samples:
                delayed.push(self.strip.again(heard.full), heard.rate, heard.last_sample_at)
            else:
                delayed.push(sound, SAMPLE_RATE, heard.last_sample_at)
            self.statistics.sound_delay_ms = delayed.delay_ms
        return sound

    def _follow(self, hooks: LiveHooks) -> None:
        """The expression that a plugin wants, while it wants one."""
        wanted = hooks.expression(self._pipeline.level_db, self._pipeline.speaking, self._samples / SAMPLE_RATE) or self._expression
        # While another avatar is being prepared it waits: nothing may hold up the generator.
        if wanted != self._shows_expression and self._changing.acquire(blocking=False):
            try:
                self._pipeline.change(expression=EXPRESSIONS.index(wanted))
                self._shows_expression = wanted
            finally:
                self._changing.release()

    def _publish(self, frame: Frame) -> None:
        self.statistics.made += 1
        if self._governor.painted(frame.pts):
            self._buffer.write(Timed(frame, self._governor.heard_at(frame.pts), self._governor.spared))
            self._buffer.swap()
            self._playout.arrived(frame.pts, self._clock.now())
        self._count()

    def _count(self) -> None:
        self.statistics.dropped, self.statistics.spared = self._governor.dropped, self._governor.spared
        self.statistics.painted_fps = FPS / self._governor.one_of if self.statistics.watched else 0.0
        self.statistics.mouth = self._pipeline.mouth

    def _pace(self) -> None:
        while not self._buffer.filled.is_set():
            if self._clock.wait(self._stop, self._clock.now() + POLL_S) or self._playout.last_pts is not None:
                return
        self._playout.start()
        while (tick := self._playout.next(self._stop)) is not None:
            self.statistics.watched = self._records() or self._audience.present()
            if tick.timed is not None:
                self._take(tick.timed, tick.number)
            else:
                self.statistics.repeated += 1
            if self.picture is None:
                continue
            recording = self.recording
            self._hand_over_sound(recording)
            self._camera.send(self.picture[1], tick.number)
            if recording is not None:
                recording.send(self.picture[1], tick.number)
            self._measure(tick)

    def _take(self, timed: Timed, tick: int) -> None:
        self.statistics.missed += timed.frame.pts - self._shown - 1 - (timed.spared - self._spared)
        self._shown, self._spared = timed.frame.pts, timed.spared
        self.statistics.shown += 1
        number = next(_numbers)
        composer = self._composer
        portrait = composer.mark(timed.frame.picture)
        self.portrait = (number, portrait)
        if self._shown // FPS > self._compared_s:
            self._compared_s = self._shown // FPS
            self._drift.add(portrait, self._compared_s)
            self.statistics.drift = max(self._drift.identity, default=None)
        picture = composer.compose(portrait)
        if self._hooks is not None:
            picture = self._hooks.filter_frame(picture, tick / self._fps)
        self.picture = (number, picture)

    def _hand_over_sound(self, recording: Recording | None) -> None:
        while self._sound:
            block = self._sound.popleft()
            self._camera.hear(block)
            if recording is not None:
                recording.hear(block)

    def _measure(self, tick: Tick) -> None:
        now = self._clock.now()
        statistics = self.statistics
        statistics.send.add((now - tick.at) * 1000.0)
        if tick.timed is not None:
            latency_ms = (now - tick.timed.heard_at) * 1000.0
            statistics.latency.add(latency_ms)
            if statistics.first_frame_s is None:
                statistics.first_frame_s = round(now - self._started_at, 3)
                statistics.latency_ms = latency_ms
            statistics.latency_ms += (latency_ms - statistics.latency_ms) / (LATENCY_OVER_S * FPS)
            self._shown_at.append(now)
        while self._shown_at and self._shown_at[0] <= now - 1.0:
            self._shown_at.popleft()
        statistics.fps = float(len(self._shown_at))
        statistics.late, statistics.skipped, statistics.shift_ms = self._playout.late, self._playout.skipped, self._playout.shift_ms
        if (delayed := self._delayed) is not None:
            # As in a recording: a frame stands while its own sound is heard, from its beginning, a frame before its end.
            delayed.aim(statistics.latency_ms / 1000.0 + 1.0 / FPS + LATER_S)
