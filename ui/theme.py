"""The look: two sets of colours, paper and ink, and the style sheet made of either.

Every pair that carries text keeps a contrast of 4.5 to 1, what only marks a control's edge 3 to 1 (WCAG 2.2, 1.4.3 and 1.4.11).
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from string import Template

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory

ASSETS = Path(__file__).parent / "assets"


@dataclass(frozen=True)
class Colours:
    """#rrggbb each. `page` lies under `card`; `quiet` text explains; `edge` outlines controls, `line` only divides."""

    name: str
    page: str
    card: str
    hover: str
    line: str
    edge: str
    text: str
    quiet: str
    accent: str
    on_accent: str
    accent_soft: str
    warning: str
    danger: str


PAPER = Colours(
    name="paper",
    page="#f4f1ea",
    card="#fffdf9",
    hover="#ebe6db",
    line="#ddd7ca",
    edge="#87816f",
    text="#1f2224",
    quiet="#5a5c59",
    accent="#0b6b60",
    on_accent="#ffffff",
    accent_soft="#d9ece6",
    warning="#855400",
    danger="#b3261e",
)
INK = Colours(
    name="ink",
    page="#131719",
    card="#1b2023",
    hover="#272e32",
    line="#2e363a",
    edge="#75808a",
    text="#eef0ee",
    quiet="#a6aeb0",
    accent="#52cdb3",
    on_accent="#05231d",
    accent_soft="#173a34",
    warning="#eab560",
    danger="#ff8f85",
)

STAGE = "#0d1012"  # behind the picture, in both looks: a picture is judged against the dark
ON_STAGE = "#eef0ee"

SHEET = Template(
    """
* { outline: none; }
QWidget { color: $text; }
QMainWindow, QDialog, #page { background: $page; }
QToolTip { background: $card; color: $text; border: 1px solid $edge; padding: 4px 6px; }

#rail { background: $card; border: none; }
#rail QToolButton {
    background: transparent; border: 2px solid transparent; border-radius: 10px; padding: 8px 6px 6px 6px; color: $quiet;
}
#rail QToolButton:hover { background: $hover; color: $text; }
#rail QToolButton:checked { background: $accent_soft; color: $accent; }
#rail QToolButton:focus { border-color: $accent; }

#card { background: $card; border: 1px solid $line; border-radius: 12px; }
#card QLabel, #title, #heading, #quiet { background: transparent; }
#title { font-size: $title; font-weight: 600; }
#heading { font-size: $heading; font-weight: 600; }
#quiet { color: $quiet; }
#warning { color: $warning; }
#danger { color: $danger; }
#divider { background: $line; }
#code { font-family: $mono; background: $page; border: 1px solid $line; border-radius: 6px; padding: 7px 9px; }

QPushButton, QToolButton#tool {
    background: $card; border: 1px solid $edge; border-radius: 8px; padding: 7px 14px; color: $text;
}
QPushButton:hover, QToolButton#tool:hover { background: $hover; }
QPushButton:pressed, QToolButton#tool:pressed { background: $line; }
QPushButton:focus, QToolButton#tool:focus { border: 2px solid $accent; padding: 6px 13px; }
QPushButton:checked, QToolButton#tool:checked { background: $accent_soft; border-color: $accent; color: $accent; }
QPushButton:disabled, QToolButton#tool:disabled { color: $edge; border-color: $line; background: $page; }
QPushButton#primary { background: $accent; border-color: $accent; color: $on_accent; font-weight: 600; }
QPushButton#primary:hover { background: $accent_hover; }
QPushButton#primary:focus { border: 2px solid $text; }
QPushButton#primary:disabled { background: $line; border-color: $line; color: $quiet; }
QPushButton#big {
    background: $accent; border: 2px solid $accent; border-radius: 14px; color: $on_accent; font-size: $big; font-weight: 600;
    padding: 10px 24px; min-height: 34px;
}
QPushButton#big:hover { background: $accent_hover; border-color: $accent_hover; }
QPushButton#big:focus { border-color: $text; }
QPushButton#big:disabled { background: $line; border-color: $line; color: $quiet; }
QPushButton#big[live="true"] { background: $card; border-color: $accent; color: $text; }
QPushButton#big[live="true"]:hover { background: $hover; }
QPushButton#big[live="true"]:focus { border-color: $text; }
QToolButton#tool { border-radius: 14px; padding: 10px; min-width: 34px; min-height: 34px; }
QToolButton#tool:focus { padding: 9px; }
QToolButton#tool[danger="true"]:checked { border-color: $danger; background: $card; }
QToolButton#plain { background: transparent; border: 2px solid transparent; border-radius: 6px; padding: 4px; }
QToolButton#plain:hover { background: $hover; }
QToolButton#plain:focus { border-color: $accent; }
QToolButton#plain:checked { background: $accent_soft; border-color: $accent; }

QLineEdit, QComboBox, QDoubleSpinBox, QKeySequenceEdit QLineEdit {
    background: $card; border: 1px solid $edge; border-radius: 8px; padding: 6px 10px; min-height: 20px;
    selection-background-color: $accent; selection-color: $on_accent;
}
QLineEdit:focus, QComboBox:focus, QDoubleSpinBox:focus { border: 2px solid $accent; padding: 5px 9px; }
QComboBox { padding-right: 28px; }
QComboBox:focus { padding-right: 27px; }
QComboBox::drop-down { border: none; width: 26px; }
QComboBox::down-arrow { image: url("$assets/chevron-$name.svg"); width: 12px; height: 12px; }
QDoubleSpinBox { padding-right: 30px; }
QDoubleSpinBox:focus { padding-right: 29px; }
QDoubleSpinBox QLineEdit { border: none; background: transparent; padding: 0; min-height: 0; }
QDoubleSpinBox QLineEdit:focus { border: none; padding: 0; }
QDoubleSpinBox::up-button, QDoubleSpinBox::down-button { subcontrol-origin: border; width: 26px; border: none; }
QDoubleSpinBox::up-button { subcontrol-position: top right; height: 15px; margin-top: 2px; }
QDoubleSpinBox::down-button { subcontrol-position: bottom right; height: 15px; margin-bottom: 2px; }
QDoubleSpinBox::up-arrow { image: url("$assets/chevron-up-$name.svg"); width: 11px; height: 11px; }
QDoubleSpinBox::down-arrow { image: url("$assets/chevron-$name.svg"); width: 11px; height: 11px; }
QComboBox QAbstractItemView {
    background: $card; border: 1px solid $edge; padding: 4px; selection-background-color: $accent_soft; selection-color: $text;
}
QComboBox QAbstractItemView::item { min-height: 28px; padding: 0 8px; color: $text; }

QSlider::groove:horizontal { height: 4px; background: $line; border-radius: 2px; }
QSlider::sub-page:horizontal { background: $accent; border-radius: 2px; }
QSlider::add-page:horizontal { background: $line; border-radius: 2px; }
QSlider::handle:horizontal {
    background: $card; border: 2px solid $accent; width: 14px; height: 14px; margin: -7px 0; border-radius: 9px;
}
QSlider::handle:horizontal:focus { background: $accent; }

QListWidget { background: transparent; border: none; }
QScrollArea, QScrollArea > QWidget > QWidget#page { border: none; background: $page; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
QScrollBar::handle:vertical { background: $edge; border-radius: 3px; min-height: 32px; margin: 2px; }
QScrollBar::add-line, QScrollBar::sub-line { height: 0; width: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

QMenu { background: $card; border: 1px solid $line; padding: 6px; }
QMenu::item { padding: 6px 28px 6px 12px; border-radius: 6px; }
QMenu::item:selected { background: $accent_soft; }
QMenu::item:disabled { color: $edge; }
QMenu::separator { height: 1px; background: $line; margin: 6px 4px; }
QMenu::icon { padding-left: 8px; }

#notice { background: $card; border: 1px solid $line; border-radius: 10px; }
#notice[kind="problem"] { border-color: $danger; }
#notice[kind="done"] { border-color: $accent; }
#notice QLabel { background: transparent; }
"""
)


def dark() -> bool:
    """Whether the desktop asks for it."""
    return QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark


def colours() -> Colours:
    return INK if dark() else PAPER


def dress(app: QApplication) -> None:
    """Put the desktop's look on, and again whenever it changes."""
    app.setStyle(QStyleFactory.create("Fusion"))
    app.styleHints().colorSchemeChanged.connect(lambda _: _paint(app))
    _paint(app)


def _paint(app: QApplication) -> None:
    chosen = colours()
    wanted = sheet(chosen, app.font().pointSizeF())
    if wanted != app.styleSheet():
        app.setPalette(palette(chosen))
        app.setStyleSheet(wanted)


def palette(c: Colours) -> QPalette:
    made = QPalette()
    roles = {
        QPalette.ColorRole.Window: c.page,
        QPalette.ColorRole.WindowText: c.text,
        QPalette.ColorRole.Base: c.card,
        QPalette.ColorRole.AlternateBase: c.hover,
        QPalette.ColorRole.Text: c.text,
        QPalette.ColorRole.PlaceholderText: c.quiet,
        QPalette.ColorRole.Button: c.card,
        QPalette.ColorRole.ButtonText: c.text,
        QPalette.ColorRole.Highlight: c.accent,
        QPalette.ColorRole.HighlightedText: c.on_accent,
        QPalette.ColorRole.ToolTipBase: c.card,
        QPalette.ColorRole.ToolTipText: c.text,
        QPalette.ColorRole.Link: c.accent,
        QPalette.ColorRole.Accent: c.accent,
    }
    for role, colour in roles.items():
        made.setColor(role, QColor(colour))
    return made


def sheet(c: Colours, points: float) -> str:
    """points: the desktop's font size, from which the others follow."""
    accent = QColor(c.accent)
    hover = accent.lighter(112) if c.name == "ink" else accent.darker(115)
    return SHEET.substitute(
        asdict(c),
        assets=ASSETS.as_posix(),
        accent_hover=hover.name(),
        title=f"{points * 1.6:.1f}pt",
        heading=f"{points * 1.12:.1f}pt",
        big=f"{points * 1.35:.1f}pt",
        mono='"Cascadia Mono", "SF Mono", "DejaVu Sans Mono", "Liberation Mono", monospace',
    )


def contrast(one: str, other: str) -> float:
    """From 1, the same, to 21, black on white. Source: WCAG 2.2, definition of contrast ratio."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    channels = (part / 255.0 for part in bytes.fromhex(colour.removeprefix("#")))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
