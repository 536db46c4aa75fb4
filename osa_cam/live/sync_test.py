"""Are sound and picture in step? Both are compared with the same talk, rendered beforehand, in which they are.

Of the picture everything that moves counts, of the sound how loud it is; each is found by cross-correlation.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import av.error
import cv2
import numpy as np
from numpy.typing import NDArray

from osa_cam.audio import cable
from osa_cam.audio.delayed import SERVER, DelayedMicrophone
from osa_cam.audio.file import read_blocks
from osa_cam.audio.microphone import Microphone
from osa_cam.camera.base import Camera
from osa_cam.config import Canvas
from osa_cam.errors import AudioError, InputError
from osa_cam.generation.compose import Composer
from osa_cam.live.bench import DEMO
from osa_cam.live.clock import SystemClock
from osa_cam.live.pipeline import Pipeline
from osa_cam.live.session import Session
from osa_cam.live.simulation import Talk as Speaker
from osa_cam.media import FPS, SAMPLE_RATE, SAMPLES_PER_FRAME, AudioBlock

SMALL = (64, 36)  # pixels: what moves in a talk is seen there
MOTIONS = 8  # directions in which the picture moves most
GRID_HZ = 200
LOUDNESS_HZ = 1000
SMOOTHS = 9  # ms
SLOWER_S = 0.4  # what changes slower than this says little about time
SETTLES_S = 6.0  # a delay that was just found is still being reached
UNLIKE = 0.3  # correlation below which it is another talk
OFFSET_MS = 45.0  # sound that is early is noticed from here on; source: ITU-R BT.1359-1, section 2
CAMERA_FPS = 30

Small = NDArray[np.float32]


@dataclass(frozen=True)
class Offset:
    """picture_ms, sound_ms: when the talk begins in each, by the time of whoever looked; the offset is above 0 when the sound is late."""

    picture_ms: float
    sound_ms: float
    picture_likeness: float
    sound_likeness: float

    @property
    def offset_ms(self) -> float:
        return self.sound_ms - self.picture_ms

    @property
    def noticed(self) -> bool:
        return abs(self.offset_ms) > OFFSET_MS


@dataclass(frozen=True, eq=False)
class Talk:
    """sound: float32 [n], SAMPLE_RATE; pictures: float32 [frames, pixels], frame k shown while samples [k, k + 1) * 640 are heard."""

    sound: NDArray[np.float32]
    pictures: Small

    @classmethod
    def render(cls, pipeline: Pipeline, canvas: Canvas, seconds: float) -> Talk:
        """The built-in clip of speech, again and again."""
        sound = np.resize(np.concatenate(list(read_blocks(DEMO))), round(seconds * FPS) * SAMPLES_PER_FRAME)
        composer = Composer(canvas)
        pipeline.warm_up()
        frames = [small(composer.compose(frame.picture)) for frame in (*pipeline.push(sound), *pipeline.flush())]
        pipeline.reset()
        return cls(sound, np.stack(frames))

    def find(self, times: list[float], pictures: list[Small], sound: NDArray[np.float32], sound_began_at: float) -> Offset:
        """times: when each picture was shown; it stands until the next. sound: float32 [n], SAMPLE_RATE. Raises InputError."""
        if len(pictures) < FPS or len(sound) < SAMPLE_RATE:
            raise InputError("less than a second of picture or sound: let it run for at least ten")
        picture_s, picture_likeness = self._place_pictures(times, np.stack(pictures))
        sound_s, sound_likeness = _place(loudness(self.sound), loudness(sound), LOUDNESS_HZ)
        for what, likeness in (("picture", picture_likeness), ("sound", sound_likeness)):
            if likeness < UNLIKE:
                raise InputError(
                    f"the {what} is not that of the talk (correlation {likeness:.2f}): is this the avatar, and is nothing else heard?"
                )
        return Offset(1000.0 * picture_s, 1000.0 * (sound_began_at + sound_s), picture_likeness, sound_likeness)

    def _place_pictures(self, times: list[float], pictures: Small) -> tuple[float, float]:
        mean = self.pictures.mean(0)
        motions = np.linalg.svd(self.pictures - mean, full_matrices=False)[2][:MOTIONS].T
        ours = _held(np.arange(len(self.pictures)) / FPS, (self.pictures - mean) @ motions)
        theirs = _held(np.array(times) - times[0], (pictures - mean) @ motions)
        place, likeness = _place(_quick(ours, GRID_HZ), _quick(theirs, GRID_HZ), GRID_HZ)
        return times[0] + place, likeness


def small(picture: NDArray[np.uint8]) -> Small:
    """[height, width, 3 or 4] -> float32 [pixels], grey."""
    return cv2.resize(picture[..., :3], SMALL, interpolation=cv2.INTER_AREA).mean(-1, dtype=np.float32).ravel()


def of_file(path: Path, talk: Talk) -> Offset:
    """Of a video that a program recorded while the talk was on. Raises InputError."""
    times: list[float] = []
    pictures: list[Small] = []
    blocks: list[NDArray[np.float32]] = []
    began_at = 0.0
    resampler = av.AudioResampler(format="flt", layout="mono", rate=SAMPLE_RATE)
    try:
        with av.open(str(path)) as container:
            if not (container.streams.video and container.streams.audio):
                raise InputError(f"{path} should hold picture and sound: record both")
            for frame in container.decode(container.streams.video[0], container.streams.audio[0]):
                if isinstance(frame, av.VideoFrame):
                    times.append(float(frame.time or 0.0))
                    pictures.append(small(frame.to_ndarray(format="rgb24").astype(np.uint8, copy=False)))
                elif isinstance(frame, av.AudioFrame):
                    if not blocks:
                        began_at = float(frame.time or 0.0)
                    blocks += [np.asarray(block.to_ndarray(), np.float32).ravel() for block in resampler.resample(frame)]
    except (OSError, av.error.FFmpegError) as error:
        raise InputError(f"{path} can't be read ({error}): give a video") from error
    return talk.find(times, pictures, np.concatenate([np.zeros(0, np.float32), *blocks]), began_at)


def live(pipeline: Pipeline, talk: Talk, camera: Camera, canvas: Canvas, output: str, microphone: str | None) -> Offset:
    """The talk is said live, delayed on `output`, and listened to through a microphone; None: that of the cable.

    What is heard and seen in the first seconds does not count. Raises AudioError, CameraError, InputError.
    """
    clock = SystemClock()
    delayed = DelayedMicrophone(output, clock)
    watched = _Watched(camera, clock)
    source = Speaker(clock, len(talk.sound) / SAMPLE_RATE, sound=talk.sound)
    session = Session(pipeline, source, watched, canvas, CAMERA_FPS, clock, delayed=delayed)
    listener = _Listener(microphone, clock)
    try:
        session.start()
        if delayed.problem:
            raise AudioError(delayed.problem)
        with listener.listening():
            session.done.wait()
    finally:
        session.close()
    began_at, sound = listener.heard(SETTLES_S)
    shown = [(at, picture) for at, picture in watched.shown if at >= began_at]
    return talk.find([at for at, _ in shown], [picture for _, picture in shown], sound, began_at)


class _Watched:
    """A camera, and when it was given which picture."""

    def __init__(self, camera: Camera, clock: SystemClock) -> None:
        self.name = camera.name
        self.shown: list[tuple[float, Small]] = []
        self._camera = camera
        self._clock = clock
        self._newest: Any = None

    def open(self, width: int, height: int, fps: int) -> None:
        self._camera.open(width, height, fps)
        self.name = self._camera.name

    def send(self, picture: NDArray[np.uint8], tick: int) -> None:
        if picture is not self._newest:
            self._newest = picture
            self.shown.append((self._clock.now(), small(picture)))
        self._camera.send(picture, tick)

    def hear(self, block: AudioBlock) -> None:
        self._camera.hear(block)

    def close(self) -> None:
        self._camera.close()


class _Listener:
    """What another program hears."""

    def __init__(self, name: str | None, clock: SystemClock) -> None:
        self._source = cable.chosen("PULSE_SOURCE", cable.SOURCE) if name is None else nullcontext()
        self._microphone = Microphone(name or SERVER, clock)
        self._blocks: list[NDArray[np.float32]] = []
        self._ends: list[float] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._listen, name="listener", daemon=True)

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Raises AudioError."""
        with self._source:  # all the time: when it has to be opened again, too
            try:
                self._microphone.start()
                self._thread.start()
                yield
            finally:
                self._stop.set()
                if self._thread.is_alive():
                    self._thread.join(1.0)
                self._microphone.close()

    def heard(self, after_s: float) -> tuple[float, NDArray[np.float32]]:
        """When it began, and float32 [n], without what was heard before; of one that has listened."""
        sound = np.concatenate([np.zeros(0, np.float32), *self._blocks])
        if not len(sound):
            return 0.0, sound
        # The times of single blocks jitter, their mean does not.
        began_at = float(np.median(np.array(self._ends) - np.cumsum([len(block) for block in self._blocks]) / SAMPLE_RATE))
        return began_at + after_s, sound[round(after_s * SAMPLE_RATE) :]

    def _listen(self) -> None:
        while (block := self._microphone.read(self._stop)) is not None:
            self._blocks.append(block.samples)
            self._ends.append(block.last_sample_at)


def _held(times: NDArray[np.float64], values: Small) -> Small:
    """On the grid: each value stands until the next one's time. [n], [n, m] -> [grid, m]."""
    grid = np.arange(0.0, times[-1] + 1.0 / FPS, 1.0 / GRID_HZ)
    return values[np.searchsorted(times, grid + 1e-9, side="right") - 1].astype(np.float32)


def _quick(values: Small, rate: int) -> Small:
    """Without what changes slowly."""
    size = round(SLOWER_S * rate) // 2 * 2 + 1
    slow = cv2.blur(values, (1, size), borderType=cv2.BORDER_REFLECT)
    return (values - slow).astype(np.float32)


def loudness(sound: NDArray[np.float32]) -> Small:
    """[n] -> [n / 16, 1]. The waves themselves are played a little faster or slower while the delay is being followed."""
    size = SAMPLE_RATE // LOUDNESS_HZ
    level = np.sqrt(np.square(sound[: len(sound) // size * size]).reshape(-1, size).mean(1, keepdims=True))
    return _quick(cv2.blur(level, (1, SMOOTHS)), LOUDNESS_HZ)


def _place(ours: Small, theirs: Small, rate: int) -> tuple[float, float]:
    """When `ours` begins in `theirs`, in seconds and parts of a sample, and how alike they are there, 0 to 1. [n, m], [k, m]."""
    size = len(ours) + len(theirs)
    size = 1 << (size - 1).bit_length()
    product = np.fft.irfft((np.fft.rfft(theirs, size, axis=0) * np.conj(np.fft.rfft(ours, size, axis=0))).sum(1), size)
    at = int(np.argmax(product))
    left, middle, right = product[at - 1], product[at], product[(at + 1) % size]
    bend = left - 2.0 * middle + right
    lag = at if at < len(theirs) else at - size
    common_ours, common_theirs = ours[max(-lag, 0) : len(theirs) - lag], theirs[max(lag, 0) : len(ours) + lag]
    power = float(np.sqrt(np.square(common_ours).sum() * np.square(common_theirs).sum()))
    return (lag + float(0.5 * (left - right) / bend if bend else 0.0)) / rate, float(middle) / power if power else 0.0
