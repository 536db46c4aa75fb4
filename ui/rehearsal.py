"""A portrait that speaks before it is taken: the demonstration's voice through the real networks, at the pace of the sound."""

from __future__ import annotations

import logging
import threading
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from osa_cam.errors import OsaCamError

from .errand import Errand

log = logging.getLogger(__name__)

ENDS_WITHIN_S = 8.0  # loading the networks can't be broken off
PAUSE_S = 1.0  # between one time and the next


class Rehearsal(QObject):
    """`start`; then `picture` tells each frame (number, premultiplied RGBA uint8 [512, 512, 4]) until `close`. `failed` tells why nothing
    can be shown."""

    picture = Signal(int, object)
    failed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._errand = Errand("rehearsal", ENDS_WITHIN_S)
        self._model: tuple[str, Any] | None = None  # the engine asked for, and the networks: loaded once
        self._number = 0

    @property
    def running(self) -> bool:
        return self._errand.running

    def start(self, reference: NDArray[np.uint8], engine: str) -> None:
        """reference: straight RGBA [512, 512, 4]; engine: as the settings name it."""
        self._errand.start(partial(self._go, reference, engine))

    def close(self) -> None:
        self._errand.close()

    def _go(self, reference: NDArray[np.uint8], engine: str, stop: threading.Event) -> None:
        try:
            self._speak(reference, engine, stop)
        except OsaCamError as error:
            self.failed.emit(str(error))
        except Exception as error:
            log.exception("the rehearsal failed")
            self.failed.emit(str(error))

    def _speak(self, reference: NDArray[np.uint8], engine: str, stop: threading.Event) -> None:
        from osa_cam.audio.file import read_blocks
        from osa_cam.avatars.library import Avatar
        from osa_cam.avatars.picture import premultiply
        from osa_cam.config import Sampling
        from osa_cam.live.bench import DEMO
        from osa_cam.live.clock import SystemClock
        from osa_cam.live.open import open_model
        from osa_cam.live.pipeline import Pipeline
        from osa_cam.media import FPS

        if self._model is None or self._model[0] != engine:
            self._model = engine, open_model(engine)
        pipeline = Pipeline(self._model[1], Avatar("rehearsal", "", premultiply(reference)), Sampling())
        clock = SystemClock()
        while not stop.is_set():
            pipeline.reset()
            began = clock.now()
            for block in read_blocks(DEMO):
                for frame in pipeline.push(block):
                    late = clock.now() - began - frame.pts / FPS
                    if stop.wait(max(-late, 0.0)):
                        return
                    began += max(late, 0.0)  # a slow computer speaks slowly here, instead of leaving frames out
                    self._number += 1
                    self.picture.emit(self._number, frame.picture)
            stop.wait(PAUSE_S)
