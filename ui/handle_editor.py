"""The face's handles on the portrait: points to drag, or to move by keys."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from osa_cam.media import PICTURE_SIZE

from . import words
from .face_frame import ARROWS, KNOB, image_of, knob, paint_picture
from .theme import ON_STAGE, STAGE

if TYPE_CHECKING:
    from osa_cam.avatars.handles import Handles

GRASP = 14.0  # pixels around a point that count as the point
STEP, LARGE_STEP = 1.0, 8.0  # pixels of the portrait


class Knob(NamedTuple):
    """part: a field of Handles; number: which of its points, of an eye its middle, its outer end or its upper lid."""

    part: str
    number: int


KNOBS = (
    *(Knob(eye, k) for eye in ("left_eye", "right_eye") for k in range(3)),
    *(Knob(brow, k) for brow in ("left_brow", "right_brow") for k in range(3)),
    Knob("nose", 0),
    *(Knob("mouth", k) for k in range(5)),
    *(Knob("jaw", k) for k in range(5)),
    *(Knob("head", k) for k in range(8)),
)


class HandleEditor(QWidget):
    """`changed` tells the new Handles after each movement that leaves a face; `refused` why another one was taken back."""

    changed = Signal(object)
    refused = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(240, 240)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleDescription(self.tr("Page up and page down choose a point, arrow keys move it"))
        self._image = QImage()
        self._handles: Handles | None = None
        self._whole: Handles | None = None  # the last that made a face
        self._at = 0
        self._held = False
        self._name()

    def sizeHint(self) -> QSize:
        return QSize(420, 420)

    @property
    def handles(self) -> Handles | None:
        """The last that made a face."""
        return self._whole

    @property
    def knob(self) -> Knob:
        return KNOBS[self._at]

    def show_portrait(self, reference: NDArray[np.uint8], handles: Handles) -> None:
        """reference: straight RGBA [512, 512, 4]."""
        self._image = image_of(reference)
        self._handles = self._whole = handles
        self.update()

    def place_of(self, which: Knob) -> QPointF:
        """In the widget."""
        x, y = spot(self._handles, which) if self._handles is not None else (0.0, 0.0)
        place = self._place()
        return QPointF(place.left() + x * place.width() / PICTURE_SIZE, place.top() + y * place.height() / PICTURE_SIZE)

    def _place(self) -> QRectF:
        side = min(self.width(), self.height())
        return QRectF((self.width() - side) / 2, 0, side, side)

    def _name(self) -> None:
        self.setAccessibleName(words.handle(*self.knob))
        self.update()

    def _move(self, x: float, y: float) -> None:
        if self._handles is None:
            return
        edge = PICTURE_SIZE - 1.0
        self._handles = moved(self._handles, self.knob, min(max(x, 0.0), edge), min(max(y, 0.0), edge))
        self.update()

    def _settle(self) -> None:
        """What makes no face is taken back."""
        from osa_cam.errors import AvatarError

        if self._handles is None or self._handles == self._whole:
            return
        try:
            self._handles.check()
        except AvatarError as error:
            self._handles = self._whole
            self.update()
            self.refused.emit(str(error))
            return
        self._whole = self._handles
        self.changed.emit(self._whole)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._handles is None or event.button() != Qt.MouseButton.LeftButton:
            return
        away = [self.place_of(which) - event.position() for which in KNOBS]
        distances = [float(np.hypot(d.x(), d.y())) for d in away]
        nearest = int(np.argmin(distances))
        if distances[nearest] <= GRASP:
            self._at, self._held = nearest, True
            self._name()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._held:
            place = self._place()
            zoom = PICTURE_SIZE / place.width()
            self._move((event.position().x() - place.left()) * zoom, (event.position().y() - place.top()) * zoom)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._held:
            self._held = False
            self._settle()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in (Qt.Key.Key_PageDown, Qt.Key.Key_PageUp):
            self._at = (self._at + (1 if key == Qt.Key.Key_PageDown else -1)) % len(KNOBS)
            self._name()
        elif key in ARROWS and self._handles is not None:
            step = LARGE_STEP if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else STEP
            (x, y), (right, down) = spot(self._handles, self.knob), ARROWS[key]
            self._move(x + step * right, y + step * down)
            self._settle()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        paint_picture(painter, self._image, self._place())
        if self._handles is not None:
            for colour, width in ((QColor(STAGE), 3.2), (QColor(ON_STAGE), 1.4)):
                painter.setPen(QPen(colour, width))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                self._lines(painter)
            for number, which in enumerate(KNOBS):
                knob(painter, self.place_of(which), number == self._at and self.hasFocus(), KNOB * 0.72)
        painter.end()

    def _lines(self, painter: QPainter) -> None:
        at = self.place_of
        for part, order, closed in (
            ("left_brow", (0, 1, 2), False),
            ("right_brow", (0, 1, 2), False),
            ("mouth", (0, 2, 1, 3), True),
            ("mouth", (0, 4, 1), False),
            ("jaw", (0, 1, 2, 3, 4), False),
            ("head", tuple(range(8)), True),
        ):
            line = QPolygonF([at(Knob(part, k)) for k in order])
            painter.drawPolygon(line) if closed else painter.drawPolyline(line)
        for eye in ("left_eye", "right_eye"):
            middle, end, lid = (at(Knob(eye, k)) for k in range(3))
            painter.drawEllipse(middle, abs(end.x() - middle.x()), abs(lid.y() - middle.y()))


def spot(handles: Handles, which: Knob) -> tuple[float, float]:
    """Where a knob is, in pixels of the portrait."""
    value = getattr(handles, which.part)
    if which.part in ("left_eye", "right_eye"):
        outer = -1 if which.part == "left_eye" else 1
        return ((value.x, value.y), (value.x + outer * value.half_width, value.y), (value.x, value.y - value.half_height))[which.number]
    point = value if which.part == "nose" else value[which.number]
    return point.x, point.y


def moved(handles: Handles, which: Knob, x: float, y: float) -> Handles:
    """With one knob elsewhere; an eye's middle takes the eye along."""
    from osa_cam.avatars.handles import Mouth, Point

    value = getattr(handles, which.part)
    new: object
    if which.part in ("left_eye", "right_eye"):
        new = (
            value._replace(x=x, y=y),
            value._replace(half_width=max(abs(x - value.x), 2.0)),
            value._replace(half_height=max(abs(y - value.y), 1.0)),
        )[which.number]
    elif which.part == "nose":
        new = Point(x, y)
    else:
        points = [Point(x, y) if k == which.number else point for k, point in enumerate(value)]
        new = Mouth(*points) if which.part == "mouth" else tuple(points)
    return replace(handles, **{which.part: new})  # type: ignore[arg-type]
