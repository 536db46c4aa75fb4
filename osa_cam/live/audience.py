"""Does anybody see the picture? A model that nobody watches is a computer's work for nothing."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

from osa_cam.camera.base import Camera
from osa_cam.live.clock import Clock
from osa_cam.live.governor import Governor
from osa_cam.live.pacer import Playout

STAYS_S = 2.0  # who looked so short a time ago is still there; programs close and open a camera when they change its size


@runtime_checkable
class Watched(Protocol):
    """A camera that knows whether anybody looks."""

    def watched(self) -> bool: ...


class Audience:
    """Programs that have the camera open, and whoever fetches pictures beside it. A camera that can't tell always has somebody."""

    def __init__(self, camera: Camera, clock: Clock) -> None:
        self._camera = camera if isinstance(camera, Watched) else None
        self._clock = clock
        self._looked_at = clock.now()

    def look(self) -> None:
        """Somebody fetches a picture. From any thread."""
        self._looked_at = self._clock.now()

    def present(self) -> bool:
        if self._camera is None:
            return True
        if self._camera.watched():
            self.look()
        return self._clock.now() - self._looked_at <= STAYS_S


class Nobody:
    """A Choice in place of the governor's: nothing is sampled or painted, and the talk goes on without waiting for it."""

    def __init__(self, governor: Governor, playout: Playout, stride: int) -> None:
        self._governor, self._playout, self._stride = governor, playout, stride

    def stride(self, first: int) -> bool:
        self._governor.spared += self._stride
        self._playout.settle(first + self._stride - 1)
        return False

    def frame(self, pts: int) -> bool:
        return False
