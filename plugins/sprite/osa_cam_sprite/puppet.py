"""A set of pictures that listens: which of them is shown when, and how it jumps."""

from __future__ import annotations

from math import pi

import cv2
import numpy as np

from osa_cam.hooks import AudioFeatures
from osa_cam.media import FPS
from osa_cam_sprite.pictures import SIDE, Picture
from osa_cam_sprite.sprite_set import SpriteSet

LOUDEST_DB = -22.0  # of a voice, until it was heard
FORGETS_DB_S = 1.5  # how fast a louder voice is forgotten
RANGE_DB = 24.0  # from the loudest syllables down to a mouth that is closed
OPENS_AT = 0.25  # of that range
CLOSES = 0.55  # of its opening a mouth keeps from one frame to the next: syllables, not a rattle
HOLDS = 2  # frames, at least, of each mouth

BLINK_EVERY_S = (2.0, 6.0)
BLINK_S = 0.14
TWICE = 0.15  # of the blinks come in pairs

PAUSE_S = 0.3  # after so long a silence the next word is a jump
SPRING_HZ, DAMPING = 3.0, 0.35
JUMP = 0.055  # of the height
THINNER = 0.4  # of what it grows in height: it stretches like rubber
STEPS = 4  # of the spring's integration in a frame


class Puppet:
    """A PluginAvatar. jump: 1 as usual, 0 for none."""

    def __init__(self, sprites: SpriteSet, jump: float = 1.0) -> None:
        self._sprites = sprites
        self._jump = jump
        self.reset()

    def reset(self) -> None:
        self._random = np.random.default_rng(0)
        self._loudest_db = LOUDEST_DB
        self._opening = 0.0
        self._mouth, self._held = 0, HOLDS
        self._blinks: list[float] = []  # when the next ones begin
        self._quiet_s = PAUSE_S
        self._stretch = self._speed = 0.0

    def frame(self, features: AudioFeatures, time_s: float, expression: str) -> Picture:
        face = self._sprites.face(expression)
        mouth = self._move_mouth(features, len(face.mouths))
        shut = bool(face.blinking) and self._blinks_at(time_s)
        picture = (face.blinking if shut else face.mouths)[mouth]
        return self._stretched(picture)

    def _move_mouth(self, features: AudioFeatures, mouths: int) -> int:
        """Which of so many mouths, and a jump where a word begins after a pause."""
        self._loudest_db = max(self._loudest_db - FORGETS_DB_S / FPS, features.level_db if features.speaking else -100.0, -50.0)
        heard = 1 + (features.level_db - self._loudest_db) / RANGE_DB if features.speaking else 0.0
        self._opening = max(min(heard, 1.0), CLOSES * self._opening, 0.0)
        wanted = 0
        if mouths > 1 and self._opening > OPENS_AT:
            wanted = 1 + min(int((self._opening - OPENS_AT) / (1 - OPENS_AT) * (mouths - 1)), mouths - 2)
        self._held += 1
        if wanted != self._mouth and self._held >= HOLDS:
            self._mouth, self._held = wanted, 0
        if features.speaking and self._opening > OPENS_AT:
            if self._quiet_s >= PAUSE_S:
                self._speed = JUMP * self._jump * 2 * pi * SPRING_HZ / 0.65  # 0.65: what the damping leaves of the first swing
            self._quiet_s = 0.0
        else:
            self._quiet_s += 1 / FPS
        return min(self._mouth, mouths - 1)

    def _blinks_at(self, time_s: float) -> bool:
        if not self._blinks:
            first = time_s + self._random.uniform(*BLINK_EVERY_S)
            self._blinks = [first, first + 2 * BLINK_S] if self._random.random() < TWICE else [first]
        if time_s < self._blinks[0]:
            return False
        if time_s < self._blinks[0] + BLINK_S:
            return True
        del self._blinks[0]
        return False

    def _stretched(self, picture: Picture) -> Picture:
        """Taller and thinner, or the other way round, its foot where it was."""
        self._swing()
        if abs(self._stretch) * SIDE < 0.3:
            return picture
        tall, wide = 1 + self._stretch, 1 - THINNER * self._stretch
        matrix = np.array([[wide, 0, (1 - wide) * SIDE / 2], [0, tall, (1 - tall) * (SIDE - 1)]])
        return cv2.warpAffine(picture, matrix, (SIDE, SIDE), flags=cv2.INTER_LINEAR).astype(np.uint8, copy=False)

    def _swing(self) -> None:
        omega = 2 * pi * SPRING_HZ
        step = 1 / (FPS * STEPS)
        for _ in range(STEPS):
            self._speed -= step * (omega * omega * self._stretch + 2 * DAMPING * omega * self._speed)
            self._stretch += step * self._speed
