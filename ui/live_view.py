"""The picture that the camera shows, at its full rate."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QImage, QPainter, QPainterPath, QPaintEvent, QPixmap, QRegion, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from .theme import ON_STAGE, STAGE, colours

if TYPE_CHECKING:
    Picture = NDArray[np.uint8]

RADIUS = 14
LEAST = QSize(320, 180)
CHECK = 12  # the squares behind what is transparent
CHECKS = ("#2b3033", "#1e2225")


class LiveView(QWidget):
    """Shows the newest picture mirrored, as people know themselves, and says so. Scaled once a picture, painted once a picture."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(LEAST)
        self.setAccessibleName(self.tr("Preview of the camera"))
        self._picture: Picture | None = None
        self._scaled: QImage | None = None
        self._mirror = Mirror()
        self._opaque = False
        self._number = -1
        self._still = False
        self._aspect = QSize(16, 9)
        self._backdrop = QColor(STAGE)
        self._sign = ""
        self.painted = 0

    def sizeHint(self) -> QSize:
        return QSize(480, 270)

    def show_picture(self, number: int, picture: Picture) -> None:
        """number: rises with each picture; one that is shown already costs nothing. picture: premultiplied RGBA, kept, not copied."""
        if number != self._number or self._still:
            self._take(number, picture, still=False)

    def show_still(self, picture: Picture | None, aspect: QSize, backdrop: QColor) -> None:
        """What stands there while no camera runs; aspect: of the camera's picture; backdrop: see-through for squares."""
        self._aspect, self._backdrop = aspect, backdrop
        self._take(-1, picture, still=True)
        self._limit()

    def show_sign(self, text: str) -> None:
        """A few words in the corner: recording, starting."""
        if text != self._sign:
            self._sign = text
            self.update()

    def _take(self, number: int, picture: Picture | None, still: bool) -> None:
        before = self._shape()
        self._number, self._picture, self._still = number, picture, still
        self._scaled = None
        if self._shape() != before:
            self._limit()
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._limit()
        super().resizeEvent(event)

    def _limit(self) -> None:
        """No higher than the picture: what stands under it is not to hang in the air."""
        shape = self._shape()
        self.setMaximumHeight(max(self.width() * shape.height() // shape.width(), LEAST.height()))

    def _shape(self) -> QSize:
        return self._aspect if self._still or self._picture is None else size_of(self._picture)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        shown = self._picture
        stage = self._within(self.rect(), self._shape())
        stage.moveTop(0)  # in line with what stands beside it
        painter.setClipRegion(QRegion(self.rect()).subtracted(QRegion(stage)))
        painter.fillRect(self.rect(), QColor(colours().page))
        painter.setClipping(False)
        target = self._within(stage, size_of(shown)) if shown is not None else QRect()
        if shown is not None and (self._scaled is None or self._scaled.size() != target.size() * self.devicePixelRatio()):
            self._scaled = self._mirror(shown, target.size(), self.devicePixelRatio())
            self._opaque = looks_opaque(shown)
        if target != stage or not self._opaque:
            painter.fillRect(stage, self._backdrop if self._still else QColor(STAGE))
            if shown is not None and not self._opaque and (not self._still or self._backdrop.alpha() < 255):
                self._checks(painter, stage)
        if self._scaled is not None:
            painter.drawImage(target.topLeft(), self._scaled)
        self._corners(painter, stage)
        if not self._still and shown is not None:
            self._word(painter, stage, self.tr("Mirrored for you; others see it the right way round"), Qt.AlignmentFlag.AlignBottom)
        if self._sign:
            self._word(painter, stage, self._sign, Qt.AlignmentFlag.AlignTop)
        painter.end()
        self.painted += 1

    def _within(self, outer: QRect, aspect: QSize) -> QRect:
        """As large as fits, whole, centred."""
        size = aspect.scaled(outer.size(), Qt.AspectRatioMode.KeepAspectRatio)
        inner = QRect(0, 0, size.width(), size.height())
        inner.moveCenter(outer.center())
        return inner

    def _checks(self, painter: QPainter, target: QRect) -> None:
        painter.fillRect(target, QColor(CHECKS[1]))
        for row, y in enumerate(range(target.top(), target.bottom() + 1, CHECK)):
            for x in range(target.left() + row % 2 * CHECK, target.right() + 1, 2 * CHECK):
                painter.fillRect(QRect(x, y, CHECK, CHECK).intersected(target), QColor(CHECKS[0]))

    def _corners(self, painter: QPainter, stage: QRect) -> None:
        """Rounded by painting what is outside: a clip would make every picture several times as dear."""
        outside = QPainterPath()
        outside.addRect(QRectF(stage))
        inside = QPainterPath()
        inside.addRoundedRect(QRectF(stage), RADIUS, RADIUS)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillPath(outside.subtracted(inside), QColor(colours().page))

    def _word(self, painter: QPainter, stage: QRect, words: str, edge: Qt.AlignmentFlag) -> None:
        font = QFont(self.font())
        font.setPointSizeF(font.pointSizeF() * 0.92)
        written = label(words, font.toString(), max(stage.width() - 24, 40), self.devicePixelRatio())
        size = written.deviceIndependentSize().toSize()
        left = stage.left() + 12 if self.layoutDirection() == Qt.LayoutDirection.LeftToRight else stage.right() - 11 - size.width()
        top = stage.top() + 12 if edge == Qt.AlignmentFlag.AlignTop else stage.bottom() - 11 - size.height()
        painter.drawPixmap(QPoint(left, top), written)


@lru_cache(maxsize=8)
def label(words: str, font_name: str, widest: int, ratio: float) -> QPixmap:
    """Light words on a dark pill, kept: they stand on every picture."""
    font = QFont()
    font.fromString(font_name)
    metrics = QFontMetrics(font)
    words = metrics.elidedText(words, Qt.TextElideMode.ElideRight, widest - 20)
    size = QSize(metrics.horizontalAdvance(words) + 20, metrics.height() + 10)
    made = QPixmap(size * ratio)
    made.setDevicePixelRatio(ratio)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setFont(font)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(13, 16, 18, 200))
    painter.drawRoundedRect(QRectF(QPointF(0, 0), QSizeF(size)), size.height() / 2, size.height() / 2)
    painter.setPen(QColor(ON_STAGE))
    painter.drawText(QRect(QPoint(0, 0), size), Qt.AlignmentFlag.AlignCenter, words)
    painter.end()
    return made


def size_of(picture: Picture) -> QSize:
    return QSize(picture.shape[1], picture.shape[0])


def looks_opaque(picture: Picture) -> bool:
    """One pixel in 256 is looked at: it only decides what is drawn behind."""
    return bool(picture[::16, ::16, 3].min() == 255)


class Mirror:
    """Brings pictures to a size and mirrors them, into the same memory again and again: fresh pages cost as much as the work.

    OpenCV does both several times as fast as a painter.
    """

    def __init__(self) -> None:
        self._small = self._mirrored = np.zeros((0, 0, 4), np.uint8)

    def __call__(self, picture: Picture, size: QSize, ratio: float) -> QImage:
        """size: in device-independent pixels, ratio: device pixels to one. The image is good until the next call."""
        import cv2

        width, height = max(round(size.width() * ratio), 1), max(round(size.height() * ratio), 1)
        if self._small.shape[:2] != (height, width):
            self._small, self._mirrored = np.empty((height, width, 4), np.uint8), np.empty((height, width, 4), np.uint8)
        # Down to a half, taking two pixels a side does not flicker yet, and is eight times as fast as the mean over areas.
        interpolation = cv2.INTER_LINEAR if 2 * width >= picture.shape[1] else cv2.INTER_AREA
        cv2.resize(picture, (width, height), dst=self._small, interpolation=interpolation)
        cv2.flip(self._small, 1, dst=self._mirrored)
        image = QImage(self._mirrored.data, width, height, self._mirrored.strides[0], QImage.Format.Format_RGBA8888_Premultiplied)
        image.setDevicePixelRatio(ratio)
        return image
