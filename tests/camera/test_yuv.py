import av
import cv2
import numpy as np
import pytest
from av.video.reformatter import ColorRange, Colorspace

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


@pytest.mark.parametrize(("height", "matrix"), [(480, Colorspace.ITU601), (720, Colorspace.ITU709)])
def test_what_a_reader_makes_of_it_is_what_was_sent(height: int, matrix: Colorspace) -> None:
    """OpenCV reads limited BT.601, FFmpeg what it is told; both by the matrix that goes with the size."""
    colours = np.array([(r, g, b, 255) for r in (0, 128, 255) for g in (0, 128, 255) for b in (0, 128, 255)], np.uint8)
    picture = np.repeat(np.repeat(colours[None], 16, axis=1), height, axis=0)
    sent = Yuv420(height).frame(picture)
    frame = av.VideoFrame.from_ndarray(sent.to_ndarray(), format="yuv420p")
    limited, full = ColorRange.MPEG, ColorRange.JPEG
    seen = frame.reformat(format="rgb24", src_colorspace=matrix, src_color_range=limited, dst_color_range=full).to_ndarray()
    centres = seen[height // 2, 8::16].astype(int)
    assert np.abs(centres - colours[:, :3]).max() <= 4
    if matrix == Colorspace.ITU601:
        read = cv2.cvtColor(sent.to_ndarray(), cv2.COLOR_YUV2RGB_I420)[height // 2, 8::16].astype(int)
        assert np.abs(read - colours[:, :3]).max() <= 4
