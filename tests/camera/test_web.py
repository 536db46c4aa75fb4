import http.client
import socket
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

import cv2
import numpy as np
import pytest

from osa_cam.camera.web import HOST, WebCamera

PICTURE = np.full((64, 96, 4), (200, 100, 0, 255), np.uint8)


@pytest.fixture
def camera() -> Iterator[WebCamera]:
    camera = WebCamera(port=0)
    camera.open(96, 64, 25)
    yield camera
    camera.close()


@contextmanager
def get(camera: WebCamera, path: str, host: str | None = None) -> Iterator[http.client.HTTPResponse]:
    with closing(http.client.HTTPConnection(camera.url[7:-1], timeout=5)) as connection:
        connection.request("GET", path, headers={"Host": host} if host else {})
        with connection.getresponse() as response:
            yield response


def fetch(camera: WebCamera, path: str, host: str | None = None) -> tuple[int, bytes]:
    with get(camera, path, host) as response:
        return response.status, response.read()


def read_part(response: http.client.HTTPResponse) -> tuple[str, np.ndarray]:
    head = [response.readline().strip() for _ in range(4)]
    length = int(head[2].split(b":")[1])
    encoded = response.read(length + 2)[:length]
    return head[1].decode(), cv2.imdecode(np.frombuffer(encoded, np.uint8), cv2.IMREAD_UNCHANGED)


def test_serves_frames_on_loopback_only(camera: WebCamera) -> None:
    assert camera.url.startswith(f"http://{HOST}:")
    camera.send(PICTURE, 0)
    with get(camera, "/stream.mjpg") as response:
        kind, picture = read_part(response)
        assert kind == "Content-Type: image/jpeg"
        assert picture.shape == (64, 96, 3)
        assert np.abs(picture[32, 48].astype(int) - (0, 100, 200)).max() < 6
        camera.send(255 - PICTURE, 1)
        assert read_part(response)[1][32, 48, 0] > 240, "the next one follows"


def test_page_and_transparent_page(camera: WebCamera) -> None:
    assert b"kind=jpeg" in fetch(camera, "/")[1]
    page = fetch(camera, "/?transparent")[1]
    assert b"background:transparent" in page
    assert b"kind=png" in page


def test_png_has_straight_alpha(camera: WebCamera) -> None:
    assert fetch(camera, "/frame.png")[0] == 503
    half = np.zeros((64, 96, 4), np.uint8)
    half[:, :48] = (100, 50, 0, 128)  # premultiplied
    camera.send(half, 0)
    picture = cv2.imdecode(np.frombuffer(fetch(camera, "/frame.png")[1], np.uint8), cv2.IMREAD_UNCHANGED)
    assert np.abs(picture[0, 0].astype(int) - (0, 100, 199, 128)).max() <= 1
    assert picture[0, 60, 3] == 0


def test_another_name_for_this_machine_is_refused(camera: WebCamera) -> None:
    assert fetch(camera, "/", host="evil.example:80")[0] == 403


def test_a_client_that_never_reads_does_not_slow_the_camera(camera: WebCamera) -> None:
    with socket.create_connection((HOST, int(camera.url[:-1].rpartition(":")[2]))) as client:
        client.sendall(b"GET /stream.mjpg HTTP/1.1\r\nHost: 127.0.0.1:1\r\n\r\n")
        noise = np.random.default_rng(0).integers(0, 255, (64, 96, 4), np.uint8)
        for tick in range(2000):
            camera.send(noise, tick)  # would hang if it waited for the client
        camera.send(PICTURE, 2000)
        assert fetch(camera, "/frame.png")[0] == 200


def test_closes_while_somebody_watches(camera: WebCamera) -> None:
    camera.send(PICTURE, 0)
    with get(camera, "/stream.mjpg") as response:
        read_part(response)
        started = time.monotonic()
        camera.close()
        assert time.monotonic() - started < 2
        assert camera._thread is not None
        assert not camera._thread.is_alive()


def test_two_beside_each_other() -> None:
    first, second = WebCamera(0), WebCamera()
    first.open(96, 64, 25)
    second._port = int(first.url[:-1].rpartition(":")[2])
    second.open(96, 64, 25)
    assert first.url != second.url
    first.close()
    second.close()
