"""What a live run needs, tried one by one: does it work, and if not, what makes it work."""

from __future__ import annotations

import os
import shutil
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from osa_cam.audio.devices import NO_PORTAUDIO, devices, find
from osa_cam.audio.microphone import Microphone
from osa_cam.camera.virtual import FIX, LABEL, LOAD, VirtualCamera, find_device, loopbacks
from osa_cam.config import Sampling
from osa_cam.errors import AudioError, CameraError, OsaCamError
from osa_cam.live.bench import measure
from osa_cam.live.clock import Clock
from osa_cam.media import FPS, SAMPLE_RATE

LISTENS_S = 1.0
MEASURES_S = 2.0
FREE_GB = 1.0  # an hour of recording at 1280x720

UNMUTE = {
    "linux": "pactl set-source-mute @DEFAULT_SOURCE@ 0 && pactl set-source-volume @DEFAULT_SOURCE@ 80%",
    "win32": "start ms-settings:privacy-microphone",
    "darwin": "open 'x-apple.systempreferences:com.apple.preference.security?Privacy_Microphone'",
}
RELOAD = f"sudo modprobe -r v4l2loopback && {LOAD}"
REINSTALL = "pip install --force-reinstall osa-cam"
OTHERS_AT_WORK = {"linux": "top -o %CPU", "win32": "taskmgr", "darwin": "top -o cpu"}

Verdict = Literal["ok", "warning", "failed"]


@dataclass(frozen=True)
class Check:
    """reason: what was seen; fix: the line to copy, empty when there is nothing to do. What is `failed` a live run can't do without."""

    name: str
    verdict: Verdict
    reason: str
    fix: str = ""


def examine(mic: str | None, avatar: str | None, engine: str, model: str, clock: Clock) -> Iterator[Check]:
    """Yields each as soon as it is known, in about five seconds."""
    yield microphone(mic, clock)
    yield camera()
    yield from machine(avatar, engine, model)
    yield disk()


def microphone(name: str | None, clock: Clock) -> Check:
    """Is one there, and does it deliver sound?"""
    try:
        device = find(name)
        heard = listen(Microphone(name, clock), clock)
    except AudioError as error:
        return Check("microphone", "failed", str(error), _microphone_fix(error))
    others = len(devices()) - 1
    there = f"{device}, {device.sample_rate} Hz" + (f", and {others} more (osa-cam devices)" if others else "")
    fix = UNMUTE.get(sys.platform, UNMUTE["linux"])
    if len(heard) < SAMPLE_RATE * LISTENS_S / 2:
        return Check("microphone", "failed", f"{there}: it delivers no samples; unplug it and plug it in again", "osa-cam devices")
    if not heard.any():
        return Check("microphone", "failed", f"{there}: it delivers nothing but zeros; it is muted, or the system keeps it from us", fix)
    level_db = 10.0 * float(np.log10(np.mean(np.square(heard)) + 1e-10))
    if np.abs(heard).max() >= 0.99:
        return Check("microphone", "warning", f"{there}: it clips; turn its volume down", fix.replace("80%", "50%"))
    return Check("microphone", "ok", f"{there}, {level_db:.0f} dB while listening")


def listen(source: Microphone, clock: Clock) -> np.ndarray:
    """LISTENS_S of sound, float32; less when it does not come."""
    stop, blocks = threading.Event(), [np.zeros(0, np.float32)]
    try:
        source.start()
        # Its first blocks may be zeros while the device starts. What has not come by then does not come.
        until = clock.now() + 1.5 * LISTENS_S
        while clock.now() < until and sum(map(len, blocks)) < LISTENS_S * SAMPLE_RATE:
            heard = source.read(stop)
            if heard is not None and heard.full is not None:  # not the silence that stands for what does not come
                blocks.append(heard.samples)
    finally:
        source.close()
    return np.concatenate(blocks)


def _microphone_fix(error: AudioError) -> str:
    if str(error) == NO_PORTAUDIO:
        return "sudo apt-get install -y libportaudio2"
    return "osa-cam devices"


def camera() -> Check:
    """Opens it, as a run does."""
    found = VirtualCamera()
    try:
        if sys.platform == "linux":
            if not loopbacks():
                return _no_loopback()
            device = find_device(None)
            if not os.access(device, os.R_OK | os.W_OK):
                reason = f"{device} may not be written by this user; log out and in again afterwards"
                return Check("virtual camera", "failed", reason, f"sudo usermod -aG video {os.environ.get('USER', '$USER')}")
        found.open(1280, 720, FPS)
    except CameraError as error:
        fix = RELOAD if sys.platform == "linux" else FIX[sys.platform]
        return Check("virtual camera", "failed", str(error).partition(". Install")[0], fix)
    finally:
        found.close()
    if sys.platform == "linux" and (label := loopbacks()[device]) != LABEL:
        reason = f"{device} works; other programs list it as {label!r}, not {LABEL!r}"
        return Check("virtual camera", "warning", reason, RELOAD)
    return Check("virtual camera", "ok", f"{found.name} takes 1280x720")


def _no_loopback() -> Check:
    module = Path("/sys/module/v4l2loopback")
    if module.is_dir():
        return Check("virtual camera", "failed", "v4l2loopback is loaded but has no device", RELOAD)
    installed = list(Path("/lib/modules", os.uname().release).rglob("v4l2loopback.ko*"))
    if installed:
        return Check("virtual camera", "failed", "v4l2loopback is installed but not loaded", LOAD)
    reason = f"v4l2loopback is not installed for this kernel ({os.uname().release})"
    headers = f"linux-headers-{os.uname().release}"
    return Check("virtual camera", "failed", reason, f"sudo apt-get install -y v4l2loopback-dkms {headers} && {LOAD}")


def machine(avatar: str | None, engine: str, model: str) -> Iterator[Check]:
    """Are the model's files whole, do they run, and how fast?"""
    try:
        figures = measure(avatar, Sampling(), engine, model, MEASURES_S)
    except OsaCamError as error:
        yield Check("model", "failed", str(error), REINSTALL)
        return
    yield Check("model", "ok", f"{figures['model']}: all its files are whole")
    frame_ms, has_ms = figures["ms_per_frame"], 1000 / FPS
    reason = f"{frame_ms:.0f} ms a frame of {has_ms:.0f}, {figures['engine']}, {figures['memory_mb'] or 0:.0f} MB"
    others = OTHERS_AT_WORK.get(sys.platform, OTHERS_AT_WORK["linux"])
    if frame_ms > 4 * has_ms:
        yield Check("engine", "failed", f"{reason}: too slow for a picture that moves; end what else uses the processor", others)
    elif frame_ms > has_ms:
        yield Check("engine", "warning", f"{reason}: fewer than {FPS} frames a second will be painted; end other programs", others)
    else:
        yield Check("engine", "ok", reason)


def disk() -> Check:
    folder = Path.cwd()
    free_gb = shutil.disk_usage(folder).free / 1e9
    if free_gb < FREE_GB:
        return Check(
            "disk",
            "warning",
            f"{free_gb:.1f} GB free in {folder}: a recording may fill it",
            f"osa-cam run --camera file:{Path.home()}/talk.mp4",
        )
    return Check("disk", "ok", f"{free_gb:.0f} GB free in {folder}")
