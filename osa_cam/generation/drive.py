"""What the host wants of lids, head and eyes: the life of a face that sound alone does not tell.

Blinks, a wandering head that nods on loud syllables, and eyes that mostly keep to the viewer, frame after frame for ever.
The amounts are those of the clips the model learnt from (`osa_cam/synth/motion.py`).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from osa_cam.media import FPS

HEAD_SCALE = 10.0  # degrees
GAZE_RANGE = 30.0  # degrees

HEAD_SD = np.array([5.0, 3.0, 2.5])  # yaw, pitch, roll in degrees at liveliness .5
HEAD_LIMIT = np.array([20.0, 14.0, 12.0])
SLOW_S, FAST_S = 1.0, 0.2  # time constants of the head's wandering
PLACE_SD = np.array([0.010, 0.005, 0.025])  # to the right and down in picture sizes, log2 of the size
PLACE_UNIT = np.array([0.05, 0.05, 0.1])
PLACE_S = 1.2
BREATH_S = 4.0
HAIR_LAG_S = 0.18
BLINKS_A_MINUTE = 17.0
BLINK_APART_S, BLINK_CLOSES_S, BLINK_SHUT_S, BLINK_OPENS_S = 0.8, 0.09, 0.05, 0.17
NOD_S = 0.10  # standard deviation of a nod's course
NOD_APART_S = 0.5
NOD_RISE_DB = 6.0  # over the last second's level


def _keep(time_constant_s: float) -> float:
    return math.exp(-1 / (time_constant_s * FPS))


@dataclass
class _Wander:
    """Smooth noise of mean 0 and deviation 1: white noise through two equal one-pole filters."""

    time_constant_s: float
    values: NDArray[np.float64] = field(default_factory=lambda: np.zeros((2, 3)))

    def next(self, rng: np.random.Generator) -> NDArray[np.float64]:
        a = _keep(self.time_constant_s)
        self.values[0] = a * self.values[0] + (1 - a) * rng.standard_normal(3)
        self.values[1] = a * self.values[1] + (1 - a) * self.values[0]
        # Variance of an AR(2) process with a double pole at a, driven by (1 - a)^2 white noise.
        return self.values[1] / math.sqrt((1 - a) ** 4 * (1 + a * a) / (1 - a * a) ** 3)


@dataclass
class Drive:
    """liveliness: 0 (hardly moves) to 1. The same generator state and levels give the same life."""

    rng: np.random.Generator
    liveliness: float = 0.5
    frame: int = 0
    slow: _Wander = field(default_factory=lambda: _Wander(SLOW_S))
    fast: _Wander = field(default_factory=lambda: _Wander(FAST_S))
    place: _Wander = field(default_factory=lambda: _Wander(PLACE_S))
    hair: float = 0.0
    active: float = 0.0
    level_db: float = -60.0
    nod_s: float = -9.0
    nod_degrees: float = 0.0
    blink_s: float = 0.0
    gaze: tuple[float, float] = (0.0, 0.0)
    gaze_until_s: float = 0.0

    def stride(self, level_db: NDArray[np.float32], speaking: NDArray[np.bool_]) -> NDArray[np.float32]:
        """The next frames' drive [frames, 13]; level_db: each frame's loudness below full scale."""
        frames = zip(level_db.tolist(), speaking.tolist(), strict=True)
        return np.stack([self._next(*frame) for frame in frames]).astype(np.float32)

    def _next(self, level_db: float, speaking: bool) -> NDArray[np.float64]:
        now = (self.frame + 0.5) / FPS
        self.frame += 1
        self.active += (float(speaking) - self.active) * (1 - _keep(0.25))
        head = self._head(now, level_db, speaking)
        left, down = self._gaze(now, head)
        blink = max(self._blink(now, speaking), 0.25 * max(down, 0.0))
        return np.array([1.0, blink, 1.0, *(head / HEAD_SCALE), left, down, *self._body(now, head)])

    def _body(self, now: float, head: NDArray[np.float64]) -> list[float]:
        """Place and size of the head, breath, and hair that follows late."""
        yaw, pitch, roll = head
        breath = 0.5 - 0.5 * math.cos(2 * math.pi * now / BREATH_S)
        place = PLACE_SD * (0.15 + 1.7 * self.liveliness) * self.place.next(self.rng)
        place += np.array([0.0010 * yaw + 0.0008 * roll, 0.0008 * pitch - 0.003 * breath, 0.0])
        self.hair += (yaw - self.hair) * (1 - _keep(HAIR_LAG_S))
        return [*np.clip(place / PLACE_UNIT, -1.9, 1.9), breath, (yaw - self.hair) / HEAD_SCALE]

    def _head(self, now: float, level_db: float, speaking: bool) -> NDArray[np.float64]:
        scale = 0.15 + 1.7 * self.liveliness
        head = HEAD_SD * scale * (0.85 * self.slow.next(self.rng) + 0.5 * self.fast.next(self.rng) * (0.25 + 0.75 * self.active))
        if speaking and level_db > self.level_db + NOD_RISE_DB and now - self.nod_s > NOD_APART_S:
            self.nod_s, self.nod_degrees = now + 0.06, scale * self.rng.uniform(0.8, 2.4)
        self.level_db += (max(level_db, -60.0) - self.level_db) * (1 - _keep(1.0))
        head[1] += self.nod_degrees * math.exp(-0.5 * ((now - self.nod_s) / NOD_S) ** 2)
        limited: NDArray[np.float64] = HEAD_LIMIT * np.tanh(head / HEAD_LIMIT)
        return limited

    def _gaze(self, now: float, head: NDArray[np.float64]) -> tuple[float, float]:
        """Fixations of .4 to 3 s, mostly on the viewer; the eyes take back most of the head's turn."""
        if now >= self.gaze_until_s:
            away = self.rng.random() < 0.2 + 0.3 * self.liveliness
            self.gaze = (self.rng.normal(0, 7.0 if away else 1.0), self.rng.normal(1, 4.0 if away else 0.7))
            self.gaze_until_s = now + float(np.clip(self.rng.exponential(1.3), 0.4, 3.0))
        left = np.clip(self.gaze[0] - 0.75 * head[0], -25, 25) / GAZE_RANGE
        down = np.clip(self.gaze[1] - 0.6 * head[1], -20, 20) / GAZE_RANGE
        return float(left), float(down)

    def _blink(self, now: float, speaking: bool) -> float:
        done = self.blink_s + BLINK_CLOSES_S + BLINK_SHUT_S + BLINK_OPENS_S
        if now > max(done, self.blink_s + BLINK_APART_S):
            # Likelier in a pause; the mean of both is the rate over a talk.
            chance = (0.75 if speaking else 1.75) / ((60 / BLINKS_A_MINUTE - BLINK_APART_S) * FPS)
            if self.rng.random() < chance:
                self.blink_s = now
        closing = np.clip((self.blink_s + BLINK_CLOSES_S - now) / BLINK_CLOSES_S, 0, 1)
        opening = np.clip((now - self.blink_s - BLINK_CLOSES_S - BLINK_SHUT_S) / BLINK_OPENS_S, 0, 1)
        return float(0.5 + 0.5 * math.cos(math.pi * max(closing, opening)))
