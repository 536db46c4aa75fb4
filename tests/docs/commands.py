"""The commands as the command line itself knows them: what the reference is written from, and what the blocks are checked by."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import cache
from typing import Any

import typer
from typer.main import get_command

from osa_cam import cli


@cache
def root() -> Any:
    """`osa-cam` with everything that it otherwise loads when it is called."""
    command: Any = get_command(cli.app)
    for name, found in cli.ELSEWHERE.items():
        body = cli._load(name, found)
        if not isinstance(body, typer.Typer):
            function, body = body, typer.Typer(add_completion=False)
            body.command(help=function.__doc__ or found.summary)(function)
        command.commands[name] = get_command(body)
    return command


def walk(command: Any, name: str) -> Iterator[tuple[str, Any]]:
    """(`osa-cam ctl obs sync`, its command), groups too."""
    yield name, command
    for word, inner in sorted(getattr(command, "commands", {}).items()):
        if not inner.hidden:
            yield from walk(inner, f"{name} {word}")


def find(words: Sequence[str]) -> tuple[Any, list[str]]:
    """What follows `osa-cam` -> the command, and the words that are left for it. Raises AssertionError where there is none."""
    command, left = root(), list(words)
    while hasattr(command, "commands") and left and not left[0].startswith("-"):
        assert left[0] in command.commands, f"osa-cam {' '.join(words)}: there is no command {left[0]!r}"
        command = command.commands[left.pop(0)]
    return command, left


def check(words: Sequence[str]) -> None:
    """Would the command line take them? Raises its own error where it would not."""
    command, left = find(words)
    with suppress(typer.Exit):  # --help
        command.make_context(words[0] if words else "osa-cam", left)


def options(command: Any) -> set[str]:
    return {"--help", *(option for parameter in command.params for option in (*parameter.opts, *parameter.secondary_opts))}
