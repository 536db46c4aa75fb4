"""Colours that can be read, signs that can be told apart without colour."""

import cv2
import numpy as np
import pytest
from osa_cam_ui import icons
from osa_cam_ui.theme import INK, PAPER, Colours, contrast, sheet
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication

TEXT, EDGE = 4.5, 3.0  # WCAG 2.2, 1.4.3 and 1.4.11


def test_contrast_is_that_of_the_guidelines() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("c", [PAPER, INK], ids=lambda c: c.name)
def test_text_can_be_read(c: Colours) -> None:
    for behind in (c.page, c.card):
        for text in (c.text, c.quiet, c.accent, c.warning, c.danger):
            assert contrast(text, behind) >= TEXT, (text, behind)
    for text, behind in ((c.on_accent, c.accent), (c.accent, c.accent_soft), (c.text, c.accent_soft), (c.text, c.hover), (c.quiet, c.line)):
        assert contrast(text, behind) >= TEXT, (text, behind)


@pytest.mark.parametrize("c", [PAPER, INK], ids=lambda c: c.name)
def test_the_edges_of_controls_can_be_seen(c: Colours) -> None:
    assert min(contrast(c.edge, c.page), contrast(c.edge, c.card)) >= EDGE


@pytest.mark.parametrize("c", [PAPER, INK], ids=lambda c: c.name)
def test_the_style_sheet_is_filled_in(c: Colours) -> None:
    assert "$" not in sheet(c, 10.0)


def grey(name: str) -> np.ndarray:
    image: QImage = icons.state(name).pixmap(32, 32).toImage().convertToFormat(QImage.Format.Format_RGBA8888)
    rgba = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)
    return np.dstack((cv2.cvtColor(rgba, cv2.COLOR_RGBA2GRAY), rgba[..., 3])).astype(int)


def test_the_states_differ_without_colour(qapp: QApplication) -> None:
    drawn = {name: grey(name) for name in icons.STATES}
    for one in drawn:
        for other in drawn:
            if one < other:
                different = (np.abs(drawn[one] - drawn[other]).max(axis=2) > 64).mean()
                assert different > 0.04, (one, other, different)


def test_every_glyph_is_drawn(qapp: QApplication) -> None:
    for name in icons.GLYPHS:
        image = icons.glyph(name, "#000000").pixmap(24, 24).toImage()
        assert any(image.pixelColor(x, y).alpha() for x in range(24) for y in range(24)), name
