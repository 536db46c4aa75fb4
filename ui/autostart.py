"""Start with the system: each desktop's own way, for this user alone."""

from __future__ import annotations

import logging
import os
import plistlib
import subprocess
import sys
from pathlib import Path

from PySide6.QtCore import QSettings, QStandardPaths

log = logging.getLogger(__name__)

NAME = "osa-cam"
RUN_KEY = r"HKEY_CURRENT_USER\Software\Microsoft\Windows\CurrentVersion\Run"


def command() -> list[str]:
    """What starts this program again, in the tray."""
    # An AppImage runs from a folder that is new at each start.
    frozen = [os.environ.get("APPIMAGE", sys.executable)] if getattr(sys, "frozen", False) else [sys.executable, "-m", "osa_cam"]
    return [*frozen, "app", "--hidden"]


def apply(wanted: bool) -> None:
    """Changes only what differs. What the system refuses is logged: nobody waits for it."""
    if sys.platform == "win32":
        registry = QSettings(RUN_KEY, QSettings.Format.NativeFormat)
        registry.setValue(NAME, subprocess.list2cmdline(command())) if wanted else registry.remove(NAME)
        return
    path = entry_path()
    content = entry()
    try:
        if not wanted:
            path.unlink(missing_ok=True)
        elif not path.is_file() or path.read_bytes() != content:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    except OSError as error:
        log.warning("%s can't be written: %s", path, error)


def entry_path() -> Path:
    if sys.platform == "darwin":
        return Path.home() / "Library" / "LaunchAgents" / f"{NAME}.plist"
    return Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.ConfigLocation), "autostart", f"{NAME}.desktop")


def entry() -> bytes:
    if sys.platform == "darwin":
        return plistlib.dumps({"Label": NAME, "ProgramArguments": command(), "RunAtLoad": True})
    line = " ".join(quoted(argument) for argument in command())
    return f"[Desktop Entry]\nType=Application\nName=OSA Cam\nIcon={NAME}\nExec={line}\n".encode()


def quoted(argument: str) -> str:
    """As the Desktop Entry Specification wants it, "The Exec key"."""
    escaped = "".join(f"\\{letter}" if letter in '"`$\\' else letter for letter in argument).replace("\\", "\\\\").replace("%", "%%")
    return f'"{escaped}"'
