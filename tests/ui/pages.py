"""Every page of the window in a state worth looking at. `python -m tests.ui.pages` writes them into docs/screenshots."""

from __future__ import annotations

import os
import sys
import time
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import cv2
import numpy as np
from numpy.typing import NDArray
from osa_cam_ui import theme
from osa_cam_ui.app import App
from osa_cam_ui.listening import Level
from osa_cam_ui.window import SIZE
from PySide6.QtGui import QFont, QImage
from PySide6.QtWidgets import QApplication, QScrollArea, QWidget

from osa_cam.avatars.library import BUILT_IN, load_avatar
from osa_cam.avatars.picture import premultiply
from osa_cam.camera.virtual import LOAD
from osa_cam.config import Background, Canvas
from osa_cam.generation.compose import Composer
from osa_cam.live.check import Check, Verdict
from osa_cam.live.doctor import NAMES, OTHERS_AT_WORK, VERDICTS
from osa_cam.live.studio import State
from tests.ui.fake_desktop import Desktop
from tests.ui.fake_studio import FakeStudio

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "screenshots"
LARGEST_BYTES = 60_000


def seen(id: str, verdict: Verdict, fix: str = "", **values: str) -> Check:
    part = id.partition(".")[0]
    return Check(NAMES.get(part, part), verdict, VERDICTS[id].format(**values), fix, id, values)


CHECKS = (
    seen("microphone.ok", "ok", device="Desk microphone [ALSA]", rate="48000", level="-38"),
    seen("camera.not_loaded", "failed", LOAD),
    seen("picture.ok", "ok", size="1280x720"),
    seen("model.ok", "ok", model="lite"),
    seen("engine.slow", "warning", OTHERS_AT_WORK["linux"], frame="52", has="40", engine="onnxruntime", memory="410", fps="25"),
    seen("disk.ok", "ok", free="84", folder="/home/greta"),
)


def on_air(studio: FakeStudio, background: str = "#22262e") -> FakeStudio:
    studio.start()
    picture = Composer(Canvas(1280, 720, Background.parse(background))).compose(load_avatar(studio.settings.avatar).picture)
    studio.newest = (1, picture)
    return studio


def settle(app: App, polls: int = 4) -> None:
    """All that is waiting has happened."""
    for _ in range(polls):
        app.controller.poll()
        for _ in range(40):
            QApplication.processEvents()


def show(app: App, studio: FakeStudio, name: str) -> None:
    """name: of SCENES."""
    window = app.window
    studio.now = replace(studio.now, message="")
    if name == "live":
        on_air(studio)
    elif name == "transparent":
        on_air(studio, "transparent")
        studio.record(Path("talk.mp4"))
    elif name == "problem":
        studio.stop()
        said = "the virtual camera OSA Cam can't be opened: close what else writes to it, then go live again"
        studio.now = replace(studio.now, state=State.PROBLEM, message=said)
    elif name.startswith("welcome"):
        assert window.welcome is not None
        step = int(name[-1]) - 1
        window.welcome._go(step)
        settle(app)
        window.welcome.microphone.listening.close()
        window.welcome.camera.examination.close()
        window.welcome.microphone.listening.level = Level(-38.0, True)
        window.welcome.microphone._follow()
        window.welcome.camera._check.show_check(CHECKS[1])
    elif name == "doctor":
        window.show_page("doctor")
        for check in CHECKS:
            window.doctor._found(check)
        window.doctor._done()
    elif name == "settings":
        window.show_page("settings")
    elif name == "hotkeys":
        hotkeys = {"mute": "Ctrl+F9", "live": "Ctrl+F10", "expression": "F8"}
        app.keys.open(hotkeys, lambda pressed, told: Desktop(pressed, told, taken=("F8",)))
        studio.change(hotkeys=hotkeys)
        window.show_page("settings")
        settle(app)
        bar = window.settings.findChild(QScrollArea).verticalScrollBar()
        bar.setValue(bar.maximum())
    elif name.startswith("picture"):
        sit(app, PICTURE_STEPS[int(name[-1]) - 1])
    settle(app)


def sit(app: App, step: str) -> None:
    """The way from a picture to an avatar, at one of its steps; the face is put where it is, whatever the detector says."""
    app.window.make_of(BUILT_IN / "elin" / "reference.png")
    own = app.window.own
    assert own is not None
    for _ in range(600):
        settle(app, 1)
        if own.sitting.reference is not None and not own.sitting.busy:
            break
        time.sleep(0.02)
    if own.sitting.guessed:
        own._framed()
    own._go(PICTURE_STEPS.index(step))
    own.rehearsal.close()
    if step == "preview":
        own.preview.show_picture(1, premultiply(own.sitting.reference))
    own.about.author.setText("Elin Berg")
    own.about.name.setText("Elin")


PICTURE_STEPS = ("where", "points", "preview", "about")
SCENES = (
    "picture-1",
    "picture-2",
    "picture-3",
    "picture-4",
    "idle",
    "live",
    "transparent",
    "problem",
    "settings",
    "hotkeys",
    "doctor",
    "welcome-1",
    "welcome-2",
    "welcome-3",
)


def scene(qt: QApplication, name: str, dark: bool, language: str = "en") -> App:
    """The caller closes it."""
    theme.dark = lambda: dark  # the offscreen platform has no look of its own
    studio = FakeStudio(avatar="greta", language=language, welcomed=not name.startswith("welcome"), expression="happy")
    app = App(qt, studio)  # type: ignore[arg-type]
    app.window.resize(SIZE)
    app.window.show()
    settle(app)
    show(app, studio, name)
    return app


def picture(widget: QWidget) -> NDArray[np.uint8]:
    """BGR uint8 [height, width, 3], in device pixels."""
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return cv2.cvtColor(rows[:, : image.width() * 3].reshape(image.height(), image.width(), 3), cv2.COLOR_RGB2BGR)


def write(path: Path, shown: NDArray[np.uint8]) -> None:
    """With as many colours as the size allows; a window has few."""
    from PIL import Image

    whole = Image.fromarray(cv2.cvtColor(shown, cv2.COLOR_BGR2RGB))
    for colours in (128, 96, 72, 56, 40):
        whole.quantize(colours, kmeans=3, dither=Image.Dither.NONE).save(path, optimize=True)
        if path.stat().st_size <= LARGEST_BYTES:
            return
    raise RuntimeError(f"{path.name} has more than {LARGEST_BYTES} bytes")


def main(folder: Path = FOLDER, language: str = "en", scenes: tuple[str, ...] = SCENES) -> None:
    qt = QApplication.instance() or QApplication(["osa-cam"])
    assert isinstance(qt, QApplication)
    font = QFont("Noto Sans CJK JP", 10)
    qt.setFont(font)
    folder.mkdir(parents=True, exist_ok=True)
    for name in scenes:
        for look in ("light", "dark"):
            app = scene(qt, name, look == "dark", language)
            write(folder / f"{name}-{look}.png", picture(app.window))
            app.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER, *sys.argv[2:3])
