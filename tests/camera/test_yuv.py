import numpy as np
import pytest

from osa_cam.camera.yuv import Yuv420


@pytest.mark.parametrize(
    ("height", "rgb", "yuv"),
    [  # ITU-R BT.709 and BT.601, limited range
        (720, (0, 255, 0), (173, 42, 26)),
        (720, (255, 0, 0), (63, 102, 240)),
        (480, (0, 255, 0), (145, 54, 34)),
        (480, (255, 255, 255), (235, 128, 128)),
        (720, (0, 0, 0), (16, 128, 128)),
    ],
)
def test_colours(height: int, rgb: tuple[int, int, int], yuv: tuple[int, int, int]) -> None:
    picture = np.full((height, 64, 4), (*rgb, 255), np.uint8)
    planes = Yuv420(height).frame(picture).to_ndarray()
    assert planes.shape == (height * 3 // 2, 64)
    got = planes[0, 0], planes[height, 0], planes[-1, -1]
    assert np.abs(np.array(got, int) - yuv).max() <= 1
