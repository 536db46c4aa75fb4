"""The page that people look at: the picture, the meter, one big button, and who they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication, QSize, Qt
from PySide6.QtGui import QAction, QColor, QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from osa_cam.config import Background, parse_size
from osa_cam.errors import AvatarError

from . import icons, words
from .actions import Actions
from .avatars import Avatars
from .controller import Controller
from .expressions import Expressions
from .gallery import Gallery
from .live_view import LiveView
from .meter import Meter
from .parts import card, scrolling, text, tool
from .theme import STAGE, colours
from .thumbnails import Thumbnails

if TYPE_CHECKING:
    from osa_cam.live.settings import Settings
    from osa_cam.live.studio import Status

SIDE = 316  # pixels that the avatars have beside the picture
LEAST = 444  # that the picture has; with less the avatars stand under it


class LivePage(QWidget):
    def __init__(self, controller: Controller, actions: Actions, avatars: Avatars, pictures: Thumbnails) -> None:
        super().__init__()
        self._controller = controller
        self._avatars = avatars
        self._on_air = False
        self._written = ("", 0)  # the state and the second of the status line
        self._still: tuple[str, str, str] | None = None
        self.view = LiveView()
        self.meter = Meter()
        self.gallery = Gallery(pictures)
        self.expressions = Expressions()
        self.big = big_button(actions)
        self.line = text("", "quiet")
        self._mute = following(actions.mute, "microphone", "muted")
        self._record = following(actions.record, "record", "stop", danger=True)
        self._snapshot = following(actions.snapshot, "snapshot", "snapshot")
        self._state = QLabel()
        self._arrange()

        self.meter.chosen.connect(lambda gate_db: controller.change(gate_db=gate_db))
        self.meter.left_to_room.connect(lambda: controller.change(gate_db=None))
        self.gallery.chosen.connect(lambda avatar: controller.change(avatar=avatar))
        self.gallery.brought.connect(avatars.bring)
        self.expressions.chosen.connect(lambda name: controller.change(expression=name))
        self.expressions.liveliness.connect(lambda amount: controller.change(liveliness=amount))
        avatars.changed.connect(self._fill)
        avatars.drawn.connect(self._drawn)
        controller.picture.connect(self._show_picture)
        controller.status.connect(self._follow)
        controller.settings.connect(self._take)
        self._fill()
        self._take(controller.known)

    def _arrange(self) -> None:
        sound = QHBoxLayout()
        sound.setSpacing(10)
        sound.addWidget(self._mute)
        sound.addWidget(self.meter, 1)
        orders = QHBoxLayout()
        orders.setSpacing(10)
        orders.addWidget(self.big, 1)
        orders.addWidget(self._snapshot)
        orders.addWidget(self._record)
        status = QHBoxLayout()
        status.setSpacing(8)
        status.addWidget(self._state)
        status.addWidget(self.line, 1)
        main = QVBoxLayout()
        main.setSpacing(14)
        main.addWidget(self.view, 1)
        main.addLayout(sound)
        main.addLayout(orders)
        main.addStretch()
        main.addLayout(status)
        self._side = card(text(self.tr("Avatar"), "heading"), self.gallery, text(self.tr("Expression"), "heading"), self.expressions)
        self._side.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        page = QWidget()
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scrolling(page))
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight, page)
        self._row.setContentsMargins(20, 20, 20, 16)
        self._row.setSpacing(20)
        self._row.addLayout(main, 1)
        self._row.addWidget(self._side)

    def resizeEvent(self, event: QResizeEvent) -> None:
        side = max(SIDE, self._side.minimumSizeHint().width())  # more where the letters are large
        narrow = event.size().width() < side + LEAST
        self._row.setDirection(QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight)
        self._side.setMinimumWidth(0 if narrow else side)
        self._side.setMaximumWidth(16777215 if narrow else side)
        super().resizeEvent(event)

    def _fill(self) -> None:
        self.gallery.fill(self._avatars.names)

    def _take(self, settings: Settings) -> None:
        self.gallery.mark(settings.avatar)
        self.expressions.show_values(settings.expression, settings.liveliness)
        self._follow(self._controller.now())

    def _drawn(self, avatar: str) -> None:
        if self._still is not None and self._still[0] == avatar:
            self._still = None
            self._follow(self._controller.now())

    def _follow(self, status: Status) -> None:
        self._on_air = on_air = status.seconds > 0.0  # also where it runs with a problem, such as a microphone that is gone
        self.meter.hear(status.level_db if on_air else None, status.speaking)
        self.meter.set_gate(status.gate_db)
        self._write_line(status)
        self.view.show_sign(self._sign(status))
        if on_air:
            self._still = None
        else:
            self._show_still(self._controller.known)

    def _write_line(self, status: Status) -> None:
        """Once a second, or at once where the state is another: figures that flicker can't be read, and every new text costs a layout."""
        if status.state.value == self._written[0] and int(status.seconds) == self._written[1]:
            return
        self._written = (status.state.value, int(status.seconds))
        self._state.setPixmap(icons.state(status.state.value).pixmap(QSize(18, 18), self.devicePixelRatio()))
        self.line.setText(status_line(status))
        self.line.setToolTip(status.message)

    def _show_picture(self, number: int, picture: NDArray[np.uint8]) -> None:
        # The last one of a run that has ended is not shown again; the first of a new one comes before the next status.
        if self._on_air or self._controller.now().seconds > 0.0:
            self.view.show_picture(number, picture)

    def _sign(self, status: Status) -> str:
        if status.recording is not None:
            return "● " + self.tr("Recording")
        return words.state(status.state.value) if status.state.value != "live" else ""

    def _show_still(self, settings: Settings) -> None:
        avatar = settings.avatar or next(iter(self._avatars.names), "")
        wanted = (avatar, settings.size, settings.background)
        if wanted == self._still:
            return
        self._still = wanted
        background = Background.parse(settings.background)
        backdrop = QColor(*background.colour) if background.kind == "colour" else QColor(STAGE)
        if background.kind == "transparent":
            backdrop = QColor(0, 0, 0, 0)
        try:
            picture = self._avatars.picture(avatar)
        except AvatarError:
            picture = None
        self.view.show_still(picture, QSize(*parse_size(settings.size)), backdrop)


def big_button(actions: Actions) -> QPushButton:
    """Follows the action in words, colour and sign."""
    button = QPushButton()
    button.setObjectName("big")
    button.setIconSize(QSize(24, 24))
    button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
    button.setCursor(Qt.CursorShape.PointingHandCursor)
    button.clicked.connect(actions.live.trigger)

    def follow() -> None:
        running = actions.runs
        if button.text() == actions.live.text() and button.property("live") == running:
            return
        button.setText(actions.live.text())
        button.setAccessibleName(actions.live.text())
        button.setToolTip(actions.live.shortcut().toString())
        button.setProperty("live", running)
        button.setIcon(icons.glyph("stop", colours().danger) if running else icons.glyph("start", colours().on_accent))
        button.style().polish(button)

    actions.live.changed.connect(follow)
    follow()
    return button


def following(action: QAction, off: str, on: str, danger: bool = False) -> QToolButton:
    """A button for an action, with a glyph for each of its two states; danger: that it is on must not be overlooked."""
    button = tool(off, action.text())
    button.setProperty("danger", danger)
    button.setCheckable(action.isCheckable())
    button.clicked.connect(action.trigger)

    def follow() -> None:
        keys = action.shortcut().toString()
        button.setToolTip(f"{action.text()} ({keys})" if keys else action.text())
        button.setAccessibleName(action.text())
        button.setEnabled(action.isEnabled())
        button.setChecked(action.isChecked())
        c = colours()
        checked = c.danger if danger else c.accent
        colour = checked if action.isChecked() else c.text if action.isEnabled() else c.edge
        button.setIcon(icons.glyph(on if action.isChecked() else off, colour))

    action.changed.connect(follow)
    follow()
    return button


def status_line(status: Status) -> str:
    """What runs, how fast, and how far behind the voice."""
    state = status.state.value
    if status.seconds == 0.0:
        return words.state(state)
    translate, delay = QCoreApplication.translate, status.sound_delay_ms
    parts = [
        words.state(state),
        translate("status_line", "{fps} fps").format(fps=f"{status.fps:.0f}"),
        translate("status_line", "{ms} ms behind your voice").format(ms=f"{status.latency_ms:.0f}"),
        "" if delay is None else translate("status_line", "sound {ms} ms later").format(ms=f"{delay:.0f}"),
        status.engine,
        status.camera,
    ]
    if status.missed:
        parts.append(translate("status_line", "{count} missed").format(count=status.missed))
    return "  ·  ".join(part for part in parts if part)
