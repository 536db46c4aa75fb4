"""What a camera is."""

from __future__ import annotations

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from osa_cam.media import AudioBlock


class Camera(Protocol):
    """Takes composed pictures at a steady rate. `send` and `hear` come from one thread at a time."""

    name: str

    def open(self, width: int, height: int, fps: int) -> None:
        """Raises CameraError, with what to do next."""
        ...

    def send(self, picture: NDArray[np.uint8], tick: int) -> None:
        """picture: premultiplied RGBA [height, width, 4], not mirrored; tick: its place in the talk, in 1/fps.

        Ticks may stand still or jump; a camera that writes times leaves out what does not go on.
        """
        ...

    def hear(self, block: AudioBlock) -> None:
        """The sound of the same clock: sample 0 is heard with tick 0."""
        ...

    def close(self) -> None:
        """Finishes what was written. Harmless for a camera that never opened or was closed before."""
        ...


def check_picture(picture: NDArray[Any], width: int, height: int) -> None:
    """Raises TypeError or ValueError: a wrong picture is a mistake in our code, not the user's."""
    if picture.dtype != np.uint8:
        raise TypeError(f"picture is {picture.dtype}, a camera takes uint8")
    if picture.shape != (height, width, 4):
        raise ValueError(f"picture is {list(picture.shape)}, this camera takes {[height, width, 4]}")
