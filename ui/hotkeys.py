"""The hotkeys, one row each, to be typed in; under a row, why its key does nothing."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QKeySequenceEdit, QLabel, QLineEdit, QVBoxLayout, QWidget

from . import words
from .actions import HOTKEYS, KEYS
from .fix_line import FixLine
from .global_keys import GlobalKeys
from .parts import Row, divider, text

if TYPE_CHECKING:
    from osa_cam.live.settings import Settings

COMMAND = "osa-cam ctl toggle-mute"


class Hotkeys(QWidget):
    """`chosen` tells all of them, action -> keys, when the user has changed one."""

    chosen = Signal(dict)

    def __init__(self, keys: GlobalKeys, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keys = keys
        self._settings: Settings | None = None
        self.edits: dict[str, QKeySequenceEdit] = {}
        self.notes: dict[str, QLabel] = {}
        self._reach = text("", "quiet")
        self.command = FixLine()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(14)
        column.addWidget(self._reach)
        column.addWidget(self.command)
        for action in HOTKEYS:
            self._add(action, column)
        shortcuts = "  ·  ".join(
            f"{words.action(action)}: {QKeySequence(standard).toString(QKeySequence.SequenceFormat.NativeText)}"
            for action, standard in KEYS.items()
        )
        column.addWidget(divider())
        column.addWidget(text(self.tr("While OSA Cam is in front, these always work:"), "quiet"))
        column.addWidget(text(shortcuts, "quiet"))
        keys.changed.connect(self._follow)
        self._follow()

    def _add(self, action: str, column: QVBoxLayout) -> None:
        edit = QKeySequenceEdit()
        edit.setMaximumSequenceLength(1)
        edit.setClearButtonEnabled(True)
        edit.setAccessibleName(words.action(action))
        edit.editingFinished.connect(self._tell)
        edit.installEventFilter(self)
        note = text("", "warning")
        note.setVisible(False)
        self.edits[action], self.notes[action] = edit, note
        column.addWidget(divider())
        column.addWidget(Row(words.action(action), "", edit))
        column.addWidget(note)

    def show_values(self, settings: Settings) -> None:
        self._settings = settings
        for action, edit in self.edits.items():
            edit.setKeySequence(QKeySequence(settings.hotkeys.get(action, "")))
            if (line := edit.findChild(QLineEdit)) is not None:  # Qt's own words come back with each key, and are formal in German
                line.setPlaceholderText(self.tr("Click, then press a key"))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # A key that is ours already would do its work instead of being typed.
        if event.type() == QEvent.Type.FocusIn:
            self._keys.pause()
        elif event.type() == QEvent.Type.FocusOut and self._settings is not None:
            self._keys.bind(self._settings.hotkeys)
        return super().eventFilter(watched, event)

    def _tell(self) -> None:
        if self._settings is None:
            return
        kept = {key: keys for key, keys in self._settings.hotkeys.items() if key not in HOTKEYS}
        typed = {action: edit.keySequence().toString() for action, edit in self.edits.items()}
        wanted = kept | {action: keys for action, keys in typed.items() if keys}
        if wanted != self._settings.hotkeys:
            self.chosen.emit(wanted)

    def _follow(self) -> None:
        bound = self._keys.bound
        self._reach.setText(self._where())
        self.command.show_line(COMMAND if bound.reach == "window" else "")
        for action, note in self.notes.items():
            said = ""
            if problem := bound.problems.get(action):
                said = words.key_problem(problem)
            elif bound.given.get(action):
                said = self.tr("Your desktop's key for this: {keys}").format(keys=bound.given[action])
            note.setObjectName("warning" if problem else "quiet")
            note.style().polish(note)
            note.setText(said)
            note.setVisible(bool(said))
            self.edits[action].setAccessibleDescription(said)

    def _where(self) -> str:
        reach = self._keys.bound.reach
        if reach == "everywhere":
            return self.tr("They work in every program, also while a game or a call is in front.")
        if reach == "asked":
            return self.tr("They work in every program. Your desktop asks you first, and may choose other keys.")
        if sys.platform == "darwin":
            return self.tr(
                "On macOS they work while OSA Cam is in front. For a key that works everywhere, make a shortcut "
                "in the app Shortcuts that runs this line, and give it a key:"
            )
        return self.tr(
            "On this desktop they work while OSA Cam is in front. For a key that works everywhere, "
            "let your keyboard settings run this line:"
        )
