"""All that can be set, in the order in which people look for it. Every change is applied at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QFrame, QVBoxLayout, QWidget

from . import devices
from .background_row import BackgroundRow
from .controller import Controller
from .global_keys import GlobalKeys
from .hotkeys import Hotkeys
from .language import LANGUAGES
from .parts import Row, Switch, card, centred, divider, scrolling, text

if TYPE_CHECKING:
    from osa_cam.live.settings import Settings

SIZES = ("640x360", "960x540", "1280x720", "1920x1080")
RATES = (25, 30)
GATE_DB = (-90.0, -10.0)
GAIN_DB = (-30.0, 30.0)
GPU_SHARE = (0.0, 100.0)  # percent

Choice = tuple[str, Any]  # what is read, what is set


class SettingsPage(QWidget):
    def __init__(self, controller: Controller, keys: GlobalKeys) -> None:
        super().__init__()
        self._controller = controller
        self._shows: list[Callable[[Settings], None]] = []
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(16)
        column.addWidget(text(self.tr("Settings"), "title"))
        for section in (self._microphone(), self._camera(), self._program(), self._hotkeys(keys)):
            column.addWidget(section)
        column.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scrolling(centred(page)))
        controller.settings.connect(self._take)
        self._take(controller.known)

    def showEvent(self, event: QShowEvent) -> None:
        self._list_devices()  # they come and go
        super().showEvent(event)

    def _take(self, settings: Settings) -> None:
        for show in self._shows:
            show(settings)

    def _microphone(self) -> QFrame:
        self._microphones, self._outputs = QComboBox(), QComboBox()
        gate = self._number("gate_db", GATE_DB, none=self.tr("Automatic"))
        return section(
            self.tr("Microphone"),
            Row(self.tr("Microphone"), "", self._chooser("microphone", self._microphones)),
            Row(self.tr("Gain"), self.tr("How much louder your voice is made."), self._number("gain_db", GAIN_DB)),
            Row(self.tr("Speech threshold"), self.tr("What is quieter never moves the mouth."), gate),
            Row(
                self.tr("Delayed microphone"),
                self.tr("Plays your voice in step with the picture, into a virtual cable that your call listens to."),
                self._chooser("delayed_microphone", self._outputs),
            ),
        )

    def _camera(self) -> QFrame:
        self._cameras, sizes, rates, fits = QComboBox(), QComboBox(), QComboBox(), QComboBox()
        fill(sizes, ((size.replace("x", " × "), size) for size in SIZES))
        fill(rates, ((self.tr("{fps} fps").format(fps=fps), fps) for fps in RATES))
        fill(fits, ((self.tr("Show all of the portrait"), "letterbox"), (self.tr("Fill the picture"), "crop")))
        background = BackgroundRow()
        background.chosen.connect(lambda text: self._controller.change(background=text))
        self._shows.append(lambda settings: background.show_value(settings.background))
        return section(
            self.tr("Camera"),
            Row(self.tr("Camera"), self.tr("The one that you choose in Zoom, OBS or Discord."), self._chooser("camera", self._cameras)),
            Row(self.tr("Size"), self.tr("Some programs only take 1280 × 720."), self._chooser("size", sizes)),
            Row(self.tr("Frame rate"), "", self._chooser("fps", rates)),
            Row(self.tr("Framing"), "", self._chooser("fit", fits)),
            Row(self.tr("Background"), "", background),
            Row(self.tr("Badge"), self.tr("A small mark that says the face is made up."), self._switch("badge", self.tr("Badge"))),
            Row(
                self.tr("Invisible mark"),
                self.tr("Nobody sees it; a program can tell by it that the face is made up."),
                self._switch("watermark", self.tr("Invisible mark")),
            ),
        )

    def _program(self) -> QFrame:
        from osa_cam.live.settings import ENGINES

        engines, languages = QComboBox(), QComboBox()
        fill(engines, ((self.tr("Automatic") if name == "auto" else name, name) for name in ENGINES))
        fill(languages, ((self.tr("System default"), ""), *((name, code) for code, name in LANGUAGES.items())))
        starts = self._switch("start_with_system", self.tr("Start with the system"))
        return section(
            self.tr("Program"),
            Row(self.tr("Engine"), self.tr("What computes the picture."), self._chooser("engine", engines)),
            Row(
                self.tr("Graphics card"),
                self.tr("How much of its time the avatar may take; the game has the rest."),
                self._number("gpu_share", GPU_SHARE, unit="%"),
            ),
            Row(self.tr("Language"), "", self._chooser("language", languages)),
            Row(self.tr("Start with the system"), self.tr("Waits in the tray, not live."), starts),
        )

    def _hotkeys(self, keys: GlobalKeys) -> QFrame:
        hotkeys = Hotkeys(keys)
        hotkeys.chosen.connect(lambda chosen: self._controller.change(hotkeys=chosen))
        self._shows.append(hotkeys.show_values)
        return card(text(self.tr("Hotkeys"), "heading"), hotkeys)

    def _list_devices(self) -> None:
        known = self._controller.known
        system = (self.tr("System default"), None)
        fill(self._microphones, (system, *((name, name) for name in devices.microphones())), known.microphone)
        off = (self.tr("Off"), None)
        fill(self._outputs, (off, *((name, name) for name in devices.outputs())), known.delayed_microphone)
        cameras = (
            (self.tr("Automatic"), "auto"),
            *((name, name) for name in devices.cameras()),
            (self.tr("Browser page"), "web"),
        )
        fill(self._cameras, cameras, known.camera)

    def _chooser(self, key: str, box: QComboBox) -> QComboBox:
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setMinimumContentsLength(12)
        box.activated.connect(lambda _: self._controller.change(**{key: box.currentData()}))
        self._shows.append(lambda settings: select(box, getattr(settings, key)))
        return box

    def _switch(self, key: str, words: str) -> Switch:
        switch = Switch(words)
        switch.clicked.connect(lambda on: self._controller.change(**{key: on}))
        self._shows.append(lambda settings: switch.setChecked(getattr(settings, key)))
        return switch

    def _number(self, key: str, limits: tuple[float, float], none: str = "", unit: str = "dB") -> QDoubleSpinBox:
        """none: what the lowest value is called where it stands for no value at all."""
        spin = QDoubleSpinBox()
        spin.setRange(*limits)
        spin.setDecimals(0)
        spin.setSuffix(f" {unit}")
        spin.setSpecialValueText(none)
        spin.setKeyboardTracking(False)
        spin.lineEdit().setTextMargins(8, 0, 8, 0)  # a style sheet's padding does not reach it

        def value() -> float | None:
            return None if none and spin.value() == limits[0] else spin.value()

        def show(settings: Settings) -> None:
            known = getattr(settings, key)
            spin.blockSignals(True)
            spin.setValue(limits[0] if known is None else known)
            spin.blockSignals(False)

        spin.valueChanged.connect(lambda _: self._controller.change(**{key: value()}))
        self._shows.append(show)
        return spin


def section(title: str, *rows: Row) -> QFrame:
    children: list[QWidget] = [text(title, "heading")]
    for number, row in enumerate(rows):
        children += [divider(), row] if number else [row]
    return card(*children)


def fill(box: QComboBox, choices: Iterable[Choice], chosen: Any = None) -> None:
    box.clear()
    for words, value in choices:
        box.addItem(words, value)
    select(box, chosen)


def select(box: QComboBox, value: Any) -> None:
    """What is set but not there, such as an unplugged microphone, is listed all the same."""
    if (index := box.findData(value)) < 0:
        box.addItem(str(value), value)
        index = box.count() - 1
    box.setCurrentIndex(index)
