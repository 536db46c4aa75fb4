"""The whole picture, and on it a circle around the face that is taken: dragged, resized, or moved by keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from .theme import ON_STAGE, STAGE, colours

if TYPE_CHECKING:
    from osa_cam.avatars.picture import Face

RADIUS = 14
KNOB = 9  # pixels
STEP, LARGE_STEP = 0.01, 0.05  # of the picture's longer side
ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class FaceFrame(QWidget):
    """`moved` tells where the face is (Face, in the picture's pixels) once the user lets go of it; `picked` the number of another
    face that was found and clicked."""

    moved = Signal(object)
    picked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setMinimumSize(240, 220)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Where the face is"))
        self.setAccessibleDescription(self.tr("Arrow keys move the circle, plus and minus change its size"))
        self._image = QImage()
        self._others: list[Face] = []
        self._face: Face | None = None
        self._held = ""  # what the mouse has: middle or edge
        self._offset = QPointF()

    def sizeHint(self) -> QSize:
        return QSize(560, 420)

    def show_picture(self, picture: NDArray[np.uint8], found: list[Face], face: Face) -> None:
        """picture: straight RGBA; found: all faces; face: the one that is taken."""
        self._image = image_of(picture)
        self._others, self._face = found, face
        self.update()

    @property
    def face(self) -> Face | None:
        return self._face

    def _place(self) -> QRectF:
        """Where the picture is drawn."""
        if self._image.isNull():
            return QRectF()
        size = self._image.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        return QRectF((self.width() - size.width()) / 2, 0, size.width(), size.height())  # in line with what stands beside it

    def _zoom(self) -> float:
        return self._place().width() / max(self._image.width(), 1)

    def _shown(self, face: Face) -> tuple[QPointF, float]:
        """A face's middle and radius in the widget."""
        place, zoom = self._place(), self._zoom()
        return QPointF(place.left() + face.x * zoom, place.top() + face.y * zoom), face.size * zoom / 2

    def _take(self, x: float, y: float, size: float) -> None:
        from osa_cam.avatars.picture import Face

        width, height = self._image.width(), self._image.height()
        size = min(max(size, 16.0), 1.9 * min(width, height))
        self._face = Face(min(max(x, 0.0), width - 1.0), min(max(y, 0.0), height - 1.0), size)
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._face is None or event.button() != Qt.MouseButton.LeftButton:
            return
        middle, radius = self._shown(self._face)
        self._offset = event.position() - middle
        reach = float(np.hypot(self._offset.x(), self._offset.y()))
        if abs(reach - radius) <= 1.5 * KNOB:
            self._held = "edge"
        elif reach < radius:
            self._held = "middle"
        else:
            for number, other in enumerate(self._others):
                at, far = self._shown(other)
                if float(np.hypot(event.position().x() - at.x(), event.position().y() - at.y())) < far:
                    self.picked.emit(number)
                    return
            self._held, self._offset = "middle", QPointF()  # where there is none, it comes
            self.mouseMoveEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._face is None or not self._held:
            return
        place, zoom = self._place(), self._zoom()
        if self._held == "middle":
            at = event.position() - self._offset
            self._take((at.x() - place.left()) / zoom, (at.y() - place.top()) / zoom, self._face.size)
        else:
            middle, _ = self._shown(self._face)
            away = event.position() - middle
            self._take(self._face.x, self._face.y, 2 * float(np.hypot(away.x(), away.y())) / zoom)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._held:
            self._held = ""
            self.moved.emit(self._face)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self._face is not None:
            self._take(self._face.x, self._face.y, self._face.size * 1.001 ** event.angleDelta().y())
            self.moved.emit(self._face)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        face, key = self._face, Qt.Key(event.key())
        if face is None:
            return
        shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        step = (LARGE_STEP if shift else STEP) * max(self._image.width(), self._image.height())
        if key in ARROWS:
            x, y = ARROWS[key]
            self._take(face.x + step * x, face.y + step * y, face.size)
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self._take(face.x, face.y, face.size + step)
        elif key == Qt.Key.Key_Minus:
            self._take(face.x, face.y, face.size - step)
        else:
            super().keyPressEvent(event)
            return
        self.moved.emit(self._face)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        paint_picture(painter, self._image, self._place())
        c = colours()
        for other in self._others:
            middle, radius = self._shown(other)
            painter.setPen(QPen(QColor(ON_STAGE), 1.6, Qt.PenStyle.DashLine))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(middle, radius, radius)
        if self._face is not None:
            middle, radius = self._shown(self._face)
            shade = QPainterPath()
            shade.addRoundedRect(self._place(), RADIUS, RADIUS)
            hole = QPainterPath()
            hole.addEllipse(middle, radius, radius)
            painter.fillPath(shade.subtracted(hole), QColor(13, 16, 18, 110))
            painter.setPen(QPen(QColor(ON_STAGE), 4.5))
            painter.drawEllipse(middle, radius, radius)
            painter.setPen(QPen(QColor(c.accent), 2.5))
            painter.drawEllipse(middle, radius, radius)
            knob(painter, middle + QPointF(radius, 0) * 0.7071 + QPointF(0, radius) * 0.7071, self.hasFocus())
        painter.end()


def image_of(picture: NDArray[np.uint8]) -> QImage:
    """Straight RGBA [height, width, 4]; the pixels are copied."""
    rows = np.ascontiguousarray(picture)
    return QImage(rows.data, rows.shape[1], rows.shape[0], rows.strides[0], QImage.Format.Format_RGBA8888).copy()


def paint_picture(painter: QPainter, image: QImage, place: QRectF) -> None:
    """On the dark of the stage, its corners rounded."""
    outline = QPainterPath()
    outline.addRoundedRect(place, RADIUS, RADIUS)
    painter.save()
    painter.setClipPath(outline)
    painter.fillRect(place, QColor(STAGE))
    painter.drawImage(place, image)
    painter.restore()


def knob(painter: QPainter, at: QPointF, marked: bool, size: float = KNOB) -> None:
    """What can be dragged; marked: the keys move it."""
    c = colours()
    painter.setPen(QPen(QColor(STAGE), 1.2))
    painter.setBrush(QColor(c.accent if marked else ON_STAGE))
    painter.drawEllipse(at, size * 0.62, size * 0.62)
    if marked:
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(ON_STAGE), 1.8))
        painter.drawEllipse(at, size, size)
