"""Where recordings and snapshots go: the user's own folders, named by the time."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QStandardPaths

from osa_cam.errors import ConfigError

FOLDER = "OSA Cam"


def recording(at: datetime) -> Path:
    return _named(QStandardPaths.StandardLocation.MoviesLocation, at, ".mp4")


def snapshot(at: datetime) -> Path:
    return _named(QStandardPaths.StandardLocation.PicturesLocation, at, ".png")


def _named(where: QStandardPaths.StandardLocation, at: datetime, suffix: str) -> Path:
    """A path that does not exist yet, in a folder that does. Raises ConfigError."""
    folder = Path(QStandardPaths.writableLocation(where), FOLDER)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigError(f"{folder} can't be made: {error.strerror}; is the disk full?") from error
    stem = f"{at:%Y-%m-%d %H.%M.%S}"
    path = folder / f"{stem}{suffix}"
    number = 2
    while path.exists():
        path = folder / f"{stem} ({number}){suffix}"
        number += 1
    return path
