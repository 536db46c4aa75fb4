"""A line for the terminal, and a button that copies it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from . import icons
from .parts import text
from .theme import colours


class FixLine(QWidget):
    """Hidden while there is no line."""

    def __init__(self) -> None:
        super().__init__()
        self._line = text("", "code")
        self._copy = QPushButton(self.tr("Copy"))
        self._copy.clicked.connect(self._take)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self._line, 1)
        row.addWidget(self._copy, 0, Qt.AlignmentFlag.AlignTop)

    def show_line(self, line: str) -> None:
        self._line.setText(line)
        self._copy.setText(self.tr("Copy"))
        self._copy.setIcon(icons.glyph("copy", colours().text))
        self._copy.setAccessibleName(self.tr("Copy: {line}").format(line=line))
        self.setVisible(bool(line))

    def _take(self) -> None:
        QGuiApplication.clipboard().setText(self._line.text())
        self._copy.setText(self.tr("Copied"))
