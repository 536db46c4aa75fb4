"""Finds the invisible mark of `watermark.py` in a video or picture, wherever the portrait stands and however large it is."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import av
import av.error
import cv2
import numpy as np
import typer
from numpy.typing import NDArray

from osa_cam.errors import InputError
from osa_cam.generation.watermark import CELL, pattern
from osa_cam.media import PICTURE_SIZE

LINES = 360  # a video is looked at with so many; finer than that nothing is left of the mark after a call
WINDOW = 250  # frames of which a mean is taken; the portrait moves in them, the mark does not
WINDOWS = 6  # looked at, at most: a minute
SMALLEST, LARGEST, STEP = 0.6, 2.0, 1.015  # the portrait's side in units of the video's shorter one; at a larger step the edges miss
THRESHOLD = 7.0  # docs/watermark.md: what unmarked videos reach stays below
SLOW = 0.4  # cells: what is slower belongs to the face; finer bands lose less to it, coarser ones forgive a wrong size
OVERLAP = 0.3  # of the most that a place can have: what lies mostly outside counts for little

Grey = NDArray[np.float32]


@dataclass(frozen=True)
class Finding:
    """score: the highest peak of the correlation, in standard deviations; side: of the portrait in the video's shorter sides; left, top: of
    the portrait, in pixels of the video; frames: looked at."""

    marked: bool
    score: float
    side: float
    left: int
    top: int
    frames: int


def detect(path: Path) -> Finding:
    """Raises InputError when it is no video or picture."""
    whitened: Grey | None = None
    frames, shrink = 0, 1.0
    for mean, count, times in _means(path):
        found = _whiten(mean)
        whitened = found if whitened is None else whitened + found
        frames, shrink = frames + count, times
    if whitened is None:
        raise InputError(f"{path} holds no picture: give a video, a recording or a snapshot")
    short = min(whitened.shape)
    # Around it there are margins, so that a portrait that is cut off does not fold back onto the other side.
    high, wide = (cv2.getOptimalDFTSize(size + short // 2) for size in whitened.shape)
    spectra = (cv2.dft(_within(whitened, high, wide)), cv2.dft(_within(whitened * whitened, high, wide)))
    score, side, left, top = max(_peak(*spectra, side) for side in _sides(*whitened.shape))
    # What lies before the first column or row comes out behind the last.
    left -= wide if left > whitened.shape[1] else 0
    top -= high if top > whitened.shape[0] else 0
    return Finding(score >= THRESHOLD, round(score, 1), round(side / short, 3), round(left * shrink), round(top * shrink), frames)


def _means(path: Path) -> Iterator[tuple[Grey, int, float]]:
    """Mean luminance of each window at LINES lines, of how many frames, and how much larger the video is."""
    total: Grey | None = None
    count = windows = 0
    shrink = 1.0
    try:
        with av.open(str(path)) as container:
            for frame in container.decode(video=0):
                luma = frame.to_ndarray(format="gray").astype(np.float32)
                shrink = max(min(luma.shape) / LINES, 1.0)
                size = (round(luma.shape[1] / shrink), round(luma.shape[0] / shrink))
                small: Grey = luma if shrink == 1.0 else cv2.resize(luma, size, interpolation=cv2.INTER_AREA)
                if total is not None and total.shape != small.shape:
                    break  # a stream that changes its size is looked at until then
                total = small if total is None else total + small
                count += 1
                if count == WINDOW:
                    yield total / np.float32(count), count, shrink
                    total, count, windows = None, 0, windows + 1
                    if windows == WINDOWS:
                        return
    except (OSError, IndexError, av.error.FFmpegError) as error:
        if total is None and not windows:
            raise InputError(f"{path} can't be read as a video or picture ({error})") from error
    if total is not None and count:
        yield total / np.float32(count), count, shrink


def _whiten(mean: Grey) -> Grey:
    """What is left when the face is taken away: no pixel counts for much more than the mark could, none near an edge for much."""
    cell = CELL * min(mean.shape) / PICTURE_SIZE
    band = cv2.GaussianBlur(mean - cv2.GaussianBlur(mean, (0, 0), SLOW * cell), (0, 0), 0.15 * cell)
    around = cv2.GaussianBlur(np.abs(band), (0, 0), 1.2 * cell)
    return (np.tanh(band / (around + 0.8)) * np.minimum(0.6 / (around + 0.1), 1.0)).astype(np.float32)


def _sides(height: int, width: int) -> list[int]:
    """Of the portrait, in pixels: as the camera shows it, letterboxed or cropped, and whatever an editor made of it."""
    short, long = min(height, width), max(height, width)
    steps = int(np.log(LARGEST / SMALLEST) / np.log(STEP))
    return sorted({short, long, *(round(short * SMALLEST * STEP**k) for k in range(steps + 1))})


def _peak(picture: Grey, energy: Grey, side: int) -> tuple[float, int, int, int]:
    """(height in standard deviations, side, left, top) of the best place for a portrait of that size; picture, energy: spectra."""
    high, wide = picture.shape
    scaled = cv2.resize(pattern(), (side, side), interpolation=cv2.INTER_AREA if side < PICTURE_SIZE else cv2.INTER_LINEAR)
    scaled -= cv2.GaussianBlur(scaled, (0, 0), SLOW * CELL * side / PICTURE_SIZE)  # as the picture was whitened
    correlation = _correlate(picture, _within(scaled, high, wide))
    # Without this a place where there is more of a picture would look more like the mark.
    below = _correlate(energy, _within(np.full_like(scaled, np.square(scaled).mean()), high, wide))
    most = float(below.max())
    normalised = correlation / np.sqrt(np.maximum(below, 0.0) + OVERLAP * most + 1e-9)
    deviation = float(normalised[below > OVERLAP * most].std()) if most > 0.0 else 0.0
    top, left = np.unravel_index(int(np.argmax(normalised)), normalised.shape)
    return float(normalised[top, left]) / max(deviation, 1e-9), side, int(left), int(top)


def _correlate(spectrum: Grey, template: Grey) -> Grey:
    return cv2.idft(cv2.mulSpectrums(spectrum, cv2.dft(template), 0, conjB=True), flags=cv2.DFT_SCALE)


def _within(picture: Grey, high: int, wide: int) -> Grey:
    """In the upper left corner of so much nothing."""
    whole = np.zeros((high, wide), np.float32)
    kept = picture[:high, :wide]
    whole[: kept.shape[0], : kept.shape[1]] = kept
    return whole


def command(
    file: Annotated[Path, typer.Argument(help="A video or picture.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print one line of JSON instead.")] = False,
) -> None:
    """Look for OSA Cam's invisible mark; ends with 1 when there is none."""
    found = detect(file)
    if as_json:
        sys.stdout.write(json.dumps(asdict(found)) + "\n")
    elif found.marked:
        sys.stdout.write(f"{file}: marked by OSA Cam (score {found.score:.1f}, {THRESHOLD} is enough; {found.frames} frames)\n")
    else:
        sys.stdout.write(f"{file}: no mark of OSA Cam (score {found.score:.1f}, needs {THRESHOLD}; {found.frames} frames)\n")
    if not found.marked:
        raise typer.Exit(1)
