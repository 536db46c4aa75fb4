"""A line at the top of the window: what went wrong and what to do, or what is done."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from . import icons
from .parts import sentence, text, tool
from .theme import colours

GOES_AFTER_MS = 8000  # what is done; a problem stays until it is closed


class Notice(QWidget):
    """Hidden until there is something to say; the newest thing is said."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._frame = QFrame()
        self._frame.setObjectName("notice")
        self._sign = QLabel()
        self._words = text("")
        self._action = QPushButton()
        self._act: Callable[[], object] | None = None
        self._action.clicked.connect(lambda: self._act and self._act())
        close = tool("close", self.tr("Close this message"), "plain")
        close.clicked.connect(self.hide)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(20, 12, 20, 0)
        outer.addWidget(self._frame)
        row = QHBoxLayout(self._frame)
        row.setContentsMargins(14, 8, 8, 8)
        row.setSpacing(10)
        row.addWidget(self._sign)
        row.addWidget(self._words, 1)
        row.addWidget(self._action)
        row.addWidget(close)
        self._timer = QTimer(self, singleShot=True, interval=GOES_AFTER_MS)
        self._timer.timeout.connect(self.hide)
        self.hide()

    def problem(self, words: str, action: str = "", act: Callable[[], object] | None = None) -> None:
        """action: the label of a button that runs `act`."""
        self._say(words, "problem", action, act)

    def done(self, words: str, action: str = "", act: Callable[[], object] | None = None) -> None:
        """As `problem`."""
        self._say(words, "done", action, act)
        self._timer.start()

    @property
    def words(self) -> str:
        return self._words.text()

    def _say(self, words: str, kind: str, action: str = "", act: Callable[[], object] | None = None) -> None:
        c = colours()
        self._timer.stop()
        self._words.setText(sentence(words))
        self._words.setAccessibleName(words)
        glyph, colour = ("failed", c.danger) if kind == "problem" else ("ok", c.accent)
        self._sign.setPixmap(icons.glyph(glyph, colour).pixmap(QSize(22, 22), self.devicePixelRatio()))
        self._act = act
        self._action.setText(action)
        self._action.setVisible(act is not None)
        self._frame.setProperty("kind", kind)
        self._frame.style().polish(self._frame)
        self.setVisible(True)
        self._words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
