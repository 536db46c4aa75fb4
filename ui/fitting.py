"""Fits the model to one avatar in a process of its own: training needs torch, which the program itself goes without."""

from __future__ import annotations

import json
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QProcess, QTemporaryDir, Signal

from osa_cam.errors import AvatarError

MINUTES = 5
ENDS_WITHIN_MS = 2000


def can_fit() -> bool:
    """Whether the extra `train` is installed."""
    return not getattr(sys, "frozen", False) and all(find_spec(name) is not None for name in ("torch", "accelerate", "skia"))


class Fitting(QObject):
    """`start`; then `told` says how far it is, and `done` or `failed` (why) comes last. `close` ends it; then nothing has changed."""

    told = Signal(str)
    done = Signal()
    failed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._process: QProcess | None = None
        self._folder = QTemporaryDir()
        self._figures = ""

    def start(self, avatar: str) -> None:
        """avatar: the id of an installed one."""
        self.close()
        self._figures = ""
        out = Path(self._folder.path()) / f"{avatar}.osavatar"
        process = self._process = QProcess(self)
        process.readyReadStandardOutput.connect(self._read)
        process.finished.connect(lambda code, _: self._ended(code, out))
        process.errorOccurred.connect(lambda _: self.failed.emit(self.tr("The training could not be started.")))
        words = ["-m", "osa_cam", "train", "fit", avatar, "--out", str(out), "--minutes", str(MINUTES)]
        self.told.emit(self.tr("Fitting; it takes about {minutes} minutes.").format(minutes=MINUTES))
        process.start(sys.executable, words)

    def close(self) -> None:
        if self._process is not None:
            process, self._process = self._process, None
            process.blockSignals(True)
            process.kill()
            process.waitForFinished(ENDS_WITHIN_MS)

    def _read(self) -> None:
        while self._process is not None and self._process.canReadLine():
            line = bytes(self._process.readLine().data()).decode("utf-8", "replace")
            try:
                told = json.loads(line)
            except ValueError:
                continue  # what libraries print
            if isinstance(told, dict):
                self._tell(told)

    def _tell(self, told: dict[str, Any]) -> None:
        if told.get("event") == "progress" and "seconds_left" in told:
            minutes = max(round(float(told["seconds_left"]) / 60), 1)
            self.told.emit(self.tr("Fitting; about {minutes} minutes are left.").format(minutes=minutes))
        elif told.get("event") == "measured":
            before, after = told.get("before", {}), told.get("after", {})
            if "psnr_mouth" in before and "psnr_mouth" in after:
                says = self.tr("Done. The mouth is painted to {after} dB, before it was {before} dB (more is better).")
                self._figures = says.format(after=f"{after['psnr_mouth']:.1f}", before=f"{before['psnr_mouth']:.1f}")

    def _ended(self, code: int, out: Path) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        said = bytes(process.readAllStandardError().data()).decode("utf-8", "replace").strip().splitlines()
        if code != 0 or not out.is_file():
            self.failed.emit(said[-1] if said else self.tr("The training ended without a result."))
            return
        from osa_cam.avatars.library import install
        from osa_cam.avatars.pack import read_pack

        try:
            install(read_pack(out), force=True)
        except AvatarError as error:
            self.failed.emit(str(error))
            return
        self.told.emit(self._figures or self.tr("Done."))
        self.done.emit()
