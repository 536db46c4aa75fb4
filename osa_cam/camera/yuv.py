"""RGBA to the YUV that video programs take."""

from __future__ import annotations

from typing import Literal

import av
import numpy as np
from av.video.reformatter import ColorRange, Colorspace, VideoReformatter
from numpy.typing import NDArray

HD_LINES = 720  # from here on video files are BT.709


class Yuv420:
    """Premultiplied RGBA -> planes of half the colours' resolution, limited range.

    layout: I420 (yuv420p) or NV12. What is transparent comes out black: a camera has no transparency.
    """

    def __init__(self, matrix: Colorspace, layout: Literal["yuv420p", "nv12"] = "yuv420p") -> None:
        self.matrix = matrix
        self._layout = layout
        self._reformatter = VideoReformatter()

    def frame(self, picture: NDArray[np.uint8]) -> av.VideoFrame:
        rgb = av.VideoFrame.from_ndarray(picture, format="rgba")
        return self._reformatter.reformat(
            rgb,
            format=self._layout,
            src_color_range=ColorRange.JPEG,
            dst_color_range=ColorRange.MPEG,
            dst_colorspace=self.matrix,
            threads=1,
        )
