"""Polls the studio and says with signals what changed; passes orders on and says why one was refused. No other logic."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from osa_cam.errors import OsaCamError

if TYPE_CHECKING:
    from osa_cam.live.settings import Settings
    from osa_cam.live.studio import Status, Studio

PICTURE_MS = 20  # half a frame: none is passed over
STATUS_EVERY = 3  # pictures polled: sixteen times a second, as fast as a meter has to be
UNWATCHED_MS = 250


class Controller(QObject):
    """Signals: `status` (Status), `settings` (Settings), `picture` (number, premultiplied RGBA uint8 [height, width, 4]),
    `refused` (why an order was, or what a
    plugin had to be stopped for).
    """

    status = Signal(object)
    settings = Signal(object)
    picture = Signal(int, object)
    refused = Signal(str)

    def __init__(self, studio: Studio, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.studio = studio
        self._known = studio.settings
        self._noticed = ""
        self._number = -1
        self._polled = 0
        self._watched = False
        self._timer = QTimer(self, interval=UNWATCHED_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self.poll)
        self._timer.start()

    @property
    def known(self) -> Settings:
        """The newest settings that `settings` has told of."""
        return self._known

    def now(self) -> Status:
        return self.studio.status()

    def watch(self, watched: bool) -> None:
        """Pictures are fetched only while somebody sees them."""
        self._watched = watched
        self._number = -1
        self._timer.setInterval(PICTURE_MS if watched else UNWATCHED_MS)

    def poll(self) -> None:
        if self._watched and (newest := self.studio.picture()) is not None and newest[0] != self._number:
            self._number = newest[0]
            self.picture.emit(*newest)
        self._polled += 1
        if not self._watched or self._polled % STATUS_EVERY == 0:
            self.status.emit(self.studio.status())
            self._tell_settings()
            self._tell_notices()

    def start(self) -> bool:
        return self._order(self.studio.start)

    def stop(self) -> bool:
        return self._order(self.studio.stop)

    def mute(self, muted: bool) -> bool:
        return self._order(lambda: self.studio.mute(muted))

    def change(self, **values: Any) -> bool:
        done = self._order(lambda: self.studio.change(**values))
        self._tell_settings(always=not done)  # what was refused shows its old value again
        return done

    def record(self, path: Path) -> bool:
        return self._order(lambda: self.studio.record(path))

    def stop_recording(self) -> Path | None:
        """The finished file; None where it failed."""
        return self._asked(self.studio.stop_recording)

    def snapshot(self, path: Path) -> Path | None:
        """The file; None where it failed."""
        return self._asked(lambda: self.studio.snapshot(path))

    def close(self) -> None:
        self._timer.stop()
        self.studio.close()

    def _order(self, order: Callable[[], object]) -> bool:
        try:
            order()
        except OsaCamError as error:
            self.refused.emit(str(error))
            return False
        self.status.emit(self.studio.status())
        return True

    def _asked(self, question: Callable[[], Path]) -> Path | None:
        answers: list[Path] = []
        self._order(lambda: answers.append(question()))
        return answers[0] if answers else None

    def _tell_notices(self) -> None:
        """A plugin that was stopped, and why."""
        notices = self.studio.plugins.notices
        if notices and notices[-1] != self._noticed:
            self._noticed = notices[-1]
            self.refused.emit(notices[-1])

    def _tell_settings(self, always: bool = False) -> None:
        # Other hands, such as the command line's, change them too.
        if always or self.studio.settings != self._known:
            self._known = self.studio.settings
            self.settings.emit(self._known)
