"""Recordings that a killed process left behind, made files that can be found."""

from __future__ import annotations

import logging
import os
import re
import sys
from contextlib import suppress
from pathlib import Path

import av
import av.error

from osa_cam.camera.provenance import append_xmp, cut_to_whole_boxes

log = logging.getLogger(__name__)

PART = re.compile(r"\.(?P<stem>.+)\.(?P<process>\d+)\.part\.mp4")

being_written: set[Path] = set()  # by this process


def part_of(path: Path) -> Path:
    """Where a recording lies until it is whole; `recover` knows by the name whose it is."""
    return path.with_name(f".{path.stem}.{os.getpid()}.part.mp4")


def recover(folder: Path) -> list[Path]:
    """What killed processes left in the folder becomes `NAME (recovered).mp4`; what doesn't play goes. Never raises."""
    recovered = []
    with suppress(OSError):
        for part in sorted(folder.iterdir()):
            named = PART.fullmatch(part.name)
            if named is None or part.is_symlink() or part in being_written or _writes(int(named["process"])):
                continue
            try:
                recovered.append(_named(part, named["stem"]))
                log.warning("a recording that broke off was kept as %s", recovered[-1])
            except av.error.FFmpegError:
                log.info("%s holds no picture: it goes", part)
                with suppress(OSError):
                    part.unlink()
            except OSError as error:  # on Windows: somebody writes to it
                log.info("%s stays: %s", part, error)
    return recovered


def _named(part: Path, stem: str) -> Path:
    """Raises OSError, or FFmpegError when not a picture of it plays."""
    if not plays(part):
        raise av.error.InvalidDataError(0, "no picture")
    if cut_to_whole_boxes(part):
        append_xmp(part)
    names = (f"{stem} (recovered).mp4" if n == 1 else f"{stem} (recovered {n}).mp4" for n in range(1, 1000))
    path = next(path for name in names if not (path := part.with_name(name)).exists())
    part.rename(path)
    return path


def plays(path: Path) -> bool:
    """Does it hold a picture? Raises PermissionError when it may not be read."""
    try:
        with av.open(str(path)) as container:
            next(container.decode(video=0))
    except PermissionError:
        raise
    except (OSError, av.error.FFmpegError, StopIteration, IndexError):
        return False
    return True


def _writes(process: int) -> bool:
    """May another process of that number still write? Where it can't be asked, renaming a file in use fails by itself."""
    if process == os.getpid() or sys.platform == "win32":
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        pass
    return True
