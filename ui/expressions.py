"""Five faces to choose a mood from, and how lively it is."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLabel, QSlider, QToolButton, QVBoxLayout, QWidget

from . import words
from .parts import tool


class Expressions(QWidget):
    """`chosen` tells the expression, `liveliness` 0 to 1, when the user has set it."""

    chosen = Signal(str)
    liveliness = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._buttons: dict[str, QToolButton] = {}
        self._group = QButtonGroup(self)
        faces = QHBoxLayout()
        faces.setSpacing(4)
        for name, word in words.expressions().items():
            button = tool(name, word, "plain")
            button.setCheckable(True)
            button.setIconSize(QSize(28, 28))
            button.clicked.connect(lambda _=False, name=name: self.chosen.emit(name))
            self._group.addButton(button)
            self._buttons[name] = button
            faces.addWidget(button, 1, Qt.AlignmentFlag.AlignCenter)
        self._slider = QSlider(Qt.Orientation.Horizontal)
        self._slider.setRange(0, 100)
        self._slider.setPageStep(10)
        self._slider.setMinimumHeight(24)
        self._slider.setAccessibleName(self.tr("Liveliness"))
        self._slider.setTracking(False)
        self._slider.valueChanged.connect(lambda value: self.liveliness.emit(value / 100))
        calm, lively = QLabel(self.tr("Calm")), QLabel(self.tr("Lively"))
        for label in (calm, lively):
            label.setObjectName("quiet")
        scale = QHBoxLayout()
        scale.setSpacing(10)
        scale.addWidget(calm)
        scale.addWidget(self._slider, 1)
        scale.addWidget(lively)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(faces)
        column.addLayout(scale)

    def show_values(self, expression: str, liveliness: float) -> None:
        self._buttons[expression].setChecked(True)
        if not self._slider.isSliderDown():
            self._slider.blockSignals(True)
            self._slider.setValue(round(liveliness * 100))
            self._slider.blockSignals(False)
