"""OBS Studio through its WebSocket server (obs-websocket 5, part of OBS since 28)."""

from __future__ import annotations

import asyncio
import base64
import configparser
import hashlib
import itertools
import json
import os
import sys
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, cast

import aiohttp

from osa_cam.errors import InputError, OsaCamError

PORT = 4455
ANSWERS_WITHIN_S = 5.0
CLOSES_WITHIN_S = 1.0
RPC_VERSION = 1
HELLO, IDENTIFY, IDENTIFIED, REQUEST, RESPONSE = 0, 1, 2, 6, 7  # op codes
WRONG_PASSWORD = 4009  # close code
LEAST_OFFSET_MS, MOST_OFFSET_MS = -950, 20_000  # what OBS takes

HOW = "in OBS: Tools, WebSocket Server Settings, Enable WebSocket server"


@dataclass(frozen=True)
class ObsAddress:
    port: int = PORT
    password: str = ""


@dataclass(frozen=True)
class Microphone:
    """An input of OBS's audio mixer; offset_ms: by how much OBS delays its sound."""

    name: str
    offset_ms: int


def obs_folder() -> Path:
    """Where OBS keeps its settings."""
    if sys.platform == "win32":
        return Path(os.environ.get("APPDATA", "~")).expanduser() / "obs-studio"
    if sys.platform == "darwin":
        return Path("~/Library/Application Support/obs-studio").expanduser()
    return Path(os.environ.get("XDG_CONFIG_HOME") or "~/.config").expanduser() / "obs-studio"


def obs_address(folder: Path) -> ObsAddress:
    """Port and password from OBS's own settings; what they don't say is as OBS has it at first.

    OBS 30.2 and newer keep them in a JSON file of the plugin's own, older ones in global.ini.
    """
    with suppress(OSError, ValueError, TypeError, AttributeError):
        found = json.loads((folder / "plugin_config" / "obs-websocket" / "config.json").read_text("utf-8-sig"))
        return ObsAddress(int(found.get("server_port", PORT)), str(found.get("server_password", "")))
    ini = configparser.ConfigParser(strict=False, interpolation=None)
    with suppress(OSError, UnicodeDecodeError, ValueError, configparser.Error):
        ini.read_string((folder / "global.ini").read_text("utf-8-sig"))
        section = dict(ini["OBSWebSocket"]) if "OBSWebSocket" in ini else {}
        return ObsAddress(int(section.get("serverport", PORT)), section.get("serverpassword", ""))
    return ObsAddress()


class Obs:
    """`async with Obs(address) as obs`. Raises OsaCamError when no OBS answers, InputError when the password is wrong."""

    def __init__(self, address: ObsAddress) -> None:
        self._address = address
        self._numbers = itertools.count(1)

    async def __aenter__(self) -> Obs:
        async with AsyncExitStack() as stack:
            try:
                client = await stack.enter_async_context(aiohttp.ClientSession())
                self._socket = await stack.enter_async_context(
                    client.ws_connect(
                        f"ws://127.0.0.1:{self._address.port}/",
                        protocols=("obswebsocket.json",),
                        timeout=aiohttp.ClientWSTimeout(ws_close=CLOSES_WITHIN_S),
                        max_msg_size=0,  # a screenshot is one message
                    )
                )
                await self._identify()
            except (aiohttp.ClientError, OSError) as error:
                raise OsaCamError(f"no OBS answers on port {self._address.port}: start it, and switch this on {HOW}") from error
            self._stack = stack.pop_all()
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self._stack.aclose()

    async def _identify(self) -> None:
        hello = await self._receive(HELLO)
        identify: dict[str, Any] = {"rpcVersion": RPC_VERSION, "eventSubscriptions": 0}
        if "authentication" in hello:
            asked = hello["authentication"]
            identify["authentication"] = proof(self._address.password, asked["salt"], asked["challenge"])
        await self._socket.send_json({"op": IDENTIFY, "d": identify})
        await self._receive(IDENTIFIED)

    async def ask(self, request: str, **values: Any) -> dict[str, Any]:
        """The answer's data. Raises OsaCamError with OBS's own words when it refuses."""
        number = str(next(self._numbers))
        await self._socket.send_json({"op": REQUEST, "d": {"requestType": request, "requestId": number, "requestData": values}})
        while True:
            answer = await self._receive(RESPONSE)
            if answer["requestId"] == number:
                break
        if not answer["requestStatus"]["result"]:
            said = answer["requestStatus"].get("comment", f"code {answer['requestStatus']['code']}")
            raise OsaCamError(f"OBS refuses {request}: {said}")
        return cast("dict[str, Any]", answer.get("responseData") or {})

    async def microphones(self) -> list[Microphone]:
        """The microphones of OBS's audio settings (Mic/Aux), then every other input that has the kind of one."""
        special = await self.ask("GetSpecialInputs")
        names = [special[key] for key in ("mic1", "mic2", "mic3", "mic4") if special.get(key)]
        for found in (await self.ask("GetInputList"))["inputs"]:
            if "input_capture" in found["unversionedInputKind"] and found["inputName"] not in names:
                names.append(found["inputName"])
        return [Microphone(name, (await self.ask("GetInputAudioSyncOffset", inputName=name))["inputAudioSyncOffset"]) for name in names]

    async def delay(self, name: str, offset_ms: float) -> Microphone:
        """Sets a microphone's sync offset, and reads it back."""
        wanted = round(min(max(offset_ms, LEAST_OFFSET_MS), MOST_OFFSET_MS))
        await self.ask("SetInputAudioSyncOffset", inputName=name, inputAudioSyncOffset=wanted)
        return Microphone(name, (await self.ask("GetInputAudioSyncOffset", inputName=name))["inputAudioSyncOffset"])

    async def holds_its_camera(self) -> bool:
        """Whether OBS's own virtual camera runs: on Windows and macOS it is the one that OSA Cam writes to."""
        try:
            return bool((await self.ask("GetVirtualCamStatus"))["outputActive"])
        except OsaCamError:  # an OBS without one says so with an error
            return False

    async def _receive(self, op: int) -> dict[str, Any]:
        while True:
            try:
                message = await self._socket.receive(timeout=ANSWERS_WITHIN_S)
            except asyncio.TimeoutError as error:
                raise OsaCamError(f"OBS does not answer within {ANSWERS_WITHIN_S:.0f} s: is a window of it waiting for you?") from error
            if message.type is not aiohttp.WSMsgType.TEXT:
                if self._socket.close_code == WRONG_PASSWORD:
                    raise InputError(f"OBS does not take the password: give the one that stands {HOW}, Show Connect Info")
                raise OsaCamError(f"OBS ended the conversation (code {self._socket.close_code}): is it closing?")
            found = json.loads(message.data)
            if found["op"] == op:
                return cast("dict[str, Any]", found["d"])


def proof(password: str, salt: str, challenge: str) -> str:
    """What shows that the password is known without telling it. Source: obs-websocket protocol, "Creating an authentication string"."""

    def digest(text: str) -> str:
        return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()

    return digest(digest(password + salt) + challenge)
