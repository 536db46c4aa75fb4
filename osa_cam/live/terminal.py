"""What the command line shows while it works."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from osa_cam.live.doctor import Check
    from osa_cam.live.session import Session


def watch(session: Session, until: float | None) -> None:
    """Shows the figures once a second until the run ends."""
    from rich.console import Console

    console = Console(stderr=True)
    shows = console.is_terminal
    with console.status("starting") as status:
        while not session.done.wait(1.0 if until is None else min(1.0, max(until - time.monotonic(), 0.0))):
            if until is not None and time.monotonic() >= until:
                return
            now = session.statistics
            if shows:
                latency = now.latency.summary()
                status.update(
                    f"{'speaking' if now.speaking else 'silence '}  latency {latency['p50']:.0f} ms (p95 {latency['p95']:.0f})  "
                    f"{now.shown} frames at {now.painted_fps:g} a second, {now.missed} missed, {now.late} late"
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
