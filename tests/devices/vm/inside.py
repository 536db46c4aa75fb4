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
from pathlib import Path

import numpy as np

from osa_cam.control.client import ask, find

DEVICE = "/dev/video0"
WIDTH, HEIGHT, FPS = 640, 360, 25
STARTS_S = 600.0  # an emulated computer loads the networks' runtime
TALK_S = 12.0


def tool(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def osa_cam(folder: Path) -> subprocess.Popen[bytes]:
    """Live with the system's microphone and the first virtual camera; returns when a picture can be read."""
    command = [sys.executable, "-m", "osa_cam", "run", "--model", str(folder / "model"), "--avatar", str(folder / "disc.png")]
    command += ["--background", str(folder / "chart.png"), "--size", f"{WIDTH}x{HEIGHT}", "--fps", str(FPS), "--engine", "onnxruntime"]
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log)
    until = time.monotonic() + STARTS_S
    while "Video Capture" not in caps():
        if process.poll() is not None or time.monotonic() > until:
            raise RuntimeError(f"no picture: {(folder / 'log').read_text()[-2000:]}")
        time.sleep(1.0)
    return process


def caps() -> str:
    """What the camera can do at the moment."""
    return tool("v4l2-ctl", "-d", DEVICE, "-D").split("Device Caps")[-1]


def pictures(seconds: float, out: Path) -> list[np.ndarray]:
    """RGB [HEIGHT, WIDTH, 3] of so many seconds, as a program that opens the camera sees them."""
    command = ["ffmpeg", "-v", "error", "-y", "-f", "v4l2", "-i", DEVICE, "-frames:v", str(max(round(seconds * FPS), 1))]
    command += ["-vf", "scale=in_color_matrix=bt601:in_range=tv:flags=neighbor", "-pix_fmt", "rgb24", "-f", "rawvideo", str(out)]
    subprocess.run(command, timeout=120 + 10 * seconds, check=True)
    return list(np.fromfile(out, np.uint8).reshape(-1, HEIGHT, WIDTH, 3))


def keep(folder: Path, name: str) -> None:
    """What a program that opens the camera sees half a second later."""
    np.save(folder / f"{name}.npy", pictures(0.5, folder / f"{name}.rgb")[-1])


def talk(folder: Path) -> list[float]:
    """The portrait's mean red in each picture while syllables are said; the test's model makes it follow the mouth."""
    player = subprocess.Popen(["aplay", "-q", "-D", "plughw:Loopback,1", str(folder / "talk.wav")])
    seen = pictures(TALK_S, folder / "talk.rgb")
    player.kill()
    player.wait()
    middle = np.s_[HEIGHT // 3 : 2 * HEIGHT // 3, 4 * WIDTH // 10 : 6 * WIDTH // 10, 0]
    return [float(picture[middle].mean()) for picture in seen]


def main(folder: Path) -> None:
    found: dict[str, object] = {}
    process = osa_cam(folder)
    found["during"] = tool("v4l2-ctl", "-d", DEVICE, "-D", "--list-formats-ext")
    keep(folder, "first")
    found["reds"] = talk(folder)
    for reader in range(2):
        rude = subprocess.Popen(["ffmpeg", "-v", "error", "-y", "-f", "v4l2", "-i", DEVICE, "-f", "null", "-"])
        time.sleep(2)
        rude.kill()  # as programs crash
        rude.wait()
        keep(folder, f"reader{reader}")
    running = find()
    seconds = ask(running, "GET", "/v1/status")["seconds"]
    ask(running, "PATCH", "/v1/settings", {"fps": 30})  # which takes another session
    while ask(running, "GET", "/v1/status")["seconds"] > seconds or "Video Capture" not in caps():
        time.sleep(0.5)
    keep(folder, "second")
    process.kill()
    process.wait()
    found["between"] = caps()
    process = osa_cam(folder)
    keep(folder, "third")
    process.send_signal(signal.SIGINT)
    found["ended"] = process.wait(120)
    (folder / "found.json").write_text(json.dumps(found))


if __name__ == "__main__":
    os.environ["HOME"] = sys.argv[1]  # settings and caches of its own
    main(Path(sys.argv[1]))
