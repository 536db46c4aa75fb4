"""A plugin's camera, which can't hold up the pacer."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from osa_cam.camera.base import Camera, check_picture
from osa_cam.errors import CameraError, OsaCamError
from osa_cam.hooks.guard import limited
from osa_cam.media import AudioBlock

log = logging.getLogger(__name__)

WAITING = 16  # calls; half a second
OPENS_S = 5.0
HANGS_S = 2.0
CLOSES_S = 1.0


class PluginCamera:
    """Its calls are made in order, on a thread of their own. When it falls behind, the oldest are left out and counted in `dropped`."""

    def __init__(self, name: str, camera: Camera, stop: Callable[[str], None], now: Callable[[], float] = time.monotonic) -> None:
        self.name = name
        self.dropped = 0
        self._camera = camera
        self._stop = stop
        self._now = now
        self._calls: deque[tuple[Any, ...]] = deque()
        self._turn = threading.Condition()
        self._busy_since: float | None = None
        self._error: Exception | None = None
        self._ends = False
        self._size = (0, 0)
        self._thread: threading.Thread | None = None

    def open(self, width: int, height: int, fps: int) -> None:
        self._size = (width, height)
        try:
            limited(lambda: self._camera.open(width, height, fps), OPENS_S, f"plugin {self.name}")
        except OsaCamError:
            raise
        except Exception as error:
            raise self._failed(error) from error
        self._thread = threading.Thread(target=self._work, name=f"plugin {self.name}", daemon=True)
        self._thread.start()

    def send(self, picture: NDArray[np.uint8], tick: int) -> None:
        check_picture(picture, *self._size)
        self._put(self._camera.send, picture, tick)

    def hear(self, block: AudioBlock) -> None:
        self._put(self._camera.hear, block)

    def close(self) -> None:
        """Waits a second for what it still has to do, and leaves it behind if it hangs."""
        with self._turn:
            thread, self._thread, self._ends = self._thread, None, True
            self._turn.notify()
        if thread is None:
            return
        thread.join(CLOSES_S)
        if thread.is_alive():
            log.error("the camera %s does not end; it is left behind", self.name)

    def _put(self, *call: Any) -> None:
        """Raises CameraError once the plugin's camera has failed or hangs."""
        with self._turn:
            if self._error is not None:
                raise self._failed(self._error)
            if self._busy_since is not None and self._now() - self._busy_since > HANGS_S:
                raise self._failed(TimeoutError(f"a call did not come back within {HANGS_S:.3g} s"))
            if len(self._calls) == WAITING:
                self._calls.popleft()
                self.dropped += 1
            self._calls.append(call)
            self._turn.notify()

    def _failed(self, error: Exception) -> CameraError:
        self._stop(f"failed as a camera ({type(error).__name__}: {error})")
        return CameraError(f"the plugin's camera {self.name} failed: {error}; choose another camera, for example --camera web")

    def _work(self) -> None:
        try:
            while True:
                with self._turn:
                    self._busy_since = None
                    self._turn.wait_for(lambda: self._calls or self._ends)
                    if not self._calls:
                        break
                    function, *arguments = self._calls.popleft()
                    self._busy_since = self._now()
                function(*arguments)
            self._camera.close()
        except Exception as error:
            log.warning("the camera %s failed", self.name, exc_info=error)
            self._error = error
