from pathlib import Path

import cv2
import numpy as np

from osa_cam.avatars.library import BUILT_IN, load_avatar, manifests
from osa_cam.synth.built_in import draw_built_in


def test_what_ships_is_what_is_drawn(tmp_path: Path) -> None:
    folders = draw_built_in(tmp_path)
    assert [folder.name for folder in folders] == sorted(manifests())
    for folder in folders:
        drawn = cv2.imread(str(folder / "reference.png"), cv2.IMREAD_UNCHANGED)
        ships = cv2.imread(str(BUILT_IN / folder.name / "reference.png"), cv2.IMREAD_UNCHANGED)
        assert drawn.shape == (512, 512, 4)
        # Another build of skia may round otherwise, no more.
        assert np.abs(drawn.astype(int) - ships.astype(int)).mean() < 1


def test_avatars_are_cut_out(tmp_path: Path) -> None:
    for name in manifests():
        alpha = load_avatar(name).picture[..., 3]
        assert alpha[0].max() == 0, f"{name} touches the upper edge"
        assert alpha[-1, 256] == 255, f"{name} does not reach the lower edge"
        assert 0.2 < (alpha > 0).mean() < 0.7
