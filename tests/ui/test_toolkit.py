"""What we rely on in PySide itself."""

import sys

import PySide6
import pytest
from PySide6.QtWidgets import QApplication, QPushButton

CALLS = 500


@pytest.mark.xfail(
    PySide6.__version__ == "6.12.0" and sys.version_info < (3, 12),
    reason="PySide 6.12.0 takes a reference from None at every call of a slot; before Python 3.12 that ends the program within minutes",
)
def test_calling_slots_takes_no_references_away(qapp: QApplication) -> None:
    button = QPushButton()
    button.setCheckable(True)
    button.toggled.connect(lambda on: None)
    before = sys.getrefcount(None)
    for _ in range(CALLS):
        button.toggle()
    assert sys.getrefcount(None) > before - CALLS / 2
