"""From a picture to an avatar, as a user clicks and types it."""

import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from osa_cam_ui import own_picture, sitting
from osa_cam_ui.app import App
from osa_cam_ui.handle_editor import KNOBS, HandleEditor, Knob, moved, spot
from osa_cam_ui.own_picture import OwnPicture
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from osa_cam.avatars import face
from osa_cam.avatars.face import FoundFace, find_faces
from osa_cam.avatars.handles import Handles
from osa_cam.avatars.library import BUILT_IN, load_avatar, manifests
from osa_cam.avatars.picture import Face
from osa_cam.errors import AvatarError
from tests.sounds import write_portrait
from tests.ui.fake_studio import FakeStudio

Start = Callable[..., tuple[App, FakeStudio]]
WAIT_MS = 20_000


@pytest.fixture(autouse=True)
def without_torch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_picture, "can_fit", lambda: False)


@pytest.fixture
def make(start: Start, qtbot: QtBot, tmp_path: Path) -> Callable[..., tuple[App, OwnPicture]]:
    """Drops a picture, and waits for its face."""

    def drop(path: Path | None = None) -> tuple[App, OwnPicture]:
        app, _ = start()
        app.avatars.bring(path or Path(shutil.copy(BUILT_IN / "yuki" / "reference.png", tmp_path / "Yuki S.png")))
        own = app.window.own
        assert own is not None
        qtbot.waitUntil(lambda: own.sitting.reference is not None and not own.sitting.busy, timeout=WAIT_MS)
        qtbot.waitUntil(own.next.isEnabled, timeout=WAIT_MS)
        return app, own

    return drop


def silent(own: OwnPicture, monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """The preview without networks: what it was asked to show."""
    asked: list[object] = []
    monkeypatch.setattr(own.rehearsal, "start", lambda reference, engine: asked.append(reference))
    return asked


def test_from_a_dropped_picture_to_a_pack_that_is_worn(
    make: Callable[..., tuple[App, OwnPicture]], monkeypatch: pytest.MonkeyPatch
) -> None:
    app, own = make()
    asked = silent(own, monkeypatch)
    assert app.window.pages.currentWidget() is own
    for _ in range(3):
        own.next.click()
    assert len(asked) == 1 and own.next.text() == "Save and use it"
    assert not own.next.isEnabled() and "Who made the picture?" in own.says.text()
    own.about.author.setText("Zoë")
    assert "What did this person agree to?" in own.says.text(), "photos mostly show somebody"
    own.about.style_box.setCurrentIndex(own.about.style_box.findData("anime"))
    own.about.style_box.activated.emit(own.about.style_box.currentIndex())
    assert not own.about.real.isChecked() and own.next.isEnabled()
    own.next.click()
    assert app.window.own is None and app.window.page() == "live"
    assert app.controller.known.avatar == "yuki-s"
    manifest = manifests()["yuki-s"]
    assert (manifest.name, manifest.author, manifest.style, manifest.real_person) == ("Yuki S", "Zoë", "anime", False)
    assert manifest.handles is not None and manifest.handles.points().check() is None
    assert "yuki-s" in app.avatars.names and load_avatar("yuki-s").picture.shape == (512, 512, 4)


def test_consent_is_kept_and_names_that_are_taken_get_a_number(tmp_path: Path) -> None:
    reference = np.full((512, 512, 4), 255, np.uint8)
    about = {"name": "Ada", "author": "Bo", "licence": "CC0-1.0", "style": "photo"}
    first = sitting.save(reference, None, about, ("Ada L", "On my own channel."))
    second = sitting.save(reference, None, {**about, "name": "美羽"}, None)
    assert (first, second) == ("ada-2", "avatar"), "ada is built in"
    consent = manifests()[first].consent
    assert consent is not None and (consent.person, consent.statement) == ("Ada L", "On my own channel.")
    with pytest.raises(AvatarError, match="author"):
        sitting.save(reference, None, {**about, "author": "a\u202eb"}, None)


def test_a_face_that_is_not_found_is_shown_by_hand(make: Callable[..., tuple[App, OwnPicture]], tmp_path: Path, qtbot: QtBot) -> None:
    _, own = make(write_portrait(tmp_path / "disc.png"))
    assert "No face is found" in own.where._says.text() and own.sitting.guessed
    frame = own.where.frame
    before = frame.face
    assert before is not None
    QTest.keyClick(frame, Qt.Key.Key_Right)
    QTest.keyClick(frame, Qt.Key.Key_Plus)
    after = frame.face
    assert after is not None and after.x > before.x and after.size > before.size
    middle, _ = frame._shown(after)
    QTest.mousePress(frame, Qt.MouseButton.LeftButton, pos=middle.toPoint())
    QTest.mouseMove(frame, middle.toPoint() + QPoint(20, 10))
    QTest.mouseRelease(frame, Qt.MouseButton.LeftButton, pos=middle.toPoint() + QPoint(20, 10))
    dragged = frame.face
    assert dragged is not None and dragged.x > after.x and dragged.y > after.y
    qtbot.waitUntil(lambda: own.next.isEnabled() and own.sitting.face == dragged, timeout=WAIT_MS)


def test_without_the_detector_the_hand_is_left(make: Callable[..., tuple[App, OwnPicture]], monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(*_: object) -> None:
        raise AvatarError("the graph is missing")

    monkeypatch.setattr(face, "find_faces", gone)
    monkeypatch.setattr(face, "handles_in", gone)
    _, own = make()
    assert "No face is found" in own.where._says.text() and own.sitting.guessed and own.sitting.handles is not None


def test_another_face_is_picked_by_a_click(
    make: Callable[..., tuple[App, OwnPicture]], monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    known = find_faces

    def two(picture: np.ndarray) -> tuple[FoundFace, ...]:
        found = known(picture)
        small = FoundFace(Face(430, 90, 60), found[0].points, 0.9)
        return (found[0], small)

    monkeypatch.setattr(face, "find_faces", two)
    _, own = make()
    assert "2 faces are found" in own.where._says.text()
    middle, _ = own.where.frame._shown(own.sitting.found[1])
    QTest.mouseClick(own.where.frame, Qt.MouseButton.LeftButton, pos=middle.toPoint())
    qtbot.waitUntil(lambda: own.sitting.face == own.sitting.found[1] and not own.sitting.busy, timeout=WAIT_MS)
    assert own.where.frame.face == own.sitting.found[1]


def test_what_is_no_picture_is_said_and_can_be_left(start: Start, tmp_path: Path, qtbot: QtBot) -> None:
    app, _ = start()
    (tmp_path / "broken.png").write_bytes(b"\x89PNG\r\n")
    app.avatars.bring(tmp_path / "broken.png")
    own = app.window.own
    assert own is not None
    qtbot.waitUntil(lambda: "broken.png" in own.says.text(), timeout=WAIT_MS)
    assert not own.next.isEnabled()
    own.cancel.click()
    assert app.window.own is None and app.window.pages.currentWidget() is app.window.live


def test_points_are_dragged_and_moved_by_keys_and_nonsense_is_taken_back(qtbot: QtBot) -> None:
    editor = HandleEditor()
    qtbot.addWidget(editor)
    editor.resize(512, 512)
    editor.show()
    handles = Handles.from_face((205, 205), (307, 205), (256, 307))
    editor.show_portrait(np.full((512, 512, 4), 255, np.uint8), handles)
    nose = editor.place_of(Knob("nose", 0)).toPoint()
    QTest.mousePress(editor, Qt.MouseButton.LeftButton, pos=nose)
    QTest.mouseMove(editor, nose + QPoint(6, 4))
    QTest.mouseRelease(editor, Qt.MouseButton.LeftButton, pos=nose + QPoint(6, 4))
    assert editor.handles is not None and editor.knob == Knob("nose", 0)
    assert editor.handles.nose.x == pytest.approx(handles.nose.x + 6, abs=1.5)
    QTest.keyClick(editor, Qt.Key.Key_Up)
    assert editor.handles.nose.y == pytest.approx(handles.nose.y + 3, abs=1.5)
    QTest.keyClick(editor, Qt.Key.Key_PageDown)
    assert editor.knob == Knob("mouth", 0) and "Mouth" in editor.accessibleName()
    with qtbot.waitSignal(editor.refused):
        for _ in range(16):
            QTest.keyClick(editor, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert editor.handles.mouth.left.x < editor.handles.mouth.right.x
    editor.handles.check()


@pytest.mark.parametrize("which", KNOBS)
def test_every_knob_moves_what_it_stands_for(which: Knob) -> None:
    handles = Handles.from_face((205, 205), (307, 205), (256, 307))
    x, y = spot(handles, which)
    changed = moved(handles, which, x - 3, y - 2)
    assert changed != handles
    if not (which.part.endswith("eye") and which.number > 0):  # those change a size
        assert spot(changed, which) == pytest.approx((x - 3, y - 2))
    others = [other for other in KNOBS if other.part != which.part]
    assert all(spot(changed, other) == spot(handles, other) for other in others)


def test_closing_the_window_meanwhile_ends_all(start: Start, tmp_path: Path) -> None:
    app, _ = start()
    app.avatars.bring(Path(shutil.copy(BUILT_IN / "yuki" / "reference.png", tmp_path / "a.png")))
    assert app.window.own is not None  # the fixture sees to it that no thread is left
