"""What a live run needs, tried one by one: does it work, and if not, what makes it work."""

from __future__ import annotations

import os
import shutil
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from osa_cam.audio.devices import NO_PORTAUDIO, devices, find
from osa_cam.audio.microphone import Microphone
from osa_cam.camera.virtual import FIX, LABEL, LOAD, VirtualCamera, find_device, loopbacks, open_here
from osa_cam.config import Sampling, parse_size
from osa_cam.errors import AudioError, CameraError, OsaCamError
from osa_cam.live import host
from osa_cam.live.bench import measure
from osa_cam.live.check import Check, Verdict
from osa_cam.live.clock import Clock
from osa_cam.media import FPS, SAMPLE_RATE

LISTENS_S = 1.0
MEASURES_S = 2.0
FREE_GB = 1.0  # an hour of recording at 1280x720
MACOS = 13  # from here on cameras may be extensions, as OBS's is
SIZE = "1280x720"
SOUND = Path("/dev/snd")

UNMUTE = {
    "linux": "pactl set-source-mute @DEFAULT_SOURCE@ 0 && pactl set-source-volume @DEFAULT_SOURCE@ 80%",
    "win32": "start ms-settings:privacy-microphone",
    "darwin": "open 'x-apple.systempreferences:com.apple.preference.security?Privacy_Microphone'",
}
ALLOW_CAMERAS = "start ms-settings:privacy-webcam"
ALLOW_EXTENSION = "open 'x-apple.systempreferences:com.apple.LoginItems-Settings.extension'"
RELOAD = f"sudo modprobe -r v4l2loopback && {LOAD}"
SIGN = "sudo mokutil --import /var/lib/dkms/mok.pub"
REINSTALL = "pip install --force-reinstall osa-cam"
OTHERS_AT_WORK = {"linux": "top -o %CPU", "win32": "taskmgr", "darwin": "top -o cpu"}


VERDICTS: dict[str, str] = {
    "microphone.ok": "{device}, {rate} Hz, {level} dB while listening",
    "microphone.missing": "{error}",
    "microphone.no_portaudio": "PortAudio is missing, so no microphone can be heard",
    "microphone.no_access": "no microphone can be seen: this user may not open {folder}; log out and in again afterwards",
    "microphone.denied": "Windows keeps desktop programs from the microphone: switch on both permissions on that page",
    "microphone.dead": "{device}: it delivers no samples, as after the computer slept; unplug it and plug it in again",
    "microphone.zeros": "{device}: it delivers nothing but zeros; it is muted, or the system keeps it from us",
    "microphone.muted": "{device}: it is muted in the system, or its volume is zero",
    "microphone.monitor": "{device}: what it hears is this computer's own speakers ({source}), no microphone",
    "microphone.clips": "{device}: it clips; turn its volume down",
    "microphone.twins": "{device}: {count} have this name; plugged in again, the other one may be chosen. Unplug what you don't use",
    "camera.ok": "{device} takes 1280x720; programs get it as it is, the preview alone is a mirror",
    "camera.failed": "{error}",
    "camera.no_driver": "v4l2loopback is not installed for this kernel ({kernel})",
    "camera.not_loaded": "v4l2loopback is installed but not loaded",
    "camera.unsigned": "v4l2loopback is installed but not loaded: Secure Boot is on, so its key has to be enrolled, at the next start",
    "camera.no_device": "v4l2loopback is loaded but has no device",
    "camera.no_access": "{device} may not be written by this user; log out and in again afterwards",
    "camera.held": "{device} is in use by {who}: stop its virtual camera there, or end it",
    "camera.label": "{device} works; other programs list it as {label!r}, not {wanted!r}",
    "camera.caps": "{device} works; browsers and Zoom hide it, because it was loaded without exclusive_caps=1",
    "camera.pipewire": "{device} works; programs that get their cameras from PipeWire do not see it",
    "camera.no_obs": "OBS Studio, whose virtual camera is used, is not installed",
    "camera.denied": "{device} works; Windows keeps desktop programs from cameras: switch on both permissions on that page",
    "camera.old_macos": "macOS {version} has no camera extensions: {wanted} or newer is needed",
    "camera.no_extension": "OBS's camera extension is not installed: start OBS 30 or newer and press Start Virtual Camera once",
    "camera.not_allowed": "OBS's camera extension waits for you to allow it ({state})",
    "picture.ok": "{size}: programs know this size",
    "picture.odd": "{size}: some programs, Discord among them, show black at sizes like this one",
    "model.ok": "{model}: all its files are whole",
    "model.failed": "{error}",
    "engine.ok": "{frame} ms a frame of {has}, {engine}, {memory} MB",
    "engine.slow": "{frame} ms a frame of {has}, {engine}, {memory} MB: fewer than {fps} frames a second will be painted; end others",
    "engine.too_slow": "{frame} ms a frame of {has}, {engine}, {memory} MB: too slow for a picture that moves; end other programs",
    "disk.ok": "{free} GB free in {folder}",
    "disk.full": "{free} GB free in {folder}: a recording may fill it",
}
"""id -> what was seen, in English; `Check.values` fill the braces, in every language."""

NAMES = {"camera": "virtual camera"}  # part of an id -> the check's name, where it is another


def _check(id: str, verdict: Verdict, fix: str = "", **values: object) -> Check:
    part = id.partition(".")[0]
    said = {name: str(value) for name, value in values.items()}
    return Check(NAMES.get(part, part), verdict, VERDICTS[id].format(**said), fix, id, said)


def examine(mic: str | None, avatar: str | None, engine: str, model: str, clock: Clock, size: str = "") -> Iterator[Check]:
    """Yields each as soon as it is known, in about five seconds. size: of the camera's picture, where it is known."""
    yield microphone(mic, clock)
    yield camera()
    if size:
        yield picture(size)
    yield from machine(avatar, engine, model)
    yield disk()


def microphone(name: str | None, clock: Clock) -> Check:
    """Is one there, and does it deliver sound?"""
    fix = UNMUTE.get(sys.platform, UNMUTE["linux"])
    try:
        device = find(name)
        heard = listen(Microphone(name, clock), clock)
    except AudioError as error:
        return _no_microphone(error)
    about = f"{device}, {device.sample_rate} Hz"
    if len(heard) < SAMPLE_RATE * LISTENS_S / 2:
        return _check("microphone.dead", "failed", "osa-cam devices", device=about)
    if not heard.any():
        if sys.platform == "win32" and host.denied("microphone"):
            return _check("microphone.denied", "failed", fix)
        if sys.platform == "linux" and host.source_muted():
            return _check("microphone.muted", "failed", fix, device=about)
        return _check("microphone.zeros", "failed", fix, device=about)
    if np.abs(heard).max() >= 0.99:
        return _check("microphone.clips", "warning", fix.replace("80%", "50%"), device=about)
    if sys.platform == "linux" and name is None and (source := host.default_source()).endswith(".monitor"):
        others = host.sources()
        choose = f"pactl set-default-source {others[0]}" if others else "osa-cam devices"
        return _check("microphone.monitor", "warning", choose, device=about, source=source)
    twins = [str(other) for other in devices()].count(str(device))
    if twins > 1:
        return _check("microphone.twins", "warning", "osa-cam devices", device=about, count=twins)
    level_db = 10.0 * float(np.log10(np.mean(np.square(heard)) + 1e-10))
    return _check("microphone.ok", "ok", device=device, rate=device.sample_rate, level=f"{level_db:.0f}")


def _no_microphone(error: AudioError) -> Check:
    if str(error) == NO_PORTAUDIO:
        return _check("microphone.no_portaudio", "failed", "sudo apt-get install -y libportaudio2")
    if sys.platform == "win32" and host.denied("microphone"):
        return _check("microphone.denied", "failed", UNMUTE["win32"])
    sound = sorted(SOUND.glob("pcm*c"))
    if sys.platform == "linux" and sound and not any(os.access(device, os.R_OK) for device in sound) and not host.default_source():
        return _check("microphone.no_access", "failed", f"sudo usermod -aG audio {os.environ.get('USER', '$USER')}", folder=SOUND)
    return _check("microphone.missing", "failed", "osa-cam devices", error=error)


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


def camera() -> Check:
    """Opens it, as a run does, unless we are live on it; what is wrong although it works is a warning."""
    if sys.platform == "linux":
        return _linux_camera()
    found = VirtualCamera(next(iter(open_here), None))
    try:
        if not open_here:
            found.open(1280, 720, FPS)
    except CameraError as error:
        return _windows_camera(error) if sys.platform == "win32" else _mac_camera(error)
    finally:
        found.close()
    if sys.platform == "win32" and host.denied("webcam"):
        return _check("camera.denied", "warning", ALLOW_CAMERAS, device=found.name)
    return _check("camera.ok", "ok", device=found.name)


def _linux_camera() -> Check:
    all_of_them = loopbacks()
    if not all_of_them:
        return _no_loopback()
    device = find_device(None)
    if not os.access(device, os.R_OK | os.W_OK):
        return _check("camera.no_access", "failed", f"sudo usermod -aG video {os.environ.get('USER', '$USER')}", device=device)
    who = host.holders(device)
    found = VirtualCamera()
    try:
        if device not in open_here:
            found.open(1280, 720, FPS)
        seen = host.pipewire_cameras()  # while it has a picture to offer
    except CameraError as error:
        if who:
            return _check("camera.held", "failed", f"fuser -v {device}", device=device, who=", ".join(who))
        return _check("camera.failed", "failed", RELOAD, error=str(error).partition(". Install")[0])
    finally:
        found.close()
    label = all_of_them[device]
    if label != LABEL:
        return _check("camera.label", "warning", RELOAD, device=device, label=label, wanted=LABEL)
    if host.exclusive_caps(list(all_of_them).index(device)) is False:
        return _check("camera.caps", "warning", RELOAD, device=device)
    if seen is not None and not any(name.startswith(label) for name in seen):
        return _check("camera.pipewire", "warning", "systemctl --user restart wireplumber", device=device)
    return _check("camera.ok", "ok", device=device)


def _no_loopback() -> Check:
    if host.MODULE.is_dir():
        return _check("camera.no_device", "failed", RELOAD)
    kernel = os.uname().release
    if list(Path("/lib/modules", kernel).rglob("v4l2loopback.ko*")):
        if host.secure_boot():
            return _check("camera.unsigned", "failed", f"{LOAD} || {SIGN}")
        return _check("camera.not_loaded", "failed", LOAD)
    install = f"sudo apt-get install -y v4l2loopback-dkms linux-headers-{kernel} && {LOAD}"
    return _check("camera.no_driver", "failed", install, kernel=kernel)


def _windows_camera(error: CameraError) -> Check:
    if "not found" in str(error):
        return _check("camera.no_obs", "failed", "winget install OBSProject.OBSStudio")
    running = [name for name in host.windows_programs() if name.lower().startswith("obs")]
    if running:
        return _check("camera.held", "failed", FIX["win32"], device="OBS Virtual Camera", who=", ".join(sorted(set(running))))
    return _check("camera.failed", "failed", FIX["win32"], error=str(error).partition(". Install")[0])


def _mac_camera(error: CameraError) -> Check:
    version = host.mac_version()
    if version and version[0] < MACOS:
        return _check("camera.old_macos", "failed", "osa-cam run --camera web", version=".".join(map(str, version)), wanted=MACOS)
    state = host.mac_extension()
    if not state:
        return _check("camera.no_extension", "failed", "open -a OBS")
    if state != "activated enabled":
        return _check("camera.not_allowed", "failed", ALLOW_EXTENSION, state=state)
    if "OBS" in host.mac_programs():
        return _check("camera.held", "failed", FIX["darwin"], device="OBS Virtual Camera", who="OBS")
    return _check("camera.failed", "failed", FIX["darwin"], error=str(error).partition(". Install")[0])


def picture(size: str) -> Check:
    """Do call programs know this size? Raises ValueError for what is none."""
    width, height = parse_size(size)
    if 9 * width == 16 * height and height % 8 == 0 and 360 <= height <= 1080:
        return _check("picture.ok", "ok", size=size)
    return _check("picture.odd", "warning", f"osa-cam run --size {SIZE}", size=size)


def machine(avatar: str | None, engine: str, model: str) -> Iterator[Check]:
    """Are the model's files whole, do they run, and how fast?"""
    try:
        figures = measure(avatar, Sampling(), engine, model, MEASURES_S)
    except OsaCamError as error:
        yield _check("model.failed", "failed", REINSTALL, error=error)
        return
    yield _check("model.ok", "ok", model=figures["model"])
    frame_ms, has_ms = figures["ms_per_frame"], 1000 / FPS
    known = {"frame": f"{frame_ms:.0f}", "has": f"{has_ms:.0f}", "engine": figures["engine"], "memory": f"{figures['memory_mb'] or 0:.0f}"}
    others = OTHERS_AT_WORK.get(sys.platform, OTHERS_AT_WORK["linux"])
    if frame_ms > 4 * has_ms:
        yield _check("engine.too_slow", "failed", others, **known)
    elif frame_ms > has_ms:
        yield _check("engine.slow", "warning", others, fps=FPS, **known)
    else:
        yield _check("engine.ok", "ok", **known)


def disk() -> Check:
    folder = Path.cwd()
    free_gb = shutil.disk_usage(folder).free / 1e9
    if free_gb < FREE_GB:
        fix = f"osa-cam run --camera file:{Path.home()}/talk.mp4"
        return _check("disk.full", "warning", fix, free=f"{free_gb:.1f}", folder=folder)
    return _check("disk.ok", "ok", free=f"{free_gb:.0f}", folder=folder)
