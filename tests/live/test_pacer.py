import threading

import numpy as np
import pytest

from osa_cam.live.double_buffer import DoubleBuffer, Timed
from osa_cam.live.pacer import LATEST_S, MARGIN_S, Pacer, Playout
from osa_cam.media import FPS, Frame
from tests.sounds import FakeClock

STOP = threading.Event()


@pytest.mark.parametrize("fps", [25, 30])
def test_deadlines_are_absolute(fps: int) -> None:
    clock = FakeClock()
    pacer = Pacer(clock, fps)
    pacer.start(clock.now())
    for tick in range(1000):
        assert pacer.wait(STOP) == (tick, pytest.approx(100.0 + tick / fps))
        clock.time += 0.01  # work
    assert clock.now() == pytest.approx(100.01 + 999 / fps)


def test_a_stall_is_counted_and_not_made_up() -> None:
    clock = FakeClock()
    pacer = Pacer(clock, 25)
    pacer.start(clock.now())
    pacer.wait(STOP)
    clock.time += 0.21
    assert pacer.wait(STOP) == (5, pytest.approx(100.2))
    assert pacer.skipped == 4
    assert pacer.wait(STOP) == (6, pytest.approx(100.24))


def test_a_stopped_pacer_ends_even_when_late() -> None:
    clock, stop = FakeClock(), threading.Event()
    pacer = Pacer(clock, 25)
    pacer.start(clock.now() - 9)
    stop.set()
    assert pacer.wait(stop) is None


def test_frames_are_due_one_after_another() -> None:
    playout = Playout(10.0)
    assert playout.due_pts(10.0 + MARGIN_S) == 0
    assert playout.due_pts(10.0 + MARGIN_S + 0.039) == 0
    assert playout.due_pts(10.0 + MARGIN_S + 0.04) == 1
    assert playout.due_pts(10.0) <= 0


def test_a_late_frame_moves_the_picture_but_never_too_far() -> None:
    playout = Playout(10.0)
    playout.arrived(100, 10.0 + 100 / FPS + 0.05)
    assert playout.shift_ms == pytest.approx(50 - MARGIN_S * 500, abs=0.1)
    playout.arrived(101, 10.0 + 101 / FPS + 5.0)
    assert playout.shift_ms == pytest.approx(LATEST_S * 1000)


def test_a_recording_waits_with_the_picture() -> None:
    playout = Playout(10.0)
    at = 10.0 + MARGIN_S + 2.0
    assert playout.place(at, 30) == 60
    playout.arrived(50, at + 0.1 - MARGIN_S / 2)
    assert playout.place(at, 30) == 57


def test_after_a_hiccup_the_latency_comes_back() -> None:
    playout = Playout(10.0)
    playout.arrived(10, 10.0 + 10 / FPS + 0.1)
    worst = playout.shift_ms
    for pts in range(11, 4000):
        playout.arrived(pts, 10.0 + pts / FPS)
    assert worst > 90
    assert playout.shift_ms == pytest.approx(0, abs=2)


@pytest.mark.parametrize("drift", [1 - 1e-4, 1 + 1e-4])
def test_a_sound_card_that_is_fast_or_slow_is_followed(drift: float) -> None:
    """100 parts per million: 0.36 s in an hour, which would otherwise become delay or stutter."""
    playout, late = Playout(10.0), 0
    for pts in range(90_000):
        at = 10.0 + drift * pts / FPS
        late += playout.due_pts(at - 1e-4) >= pts
        playout.arrived(pts, at)
    assert playout.origin + 90_000 / FPS - at == pytest.approx(MARGIN_S + 1 / FPS, abs=0.01)
    assert late < 20


def timed(pts: int) -> Timed:
    return Timed(Frame(np.zeros((1, 1, 4), np.uint8), pts), 0.0)


def test_nothing_is_seen_before_the_swap() -> None:
    buffer = DoubleBuffer()
    buffer.write(timed(0))
    assert buffer.newest(9) is None
    assert not buffer.filled.is_set()
    buffer.swap()
    assert buffer.filled.is_set()
    found = buffer.newest(9)
    assert found is not None
    assert found.frame.pts == 0


def test_the_newest_that_is_due_is_shown_and_the_oldest_are_dropped() -> None:
    buffer = DoubleBuffer(capacity=4)
    for pts in range(6):
        buffer.write(timed(pts))
    buffer.swap()
    front = buffer.front
    assert [entry.frame.pts for entry in front] == [2, 3, 4, 5]
    assert buffer.newest(3) is front[1]
    assert buffer.newest(99) is front[3]
    assert buffer.newest(1) is None
    buffer.write(timed(6))
    buffer.swap()
    assert [entry.frame.pts for entry in front] == [2, 3, 4, 5], "what was read does not change"
    assert [entry.frame.pts for entry in buffer.front] == [3, 4, 5, 6]
