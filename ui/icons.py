"""Icons drawn by code, so that they follow the colours and every scale.

The tray's four differ in shape as well as colour: a ring asleep, a disc that speaks, a disc struck through, a warning triangle.
"""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

# On a grid of 24; `currentColor` is the colour asked for.
GLYPHS = {
    "live": '<rect x="3" y="6" width="13" height="12" rx="3"/><path d="M16 10.8 21 7.8v8.4l-5-3"/>',
    "settings": '<path d="M4 7h8m5 0h3M4 12h2m5 0h9M4 17h9m5 0h2"/><circle cx="14.5" cy="7" r="2.4"/><circle cx="8.5" cy="12" r="2.4"/>'
    '<circle cx="15.5" cy="17" r="2.4"/>',
    "doctor": '<path d="M3 12.5h4l2.4-6.5 4.4 12 2.4-5.5H21"/>',
    "microphone": '<rect x="9" y="3" width="6" height="11" rx="3"/><path d="M5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v3"/>',
    "muted": '<path d="M15 9.5V6a3 3 0 0 0-6 0v5a3 3 0 0 0 4.6 2.5M5.5 11.5'
    'A6.5 6.5 0 0 0 12 18m4.6-1.9a6.5 6.5 0 0 0 1.9-4.6M12 18v3M4 4l16 16"/>',
    "start": '<path d="M8 5.5v13l10.5-6.5z" fill="currentColor"/>',
    "stop": '<rect x="6.5" y="6.5" width="11" height="11" rx="2" fill="currentColor"/>',
    "snapshot": '<path d="M8 7l1.4-2.6h5.2L16 7h2a3 3 0 0 1 3 3v7a3 3 0 0 1-3 3H6a3 3 0 0 1-3-3v-7a3 3 0 0 1 3-3z"/>'
    '<circle cx="12" cy="13.4" r="3.4"/>',
    "record": '<circle cx="12" cy="12" r="8.5"/><circle cx="12" cy="12" r="4" fill="currentColor"/>',
    "search": '<circle cx="10.5" cy="10.5" r="6"/><path d="m15 15 5 5"/>',
    "add": '<path d="M12 5v14M5 12h14"/>',
    "copy": '<rect x="9" y="9" width="11" height="11" rx="2.5"/><path d="M5 15V6.5A2.5 2.5 0 0 1 7.5 4H15"/>',
    "close": '<path d="M6.5 6.5l11 11m0-11-11 11"/>',
    "ok": '<circle cx="12" cy="12" r="8.5"/><path d="m8 12.3 2.8 2.8L16 9.6"/>',
    "warning": '<path d="M12 4.5 20.5 19h-17z"/><path d="M12 10v4m0 2.4v.1"/>',
    "failed": '<circle cx="12" cy="12" r="8.5"/><path d="m9 9 6 6m0-6-6 6"/>',
    "waiting": '<circle cx="12" cy="12" r="8.5"/><path d="M12 7.5V12l3 2"/>',
    "neutral": '<circle cx="12" cy="12" r="8.5"/><path d="M9 9.6v.8m6-.8v.8M8.8 15.2h6.4"/>',
    "happy": '<circle cx="12" cy="12" r="8.5"/><path d="M9 9.6v.8m6-.8v.8M8 14c2 2.8 6 2.8 8 0"/>',
    "sad": '<circle cx="12" cy="12" r="8.5"/><path d="M9 10v.8m6-.8v.8M8.5 16.4c1.8-2.2 5.2-2.2 7 0M7.6 8.6 9.8 7.6m6.6 1-2.2-1"/>',
    "angry": '<circle cx="12" cy="12" r="8.5"/><path d="M9.2 11v.6m5.6-.6v.6M9 16c1.8-1.4 4.2-1.4 6 0M7.8 8l2.8 1.6M16.2 8l-2.8 1.6"/>',
    "surprised": '<circle cx="12" cy="12" r="8.5"/><path d="M9 9v.8m6-.8v.8"/><circle cx="12" cy="15" r="1.9"/>',
}

STATES = {
    # The halo keeps the sign visible on panels of any colour.
    "idle": '<circle cx="12" cy="12" r="9" fill="#fffdf9" stroke="#5d6468" stroke-width="2.6"/>'
    '<path d="M8.6 10.4v.6m6.8-.6v.6M8.8 15.2h6.4" stroke="#5d6468" stroke-width="1.8"/>',
    "starting": '<circle cx="12" cy="12" r="9" fill="#fffdf9" stroke="#0b6b60" stroke-width="2.6" stroke-dasharray="4.2 2.9"/>'
    '<path d="M8.6 10.4v.6m6.8-.6v.6M8.8 15.2h6.4" stroke="#0b6b60" stroke-width="1.8"/>',
    "live": '<circle cx="12" cy="12" r="10.6" fill="#fffdf9" stroke="none"/><circle cx="12" cy="12" r="9.6" fill="#0b6b60" stroke="none"/>'
    '<path d="M8.6 8.8v.8m6.8-.8v.8" stroke="#fff" stroke-width="2"/>'
    '<ellipse cx="12" cy="15" rx="3.6" ry="2.7" fill="#fff" stroke="none"/>',
    "muted": '<circle cx="12" cy="12" r="10.6" fill="#fffdf9" stroke="none"/><circle cx="12" cy="12" r="9.6" fill="#c77700" stroke="none"/>'
    '<path d="M8.6 9v.8m6.8-.8v.8M9 15.4h6" stroke="#fff" stroke-width="2"/>'
    '<path d="M4.2 19.8 19.8 4.2" stroke="#fffdf9" stroke-width="5"/><path d="M3.6 20.4 20.4 3.6" stroke="#3b2500" stroke-width="2.2"/>',
    "problem": '<path d="M12 1.8 23 21.4H1z" fill="#fffdf9" stroke="#fffdf9" stroke-width="1.6"/>'
    '<path d="M12 3.6 21.4 20.4H2.6z" fill="#b3261e" stroke="#b3261e" stroke-width="1.4"/>'
    '<path d="M12 9.4v5m0 3.1v.1" stroke="#fff" stroke-width="2.2"/>',
}

SIZES = (16, 22, 24, 32, 48, 64, 128)  # trays and docks take what they need
GLYPH_SIZES = (24, 48, 72)  # for scales of 100, 200 and 300 %
SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke="{colour}" stroke-width="1.7" '
    'stroke-linecap="round" stroke-linejoin="round">{body}</svg>'
)


def drawn(body: str, pixels: int, colour: str = "none") -> QPixmap:
    """pixels: device pixels a side."""
    svg = SVG.format(colour=colour, body=body.replace("currentColor", colour))
    picture = QPixmap(pixels, pixels)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    QSvgRenderer(QByteArray(svg.encode())).render(painter, QRectF(0, 0, pixels, pixels))
    painter.end()
    return picture


@lru_cache(maxsize=128)
def glyph(name: str, colour: str, checked: str | None = None) -> QIcon:
    """checked: the colour of a button that is pressed in, the same where it is None."""
    made = QIcon()
    for pixels in GLYPH_SIZES:
        made.addPixmap(drawn(GLYPHS[name], pixels, colour))
        if checked is not None:
            made.addPixmap(drawn(GLYPHS[name], pixels, checked), QIcon.Mode.Normal, QIcon.State.On)
    return made


@lru_cache(maxsize=8)
def state(name: str) -> QIcon:
    """name: idle, starting, live, muted or problem."""
    made = QIcon()
    for pixels in SIZES:
        made.addPixmap(drawn(STATES[name], pixels))
    return made
