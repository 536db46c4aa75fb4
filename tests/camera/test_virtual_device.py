"""The real v4l2loopback, where it is loaded; tests/devices/test_machine.py brings one of its own."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import av
import numpy as np
import pytest

from osa_cam.camera.virtual import VirtualCamera, find_device, loopbacks

pytestmark = [pytest.mark.device, pytest.mark.skipif(not loopbacks(), reason="v4l2loopback is not loaded")]
WIDTH, HEIGHT = 320, 240  # the machine is emulated, and slow


@contextmanager
def sending(picture: np.ndarray) -> Iterator[VirtualCamera]:
    camera, stop = VirtualCamera(), threading.Event()
    camera.open(WIDTH, HEIGHT, 25)

    def send() -> None:
        tick = 0
        while not stop.wait(0.04):
            camera.send(picture, tick)
            tick += 1

    thread = threading.Thread(target=send)
    thread.start()
    try:
        yield camera
    finally:
        stop.set()
        thread.join()
        camera.close()


def seen(device: str) -> np.ndarray:
    """What a program that opens the camera sees, as YUV."""
    with av.open(device, format="v4l2") as container:
        frame = next(container.decode(video=0))
        return frame.to_ndarray(format="yuv420p")


def test_another_program_sees_the_picture_session_after_session() -> None:
    """The second session is the one that fails where nothing heals the device."""
    device = find_device(None)
    for colour, luma in (((0, 255, 0), 145), ((255, 0, 0), 81)):
        with sending(np.full((HEIGHT, WIDTH, 4), (*colour, 255), np.uint8)):
            time.sleep(0.5)
            planes = seen(device)
        assert planes.shape == (HEIGHT * 3 // 2, WIDTH)
        assert abs(int(planes[HEIGHT // 2, WIDTH // 2]) - luma) <= 1
