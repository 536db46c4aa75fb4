"""Does a frozen program work? Starts it as a user would: in a terminal, and with its window."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray

SIZE = (1280, 800)
OPENS_S = 240.0  # a slow machine's first start reads 300 MB
CLOSES_S = 20.0  # of a machine that does much else; its threads have 2
SPOKEN_S = 2.0


@dataclass
class Installed:
    """A program in a folder of this machine, or in `root`, another Debian's root (needs the right to chroot).

    home: an empty folder, as the program names it; what it writes there is ours to look at.
    """

    program: str
    root: Path | None = None
    home: str = "/tmp/osa-cam-smoke"
    environment: dict[str, str] = field(default_factory=dict)

    def outside(self, path: str) -> Path:
        return Path(path) if self.root is None else self.root / path.lstrip("/")

    def command(self, *arguments: str) -> tuple[list[str], dict[str, str]]:
        start = [] if self.root is None else ["chroot", str(self.root)]
        folders = {"HOME": self.home, "XDG_RUNTIME_DIR": self.home, "TMPDIR": self.home}
        return [*start, self.program, *arguments], {
            "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
            "LANG": "C.UTF-8",
            **folders,
            **self.environment,
        }

    def run(self, *arguments: str, codes: tuple[int, ...] = (0,)) -> str:
        """What it printed. Raises SystemExit with all that it said when it ends otherwise."""
        command, environment = self.command(*arguments)
        ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)
        if ended.returncode not in codes:
            raise SystemExit(f"{' '.join(command)} ended with {ended.returncode}:\n{ended.stdout}{ended.stderr}")
        return ended.stdout


def smoke(installed: Installed, screenshot: Path) -> dict[str, object]:
    """What was seen: the video's length, the doctor's verdicts, the window's seconds. Raises SystemExit at the first thing that fails."""
    installed.outside(installed.home).mkdir(parents=True, exist_ok=True)
    video = f"{installed.home}/talk.mp4"
    figures = json.loads(installed.run("render", _speech(installed), "-o", video, "--json"))
    pictures, sound_s = watched(installed.outside(video))
    plugins = json.loads(installed.run("plugins", "list", "--json"))
    broken = [f"{plugin['name']}: {plugin['reason']}" for plugin in plugins if plugin["state"] != "on"]
    if broken or len(plugins) < 3:
        raise SystemExit(f"plugins: {broken or plugins}")
    checks = {check["id"] or check["name"]: check["reason"] for check in json.loads(installed.run("doctor", "--json", codes=(0, 1)))}
    if "model.ok" not in checks:
        raise SystemExit(f"doctor: {checks}")
    opened_s, closed_s = window(installed, screenshot)
    return {
        "pictures": len(pictures),
        "sound_s": round(sound_s, 2),
        "ms_per_frame": figures["ms_per_frame"],
        "plugins": [plugin["name"] for plugin in plugins],
        "doctor": checks,
        "window_opened_s": round(opened_s, 1),
        "window_closed_s": round(closed_s, 1),
    }


def _speech(installed: Installed) -> str:
    """A WAV of something like a voice: a buzz of 140 Hz that swells four times a second."""
    path = installed.outside(f"{installed.home}/speech.wav")
    t = np.arange(int(16000 * SPOKEN_S)) / 16000
    buzz = sum(np.sin(2 * np.pi * 140 * k * t) / k for k in range(1, 12)) * (0.5 - 0.5 * np.cos(2 * np.pi * 4 * t))
    with av.open(str(path), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=16000, layout="mono")
        frame = av.AudioFrame.from_ndarray((buzz * 6000).astype(np.int16)[None], format="s16", layout="mono")
        frame.sample_rate = 16000
        container.mux([*stream.encode(frame), *stream.encode(None)])
    return f"{installed.home}/speech.wav"


def watched(path: Path) -> tuple[list[NDArray[np.uint8]], float]:
    """The pictures and the seconds of sound of a video. Raises SystemExit unless there is a picture that moves."""
    with av.open(str(path)) as container:
        pictures = [pixels(frame) for frame in container.decode(video=0)]
    with av.open(str(path)) as container:
        sound_s = float(sum(frame.samples / frame.sample_rate for frame in container.decode(audio=0)))
    if abs(len(pictures) / 25 - SPOKEN_S) > 0.5 or abs(sound_s - SPOKEN_S) > 0.5:
        raise SystemExit(f"{path}: {len(pictures)} pictures and {sound_s:.1f} s of sound for {SPOKEN_S} s")
    if int(pictures[0].max()) - int(pictures[0].min()) < 100 or all(np.array_equal(pictures[0], picture) for picture in pictures[1:]):
        raise SystemExit(f"{path}: an empty picture, or one that does not move")
    return pictures, sound_s


def window(installed: Installed, screenshot: Path) -> tuple[float, float]:
    """Seconds until the window was painted and until it was closed again; the picture goes to `screenshot`. Needs Xvfb."""
    with contextlib.ExitStack() as stack:
        name = stack.enter_context(display())
        command, environment = installed.command("app")
        environment |= {"DISPLAY": name, "QT_QPA_PLATFORM": "xcb"}
        log = stack.enter_context(tempfile.TemporaryFile("w+"))
        started = time.monotonic()
        program = subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT)
        try:
            painted, quiet = None, 0
            while quiet < 3:  # three looks in a row that are alike
                time.sleep(1.0)
                if program.poll() is not None or time.monotonic() - started > OPENS_S:
                    log.seek(0)
                    raise SystemExit(f"no window after {time.monotonic() - started:.0f} s:\n{log.read()}")
                picture = grabbed(name)
                if len(np.unique(picture.reshape(-1, 3)[::7], axis=0)) > 200:  # text and a portrait, not a bare display
                    quiet = quiet + 1 if painted is not None and np.array_equal(painted, picture) else 0
                    painted = picture
                    opened_s = time.monotonic() - started
                    if opened_s > OPENS_S / 2:  # something in it moves
                        break
            screenshot.parent.mkdir(parents=True, exist_ok=True)
            cv2.imwrite(str(screenshot), cv2.cvtColor(painted, cv2.COLOR_RGB2BGR))
            asked = time.monotonic()
            program.send_signal(signal.SIGTERM)
            code = program.wait(CLOSES_S)
            if code != 0:
                log.seek(0)
                raise SystemExit(f"the window's program ended with {code}:\n{log.read()}")
            return opened_s, time.monotonic() - asked
        finally:
            if program.poll() is None:
                program.kill()
                program.wait()


@contextlib.contextmanager
def display() -> Iterator[str]:
    """A display of its own, that programs in another root reach too."""
    read, write = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", f"{SIZE[0]}x{SIZE[1]}x24", "-nolisten", "tcp"],
        pass_fds=[write],
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    try:
        number = re.match(rb"\d+", os.read(read, 16))
        if number is None:
            raise SystemExit("Xvfb does not start: sudo apt-get install xvfb")
        yield f":{number[0].decode()}"
    finally:
        os.close(read)
        server.terminate()
        server.wait(10)


def grabbed(name: str) -> NDArray[np.uint8]:
    """What a display shows, RGB uint8 [height, width, 3]."""
    with av.open(name, format="x11grab", options={"video_size": f"{SIZE[0]}x{SIZE[1]}", "draw_mouse": "0"}) as container:
        return pixels(next(container.decode(video=0)))


def pixels(frame: av.VideoFrame) -> NDArray[np.uint8]:
    return frame.to_ndarray(format="rgb24").astype(np.uint8, copy=False)
