"""Windows without a screen. Every test that opens one ends with all of it closed."""

from __future__ import annotations

import os
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from osa_cam_ui.app import App
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication

from tests.ui.fake_studio import FakeStudio

Started = tuple[App, FakeStudio]
SCREEN = "1400x900x24"


@pytest.fixture
def start(qapp: QApplication) -> Iterator[Callable[..., Started]]:
    """Starts the program with a fake studio of these settings; shown."""
    before = set(threading.enumerate())
    started: list[App] = []

    def make(studio: FakeStudio | None = None, **settings: Any) -> Started:
        made = studio or FakeStudio(**settings)
        app = App(qapp, made)  # type: ignore[arg-type]
        app.window.show()
        started.append(app)
        settle(app)
        return app, made

    yield make
    for app in started:
        app.close()
        app.window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert set(threading.enumerate()) <= before, "a thread is left behind"


def settle(app: App) -> None:
    """What waits has happened, and the newest status is shown."""
    for _ in range(3):
        app.controller.poll()
        QApplication.processEvents()


@pytest.fixture
def display(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A real X server, for programs that this test starts."""
    for name in ("Xvfb", "xdotool"):
        if shutil.which(name) is None:
            pytest.skip(f"{name} is not installed")
    read, write = os.pipe()
    command = ["Xvfb", "-displayfd", str(write), "-screen", "0", SCREEN, "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=[write], stderr=subprocess.DEVNULL)
    os.close(write)
    with os.fdopen(read) as answer:
        number = answer.readline().strip()
    monkeypatch.setenv("DISPLAY", f":{number}")
    monkeypatch.setenv("QT_QPA_PLATFORM", "xcb")
    yield f":{number}"
    server.terminate()
    server.wait(10)
