"""From a picture to an avatar in four steps: the face, its points, a look at it speaking, and who it is."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QPixmap
from PySide6.QtWidgets import QComboBox, QFileDialog, QHBoxLayout, QLabel, QLineEdit, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from osa_cam.errors import OsaCamError

from . import words
from .avatars import Avatars
from .controller import Controller
from .face_frame import FaceFrame
from .fitting import MINUTES, Fitting, can_fit
from .handle_editor import HandleEditor
from .live_view import LiveView
from .parts import Row, Switch, card, centred, scrolling, steps_row, text
from .rehearsal import Rehearsal
from .settings_page import fill
from .sitting import Sitting, save
from .theme import STAGE, colours

if TYPE_CHECKING:
    from osa_cam.avatars.picture import Face

SIDE = 300  # pixels of what is said beside a picture
SHEET_WIDTH = 480  # of the pictures before and after


class OwnPicture(QWidget):
    """`finished` when there is a new avatar, or none is wanted any more."""

    finished = Signal()

    def __init__(self, controller: Controller, avatars: Avatars, path: Path) -> None:
        super().__init__()
        self._controller = controller
        self._avatars = avatars
        self._fits = can_fit()
        self._id = ""  # of the pack that was saved
        self.sitting = Sitting(path, self)
        self.rehearsal = Rehearsal(self)
        self.where = FaceStep()
        self.points = PointsStep()
        self.preview = PreviewStep()
        self.about = AboutStep(path.stem)
        self.fit = FitStep()
        self.steps = QStackedWidget()
        self._steps = (self.where, self.points, self.preview, self.about, self.fit)
        for step in self._steps:
            self.steps.addWidget(centred(step) if step in (self.about, self.fit) else step)
        self._dots = QLabel()
        self._dots.setTextFormat(Qt.TextFormat.RichText)
        self.says = text("", "warning")
        self.cancel = QPushButton(self.tr("Cancel"))
        self.back = QPushButton(self.tr("Back"))
        self.next = QPushButton()
        self.next.setObjectName("primary")
        self.next.setDefault(True)
        self._arrange()
        self.cancel.clicked.connect(self._finish)
        self.back.clicked.connect(lambda: self._go(self.steps.currentIndex() - 1))
        self.next.clicked.connect(self._onward)
        self.where.frame.moved.connect(self._take_face)
        self.where.frame.picked.connect(lambda number: self._take_face(self.sitting.found[number]))
        self.where.cut.clicked.connect(self._cut)
        self.points.editor.changed.connect(self._take_handles)
        self.points.editor.refused.connect(self._complain)
        self.about.changed.connect(self._allow)
        self.sitting.read.connect(self._read)
        self.sitting.framed.connect(self._framed)
        self.sitting.failed.connect(self._failed)
        self.rehearsal.picture.connect(self.preview.show_picture)
        self.rehearsal.failed.connect(self._complain)
        self.fit.choose.clicked.connect(lambda: self.fit.ask_video(self._id))
        self._go(0)
        self.where.say(self.tr("Looking for a face…"))
        self._allow()
        self.sitting.open()

    def close_devices(self) -> None:
        self.rehearsal.close()
        self.sitting.close()
        self.fit.fitting.close()

    def _arrange(self) -> None:
        way = steps_row(self.cancel, self._dots, self.back, self.next)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(14)
        column.addWidget(text(self.tr("Your own picture"), "title"))
        column.addWidget(self.steps, 1)
        column.addWidget(self.says)
        column.addLayout(way)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scrolling(page))

    def _count(self) -> int:
        return self.steps.count() if can_fit() else self.steps.count() - 1

    def _go(self, step: int) -> None:
        self.steps.setCurrentIndex(step)
        self._complain("")
        here, last = self._steps[step], step == self._count() - 1
        self.back.setVisible(step > 0 and here is not self.fit)
        self.cancel.setVisible(here is not self.fit)
        self.next.setText(self.tr("Save and use it") if here is self.about else self.tr("Done") if last else self.tr("Next"))
        c = colours()
        dots = (f"<span style='color:{c.accent if k == step else c.line}'>●</span>" for k in range(self._count()))
        self._dots.setText("&nbsp;".join(dots))
        self._dots.setAccessibleName(self.tr("Step {step} of {steps}").format(step=step + 1, steps=self._count()))
        self._rehearse(here is self.preview)
        self._allow()

    def _onward(self) -> None:
        if self._steps[self.steps.currentIndex()] is self.about and not self._save():
            return
        if self.steps.currentIndex() == self._count() - 1:
            self._finish()
        else:
            self._go(self.steps.currentIndex() + 1)

    def _rehearse(self, wanted: bool) -> None:
        if not wanted or self.sitting.reference is None:
            self.rehearsal.close()
            return
        self.preview.show_still(self.sitting.reference)
        # Two faces at once would cost the one that is on the air its frames.
        if self._controller.now().seconds > 0.0:
            self._complain(self.tr("You are live: the preview speaks when you are not."))
        else:
            self.rehearsal.start(self.sitting.reference, self._controller.known.engine)

    def _allow(self) -> None:
        here = self._steps[self.steps.currentIndex()]
        ready = self.sitting.reference is not None and not self.sitting.busy
        missing = self.about.missing() if here is self.about else []
        if here is self.about:
            self._complain(self.tr("Still to be filled in: {lines}").format(lines=", ".join(missing)) if missing else "")
        self.next.setEnabled((ready or here is self.fit) and not missing)

    def _complain(self, why: str) -> None:
        self.says.setText(why)
        self.says.setAccessibleName(why)
        self.says.setVisible(bool(why))

    def _read(self) -> None:
        found = len(self.sitting.found)
        if found == 0:
            self.where.say(self.tr("No face is found. Drag the circle onto it: from the hairline to the chin."))
        elif found == 1:
            self.where.say(self.tr("A face is found. If the circle is wrong, drag it, or pull its knob."))
        else:
            self.where.say(self.tr("{count} faces are found. Click the one that shall speak.").format(count=found))
        assert self.sitting.face is not None
        self._take_face(self.sitting.face)

    def _take_face(self, face: Face) -> None:
        if self.sitting.picture is not None:
            self.where.frame.show_picture(self.sitting.picture, self.sitting.found, face)
            self.sitting.frame(face, self.where.cut.isChecked())
            self._complain("")
            self.next.setEnabled(False)

    def _cut(self) -> None:
        if self.sitting.face is not None:
            self._take_face(self.sitting.face)

    def _framed(self) -> None:
        if self.sitting.reference is not None and self.sitting.handles is not None:
            self.where.show_reference(self.sitting.reference)
            self.points.show_portrait(self.sitting.reference, self.sitting.handles, self.sitting.guessed)
        self.sitting.close()  # its work is done: what is allowed now depends on that
        self._allow()

    def _failed(self, why: str) -> None:
        if self.where.cut.isChecked():
            self.where.cut.setChecked(False)
            self._cut()
        elif self.sitting.picture is None:
            self.where.say(self.tr("This picture can't be used."))
        self._complain(why)

    def _take_handles(self, handles: object) -> None:
        self.sitting.handles = handles  # type: ignore[assignment]
        self.sitting.guessed = False
        self._complain("")

    def _save(self) -> bool:
        assert self.sitting.reference is not None
        handles = None if self.sitting.guessed else self.sitting.handles
        try:
            self._id = save(self.sitting.reference, handles, self.about.fields(), self.about.consent())
        except OsaCamError as error:
            self._complain(str(error))
            return False
        self._avatars.look()
        return self._controller.change(avatar=self._id)

    def _finish(self) -> None:
        self.fit.leave()
        self.close_devices()
        self.finished.emit()


def _put_beside(step: QWidget, view: QWidget, side: QWidget) -> None:
    """What is shown as wide as there is room, with a card beside it."""
    side.setFixedWidth(SIDE)
    row = QHBoxLayout(step)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(16)
    row.addWidget(view, 1)
    row.addWidget(side, 0, Qt.AlignmentFlag.AlignTop)


class FaceStep(QWidget):
    """Where the face is, and whether what is behind it stays."""

    def __init__(self) -> None:
        super().__init__()
        self.frame = FaceFrame()
        self._says = text("", "quiet")
        self._shown = QLabel()
        self._shown.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._shown.setAccessibleName(self.tr("How it is cut"))
        self.cut = Switch(self.tr("Remove the background"))
        hint = self.tr("Works where the person has other colours than what is behind. What is transparent already stays so.")
        side = card(
            text(self.tr("1. The face"), "heading"),
            self._says,
            self._shown,
            Row(self.tr("Remove the background"), hint, self.cut),
        )
        _put_beside(self, self.frame, side)

    def say(self, words: str) -> None:
        self._says.setText(words)

    def show_reference(self, reference: NDArray[np.uint8]) -> None:
        """Straight RGBA, as it will be cut."""
        from osa_cam.avatars.library import draw_thumbnail
        from osa_cam.avatars.picture import premultiply

        from .thumbnails import rounded

        self._shown.setPixmap(rounded(premultiply(draw_thumbnail(reference))))


class PointsStep(QWidget):
    """The handles, to be put right."""

    def __init__(self) -> None:
        super().__init__()
        self.editor = HandleEditor()
        self._says = text("", "quiet")
        side = card(text(self.tr("2. Eyes, mouth and outline"), "heading"), self._says)
        _put_beside(self, self.editor, side)

    def show_portrait(self, reference: NDArray[np.uint8], handles: object, guessed: bool) -> None:
        if guessed:
            says = self.tr("The points are only a guess here. Drag them to where they belong, or go on without: then none are kept.")
        else:
            says = self.tr("Are the points where they belong? If not, drag them. They are kept with the avatar.")
        self._says.setText(says)
        self.editor.show_portrait(reference, handles)  # type: ignore[arg-type]


class PreviewStep(QWidget):
    """The portrait speaking."""

    def __init__(self) -> None:
        super().__init__()
        self.view = LiveView()
        self.view.setAccessibleName(self.tr("The portrait speaking"))
        side = card(
            text(self.tr("3. A look at it"), "heading"),
            text(self.tr("It speaks with a voice that comes along, without a sound. With yours it will move the same way."), "quiet"),
            text(self.tr("Does it not look right? Go back and move the circle so that head and shoulders are seen."), "quiet"),
        )
        _put_beside(self, self.view, side)

    def show_picture(self, number: int, picture: NDArray[np.uint8]) -> None:
        self.view.show_picture(number, picture)

    def show_still(self, reference: NDArray[np.uint8]) -> None:
        """Straight RGBA, until it speaks."""
        from osa_cam.avatars.picture import premultiply

        self.view.show_still(premultiply(reference), QSize(1, 1), QColor(STAGE))


class AboutStep(QWidget):
    """Who it is, who made it, and whether somebody has to be asked."""

    changed = Signal()

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name, self.author, self.person, self.statement = (QLineEdit() for _ in range(4))
        self.name.setText(name)
        self.licence, self.style_box = QComboBox(), QComboBox()
        self.licence.setEditable(True)
        self.licence.addItems(["all rights reserved", "CC-BY-4.0", "CC0-1.0"])
        fill(self.style_box, ((title, value) for value, title in words.styles().items()), "photo")
        self.real = Switch(self.tr("It shows a real person"))
        self.real.setChecked(True)
        self.agreed = Row(
            self.tr("What did this person agree to?"), self.tr("Or why nobody has to be asked. It is kept in the avatar."), self.statement
        )
        self.who = Row(self.tr("Who is it?"), "", self.person)
        rows = (
            Row(self.tr("Name"), self.tr("As it stands among the avatars."), self.name),
            Row(self.tr("Who made the picture?"), "", self.author),
            Row(self.tr("Licence"), self.tr("Who may use it."), self.licence),
            Row(self.tr("Kind of picture"), "", self.style_box),
            Row(
                self.tr("It shows a real person"),
                self.tr("Somebody who lives or lived, also where the picture is drawn."),
                self.real,
            ),
            self.who,
            self.agreed,
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(card(text(self.tr("4. Who it is"), "heading"), *rows))
        column.addStretch(1)
        for line in (self.name, self.author, self.person, self.statement):
            line.textChanged.connect(self.changed)
        self.licence.editTextChanged.connect(self.changed)
        self.style_box.activated.connect(lambda _: self._ask(self.style_box.currentData() == "photo"))
        self.real.toggled.connect(lambda _: self._ask(self.real.isChecked()))

    def _ask(self, real: bool) -> None:
        self.real.setChecked(real)
        self.who.setVisible(real)
        self.agreed.setVisible(real)
        self.changed.emit()

    def missing(self) -> list[str]:
        """What the empty lines are called."""
        lines = [(self.tr("Name"), self.name.text()), (self.tr("Who made the picture?"), self.author.text())]
        lines.append((self.tr("Licence"), self.licence.currentText()))
        if self.real.isChecked():
            lines += [(self.tr("Who is it?"), self.person.text()), (self.tr("What did this person agree to?"), self.statement.text())]
        return [title for title, line in lines if not line.strip()]

    def fields(self) -> dict[str, str]:
        return {
            "name": self.name.text(),
            "author": self.author.text(),
            "licence": self.licence.currentText(),
            "style": self.style_box.currentData(),
        }

    def consent(self) -> tuple[str, str] | None:
        return (self.person.text(), self.statement.text()) if self.real.isChecked() else None


class FitStep(QWidget):
    """Some minutes of training for this one face, where the training extra is installed."""

    def __init__(self) -> None:
        super().__init__()
        self.fitting = Fitting(self)
        self.choose = QPushButton(self.tr("Choose a video…"))
        says = self.tr(
            "The avatar is saved and can be used. Where you have a video of the person, framed as the picture is, {minutes} minutes of "
            "training may bring eyes and mouth a little closer. Without one, nothing would be gained."
        )
        self._says = text(says.format(minutes=MINUTES), "quiet")
        self._compared = QLabel()
        self._compared.setAccessibleName(self.tr("Before and after"))
        self._legend = text(self.tr("From the left: as it should be, before, after."), "quiet")
        frame = card(text(self.tr("5. Fit it"), "heading"), self._says, self.choose, self._compared, self._legend)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(frame)
        column.addStretch(1)
        self._show_compared("")
        self.fitting.told.connect(self._says.setText)
        self.fitting.done.connect(self._done)
        self.fitting.failed.connect(self._failed)

    def ask_video(self, avatar: str) -> None:
        path, _ = QFileDialog.getOpenFileName(
            self, self.tr("A video of the person"), "", self.tr("Videos (*.mp4 *.mkv *.mov *.webm *.avi)")
        )
        if path:
            self.begin(avatar, Path(path))

    def begin(self, avatar: str, video: Path) -> None:
        self.choose.setEnabled(False)
        self._show_compared("")
        self.fitting.start(avatar, video)

    def leave(self) -> None:
        """What is under way goes on while the window shows something else."""
        if self.fitting.running:
            self.fitting.go_on_alone()
            self.fitting = Fitting(self)

    def _done(self, compared: str) -> None:
        self.choose.setEnabled(True)
        self._show_compared(compared)

    def _failed(self, why: str) -> None:
        self.choose.setEnabled(True)
        self._says.setText(why)

    def _show_compared(self, path: str) -> None:
        picture = QPixmap(path)
        if not picture.isNull():
            self._compared.setPixmap(picture.scaledToWidth(SHEET_WIDTH, Qt.TransformationMode.SmoothTransformation))
        self._compared.setVisible(not picture.isNull())
        self._legend.setVisible(not picture.isNull())
