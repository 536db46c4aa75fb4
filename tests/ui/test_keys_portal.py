"""Wayland's hotkeys: a portal of our own on a bus of our own, which speaks as the desktops' do."""

import os
import shutil
import subprocess
import threading
from collections import deque
from collections.abc import Iterator
from typing import Any

import pytest
from osa_cam_ui.keys import Bound, Key
from pytestqt.qtbot import QtBot

jeepney = pytest.importorskip("jeepney", reason="jeepney is not installed (extra `app`, on Linux)")
from jeepney.io.blocking import open_dbus_connection  # noqa: E402

WITHIN_MS = 10_000
OBJECT, NAME = "/org/freedesktop/portal/desktop", "org.freedesktop.portal.Desktop"


@pytest.fixture
def bus(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    if shutil.which("dbus-daemon") is None:
        pytest.skip("dbus-daemon is not installed")
    read, write = os.pipe()
    daemon = subprocess.Popen(["dbus-daemon", "--session", "--nofork", f"--print-address={write}"], pass_fds=[write])
    os.close(write)
    with os.fdopen(read) as answer:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", answer.readline().strip())
    yield
    daemon.terminate()
    daemon.wait(10)


class Portal(threading.Thread):
    """gives: what it answers a shortcut with, action -> the desktop's key; None: the user said no."""

    def __init__(self) -> None:
        super().__init__(name="portal", daemon=True)
        self.gives: dict[str, str] | None = {}
        self.asked: list[list[Any]] = []
        self.sessions: list[str] = []
        self.closed: list[str] = []
        self.says: deque[Any] = deque(maxlen=10)
        self.ends = threading.Event()
        self._bus = open_dbus_connection("SESSION")
        self._bus.bus_proxy.RequestName(NAME)

    def run(self) -> None:
        while not self.ends.is_set():
            while self.says:
                self._bus.send(self.says.popleft())
            try:
                message = self._bus.receive(timeout=0.05)
            except TimeoutError:
                continue
            if message.header.message_type is jeepney.MessageType.method_call:
                self._answer(message)
        self._bus.close()

    def signal(self, path: str, interface: str, name: str, signature: str, body: tuple[Any, ...]) -> None:
        self.says.append(jeepney.new_signal(jeepney.DBusAddress(path, interface=interface), name, signature, body))

    def press(self, action: str) -> None:
        self.signal(OBJECT, "org.freedesktop.portal.GlobalShortcuts", "Activated", "osta{sv}", (self.sessions[-1], action, 1, {}))

    def _answer(self, message: Any) -> None:
        fields = message.header.fields
        method = fields[jeepney.HeaderFields.member]
        sender = fields[jeepney.HeaderFields.sender].removeprefix(":").replace(".", "_")
        if method == "Get":
            self._bus.send(jeepney.new_method_return(message, "v", (("u", 1),)))
        elif method == "Close":
            self.closed.append(fields[jeepney.HeaderFields.path])
            self._bus.send(jeepney.new_method_return(message))
        elif method in ("CreateSession", "BindShortcuts"):
            request = f"{OBJECT}/request/{sender}/{message.body[-1]['handle_token'][1]}"
            self._bus.send(jeepney.new_method_return(message, "o", (request,)))
            code, results = self._create(message, sender) if method == "CreateSession" else self._bind(message)
            self.signal(request, "org.freedesktop.portal.Request", "Response", "ua{sv}", (code, results))
        else:
            self._bus.send(jeepney.new_error(message, "org.freedesktop.DBus.Error.UnknownMethod", "s", ("no such call",)))

    def _create(self, message: Any, sender: str) -> tuple[int, dict[str, Any]]:
        self.sessions.append(f"{OBJECT}/session/{sender}/{message.body[0]['session_handle_token'][1]}")
        return 0, {"session_handle": ("s", self.sessions[-1])}

    def _bind(self, message: Any) -> tuple[int, dict[str, Any]]:
        session, shortcuts, _, _ = message.body
        assert session == self.sessions[-1]
        self.asked.append(shortcuts)
        if self.gives is None:
            return 1, {}
        given = [(action, {**about, "trigger_description": ("s", self.gives.get(action, ""))}) for action, about in shortcuts]
        return 0, {"shortcuts": ("a(sa{sv})", given)}


@pytest.fixture
def portal(bus: None) -> Iterator[Portal]:
    made = Portal()
    made.start()
    yield made
    made.ends.set()
    made.join(10)


def test_the_desktop_is_asked_and_its_keys_are_heard(portal: Portal, qtbot: QtBot) -> None:
    from osa_cam_ui.keys_portal import PortalKeys

    heard: list[str] = []
    answers: list[Bound] = []
    portal.gives = {"mute": "Ctrl+F9"}
    keys = PortalKeys(heard.append, answers.append)
    keys.bind({"mute": Key.parse("Ctrl+F9"), "live": Key.parse("Alt+Meta+L")})
    qtbot.waitUntil(lambda: bool(answers), timeout=WITHIN_MS)
    assert answers == [Bound("asked", {"live": "refused"}, {"mute": "Ctrl+F9", "live": ""})]
    ((mute, live),) = portal.asked
    assert mute == ("mute", {"description": ("s", "Mute or unmute"), "preferred_trigger": ("s", "CTRL+F9")})
    assert live[1]["preferred_trigger"] == ("s", "ALT+LOGO+l")
    portal.press("mute")
    qtbot.waitUntil(lambda: heard == ["mute"], timeout=WITHIN_MS)

    portal.gives = None  # other keys: the user is asked once more, and says no
    keys.bind({"record": Key.parse("F8")})
    qtbot.waitUntil(lambda: len(answers) == 2, timeout=WITHIN_MS)
    assert answers[-1] == Bound("asked", {"record": "refused"}) and portal.closed == portal.sessions[:1]
    keys.bind({})
    assert answers[-1] == Bound("asked") and len(portal.asked) == 2, "nobody is asked about no keys"
    keys.close()


def test_a_desktop_without_such_a_portal_is_told_apart(bus: None, qtbot: QtBot) -> None:
    from osa_cam_ui.keys_portal import PortalKeys

    answers: list[Bound] = []
    keys = PortalKeys(print, answers.append)
    keys.bind({"mute": Key.parse("F9")})
    qtbot.waitUntil(lambda: bool(answers), timeout=WITHIN_MS)
    assert answers == [Bound("window")]
    keys.close()


def test_without_a_bus_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    from osa_cam_ui.keys_portal import PortalKeys

    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    with pytest.raises(OSError):
        PortalKeys(print, print)
