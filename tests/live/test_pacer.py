"""The picture's clock; tests/live/test_live_path.py has it in whole runs."""

import threading

import numpy as np
import pytest

from osa_cam.live.double_buffer import DoubleBuffer, Timed
from osa_cam.live.pacer import FIRST_MARGIN_S, MARGIN_S, RATE, Playout, Tick
from osa_cam.media import Frame
from tests.sounds import FakeClock

STOP = threading.Event()


class Maker(FakeClock):
    """A clock during whose waits frames are made: each (when, its number)."""

    def __init__(self, made: list[tuple[float, int]], fps: int = 25) -> None:
        super().__init__()
        self._made = sorted((self.time + at, pts) for at, pts in made)
        self._buffer = DoubleBuffer()
        self.playout = Playout(self, fps, self._buffer)
        self.wait(STOP, self._made[0][0])
        self.playout.start()

    def wait(self, stop: threading.Event, until: float) -> bool:
        while self._made and self._made[0][0] <= until:
            at, pts = self._made.pop(0)
            self._buffer.write(timed(pts))
            self._buffer.swap()
            self.playout.arrived(pts, at)
        return super().wait(stop, until)

    def shown(self) -> list[tuple[float, int | None]]:
        """(when in ms, number of the frame or None for the last one again) until the last frame that was made."""
        last = self._made[-1][1]
        sent: list[tuple[float, int | None]] = []
        while not sent or sent[-1][1] != last:
            tick = self.playout.next(STOP)
            assert isinstance(tick, Tick)
            sent.append((round((self.time - 100.0) * 1000), tick.timed.frame.pts if tick.timed else None))
        return sent


def test_at_25_each_tick_shows_the_next_frame() -> None:
    sent = Maker([(0.04 * pts, pts) for pts in range(100)]).shown()
    assert [pts for _, pts in sent] == list(range(100))
    steps = np.diff([at for at, _ in sent])
    assert steps.min() >= 39
    assert steps.max() <= 41


def test_at_30_every_sixth_tick_repeats_and_no_frame_is_left_out() -> None:
    sent = Maker([(0.04 * pts, pts) for pts in range(100)], fps=30).shown()
    assert [pts for _, pts in sent if pts is not None] == list(range(100))
    assert [pts for _, pts in sent][:8] == [0, None, 1, 2, 3, 4, 5, None]


def test_the_talk_waits_for_a_late_frame_and_then_hurries_a_little() -> None:
    maker = Maker([(0.04 * pts if not 50 <= pts < 53 else 2.12, pts) for pts in range(2000)])
    sent = maker.shown()
    delays = {pts: at - 40 * pts for at, pts in sent if pts is not None}
    assert list(delays) == list(range(2000))
    assert delays[50] - delays[49] >= 90
    assert sum(pts is None for _, pts in sent) in (1, 2), "the camera gets a picture meanwhile"
    assert maker.playout.late == 1
    assert delays[1999] == pytest.approx(1000 * MARGIN_S, abs=3), "and the delay is gone"
    assert np.diff([40 * pts + delay for pts, delay in delays.items()]).min() >= 40 * (1 - RATE) - 2


def test_the_delay_is_made_up_with_what_was_left_out() -> None:
    """A stall of a second, after which the maker goes on with the newest sound."""
    maker = Maker([(0.04 * pts, pts) for pts in range(100) if not 50 <= pts < 75])
    sent = maker.shown()
    assert [pts for _, pts in sent if pts is not None] == [*range(50), *range(75, 100)]
    assert sent[-1][0] - 40 * 99 <= 1000 * FIRST_MARGIN_S + 40
    assert 22 <= sum(pts is None for _, pts in sent) <= 25, "the camera gets pictures meanwhile"


def test_a_stopped_playout_ends_even_when_late() -> None:
    maker, stop = Maker([(0.0, 0)]), threading.Event()
    maker.time += 9
    stop.set()
    assert maker.playout.next(stop) is None


def test_it_ends_with_the_last_frame_even_one_that_was_left_out() -> None:
    maker = Maker([(0.04 * pts, pts) for pts in range(3)])
    maker.playout.last_pts = 3
    ticks = []
    while (tick := maker.playout.next(STOP)) is not None:
        ticks.append(tick.timed.frame.pts if tick.timed else None)
    assert ticks == [0, 1, 2, None]


def test_a_stall_of_the_camera_is_counted_and_not_made_up() -> None:
    maker = Maker([(0.0, pts) for pts in range(16)])
    first = maker.playout.next(STOP)
    assert first is not None
    maker.time += 0.21
    second = maker.playout.next(STOP)
    assert second is not None
    assert (second.number, maker.playout.skipped) == (5, 4)


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
