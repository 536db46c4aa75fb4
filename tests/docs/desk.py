"""A reader's desk: the blocks of a page, worked through from top to bottom."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

import cv2
import numpy as np
import pytest

from osa_cam import cli
from osa_cam.avatars.manifest import parse_manifest
from osa_cam.control.access import access_path, read_access
from osa_cam.control.server import ControlServer
from osa_cam.hooks.registry import installed
from osa_cam.live.clock import SystemClock
from osa_cam.live.open import Opener
from osa_cam.live.settings import Settings
from osa_cam.live.studio import State, Studio
from tests.conftest import ROOT
from tests.docs.blocks import Block
from tests.docs.commands import find, options
from tests.graphs import write_model
from tests.sounds import bursts, write_wav

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

FACES = ROOT / "osa_cam" / "assets" / "avatars"


class Desk:
    """A folder in which a page's blocks are worked through from top to bottom, as its reader does."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], stack: ExitStack) -> None:
        self.folder = folder
        self._monkeypatch = monkeypatch
        self._capfd = capfd
        self._stack = stack
        self._model = write_model(folder / ".model")
        self._controlled = False
        monkeypatch.chdir(folder)
        monkeypatch.setenv("COLUMNS", "200")
        monkeypatch.setattr(sys.stdin, "isatty", lambda: False, raising=False)
        monkeypatch.setattr("platformdirs.user_videos_path", lambda: folder / "videos")
        monkeypatch.setattr("platformdirs.user_pictures_path", lambda: folder / "pictures")
        shutil.copyfile(FACES / "elin" / "reference.png", folder / "me.png")
        (folder / "photo.jpg").write_bytes(cv2.imencode(".jpg", photograph())[1].tobytes())
        write_wav(folder / "talk.wav", bursts(0.4))

    def work(self, block: Block) -> str:
        """What its last command prints."""
        if block.title:
            path = self.folder / block.title
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.code, "utf-8")
        said = ""
        if block.language == "console" and not block.needs:
            for words in block.commands():
                said = self._command(words)
        elif block.language == "python" and not block.title:
            exec(compile(block.code, f"line {block.line}", "exec"), {"__name__": "documentation"})
        elif block.language == "toml":
            tomllib.loads(block.code)
            if block.title.endswith("avatar.toml"):
                parse_manifest(block.code.encode())
        elif block.language == "json":
            json.loads(block.code)
        return said

    def _command(self, words: list[str]) -> str:
        program, *rest = words
        if program == "osa-cam":
            return self._osa_cam(rest)
        if program == "python":
            return self._process([sys.executable, *rest])
        assert program == "curl", f"{words}: say what it needs in the block's first line"
        if shutil.which("curl") is None:
            return ""
        self._control()
        access = read_access(access_path())
        assert access is not None
        known = {"TOKEN": access.token, "http://127.0.0.1:8026/": access.url}
        for told, here in known.items():
            rest = [word.replace(told, here) for word in rest]
        return self._process(["curl", "--fail-with-body", "--silent", *rest])

    def _process(self, command: list[str]) -> str:
        finished = subprocess.run(command, capture_output=True, text=True, check=False)
        assert finished.returncode == 0, f"{command}: {finished.stdout}{finished.stderr}"
        return finished.stdout

    def _osa_cam(self, words: list[str]) -> str:
        """In this process, with networks that hardly compute, and for a moment only."""
        if words[0] == "ctl":
            self._control()
        taken = options(find(words)[0])
        small = {"--model": str(self._model), "--seconds": "1", "--for": "0.5"}
        more = [word for name, value in small.items() if name in taken and name not in words for word in (name, value)]
        self._monkeypatch.setattr(sys, "argv", ["osa-cam", *words, *more])
        with pytest.raises(SystemExit) as ended:
            cli.main()
            sys.exit(0)
        out, err = self._capfd.readouterr()
        assert not ended.value.code, f"osa-cam {' '.join(words)}: {err}"
        for option in {"-o", "--out"} & set(words):
            assert (self.folder / words[words.index(option) + 1]).exists(), f"{words} wrote nothing"
        return out

    def _control(self) -> None:
        """Something that `osa-cam ctl` can control."""
        if self._controlled:
            return
        self._controlled = True
        clock, plugins = SystemClock(), installed()
        settings = Settings(microphone="silence", camera="null", size="128x128", fps=25)
        studio = Studio(settings, clock=clock, plugins=plugins, open=Opener(clock, plugins, self._model))
        self._stack.callback(studio.close)
        server = ControlServer(studio, port=0)
        self._stack.callback(server.close)
        server.open()
        studio.start()
        deadline = clock.now() + 20
        while studio.status().state is not State.LIVE or not studio.status().shown:
            assert clock.now() < deadline, studio.status()
            time.sleep(0.02)


def photograph() -> np.ndarray:
    """BGR uint8 [1000, 1280, 3]: somebody before a wall."""
    photo = np.full((1000, 1280, 3), (200, 190, 180), np.uint8)
    person = cv2.resize(cv2.imread(str(FACES / "tomas" / "reference.png"), cv2.IMREAD_UNCHANGED), (700, 700))
    covered = person[..., 3:] / 255
    place = photo[140:840, 290:990]
    place[:] = (person[..., :3] * covered + place * (1 - covered)).astype(np.uint8)
    return photo
