"""The doctor's checks on a thread of their own: they open devices and measure, which takes seconds."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from .errand import Errand

if TYPE_CHECKING:
    from osa_cam.live.check import Check

log = logging.getLogger(__name__)

ENDS_WITHIN_S = 8.0  # the longest check, on a slow machine


class Examination(QObject):
    """`start`; then `found` tells each check as soon as it is known, and `done` follows the last. `close` before the end is allowed."""

    found = Signal(object)
    done = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._errand = Errand("examination", ENDS_WITHIN_S)

    @property
    def running(self) -> bool:
        return self._errand.running

    def start(self, checks: Callable[[], Iterator[Check]]) -> None:
        """checks: called, and gone through, on the thread."""
        self._errand.start(partial(self._go, checks))

    def close(self) -> None:
        """Waits for the check that runs; the rest are not begun."""
        self._errand.close()

    def _go(self, checks: Callable[[], Iterator[Check]], stop: threading.Event) -> None:
        try:
            for check in checks():
                if stop.is_set():
                    return
                self.found.emit(check)
        except Exception:
            log.exception("the examination failed")
        self.done.emit()
