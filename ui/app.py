"""The program with a window: everything made in order, and taken down in order."""

from __future__ import annotations

import signal
from collections.abc import Iterable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication, QSystemTrayIcon

from osa_cam.errors import OsaCamError

from . import autostart, theme, words
from .actions import Actions
from .avatars import Avatars
from .controller import Controller
from .global_keys import GlobalKeys
from .language import Interpreter
from .single_instance import SingleInstance
from .thumbnails import Thumbnails
from .tray import Tray
from .window import Window

if TYPE_CHECKING:
    from osa_cam.control.server import ControlServer
    from osa_cam.live.settings import Settings
    from osa_cam.live.studio import Studio


SERVES_AFTER_MS = 300  # what it imports would keep the window waiting


class App(QObject):
    """Joins controller, window and tray. The window is made anew when the language or the look changes."""

    asked_to_quit = Signal()

    def __init__(self, qt: QApplication, studio: Studio, problems: Iterable[str] = ()) -> None:
        """problems: what was wrong with the settings' file."""
        super().__init__()
        self._qt = qt
        self._interpreter = Interpreter(qt)
        self.controller = Controller(studio)
        self.pictures = Thumbnails()
        self.avatars = Avatars(self.controller)
        self.avatars.drawn.connect(self.pictures.put)
        self.keys = GlobalKeys()
        self._language = self.controller.known.language
        self._explained = self._quitting = False
        self._server: ControlServer | None = None
        self._interpreter.speak(self._language)
        theme.dress(qt)
        self._build()
        if told := "\n".join(problems):
            self.window.notice.problem(told)
        self.controller.settings.connect(self._take)
        self.keys.pressed.connect(lambda action: self.actions.named(action).trigger())
        qt.styleHints().colorSchemeChanged.connect(self._rebuild)

    def _build(self) -> None:
        self.actions = Actions(self.controller)
        self.window = Window(self.controller, self.actions, self.avatars, self.pictures, self.keys)
        self.tray = Tray(self.controller, self.actions, self.avatars, self.pictures) if QSystemTrayIcon.isSystemTrayAvailable() else None
        self.actions.asked_to_show.connect(self.show)
        self.actions.asked_to_quit.connect(self.quit)
        self.window.closed.connect(self._closed)
        if self.tray is not None:
            self.tray.show()

    def show(self, page: str = "live") -> None:
        self.window.show_page(page)
        self.window.come_forward()

    def serve(self) -> None:
        """Lets the command line, OBS and hotkeys of the system in. Without it the window works all the same."""
        from osa_cam.control.server import ControlServer

        server = ControlServer(self.controller.studio)
        try:
            server.open()
        except OsaCamError as error:
            self.controller.refused.emit(str(error))
        else:
            self._server = server

    def listen(self) -> None:
        """Asks the desktop for the hotkeys; those that it does not give are said, once."""
        self.keys.changed.connect(self._tell_lost_keys)
        self.keys.open(self.controller.known.hotkeys)

    def _tell_lost_keys(self) -> None:
        self.keys.changed.disconnect(self._tell_lost_keys)
        for action, problem in self.keys.bound.problems.items():
            key = self.controller.known.hotkeys.get(action, "")
            why = f"{words.action(action)} ({key}): {words.key_problem(problem)}"
            self.window.notice.problem(why, self.tr("Settings"), lambda: self.window.show_page("settings"))

    def close(self) -> None:
        """Ends every thread; the studio has its two seconds."""
        self._qt.styleHints().colorSchemeChanged.disconnect(self._rebuild)
        if self._server is not None:
            self._server.close()
        self.keys.close()
        self.window.close_devices()
        self.avatars.close()
        self.window.hide()
        if self.tray is not None:
            self.tray.close()
        self.controller.close()
        self._interpreter.close()

    def quit(self) -> None:
        self._quitting = True  # Qt closes the windows now, which would mean something else
        self.asked_to_quit.emit()

    def _closed(self) -> None:
        if self._quitting:
            return
        if self.tray is None or not self.actions.runs:
            self.quit()
        elif not self._explained:
            self._explained = True
            self.tray.say(self.tr("The camera stays on"), self.tr("OSA Cam goes on in the tray. Quit it there."))

    def _take(self, settings: Settings) -> None:
        autostart.apply(settings.start_with_system)
        self.keys.bind(settings.hotkeys)
        if settings.language != self._language:
            self._language = settings.language
            self._interpreter.speak(settings.language)
            self._rebuild()

    def _rebuild(self) -> None:
        QTimer.singleShot(0, self._renew)  # what asked for it may be part of what goes

    def _renew(self) -> None:
        old, shown, page, place = self.window, self.window.isVisible(), self.window.page(), self.window.geometry()
        old.close_devices()
        old.hide()
        if self.tray is not None:
            self.tray.close()
        self.actions.deleteLater()
        old.deleteLater()
        self._build()
        self.window.setGeometry(place)
        self.window.show_page(page)
        if shown:
            self.window.come_forward()


def run(hidden: bool) -> int:
    """The exit code. hidden: only the tray's icon, where there is one."""
    qt = QApplication(["osa-cam"])
    qt.setApplicationName("OSA Cam")
    qt.setDesktopFileName("osa-cam")
    qt.setQuitOnLastWindowClosed(False)
    instance = SingleInstance()
    if not instance.claim():
        return 0
    app = App(qt, *opened())
    try:
        instance.asked.connect(app.show)
        app.asked_to_quit.connect(qt.quit)
        signal.signal(signal.SIGTERM, lambda *_: app.quit())
        signal.signal(signal.SIGINT, lambda *_: app.quit())
        if app.tray is None or not hidden:
            app.window.show()
        QTimer.singleShot(SERVES_AFTER_MS, app.serve)
        QTimer.singleShot(SERVES_AFTER_MS, app.listen)
        QTimer.singleShot(SERVES_AFTER_MS, app.avatars.ask_plugins)
        return qt.exec()
    finally:
        instance.close()
        app.close()


def opened() -> tuple[Studio, list[str]]:
    """The studio with the user's settings, and what was wrong with them."""
    from osa_cam.live.settings import load, settings_path
    from osa_cam.live.studio import Studio

    path = settings_path()
    settings, problems = load(path)
    return Studio(settings, path=path), problems
