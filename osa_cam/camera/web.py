"""A page in the browser that shows the avatar: on this machine only."""

from __future__ import annotations

import asyncio
import logging
import threading
from typing import Any

import cv2
import numpy as np
from aiohttp import web
from numpy.typing import NDArray

from osa_cam.camera.base import check_picture
from osa_cam.errors import CameraError
from osa_cam.media import AudioBlock

log = logging.getLogger(__name__)

HOST = "127.0.0.1"
PORT = 8025
OPENS_WITHIN_S = 5.0
CLOSES_WITHIN_S = 1.5

PAGE = """<!doctype html><meta charset="utf-8"><title>OSA Cam</title>
<style>html,body{{margin:0;height:100%;background:{background}}}img{{width:100%;height:100%;object-fit:contain}}</style>
<img src="/stream.mjpg?kind={kind}" alt="OSA Cam">"""


class WebCamera:
    """`/` shows the picture, `/?transparent` with its transparency (for a browser source in OBS), `/frame.png` one frame.

    The newest picture wins: it is encoded once, when somebody watches, on the server's own thread, so that slow clients only slow
    themselves.
    """

    def __init__(self, port: int = PORT) -> None:
        self.name = "web"
        self.url = ""
        self._port = port
        self._sent = 0
        self._newest: tuple[NDArray[np.uint8], int] | None = None
        self._encoded: dict[str, tuple[int, bytes]] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._opened = threading.Event()
        self._failure: OSError | None = None

    def open(self, width: int, height: int, fps: int) -> None:
        self._size = (width, height)
        self._thread = threading.Thread(target=self._serve, name="web camera", daemon=True)
        self._thread.start()
        if not self._opened.wait(OPENS_WITHIN_S) or self._failure:
            raise CameraError(f"the browser page can't be opened on {HOST}: {self._failure or 'the server does not start'}")
        self.name = self.url
        log.info("browser page on %s", self.url)

    def send(self, picture: NDArray[np.uint8], tick: int) -> None:
        check_picture(picture, *self._size)
        self._sent += 1
        self._newest = (picture, self._sent)
        loop = self._loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(self._wake)

    def hear(self, block: AudioBlock) -> None:
        pass

    def close(self) -> None:
        loop, self._loop = self._loop, None
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(self._stop.set)
        if self._thread is not None:
            self._thread.join(CLOSES_WITHIN_S)

    def _serve(self) -> None:
        try:
            asyncio.run(self._run())
        except OSError as error:
            self._failure = error
        finally:
            self._opened.set()

    async def _run(self) -> None:
        self._stop = asyncio.Event()
        self._arrived = asyncio.Event()
        app = web.Application(middlewares=[_local_only])
        app.add_routes([web.get("/", _page), web.get("/stream.mjpg", self._stream), web.get("/frame.png", self._frame)])
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await runner.setup()
        try:
            site = web.TCPSite(runner, HOST, self._port)
            try:
                await site.start()
            except OSError:  # two instances may run side by side
                site = web.TCPSite(runner, HOST, 0)
                await site.start()
            self.url = f"http://{HOST}:{runner.addresses[0][1]}/"
            self._loop = asyncio.get_running_loop()
            self._opened.set()
            await self._stop.wait()
        finally:
            self._wake()
            await runner.cleanup()

    def _wake(self) -> None:
        # Everyone who waits holds the old event; those who come later wait for the next picture.
        arrived, self._arrived = self._arrived, asyncio.Event()
        arrived.set()

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        kind = "png" if request.query.get("kind") == "png" else "jpeg"
        headers = {"Content-Type": "multipart/x-mixed-replace; boundary=frame", "Cache-Control": "no-store"}
        response = web.StreamResponse(headers=headers)
        await response.prepare(request)
        sent = -1
        while not self._stop.is_set():
            if self._newest is None or self._newest[1] == sent:
                await self._arrived.wait()
                continue
            sent, encoded = self._encode(kind)
            head = f"--frame\r\nContent-Type: image/{kind}\r\nContent-Length: {len(encoded)}\r\n\r\n"
            try:
                await response.write(head.encode() + encoded + b"\r\n")
            except ConnectionError:
                break
        return response

    async def _frame(self, request: web.Request) -> web.Response:
        if self._newest is None:
            raise web.HTTPServiceUnavailable(text="no picture yet")
        return web.Response(body=self._encode("png")[1], content_type="image/png", headers={"Cache-Control": "no-store"})

    def _encode(self, kind: str) -> tuple[int, bytes]:
        """(number, bytes) of the newest picture."""
        assert self._newest is not None
        picture, number = self._newest
        if kind not in self._encoded or self._encoded[kind][0] != number:
            self._encoded[kind] = (number, png(picture) if kind == "png" else jpeg(picture))
        return self._encoded[kind]


def jpeg(picture: NDArray[np.uint8]) -> bytes:
    bgr = cv2.cvtColor(picture, cv2.COLOR_RGBA2BGR)
    return cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, 85])[1].tobytes()


def png(picture: NDArray[np.uint8]) -> bytes:
    """With straight alpha, as PNG wants it."""
    alpha = picture[..., 3]
    if alpha.min() < 255:
        colour = cv2.divide(picture, cv2.merge([alpha] * 4), scale=255.0)
        picture = np.dstack((colour[..., :3], alpha)).astype(np.uint8, copy=False)
    bgra = cv2.cvtColor(picture, cv2.COLOR_RGBA2BGRA)
    return cv2.imencode(".png", bgra, [cv2.IMWRITE_PNG_COMPRESSION, 1])[1].tobytes()


async def _page(request: web.Request) -> web.Response:
    transparent = "transparent" in request.query
    page = PAGE.format(background="transparent" if transparent else "#22262e", kind="png" if transparent else "jpeg")
    return web.Response(text=page, content_type="text/html")


@web.middleware
async def _local_only(request: web.Request, handler: Any) -> web.StreamResponse:
    """A page elsewhere could point its own name at this machine and watch; its requests carry that name."""
    if request.host.rpartition(":")[0] not in (HOST, "localhost"):
        raise web.HTTPForbidden(text="OSA Cam only answers this machine")
    response: web.StreamResponse = await handler(request)
    return response
