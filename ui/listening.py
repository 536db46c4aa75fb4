"""Listens to a microphone before anything is live, so that people see that it hears them."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from osa_cam.errors import AudioError
from osa_cam.media import HOP_LENGTH

from .errand import Errand

if TYPE_CHECKING:
    from osa_cam.audio.source import Source

log = logging.getLogger(__name__)

ENDS_WITHIN_S = 2.0


@dataclass(frozen=True)
class Level:
    """level_db: None until something was heard; problem: why nothing can be heard, empty where it can."""

    level_db: float | None = None
    speaking: bool = False
    problem: str = ""


class Listening:
    """`start`, poll `level`, `close`; `start` again for another microphone. Nothing is kept of what is heard."""

    def __init__(self) -> None:
        self.level = Level()
        self._errand = Errand("listening", ENDS_WITHIN_S)

    def start(self, microphone: str | None) -> None:
        """microphone: as the settings name it."""

        def opened() -> Source:
            from osa_cam.live.clock import SystemClock
            from osa_cam.live.open import open_source

            return open_source(microphone, SystemClock())

        self.hear(opened)

    def hear(self, opened: Callable[[], Source]) -> None:
        """opened: called on the thread, since sound systems take their time."""
        self.close()
        self._errand.start(partial(self._go, opened))

    def close(self) -> None:
        self._errand.close()
        self.level = Level()

    def _go(self, opened: Callable[[], Source], stop: threading.Event) -> None:
        try:
            source = opened()
            try:
                source.start()
                self._measure(source, stop)
            finally:
                source.close()
        except AudioError as error:
            self._tell(Level(problem=str(error)), stop)
        except Exception as error:
            log.exception("listening failed")
            self._tell(Level(problem=str(error)), stop)

    def _measure(self, source: Source, stop: threading.Event) -> None:
        from osa_cam.audio.gate import SpeechGate
        from osa_cam.audio.source import rechunk

        gate = SpeechGate()
        for hop in rechunk(heard(source, stop), HOP_LENGTH):
            if len(hop) == HOP_LENGTH:
                speaking = bool(gate.push(hop)[-1])
                self._tell(Level(gate.level_db, speaking), stop)

    def _tell(self, level: Level, stop: threading.Event) -> None:
        if not stop.is_set():
            self.level = level


def heard(source: Source, stop: threading.Event) -> Iterator[NDArray[np.float32]]:
    while (block := source.read(stop)) is not None:
        yield block.samples
