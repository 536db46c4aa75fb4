"""The first run: three steps from nothing to a face that is ready."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from . import devices, icons
from .avatars import Avatars
from .controller import Controller
from .doctor_page import CheckCard
from .examination import Examination
from .gallery import Gallery
from .listening import Listening
from .meter import Meter
from .parts import card, centred, scrolling, sentence, steps_row, text
from .settings_page import fill
from .theme import colours
from .thumbnails import Thumbnails

if TYPE_CHECKING:
    from osa_cam.live.check import Check
    from osa_cam.live.settings import Settings

METER_MS = 50


class Welcome(QWidget):
    """`finished` when the user has gone through, or skipped, the three steps."""

    finished = Signal()

    def __init__(self, controller: Controller, avatars: Avatars, pictures: Thumbnails) -> None:
        super().__init__()
        self._controller = controller
        self.steps = QStackedWidget()
        self.microphone = MicrophoneStep(controller)
        self.camera = CameraStep(controller)
        for step in (self.microphone, AvatarStep(controller, avatars, pictures), self.camera):
            self.steps.addWidget(step)
        self._dots = QLabel()
        self._dots.setTextFormat(Qt.TextFormat.RichText)
        self.back = QPushButton(self.tr("Back"))
        self.skip = QPushButton(self.tr("Skip"))
        self.next = QPushButton()
        self.next.setObjectName("primary")
        self.next.setDefault(True)
        self.back.clicked.connect(lambda: self._go(self.steps.currentIndex() - 1))
        self.next.clicked.connect(lambda: self._go(self.steps.currentIndex() + 1))
        self.skip.clicked.connect(self._finish)
        way = steps_row(self.skip, self._dots, self.back, self.next)
        greeting = QHBoxLayout()
        greeting.setSpacing(14)
        mark = QLabel()
        mark.setPixmap(icons.state("live").pixmap(QSize(44, 44), self.devicePixelRatio()))
        greeting.addWidget(mark)
        greeting.addWidget(text(self.tr("Welcome to OSA Cam"), "title"), 1)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(24, 32, 24, 24)
        column.setSpacing(18)
        column.addLayout(greeting)
        column.addWidget(
            text(self.tr("Your voice goes in, a speaking portrait comes out of a camera. Nothing leaves this computer."), "quiet")
        )
        column.addWidget(self.steps, 1)
        column.addLayout(way)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scrolling(centred(page)))
        self._go(0)

    def close_devices(self) -> None:
        self.microphone.listening.close()
        self.camera.examination.close()

    def _go(self, step: int) -> None:
        if step == self.steps.count():
            self._finish()
            return
        self.steps.setCurrentIndex(step)
        last = step == self.steps.count() - 1
        self.back.setVisible(step > 0)
        self.skip.setVisible(not last)
        self.next.setText(self.tr("Done") if last else self.tr("Next"))
        c = colours()
        dots = (f"<span style='color:{c.accent if number == step else c.line}'>●</span>" for number in range(self.steps.count()))
        self._dots.setText("&nbsp;".join(dots))
        self._dots.setAccessibleName(self.tr("Step {step} of {steps}").format(step=step + 1, steps=self.steps.count()))

    def _finish(self) -> None:
        self.close_devices()
        self._controller.change(welcomed=True)
        self.finished.emit()


class MicrophoneStep(QWidget):
    def __init__(self, controller: Controller) -> None:
        super().__init__()
        self._controller = controller
        self.listening = Listening()
        self._box = QComboBox()
        self._box.setAccessibleName(self.tr("Microphone"))
        self._box.activated.connect(self._choose)
        self.meter = Meter()
        self.meter.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.meter.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)  # the threshold comes later
        self.says = text("", "quiet")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        frame = card(
            text(self.tr("1. Your microphone"), "heading"),
            text(self.tr("Say something: the bar has to move."), "quiet"),
            self._box,
            self.meter,
            self.says,
        )
        column.addWidget(frame)
        column.addStretch(1)
        self._timer = QTimer(self, interval=METER_MS)
        self._timer.timeout.connect(self._follow)

    def showEvent(self, event: QShowEvent) -> None:
        QTimer.singleShot(0, self, self._begin)  # sound systems take their time, and the window is to be there at once
        super().showEvent(event)

    def _begin(self) -> None:
        if not self.isVisible():
            return
        known = self._controller.known
        system = (self.tr("System default"), None)
        fill(self._box, (system, *((name, name) for name in devices.microphones())), known.microphone)
        self.listening.start(known.microphone)
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        self._timer.stop()
        self.listening.close()
        super().hideEvent(event)

    def _choose(self) -> None:
        if self._controller.change(microphone=self._box.currentData()):
            self.listening.start(self._box.currentData())

    def _follow(self) -> None:
        level = self.listening.level
        self.meter.hear(level.level_db, level.speaking)
        if level.problem:
            self.says.setText(sentence(level.problem))
        elif level.speaking:
            self.says.setText(self.tr("I hear you."))
        elif level.level_db is not None:
            self.says.setText(self.tr("Listening…"))


class AvatarStep(QWidget):
    def __init__(self, controller: Controller, avatars: Avatars, pictures: Thumbnails) -> None:
        super().__init__()
        self._avatars = avatars
        self.gallery = Gallery(pictures)
        self.gallery.chosen.connect(lambda avatar: controller.change(avatar=avatar))
        self.gallery.brought.connect(avatars.bring)
        avatars.changed.connect(self._fill)
        controller.settings.connect(self._take)
        self._fill()
        self._take(controller.known)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        says = text(self.tr("Choose one, or bring any picture of a face. You can change it at any time, even while live."), "quiet")
        column.addWidget(card(text(self.tr("2. Your avatar"), "heading"), says, self.gallery))

    def _fill(self) -> None:
        self.gallery.fill(self._avatars.names)

    def _take(self, settings: Settings) -> None:
        self.gallery.mark(settings.avatar)


class CameraStep(QWidget):
    def __init__(self, controller: Controller) -> None:
        super().__init__()
        self._controller = controller
        self.examination = Examination(self)
        self._check = CheckCard("virtual camera")
        self._check.mended.connect(self._use_browser)
        self.examination.found.connect(self._check.show_check)
        again = QPushButton(self.tr("Check again"))
        again.clicked.connect(self._look)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        self.says = text(self.tr("In Zoom, OBS or Discord, choose the camera called OSA Cam."), "quiet")
        column.addWidget(card(text(self.tr("3. Your camera"), "heading"), self.says))
        column.addWidget(self._check)
        column.addWidget(again, 0, Qt.AlignmentFlag.AlignLeading)
        column.addStretch(1)

    def showEvent(self, event: QShowEvent) -> None:
        self._look()
        super().showEvent(event)

    def _use_browser(self) -> None:
        if self._controller.change(camera="web"):
            self.says.setText(self.tr("Once you are live, the line under the big button shows the page's address."))

    def _look(self) -> None:
        def check() -> list[Check]:
            from osa_cam.live.doctor import camera

            return [camera()]

        self._check.wait()
        self.examination.start(lambda: iter(check()))
