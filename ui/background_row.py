"""What stands behind the portrait: a kind, and with some kinds a colour or a picture."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QColor, QIcon, QPixmap
from PySide6.QtWidgets import QColorDialog, QComboBox, QFileDialog, QHBoxLayout, QPushButton, QWidget

from osa_cam.config import Background

COLOUR, PICTURE = "#22262e", ""


class BackgroundRow(QWidget):
    """`chosen` tells a text that `Background.parse` takes."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._colour = COLOUR
        self.kinds = QComboBox()
        self.kinds.setAccessibleName(self.tr("Background"))
        for kind, word in {
            "colour": self.tr("A colour"),
            "picture": self.tr("A picture"),
            "blur": self.tr("The portrait, blurred"),
            "transparent": self.tr("Transparent"),
        }.items():
            self.kinds.addItem(word, kind)
        self.kinds.activated.connect(self._choose)
        self._more = QPushButton()
        self._more.clicked.connect(self._choose)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.kinds, 1)
        row.addWidget(self._more)

    def show_value(self, background: str) -> None:
        parsed = Background.parse(background)
        self.kinds.setCurrentIndex(self.kinds.findData(parsed.kind))
        self._more.setVisible(parsed.kind in ("colour", "picture"))
        if parsed.kind == "colour":
            self._colour = QColor(*parsed.colour).name()
            swatch = QPixmap(18, 18)
            swatch.fill(QColor(self._colour))
            self._more.setIcon(QIcon(swatch))
            self._more.setText(self.tr("Colour…"))
        elif parsed.picture is not None:
            self._more.setIcon(QIcon())
            self._more.setText(parsed.picture.name if len(parsed.picture.name) < 20 else self.tr("Picture…"))

    def _choose(self) -> None:
        kind = self.kinds.currentData()
        if kind == "colour":
            asked = QColorDialog.getColor(QColor(self._colour), self, self.tr("Background"))
            self.chosen.emit(asked.name() if asked.isValid() else self._colour)
        elif kind == "picture":
            path, _ = QFileDialog.getOpenFileName(
                self, self.tr("Background"), str(Path.home()), self.tr("Pictures") + " (*.png *.jpg *.jpeg)"
            )
            self.chosen.emit(path or self._colour)
        else:
            self.chosen.emit(kind)
