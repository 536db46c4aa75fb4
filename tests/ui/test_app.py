"""The whole program with a fake studio: orders go out, what happens is shown, closing ends it."""

from collections.abc import Callable
from dataclasses import replace
from importlib.metadata import EntryPoint
from pathlib import Path

import numpy as np
import pytest
from osa_cam_ui import autostart, files, theme
from osa_cam_ui.app import App
from osa_cam_ui.gallery import AVATAR, THUMBNAIL
from osa_cam_ui.hotkeys import Hotkeys
from osa_cam_ui.tray import Tray
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDropEvent, QImage, QKeySequence
from PySide6.QtWidgets import QApplication, QSystemTrayIcon
from pytestqt.qtbot import QtBot

from osa_cam.errors import CameraError
from osa_cam.hooks.registry import Plugins
from osa_cam.live.studio import State
from tests.sounds import write_portrait
from tests.ui.conftest import Started, settle
from tests.ui.fake_studio import FakeStudio

Start = Callable[..., Started]


@pytest.fixture
def tray_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(QSystemTrayIcon, "isSystemTrayAvailable", staticmethod(lambda: True))


def picture(red: int, width: int = 320, height: int = 180) -> np.ndarray:
    """Opaque, red on the left half, blue on the right."""
    made = np.zeros((height, width, 4), np.uint8)
    made[:, : width // 2, 0], made[:, width // 2 :, 2], made[..., 3] = red, 255, 255
    return made


def test_the_big_button_starts_and_ends(start: Start, qtbot: QtBot) -> None:
    app, studio = start()
    big = app.window.live.big
    assert big.text() == "Go live"
    qtbot.mouseClick(big, Qt.MouseButton.LeftButton)
    settle(app)
    assert studio.told == [("start",)] and big.text() == "End" and big.property("live")
    assert "240 ms" in app.window.live.line.text() and "25 fps" in app.window.live.line.text()
    qtbot.mouseClick(big, Qt.MouseButton.LeftButton)
    settle(app)
    assert studio.told[-1] == ("stop",) and big.text() == "Go live"


def test_a_run_that_retries_can_be_ended(start: Start, qtbot: QtBot) -> None:
    """A studio whose camera is gone tries again by itself: the button must end that, not start it once more."""
    app, studio = start()
    studio.now = replace(studio.now, state=State.PROBLEM, on=True, message="the camera is gone: plug it in")
    settle(app)
    assert app.window.live.big.text() == "End"
    assert app.window.notice.isVisible() and "The camera is gone" in app.window.notice.words
    qtbot.mouseClick(app.window.live.big, Qt.MouseButton.LeftButton)
    assert studio.told == [("stop",)]


def test_a_problem_that_was_closed_stays_closed_until_another_comes(start: Start) -> None:
    app, studio = start()
    studio.now = replace(studio.now, state=State.PROBLEM, message="one")
    settle(app)
    app.window.notice.hide()
    settle(app)
    assert not app.window.notice.isVisible()
    studio.now = replace(studio.now, message="two")
    settle(app)
    assert app.window.notice.isVisible() and app.window.notice.words == "two"


def test_what_is_refused_is_said_and_nothing_has_changed(start: Start, qtbot: QtBot) -> None:
    app, studio = start()
    studio.fails = CameraError("no camera: install one")
    qtbot.mouseClick(app.window.live.big, Qt.MouseButton.LeftButton)
    settle(app)
    assert app.window.notice.words == "No camera: install one" and app.window.live.big.text() == "Go live"


def test_a_plugin_that_was_stopped_is_told_of_once(start: Start) -> None:
    app, studio = start()
    studio.plugins.notices = ("plugin overlay was stopped: it failed",)
    settle(app)
    assert "overlay" in app.window.notice.words
    app.window.notice.hide()
    settle(app)
    assert not app.window.notice.isVisible()


def test_an_avatar_of_a_plugin_has_its_tile(start: Start) -> None:
    app, _ = start(avatar="sprite:cat.json")
    assert app.window.live.gallery.list.currentItem().data(AVATAR) == "sprite:cat.json"


def test_each_picture_is_painted_once_mirrored(start: Start) -> None:
    app, studio = start()
    view = app.window.live.view
    studio.start()
    studio.newest = (7, picture(200))
    settle(app)
    painted = view.painted
    for _ in range(5):
        app.controller.poll()
        QApplication.processEvents()
    assert view.painted == painted, "a picture that is shown already costs nothing"
    studio.newest = (8, picture(100))
    settle(app)
    assert view.painted == painted + 1
    shown = view.grab().toImage()
    assert (at(shown, 0.2, 0.5).blue(), at(shown, 0.8, 0.5).red()) == (255, 100), "the preview is mirrored"


def at(shown: QImage, across: float, down: float) -> QColor:
    """A pixel of a stage of 16 to 9 that stands in the middle, at the top; across and down: shares of it."""
    width = min(shown.width(), round(shown.height() * 16 / 9))
    return shown.pixelColor(round((shown.width() - width) / 2 + across * width), round(down * width * 9 / 16))


def test_no_picture_is_fetched_while_the_window_is_hidden(start: Start) -> None:
    app, studio = start()
    studio.start()
    app.window.hide()
    studio.newest = (1, picture(9))
    painted = app.window.live.view.painted
    settle(app)
    assert app.window.live.view.painted == painted
    app.window.show()
    settle(app)
    assert app.window.live.view.painted > painted


def test_transparency_shows_squares_behind(start: Start) -> None:
    app, studio = start()
    studio.start()
    studio.newest = (1, np.zeros((180, 320, 4), np.uint8))
    settle(app)
    shown = app.window.live.view.grab().toImage()
    assert len({at(shown, 0.3 + 0.01 * step, 0.3).name() for step in range(20)}) == 2


def test_after_the_end_the_avatar_stands_there_not_the_last_picture(start: Start) -> None:
    app, studio = start(background="#00ff00")
    studio.start()
    studio.newest = (1, picture(255))
    settle(app)
    studio.stop()
    settle(app)
    assert at(app.window.live.view.grab().toImage(), 0.05, 0.5) == QColor("#00ff00")


def test_an_avatar_is_chosen_with_the_mouse_and_with_keys(start: Start, qtbot: QtBot) -> None:
    app, studio = start(avatar="ada")
    tiles = app.window.live.gallery.list
    aiko = next(tiles.item(row) for row in range(tiles.count()) if tiles.item(row).data(AVATAR) == "aiko")
    qtbot.mouseClick(tiles.viewport(), Qt.MouseButton.LeftButton, pos=tiles.visualItemRect(aiko).center())
    assert studio.told == [("change", {"avatar": "aiko"})]
    tiles.setFocus()
    qtbot.keyClick(tiles, Qt.Key.Key_Left)
    qtbot.keyClick(tiles, Qt.Key.Key_Return)
    assert studio.told[-1] == ("change", {"avatar": "ada"})


def test_search_leaves_what_is_called_so(start: Start, qtbot: QtBot) -> None:
    app, _ = start()
    gallery = app.window.live.gallery
    qtbot.keyClicks(gallery.search, "aIK")
    shown = [gallery.list.item(row).text() for row in range(gallery.list.count()) if not gallery.list.item(row).isHidden()]
    assert shown == ["Aiko"]
    qtbot.keyClicks(gallery.search, "xyz")
    assert gallery._nothing.isVisible()


def test_a_dropped_picture_leads_to_a_page_of_its_own(start: Start, tmp_path: Path) -> None:
    app, studio = start()
    portrait, letter = write_portrait(tmp_path / "me.png"), tmp_path / "letter.txt"
    letter.write_text("no picture")
    drop(app, portrait, letter)
    assert app.window.own is not None and app.window.own.sitting.path == portrait
    assert studio.told == []
    app.window.own.cancel.click()
    assert app.window.own is None and app.window.page() == "live"


def test_avatars_of_plugins_are_offered_with_their_pictures(
    start: Start, qtbot: QtBot, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(root / "plugins" / "sprite")
    studio = FakeStudio()
    studio.plugins = Plugins([EntryPoint("sprite", "osa_cam_sprite", "osa_cam.plugins")], tmp_path)
    app, _ = start(studio)
    with qtbot.waitSignal(app.avatars.drawn, timeout=30_000) as drawn:
        app.avatars.ask_plugins()
    avatar = drawn.args[0]
    tiles = app.window.live.gallery.list
    tile = next(tiles.item(row) for row in range(tiles.count()) if tiles.item(row).data(AVATAR) == avatar)
    assert avatar.startswith("sprite:") and not tile.data(THUMBNAIL).isNull()
    studio.change(avatar=avatar)
    settle(app)
    assert app.window.live.view._picture is not None, "it stands there before it is live"


def test_a_dropped_pack_that_is_none_is_said(start: Start, tmp_path: Path) -> None:
    app, studio = start()
    broken = tmp_path / "x.osavatar"
    broken.write_bytes(b"no pack")
    drop(app, broken)
    assert studio.told == [] and app.window.notice.isVisible() and "x.osavatar" in app.window.notice.words


def drop(app: App, *paths: Path) -> None:
    carried = QMimeData()
    carried.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    app.window.live.gallery.dropEvent(QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, carried, buttons, keys))


def test_the_threshold_is_dragged_and_left_to_the_room(start: Start, qtbot: QtBot) -> None:
    app, studio = start()
    meter = app.window.live.meter
    middle = QPoint(meter.width() // 2, meter.height() // 2)
    qtbot.mousePress(meter, Qt.MouseButton.LeftButton, pos=middle)
    qtbot.mouseMove(meter, middle + QPoint(20, 0))
    qtbot.mouseRelease(meter, Qt.MouseButton.LeftButton, pos=middle + QPoint(20, 0))
    (_, change) = studio.told[-1]
    assert -50 < change["gate_db"] < -35
    settle(app)
    assert meter.value() == change["gate_db"]
    meter.setFocus()
    qtbot.keyClick(meter, Qt.Key.Key_Right)
    assert studio.told[-1] == ("change", {"gate_db": change["gate_db"] + 1})
    qtbot.mouseDClick(meter, Qt.MouseButton.LeftButton, pos=middle)
    assert studio.told[-1] == ("change", {"gate_db": None})


def test_expression_and_liveliness(start: Start, qtbot: QtBot) -> None:
    app, studio = start()
    expressions = app.window.live.expressions
    qtbot.mouseClick(expressions._buttons["sad"], Qt.MouseButton.LeftButton)
    expressions._slider.setValue(80)
    assert studio.told == [("change", {"expression": "sad"}), ("change", {"liveliness": 0.8})]


def test_recording_and_snapshot_say_where_the_file_is(start: Start, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(files, "_named", lambda where, at, suffix: tmp_path / f"talk{suffix}")
    app, studio = start()
    assert not app.actions.record.isEnabled() and not app.actions.snapshot.isEnabled()
    studio.start()
    settle(app)
    app.actions.record.trigger()
    settle(app)
    assert studio.now.recording == tmp_path / "talk.mp4" and app.actions.record.text() == "Stop recording"
    app.actions.record.trigger()
    assert studio.now.recording is None and "talk.mp4" in app.window.notice.words
    app.actions.snapshot.trigger()
    assert studio.told[-1] == ("snapshot", tmp_path / "talk.png") and "talk.png" in app.window.notice.words


def test_shortcuts_work_in_the_window_and_hotkeys_beside_them(start: Start, qtbot: QtBot) -> None:
    app, studio = start(hotkeys={"mute": "F9", "elsewhere": "F8"}, expression="surprised")
    qtbot.keyClick(app.window, Qt.Key.Key_F9)
    qtbot.keyClick(app.window, Qt.Key.Key_M, Qt.KeyboardModifier.ControlModifier)
    qtbot.keyClick(app.window, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    assert [order[0] for order in studio.told] == ["mute", "mute", "change"] and studio.settings.expression == "neutral"
    edit = app.window.settings.findChild(Hotkeys).edits["live"]
    edit.setKeySequence(QKeySequence("F7"))
    edit.editingFinished.emit()
    assert studio.settings.hotkeys == {"mute": "F9", "elsewhere": "F8", "live": "F7"}
    settle(app)
    assert app.actions.live.shortcuts() == [QKeySequence("Ctrl+L"), QKeySequence("F7")]


def test_settings_changed_elsewhere_are_shown(start: Start) -> None:
    app, studio = start()
    studio.settings = studio.settings.changed(fps=25, badge=True, microphone="Lost microphone [ALSA]", gain_db=6.0)
    settle(app)
    app.window.show_page("settings")
    page = app.window.settings
    assert page._microphones.currentData() == "Lost microphone [ALSA]", "what is unplugged is listed all the same"


def test_every_row_of_the_settings_changes_what_it_says(start: Start) -> None:
    from osa_cam_ui.parts import Switch
    from PySide6.QtWidgets import QComboBox, QDoubleSpinBox

    app, studio = start()
    app.window.show_page("settings")
    page = app.window.settings
    for box in page.findChildren(QComboBox):
        for index in range(box.count()):
            if box.currentIndex() != index and box.itemData(index) not in ("colour", "picture"):
                box.setCurrentIndex(index)
                box.activated.emit(index)
                break
    for switch in page.findChildren(Switch):
        switch.click()
    for spin in page.findChildren(QDoubleSpinBox):
        spin.setValue(-20)
    changed = {key for order, values in studio.told if order == "change" for key in values}
    assert {
        "size",
        "fps",
        "fit",
        "camera",
        "background",
        "badge",
        "engine",
        "language",
        "start_with_system",
        "gain_db",
        "gate_db",
    } <= changed
    assert studio.settings.gate_db == -20


def test_a_language_is_worn_at_once(start: Start) -> None:
    app, studio = start()
    studio.change(language="de")
    settle(app)
    QApplication.processEvents()
    assert app.window.live.big.text() == "Live gehen" and app.window.isVisible()
    studio.change(language="en")
    settle(app)
    QApplication.processEvents()
    assert app.window.live.big.text() == "Go live"


def test_starting_with_the_system_is_an_entry_of_the_desktop(start: Start) -> None:
    app, studio = start()
    studio.change(start_with_system=True)
    settle(app)
    entry = autostart.entry_path()
    assert "--hidden" in entry.read_text()
    studio.change(start_with_system=False)
    settle(app)
    assert not entry.exists()


def test_the_entry_quotes_what_a_desktop_would_take_apart() -> None:
    assert autostart.quoted('a "b" $c 100%') == '"a \\\\"b\\\\" \\\\$c 100%%"'


def test_the_first_run_goes_through_three_steps(start: Start, qtbot: QtBot) -> None:
    app, studio = start(welcomed=False)
    welcome = app.window.welcome
    assert welcome is not None and welcome.isVisible() and not app.window._rail.isVisible()
    for _ in range(3):
        qtbot.mouseClick(welcome.next, Qt.MouseButton.LeftButton)
    assert ("change", {"welcomed": True}) in studio.told
    assert app.window.welcome is None and app.window.live.isVisible() and app.window._rail.isVisible()


def test_without_a_tray_closing_quits(start: Start, qtbot: QtBot) -> None:
    app, studio = start()
    assert app.tray is None
    studio.start()
    settle(app)
    with qtbot.waitSignal(app.asked_to_quit, timeout=500):
        app.window.close()


def test_with_a_tray_closing_while_live_keeps_the_camera(
    start: Start, qtbot: QtBot, tray_there: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(Tray, "say", lambda self, title, message: said.append(title))
    app, studio = start()
    studio.start()
    settle(app)
    with qtbot.assertNotEmitted(app.asked_to_quit):
        app.window.close()
        app.show()
        app.window.close()
    assert said == ["The camera stays on"], "said once"
    studio.stop()
    settle(app)
    app.show()
    with qtbot.waitSignal(app.asked_to_quit, timeout=500):
        app.window.close()


def test_quitting_while_live_says_nothing_of_a_camera_that_stays(
    start: Start, qtbot: QtBot, tray_there: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(Tray, "say", lambda self, title, message: said.append(title))
    app, studio = start()
    studio.start()
    settle(app)
    with qtbot.waitSignal(app.asked_to_quit, timeout=500):
        app.actions.quit.trigger()
    app.window.close()  # as Qt does when it quits
    assert said == []


def test_the_look_follows_the_desktop(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    app, _ = start()
    light = app.window.grab().toImage().pixelColor(5, 400)
    monkeypatch.setattr(theme, "dark", lambda: True)
    QApplication.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    settle(app)
    dark = app.window.grab().toImage().pixelColor(5, 400)
    assert app.window.isVisible() and light.lightness() > 200 > 60 > dark.lightness()
    monkeypatch.undo()
    QApplication.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Light)


def test_the_tray_shows_the_state_and_offers_the_same(start: Start, tray_there: None) -> None:
    app, studio = start()
    assert app.tray is not None
    titles = [action.text() for action in app.tray.menu.actions() if action.text()]
    wanted = ["Go live", "Mute", "Avatar", "Expression", "Microphone", "Camera", "Record", "Snapshot", "Show preview"]
    assert titles == [*wanted, "Settings", "Doctor", "Quit"]
    idle = app.tray.icon.icon().pixmap(32).toImage()
    studio.start()
    settle(app)
    assert app.tray.icon.icon().pixmap(32).toImage() != idle
    avatars = next(action.menu() for action in app.tray.menu.actions() if action.text() == "Avatar")
    avatars.aboutToShow.emit()
    aiko = next(action for action in avatars.actions() if action.text() == "Aiko")
    aiko.trigger()
    assert studio.settings.avatar == "aiko"
    avatars.aboutToShow.emit()
    assert next(action for action in avatars.actions() if action.text() == "Aiko").isChecked()


def test_problems_of_the_settings_are_told_at_the_start(qapp: QApplication) -> None:
    app = App(qapp, FakeStudio(), ["fps 24: it is as at first"])  # type: ignore[arg-type]
    assert "Fps 24" in app.window.notice.words
    app.close()
