"""Windows' hotkeys, with a library that behaves as its documentation says."""

import queue
import threading
from typing import Any

import pytest
from osa_cam_ui.keys import Bound, Key
from osa_cam_ui.keys_windows import ALREADY_REGISTERED, WM_HOTKEY, WM_QUIT, WindowsKeys

THREAD = 7
WITHIN_S = 10.0


class User32:
    """others: virtual keys that other programs have; refused: what Windows keeps for itself."""

    def __init__(self, others: tuple[int, ...] = (), refused: tuple[int, ...] = ()) -> None:
        self.messages: queue.Queue[tuple[int, int]] = queue.Queue(100)
        self.registered: dict[int, tuple[int, int]] = {}
        self.others, self.refused, self.error = others, refused, 0

    def thread_id(self) -> int:
        return THREAD

    def last_error(self) -> int:
        return self.error

    def PeekMessageW(self, *_: Any) -> int:
        return 0

    def PostThreadMessageW(self, thread: int, message: int, wparam: int, lparam: int) -> int:
        assert thread == THREAD
        self.messages.put((message, wparam))
        return 1

    def GetMessageW(self, pointer: Any, *_: Any) -> int:
        pointer._obj.message, pointer._obj.wParam = self.messages.get(timeout=WITHIN_S)
        return int(pointer._obj.message != WM_QUIT)

    def RegisterHotKey(self, window: None, number: int, modifiers: int, virtual_key: int) -> int:
        if virtual_key in self.others + self.refused:
            self.error = ALREADY_REGISTERED if virtual_key in self.others else 5
            return 0
        self.registered[number] = modifiers, virtual_key
        return 1

    def UnregisterHotKey(self, window: None, number: int) -> int:
        return int(self.registered.pop(number, None) is not None)


@pytest.fixture
def answers() -> queue.Queue[Any]:
    return queue.Queue(100)


def test_keys_are_registered_pressed_and_given_back(answers: queue.Queue[Any]) -> None:
    user32 = User32(others=(0x79,), refused=(0x7B,))
    before = threading.active_count()
    keys = WindowsKeys(answers.put, answers.put, user32)
    keys.bind({"mute": Key.parse("Ctrl+Shift+F9"), "live": Key.parse("F10"), "record": Key.parse("F12")})
    assert answers.get(timeout=WITHIN_S) == Bound("everywhere", {"live": "taken", "record": "refused"})
    assert user32.registered == {1: (0x4000 | 2 | 4, 0x78)}
    user32.messages.put((WM_HOTKEY, 1))
    assert answers.get(timeout=WITHIN_S) == "mute"
    keys.pause()
    keys.bind({"snapshot": Key.parse("Meta+Pause")})
    assert answers.get(timeout=WITHIN_S) == Bound("everywhere")
    assert user32.registered == {1: (0x4000 | 8, 0x13)}
    keys.close()
    assert user32.registered == {} and threading.active_count() == before
