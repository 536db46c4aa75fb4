"""A recording beside the camera, which a slow disk can't slow down."""

from __future__ import annotations

import logging
import threading
from collections import deque
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from osa_cam.camera.recorder import Recorder
from osa_cam.errors import CameraError
from osa_cam.media import SAMPLE_RATE, AudioBlock

log = logging.getLogger(__name__)

PRESET = "ultrafast"  # beside a running model there is no time for a smaller file
PICTURES = 16  # waiting for the disk: half a second, 60 MB at 1280x720
SOUND_BLOCKS = 2000  # 20 to 40 s; sound is small
POLL_S = 0.2
STANDS_STILL = 5  # polls without a new picture: those that are still awaited will not come


class Recording:
    """Takes what the camera takes, on a thread of its own. When the disk falls behind, the oldest pictures are left out and counted.

    problem: why it ended before its time, empty when all is well; `done` once the file is whole or given up. recovered: what an earlier
    process that was killed left in the same folder, and is there now.
    """

    def __init__(self, path: Path, width: int, height: int, fps: int, first_sample: int) -> None:
        """first_sample: the recording begins with this sample of the talk. Raises CameraError."""
        self.path = path
        self.problem = ""
        self.dropped = 0
        self.done = threading.Event()
        self._fps = fps
        self._first_tick = -(-first_sample * fps // SAMPLE_RATE)
        self._first_sample = self._first_tick * SAMPLE_RATE // fps
        self._pictures: deque[tuple[NDArray[np.uint8], int]] = deque()
        self._sound: deque[AudioBlock] = deque(maxlen=SOUND_BLOCKS)
        self._arrived = threading.Event()
        self._stopping = threading.Event()
        self._heard = 0  # samples
        self._last_tick: int | None = None  # the picture comes after its sound: what was heard before `stop` is still to be seen
        self._no_more = False
        self._recorder = Recorder(path, PRESET)
        self._recorder.open(width, height, fps)
        self.recovered = self._recorder.recovered
        self._thread = threading.Thread(target=self._work, name="recording", daemon=True)
        self._thread.start()

    @property
    def frames(self) -> int:
        """Written so far."""
        return self._recorder.frames

    @property
    def stopping(self) -> bool:
        return self._stopping.is_set()

    def send(self, picture: NDArray[np.uint8], tick: int) -> None:
        tick -= self._first_tick
        if tick < 0 or self._no_more:
            return
        if self._last_tick is not None and tick >= self._last_tick:
            self._no_more = True
        if self._last_tick is None or tick <= self._last_tick:
            if len(self._pictures) >= PICTURES:
                self._pictures.popleft()
                self.dropped += 1
            self._pictures.append((picture, tick))
        self._arrived.set()

    def hear(self, block: AudioBlock) -> None:
        skipped = max(self._first_sample - block.pts, 0)
        if skipped < len(block.samples) and not self._stopping.is_set():
            self._sound.append(AudioBlock(block.samples[skipped:], block.pts + skipped - self._first_sample))
            self._heard = block.pts + len(block.samples) - self._first_sample

    def stop(self) -> None:
        """Returns at once. The file ends with what was heard until now, and the picture of that."""
        if not self._stopping.is_set():
            self._last_tick = max(-(-self._heard * self._fps // SAMPLE_RATE) - 1, 0)
        self._stopping.set()
        self._arrived.set()

    def close(self, within_s: float) -> None:
        """No more pictures come."""
        self.stop()
        self._no_more = True
        self._arrived.set()
        self._thread.join(within_s)
        if self._thread.is_alive():
            self.problem = f"{self.path} is still being written: is the disk slow?"
            log.error("%s", self.problem)

    def _work(self) -> None:
        still = 0
        try:
            while not (self._stopping.is_set() and (self._no_more or still > STANDS_STILL)) or self._pictures:
                still = 0 if self._arrived.wait(POLL_S) else still + 1
                self._arrived.clear()
                while self._pictures:
                    self._write(*self._pictures.popleft())
            self._recorder.close()
            if not self.frames:
                self.problem = f"{self.path} was not written: the recording ended before its first picture"
        except CameraError as error:
            kept = "; what was recorded until then was kept" if self._recorder.rescue() else ""
            self.problem = f"{error}{kept}"
            log.warning("%s", self.problem)
        except Exception as error:
            self.problem = f"{self.path}: the recording failed ({error})"
            log.exception("the recording failed")
            self._recorder.discard()
        finally:
            self._stopping.set()
            self._no_more = True
            self._pictures.clear()
            self.done.set()

    def _write(self, picture: NDArray[np.uint8], tick: int) -> None:
        # Sound is there before its picture; handed over with it, both end together.
        end = (tick + 1) * SAMPLE_RATE // self._fps
        while self._sound and self._sound[0].pts < end:
            self._recorder.hear(self._sound.popleft())
        self._recorder.send(picture, tick)
