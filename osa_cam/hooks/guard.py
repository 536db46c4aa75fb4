"""Calls into a plugin that can't hold up the program: each callable has a thread of its own."""

from __future__ import annotations

import ctypes
import logging
import queue
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final, NamedTuple

log = logging.getLogger(__name__)

RECENT = 50  # calls; two seconds of frames
ENOUGH = RECENT // 2  # of them, to know what a call costs
HANGS_S = 1.0  # what has not come back by then never does; a loop in Python slows everything down until it is broken off

LATE: Final = object()
"""Instead of a result: it is not there, go on without."""


class _Done(NamedTuple):
    cost_s: float
    result: Any
    error: Exception | SystemExit | None


class Guarded:
    """A plugin's callable, to be called from one thread, which waits `within_s` at most. newest: the newest result.

    While the plugin still works on something older it is not asked: what it gets next is what is newest then. `stop` is called once, with
    the reason, when the plugin raises, when it hangs, when its calls need more of the processor than they have time, or when none of its
    RECENT calls was done in time; from then on all is LATE. What is late because the computer is busy is nobody's fault.
    """

    def __init__(
        self,
        name: str,
        function: Callable[..., Any],
        within_s: float,
        stop: Callable[[str], None],
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self.newest: Any = None
        self.stopped = False
        self._within_s = within_s
        self._stop = stop
        self._now = now
        self._lates = 0  # in a row
        self._costs_s: deque[float] = deque(maxlen=RECENT)  # of the processor
        self._busy_since: float | None = None
        # These queues are C: a handover there and back takes 0.05 ms, of which a Condition would take several times as much.
        self._jobs: queue.SimpleQueue[tuple[Any, ...] | None] = queue.SimpleQueue()
        self._done: queue.SimpleQueue[_Done] = queue.SimpleQueue()
        self._thread = threading.Thread(target=_work, args=(function, self._jobs, self._done), name=f"plugin {name}", daemon=True)
        self._thread.start()

    def __call__(self, *arguments: Any) -> Any:
        """The result, or LATE."""
        if not self._free():
            return self._late()
        self._hand_over(arguments)
        try:
            result = self._take(self._done.get(timeout=self._within_s))
        except queue.Empty:
            return self._late()
        self._lates = 0
        return result

    def offer(self, *arguments: Any) -> None:
        """Without waiting: the result becomes `newest` at one of the next offers."""
        if self._free():
            self._hand_over(arguments)

    def wait(self, seconds: float, *arguments: Any) -> Any:
        """One call that may take longer: the first of a plugin, or any for a file. The result, or LATE."""
        if not self._free():
            return LATE
        self._hand_over(arguments)
        try:
            return self._take(self._done.get(timeout=seconds))
        except queue.Empty:
            self._give_up(f"did not come back within {seconds:.3g} s")
            return LATE

    def close(self) -> None:
        self.stopped = True
        self._jobs.put(None)

    def _hand_over(self, arguments: tuple[Any, ...]) -> None:
        self._busy_since = self._now()
        self._jobs.put(arguments)

    def _free(self) -> bool:
        if self.stopped:
            return False
        if self._busy_since is None:
            return True
        try:
            self._take(self._done.get_nowait())
        except queue.Empty:
            if self._now() - self._busy_since > HANGS_S:
                self._give_up(f"did not come back within {HANGS_S:.3g} s")
            return False
        return not self.stopped

    def _take(self, done: _Done) -> Any:
        self._busy_since = None
        if done.error is not None:
            log.warning("a plugin failed", exc_info=done.error)
            self._give_up(f"failed: {type(done.error).__name__}: {done.error}")
            return LATE
        self.newest = done.result
        self._costs_s.append(done.cost_s)
        cost_s = sum(self._costs_s) / len(self._costs_s)
        if len(self._costs_s) >= ENOUGH and cost_s > self._within_s > 0:
            self._give_up(f"needs {1000 * cost_s:.0f} ms of the processor at each call and has {1000 * self._within_s:.0f}")
        return done.result

    def _late(self) -> Any:
        self._lates += 1
        if self._lates >= RECENT:
            self._give_up(f"was not done within {1000 * self._within_s:.3g} ms in any of its last {RECENT} calls")
        return LATE

    def _give_up(self, reason: str) -> None:
        if self.stopped:
            return
        self.close()
        if self._busy_since is not None:
            _interrupt(self._thread)
        self._stop(reason)


class _Interrupted(BaseException):
    """Raised inside of a plugin's code."""


def _work(function: Callable[..., Any], jobs: queue.SimpleQueue[tuple[Any, ...] | None], done: queue.SimpleQueue[_Done]) -> None:
    with suppress(_Interrupted):
        while (arguments := jobs.get()) is not None:
            done.put(_outcome(function, arguments))
            del arguments  # a picture is not kept until the next one comes


def _outcome(function: Callable[..., Any], arguments: tuple[Any, ...]) -> _Done:
    began = time.thread_time()
    try:
        result = function(*arguments)
    except (Exception, SystemExit) as error:
        return _Done(time.thread_time() - began, None, error)
    return _Done(time.thread_time() - began, result, None)


def _interrupt(thread: threading.Thread) -> None:
    """Ends a loop in Python, which would take turns with everything else for ever. What waits outside of Python costs nothing and stays."""
    if thread.ident is not None:
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident), ctypes.py_object(_Interrupted))


def limited(function: Callable[[], Any], seconds: float, name: str) -> Any:
    """One call on a thread of its own. Raises what it raises, and TimeoutError when it is not done in time."""
    done: queue.SimpleQueue[_Done] = queue.SimpleQueue()

    def body() -> None:
        with suppress(_Interrupted):
            done.put(_outcome(function, ()))

    thread = threading.Thread(target=body, name=name, daemon=True)
    thread.start()
    try:
        found = done.get(timeout=seconds)
    except queue.Empty:
        _interrupt(thread)
        raise TimeoutError(f"did not come back within {seconds:.3g} s") from None
    if isinstance(found.error, SystemExit):
        raise RuntimeError(f"it wants to end the program ({found.error})") from found.error
    if found.error is not None:
        raise found.error
    return found.result
