"""`osa-cam app`, or `python -m osa_cam_ui`."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

# Before Qt: once PySide is there, it reads the source of every module that is imported, which takes as long again.
import osa_cam.live.studio  # noqa: F401

from .app import run


def main(hidden: Annotated[bool, typer.Option("--hidden", help="Only the tray's icon, where the desktop has a tray.")] = False) -> None:
    """Open the window and the tray's icon."""
    sys.exit(run(hidden))


if __name__ == "__main__":
    typer.run(main)
