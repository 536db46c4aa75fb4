"""Where a run tells how it goes: the log, `log.jsonl`, TensorBoard's file, and a bar where somebody watches."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from pathlib import Path

import cv2
import numpy as np
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from torch.utils.tensorboard import SummaryWriter

log = logging.getLogger(__name__)


class Journal:
    """out: the stage's folder; `tensorboard --logdir` of it or of the one above shows scalars and the pictures that lie there."""

    def __init__(self, out: Path) -> None:
        out.mkdir(parents=True, exist_ok=True)
        self._out = out
        self._writer = SummaryWriter(str(out))
        console = Console(stderr=True)
        columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
        self._bar = Progress(*columns, console=console, disable=not console.is_terminal, transient=True)
        self._task = self._bar.add_task(out.name, total=1.0)
        self._bar.start()

    def figures(self, step: int, seconds: float, figures: Mapping[str, float], kind: str) -> None:
        """kind: `train` or `validation`."""
        line = {"step": step, "seconds": round(seconds, 1), **{name: round(value, 5) for name, value in figures.items()}}
        log.info("%s", json.dumps(line))
        with open(self._out / "log.jsonl", "a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
        for name, value in figures.items():
            self._writer.add_scalar(f"{kind}/{name}", value, step)

    def pictures(self, step: int) -> None:
        """The PNGs that the evaluation left in the folder."""
        for path in sorted(self._out.glob("*.png")):
            picture = cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_COLOR)
            self._writer.add_image(path.stem, cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), step, dataformats="HWC")
        self._writer.flush()

    def advance(self, share: float, step: int) -> None:
        """share: of the run, 0 to 1."""
        self._bar.update(self._task, completed=share, description=f"{self._out.name}, step {step}")

    def close(self) -> None:
        self._bar.stop()
        self._writer.close()
