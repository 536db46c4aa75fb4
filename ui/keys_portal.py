"""Keys of the whole desktop under Wayland: the desktop's portal asks the user, and tells when one is pressed.

Qt's own D-Bus classes can't write the list of shortcuts, an array of structures that C++ would have to register; jeepney can.
Source: XDG Desktop Portal, org.freedesktop.portal.GlobalShortcuts and .Request.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from itertools import count
from typing import Any

from jeepney import (  # type: ignore[import-not-found, import-untyped]
    DBusAddress,
    HeaderFields,
    MatchRule,
    Message,
    MessageType,
    Properties,
    message_bus,
    new_method_call,
)
from jeepney.io.blocking import open_dbus_connection  # type: ignore[import-not-found, import-untyped]
from PySide6.QtCore import QSocketNotifier

from . import words
from .keys import Bound, Key, Modifier, Problem

log = logging.getLogger(__name__)

BUS_NAME, OBJECT = "org.freedesktop.portal.Desktop", "/org/freedesktop/portal/desktop"
SHORTCUTS = DBusAddress(OBJECT, BUS_NAME, "org.freedesktop.portal.GlobalShortcuts")
REGISTRY = DBusAddress(OBJECT, BUS_NAME, "org.freedesktop.host.portal.Registry")
APP_ID = "osa-cam"  # the desktop entry's name
TRIGGERS: dict[Modifier, str] = {"ctrl": "CTRL", "alt": "ALT", "shift": "SHIFT", "meta": "LOGO"}

Answer = Callable[[Message], None]


class PortalKeys:
    """As `keys.System`. Raises OSError without a session bus. Nothing waits for an answer: each comes through the socket."""

    def __init__(self, pressed: Callable[[str], None], told: Callable[[Bound], None]) -> None:
        self._pressed, self._told = pressed, told
        try:
            self._bus = open_dbus_connection("SESSION")
        except KeyError as error:
            raise OSError("there is no session bus") from error
        self._sender = (self._bus.unique_name or "").removeprefix(":").replace(".", "_")
        self._numbers = count(1)
        self._replies: dict[int, Answer] = {}  # by the call's serial
        self._responses: dict[str, Answer] = {}  # by the request's path
        self._session = ""
        self._wanted: Mapping[str, Key] = {}
        self._there = False
        self._notifier = QSocketNotifier(self._bus.sock.fileno(), QSocketNotifier.Type.Read)
        self._notifier.activated.connect(self._read)
        self._call(message_bus.AddMatch(MatchRule(type="signal", sender=BUS_NAME)))
        # Who starts from a terminal has no name else; portals that do not know this call need none.
        self._call(new_method_call(REGISTRY, "Register", "sa{sv}", (APP_ID, {})))
        self._call(Properties(SHORTCUTS).get("version"), self._greeted)

    def bind(self, keys: Mapping[str, Key]) -> None:
        self._wanted = keys
        if self._there:
            self._ask()

    def pause(self) -> None:
        """The desktop would ask again: its keys stay."""

    def close(self) -> None:
        self._notifier.setEnabled(False)
        self._bus.close()  # ends the session

    def _greeted(self, reply: Message) -> None:
        self._there = reply.header.message_type is MessageType.method_return
        if not self._there:
            log.info("no keys from this desktop's portal: %s", reply.body)
            self._told(Bound("window"))
        else:
            self._ask()

    def _ask(self) -> None:
        """A session binds once; other keys take another session."""
        if self._session:
            session = DBusAddress(self._session, BUS_NAME, "org.freedesktop.portal.Session")
            self._call(new_method_call(session, "Close"))
            self._session = ""
        if not self._wanted:
            self._told(Bound("asked"))
            return
        token = f"osa_cam_{next(self._numbers)}"
        options = {"session_handle_token": ("s", token)}
        self._request("CreateSession", "", (), options, lambda response: self._opened(response, self._wanted))

    def _opened(self, response: Message, wanted: Mapping[str, Key]) -> None:
        code, results = response.body
        if wanted is not self._wanted:
            return  # the user was faster
        if code:
            self._refused()
            return
        self._session = results["session_handle"][1]
        shortcuts = [
            (action, {"description": ("s", words.action(action)), "preferred_trigger": ("s", trigger(key))})
            for action, key in wanted.items()
        ]
        self._request("BindShortcuts", "oa(sa{sv})s", (self._session, shortcuts, ""), {}, self._given)

    def _given(self, response: Message) -> None:
        code, results = response.body
        if code:
            self._refused()
        else:
            self._tell(results["shortcuts"][1])

    def _tell(self, shortcuts: list[tuple[str, Mapping[str, tuple[str, Any]]]]) -> None:
        given = {action: about["trigger_description"][1] for action, about in shortcuts if "trigger_description" in about}
        problems: dict[str, Problem] = {action: "refused" for action in self._wanted if not given.get(action)}
        self._told(Bound("asked", problems, given))

    def _refused(self) -> None:
        self._told(Bound("asked", dict.fromkeys(self._wanted, "refused")))

    def _request(self, method: str, signature: str, arguments: tuple[Any, ...], options: dict[str, Any], answer: Answer) -> None:
        """A call that is answered by a signal, since people may be asked."""
        token = f"osa_cam_{next(self._numbers)}"
        self._responses[f"{OBJECT}/request/{self._sender}/{token}"] = answer
        options = {**options, "handle_token": ("s", token)}
        self._call(new_method_call(SHORTCUTS, method, f"{signature}a{{sv}}", (*arguments, options)), self._accepted)

    def _accepted(self, reply: Message) -> None:
        if reply.header.message_type is MessageType.error:
            log.warning("the portal gives no keys: %s", reply.body)
            self._refused()

    def _call(self, message: Message, answer: Answer | None = None) -> None:
        serial = next(self._bus.outgoing_serial)
        if answer is not None:
            self._replies[serial] = answer
        try:
            self._bus.send(message, serial=serial)
        except OSError as error:
            self._lost(error)

    def _read(self) -> None:
        try:
            while True:
                self._take(self._bus.receive(timeout=0))
        except TimeoutError:
            pass
        except OSError as error:
            self._lost(error)

    def _lost(self, error: OSError) -> None:
        log.info("the session bus is gone: %s", error)
        self._notifier.setEnabled(False)
        self._told(Bound("window"))

    def _take(self, message: Message) -> None:
        fields = message.header.fields
        if message.header.message_type is not MessageType.signal:
            if (answer := self._replies.pop(fields.get(HeaderFields.reply_serial, 0), None)) is not None:
                answer(message)
            return
        member = fields.get(HeaderFields.member)
        if member == "Response" and (answer := self._responses.pop(fields.get(HeaderFields.path, ""), None)) is not None:
            answer(message)
        elif member == "Activated" and message.body[0] == self._session:
            self._pressed(message.body[1])
        elif member == "ShortcutsChanged" and message.body[0] == self._session:
            self._tell(message.body[1])


def trigger(key: Key) -> str:
    """As the XDG specification of shortcuts writes it: `CTRL+SHIFT+F9`."""
    return "+".join([*(name for modifier, name in TRIGGERS.items() if modifier in key.modifiers), key.name])
