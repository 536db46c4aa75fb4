"""Sound out of any audio or video file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import av
import av.error
import numpy as np
from numpy.typing import NDArray

from osa_cam.errors import AudioError
from osa_cam.media import SAMPLE_RATE


def read_blocks(path: Path) -> Iterator[NDArray[np.float32]]:
    """float32 [n] blocks, mono, SAMPLE_RATE; never the whole file at once, which may be hours long.

    Raises AudioError when there is no such file, no sound in it, or nothing that can be decoded.
    """
    if not path.is_file():
        raise AudioError(f"no file called {path}: give an audio or video file")
    resampler = av.AudioResampler(format="flt", layout="mono", rate=SAMPLE_RATE)
    heard = 0
    try:
        with av.open(str(path)) as container:
            if not container.streams.audio:
                raise AudioError(f"{path} holds no sound: give an audio file, or a video with sound")
            for frame in container.decode(container.streams.audio[0]):
                for block in resampler.resample(frame):
                    heard += block.samples
                    yield _samples(block)
            for block in resampler.resample(None):
                heard += block.samples
                yield _samples(block)
    except av.error.FFmpegError as error:
        raise AudioError(f"{path} can't be read as sound ({error.strerror}): give a WAV, FLAC, MP3, Ogg or video file") from error
    if heard == 0:
        raise AudioError(f"{path} is empty: it holds no samples")


def _samples(block: av.AudioFrame) -> NDArray[np.float32]:
    return np.nan_to_num(block.to_ndarray().reshape(-1).astype(np.float32, copy=False), posinf=0.0, neginf=0.0)


def duration_s(path: Path) -> float | None:
    """What the file says of its length, for a progress bar; None when it does not."""
    try:
        with av.open(str(path)) as container:
            return container.duration / 1e6 if container.duration else None
    except (OSError, av.error.FFmpegError):
        return None
