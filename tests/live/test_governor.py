import logging

import pytest

from osa_cam.live.double_buffer import DoubleBuffer
from osa_cam.live.governor import FEWEST, FIRST_WAIT_S, LOST_S, Governor
from osa_cam.live.pacer import Playout
from osa_cam.live.statistics import StageTimes
from osa_cam.media import FPS, LOOKAHEAD_SAMPLES, SAMPLE_RATE, STRIDE
from tests.sounds import FakeClock


class Computer:
    """Takes `frame_s` a frame and no time for anything else; its microphone hands over the sound `device_s` late."""

    def __init__(self, stride: int = STRIDE) -> None:
        self.clock = FakeClock()
        self._stride = stride
        self.frame_s, self.device_s = 0.03, 0.0
        self.stages = StageTimes()
        self.governor = Governor(self.clock, self.stages, Playout(self.clock, 25, DoubleBuffer()), stride)
        self.governor.zero_at = self.clock.now()
        self._first = 0

    def work(self, seconds: float) -> None:
        until = self.clock.now() + seconds
        while self.clock.now() < until:
            heard_at = self.governor.heard_at(self._first + self._stride - 1) + LOOKAHEAD_SAMPLES / SAMPLE_RATE + self.device_s
            self.clock.time = max(self.clock.time, heard_at)
            if self.governor.stride(self._first):
                for pts in range(self._first, self._first + self._stride):
                    if self.governor.frame(pts):
                        self.clock.time += self.frame_s / self.stages.at_once
                        self.stages.decode.add(self.frame_s * 1000.0)
                        self.governor.painted(pts)
            self._first += self._stride


def test_one_that_keeps_up_paints_everything() -> None:
    computer = Computer()
    computer.work(60)
    assert (computer.governor.one_of, computer.governor.spared, computer.governor.dropped) == (1, 0, 0)


def test_a_slow_one_paints_every_second_frame_before_any_is_dropped_and_says_so(caplog: pytest.LogCaptureFixture) -> None:
    computer = Computer()
    computer.work(10)
    computer.frame_s = 0.05
    with caplog.at_level(logging.WARNING):
        computer.work(2)
    assert (computer.governor.one_of, computer.governor.dropped) == (2, 0)
    assert "50 of 40 ms" in caplog.text
    assert "12.5 a second" in caplog.text


def test_frames_that_are_painted_side_by_side_take_their_time_together() -> None:
    computer = Computer()
    computer.stages.at_once = 2
    computer.frame_s = 0.06
    computer.work(60)
    assert (computer.governor.one_of, computer.governor.spared, computer.governor.dropped) == (1, 0, 0)
    computer.frame_s = 0.09
    computer.work(2)
    assert computer.governor.one_of == 2


def test_it_comes_back_after_a_while_and_waits_longer_each_time_that_was_too_early() -> None:
    computer = Computer()
    computer.frame_s = 0.05
    computer.work(3)
    assert computer.governor.one_of == 2
    computer.frame_s = 0.03
    computer.work(FIRST_WAIT_S - 2)
    assert computer.governor.one_of == 2, "not at the first good moment"
    computer.work(4)
    assert computer.governor.one_of == 1
    changes, before = 0, 1
    for _ in range(300):
        computer.frame_s = 0.05 if computer.governor.one_of == 1 else 0.03  # slow only when it has all to paint
        computer.work(1)
        changes += computer.governor.one_of != before
        before = computer.governor.one_of
    assert 4 <= changes <= 14


def test_a_very_slow_one_paints_one_frame_of_a_stride() -> None:
    computer = Computer()
    computer.frame_s = 0.13
    computer.work(10)
    dropped = computer.governor.dropped
    computer.work(20)
    assert computer.governor.one_of == FEWEST
    assert computer.governor.dropped == dropped


def test_a_hiccup_lowers_nothing_and_a_stall_is_skipped() -> None:
    computer = Computer()
    computer.work(10)
    computer.clock.time += LOST_S - 0.05
    computer.work(10)
    assert (computer.governor.one_of, computer.governor.dropped) == (1, 0)
    computer.clock.time += 1.0
    computer.work(10)
    assert computer.governor.one_of == 1
    assert 20 <= computer.governor.dropped <= 28


def test_what_a_device_needs_itself_is_no_delay_of_ours() -> None:
    computer = Computer()
    computer.device_s = 5 * STRIDE / FPS  # hands over its sound 0.8 s late
    computer.work(10)
    assert (computer.governor.one_of, computer.governor.dropped) == (1, 0)
