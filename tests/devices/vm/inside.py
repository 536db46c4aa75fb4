"""What the virtual machine does with the real devices. tests/devices/test_machine.py prepares FOLDER and judges what is found.

usage: inside.py FOLDER
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from osa_cam.camera.virtual import HANDLES
from osa_cam.control.client import ask, find
from osa_cam.errors import OsaCamError
from osa_cam.live import doctor
from osa_cam.live.clock import SystemClock

DEVICE = "/dev/video0"
WIDTH, HEIGHT, FPS = 320, 180, 25
STARTS_S = 120.0  # by its own clock, which is as slow as it is; 6 to 20 are usual
ANSWERS_S = 60.0
ROUNDS = 3
OPENS_BY = 10.0  # levels of red
PORTRAIT = np.s_[HEIGHT // 3 : 2 * HEIGHT // 3, 4 * WIDTH // 10 : 6 * WIDTH // 10, 0]


def tool(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def log(what: str) -> None:
    """For who waits: an emulated computer takes its time."""
    sys.stderr.write(f"{time.monotonic():7.1f} s: {what}\n")


def osa_cam(folder: Path) -> subprocess.Popen[bytes]:
    """Live with the system's microphone and the first virtual camera; returns when a picture can be read."""
    command = [sys.executable, "-m", "osa_cam", "run", "--model", str(folder / "model"), "--avatar", str(folder / "disc.png")]
    command += ["--background", str(folder / "chart.png"), "--size", f"{WIDTH}x{HEIGHT}", "--fps", str(FPS), "--engine", "onnxruntime"]
    with (folder / "log").open("ab") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out)
    until = time.monotonic() + STARTS_S
    while "Video Capture" not in caps():
        if process.poll() is not None or time.monotonic() > until:
            raise RuntimeError(f"no picture: {(folder / 'log').read_text()[-2000:]}")
        time.sleep(1.0)
    log("it shows a picture")
    return process


def caps() -> str:
    """What the camera can do at the moment."""
    return tool("v4l2-ctl", "-d", DEVICE, "-D").split("Device Caps")[-1]


@contextmanager
def reader() -> Iterator[Callable[[], np.ndarray]]:
    """Opens the camera as other programs do; gives the next picture, RGB [HEIGHT, WIDTH, 3], of at most four a second."""
    command = ["ffmpeg", "-v", "error", "-f", "v4l2", "-i", DEVICE, "-vf", "fps=4,scale=in_color_matrix=bt601:in_range=tv:flags=neighbor"]
    process = subprocess.Popen([*command, "-pix_fmt", "rgb24", "-f", "rawvideo", "-"], stdout=subprocess.PIPE)
    assert process.stdout is not None
    pipe = process.stdout

    def picture() -> np.ndarray:
        size = WIDTH * HEIGHT * 3
        pixels = pipe.read(size)
        if len(pixels) < size:
            raise RuntimeError("ffmpeg reads no picture")
        return np.frombuffer(pixels, np.uint8).reshape(HEIGHT, WIDTH, 3)

    try:
        yield picture
    finally:
        process.kill()
        process.wait()
        pipe.close()


def keep(folder: Path, name: str) -> None:
    """What a program that opens the camera sees half a second later."""
    with reader() as picture:
        picture()
        picture()
        np.save(folder / f"{name}.npy", picture())
    log(f"{name} was read")


def talk(folder: Path) -> list[dict[str, float]]:
    """Syllables are said until the mouth opens, then nothing until it closes, and again: how red the portrait was, and how long it took.

    The test's model makes the portrait the redder the wider the mouth. How slow an emulated computer is does not matter here.
    """
    rounds = []
    with reader() as picture:
        red = lambda: float(picture()[PORTRAIT].mean())  # noqa: E731
        closed = float(np.median([red() for _ in range(4)]))
        for _ in range(ROUNDS):
            began = time.monotonic()
            with said(folder):
                opened = _until(red, lambda now: now > closed + OPENS_BY)
            spoke = time.monotonic()
            again = _until(red, lambda now: now < closed + OPENS_BY / 2)
            ended = time.monotonic()
            rounds.append({"closed": again, "open": opened, "opens_s": spoke - began, "closes_s": ended - spoke})
            log(f"the mouth opened and closed: {rounds[-1]}")
    return rounds


@contextmanager
def said(folder: Path) -> Iterator[None]:
    """Syllables, into the other end of the microphone."""
    command = f"while :; do aplay -q -D plughw:Loopback,1 {folder / 'talk.wav'}; done"
    player = subprocess.Popen(["sh", "-c", command], start_new_session=True)
    try:
        yield
    finally:
        os.killpg(player.pid, signal.SIGKILL)
        player.wait()


def examine(folder: Path) -> dict[str, str]:
    """What the doctor says of the microphone, and of the camera's driver as it may be loaded."""
    clock = SystemClock()
    found = {"silent": doctor.microphone(None, clock).id}
    with said(folder):
        found["said"] = doctor.microphone(None, clock).id
    found["free"] = doctor.camera().id
    for case, options in {"caps": ['card_label="OSA Cam"'], "label": ["card_label=Dummy", "exclusive_caps=1"], "gone": []}.items():
        subprocess.run(["rmmod", "v4l2loopback"], check=True)
        if options:
            subprocess.run(["insmod", "/run/modules/v4l2loopback.ko", "devices=1", *options], check=True)
        found[case] = doctor.camera().id
    log(f"the doctor said {found}")
    return found


def _until(red: Callable[[], float], met: Callable[[float], bool]) -> float:
    until = time.monotonic() + ANSWERS_S
    while not met(now := red()):
        if time.monotonic() > until:
            raise RuntimeError(f"the mouth does not follow the microphone: {now:.0f} levels of red")
    return now


def answer(method: str, path: str, body: dict[str, Any] | None = None) -> Any:
    """Of the program's control interface, which may be too busy the first time."""
    until = time.monotonic() + ANSWERS_S
    while True:
        try:
            return ask(find(), method, path, body)
        except OsaCamError:
            if time.monotonic() > until:
                raise


def change(**settings: object) -> None:
    """What takes another session; returns when the old one has ended."""
    seconds = answer("GET", "/v1/status")["seconds"]
    answer("PATCH", "/v1/settings", settings)
    until = time.monotonic() + STARTS_S
    while answer("GET", "/v1/status")["seconds"] > seconds:
        if time.monotonic() > until:
            raise RuntimeError(f"the session goes on with {settings}")
        time.sleep(0.1)


def until_live() -> None:
    until = time.monotonic() + STARTS_S
    while not ((status := answer("GET", "/v1/status"))["seconds"] and status["shown"]):
        if time.monotonic() > until:
            raise RuntimeError(f"no session: {status}")
        time.sleep(0.1)


def handles() -> int:
    """How often the camera is open, ours included."""
    return int(HANDLES.read_text())


def main(folder: Path) -> None:
    open_handles = [handles()]
    found: dict[str, object] = {"handles": open_handles}
    process = osa_cam(folder)
    found["during"] = tool("v4l2-ctl", "-d", DEVICE, "-D", "--list-formats-ext")
    keep(folder, "first")
    open_handles.append(handles())
    found["held"] = doctor.camera().id
    found["rounds"] = talk(folder)
    for number in range(2):
        with reader() as picture:  # which is killed in the end, as programs crash
            picture()
            open_handles.append(handles())
        keep(folder, f"reader{number}")
    with reader() as picture:  # which goes on through a session that ends and another one
        picture()
        change(fps=30)
        until_live()
        picture()
        np.save(folder / "through.npy", picture())
        log("a reader sees the second session")
    keep(folder, "second")
    process.kill()
    process.wait()
    found["between"] = caps()
    process = osa_cam(folder)
    keep(folder, "third")
    process.send_signal(signal.SIGINT)
    found["ended"] = process.wait(ANSWERS_S)
    process = osa_cam(folder)
    with reader() as picture:
        picture()
        answer("PATCH", "/v1/settings", {"size": "640x360"})
        found["refused"] = process.wait(ANSWERS_S)
        found["resized"] = (folder / "log").read_text().splitlines()[-1]
    found["doctor"] = examine(folder)
    (folder / "found.json").write_text(json.dumps(found))


if __name__ == "__main__":
    os.environ["HOME"] = sys.argv[1]  # settings and caches of its own
    main(Path(sys.argv[1]))
