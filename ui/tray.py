"""The tray's icon and its menu. It holds no logic: what is clicked is an action or an order to the controller."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject
from PySide6.QtGui import QActionGroup, QIcon
from PySide6.QtWidgets import QMenu, QSystemTrayIcon

from . import devices, icons, words
from .actions import Actions
from .avatars import Avatars
from .controller import Controller
from .thumbnails import Thumbnails

if TYPE_CHECKING:
    from osa_cam.live.studio import Status

Entry = tuple[str, Any, QIcon | None]  # what is read, the setting's value, a picture


class Tray(QObject):
    def __init__(self, controller: Controller, actions: Actions, avatars: Avatars, pictures: Thumbnails) -> None:
        super().__init__()
        self._controller = controller
        self._actions = actions
        self._avatars = avatars
        self._pictures = pictures
        self._state = ""
        self.icon = QSystemTrayIcon()
        self.menu = QMenu()
        self.menu.addActions([actions.live, actions.mute])
        self.menu.addSeparator()
        self._chooser(self.tr("Avatar"), "avatar", self._avatar_entries)
        self._chooser(self.tr("Expression"), "expression", self._expression_entries)
        self._chooser(self.tr("Microphone"), "microphone", self._microphone_entries)
        self._chooser(self.tr("Camera"), "camera", self._camera_entries)
        self.menu.addSeparator()
        self.menu.addActions([actions.record, actions.snapshot])
        self.menu.addSeparator()
        self.menu.addActions([actions.show_live, actions.show_settings, actions.show_doctor])
        self.menu.addSeparator()
        self.menu.addAction(actions.quit)
        self.icon.setContextMenu(self.menu)
        self.icon.activated.connect(self._clicked)
        controller.status.connect(self._follow)
        self._follow(controller.now())

    def show(self) -> None:
        self.icon.show()

    def say(self, title: str, message: str) -> None:
        self.icon.showMessage(title, message, icons.state(self._state))

    def close(self) -> None:
        self.icon.hide()
        self.menu.deleteLater()

    def _clicked(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason == QSystemTrayIcon.ActivationReason.Trigger:
            self._actions.show_live.trigger()

    def _follow(self, status: Status) -> None:
        state = status.state.value
        if state != self._state:
            self._state = state
            self.icon.setIcon(icons.state(state))
            self.icon.setToolTip(f"OSA Cam: {status.message if state == 'problem' else words.state(state)}")

    def _chooser(self, title: str, key: str, entries: Callable[[], Iterable[Entry]]) -> None:
        """Filled when it is opened: devices come and go."""
        menu = self.menu.addMenu(title)
        menu.aboutToShow.connect(lambda: self._fill(menu, key, entries()))

    def _fill(self, menu: QMenu, key: str, entries: Iterable[Entry]) -> None:
        menu.clear()
        group = QActionGroup(menu)
        now = getattr(self._controller.known, key)
        for word, value, icon in entries:
            action = menu.addAction(word)
            action.setCheckable(True)
            action.setChecked(value == now)
            if icon is not None:
                action.setIcon(icon)
            action.triggered.connect(lambda _=False, value=value: self._controller.change(**{key: value}))
            group.addAction(action)

    def _avatar_entries(self) -> Iterable[Entry]:
        for avatar, name in self._avatars.names.items():
            thumbnail = self._pictures.made.get(avatar)
            yield name, avatar, QIcon(thumbnail) if thumbnail is not None else None

    def _expression_entries(self) -> Iterable[Entry]:
        for name, word in words.expressions().items():
            yield word, name, None

    def _microphone_entries(self) -> Iterable[Entry]:
        yield self.tr("System default"), None, None
        for name in devices.microphones():
            yield name, name, None

    def _camera_entries(self) -> Iterable[Entry]:
        yield self.tr("Automatic"), "auto", None
        for name in devices.cameras():
            yield name, name, None
        yield self.tr("Browser page"), "web", None
