"""Nothing is cut off, everything can be reached with keys and has a name, in each language, size and direction."""

from collections.abc import Callable, Iterator

import pytest
from osa_cam_ui.parts import Switch
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QAccessible, QFont, QFontMetrics
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLabel, QLineEdit, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.conftest import Started, settle
from tests.ui.pages import CHECKS

Start = Callable[..., Started]
PAGES = ("live", "settings", "doctor")


@pytest.fixture
def sized(qapp: QApplication) -> Iterator[Callable[[float], None]]:
    """Sets the desktop's font size, in points."""
    before = qapp.font()

    def set_points(points: float) -> None:
        font = QFont(before)
        font.setPointSizeF(points)
        qapp.setFont(font)

    yield set_points
    qapp.setFont(before)
    qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


def cut_off(page: QWidget) -> Iterator[str]:
    """What needs more room than it has."""
    for label in page.findChildren(QLabel):
        if label.isVisibleTo(page) and label.text():
            needed = label.heightForWidth(label.width()) if label.wordWrap() else label.sizeHint().height()
            if label.height() < needed or (not label.wordWrap() and label.width() < label.sizeHint().width()):
                yield f"{label.text()!r} has {label.width()}x{label.height()}"
    for button in page.findChildren(QAbstractButton):
        if button.isVisibleTo(page) and button.text() and button.width() < button.minimumSizeHint().width():
            yield f"{button.text()!r} has {button.width()} of {button.minimumSizeHint().width()}"
    for area in page.findChildren(QScrollArea):
        if (inner := area.widget()) is not None and area.isVisibleTo(page) and inner.width() > area.viewport().width():
            yield f"a page is {inner.width()} wide in {area.viewport().width()}"


@pytest.fixture
def fonts(qapp: QApplication) -> None:
    """A machine without any draws every letter as one box, whose size says nothing."""
    metrics = QFontMetrics(qapp.font())
    if metrics.horizontalAdvance("iiii") == metrics.horizontalAdvance("WWWW"):
        pytest.skip("this machine has no fonts")


@pytest.mark.usefixtures("fonts")
@pytest.mark.parametrize("language", ["en", "de", "ja"])
@pytest.mark.parametrize(("points", "size"), [(9, (1240, 700)), (9, (640, 360)), (18, (1240, 900)), (27, (1900, 1000))])
def test_nothing_is_cut_off(start: Start, sized: Callable[[float], None], language: str, points: float, size: tuple[int, int]) -> None:
    """640x360 is a full-HD screen at 300 %; 27 points are text at 300 %."""
    sized(points)
    app, studio = start(language=language)
    app.window.resize(QSize(*size))
    for check in CHECKS:
        app.window.doctor._found(check)
    studio.start()
    for page in PAGES:
        app.window.show_page(page)
        settle(app)
        assert not list(cut_off(app.window)), (page, language)


@pytest.mark.usefixtures("fonts")
def test_the_welcome_is_not_cut_off(start: Start, sized: Callable[[float], None], qtbot: QtBot) -> None:
    sized(14)
    app, _ = start(language="de", welcomed=False)
    app.window.resize(QSize(720, 560))
    assert app.window.welcome is not None
    for step in range(3):
        app.window.welcome._go(step)
        settle(app)
        # What the microphone says comes from a thread, and moves the rest when it comes.
        qtbot.waitUntil(lambda: not list(cut_off(app.window)))


def test_right_to_left_is_the_mirror_image(start: Start, sized: Callable[[float], None], qapp: QApplication) -> None:
    app, studio = start()
    app.window.resize(QSize(1240, 700))
    studio.start()
    qapp.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    settle(app)
    place = app.window.live.gallery.mapTo(app.window, app.window.live.gallery.rect().center())
    assert place.x() < app.window.width() / 2, "the avatars stand on the left"
    for page in PAGES:
        app.window.show_page(page)
        settle(app)
        assert not list(cut_off(app.window)), page


@pytest.mark.parametrize("page", PAGES)
def test_everything_that_takes_keys_has_a_name(start: Start, page: str) -> None:
    app, studio = start()
    studio.start()
    app.window.show_page(page)
    settle(app)
    nameless = [
        f"{type(widget).__name__} {widget.objectName()}"
        for widget in app.window.findChildren(QWidget)
        if widget.isVisible() and widget.focusPolicy() & Qt.FocusPolicy.TabFocus and not name_of(widget)
    ]
    assert not nameless


@pytest.mark.parametrize("step", range(3))
def test_the_welcome_is_read_out_and_walked_with_keys(start: Start, step: int) -> None:
    app, _ = start(welcomed=False, microphone="silence")
    welcome = app.window.welcome
    assert welcome is not None
    welcome._go(step)
    settle(app)
    takes_keys = [w for w in welcome.findChildren(QWidget) if w.isVisible() and w.focusPolicy() & Qt.FocusPolicy.TabFocus]
    assert welcome.next in takes_keys and not [widget for widget in takes_keys if not name_of(widget)]


def test_a_switch_is_read_out_as_the_box_that_it_is(start: Start) -> None:
    app, _ = start(badge=True)
    app.window.show_page("settings")
    told = {
        interface.text(QAccessible.Text.Name): interface
        for switch in app.window.settings.findChildren(Switch)
        if (interface := QAccessible.queryAccessibleInterface(switch)) is not None
    }
    assert told["Badge"].role() == QAccessible.Role.CheckBox and told["Badge"].state().checked
    assert not told["Start with the system"].state().checked
    assert "made up" in told["Badge"].text(QAccessible.Text.Description)


def name_of(widget: QWidget) -> str:
    inside = isinstance(widget, QLineEdit) and widget.parentWidget()  # of a spin box, which has the name
    return widget.accessibleName() or (widget.text() if isinstance(widget, QAbstractButton) else "") or (inside or widget).accessibleName()


@pytest.mark.parametrize("page", PAGES)
def test_all_is_reached_with_the_tab_key_alone(start: Start, page: str) -> None:
    app, studio = start()
    studio.start()
    app.window.show_page(page)
    settle(app)
    reached: set[QWidget] = set()
    widget: QWidget | None = app.window
    for _ in range(400):
        widget = widget.nextInFocusChain() if widget is not None else None
        if widget is None or widget in reached:
            break
        reached.add(widget)
    wanted = [
        widget
        for widget in app.window.findChildren(QWidget)
        if widget.isVisible() and widget.isEnabled() and isinstance(widget, QAbstractButton | QComboBox)
    ]
    wanted = [widget for widget in wanted if not isinstance(widget.parent(), QLineEdit)]  # its text is cleared with keys anyway
    assert len(wanted) >= 4
    assert not [widget for widget in wanted if not widget.focusPolicy() & Qt.FocusPolicy.TabFocus or widget not in reached]
