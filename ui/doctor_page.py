"""Is everything there that a live run needs? The same checks as on the command line, with what mends each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from . import icons, verdicts, words
from .controller import Controller
from .examination import Examination
from .fix_line import FixLine
from .parts import card, centred, scrolling, sentence, text
from .theme import colours

if TYPE_CHECKING:
    from osa_cam.live.check import Check
    from osa_cam.live.settings import Settings

CHECKS = ("microphone", "virtual camera", "picture", "model", "engine", "disk")


class DoctorPage(QWidget):
    """`asked_to_show` names the page on which something can be mended."""

    asked_to_show = Signal(str)

    def __init__(self, controller: Controller) -> None:
        super().__init__()
        self._controller = controller
        self.examination = Examination(self)
        self.examination.found.connect(self._found)
        self.examination.done.connect(self._done)
        self.again = QPushButton(self.tr("Check now"))
        self.again.setObjectName("primary")
        self.again.setCursor(Qt.CursorShape.PointingHandCursor)
        self.again.clicked.connect(self.examine)
        self.verdict = text(self.tr("Tries your microphone, the camera and the speed of this computer. It takes some seconds."), "quiet")
        head = QHBoxLayout()
        head.addWidget(text(self.tr("Doctor"), "title"), 1)
        head.addWidget(self.again)
        self.checks: dict[str, CheckCard] = {}
        self._list = QVBoxLayout()
        self._list.setSpacing(12)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(16)
        column.addLayout(head)
        column.addWidget(self.verdict)
        column.addLayout(self._list)
        column.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scrolling(centred(page)))
        for name in CHECKS:
            self._card(name)

    def examine(self) -> None:
        if self.examination.running:
            return
        self.again.setEnabled(False)
        self.verdict.setText(self.tr("Checking…"))
        for shown in self.checks.values():
            shown.wait()
        settings = self._controller.known
        self.examination.start(lambda: all_checks(settings))

    def _card(self, name: str) -> CheckCard:
        if name not in self.checks:
            self.checks[name] = made = CheckCard(name)
            made.mended.connect(self._mend)
            self._list.addWidget(made)
        return self.checks[name]

    def _found(self, check: Check) -> None:
        self._card(check.name).show_check(check)

    def _done(self) -> None:
        self.again.setEnabled(True)
        self.again.setText(self.tr("Check again"))
        verdicts = {shown.shown for shown in self.checks.values()}
        if "failed" in verdicts:
            self.verdict.setText(self.tr("Something needs fixing before you go live."))
        elif "warning" in verdicts:
            self.verdict.setText(self.tr("You can go live; something could be better."))
        else:
            self.verdict.setText(self.tr("All is well. You can go live."))

    def _mend(self, name: str) -> None:
        if name == "virtual camera":
            self._controller.change(camera="web")
        self.asked_to_show.emit("settings")


def all_checks(settings: Settings) -> Iterator[Check]:
    from osa_cam.live.clock import SystemClock
    from osa_cam.live.doctor import examine

    return examine(settings.microphone, settings.avatar, settings.engine, "lite", SystemClock(), settings.size)


class CheckCard(QFrame):
    """One check: its verdict, the reason, and what mends it. `mended` tells that its button was pressed."""

    mended = Signal(str)

    def __init__(self, name: str) -> None:
        super().__init__()
        self._name = name
        self.shown = ""
        self._sign = QLabel()
        self._title = text(words.check(name), "heading")
        self._verdict = QLabel()
        self._reason = text("", "quiet")
        self._fix = FixLine()
        self._mend = QPushButton(self._offer())
        self._mend.setVisible(False)
        self._mend.clicked.connect(lambda: self.mended.emit(name))
        head = QHBoxLayout()
        head.setSpacing(10)
        head.addWidget(self._sign)
        head.addWidget(self._title, 1)
        head.addWidget(self._verdict)
        column = card()
        box = column.layout()
        assert isinstance(box, QVBoxLayout)
        box.setSpacing(8)
        box.addLayout(head)
        box.addWidget(self._reason)
        box.addWidget(self._fix)
        box.addWidget(self._mend, 0, Qt.AlignmentFlag.AlignLeading)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(column)
        self.wait()

    def _offer(self) -> str:
        return {
            "microphone": self.tr("Choose another microphone"),
            "virtual camera": self.tr("Use a page in the browser meanwhile"),
        }.get(self._name, "")

    def wait(self) -> None:
        self.shown = ""
        self._say("waiting", colours().quiet, "", "")

    def show_check(self, check: Check) -> None:
        c = colours()
        self.shown = check.verdict
        colour = {"ok": c.accent, "warning": c.warning, "failed": c.danger}[check.verdict]
        self._say(check.verdict, colour, words.verdict(check.verdict), verdicts.reason(check))
        self._fix.show_line(check.fix if check.verdict != "ok" else "")
        self._mend.setVisible(bool(self._offer()) and check.verdict == "failed")

    def _say(self, glyph: str, colour: str, verdict: str, reason: str) -> None:
        self._sign.setPixmap(icons.glyph(glyph, colour).pixmap(QSize(22, 22), self.devicePixelRatio()))
        self._verdict.setText(verdict)
        self._verdict.setStyleSheet(f"color: {colour}; font-weight: 600")
        self._reason.setText(sentence(reason))
        self._reason.setVisible(bool(reason))
        self._fix.show_line("")
        self._mend.setVisible(False)
        self.setAccessibleName(" ".join((words.check(self._name), verdict, reason)))
