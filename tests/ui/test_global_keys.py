"""Keys for the whole desktop: what they are called, who gives them, what is said when nobody does."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from osa_cam_ui import global_keys, words
from osa_cam_ui.actions import HOTKEYS
from osa_cam_ui.global_keys import GlobalKeys, parsed
from osa_cam_ui.hotkeys import Hotkeys
from osa_cam_ui.keys import Bound, Key, Problem, WrongKey
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QFocusEvent, QKeySequence
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.ui.conftest import Started, settle
from tests.ui.fake_desktop import Desktop

Start = Callable[..., Started]


@pytest.mark.parametrize(
    ("text", "modifiers", "keysym", "name", "virtual_key"),
    [
        ("F9", set(), 0xFFC6, "F9", 0x78),
        ("Ctrl+Shift+M", {"ctrl", "shift"}, ord("m"), "m", ord("M")),
        ("Meta+7", {"meta"}, ord("7"), "7", ord("7")),
        ("Ctrl+Num+4", {"ctrl"}, 0xFFB4, "KP_4", 0x64),
        ("Pause", set(), 0xFF13, "Pause", 0x13),
        ("Alt+PgUp", {"alt"}, 0xFF55, "Prior", 0x21),
    ],
)
def test_a_key_has_each_systems_name(text: str, modifiers: set[str], keysym: int, name: str, virtual_key: int) -> None:
    key = Key.parse(text)
    assert (set(key.modifiers), key.keysym, key.name, key.virtual_key) == (modifiers, keysym, name, virtual_key)
    assert key.pad == name.startswith("KP_")


@pytest.mark.parametrize(
    ("text", "problem"),
    [("M", "typed"), ("Shift+M", "typed"), ("Left", "typed"), ("Num+4", "typed"), ("Ctrl+;", "unknown"), ("??", "unknown")],
)
def test_a_key_that_nobody_should_give_is_refused(text: str, problem: Problem) -> None:
    with pytest.raises(WrongKey) as caught:
        Key.parse(text)
    assert caught.value.problem == problem


def test_of_two_actions_with_one_key_the_first_has_it() -> None:
    keys, problems = parsed({"mute": "F9", "live": "F9", "record": "", "snapshot": "Q", "elsewhere": "F8"})
    assert set(keys) == {"mute"} and problems == {"live": "twice", "snapshot": "typed"}


def test_every_problem_is_said(qapp: QApplication) -> None:
    said = {words.key_problem(name) for name in Problem.__args__}  # type: ignore[attr-defined]
    assert len(said) == len(Problem.__args__)  # type: ignore[attr-defined]
    assert all(words.action(action) for action in HOTKEYS)


def desktop_of(app_keys: GlobalKeys) -> Desktop:
    assert isinstance(app_keys._system, Desktop)
    return app_keys._system


def test_a_hotkey_does_what_it_is_for(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(global_keys, "desktops_way", lambda: Desktop)
    app, studio = start(hotkeys={"mute": "F9", "live": "F10", "expression": "F11", "record": "F12"}, expression="surprised")
    app.listen()
    desktop = desktop_of(app.keys)
    assert {action: key.name for action, key in desktop.keys.items()} == {"mute": "F9", "live": "F10", "expression": "F11", "record": "F12"}
    for action in ("record", "mute", "live", "expression"):
        desktop.press(action)
        settle(app)
    assert studio.told == [("mute", True), ("start",), ("change", {"expression": "neutral"})], "nothing is recorded before it is live"
    studio.change(hotkeys={"mute": "F8"})
    settle(app)
    assert [key.name for key in desktop.keys.values()] == ["F8"]
    app.keys.close()
    assert desktop.closed


def test_a_key_that_is_taken_is_said_at_the_start_and_beside_its_row(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(global_keys, "desktops_way", lambda: lambda pressed, told: Desktop(pressed, told, taken=("F9",)))
    app, studio = start(hotkeys={"mute": "F9"})
    app.listen()
    settle(app)
    assert "F9" in app.window.notice.words and "Another program" in app.window.notice.words
    app.window.notice._action.click()
    page = app.window.settings.findChild(Hotkeys)
    assert app.window.page() == "settings" and page.notes["mute"].isVisible() and not page.notes["live"].isVisible()
    app.window.notice.hide()
    studio.change(hotkeys={"mute": "F8"})
    settle(app)
    assert not page.notes["mute"].isVisible() and not app.window.notice.isVisible()


def test_while_a_key_is_typed_it_does_nothing_else(start: Start, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot) -> None:
    monkeypatch.setattr(global_keys, "desktops_way", lambda: Desktop)
    app, studio = start(hotkeys={"mute": "F9"})
    app.listen()
    edit = app.window.settings.findChild(Hotkeys).edits["mute"]
    QApplication.sendEvent(edit, QFocusEvent(QEvent.Type.FocusIn))
    assert desktop_of(app.keys).keys == {}
    qtbot.keyClick(edit, Qt.Key.Key_F7)
    edit.editingFinished.emit()
    settle(app)
    QApplication.sendEvent(edit, QFocusEvent(QEvent.Type.FocusOut))
    assert studio.settings.hotkeys == {"mute": "F7"} and [key.name for key in desktop_of(app.keys).keys.values()] == ["F7"]
    edit.setKeySequence(QKeySequence())
    edit.editingFinished.emit()
    assert studio.settings.hotkeys == {}, "a key can be taken away"


def test_where_no_desktop_gives_keys_the_line_for_its_settings_is_there(start: Start) -> None:
    app, _ = start(hotkeys={"mute": "F9"})
    app.listen()
    app.window.show_page("settings")
    page = app.window.settings.findChild(Hotkeys)
    assert app.keys.bound.reach == "window" and page.command.isVisibleTo(page)
    assert app.actions.mute.shortcuts() == [QKeySequence("Ctrl+M"), QKeySequence("F9")]


def press(*keys: str) -> None:
    subprocess.run(["xdotool", *keys], check=True, capture_output=True)


def test_x11_hears_real_keys_and_says_whose_they_are(display: str, qtbot: QtBot) -> None:
    """Two programs on one X server; the second can't have what the first has."""
    from osa_cam_ui.keys_x11 import X11Keys

    heard: list[str] = []
    answers: list[Bound] = []
    first, second = X11Keys(heard.append, answers.append), X11Keys(heard.append, answers.append)
    try:
        first.bind({"mute": Key.parse("Ctrl+F9"), "live": Key.parse("Alt+Shift+L"), "snapshot": Key.parse("Pause")})
        second.bind({"record": Key.parse("Ctrl+F9"), "expression": Key.parse("Ctrl+Num+4")})
        assert answers == [Bound("everywhere"), Bound("everywhere", {"record": "taken"})]
        press("key", "ctrl+F9")
        press("key", "F9", "alt+l", "ctrl+shift+F9")
        press("key", "alt+shift+l")
        press("key", "Num_Lock")
        press("key", "ctrl+F9", "ctrl+KP_4", "Pause")
        press("key", "Num_Lock")
        qtbot.waitUntil(lambda: len(heard) >= 5, timeout=10_000)
        assert sorted(heard) == ["expression", "live", "mute", "mute", "snapshot"]
        first.pause()
        second.bind({"record": Key.parse("Ctrl+F9")})
        assert answers[-1] == Bound("everywhere")
        press("key", "ctrl+F9")
        qtbot.waitUntil(lambda: heard[-1] == "record", timeout=10_000)
    finally:
        first.close()
        second.close()


def test_without_an_x_server_there_are_no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    from osa_cam_ui.keys_x11 import X11Keys

    monkeypatch.setenv("DISPLAY", ":4242")
    with pytest.raises(OSError):
        X11Keys(print, print)


def test_the_way_is_that_of_the_desktop(monkeypatch: pytest.MonkeyPatch, qapp: QApplication, tmp_path: Path) -> None:
    monkeypatch.setattr(global_keys.sys, "platform", "darwin")
    assert global_keys.desktops_way() is None
    monkeypatch.setattr(global_keys.sys, "platform", "win32")
    assert global_keys.desktops_way().__name__ == "WindowsKeys"  # type: ignore[union-attr]
    monkeypatch.setattr(global_keys.sys, "platform", "linux")
    for name in ("WAYLAND_DISPLAY", "XDG_SESSION_TYPE"):
        monkeypatch.delenv(name, raising=False)
    assert global_keys.desktops_way() is None, "offscreen there is no desktop"
    monkeypatch.setattr(global_keys.QGuiApplication, "platformName", staticmethod(lambda: "xcb"))
    assert global_keys.desktops_way().__name__ == "X11Keys"  # type: ignore[union-attr]
