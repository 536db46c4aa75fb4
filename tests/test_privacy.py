"""Nothing leaves the machine: every system call of whole runs that could open a way out is looked at, those of libraries included."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.graphs import write_model
from tests.sounds import bursts, write_wav

STRACE = shutil.which("strace")
ROOT = Path(__file__).parents[1]
LOOPBACK = re.compile(r'inet_addr\("127\.|inet_pton\(AF_INET6, "::1"|inet_pton\(AF_INET6, "::ffff:127\.')
ENDS_WITHIN_S = 120
PAUSE = threading.Event()


def _works() -> bool:
    """A container may forbid it."""
    tried = [str(STRACE), "-f", "-e", "trace=none", "true"]
    return STRACE is not None and subprocess.run(tried, capture_output=True, check=False).returncode == 0


pytestmark = pytest.mark.skipif(not _works(), reason="strace is not installed, or may not trace here")


class Traced:
    """A command that runs under strace; `network` are its calls that name an address of the internet."""

    def __init__(self, folder: Path, *command: object) -> None:
        self._log = folder / "trace"
        home = folder / "home"
        environment = {**os.environ, "PYTHONPATH": str(ROOT), "HOME": str(home), "QT_QPA_PLATFORM": "offscreen"}
        environment |= {name: str(home / name) for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR")}
        Path(environment["XDG_RUNTIME_DIR"]).mkdir(parents=True, mode=0o700)
        traced = [str(STRACE), "-f", "--seccomp-bpf", "-qq", "-e", "trace=%network", "-o", str(self._log), sys.executable]
        self.process = subprocess.Popen(
            [*traced, *map(str, command)], cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )

    def ends(self) -> str:
        said, _ = self.process.communicate(timeout=ENDS_WITHIN_S)
        assert self.process.returncode in (0, 130), said
        return said

    def signal(self, number: int) -> None:
        """For the program, not for strace, without which it would go on."""
        for child in Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split():
            os.kill(int(child), number)

    def network(self) -> list[str]:
        return [line for line in self._log.read_text("utf-8", "replace").splitlines() if "AF_INET" in line and "sin" in line]

    def asked_for_names(self) -> list[str]:
        """Calls to a server of names, over whichever socket."""
        return [line for line in self._log.read_text("utf-8", "replace").splitlines() if "htons(53)" in line]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_model(tmp_path_factory.mktemp("model"))


@pytest.fixture
def running(tmp_path: Path) -> Iterator[list[Traced]]:
    """What a test starts and does not see the end of."""
    started: list[Traced] = []
    yield started
    for traced in started:
        if traced.process.poll() is None:
            traced.signal(signal.SIGKILL)
        traced.process.communicate()


def check(traced: Traced) -> list[str]:
    found = traced.network()
    out = [line for line in found if not LOOPBACK.search(line) and not re.search(r"= -1 E\w+", line) and "getsockname" not in line]
    assert not out, out
    assert not traced.asked_for_names(), "no name is looked up"
    return found


def test_what_is_looked_for_is_found(tmp_path: Path, running: list[Traced]) -> None:
    """A program that does reach out is told from one that does not."""
    reaching = "import socket\nsocket.socket(socket.AF_INET, socket.SOCK_DGRAM).connect(('192.0.2.1', 9))"
    traced = Traced(tmp_path, "-c", reaching)
    running.append(traced)
    traced.process.wait(ENDS_WITHIN_S)
    with pytest.raises(AssertionError, match=r"192\.0\.2\.1"):
        check(traced)


def test_demo(tmp_path: Path, model: Path, running: list[Traced]) -> None:
    """`demo` is `render` with the built-in clip, which takes longer than the clip of this test."""
    talk = write_wav(tmp_path / "talk.wav", bursts(0.5))
    traced = Traced(tmp_path, "-m", "osa_cam", "render", talk, "--out", "talk.mp4", "--model", model, "--size", "64x64")
    running.append(traced)
    traced.ends()
    assert (tmp_path / "talk.mp4").is_file()
    assert check(traced) == [], "a render needs no socket at all"


def test_run_and_its_control(tmp_path: Path, model: Path, running: list[Traced]) -> None:
    """A run that shows a page in the browser, is asked for its status, and recorded."""
    options = ("--mic", "silence", "--camera", "web", "--model", model, "--size", "64x64")
    traced = Traced(tmp_path, "-m", "osa_cam", "run", *options)
    running.append(traced)
    access = tmp_path / "home" / "XDG_CONFIG_HOME" / "osa-cam" / "control.json"
    ends = time.monotonic() + ENDS_WITHIN_S
    while not (access.is_file() and json.loads(access.read_text())["url"]):
        assert traced.process.poll() is None and time.monotonic() < ends, traced.process.stdout and traced.process.stdout.read()
        PAUSE.wait(0.1)
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "XDG_CONFIG_HOME": str(tmp_path / "home" / "XDG_CONFIG_HOME")}
    asked = subprocess.run([sys.executable, "-m", "osa_cam", "ctl", "status"], env=environment, capture_output=True, check=False)
    assert asked.returncode == 0, asked.stderr
    traced.signal(signal.SIGTERM)  # a shell may start its background jobs deaf to SIGINT
    traced.ends()
    found = check(traced)
    assert any("bind(" in line for line in found) and any("accept" in line for line in found), "the servers were seen"


@pytest.mark.gui
def test_app(tmp_path: Path, running: list[Traced]) -> None:
    """The window, offscreen, open for as long as it takes to be built."""
    traced = Traced(tmp_path, "-m", "osa_cam_ui")
    running.append(traced)
    ends = time.monotonic() + ENDS_WITHIN_S
    access = tmp_path / "home" / "XDG_CONFIG_HOME" / "osa-cam" / "control.json"
    while not access.is_file():
        assert traced.process.poll() is None and time.monotonic() < ends
        PAUSE.wait(0.1)
    PAUSE.wait(1.0)
    traced.signal(signal.SIGKILL)
    traced.process.wait(ENDS_WITHIN_S)
    check(traced)
