"""What is always there: it holds the settings, at most one live session, and what window, tray, control interface and command line ask."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

import numpy as np
import platformdirs
from numpy.typing import NDArray

from osa_cam.audio.delayed import DelayedMicrophone
from osa_cam.avatars.library import load_avatar
from osa_cam.camera.leftovers import recover
from osa_cam.camera.snapshot import write_snapshot
from osa_cam.errors import AudioError, CameraError, ConfigError, OsaCamError
from osa_cam.generation.compose import Composer
from osa_cam.hooks.registry import Plugins, installed
from osa_cam.live.clock import Clock, SystemClock
from osa_cam.live.open import Opened, Opener, open_source
from osa_cam.live.plugins import PLUGIN_AVATAR
from osa_cam.live.session import Session
from osa_cam.live.settings import Settings, save
from osa_cam.live.statistics import StageTimes, Statistics

log = logging.getLogger(__name__)

CLOSES_WITHIN_S = 2.0
POLL_S = 0.1
TRIES_EVERY_S = 1.0  # a camera that is there again shows the avatar within two seconds
RECORDINGS = "OSA Cam"  # the folder in the user's videos into which control interface and window record

RESTARTS = ("camera", "size", "fps", "engine", "gpu_share")
COMPOSES = ("background", "fit", "badge", "watermark")

Picture = NDArray[np.uint8]
Newest = tuple[int, Picture]


class State(Enum):
    IDLE = "idle"
    STARTING = "starting"
    LIVE = "live"
    MUTED = "muted"
    PROBLEM = "problem"


@dataclass(frozen=True)
class Status:
    """on: it was started and not stopped, whatever the state; message: what is wrong and what to do, or empty.

    fps: frames shown in the last second; sound_delay_ms: of the delayed microphone, None without one; gate_db: None where the room decides.
    """

    state: State
    on: bool
    message: str
    avatar: str
    microphone: str
    camera: str
    engine: str
    expression: str
    background: str
    recording: Path | None
    seconds: float
    level_db: float
    gate_db: float | None
    speaking: bool
    latency_ms: float
    sound_delay_ms: float | None
    fps: float
    shown: int
    missed: int
    dropped: int
    muted: bool


class Studio:
    """All methods may be called from any thread and return at once, but for `close` (two seconds at most), `snapshot` and a change of
    picture or avatar, which read or write a picture. What happens is polled; nothing calls back.

    A worker brings what runs to what is wanted: it opens, changes, closes, and tries again when a device was taken away.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        path: Path | None = None,
        clock: Clock | None = None,
        plugins: Plugins | None = None,
        open: Callable[[Settings], Opened] | None = None,
    ) -> None:
        """path: where changes are kept; None: nowhere."""
        self.plugins = plugins or installed()
        self._settings = settings
        self._path = path
        self._clock = clock or SystemClock()
        self._open = open or Opener(self._clock, self.plugins)
        self._lock = threading.RLock()  # of what is wanted and what runs: held for moments
        self._changing = threading.Lock()  # held while a picture is read
        self._wake = threading.Event()
        self._worker: threading.Thread | None = None
        self._closing = False
        self._wanted = self._muted = False
        self._live: Opened | None = None
        self._worn = settings  # what the session was last brought to
        self._began_at = self._tried_at = 0.0
        self._error: Exception | None = None
        self._notice = ""
        self._last: Opened | None = None  # whose pictures and figures are still shown when it has ended
        self._kept: tuple[Newest | None, Newest | None] = None, None  # and its pictures until the next one has any

    @property
    def settings(self) -> Settings:
        return self._settings

    @property
    def error(self) -> Exception | None:
        """What ended the session, or kept it from starting; None when all is well."""
        return self._error

    @property
    def statistics(self) -> Statistics:
        """Of the newest session."""
        return self._last.session.statistics if self._last else Statistics()

    @property
    def stages(self) -> StageTimes:
        """Of the newest session."""
        return self._last.session.stages if self._last else StageTimes()

    def change(self, **values: Any) -> None:
        """Raises ConfigError or AvatarError, and nothing has changed.

        Avatar, expression, liveliness, background, fit, badge, watermark, gain, gate and microphones change live; camera, size, fps and
        engine, and avatars of plugins, start the session anew.
        """
        with self._changing:
            old, new = self._settings, self._settings.changed(**values)
            if new.avatar != old.avatar and not _of_a_plugin(new.avatar):
                load_avatar(new.avatar)
            if _differ(new, old, COMPOSES):
                Composer(new.canvas())
            with self._lock:
                self._settings = new
                if _differ(new, old, ("avatar", "microphone", *RESTARTS)):
                    self._error = None  # it may have been what was wrong
            self._wake.set()
            if self._path is not None:
                try:
                    save(new, self._path)
                except ConfigError as error:
                    self._notice = str(error)

    def start(self) -> None:
        with self._lock:
            self._wanted, self._error, self._notice = True, None, ""
            if self._worker is None and not self._closing:
                self._worker = threading.Thread(target=self._work, name="studio", daemon=True)
                self._worker.start()
        self._wake.set()

    def stop(self) -> None:
        with self._lock:
            self._wanted, self._error, self._notice = False, None, ""
        self._wake.set()

    def close(self, within_s: float = CLOSES_WITHIN_S) -> None:
        """Ends the session and the worker; the studio is of no more use."""
        with self._lock:
            self._closing, self._wanted = True, False
            worker, live = self._worker, self._live
        self._wake.set()
        deadline = self._clock.now() + within_s
        if live is not None:
            self._end(live, within_s)
        if worker is not None:
            worker.join(max(deadline - self._clock.now(), 0.1))
        if isinstance(self._open, Opener):
            self._open.close()

    def mute(self, muted: bool) -> None:
        with self._lock:
            self._muted = muted
            if self._live is not None:
                self._live.session.mute(muted)

    def record(self, path: Path) -> None:
        """Picture and sound as MP4, beside whatever the camera is. Raises ConfigError when nothing is live, CameraError."""
        with self._lock:
            session = self._running().session
            session.record(path)
            self._notice = _kept(session.recording.recovered) if session.recording is not None else ""

    def stop_recording(self) -> Path:
        """Returns at once; the file is there a moment later. Raises ConfigError when nothing is being recorded."""
        with self._lock:
            recording = self._live.session.recording if self._live else None
            if recording is None or recording.done.is_set():
                raise ConfigError("nothing is being recorded" + (f": {recording.problem}" if recording and recording.problem else ""))
            recording.stop()
            return recording.path

    def snapshot(self, path: Path) -> Path:
        """The newest picture as PNG, transparency kept. Raises ConfigError."""
        if (newest := self.picture()) is None:
            raise ConfigError("there is no picture yet: start first")
        write_snapshot(newest[1], path)
        return path

    def status(self) -> Status:
        with self._lock:
            settings, live = self._settings, self._live
            figures = self.statistics
            state, message = self._state()
            return Status(
                state=state,
                on=self._wanted,
                message=message,
                avatar=settings.avatar or (live.avatar if live else ""),
                microphone=live.session.source.name if live else settings.microphone or "",
                camera=live.camera.name if live else settings.camera,
                engine=live.provider if live else settings.engine,
                expression=settings.expression,
                background=settings.background,
                recording=self._recording(),
                seconds=self._clock.now() - self._began_at if live else 0.0,
                level_db=figures.level_db if live else -100.0,
                gate_db=settings.gate_db,
                speaking=figures.speaking and live is not None,
                latency_ms=figures.latency_ms,
                sound_delay_ms=figures.sound_delay_ms,
                fps=figures.fps if live else 0.0,
                shown=figures.shown,
                missed=figures.missed,
                dropped=figures.dropped,
                muted=self._muted,
            )

    def picture(self) -> Newest | None:
        """The newest as the camera shows it: (a number that no other picture has, premultiplied RGBA uint8 [height, width, 4])."""
        return self._newest(lambda session: session.picture) or self._kept[0]

    def portrait(self) -> Newest | None:
        """The same before composition: [512, 512, 4], with its own transparency."""
        return self._newest(lambda session: session.portrait) or self._kept[1]

    def _newest(self, kind: Callable[[Session], Newest | None]) -> Newest | None:
        if self._last is None:
            return None
        self._last.session.look()
        return kind(self._last.session)

    def _state(self) -> tuple[State, str]:
        live = self._live
        recording = live.session.recording if live else None
        message = (live.session.statistics.problem if live else "") or (recording.problem if recording else "") or self._notice
        if self._error is not None:
            return State.PROBLEM, str(self._error)
        if live is None:
            return (State.STARTING if self._wanted else State.IDLE), message
        if live.session.statistics.problem:
            return State.PROBLEM, message
        return (State.MUTED if self._muted else State.LIVE), message

    def _recording(self) -> Path | None:
        recording = self._live.session.recording if self._live else None
        return recording.path if recording is not None and not recording.stopping else None

    def _running(self) -> Opened:
        if self._live is None:
            raise ConfigError("nothing is live: start first")
        return self._live

    def _work(self) -> None:
        self.plugins.load()
        if recovered := recover(platformdirs.user_videos_path() / RECORDINGS):
            self._notice = _kept(recovered)
        while not self._closing:
            self._wake.wait(POLL_S)
            self._wake.clear()
            live = self._live
            if live is not None and (not self._wanted or live.session.done.is_set() or self._must_restart()):
                self._end(live, CLOSES_WITHIN_S)
            elif live is not None:
                self._follow(live)
            if self._wanted and self._live is None and self._may_try():
                self._begin()

    def _must_restart(self) -> bool:
        new, old = self._settings, self._worn
        plugins = new.avatar != old.avatar and (_of_a_plugin(new.avatar) or _of_a_plugin(old.avatar))
        return plugins or _differ(new, old, RESTARTS)

    def _may_try(self) -> bool:
        if self._error is None:
            return True
        # A device may be there again; a broken model or a wrong file stays what it is.
        return isinstance(self._error, CameraError | AudioError) and self._clock.now() - self._tried_at >= TRIES_EVERY_S

    def _begin(self) -> None:
        settings = self._worn = self._settings
        self._tried_at = self._clock.now()
        try:
            opened = self._open(settings)
            opened.session.mute(self._muted)
            opened.session.start()
        except OsaCamError as error:
            log.info("%s", error)
            self._fail(error)
            return
        except Exception as error:
            log.exception("the session does not start")
            self._fail(error)
            return
        with self._lock:
            if self._wanted:
                self._kept = self.picture(), self.portrait()
                self._live = self._last = opened
                self._error = None
                self._began_at = self._clock.now()
                opened.session.mute(self._muted)
                return
        self._end(opened, CLOSES_WITHIN_S)

    def _end(self, live: Opened, within_s: float) -> None:
        error: Exception | None = None
        try:
            live.session.close(within_s)
        except Exception as failed:
            error = failed
        with self._lock:
            recording = live.session.recording
            if recording is not None and recording.problem:
                self._notice = recording.problem
            if self._live is live:
                self._live = None
                if error is not None:
                    self._error = error
                elif self._settings is self._worn and live.session.done.is_set() and not self._closing:
                    self._wanted = False  # a file that was the microphone has ended
        self._tried_at = self._clock.now()

    def _fail(self, error: Exception) -> None:
        with self._lock:
            if self._wanted:
                self._error = error

    def _follow(self, live: Opened) -> None:
        """What changes while the session goes on."""
        new, old = self._settings, self._worn
        if new is old:
            return
        self._worn = new
        session = live.session
        session.strip.gain_db, session.strip.gate_db = new.gain_db, new.gate_db
        try:
            if _differ(new, old, COMPOSES):
                session.compose(Composer(new.canvas()))
            if new.microphone != old.microphone:
                session.hear(open_source(new.microphone, self._clock, patient=True))
            if new.delayed_microphone != old.delayed_microphone:
                session.delay(DelayedMicrophone(new.delayed_microphone, self._clock) if new.delayed_microphone else None)
            if _differ(new, old, ("avatar", "expression", "liveliness")):
                session.change(load_avatar(new.avatar) if new.avatar != old.avatar else None, new.expression, new.liveliness)
        except OsaCamError as error:  # a file that was there when it was chosen
            self._notice = str(error)
        except Exception as error:
            log.exception("a change failed")
            self._notice = f"what was changed could not be shown ({error}): stop and start again"


def _kept(recovered: list[Path]) -> str:
    return f"a recording broke off when the program was ended; it was kept as {', '.join(map(str, recovered))}" if recovered else ""


def _of_a_plugin(avatar: str | None) -> bool:
    return avatar is not None and PLUGIN_AVATAR.fullmatch(avatar) is not None and not os.path.exists(avatar)


def _differ(new: Settings, old: Settings, names: tuple[str, ...]) -> bool:
    return any(getattr(new, name) != getattr(old, name) for name in names)
