"""Hours of talk: does the picture grow late, do sound and picture part, does memory grow, does the face change?

Everything is measured from outside, by the true times: of a sound in the air, of a picture handed to the camera, of a sound played.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from osa_cam.audio.delay_line import DelayLine
from osa_cam.audio.delayed import DelayedMicrophone
from osa_cam.audio.file import read_blocks
from osa_cam.camera.null import NullCamera
from osa_cam.config import Canvas, Sampling
from osa_cam.live.bench import DEMO
from osa_cam.live.clock import Clock, SystemClock
from osa_cam.live.open import STRIDE, open_pipeline
from osa_cam.live.picture_drift import PictureDrift
from osa_cam.live.pipeline import Pipeline
from osa_cam.live.session import Session
from osa_cam.live.simulation import BLOCK, Painter, Talk, VirtualClock, jittery
from osa_cam.live.statistics import memory_mb
from osa_cam.live.sync_test import LOUDNESS_HZ, loudness
from osa_cam.media import FPS, SAMPLE_RATE, SAMPLES_PER_FRAME

LATENCY_GROWS_MS = 1000.0 / FPS
OFFSET_MS = 45.0  # sound that is early is noticed from here on; source: ITU-R BT.1359-1, section 2
MEMORY_GROWS = 0.02
PICTURE_DRIFTS = 0.05

DRIFT = 1e-4  # a sound card's clock is not worse; the output's runs the other way
USE = 0.7  # of the time that the simulated computer has
AHEAD_S = 0.02  # what an output is given now is played so much later
CAMERA_FPS = 30
SETTLES_S = 20.0
ROLLOUT_S = 600.0
PARTS = 10  # of a rollout, compared with the first
PAINTS = 10  # one frame in so many of a rollout is painted
WINDOW_S, HISTORY_S = 2.0, 5.0

Advance = Callable[[float], None]


@dataclass
class Minute:
    """latency_ms: from the end of a frame's sound to the camera, its mean; offset_ms: of all its seconds that furthest from 0, sound after
    picture below 0; memory_mb: at its end."""

    latency_ms: float
    offset_ms: float
    memory_mb: float | None


@dataclass
class Report:
    """JSON-able by `asdict`. drift: of the microphone's clock; the output's runs the other way. broken: what went beyond its limit."""

    mode: str
    seconds: float
    drift: float
    frames: dict[str, int]
    minutes: list[Minute]
    latency_growth_ms: float
    offset_ms: float
    memory_growth: float | None
    colour_drift: float | None = None
    identity_drift: float | None = None
    broken: list[str] = field(default_factory=list)

    def judge(self) -> None:
        self.broken = [
            f"{what} is {value:.3g}{unit}, beyond {limit:.3g}{unit}"
            for what, value, limit, unit in (
                ("latency growth", self.latency_growth_ms, LATENCY_GROWS_MS, " ms"),
                ("the offset of sound and picture", abs(self.offset_ms), OFFSET_MS, " ms"),
                ("memory growth", self.memory_growth, MEMORY_GROWS, ""),
                ("the drift of the colour", self.colour_drift, PICTURE_DRIFTS, ""),
                ("the drift of the face", self.identity_drift, PICTURE_DRIFTS, ""),
            )
            if value is not None and value > limit
        ]


def simulated(seconds: float, drift: float, advance: Advance) -> Report:
    """The session, governor, pacer and delayed microphone as they are, on a clock that nobody waits for; painting takes time, no more."""
    clock = VirtualClock(threads=2)
    work = jittery(1)
    painter = Painter(clock, lambda at, at_best_s: USE / 0.9 * work(at, at_best_s), STRIDE)
    talk = Talk(clock, seconds, drift, sound=_speech())
    return _run("simulated", painter, talk, Canvas(64, 64, watermark=False), clock, seconds, drift, advance)  # type: ignore[arg-type]


def in_real_time(seconds: float, drift: float, advance: Advance, pipeline: Pipeline) -> Report:
    """The same with the networks, as long as it takes."""
    clock = SystemClock()
    talk = Talk(clock, seconds, drift, sound=_speech())
    drifts = PictureDrift(seconds / PARTS)
    report = _run("real time", pipeline, talk, Canvas(), clock, seconds, drift, advance, drifts)
    report.colour_drift, report.identity_drift = max(drifts.colour, default=0.0), max(drifts.identity, default=0.0)
    report.judge()
    return report


def rollout(pipeline: Pipeline, seconds: float, advance: Advance) -> tuple[float, float]:
    """The worst drift of colour and of the face while the networks edit what they made, as fast as it goes."""
    drifts = PictureDrift(seconds / PARTS)
    speech, choice = _speech(), _OneOf()
    for start in range(0, round(seconds * SAMPLE_RATE), BLOCK * 50):
        for frame in pipeline.push(speech[np.arange(start, start + BLOCK * 50) % len(speech)], choice):
            drifts.add(frame.picture, frame.pts / FPS)
        advance(BLOCK * 50 / SAMPLE_RATE)
    return max(drifts.colour, default=0.0), max(drifts.identity, default=0.0)


def soak(seconds: float, real_time: bool, engine: str, model: str, advance: Advance) -> list[Report]:
    """One report for each way that the clocks may drift. Raises ModelError, EngineError, ConfigError."""
    pipeline, _ = open_pipeline(None, Sampling(), engine, model)
    if real_time:
        return [in_real_time(seconds, DRIFT, advance, pipeline)]
    colour, identity = rollout(pipeline, min(seconds, ROLLOUT_S), advance)
    reports = [simulated(seconds, drift, advance) for drift in (DRIFT, -DRIFT)]
    for report in reports:
        report.colour_drift, report.identity_drift = colour, identity
        report.judge()
    return reports


def _run(
    mode: str,
    pipeline: Pipeline,
    talk: Talk,
    canvas: Canvas,
    clock: Clock,
    seconds: float,
    drift: float,
    advance: Advance,
    drifts: PictureDrift | None = None,
) -> Report:
    ear = _Ear(talk, clock, -drift)
    eye = _Eye(talk, clock, ear, advance, drifts)
    eye.session = session = Session(pipeline, talk, eye, canvas, CAMERA_FPS, clock, delayed=ear)
    session.start()
    try:
        session.done.wait()
    finally:
        session.close()
    statistics, minutes = session.statistics, eye.minutes
    memory = [minute.memory_mb for minute in minutes if minute.memory_mb is not None]
    settled = len(memory) // 10  # whatever a library allocates on first use is there by then
    report = Report(
        mode=mode,
        seconds=seconds,
        drift=drift,
        frames={name: getattr(statistics, name) for name in ("shown", "missed", "dropped", "spared", "late", "skipped")},
        minutes=minutes,
        latency_growth_ms=max((minute.latency_ms for minute in minutes), default=0.0) - (minutes[0].latency_ms if minutes else 0.0),
        offset_ms=max((minute.offset_ms for minute in minutes), key=abs, default=0.0),
        memory_growth=max(memory[settled:]) / memory[settled] - 1.0 if memory else None,
    )
    report.judge()
    return report


class _Ear(DelayedMicrophone):
    """An output whose clock runs faster by `drift`, and somebody who listens to it: delay_s is what they find."""

    def __init__(self, talk: Talk, clock: Clock, drift: float) -> None:
        super().__init__("an ear", clock)
        self.delay_s: float | None = None
        self._talk = talk
        self._block_s = BLOCK / SAMPLE_RATE / (1.0 + drift)
        self._line = DelayLine(SAMPLE_RATE)
        self._said, self._heard = _History(), _History()
        self._now = 0.0

    def start(self) -> None:
        self._began_at = self._clock.now()

    def push(self, samples: NDArray[np.float32], rate: int, last_sample_at: float) -> None:
        self._said.push(samples)
        if self._target_s is not None:
            self._line.write(samples, rate, last_sample_at, self._target_s)
        while (called_at := self._began_at + self._heard.samples / BLOCK * self._block_s) <= self._clock.now():
            self._heard.push(self._line.play(BLOCK, called_at + AHEAD_S))
        self.delay_ms = self._line.delay_ms
        if self._clock.now() - self._now >= HISTORY_S:
            self._now = self._clock.now()
            self.delay_s = self._measure()

    def close(self) -> None:
        pass

    def _measure(self) -> float | None:
        """By cross-correlation of how loud was what was said and what was heard, each with its true times."""
        window = round(WINDOW_S * SAMPLE_RATE)
        heard, said = self._heard.newest(window), self._said.newest(round(HISTORY_S * SAMPLE_RATE))
        if len(said) < HISTORY_S * SAMPLE_RATE or not heard.any():
            return self.delay_s
        place = peak(loudness(said)[:, 0], loudness(heard)[:, 0]) * SAMPLE_RATE / LOUDNESS_HZ
        middle = window / 2
        said_at = self._talk.at(self._said.samples - len(said) + place + middle)
        heard_at = self._began_at + AHEAD_S + (self._heard.samples - window + middle) / BLOCK * self._block_s
        return heard_at - said_at


class _History:
    """The newest samples, and how many there were."""

    def __init__(self) -> None:
        self.samples = 0
        self._blocks: deque[NDArray[np.float32]] = deque(maxlen=round(HISTORY_S * SAMPLE_RATE / BLOCK))

    def push(self, samples: NDArray[np.float32]) -> None:
        self.samples += len(samples)
        self._blocks.append(samples)

    def newest(self, count: int) -> NDArray[np.float32]:
        return np.concatenate(self._blocks)[-count:]


class _Eye(NullCamera):
    """Looks at what the camera is given, with a stopwatch."""

    session: Session

    def __init__(self, talk: Talk, clock: Clock, ear: _Ear, advance: Advance, drifts: PictureDrift | None) -> None:
        super().__init__()
        self.minutes: list[Minute] = []
        self._talk = talk
        self._clock = clock
        self._ear = ear
        self._advance = advance
        self._drifts = drifts
        self._shown: tuple[int, float] | None = None  # pts, since when
        self._second = 0
        self._latencies: list[float] = []
        self._delays: list[float] = []  # of this second, from the middle of a frame's sound to the middle of its time on the screen
        self._offsets: list[float] = []

    def send(self, picture: NDArray[np.uint8], tick: int) -> None:
        super().send(picture, tick)
        now, pts = self._clock.now(), self.session._shown
        if self._shown is not None and self._shown[0] == pts:
            return
        if self._shown is not None:
            before, since = self._shown
            self._delays.append((since + now) / 2 - self._talk.at((before + 0.5) * SAMPLES_PER_FRAME))
            self._latencies.append(since - self._talk.at((before + 1) * SAMPLES_PER_FRAME))
        self._shown = (pts, now)
        if pts // FPS > self._second:
            self._advance(pts // FPS - self._second)
            self._second = pts // FPS
            self._end_second()

    def _end_second(self) -> None:
        if self._drifts is not None and self.session.portrait is not None:
            self._drifts.add(self.session.portrait[1], self._second)
        if self._second < SETTLES_S:
            self._latencies.clear()
        elif self._ear.delay_s is not None and self._delays:
            self._offsets.append(float(np.mean(self._delays)) - self._ear.delay_s)
        self._delays.clear()
        if self._second % 60 == 0 and self._latencies and self._offsets:
            offset_s = max(self._offsets, key=abs)
            self.minutes.append(Minute(1000.0 * float(np.mean(self._latencies)), 1000.0 * offset_s, memory_mb()))
            self._latencies, self._offsets = [], []


class _OneOf:
    """Paints few, samples all: the talk goes on through what is left out."""

    def stride(self, first: int) -> bool:
        return True

    def frame(self, pts: int) -> bool:
        return pts % PAINTS == 0


def peak(whole: NDArray[np.float32], part: NDArray[np.float32]) -> float:
    """Where `part` begins in `whole`, in samples and parts of one, by cross-correlation."""
    size = len(whole) + len(part)
    product = np.fft.irfft(np.fft.rfft(whole, size) * np.conj(np.fft.rfft(part, size)), size)
    at = int(np.argmax(product[: len(whole) - len(part) + 1]))
    left, middle, right = product[at - 1], product[at], product[(at + 1) % size]
    bend = left - 2 * middle + right
    return at + float(0.5 * (left - right) / bend if bend else 0.0)


def _speech() -> NDArray[np.float32]:
    speech = np.concatenate(list(read_blocks(DEMO)))
    return speech[: len(speech) // BLOCK * BLOCK]
