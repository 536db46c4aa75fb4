"""The interface beside a real Studio on devices that are none."""

import asyncio
import http.client
import json
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aiohttp
import av
import cv2
import numpy as np
import pytest

from osa_cam.camera.web import HEAD
from osa_cam.control.access import Access, access_path, read_access
from osa_cam.control.client import ask, find
from osa_cam.control.server import ControlServer
from osa_cam.errors import InputError, OsaCamError
from osa_cam.live.studio import State, Studio


def wait_for(true: Callable[[], object]) -> None:
    deadline = time.monotonic() + 20
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def fetch(access: Access, method: str, path: str, body: bytes | None = None, **headers: str) -> tuple[int, dict[str, str], Any]:
    """Status, headers and JSON, with the token unless `Authorization` is given."""
    connection = http.client.HTTPConnection(access.url[7:-1], timeout=10)
    connection.request(method, path, body, {"Authorization": f"Bearer {access.token}", **headers})
    response = connection.getresponse()
    raw = response.read()
    connection.close()
    assert response.headers["Content-Type"].startswith(("application/json", "application/problem+json"))
    return response.status, dict(response.headers), json.loads(raw)


def test_all_that_a_studio_can_do(access: Access, studio: Studio, tmp_path: Path) -> None:
    assert ask(access, "GET", "/v1/status")["state"] == "idle"
    with pytest.raises(OsaCamError, match="start"):
        ask(access, "POST", "/v1/record")
    with pytest.raises(OsaCamError, match="start"):
        ask(access, "POST", "/v1/snapshot")
    assert ask(access, "POST", "/v1/start")["on"]
    wait_for(lambda: studio.status().shown > 5)
    now = ask(access, "GET", "/v1/status")
    assert (now["state"], now["camera"], now["muted"]) == ("live", "null", False)

    assert ask(access, "POST", "/v1/mute")["state"] == "muted"
    assert not ask(access, "POST", "/v1/mute")["muted"], "without a body: the other way round"
    assert ask(access, "POST", "/v1/mute", {"muted": True})["muted"]
    assert ask(access, "POST", "/v1/mute", {"muted": True})["muted"]
    assert studio.status().muted
    assert not ask(access, "POST", "/v1/mute", {"muted": False})["muted"]

    changed = ask(
        access, "PATCH", "/v1/settings", {"expression": "happy", "liveliness": 1, "background": "blue", "badge": True, "avatar": "ada"}
    )
    assert changed == ask(access, "GET", "/v1/settings") == studio.settings.model_dump()
    assert (changed["expression"], changed["avatar"], changed["camera"]) == ("happy", "ada", "null")
    assert studio.status().state is State.LIVE, "nothing was interrupted"

    film = Path(ask(access, "POST", "/v1/record")["path"])
    assert film.parent.parent == tmp_path / "videos"
    shown = studio.status().shown
    wait_for(lambda: studio.status().shown > shown + 10)
    assert ask(access, "POST", "/v1/stop-recording") == {"path": str(film)}
    wait_for(film.exists)
    with pytest.raises(OsaCamError, match="recorded"):
        ask(access, "POST", "/v1/stop-recording")
    with av.open(str(film)) as container:
        assert container.streams.video[0].width == 128

    first, second = (Path(ask(access, "POST", "/v1/snapshot")["path"]) for _ in range(2))
    assert first != second, "never over another one"
    assert cv2.imread(str(first), cv2.IMREAD_UNCHANGED).shape == (128, 128, 4)

    assert ask(access, "POST", "/v1/stop")["on"] is False
    wait_for(lambda: studio.status().state is State.IDLE)


def test_lists_avatars_and_devices(access: Access, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("osa_cam.control.operations.devices", lambda: ["Desk [ALSA]"])
    monkeypatch.setattr("osa_cam.control.operations.outputs", lambda: ["Cable [ALSA]"])
    monkeypatch.setattr("osa_cam.control.operations.loopbacks", lambda: {"/dev/video7": "OSA Cam"})
    found = ask(access, "GET", "/v1/devices")
    assert (found["microphones"], found["outputs"]) == (["Desk [ALSA]"], ["Cable [ALSA]"])
    assert {"id": "ada", "name": "Ada"}.items() <= ask(access, "GET", "/v1/avatars")[0].items()


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"expression": "happpy"}, "'happy'"),
        ({"expresion": "happy"}, "did you mean 'expression'"),
        ({"zzz": 1}, "liveliness"),
        ({"liveliness": 2}, "liveliness: .*less than or equal to 1"),
        ({"badge": "yes"}, "badge: .*boolean"),
        ({"fps": 24}, "fps: .*25 or 30"),
        ({"size": "12x12"}, "size: .*1280x720"),
        ({"background": "greeen"}, "did you mean 'green'"),
        ({"avatar": "adda"}, "did you mean 'ada'"),
        ({"gain_db": float("nan")}, "gain_db"),
        ([], "the body"),
    ],
)
def test_what_can_not_be_set_changes_nothing_and_says_what_can(body: Any, words: str, access: Access, studio: Studio) -> None:
    before = studio.settings
    with pytest.raises(InputError, match=words):
        ask(access, "PATCH", "/v1/settings", body)
    assert studio.settings == before


@pytest.mark.parametrize(
    ("method", "path", "body", "headers", "status", "words"),
    [
        ("GET", "/v1/status", None, {"Authorization": ""}, 401, "control.json"),
        ("GET", "/v1/status", None, {"Authorization": "Bearer wrong"}, 401, "Bearer TOKEN"),
        ("GET", "/v1/status", None, {"Authorization": "Bearer \udcff"}, 401, "Bearer TOKEN"),
        ("POST", "/v1/start", None, {"Authorization": ""}, 401, "Bearer TOKEN"),
        ("GET", "/v1/events", None, {"Authorization": ""}, 401, "Bearer TOKEN"),
        ("GET", "/v1/events", None, {}, 400, "WebSocket"),
        ("GET", "/v1/status", None, {"Host": "evil.example:80"}, 403, "127.0.0.1"),
        ("GET", "/v1/status", None, {"Origin": "https://evil.example"}, 403, "Origin"),
        ("POST", "/v1/start", None, {"Origin": "null"}, 403, "Origin"),
        ("GET", "/v1/nothing", None, {}, 404, "openapi.json"),
        ("GET", "/v2/status", None, {}, 404, "openapi.json"),
        ("PUT", "/v1/settings", None, {}, 405, "GET,PATCH"),
        ("PATCH", "/v1/settings", b"expression=happy", {}, 415, "application/json"),
        ("PATCH", "/v1/settings", b"{", {"Content-Type": "application/json"}, 422, "the body"),
        ("PATCH", "/v1/settings", b"\xff", {"Content-Type": "application/json"}, 422, "the body"),
        ("PATCH", "/v1/settings", b" " * 2_000_000, {"Content-Type": "application/json"}, 413, "size"),
        ("POST", "/v1/stop-recording", None, {}, 409, "recorded"),
    ],
)
def test_what_fails_is_a_problem_that_says_what_to_do(
    method: str, path: str, body: bytes | None, headers: dict[str, str], status: int, words: str, access: Access, studio: Studio
) -> None:
    encoded = {name: value.encode(errors="surrogateescape") for name, value in headers.items()}
    got, sent, problem = fetch(access, method, path, body, **encoded)  # type: ignore[arg-type]
    assert (got, problem["status"]) == (status, status)
    assert words in problem["detail"]
    assert sent["Content-Type"].startswith("application/problem+json")
    assert studio.status().on is False
    if status == 401:
        assert sent["WWW-Authenticate"] == "Bearer"
    if status == 405:
        assert sent["Allow"] == "GET,PATCH"


def test_a_mistake_of_ours_is_told_and_the_next_request_is_answered(
    access: Access, studio: Studio, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> None:
        raise RuntimeError("a mistake of ours, with details")

    monkeypatch.setattr(studio, "start", fail)
    with pytest.raises(OsaCamError, match="its log says more") as told:
        ask(access, "POST", "/v1/start")
    assert "details" not in str(told.value) and "with details" in caplog.text
    assert fetch(access, "GET", "/v1/status")[0] == 200


def test_events_tell_the_status(access: Access, studio: Studio) -> None:
    async def listen() -> list[dict[str, Any]]:
        headers = {"Authorization": f"Bearer {access.token}"}
        async with aiohttp.ClientSession() as client, client.ws_connect(f"{access.url}v1/events", headers=headers) as socket:
            before = await socket.receive_json(timeout=5)
            studio.mute(True)
            return [before, await socket.receive_json(timeout=5)]

    before, after = asyncio.run(listen())
    assert (before["muted"], after["muted"]) == (False, True)
    assert before.keys() == ask(access, "GET", "/v1/status").keys()


def test_the_portrait_is_shown_with_its_transparency_and_gone_when_it_is_stopped(access: Access, studio: Studio) -> None:
    async def look() -> None:
        async with aiohttp.ClientSession() as client, client.ws_connect(f"{access.url}portrait/frames", max_msg_size=0) as page:
            assert HEAD.unpack(await page.receive_bytes(timeout=5))[1] == 0, "nothing yet"
            await page.send_str("")
            studio.start()
            message = await page.receive_bytes(timeout=20)
            _, width, height, _, latency_ms, _ = HEAD.unpack_from(message)
            assert (width, height) == (512, 512)
            alpha = np.frombuffer(message, np.uint8, offset=HEAD.size).reshape(512, 512, 4)[..., 3]
            assert alpha.min() == 0
            assert alpha.max() == 255
            while not latency_ms > 0:
                await page.send_str("")
                latency_ms = HEAD.unpack_from(await page.receive_bytes(timeout=5))[4]
            assert 120 <= latency_ms < 5000, "no frame can come before its lookahead"
            studio.stop()
            while width:
                await page.send_str("")
                width = HEAD.unpack_from(await page.receive_bytes(timeout=5))[1]

    asyncio.run(look())
    connection = http.client.HTTPConnection(access.url[7:-1], timeout=5)
    connection.request("GET", "/camera/frame.png")
    with connection.getresponse() as response:
        assert response.status == 503
        assert "start" in json.loads(response.read())["detail"]
    connection.close()


def test_the_views_pages_are_there_without_a_token(access: Access) -> None:
    for view in ("portrait", "camera"):
        connection = http.client.HTTPConnection(access.url[7:-1], timeout=5)
        connection.request("GET", f"/{view}/?transparent")
        with connection.getresponse() as response:
            assert response.status == 200
            assert b"<canvas" in response.read()
        connection.close()


def test_closes_in_time_while_others_listen(server: ControlServer, access: Access) -> None:
    async def listen() -> None:
        headers = {"Authorization": f"Bearer {access.token}"}
        async with aiohttp.ClientSession() as client, client.ws_connect(f"{access.url}v1/events", headers=headers) as socket:
            await socket.receive_json(timeout=5)
            with socket_to(access) as idle:
                idle.sendall(b"GET /v1/status HTTP/1.1\r\nHost: 127.0.0.1:1\r\n\r\n")
                assert b" 401 " in idle.recv(100)
                idle.sendall(b"GET /v1/st")
                started = time.monotonic()
                await asyncio.to_thread(server.close)
                assert time.monotonic() - started < 2

    asyncio.run(listen())
    with pytest.raises(OsaCamError, match="not running"):
        ask(access, "GET", "/v1/status")


def socket_to(access: Access) -> socket.socket:
    host, _, port = access.url[7:-1].partition(":")
    return socket.create_connection((host, int(port)))


def test_the_address_goes_and_the_token_stays(server: ControlServer, access: Access) -> None:
    server.close()
    assert read_access(access_path()) == Access("", access.token)
    with pytest.raises(OsaCamError, match="start it"):
        find()
    server.close()


def test_the_token_stays_and_a_second_one_finds_another_port(server: ControlServer, access: Access, studio: Studio) -> None:
    second = ControlServer(studio, port=int(access.url[:-1].rpartition(":")[2]))
    second.open()
    try:
        newer = read_access(access_path())
        assert newer is not None
        assert newer.token == access.token
        assert newer.url == second.url != access.url
        assert ask(newer, "GET", "/v1/status")["state"] == "idle"
    finally:
        second.close()
