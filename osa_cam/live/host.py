"""What the operating system says about cameras, microphones and who uses them. Reads and asks, changes nothing."""

from __future__ import annotations

import csv
import os
import re
import subprocess
from contextlib import suppress
from pathlib import Path

PROC = Path("/proc")
MODULE = Path("/sys/module/v4l2loopback")
SECURE_BOOT = Path("/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c")
OBS_EXTENSION = "com.obsproject.obs-studio.mac-camera-extension"
CONSENT = r"\Software\Microsoft\Windows\CurrentVersion\CapabilityAccessManager\ConsentStore"
ANSWERS_WITHIN_S = 2.0


def ask(*command: str) -> str:
    """What a program prints; empty when it is not there, fails or takes too long."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", timeout=ANSWERS_WITHIN_S, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout if done.returncode == 0 else ""


def holders(device: str) -> list[str]:
    """Linux: the programs that have the device open, ourselves aside; those of other users can't be seen."""
    found = set()
    for process in PROC.glob("[0-9]*"):
        if process.name == str(os.getpid()):
            continue
        with suppress(OSError):
            if any(os.path.realpath(opened) == device for opened in (process / "fd").iterdir()):
                found.add((process / "comm").read_text("utf-8", "replace").strip())
    return sorted(found)


def exclusive_caps(place: int) -> bool | None:
    """Linux: of the virtual camera at that place among all; None when the driver does not tell."""
    try:
        answers = (MODULE / "parameters" / "exclusive_caps").read_text("ascii").strip().split(",")
        return answers[place] in ("Y", "1")
    except (OSError, ValueError, IndexError):
        return None


def secure_boot() -> bool:
    """Linux: does the firmware want modules to be signed? Four bytes of attributes, then the answer."""
    try:
        return SECURE_BOOT.read_bytes()[4:5] == b"\1"
    except OSError:
        return False


def pipewire_cameras() -> list[str] | None:
    """Linux: the names of the cameras that PipeWire hands on; None when it does not run."""
    video = re.search(r"^Video\n(.*?)(?:^\S|\Z)", ask("wpctl", "status"), re.MULTILINE | re.DOTALL)
    if video is None:
        return None
    return [line.strip() for line in re.findall(r"^[ │├└─*]*\d+\. +(.*?)(?: {2,}.*| *\[.*)?$", video[1], re.MULTILINE)]


def default_source() -> str:
    """Linux: the sound server's own name of the microphone; empty without one."""
    return ask("pactl", "get-default-source").strip()


def sources() -> list[str]:
    """Linux: the microphones' names, without what only hears the speakers."""
    names = [line.split("\t")[1] for line in ask("pactl", "list", "short", "sources").splitlines() if line.count("\t") >= 2]
    return [name for name in names if not name.endswith(".monitor")]


def source_muted() -> bool:
    """Linux: is the microphone muted, or its volume zero?"""
    volumes = re.findall(r"(\d+)%", ask("pactl", "get-source-volume", "@DEFAULT_SOURCE@"))
    return "yes" in ask("pactl", "get-source-mute", "@DEFAULT_SOURCE@") or (bool(volumes) and not any(map(int, volumes)))


def denied(what: str) -> bool:
    """Windows: what: microphone or webcam. Are programs from outside its store kept from it?"""
    keys = (f"{root}{CONSENT}\\{what}{rest}" for root in ("HKLM", "HKCU") for rest in ("", r"\NonPackaged"))
    return any(re.search(r"^\s*Value\s+REG_SZ\s+Deny\s*$", ask("reg", "query", key, "/v", "Value"), re.MULTILINE) for key in keys)


def windows_programs() -> list[str]:
    return [row[0] for row in csv.reader(ask("tasklist", "/FO", "CSV", "/NH").splitlines()) if row]


def mac_programs() -> list[str]:
    return ask("ps", "-axco", "command").splitlines()[1:]


def mac_version() -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", ask("sw_vers", "-productVersion"))))


def mac_extension() -> str:
    """macOS: the state of OBS's camera, as `activated enabled`; empty when it was never installed."""
    states = re.findall(rf"{re.escape(OBS_EXTENSION)}.*\[(.*)\]", ask("systemextensionsctl", "list"))
    return "activated enabled" if "activated enabled" in states else (states[-1] if states else "")
