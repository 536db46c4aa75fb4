"""Fits the model to one avatar in a process of its own: training needs torch, which the program itself goes without."""

from __future__ import annotations

import json
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, QObject, QProcess, QTemporaryDir, Signal

from osa_cam.errors import AvatarError

MINUTES = 5
ENDS_WITHIN_MS = 2000


def can_fit() -> bool:
    """Whether the extra `train` is installed."""
    return not getattr(sys, "frozen", False) and all(find_spec(name) is not None for name in ("torch", "accelerate", "skia"))


class Fitting(QObject):
    """`start`; then `told` says how far it is, and `done` (a picture's file that compares, or nothing) or `failed` (why) comes last.

    `close` ends it; then nothing has changed. After `go_on_alone` it outlives its parent, until the program ends.
    """

    told = Signal(str)
    done = Signal(str)
    failed = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._process: QProcess | None = None
        self._folder = QTemporaryDir()
        self._figures = ""
        self._compared = ""

    @property
    def running(self) -> bool:
        return self._process is not None

    def start(self, avatar: str, video: Path) -> None:
        """avatar: the id of an installed one; video: of the person, framed as the avatar's picture."""
        self.close()
        self._figures = self._compared = ""
        out = Path(self._folder.path()) / f"{avatar}.osavatar"
        process = self._process = QProcess(self)
        process.readyReadStandardOutput.connect(self._read)
        process.finished.connect(lambda code, _: self._ended(code, out))
        process.errorOccurred.connect(self._broke)
        words = ["-m", "osa_cam", "train", "fit", avatar, "--out", str(out), "--minutes", str(MINUTES), "--video", str(video)]
        self.told.emit(self.tr("Fitting; it takes about {minutes} minutes.").format(minutes=MINUTES))
        process.start(sys.executable, words)

    def go_on_alone(self) -> None:
        for signal in (self.told, self.done, self.failed):
            signal.disconnect()  # who listened goes away
        application = QCoreApplication.instance()
        self.setParent(application)
        if application is not None:
            application.aboutToQuit.connect(self.close)
        for ended in (self.done, self.failed):
            ended.connect(self.deleteLater)

    def close(self) -> None:
        if self._process is not None:
            process, self._process = self._process, None
            process.blockSignals(True)
            process.kill()
            process.waitForFinished(ENDS_WITHIN_MS)

    def _broke(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart:  # all others end it, too
            self._process = None
            self.failed.emit(self.tr("The training could not be started."))

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
            if "psnr_eyes" in before and "psnr_mouth" in after:
                says = self.tr(
                    "Done. Painted as the picture is (in dB, more is better): eyes {eyes}, mouth {mouth}. Choose it again to wear it so."
                )
                eyes, mouth = (f"{before[name]:.1f} → {after[name]:.1f}" for name in ("psnr_eyes", "psnr_mouth"))
                self._figures = says.format(eyes=eyes, mouth=mouth)
        elif told.get("event") == "done":
            self._compared = str(told.get("compared", ""))

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
        self.done.emit(self._compared)
