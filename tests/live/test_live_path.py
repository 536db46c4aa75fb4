"""Whole runs of the real session in virtual time: every frame is shown, whatever the computer's mood."""

import numpy as np
import pytest

from osa_cam.camera.null import NullCamera
from osa_cam.config import Canvas
from osa_cam.live.audience import STAYS_S
from osa_cam.live.pipeline import latency_s
from osa_cam.live.session import Session
from osa_cam.live.simulation import AUDIO_S, DECODE_S, DENOISE_S, NEVER, Painter, Talk, VirtualClock, Work, jittery
from osa_cam.live.statistics import Statistics
from osa_cam.media import FPS, STRIDE, STRIDES


def quiet(at: float, seconds: float) -> float:
    return seconds


class Left(NullCamera):
    """Nobody has it open but from the 30th to the 40th second."""

    def __init__(self, clock: VirtualClock) -> None:
        super().__init__()
        self.sent: list[tuple[float, int]] = []
        self._clock, self._began_at = clock, clock.now()

    def watched(self) -> bool:
        return 30 <= self._clock.now() - self._began_at < 40

    def send(self, picture: np.ndarray, tick: int) -> None:
        self.sent.append((self._clock.now() - self._began_at, int(picture.sum())))


class Watching(NullCamera):
    """Keeps when each picture came."""

    def __init__(self, clock: VirtualClock, stalls_at: float | None) -> None:
        super().__init__()
        self.sent: list[tuple[float, int]] = []
        self._clock = clock
        self._began_at = clock.now()
        self._stalls_at = stalls_at

    def open(self, width: int, height: int, fps: int) -> None:
        self._fps = fps

    def send(self, picture: np.ndarray, tick: int) -> None:
        self.sent.append((self._clock.now() - self._began_at, tick))
        if self._stalls_at is not None and self.sent[-1][0] >= self._stalls_at:
            self._stalls_at = None
            self._clock.wait(NEVER, self._clock.now() + 1.0)

    def longest_gap_s(self, start: float, end: float) -> float:
        return float(np.diff([at for at, _ in self.sent if start <= at <= end]).max())

    def delay_s(self, at: float) -> float:
        """Of the pictures of the second around that time: from the end of their sound until they are shown."""
        return float(np.median([sent - (tick + 1) / self._fps for sent, tick in self.sent if abs(sent - at) <= 0.5]))


def live(
    seconds: float, work: Work, fps: int = 25, drift: float = 0.0, camera_stalls_at: float | None = None, stride: int = STRIDE
) -> tuple[Statistics, Watching]:
    clock = VirtualClock(threads=2)
    camera = Watching(clock, camera_stalls_at)
    session = Session(Painter(clock, work, stride), Talk(clock, seconds, drift), camera, Canvas(64, 64, watermark=False), fps, clock)  # type: ignore[arg-type]
    session.start()
    assert session.done.wait(120)
    session.close()
    return session.statistics, camera


@pytest.mark.parametrize("fps", [25, 30])
def test_ten_minutes_at_90_percent_miss_no_frame(fps: int) -> None:
    statistics, camera = live(600, jittery(2), fps)
    assert statistics.shown == 600 * FPS
    assert (statistics.missed, statistics.dropped, statistics.spared, statistics.skipped) == (0, 0, 0, 0)
    assert camera.longest_gap_s(0, 600) < 2.2 / fps
    assert statistics.late < 600, "the talk waits less than once a second"
    assert statistics.latency.percentile(95) < 420


@pytest.mark.parametrize("drift", [-2e-4, 2e-4])
@pytest.mark.parametrize("stride", STRIDES)
def test_a_sound_card_that_is_fast_or_slow_costs_no_frame_and_no_delay(drift: float, stride: int) -> None:
    """200 parts per million: 0.12 s in ten minutes, which would otherwise become delay or stutter. The shorter the stride, the sooner."""
    statistics, camera = live(600, quiet, drift=drift, stride=stride)
    assert statistics.shown + statistics.missed == 600 * FPS
    assert (statistics.missed, statistics.dropped, statistics.spared) == (0, 0, 0)
    best_ms = (latency_s(stride) + AUDIO_S + DENOISE_S * stride / STRIDE + DECODE_S) * 1000
    assert best_ms < statistics.latency.percentile(50) < statistics.latency.percentile(99) < best_ms + 20
    assert camera.longest_gap_s(2, 600) < 1.2 / 25


def test_after_a_stall_of_a_second_the_picture_is_back_in_two() -> None:
    stalls_at = 30.0
    left = [1.0]

    def stalling(at: float, seconds: float) -> float:
        return seconds + (left.pop() if at >= stalls_at and left else 0.0)

    statistics, camera = live(60, stalling)
    assert 20 <= statistics.missed <= 30, "what was said meanwhile"
    assert statistics.skipped == 0, "the camera got pictures all the time"
    assert camera.longest_gap_s(0, 60) < 2.2 / 25
    usual_s = camera.delay_s(29.0)
    assert camera.delay_s(32.0) < usual_s + 0.05
    assert camera.delay_s(59.0) < usual_s + 0.02


def test_a_camera_that_stands_still_loses_its_own_ticks_only() -> None:
    statistics, camera = live(20, quiet, camera_stalls_at=10.0)
    assert 20 <= statistics.skipped <= 26
    assert statistics.missed == statistics.skipped
    assert camera.delay_s(12.0) == pytest.approx(camera.delay_s(9.0), abs=0.02)


def test_a_computer_that_is_too_slow_shows_half_the_frames_and_misses_none() -> None:
    """Twice as slow for ten seconds, in the midst of the talk."""
    statistics, camera = live(60, lambda at, seconds: seconds * (1.4 if 20 <= at < 30 else 1.0))
    assert (statistics.missed, statistics.dropped) == (0, 0)
    assert 10 * FPS / 2 - 25 <= statistics.spared <= 20 * FPS / 2
    assert statistics.painted_fps == 25, "and all of them when there is room again"
    assert camera.delay_s(59.0) < camera.delay_s(19.0) + 0.02


def test_a_computer_that_is_far_too_slow_still_shows_the_newest() -> None:
    statistics, camera = live(60, lambda at, seconds: 4 * seconds)
    assert statistics.painted_fps == FPS / 4
    assert statistics.shown > 60 * FPS / 12
    assert camera.delay_s(59.0) < latency_s(STRIDE) + 4 * (AUDIO_S + DENOISE_S + DECODE_S) + 0.6


def test_the_model_rests_while_nobody_has_the_camera_open_and_is_back_at_once() -> None:
    clock = VirtualClock(threads=2)
    camera = Left(clock)
    session = Session(Painter(clock, quiet, STRIDE), Talk(clock, 60), camera, Canvas(64, 64, watermark=False), 25, clock)  # type: ignore[arg-type]
    session.start()
    assert session.done.wait(120)
    session.close()
    statistics = session.statistics
    assert not statistics.watched and statistics.painted_fps == 0
    assert statistics.made == pytest.approx(FPS * (STAYS_S + 10 + STAYS_S), abs=2 * STRIDE)
    assert (statistics.missed, statistics.dropped) == (0, 0), "what nobody sees is spared"
    gap_s = np.diff([at for at, _ in camera.sent]).max()
    assert gap_s < 2.2 / 25, "the camera gets its last picture all the time"
