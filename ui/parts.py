"""The small parts that all pages are made of."""

from __future__ import annotations

from PySide6.QtCore import Property as QtProperty
from PySide6.QtCore import QEvent, QPropertyAnimation, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QBoxLayout,
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from . import icons
from .theme import colours

GLYPH = QSize(22, 22)
CONTROL_LETTERS = 34  # wide is what sets something
PAGE_LETTERS = 98  # wide is a page that is read


def text(words: str, name: str = "") -> QLabel:
    """name: title, heading, quiet, warning, danger or code, as the style sheet knows them. Wraps; can be selected."""
    label = QLabel(words)
    label.setObjectName(name)
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    if name in ("code", "danger", "warning", "quiet"):
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label


def sentence(words: str) -> str:
    """With a capital at its beginning, where that is a word and not the name of something."""
    first = words.partition(" ")[0]
    return words[:1].upper() + words[1:] if first.isalpha() and first.islower() and first != words else words


def card(*children: QWidget) -> QFrame:
    frame = QFrame()
    frame.setObjectName("card")
    column = QVBoxLayout(frame)
    column.setContentsMargins(20, 18, 20, 18)
    column.setSpacing(14)
    for child in children:
        column.addWidget(child)
    return frame


def steps_row(leave: QWidget, dots: QWidget, back: QWidget, forward: QWidget) -> QHBoxLayout:
    """What leads through the steps of an assistant: out of it at the left, on at the right, how far it is in the middle."""
    row = QHBoxLayout()
    row.setSpacing(10)
    row.addWidget(leave)
    row.addStretch(1)
    row.addWidget(dots)
    row.addStretch(1)
    row.addWidget(back)
    row.addWidget(forward)
    return row


def divider() -> QFrame:
    line = QFrame()
    line.setObjectName("divider")
    line.setFixedHeight(1)
    return line


def tool(name: str, words: str, style: str = "tool") -> QToolButton:
    """A button with a glyph alone; words: its tool tip and what a screen reader says."""
    button = QToolButton()
    button.setObjectName(style)
    button.setIconSize(GLYPH)
    button.setIcon(icons.glyph(name, colours().text, colours().accent))
    button.setToolTip(words)
    button.setAccessibleName(words)
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    button.setCursor(Qt.CursorShape.PointingHandCursor)
    return button


def scrolling(page: QWidget) -> QScrollArea:
    page.setObjectName("page")
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidget(page)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return area


class Switch(QAbstractButton):
    """On or off. A screen reader takes it for the check box that it is."""

    def __init__(self, words: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setCheckable(True)
        self.setAccessibleName(words)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._place = 0.0
        self._slide = QPropertyAnimation(self, b"place", self)
        self._slide.setDuration(120)
        self.toggled.connect(self._go)

    def sizeHint(self) -> QSize:
        return QSize(44, 26)

    def _go(self, on: bool) -> None:
        self._slide.stop()
        if not self.isVisible():
            self._set_place(float(on))
            return
        self._slide.setEndValue(float(on))
        self._slide.start()

    def _get_place(self) -> float:
        return self._place

    def _set_place(self, place: float) -> None:
        self._place = place
        self.update()

    place = QtProperty(float, _get_place, _set_place)

    def focusInEvent(self, event: QEvent) -> None:  # type: ignore[override]
        super().focusInEvent(event)  # type: ignore[arg-type]
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        c = colours()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        groove = QRectF(self.rect()).adjusted(3, 4, -3, -4)
        on = self.isChecked()
        painter.setPen(QPen(QColor(c.accent if on else c.edge), 1.2))
        painter.setBrush(QColor(c.accent if on else c.card))
        painter.drawRoundedRect(groove, groove.height() / 2, groove.height() / 2)
        if self.hasFocus():
            painter.setPen(QPen(QColor(c.text), 1.6))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 12, 12)
        place = self._place if self.layoutDirection() == Qt.LayoutDirection.LeftToRight else 1.0 - self._place
        radius = groove.height() / 2 - 4
        middle = groove.left() + groove.height() / 2 + place * (groove.width() - groove.height())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(c.on_accent if on else c.edge))
        painter.drawEllipse(QRectF(middle - radius, groove.center().y() - radius, 2 * radius, 2 * radius))
        painter.end()


class Row(QWidget):
    """What a setting is called and what it is for, and beside it, or under it where it is narrow, what sets it."""

    def __init__(self, title: str, hint: str, control: QWidget) -> None:
        super().__init__()
        self._control = control
        name = text(title)
        name.setBuddy(control)
        said = QVBoxLayout()
        said.setSpacing(2)
        said.addWidget(name)
        if hint:
            said.addWidget(text(hint, "quiet"))
        if not control.accessibleName():
            control.setAccessibleName(title)
        control.setAccessibleDescription(hint)
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight, self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(16)
        self._row.addLayout(said, 1)
        self._row.addWidget(control, 0, Qt.AlignmentFlag.AlignVCenter)

    def resizeEvent(self, event: QResizeEvent) -> None:
        if not isinstance(self._control, Switch):
            wide = CONTROL_LETTERS * self.fontMetrics().horizontalAdvance("0")
            narrow = event.size().width() < 2 * wide
            self._row.setDirection(QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight)
            self._row.setSpacing(6 if narrow else 16)
            self._row.setAlignment(self._control, Qt.AlignmentFlag(0) if narrow else Qt.AlignmentFlag.AlignVCenter)
            self._control.setMinimumWidth(0 if narrow else wide)
            self._control.setMaximumWidth(16777215 if narrow else wide)
        super().resizeEvent(event)


def centred(page: QWidget) -> QWidget:
    """The page no wider than lines are read well, in the middle of what is wider."""
    outer = QWidget()
    row = QHBoxLayout(outer)
    row.setContentsMargins(0, 0, 0, 0)
    row.addStretch(1)
    row.addWidget(page, 1000)
    row.addStretch(1)
    page.setMaximumWidth(PAGE_LETTERS * page.fontMetrics().horizontalAdvance("0"))
    return outer
