import av
import cv2
import numpy as np
import pytest
from av.video.reformatter import ColorRange, Colorspace

from osa_cam.camera.yuv import Yuv420

ITU709, ITU601 = Colorspace.ITU709, Colorspace.ITU601


@pytest.mark.parametrize(
    ("matrix", "rgb", "yuv"),
    [  # ITU-R BT.709 and BT.601, limited range
        (ITU709, (0, 255, 0), (173, 42, 26)),
        (ITU709, (255, 0, 0), (63, 102, 240)),
        (ITU601, (0, 255, 0), (145, 54, 34)),
        (ITU601, (255, 255, 255), (235, 128, 128)),
        (ITU709, (0, 0, 0), (16, 128, 128)),
    ],
)
@pytest.mark.parametrize("layout", ["yuv420p", "nv12"])
def test_colours(matrix: Colorspace, rgb: tuple[int, int, int], yuv: tuple[int, int, int], layout: str) -> None:
    picture = np.full((48, 64, 4), (*rgb, 255), np.uint8)
    planes = Yuv420(matrix, layout).frame(picture).to_ndarray()  # type: ignore[arg-type]
    assert planes.shape == (72, 64)
    blue, red = (planes[48, 0], planes[48, 1]) if layout == "nv12" else (planes[48, 0], planes[-1, -1])
    assert np.abs(np.array((planes[0, 0], blue, red), int) - yuv).max() <= 1


def chart(height: int) -> np.ndarray:
    """27 colours side by side, 16 pixels each."""
    colours = [(r, g, b, 255) for r in (0, 128, 255) for g in (0, 128, 255) for b in (0, 128, 255)]
    return np.repeat(np.repeat(np.array(colours, np.uint8)[None], 16, axis=1), height, axis=0)


@pytest.mark.parametrize("matrix", [ITU601, ITU709])
@pytest.mark.parametrize("layout", ["yuv420p", "nv12"])
def test_what_a_reader_makes_of_it_is_what_was_sent(matrix: Colorspace, layout: str) -> None:
    sent = Yuv420(matrix, layout).frame(chart(480)).to_ndarray()  # type: ignore[arg-type]
    frame = av.VideoFrame.from_ndarray(sent, format=layout)
    limited, full = ColorRange.MPEG, ColorRange.JPEG
    seen = frame.reformat(format="rgb24", src_colorspace=matrix, src_color_range=limited, dst_color_range=full).to_ndarray()
    assert error(seen, 480) <= 4


def error(seen: np.ndarray, height: int) -> int:
    """The farthest that a colour is off, in levels."""
    return int(np.abs(seen[height // 2, 8::16].astype(int) - chart(2)[0, 8::16, :3]).max())


@pytest.mark.parametrize("height", [480, 720, 1080])
def test_opencv_and_ffmpeg_take_a_camera_for_bt601_at_every_size(height: int) -> None:
    sent = Yuv420(ITU601).frame(chart(height)).to_ndarray()
    assert error(cv2.cvtColor(sent, cv2.COLOR_YUV2RGB_I420), height) <= 4
    assert error(av.VideoFrame.from_ndarray(sent, format="yuv420p").to_ndarray(format="rgb24"), height) <= 4
    other = Yuv420(ITU709).frame(chart(height)).to_ndarray()
    assert error(cv2.cvtColor(other, cv2.COLOR_YUV2RGB_I420), height) > 15
