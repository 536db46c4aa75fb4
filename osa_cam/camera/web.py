"""A page in the browser that shows the avatar, transparency included: on this machine only."""

from __future__ import annotations

import asyncio
import logging
import struct
import threading
import time
from collections.abc import Callable

import cv2
import numpy as np
from aiohttp import WSMsgType, web
from aiohttp.typedefs import Handler, Middleware
from numpy.typing import NDArray

from osa_cam.camera.base import check_picture
from osa_cam.camera.page import PAGE
from osa_cam.camera.snapshot import png, straight
from osa_cam.errors import CameraError
from osa_cam.media import AudioBlock

log = logging.getLogger(__name__)

Picture = NDArray[np.uint8]
Newest = tuple[int, Picture]  # a picture and its number

HOST = "127.0.0.1"
PORT = 8025
OPENS_WITHIN_S = 5.0
CLOSES_WITHIN_S = 1.5
ENDS_WITHIN_S = 0.2  # what is still being sent; then it is cut off

POLL_S = 0.004
UNSEEN = 2  # pictures on the way to a page: one arrives while the other is drawn
HEAD = struct.Struct("<IHHdfI")  # number, width, height, when it was taken (ms since 1970), ms from the sound to then or NaN, 0
NOTHING = HEAD.pack(0, 0, 0, 0.0, 0.0, 0)
NEVER: Newest = (0, np.empty(0, np.uint8))  # so that a page which comes while there is no picture is told so


class Server:
    """An aiohttp application on a thread of its own, on the loopback address only.

    `make` is called on that thread, inside its loop. Where the port is taken another one is found: two instances may run side by side.
    """

    def __init__(self, name: str, port: int, make: Callable[[], web.Application]) -> None:
        self.url = ""
        self._name = name
        self._port = port
        self._make = make
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._opened = threading.Event()
        self._failure: Exception | None = None

    def open(self) -> None:
        """Raises CameraError when no port can be had."""
        self._thread = threading.Thread(target=self._serve, name=self._name, daemon=True)
        self._thread.start()
        if not self._opened.wait(OPENS_WITHIN_S) or self._failure:
            raise CameraError(f"the {self._name} can't be opened on {HOST}: {self._failure or 'it does not start'}") from self._failure
        log.info("%s on %s", self._name, self.url)

    def close(self) -> None:
        """Cuts off who still watches. Harmless when it never opened or was closed before."""
        loop, self._loop = self._loop, None
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(self._stop.set)
        if self._thread is not None:
            self._thread.join(CLOSES_WITHIN_S)

    def _serve(self) -> None:
        try:
            asyncio.run(self._run())
        except Exception as error:
            if self._opened.is_set():
                log.exception("the %s failed", self._name)
            self._failure = error
        finally:
            self._opened.set()

    async def _run(self) -> None:
        self._stop = asyncio.Event()
        runner = web.AppRunner(self._make(), access_log=None, shutdown_timeout=ENDS_WITHIN_S)
        await runner.setup()
        try:
            try:
                await web.TCPSite(runner, HOST, self._port).start()
            except OSError:
                await web.TCPSite(runner, HOST, 0).start()
            self.url = f"http://{HOST}:{runner.addresses[0][1]}/"
            self._loop = asyncio.get_running_loop()
            self._opened.set()
            await self._stop.wait()
        finally:
            await runner.cleanup()


class Broadcast:
    """The newest picture for whoever looks: `page`, `frames` (what the page draws), `stream` (MJPEG), `frame` (one PNG).

    newest: (number, premultiplied RGBA [height, width, 4]) or None; latency_ms: from the sound to that picture.
    A picture is made ready once for all, when somebody watches; who is slow gets fewer pictures, and always the newest.

    Pixels travel as they are: 512x512 cost 21 ms of processor time a picture, here and in a Chromium without a GPU; as PNG 42, as WebP 69,
    as a JPEG with a second one for the transparency 45 (`python -m benchmarks.browser_source`, two busy cores, 2026-11-21).
    """

    def __init__(self, newest: Callable[[], Newest | None], latency_ms: Callable[[], float | None]) -> None:
        self._newest = newest
        self._latency_ms = latency_ms
        self._ready: dict[str, tuple[Picture, bytes]] = {}

    async def page(self, request: web.Request) -> web.Response:
        return web.Response(text=PAGE, content_type="text/html", headers={"Cache-Control": "no-store"})

    async def frames(self, request: web.Request) -> web.WebSocketResponse:
        """A WebSocket: each message is HEAD and RGBA with straight alpha, or HEAD alone while there is no picture.

        The page answers each, with anything; the next one is sent when no more than UNSEEN are unanswered.
        """
        socket = web.WebSocketResponse(compress=False, max_msg_size=256)
        await socket.prepare(request)
        seen = asyncio.Event()
        unseen = 0

        async def show() -> None:
            nonlocal unseen
            last: Newest | None = NEVER
            while True:
                while unseen >= UNSEEN:
                    seen.clear()
                    await seen.wait()
                last = await self._next(last)
                unseen += 1
                await socket.send_bytes(NOTHING if last is None else self._made("raw", last))

        shows = asyncio.create_task(show())
        try:
            async for message in socket:
                if message.type not in (WSMsgType.TEXT, WSMsgType.BINARY):
                    break
                unseen = max(unseen - 1, 0)
                seen.set()
        finally:
            shows.cancel()
            await asyncio.gather(shows, return_exceptions=True)  # a page that went away is no error
        return socket

    async def stream(self, request: web.Request) -> web.StreamResponse:
        headers = {"Content-Type": "multipart/x-mixed-replace; boundary=frame", "Cache-Control": "no-store"}
        response = web.StreamResponse(headers=headers)
        await response.prepare(request)
        last: Newest | None = None
        while True:
            last = await self._next(last)
            if last is None:
                continue
            encoded = self._made("jpeg", last)
            head = f"--frame\r\nContent-Type: image/jpeg\r\nContent-Length: {len(encoded)}\r\n\r\n"
            try:
                await response.write(head.encode() + encoded + b"\r\n")
            except ConnectionError:
                return response

    async def frame(self, request: web.Request) -> web.Response:
        newest = self._newest()
        if newest is None:
            raise web.HTTPServiceUnavailable(text="there is no picture yet: start the avatar")
        return web.Response(body=self._made("png", newest), content_type="image/png", headers={"Cache-Control": "no-store"})

    async def _next(self, last: Newest | None) -> Newest | None:
        """The newest picture, once it is another one than the last."""
        while True:
            newest = self._newest()
            if (newest[1] if newest else None) is not (last[1] if last else None):
                return newest
            await asyncio.sleep(POLL_S)

    def _made(self, kind: str, newest: Newest) -> bytes:
        if kind not in self._ready or self._ready[kind][0] is not newest[1]:
            self._ready[kind] = (newest[1], self._make(kind, newest))
        return self._ready[kind][1]

    def _make(self, kind: str, newest: Newest) -> bytes:
        number, picture = newest
        if kind == "jpeg":
            return jpeg(picture)
        if kind == "png":
            return png(picture)
        height, width = picture.shape[:2]
        latency_ms = self._latency_ms()
        taken_at_ms = time.time() * 1000.0
        head = HEAD.pack(number & 0xFFFFFFFF, width, height, taken_at_ms, float("nan") if latency_ms is None else latency_ms, 0)
        return head + straight(picture).tobytes()


class WebCamera:
    """`/` is the page, `/?transparent` the page for a browser source in OBS, `/stream.mjpg` MJPEG, `/frame.png` one picture."""

    def __init__(self, port: int = PORT) -> None:
        self.name = "web"
        self._newest: Newest | None = None
        self._sent = 0
        self._server = Server("browser page", port, self._application)

    @property
    def url(self) -> str:
        return self._server.url

    def open(self, width: int, height: int, fps: int) -> None:
        self._size = (width, height)
        self._server.open()
        self.name = self.url

    def send(self, picture: Picture, tick: int) -> None:
        check_picture(picture, *self._size)
        self._sent += 1
        self._newest = (self._sent, picture)

    def hear(self, block: AudioBlock) -> None:
        pass

    def close(self) -> None:
        self._server.close()

    def _application(self) -> web.Application:
        app = loopback_application()
        broadcast = Broadcast(lambda: self._newest, lambda: None)
        app.add_routes(
            [
                web.get("/", broadcast.page),
                web.get("/frames", broadcast.frames),
                web.get("/stream.mjpg", broadcast.stream),
                web.get("/frame.png", broadcast.frame),
            ]
        )
        return app


def loopback_application(*middlewares: Middleware) -> web.Application:
    """Answers this machine's programs and its own pages, and nobody else's pages.

    A page elsewhere could point its own name at this machine (its requests carry that name), open our WebSocket (the browser says from
    where), or show our pictures and frames inside itself (the browser obeys our headers).
    """
    app = web.Application(middlewares=[*middlewares, _own_pages_only])
    app.on_response_prepare.append(_not_inside_others)
    return app


@web.middleware
async def _own_pages_only(request: web.Request, handler: Handler) -> web.StreamResponse:
    name, _, _ = request.host.rpartition(":")
    origin = request.headers.get("Origin")
    if name not in (HOST, "localhost") or origin not in (None, f"http://{request.host}"):
        raise web.HTTPForbidden(text=f"OSA Cam only answers this machine, and no other pages: ask http://{HOST} without an Origin")
    return await handler(request)


async def _not_inside_others(request: web.Request, response: web.StreamResponse) -> None:
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["X-Frame-Options"] = "DENY"
    response.headers["X-Content-Type-Options"] = "nosniff"


def jpeg(picture: Picture) -> bytes:
    bgr = cv2.cvtColor(picture, cv2.COLOR_RGBA2BGR)
    return cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, 85])[1].tobytes()
