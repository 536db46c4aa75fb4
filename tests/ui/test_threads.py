"""What runs beside the window ends with it: the doctor's examination, the welcome's listening, the second start."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from osa_cam_ui import doctor_page
from osa_cam_ui.examination import Examination
from osa_cam_ui.listening import Listening
from osa_cam_ui.single_instance import SingleInstance
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from osa_cam.audio.source import FileSource
from osa_cam.live.check import Check
from osa_cam.live.clock import SystemClock
from tests.sounds import bursts, write_wav
from tests.ui.conftest import Started, settle
from tests.ui.pages import CHECKS

Start = Callable[..., Started]


@pytest.fixture
def doctors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor_page, "all_checks", lambda settings: iter(CHECKS))


def test_the_doctor_shows_each_check_and_what_fixes_it(start: Start, qtbot: QtBot, doctors: None) -> None:
    app, _ = start()
    app.window.show_page("doctor")
    page = app.window.doctor
    with qtbot.waitSignal(page.examination.done, timeout=5000):
        qtbot.mouseClick(page.again, Qt.MouseButton.LeftButton)
    assert {name: shown.shown for name, shown in page.checks.items()} == {check.name: check.verdict for check in CHECKS}
    assert "needs fixing" in page.verdict.text() and page.again.isEnabled()
    camera = page.checks["virtual camera"]
    assert camera._fix.isVisible() and not page.checks["model"]._fix.isVisible()
    qtbot.mouseClick(camera._fix._copy, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == CHECKS[1].fix


def test_without_a_camera_the_browser_page_is_one_click_away(start: Start, qtbot: QtBot) -> None:
    app, studio = start()
    app.window.show_page("doctor")
    app.window.doctor._found(CHECKS[1])
    qtbot.mouseClick(app.window.doctor.checks["virtual camera"]._mend, Qt.MouseButton.LeftButton)
    assert studio.settings.camera == "web" and app.window.page() == "settings"


def test_closing_ends_an_examination_after_the_check_that_runs(qtbot: QtBot) -> None:
    began, go_on, asked = threading.Event(), threading.Event(), []

    def checks() -> Iterator[Check]:
        for check in CHECKS:
            began.set()
            go_on.wait(5)
            asked.append(check.name)
            yield check

    examination = Examination()
    examination.start(checks)
    assert began.wait(5)
    threading.Timer(0.05, go_on.set).start()
    examination.close()
    assert not examination.running and asked == [CHECKS[0].name]


def test_an_examination_that_breaks_is_done_too(qtbot: QtBot) -> None:
    def checks() -> Iterator[Check]:
        yield CHECKS[0]
        raise RuntimeError("a mistake of ours")

    examination = Examination()
    with qtbot.waitSignal(examination.done, timeout=5000):
        examination.start(checks)
    examination.close()


def test_listening_hears_speech_and_ends(qtbot: QtBot, tmp_path: Path) -> None:
    talk = write_wav(tmp_path / "talk.wav", bursts(20.0))
    listening = Listening()
    listening.hear(lambda: FileSource(talk, SystemClock()))
    qtbot.waitUntil(lambda: listening.level.speaking, timeout=5000)
    assert -40 < (listening.level.level_db or -100) < 0
    before = threading.active_count()
    listening.close()
    assert threading.active_count() == before - 1 and listening.level.level_db is None


def test_listening_says_why_nothing_is_heard(qtbot: QtBot) -> None:
    listening = Listening()
    listening.start("no-such-file.wav")
    qtbot.waitUntil(lambda: listening.level.problem != "", timeout=10000)
    assert "no-such-file.wav" in listening.level.problem
    listening.close()


def test_leaving_the_step_closes_the_microphone(start: Start, qtbot: QtBot) -> None:
    app, _ = start(welcomed=False, microphone="silence")
    assert app.window.welcome is not None
    step = app.window.welcome.microphone
    qtbot.waitUntil(lambda: step.listening.level.level_db is not None, timeout=10000)
    app.window.welcome._go(1)
    assert not [thread for thread in threading.enumerate() if thread.name == "listening"]
    settle(app)


def test_a_second_start_raises_the_first(qtbot: QtBot, tmp_path: Path) -> None:
    name = str(tmp_path / "socket")
    first, second, third = SingleInstance(name), SingleInstance(name), SingleInstance(name)
    assert first.claim()
    with qtbot.waitSignal(first.asked, timeout=2000):
        assert not second.claim()
    first.close()
    assert third.claim(), "after the first has ended there may be another"
    third.close()


def test_what_a_crash_left_behind_is_no_first_one(qtbot: QtBot, tmp_path: Path) -> None:
    left = tmp_path / "socket"
    left.write_text("")
    instance = SingleInstance(str(left))
    assert instance.claim()
    with qtbot.waitSignal(instance.asked, timeout=2000):
        assert not SingleInstance(str(left)).claim()
    instance.close()
