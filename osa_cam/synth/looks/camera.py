"""What a camera, a scanner and a web site do to a picture: blur, low resolution, sharpening, grain, JPEG."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from osa_cam.synth.looks.colour import Picture


@dataclass(frozen=True, eq=False)
class Camera:
    """blur: standard deviation in pixels, 0 for none; shrink: by how much resolution was lost, 1 for nothing.

    sharpen: share of the detail added again; grain: int16 [size + _SPARE, size + _SPARE, 3] or None, of which every picture
    gets another cut-out; jpeg: quality, 0 for none.
    """

    blur: float
    shrink: float
    sharpen: float
    grain: NDArray[np.int16] | None
    jpeg: int

    @classmethod
    def from_rng(cls, rng: np.random.Generator, size: int) -> Camera:
        blur = rng.uniform(0.4, 1.8) * size / 512 if rng.random() < 0.3 else 0.0
        shrink = rng.uniform(1.2, 2.6) if rng.random() < 0.3 else 1.0
        sharpen = rng.uniform(0.2, 0.6) if rng.random() < 0.3 else 0.0
        grain = _grain(rng, size) if rng.random() < 0.45 else None
        jpeg = int(rng.integers(35, 96)) if rng.random() < 0.5 else 0
        return cls(blur, shrink, sharpen, grain, jpeg)

    def __call__(self, rgb: Picture, rng: np.random.Generator) -> Picture:
        h, w = rgb.shape[:2]
        if self.blur > 0:
            rgb = cv2.GaussianBlur(rgb, (0, 0), self.blur)
        if self.shrink > 1:
            small = cv2.resize(rgb, (round(w / self.shrink), round(h / self.shrink)), interpolation=cv2.INTER_AREA)
            rgb = cv2.resize(small, (w, h), interpolation=cv2.INTER_CUBIC)
        if self.sharpen > 0:
            rgb = cv2.addWeighted(rgb, 1 + self.sharpen, cv2.GaussianBlur(rgb, (0, 0), 1.6 * w / 512), -self.sharpen, 0)
        if self.grain is not None:
            y, x = rng.integers(0, _SPARE, 2)
            rgb = cv2.add(rgb, self.grain[y : y + h, x : x + w], dtype=cv2.CV_8U)
        if self.jpeg:
            # OpenCV takes the channels for blue, green, red: swapped, red would get blue's coarse steps.
            coded = cv2.imencode(".jpg", cv2.cvtColor(rgb, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, self.jpeg])[1]
            rgb = cv2.cvtColor(cv2.imdecode(coded, cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)
        return rgb


_SPARE = 64  # pixels by which the grain is larger than a picture, each way


def _grain(rng: np.random.Generator, size: int) -> NDArray[np.int16]:
    """Noise of a sensor or film: mostly of brightness, somewhat of colour; standard deviation 1 to 4.5 of 255."""
    n = size // 2  # repeated: nobody sees that of noise
    height, colour, softness = rng.uniform(1.0, 4.5), rng.uniform(0, 0.5), rng.uniform(0, 1.0)
    noise = (1 - colour) * rng.standard_normal((n, n, 1), np.float32) + colour * rng.standard_normal((n, n, 3), np.float32)
    if softness > 0.4:
        noise = cv2.GaussianBlur(noise, (0, 0), softness, borderType=cv2.BORDER_REFLECT_101)
    tile = np.round(noise * (height / noise.std())).astype(np.int16)
    return np.tile(tile, (3, 3, 1))[: size + _SPARE, : size + _SPARE]
