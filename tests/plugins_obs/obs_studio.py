"""A real OBS Studio on a display that nobody sees, with settings of its own."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import shutil
import struct
import subprocess
import time
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType

import cv2
import numpy as np
from numpy.typing import NDArray

from osa_cam.control.obs import Obs, ObsAddress
from osa_cam.errors import OsaCamError

OBS, XVFB = shutil.which("obs"), shutil.which("Xvfb")
STARTS_WITHIN_S = 60.0
PASSWORD = "a secret word"
SCENE = "Live"

GLOBAL = f"""[General]
FirstRun=true
EnableAutoUpdates=false
LastVersion=486539266

[OBSWebSocket]
FirstLoad=false
ServerEnabled=true
ServerPort=4455
AlertsEnabled=false
AuthRequired=true
ServerPassword={PASSWORD}

[Basic]
Profile=Test
ProfileDir=Test
SceneCollection=Test
SceneCollectionFile=Test
"""
PROFILE = "[General]\nName=Test\n[Video]\nBaseCX=1280\nBaseCY=720\nOutputCX=1280\nOutputCY=720\nFPSCommon=30\n"


def collection(*scripts: Path) -> str:
    scene = {"id": "scene", "versioned_id": "scene", "name": SCENE, "settings": {"items": [], "id_counter": 0, "custom_size": False}}
    modules = {"scripts-tool": [{"path": str(path), "settings": {}} for path in scripts]}
    names = {"name": "Test", "current_scene": SCENE, "current_program_scene": SCENE, "scene_order": [{"name": SCENE}]}
    return json.dumps({**names, "sources": [scene], "modules": modules})


class ObsStudio:
    """`with ObsStudio(folder, script)`: folder is the home that OBS sees.

    To be run in a network namespace of its own, since OBS asks for news. width, height: of the display; the window is 1079x728.
    """

    def __init__(self, folder: Path, *scripts: Path, width: int = 1079, height: int = 728) -> None:
        self.address = ObsAddress(4455, PASSWORD)
        self.settings = folder / ".config" / "obs-studio"
        self.log = folder / "obs.log"
        self._folder = folder
        self._scripts = scripts
        self._size = (width, height)

    def __enter__(self) -> ObsStudio:
        assert OBS is not None
        assert XVFB is not None
        scenes, profile = self.settings / "basic" / "scenes", self.settings / "basic" / "profiles" / "Test"
        scenes.mkdir(parents=True)
        profile.mkdir(parents=True)
        (self.settings / "global.ini").write_text(GLOBAL, "utf-8")
        (profile / "basic.ini").write_text(PROFILE, "utf-8")
        (scenes / "Test.json").write_text(collection(*self._scripts), "utf-8")
        with ExitStack() as stack:
            read, write = os.pipe()
            screen = "x".join(map(str, (*self._size, 24)))
            command = [XVFB, "-displayfd", str(write), "-screen", "0", screen, "-fbdir", str(self._folder), "-nolisten", "tcp"]
            self._start(stack, command, pass_fds=(write,))
            os.close(write)
            with os.fdopen(read) as told:
                self.display = f":{told.readline().strip()}"
            # QT_QPA_PLATFORM and XDG_CONFIG_HOME of the tests are not meant for it.
            kept = {name: value for name, value in os.environ.items() if not name.startswith(("QT_", "XDG_"))}
            home = {"HOME": str(self._folder), "XDG_RUNTIME_DIR": str(self._folder)}
            self._start(stack, [OBS, "--multi", "--disable-updater"], env={**kept, **home, "DISPLAY": self.display})
            self._stack = stack.pop_all()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._stack.close()

    def _start(self, stack: ExitStack, command: list[str], **options: object) -> None:
        log = stack.enter_context(self.log.open("ab"))
        process = subprocess.Popen(command, stdout=log, stderr=log, **options)  # type: ignore[call-overload]

        def end() -> None:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

        stack.callback(end)

    async def ready(self) -> None:
        """Returns once OBS answers."""
        deadline = time.monotonic() + STARTS_WITHIN_S
        while True:
            try:
                async with Obs(self.address):
                    return
            except OsaCamError:
                assert time.monotonic() < deadline, self.log.read_text("utf-8", "replace")
                await asyncio.sleep(0.5)

    def screenshot(self) -> NDArray[np.uint8]:
        """BGR of the whole display. Source: XWDFile.h, which Xvfb keeps its framebuffer as."""
        found = (self._folder / "Xvfb_screen0").read_bytes()
        head = struct.unpack(">25I", found[:100])
        width, height, line_bytes = head[4], head[5], head[12]
        begin = head[0] + 12 * head[19]  # colours of 12 bytes stand between
        pixels = np.frombuffer(found, np.uint8, line_bytes * height, begin).reshape(height, line_bytes // 4, 4)
        return np.ascontiguousarray(pixels[:, :width, :3])


def decode(data_url: str) -> NDArray[np.uint8]:
    """BGR or BGRA of what GetSourceScreenshot gives."""
    encoded = base64.b64decode(data_url.partition(",")[2])
    return cv2.imdecode(np.frombuffer(encoded, np.uint8), cv2.IMREAD_UNCHANGED).astype(np.uint8, copy=False)
