"""The window on the real studio: sound from a file, the small model of tests/graphs.py, a camera that nobody sees."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import pytest
from osa_cam_ui import files
from osa_cam_ui.app import App
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from osa_cam.audio.source import FileSource
from osa_cam.engines.accelerator import AcceleratedEngine, Accelerator
from osa_cam.engines.model import Model
from osa_cam.errors import AudioError, EngineError
from osa_cam.hooks.registry import Plugins
from osa_cam.live import open as opening
from osa_cam.live.clock import SystemClock
from osa_cam.live.open import Opener, open_model
from osa_cam.live.settings import Settings, load
from osa_cam.live.studio import State, Studio
from tests.graphs import write_model
from tests.sounds import bursts, write_portrait, write_wav

WAIT_MS = 30_000  # a busy machine


def pulled(self: FileSource, stop: threading.Event) -> NoReturn:
    raise AudioError("the microphone is gone: plug it in again")


@pytest.fixture
def app(qapp: QApplication, tmp_path: Path) -> Iterator[App]:
    before = set(threading.enumerate())
    talk, portrait = write_wav(tmp_path / "talk.wav", bursts(60.0)), write_portrait(tmp_path / "disc.png")
    model, clock, plugins = write_model(tmp_path / "model"), SystemClock(), Plugins([], tmp_path)
    settings = Settings(
        microphone=str(talk), avatar=str(portrait), camera="null", size="320x180", fps=25, engine="onnxruntime", welcomed=True
    )
    opener = Opener(clock, plugins, model)
    studio = Studio(settings, path=tmp_path / "settings.toml", clock=clock, plugins=plugins, open=opener)
    made = App(qapp, studio)
    made.window.show()
    yield made
    made.close()
    made.window.deleteLater()
    for thread in set(threading.enumerate()) - before:
        thread.join(WAIT_MS / 1000)  # one that was loading the model when it was told to end
        assert not thread.is_alive(), f"{thread.name} is left behind"


def test_one_click_and_the_picture_speaks(app: App, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "_named", lambda where, at, suffix: tmp_path / f"talk{suffix}")
    live = app.window.live
    qtbot.mouseClick(live.big, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: app.controller.now().state is State.LIVE, timeout=WAIT_MS)
    painted = live.view.painted
    qtbot.waitUntil(lambda: live.view.painted > painted + 10, timeout=WAIT_MS)
    assert live.big.text() == "End" and "talk.wav" in app.controller.now().microphone
    assert live.meter._level_db is not None
    app.actions.record.trigger()
    qtbot.waitUntil(lambda: app.controller.now().recording is not None, timeout=WAIT_MS)
    painted = live.view.painted  # what is heard from now on is recorded, and shown 0.2 s later: a shorter recording holds nothing
    qtbot.waitUntil(lambda: live.view.painted > painted + 20, timeout=WAIT_MS)
    app.actions.snapshot.trigger()
    assert (tmp_path / "talk.png").stat().st_size > 100
    app.actions.record.trigger()
    qtbot.waitUntil(lambda: (tmp_path / "talk.mp4").is_file(), timeout=WAIT_MS)
    qtbot.mouseClick(live.big, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: app.controller.now().state is State.IDLE, timeout=WAIT_MS)


def test_what_is_set_is_kept_and_is_live_at_once(app: App, qtbot: QtBot, tmp_path: Path) -> None:
    app.actions.live.trigger()
    qtbot.waitUntil(lambda: app.controller.studio.picture() is not None, timeout=WAIT_MS)
    assert app.controller.change(background="#ff0000", expression="sad", gate_db=-40.0)

    def red() -> bool:
        newest = app.controller.studio.picture()
        return newest is not None and tuple(newest[1][2, 2]) == (255, 0, 0, 255)

    qtbot.waitUntil(red, timeout=WAIT_MS)
    settings, problems = load(tmp_path / "settings.toml")
    assert (settings.background, settings.gate_db, problems) == ("#ff0000", -40.0, [])
    assert not app.controller.change(size="1x1") and "1x1" in app.window.notice.words
    assert app.controller.known.size == "320x180"


def test_a_microphone_that_is_gone_is_told_and_quitting_still_works(app: App, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    app.actions.live.trigger()
    qtbot.waitUntil(lambda: app.controller.now().state is State.LIVE, timeout=WAIT_MS)

    monkeypatch.setattr(FileSource, "read", pulled)
    qtbot.waitUntil(lambda: "plug it in again" in app.window.notice.words, timeout=WAIT_MS)
    assert app.window.live.big.text() == "End", "it tries again by itself, and can be ended"
    monkeypatch.undo()
    qtbot.waitUntil(lambda: app.controller.now().state is State.LIVE, timeout=WAIT_MS)


@pytest.mark.parametrize("when", ["starting", "live", "without a microphone"])
def test_quitting_leaves_nothing_behind(app: App, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, when: str) -> None:
    """The fixture looks for threads."""
    app.actions.live.trigger()
    if when != "starting":
        qtbot.waitUntil(lambda: app.controller.now().state is State.LIVE, timeout=WAIT_MS)
    if when == "without a microphone":
        monkeypatch.setattr(FileSource, "read", pulled)
        qtbot.waitUntil(lambda: app.controller.now().state is State.PROBLEM, timeout=WAIT_MS)
    with qtbot.waitSignal(app.asked_to_quit, timeout=1000):
        app.window.close()


def test_quitting_ends_the_building_of_an_engine(app: App, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    """As it is on a graphics card; the fixture looks for the thread that builds. Meanwhile the line says what is going on."""
    building = threading.Event()

    def build(tell: Callable[[str], None], stop: threading.Event) -> NoReturn:
        building.set()
        while not stop.wait(0.01):
            tell("building the engine for denoise, 40 %")
        raise EngineError("the building of the engine was ended")

    def load(engine: str, model: Path) -> Model:
        loaded = open_model(engine, model)
        accelerator = Accelerator(build)
        return replace(loaded, denoise=AcceleratedEngine("denoise", loaded.denoise, accelerator), accelerator=accelerator)

    monkeypatch.setattr(opening, "open_model", load)
    app.actions.live.trigger()
    qtbot.waitUntil(lambda: "40 %" in app.window.live.line.text(), timeout=WAIT_MS)
    assert building.is_set()
    app.controller.change(camera="null", fps=30)  # it begins anew, with the engines it has
    with qtbot.waitSignal(app.asked_to_quit, timeout=1000):
        app.window.close()
