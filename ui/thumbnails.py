"""Small pictures of the avatars, made one at a time while nothing else waits, so that the window is there at once."""

from __future__ import annotations

from collections import deque

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QImage, QPainter, QPainterPath, QPixmap

from osa_cam.errors import AvatarError

SIDE = 96
RADIUS = 12
RATIO = 2  # sharp on dense screens, still small


class Thumbnails(QObject):
    """`ready` tells of each (avatar, QPixmap) that was `wanted`; what can't be read is left out."""

    ready = Signal(str, QPixmap)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.made: dict[str, QPixmap] = {}
        self._wanted: deque[str] = deque()
        self._timer = QTimer(self, interval=0)
        self._timer.timeout.connect(self._next)

    def want(self, avatar: str) -> None:
        if avatar in self.made:
            self.ready.emit(avatar, self.made[avatar])
        elif avatar not in self._wanted:
            self._wanted.append(avatar)
            self._timer.start()

    def put(self, avatar: str, picture: NDArray[np.uint8]) -> None:
        """One that is not in the library; picture: premultiplied RGBA, square."""
        self.made[avatar] = rounded(picture)
        self.ready.emit(avatar, self.made[avatar])

    def _next(self) -> None:
        if not self._wanted:
            self._timer.stop()
            return
        from osa_cam.avatars.library import thumbnail

        avatar = self._wanted.popleft()
        try:
            self.made[avatar] = rounded(thumbnail(avatar))
        except AvatarError:
            return
        self.ready.emit(avatar, self.made[avatar])


def rounded(picture: NDArray[np.uint8]) -> QPixmap:
    import cv2

    pixels = SIDE * RATIO
    small = np.ascontiguousarray(cv2.resize(picture, (pixels, pixels), interpolation=cv2.INTER_AREA))
    image = QImage(small.data, pixels, pixels, small.strides[0], QImage.Format.Format_RGBA8888_Premultiplied)
    made = QPixmap(pixels, pixels)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    outline = QPainterPath()
    outline.addRoundedRect(QRectF(0, 0, pixels, pixels), RADIUS * RATIO, RADIUS * RATIO)
    painter.setClipPath(outline)
    painter.drawImage(0, 0, image)
    painter.end()
    made.setDevicePixelRatio(RATIO)
    return made
