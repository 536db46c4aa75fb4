"""Chromium without a window, driven through its DevTools protocol."""

from __future__ import annotations

import base64
import itertools
import os
import shutil
import subprocess
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path
from types import TracebackType
from typing import Any

import aiohttp

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
STARTS_WITHIN_S = 30.0

ARGUMENTS = (
    "--headless=new",
    "--remote-debugging-port=0",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-extensions",
    "--disable-dev-shm-usage",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--hide-scrollbars",
)


class Chromium:
    """`async with Chromium() as browser`: one page."""

    def __init__(self, width: int = 640, height: int = 640, *arguments: str) -> None:
        root = ("--no-sandbox",) if hasattr(os, "geteuid") and os.geteuid() == 0 else ()
        self._arguments = (*ARGUMENTS, *root, f"--window-size={width},{height}", *arguments)
        self._ids = itertools.count(1)

    async def __aenter__(self) -> Chromium:
        import asyncio

        assert CHROMIUM is not None
        self._stack = AsyncExitStack()
        folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="chromium", ignore_cleanup_errors=True)))
        command = [CHROMIUM, *self._arguments, f"--user-data-dir={folder}", "about:blank"]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        self._stack.callback(self._end)
        try:
            told = folder / "DevToolsActivePort"
            for _ in range(int(STARTS_WITHIN_S / 0.1)):
                if told.exists() and len(told.read_text().split()) == 2:
                    break
                await asyncio.sleep(0.1)
            port = told.read_text().split()[0]
            client = await self._stack.enter_async_context(aiohttp.ClientSession())
            async with client.get(f"http://127.0.0.1:{port}/json/list") as answer:
                pages = [page for page in await answer.json() if page["type"] == "page"]
            self._socket = await self._stack.enter_async_context(
                client.ws_connect(pages[0]["webSocketDebuggerUrl"], max_msg_size=0, autoping=True)
            )
        except BaseException:
            await self._stack.aclose()
            raise
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self._stack.aclose()

    def _end(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    async def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        number = next(self._ids)
        await self._socket.send_json({"id": number, "method": method, "params": parameters})
        while True:
            message = await self._socket.receive_json(timeout=60)
            if message.get("id") == number:
                assert "error" not in message, message
                return message["result"]

    async def go(self, url: str) -> None:
        await self.call("Page.navigate", url=url)

    async def evaluate(self, expression: str) -> Any:
        """The value of a JavaScript expression, awaited."""
        result = await self.call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in result, result["exceptionDetails"]
        return result["result"].get("value")

    async def screenshot(self, transparent: bool = False) -> bytes:
        """PNG; `transparent`: over nothing, as a browser source is."""
        if transparent:
            await self.call("Emulation.setDefaultBackgroundColorOverride", color={"r": 0, "g": 0, "b": 0, "a": 0})
        return base64.b64decode((await self.call("Page.captureScreenshot", format="png"))["data"])
