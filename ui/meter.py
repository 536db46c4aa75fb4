"""How loud the microphone is, and the level above which it counts as speech: a slider that shows both."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractSlider, QSizePolicy, QSlider, QWidget

from .theme import colours

QUIETEST_DB, LOUDEST_DB = -80, -10  # of the gate's level, which lies some 10 dB under what recorders show
USUAL_DB = -50  # of a quiet room: where the mark stands, hollow, while the room decides
FALLS_DB = 1.6  # a poll: fast up, slowly down, as meters do
GRAB = 9


class Meter(QSlider):
    """Its value is the gate's threshold in dB. `chosen` tells when the user has set it, `left_to_room` when it is to follow the room."""

    chosen = Signal(float)
    left_to_room = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setRange(QUIETEST_DB, LOUDEST_DB)
        self.setPageStep(5)
        self.setValue(USUAL_DB)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Microphone level and speech threshold"))
        self.setToolTip(self.tr("Drag the mark to set what counts as speech; double-click to let the room decide"))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._level_db: float | None = None
        self._speaking = False
        self._automatic = True
        self._known = False
        self.actionTriggered.connect(self._stepped)
        self.sliderReleased.connect(lambda: self.chosen.emit(float(self.value())))

    def sizeHint(self) -> QSize:
        return QSize(280, 34)

    def minimumSizeHint(self) -> QSize:
        return QSize(120, 34)

    def hear(self, level_db: float | None, speaking: bool) -> None:
        """level_db: None while nothing listens."""
        if level_db is not None and self._level_db is not None:
            level_db = max(level_db, self._level_db - FALLS_DB)
        if (level_db, speaking) != (self._level_db, self._speaking):
            self._level_db, self._speaking = level_db, speaking
            self.update()

    def set_gate(self, gate_db: float | None) -> None:
        """gate_db: None where the room decides."""
        if self.isSliderDown():
            return
        if not self._known or self._automatic != (gate_db is None):
            self._known, self._automatic = True, gate_db is None
            self.update()
        if gate_db is not None:
            self.setValue(round(gate_db))

    def _stepped(self, action: int) -> None:
        if action != QAbstractSlider.SliderAction.SliderMove.value:
            self._automatic = False
            self.chosen.emit(float(self.sliderPosition()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(True)
            self._drag(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.isSliderDown():
            self._drag(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.setSliderDown(False)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._automatic = True
        self.left_to_room.emit()
        self.update()

    def _drag(self, event: QMouseEvent) -> None:
        share = (event.position().x() - GRAB) / max(self.width() - 2 * GRAB, 1)
        if self.layoutDirection() == Qt.LayoutDirection.RightToLeft:
            share = 1.0 - share
        self._automatic = False
        self.setValue(round(QUIETEST_DB + min(max(share, 0.0), 1.0) * (LOUDEST_DB - QUIETEST_DB)))
        self.update()

    def _share(self, level_db: float) -> float:
        return min(max((level_db - QUIETEST_DB) / (LOUDEST_DB - QUIETEST_DB), 0.0), 1.0)

    def paintEvent(self, event: QPaintEvent) -> None:
        c = colours()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.layoutDirection() == Qt.LayoutDirection.RightToLeft:
            painter.translate(self.width(), 0)
            painter.scale(-1, 1)
        groove = QRectF(GRAB, self.height() / 2 - 5, self.width() - 2 * GRAB, 10)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(c.line))
        painter.drawRoundedRect(groove, 5, 5)
        if self._level_db is not None and (share := self._share(self._level_db)) > 0.0:
            painter.setBrush(QColor(c.accent if self._speaking else c.edge))
            painter.drawRoundedRect(QRectF(groove.left(), groove.top(), max(groove.width() * share, 10), 10), 5, 5)
        if self._known:
            self._mark(painter, groove)
        painter.end()

    def _mark(self, painter: QPainter, groove: QRectF) -> None:
        c = colours()
        mark = groove.left() + groove.width() * self._share(self.value())
        # Hollow while the room decides, solid where the user has.
        painter.setPen(QPen(QColor(c.text), 2.4 if self.hasFocus() else 1.6))
        painter.setBrush(QColor(c.card if self._automatic else c.text))
        painter.drawRoundedRect(QRectF(mark - 4, groove.top() - 7, 8, 24), 4, 4)
        if self.hasFocus():
            painter.setPen(QPen(QColor(c.accent), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 8, 8)
