"""The few requests of obs-websocket 5 that OSA Cam makes, answered as OBS 29 does."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import threading
from typing import Any

from aiohttp import WSCloseCode, web


def sha(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


class ObsServer:
    """password: empty for none."""

    def __init__(self, password: str = "") -> None:
        self.password = password
        self.offsets: dict[str, int] = {"Desktop Audio": 0, "Mic/Aux": 0, "Second": 20}
        self.kinds = {"Desktop Audio": "pulse_output_capture", "Mic/Aux": "pulse_input_capture", "Second": "alsa_input_capture"}
        self.holds_camera = False
        self.port = 0

    def __enter__(self) -> ObsServer:
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run()))
        self._thread.start()
        assert self._ready.wait(5)
        return self

    def __exit__(self, *error: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join()

    async def _run(self) -> None:
        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        app = web.Application()
        app.router.add_get("/", self._talk)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.port = runner.addresses[0][1]
        self._ready.set()
        await self._stop.wait()
        await runner.cleanup()

    async def _talk(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(protocols=("obswebsocket.json",))
        await socket.prepare(request)
        hello: dict[str, Any] = {"obsWebSocketVersion": "5.1.0", "rpcVersion": 1}
        if self.password:
            hello["authentication"] = {"salt": "salt", "challenge": "challenge"}
        await socket.send_json({"op": 0, "d": hello})
        identify = (await socket.receive_json())["d"]
        if self.password and identify.get("authentication") != sha(sha(self.password + "salt") + "challenge"):
            await socket.close(code=4009, message=b"Authentication failed.")
            return socket
        await socket.send_json({"op": 2, "d": {"negotiatedRpcVersion": 1}})
        await socket.send_json({"op": 5, "d": {"eventType": "ExitStarted", "eventIntent": 1}})
        async for message in socket:
            asked = message.json()["d"]
            status, answer = self._answer(asked["requestType"], asked["requestData"])
            response = {"requestType": asked["requestType"], "requestId": asked["requestId"], "requestStatus": status}
            await socket.send_json({"op": 7, "d": {**response, "responseData": answer}})
        await socket.close(code=WSCloseCode.OK)
        return socket

    def _answer(self, kind: str, values: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any] | None]:
        done = {"result": True, "code": 100}
        if "inputName" in values and values["inputName"] not in self.offsets:
            return {"result": False, "code": 600, "comment": "No source was found"}, None
        match kind:
            case "GetVersion":
                return done, {"obsVersion": "29.0.2", "obsWebSocketVersion": "5.1.0"}
            case "GetSpecialInputs":
                return done, {"desktop1": "Desktop Audio", "mic1": "Mic/Aux", "mic2": None, "mic3": None, "mic4": None}
            case "GetInputList":
                return done, {"inputs": [{"inputName": name, "unversionedInputKind": kind} for name, kind in self.kinds.items()]}
            case "GetInputAudioSyncOffset":
                return done, {"inputAudioSyncOffset": self.offsets[values["inputName"]]}
            case "SetInputAudioSyncOffset":
                self.offsets[values["inputName"]] = values["inputAudioSyncOffset"]
                return done, None
            case "GetVirtualCamStatus" if self.holds_camera:
                return done, {"outputActive": True}
            case _:
                return {"result": False, "code": 604, "comment": "VirtualCam is not available."}, None
