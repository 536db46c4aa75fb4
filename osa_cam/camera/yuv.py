"""RGBA to the YUV that video programs take."""

from __future__ import annotations

import av
import numpy as np
from av.video.reformatter import ColorRange, Colorspace, VideoReformatter
from numpy.typing import NDArray

HD_LINES = 720  # from here on readers that are told nothing assume BT.709, below it BT.601


class Yuv420:
    """Premultiplied RGBA -> I420, limited range, by the matrix that readers assume for the size.

    What is transparent comes out black: a camera has no transparency.
    """

    def __init__(self, height: int) -> None:
        self.matrix = Colorspace.ITU709 if height >= HD_LINES else Colorspace.ITU601
        self._reformatter = VideoReformatter()

    def frame(self, picture: NDArray[np.uint8]) -> av.VideoFrame:
        rgb = av.VideoFrame.from_ndarray(picture, format="rgba")
        return self._reformatter.reformat(
            rgb,
            format="yuv420p",
            src_color_range=ColorRange.JPEG,
            dst_color_range=ColorRange.MPEG,
            dst_colorspace=self.matrix,
            threads=1,
        )
