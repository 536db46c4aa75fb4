"""What the frozen programs start: `osa-cam` is the command line, `osa-cam-app` the window, which has no console on Windows and macOS."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from osa_cam.cli import main

WINDOWED = "osa-cam-app"


def give_back_library_path() -> None:
    """Linux: what the starter set is for this process, whose loader has read it. The system's programs want their own libraries."""
    before = os.environ.pop("LD_LIBRARY_PATH_ORIG", None)
    if before is None:
        os.environ.pop("LD_LIBRARY_PATH", None)
    else:
        os.environ["LD_LIBRARY_PATH"] = before


if __name__ == "__main__":
    if getattr(sys, "frozen", False):
        give_back_library_path()
    if Path(sys.executable).stem == WINDOWED and sys.argv[1:2] != ["app"]:
        sys.argv.insert(1, "app")
    main()
