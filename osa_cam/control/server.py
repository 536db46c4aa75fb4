"""The control interface: HTTP and a WebSocket for this machine's programs, and the avatar as a browser source."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from contextlib import suppress
from difflib import get_close_matches
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import Any

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler
from pydantic import BaseModel, ValidationError

from osa_cam import __version__
from osa_cam.camera.web import Broadcast, Newest, Server, loopback_application
from osa_cam.control.access import Access, access_path, read_access, token_of, write_access
from osa_cam.control.openapi import DOCUMENT, EVENTS, Problem, openapi
from osa_cam.control.operations import OPERATIONS, STATUS, Operation
from osa_cam.errors import ConfigError, InputError, OsaCamError
from osa_cam.live.studio import Studio

PORT = 8026
EVENT_S = 0.25


class ControlServer:
    """Beside a Studio, on a thread of its own; asks for the token in the file at `path` (`access_path()` where none is given).

    Without the token there are the views: `/portrait/` for the portrait with its own transparency, `/camera/` for what the camera shows,
    each with `frames`, `stream.mjpg` and `frame.png` (osa_cam/camera/web.py).
    """

    def __init__(self, studio: Studio, port: int = PORT, path: Path | None = None) -> None:
        self._studio = studio
        self._path = path or access_path()
        self._server = Server("control interface", port, self._application)

    @property
    def url(self) -> str:
        return self._server.url

    def open(self) -> None:
        """Raises ConfigError when the token can't be kept, CameraError when no port can be had."""
        self._token = token_of(self._path)
        self._server.open()
        try:
            write_access(Access(self.url, self._token), self._path)
        except OsaCamError:
            self._server.close()
            raise

    def close(self) -> None:
        """Takes the address out of the file: whoever listens there next must not be sent the token."""
        self._server.close()
        known = read_access(self._path)
        if known is not None and known.url == self.url:
            with suppress(ConfigError):
                write_access(Access("", known.token), self._path)

    def _application(self) -> web.Application:
        app = loopback_application(_problems)
        for operation in OPERATIONS:
            app.router.add_route(operation.method, operation.path, self._handler(operation))
        app.router.add_get(EVENTS, self._events, allow_head=False)
        app.router.add_get(DOCUMENT, _document, allow_head=False)
        for name, newest in (("portrait", self._studio.portrait), ("camera", self._studio.picture)):
            view = Broadcast(partial(self._shown, newest), lambda: self._studio.status().latency_ms or None)
            app.router.add_get(f"/{name}/", view.page)
            app.router.add_get(f"/{name}/frames", view.frames, allow_head=False)
            app.router.add_get(f"/{name}/stream.mjpg", view.stream, allow_head=False)
            app.router.add_get(f"/{name}/frame.png", view.frame)
        return app

    def _shown(self, newest: Callable[[], Newest | None]) -> Newest | None:
        """A studio keeps its last picture; on a stream a face that was stopped would stand still."""
        return newest() if self._studio.status().on else None

    def _handler(self, operation: Operation) -> Handler:
        async def handle(request: web.Request) -> web.Response:
            self._authorise(request)
            body = await _body(request, operation.takes) if operation.takes else None
            try:
                # A thread, because asking a sound system for its devices takes its time.
                answer = await asyncio.to_thread(operation.run, self._studio, body)
            except InputError as error:
                if operation.takes is None:  # nothing was asked wrongly, it only can't be done now
                    raise OsaCamError(str(error)) from error
                raise
            return web.Response(body=operation.gives.dump_json(answer), content_type="application/json")

        return handle

    async def _events(self, request: web.Request) -> web.WebSocketResponse:
        self._authorise(request)
        socket = web.WebSocketResponse(max_msg_size=256)
        await socket.prepare(request)

        async def tell() -> None:
            while True:
                await socket.send_str(STATUS.dump_json(self._studio.status()).decode())
                await asyncio.sleep(EVENT_S)

        tells = asyncio.create_task(tell())
        try:
            async for _ in socket:
                pass  # nothing is expected; this notices that the other one left
        finally:
            tells.cancel()
            await asyncio.gather(tells, return_exceptions=True)
        return socket

    def _authorise(self, request: web.Request) -> None:
        kind, _, token = request.headers.get(hdrs.AUTHORIZATION, "").partition(" ")
        if kind.lower() != "bearer" or not secrets.compare_digest(token.strip().encode(errors="replace"), self._token.encode()):
            raise web.HTTPUnauthorized(
                text=f"send the header `Authorization: Bearer TOKEN` with the token in {self._path}", headers={"WWW-Authenticate": "Bearer"}
            )


async def _body(request: web.Request, model: type[BaseModel]) -> BaseModel:
    raw = await request.read()
    if raw and request.content_type != "application/json":
        raise web.HTTPUnsupportedMediaType(text="send the body as JSON, with the header `Content-Type: application/json`")
    try:
        return await asyncio.to_thread(model.model_validate_json, raw or b"{}", strict=True)
    except ValidationError as error:
        raise InputError("; ".join(_complaint(found, list(model.model_fields)) for found in error.errors())) from error


def _complaint(found: Any, known: list[str]) -> str:
    name = ".".join(map(str, found["loc"]))
    if found["type"] == "extra_forbidden":
        near = get_close_matches(name, known, 1)
        return f"there is no {name!r}" + (f"; did you mean {near[0]!r}?" if near else f", but {', '.join(known)}")
    return f"{name or 'the body'}: {found['msg'].removeprefix('Value error, ')}"


async def _document(request: web.Request) -> web.Response:
    return web.json_response(openapi(__version__))


@web.middleware
async def _problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except web.HTTPException as error:
        if error.status < 400:
            raise
        said = error.text or ""
        if error.status == 404:
            said = f"there is no {request.path}: {DOCUMENT} lists what there is"
        elif error.status == 405:
            said = f"{request.path} does not take {request.method}, but {error.headers.get(hdrs.ALLOW)}"
        kept = {str(name): error.headers[name] for name in (hdrs.ALLOW, hdrs.WWW_AUTHENTICATE) if name in error.headers}
        return _problem(error.status, said, kept)
    except InputError as error:
        return _problem(422, str(error))
    except OsaCamError as error:
        return _problem(409, str(error))


def _problem(status: int, detail: str, headers: dict[str, str] | None = None) -> web.Response:
    body = Problem(title=HTTPStatus(status).phrase, status=status, detail=detail)
    return web.Response(status=status, text=body.model_dump_json(), content_type="application/problem+json", headers=headers)
