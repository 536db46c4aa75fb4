"""A key for the whole desktop, as each system calls it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence

Modifier = Literal["ctrl", "alt", "shift", "meta"]
Problem = Literal["unknown", "typed", "twice", "taken", "refused"]
"""No key that we can ask for; one that people type with; given to two actions; another program's; the desktop said no."""

Reach = Literal["everywhere", "asked", "window"]
"""Where keys work: at once in every program; there once the desktop has asked the user; only while the window is in front."""

MODIFIERS: dict[Modifier, Qt.KeyboardModifier] = {
    "ctrl": Qt.KeyboardModifier.ControlModifier,
    "alt": Qt.KeyboardModifier.AltModifier,
    "shift": Qt.KeyboardModifier.ShiftModifier,
    "meta": Qt.KeyboardModifier.MetaModifier,
}
SPECIAL = {  # Qt's key -> X's keysym, its name, Windows' virtual key
    Qt.Key.Key_Pause: (0xFF13, "Pause", 0x13),
    Qt.Key.Key_ScrollLock: (0xFF14, "Scroll_Lock", 0x91),
    Qt.Key.Key_Print: (0xFF61, "Print", 0x2C),
    Qt.Key.Key_Insert: (0xFF63, "Insert", 0x2D),
    Qt.Key.Key_Delete: (0xFFFF, "Delete", 0x2E),
    Qt.Key.Key_Home: (0xFF50, "Home", 0x24),
    Qt.Key.Key_End: (0xFF57, "End", 0x23),
    Qt.Key.Key_PageUp: (0xFF55, "Prior", 0x21),
    Qt.Key.Key_PageDown: (0xFF56, "Next", 0x22),
    Qt.Key.Key_Left: (0xFF51, "Left", 0x25),
    Qt.Key.Key_Up: (0xFF52, "Up", 0x26),
    Qt.Key.Key_Right: (0xFF53, "Right", 0x27),
    Qt.Key.Key_Down: (0xFF54, "Down", 0x28),
    Qt.Key.Key_Space: (0x20, "space", 0x20),
}
NOT_TYPED = frozenset({Qt.Key.Key_Pause, Qt.Key.Key_ScrollLock, Qt.Key.Key_Print, Qt.Key.Key_Insert})
F1_KEYSYM, F1_VIRTUAL, FUNCTION_KEYS = 0xFFBE, 0x70, 24
PAD_KEYSYM, PAD_VIRTUAL = 0xFFB0, 0x60  # of the number pad's 0


class WrongKey(ValueError):
    """A key that can't be asked for; `problem` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.problem = problem


@dataclass(frozen=True)
class Key:
    """keysym, name: X's, without modifiers; virtual_key: Windows'; pad: of the number pad, where Num Lock makes it a number."""

    modifiers: frozenset[Modifier]
    keysym: int
    name: str
    virtual_key: int
    pad: bool = False

    @classmethod
    def parse(cls, text: str) -> Key:
        """text: as the settings hold it, `Ctrl+F9`. Raises WrongKey."""
        sequence = QKeySequence.fromString(text)
        if sequence.count() != 1:
            raise WrongKey("unknown")
        pressed = sequence[0]  # type: ignore[index]
        key, held = pressed.key(), pressed.keyboardModifiers()
        modifiers = frozenset(name for name, flag in MODIFIERS.items() if held & flag)
        pad = bool(held & Qt.KeyboardModifier.KeypadModifier)
        function = key.value - Qt.Key.Key_F1.value
        if key in SPECIAL:
            named, free = SPECIAL[key], key in NOT_TYPED
        elif 0 <= function < FUNCTION_KEYS:
            named, free = (F1_KEYSYM + function, f"F{function + 1}", F1_VIRTUAL + function), True
        elif Qt.Key.Key_0 <= key <= Qt.Key.Key_9 and pad:
            number = key.value - Qt.Key.Key_0.value
            named, free = (PAD_KEYSYM + number, f"KP_{number}", PAD_VIRTUAL + number), False
        elif Qt.Key.Key_0 <= key <= Qt.Key.Key_9 or Qt.Key.Key_A <= key <= Qt.Key.Key_Z:
            letter = chr(key.value)
            named, free = (ord(letter.lower()), letter.lower(), ord(letter)), False
        else:
            raise WrongKey("unknown")
        if not free and not modifiers - {"shift"}:
            raise WrongKey("typed")  # no program would get it any more
        return cls(modifiers, *named, pad=pad and key not in SPECIAL)


@dataclass(frozen=True)
class Bound:
    """What became of the keys that were asked for. problems: action -> why its key does nothing; given: action -> the key that the desktop
    chose, in its own words, where it chooses."""

    reach: Reach
    problems: Mapping[str, Problem] = field(default_factory=dict)
    given: Mapping[str, str] = field(default_factory=dict)


class System(Protocol):
    """The desktop's own way. It is made with two functions, `pressed` (action) and `told` (Bound), which it calls from any thread."""

    def bind(self, keys: Mapping[str, Key]) -> None:
        """action -> key: these and no others, from now on. Answers by `told`."""
        ...

    def pause(self) -> None:
        """Lets go of the keys until the next `bind`, so that they can be typed into a line."""
        ...

    def close(self) -> None: ...
