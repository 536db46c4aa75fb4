"""The commands as a user types them."""

from __future__ import annotations

import sys
from collections.abc import Callable

import pytest

from osa_cam import cli

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """Runs `osa-cam ...`, nobody there to answer questions; gives exit code, output and errors."""

    def command(*words: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["osa-cam", *map(str, words)])
        monkeypatch.setenv("COLUMNS", "200")
        monkeypatch.setattr(sys.stdin, "isatty", lambda: False, raising=False)
        with pytest.raises(SystemExit) as ended:
            cli.main()
            sys.exit(0)
        out, err = capfd.readouterr()
        return int(ended.value.code or 0), out, err

    return command
