"""The program as people start it, under a real X server, with real clicks and keys."""

import json
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from osa_cam_ui.window import SIZE

from osa_cam.live.settings import Settings, save, settings_path
from tests.sounds import bursts, write_wav

pytestmark = pytest.mark.gui

WITHIN_S = 60.0  # on a busy machine


def wait(condition: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + WITHIN_S
    while not condition():
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        time.sleep(0.1)


@pytest.fixture
def user(tmp_path: Path) -> Settings:
    """Has been here before; speaks from a file into a camera that nobody sees."""
    talk = write_wav(tmp_path / "talk.wav", bursts(300.0))
    settings = Settings(microphone=str(talk), camera="null", size="320x180", engine="onnxruntime", language="en", welcomed=True)
    settings = settings.changed(hotkeys={"mute": "Ctrl+F9"})
    save(settings, settings_path())
    return settings


def xdotool(*words: object) -> str:
    return subprocess.run(["xdotool", *map(str, words)], capture_output=True, text=True, check=False).stdout.strip()


def ctl(*words: str) -> dict[str, object]:
    """What the command line learns of the running program; nothing while it can't be reached."""
    command = [sys.executable, "-m", "osa_cam", "ctl", *words]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    return json.loads(answer.stdout) if answer.returncode == 0 and answer.stdout.startswith("{") else {}


def processes(session: int) -> Iterator[Path]:
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            if stat.read_text("ascii", "replace").rpartition(")")[2].split()[3] == str(session):
                yield stat.parent


def test_a_click_goes_live_and_keys_end_it(display: str, user: Settings, tmp_path: Path) -> None:
    log = (tmp_path / "log.txt").open("w+")
    program = subprocess.Popen([sys.executable, "-m", "osa_cam", "app"], stdout=log, stderr=log, start_new_session=True)
    try:
        wait(lambda: xdotool("search", "--onlyvisible", "--name", "^OSA Cam$"), "the window")
        window = xdotool("search", "--onlyvisible", "--name", "^OSA Cam$").split()[0]
        left, top = map(int, re.findall(r"^[XY]=(-?\d+)", xdotool("getwindowgeometry", "--shell", window), re.MULTILINE))
        wait(lambda: ctl("status", "--json").get("state") == "idle", "the control interface")

        xdotool("mousemove", left + SIZE.width() // 3, top + SIZE.height() - 122, "click", 1)  # the big button
        wait(lambda: ctl("status", "--json").get("state") == "live", "a live picture")

        xdotool("windowfocus", window)
        xdotool("key", "--window", window, "ctrl+m")
        wait(lambda: ctl("status", "--json").get("muted"), "silence")

        xdotool("windowunmap", window)  # nothing of the program is in front
        xdotool("key", "ctrl+F9")
        wait(lambda: ctl("status", "--json").get("muted") is False, "what a key for the whole desktop does")
        xdotool("windowmap", window)

        second = subprocess.run([sys.executable, "-m", "osa_cam", "app"], capture_output=True, timeout=WITHIN_S, check=False)
        assert second.returncode == 0 and program.poll() is None, "one instance only"
        xdotool("windowfocus", window)

        xdotool("key", "--window", window, "ctrl+q")
        wait(lambda: program.poll() is not None, "the end")
        log.seek(0)
        assert program.returncode == 0, log.read()
        assert "Traceback" not in log.read()
        assert not list(processes(session=program.pid)), "no process is left behind"
    finally:
        program.kill()
        program.wait(10)
        log.close()
