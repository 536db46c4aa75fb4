"""The window: a rail of pages, a line for what has to be said, and the page."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QUrl, Signal
from PySide6.QtGui import QCloseEvent, QDesktopServices, QHideEvent, QShowEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QLabel, QMainWindow, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from . import icons, words
from .actions import KEYS, Actions
from .avatars import Avatars
from .controller import Controller
from .doctor_page import DoctorPage
from .global_keys import GlobalKeys
from .live_page import LivePage
from .notice import Notice
from .own_picture import OwnPicture
from .settings_page import SettingsPage
from .theme import colours
from .thumbnails import Thumbnails
from .welcome import Welcome

if TYPE_CHECKING:
    from osa_cam.live.studio import Status

SIZE = QSize(1240, 690)
SMALLEST = QSize(560, 340)


class Window(QMainWindow):
    """`closed` when the user has closed it; whether that ends the program is not its business."""

    closed = Signal()

    def __init__(self, controller: Controller, actions: Actions, avatars: Avatars, pictures: Thumbnails, keys: GlobalKeys) -> None:
        super().__init__()
        self._controller = controller
        self.setWindowTitle("OSA Cam")
        self.setMinimumSize(SMALLEST)
        self.resize(SIZE.boundedTo(self.screen().availableSize()))
        self.notice = Notice()
        self.live = LivePage(controller, actions, avatars, pictures)
        self.welcome: Welcome | None = None
        self.own: OwnPicture | None = None
        self._avatars = avatars
        self._keys = keys
        self.pages = QStackedWidget()
        self.pages.addWidget(self.live)
        self._buttons: dict[str, QToolButton] = {}
        self._mark = QLabel()
        self._rail = QFrame()
        self._rail.setObjectName("rail")
        self._arrange()
        self.addActions([actions.named(key) for key in KEYS])

        self._message = self._state = ""
        actions.made.connect(self._made)
        controller.refused.connect(self.notice.problem)
        avatars.pictured.connect(self.make_of)
        controller.status.connect(self._follow)
        self.show_page("live")
        if not controller.known.welcomed:
            self._greet(avatars, pictures)

    def _arrange(self) -> None:
        rail = QVBoxLayout(self._rail)
        rail.setContentsMargins(8, 16, 8, 16)
        rail.setSpacing(6)
        rail.addWidget(self._mark, 0, Qt.AlignmentFlag.AlignHCenter)
        rail.addSpacing(10)
        group = QButtonGroup(self)
        titles = {"live": self.tr("Live"), "settings": self.tr("Settings"), "doctor": self.tr("Doctor")}
        for name, word in titles.items():
            button = QToolButton()
            button.setText(word)
            button.setIcon(icons.glyph(name, colours().quiet, colours().accent))
            button.setIconSize(QSize(24, 24))
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
            button.setCheckable(True)
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            button.setMinimumWidth(76)
            button.setSizePolicy(button.sizePolicy().Policy.Expanding, button.sizePolicy().Policy.Fixed)
            button.clicked.connect(lambda _=False, name=name: self.show_page(name))
            group.addButton(button)
            self._buttons[name] = button
            rail.addWidget(button)
        rail.addStretch(1)
        main = QVBoxLayout()
        main.setSpacing(0)
        main.addWidget(self.notice)
        main.addWidget(self.pages, 1)
        whole = QWidget()
        whole.setObjectName("page")
        row = QHBoxLayout(whole)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._rail)
        row.addLayout(main, 1)
        self.setCentralWidget(whole)
        whole.setFocus()  # else the first button looks as if it were the one to press

    # Made when they are first asked for: a start is to show the live page, and no more, at once.
    @cached_property
    def settings(self) -> SettingsPage:
        made = SettingsPage(self._controller, self._keys)
        self.pages.addWidget(made)
        return made

    @cached_property
    def doctor(self) -> DoctorPage:
        made = DoctorPage(self._controller)
        made.asked_to_show.connect(self.show_page)
        self.pages.addWidget(made)
        return made

    def page(self) -> str:
        """Which is shown: live, settings or doctor."""
        return next(name for name, button in self._buttons.items() if button.isChecked())

    def show_page(self, name: str) -> None:
        """name: as `page` gives it. A welcome or a picture that is not finished stays in front."""
        self._buttons[name].setChecked(True)
        if self.welcome is None and self.own is None:
            self.pages.setCurrentWidget(getattr(self, name))

    def come_forward(self) -> None:
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    def close_devices(self) -> None:
        """Ends what the pages have open."""
        if "doctor" in self.__dict__:
            self.doctor.examination.close()
        if self.own is not None:
            self.own.close_devices()
        if self.welcome is not None:
            self.welcome.close_devices()

    def make_of(self, path: Path) -> None:
        """Leads from a picture's file to an avatar."""
        self._leave_picture()
        self.own = OwnPicture(self._controller, self._avatars, path)
        self.own.finished.connect(self._made_of)
        self.pages.addWidget(self.own)
        self.pages.setCurrentWidget(self.own)
        self._rail.hide()

    def _made_of(self) -> None:
        self._leave_picture()
        if self.welcome is not None:
            self.pages.setCurrentWidget(self.welcome)
        else:
            self._rail.show()
            self.show_page("live")

    def _leave_picture(self) -> None:
        if self.own is not None:
            self.own.close_devices()
            self.pages.removeWidget(self.own)
            self.own.deleteLater()
            self.own = None

    def _greet(self, avatars: Avatars, pictures: Thumbnails) -> None:
        self.welcome = Welcome(self._controller, avatars, pictures)
        self.welcome.finished.connect(self._greeted)
        self.pages.addWidget(self.welcome)
        self.pages.setCurrentWidget(self.welcome)
        self._rail.hide()

    def _greeted(self) -> None:
        if self.welcome is not None:
            self.pages.removeWidget(self.welcome)
            self.welcome.deleteLater()
            self.welcome = None
        self._rail.show()
        self.show_page("live")

    def _follow(self, status: Status) -> None:
        if status.message and status.message != self._message:
            self.notice.problem(status.message, self.tr("Doctor"), lambda: self.show_page("doctor"))
        self._message = status.message
        if status.state.value != self._state:
            self._state = status.state.value
            self.setWindowIcon(icons.state(self._state))
            self._mark.setPixmap(icons.state(self._state).pixmap(QSize(36, 36), self.devicePixelRatio()))
            self._mark.setAccessibleName(words.state(self._state))

    def _made(self, path: Path) -> None:
        show = lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent)))  # noqa: E731
        self.notice.done(self.tr("Saved: {path}").format(path=path), self.tr("Show folder"), show)

    def showEvent(self, event: QShowEvent) -> None:
        self._controller.watch(True)
        super().showEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        self._controller.watch(False)
        super().hideEvent(event)

    def closeEvent(self, event: QCloseEvent) -> None:
        event.accept()
        self.closed.emit()
