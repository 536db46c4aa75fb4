"""A desktop that hands out keys, without one."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from osa_cam_ui.keys import Bound, Key


class Desktop:
    """Gives what it is asked for, but for `taken`."""

    def __init__(self, pressed: Callable[[str], None], told: Callable[[Bound], None], taken: tuple[str, ...] = ()) -> None:
        self.press, self.told, self.taken = pressed, told, taken
        self.keys: Mapping[str, Key] = {}
        self.closed = False

    def bind(self, keys: Mapping[str, Key]) -> None:
        self.keys = keys
        self.told(Bound("everywhere", {action: "taken" for action, key in keys.items() if key.name in self.taken}))

    def pause(self) -> None:
        self.keys = {}

    def close(self) -> None:
        self.closed = True
