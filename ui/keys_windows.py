"""Keys of the whole desktop under Windows: a thread that registers them and waits for their messages."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable, Mapping
from ctypes import wintypes
from typing import Any

from .keys import Bound, Key, Modifier, Problem

MODIFIERS: dict[Modifier, int] = {"alt": 1, "ctrl": 2, "shift": 4, "meta": 8}
NO_REPEAT = 0x4000
WM_QUIT, WM_HOTKEY, WM_APP = 0x0012, 0x0312, 0x8000
ALREADY_REGISTERED = 1409
ENDS_WITHIN_S = 2.0


class WindowsKeys:
    """As `keys.System`. Keys belong to the thread that registers them, so one thread does all of it."""

    def __init__(self, pressed: Callable[[str], None], told: Callable[[Bound], None], user32: Any = None) -> None:
        """user32: with `last_error` and `thread_id` beside the library's own functions; tests give another."""
        self._pressed, self._told = pressed, told
        self._user32 = user32 or _User32()
        self._wanted: Mapping[str, Key] = {}
        self._registered: list[str] = []  # the action of number k + 1
        self._listens = threading.Event()
        self._thread = threading.Thread(target=self._run, name="hotkeys", daemon=True)
        self._thread.start()
        self._listens.wait(ENDS_WITHIN_S)

    def bind(self, keys: Mapping[str, Key]) -> None:
        self._wanted = keys
        self._user32.PostThreadMessageW(self._id, WM_APP, 1, 0)

    def pause(self) -> None:
        self._wanted = {}
        self._user32.PostThreadMessageW(self._id, WM_APP, 0, 0)

    def close(self) -> None:
        self._user32.PostThreadMessageW(self._id, WM_QUIT, 0, 0)
        self._thread.join(ENDS_WITHIN_S)

    def _run(self) -> None:
        message = wintypes.MSG()
        self._user32.PeekMessageW(ctypes.byref(message), None, 0, 0, 0)  # from now on messages can be posted here
        self._id = self._user32.thread_id()
        self._listens.set()
        while self._user32.GetMessageW(ctypes.byref(message), None, 0, 0) > 0:
            if message.message == WM_HOTKEY and message.wParam <= len(self._registered):
                self._pressed(self._registered[message.wParam - 1])
            elif message.message == WM_APP:
                problems = self._register(self._wanted)
                if message.wParam:
                    self._told(Bound("everywhere", problems))
        self._register({})

    def _register(self, keys: Mapping[str, Key]) -> dict[str, Problem]:
        for number in range(1, len(self._registered) + 1):
            self._user32.UnregisterHotKey(None, number)
        self._registered = list(keys)
        problems: dict[str, Problem] = {}
        for number, (action, key) in enumerate(keys.items(), 1):
            modifiers = sum(MODIFIERS[name] for name in key.modifiers) | NO_REPEAT
            if not self._user32.RegisterHotKey(None, number, modifiers, key.virtual_key):
                problems[action] = "taken" if self._user32.last_error() == ALREADY_REGISTERED else "refused"
        return problems


class _User32:
    def __init__(self) -> None:
        self._library = ctypes.WinDLL("user32", use_last_error=True)  # type: ignore[attr-defined]
        self.last_error = ctypes.get_last_error  # type: ignore[attr-defined]
        self.thread_id = ctypes.WinDLL("kernel32").GetCurrentThreadId  # type: ignore[attr-defined]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._library, name)
