"""The doctor's checks on a thread of their own: they open devices and measure, which takes seconds."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from osa_cam.live.doctor import Check

log = logging.getLogger(__name__)

ENDS_WITHIN_S = 8.0  # the longest check, on a slow machine


class Examination(QObject):
    """`start`; then `found` tells each check as soon as it is known, and `done` follows the last. `close` before the end is allowed."""

    found = Signal(object)
    done = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thread: threading.Thread | None = None
        self._stop = threading.Event()

    @property
    def running(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def start(self, checks: Callable[[], Iterator[Check]]) -> None:
        """checks: called, and gone through, on the thread."""
        self.close()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._go, args=(checks, self._stop), name="examination", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Waits for the check that runs; the rest are not begun."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(ENDS_WITHIN_S)
            self._thread = None

    def _go(self, checks: Callable[[], Iterator[Check]], stop: threading.Event) -> None:
        try:
            for check in checks():
                if stop.is_set():
                    return
                self.found.emit(check)
        except Exception:
            log.exception("the examination failed")
        self.done.emit()
