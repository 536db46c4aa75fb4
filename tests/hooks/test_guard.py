"""A plugin's callable on a thread of its own: in time, late, hanging, raising."""

import re
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from osa_cam.hooks.guard import ENOUGH, HANGS_S, LATE, RECENT, Guarded, limited

SOON, NEVER = 10.0, 0.001  # seconds: an answer that is waited for, one that is not


@pytest.fixture
def stopped() -> list[str]:
    return []


@pytest.fixture
def gate() -> Iterator[threading.Semaphore]:
    """One release lets one call of a waiting plugin return."""
    semaphore = threading.Semaphore(0)
    yield semaphore
    semaphore.release(1000)


def waiting(gate: threading.Semaphore) -> Callable[[int], int]:
    def double(number: int) -> int:
        gate.acquire()
        return 2 * number

    return double


def settle(guarded: Guarded) -> None:
    """Until the plugin's result lies there, or was taken."""
    while guarded._busy_since is not None and guarded._done.empty():
        assert guarded._thread.is_alive()


def test_what_is_done_in_time_is_the_result(stopped: list[str]) -> None:
    guarded = Guarded("p", lambda a, b: a + b, SOON, stopped.append)
    assert [guarded(k, 1) for k in range(100)] == list(range(1, 101))
    assert guarded._thread is not threading.current_thread()
    guarded.close()
    guarded._thread.join(5)
    assert not guarded._thread.is_alive()
    assert guarded(1, 1) is LATE, "closed"
    assert not stopped


def test_late_goes_on_without_and_the_newest_is_next(gate: threading.Semaphore, stopped: list[str]) -> None:
    guarded = Guarded("p", waiting(gate), NEVER, stopped.append)
    assert guarded(1) is LATE
    assert guarded(2) is LATE, "it is still busy with 1"
    gate.release()
    settle(guarded)
    guarded._within_s = SOON
    gate.release()
    assert guarded(3) == 6, "2 is never asked for"
    assert not stopped


def test_never_in_time_is_stopped_and_says_so(gate: threading.Semaphore, stopped: list[str]) -> None:
    guarded = Guarded("p", waiting(gate), NEVER, stopped.append)
    for _ in range(RECENT - 1):
        assert guarded(1) is LATE
    assert not stopped
    guarded(1)
    assert stopped == [f"was not done within 1 ms in any of its last {RECENT} calls"]
    gate.release(3)
    guarded._thread.join(5)
    assert not guarded._thread.is_alive()


def test_late_because_the_computer_is_busy_is_put_up_with(gate: threading.Semaphore, stopped: list[str]) -> None:
    guarded = Guarded("p", waiting(gate), SOON, stopped.append)
    for k in range(3 * RECENT):
        in_time = k % 10 == 0
        guarded._within_s = SOON if in_time else NEVER
        if in_time:
            gate.release()
            assert guarded(k) == 2 * k
        else:
            assert guarded(k) is LATE
            gate.release()
            settle(guarded)
    assert not stopped


def test_what_costs_too_much_is_stopped_and_says_so(stopped: list[str]) -> None:
    def work() -> None:
        until = time.thread_time() + 0.005
        while time.thread_time() < until:
            pass

    guarded = Guarded("p", work, 0.002, stopped.append)
    for _ in range(ENOUGH):
        guarded()
        settle(guarded)
    guarded()
    assert len(stopped) == 1
    assert re.fullmatch(r"needs \d+ ms of the processor at each call and has 2", stopped[0])


def test_what_hangs_is_left_alone_and_stopped(gate: threading.Semaphore, stopped: list[str]) -> None:
    now = [0.0]
    guarded = Guarded("p", waiting(gate), NEVER, stopped.append, now=lambda: now[0])
    guarded(1)
    now[0] = HANGS_S
    guarded(2)
    assert not stopped
    now[0] += 0.01
    assert guarded(3) is LATE
    assert stopped == ["did not come back within 1 s"]
    assert guarded(4) is LATE
    assert len(stopped) == 1


def test_a_loop_in_python_is_ended(stopped: list[str]) -> None:
    """It would take turns with the pacer for ever."""
    now = [0.0]

    def loop() -> None:
        while True:
            pass

    guarded = Guarded("p", loop, NEVER, stopped.append, now=lambda: now[0])
    guarded()
    now[0] = 2 * HANGS_S
    guarded()
    assert stopped
    guarded._thread.join(10)
    assert not guarded._thread.is_alive()


def test_what_raises_is_stopped_with_its_words(stopped: list[str]) -> None:
    def fail() -> None:
        raise KeyError("colour")

    guarded = Guarded("p", fail, SOON, stopped.append)
    assert guarded() is LATE
    assert guarded() is LATE
    assert stopped == ["failed: KeyError: 'colour'"]


def test_offers_never_wait_and_their_result_comes_later(gate: threading.Semaphore, stopped: list[str]) -> None:
    guarded = Guarded("p", waiting(gate), 0.0, stopped.append)
    guarded.offer(1)
    for k in range(2 * RECENT):
        guarded.offer(k)
    assert guarded.newest is None and not stopped, "slow triggers cost nothing"
    gate.release()
    settle(guarded)
    guarded.offer(21)
    assert guarded.newest == 2
    gate.release()
    settle(guarded)
    guarded.offer(0)
    assert guarded.newest == 42


def test_the_first_call_may_take_longer(gate: threading.Semaphore, stopped: list[str]) -> None:
    guarded = Guarded("p", waiting(gate), NEVER, stopped.append)
    gate.release()
    assert guarded.wait(SOON, 5) == 10
    assert guarded.wait(NEVER, 5) is LATE
    assert stopped == ["did not come back within 0.001 s"]


def test_one_limited_call() -> None:
    assert limited(lambda: 7, SOON, "p") == 7
    with pytest.raises(ZeroDivisionError):
        limited(lambda: 1 // 0, SOON, "p")
    event = threading.Event()
    with pytest.raises(TimeoutError, match=r"did not come back within 0\.001 s"):
        limited(event.wait, NEVER, "p")
    event.set()
