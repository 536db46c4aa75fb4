"""A real OBS Studio, a real Studio that speaks the demo's words, and our script between them.

`python -m tests.plugins_obs.real FOLDER [MODEL]` prints what happened as JSON. FOLDER then holds `obs.png`, the window, `obs-script.png`,
the script's page, and `source.png`, OBS's own picture of the source. docs/images has copies of the first two.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from osa_cam.audio.file import read_blocks
from osa_cam.control.obs import Obs, obs_address
from osa_cam.control.server import ControlServer
from osa_cam.hooks.registry import installed
from osa_cam.live.clock import SystemClock
from osa_cam.live.open import Opener
from osa_cam.live.settings import Settings
from osa_cam.live.studio import State, Studio
from osa_cam.media import SAMPLE_RATE
from tests.sounds import write_wav

from .obs_studio import SCENE, ObsStudio, decode

ROOT = Path(__file__).resolve().parents[2]
MEDIA = {"is_local_file": False, "input_format": "mpjpeg", "buffering_mb": 0, "reconnect_delay_sec": 1, "hw_decode": False}
WITHIN_S = 90.0
TALKS_S = 300.0


async def until(true: Callable[[], object]) -> None:
    deadline = time.monotonic() + WITHIN_S
    while not true():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.1)


async def drive(obs_studio: ObsStudio, obs: Obs, studio: Studio, server: ControlServer, folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = {"obs": (await obs.ask("GetVersion"))["obsVersion"]}
    found["address_found"] = obs_address(obs_studio.settings) == obs_studio.address

    async def press(key: str) -> None:
        await obs.ask("TriggerHotkeyByName", hotkeyName=f"osa_cam.{key}")

    known = (await obs.ask("GetHotkeyList"))["hotkeys"]
    found["hotkeys"] = sorted(name for name in known if name.startswith("osa_cam."))
    await press("start")
    await until(lambda: studio.status().shown > 5 and studio.status().latency_ms > 0)
    for key, true in (
        ("mute", lambda: studio.status().muted),
        ("happy", lambda: studio.settings.expression == "happy"),
        ("next_avatar", lambda: studio.settings.avatar == "aiko"),
    ):
        await press(key)
        await until(true)
    await press("mute")
    await press("stop")
    await until(lambda: studio.status().state is State.IDLE)
    studio.change(avatar="ada", expression="neutral")
    await press("start")
    await until(lambda: studio.status().state is State.LIVE and studio.status().latency_ms > 0)

    await obs.ask("CreateInput", sceneName=SCENE, inputName="Mic/Aux", inputKind="pulse_input_capture", inputSettings={})
    latency_ms = studio.status().latency_ms
    set_to = await obs.delay((await obs.microphones())[0].name, latency_ms)
    found["offset"] = {"latency_ms": latency_ms, "set_to_ms": set_to.offset_ms, "read_back_ms": (await obs.microphones())[0].offset_ms}
    found["virtual_camera"] = await obs.holds_its_camera()

    settings = {**MEDIA, "input": f"{server.url}camera/stream.mjpg"}
    await obs.ask("CreateInput", sceneName=SCENE, inputName="OSA Cam", inputKind="ffmpeg_source", inputSettings=settings)
    shown, deadline = np.zeros((1, 1, 3), np.uint8), time.monotonic() + WITHIN_S
    while shown.shape != (720, 1280, 3) and time.monotonic() < deadline:
        await asyncio.sleep(1.0)
        answer = await obs.ask("GetSourceScreenshot", sourceName="OSA Cam", imageFormat="jpg")
        shown = decode(answer["imageData"])
    ours = cv2.cvtColor(studio.picture()[1], cv2.COLOR_RGBA2BGR)
    cv2.imwrite(str(folder / "source.png"), shown)
    found["source"] = {"shape": list(shown.shape), "difference": float(np.abs(shown.astype(int) - ours).mean())}
    await asyncio.sleep(2.0)
    cv2.imwrite(str(folder / "obs.png"), obs_studio.screenshot())
    await show_script(obs_studio)
    cv2.imwrite(str(folder / "obs-script.png"), obs_studio.screenshot())
    return found


async def show_script(obs_studio: ObsStudio) -> None:
    """Tools, Scripts, and the only script there is."""

    async def do(*words: str) -> None:
        subprocess.run(["xdotool", *words], env={**os.environ, "DISPLAY": obs_studio.display}, check=True, timeout=10)
        await asyncio.sleep(2.0)

    await do("mousemove", "378", "13", "click", "1")
    await do("mousemove", "389", "147", "click", "1")


async def main(folder: Path, model: str = "lite") -> None:
    speech = np.concatenate(list(read_blocks(ROOT / "osa_cam" / "assets" / "demo.opus")))
    talk = write_wav(folder / "talk.wav", np.tile(speech, int(TALKS_S * SAMPLE_RATE / len(speech)) + 1))
    settings = Settings(microphone=str(talk), camera="null", fps=25, avatar="ada")
    clock, plugins = SystemClock(), installed()
    studio = Studio(settings, clock=clock, plugins=plugins, open=Opener(clock, plugins, model))
    # Where the script looks for it, in the home that OBS sees.
    server = ControlServer(studio, path=folder / ".config" / "osa-cam" / "control.json")
    server.open()
    try:
        with ObsStudio(folder, ROOT / "plugins" / "obs" / "osa_cam_obs.py") as obs_studio:
            await obs_studio.ready()
            async with Obs(obs_studio.address) as obs:
                found = await drive(obs_studio, obs, studio, server, folder)
    finally:
        server.close()
        studio.close()
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), *sys.argv[2:]))
