"""The avatars to choose from: by picture, by name, by dropping a file."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QDragEnterEvent, QDragMoveEvent, QDropEvent, QFontMetrics, QPainter, QPen, QPixmap
from PySide6.QtWidgets import (
    QFileDialog,
    QLineEdit,
    QListView,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from . import icons
from .parts import text
from .theme import colours
from .thumbnails import RADIUS, Thumbnails

AVATAR = Qt.ItemDataRole.UserRole
THUMBNAIL = Qt.ItemDataRole.DecorationRole
PACKS = (".osavatar",)
PICTURES = (".png", ".jpg", ".jpeg", ".webp")
PICTURE_PX, NAME_LETTERS = 76, 8  # a tile is as wide as one or the other, the letters where they are large
GAP = 5


class Gallery(QWidget):
    """`chosen` tells the avatar that the user wants, `brought` a picture's or pack's file."""

    chosen = Signal(str)
    brought = Signal(Path)

    def __init__(self, thumbnails: Thumbnails, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._thumbnails = thumbnails
        self._current: str | None = None
        self.search = QLineEdit()
        self.search.setPlaceholderText(self.tr("Search avatars"))
        self.search.setAccessibleName(self.tr("Search avatars"))
        self.search.setClearButtonEnabled(True)
        self.search.addAction(icons.glyph("search", colours().quiet), QLineEdit.ActionPosition.LeadingPosition)
        self.search.textChanged.connect(self._filter)
        self.list = Tiles()
        self.list.setAccessibleName(self.tr("Avatars"))
        self.list.itemClicked.connect(lambda item: self.chosen.emit(item.data(AVATAR)))
        self.list.itemActivated.connect(lambda item: self.chosen.emit(item.data(AVATAR)))
        self._nothing = text(self.tr("No avatar is called that."), "quiet")
        self._nothing.hide()
        self.add = QPushButton(icons.glyph("add", colours().text), self.tr("Add avatar…"))
        self.add.setToolTip(self.tr("A picture or a pack; you can also drop the file here"))
        self.add.clicked.connect(self._browse)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        for widget in (self.search, self._nothing, self.list, self.add):
            column.addWidget(widget)
        column.setStretchFactor(self.list, 1)
        self.setAcceptDrops(True)
        thumbnails.ready.connect(self._show)

    def fill(self, avatars: dict[str, str]) -> None:
        """avatars: id or file -> the name that people read, in the order of the tiles."""
        self.list.clear()
        for avatar, name in avatars.items():
            item = QListWidgetItem(name)
            item.setData(AVATAR, avatar)
            item.setToolTip(name)
            self.list.addItem(item)
            self._thumbnails.want(avatar)
        self._filter(self.search.text())
        self.mark(self._current)

    def mark(self, avatar: str | None) -> None:
        """The one in use; None: the first."""
        self._current = avatar
        for row in range(self.list.count()):
            item = self.list.item(row)
            if item.data(AVATAR) == avatar or (avatar is None and row == 0):
                self.list.setCurrentItem(item)
                return
        self.list.clearSelection()

    def _show(self, avatar: str, thumbnail: QPixmap) -> None:
        for row in range(self.list.count()):
            if (item := self.list.item(row)).data(AVATAR) == avatar:
                item.setData(THUMBNAIL, thumbnail)

    def _filter(self, words: str) -> None:
        shown = 0
        for row in range(self.list.count()):
            item = self.list.item(row)
            hidden = words.strip().casefold() not in item.text().casefold()
            item.setHidden(hidden)
            shown += not hidden
        self._nothing.setVisible(shown == 0 and self.list.count() > 0)

    def _browse(self) -> None:
        kinds = " ".join(f"*{suffix}" for suffix in (*PACKS, *PICTURES))
        chosen, _ = QFileDialog.getOpenFileName(self, self.tr("Add an avatar"), "", self.tr("Pictures and packs") + f" ({kinds})")
        if chosen:
            self.brought.emit(Path(chosen))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if brought_by(event):
            event.acceptProposedAction()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        if brought_by(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        for path in brought_by(event):
            self.brought.emit(path)
        event.acceptProposedAction()


def brought_by(event: QDropEvent) -> list[Path]:
    """The files of a drag that can become avatars."""
    paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
    return [path for path in paths if path.suffix.lower() in (*PACKS, *PICTURES)]


def side_of(metrics: QFontMetrics) -> int:
    """Of a tile's picture, in pixels."""
    return max(PICTURE_PX, NAME_LETTERS * metrics.horizontalAdvance("0"))


class Tiles(QListWidget):
    """As many columns as fit; arrows move, Enter chooses."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setUniformItemSizes(True)
        self.setDragEnabled(False)
        self.setAcceptDrops(False)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setItemDelegate(Tile(self))
        self.setMouseTracking(True)
        self.setMinimumHeight(220)
        self.viewport().setAutoFillBackground(False)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.scheduleDelayedItemsLayout()


class Tile(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        metrics: QFontMetrics = option.fontMetrics  # type: ignore[attr-defined]
        side = side_of(metrics)
        return QSize(side + 2 * GAP, side + 2 * GAP + metrics.height() + 4)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        c = colours()
        box: QRect = option.rect  # type: ignore[attr-defined]
        state = option.state  # type: ignore[attr-defined]
        painter.save()
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        side = side_of(painter.fontMetrics())
        picture = QRectF(box.center().x() - side / 2 + 0.5, box.top() + GAP, side, side)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(c.hover))
        painter.drawRoundedRect(picture, RADIUS, RADIUS)
        thumbnail = index.data(THUMBNAIL)
        if isinstance(thumbnail, QPixmap):
            painter.drawPixmap(picture, thumbnail, QRectF(thumbnail.rect()))
        else:  # a plugin's has no picture before it is opened
            letter, font = str(index.data())[:1].upper(), painter.font()
            painter.save()
            font.setPixelSize(side // 2)
            painter.setFont(font)
            painter.setPen(QColor(c.quiet))
            painter.drawText(picture, Qt.AlignmentFlag.AlignCenter, letter)
            painter.restore()
        selected = bool(state & QStyle.StateFlag.State_Selected)
        if selected or state & QStyle.StateFlag.State_HasFocus or state & QStyle.StateFlag.State_MouseOver:
            focused = bool(state & QStyle.StateFlag.State_HasFocus) and not selected
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(c.accent if selected else c.text if focused else c.edge), 3 if selected else 1.6))
            painter.drawRoundedRect(picture.adjusted(-1.5, -1.5, 1.5, 1.5), RADIUS + 1.5, RADIUS + 1.5)
        painter.setPen(QColor(c.accent if selected else c.text))
        below = QRect(box.left() + 2, round(picture.bottom()) + 4, box.width() - 4, box.bottom() - round(picture.bottom()) - 4)
        name = painter.fontMetrics().elidedText(str(index.data()), Qt.TextElideMode.ElideRight, below.width())
        painter.drawText(below, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop, name)
        painter.restore()
