"""What the command line shows while it works."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from osa_cam.live.check import Check
    from osa_cam.live.statistics import Statistics
    from osa_cam.live.studio import Status, Studio

POLL_S = 0.05


def wait_for_start(studio: Studio) -> None:
    """Until it is live, or can't be."""
    from osa_cam.live.studio import State

    while studio.error is None and studio.status().state is State.STARTING:
        time.sleep(POLL_S)


def watch(studio: Studio, until: float | None) -> None:
    """Shows the figures once a second, and what is wrong when it begins to be, until the run ends; until: by the monotonic clock."""
    from rich.console import Console

    console = Console(stderr=True)
    told: tuple[str, ...] = ()
    next_at = 0.0
    with console.status("starting") as status:
        while (now := studio.status()).on and studio.error is None and (until is None or time.monotonic() < until):
            lines = (*studio.plugins.notices, *((now.message,) if now.message else ()))
            for line in lines:
                if line not in told:
                    console.print(f"osa-cam: {line}", markup=False, highlight=False, soft_wrap=True)
            told = lines
            if console.is_terminal and time.monotonic() >= next_at:
                next_at = time.monotonic() + 1.0
                status.update(_figures(now, studio.statistics))
            time.sleep(POLL_S)


def _figures(now: Status, statistics: Statistics) -> str:
    if not statistics.watched:
        return "no program has the camera open: the model rests"
    delayed = "" if now.sound_delay_ms is None else f", microphone delayed by {now.sound_delay_ms:.0f} ms"
    return (
        f"{'speaking' if now.speaking else 'silence '}  latency {now.latency_ms:.0f} ms{delayed}  "
        f"{now.shown} frames at {statistics.painted_fps:g} a second, {now.missed} missed, {statistics.late} late"
    )


@contextmanager
def progress(what: str, seconds: float | None, hidden: bool) -> Iterator[Callable[[float], None]]:
    """A bar for so many seconds of video; what it yields moves it on."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed:.0f} s"), TimeRemainingColumn())
    with Progress(*columns, console=console, disable=hidden or not console.is_terminal, transient=True) as shown:
        task = shown.add_task(what, total=seconds)
        yield lambda by: shown.advance(task, by)


def table(first: str, columns: tuple[str, ...], rows: dict[str, list[Any]]) -> None:
    """rows: the first column's cell -> the others."""
    from rich.console import Console
    from rich.table import Table

    if not rows:
        Console().print(f"no {first}")
        return
    shown = Table(first, *columns)
    for name, cells in rows.items():
        shown.add_row(name, *map(str, cells))
    Console().print(shown)


def verdict(check: Check) -> None:
    """One line, and one more to be copied where something is wrong."""
    from rich.console import Console
    from rich.text import Text

    sign, colour = {"ok": ("✔", "green"), "warning": ("!", "yellow"), "failed": ("✘", "red")}[check.verdict]
    console = Console()
    if console.encoding.lower() != "utf-8":
        sign = {"ok": "+", "warning": "!", "failed": "x"}[check.verdict]
    console.print(Text(f"{sign} {check.name:<15}", colour), Text(check.reason), soft_wrap=True)
    if check.fix:
        console.print(Text(f"    {check.fix}", "bold"), soft_wrap=True)
