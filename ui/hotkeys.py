"""The shortcuts, one line each, to be typed in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QFormLayout, QKeySequenceEdit, QWidget

from . import words
from .actions import KEYS

if TYPE_CHECKING:
    from osa_cam.live.settings import Settings


class Hotkeys(QWidget):
    """`chosen` tells all of them, action -> keys, when the user has changed one."""

    chosen = Signal(dict)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.edits: dict[str, QKeySequenceEdit] = {}
        self._others: dict[str, str] = {}
        form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(10)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.ExpandingFieldsGrow)
        for key in KEYS:
            edit = QKeySequenceEdit()
            edit.setMaximumSequenceLength(1)
            edit.setClearButtonEnabled(True)
            edit.setAccessibleName(words.action(key))
            edit.editingFinished.connect(self._tell)
            self.edits[key] = edit
            form.addRow(words.action(key), edit)

    def show_values(self, settings: Settings) -> None:
        # Other programs' actions, of the control interface, may have keys too; they are kept.
        self._others = {key: keys for key, keys in settings.hotkeys.items() if key not in KEYS}
        for key, edit in self.edits.items():
            edit.setKeySequence(QKeySequence(settings.hotkeys.get(key, KEYS[key])))

    def _tell(self) -> None:
        self.chosen.emit(self._others | {key: edit.keySequence().toString() for key, edit in self.edits.items()})
