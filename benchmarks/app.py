"""The window: how long until it is there, and what the live picture costs beside a running camera.

    python benchmarks/app.py [--seconds 10] [--starts 5]

Needs Xvfb and xdotool. Times of the processor rather than of the clock where others work on the same machine: a start that waits for
its turn says nothing. Ends in one JSON line.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np

LIVE_FPS = 25
SCREEN = "1400x900x24"
WITHIN_S = 60.0


@contextmanager
def display() -> Iterator[None]:
    """An X server of our own, and a user who has been welcomed."""
    read, write = os.pipe()
    server = subprocess.Popen(["Xvfb", "-displayfd", str(write), "-screen", "0", SCREEN, "-nolisten", "tcp"], pass_fds=[write])
    os.close(write)
    with os.fdopen(read) as answer, tempfile.TemporaryDirectory() as home:
        settings = Path(home, "osa-cam", "settings.toml")
        settings.parent.mkdir()
        settings.write_text("welcomed = true\n", "utf-8")
        os.environ.update({"DISPLAY": f":{answer.readline().strip()}", "QT_QPA_PLATFORM": "xcb"})
        os.environ.update(dict.fromkeys(("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"), home))
        try:
            yield
        finally:
            server.terminate()
            server.wait()


def start_up() -> tuple[float, float]:
    """(seconds, seconds of the processor) from the command until the window is visible."""
    began = time.monotonic()
    program = subprocess.Popen([sys.executable, "-m", "osa_cam", "app"])
    try:
        while not subprocess.run(["xdotool", "search", "--onlyvisible", "--name", "^OSA Cam$"], capture_output=True).stdout:
            if time.monotonic() - began > WITHIN_S or program.poll() is not None:
                raise RuntimeError("the window does not come")
            time.sleep(0.01)
        took = time.monotonic() - began
        ticks = Path(f"/proc/{program.pid}/stat").read_text().rpartition(")")[2].split()[11:13]
        return took, sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")
    finally:
        program.terminate()
        program.wait()


class Picturesque:
    """A studio that is live and has a new picture 25 times a second, if it moves."""

    def __init__(self) -> None:
        from osa_cam.live.settings import Settings

        self.settings = Settings(welcomed=True)
        self.plugins = SimpleNamespace(notices=())
        self.moves = True
        grain = np.random.default_rng(0)
        self._pictures = [np.repeat(np.repeat(grain.integers(0, 255, (90, 160, 4), np.uint8), 8, 0), 8, 1) for _ in range(4)]
        for made in self._pictures:
            made[..., 3] = 255
        self._at = time.monotonic()

    def status(self) -> Any:
        from osa_cam.live.studio import State, Status

        values: dict[str, Any] = dict.fromkeys(Status.__dataclass_fields__, 0.0)
        words = dict.fromkeys(("message", "avatar", "microphone", "camera", "engine", "expression", "background"), "")
        level = {"level_db": -40.0 - 10.0 * (time.monotonic() % 1.0), "gate_db": None, "sound_delay_ms": None, "recording": None}
        now = {"state": State.LIVE, "on": True, "seconds": time.monotonic() - self._at, "muted": False, "speaking": True}
        return Status(**{**values, **words, **level, **now})

    def picture(self) -> tuple[int, np.ndarray]:
        number = int((time.monotonic() - self._at) * LIVE_FPS) if self.moves else 0
        return number, self._pictures[number % len(self._pictures)]

    def close(self) -> None:
        pass


def live_picture(seconds: float) -> dict[str, float]:
    """Percent of one core: the window as a whole, and the same while the picture stands still."""
    import cv2
    from osa_cam_ui.app import App
    from PySide6.QtCore import QEventLoop, QTimer
    from PySide6.QtWidgets import QApplication

    cv2.setNumThreads(1)  # as beside a running model
    qt = QApplication([])
    studio = Picturesque()
    app = App(qt, studio)  # type: ignore[arg-type]
    app.window.show()
    shares = {}
    for name, studio.moves in (("warm", True), ("moving", True), ("still", False)):
        painted, cpu, wall = app.window.live.view.painted, time.process_time(), time.monotonic()
        loop = QEventLoop()
        QTimer.singleShot(round(seconds * 1000), loop.quit)
        loop.exec()
        shares[name] = 100.0 * (time.process_time() - cpu) / (time.monotonic() - wall)
        if name == "moving":
            shares["painted_fps"] = (app.window.live.view.painted - painted) / (time.monotonic() - wall)
    app.close()
    return {
        "window_percent": round(shares["moving"], 1),
        # As if all had been painted: a busy machine leaves some out.
        "picture_percent": round((shares["moving"] - shares["still"]) * LIVE_FPS / shares["painted_fps"], 1),
        "painted_fps": round(shares["painted_fps"], 1),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--starts", type=int, default=5)
    asked = parser.parse_args()
    with display():
        starts = [start_up() for _ in range(asked.starts + 1)][1:]  # the first reads the disk
        walls, cpus = zip(*starts, strict=True)
        figures = {
            "visible_s": round(statistics.median(walls), 2),
            "visible_cpu_s": round(statistics.median(cpus), 2),
            **live_picture(asked.seconds),
        }
    print(f"visible after {figures['visible_s']} s ({figures['visible_cpu_s']} s of the processor)")
    share, fps = figures["picture_percent"], figures["painted_fps"]
    print(f"live: {figures['window_percent']} % of a core, {share} % for {fps} pictures a second")
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
