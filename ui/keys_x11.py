"""Keys of the whole desktop under X11: grabbed on a connection of their own, through the libxcb that Qt's window uses as well."""

from __future__ import annotations

import ctypes
import struct
from collections.abc import Callable, Mapping

from PySide6.QtCore import QSocketNotifier, QTimer

from .keys import Bound, Key, Modifier, Problem

MASKS: dict[Modifier, int] = {"shift": 1, "ctrl": 4, "alt": 8, "meta": 64}
LOCKS = (0, 2, 16, 18)  # Caps Lock and Num Lock change nothing
HELD = sum(MASKS.values())
PRESS, RELEASE, MAPPING = 2, 3, 34
ASYNC, ANY_KEY, ANY_MODIFIER = 1, 0, 0x8000
EVENT = struct.Struct("=BBHI")  # type, keycode, sequence, time in ms
STATE_AT = 28
EVENT_BYTES = 32


class _Screens(ctypes.Structure):
    _fields_ = [("data", ctypes.POINTER(ctypes.c_uint32)), ("rem", ctypes.c_int), ("index", ctypes.c_int)]


class _Cookie(ctypes.Structure):
    _fields_ = [("sequence", ctypes.c_uint)]


class X11Keys:
    """As `keys.System`. Raises OSError without libxcb or an X server."""

    def __init__(self, pressed: Callable[[str], None], told: Callable[[Bound], None]) -> None:
        self._pressed, self._told = pressed, told
        self._xcb, self._keysyms = _libraries()
        screen = ctypes.c_int()
        self._connection = ctypes.c_void_p(self._xcb.xcb_connect(None, ctypes.byref(screen)))
        if self._xcb.xcb_connection_has_error(self._connection):
            self._xcb.xcb_disconnect(self._connection)
            raise OSError("no X server answers")
        screens = self._xcb.xcb_setup_roots_iterator(self._xcb.xcb_get_setup(self._connection))
        for _ in range(screen.value):
            self._xcb.xcb_screen_next(ctypes.byref(screens))
        self._root = screens.data[0]
        self._symbols = ctypes.c_void_p(self._keysyms.xcb_key_symbols_alloc(self._connection))
        self._keys: Mapping[str, Key] = {}
        self._actions: dict[tuple[int, int], str] = {}  # (keycode, modifiers)
        self._released = (0, 0)  # keycode and time of the newest release
        self._notifier = QSocketNotifier(self._xcb.xcb_get_file_descriptor(self._connection), QSocketNotifier.Type.Read)
        self._notifier.activated.connect(self._read)

    def bind(self, keys: Mapping[str, Key]) -> None:
        self._keys = keys
        self.pause()
        problems: dict[str, Problem] = {}
        for action, key in keys.items():
            if not (codes := self._codes(key)):
                problems[action] = "unknown"
            elif [code for code in codes if not self._grab(code, key, action)]:
                problems[action] = "taken"
        self._told(Bound("everywhere", problems))
        QTimer.singleShot(0, self._read)  # what came beside the answers waits in the library, not in the socket

    def pause(self) -> None:
        self._xcb.xcb_ungrab_key(self._connection, ANY_KEY, self._root, ANY_MODIFIER)
        self._xcb.xcb_flush(self._connection)
        self._actions.clear()

    def close(self) -> None:
        self._notifier.setEnabled(False)
        self._keysyms.xcb_key_symbols_free(self._symbols)
        self._xcb.xcb_disconnect(self._connection)

    def _codes(self, key: Key) -> list[int]:
        """The keyboard's keys that are `key` when pressed with its modifiers alone."""
        found = self._keysyms.xcb_key_symbols_get_keycode(self._symbols, key.keysym)
        codes: list[int] = []
        while found and (code := found[len(codes)]):
            codes.append(code)
        self._xcb.free(found)
        column = 1 if key.pad else 0  # 0: as it comes; 1: with Num Lock
        return [code for code in codes if self._keysyms.xcb_key_symbols_get_keysym(self._symbols, code, column) == key.keysym]

    def _grab(self, code: int, key: Key, action: str) -> bool:
        mask = sum(MASKS[name] for name in key.modifiers)
        asked = [self._xcb.xcb_grab_key_checked(self._connection, 0, self._root, mask | lock, code, ASYNC, ASYNC) for lock in LOCKS]
        errors = [self._xcb.xcb_request_check(self._connection, cookie) for cookie in asked]
        for error in errors:
            self._xcb.free(error)
        self._actions[code, mask] = action
        return not any(errors)

    def _read(self) -> None:
        while event := self._xcb.xcb_poll_for_event(self._connection):
            self._take(ctypes.string_at(event, EVENT_BYTES))
            self._xcb.free(event)
        if self._xcb.xcb_connection_has_error(self._connection):
            self._notifier.setEnabled(False)

    def _take(self, event: bytes) -> None:
        kind, code, _, at = EVENT.unpack_from(event)
        kind &= 0x7F
        if kind == MAPPING:  # another keyboard, or another layout
            self._keysyms.xcb_key_symbols_free(self._symbols)
            self._symbols = ctypes.c_void_p(self._keysyms.xcb_key_symbols_alloc(self._connection))
            self.bind(self._keys)
        elif kind == RELEASE:
            self._released = code, at
        elif kind == PRESS and self._released != (code, at):  # while a key is held X sends releases and presses in pairs
            (state,) = struct.unpack_from("=H", event, STATE_AT)
            if (action := self._actions.get((code, state & HELD))) is not None:
                self._pressed(action)


def _libraries() -> tuple[ctypes.CDLL, ctypes.CDLL]:
    """libxcb, with the C library's `free`, and libxcb-keysyms."""
    xcb, keysyms = ctypes.CDLL("libxcb.so.1"), ctypes.CDLL("libxcb-keysyms.so.1")
    pointer, byte, word = ctypes.c_void_p, ctypes.c_uint8, ctypes.c_uint16
    signatures: list[tuple[ctypes.CDLL, str, object, list[object]]] = [
        (xcb, "xcb_connect", pointer, [ctypes.c_char_p, ctypes.POINTER(ctypes.c_int)]),
        (xcb, "xcb_connection_has_error", ctypes.c_int, [pointer]),
        (xcb, "xcb_disconnect", None, [pointer]),
        (xcb, "xcb_get_file_descriptor", ctypes.c_int, [pointer]),
        (xcb, "xcb_get_setup", pointer, [pointer]),
        (xcb, "xcb_setup_roots_iterator", _Screens, [pointer]),
        (xcb, "xcb_screen_next", None, [ctypes.POINTER(_Screens)]),
        (xcb, "xcb_grab_key_checked", _Cookie, [pointer, byte, ctypes.c_uint32, word, byte, byte, byte]),
        (xcb, "xcb_ungrab_key", _Cookie, [pointer, byte, ctypes.c_uint32, word]),
        (xcb, "xcb_request_check", pointer, [pointer, _Cookie]),
        (xcb, "xcb_flush", ctypes.c_int, [pointer]),
        (xcb, "xcb_poll_for_event", pointer, [pointer]),
        (xcb, "free", None, [pointer]),
        (keysyms, "xcb_key_symbols_alloc", pointer, [pointer]),
        (keysyms, "xcb_key_symbols_free", None, [pointer]),
        (keysyms, "xcb_key_symbols_get_keycode", ctypes.POINTER(byte), [pointer, ctypes.c_uint32]),
        (keysyms, "xcb_key_symbols_get_keysym", ctypes.c_uint32, [pointer, byte, ctypes.c_int]),
    ]
    for library, name, result, arguments in signatures:
        function = getattr(library, name)
        function.restype, function.argtypes = result, arguments
    return xcb, keysyms
