"""A plugin's avatar in the place of the networks."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from osa_cam.audio.gate import SpeechGate
from osa_cam.audio.mel import StreamingLogMel
from osa_cam.avatars.library import Avatar
from osa_cam.config import EXPRESSIONS
from osa_cam.errors import AvatarError
from osa_cam.hooks import checked
from osa_cam.hooks.guard import LATE, Guarded
from osa_cam.hooks.specs import AVATAR_S, AudioFeatures, PluginAvatar
from osa_cam.live.clock import Clock, SystemClock
from osa_cam.live.pipeline import EVERYTHING, Choice
from osa_cam.live.statistics import StageTimes
from osa_cam.media import FPS, PICTURE_SIZE, SAMPLES_PER_FRAME, Frame

PATIENT_S = 5.0  # for the first frame, and for each of a file


class AvatarPipeline:
    """Does what a Pipeline does, frame by frame and without lookahead: frame k shows the samples [k, k + 1) * SAMPLES_PER_FRAME.

    Live, a frame that is not there in time is the last one again; what a file is rendered from is waited for. When the plugin was stopped
    its last picture stays.
    """

    stride = 1

    def __init__(
        self, avatar: PluginAvatar, plugin: str, stop: Callable[[str], None], expression: int = 0, clock: Clock | None = None
    ) -> None:
        self._avatar = checked.Avatar(avatar)
        self._guarded = Guarded(plugin, self._frame, AVATAR_S, self._stopped)
        self._plugin, self._stop, self._reason = plugin, stop, ""
        self._clock = clock or SystemClock()
        self._expression = EXPRESSIONS[expression]
        self._last = np.zeros((PICTURE_SIZE, PICTURE_SIZE, 4), np.uint8)
        self.reset()

    def change(self, avatar: Avatar | None = None, expression: int | None = None, liveliness: float | None = None) -> None:
        """Another mood from the next frame on. Raises AvatarError for another avatar: that takes a new pipeline."""
        if avatar is not None:
            raise AvatarError("a plugin's avatar can't turn into another one while it runs: stop, choose, start")
        if expression is not None:
            self._expression = EXPRESSIONS[expression]

    def reset(self) -> None:
        self.stages = StageTimes()
        self.level_db, self.speaking, self.mouth = -100.0, False, 0.0
        self._mel, self._gate = StreamingLogMel(), SpeechGate()
        self._pending = np.zeros(0, np.float32)
        self._next_pts = 0
        self._begins = True

    def warm_up(self) -> None:
        """Raises AvatarError when the plugin can't draw a frame: better now than live."""
        self.reset()
        features = AudioFeatures(self._mel.push(np.zeros(SAMPLES_PER_FRAME, np.float32)), -100.0, False)
        picture = self._guarded.wait(PATIENT_S, features, 0.0, self._expression, True)
        if picture is LATE:
            raise AvatarError(f"the plugin {self._plugin}, whose avatar this is, {self._reason}; choose another avatar")
        self._last = picture
        self.reset()

    def push(self, samples: NDArray[np.float32], choice: Choice = EVERYTHING) -> Iterator[Frame]:
        """samples: float32 [n], mono, SAMPLE_RATE; yields each chosen frame as soon as it is drawn."""
        self._pending = np.concatenate((self._pending, np.nan_to_num(samples, posinf=0.0, neginf=0.0)))
        while len(self._pending) >= SAMPLES_PER_FRAME:
            heard, self._pending = self._pending[:SAMPLES_PER_FRAME], self._pending[SAMPLES_PER_FRAME:]
            pts, self._next_pts = self._next_pts, self._next_pts + 1
            features = self._hear(heard)
            if choice.stride(pts) and choice.frame(pts):
                yield Frame(self._draw(features, pts, patient=choice is EVERYTHING), pts)

    def flush(self) -> Iterator[Frame]:
        """The last frame, if its sound ended in its middle."""
        if len(self._pending):
            yield from self.push(np.zeros(SAMPLES_PER_FRAME - len(self._pending), np.float32))

    def close(self) -> None:
        self._guarded.close()

    def _stopped(self, reason: str) -> None:
        self._reason = reason
        self._stop(reason)

    def _hear(self, heard: NDArray[np.float32]) -> AudioFeatures:
        started = self._clock.now()
        self.level_db = 10.0 * float(np.log10(np.mean(np.square(heard)) + 1e-10))
        self.speaking = bool(self._gate.push(heard).mean() > 0.5)
        features = AudioFeatures(self._mel.push(heard), self.level_db, self.speaking)
        self.stages.audio.add((self._clock.now() - started) * 1000.0)
        return features

    def _draw(self, features: AudioFeatures, pts: int, patient: bool) -> NDArray[np.uint8]:
        started = self._clock.now()
        arguments = (features, pts / FPS, self._expression, self._begins)
        picture = self._guarded.wait(PATIENT_S, *arguments) if patient else self._guarded(*arguments)
        self.stages.denoise.add(0.0)
        self.stages.decode.add((self._clock.now() - started) * 1000.0)
        self._begins = False
        if picture is not LATE:
            self._last = picture
        return self._last

    def _frame(self, features: AudioFeatures, time_s: float, expression: str, begins: bool) -> NDArray[np.uint8]:
        # On the plugin's thread, so that nothing of it ever runs on two.
        if begins:
            self._avatar.reset()
        return self._avatar.frame(features, time_s, expression)
