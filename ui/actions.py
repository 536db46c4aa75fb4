"""What can be done from anywhere: the window's buttons, the tray's menu and the shortcuts share these actions."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence

from osa_cam.config import EXPRESSIONS
from osa_cam.errors import OsaCamError

from . import files
from .controller import Controller

if TYPE_CHECKING:
    from osa_cam.live.settings import Settings
    from osa_cam.live.studio import Status

KEYS = {"live": "Ctrl+L", "mute": "Ctrl+M", "expression": "Ctrl+E", "record": "Ctrl+R", "snapshot": "Ctrl+S", "quit": "Ctrl+Q"}
"""What has a shortcut while the window is in front."""

HOTKEYS = ("mute", "live", "expression", "record", "snapshot")
"""What the user can give a key that works in every program."""


class Actions(QObject):
    """Signals: `made` (a recording or snapshot, finished), `asked_to_show` (a page: live, settings, doctor), `asked_to_quit`."""

    made = Signal(Path)
    asked_to_show = Signal(str)
    asked_to_quit = Signal()

    def __init__(self, controller: Controller, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._controller = controller
        self.live = self._action(self.tr("Go live"))
        self.mute = self._action(self.tr("Mute"), checkable=True)
        self.expression = self._action(self.tr("Next expression"))
        self.record = self._action(self.tr("Record"), checkable=True)
        self.snapshot = self._action(self.tr("Snapshot"))
        self.show_live = self._action(self.tr("Show preview"))
        self.show_settings = self._action(self.tr("Settings"))
        self.show_doctor = self._action(self.tr("Doctor"))
        self.quit = self._action(self.tr("Quit"))
        self.live.triggered.connect(self._toggle_live)
        self.mute.triggered.connect(controller.mute)
        self.expression.triggered.connect(self._next_expression)
        self.record.triggered.connect(self._toggle_recording)
        self.snapshot.triggered.connect(self._snapshot)
        self.show_live.triggered.connect(lambda: self.asked_to_show.emit("live"))
        self.show_settings.triggered.connect(lambda: self.asked_to_show.emit("settings"))
        self.show_doctor.triggered.connect(lambda: self.asked_to_show.emit("doctor"))
        self.quit.triggered.connect(self.asked_to_quit)
        controller.status.connect(self._follow)
        controller.settings.connect(self._take_keys)
        self._take_keys(controller.known)
        self._follow(controller.now())

    @property
    def runs(self) -> bool:
        """Whether `live` ends what runs, or starts."""
        return self._controller.now().on

    def named(self, key: str) -> QAction:
        """key: of KEYS."""
        named: QAction = getattr(self, key)
        return named

    def _action(self, text: str, checkable: bool = False) -> QAction:
        action = QAction(text, self)
        action.setCheckable(checkable)
        action.setShortcutContext(Qt.ShortcutContext.ApplicationShortcut)
        return action

    def _take_keys(self, settings: Settings) -> None:
        # Hotkeys too: where the desktop gives none to a program, they work at least in the window.
        for key, standard in KEYS.items():
            self.named(key).setShortcuts([QKeySequence(keys) for keys in (standard, settings.hotkeys.get(key, "")) if keys])

    def _follow(self, status: Status) -> None:
        self.live.setText(self.tr("End") if status.on else self.tr("Go live"))
        self.mute.setText(self.tr("Unmute") if status.muted else self.tr("Mute"))
        self.mute.setChecked(status.muted)
        self.record.setText(self.tr("Stop recording") if status.recording else self.tr("Record"))
        self.record.setChecked(status.recording is not None)
        on_air = status.seconds > 0.0
        self.record.setEnabled(on_air or status.recording is not None)
        self.snapshot.setEnabled(on_air)

    def _toggle_live(self) -> None:
        if self.runs:
            self._controller.stop()
        else:
            self._controller.start()

    def _next_expression(self) -> None:
        now = EXPRESSIONS.index(self._controller.known.expression)
        self._controller.change(expression=EXPRESSIONS[(now + 1) % len(EXPRESSIONS)])

    def _toggle_recording(self) -> None:
        if self._controller.now().recording is None:
            if (wanted := self._place(files.recording)) is not None:
                self._controller.record(wanted)
        elif (path := self._controller.stop_recording()) is not None:
            self.made.emit(path)
        self._follow(self._controller.now())

    def _snapshot(self) -> None:
        if (wanted := self._place(files.snapshot)) is not None and (path := self._controller.snapshot(wanted)) is not None:
            self.made.emit(path)

    def _place(self, named: Callable[[datetime], Path]) -> Path | None:
        try:
            return named(datetime.now())
        except OsaCamError as error:
            self._controller.refused.emit(str(error))
            return None
