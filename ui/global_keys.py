"""Hotkeys: the actions that a key does whatever program is in front, where the desktop allows it."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication

from .actions import HOTKEYS
from .keys import Bound, Key, Problem, System, WrongKey

log = logging.getLogger(__name__)

Open = Callable[[Callable[[str], None], Callable[[Bound], None]], System]


class GlobalKeys(QObject):
    """`pressed` tells the action, of HOTKEYS; `changed` that `bound` is another, always on Qt's thread."""

    pressed = Signal(str)
    changed = Signal()
    _told = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.bound = self._answer = Bound("window")
        self._system: System | None = None
        self._keys: dict[str, Key] = {}
        self._wrong: dict[str, Problem] = {}
        self._paused = False
        self._told.connect(self._take)

    def open(self, hotkeys: Mapping[str, str], way: Open | None = None) -> None:
        """hotkeys: as in the settings, action -> keys; way: this desktop's where there is None. Takes some milliseconds."""
        way = way or desktops_way()
        try:
            self._system = way(self.pressed.emit, self._told.emit) if way is not None else None
        except OSError as error:
            log.info("no keys for the whole desktop: %s", error)
        self._paused = self._system is not None  # it has none yet
        self.bind(hotkeys)

    def bind(self, hotkeys: Mapping[str, str]) -> None:
        """Those that no system could give are problems at once; `changed` tells of the rest."""
        before = self._keys, self._wrong
        self._keys, self._wrong = parsed(hotkeys)
        if self._system is not None and (self._paused or self._keys != before[0]):
            self._paused = False
            self._system.bind(self._keys)
        elif (self._keys, self._wrong) != before:
            self._take(self._answer)

    def pause(self) -> None:
        """Until the next `bind` the keys can be typed into a line of the settings."""
        if self._system is not None:
            self._paused = True
            self._system.pause()

    def close(self) -> None:
        if self._system is not None:
            self._system.close()
            self._system = None

    def _take(self, answer: Bound) -> None:
        self._answer = answer
        self.bound = Bound(answer.reach, {**answer.problems, **self._wrong}, answer.given)
        self.changed.emit()


def parsed(hotkeys: Mapping[str, str]) -> tuple[dict[str, Key], dict[str, Problem]]:
    """The keys that can be asked for, and why others can't."""
    keys: dict[str, Key] = {}
    problems: dict[str, Problem] = {}
    for action in HOTKEYS:
        if not hotkeys.get(action):
            continue
        try:
            key = Key.parse(hotkeys[action])
        except WrongKey as error:
            problems[action] = error.problem
            continue
        if key in keys.values():
            problems[action] = "twice"
        else:
            keys[action] = key
    return keys, problems


def desktops_way() -> Open | None:
    """None where programs get no keys of their own: on macOS, and where there is no desktop."""
    if sys.platform == "win32":
        from .keys_windows import WindowsKeys

        return WindowsKeys
    if sys.platform != "linux":
        return None
    # An X server inside Wayland hears keys only while one of its own windows is in front.
    if os.environ.get("WAYLAND_DISPLAY") or os.environ.get("XDG_SESSION_TYPE") == "wayland":
        try:
            from .keys_portal import PortalKeys
        except ImportError:
            return None
        return PortalKeys
    if QGuiApplication.platformName() == "xcb":
        from .keys_x11 import X11Keys

        return X11Keys
    return None
