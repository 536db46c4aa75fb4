"""Sheets to look at: everybody is on one, and on the right page."""

from pathlib import Path

import cv2
import numpy as np
import pytest

pytest.importorskip("moderngl", reason="the preview shows people in three dimensions, drawn with moderngl, of the extra [train]")

from osa_cam.synth import preview
from osa_cam.synth.preview import POSES, contact_sheet, on_grey, pose_sheet


class Square:
    """Draws a square of one brightness."""

    def __init__(self, value: int) -> None:
        self.value = value

    def draw(self, pose: np.ndarray) -> np.ndarray:
        return np.full((64, 64, 4), [self.value] * 3 + [255], np.uint8)


def test_pages_hold_everybody_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preview, "person", lambda split, number, assets: Square(number))
    done: list[tuple[int, int]] = []
    contact_sheet(tmp_path / "new" / "people.png", "test", range(10, 70), lambda *at: done.append(at), size=32)
    assert done[0] == (1, 60) and done[-1] == (60, 60)
    pages = {path.name: cv2.imread(str(path)) for path in (tmp_path / "new").iterdir()}
    assert set(pages) == {"people-10.png", "people-58.png"}
    columns, rows = preview.PAGE
    assert pages["people-10.png"].shape == (32 * rows, 32 * columns, 3)
    assert [int(pages["people-10.png"][4, 32 * k + 4, 0]) for k in range(columns)] == list(range(10, 10 + columns))
    assert [int(pages["people-58.png"][36, 32 * k + 4, 0]) for k in range(columns)] == [66, 67, 68, 69, 205, 205, 205, 205]


def test_every_pose_is_shown(tmp_path: Path) -> None:
    pose_sheet(tmp_path / "poses.png", Square(90), size=16)
    assert len(POSES) == 20
    assert cv2.imread(str(tmp_path / "poses.png")).shape == (16 * 4, 16 * 5, 3)


def test_what_is_bare_is_grey() -> None:
    picture = np.zeros((2, 2, 4), np.uint8)
    picture[0, 0] = (100, 50, 0, 255)
    shown = on_grey(picture)
    assert shown[0, 0].tolist() == [100, 50, 0] and (shown[1] == 205).all()
